//! The bank itself as a subject: the real server, with the real door, writer and database.

use super::ground::Ground;
use super::load::Script;
use super::served::Served;
use super::subject::{Keys, Pattern, Subject, TransferScript};
use crate::cli::ending::Failure;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::net::SocketAddr;

/// The bank's name among the subjects.
pub const BANK: &str = "jianxian";

/// A served bank.
pub struct ServedBank {
    pub ground: Ground,
    pub served: Served,
}

impl ServedBank {
    pub fn start(ground: Ground) -> Result<Self, Failure> {
        let served = Served::start(&ground.folder)?;
        Ok(Self { ground, served })
    }
}

impl Subject for ServedBank {
    fn name(&self) -> &'static str {
        BANK
    }

    fn address(&self) -> SocketAddr {
        self.served.address
    }

    fn transfers(&self, pattern: Pattern) -> Script {
        let transfers = TransferScript {
            path: "/v1/ledger/entries",
            token: self.ground.operator.clone(),
            accounts: self.ground.accounts.clone(),
            pattern,
            keys: Keys::new(4),
            rng: ChaCha8Rng::seed_from_u64(5),
        };
        transfers.script()
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.served.stop()?;
        self.ground.verify().map(|_| ())
    }
}

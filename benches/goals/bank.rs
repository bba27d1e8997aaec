//! The bank as a subject: the real server with authentication, writer and database.

use super::client::Connection;
use super::ground::{Ground, ITEM};
use super::load::{Script, Turn};
use super::phases::Sums;
use super::served::Served;
use super::subject::{Keys, Order, Pattern, Subject, TransferScript, get, post};
use super::town::AtPost;
use jianxian::cli::ending::Failure;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::time::Day;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::fmt::Write;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The bank's name among the subjects.
pub const BANK: &str = "jianxian";

const ENTRIES: &str = "/v1/ledger/entries/batch";
const AWARDS: &str = "/v1/awards/batch";

/// A served bank.
pub struct ServedBank {
    // Declared before its ground: the server ends before its database is removed.
    pub served: Served,
    pub ground: Ground,
    pub at_post: AtPost,
}

impl ServedBank {
    pub fn start(ground: Ground) -> Result<Self, Failure> {
        let served = Served::start(&ground.database)?;
        Ok(Self { ground, served, at_post: AtPost::default() })
    }

    /// The same bank, served again with more settings.
    pub fn served_again(self, settings: &[(&str, &str)]) -> Result<Self, Failure> {
        let ServedBank { served, ground, at_post } = self;
        served.stop()?;
        let served = Served::start_with(&ground.database, settings)?;
        Ok(Self { ground, served, at_post })
    }

    /// Endless transfers, each under a fresh key.
    pub fn transfers_under(&self, pattern: Pattern, order: Order) -> Script {
        let transfers = TransferScript {
            path: "/v1/ledger/entries",
            token: self.ground.operator.clone(),
            accounts: self.ground.accounts.clone(),
            pattern,
            keys: Keys::of(order, 4),
            rng: ChaCha8Rng::seed_from_u64(5),
        };
        transfers.script()
    }

    /// Endless awards of one item to random members.
    pub fn awards(&self) -> Script {
        let (members, scheme, token) =
            (self.ground.members.clone(), self.ground.scheme, self.ground.staff.clone());
        let (mut keys, mut rng) = (Keys::new(6), ChaCha8Rng::seed_from_u64(7));
        Box::new(move |_, out| {
            let member = some_of(&members, &mut rng);
            let body = format!(r#"{{"member":"{member}","scheme":"{scheme}","item":"{ITEM}"}}"#);
            post(out, "/v1/awards", &token, keys.fresh(), &body);
        })
    }

    /// Endless redemptions of random members, each a hold of two offers and then its capture.
    pub fn redemptions(&self) -> Script {
        let (members, token) = (self.ground.members.clone(), self.ground.staff.clone());
        let (merchant, [first, second]) = (self.ground.merchant, self.ground.offers);
        let (mut keys, mut rng) = (Keys::new(8), ChaCha8Rng::seed_from_u64(9));
        Box::new(move |turn, out| match held_redemption(&turn) {
            Some(id) => {
                let path = format!("/v1/redemptions/{id}/capture");
                post(out, &path, &token, keys.fresh(), "{}");
            }
            None => {
                let member = some_of(&members, &mut rng);
                let body = format!(
                    r#"{{"on_behalf_of":"{member}","merchant":"{merchant}","lines":[{{"offer":"{first}","quantity":1}},{{"offer":"{second}","quantity":1}}]}}"#
                );
                post(out, "/v1/redemptions", &token, keys.fresh(), &body);
            }
        })
    }

    /// Pages of one member's passbook and balances, in turn.
    pub fn pages(&self, member: Id) -> Script {
        let token = self.ground.staff.clone();
        let mut turn = 0_u32;
        Box::new(move |_, out| {
            turn = turn.wrapping_add(1);
            let page = if turn.is_multiple_of(2) { "accounts" } else { "passbook?limit=50" };
            get(out, &format!("/v1/members/{member}/{page}"), &token);
        })
    }

    /// Stars as of a day, of these members in turn.
    pub fn stars(&self, members: Vec<Id>, day: Day) -> Script {
        let token = self.ground.staff.clone();
        let mut members = members.into_iter().cycle();
        Box::new(move |_, out| {
            let member = members.next().unwrap_or_default();
            get(out, &format!("/v1/members/{member}/stars?as_of={day}"), &token);
        })
    }

    /// `rows` bare transfers in one request and one commit; returns the time.
    pub fn bulk_transfers(&self, rows: u32, seed: u64) -> Result<Duration, Failure> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let pairs = (0..rows).map(|_| self.ground.accounts.pick(Pattern::Hot, &mut rng));
        self.bulk(ENTRIES, &self.ground.operator, &transfers(pairs, "1.00"))
    }

    /// `rows` awards in one request and one commit, to random members.
    pub fn bulk_awards(&self, rows: u32, seed: u64) -> Result<Duration, Failure> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let members: Vec<Id> = (0..rows).map(|_| some_of(&self.ground.members, &mut rng)).collect();
        self.bulk(AWARDS, &self.ground.staff, &self.award_rows(&members, 1))
    }

    /// Gives every member points to spend.
    pub fn endow(&self, quantity: u32) -> Result<(), Failure> {
        for some in self.ground.members.chunks(10_000) {
            self.bulk(AWARDS, &self.ground.staff, &self.award_rows(some, quantity))?;
        }
        Ok(())
    }

    /// Gives one member a passbook of about `lines` lines: earned and spent in turn.
    pub fn history(&self, member: Id, lines: u32) -> Result<(), Failure> {
        let purse = AccountTerms::usual(OwnerKind::Person, member, Asset::Point, Purpose::Main).id;
        let rows = (lines / 20).clamp(1, 500);
        for _ in 0..lines / (2 * rows) {
            let earned = vec![member; usize::try_from(rows).unwrap_or(1)];
            self.bulk(AWARDS, &self.ground.staff, &self.award_rows(&earned, 1))?;
            let spent = (0..rows).map(|_| (purse, self.ground.accounts.issuing));
            self.bulk(ENTRIES, &self.ground.operator, &transfers(spent, "2.00"))?;
        }
        Ok(())
    }

    /// Number of the last entry.
    pub fn entries(&self) -> Result<i64, Failure> {
        let mut request = Vec::new();
        get(&mut request, "/v1/ledger/heads", &self.ground.operator);
        let (_, body) = self.exchange(&request)?;
        let number =
            serde_json::from_slice::<Value>(&body).ok().and_then(|body| body.get("number")?.as_i64());
        number.ok_or_else(|| Failure::machine(BANK, "no number of the last entry"))
    }

    fn award_rows(&self, members: &[Id], quantity: u32) -> String {
        let items = members.iter().map(|member| {
            json!({ "member": member, "scheme": self.ground.scheme, "item": ITEM, "quantity": quantity.to_string() })
        });
        json!({ "items": items.collect::<Vec<_>>() }).to_string()
    }

    /// Sends one bulk; every row must be accepted.
    fn bulk(&self, path: &str, token: &str, body: &str) -> Result<Duration, Failure> {
        let mut request = Vec::with_capacity(body.len() + 1024);
        post(&mut request, path, token, uuid::Uuid::now_v7(), body);
        let started = Instant::now();
        let (status, answer) = self.exchange(&request)?;
        let took = started.elapsed();
        if status == 200 {
            return Ok(took);
        }
        let said: String = String::from_utf8_lossy(&answer).chars().take(400).collect();
        Err(Failure::machine(path, format!("{status}: {said}")))
    }

    pub fn exchange(&self, request: &[u8]) -> Result<(u16, Vec<u8>), Failure> {
        let exchanged = || -> io::Result<(u16, Vec<u8>)> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = Connection::open(self.served.address).await?;
                let status = connection.exchange(request).await?;
                Ok((status, connection.body().to_vec()))
            })
        };
        exchanged().map_err(|e| Failure::machine(BANK, e))
    }
}

pub fn some_of(members: &[Id], rng: &mut ChaCha8Rng) -> Id {
    members.get(rng.random_range(0..members.len().max(1))).copied().unwrap_or_default()
}

/// The id of the redemption in the last answer, if it is held.
fn held_redemption(turn: &Turn<'_>) -> Option<Id> {
    let body: Value = serde_json::from_slice(turn.answered).ok()?;
    let redemption =
        body.get("redemption").filter(|redemption| redemption.get("state") == Some(&json!("held")))?;
    redemption.get("id")?.as_str()?.parse().ok()
}

fn transfers(pairs: impl Iterator<Item = (Id, Id)>, amount: &str) -> String {
    let mut body = String::from(r#"{"items":["#);
    for (index, (debit, credit)) in pairs.enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let row = format_args!(
            r#"{comma}{{"debit_account":"{debit}","credit_account":"{credit}","amount":"{amount}"}}"#
        );
        // Writing to a string cannot fail.
        let _written = body.write_fmt(row);
    }
    body.push_str("]}");
    body
}

impl Subject for ServedBank {
    fn name(&self) -> &'static str {
        BANK
    }

    fn address(&self) -> SocketAddr {
        self.served.address
    }

    fn transfers(&self, pattern: Pattern) -> Script {
        self.transfers_under(pattern, Order::Ordered)
    }

    fn processor_ticks(&self) -> Option<u64> {
        self.served.processor_ticks()
    }

    fn batches(&self) -> Option<Sums> {
        let mut request = Vec::new();
        get(&mut request, "/metrics", "");
        let (status, body) = self.exchange(&request).ok()?;
        (status == 200).then(|| Sums::read(&String::from_utf8_lossy(&body)))
    }

    fn resident_mebibytes(&self) -> Option<u64> {
        self.served.resident_mebibytes()
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.served.stop()?;
        self.ground.verify().map(|_| ())
    }
}

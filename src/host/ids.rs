//! Sources of ids and salts: the operating system in production, a seed in sample banks.

use crate::domain::id::Id;
use crate::domain::time::Moment;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::sync::{Arc, Mutex, PoisonError};

/// A source of UUIDs (version 7: ordered by time) and of random bytes that are not secrets.
#[derive(Clone, Debug, Default)]
pub enum Ids {
    #[default]
    System,
    Seeded(Arc<Mutex<ChaCha8Rng>>),
}

impl Ids {
    /// The same ids in the same order for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Ids::Seeded(Arc::new(Mutex::new(ChaCha8Rng::seed_from_u64(seed))))
    }

    /// A new id, ordered by `now`.
    pub fn next(&self, now: Moment) -> Id {
        let bytes = self.bytes::<10>();
        let milliseconds = u64::try_from(now.micros().div_euclid(1_000)).unwrap_or(0);
        Id(uuid::Builder::from_unix_timestamp_millis(milliseconds, &bytes).into_uuid())
    }

    /// Random bytes for salts. Not for secrets: a seeded source repeats them.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        match self {
            Ids::System => rand::rng().fill_bytes(&mut bytes),
            Ids::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes),
        }
        bytes
    }
}

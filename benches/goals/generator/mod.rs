//! Generates a large ledger of bare transfers in minutes: seed data. Entries, postings, balances, day totals,
//! accounts and head are as the writer would have left them, with a valid chain that `verify` accepts; idempotency
//! records are not generated. No other program may write meanwhile.

/// Advances the head from its value `before` to that of the generator: a statement on either kind of connection.
macro_rules! move_head {
    ($conn:expr, $bank:expr, $generator:expr, $before:expr) => {{
        let head = &$generator.head;
        let at_the_head = heads::table.filter(heads::bank_id.eq($bank).and(heads::number.eq($before)));
        let moved = diesel::update(at_the_head)
            .set((
                heads::number.eq(head.number),
                heads::hash.eq(head.hash.as_slice()),
                heads::recorded_at.eq(head.recorded_at),
            ))
            .execute($conn)?;
        if moved == 1 { Ok(()) } else { Err(DatabaseError::Broken("another program wrote meanwhile")) }
    }};
}

/// The debits and credits of each account so far: the same query on either kind of connection.
macro_rules! sums {
    ($conn:expr, $bank:expr) => {{
        let columns = (accounts::id, accounts::debits_posted, accounts::credits_posted);
        let rows: Vec<(Id, i64, i64)> =
            accounts::table.filter(accounts::bank_id.eq($bank)).select(columns).load($conn)?;
        rows.into_iter().map(|(id, debits, credits)| (id, Sums { debits, credits })).collect()
    }};
}

#[cfg(feature = "postgres")]
mod postgres;
pub mod records;
mod sqlite;
mod transfers;

use super::baseline::DatabaseError;
use chrono_tz::Tz;
use jianxian::domain::id::{BankId, Id};
use jianxian::ledger::Head;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use transfers::{Generated, Generator};

/// In which database a statement is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
}

impl Dialect {
    fn id(self, id: Id) -> String {
        match self {
            Dialect::Sqlite => format!("x'{}'", id.0.simple()),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => format!("'{}'::uuid", id.0),
        }
    }

    /// An id that follows from a letter and a number.
    fn made_id(self, letter: char, number: &str) -> String {
        match self {
            Dialect::Sqlite => format!("CAST(printf('{letter}%015d', {number}) AS BLOB)"),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => format!("CAST(md5('{letter}' || ({number})) AS uuid)"),
        }
    }

    /// A moment in microseconds since 1970.
    fn moment(self, micros: &str) -> String {
        match self {
            Dialect::Sqlite => micros.to_owned(),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => format!("(TIMESTAMPTZ 'epoch' + {micros} * INTERVAL '1 microsecond')"),
        }
    }

    /// The table `n` of the numbers from 0 to below `count`, as `n.i`.
    fn numbers(self, count: u32) -> String {
        match self {
            Dialect::Sqlite => {
                format!("RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})")
            }
            #[cfg(feature = "postgres")]
            Dialect::Postgres => format!("n (i) AS (SELECT generate_series(0, {count}::bigint - 1))"),
        }
    }
}

/// The transfers to generate.
#[derive(Clone, Debug)]
pub struct SeedData {
    pub bank: BankId,
    pub zone: Tz,
    /// The head of the bank's chain.
    pub head: Head,
    pub actor: Id,
    /// Debited by every second transfer; the others are between two of `held`. All of them are open, of one asset,
    /// without lots.
    pub issuing: Id,
    pub held: Arc<[Id]>,
    pub entries: u64,
    pub random: u64,
}

/// Entries that are generated and written at a time.
const CHUNK: usize = 50_000;
/// Chunks that are generated ahead of the writing.
const AHEAD: usize = 2;

/// Appends the entries to the bank's chain. After a failure the file or schema is unusable.
pub fn write(url: &str, seed: &SeedData) -> Result<(), DatabaseError> {
    match url.strip_prefix("sqlite:") {
        Some(file) => sqlite::write(Path::new(file), seed),
        #[cfg(feature = "postgres")]
        None => postgres::write(url, seed),
        #[cfg(not(feature = "postgres"))]
        None => Err(DatabaseError::Unbuilt),
    }
}

/// Generates all chunks in a thread of its own while `write` writes the previous ones; returns the final state.
fn generated_ahead(
    mut generator: Generator,
    entries: u64,
    mut write: impl FnMut(&[Generated]) -> Result<(), DatabaseError>,
) -> Result<Generator, DatabaseError> {
    std::thread::scope(|scope| {
        let (send, chunks) = mpsc::sync_channel(AHEAD);
        let making = scope.spawn(move || {
            let mut left = entries;
            while left > 0 {
                let count = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
                let chunk = generator.chunk(count)?;
                left = left.saturating_sub(u64::try_from(count).unwrap_or(left));
                if send.send(chunk).is_err() {
                    return None;
                }
            }
            Some(generator)
        });
        for chunk in &chunks {
            write(&chunk)?;
        }
        let made = making.join().unwrap_or(None);
        made.ok_or_else(|| DatabaseError::Broken("a sum left its range, or the generator ended early"))
    })
}

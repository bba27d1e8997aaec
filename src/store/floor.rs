//! For the benchmark only: what a bank without this project's writer would do. One transaction a request on plain
//! SQLite, from a pool, with the same promises: both balances kept, no overdraft, an immutable record, idempotent by
//! the caller's key, on disk when answered.

use crate::domain::id::Id;
use crate::domain::time::Moment;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sqlite::SqliteConnection;
use std::path::Path;
use std::time::Duration;

diesel::table! {
    floor_accounts (id) {
        id -> Binary,
        debits -> BigInt,
        credits -> BigInt,
        floor -> BigInt,
    }
}
diesel::table! {
    floor_entries (number) {
        number -> BigInt,
        debit_account -> Binary,
        credit_account -> Binary,
        amount -> BigInt,
        recorded_at -> BigInt,
    }
}
diesel::table! {
    floor_keys (key) {
        key -> Text,
        entry -> BigInt,
    }
}

const SCHEMA: &str = "
    CREATE TABLE floor_accounts (id BLOB PRIMARY KEY, debits INTEGER NOT NULL, credits INTEGER NOT NULL,
        floor INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE floor_entries (number INTEGER PRIMARY KEY, debit_account BLOB NOT NULL, credit_account BLOB NOT NULL,
        amount INTEGER NOT NULL, recorded_at INTEGER NOT NULL) STRICT;
    CREATE TABLE floor_keys (key TEXT PRIMARY KEY, entry INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

const SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;";

/// A transfer of `amount` smallest units under a key of the caller's.
#[derive(Clone, Debug)]
pub struct PlainTransfer {
    pub key: String,
    pub debit_account: Id,
    pub credit_account: Id,
    pub amount: i64,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainAnswer {
    Posted {
        number: i64,
    },
    /// The key was known: the entry it made then.
    Repeated {
        number: i64,
    },
    Insufficient,
    UnknownAccount,
}

/// The database or its pool failed.
#[derive(Debug, thiserror::Error)]
pub enum FloorError {
    #[error("{0}")]
    Database(#[from] diesel::result::Error),
    #[error("{0}")]
    Pool(#[from] diesel::r2d2::PoolError),
}

/// A pool of connections to one plain SQLite file.
#[derive(Clone)]
pub struct PlainSqlite {
    pool: Pool<ConnectionManager<SqliteConnection>>,
}

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute(SETTINGS).map_err(diesel::r2d2::Error::QueryError)
    }
}

impl PlainSqlite {
    /// Makes the file and its tables, with a pool of `connections`.
    pub fn create(file: &Path, connections: u32) -> Result<Self, FloorError> {
        let manager = ConnectionManager::new(file.to_string_lossy());
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(60))
            .connection_customizer(Box::new(Settings))
            .build(manager)?;
        pool.get()?.batch_execute(SCHEMA)?;
        Ok(Self { pool })
    }

    /// Opens accounts that may fall to `floor`, in smallest units.
    pub fn open_accounts(&self, accounts: &[Id], floor: i64) -> Result<(), FloorError> {
        let mut conn = self.pool.get()?;
        conn.immediate_transaction(|conn| {
            for id in accounts {
                let row = (
                    floor_accounts::id.eq(id.bytes().as_slice()),
                    floor_accounts::debits.eq(0),
                    floor_accounts::credits.eq(0),
                    floor_accounts::floor.eq(floor),
                );
                diesel::insert_into(floor_accounts::table).values(row).execute(conn)?;
            }
            Ok(())
        })
    }

    /// One transfer in a transaction of its own: on disk when this returns.
    pub fn transfer(&self, transfer: &PlainTransfer, now: Moment) -> Result<PlainAnswer, FloorError> {
        let mut conn = self.pool.get()?;
        Ok(conn.immediate_transaction(|conn| post(conn, transfer, now))?)
    }

    /// Sum of all debits and of all credits, and the number of entries: how the bench checks that the floor did its
    /// work.
    pub fn totals(&self) -> Result<(i64, i64, i64), FloorError> {
        let mut conn = self.pool.get()?;
        let columns = (floor_accounts::debits, floor_accounts::credits);
        let sums: Vec<(i64, i64)> = floor_accounts::table.select(columns).load(&mut conn)?;
        let entries = floor_entries::table.count().get_result(&mut conn)?;
        Ok((sums.iter().map(|(d, _)| d).sum(), sums.iter().map(|(_, c)| c).sum(), entries))
    }
}

fn post(conn: &mut SqliteConnection, transfer: &PlainTransfer, now: Moment) -> QueryResult<PlainAnswer> {
    let known = floor_keys::table.find(&transfer.key).select(floor_keys::entry).first(conn).optional()?;
    if let Some(number) = known {
        return Ok(PlainAnswer::Repeated { number });
    }
    let (debit, credit) =
        (transfer.debit_account.bytes().as_slice(), transfer.credit_account.bytes().as_slice());
    let columns = (floor_accounts::debits, floor_accounts::credits, floor_accounts::floor);
    let held: Option<(i64, i64, i64)> =
        floor_accounts::table.find(debit).select(columns).first(conn).optional()?;
    let Some((debits, credits, floor)) = held else { return Ok(PlainAnswer::UnknownAccount) };
    if credits - debits - transfer.amount < floor {
        return Ok(PlainAnswer::Insufficient);
    }
    diesel::update(floor_accounts::table.find(debit))
        .set(floor_accounts::debits.eq(floor_accounts::debits + transfer.amount))
        .execute(conn)?;
    let credited = diesel::update(floor_accounts::table.find(credit))
        .set(floor_accounts::credits.eq(floor_accounts::credits + transfer.amount))
        .execute(conn)?;
    if credited == 0 {
        return Err(diesel::result::Error::RollbackTransaction);
    }
    let number: i64 = diesel::insert_into(floor_entries::table)
        .values((
            floor_entries::debit_account.eq(debit),
            floor_entries::credit_account.eq(credit),
            floor_entries::amount.eq(transfer.amount),
            floor_entries::recorded_at.eq(now.micros()),
        ))
        .returning(floor_entries::number)
        .get_result(conn)?;
    diesel::insert_into(floor_keys::table)
        .values((floor_keys::key.eq(&transfer.key), floor_keys::entry.eq(number)))
        .execute(conn)?;
    Ok(PlainAnswer::Posted { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_keeps_the_promises_that_it_is_compared_by() {
        let folder = tempfile::tempdir().unwrap();
        let plain = PlainSqlite::create(&folder.path().join("plain.db"), 4).unwrap();
        let (purse, shop) = (Id::SYSTEM.derive("purse"), Id::SYSTEM.derive("shop"));
        plain.open_accounts(&[purse], -30).unwrap();
        plain.open_accounts(&[shop], 0).unwrap();
        let now = Moment::from_micros(1);
        let pay = |key: &str, amount, credit_account| {
            let transfer = PlainTransfer { key: key.into(), debit_account: purse, credit_account, amount };
            plain.transfer(&transfer, now)
        };
        assert_eq!(pay("a", 20, shop).unwrap(), PlainAnswer::Posted { number: 1 });
        assert_eq!(pay("a", 20, shop).unwrap(), PlainAnswer::Repeated { number: 1 });
        assert_eq!(pay("b", 11, shop).unwrap(), PlainAnswer::Insufficient);
        assert!(pay("c", 1, Id::SYSTEM).is_err());
        assert_eq!(plain.totals().unwrap(), (20, 20, 1));
        let threads: Vec<_> = (0..8)
            .map(|n| {
                let plain = plain.clone();
                let transfer = PlainTransfer {
                    key: format!("t{n}"),
                    debit_account: purse,
                    credit_account: shop,
                    amount: 2,
                };
                std::thread::spawn(move || plain.transfer(&transfer, now).unwrap())
            })
            .collect();
        let answers: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(answers.iter().filter(|a| **a == PlainAnswer::Insufficient).count(), 3);
        assert_eq!(plain.totals().unwrap(), (30, 30, 6));
    }
}

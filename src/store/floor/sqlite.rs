//! One transaction a request on plain SQLite, from a pool.

use super::{FloorError, Plain, PlainAnswer, PlainTransfer, floor_accounts, floor_entries, floor_keys};
use crate::domain::id::Id;
use crate::domain::time::Moment;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sqlite::SqliteConnection;
use std::path::Path;
use std::time::Duration;

const SCHEMA: &str = "
    CREATE TABLE floor_accounts (id BLOB PRIMARY KEY, debits INTEGER NOT NULL, credits INTEGER NOT NULL,
        floor INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE floor_entries (number INTEGER PRIMARY KEY, debit_account BLOB NOT NULL, credit_account BLOB NOT NULL,
        amount INTEGER NOT NULL, recorded_at INTEGER NOT NULL) STRICT;
    CREATE TABLE floor_keys (key TEXT PRIMARY KEY, entry INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

const SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;";

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
}

impl Plain for PlainSqlite {
    fn open_accounts(&self, accounts: &[Id], floor: i64) -> Result<(), FloorError> {
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

    fn transfer(&self, transfer: &PlainTransfer, now: Moment) -> Result<PlainAnswer, FloorError> {
        let mut conn = self.pool.get()?;
        match conn.immediate_transaction(|conn| post(conn, transfer, now)) {
            Err(diesel::result::Error::RollbackTransaction) => Ok(PlainAnswer::UnknownAccount),
            answer => Ok(answer?),
        }
    }

    fn totals(&self) -> Result<(i64, i64, i64), FloorError> {
        let mut conn = self.pool.get()?;
        totals!(&mut conn)
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

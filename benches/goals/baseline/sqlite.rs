//! One transaction a request on plain SQLite, from a pool.

use super::{DatabaseError, Outcome, Plain, Transfer, baseline_accounts, baseline_entries, baseline_keys};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sqlite::SqliteConnection;
use jianxian::domain::id::Id;
use jianxian::domain::time::Moment;
use std::path::Path;
use std::time::Duration;

const SCHEMA: &str = "
    CREATE TABLE baseline_accounts (id BLOB PRIMARY KEY, debits INTEGER NOT NULL, credits INTEGER NOT NULL,
        minimum INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE baseline_entries (number INTEGER PRIMARY KEY, debit_account BLOB NOT NULL, credit_account BLOB NOT NULL,
        amount INTEGER NOT NULL, recorded_at INTEGER NOT NULL) STRICT;
    CREATE TABLE baseline_keys (key TEXT PRIMARY KEY, entry INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

const SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;";

/// A connection pool on one plain SQLite file.
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
    /// Creates the file and its tables, with a pool of `connections`.
    pub fn create(file: &Path, connections: u32) -> Result<Self, DatabaseError> {
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
    fn open_accounts(&self, accounts: &[Id], minimum: i64) -> Result<(), DatabaseError> {
        let mut conn = self.pool.get()?;
        conn.immediate_transaction(|conn| {
            for id in accounts {
                let row = (
                    baseline_accounts::id.eq(id.bytes().as_slice()),
                    baseline_accounts::debits.eq(0),
                    baseline_accounts::credits.eq(0),
                    baseline_accounts::minimum.eq(minimum),
                );
                diesel::insert_into(baseline_accounts::table).values(row).execute(conn)?;
            }
            Ok(())
        })
    }

    fn transfer(&self, transfer: &Transfer, now: Moment) -> Result<Outcome, DatabaseError> {
        let mut conn = self.pool.get()?;
        match conn.immediate_transaction(|conn| post(conn, transfer, now)) {
            Err(diesel::result::Error::RollbackTransaction) => Ok(Outcome::UnknownAccount),
            answer => Ok(answer?),
        }
    }

    fn totals(&self) -> Result<(i64, i64, i64), DatabaseError> {
        let mut conn = self.pool.get()?;
        totals!(&mut conn)
    }
}

fn post(conn: &mut SqliteConnection, transfer: &Transfer, now: Moment) -> QueryResult<Outcome> {
    let known =
        baseline_keys::table.find(&transfer.key).select(baseline_keys::entry).first(conn).optional()?;
    if let Some(number) = known {
        return Ok(Outcome::Repeated { number });
    }
    let (debit, credit) =
        (transfer.debit_account.bytes().as_slice(), transfer.credit_account.bytes().as_slice());
    let columns = (baseline_accounts::debits, baseline_accounts::credits, baseline_accounts::minimum);
    let held: Option<(i64, i64, i64)> =
        baseline_accounts::table.find(debit).select(columns).first(conn).optional()?;
    let Some((debits, credits, minimum)) = held else { return Ok(Outcome::UnknownAccount) };
    if credits - debits - transfer.amount < minimum {
        return Ok(Outcome::Insufficient);
    }
    diesel::update(baseline_accounts::table.find(debit))
        .set(baseline_accounts::debits.eq(baseline_accounts::debits + transfer.amount))
        .execute(conn)?;
    let credited = diesel::update(baseline_accounts::table.find(credit))
        .set(baseline_accounts::credits.eq(baseline_accounts::credits + transfer.amount))
        .execute(conn)?;
    if credited == 0 {
        return Err(diesel::result::Error::RollbackTransaction);
    }
    let number: i64 = diesel::insert_into(baseline_entries::table)
        .values((
            baseline_entries::debit_account.eq(debit),
            baseline_entries::credit_account.eq(credit),
            baseline_entries::amount.eq(transfer.amount),
            baseline_entries::recorded_at.eq(now.micros()),
        ))
        .returning(baseline_entries::number)
        .get_result(conn)?;
    diesel::insert_into(baseline_keys::table)
        .values((baseline_keys::key.eq(&transfer.key), baseline_keys::entry.eq(number)))
        .execute(conn)?;
    Ok(Outcome::Posted { number })
}

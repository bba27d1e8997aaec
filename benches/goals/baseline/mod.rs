//! The baselines: plain transfers without this project's writer, with the same guarantees: both balances kept, no
//! overdraft, an immutable record, idempotent by the caller's key, durable when answered. A small server with one
//! route serves them, which also shows the cost of HTTP and the token check alone.

/// Debits, credits and entries of a baseline: the same queries on either kind of connection.
macro_rules! totals {
    ($conn:expr) => {{
        let columns = (baseline_accounts::debits, baseline_accounts::credits);
        let sums: Vec<(i64, i64)> = baseline_accounts::table.select(columns).load($conn)?;
        let entries = baseline_entries::table.count().get_result($conn)?;
        Ok((sums.iter().map(|(d, _)| d).sum(), sums.iter().map(|(_, c)| c).sum(), entries))
    }};
}

#[cfg(feature = "postgres")]
mod fresh_schema;
#[cfg(feature = "postgres")]
mod postgres;
mod server;
mod sqlite;
mod tokens;
#[cfg(not(feature = "postgres"))]
mod unbuilt;

#[cfg(feature = "postgres")]
pub use fresh_schema::FreshSchema;
#[cfg(feature = "postgres")]
pub use postgres::{PlainPostgres, described, sync_times};
pub use server::{BaselineServer, BaselineWork, Post};
pub use sqlite::PlainSqlite;
pub use tokens::BaselineTokens;
#[cfg(not(feature = "postgres"))]
pub use unbuilt::{FreshSchema, PlainPostgres, described, sync_times};

use jianxian::domain::id::Id;
use jianxian::domain::time::Moment;

diesel::table! {
    baseline_accounts (id) {
        id -> Binary,
        debits -> BigInt,
        credits -> BigInt,
        minimum -> BigInt,
    }
}
diesel::table! {
    baseline_entries (number) {
        number -> BigInt,
        debit_account -> Binary,
        credit_account -> Binary,
        amount -> BigInt,
        recorded_at -> BigInt,
    }
}
diesel::table! {
    baseline_keys (key) {
        key -> Text,
        entry -> BigInt,
    }
}

/// A transfer of `amount` smallest units under a key of the caller's.
#[derive(Clone, Debug)]
pub struct Transfer {
    pub key: String,
    pub debit_account: Id,
    pub credit_account: Id,
    pub amount: i64,
}

/// The result of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Posted {
        number: i64,
    },
    /// The key was known: its entry.
    Repeated {
        number: i64,
    },
    Insufficient,
    UnknownAccount,
}

/// Why a database cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("{0}")]
    Database(#[from] diesel::result::Error),
    #[error("{0}")]
    Pool(#[from] diesel::r2d2::PoolError),
    #[error("{0}")]
    Connection(#[from] diesel::ConnectionError),
    /// A schema of that name exists, and was not touched.
    #[error("{0} is there already")]
    Taken(String),
    #[error("the bench was built without PostgreSQL")]
    Unbuilt,
    #[error("{0}")]
    File(#[from] std::io::Error),
    #[error("{0}")]
    Broken(&'static str),
}

/// How a transfer is posted on PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Statement by statement, in one transaction.
    Transaction,
    /// One call of a function that does all of it: one round trip.
    Function,
}

/// A way of posting transfers without this project's writer.
pub trait Plain: Send + Sync {
    /// Opens accounts with a minimum balance, in smallest units.
    fn open_accounts(&self, accounts: &[Id], minimum: i64) -> Result<(), DatabaseError>;

    /// One transfer: durable when this returns.
    fn transfer(&self, transfer: &Transfer, now: Moment) -> Result<Outcome, DatabaseError>;

    /// Sum of all debits and of all credits, and the number of entries: the bench checks the baseline's work by them.
    fn totals(&self) -> Result<(i64, i64, i64), DatabaseError>;
}

//! A connection to a database of either kind, with the code that diesel writes for it.
#![allow(clippy::expect_used, unreachable_patterns, missing_docs, reason = "written by diesel")]

#[cfg(feature = "postgres")]
use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;

/// A connection to a database of either kind.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
}

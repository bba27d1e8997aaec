//! A connection to either database, with the code that diesel derives for it.
#![allow(clippy::expect_used, unreachable_patterns, missing_docs, reason = "written by diesel")]

#[cfg(feature = "postgres")]
use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum AnyConnection {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
}

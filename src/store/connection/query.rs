//! One number from a statement to an SQLite file, and what messages call the file.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::sqlite::SqliteConnection;
use std::path::Path;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

pub(super) fn number(conn: &mut SqliteConnection, query: &str) -> QueryResult<i64> {
    diesel::sql_query(query).get_result::<Number>(conn).map(|row| row.n)
}

/// What messages call the database.
pub(super) fn name(file: &Path) -> String {
    file.display().to_string()
}

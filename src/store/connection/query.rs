//! One number from a statement to an SQLite file, and the file's name in messages.

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

/// The name of the database in messages.
pub(super) fn name(file: &Path) -> String {
    file.display().to_string()
}

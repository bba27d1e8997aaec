//! Rows out of and into an SQLite file.

use super::cell::{Cell, Key, Row};
use super::statement::{Bind, Statement};
use crate::store::maintenance::catalogue::Table;
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};

/// SQLite's maximum number of bound values in one statement.
const MOST_VALUES: usize = 32_766;

impl Bind<Sqlite> for Cell {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        match self {
            Cell::Integer(number) => out.push_bind_param::<BigInt, i64>(number),
            Cell::Text(text) => out.push_bind_param::<Text, String>(text),
            Cell::Bytes(bytes) => out.push_bind_param::<Binary, Vec<u8>>(bytes),
            // Unreadable values were refused before.
            Cell::Null | Cell::Unreadable(_) => {
                out.push_bind_param::<Nullable<BigInt>, Option<i64>>(const { &None })
            }
        }
    }
}

pub fn page(
    conn: &mut SqliteConnection,
    table: &Table,
    after: Option<&Key>,
    rows: usize,
) -> QueryResult<Vec<Row>> {
    Statement::page(table, after.map(|key| key.0.as_slice()), rows).load(conn)
}

pub fn last_key(conn: &mut SqliteConnection, table: &Table) -> QueryResult<Option<Key>> {
    let row = Statement::<Cell>::last_key(table).get_result::<Row>(conn).optional()?;
    Ok(row.map(|row| Key(row.0)))
}

pub fn count(conn: &mut SqliteConnection, table: &Table) -> QueryResult<Row> {
    Statement::<Cell>::count(table).get_result(conn)
}

pub fn insert(conn: &mut SqliteConnection, table: &Table, rows: &[Row]) -> QueryResult<()> {
    let at_once = MOST_VALUES.checked_div(table.columns.len()).unwrap_or(1).max(1);
    for rows in rows.chunks(at_once) {
        Statement::insert(table, rows.iter().map(|row| row.0.as_slice())).execute(conn)?;
    }
    Ok(())
}

//! Statements built from the names of a table: a page of its rows, its last key, its number of rows, an insert.

use crate::store::maintenance::catalogue::Table;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Untyped;
use std::borrow::Cow;

/// A value that a statement binds.
pub trait Bind<DB: diesel::backend::Backend> {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>;
}

#[derive(Debug)]
pub enum Part<'v, V> {
    Words(Cow<'static, str>),
    Value(&'v V),
}

impl<V> Part<'_, V> {
    fn words(words: String) -> Self {
        Part::Words(Cow::Owned(words))
    }
}

#[derive(Debug)]
pub struct Statement<'v, V>(pub Vec<Part<'v, V>>);

impl<V> Query for Statement<'_, V> {
    type SqlType = Untyped;
}

impl<V> QueryId for Statement<'_, V> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<V, Conn> RunQueryDsl<Conn> for Statement<'_, V> {}

impl<V: Bind<DB>, DB: diesel::backend::Backend> QueryFragment<DB> for Statement<'_, V> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for part in &self.0 {
            match part {
                Part::Words(words) => out.push_sql(words),
                Part::Value(value) => value.bind(&mut out)?,
            }
        }
        Ok(())
    }
}

/// Quoted names separated by commas: those of the schema contain no quotes.
fn names<'n>(names: impl Iterator<Item = &'n str>, after_each: &str) -> String {
    names.map(|name| format!("\"{name}\"{after_each}")).collect::<Vec<_>>().join(", ")
}

/// Values separated by commas.
fn values<'v, V>(parts: &mut Vec<Part<'v, V>>, values: &'v [V]) {
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            parts.push(Part::Words(", ".into()));
        }
        parts.push(Part::Value(value));
    }
}

impl<'v, V> Statement<'v, V> {
    /// The next rows of a table in the order of its key, after the row with this key (its values).
    pub fn page(table: &Table, after: Option<&'v [V]>, rows: usize) -> Self {
        let columns = names(table.columns.iter().map(|column| column.name), "");
        let key = names(table.key.iter().copied(), "");
        let mut parts = vec![Part::words(format!("SELECT {columns} FROM \"{}\"", table.name))];
        if let Some(after) = after {
            parts.push(Part::words(format!(" WHERE ({key}) > (")));
            values(&mut parts, after);
            parts.push(Part::Words(")".into()));
        }
        parts.push(Part::words(format!(" ORDER BY {key} LIMIT {rows}")));
        Statement(parts)
    }

    pub fn last_key(table: &Table) -> Self {
        let (key, downward) =
            (names(table.key.iter().copied(), ""), names(table.key.iter().copied(), " DESC"));
        Statement(vec![Part::words(format!(
            "SELECT {key} FROM \"{}\" ORDER BY {downward} LIMIT 1",
            table.name
        ))])
    }

    pub fn count(table: &Table) -> Self {
        Statement(vec![Part::words(format!("SELECT count(*) FROM \"{}\"", table.name))])
    }

    pub fn insert(table: &Table, rows: impl Iterator<Item = &'v [V]>) -> Self {
        let columns = names(table.columns.iter().map(|column| column.name), "");
        let mut parts = vec![Part::words(format!("INSERT INTO \"{}\" ({columns}) VALUES ", table.name))];
        for (at, row) in rows.enumerate() {
            parts.push(Part::Words(Cow::Borrowed(if at > 0 { ", (" } else { "(" })));
            values(&mut parts, row);
            parts.push(Part::Words(")".into()));
        }
        Statement(parts)
    }
}

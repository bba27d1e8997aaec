//! The schema as a list: tables with their columns and keys.

use crate::store::types::{DayNumber, Micros, Uid};
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Text,
    Bytes,
    Boolean,
    Uid,
    Moment,
    Day,
}

/// A diesel type that the schema uses.
pub trait InSchema {
    const KIND: Kind;
}

/// Maps diesel types to kinds, nullable or not.
macro_rules! kinds {
    ($($type:ty => $kind:ident),+ $(,)?) => {$(
        impl InSchema for $type {
            const KIND: Kind = Kind::$kind;
        }
        impl InSchema for Nullable<$type> {
            const KIND: Kind = Kind::$kind;
        }
    )+};
}

kinds! {
    BigInt => Integer,
    Text => Text,
    Binary => Bytes,
    Bool => Boolean,
    Uid => Uid,
    Micros => Moment,
    DayNumber => Day,
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
}

/// A table, with the columns of its primary key in order.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub name: &'static str,
    pub key: &'static [&'static str],
    pub columns: &'static [Column],
    /// Inserts rows in the binary format of PostgreSQL's `COPY`.
    #[cfg(feature = "postgres")]
    pub take_in: fn(&mut diesel::pg::PgConnection, &[u8]) -> diesel::QueryResult<()>,
}

impl Table {
    /// The columns of the key, with their index in a row.
    pub fn key_columns(&self) -> impl Iterator<Item = (usize, &Column)> {
        let place = |key: &&str| self.columns.iter().enumerate().find(|(_, column)| column.name == *key);
        self.key.iter().filter_map(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::connection::sqlite;
    use crate::store::connection::{Upgrade, Use};
    use crate::store::schema::all_tables;
    use diesel::prelude::*;

    #[derive(QueryableByName)]
    struct Made {
        #[diesel(sql_type = Text)]
        made: String,
    }

    #[test]
    fn every_table_and_column_of_the_migrations_is_in_the_list() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bank.db");
        let mut conn = sqlite::prepare(&file, Upgrade::Yes, Use::Write { durable: true }).unwrap();
        let made: Vec<Made> = diesel::sql_query(
            "SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.pk AS made \
             FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c \
             WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT GLOB 'sqlite_*' AND t.name NOT GLOB '__*'",
        )
        .load(&mut conn)
        .unwrap();
        let mut made: Vec<_> = made.into_iter().map(|row| row.made).collect();
        let mut listed = Vec::new();
        for table in all_tables() {
            for column in table.columns {
                let kind = match column.kind {
                    Kind::Text => "TEXT",
                    Kind::Bytes | Kind::Uid => "BLOB",
                    Kind::Integer | Kind::Boolean | Kind::Moment | Kind::Day => "INTEGER",
                };
                let key = table.key.iter().position(|key| *key == column.name).map_or(0, |at| at + 1);
                listed.push(format!("{}.{} {kind} {key}", table.name, column.name));
            }
            assert_eq!(table.key_columns().count(), table.key.len(), "{}", table.name);
        }
        made.sort();
        listed.sort();
        assert_eq!(made, listed);
    }
}

//! The schema as a list: what each table is called, and which columns it has.

use super::types::{DayNumber, Micros, Uid};
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Text,
    Bytes,
    Truth,
    Uid,
    Moment,
    Day,
}

/// A type of the schema.
pub trait Stored {
    const KIND: Kind;
}

/// Says which kind a type of the schema is; it may be absent or not.
macro_rules! stored {
    ($($type:ty => $kind:ident),+ $(,)?) => {$(
        impl Stored for $type {
            const KIND: Kind = Kind::$kind;
        }
        impl Stored for Nullable<$type> {
            const KIND: Kind = Kind::$kind;
        }
    )+};
}

stored! {
    BigInt => Integer,
    Text => Text,
    Binary => Bytes,
    Bool => Truth,
    Uid => Uid,
    Micros => Moment,
    DayNumber => Day,
}

/// A column.
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
    /// Takes in rows in the binary form of PostgreSQL's `COPY`.
    #[cfg(feature = "postgres")]
    pub take_in: fn(&mut diesel::pg::PgConnection, &[u8]) -> diesel::QueryResult<()>,
}

impl Table {
    /// The columns of the key, with their place in a row.
    pub fn key_columns(&self) -> impl Iterator<Item = (usize, &Column)> {
        let place = |key: &&str| self.columns.iter().enumerate().find(|(_, column)| column.name == *key);
        self.key.iter().filter_map(place)
    }
}

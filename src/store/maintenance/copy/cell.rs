//! Values on their way between two databases, in SQLite's representation.

use crate::domain::time::Day;
use crate::store::maintenance::catalogue::{Kind, Table};
use diesel::sqlite::Sqlite;

/// One value. An id is 16 bytes, a moment microseconds and a day days since 1970, a boolean 0 or 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
    /// A value that none of our columns can hold.
    Unreadable(Unfit),
}

/// One row, in the order of the table's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Vec<Cell>);

/// Why a value cannot be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// A text with a NUL: SQLite accepts it, PostgreSQL does not.
    Nul,
    /// A text that is not UTF-8.
    NotText,
    /// A moment or a day outside the range of the other database.
    OutOfRange,
    /// A value of another type than the column's.
    OtherKind,
}

/// A value that cannot be copied, with its place.
#[derive(Debug)]
pub struct Unfitting<'r> {
    pub row: &'r Row,
    pub column: &'static str,
    pub unfit: Unfit,
}

impl Cell {
    /// Whether the value has the type of its column. NULL is left to the constraints of the database.
    pub fn check(&self, kind: Kind) -> Result<(), Unfit> {
        let fits = match (self, kind) {
            (Cell::Unreadable(unfit), _) => return Err(*unfit),
            (Cell::Null, _)
            | (Cell::Text(_), Kind::Text)
            | (Cell::Bytes(_), Kind::Bytes)
            | (Cell::Integer(_), Kind::Integer | Kind::Moment) => true,
            (Cell::Integer(days), Kind::Day) => i32::try_from(*days).is_ok(),
            (Cell::Integer(truth), Kind::Boolean) => [0, 1].contains(truth),
            (Cell::Bytes(bytes), Kind::Uid) => bytes.len() == 16,
            _ => false,
        };
        if fits { Ok(()) } else { Err(Unfit::OtherKind) }
    }

    /// The value as readable text.
    fn readable(&self, kind: Kind) -> String {
        match (self, kind) {
            (Cell::Null, _) => "NULL".to_owned(),
            (Cell::Integer(days), Kind::Day) => match i32::try_from(*days) {
                Ok(days) => Day::from_number(days).to_string(),
                Err(_) => days.to_string(),
            },
            (Cell::Integer(number), _) => number.to_string(),
            (Cell::Text(text), _) => format!("{text:?}"),
            (Cell::Bytes(bytes), _) => match uuid::Uuid::from_slice(bytes) {
                Ok(uuid) if kind == Kind::Uid => uuid.to_string(),
                _ => hex::encode(bytes),
            },
            (Cell::Unreadable(_), _) => "?".to_owned(),
        }
    }
}

impl Row {
    pub fn key(&self, table: &Table) -> Key {
        let cells = table.key_columns().map(|(at, _)| self.0.get(at).cloned().unwrap_or(Cell::Null));
        Key(cells.collect())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key(pub Vec<Cell>);

impl Key {
    /// The key as readable text: its values separated by slashes.
    pub fn readable(&self, table: &Table) -> String {
        let cells = self.0.iter().zip(table.key_columns());
        cells.map(|(cell, (_, column))| cell.readable(column.kind)).collect::<Vec<_>>().join(" / ")
    }
}

mod from_sqlite {
    use super::{Cell, Row, Sqlite, Unfit};
    use diesel::deserialize::{self, FromSql, FromSqlRow};
    use diesel::row::Field;
    use diesel::sql_types::{BigInt, Binary, Untyped};
    use diesel::sqlite::{SqliteType, SqliteValue};

    fn cell(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Cell> {
        Ok(match value.value_type() {
            None => Cell::Null,
            Some(SqliteType::SmallInt | SqliteType::Integer | SqliteType::Long) => {
                Cell::Integer(<i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?)
            }
            Some(SqliteType::Binary) => Cell::Bytes(<Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?),
            // Read as bytes: diesel would replace invalid characters.
            Some(SqliteType::Text) => {
                let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
                String::from_utf8(bytes).map_or(Cell::Unreadable(Unfit::NotText), Cell::Text)
            }
            Some(_) => Cell::Unreadable(Unfit::OtherKind),
        })
    }

    impl FromSqlRow<Untyped, Sqlite> for Row {
        fn build_from_row<'a>(row: &impl diesel::row::Row<'a, Sqlite>) -> deserialize::Result<Self> {
            let cells = (0..row.field_count()).map(|at| {
                let field = row.get(at);
                let value = field.as_ref().and_then(Field::value);
                value.map_or(Ok(Cell::Null), cell)
            });
            cells.collect::<deserialize::Result<_>>().map(Row)
        }
    }
}

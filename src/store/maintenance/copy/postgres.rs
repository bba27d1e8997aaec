//! Rows out of and into PostgreSQL: read in its binary format, written by `COPY`.

use super::cell::{Cell, Key, Row, Unfit, Unfitting};
use super::statement::{Bind, Statement};
use crate::store::maintenance::catalogue::{Column, Kind, Table};
use crate::store::types::postgres::{from_date, from_timestamp, to_date, to_timestamp};
use crate::store::types::{DayNumber, Micros, Uid};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{CopyFormat, CopyTarget, Pg, PgConnection, PgValue};
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::row::Field;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Text, Untyped};
use std::io::Write;

/// Header and trailer of a stream, in the binary format of `COPY`.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TAIL: [u8; 2] = (-1_i16).to_be_bytes();

/// The OIDs of our columns' types.
const BOOL: u32 = 16;
const BYTEA: u32 = 17;
const INT8: u32 = 20;
const TEXT: u32 = 25;
const DATE: u32 = 1082;
const TIMESTAMPTZ: u32 = 1184;
const UUID: u32 = 2950;

fn cell(value: PgValue<'_>) -> deserialize::Result<Cell> {
    let number = |number: Option<i64>| number.map_or(Cell::Unreadable(Unfit::OutOfRange), Cell::Integer);
    Ok(match value.get_oid().get() {
        INT8 => Cell::Integer(<i64 as FromSql<BigInt, Pg>>::from_sql(value)?),
        TEXT => Cell::Text(<String as FromSql<Text, Pg>>::from_sql(value)?),
        BYTEA | UUID => Cell::Bytes(value.as_bytes().to_vec()),
        BOOL => Cell::Integer(<bool as FromSql<Bool, Pg>>::from_sql(value)?.into()),
        TIMESTAMPTZ => number(from_timestamp(<i64 as FromSql<BigInt, Pg>>::from_sql(value)?)),
        DATE => number(from_date(<i32 as FromSql<Integer, Pg>>::from_sql(value)?).map(i64::from)),
        _ => Cell::Unreadable(Unfit::OtherKind),
    })
}

impl FromSqlRow<Untyped, Pg> for Row {
    fn build_from_row<'a>(row: &impl diesel::row::Row<'a, Pg>) -> deserialize::Result<Self> {
        let cells = (0..row.field_count()).map(|at| {
            let field = row.get(at);
            let value = field.as_ref().and_then(Field::value);
            value.map_or(Ok(Cell::Null), cell)
        });
        cells.collect::<deserialize::Result<_>>().map(Row)
    }
}

/// A value in the binary format of its column's type. `None`: NULL.
fn encoded(cell: &Cell, kind: Kind) -> Result<Option<Vec<u8>>, Unfit> {
    cell.check(kind)?;
    Ok(Some(match (cell, kind) {
        (Cell::Null, _) => return Ok(None),
        (Cell::Integer(micros), Kind::Moment) => {
            to_timestamp(*micros).ok_or(Unfit::OutOfRange)?.to_be_bytes().to_vec()
        }
        (Cell::Integer(days), Kind::Day) => {
            let days = i32::try_from(*days).ok().and_then(to_date).ok_or(Unfit::OutOfRange)?;
            days.to_be_bytes().to_vec()
        }
        (Cell::Integer(truth), Kind::Boolean) => vec![u8::from(*truth != 0)],
        (Cell::Integer(number), _) => number.to_be_bytes().to_vec(),
        (Cell::Text(text), _) if text.contains('\0') => return Err(Unfit::Nul),
        (Cell::Text(text), _) => text.as_bytes().to_vec(),
        (Cell::Bytes(bytes), _) => bytes.clone(),
        (Cell::Unreadable(unfit), _) => return Err(*unfit),
    }))
}

/// A value of a key, ready to be bound.
#[derive(Debug)]
struct Encoded {
    kind: Kind,
    bytes: Vec<u8>,
}

impl<T> ToSql<T, Pg> for Encoded {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.bytes)?;
        Ok(IsNull::No)
    }
}

impl Bind<Pg> for Encoded {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self.kind {
            Kind::Integer => out.push_bind_param::<BigInt, Encoded>(self),
            Kind::Text => out.push_bind_param::<Text, Encoded>(self),
            Kind::Bytes => out.push_bind_param::<Binary, Encoded>(self),
            Kind::Boolean => out.push_bind_param::<Bool, Encoded>(self),
            Kind::Uid => out.push_bind_param::<Uid, Encoded>(self),
            Kind::Moment => out.push_bind_param::<Micros, Encoded>(self),
            Kind::Day => out.push_bind_param::<DayNumber, Encoded>(self),
        }
    }
}

pub fn page(
    conn: &mut PgConnection,
    table: &Table,
    after: Option<&Key>,
    rows: usize,
) -> QueryResult<Vec<Row>> {
    let after: Option<Vec<Encoded>> = after.map(|key| {
        let cells = key.0.iter().zip(table.key_columns());
        // A key that was read from a table of this schema can be encoded as well.
        let bound = |(cell, (_, column)): (&Cell, (usize, &Column))| {
            let bytes = encoded(cell, column.kind).ok().flatten().unwrap_or_default();
            Encoded { kind: column.kind, bytes }
        };
        cells.map(bound).collect()
    });
    Statement::page(table, after.as_deref(), rows).load(conn)
}

pub fn last_key(conn: &mut PgConnection, table: &Table) -> QueryResult<Option<Key>> {
    let row = Statement::<Encoded>::last_key(table).get_result::<Row>(conn).optional()?;
    Ok(row.map(|row| Key(row.0)))
}

pub fn count(conn: &mut PgConnection, table: &Table) -> QueryResult<Row> {
    Statement::<Encoded>::count(table).get_result(conn)
}

/// Rows as one stream of `COPY`.
fn stream<'r>(table: &Table, rows: &'r [Row]) -> Result<Vec<u8>, Unfitting<'r>> {
    let fields = i16::try_from(table.columns.len()).unwrap_or(i16::MAX).to_be_bytes();
    let mut stream = HEAD.to_vec();
    for row in rows {
        stream.extend(fields);
        for (cell, column) in row.0.iter().zip(table.columns) {
            let unfitting = |unfit| Unfitting { row, column: column.name, unfit };
            match encoded(cell, column.kind).map_err(unfitting)? {
                None => stream.extend((-1_i32).to_be_bytes()),
                Some(bytes) => {
                    stream.extend(i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
                    stream.extend(bytes);
                }
            }
        }
    }
    stream.extend(TAIL);
    Ok(stream)
}

pub fn put<'r>(
    conn: &mut PgConnection,
    table: &Table,
    rows: &'r [Row],
) -> Result<QueryResult<()>, Unfitting<'r>> {
    Ok((table.take_in)(conn, &stream(table, rows)?))
}

/// Sends a stream of rows to a table.
pub fn take_in<T>(table: T, conn: &mut PgConnection, stream: &[u8]) -> QueryResult<()>
where
    T: diesel::Table + CopyTarget<Table = T> + Copy,
{
    let failed = |error: std::io::Error| diesel::result::Error::SerializationError(error.into());
    diesel::copy_from(table)
        .from_raw_data(table, |out: &mut dyn Write| out.write_all(stream).map_err(failed))
        .with_format(CopyFormat::Binary)
        .execute(conn)?;
    Ok(())
}

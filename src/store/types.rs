//! How our own types stand in the database. On SQLite an id is a 16-byte blob, a moment an integer of microseconds
//! since 1970, a day an integer of days since 1970 (on PostgreSQL: uuid, timestamptz, date).

use crate::domain::id::{BankId, Id};
use crate::domain::time::{Day, Moment};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, SingleValue};
use diesel::sqlite::Sqlite;

pub type Uid = Binary;
pub type Micros = BigInt;
pub type DayNumber = Integer;

/// Lets a type of the domain, which does not know diesel, stand for a column.
macro_rules! column_type {
    ($name:ty, $sql:ty, $read:expr, $write:expr) => {
        impl FromSql<$sql, Sqlite> for $name {
            fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                ($read)(value)
            }
        }
        impl ToSql<$sql, Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                ($write)(self, out);
                Ok(IsNull::No)
            }
        }
        impl ToSql<Nullable<$sql>, Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                <Self as ToSql<$sql, Sqlite>>::to_sql(self, out)
            }
        }
        impl<ST, DB> Queryable<ST, DB> for $name
        where
            DB: Backend,
            ST: SingleValue,
            Self: FromSql<ST, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
        impl AsExpression<$sql> for $name {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'e> AsExpression<$sql> for &'e $name {
            type Expression = Bound<$sql, &'e $name>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl AsExpression<Nullable<$sql>> for $name {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'e> AsExpression<Nullable<$sql>> for &'e $name {
            type Expression = Bound<Nullable<$sql>, &'e $name>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    };
}

column_type!(
    Id,
    Binary,
    |value| {
        let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
        Ok(Id(uuid::Uuid::from_slice(&bytes)?))
    },
    |id: &'b Id, out: &mut Output<'b, '_, Sqlite>| out.set_value(id.bytes().as_slice())
);
column_type!(
    Moment,
    BigInt,
    |value| <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(Moment::from_micros),
    |moment: &Moment, out: &mut Output<'_, '_, Sqlite>| out.set_value(moment.micros())
);
column_type!(
    BankId,
    BigInt,
    |value| <i64 as FromSql<BigInt, Sqlite>>::from_sql(value).map(BankId),
    |bank: &BankId, out: &mut Output<'_, '_, Sqlite>| out.set_value(bank.0)
);
column_type!(
    Day,
    Integer,
    |value| <i32 as FromSql<Integer, Sqlite>>::from_sql(value).map(Day::from_number),
    |day: &Day, out: &mut Output<'_, '_, Sqlite>| out.set_value(day.number())
);

//! How ids, moments and days are stored: an id is a `uuid` on PostgreSQL and a 16-byte blob on SQLite; a moment a
//! `timestamptz`, or an integer of microseconds since 1970; a day a `date`, or an integer of days since 1970.

use crate::id::{BankId, Id};
use crate::time::{Day, Moment};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Integer, Nullable, SingleValue, SqlType};
use diesel::sqlite::Sqlite;

#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Binary"), postgres_type(oid = 2950, array_oid = 2951))]
pub struct Uid;

#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Long"), postgres_type(oid = 1184, array_oid = 1185))]
pub struct Micros;

#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(sqlite_type(name = "Integer"), postgres_type(oid = 1082, array_oid = 1182))]
pub struct DayNumber;

/// Lets a type be the value of a column.
macro_rules! column_type {
    ($name:ty, $sql:ident, $read:expr, $write:expr) => {
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
        impl<DB: Backend> ToSql<Nullable<$sql>, DB> for $name
        where
            $name: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <Self as ToSql<$sql, DB>>::to_sql(self, out)
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
    Uid,
    |mut value: <Sqlite as Backend>::RawValue<'_>| Ok(Id(uuid::Uuid::from_slice(value.read_blob())?)),
    |id: &'b Id, out: &mut Output<'b, '_, Sqlite>| out.set_value(id.bytes().as_slice())
);
column_type!(
    Moment,
    Micros,
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
    DayNumber,
    |value| <i32 as FromSql<Integer, Sqlite>>::from_sql(value).map(Day::from_number),
    |day: &Day, out: &mut Output<'_, '_, Sqlite>| out.set_value(day.number())
);

#[cfg(feature = "postgres")]
pub mod postgres {
    use super::{DayNumber, Micros, Uid};
    use crate::id::{BankId, Id};
    use crate::time::{Day, Moment};
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, IsNull, Output, ToSql};
    use diesel::sql_types::BigInt;
    use std::io::Write;

    /// PostgreSQL counts from 2000-01-01.
    const EPOCH_MICROS: i64 = 946_684_800_000_000;
    const EPOCH_DAYS: i32 = 10_957;
    /// The range of a `timestamptz`, in microseconds since 2000; beyond it are its infinities.
    const FIRST: i64 = -211_813_488_000_000_000;
    const LAST: i64 = 9_223_371_331_199_999_999;

    /// The range of a `date`, in days since 2000.
    const FIRST_DAY: i32 = -2_451_545;
    const LAST_DAY: i32 = 2_145_031_948;

    /// Microseconds since 1970 as a `timestamptz`, if it can hold them exactly. The ends of time are its infinities.
    pub fn to_timestamp(micros: i64) -> Option<i64> {
        match micros {
            i64::MIN | i64::MAX => Some(micros),
            _ => micros.checked_sub(EPOCH_MICROS).filter(|micros| (FIRST..=LAST).contains(micros)),
        }
    }

    /// A `timestamptz` in microseconds since 1970, if it can be converted exactly.
    pub fn from_timestamp(micros: i64) -> Option<i64> {
        match micros {
            i64::MIN | i64::MAX => Some(micros),
            _ => micros.checked_add(EPOCH_MICROS).filter(|micros| *micros != i64::MAX),
        }
    }

    /// Days since 1970 as a `date`, if it can hold them.
    pub fn to_date(days: i32) -> Option<i32> {
        days.checked_sub(EPOCH_DAYS).filter(|days| (FIRST_DAY..=LAST_DAY).contains(days))
    }

    /// A `date` in days since 1970, if it is not an infinity.
    pub fn from_date(days: i32) -> Option<i32> {
        days.checked_add(EPOCH_DAYS).filter(|_| days != i32::MIN)
    }

    impl FromSql<Uid, Pg> for Id {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            Ok(Id(uuid::Uuid::from_slice(value.as_bytes())?))
        }
    }

    impl ToSql<Uid, Pg> for Id {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            out.write_all(self.bytes())?;
            Ok(IsNull::No)
        }
    }

    impl FromSql<Micros, Pg> for Moment {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let micros = <i64 as FromSql<BigInt, Pg>>::from_sql(value)?;
            Ok(Moment::from_micros(match micros {
                i64::MIN | i64::MAX => micros,
                _ => micros.saturating_add(EPOCH_MICROS),
            }))
        }
    }

    impl ToSql<Micros, Pg> for Moment {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let micros = match self.micros().saturating_sub(EPOCH_MICROS) {
                early if early < FIRST => i64::MIN,
                late if late > LAST || self.micros() == i64::MAX => i64::MAX,
                micros => micros,
            };
            out.write_all(&micros.to_be_bytes())?;
            Ok(IsNull::No)
        }
    }

    impl FromSql<DayNumber, Pg> for Day {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let days = <i32 as FromSql<diesel::sql_types::Integer, Pg>>::from_sql(value)?;
            Ok(Day::from_number(days.saturating_add(EPOCH_DAYS)))
        }
    }

    impl ToSql<DayNumber, Pg> for Day {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            out.write_all(&self.number().saturating_sub(EPOCH_DAYS).to_be_bytes())?;
            Ok(IsNull::No)
        }
    }

    impl FromSql<BigInt, Pg> for BankId {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            <i64 as FromSql<BigInt, Pg>>::from_sql(value).map(BankId)
        }
    }

    impl ToSql<BigInt, Pg> for BankId {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            out.write_all(&self.0.to_be_bytes())?;
            Ok(IsNull::No)
        }
    }
}

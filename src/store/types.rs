//! The columns of both databases that hold ids, moments and days, in the backend that speaks to either.

use super::connection::any::MultiBackend;
use crate::domain::id::{BankId, Id};
use crate::domain::time::{Day, Moment};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, HasSqlType};
#[cfg(feature = "postgres")]
pub use jianxian_values::columns::postgres;
pub use jianxian_values::columns::{DayNumber, Micros, Uid};

/// Declares a SQL type under its native name on both databases.
macro_rules! known_to_both {
    ($($sql:ty),+) => {$(
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                MultiBackend::lookup_sql_type::<$sql>(lookup)
            }
        }
    )+};
}

known_to_both!(Uid, Micros, DayNumber);

/// Lets a type be the value of a column on whichever database is open.
macro_rules! column_type {
    ($name:ty, $sql:ident) => {
        impl FromSql<$sql, MultiBackend> for $name {
            fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<Self, $sql>()
            }
        }
        impl ToSql<$sql, MultiBackend> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql, self));
                Ok(IsNull::No)
            }
        }
    };
}

column_type!(Id, Uid);
column_type!(Moment, Micros);
column_type!(BankId, BigInt);
column_type!(Day, DayNumber);

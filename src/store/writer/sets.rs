//! Statements over sets of rows, for PostgreSQL: one round trip, however many rows. Their text is fixed, so that
//! diesel prepares each of them once a connection; a column of all rows is one array.

use crate::domain::id::BankId;
use crate::domain::time::Moment;
use crate::store::types::Micros;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, BigInt, HasSqlType};
use std::marker::PhantomData;

/// A value for `{its name}` in a statement's text.
pub trait Bind {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()>;
}

impl Bind for BankId {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<BigInt, _>(self)
    }
}

impl Bind for i64 {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<BigInt, _>(self)
    }
}

impl Bind for Moment {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Micros, _>(self)
    }
}

/// A column of a set of rows: one array.
#[derive(Debug)]
pub struct Column<ST, T>(Vec<T>, PhantomData<ST>);

impl<ST, T> Column<ST, T> {
    pub fn push(&mut self, value: T) {
        self.0.push(value);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<ST, T> Default for Column<ST, T> {
    fn default() -> Self {
        Column(Vec::new(), PhantomData)
    }
}

impl<ST, T> FromIterator<T> for Column<ST, T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Column(values.into_iter().collect(), PhantomData)
    }
}

impl<ST, T> Bind for Column<ST, T>
where
    ST: 'static,
    Pg: HasSqlType<ST>,
    [T]: ToSql<Array<ST>, Pg>,
    Vec<T>: ToSql<Array<ST>, Pg>,
{
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<ST>, Vec<T>>(&self.0)
    }
}

/// Declares a set of rows, column by column. In a statement it becomes the columns of a SELECT, which yields its rows
/// one by one, while `FROM unnest(…, …)` would first materialise each column.
macro_rules! row_set {
    ($(#[$meta:meta])* $name:ident { $first:ident : $first_rust:ty => $first_sql:ty,
        $($field:ident : $rust:ty => $sql:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Default)]
        pub struct $name<'a> {
            pub $first: crate::store::writer::sets::Column<$first_sql, $first_rust>,
            $(pub $field: crate::store::writer::sets::Column<$sql, $rust>,)*
            pub lifetime: std::marker::PhantomData<&'a ()>,
        }
        #[allow(dead_code, reason = "not every set is asked for its size")]
        impl $name<'_> {
            pub fn len(&self) -> usize {
                self.$first.len()
            }

            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }
        }
        impl crate::store::writer::sets::Bind for $name<'_> {
            fn bind<'b>(
                &'b self,
                out: &mut diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> QueryResult<()> {
                out.push_sql("unnest(");
                crate::store::writer::sets::Bind::bind(&self.$first, out)?;
                out.push_sql(concat!(") AS ", stringify!($first)));
                $(
                    out.push_sql(", unnest(");
                    crate::store::writer::sets::Bind::bind(&self.$field, out)?;
                    out.push_sql(concat!(") AS ", stringify!($field)));
                )*
                Ok(())
            }
        }
    };
}
pub(in crate::store) use row_set;

/// Declares a statement: its binds and the SQL types of its answer, then its text with a `{name}` for each bind.
macro_rules! set_statement {
    ($(#[$meta:meta])* $name:ident<$life:lifetime> -> $answer:ty { $($field:ident : $rust:ty),+ $(,)? } $text:expr) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name<$life> {
            $(pub $field: &$life $rust),+
        }
        impl diesel::query_builder::QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }
        impl diesel::query_builder::Query for $name<'_> {
            type SqlType = $answer;
        }
        impl RunQueryDsl<diesel::pg::PgConnection> for $name<'_> {}
        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name<'_> {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> QueryResult<()> {
                static PARTS: std::sync::LazyLock<Vec<&str>> =
                    std::sync::LazyLock::new(|| $text.split(['{', '}']).collect());
                let mut named = false;
                for part in PARTS.iter().copied() {
                    match part {
                        $(stringify!($field) if named => {
                            crate::store::writer::sets::Bind::bind(self.$field, &mut out)?;
                        })+
                        text => out.push_sql(text),
                    }
                    named = !named;
                }
                Ok(())
            }
        }
    };
}
pub(in crate::store) use set_statement;

//! `stored!`: declares once what is stored. A declaration becomes diesel's table, the row type, and the entry in the
//! list of all tables for `copy`, `verify` and the test of the migrations. docs/ARCHITECTURE.md shows a declaration
//! and its expansion.

use super::error::Error;
use super::tables::Tables;
use crate::domain::id::Id;
pub use jianxian_values::fixed_texts::Cell;

/// A row that can be inserted.
pub trait Row: Clone + Send + 'static {
    /// Whether rights depend on the table: cached callers are reloaded after a change.
    const BEARS_RIGHTS: bool;

    fn insert(&self, tables: &mut Tables<'_>) -> Result<(), Error>;
}

/// A row with an id within its bank, and a version.
pub trait Versioned: Row {
    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error>;

    /// Replaces the row that has the version before it.
    ///
    /// # Errors A fault if the stored row has another version: only the writer changes the bank, so a row cannot
    /// change between read and write.
    fn update(&self, tables: &mut Tables<'_>) -> Result<(), Error>;
}

impl Tables<'_> {
    /// The row with an id.
    pub fn find<R: Versioned>(&mut self, id: Id) -> Result<Option<R>, Error> {
        R::find(self, id)
    }

    pub fn insert<R: Row>(&mut self, row: &R) -> Result<(), Error> {
        if R::BEARS_RIGHTS {
            self.rights_changed();
        }
        row.insert(self)
    }

    /// Replaces a row that was read and changed: its version is one more than the stored one.
    pub fn update<R: Versioned>(&mut self, row: &R) -> Result<(), Error> {
        if R::BEARS_RIGHTS {
            self.rights_changed();
        }
        row.update(self)
    }
}

/// Declares tables: `name: Row = Document (key) [marks] { column -> type, … }`. Each begins with its bank, which is
/// left out here; row, document (a domain type that the row holds) and marks are optional. The marks: `rights` if
/// rights depend on the table, `versioned` if rows have an `id` and a `version`.
macro_rules! stored {
    // Every row and table in turn.
    (@each) => {};
    (@each
        $(#[$about:meta])*
        $table:ident: $row:ident ($($key:ident),*) $([$($mark:ident)+])? { $($columns:tt)* }
        $($more:tt)*
    ) => {
        stored! { @table $table ($($key),*) { $($columns)* } }
        stored! { @row $row $table ($($key),*) { $(#[$about])* } { $($columns)* } }
        impl $crate::store::stored::Row for $row {
            const BEARS_RIGHTS: bool = stored!(@bears_rights $($($mark)+)?);

            fn insert(&self, tables: &mut $crate::store::Tables<'_>) -> Result<(), $crate::store::Error> {
                use diesel::RunQueryDsl;
                diesel::insert_into($table::table).values(self).execute(tables.conn)?;
                Ok(())
            }
        }
        $($(stored! { @$mark $row $table })+)?
        stored! { @each $($more)* }
    };
    // A row that holds a domain type, member by member; lines in rows of their own are separate.
    (@each
        $(#[$about:meta])*
        $table:ident: $row:ident = $document:ident $({ $lines:ident: $line:ident })? ($($key:ident),*)
            $([$($mark:ident)+])? { $($columns:tt)* }
        $($more:tt)*
    ) => {
        stored! { @document $row $document { $($lines: $line)? } { $($columns)* } }
        stored! {
            @each $(#[$about])* $table: $row ($($key),*) $([$($mark)+])? { $($columns)* } $($more)*
        }
    };
    (@each $table:ident ($($key:ident),*) { $($columns:tt)* } $($more:tt)*) => {
        stored! { @table $table ($($key),*) { $($columns)* } }
        stored! { @each $($more)* }
    };
    // Diesel's table.
    (@table $table:ident ($($key:ident),*) {
        $($(#[$of:meta])* $column:ident -> $type:ident $(<$inner:ident>)?,)+
    }) => {
        diesel::table! {
            use diesel::sql_types::*;
            use crate::store::types::{DayNumber, Micros, Uid};

            $table (bank_id $(, $key)*) {
                bank_id -> BigInt,
                $($column -> $type $(<$inner>)?,)+
            }
        }
    };
    // The row type.
    (@row $row:ident $table:ident ($($key:ident),*) { $(#[$about:meta])* } {
        $($(#[$of:meta])* $column:ident -> $type:ident $(<$inner:ident>)?,)+
    }) => {
        $(#[$about])*
        #[derive(
            diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, serde::Serialize,
            serde::Deserialize, Clone, Debug, PartialEq, Eq, Hash,
        )]
        #[diesel(table_name = $table, primary_key(bank_id $(, $key)*))]
        #[diesel(treat_none_as_null = true, treat_none_as_default_value = false)]
        pub struct $row {
            pub bank_id: $crate::domain::id::BankId,
            $($(#[$of])* pub $column: stored!(@rust $type $(<$inner>)?),)+
        }
    };
    (@rust Nullable<$inner:ident>) => { Option<stored!(@rust $inner)> };
    (@rust BigInt) => { i64 };
    (@rust Bool) => { bool };
    (@rust Text) => { String };
    (@rust Binary) => { Vec<u8> };
    (@rust Uid) => { $crate::domain::id::Id };
    (@rust Micros) => { $crate::domain::time::Moment };
    (@rust DayNumber) => { $crate::domain::time::Day };
    (@document $row:ident $document:ident { $($lines:ident: $line:ident)? } {
        $($(#[$of:meta])* $column:ident -> $type:ident $(<$inner:ident>)?,)+
    }) => {
        impl $row {
            /// The row that holds it.
            pub fn of(bank: $crate::domain::id::BankId, document: &$document) -> Self {
                $row { bank_id: bank, $($column: $crate::store::stored::Cell::of(&document.$column),)+ }
            }

            /// The document of the row.
            ///
            /// # Errors A word that is not in its list: another program changed the database.
            pub fn document(self $(, $lines: Vec<$line>)?) -> Result<$document, $crate::store::Error> {
                Ok($document {
                    $($lines,)?
                    $($column: $crate::store::stored::Cell::read(self.$column)
                        .map_err(|text| $crate::store::writer::rows::damaged(stringify!($column), text))?,)+
                })
            }
        }
    };
    // The marks.
    (@bears_rights rights $($more:ident)*) => { true };
    (@bears_rights $($other:ident)*) => { false };
    (@rights $row:ident $table:ident) => {};
    (@versioned $row:ident $table:ident) => {
        impl $crate::store::stored::Versioned for $row {
            fn find(
                tables: &mut $crate::store::Tables<'_>,
                id: $crate::domain::id::Id,
            ) -> Result<Option<Self>, $crate::store::Error> {
                use diesel::prelude::*;
                let row = $table::table.find((tables.bank, id)).select($row::as_select());
                Ok(row.get_result(tables.conn).optional()?)
            }

            fn update(&self, tables: &mut $crate::store::Tables<'_>) -> Result<(), $crate::store::Error> {
                use diesel::prelude::*;
                let before = $table::table
                    .find((tables.bank, self.id))
                    .filter($table::version.eq(self.version.saturating_sub(1)));
                match diesel::update(before).set(self).execute(tables.conn)? {
                    1 => Ok(()),
                    _ => Err($crate::store::Error::Fault(format!(
                        "{} {}: version {} does not follow the one that stands there",
                        stringify!($table), self.id, self.version
                    ))),
                }
            }
        }
    };
    // The list of all tables.
    (@list $(
        $(#[$about:meta])*
        $table:ident $(: $row:ident)? $(= $document:ident $({ $lines:ident: $line:ident })?)? ($($key:ident),*)
            $([$($mark:ident)+])? {
            $($(#[$of:meta])* $column:ident -> $type:ident $(<$inner:ident>)?,)+
        }
    )+) => {
        /// The tables of this file.
        pub(super) const TABLES: &[$crate::store::maintenance::catalogue::Table] = {
            use $crate::store::maintenance::catalogue::{Column, InSchema, Table};
            #[allow(unused_imports)]
            use $crate::store::types::{DayNumber, Micros, Uid};
            use diesel::sql_types::*;
            &[$(Table {
                name: stringify!($table),
                key: &["bank_id" $(, stringify!($key))*],
                columns: &[
                    Column { name: "bank_id", kind: <BigInt as InSchema>::KIND },
                    $(Column { name: stringify!($column), kind: <$type $(<$inner>)? as InSchema>::KIND },)+
                ],
                #[cfg(feature = "postgres")]
                take_in: |conn, rows| {
                    $crate::store::maintenance::copy::postgres::take_in($table::table, conn, rows)
                },
            }),+]
        };
    };
    ($($all:tt)+) => {
        stored! { @each $($all)+ }
        stored! { @list $($all)+ }
    };
}
pub(super) use stored;

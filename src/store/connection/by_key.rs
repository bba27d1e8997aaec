//! Finds rows by a list of keys in one statement, on either database. On PostgreSQL the statement looks up each key
//! separately: the planner might turn a list of keys into a filter over all rows of the bank.

use super::AnyConnection;
use crate::domain::id::BankId;
use crate::store::error::Error;
use diesel::backend::Backend;
use diesel::dsl::SqlTypeOf;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType};
use diesel::sqlite::{Sqlite, SqliteConnection};
use std::marker::PhantomData;

#[cfg(feature = "postgres")]
use diesel::pg::{Pg, PgConnection};

/// Keys per statement: SQLite binds each key separately, 32,766 at most.
const AT_ONCE: usize = 10_000;

/// A way to find rows by keys.
pub trait Lookup {
    type Row;
    /// The SQL type of a key, and its Rust type.
    type Sql;
    type Key: Ord;
    const TABLE: &'static str;
    /// The columns compared with the key. A row comes once for each column that matches.
    const COLUMNS: &'static [&'static str];
    /// A further condition on the rows.
    const ONLY: &'static str;

    /// The rows of at most [`AT_ONCE`] keys.
    fn load(conn: &mut AnyConnection, bank: BankId, keys: &[Self::Key]) -> QueryResult<Vec<Self::Row>>;

    /// The rows of these keys, in no order. A repeated key returns its rows once.
    fn of(
        conn: &mut AnyConnection,
        bank: BankId,
        keys: impl IntoIterator<Item = Self::Key>,
    ) -> Result<Vec<Self::Row>, Error> {
        let (mut keys, mut rows) = (Vec::from_iter(keys), Vec::new());
        keys.sort_unstable();
        keys.dedup();
        for part in keys.chunks(AT_ONCE) {
            rows.append(&mut Self::load(conn, bank, part)?);
        }
        Ok(rows)
    }
}

/// Declares ways to find rows: `Name: Row in table by column as Sql = Key`.
macro_rules! lookups {
    ($($(#[$meta:meta])* $name:ident: $row:ident in $table:ident by $($column:ident)|+ as $sql:ty = $key:ty
        $(, only $only:literal)?;)+) => {
        $(
            $(#[$meta])*
            pub struct $name;
            impl crate::store::connection::by_key::Lookup for $name {
                type Row = $row;
                type Sql = $sql;
                type Key = $key;
                const TABLE: &'static str = stringify!($table);
                const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];
                const ONLY: &'static str = concat!("" $(, " AND ", $only)?);

                fn load(
                    conn: &mut crate::store::connection::AnyConnection,
                    bank: crate::domain::id::BankId,
                    keys: &[$key],
                ) -> diesel::QueryResult<Vec<$row>> {
                    use crate::store::connection::by_key::RowsByKey;
                    use diesel::{RunQueryDsl, Selectable};
                    match conn {
                        crate::store::connection::AnyConnection::Sqlite(conn) => {
                            let row = <$row as Selectable<diesel::sqlite::Sqlite>>::construct_selection();
                            RowsByKey::<Self, _>::new(bank, keys, row).load(conn)
                        }
                        #[cfg(feature = "postgres")]
                        crate::store::connection::AnyConnection::Postgres(conn) => {
                            let row = <$row as Selectable<diesel::pg::Pg>>::construct_selection();
                            RowsByKey::<Self, _>::new(bank, keys, row).load(conn)
                        }
                    }
                }
            }
        )+
    };
}
pub(in crate::store) use lookups;

/// The statement.
pub struct RowsByKey<'k, L: Lookup, Selection> {
    bank: BankId,
    keys: &'k [L::Key],
    selection: Selection,
}

impl<'k, L: Lookup, Selection> RowsByKey<'k, L, Selection> {
    pub fn new(bank: BankId, keys: &'k [L::Key], selection: Selection) -> Self {
        RowsByKey { bank, keys, selection }
    }

    /// The rows of each column in turn; `condition` writes the comparison with the keys.
    fn of_each_column<'b, DB>(
        &'b self,
        out: &mut AstPass<'_, 'b, DB>,
        selection: impl Fn(AstPass<'_, 'b, DB>) -> QueryResult<()>,
        condition: impl Fn(&mut AstPass<'_, 'b, DB>) -> QueryResult<()>,
    ) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<BigInt>,
        BankId: ToSql<BigInt, DB>,
    {
        let mut glue = "SELECT ";
        for column in L::COLUMNS {
            out.push_sql(glue);
            selection(out.reborrow())?;
            for part in [" FROM ", L::TABLE, " WHERE bank_id = "] {
                out.push_sql(part);
            }
            out.push_bind_param::<BigInt, _>(&self.bank)?;
            out.push_sql(L::ONLY);
            out.push_sql(" AND ");
            out.push_sql(column);
            condition(out)?;
            glue = " UNION ALL SELECT ";
        }
        Ok(())
    }
}

/// Identifies the statement in diesel's cache, so that each is prepared once.
#[derive(Debug)]
pub struct IdOf<L>(PhantomData<L>);

impl<L: Lookup + 'static, Selection> QueryId for RowsByKey<'_, L, Selection> {
    type QueryId = IdOf<L>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<L: Lookup, Selection: Expression> Query for RowsByKey<'_, L, Selection> {
    type SqlType = SqlTypeOf<Selection>;
}

impl<L: Lookup, Selection> RunQueryDsl<SqliteConnection> for RowsByKey<'_, L, Selection> {}

impl<L, Selection> QueryFragment<Sqlite> for RowsByKey<'_, L, Selection>
where
    L: Lookup,
    Selection: QueryFragment<Sqlite>,
    Sqlite: HasSqlType<L::Sql>,
    L::Key: ToSql<L::Sql, Sqlite>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        // The text is constant for one key only.
        if self.keys.len() != 1 {
            out.unsafe_to_cache_prepared();
        }
        let one_of_them = |out: &mut AstPass<'_, 'b, Sqlite>| {
            let mut glue = " IN (";
            for key in self.keys {
                out.push_sql(glue);
                out.push_bind_param::<L::Sql, _>(key)?;
                glue = ", ";
            }
            out.push_sql(if self.keys.is_empty() { " IN ()" } else { ")" });
            Ok(())
        };
        self.of_each_column(&mut out, |out| self.selection.walk_ast(out), one_of_them)
    }
}

#[cfg(feature = "postgres")]
impl<L: Lookup, Selection> RunQueryDsl<PgConnection> for RowsByKey<'_, L, Selection> {}

#[cfg(feature = "postgres")]
impl<L, Selection> QueryFragment<Pg> for RowsByKey<'_, L, Selection>
where
    L: Lookup,
    L::Sql: 'static,
    Selection: QueryFragment<Pg>,
    Pg: HasSqlType<L::Sql>,
    [L::Key]: ToSql<diesel::sql_types::Array<L::Sql>, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        self.selection.walk_ast(out.reborrow())?;
        out.push_sql(" FROM unnest(");
        out.push_bind_param::<diesel::sql_types::Array<L::Sql>, [L::Key]>(self.keys)?;
        out.push_sql(") AS k (key) CROSS JOIN LATERAL (");
        let whole = |mut out: AstPass<'_, 'b, Pg>| {
            out.push_sql("*");
            Ok(())
        };
        let this_one = |out: &mut AstPass<'_, 'b, Pg>| {
            out.push_sql(" = k.key");
            Ok(())
        };
        self.of_each_column(&mut out, whole, this_one)?;
        // Without `OFFSET 0` the planner could choose another join order.
        out.push_sql(" OFFSET 0) AS ");
        out.push_sql(L::TABLE);
        Ok(())
    }
}

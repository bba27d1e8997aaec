//! Rows by a list of keys, each looked up by itself inside one statement.

use crate::domain::id::BankId;
use crate::store::error::Error;
use crate::store::writer::sets::{Bind, Column};
use diesel::dsl::SqlTypeOf;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::methods::LoadQuery;
use std::marker::PhantomData;

/// A row that is looked up by keys.
pub trait ByKey: Selectable<Pg> {
    /// The SQL type of a key.
    type Key;
    const TABLE: &'static str;
    /// What holds for the rows of a key, which stands there as `k.key`. If more than one, a row comes once for each
    /// that holds.
    const WHERE: &'static [&'static str];
}

/// Says where rows stand and what their keys are.
macro_rules! by_key {
    ($($row:ident in $table:ident by $key:ty: $($condition:literal),+;)+) => {
        $(
            impl crate::store::writer::load::postgres::by_key::ByKey for $row {
                type Key = $key;
                const TABLE: &'static str = stringify!($table);
                const WHERE: &'static [&'static str] = &[$($condition),+];
            }
        )+
    };
}
pub(super) use by_key;

/// The statement.
pub struct RowsByKey<Row: ByKey, K> {
    bank: BankId,
    keys: Column<Row::Key, K>,
    selection: Row::SelectExpression,
}

/// Tells statements apart, so that each is prepared once.
#[derive(Debug)]
pub struct IdOf<Row>(PhantomData<Row>);

impl<Row: ByKey + 'static, K> QueryId for RowsByKey<Row, K> {
    type QueryId = IdOf<Row>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Row, K> Query for RowsByKey<Row, K>
where
    Row: ByKey,
    Row::SelectExpression: Expression,
{
    type SqlType = SqlTypeOf<Row::SelectExpression>;
}

impl<Row: ByKey, K> RunQueryDsl<PgConnection> for RowsByKey<Row, K> {}

impl<Row, K> QueryFragment<Pg> for RowsByKey<Row, K>
where
    Row: ByKey,
    Row::SelectExpression: QueryFragment<Pg>,
    Column<Row::Key, K>: Bind,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        self.selection.walk_ast(out.reborrow())?;
        out.push_sql(" FROM unnest(");
        self.keys.bind(&mut out)?;
        out.push_sql(") AS k (key) CROSS JOIN LATERAL (");
        let mut glue = "";
        for condition in Row::WHERE {
            for part in [glue, "SELECT * FROM ", Row::TABLE, " WHERE bank_id = "] {
                out.push_sql(part);
            }
            self.bank.bind(&mut out)?;
            out.push_sql(" AND ");
            out.push_sql(condition);
            glue = " UNION ALL ";
        }
        // Without it the planner would be free to join in another order.
        out.push_sql(" OFFSET 0) AS ");
        out.push_sql(Row::TABLE);
        Ok(())
    }
}

/// The rows of these keys, in no order.
pub fn found<'q, Row, K>(
    conn: &mut PgConnection,
    bank: BankId,
    keys: impl Iterator<Item = K>,
) -> Result<Vec<Row>, Error>
where
    Row: ByKey,
    RowsByKey<Row, K>: LoadQuery<'q, PgConnection, Row>,
{
    let statement = RowsByKey { bank, keys: keys.collect(), selection: Row::construct_selection() };
    Ok(statement.load(conn)?)
}

//! Organisations below any of several paths, as a condition that works in a subquery on both databases.

use diesel::backend::Backend;
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};

/// Paths, each with the first text after it that does not begin with it.
#[derive(Clone, Debug)]
pub struct Under(Vec<(String, String)>);

impl Under {
    /// Organisations whose path begins with one of these. No paths: no organisation.
    pub fn any(paths: &[String]) -> Self {
        Under(paths.iter().map(|path| (path.clone(), format!("{path}\u{10ffff}"))).collect())
    }
}

impl QueryId for Under {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Under {
    type SqlType = Bool;
}

impl<G> ValidGrouping<G> for Under {
    type IsAggregate = is_aggregate::No;
}

// It names its table itself, so it is valid in a subquery on it inside any other query.
impl<QS> SelectableExpression<QS> for Under {}
impl<QS> AppearsOnTable<QS> for Under {}

impl<DB> QueryFragment<DB> for Under
where
    DB: Backend + HasSqlType<Text>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("(1 = 0");
        for (from, until) in &self.0 {
            out.push_sql(" OR (orgs.path >= ");
            out.push_bind_param::<Text, _>(from)?;
            out.push_sql(" AND orgs.path < ");
            out.push_bind_param::<Text, _>(until)?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}

/// A subquery: the ids of the organisations below any of these paths.
macro_rules! reached {
    ($tables:ident, $paths:expr) => {{
        use $crate::store::schema::orgs;
        orgs::table
            .filter(orgs::bank_id.eq($tables.bank))
            .filter($crate::store::readers::under::Under::any($paths))
            .select(orgs::id)
    }};
}
pub(in crate::store) use reached;

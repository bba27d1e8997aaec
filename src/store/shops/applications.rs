//! Applications of new shops.

use crate::domain::id::Id;
use crate::domain::time::Days;
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::reached;
use crate::store::schema::*;
use crate::store::{Error, Tables};
use diesel::prelude::*;

pub use crate::store::schema::ShopApplicationRow;

/// Filters for applications.
#[derive(Clone, Debug, Default)]
pub struct ShopApplicationFilter {
    /// Those for organisations below these paths, or …
    pub paths: Vec<String>,
    /// … those of a user, and those of shops of these members.
    pub own: Option<(Id, Vec<Id>)>,
    pub state: Option<String>,
    pub days: Days,
    pub before: Option<Id>,
}

impl Tables<'_> {
    /// Applications, newest first.
    pub fn shop_applications_page(
        &mut self,
        filter: &ShopApplicationFilter,
        limit: i64,
    ) -> Result<Vec<ShopApplicationRow>, Error> {
        use shop_applications as all;
        let mut query = all::table.filter(all::bank_id.eq(self.bank)).into_boxed();
        query = match &filter.own {
            Some((user, members)) => {
                query.filter(all::made_by.eq(*user).or(all::owner_member_id.eq_any(members.clone())))
            }
            None => query.filter(all::org_id.eq_any(reached!(self, &filter.paths))),
        };
        if let Some(state) = &filter.state {
            query = query.filter(all::state.eq(state.clone()));
        }
        if let Some(before) = filter.before {
            query = query.filter(all::id.lt(before));
        }
        on_days!(query, filter.days, self.zone, all::made_at, all::id);
        let rows = query.order(all::id.desc()).limit(limit).select(ShopApplicationRow::as_select());
        Ok(rows.load(self.conn)?)
    }
}

//! Numbered paper slips.

use crate::domain::id::Id;
use crate::domain::time::Days;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::reached;
pub use crate::store::schema::SlipRow;
use crate::store::schema::*;
use diesel::prelude::*;

/// Which slips of a list.
#[derive(Clone, Debug, Default)]
pub struct SlipFilter {
    /// Subtrees of the shops' organisations. Empty: `merchant` must be set.
    pub paths: Vec<String>,
    pub merchant: Option<Id>,
    /// Entered already, or not yet.
    pub entered: Option<bool>,
    /// Printed on these days.
    pub days: Days,
    /// Numbers below this one.
    pub before: Option<i64>,
}

impl Tables<'_> {
    pub fn slip(&mut self, number: i64) -> Result<Option<SlipRow>, Error> {
        let numbered = slips::table.filter(slips::bank_id.eq(self.bank).and(slips::number.eq(number)));
        Ok(numbered.select(SlipRow::as_select()).first(self.conn).optional()?)
    }

    /// The highest number so far; 0: none was printed.
    pub fn last_slip(&mut self) -> Result<i64, Error> {
        let all = slips::table.filter(slips::bank_id.eq(self.bank));
        let last = all.order(slips::number.desc()).select(slips::number);
        Ok(last.first::<i64>(self.conn).optional()?.unwrap_or(0))
    }

    /// Slips with these numbers, in their order.
    pub fn slips_between(&mut self, first: i64, last: i64) -> Result<Vec<SlipRow>, Error> {
        let named = slips::table.filter(slips::bank_id.eq(self.bank).and(slips::number.between(first, last)));
        Ok(named.order(slips::number).limit(1_000).select(SlipRow::as_select()).load(self.conn)?)
    }

    /// Slips, the highest number first.
    pub fn slips_page(&mut self, filter: &SlipFilter, limit: i64) -> Result<Vec<SlipRow>, Error> {
        let mut query = slips::table.filter(slips::bank_id.eq(self.bank)).into_boxed();
        if !filter.paths.is_empty() {
            let near = merchants::table
                .filter(merchants::bank_id.eq(self.bank))
                .filter(merchants::org_id.eq_any(reached!(self, &filter.paths)))
                .select(merchants::id);
            query = query.filter(slips::merchant_id.eq_any(near));
        }
        if let Some(merchant) = filter.merchant {
            query = query.filter(slips::merchant_id.eq(merchant));
        }
        query = match filter.entered {
            Some(true) => query.filter(slips::entered_at.is_not_null()),
            Some(false) => query.filter(slips::entered_at.is_null()),
            None => query,
        };
        on_days!(query, filter.days, self.zone, slips::printed_at);
        if let Some(before) = filter.before {
            query = query.filter(slips::number.lt(before));
        }
        let rows = query.order(slips::number.desc()).limit(limit);
        Ok(rows.select(SlipRow::as_select()).load(self.conn)?)
    }
}

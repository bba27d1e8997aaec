//! What the first page of an administrator needs: statements that wait, and what the bank gave out and took in month by
//! month. A fixed number of statements each.

use crate::auth::permissions::{Permission, is_root};
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::settlement::statement::StatementState;
use crate::domain::time::Day;
use crate::services::shops::accounts::takings;
use crate::services::{Call, Error, Services};
use chrono::{Datelike, Months, NaiveDate};
use std::collections::BTreeMap;

/// How many months are shown.
const MONTHS: u32 = 12;

/// The points of a month, in hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonthTotals {
    pub year: i32,
    pub month: u32,
    /// Given out, without what was taken back.
    pub issued: i64,
    /// Taken in by shops, before what was given back.
    pub redeemed: i64,
}

impl Services {
    /// The shops of the statements in a state within reach, one for each statement, at most `limit`.
    pub async fn waiting_statements(
        &self,
        call: &Call,
        state: StatementState,
        limit: i64,
    ) -> Result<Vec<Id>, Error> {
        let paths = call.actor.paths(Permission::ReadStatements);
        self.store
            .read(call.actor.bank, move |tables| tables.shops_of_statements(&paths, state.as_str(), limit))
            .await
    }

    /// The last months of the whole bank, oldest first; empty for those who do not reach all of it. Reads the totals
    /// of each day and shop, not the entries.
    pub async fn months(&self, call: &Call) -> Result<Vec<MonthTotals>, Error> {
        if !call.actor.paths(Permission::ReadStatements).iter().any(|path| is_root(path)) {
            return Ok(Vec::new());
        }
        let bank = call.actor.bank;
        let read = self.store.read(bank, move |tables| {
            let first = tables.today().date().with_day(1);
            let first = first.and_then(|date| date.checked_sub_months(Months::new(MONTHS.saturating_sub(1))));
            let Some(first) = first else { return Ok(Vec::new()) };
            let from = Day::from_date(first);
            let issuing = AccountTerms::of_bank(bank, Asset::Point, Purpose::Issuing).id;
            let issued = tables.day_totals_since(&[issuing], from)?;
            let shops: Vec<Id> = tables.merchants()?.iter().map(|shop| takings(shop.id).id).collect();
            let redeemed = tables.day_totals_since(&shops, from)?;
            let mut months: BTreeMap<(i32, u32), MonthTotals> = all_months(first).collect();
            for (day, debits, credits) in issued {
                let month = of_day(&mut months, day);
                month.issued = month.issued.saturating_add(debits).saturating_sub(credits);
            }
            for (day, _, credits) in redeemed {
                let month = of_day(&mut months, day);
                month.redeemed = month.redeemed.saturating_add(credits);
            }
            Ok(months.into_values().collect())
        });
        read.await
    }
}

fn all_months(first: NaiveDate) -> impl Iterator<Item = ((i32, u32), MonthTotals)> {
    (0..MONTHS).filter_map(move |number| {
        let date = first.checked_add_months(Months::new(number))?;
        let (year, month) = (date.year(), date.month());
        Some(((year, month), MonthTotals { year, month, ..MonthTotals::default() }))
    })
}

fn of_day(months: &mut BTreeMap<(i32, u32), MonthTotals>, day: Day) -> &mut MonthTotals {
    let (year, month) = (day.date().year(), day.date().month());
    months.entry((year, month)).or_insert(MonthTotals { year, month, ..MonthTotals::default() })
}

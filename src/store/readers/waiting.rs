//! What waits, counted up to a limit, and what moved day by day: for the first page of those who look after a bank.

use super::under::Under;
use crate::domain::id::Id;
use crate::domain::time::Day;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::schema::*;
use diesel::prelude::*;

impl Tables<'_> {
    /// The shops of statements in a state below these paths, newest first.
    pub fn shops_of_statements(
        &mut self,
        paths: &[String],
        state: &str,
        limit: i64,
    ) -> Result<Vec<Id>, Error> {
        let reached = orgs::table.filter(orgs::bank_id.eq(self.bank)).filter(Under::any(paths));
        let shops = merchants::table
            .filter(merchants::bank_id.eq(self.bank))
            .filter(merchants::org_id.eq_any(reached.select(orgs::id)))
            .select(merchants::id);
        let found = statements::table
            .filter(statements::bank_id.eq(self.bank).and(statements::state.eq(state.to_owned())))
            .filter(statements::merchant_id.eq_any(shops))
            .order(statements::id.desc())
            .limit(limit)
            .select(statements::merchant_id);
        Ok(found.load(self.conn)?)
    }

    /// Debits and credits of accounts from a day on, by day and account.
    pub fn day_totals_since(&mut self, accounts: &[Id], from: Day) -> Result<Vec<(Day, i64, i64)>, Error> {
        let of_accounts = day_totals::table
            .filter(day_totals::bank_id.eq(self.bank).and(day_totals::account_id.eq_any(accounts)))
            .filter(day_totals::day.ge(from))
            .select((day_totals::day, day_totals::debits, day_totals::credits));
        Ok(of_accounts.load(self.conn)?)
    }
}

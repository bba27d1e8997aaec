//! Lots: spending, opening, carrying over, giving back.

use super::draft::Draft;
use crate::domain::id::Id;
use crate::domain::ledger::account::{Earmark, Lot, LotId};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::Effect;
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;

/// The leg number of lots that a hold gives back: they move without a posting.
pub(super) const NO_LEG: i32 = -1;

/// A part of a lot that a leg consumed.
pub(super) struct Consumed {
    pub lot: Lot,
    pub amount: i64,
}

impl Draft<'_> {
    fn keeps_lots(&self, account: &Id) -> bool {
        self.book.accounts.get(account).is_some_and(|a| a.terms.lots)
    }

    /// An account of an older book that is to keep lots from now on: what it has becomes one lot without expiry.
    pub fn begin_lots(&mut self, account: &Id) -> Result<(), Refusal> {
        let Some(row) = self.book.accounts.get(account).filter(|row| !row.terms.lots) else { return Ok(()) };
        let (account, amount) = (*account, row.balance());
        self.effect(Effect::LotsKept { account })?;
        if amount > 0 {
            self.effect(Effect::LotOpened {
                leg: NO_LEG,
                account,
                amount,
                expires_at: None,
                from: None,
                given: false,
            })?;
        }
        Ok(())
    }

    /// Consumes free parts of the account's lots for the leg about to be posted: those in `first`, then in spending
    /// order. The balance was checked before, and balance = sum of lots (I4), so they suffice.
    pub fn consume_lots(
        &mut self,
        account: &Id,
        amount: i64,
        first: &[LotId],
    ) -> Result<Vec<Consumed>, Refusal> {
        if !self.keeps_lots(account) {
            return Ok(Vec::new());
        }
        if self.is_owed(account) {
            // A debit of a debt account opens a debt.
            return self.open_debt(account, amount).map(|()| Vec::new());
        }
        let mut lots = self.book.open_lots(account);
        if self.spares_gifts() {
            lots.retain(|lot| !lot.given);
        }
        // A stable sort: preferred lots first, each group still in spending order.
        lots.sort_by_key(|lot| !first.contains(&lot.id));
        let mut left = amount;
        let mut consumed = Vec::new();
        for lot in lots {
            let part = lot.free().min(left);
            if part <= 0 {
                continue;
            }
            let leg = self.leg();
            self.effect(Effect::LotConsumed { leg, lot: lot.id, amount: part, earmarked: false })?;
            left = left.saturating_sub(part);
            consumed.push(Consumed { lot, amount: part });
        }
        assert!(left == 0, "lots of {account} do not add up to its balance: {left} missing");
        Ok(consumed)
    }

    /// Consumes `amount` of what a hold earmarked, in its order.
    pub fn consume_earmarks(&mut self, earmarks: &[Earmark], amount: i64) -> Result<Vec<Consumed>, Refusal> {
        let mut left = amount;
        let mut consumed = Vec::new();
        for earmark in earmarks {
            let part = earmark.amount.min(left);
            if part <= 0 {
                continue;
            }
            let Some(lot) = self.book.lots.get(&earmark.lot).cloned() else { continue };
            let leg = self.leg();
            self.effect(Effect::LotConsumed { leg, lot: lot.id, amount: part, earmarked: true })?;
            left = left.saturating_sub(part);
            consumed.push(Consumed { lot, amount: part });
        }
        Ok(consumed)
    }

    /// Gives back `amount` of the last of what a hold earmarked, after `skip` was captured from the front. `back_at`
    /// is when it comes back: what is past its expiry by then stays until the end of that day, as after a refund.
    pub fn release_earmarks(
        &mut self,
        earmarks: &[Earmark],
        (skip, amount): (i64, i64),
        back_at: Moment,
    ) -> Result<(), Refusal> {
        let (mut skip, mut left) = (skip, amount);
        for earmark in earmarks {
            let skipped = earmark.amount.min(skip);
            skip = skip.saturating_sub(skipped);
            let part = earmark.amount.saturating_sub(skipped).min(left);
            if part > 0 {
                self.release_lot(&earmark.lot, part, back_at)?;
                left = left.saturating_sub(part);
            }
        }
        Ok(())
    }

    fn release_lot(&mut self, lot: &LotId, amount: i64, back_at: Moment) -> Result<(), Refusal> {
        let until = back_at.day(self.book.zone).end(self.book.zone);
        let past = self.book.lots.get(lot).filter(|row| row.is_due(back_at) && !self.is_goods(row)).cloned();
        let Some(row) = past.filter(|_| until > self.book.now) else {
            return self.effect(Effect::LotReleased { lot: *lot, amount });
        };
        let (leg, lot) = (NO_LEG, *lot);
        self.effect(Effect::LotConsumed { leg, lot, amount, earmarked: true })?;
        self.effect(Effect::LotOpened {
            leg,
            account: row.account,
            amount,
            expires_at: Some(until),
            from: Some(lot),
            given: row.given,
        })
    }

    /// Chooses what a hold earmarks: free parts in spending order.
    pub fn earmarks(&self, account: &Id, amount: i64, taken: &[Earmark]) -> Vec<Earmark> {
        if !self.keeps_lots(account) {
            return Vec::new();
        }
        let mut left = amount;
        let mut earmarks = Vec::new();
        for lot in self.book.open_lots(account) {
            let already: i64 = taken.iter().filter(|e| e.lot == lot.id).map(|e| e.amount).sum();
            let part = lot.free().saturating_sub(already).min(left);
            if part > 0 {
                earmarks.push(Earmark { lot: lot.id, amount: part });
                left = left.saturating_sub(part);
            }
        }
        assert!(left == 0, "lots of {account} do not add up to its balance: {left} missing");
        earmarks
    }

    /// Opens lots for a leg that credits an account with lots: carried over one by one from what the debit side
    /// consumed, or one lot that expires at `expires_at`.
    pub fn open_lots(
        &mut self,
        account: &Id,
        amount: i64,
        expires_at: Option<Moment>,
        carried: &[Consumed],
    ) -> Result<(), Refusal> {
        if !self.keeps_lots(account) {
            return Ok(());
        }
        let leg = self.leg();
        if carried.is_empty() {
            let given = self.is_gift();
            return self.effect(Effect::LotOpened {
                leg,
                account: *account,
                amount,
                expires_at,
                from: None,
                given,
            });
        }
        for part in carried {
            self.effect(Effect::LotOpened {
                leg,
                account: *account,
                amount: part.amount,
                expires_at: part.lot.expires_at,
                from: Some(part.lot.id),
                given: part.lot.given || self.is_gift(),
            })?;
        }
        Ok(())
    }

    /// Whether a lot is a batch of goods: past its best-before date nothing of it is used any more.
    fn is_goods(&self, lot: &Lot) -> bool {
        let account = self.book.accounts.get(&lot.account);
        account.is_some_and(|row| matches!(row.terms.asset, Asset::Stock(_)))
    }

    /// Gives `amount` back to a lot that was consumed; past its expiry, as a new lot that lasts until the end of the
    /// day. Goods come back into the batch that they came from.
    pub fn restore_lot(&mut self, lot: &LotId, amount: i64) -> Result<(), Refusal> {
        let leg = self.leg();
        let now = self.book.now;
        let Some(row) = self.book.lots.get(lot).cloned() else { return Ok(()) };
        if !row.is_due(now) || self.is_goods(&row) {
            return self.effect(Effect::LotRestored { leg, lot: *lot, amount });
        }
        let end_of_day = now.day(self.book.zone).end(self.book.zone);
        self.effect(Effect::LotOpened {
            leg,
            account: self.book.account_meant(row.account),
            amount,
            expires_at: Some(end_of_day),
            from: Some(*lot),
            given: row.given,
        })
    }
}

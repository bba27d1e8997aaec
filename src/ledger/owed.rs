//! Debts (待追回): amounts taken back after they were spent. A debt account beside the purse has a negative balance, so
//! that the reversing entry is complete; the lots of that account are the debts. What comes back to the purse pays
//! them in an entry right behind the one that brought it back.

use super::book::Book;
use super::command::Reclaim;
use super::draft::Draft;
use super::lots::NO_LEG;
use crate::domain::id::Id;
use crate::domain::ledger::account::{Account, AccountTerms, LotId, Purpose};
use crate::domain::ledger::entry::{Effect, Entry, EntryKind};
use crate::domain::ledger::receipt::OwedReceipt;
use crate::domain::refusal::Refusal;
use std::collections::BTreeMap;

/// What an entry brought to a purse: the amount, and the parts of lots that contain it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Came {
    amount: i64,
    parts: Vec<(LotId, i64)>,
}

impl Book {
    /// The debt account of this purse; `None`: it is not a purse, or never had a debt.
    pub fn owed_account(&self, purse: &Id) -> Option<&Account> {
        let terms =
            self.accounts.get(purse).map(|account| &account.terms).filter(|terms| terms.is_purse())?;
        self.accounts.get(&terms.owed().id)
    }

    /// How much the owner of this purse owes.
    pub fn owed(&self, purse: &Id) -> i64 {
        self.owed_account(purse).map_or(0, |account| account.balance().saturating_neg())
    }

    /// What an entry brought back to purses: released by holds, or given back by reversals.
    pub fn came_back(&self, entry: &Entry) -> BTreeMap<Id, Came> {
        let mut came: BTreeMap<Id, Came> = BTreeMap::new();
        for (ordinal, effect) in (0_i32..).zip(&entry.effects) {
            match effect {
                // Past its expiry, it came back into a lot of its own that lasts until the end of the day.
                Effect::LotOpened { leg: NO_LEG, account, amount, .. } => {
                    add(&mut came, *account, 0, Some((LotId { entry: entry.number, ordinal }, *amount)));
                }
                Effect::HoldReleased { hold, amounts, .. } => {
                    let legs = self.holds.get(hold).map(|hold| hold.legs.as_slice()).unwrap_or_default();
                    for (leg, amount) in legs.iter().zip(amounts) {
                        add(&mut came, leg.debit, *amount, None);
                    }
                }
                Effect::LotReleased { lot, amount } => {
                    if let Some(row) = self.lots.get(lot) {
                        add(&mut came, row.account, 0, Some((*lot, *amount)));
                    }
                }
                Effect::AccountMerged { to, .. } => {
                    came.insert(*to, self.older_than_debts(to));
                }
                _ => {}
            }
        }
        self.credited(entry, &mut came, |reverses| reverses);
        came
    }

    /// The free part of a purse that is older than the debts: in one file from the beginning, it would have been
    /// taken then. So it counts as come back when two files are merged.
    fn older_than_debts(&self, purse: &Id) -> Came {
        let Some(owed) = self.owed_account(purse).map(|account| account.terms.id) else {
            return Came::default();
        };
        let mut free: Vec<(LotId, i64)> =
            self.open_lots(purse).into_iter().map(|lot| (lot.id, lot.free())).collect();
        let mut came = Came::default();
        for debt in self.open_lots(&owed) {
            let mut open = debt.remaining;
            for (lot, left) in free.iter_mut().filter(|(lot, _)| lot.entry < debt.id.entry) {
                let part = open.min(*left);
                if part > 0 {
                    open = open.saturating_sub(part);
                    *left = left.saturating_sub(part);
                    came.amount = came.amount.saturating_add(part);
                    came.parts.push((*lot, part));
                }
            }
        }
        came
    }

    /// What the postings of an entry brought to accounts; `counts` selects postings by whether they reverse.
    fn credited(&self, entry: &Entry, came: &mut BTreeMap<Id, Came>, counts: impl Fn(bool) -> bool) {
        for (index, posting) in (0_i32..).zip(&entry.postings) {
            if !counts(posting.reverses_leg.is_some()) {
                continue;
            }
            add(came, posting.credit, posting.amount, None);
            for (ordinal, effect) in (0_i32..).zip(&entry.effects) {
                let (leg, lot, amount) = match effect {
                    Effect::LotRestored { leg, lot, amount, .. } => (leg, *lot, amount),
                    Effect::LotOpened { leg, amount, .. } => {
                        (leg, LotId { entry: entry.number, ordinal }, amount)
                    }
                    _ => continue,
                };
                if *leg == index && self.lots.get(&lot).is_some_and(|row| row.account == posting.credit) {
                    add(came, posting.credit, 0, Some((lot, *amount)));
                }
            }
        }
    }

    /// What must pay debts right behind this entry: purse and amount. What comes back always does.
    pub fn must_pay(&self, entry: &Entry) -> BTreeMap<Id, i64> {
        let came = self.came_back(entry).into_iter();
        came.map(|(purse, came)| (purse, came.amount.min(self.owed(&purse))))
            .filter(|(_, amount)| *amount > 0)
            .collect()
    }
}

fn add(came: &mut BTreeMap<Id, Came>, account: Id, amount: i64, part: Option<(LotId, i64)>) {
    let row = came.entry(account).or_default();
    row.amount = row.amount.saturating_add(amount);
    row.parts.extend(part);
}

/// Pays debts with what the last entry brought back, and with everything it brought if `reclaim` says so: an entry of
/// its own, with the same effective time.
pub(super) fn pay(book: &mut Book, reclaim: &Reclaim) -> Result<Vec<OwedReceipt>, Refusal> {
    let Some(behind) = book.entries.last().map(|(entry, _)| entry.clone()) else { return Ok(Vec::new()) };
    let back = book.came_back(&behind);
    let mut earned = BTreeMap::new();
    if *reclaim != Reclaim::Nothing {
        book.credited(&behind, &mut earned, |reverses| !reverses);
    }
    let mut payments = Vec::new();
    for (came, reclaim) in [(back, &Reclaim::Everything), (earned, reclaim)] {
        for (purse, came) in came {
            let debts = debts_of(book, &purse, reclaim);
            let open = debts.iter().fold(0_i64, |sum, (_, amount)| sum.saturating_add(*amount));
            let amount = came.amount.min(open);
            if amount > 0 {
                payments.push(Payment { purse, amount, parts: came.parts, debts });
            }
        }
    }
    if payments.is_empty() {
        return Ok(Vec::new());
    }
    let mut draft = Draft::begin(book, EntryKind::Reclaim, behind.effective_at);
    let mut paid = Vec::with_capacity(payments.len());
    for payment in payments {
        paid.extend(draft.pay(payment)?);
    }
    draft.finish_behind(&behind)?;
    Ok(paid)
}

struct Payment {
    purse: Id,
    amount: i64,
    parts: Vec<(LotId, i64)>,
    debts: Vec<(LotId, i64)>,
}

/// The open debts of a purse's owner that are to be paid, the oldest first.
fn debts_of(book: &Book, purse: &Id, reclaim: &Reclaim) -> Vec<(LotId, i64)> {
    let Some(account) = book.owed_account(purse) else { return Vec::new() };
    let wanted = |lot: &LotId| match reclaim {
        Reclaim::Nothing => false,
        Reclaim::Everything => true,
        Reclaim::Of(entries) => entries.contains(&lot.entry),
    };
    let open = book.open_lots(&account.terms.id).into_iter();
    open.map(|lot| (lot.id, lot.remaining)).filter(|(lot, _)| wanted(lot)).collect()
}

/// The first of the parts that add up to `amount`.
fn first_of(parts: &[(LotId, i64)], amount: i64) -> Vec<(LotId, i64)> {
    let mut left = amount;
    let taken = parts.iter().map(|(lot, most)| {
        let part = (*most).min(left);
        left = left.saturating_sub(part);
        (*lot, part)
    });
    taken.filter(|(_, part)| *part > 0).collect()
}

impl Draft<'_> {
    /// Opens the debt account, if there is none yet.
    pub fn open_owed(&mut self, purse: &AccountTerms) -> Result<Id, Refusal> {
        let terms = purse.owed();
        let id = terms.id;
        if self.book.accounts.get(&id).is_none() {
            self.effect(Effect::AccountOpened(terms))?;
        }
        Ok(id)
    }

    /// Opens a debt, for the leg about to be posted.
    pub fn open_debt(&mut self, owed: &Id, amount: i64) -> Result<(), Refusal> {
        let (leg, account) = (self.leg(), *owed);
        self.effect(Effect::LotOpened { leg, account, amount, expires_at: None, from: None, given: false })
    }

    /// Closes debts with the leg about to be posted: those in `debts`, in this order.
    pub fn close_debts(&mut self, debts: &[(LotId, i64)], amount: i64) -> Result<(), Refusal> {
        let leg = self.leg();
        let parts = first_of(debts, amount);
        let sum = parts.iter().fold(0_i64, |sum, (_, part)| sum.saturating_add(*part));
        assert!(sum == amount, "debts do not add up to what is paid: {sum} of {amount}");
        for (lot, amount) in parts {
            self.effect(Effect::LotConsumed { leg, lot, amount, earmarked: false })?;
        }
        Ok(())
    }

    /// The debts of a debt account, the oldest first.
    pub fn debts(&self, owed: &Id) -> Vec<(LotId, i64)> {
        self.book.open_lots(owed).into_iter().map(|lot| (lot.id, lot.remaining)).collect()
    }

    pub fn is_owed(&self, account: &Id) -> bool {
        self.book.accounts.get(account).is_some_and(|row| row.terms.purpose == Purpose::Owed)
    }

    /// Waives the open part of a debt: the bank gives the points.
    pub fn waive(&mut self, purse: &Id, debt: &LotId, amount: i64) -> Result<(), Refusal> {
        let terms = self.account(purse)?.terms.clone();
        let owed = terms.owed().id;
        let open = self.debts(&owed).into_iter().find(|(lot, _)| lot == debt);
        let left = open.map_or(0, |(_, open)| open);
        if amount <= 0 || amount > left {
            return Err(Refusal::OwedLess { left, asset: terms.asset });
        }
        let issuing = AccountTerms::of_bank(self.book.bank, terms.asset, Purpose::Issuing);
        if self.book.accounts.get(&issuing.id).is_none() {
            self.effect(Effect::AccountOpened(issuing.clone()))?;
        }
        self.close_debts(&[(*debt, left)], amount)?;
        self.posting(issuing.id, owed, amount, None)
    }

    /// One payment, made only with what came back.
    fn pay(&mut self, payment: Payment) -> Result<Option<OwedReceipt>, Refusal> {
        let Payment { purse, amount, mut parts, debts } = payment;
        let terms = self.account(&purse)?.terms.clone();
        if terms.lots {
            // The parts that expire first pay first, also those that have expired meanwhile.
            parts.sort_by_key(|(lot, _)| self.book.lots.get(lot).map(|row| row.spending_order()));
            for (lot, part) in first_of(&parts, amount) {
                if self.book.lots.get(&lot).is_none() {
                    continue;
                }
                let leg = self.leg();
                self.effect(Effect::LotConsumed { leg, lot, amount: part, earmarked: false })?;
            }
        }
        self.close_debts(&debts, amount)?;
        self.posting(purse, terms.owed().id, amount, None)?;
        Ok(Some(OwedReceipt { purse, asset: terms.asset, left: 0, owed: 0, paid: amount }))
    }
}

//! Reversals: an entry taken back in whole or in part, never more than it moved (I6).

use super::book::{Book, Past};
use super::command::Leg;
use super::draft::Draft;
use crate::domain::ledger::account::{CounterUse, LotId, Measure};
use crate::domain::ledger::entry::{Effect, EntryKind, Posting, climbed};
use crate::domain::ledger::receipt::OwedReceipt;
use crate::domain::refusal::{NotReversible, Refusal};
use std::collections::BTreeMap;

/// What was given back of each lot that a leg consumed.
pub(super) type Restored = BTreeMap<(i32, LotId), i64>;

impl Draft<'_> {
    pub fn reverse(
        &mut self,
        number: i64,
        amounts: Option<&BTreeMap<i32, i64>>,
        up_to: bool,
        of_document: bool,
    ) -> Result<(), Refusal> {
        let past = self.book.past.get(&number).cloned().ok_or(Refusal::EntryNotFound)?;
        check_reversible(&past, of_document)?;
        if climbed(&past.entry.effects) {
            return Err(Refusal::EntryNotReversible { reason: NotReversible::OfGroups });
        }
        let past = past.meant(self.book);
        let mut legs = wanted_legs(&past, amounts)?;
        for (leg, amount) in &legs {
            let Some(posting) = posting_of(&past, *leg) else { continue };
            let left = posting.amount.saturating_sub(past.reversed.legs.get(leg).copied().unwrap_or(0));
            if *amount > left {
                let asset = self.account(&posting.debit)?.terms.asset;
                let posting = u32::try_from(*leg).unwrap_or(0);
                return Err(Refusal::ReversalExceedsOriginal { posting, left, asset });
            }
        }
        legs.retain(|_, amount| *amount > 0);
        if legs.is_empty() {
            return Err(Refusal::NothingToPost);
        }
        let touched: Vec<&Posting> = legs.keys().filter_map(|leg| posting_of(&past, *leg)).collect();
        self.check_status(touched.iter().flat_map(|p| [p.debit, p.credit]))?;
        self.reverses = Some(number);
        let mut restored = past.reversed.lots.clone();
        for (leg, amount) in &mut legs {
            *amount = self.reverse_leg(&past, *leg, *amount, up_to, &mut restored)?;
        }
        legs.retain(|_, amount| *amount > 0);
        self.give_back_past_counters(&past, &legs)
    }

    /// Takes one leg back: from the purse what is available, the rest, with `up_to`, as a debt. Returns how much of
    /// the leg is taken back now.
    pub(super) fn reverse_leg(
        &mut self,
        past: &Past,
        leg: i32,
        amount: i64,
        up_to: bool,
        restored: &mut Restored,
    ) -> Result<i64, Refusal> {
        let Some(original) = posting_of(past, leg) else { return Ok(0) };
        if original.debit == original.credit {
            // From one file to the other of one person: after the merge it moved nothing.
            return Err(Refusal::SameAccount { posting: u32::try_from(leg).unwrap_or(u32::MAX) });
        }
        if self.is_owed(&original.debit) {
            return self.reverse_debt(past, leg, amount);
        }
        let row = self.account(&original.credit)?;
        let (terms, available) = (row.terms.clone(), row.available().max(0));
        let taken = if up_to { amount.min(available) } else { amount };
        let held = self.account(&original.credit)?.debits_pending;
        if taken > available && held > 0 {
            let missing = taken.saturating_sub(available);
            let (account, asset, held) = (terms.id, terms.asset, held.min(missing));
            return Err(Refusal::ReversalOnHold { account, available, missing, held, asset });
        }
        if taken > 0 {
            let back = Leg::plain(original.credit, original.debit, taken);
            self.take_back(past, leg, &back, restored)?;
        }
        let left = amount.saturating_sub(taken);
        if left == 0 {
            return Ok(taken);
        }
        let owed = if terms.is_purse() { left } else { 0 };
        self.owed.push(OwedReceipt { purse: terms.id, asset: terms.asset, left, owed, paid: 0 });
        if owed > 0 {
            let debit = self.open_owed(&terms)?;
            self.take_back(past, leg, &Leg::plain(debit, original.debit, owed), restored)?;
        }
        Ok(taken.saturating_add(owed))
    }

    fn take_back(
        &mut self,
        past: &Past,
        leg: i32,
        back: &Leg,
        restored: &mut Restored,
    ) -> Result<(), Refusal> {
        self.check_overflow(std::slice::from_ref(back))?;
        self.check_balance(usize::try_from(leg).unwrap_or(usize::MAX), back)?;
        // The lots that the original leg opened are taken first, then others.
        self.consume_lots(&back.debit, back.amount, &lots_opened(past, leg))?;
        if self.account(&back.credit)?.terms.lots {
            self.restore_consumed(past, leg, back.amount, restored)?;
        }
        self.posting(back.debit, back.credit, back.amount, Some(leg))
    }

    /// A leg that left a debt: the open part of the debt disappears, what was paid comes back to the purse.
    fn reverse_debt(&mut self, past: &Past, leg: i32, amount: i64) -> Result<i64, Refusal> {
        let Some(original) = posting_of(past, leg) else { return Ok(0) };
        let own = lots_opened(past, leg);
        let debts: Vec<(LotId, i64)> =
            self.debts(&original.debit).into_iter().filter(|(lot, _)| own.contains(lot)).collect();
        let open = debts.iter().fold(0_i64, |sum, (_, open)| sum.saturating_add(*open)).min(amount);
        if open > 0 {
            self.close_debts(&debts, open)?;
            self.posting(original.credit, original.debit, open, Some(leg))?;
        }
        let paid = amount.saturating_sub(open);
        if paid > 0 {
            let purse = self.account(&original.debit)?.terms.purse_id();
            self.open_lots(&purse, paid, None, &[])?;
            self.posting(original.credit, purse, paid, Some(leg))?;
        }
        Ok(amount)
    }

    /// Gives back to the very lots that the original leg consumed, the last consumed first: what lasts longest comes
    /// back first.
    fn restore_consumed(
        &mut self,
        past: &Past,
        leg: i32,
        amount: i64,
        restored: &mut Restored,
    ) -> Result<(), Refusal> {
        let mut left = amount;
        for effect in past.entry.effects.iter().rev() {
            let Effect::LotConsumed { leg: l, lot, amount: consumed, .. } = effect else {
                continue;
            };
            if *l != leg || left == 0 {
                continue;
            }
            let before = restored.get(&(leg, *lot)).copied().unwrap_or(0);
            let part = consumed.saturating_sub(before).min(left);
            if part <= 0 {
                continue;
            }
            self.restore_lot(lot, part)?;
            restored.insert((leg, *lot), before.saturating_add(part));
            left = left.saturating_sub(part);
        }
        if left > 0 {
            // The original debit had no lots behind it (an account that got lots later): a lot without expiry.
            let account = posting_of(past, leg).map(|p| p.debit).unwrap_or_default();
            self.open_lots(&account, left, None, &[])?;
        }
        Ok(())
    }

    /// Counters of amounts get back what was reversed of every granted leg, in the window of the original; fixed ones
    /// when nothing of the original is left.
    fn give_back_past_counters(&mut self, past: &Past, legs: &BTreeMap<i32, i64>) -> Result<(), Refusal> {
        let capped = past.entry.effects.iter().find_map(|e| match e {
            Effect::Granted { legs, .. } => Some(legs.clone()),
            _ => None,
        });
        // What is taken back of every capped leg: spent points that are not taken back still count.
        let capped = capped.unwrap_or_default();
        let before = |leg: &i32| past.reversed.legs.get(leg).copied().unwrap_or(0);
        let with_now = |leg: &i32| before(leg).saturating_add(legs.get(leg).copied().unwrap_or(0));
        let least = |sums: &dyn Fn(&i32) -> i64| capped.iter().map(sums).min().unwrap_or(0);
        let reversed = least(&with_now).saturating_sub(least(&before));
        let whole = (0_i32..).zip(&past.entry.postings).all(|(leg, posting)| {
            let before = past.reversed.legs.get(&leg).copied().unwrap_or(0);
            let now = legs.get(&leg).copied().unwrap_or(0);
            before.saturating_add(now) == posting.amount
        });
        for effect in &past.entry.effects {
            let Effect::CounterTaken { counter, .. } = effect else { continue };
            let before = past.reversed.counters.get(&counter.id()).copied().unwrap_or(0);
            let rest = counter.amount.saturating_sub(before);
            let amount = match counter.measure {
                Measure::Amount => reversed.min(rest),
                Measure::Fixed if whole => rest,
                Measure::Fixed | Measure::Tally => 0,
            };
            if amount > 0 {
                self.effect(Effect::CounterGiven { counter: CounterUse { amount, ..counter.clone() } })?;
            }
        }
        self.remember_reversed(past)
    }

    /// Notes what is taken back of the original, for later commands of this batch.
    pub(super) fn remember_reversed(&mut self, past: &Past) -> Result<(), Refusal> {
        let mut past = past.clone();
        past.reversed.add(&self.postings, &self.effects);
        self.book.past.put(past.entry.number, past);
        Ok(())
    }
}

fn lots_opened(past: &Past, leg: i32) -> Vec<LotId> {
    let effects = past.entry.effects.iter().zip(0_i32..);
    effects
        .filter(|(effect, _)| matches!(effect, Effect::LotOpened { leg: l, .. } if *l == leg))
        .map(|(_, ordinal)| LotId { entry: past.entry.number, ordinal })
        .collect()
}

impl Past {
    /// The same with the accounts that it means: what was moved on a duplicate is taken back from the account it was
    /// merged into.
    pub(super) fn meant(mut self, book: &Book) -> Self {
        for posting in &mut self.entry.postings {
            posting.debit = book.account_meant(posting.debit);
            posting.credit = book.account_meant(posting.credit);
        }
        self
    }
}

pub(super) fn posting_of(past: &Past, leg: i32) -> Option<&Posting> {
    usize::try_from(leg).ok().and_then(|index| past.entry.postings.get(index))
}

pub(super) fn check_reversible(past: &Past, of_document: bool) -> Result<(), Refusal> {
    let refuse = |reason| Err(Refusal::EntryNotReversible { reason });
    if past.entry.reverses.is_some() {
        return refuse(NotReversible::IsReversal);
    }
    if matches!(past.entry.kind, EntryKind::Hold | EntryKind::Void | EntryKind::HoldExpired) {
        return refuse(NotReversible::IsHold);
    }
    if matches!(past.entry.kind, EntryKind::Reclaim | EntryKind::Waiver) {
        return refuse(NotReversible::IsOwed);
    }
    if past.entry.kind == EntryKind::Merge {
        return refuse(NotReversible::IsMerge);
    }
    if past.entry.postings.is_empty() && !climbed(&past.entry.effects) {
        return refuse(NotReversible::NoPostings);
    }
    if !of_document && past.entry.effects.iter().any(|e| matches!(e, Effect::Document { .. })) {
        return refuse(NotReversible::BelongsToDocument);
    }
    Ok(())
}

/// The amounts to take back: those requested, or all that is left of every leg.
fn wanted_legs(past: &Past, amounts: Option<&BTreeMap<i32, i64>>) -> Result<BTreeMap<i32, i64>, Refusal> {
    let Some(amounts) = amounts else {
        let left = (0_i32..).zip(&past.entry.postings).map(|(leg, posting)| {
            (leg, posting.amount.saturating_sub(past.reversed.legs.get(&leg).copied().unwrap_or(0)))
        });
        let left: BTreeMap<i32, i64> = left.collect();
        if left.values().all(|amount| *amount == 0) {
            let asset = crate::domain::ledger::asset::Asset::Point;
            return Err(Refusal::ReversalExceedsOriginal { posting: 0, left: 0, asset });
        }
        return Ok(left);
    };
    for (leg, amount) in amounts {
        let posting = u32::try_from(*leg).unwrap_or(u32::MAX);
        if posting_of(past, *leg).is_none() {
            return Err(Refusal::PostingNotFound { posting });
        }
        if *amount <= 0 {
            return Err(Refusal::AmountNotPositive { posting });
        }
    }
    Ok(amounts.clone())
}

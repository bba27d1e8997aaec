//! Counters with curves: what a deed moves, what that is worth now, and the same step back.

use super::book::{Book, Past, move_deed};
use super::command::{Command, Leg, Needs, names_of};
use super::draft::Draft;
use super::reverse::{check_reversible, posting_of};
use crate::domain::id::Id;
use crate::domain::ledger::account::{CounterUse, Measure};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::curve::{Climb, Counts, Level, MILLION, Moved};
use crate::domain::ledger::entry::{Effect, moved};
use crate::domain::ledger::receipt::{Grant, OwedReceipt};
use crate::domain::refusal::Refusal;
use std::collections::{BTreeMap, BTreeSet};

/// Millionths of a point in a hundredth.
const PER_MINOR: i64 = MILLION / 100;

/// Adds what is missing to decide a climb.
pub(super) fn needs(book: &Book, command: &Command, needs: &mut Needs) {
    for level in command.climb.iter().flat_map(|climb| &climb.levels) {
        for id in names_of(level.counter.clone(), &command.duplicates) {
            match level.curve.counts {
                Counts::Highest if !book.highest.knows(&id) => _ = needs.highest.insert(id),
                Counts::Highest => {}
                _ if !book.counters.knows(&id) => _ = needs.counters.insert(id),
                _ => {}
            }
        }
    }
}

/// From where to where the sum of a level goes that is moved by so much; `before` is what the deed was worth in it.
fn sums(book: &Book, command: &Command, level: &Level, (before, by): (i64, i64)) -> Option<(i64, i64)> {
    let names = names_of(level.counter.clone(), &command.duplicates);
    if level.curve.counts != Counts::Highest {
        let used = names
            .iter()
            .try_fold(0_i64, |sum, id| sum.checked_add(book.counters.get(id).copied().unwrap_or(0)))?;
        return Some((used, used.checked_add(by)?));
    }
    let mut live: BTreeMap<i64, i64> = BTreeMap::new();
    for (worth, deeds) in names.iter().filter_map(|id| book.highest.get(id)).flatten() {
        let sum = live.entry(*worth).or_default();
        *sum = sum.checked_add(*deeds)?;
    }
    let greatest = |live: &BTreeMap<i64, i64>| {
        live.iter().rev().find(|(_, deeds)| **deeds > 0).map_or(0, |(worth, _)| *worth)
    };
    let from = greatest(&live);
    move_deed(&mut live, before, by)?;
    Some((from, greatest(&live)))
}

impl Draft<'_> {
    /// Moves the counters of a climb; returns what that is worth, in hundredths. `before`: what is left of the deed, in
    /// units of its own counter; 0 for a new one.
    pub(super) fn climb(&mut self, command: &Command, climb: &Climb, before: i64) -> Result<i64, Refusal> {
        let out_of_range = || Refusal::PointsOutOfRange;
        let moves = climb.moves(|level, by| sums(self.book, command, level, (before, by)));
        let moves = moves.ok_or_else(out_of_range)?;
        let granted = climb.granted(&moves).ok_or_else(out_of_range)?;
        for (level, moved) in climb.levels.iter().zip(moves) {
            let Moved { from, to, value_from, value_to } = moved;
            let of = (level.curve.counts == Counts::Highest).then_some(before);
            let by = if of.is_some() { climb.by } else { to.checked_sub(from).ok_or_else(out_of_range)? };
            let counter = level.counter.clone();
            self.effect(Effect::CounterMoved { counter, by, of, from, to, value_from, value_to })?;
        }
        Ok(granted)
    }

    /// The legs of a deed with what its groups make of it: what it takes away goes the other way, and never out of
    /// lifetime points.
    pub(super) fn legs_of_worth(&self, legs: &[Leg], worth: i64) -> Result<Vec<Leg>, Refusal> {
        let mut found = Vec::with_capacity(legs.len());
        for leg in legs {
            let lifetime = self.account(&leg.debit)?.terms.asset == Asset::Lifetime;
            match (leg.capped, worth) {
                (false, _) => found.push(leg.clone()),
                (true, 1..) => found.push(Leg { amount: worth, ..leg.clone() }),
                (true, ..=-1) if !lifetime => found.push(Leg {
                    capped: false,
                    expires_at: None,
                    ..Leg::plain(leg.credit, leg.debit, worth.saturating_abs())
                }),
                (true, _) => {}
            }
        }
        Ok(found)
    }

    /// Takes a deed back whose groups have counters: what they are worth without it is granted or taken, which is not
    /// always what the deed itself was granted. `legs` are those of the award, as [`Draft::legs_of_worth`] reads them.
    pub(super) fn take_deed_back(
        &mut self,
        command: &Command,
        (number, part): (i64, Option<i64>),
        legs: &[Leg],
        (up_to, of_document): (bool, bool),
    ) -> Result<(), Refusal> {
        let past = self.book.past.get(&number).cloned().ok_or(Refusal::EntryNotFound)?;
        let past = past.meant(self.book);
        check_reversible(&past, of_document)?;
        let way = command.climb.as_ref().ok_or(Refusal::NothingToPost)?;
        let left = left_of(&past);
        let back = part.unwrap_or(left.saturating_abs());
        if back <= 0 || back > left.saturating_abs() {
            let left = left.saturating_abs().checked_div(PER_MINOR).unwrap_or(0);
            return Err(Refusal::ReversalExceedsOriginal { posting: 0, left, asset: Asset::Point });
        }
        let whole = back == left.saturating_abs();
        let climb = Climb { by: back.saturating_mul(left.signum().saturating_neg()), ..way.clone() };
        let accounts: BTreeSet<Id> = legs.iter().flat_map(|leg| [leg.debit, leg.credit]).collect();
        self.check_status(accounts)?;
        self.reverses = Some(number);
        let worth = self.climb(command, &climb, left)?;
        let worth = worth.max(self.never_more_than_granted(&past));
        for leg in legs {
            self.take_leg_back(&past, leg, worth, (whole, up_to))?;
        }
        self.give_back_counters_of(&past, worth, whole)?;
        self.remember_reversed(&past)?;
        self.grant = Some(Grant { desired: worth, granted: worth, caps: Vec::new() });
        Ok(())
    }

    /// Caps cut what the groups gave: no more than that comes back. Below zero: the most that is taken.
    fn never_more_than_granted(&self, past: &Past) -> i64 {
        let cut = past.entry.effects.iter().find_map(|effect| match effect {
            Effect::Granted { desired, granted, legs, .. } if granted < desired => legs.first().copied(),
            _ => None,
        });
        match cut.and_then(|leg| Some((leg, posting_of(past, leg)?.amount))) {
            None => i64::MIN,
            Some((leg, amount)) => past.reversed.legs.get(&leg).copied().unwrap_or(0).saturating_sub(amount),
        }
    }

    fn take_leg_back(
        &mut self,
        past: &Past,
        leg: &Leg,
        worth: i64,
        (whole, up_to): (bool, bool),
    ) -> Result<(), Refusal> {
        // The leg of the deed that it takes back, and what is left of it.
        let original =
            (0_i32..).zip(&past.entry.postings).find(|(_, p)| p.credit == leg.credit && p.debit == leg.debit);
        let left = original.map(|(at, posting)| {
            (at, posting.amount.saturating_sub(past.reversed.legs.get(&at).copied().unwrap_or(0)))
        });
        let mut restored = past.reversed.lots.clone();
        if !leg.capped {
            return match left {
                Some((at, amount)) if whole && amount > 0 => {
                    self.reverse_leg(past, at, amount, up_to, &mut restored).map(drop)
                }
                _ => Ok(()),
            };
        }
        let lifetime = self.account(&leg.credit)?.terms.asset == Asset::Lifetime;
        if worth > 0 {
            return if lifetime { Ok(()) } else { self.give_worth(past, leg, worth) };
        }
        let mut taken = worth.saturating_abs();
        if lifetime {
            taken = taken.min(self.account(&leg.credit)?.available().max(0));
        }
        if let Some((at, amount)) = left.filter(|(_, amount)| *amount > 0) {
            let part = taken.min(amount);
            if part > 0 {
                self.reverse_leg(past, at, part, up_to, &mut restored)?;
                taken = taken.saturating_sub(part);
            }
        }
        if taken > 0 { self.take_worth(leg, taken, up_to) } else { Ok(()) }
    }

    /// Takes more than the deed itself was granted: what others of its groups were granted beside it. Spent points are
    /// owed with `up_to`, as in a reversal.
    fn take_worth(&mut self, leg: &Leg, amount: i64, up_to: bool) -> Result<(), Refusal> {
        let purse = self.account(&leg.credit)?;
        let (terms, available) = (purse.terms.clone(), purse.available().max(0));
        let taken = if up_to { amount.min(available) } else { amount };
        if taken > 0 {
            self.move_checked(Leg::plain(leg.credit, leg.debit, taken))?;
        }
        let left = amount.saturating_sub(taken);
        if left == 0 {
            return Ok(());
        }
        let owed = if terms.is_purse() { left } else { 0 };
        self.owed.push(OwedReceipt { purse: terms.id, asset: terms.asset, left, owed, paid: 0 });
        if owed > 0 {
            let debit = self.open_owed(&terms)?;
            self.move_checked(Leg::plain(debit, leg.debit, owed))?;
        }
        Ok(())
    }

    /// Gives what the groups are worth more without the deed: first what the deed itself took away, into the lots it
    /// came from. What a deduction could not take because it was not there does not come back.
    fn give_worth(&mut self, past: &Past, leg: &Leg, worth: i64) -> Result<(), Refusal> {
        let mut restored = past.reversed.lots.clone();
        let (mut rest, mut took) = (worth, 0_i64);
        for (at, posting) in (0_i32..).zip(&past.entry.postings) {
            let of_purse = posting.debit == leg.credit || self.is_owed(&posting.debit);
            if !of_purse || posting.credit != leg.debit {
                continue;
            }
            took = took.saturating_add(posting.amount);
            let left = posting.amount.saturating_sub(past.reversed.legs.get(&at).copied().unwrap_or(0));
            let part = rest.min(left);
            if part > 0 {
                self.reverse_leg(past, at, part, false, &mut restored)?;
                rest = rest.saturating_sub(part);
            }
        }
        let asked = past.entry.effects.iter().find_map(|effect| match effect {
            Effect::Granted { granted, .. } => Some(granted.min(&0).saturating_abs()),
            _ => None,
        });
        rest = rest.saturating_sub(asked.unwrap_or(0).saturating_sub(took).max(0));
        if rest > 0 { self.move_checked(Leg { amount: rest, ..leg.clone() }) } else { Ok(()) }
    }

    fn move_checked(&mut self, leg: Leg) -> Result<(), Refusal> {
        self.check_overflow(std::slice::from_ref(&leg))?;
        self.check_balance(0, &leg)?;
        self.move_leg(&leg)
    }

    /// Caps in points get back what was taken; what was counted once for the deed, when all of it is taken back.
    fn give_back_counters_of(&mut self, past: &Past, worth: i64, whole: bool) -> Result<(), Refusal> {
        for effect in &past.entry.effects {
            let Effect::CounterTaken { counter, .. } = effect else { continue };
            let before = past.reversed.counters.get(&counter.id()).copied().unwrap_or(0);
            let rest = counter.amount.saturating_sub(before);
            let amount = match counter.measure {
                Measure::Amount => worth.min(0).saturating_abs().min(rest),
                Measure::Fixed if whole => rest,
                Measure::Fixed | Measure::Tally => 0,
            };
            if amount > 0 {
                self.effect(Effect::CounterGiven { counter: CounterUse { amount, ..counter.clone() } })?;
            }
        }
        Ok(())
    }
}

/// What is left of the step of a deed: by how much it moved the counter of its own group, less what was moved back.
fn left_of(past: &Past) -> i64 {
    moved(&past.entry.effects).saturating_add(past.reversed.moved)
}

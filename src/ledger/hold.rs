//! Holds: reserve, capture, void, expire.

use super::command::{Command, Leg};
use super::counters;
use super::draft::Draft;
use super::lots::Consumed;
use crate::domain::id::Id;
use crate::domain::ledger::account::{CounterUse, Earmark, Hold, HoldState, Measure};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Effect, OpenedLeg};
use crate::domain::refusal::Refusal;

impl Draft<'_> {
    fn hold_row(&self, id: &Id) -> Result<Hold, Refusal> {
        self.book.holds.get(id).cloned().ok_or(Refusal::HoldNotFound)
    }

    pub fn open_hold(
        &mut self,
        command: &Command,
        id: Id,
        legs: &[Leg],
        seconds: Option<i64>,
    ) -> Result<(), Refusal> {
        self.check_existence(legs)?;
        if self.book.holds.get(&id).is_some() {
            return Err(Refusal::ChangedMeanwhile { what: "hold".into() });
        }
        self.check_status(legs.iter().flat_map(|l| [l.debit, l.credit]))?;
        let desired = legs.first().map_or(0, |l| l.amount);
        let fitted = counters::fit(self.book, command, desired, false)?;
        self.check_overflow(legs)?;
        let counters: Vec<CounterUse> = fitted.uses.iter().map(|(counter, _)| counter.clone()).collect();
        self.take_counters(fitted)?;
        let mut opened: Vec<OpenedLeg> = Vec::with_capacity(legs.len());
        for (index, leg) in legs.iter().enumerate() {
            // Earlier legs of this hold are not pending yet: count them in.
            let so_far: i64 = opened.iter().filter(|o| o.debit == leg.debit).map(|o| o.amount).sum();
            let incoming: i64 = opened.iter().filter(|o| o.credit == leg.credit).map(|o| o.amount).sum();
            self.check_hold_balance(index, leg, so_far, incoming)?;
            let taken: Vec<Earmark> =
                opened.iter().filter(|o| o.debit == leg.debit).flat_map(|o| o.earmarks.clone()).collect();
            let earmarks = self.earmarks(&leg.debit, leg.amount, &taken);
            opened.push(OpenedLeg { debit: leg.debit, credit: leg.credit, amount: leg.amount, earmarks });
        }
        let expires_at = seconds.map(|s| self.book.now.plus_seconds(s));
        self.effect(Effect::HoldOpened { hold: id, expires_at, legs: opened, counters })?;
        self.hold = Some(id);
        Ok(())
    }

    fn check_hold_balance(&self, index: usize, leg: &Leg, so_far: i64, incoming: i64) -> Result<(), Refusal> {
        let posting = u32::try_from(index).unwrap_or(u32::MAX);
        let debit = self.account(&leg.debit)?;
        let available = debit.available().saturating_sub(so_far);
        if leg.amount > available {
            return Err(Refusal::InsufficientBalance {
                posting,
                account: leg.debit,
                available,
                missing: leg.amount.saturating_sub(available),
                asset: debit.terms.asset,
            });
        }
        let credit = self.account(&leg.credit)?;
        let room = credit.room().saturating_sub(incoming);
        if leg.amount > room {
            return Err(Refusal::CeilingExceeded {
                posting,
                account: leg.credit,
                room,
                asset: credit.terms.asset,
            });
        }
        Ok(())
    }

    /// A hold that was opened with a document is captured or voided by the command that changes the document, so that
    /// the two never disagree.
    pub fn check_owner_of_hold(&self, id: &Id, command: &Command) -> Result<(), Refusal> {
        if !command.documents.is_empty() {
            return Ok(());
        }
        let number = self.hold_row(id)?.opened_entry;
        // Opened in this very batch, or before it.
        let own = self.book.entries.iter().map(|(entry, _)| entry).find(|entry| entry.number == number);
        let opening = own.or_else(|| self.book.past.get(&number).map(|past| &past.entry));
        let opening = opening.ok_or(Refusal::EntryNotFound)?;
        match opening.effects.iter().any(|effect| matches!(effect, Effect::Document { .. })) {
            true => Err(Refusal::HoldOfDocument),
            false => Ok(()),
        }
    }

    /// Posts what was reserved. Steps: amount, then state, then status.
    pub fn capture(&mut self, id: &Id, amounts: Option<&[i64]>, keep_open: bool) -> Result<(), Refusal> {
        let hold = self.hold_row(id)?;
        let pending = hold.state == HoldState::Pending;
        let left: Vec<i64> = hold.legs.iter().map(|l| if pending { l.left() } else { l.amount }).collect();
        let wanted: Vec<i64> = amounts.map_or_else(|| left.clone(), <[i64]>::to_vec);
        if wanted.len() != left.len() {
            return Err(Refusal::LegsMismatch { legs: u32::try_from(left.len()).unwrap_or(u32::MAX) });
        }
        for ((wanted, left), leg) in wanted.iter().zip(&left).zip(&hold.legs) {
            if *wanted < 0 || wanted > left {
                let asset = self.account(&leg.debit)?.terms.asset;
                return Err(Refusal::CaptureExceedsHold { left: *left, asset });
            }
        }
        check_pending(&hold)?;
        self.check_status(hold.legs.iter().flat_map(|l| [l.debit, l.credit]))?;
        for (leg, amount) in hold.legs.iter().zip(&wanted) {
            if *amount > 0 {
                let mut consumed = self.consume_earmarks(&leg.earmarks, *amount)?;
                self.check_dates(&leg.debit, &consumed)?;
                // A hold from before the account kept lots has earmarked none.
                let earmarked = consumed.iter().fold(0_i64, |sum, part| sum.saturating_add(part.amount));
                let rest = amount.saturating_sub(earmarked);
                if rest > 0 {
                    consumed.extend(self.consume_lots(&leg.debit, rest, &[])?);
                }
                self.open_lots(&leg.credit, *amount, None, &consumed)?;
                self.posting(leg.debit, leg.credit, *amount, None)?;
            }
        }
        self.effect(Effect::HoldCaptured { hold: *id, amounts: wanted.clone() })?;
        self.hold = Some(*id);
        if keep_open {
            return Ok(());
        }
        let rest: Vec<i64> =
            hold.legs.iter().zip(&wanted).map(|(leg, amount)| leg.left().saturating_sub(*amount)).collect();
        if rest.iter().any(|amount| *amount > 0) {
            for ((leg, skip), amount) in hold.legs.iter().zip(&wanted).zip(&rest) {
                self.release_earmarks(&leg.earmarks, (*skip, *amount), self.book.now)?;
            }
            self.effect(Effect::HoldReleased { hold: *id, amounts: rest, resolution: HoldState::Captured })?;
            self.give_back_counters(id)?;
        }
        Ok(())
    }

    /// Goods past their best-before date are never handed out, also not when they were set aside before.
    fn check_dates(&self, shelf: &Id, consumed: &[Consumed]) -> Result<(), Refusal> {
        let Asset::Stock(offer) = self.account(shelf)?.terms.asset else { return Ok(()) };
        match consumed.iter().any(|part| part.lot.is_due(self.book.now)) {
            true => Err(Refusal::GoodsPastDate { offer }),
            false => Ok(()),
        }
    }

    /// Gives everything back. Allowed on frozen accounts: it only gives back.
    pub fn release(&mut self, id: &Id, resolution: HoldState) -> Result<(), Refusal> {
        let hold = self.hold_row(id)?;
        check_pending(&hold)?;
        let rest: Vec<i64> = hold.legs.iter().map(|leg| leg.left()).collect();
        // What expired came back at that moment, whenever the ledger processes it.
        let ran_out = hold.expires_at.filter(|_| resolution == HoldState::Expired);
        let back_at = ran_out.unwrap_or(self.book.now);
        for (leg, amount) in hold.legs.iter().zip(&rest) {
            self.release_earmarks(&leg.earmarks, (0, *amount), back_at)?;
        }
        self.effect(Effect::HoldReleased { hold: *id, amounts: rest, resolution })?;
        self.hold = Some(*id);
        self.give_back_counters(id)
    }

    /// After the release: counters of amounts get back what was not captured of the first leg, fixed ones only if
    /// nothing was captured at all.
    fn give_back_counters(&mut self, id: &Id) -> Result<(), Refusal> {
        let hold = self.hold_row(id)?;
        let Some(first) = hold.legs.first() else { return Ok(()) };
        let nothing_captured = hold.legs.iter().all(|leg| leg.captured == 0);
        for counter in &hold.counters {
            let amount = match counter.measure {
                Measure::Amount => first.released,
                Measure::Fixed if nothing_captured => counter.amount,
                Measure::Fixed | Measure::Tally => 0,
            };
            if amount > 0 {
                self.effect(Effect::CounterGiven { counter: CounterUse { amount, ..counter.clone() } })?;
            }
        }
        Ok(())
    }
}

/// A second attempt gets the resolution of the hold.
fn check_pending(hold: &Hold) -> Result<(), Refusal> {
    match hold.state {
        HoldState::Pending => Ok(()),
        HoldState::Captured => Err(Refusal::HoldAlreadyCaptured),
        HoldState::Voided => Err(Refusal::HoldVoided),
        HoldState::Expired => Err(Refusal::HoldExpired),
    }
}

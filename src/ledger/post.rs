//! Postings: awards, transfers, settlements, goods in: everything that moves value at once.

use super::command::{Command, Leg};
use super::counters;
use super::draft::Draft;
use crate::domain::amount::MAX_MINOR;
use crate::domain::id::Id;
use crate::domain::ledger::account::{Account, AccountStatus, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::Effect;
use crate::domain::ledger::receipt::{Grant, OwedReceipt};
use crate::domain::refusal::Refusal;

/// Maximum number of legs of an entry.
pub const MAX_LEGS: usize = 100;

fn at(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Step 2: the shape of legs, before anything is looked up.
pub(super) fn check_shape(legs: &[Leg]) -> Result<(), Refusal> {
    if legs.len() > MAX_LEGS {
        return Err(Refusal::TooManyPostings { limit: at(MAX_LEGS) });
    }
    for (index, leg) in legs.iter().enumerate() {
        if leg.debit == leg.credit {
            return Err(Refusal::SameAccount { posting: at(index) });
        }
        if leg.amount <= 0 {
            return Err(Refusal::AmountNotPositive { posting: at(index) });
        }
        if leg.amount > MAX_MINOR {
            return Err(Refusal::AmountOverflow { posting: at(index) });
        }
    }
    Ok(())
}

impl Draft<'_> {
    pub fn account(&self, id: &Id) -> Result<&Account, Refusal> {
        self.book.accounts.get(id).ok_or(Refusal::AccountNotFound { account: *id })
    }

    /// Step 3: both accounts exist and hold one asset.
    pub fn check_existence(&self, legs: &[Leg]) -> Result<(), Refusal> {
        for (index, leg) in legs.iter().enumerate() {
            let (debit, credit) = (self.account(&leg.debit)?, self.account(&leg.credit)?);
            if debit.terms.asset != credit.terms.asset {
                return Err(Refusal::AssetMismatch { posting: at(index) });
            }
            for account in [debit, credit].map(|row| &row.terms).into_iter() {
                if account.purpose == Purpose::Owed {
                    return Err(Refusal::AccountReserved { account: account.id });
                }
            }
        }
        Ok(())
    }

    /// Step 5: no account of the legs is frozen or closed.
    pub fn check_status(&self, accounts: impl IntoIterator<Item = Id>) -> Result<(), Refusal> {
        for account in accounts {
            match self.account(&account)?.status {
                AccountStatus::Open => {}
                AccountStatus::Frozen => return Err(Refusal::AccountFrozen { account }),
                AccountStatus::Closed => return Err(Refusal::AccountClosed { account }),
            }
        }
        Ok(())
    }

    /// Step 7: the sums hold the amounts, also added up over the legs.
    pub fn check_overflow(&self, legs: &[Leg]) -> Result<(), Refusal> {
        let mut sums = std::collections::BTreeMap::new();
        for (index, leg) in legs.iter().enumerate() {
            let overflow = Refusal::AmountOverflow { posting: at(index) };
            for (account, debit) in [(leg.debit, true), (leg.credit, false)] {
                let row = self.account(&account)?;
                let base = if debit {
                    row.debits_posted.checked_add(row.debits_pending)
                } else {
                    row.credits_posted.checked_add(row.credits_pending)
                };
                let sum = sums.entry((account, debit)).or_insert(0_i64);
                *sum = sum.checked_add(leg.amount).ok_or_else(|| overflow.clone())?;
                base.and_then(|b| b.checked_add(*sum)).ok_or_else(|| overflow.clone())?;
            }
        }
        Ok(())
    }

    /// Step 8: minimum and maximum balance, for one leg at its turn.
    pub fn check_balance(&self, index: usize, leg: &Leg) -> Result<(), Refusal> {
        let debit = self.account(&leg.debit)?;
        let available = debit.available();
        if leg.amount > available {
            return Err(Refusal::InsufficientBalance {
                posting: at(index),
                account: leg.debit,
                available,
                missing: leg.amount.saturating_sub(available),
                asset: debit.terms.asset,
            });
        }
        let credit = self.account(&leg.credit)?;
        if leg.amount > credit.room() {
            return Err(Refusal::CeilingExceeded {
                posting: at(index),
                account: leg.credit,
                room: credit.room(),
                asset: credit.terms.asset,
            });
        }
        Ok(())
    }

    pub fn take_counters(&mut self, fitted: counters::Fitted) -> Result<(), Refusal> {
        for (counter, limit) in fitted.uses {
            self.effect(Effect::CounterTaken { counter, limit })?;
        }
        Ok(())
    }

    /// Steps 3 to 8 of a posting command, and the posting itself.
    pub fn post(
        &mut self,
        command: &Command,
        legs: &[Leg],
        partial: bool,
        up_to: bool,
    ) -> Result<(), Refusal> {
        self.check_existence(legs)?;
        self.check_status(legs.iter().flat_map(|l| [l.debit, l.credit]))?;
        self.must_owe_nothing(legs)?;
        let worth = command.climb.as_ref().map(|climb| self.climb(command, climb, 0)).transpose()?;
        let legs = worth.map_or_else(|| Ok(legs.to_vec()), |worth| self.legs_of_worth(legs, worth))?;
        let mut legs = self.cut_to_caps(command, &legs, partial)?;
        // A deduction takes no more than what is there.
        if up_to || worth.is_some_and(|worth| worth < 0) {
            legs = self.cut_to_what_is_there(legs)?;
        }
        if let Some(worth) = worth.filter(|worth| *worth <= 0) {
            let caps = Vec::new();
            self.effect(Effect::Granted { legs: Vec::new(), desired: worth, granted: worth, caps })?;
            self.grant = Some(Grant { desired: worth, granted: worth, caps: Vec::new() });
        }
        self.check_overflow(&legs)?;
        for (index, leg) in legs.iter().enumerate() {
            self.check_balance(index, leg)?;
            self.move_leg(leg)?;
        }
        Ok(())
    }

    /// Cuts each leg down to what may be taken now. The part of a purse that is on hold is owed: it pays when it
    /// comes back.
    pub(super) fn cut_to_what_is_there(&mut self, legs: Vec<Leg>) -> Result<Vec<Leg>, Refusal> {
        let mut cut = Vec::with_capacity(legs.len());
        let mut short = Vec::new();
        for leg in legs {
            let (debit, room) = (self.account(&leg.debit)?, self.account(&leg.credit)?.room());
            let terms = debit.terms.clone();
            let (spared, free) = self.spared(&leg.debit);
            let there = debit.balance().saturating_sub(terms.floor.unwrap_or(0)).saturating_sub(spared);
            let there = there.min(leg.amount);
            let available = debit.available().saturating_sub(free);
            let taken = leg.amount.min(available).min(room).max(0);
            if terms.floor.is_some() && there > taken && room > taken {
                let left = there.saturating_sub(taken);
                // A purse owes it; a shelf only keeps it. What is owed already is not lost a second time.
                let owed = left.min(there.saturating_sub(self.book.owed(&leg.debit)).saturating_sub(taken));
                let owed = owed.min(room.saturating_sub(taken)).max(0);
                let owed = if terms.is_purse() { owed } else { 0 };
                self.owed.push(OwedReceipt { purse: terms.id, asset: terms.asset, left, owed, paid: 0 });
                if owed > 0 {
                    let debit = self.open_owed(&terms)?;
                    short.push(Leg { debit, amount: owed, ..leg.clone() });
                }
            }
            cut.push(Leg { amount: taken, ..leg });
        }
        cut.extend(short);
        cut.retain(|leg| leg.amount > 0);
        Ok(cut)
    }

    /// What this entry must not take of an account, and the part of it that is not on hold.
    fn spared(&self, account: &Id) -> (i64, i64) {
        if !self.spares_gifts() {
            return (0, 0);
        }
        let lots = self.book.open_lots(account).into_iter().filter(|lot| lot.given);
        lots.fold((0, 0), |(all, free), lot| {
            (lot.remaining.saturating_add(all), lot.free().saturating_add(free))
        })
    }

    /// Who owes gives nothing away.
    fn must_owe_nothing(&self, legs: &[Leg]) -> Result<(), Refusal> {
        match legs.iter().map(|leg| self.book.owed(&leg.debit)).find(|owed| *owed > 0) {
            Some(owed) if self.is_gift() => Err(Refusal::GiverOwes { owed, asset: Asset::Point }),
            _ => Ok(()),
        }
    }

    /// Step 6: counters. Capped legs are cut down when `partial`, and dropped when nothing is left of them.
    fn cut_to_caps(&mut self, command: &Command, legs: &[Leg], partial: bool) -> Result<Vec<Leg>, Refusal> {
        let desired = legs.iter().filter(|l| l.capped).map(|l| l.amount).max().unwrap_or(0);
        let fitted = counters::fit(self.book, command, desired, partial)?;
        let granted = fitted.granted;
        let mut cut = legs.to_vec();
        for leg in cut.iter_mut().filter(|l| l.capped) {
            leg.amount = leg.amount.min(granted);
        }
        cut.retain(|leg| leg.amount > 0);
        if cut.is_empty() && !legs.is_empty() {
            return Err(counters::fullest(self.book, command).unwrap_or(Refusal::NothingToPost));
        }
        if desired > 0 {
            let caps = fitted.bitten.clone();
            let legs = (0_i32..).zip(&cut).filter(|(_, l)| l.capped).map(|(index, _)| index).collect();
            self.effect(Effect::Granted { legs, desired, granted, caps: caps.clone() })?;
            self.grant = Some(Grant { desired, granted, caps });
        }
        self.take_counters(fitted)?;
        Ok(cut)
    }

    /// Moves one checked leg, with its lots.
    pub fn move_leg(&mut self, leg: &Leg) -> Result<(), Refusal> {
        let consumed = self.consume_lots(&leg.debit, leg.amount, &[])?;
        self.open_lots(&leg.credit, leg.amount, leg.expires_at, &consumed)?;
        self.posting(leg.debit, leg.credit, leg.amount, None)
    }
}

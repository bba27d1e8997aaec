//! Merges: the accounts of a duplicate become aliases of those of the file that stays.
//!
//! A posting moves the balance, so that every account is still the sum of its postings; one effect a pair moves lots
//! and holds. Nothing that was posted is rewritten: readers add up the accounts of one file ([`Account::merged`]),
//! and the posting of the merge, which is on both sides of that sum, cancels out on every day.
//!
//! [`Account::merged`]: crate::domain::ledger::account::Account::merged

use super::command::Leg;
use super::draft::Draft;
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountStatus, HoldState, LotId};
use crate::domain::ledger::entry::Effect;
use crate::domain::refusal::Refusal;
use std::collections::BTreeSet;

impl Draft<'_> {
    pub fn merge(&mut self, pairs: &[(Id, Id)]) -> Result<(), Refusal> {
        for (index, (from, to)) in pairs.iter().enumerate() {
            self.merge_pair(index, *from, self.book.account_meant(*to))?;
        }
        Ok(())
    }

    fn merge_pair(&mut self, index: usize, from: Id, to: Id) -> Result<(), Refusal> {
        let posting = u32::try_from(index).unwrap_or(u32::MAX);
        if self.account(&from)?.merged.is_some() || from == to {
            return Err(Refusal::SameAccount { posting });
        }
        if self.account(&from)?.terms.asset != self.account(&to)?.terms.asset {
            return Err(Refusal::AssetMismatch { posting });
        }
        if self.account(&from)?.status != AccountStatus::Closed {
            self.check_status([from])?;
        }
        self.check_status([to])?;
        let holds = self.pending_of(from, to)?;
        self.check_sum(posting, from, to)?;
        let balance = self.account(&from)?.balance();
        let (debit, credit) = if balance < 0 { (to, from) } else { (from, to) };
        if balance != 0 {
            let leg = Leg::plain(debit, credit, balance.saturating_abs());
            self.check_overflow(std::slice::from_ref(&leg))?;
            self.posting(debit, credit, leg.amount, None)?;
        }
        let lots: Vec<LotId> = self.book.open_lots(&from).into_iter().map(|lot| lot.id).collect();
        self.effect(Effect::AccountMerged { from, to, lots, holds })
    }

    /// The holds that still reserve something of the duplicate's account.
    fn pending_of(&self, from: Id, to: Id) -> Result<Vec<Id>, Refusal> {
        let mut pending = BTreeSet::new();
        for (id, hold) in self.book.holds.iter().filter(|(_, hold)| hold.state == HoldState::Pending) {
            let on = |account: Id| hold.legs.iter().any(|leg| leg.debit == account || leg.credit == account);
            let between = |leg: &crate::domain::ledger::account::HoldLeg| {
                (leg.debit, leg.credit) == (from, to) || (leg.debit, leg.credit) == (to, from)
            };
            if hold.legs.iter().any(between) {
                // A hold between the two would become one within one account: it must be voided first.
                return Err(Refusal::WrongState { what: "merge".into(), state: "holds_between".into() });
            }
            if on(from) {
                pending.insert(*id);
            }
        }
        Ok(pending.into_iter().collect())
    }

    /// Checks that the sum is within the bounds of the account that stays.
    fn check_sum(&self, posting: u32, from: Id, to: Id) -> Result<(), Refusal> {
        let (duplicate, stays) = (self.account(&from)?, self.account(&to)?);
        let asset = stays.terms.asset;
        let overflow = Refusal::AmountOverflow { posting };
        let sum = duplicate.balance().checked_add(stays.balance()).ok_or(overflow.clone())?;
        let pending = duplicate.debits_pending.checked_add(stays.debits_pending).ok_or(overflow)?;
        let free = sum.saturating_sub(pending);
        if let Some(floor) = stays.terms.floor.filter(|floor| free < *floor) {
            let missing = floor.saturating_sub(free);
            return Err(Refusal::InsufficientBalance { posting, account: to, available: 0, missing, asset });
        }
        if let Some(ceiling) = stays.terms.ceiling.filter(|ceiling| sum > *ceiling) {
            let room = ceiling.saturating_sub(stays.balance()).max(0);
            return Err(Refusal::CeilingExceeded { posting, account: to, room, asset });
        }
        Ok(())
    }
}

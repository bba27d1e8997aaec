//! Checks debts: what comes back pays them at once, and no debt exceeds what was taken back.

use super::{Replay, Stop, Words, found};
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, Purpose};
use crate::domain::ledger::entry::{Effect, Entry, EntryKind};
use std::collections::BTreeMap;

impl Replay {
    fn terms(&self, account: &Id) -> Option<&AccountTerms> {
        self.book.accounts.get(account).map(|row| &row.terms)
    }

    /// Whether an account is the one meant, or the other of purse and debts of the same owner.
    pub(super) fn is_of(&self, account: Id, meant: Id) -> bool {
        let pair = |a: &AccountTerms, b: &AccountTerms| a.is_purse() && a.owed().id == b.id;
        account == meant
            || match (self.terms(&account), self.terms(&meant)) {
                (Some(a), Some(b)) => pair(a, b) || pair(b, a),
                _ => false,
            }
    }

    /// Checks that the entry pays what the one before it brought back; and that its new debts were taken back.
    pub(super) fn check_owed(&mut self, entry: &Entry) -> Result<(), Stop> {
        let place = || format!("entries {}", entry.number);
        let mut paid: BTreeMap<Id, i64> = BTreeMap::new();
        // A merge moves debts as they are.
        let legs = if entry.kind == EntryKind::Merge { &[][..] } else { &entry.postings[..] };
        for (leg, posting) in (0_i32..).zip(legs) {
            let from_owed = self.terms(&posting.debit).is_some_and(|terms| terms.purpose == Purpose::Owed);
            let to_owed = self.terms(&posting.credit).is_some_and(|terms| terms.purpose == Purpose::Owed);
            let changed: i64 = entry.effects.iter().map(|effect| self.debt_of(effect, leg, entry)).sum();
            let expected = match (from_owed, to_owed) {
                (true, _) => posting.amount,
                (_, true) => posting.amount.saturating_neg(),
                _ => 0,
            };
            if changed != expected {
                return Err(found(
                    place(),
                    (
                        format!("第 {leg} 行与它记下或还清的待追回数不符"),
                        format!("leg {leg} does not agree with the debts that it opens or closes"),
                    ),
                ));
            }
            if from_owed && posting.reverses_leg.is_none() && !self.is_on_hold(posting.debit, posting.amount)
            {
                return Err(found(
                    place(),
                    (
                        format!("第 {leg} 行把没有追回过的记成待追回"),
                        format!("leg {leg} makes owed what was not taken back"),
                    ),
                ));
            }
            if to_owed && posting.reverses_leg.is_none() && entry.kind != EntryKind::Waiver {
                if !self.is_of(posting.debit, posting.credit) || entry.kind != EntryKind::Reclaim {
                    return Err(found(
                        place(),
                        (
                            format!("第 {leg} 行还的是别人的待追回"),
                            format!("leg {leg} pays what somebody else owes"),
                        ),
                    ));
                }
                let sum = paid.entry(posting.debit).or_default();
                *sum = sum.saturating_add(posting.amount);
            }
        }
        let due = std::mem::take(&mut self.must_pay);
        if let Some((purse, amount)) =
            due.iter().find(|(purse, amount)| paid.get(purse).unwrap_or(&0) < amount)
        {
            return Err(found(place(), unpaid(*purse, *amount)));
        }
        self.must_pay = self.book.must_pay(entry);
        Ok(())
    }

    /// Checks that no payment is due at the end of the chain.
    pub(super) fn check_paid(&self) -> Result<(), Stop> {
        let number = self.book.head.number;
        match self.must_pay.iter().next() {
            Some((purse, amount)) => Err(found(format!("entries {number}"), unpaid(*purse, *amount))),
            None => Ok(()),
        }
    }

    /// Points that existed and are owed nevertheless were on hold.
    fn is_on_hold(&self, owed: Id, amount: i64) -> bool {
        let purse = self.terms(&owed).map(AccountTerms::purse_id);
        let row = purse.and_then(|purse| self.book.accounts.get(&purse));
        row.is_some_and(|row| row.debits_pending >= amount)
    }

    /// By how much an effect of a leg changes the debts on an account of what is owed.
    fn debt_of(&self, effect: &Effect, leg: i32, entry: &Entry) -> i64 {
        let is_debt = |account: &Id| self.terms(account).is_some_and(|terms| terms.purpose == Purpose::Owed);
        match effect {
            Effect::LotOpened { leg: of, account, amount, .. } if *of == leg && is_debt(account) => *amount,
            Effect::LotConsumed { leg: of, lot, amount, .. }
                if *of == leg
                    && lot.entry < entry.number
                    && self.book.lots.get(lot).is_some_and(|row| is_debt(&row.account)) =>
            {
                amount.saturating_neg()
            }
            _ => 0,
        }
    }
}

fn unpaid(purse: Id, amount: i64) -> Words {
    Words::new(
        format!("有 {amount} 回到账户 {purse}，却没有先还待追回"),
        format!("{amount} came back to account {purse} and did not pay what is owed"),
    )
}

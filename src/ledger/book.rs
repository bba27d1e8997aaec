//! The Book: an identity map with an undo log over what a batch touches.

use super::command::{StoredAnswer, WatchKind};
use super::shelf::Shelf;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{
    Account, AccountStatus, AccountTerms, CounterId, Hold, HoldLeg, HoldState, Lot, LotId, MergedInto,
    Purpose,
};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Effect, Entry, Posting, moved};
use crate::domain::time::{Day, Moment};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// The head of a bank's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub number: i64,
    pub hash: [u8; 32],
    pub recorded_at: Moment,
    /// No redemption or movement of stock may take effect before this: it is settled.
    pub closed_until: Option<Moment>,
    /// Nothing at all may take effect before this: the end of the last closed year.
    pub year_closed_until: Option<Moment>,
}

/// An earlier entry that is to be reversed, with what has been taken back of it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub entry: Entry,
    pub reversed: Reversed,
}

/// What reversals have taken back of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reversed {
    pub legs: BTreeMap<i32, i64>,
    /// Amount restored of each lot that the entry consumed, by leg.
    pub lots: BTreeMap<(i32, LotId), i64>,
    /// Amount given back to each counter that the entry took from.
    pub counters: BTreeMap<CounterId, i64>,
    /// By how much the counter of the deed's own group was moved back.
    pub moved: i64,
}

impl Reversed {
    /// Adds what one reversing entry took back.
    pub fn add(&mut self, postings: &[Posting], effects: &[Effect]) {
        let legs: Vec<Option<i32>> = postings.iter().map(|p| p.reverses_leg).collect();
        for posting in postings {
            if let Some(leg) = posting.reverses_leg {
                let so_far = self.legs.entry(leg).or_default();
                *so_far = so_far.saturating_add(posting.amount);
            }
        }
        self.moved = self.moved.saturating_add(moved(effects));
        let original = |leg: &i32| usize::try_from(*leg).ok().and_then(|l| legs.get(l).copied()).flatten();
        for effect in effects {
            match effect {
                Effect::LotRestored { leg, lot, amount, .. }
                | Effect::LotOpened { leg, from: Some(lot), amount, .. } => {
                    if let Some(leg) = original(leg) {
                        let so_far = self.lots.entry((leg, *lot)).or_default();
                        *so_far = so_far.saturating_add(*amount);
                    }
                }
                Effect::CounterGiven { counter } => {
                    let so_far = self.counters.entry(counter.id()).or_default();
                    *so_far = so_far.saturating_add(counter.amount);
                }
                _ => {}
            }
        }
    }
}

/// Sums of one account on one effective day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayTotal {
    pub debits: i64,
    pub credits: i64,
}

/// The working set of a batch, dropped after it.
#[derive(Clone, Debug)]
pub struct Book {
    pub bank: BankId,
    pub zone: Tz,
    /// One moment for the whole batch.
    pub now: Moment,
    pub head: Head,
    pub accounts: Shelf<Id, Account>,
    pub lots: Shelf<LotId, Lot>,
    /// Known open lots of an account (and those that this batch opened or used up).
    pub lots_of: Shelf<Id, Vec<LotId>>,
    /// Lots past their expiry, of accounts that are only credited.
    pub due_lots_of: Shelf<Id, Vec<LotId>>,
    pub holds: Shelf<Id, Hold>,
    pub due_holds_of: Shelf<Id, Vec<Id>>,
    /// Pending holds of accounts that are to be merged.
    pub pending_holds_of: Shelf<Id, Vec<Id>>,
    pub counters: Shelf<CounterId, i64>,
    /// Of counters of the highest: how many deeds of each worth stand.
    pub highest: Shelf<CounterId, BTreeMap<i64, i64>>,
    /// What this batch moved, by account and effective day; added to the stored totals.
    pub day_totals: Shelf<(Id, Day), DayTotal>,
    pub answers: Shelf<(String, Id), StoredAnswer>,
    pub past: Shelf<i64, Past>,
    pub documents: Shelf<(DocumentKind, Id), Document>,
    pub versions: Shelf<(WatchKind, Id), i64>,
    /// Entries made in this batch, with the canonical texts of their effects.
    pub entries: Vec<(Entry, String)>,
    pub notes: Vec<(i64, super::command::Note)>,
    /// [`Book::expired_account`] of points: derived once, used by every command.
    expired_points: Id,
}

fn expired_account(bank: BankId, asset: Asset) -> Id {
    AccountTerms::id_of(bank.owner(), asset, Purpose::Expired)
}

/// A point to which the Book can be rolled back.
#[derive(Debug)]
pub struct Mark {
    shelves: [usize; 14],
    head: Head,
    entries: usize,
    notes: usize,
}

impl Book {
    /// An empty Book at the head of a bank. `now` is never before the head.
    pub fn new(bank: BankId, zone: Tz, head: Head, now: Moment) -> Self {
        Book {
            bank,
            zone,
            now: now.max(head.recorded_at),
            head,
            accounts: Shelf::default(),
            lots: Shelf::default(),
            lots_of: Shelf::default(),
            due_lots_of: Shelf::default(),
            holds: Shelf::default(),
            due_holds_of: Shelf::default(),
            pending_holds_of: Shelf::default(),
            counters: Shelf::default(),
            highest: Shelf::default(),
            day_totals: Shelf::default(),
            answers: Shelf::default(),
            past: Shelf::default(),
            documents: Shelf::default(),
            versions: Shelf::default(),
            entries: Vec::new(),
            notes: Vec::new(),
            expired_points: expired_account(bank, Asset::Point),
        }
    }

    /// The account that receives expired lots of an asset.
    pub fn expired_account(&self, asset: Asset) -> Id {
        if asset == Asset::Point { self.expired_points } else { expired_account(self.bank, asset) }
    }

    pub fn mark(&self) -> Mark {
        Mark {
            shelves: [
                self.accounts.mark(),
                self.lots.mark(),
                self.lots_of.mark(),
                self.due_lots_of.mark(),
                self.holds.mark(),
                self.due_holds_of.mark(),
                self.pending_holds_of.mark(),
                self.counters.mark(),
                self.highest.mark(),
                self.day_totals.mark(),
                self.answers.mark(),
                self.past.mark(),
                self.documents.mark(),
                self.versions.mark(),
            ],
            head: self.head.clone(),
            entries: self.entries.len(),
            notes: self.notes.len(),
        }
    }

    pub fn roll_back(&mut self, mark: Mark) {
        let [
            accounts,
            lots,
            lots_of,
            due_lots,
            holds,
            due_holds,
            pending_holds,
            counters,
            highest,
            days,
            answers,
            past,
            documents,
            versions,
        ] = mark.shelves;
        self.accounts.roll_back(accounts);
        self.lots.roll_back(lots);
        self.lots_of.roll_back(lots_of);
        self.due_lots_of.roll_back(due_lots);
        self.holds.roll_back(holds);
        self.due_holds_of.roll_back(due_holds);
        self.pending_holds_of.roll_back(pending_holds);
        self.counters.roll_back(counters);
        self.highest.roll_back(highest);
        self.day_totals.roll_back(days);
        self.answers.roll_back(answers);
        self.past.roll_back(past);
        self.documents.roll_back(documents);
        self.versions.roll_back(versions);
        self.head = mark.head;
        self.entries.truncate(mark.entries);
        self.notes.truncate(mark.notes);
    }

    /// Makes all changes final, so that a long replay keeps no undo log.
    pub fn settle(&mut self) {
        self.accounts.settle();
        self.lots.settle();
        self.lots_of.settle();
        self.holds.settle();
        self.counters.settle();
        self.highest.settle();
        self.day_totals.settle();
    }

    /// The known lots of an account, some perhaps twice.
    pub fn known_lots(&self, account: &Id) -> impl Iterator<Item = &Lot> {
        let known = [self.lots_of.get(account), self.due_lots_of.get(account)];
        let known = known.into_iter().flatten().flatten();
        known.filter_map(|id| self.lots.get(id)).filter(|lot| lot.remaining > 0)
    }

    /// The lots of an account with something remaining, in spending order.
    pub fn open_lots(&self, account: &Id) -> Vec<Lot> {
        let mut open: Vec<Lot> = self.known_lots(account).cloned().collect();
        open.sort_by_key(Lot::spending_order);
        open.dedup_by_key(|lot| lot.id);
        open
    }

    /// Applies a posting to the accounts' sums and day totals, and returns both balances after it. `None` if an
    /// account is unknown or a sum would overflow: then nothing has changed.
    pub fn apply_posting(&mut self, debit: Id, credit: Id, amount: i64, day: Day) -> Option<(i64, i64)> {
        let balances = self.apply_to_accounts(debit, credit, amount)?;
        let mut total = self.day_totals.get(&(debit, day)).copied().unwrap_or_default();
        total.debits = total.debits.saturating_add(amount);
        self.day_totals.put((debit, day), total);
        let mut total = self.day_totals.get(&(credit, day)).copied().unwrap_or_default();
        total.credits = total.credits.saturating_add(amount);
        self.day_totals.put((credit, day), total);
        Some(balances)
    }

    /// The same without the day totals.
    pub fn apply_to_accounts(&mut self, debit: Id, credit: Id, amount: i64) -> Option<(i64, i64)> {
        let mut from = self.accounts.get(&debit)?.clone();
        let mut to = self.accounts.get(&credit)?.clone();
        from.debits_posted = from.debits_posted.checked_add(amount)?;
        to.credits_posted = to.credits_posted.checked_add(amount)?;
        let balances = (from.balance(), to.balance());
        self.accounts.put(debit, from);
        self.accounts.put(credit, to);
        Some(balances)
    }

    /// Applies an effect to the running state. Both `decide` and `verify` use this function, so that what is stored
    /// and what is recomputed cannot diverge. `None`: the effect refers to something that does not exist.
    pub fn apply_effect(&mut self, number: i64, ordinal: i32, effect: &Effect) -> Option<()> {
        match effect {
            Effect::AccountOpened(terms) => {
                if self.accounts.get(&terms.id).is_some() {
                    return None;
                }
                self.accounts.put(terms.id, Account::opened(terms.clone(), number));
            }
            Effect::AccountStatus { account, status } => self.set_status(account, *status)?,
            Effect::LotsKept { account } => {
                let mut row = self.accounts.get(account)?.clone();
                row.terms.lots = true;
                self.accounts.put(*account, row);
            }
            Effect::LotOpened { account, amount, expires_at, given, .. } => {
                let id = LotId { entry: number, ordinal };
                let lot = Lot {
                    id,
                    account: *account,
                    amount: *amount,
                    remaining: *amount,
                    earmarked: 0,
                    expires_at: *expires_at,
                    given: *given,
                };
                self.lots.put(id, lot);
                self.list_lot(id)?;
            }
            Effect::LotConsumed { lot, amount, earmarked, .. } => {
                self.change_lot(lot, |lot| {
                    lot.remaining = lot.remaining.checked_sub(*amount).filter(|n| *n >= 0)?;
                    if *earmarked {
                        lot.earmarked = lot.earmarked.checked_sub(*amount).filter(|n| *n >= 0)?;
                    }
                    Some(())
                })?;
            }
            Effect::LotRestored { lot, amount, .. } => {
                self.change_lot(lot, |lot| {
                    lot.remaining = lot.remaining.checked_add(*amount).filter(|n| *n <= lot.amount)?;
                    Some(())
                })?;
                self.move_lot_of_merged(lot)?;
                self.list_lot(*lot)?;
            }
            Effect::LotReleased { lot, amount } => self.change_lot(lot, |lot| {
                lot.earmarked = lot.earmarked.checked_sub(*amount).filter(|n| *n >= 0)?;
                Some(())
            })?,
            Effect::HoldOpened { hold, expires_at, legs, counters } => {
                let legs: Vec<HoldLeg> = legs
                    .iter()
                    .map(|l| HoldLeg {
                        debit: l.debit,
                        credit: l.credit,
                        amount: l.amount,
                        captured: 0,
                        released: 0,
                        earmarks: l.earmarks.clone(),
                    })
                    .collect();
                for leg in &legs {
                    self.add_pending(leg, leg.amount)?;
                    for earmark in &leg.earmarks {
                        self.change_lot(&earmark.lot, |lot| {
                            lot.earmarked = lot.earmarked.checked_add(earmark.amount)?;
                            (lot.earmarked <= lot.remaining).then_some(())
                        })?;
                    }
                }
                let row = Hold {
                    id: *hold,
                    state: HoldState::Pending,
                    expires_at: *expires_at,
                    opened_entry: number,
                    legs,
                    counters: counters.clone(),
                };
                self.holds.put(*hold, row);
            }
            Effect::HoldCaptured { hold, amounts } => self.resolve_hold(hold, amounts, None)?,
            Effect::HoldReleased { hold, amounts, resolution } => {
                self.resolve_hold(hold, amounts, Some(*resolution))?;
            }
            Effect::CounterTaken { counter, .. } => self.add_to_counter(counter.id(), counter.amount)?,
            Effect::CounterGiven { counter } => {
                self.add_to_counter(counter.id(), counter.amount.checked_neg()?)?;
            }
            Effect::CounterMoved { .. } => self.move_counter(effect)?,
            Effect::Granted { .. } | Effect::Document { .. } => {}
            Effect::PeriodClosed { until } => {
                self.head.closed_until = self.head.closed_until.max(Some(*until));
            }
            Effect::YearClosed { until } => {
                self.head.year_closed_until = self.head.year_closed_until.max(Some(*until));
            }
            Effect::AccountMerged { from, to, lots, holds } => {
                self.merge_account(number, (*from, *to), lots, holds)?;
            }
        }
        Some(())
    }

    /// The account that an id means: itself, or the one it was merged into.
    pub fn account_meant(&self, id: Id) -> Id {
        let mut meant = id;
        while let Some(merged) = self.accounts.get(&meant).and_then(|account| account.merged) {
            meant = merged.account;
        }
        meant
    }

    /// A used-up lot of a duplicate stays with its account until something comes back into it.
    fn move_lot_of_merged(&mut self, id: &LotId) -> Option<()> {
        let account = self.account_meant(self.lots.get(id)?.account);
        if self.lots.get(id)?.account == account {
            return Some(());
        }
        self.change_lot(id, |lot| {
            lot.account = account;
            Some(())
        })
    }

    /// The posting of the same entry has moved the balance; this moves lots and holds.
    fn merge_account(
        &mut self,
        number: i64,
        (from, to): (Id, Id),
        lots: &[LotId],
        holds: &[Id],
    ) -> Option<()> {
        for id in lots {
            if self.lots.get(id)?.account != from {
                return None;
            }
            self.change_lot(id, |lot| {
                lot.account = to;
                Some(())
            })?;
            self.list_lot(*id)?;
        }
        for id in holds {
            let mut hold = self.holds.get(id).filter(|hold| hold.state == HoldState::Pending)?.clone();
            for leg in &mut hold.legs {
                self.add_pending(leg, leg.left().checked_neg()?)?;
                for account in [&mut leg.debit, &mut leg.credit] {
                    if *account == from {
                        *account = to;
                    }
                }
                self.add_pending(leg, leg.left())?;
            }
            self.holds.put(*id, hold);
        }
        let mut row = self.accounts.get(&from)?.clone();
        let empty = row.balance() == 0 && row.debits_pending == 0 && row.credits_pending == 0;
        let home = self.accounts.get(&to)?;
        if !empty || row.merged.is_some() || home.merged.is_some() || from == to {
            return None;
        }
        row.status = AccountStatus::Closed;
        row.merged = Some(MergedInto { account: to, entry: number });
        self.accounts.put(from, row);
        self.lots_of.put(from, Vec::new());
        Some(())
    }

    fn set_status(&mut self, account: &Id, status: AccountStatus) -> Option<()> {
        let mut row = self.accounts.get(account)?.clone();
        row.status = status;
        self.accounts.put(*account, row);
        Some(())
    }

    fn change_lot(&mut self, id: &LotId, change: impl FnOnce(&mut Lot) -> Option<()>) -> Option<()> {
        let mut lot = self.lots.get(id)?.clone();
        change(&mut lot)?;
        self.lots.put(*id, lot);
        Some(())
    }

    /// Adds a lot to those of its account: a new one, or a used-up one that is refilled.
    fn list_lot(&mut self, id: LotId) -> Option<()> {
        let account = self.lots.get(&id)?.account;
        let mut known = self.lots_of.get(&account).cloned().unwrap_or_default();
        if !known.contains(&id) {
            known.push(id);
            self.lots_of.put(account, known);
        }
        Some(())
    }

    fn add_pending(&mut self, leg: &HoldLeg, amount: i64) -> Option<()> {
        let mut from = self.accounts.get(&leg.debit)?.clone();
        from.debits_pending = from.debits_pending.checked_add(amount).filter(|n| *n >= 0)?;
        self.accounts.put(leg.debit, from);
        let mut to = self.accounts.get(&leg.credit)?.clone();
        to.credits_pending = to.credits_pending.checked_add(amount).filter(|n| *n >= 0)?;
        self.accounts.put(leg.credit, to);
        Some(())
    }

    /// Takes `amounts` per leg out of pending: captured when `released` is `None`, else given back.
    fn resolve_hold(&mut self, id: &Id, amounts: &[i64], released: Option<HoldState>) -> Option<()> {
        let mut hold = self.holds.get(id)?.clone();
        if amounts.len() != hold.legs.len() {
            return None;
        }
        for (leg, amount) in hold.legs.iter_mut().zip(amounts) {
            self.add_pending(leg, amount.checked_neg()?)?;
            match released {
                None => leg.captured = leg.captured.checked_add(*amount)?,
                Some(_) => leg.released = leg.released.checked_add(*amount)?,
            }
            if leg.left() < 0 {
                return None;
            }
            take_earmarks(&mut leg.earmarks, *amount);
        }
        if hold.legs.iter().all(|leg| leg.left() == 0) {
            hold.state = released.unwrap_or(HoldState::Captured);
        }
        self.holds.put(*id, hold);
        Some(())
    }

    /// Moves the counter of a group, which may be below zero, or one of the highest, whose rows count deeds.
    fn move_counter(&mut self, effect: &Effect) -> Option<()> {
        let Effect::CounterMoved { counter, by, of, .. } = effect else { return None };
        let Some(before) = of else {
            let sum = self.counters.get(counter).copied().unwrap_or(0).checked_add(*by)?;
            self.counters.put(counter.clone(), sum);
            return Some(());
        };
        let mut live = self.highest.get(counter).cloned().unwrap_or_default();
        move_deed(&mut live, *before, *by)?;
        for (row, _) in effect.counted()? {
            let worth = row.key.rsplit_once('/').and_then(|(_, worth)| worth.parse::<i64>().ok())?;
            self.counters.put(row, live.get(&worth).copied().unwrap_or(0));
        }
        self.highest.put(counter.clone(), live);
        Some(())
    }

    fn add_to_counter(&mut self, id: CounterId, amount: i64) -> Option<()> {
        let used = self.counters.get(&id).copied().unwrap_or(0).checked_add(amount).filter(|n| *n >= 0)?;
        self.counters.put(id, used);
        Some(())
    }
}

/// A deed whose worth moves among those of which the highest counts.
pub(super) fn move_deed(live: &mut BTreeMap<i64, i64>, before: i64, by: i64) -> Option<()> {
    for (worth, by) in [(before, -1), (before.checked_add(by)?, 1)] {
        if worth > 0 {
            let deeds = live.entry(worth).or_default();
            *deeds = deeds.checked_add(by)?;
        }
    }
    Some(())
}

/// Removes `amount` from the front of the earmarks: captures and releases both go in spending order.
fn take_earmarks(earmarks: &mut Vec<crate::domain::ledger::account::Earmark>, amount: i64) {
    let mut left = amount;
    for earmark in earmarks.iter_mut() {
        let taken = earmark.amount.min(left);
        earmark.amount = earmark.amount.saturating_sub(taken);
        left = left.saturating_sub(taken);
    }
    earmarks.retain(|earmark| earmark.amount > 0);
}

//! What a replay keeps in memory of a history. Only what is still open is kept whole, without texts: of used-up lots
//! a few numbers, of ended holds and of day totals one sum for all of them, of counters a digest of their names.
//! Digests and sums have random keys in each run: a change cannot be made to fit them. They show whether everything
//! agrees; if it does not, the history is replayed once more with everything kept, to say what differs.

use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{CounterId, Hold, HoldState, Lot, LotId};
use crate::domain::time::{Day, Moment};
use crate::ledger::Book;
use crate::store::writer::rows::HoldRow;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};

/// 128-bit digests of values, under keys of this run.
#[derive(Default)]
pub(super) struct Prints(foldhash::quality::RandomState, foldhash::quality::RandomState);

impl Prints {
    pub fn of(&self, value: &impl Hash) -> u128 {
        let [high, low] = [&self.0, &self.1].map(|keys| u128::from(keys.hash_one(value)));
        (high << 64) | low
    }

    /// A 64-bit digest, for values that are compared with that of one key only.
    pub fn short(&self, value: &impl Hash) -> u64 {
        self.0.hash_one(value)
    }
}

/// A lot with nothing remaining.
struct UsedUp {
    account: Id,
    amount: i64,
    expires_at: Option<Moment>,
    given: bool,
}

/// The lots with nothing remaining; the Book has the others, and those of the current entry.
#[derive(Default)]
pub(super) struct UsedUpLots(foldhash::HashMap<LotId, UsedUp>);

impl UsedUpLots {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn get(&self, id: &LotId) -> Option<Lot> {
        self.0.get(id).map(|row| row.lot(*id))
    }

    /// Puts a lot back into the Book, for an entry that names it.
    pub fn restore(&mut self, book: &mut Book, id: &LotId) {
        if let Some(row) = self.0.remove(id) {
            book.lots.put(*id, row.lot(*id));
        }
    }

    /// Takes a lot that an entry has named out of the Book, if nothing remains of it.
    pub fn put_away(&mut self, book: &mut Book, id: &LotId) {
        let empty = |lot: &&Lot| lot.remaining == 0 && lot.earmarked == 0;
        let Some(lot) = book.lots.get(id).filter(empty) else { return };
        let row =
            UsedUp { account: lot.account, amount: lot.amount, expires_at: lot.expires_at, given: lot.given };
        if let Some(mut listed) = book.lots_of.let_go(&row.account) {
            listed.retain(|other| other != id);
            book.lots_of.put(row.account, listed);
        }
        book.lots.let_go(id);
        self.0.insert(*id, row);
    }

    pub fn ids(&self) -> impl Iterator<Item = &LotId> {
        self.0.keys()
    }
}

impl UsedUp {
    fn lot(&self, id: LotId) -> Lot {
        Lot {
            id,
            account: self.account,
            amount: self.amount,
            remaining: 0,
            earmarked: 0,
            expires_at: self.expires_at,
            given: self.given,
        }
    }
}

/// A number of values, and the sum of their digests, independent of their order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sum(u64, u128);

impl Sum {
    pub fn add(&mut self, print: u128) {
        *self = Sum(self.0.wrapping_add(1), self.1.wrapping_add(print));
    }

    /// Adds a part of a number: the sum of the parts equals that of the whole.
    pub fn add_number(&mut self, print: u128, number: i64) {
        let number = u128::from(number.unsigned_abs());
        self.1 = self.1.wrapping_add(print.wrapping_mul(number));
    }
}

/// What is kept as digests.
#[derive(Default)]
pub(super) struct Kept {
    pub prints: Prints,
    pub lots: UsedUpLots,
    /// Holds that have ended.
    pub holds: Sum,
    pub days: Sum,
    pub counters: foldhash::HashMap<u128, i64>,
}

impl Kept {
    /// Takes a hold that has ended out of the Book.
    pub fn put_away_hold(&mut self, book: &mut Book, id: &Id) {
        if book.holds.get(id).is_none_or(|hold| hold.state == HoldState::Pending) {
            return;
        }
        if let Some(hold) = book.holds.let_go(id) {
            self.holds.add(self.print_of_hold(&hold_rows(book.bank, &hold)));
        }
    }

    pub fn print_of_hold(&self, rows: &[HoldRow]) -> u128 {
        self.prints.of(&rows)
    }

    /// What moved on an account on a day: `in_` says on which side.
    pub fn add_to_day(&mut self, account: Id, day: Day, in_: bool, amount: i64) {
        let print = self.prints.of(&(account, day, in_));
        self.days.add_number(print, amount);
    }

    pub fn counter(&self, key: &str, window: &str) -> u128 {
        self.prints.of(&(key, window))
    }

    /// Counts up or down. `None`: below zero where that may not be, or an overflow.
    pub fn count(&mut self, counter: &CounterId, by: i64, may_be_negative: bool) -> Option<()> {
        let print = self.counter(&counter.key, &counter.window);
        let used = self.counters.entry(print).or_default();
        *used = used.checked_add(by).filter(|n| may_be_negative || *n >= 0)?;
        Some(())
    }
}

fn hold_rows(bank: BankId, hold: &Hold) -> Vec<HoldRow> {
    HoldRow::of(bank, hold)
}

/// Numbers of entries, one bit each.
#[derive(Default)]
pub(super) struct Numbers(Vec<u64>);

impl Numbers {
    fn place(number: i64) -> Option<(usize, u64)> {
        let number = u64::try_from(number).ok()?;
        Some((usize::try_from(number / 64).ok()?, 1_u64 << (number % 64)))
    }

    /// Returns whether it is new.
    pub fn insert(&mut self, number: i64) -> bool {
        let Some((word, bit)) = Self::place(number) else { return false };
        if self.0.len() <= word {
            self.0.resize(word.saturating_add(1), 0);
        }
        let Some(bits) = self.0.get_mut(word) else { return false };
        let new = *bits & bit == 0;
        *bits |= bit;
        new
    }

    pub fn contains(&self, number: i64) -> bool {
        Self::place(number).is_some_and(|(word, bit)| self.0.get(word).is_some_and(|bits| bits & bit != 0))
    }

    /// The first of these numbers, from `from` on, that `others` lacks.
    pub fn first_not_in(&self, others: &Numbers, from: i64, until: i64) -> Option<i64> {
        (from..=until).find(|number| self.contains(*number) && !others.contains(*number))
    }
}

/// Maps whose keys are digests.
pub(super) type ByDigest<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

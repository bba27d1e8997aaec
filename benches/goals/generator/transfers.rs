//! The rows of a generated ledger: pure, the same for the same seed.

use super::SeedData;
use chrono_tz::Tz;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::entry::{Asked, Entry, EntryKind, Posting};
use jianxian::domain::time::{Day, Moment};
use jianxian::ledger::{Head, chain};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;

/// The effective times are spread over this period before the ledger's head; the recorded times are after it.
const SPREAD_MICROS: i64 = 365 * 86_400 * 1_000_000;
/// Smallest units of each transfer.
const AMOUNT: i64 = 100;

/// What both databases write in each row.
pub const KIND: EntryKind = EntryKind::Transfer;
pub const METADATA: &str = "{}";

/// One entry with its one posting.
#[derive(Clone, Debug)]
pub struct Generated {
    pub number: i64,
    pub effective_at: Moment,
    pub recorded_at: Moment,
    pub posting: Posting,
    pub hash: [u8; 32],
}

/// Debits and credits of an account, or of an account on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub debits: i64,
    pub credits: i64,
}

/// Generates one entry after the other.
pub struct Generator {
    zone: Tz,
    pub head: Head,
    accounts: Vec<(Id, Sums)>,
    /// What was added to the day totals, by the account's position.
    days: HashMap<(usize, Day), Sums>,
    entry: Entry,
    effective_step: i64,
    day: Option<(Day, Moment)>,
    rng: ChaCha8Rng,
}

impl Generator {
    /// Continues from the bank's head and the sums of its accounts; `None` if an account of the seed is missing.
    pub fn new(seed: &SeedData, sums: &HashMap<Id, Sums>) -> Option<Self> {
        let accounts = std::iter::once(&seed.issuing).chain(seed.held.iter());
        let accounts = accounts.map(|id| Some((*id, *sums.get(id)?))).collect::<Option<_>>()?;
        let head = seed.head.clone();
        let entries = i64::try_from(seed.entries).unwrap_or(i64::MAX).max(1);
        let first = head.recorded_at.micros().saturating_sub(SPREAD_MICROS);
        let first = head.closed_until.map_or(first, |closed| first.max(closed.micros()));
        let entry = Entry {
            number: head.number,
            kind: KIND,
            effective_at: Moment::from_micros(first),
            recorded_at: head.recorded_at,
            actor: seed.actor,
            source: None,
            metadata: METADATA.to_owned(),
            note_digest: None,
            reverses: None,
            postings: Vec::new(),
            effects: Vec::new(),
            asked: Asked::WithoutKey,
            hash: head.hash,
        };
        Some(Self {
            zone: seed.zone,
            effective_step: head.recorded_at.micros().saturating_sub(first) / entries,
            head,
            accounts,
            days: HashMap::new(),
            entry,
            day: None,
            rng: ChaCha8Rng::seed_from_u64(seed.random),
        })
    }

    /// The next `count` entries; `None` if a sum would overflow.
    pub fn chunk(&mut self, count: usize) -> Option<Vec<Generated>> {
        (0..count).map(|_| self.one()).collect()
    }

    fn one(&mut self) -> Option<Generated> {
        let (debit, credit) = self.pair();
        let entry = &mut self.entry;
        entry.number = entry.number.checked_add(1)?;
        entry.effective_at =
            Moment::from_micros(entry.effective_at.micros().checked_add(self.effective_step)?);
        entry.recorded_at = Moment::from_micros(entry.recorded_at.micros().checked_add(1)?);
        let effective_at = entry.effective_at;
        let day = self.day_of(effective_at);
        let (debit_id, debit_balance) = self.add(debit, day, Sums { debits: AMOUNT, credits: 0 })?;
        let (credit_id, credit_balance) = self.add(credit, day, Sums { debits: 0, credits: AMOUNT })?;
        let posting = Posting {
            debit: debit_id,
            credit: credit_id,
            amount: AMOUNT,
            debit_balance,
            credit_balance,
            reverses_leg: None,
        };
        let entry = &mut self.entry;
        entry.postings.clear();
        entry.postings.push(posting.clone());
        entry.hash = chain::hash(&self.head.hash, entry, "");
        self.head.number = entry.number;
        self.head.hash = entry.hash;
        self.head.recorded_at = entry.recorded_at;
        Some(Generated {
            number: entry.number,
            effective_at: entry.effective_at,
            recorded_at: entry.recorded_at,
            posting,
            hash: entry.hash,
        })
    }

    /// Positions of the account to debit and the one to credit, never the same.
    fn pair(&mut self) -> (usize, usize) {
        let held = self.accounts.len().saturating_sub(1).max(1);
        let credit = self.rng.random_range(0..held);
        if self.entry.number % 2 == 0 || held == 1 {
            return (0, credit + 1);
        }
        let debit = self.rng.random_range(0..held - 1);
        (if debit < credit { debit + 1 } else { debit + 2 }, credit + 1)
    }

    /// Days come in order: the calendar is computed once for each.
    fn day_of(&mut self, moment: Moment) -> Day {
        match self.day {
            Some((day, end)) if moment < end => day,
            _ => {
                let day = moment.day(self.zone);
                self.day = Some((day, day.end(self.zone)));
                day
            }
        }
    }

    /// The account's id and its balance afterwards.
    fn add(&mut self, position: usize, day: Day, more: Sums) -> Option<(Id, i64)> {
        let (id, sums) = self.accounts.get_mut(position)?;
        *sums = sums.plus(more)?;
        let (id, balance) = (*id, sums.credits.checked_sub(sums.debits)?);
        let of_day = self.days.entry((position, day)).or_default();
        *of_day = of_day.plus(more)?;
        Some((id, balance))
    }

    /// The accounts with their sums.
    pub fn accounts(&self) -> &[(Id, Sums)] {
        &self.accounts
    }

    /// What was added to the day totals, in the order of the table's key.
    pub fn days(&self) -> Vec<(Id, Day, Sums)> {
        let row = |(&(position, day), sums): (&(usize, Day), &Sums)| {
            self.accounts.get(position).map(|(id, _)| (*id, day, *sums))
        };
        let mut rows: Vec<_> = self.days.iter().filter_map(row).collect();
        rows.sort_unstable_by_key(|(id, day, _)| (*id, *day));
        rows
    }
}

impl Sums {
    fn plus(self, more: Sums) -> Option<Sums> {
        Some(Sums {
            debits: self.debits.checked_add(more.debits)?,
            credits: self.credits.checked_add(more.credits)?,
        })
    }
}

//! Searches the journal by key, source, kind, actor, accounts, and by the days on which entries took effect.

use crate::domain::id::Id;
use crate::domain::time::{Days, Moment};
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::readers::on_days::on_days;
use crate::store::schema::{answers, entries, postings};
use diesel::dsl::not;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Minimum number of an account's lines that are read at a time.
const LINES: i64 = 200;

/// Filters for entries; `None` means no restriction.
#[derive(Clone, Debug, Default)]
pub struct EntryFilter {
    pub before: Option<i64>,
    /// Position in the order of effect: before this moment, and within it before the number.
    pub effective_before: Option<Moment>,
    pub key: Option<String>,
    pub source: Option<String>,
    pub actor: Option<Id>,
    /// Accounts posted to. Empty: any.
    pub accounts: Vec<Id>,
    /// Kinds. Empty: any.
    pub kinds: Vec<&'static str>,
    /// Took effect on these days.
    pub days: Days,
}

impl EntryFilter {
    /// Whether entries are listed by effective time instead of by number: days have an index, and filters by account
    /// or key have their own.
    pub fn by_effect(&self) -> bool {
        !self.days.are_all() && self.accounts.is_empty() && self.key.is_none()
    }
}

/// Entries that match, in no order.
macro_rules! fitting {
    ($tables:ident, $filter:ident) => {{
        let mut query = entries::table.filter(entries::bank_id.eq($tables.bank)).into_boxed();
        if let Some(source) = &$filter.source {
            query = query.filter(entries::source.eq(source));
        }
        if let Some(actor) = $filter.actor {
            query = match $filter.by_effect() {
                // The days decide: `NOT` keeps the planner from the index of actors.
                true => query.filter(not(entries::actor_id.ne(actor))),
                false => query.filter(entries::actor_id.eq(actor)),
            };
        }
        if !$filter.kinds.is_empty() {
            query = query.filter(entries::kind.eq_any(&$filter.kinds));
        }
        on_days!(query, $filter.days, $tables.zone, entries::effective_at);
        query
    }};
}

impl Tables<'_> {
    /// Numbers of the entries that match, newest first.
    pub fn entry_numbers(&mut self, filter: &EntryFilter, limit: i64) -> Result<Vec<i64>, Error> {
        if let Some(key) = &filter.key {
            return self.entry_numbers_of_key(key, filter);
        }
        if !filter.accounts.is_empty() {
            return self.entry_numbers_of_accounts(filter, limit);
        }
        let mut query = fitting!(self, filter);
        query = match (filter.before, filter.effective_before) {
            (Some(before), Some(at)) => {
                let of_that_moment = entries::effective_at.eq(at).and(entries::number.lt(before));
                let earlier = entries::effective_at.lt(at).or(of_that_moment);
                query.filter(entries::effective_at.le(at).and(earlier))
            }
            (Some(before), None) => query.filter(entries::number.lt(before)),
            (None, _) => query,
        };
        query = match filter.by_effect() {
            true => query.order((entries::effective_at.desc(), entries::number.desc())),
            false => query.order(entries::number.desc()),
        };
        Ok(query.limit(limit).select(entries::number).load(self.conn)?)
    }

    /// Effective time and metadata of these entries.
    pub fn metadata_of_entries(&mut self, numbers: &[i64]) -> Result<BTreeMap<i64, (Moment, String)>, Error> {
        let of_bank = entries::table.filter(entries::bank_id.eq(self.bank));
        let rows: Vec<(i64, Moment, String)> = of_bank
            .filter(entries::number.eq_any(numbers))
            .select((entries::number, entries::effective_at, entries::metadata))
            .load(self.conn)?;
        Ok(rows.into_iter().map(|(number, at, metadata)| (number, (at, metadata))).collect())
    }

    /// Those of these entries that match the rest of a filter, newest first.
    fn fitting_of(&mut self, numbers: &[i64], filter: &EntryFilter) -> Result<Vec<i64>, Error> {
        let query = fitting!(self, filter).filter(entries::number.eq_any(numbers));
        Ok(query.order(entries::number.desc()).select(entries::number).load(self.conn)?)
    }

    fn entry_numbers_of_key(&mut self, key: &str, filter: &EntryFilter) -> Result<Vec<i64>, Error> {
        let before = filter.before.unwrap_or(i64::MAX);
        let found: Vec<Option<i64>> = answers::table
            .filter(answers::bank_id.eq(self.bank).and(answers::idempotency_key.eq(key)))
            .select(answers::entry_number)
            .load(self.conn)?;
        let mut numbers: Vec<i64> = found.into_iter().flatten().filter(|n| *n < before).collect();
        if !filter.accounts.is_empty() {
            let file = self.all_as_one(&filter.accounts)?;
            let own = postings::debit_account_id.eq_any(&file).or(postings::credit_account_id.eq_any(&file));
            let touching = postings::table
                .filter(postings::bank_id.eq(self.bank).and(postings::entry_number.eq_any(&numbers)))
                .filter(own)
                .select(postings::entry_number);
            let touching: BTreeSet<i64> = touching.load(self.conn)?.into_iter().collect();
            numbers.retain(|number| touching.contains(number));
        }
        self.fitting_of(&numbers, filter)
    }

    /// Accounts with those of duplicates.
    fn all_as_one(&mut self, accounts: &[Id]) -> Result<Vec<Id>, Error> {
        let mut all = Vec::with_capacity(accounts.len());
        for account in accounts {
            all.extend(self.accounts_as_one(*account, None)?);
        }
        Ok(all)
    }

    /// Includes postings on the accounts of duplicates.
    fn entry_numbers_of_accounts(&mut self, filter: &EntryFilter, limit: i64) -> Result<Vec<i64>, Error> {
        let file = self.all_as_one(&filter.accounts)?;
        let (first, _) = self.entries_of(Days { until: None, ..filter.days })?;
        let most = usize::try_from(limit).unwrap_or(0);
        let at_once = limit.max(LINES);
        let (mut found, mut before) = (Vec::new(), filter.before.unwrap_or(i64::MAX));
        while found.len() < most {
            let mut numbers: Vec<i64> = Vec::new();
            // Every account was read down to this entry; an account may have further lines below it.
            let mut read_to = first;
            for own in &file {
                let lines = self.passbook(*own, Some((before, 0)), at_once)?;
                if lines.len() >= usize::try_from(at_once).unwrap_or(usize::MAX) {
                    read_to = read_to.max(lines.last().map_or(0, |line| line.entry));
                }
                numbers.extend(lines.into_iter().map(|line| line.entry));
            }
            numbers.retain(|number| *number >= read_to);
            numbers.sort_unstable_by(|a, b| b.cmp(a));
            numbers.dedup();
            let Some(last) = numbers.last() else { break };
            before = *last;
            found.extend(self.fitting_of(&numbers, filter)?);
        }
        found.truncate(most);
        Ok(found)
    }

    /// The first and the last entry that was recorded on these days. Entries never take effect after they are
    /// recorded, so an entry that took effect on them or later is not older than the first.
    pub fn entries_of(&mut self, days: Days) -> Result<(i64, i64), Error> {
        let before = |moment: Moment| Moment::from_micros(moment.micros().saturating_sub(1));
        let first = match days.start(self.zone) {
            Some(start) => self.entry_known_at(before(start))?.saturating_add(1),
            None => 0,
        };
        let last = match days.end(self.zone) {
            Some(end) => self.entry_known_at(before(end))?,
            None => i64::MAX,
        };
        Ok((first, last))
    }
}

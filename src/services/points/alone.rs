//! Sums up what one person awards to one member under one scheme on one day: many small awards cannot bypass the sum
//! above which a second person is needed. The ledger counts posted awards, so concurrent ones see each other; open
//! proposals are added when the next award is requested.

use super::award_ask::Proposed;
use crate::domain::id::Id;
use crate::domain::ledger::account::CounterId;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::Refusal;
use crate::ledger::{CounterTake, Take};
use crate::services::{Call, Error};
use crate::store::Tables;
use std::collections::{BTreeSet, HashMap};

const COUNTER: &str = "award/alone/";

/// Points, in hundredths, by scheme and member.
type Waiting = HashMap<(Id, Id), i64>;

/// What the caller has awarded and proposed today, read once for all rows of a request.
#[derive(Debug, Default)]
pub(in crate::services) struct OfToday {
    waiting: Option<Waiting>,
    /// What the ledger has counted, by counter.
    posted: HashMap<String, i64>,
}

impl OfToday {
    /// Reads what was posted under each scheme to each member.
    pub fn of(
        tables: &mut Tables<'_>,
        call: &Call,
        rows: impl Iterator<Item = (Id, Id)>,
    ) -> Result<Self, Error> {
        let keys: BTreeSet<String> = rows.map(|(scheme, member)| key(caller(call), scheme, member)).collect();
        let mut posted: HashMap<String, i64> = keys.iter().map(|key| (key.clone(), 0)).collect();
        posted.extend(tables.counters_used(keys, &tables.today().to_string())?);
        Ok(OfToday { waiting: None, posted })
    }
}

/// One award as it counts towards the sum.
#[derive(Clone, Copy, Debug)]
pub(in crate::services) struct Counted {
    pub scheme: Id,
    pub member: Id,
    /// In hundredths; the absolute value, so that deductions count like awards.
    pub points: i64,
    pub asset: Asset,
    /// The scheme's sum above which a second person is needed.
    pub limit: i64,
}

/// The person behind a user: several logins of one person count together.
fn person(tables: &mut Tables<'_>, user: Id) -> Result<Id, Error> {
    Ok(tables.user(user)?.and_then(|row| row.member_id).unwrap_or(user))
}

/// The person behind the caller.
fn caller(call: &Call) -> Id {
    call.actor.member.unwrap_or(call.actor.user)
}

fn key(person: Id, scheme: Id, member: Id) -> String {
    format!("{COUNTER}{scheme}/{person}/{member}")
}

impl Counted {
    /// The counter of an award without a second person: above the sum the ledger refuses it.
    pub fn alone(&self, tables: &Tables<'_>, call: &Call) -> CounterTake {
        self.take(tables, caller(call), self.limit)
    }

    /// The counter of an approved award: it counts for the person who proposed it.
    pub fn agreed(&self, tables: &mut Tables<'_>, proposed_by: Id) -> Result<CounterTake, Error> {
        let person = person(tables, proposed_by)?;
        Ok(self.take(tables, person, i64::MAX))
    }

    fn take(&self, tables: &Tables<'_>, person: Id, limit: i64) -> CounterTake {
        CounterTake {
            key: key(person, self.scheme, self.member),
            window: tables.today().to_string(),
            take: Take::Fixed(self.points.saturating_abs()),
            limit,
            asset: self.asset,
        }
    }

    /// Whether this award exceeds the sum, together with what the caller awarded and proposed today.
    pub fn is_too_much(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        duplicates: &[(Id, Id)],
        known: &mut OfToday,
    ) -> Result<bool, Error> {
        let own = caller(call);
        let key = key(own, self.scheme, self.member);
        let posted = match known.posted.get(&key) {
            Some(posted) if duplicates.is_empty() => *posted,
            _ => {
                let counter = CounterId { key, window: tables.today().to_string() };
                tables.counter_used_as_one(counter, duplicates)?
            }
        };
        let waiting = match known.waiting.take() {
            Some(waiting) => waiting,
            None => waiting_of(tables, own)?,
        };
        let waits = waiting.get(&(self.scheme, self.member)).copied().unwrap_or(0);
        known.waiting = Some(waiting);
        Ok(posted.saturating_add(waits).saturating_add(self.points.saturating_abs()) > self.limit)
    }
}

/// What a person proposed today that is still open.
fn waiting_of(tables: &mut Tables<'_>, own: Id) -> Result<Waiting, Error> {
    let mut waiting = Waiting::new();
    let since = tables.today().start(tables.zone);
    for row in tables.open_proposals_since("award", since)? {
        if person(tables, row.proposed_by)? != own {
            continue;
        }
        let proposed = Proposed::of(&row)?;
        let sum = waiting.entry((proposed.ask.scheme, row.subject_id)).or_default();
        *sum = sum.saturating_add(proposed.desired_minor.saturating_abs());
    }
    Ok(waiting)
}

/// Rewords the ledger's refusal of such a counter.
pub(in crate::services) fn in_words(error: Error) -> Error {
    let reword = |refusal| match refusal {
        Refusal::CapReached { counter, .. } if counter.starts_with(COUNTER) => Refusal::SecondPersonNeeded,
        other => other,
    };
    match error {
        Error::Refused(refusal) => Error::Refused(reword(refusal)),
        Error::RefusedBefore(refusal) => Error::RefusedBefore(reword(refusal)),
        other => other,
    }
}

//! For the auditor: awards between people who once lived in one household. Within 90 days such awards are refused;
//! this list shows the others, decided before a household was joined or long after it was left.

use super::awards::purse;
use crate::auth::permissions::{Permission, Role};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Entry, EntryKind};
use crate::domain::people::household::Stay;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Days, Moment};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Lines of an account that are read at a time.
const LINES: i64 = 500;

/// An award that one member of a household decided for another.
#[derive(Clone, Debug)]
pub struct HouseholdAward {
    pub entry: i64,
    pub kind: EntryKind,
    pub recorded_at: Moment,
    pub effective_at: Moment,
    /// Who proposed, made or approved it.
    pub decided_by: Id,
    pub member: Id,
    pub household: Id,
    /// When both lived there; `None` as the end: they still do.
    pub together_from: Moment,
    pub together_until: Option<Moment>,
}

/// A person who decides, and the time in which they shared a household with the receiver.
#[derive(Clone, Copy, Debug)]
struct Tie {
    household: Id,
    from: Moment,
    until: Option<Moment>,
}

impl Services {
    /// Such awards that took effect on some days, newest first, before an entry.
    pub async fn household_awards(
        &self,
        call: &Call,
        days: Days,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<HouseholdAward>, Error> {
        if !call.actor.may(Permission::ReadAccessLog) {
            return Err(Refusal::NotFound { what: "award".into() }.into());
        }
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let found = self.store.read(call.actor.bank, move |tables| {
            let zone = tables.zone;
            let mut found: BTreeMap<i64, HouseholdAward> = BTreeMap::new();
            let works = |role: &Role| {
                !role.is_of_shop() && !matches!(role, Role::Volunteer | Role::Proxy | Role::Auditor)
            };
            let roles: Vec<&str> =
                Role::ALL.iter().filter(|role| works(role)).map(|role| role.as_str()).collect();
            for person in tables.people_with_roles(&roles)? {
                let users: BTreeSet<Id> = tables.users_of(person)?.into_iter().map(|user| user.id).collect();
                for (member, tie) in ties(tables, person)? {
                    let mut awards = awards_to(tables, &member, before)?;
                    awards.retain(|award| days.cover(award.effective_at, zone));
                    let records =
                        tables.documents(DocumentKind::ServiceRecord, awards.iter().filter_map(record_of))?;
                    for award in awards {
                        let by = deciders(&award, &records).into_iter().find(|by| users.contains(by));
                        if let Some(by) = by {
                            found.insert(award.number, award_of(&award, by, member.id, tie));
                        }
                        if found.len() > most {
                            found.pop_first();
                        }
                    }
                }
            }
            Ok(found.into_values().rev().collect())
        });
        found.await
    }
}

fn award_of(entry: &Entry, decided_by: Id, member: Id, tie: Tie) -> HouseholdAward {
    HouseholdAward {
        entry: entry.number,
        kind: entry.kind,
        recorded_at: entry.recorded_at,
        effective_at: entry.effective_at,
        decided_by,
        member,
        household: tie.household,
        together_from: tie.from,
        together_until: tie.until,
    }
}

/// Everyone who ever lived in a household with a person, and the household itself.
fn ties(tables: &mut Tables<'_>, person: Id) -> Result<Vec<(MemberRow, Tie)>, Error> {
    let mut tied: BTreeMap<Id, Tie> = BTreeMap::new();
    for own in tables.stays_of(person)? {
        let whole = Tie { household: own.household, from: own.joined_at, until: own.left_at };
        tied.insert(own.household, whole);
        for (other, stay) in tables.stays_in(own.household)? {
            if let (true, Some(tie)) = (other != person, overlap(&own, &stay)) {
                tied.insert(other, tie);
            }
        }
    }
    let rows = tables.members_by_id(tied.keys().copied())?.into_iter();
    Ok(rows.filter_map(|row| tied.get(&row.id).copied().map(|tie| (row, tie))).collect())
}

fn overlap(a: &Stay, b: &Stay) -> Option<Tie> {
    let from = a.joined_at.max(b.joined_at);
    let until = match (a.left_at, b.left_at) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    };
    until.is_none_or(|until| from <= until).then_some(Tie { household: a.household, from, until })
}

/// The awards of a member, newest first.
fn awards_to(tables: &mut Tables<'_>, member: &MemberRow, before: Option<i64>) -> Result<Vec<Entry>, Error> {
    let mut numbers = BTreeSet::new();
    for asset in [Asset::Minute, Asset::Lifetime, Asset::Point, Asset::Score] {
        let account = purse(member.id, member.kind == "household", asset).id;
        let mut at = before.map(|number| (number, 0));
        loop {
            let lines = tables.passbook(account, at, LINES)?;
            let Some(last) = lines.last() else { break };
            at = Some((last.entry, last.leg));
            let awards = [EntryKind::Award.as_str(), EntryKind::Zeroing.as_str()];
            numbers.extend(
                lines.iter().filter(|line| awards.contains(&line.kind.as_str())).map(|line| line.entry),
            );
        }
    }
    tables.entries(&numbers.into_iter().collect::<Vec<_>>())
}

/// The record for which it was awarded.
fn record_of(entry: &Entry) -> Option<Id> {
    entry.source.as_deref()?.strip_prefix("service_record/")?.parse().ok()
}

/// Everyone involved in an award: who posted it, proposed it, or approved its record.
fn deciders(entry: &Entry, records: &HashMap<Id, Document>) -> Vec<Id> {
    let metadata: BTreeMap<String, String> = serde_json::from_str(&entry.metadata).unwrap_or_default();
    let mut by = vec![entry.actor];
    by.extend(metadata.get("proposed_by").and_then(|id| id.parse::<Id>().ok()));
    if let Some(Document::ServiceRecord(record)) = record_of(entry).and_then(|id| records.get(&id)) {
        by.extend(record.approved_by.into_iter().chain(record.second_approved_by));
    }
    by
}

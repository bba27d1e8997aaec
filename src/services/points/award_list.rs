//! The list of awards: what items of a scheme gave and took.

use super::awards::purse;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{COUNTS_ON, Entry, EntryKind};
use crate::domain::points::scheme::Explanation;
use crate::domain::time::{Day, Moment};
use crate::ledger::book::Past;
use crate::services::call::Cut;
use crate::services::service::records::file_of;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::ledger::journal::EntryFilter;
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashMap};

/// Kinds of entries by which an item of a scheme gives or takes.
const KINDS: [EntryKind; 2] = [EntryKind::Award, EntryKind::Zeroing];
/// Assets on which an award may post.
const PURSES: [Asset; 4] = [Asset::Point, Asset::Score, Asset::Lifetime, Asset::Minute];

#[derive(Clone, Debug)]
pub struct AwardRow {
    pub entry: i64,
    pub kind: EntryKind,
    /// The file that stays, if it was given to a duplicate.
    pub member: Id,
    pub scheme: Option<Id>,
    pub scheme_version: Option<i64>,
    pub item: Option<String>,
    /// [`Asset::Point`] or [`Asset::Score`].
    pub asset: Asset,
    /// Change of the passbook, in hundredths; negative for a deduction.
    pub points: i64,
    /// The part of it taken back since, in hundredths.
    pub taken_back: i64,
    /// The day on which the deed began, in the bank's time zone.
    pub day: Day,
    pub effective_at: Moment,
    pub recorded_at: Moment,
    pub actor: Id,
    pub proposed_by: Option<Id>,
    pub source: Option<String>,
}

/// Entries whose members are looked up at a time.
const AT_ONCE: i64 = 200;

#[derive(Clone, Copy, Debug)]
struct Receiver {
    /// The file that stays.
    stays: Id,
    household: bool,
}

impl Services {
    /// Awards within reach, or one's own, newest first. Filtered by days they are in the order in which they took
    /// effect; of one member always in the order of their numbers.
    pub async fn awards(
        &self,
        call: &Call,
        member: Option<Id>,
        filter: EntryFilter,
        limit: i64,
    ) -> Result<Vec<AwardRow>, Error> {
        let caller = call.clone();
        let read = self.store.read(call.actor.bank, move |tables| {
            let member = member.map(|member| file_of(tables, member)).transpose()?;
            let Some(cut) = caller.cut(Permission::ReadAwards, member)? else { return Ok(Vec::new()) };
            let accounts = cut.member.map(|member| purses(tables, member)).transpose()?.unwrap_or_default();
            let kinds = KINDS.iter().map(|kind| kind.as_str()).collect();
            rows(tables, &cut, EntryFilter { accounts, kinds, ..filter }, limit)
        });
        read.await
    }
}

fn purses(tables: &mut Tables<'_>, member: Id) -> Result<Vec<Id>, Error> {
    let household = tables.member(member)?.is_some_and(|row| row.kind == "household");
    Ok(PURSES.iter().map(|asset| purse(member, household, *asset).id).collect())
}

/// The newest awards that match and are within reach. The organisation of an award is the present one of its member,
/// which the journal does not know: entries are read until enough of them are within reach.
fn rows(
    tables: &mut Tables<'_>,
    cut: &Cut,
    mut filter: EntryFilter,
    limit: i64,
) -> Result<Vec<AwardRow>, Error> {
    let most = usize::try_from(limit).unwrap_or(0);
    let mut found = Vec::new();
    loop {
        let numbers = tables.entry_numbers(&filter, AT_ONCE)?;
        let heads = tables.metadata_of_entries(&numbers)?;
        let mut awards = Vec::with_capacity(numbers.len());
        for number in &numbers {
            let Some((effective_at, metadata)) = heads.get(number) else { continue };
            (filter.before, filter.effective_before) = (Some(*number), Some(*effective_at));
            let metadata: Metadata = serde_json::from_str(metadata).unwrap_or_default();
            let to = metadata.get("member").and_then(|id| id.parse::<Id>().ok());
            awards.extend(to.map(|to| (*number, to, metadata)));
        }
        let receivers = receivers(tables, cut, awards.iter().map(|(_, to, _)| *to))?;
        awards.retain(|(_, to, _)| receivers.contains_key(to));
        awards.truncate(most.saturating_sub(found.len()));
        let pasts = tables.pasts(&awards.iter().map(|(number, ..)| *number).collect::<Vec<_>>())?;
        found.extend(awards.iter().filter_map(|(number, to, metadata)| {
            Some(row(pasts.get(number)?, metadata, *to, *receivers.get(to)?, tables.zone))
        }));
        if found.len() >= most || numbers.len() < usize::try_from(AT_ONCE).unwrap_or(usize::MAX) {
            return Ok(found);
        }
    }
}

type Metadata = BTreeMap<String, String>;

/// The members within reach.
fn receivers(
    tables: &mut Tables<'_>,
    cut: &Cut,
    to: impl Iterator<Item = Id>,
) -> Result<HashMap<Id, Receiver>, Error> {
    let files = tables.files(to)?;
    let orgs = tables.orgs(files.values().map(|stays| stays.org_id))?;
    let in_reach = |org: Id| {
        let path = orgs.get(&org).map_or("", |org| org.path.as_str());
        cut.paths.is_empty() || cut.paths.iter().any(|root| path.starts_with(root.as_str()))
    };
    // A duplicate is merged into a file of the same kind.
    let receivers = files
        .into_iter()
        .filter(|(_, stays)| in_reach(stays.org_id))
        .map(|(to, stays)| (to, Receiver { stays: stays.id, household: stays.kind == "household" }));
    Ok(receivers.collect())
}

fn row(past: &Past, metadata: &Metadata, to: Id, receiver: Receiver, zone: Tz) -> AwardRow {
    let entry = &past.entry;
    let explained = metadata.get("explanation").and_then(|text| Explanation::from_json(text));
    let asset = explained.map_or(Asset::Point, |explanation| explanation.purse.asset());
    let (points, taken_back) = moved(past, purse(to, receiver.household, asset).id);
    let counts_on = metadata.get(COUNTS_ON).and_then(|day| Day::parse(day));
    AwardRow {
        entry: entry.number,
        kind: entry.kind,
        member: receiver.stays,
        scheme: metadata.get("scheme").and_then(|id| id.parse().ok()),
        scheme_version: metadata.get("version").and_then(|number| number.parse().ok()),
        item: metadata.get("item").cloned(),
        asset,
        points,
        taken_back,
        day: counts_on.unwrap_or_else(|| entry.effective_at.day(zone)),
        effective_at: entry.effective_at,
        recorded_at: entry.recorded_at,
        actor: entry.actor,
        proposed_by: metadata.get("proposed_by").and_then(|id| id.parse().ok()),
        source: entry.source.clone(),
    }
}

/// What an account gained by an entry, and how much of that was taken back.
fn moved(past: &Past, account: Id) -> (i64, i64) {
    let Entry { postings, .. } = &past.entry;
    let own = (0_i32..).zip(postings).filter(|(_, leg)| leg.credit == account || leg.debit == account);
    own.fold((0_i64, 0_i64), |(gained, back), (number, leg)| {
        let taken = past.reversed.legs.get(&number).copied().unwrap_or(0);
        let gain = if leg.credit == account { leg.amount } else { leg.amount.saturating_neg() };
        (gained.saturating_add(gain), back.saturating_add(taken))
    })
}

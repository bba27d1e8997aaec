//! Deeds whose groups have counters: what they are worth as things stand, and the step back.

use super::awards::{metadata_of, purse};
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, CounterId, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::curve::{Climb, Counts, Level, MILLION, TopRounding};
use crate::domain::ledger::entry::{Effect, Entry, EntryKind};
use crate::domain::points::scheme::{PointRounding, Scheme, stage_in_key};
use crate::domain::refusal::{NotReversible, Refusal};
use crate::domain::time::Moment;
use crate::ledger::command::names_of;
use crate::ledger::{Command, Leg, Op};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use std::collections::BTreeMap;

/// What a deed would be granted now, in hundredths. The ledger decides anew when it is posted.
pub(in crate::services) fn worth_now(
    tables: &mut Tables<'_>,
    climb: &Climb,
    duplicates: &[(Id, Id)],
) -> Result<i64, Error> {
    let mut sums = BTreeMap::new();
    for level in &climb.levels {
        let mut used = 0_i64;
        for id in names_of(level.counter.clone(), duplicates) {
            used = match level.curve.counts {
                Counts::Highest => used.max(tables.highest_of(&id)?),
                _ => used.saturating_add(tables.counter_used(&id.key, &id.window)?),
            };
        }
        sums.insert(&level.counter, used);
    }
    let moves = climb.moves(|level, by| {
        let from = sums.get(&level.counter).copied()?;
        let to = if level.curve.counts == Counts::Highest { from.max(by) } else { from.checked_add(by)? };
        Some((from, to))
    });
    let worth = moves.and_then(|moves| climb.granted(&moves));
    Ok(worth.ok_or(Refusal::PointsOutOfRange)?)
}

/// The way back of an entry through the groups of its scheme, whose counters are those of the member who stays; `None`:
/// no counter of a group decided what it granted. By how much it goes is the ledger's to know.
pub(in crate::services) fn way_back(
    entry: &Entry,
    scheme: &Scheme,
    (named, stays): (Id, Id),
) -> Result<Option<Climb>, Error> {
    let mut levels = Vec::new();
    for effect in &entry.effects {
        let Effect::CounterMoved { counter, .. } = effect else { continue };
        let stage = stage_in_key(&counter.key).and_then(|code| scheme.stage(code));
        let known = stage.and_then(|stage| Some((stage.counter, stage.rest?)));
        let (of_group, rest) =
            known.ok_or_else(|| Error::Fault(format!("{}: no such group in its scheme", counter.key)))?;
        let key = counter.key.replace(&named.to_string(), &stays.to_string());
        let counter = CounterId { key, window: counter.window.clone() };
        levels.push(Level { counter, rest, curve: of_group.curve.clone() });
    }
    let rounding = TopRounding { decimals: scheme.decimals, floor: scheme.rounding == PointRounding::Floor };
    Ok((!levels.is_empty()).then_some(Climb { by: 0, levels, rounding }))
}

impl Services {
    /// The command that takes an award back whose groups have counters: all of it, or a part of the deed's own points
    /// (in hundredths); `None`: an award of any other kind. `member` is the file that stays.
    pub(in crate::services) fn deed_back(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        (entry, member): (&Entry, &MemberRow),
        (points, up_to): (Option<i64>, bool),
    ) -> Result<Option<Command>, Error> {
        let metadata = metadata_of(entry);
        let id = |name: &str| metadata.get(name).and_then(|text| text.parse::<Id>().ok());
        let number = metadata.get("version").and_then(|text| text.parse().ok());
        let (Some(named), Some(scheme), Some(number)) = (id("member"), id("scheme"), number) else {
            return Ok(None);
        };
        if !entry.effects.iter().any(|effect| matches!(effect, Effect::CounterMoved { .. })) {
            return Ok(None);
        }
        let scheme = self.version_of(tables, scheme, number)?.scheme;
        let Some(climb) = way_back(entry, &scheme, (named, member.id))? else { return Ok(None) };
        let part = points.map(|minor| part_of(&climb, minor)).transpose()?;
        let household = member.kind == "household";
        let bank = call.actor.bank;
        let mut open = Vec::new();
        let mut leg = |asset: Asset, amount: i64, capped: bool, expires_at: Option<Moment>| {
            let (from, to) =
                (AccountTerms::of_bank(bank, asset, Purpose::Issuing), purse(member.id, household, asset));
            let leg = Leg { capped, expires_at, ..Leg::plain(from.id, to.id, amount) };
            open.extend([from, to]);
            leg
        };
        let mut legs = vec![leg(Asset::Minute, 1, false, None)];
        if scheme.lifetime {
            legs.push(leg(Asset::Lifetime, 1, true, None));
        }
        // What comes back to the member expires as if it were granted now.
        let expires_at = scheme.lot_expiry(tables.today(), tables.zone)?;
        legs.push(leg(scheme.purse.asset(), 1, true, expires_at));
        let op = Op::TakeBack { entry: entry.number, part, legs, up_to, of_document: false };
        let mut command = Command::new(call.actor.user, EntryKind::Reversal, op).open(open);
        command.climb = Some(climb);
        let subjects: Vec<Id> = [Some(member.id), member.household_id].into_iter().flatten().collect();
        command.duplicates = tables.duplicates_of(&subjects)?;
        Ok(Some(command))
    }
}

/// A part of a deed in units of its own counter. What is counted in times or hours is taken back as a whole.
fn part_of(climb: &Climb, minor: i64) -> Result<i64, Error> {
    let counts = climb.levels.first().map(|level| level.curve.counts);
    match counts {
        Some(Counts::Points | Counts::Highest) => {
            Ok(minor.checked_mul(MILLION / 100).ok_or(Refusal::PointsOutOfRange)?)
        }
        _ => Err(Refusal::EntryNotReversible { reason: NotReversible::OnlyWhole }.into()),
    }
}

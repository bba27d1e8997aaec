//! Deeds whose groups have counters: what they are worth as things stand, and their way back.

use crate::domain::id::Id;
use crate::domain::ledger::account::CounterId;
use crate::domain::ledger::curve::{Climb, Counts, Level, TopRounding};
use crate::domain::ledger::entry::{Effect, Entry};
use crate::domain::points::scheme::{PointRounding, Scheme, stage_in_key};
use crate::domain::refusal::Refusal;
use crate::ledger::command::names_of;
use crate::services::Error;
use crate::store::Tables;
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

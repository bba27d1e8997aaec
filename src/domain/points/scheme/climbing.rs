//! The way of a deed through the groups of its scheme.

use super::caps::window;
use super::deed::{Deed, Work};
use super::explanation::GroupNote;
use super::model::*;
use super::parse_groups::{path, rest_of};
use crate::domain::ledger::account::CounterId;
use crate::domain::ledger::curve::{Climb, Counts, Level, MILLION, TopRounding};
use crate::domain::refusal::Refusal;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Millionths of a point in a hundredth.
const PER_MINOR: i64 = MILLION / 100;

/// The beginning of the key of a group's counter.
const KEY: &str = "group/";

impl Scheme {
    /// The groups with counters that a deed moves, from its own to the topmost one.
    fn way(&self, deed: &Deed) -> Vec<(&Group, &GroupCounter)> {
        let lowest = match &deed.work {
            Work::Service { .. } => self.hours.as_ref().and_then(|rule| rule.group.as_deref()),
            Work::Item { code, .. } => self.item(code).and_then(|item| item.group.as_deref()),
        };
        let groups = path(&self.groups, lowest).into_iter();
        groups.filter_map(|group| Some((group, group.counter.as_ref()?))).collect()
    }

    /// What the lowest counter of a deed counts; `None`: the deed goes straight to the purse.
    pub(super) fn counts(&self, deed: &Deed) -> Option<Counts> {
        self.way(deed).first().map(|(_, counter)| counter.curve.counts)
    }

    /// How a deed moves the counters of its groups. `points_minor` is what it is worth before them, in hundredths;
    /// `counted` are the minutes that are paid.
    pub(super) fn climb(
        &self,
        deed: &Deed,
        points_minor: i64,
        counted: Option<i64>,
    ) -> Result<Option<Climb>, Refusal> {
        let Some(counts) = self.counts(deed) else { return Ok(None) };
        let quantity = match &deed.work {
            Work::Service { .. } => Decimal::ONE,
            Work::Item { quantity, .. } => *quantity,
        };
        let unit = Decimal::from(counts.unit());
        let by = match (counts, counted) {
            (Counts::Points | Counts::Highest, _) => points_minor.checked_mul(PER_MINOR),
            (Counts::Hours, Some(minutes)) => Some(minutes),
            (Counts::Times | Counts::Hours, _) => quantity.checked_mul(unit).and_then(|n| n.to_i64()),
        };
        let by = by.ok_or(Refusal::PointsOutOfRange)?;
        if by == 0 {
            return Ok(None);
        }
        let levels: Option<Vec<Level>> =
            self.way(deed).into_iter().map(|(group, counter)| self.level(group, counter, deed)).collect();
        let rounding = TopRounding { decimals: self.decimals, floor: self.rounding == PointRounding::Floor };
        Ok(Some(Climb { by, levels: levels.ok_or(Refusal::PointsOutOfRange)?, rounding }))
    }

    fn level(&self, group: &Group, counter: &GroupCounter, deed: &Deed) -> Option<Level> {
        let key = format!("{KEY}{}/{}/{}", self.code, group.code, deed.member);
        let counter_id = CounterId { key, window: window(counter.over, deed.day, &deed.occasion) };
        Some(Level { counter: counter_id, rest: rest_of(&self.groups, group)?, curve: counter.curve.clone() })
    }

    /// The sum of a group before any deed ([`Level::rest`]). `None`: out of range.
    pub fn rest_of(&self, group: &Group) -> Option<i64> {
        rest_of(&self.groups, group)
    }

    /// The groups of a deed, for its explanation.
    pub(super) fn group_notes(&self, deed: &Deed) -> Vec<GroupNote> {
        let notes = self.way(deed).into_iter().map(|(group, counter)| GroupNote {
            code: group.code.clone(),
            name: group.name.clone(),
            over: counter.over,
            counts: counter.curve.counts,
            least: counter.curve.least,
            most: counter.curve.most,
        });
        notes.collect()
    }
}

/// The code of the group in the key of its counter; `None`: the key of something else.
pub fn group_in_key(key: &str) -> Option<&str> {
    let (_scheme, rest) = key.strip_prefix(KEY)?.split_once('/')?;
    rest.rsplit_once('/').map(|(code, _subject)| code)
}

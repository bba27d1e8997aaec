//! The way of a deed through the groups of its scheme.

use super::caps::window;
use super::deed::{Deed, Work};
use super::evaluate::Evaluation;
use super::explanation::{GroupNote, GroupStep, explain};
use super::model::*;
use super::parse_groups::{path, rest_of};
use crate::domain::amount;
use crate::domain::language::Language;
use crate::domain::ledger::account::CounterId;
use crate::domain::ledger::curve::{Climb, Counts, Level, MILLION, TopRounding};
use crate::domain::refusal::Refusal;
use crate::texts::{Text, sentences as s};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Millionths of a point in a hundredth.
const PER_MINOR: i64 = MILLION / 100;

/// A counter on the way of a deed: that of an item whose price depends on how often it was done, or that of a group.
pub struct Stage<'s> {
    /// The code of a group; `nth/<item>` of an item.
    pub code: String,
    pub name: &'s str,
    pub counter: &'s GroupCounter,
    /// The sum before any deed ([`Level::rest`]). `None`: out of range.
    pub rest: Option<i64>,
}

/// Before the code of an item in the code of its counter.
const NTH: &str = "nth/";

impl Scheme {
    fn stage_of_group<'s>(&'s self, group: &'s Group) -> Option<Stage<'s>> {
        let (counter, rest) = (group.counter.as_ref()?, rest_of(&self.groups, group));
        Some(Stage { code: group.code.clone(), name: &group.name, counter, rest })
    }

    fn stage_of_item<'s>(&'s self, item: &'s Item) -> Option<Stage<'s>> {
        let ItemValue::Nth(counter) = &item.value else { return None };
        Some(Stage { code: format!("{NTH}{}", item.code), name: &item.name, counter, rest: Some(0) })
    }

    /// The counter with this code ([`Stage::code`]).
    pub fn stage(&self, code: &str) -> Option<Stage<'_>> {
        match code.strip_prefix(NTH) {
            Some(item) => self.item(item).and_then(|item| self.stage_of_item(item)),
            None => self.group(code).and_then(|group| self.stage_of_group(group)),
        }
    }

    /// The counters that a deed moves, from its own to the topmost one.
    fn way(&self, deed: &Deed) -> Vec<Stage<'_>> {
        let item = match &deed.work {
            Work::Service { .. } => None,
            Work::Item { code, .. } => self.item(code),
        };
        let lowest = match &deed.work {
            Work::Service { .. } => self.hours.as_ref().and_then(|rule| rule.group.as_deref()),
            Work::Item { .. } => item.and_then(|item| item.group.as_deref()),
        };
        let own = item.and_then(|item| self.stage_of_item(item));
        let groups = path(&self.groups, lowest).into_iter().filter_map(|group| self.stage_of_group(group));
        own.into_iter().chain(groups).collect()
    }

    /// What the lowest counter of a deed counts; `None`: the deed goes straight to the purse.
    pub(super) fn counts(&self, deed: &Deed) -> Option<Counts> {
        self.way(deed).first().map(|stage| stage.counter.curve.counts)
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
            // Less than the least time, or nothing left of a cap in minutes.
            (Counts::Times, Some(0)) => Some(0),
            (Counts::Times | Counts::Hours, _) => quantity.checked_mul(unit).and_then(|n| n.to_i64()),
        };
        let by = by.ok_or(Refusal::PointsOutOfRange)?;
        if by == 0 {
            return Ok(None);
        }
        let level = |stage: Stage<'_>| self.level_of(&stage, deed);
        let levels: Option<Vec<Level>> = self.way(deed).into_iter().map(level).collect();
        let rounding = TopRounding { decimals: self.decimals, floor: self.rounding == PointRounding::Floor };
        Ok(Some(Climb { by, levels: levels.ok_or(Refusal::PointsOutOfRange)?, rounding }))
    }

    fn level_of(&self, stage: &Stage<'_>, deed: &Deed) -> Option<Level> {
        let key = format!("group/{}/{}/{}", self.code, stage.code, deed.member);
        let counter = CounterId { key, window: window(stage.counter.over, deed.day, &deed.occasion) };
        Some(Level { counter, rest: stage.rest?, curve: stage.counter.curve.clone() })
    }

    /// The counters of a deed, for its explanation.
    pub(super) fn group_notes(&self, deed: &Deed) -> Vec<GroupNote> {
        let notes = self.way(deed).into_iter().map(|stage| GroupNote {
            code: stage.code,
            name: stage.name.to_owned(),
            over: stage.counter.over,
            counts: stage.counter.curve.counts,
            least: stage.counter.curve.least,
            most: stage.counter.curve.most,
        });
        notes.collect()
    }
}

/// [`Stage::code`] in the key of its counter; `None`: the key of something else.
pub fn stage_in_key(key: &str) -> Option<&str> {
    let (_scheme, rest) = key.strip_prefix("group/")?.split_once('/')?;
    rest.rsplit_once('/').map(|(code, _subject)| code)
}

impl Evaluation {
    /// What the counters of its groups do if it is the first deed of their windows.
    fn at_rest(&self) -> Option<(Vec<GroupStep>, i64)> {
        let climb = self.climb.as_ref()?;
        let moves = climb.moves(|level, by| {
            Some((0, if level.curve.counts == Counts::Highest { by.max(0) } else { by }))
        })?;
        let steps = climb.levels.iter().zip(&moves).filter_map(|(level, moved)| {
            Some(GroupStep { code: stage_in_key(&level.counter.key)?.to_owned(), moved: *moved })
        });
        Some((steps.collect(), climb.granted(&moves)?))
    }

    /// What it is worth as the first deed of its windows, in hundredths.
    pub fn worth_at_rest(&self) -> i64 {
        self.at_rest().map_or(self.points_minor, |(_, worth)| worth)
    }

    /// The decision in plain sentences, as the first deed of its windows.
    pub fn sentences(&self, language: Language) -> Vec<String> {
        let (steps, _) = self.at_rest().unwrap_or_default();
        let mut sentences = explain(&self.explanation, None, &[], &steps, language);
        if !steps.is_empty() {
            let points = amount::short(self.worth_at_rest(), POINT_DECIMALS);
            sentences.push(Text::from(s::GroupFirst { points }).say(language));
        }
        sentences
    }
}

//! Counters with curves: a deed moves the counter of its group from S to S + x, and is worth the difference of the
//! group's value; that difference moves the counter of the group above, and so on. What leaves the topmost group is
//! granted. Values depend on what was done, never on the order of entry, and a deed that is taken back is the same
//! step with −x.
//!
//! All sums are whole numbers: points in millionths, times, or minutes ([`Counts`]).

use super::account::CounterId;
use crate::domain::amount::rounded_division;
use serde::{Deserialize, Serialize};

/// Millionths of a point: the unit of curves and of counters of points.
pub const MILLION: i64 = 1_000_000;
/// Millionths of a point in a hundredth, the smallest unit of the ledger.
const PER_MINOR: i64 = 10_000;

/// What the counter of a group counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Millionths of a point.
    Points,
    Times,
    /// Minutes.
    Hours,
    /// The greatest of the deeds that stand, in millionths of a point.
    Highest,
}

impl Counts {
    /// How many units of the counter make one point, one time, one hour.
    pub fn unit(self) -> i64 {
        match self {
            Counts::Points | Counts::Highest => MILLION,
            Counts::Times => 1,
            Counts::Hours => 60,
        }
    }
}

/// From a sum to a value, in millionths of a point:
/// percent/100 × clamp(start + f(S) + tiers(S), least, most); f(S) is what the bands make of S, else S itself where it
/// is points, else 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Curve {
    pub counts: Counts,
    /// The value at rest, in millionths of a point, as are all values here.
    pub start: i64,
    /// From which sum (in units of the counter) which total is added; rising.
    pub tiers: Vec<(i64, i64)>,
    /// From which sum each point, time or hour is worth how much; rising.
    pub bands: Vec<(i64, i64)>,
    pub least: Option<i64>,
    pub most: Option<i64>,
    /// What part of the value is passed up, 1 to 100.
    pub percent: u8,
}

impl Curve {
    /// Passes on what comes in.
    pub fn plain(counts: Counts) -> Self {
        Curve {
            counts,
            start: 0,
            tiers: Vec::new(),
            bands: Vec::new(),
            least: None,
            most: None,
            percent: 100,
        }
    }

    /// The value of a sum. `None`: out of range.
    pub fn at(&self, sum: i64) -> Option<i64> {
        let value = self.clamp(self.unclamped(sum)?);
        let part = rounded_division(value.checked_mul(i128::from(self.percent))?, 100)?;
        i64::try_from(part).ok()
    }

    fn clamp(&self, value: i128) -> i128 {
        let value = self.least.map_or(value, |least| value.max(i128::from(least)));
        self.most.map_or(value, |most| value.min(i128::from(most)))
    }

    fn unclamped(&self, sum: i64) -> Option<i128> {
        let own = match (self.bands.is_empty(), self.counts) {
            (false, _) => self.banded(sum)?,
            (true, Counts::Points | Counts::Highest) => i128::from(sum),
            (true, Counts::Times | Counts::Hours) => 0,
        };
        let tier = self.tiers.iter().rev().find(|(from, _)| *from <= sum).map_or(0, |(_, points)| *points);
        i128::from(self.start).checked_add(own)?.checked_add(i128::from(tier))
    }

    /// Each unit between one band's beginning and the next is worth what that band says.
    fn banded(&self, sum: i64) -> Option<i128> {
        let mut total = 0_i128;
        for (row, (from, each)) in self.bands.iter().enumerate() {
            let until = self.bands.get(row.saturating_add(1)).map_or(sum, |(next, _)| sum.min(*next));
            let inside = i128::from(until).saturating_sub(i128::from(*from)).max(0);
            total = total.checked_add(inside.checked_mul(i128::from(*each))?)?;
        }
        rounded_division(total, i128::from(self.counts.unit()))
    }
}

/// One group on the way up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    pub counter: CounterId,
    /// The sum at rest, before any deed: what the groups below are worth then. The counter holds what deeds have added.
    pub rest: i64,
    pub curve: Curve,
}

/// A deed on its way through the groups of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Climb {
    /// What moves the lowest counter, in its units; below zero for a deduction.
    pub by: i64,
    /// From the deed's own group to the topmost one, at least one.
    pub levels: Vec<Level>,
    /// How the total of the topmost group becomes points of the ledger.
    pub rounding: TopRounding,
}

/// Rounding mode of points: the number of decimals (0 to 2), and whether to truncate (`floor`) instead of rounding half
/// away from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopRounding {
    pub decimals: u32,
    pub floor: bool,
}

/// What one counter did; its sum at rest comes on top of `from` and `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub from: i64,
    pub to: i64,
    /// The group's value before and after, in millionths of a point.
    pub value_from: i64,
    pub value_to: i64,
}

impl Moved {
    /// By which the counter of the group above moves.
    pub fn difference(&self) -> Option<i64> {
        self.value_to.checked_sub(self.value_from)
    }
}

impl Climb {
    /// The moves of all counters. `sums` says from where to where a counter goes that is moved by so much. `None`: out
    /// of range.
    pub fn moves(&self, mut sums: impl FnMut(&Level, i64) -> Option<(i64, i64)>) -> Option<Vec<Moved>> {
        let mut by = self.by;
        let mut moves = Vec::with_capacity(self.levels.len());
        for level in &self.levels {
            let (from, to) = sums(level, by)?;
            let value = |moved: i64| level.curve.at(level.rest.checked_add(moved)?);
            let (value_from, value_to) = (value(from)?, value(to)?);
            let moved = Moved { from, to, value_from, value_to };
            by = moved.difference()?;
            moves.push(moved);
        }
        Some(moves)
    }

    /// What is granted, in hundredths: the difference of the rounded totals, so that a hundred small deeds never make
    /// more than their sum.
    pub fn granted(&self, moves: &[Moved]) -> Option<i64> {
        let top = moves.last()?;
        self.rounding.minor(top.value_to)?.checked_sub(self.rounding.minor(top.value_from)?)
    }
}

impl TopRounding {
    /// A value in hundredths of a point.
    pub fn minor(self, value: i64) -> Option<i64> {
        let unit = i64::from(10_u8).checked_pow(2_u32.checked_sub(self.decimals)?)?.checked_mul(PER_MINOR)?;
        let whole = match self.floor {
            true => i128::from(value.checked_div(unit)?),
            false => rounded_division(i128::from(value), i128::from(unit))?,
        };
        i64::try_from(whole).ok()?.checked_mul(unit.checked_div(PER_MINOR)?)
    }
}

#[cfg(test)]
mod tests;

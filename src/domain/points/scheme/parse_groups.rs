//! `[[groups]]`: counters with curves.
//!
//! ```toml
//! [[groups]]
//! code = "public"
//! name = "公共事务"
//! over = "day"             # activity, day, month, quarter, half_year, year, total
//! counts = "points"        # times, hours, highest
//! start = 0                # the value at rest
//! tiers = [{ from = 2, points = -1 }]   # the total that a sum has reached
//! bands = [{ from = 0, each = 1 }]      # what each point, time or hour is worth from there on
//! least = 0
//! most = 10
//! percent = 50             # the part that is passed up
//! group = "year"           # the group above
//! ```

use super::fault::{Expected, Problem};
use super::model::*;
use super::reader::{Node, Section};
use super::units::{Points, RATE_DECIMALS, WINDOWS, millionths, new_code, word};
use crate::domain::ledger::curve::{Counts, Curve};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

const COUNTS: [(&str, Counts); 4] = [
    ("points", Counts::Points),
    ("times", Counts::Times),
    ("hours", Counts::Hours),
    ("highest", Counts::Highest),
];

/// The keys that make a group a counter.
const OF_A_COUNTER: [&str; 7] = ["over", "counts", "start", "tiers", "bands", "least", "most"];

pub(super) fn groups(root: &Section, points: &Points, purse: Purse) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let rows = root.sections("groups");
    for row in &rows {
        let code = new_code(row, |code| groups.iter().any(|g| g.code == code));
        let name = row.text("name").or_else(|| code.clone());
        let note = row.text("note");
        let highest = row.get("highest_only_per").and_then(|n| n.one_of(&WINDOWS, Expected::Text));
        let counter = counter(row, points, purse);
        if let (Some(_), Some(_), Some(node)) = (highest, &counter, row.get("highest_only_per")) {
            node.fault(Problem::NotWith { other: "over, counts, least, most" });
        }
        let above = row.get("group").and_then(|n| n.code());
        row.finish();
        // A group whose code is missing keeps its place, so that rows and groups go together.
        let code = code.unwrap_or_default();
        groups.push(Group {
            name: name.unwrap_or_default(),
            code,
            note,
            counter,
            above,
            highest_only: highest,
        });
    }
    check_tree(&rows, &groups);
    groups
}

fn counter(row: &Section, points: &Points, purse: Purse) -> Option<GroupCounter> {
    let counts = word(row, "counts", &COUNTS, Counts::Points);
    let usual = if purse == Purse::Score { Window::Year } else { Window::Total };
    let over = word(row, "over", &WINDOWS, usual);
    let mut curve = Curve::plain(counts);
    let tier = |row: &Section| row.need("points").and_then(|n| millionths(&n, points.signed(&n)));
    curve.tiers = row.get("tiers").map(|n| rising(&n, counts, tier)).unwrap_or_default();
    let each = |row: &Section| row.need("each").and_then(|n| millionths(&n, n.signed(RATE_DECIMALS)));
    curve.bands = row.get("bands").map(|n| rising(&n, counts, each)).unwrap_or_default();
    bounds(row, points, &mut curve);
    if let Some(node) = row.get("percent") {
        curve.percent = node.whole(1, 100).and_then(|n| u8::try_from(n).ok()).unwrap_or(100);
    }
    if matches!(counts, Counts::Times | Counts::Hours) && curve.tiers.is_empty() && curve.bands.is_empty() {
        row.fault(Problem::OneNeededOf { keys: vec!["tiers", "bands"] });
    }
    let counts_anything = OF_A_COUNTER.iter().any(|key| row.has(key)) || row.has("percent");
    counts_anything.then_some(GroupCounter { over, curve })
}

/// `start`, `least` and `most`.
fn bounds(row: &Section, points: &Points, curve: &mut Curve) {
    let value = |node: &Option<Node>| node.as_ref().and_then(|n| millionths(n, points.signed(n)));
    let (start, least, most) = (row.get("start"), row.get("least"), row.get("most"));
    curve.start = value(&start).unwrap_or(0);
    (curve.least, curve.most) = (value(&least), value(&most));
    if let (Some(low), Some(high), Some(node)) = (curve.least, curve.most, &most)
        && high < low
    {
        node.fault(Problem::BoundsReversed);
    } else if let Some(node) = &start
        && (curve.least.is_some_and(|low| curve.start < low)
            || curve.most.is_some_and(|high| curve.start > high))
    {
        node.fault(Problem::StartOutside);
    }
}

/// Rows of `from` and a value, in the units of the counter; each `from` above the one before.
fn rising(node: &Node, counts: Counts, value: impl Fn(&Section) -> Option<i64>) -> Vec<(i64, i64)> {
    let mut rows: Vec<(i64, i64)> = Vec::new();
    for row in node.list().into_iter().filter_map(|n| n.section()) {
        let from = row.need("from").and_then(|n| threshold(&n, counts));
        let value = value(&row);
        row.finish();
        let (Some(from), Some(value)) = (from, value) else { continue };
        if rows.last().is_some_and(|(below, _)| *below >= from) {
            row.fault(Problem::NotRising);
        }
        rows.push((from, value));
    }
    if rows.is_empty() {
        node.fault(Problem::MissingKey { key: "from" });
    }
    rows
}

/// A sum in the units of the counter.
fn threshold(node: &Node, counts: Counts) -> Option<i64> {
    match counts {
        Counts::Points | Counts::Highest => millionths(node, node.signed(POINT_DECIMALS)),
        Counts::Times => node.whole(0, 1_000_000).map(i64::from),
        Counts::Hours => {
            let minutes = node.not_negative(RATE_DECIMALS)?.checked_mul(Decimal::from(60))?;
            if !minutes.is_integer() {
                node.fault(Problem::TooManyDecimals { most: 2 });
            }
            minutes.to_i64()
        }
    }
}

/// How the groups stand above each other.
fn check_tree(rows: &[Section], groups: &[Group]) {
    for (row, group) in rows.iter().zip(groups) {
        let above = path(groups, group.above.as_deref());
        if let Some(node) = row.get("group") {
            let code = group.above.clone().unwrap_or_default();
            if !groups.iter().any(|g| g.code == code) {
                node.fault(Problem::UnknownReference { code });
                continue;
            }
            if above.iter().any(|g| g.code == group.code) {
                node.fault(Problem::Circle { code: group.code.clone() });
                continue;
            }
        }
        let Some(own) = &group.counter else { continue };
        let parent = above.iter().find_map(|g| g.counter.as_ref().map(|counter| (*g, counter)));
        let rests = resting(groups, group) == Some(0);
        match (parent, row.get("group")) {
            (Some((parent, counter)), Some(node)) => {
                if counter.curve.counts != Counts::Points {
                    node.fault(Problem::CountsNoPoints { code: parent.code.clone() });
                } else if counter.over < own.over {
                    node.fault(Problem::WindowShorter { code: parent.code.clone() });
                } else if counter.over != own.over && !rests {
                    row.fault(Problem::NotAtRest);
                }
            }
            // A purse begins at nothing.
            _ if !rests => row.fault(Problem::NotAtRest),
            _ => {}
        }
    }
}

/// The group with this code and those above it, each once.
pub(super) fn path<'g>(groups: &'g [Group], lowest: Option<&str>) -> Vec<&'g Group> {
    let mut path: Vec<&Group> = Vec::new();
    let mut next = lowest;
    while let Some(group) = next.and_then(|code| groups.iter().find(|g| g.code == code)) {
        if path.iter().any(|below| below.code == group.code) {
            break;
        }
        path.push(group);
        next = group.above.as_deref();
    }
    path
}

/// The first counter on the way up from a group.
pub(super) fn first_counter<'g>(groups: &'g [Group], lowest: Option<&str>) -> Option<&'g GroupCounter> {
    path(groups, lowest).into_iter().find_map(|group| group.counter.as_ref())
}

/// The value of a group before any deed, with what the groups below it are worth then. `None`: out of range.
pub(super) fn resting(groups: &[Group], group: &Group) -> Option<i64> {
    group.counter.as_ref()?.curve.at(rest_of(groups, group)?)
}

/// The sum of a group before any deed: what those groups are worth that are counted next by it.
pub(super) fn rest_of(groups: &[Group], group: &Group) -> Option<i64> {
    let mut sum = 0_i64;
    for child in groups.iter().filter(|child| child.counter.is_some() && child.code != group.code) {
        let next = path(groups, child.above.as_deref()).into_iter().find(|above| above.counter.is_some());
        if next.is_some_and(|above| above.code == group.code) {
            // Circles are faults of their own; each group is met once on a way up, so this ends.
            let is_circle = path(groups, group.above.as_deref()).iter().any(|above| above.code == child.code);
            let value = if is_circle { 0 } else { resting(groups, child)? };
            sum = sum.checked_add(value)?;
        }
    }
    Some(sum)
}

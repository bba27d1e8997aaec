//! `cases`: a table instead of one number of points.
//!
//! ```toml
//! cases = [
//!   { class = "新住户", from = 2026-01-01, until = 2026-06-30, points = 6 }, # any of class, from, until
//!   { class = "新住户", from = 2026-07-01, points = 3 },
//! ]
//! otherwise = "needs_person"  # or a number: what holds where no row fits
//!
//! cases = [{ nth = 1, points = 10 }, { nth = 2, points = 5 }, { nth_from = 3, points = 3 }] # 第几次
//! over = "year"               # the window in which times are counted; else for ever
//! ```

use super::fault::{Expected, Problem};
use super::model::*;
use super::reader::{Node, Section};
use super::units::{Points, WINDOWS, millionths, word};
use crate::domain::ledger::curve::{Counts, Curve};
use rust_decimal::Decimal;

pub(super) fn cases(
    row: &Section,
    node: &Node,
    (points, classes): (&Points, &[String]),
    counts: Option<Counts>,
) -> Option<ItemValue> {
    let rows: Vec<Section> = node.list().into_iter().filter_map(|n| n.section()).collect();
    if rows.is_empty() {
        node.fault(Problem::MissingKey { key: "points" });
        return None;
    }
    if rows.iter().any(|row| row.has("nth") || row.has("nth_from")) {
        if counts == Some(Counts::Highest) {
            node.fault(Problem::NotWith { other: "counts = \"highest\"" });
        }
        if let Some(node) = row.get("otherwise") {
            node.fault(Problem::NotWith { other: "nth" });
        }
        return nth(row, &rows, points);
    }
    if let Some(node) = row.get("over") {
        node.fault(Problem::NotWith { other: "class, from, until" });
    }
    by_facts(row, node, &rows, (points, classes))
}

fn by_facts(
    row: &Section,
    node: &Node,
    rows: &[Section],
    (points, classes): (&Points, &[String]),
) -> Option<ItemValue> {
    let mut found: Vec<Case> = Vec::new();
    for row in rows {
        let class = row.get("class").and_then(|n| {
            let class = n.text()?;
            if !classes.contains(&class) {
                n.fault(Problem::UnknownReference { code: class.clone() });
            }
            Some(class)
        });
        let (from, last) = (row.get("from").and_then(|n| n.day()), row.get("until"));
        let until = last.as_ref().and_then(|n| n.day());
        let worth = row.need("points").and_then(|n| points.signed(&n));
        row.finish();
        if let (Some(from), Some(until), Some(node)) = (from, until, &last)
            && until < from
        {
            node.fault(Problem::DatesReversed);
        }
        let Some(points) = worth else { continue };
        let case = Case { class, from, until, points };
        if found.iter().any(|other| other.meets(&case)) {
            row.fault(Problem::CasesMeet);
        }
        found.push(case);
    }
    let otherwise = row.get("otherwise");
    let is_open = leaves_days_open(&found);
    if otherwise.is_none() && is_open {
        node.fault(Problem::CasesOpen);
    }
    let otherwise = otherwise.and_then(|n| match n.word() {
        Some("needs_person") => None,
        Some(word) if !word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            n.one_of::<()>(&[("needs_person", ())], Expected::NumberWordOrTable);
            None
        }
        _ => points.signed(&n),
    });
    Some(ItemValue::Cases { rows: found, otherwise })
}

/// Whether the rows for everybody leave days out.
fn leaves_days_open(rows: &[Case]) -> bool {
    let mut all: Vec<&Case> = rows.iter().filter(|case| case.class.is_none()).collect();
    all.sort_by_key(|case| case.from);
    let follows = |pair: &[&Case]| match pair {
        [one, next] => one.until.map(|until| until.plus(1)) == next.from,
        _ => true,
    };
    let ends = all.first().is_some_and(|case| case.from.is_none())
        && all.last().is_some_and(|case| case.until.is_none());
    !ends || !all.windows(2).all(follows)
}

/// The price of the n-th time alone: bands over the item's own count.
fn nth(row: &Section, rows: &[Section], points: &Points) -> Option<ItemValue> {
    let over = word(row, "over", &WINDOWS, Window::Total);
    let mut curve = Curve::plain(Counts::Times);
    let (mut next, mut is_open) = (1_u32, true);
    for row in rows {
        let number = row.only_one(&["nth", "nth_from"]);
        let last = number.as_ref().is_some_and(|node| node.key() == "nth_from");
        let at = number.and_then(|node| node.whole(1, 1_000));
        let worth = row.need("points").and_then(|n| millionths(&n, points.signed(&n)));
        row.finish();
        if at != Some(next) || !is_open {
            row.fault(Problem::NthGap);
        }
        curve.bands.push((i64::from(next).saturating_sub(1), worth.unwrap_or(0)));
        next = next.saturating_add(1);
        is_open = !last;
    }
    if is_open {
        // What is done more often brings nothing.
        curve.bands.push((i64::from(next).saturating_sub(1), 0));
    }
    Some(ItemValue::Nth(GroupCounter { over, curve }))
}

/// What stands in a table, for a sentence: the price of each time, and from which on it stays.
pub(super) fn prices(counter: &GroupCounter) -> Vec<(i64, Decimal)> {
    let bands = counter.curve.bands.iter();
    bands.map(|(from, each)| (from.saturating_add(1), Decimal::new(*each, 6).normalize())).collect()
}

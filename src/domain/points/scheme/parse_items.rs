//! `[[items]]` and `[[caps]]`.
//!
//! ```toml
//! [[items]]
//! code = "tidy-yard"
//! name = "庭院整洁"
//! points = 4               # a number, "zeroing", "case_by_case", or a table with one of
//!                          # { each = 100, points = 10 }, { percent = 10 },
//!                          # { tiers = [{ from = 1, points = 5 }] }, { case_by_case = { least = 1, most = 9 } }
//! cases = [{ class = "低保户", until = 2026-06-30, points = 6 }] # instead of points, see parse_cases.rs
//! once_per = "month"       # or at_most = { times = 3, per = "year", of = "household" }
//! applies_to = ["一般农户"]
//!
//! [[caps]]
//! code = "day"
//! name = "每日上限"
//! points = 8               # or hours, or minutes
//! over = "day"             # activity, day, month, quarter, half_year, year, total
//! of = "member"            # household, organisation
//! on = "all"               # hours, items; or items = [...], group = "...", category = "..."
//! ```

use super::fault::{Expected, Problem};
use super::model::*;
use super::parse_groups::first_counter;
use super::reader::{Node, Section};
use super::units::{Points, RATE_DECIMALS, SUBJECTS, WINDOWS, new_code, reference, whole_minutes, word};
use crate::domain::ledger::curve::Counts;
use rust_decimal::Decimal;

pub(super) fn items(root: &Section, points: &Points, classes: &[String], groups: &[Group]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for row in root.sections("items") {
        let code = new_code(&row, |code| items.iter().any(|i| i.code == code));
        let name = row.need("name").and_then(|n| n.text());
        let group = reference(&row, "group", |code| groups.iter().any(|g| g.code == code));
        let value = item_value(&row, points, classes, groups, group.as_deref());
        let item_rest = (
            row.text("heading"),
            row.text("unit"),
            row.get("most_quantity").and_then(|n| n.whole(1, 1_000_000)),
            at_most(&row),
            applies_to(&row, classes),
            row.text("decided_by"),
            row.text("note"),
        );
        row.finish();
        let (heading, unit, most_quantity, at_most, applies_to, decided_by, note) = item_rest;
        if let (Some(code), Some(name), Some(value)) = (code, name, value) {
            items.push(Item {
                code,
                name,
                heading,
                group,
                value,
                unit,
                most_quantity,
                at_most,
                applies_to,
                decided_by,
                note,
            });
        }
    }
    items
}

/// `points` or `cases`, or nothing where the group counts times or hours.
fn item_value(
    row: &Section,
    points: &Points,
    classes: &[String],
    groups: &[Group],
    group: Option<&str>,
) -> Option<ItemValue> {
    let counts = first_counter(groups, group).map(|counter| counter.curve.counts);
    if matches!(counts, Some(Counts::Times | Counts::Hours)) {
        for node in ["points", "cases", "otherwise", "over"].into_iter().filter_map(|key| row.get(key)) {
            node.fault(Problem::PricedByGroup);
        }
        return Some(ItemValue::Counted);
    }
    let Some(node) = row.only_one(&["points", "cases"]) else {
        row.fault(Problem::MissingKey { key: "points" });
        return None;
    };
    if node.key() == "cases" {
        return super::parse_cases::cases(row, &node, (points, classes), counts);
    }
    for other in ["otherwise", "over"].into_iter().filter_map(|key| row.get(key)) {
        other.fault(Problem::NotWith { other: "points" });
    }
    let value = value(&node, points);
    let negative = matches!(value, Some(ItemValue::Fixed(points)) if points < Decimal::ZERO);
    if counts == Some(Counts::Highest) && (negative || value == Some(ItemValue::Zeroing)) {
        node.fault(Problem::NeverHighest);
    }
    value
}

fn value(node: &Node, points: &Points) -> Option<ItemValue> {
    if let Some(section) = node.section_if_table() {
        let found = computed_value(&section, points);
        section.finish();
        return found;
    }
    match node.word() {
        Some("zeroing") => Some(ItemValue::Zeroing),
        Some("case_by_case") => Some(ItemValue::CaseByCase { least: None, most: None }),
        Some(word) if !word.starts_with(['-', '+']) && !word.starts_with(|c: char| c.is_ascii_digit()) => {
            node.one_of::<()>(&[("zeroing", ()), ("case_by_case", ())], Expected::NumberWordOrTable);
            None
        }
        _ => points.signed(node).map(ItemValue::Fixed),
    }
}

fn computed_value(section: &Section, points: &Points) -> Option<ItemValue> {
    let keys = ["each", "percent", "tiers", "case_by_case"];
    let Some(one) = section.only_one(&keys) else {
        section.fault(Problem::OneNeededOf { keys: keys.to_vec() });
        return None;
    };
    let most = |known: &str| {
        let node = section.get("most")?;
        if !["each", "percent"].contains(&known) {
            node.fault(Problem::NotWith { other: "tiers, case_by_case" });
        }
        points.positive(&node)
    };
    match one.key() {
        "each" => {
            let each = one.positive(RATE_DECIMALS);
            let step = section.need("points").and_then(|n| points.signed(&n));
            let most = most("each");
            Some(ItemValue::Step { each: each?, points: step?, most })
        }
        "percent" => {
            let percent = one.signed(RATE_DECIMALS);
            let most = most("percent");
            Some(ItemValue::Percent { percent: percent?, most })
        }
        "tiers" => {
            most("tiers");
            tiers(&one, points)
        }
        _ => {
            most("case_by_case");
            let bounds = one.section()?;
            let (low, high) = (bounds.get("least"), bounds.get("most"));
            let least = low.and_then(|n| points.signed(&n));
            let highest = high.as_ref().and_then(|n| points.signed(n));
            if let (Some(least), Some(highest), Some(node)) = (least, highest, &high)
                && highest < least
            {
                node.fault(Problem::OutOfRange { least: least.to_string(), most: "…".into() });
            }
            bounds.finish();
            Some(ItemValue::CaseByCase { least, most: highest })
        }
    }
}

fn tiers(node: &Node, points: &Points) -> Option<ItemValue> {
    let mut tiers: Vec<Tier> = Vec::new();
    for row in node.list().into_iter().filter_map(|n| n.section()) {
        let from = row.need("from").and_then(|n| n.not_negative(RATE_DECIMALS));
        let worth = row.need("points").and_then(|n| points.signed(&n));
        row.finish();
        let (Some(from), Some(points)) = (from, worth) else { continue };
        if tiers.last().is_some_and(|below| below.from >= from) {
            row.fault(Problem::NotRising);
        }
        tiers.push(Tier { from, points });
    }
    if tiers.is_empty() {
        node.fault(Problem::MissingKey { key: "from" });
        return None;
    }
    Some(ItemValue::Tiers(tiers))
}

fn at_most(row: &Section) -> Option<Times> {
    let node = row.only_one(&["once_per", "at_most"])?;
    if node.key() == "once_per" {
        let per = node.one_of(&WINDOWS, Expected::Text)?;
        let of = word(row, "once_of", &SUBJECTS, Subject::Member);
        return Some(Times { times: 1, per, of });
    }
    let section = node.section()?;
    let times = section.need("times").and_then(|n| n.whole(1, 1_000_000));
    let per = section.need("per").and_then(|n| n.one_of(&WINDOWS, Expected::Text));
    let of = word(&section, "of", &SUBJECTS, Subject::Member);
    section.finish();
    Some(Times { times: times?, per: per?, of })
}

fn applies_to(row: &Section, classes: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for node in row.list("applies_to") {
        let Some(class) = node.text() else { continue };
        if !classes.contains(&class) {
            node.fault(Problem::UnknownReference { code: class.clone() });
        }
        found.push(class);
    }
    found
}

pub(super) fn caps(
    root: &Section,
    points: &Points,
    hours: Option<&HoursRule>,
    items: &[Item],
    groups: &[Group],
) -> Vec<CapRule> {
    let mut caps: Vec<CapRule> = Vec::new();
    for row in root.sections("caps") {
        let code = new_code(&row, |code| caps.iter().any(|c| c.code == code));
        let name = row.text("name").or_else(|| code.clone());
        let limit = limit(&row, points);
        let over = row.need("over").and_then(|n| n.one_of(&WINDOWS, Expected::Text));
        let of = word(&row, "of", &SUBJECTS, Subject::Member);
        let on = scope(&row, hours, items, groups, matches!(limit, Some(CapLimit::Minutes(_))));
        row.finish();
        if matches!(limit, Some(CapLimit::PointsMinor(_)))
            && on.as_ref().is_some_and(|on| covers_counters(on, hours, items, groups))
        {
            row.fault(Problem::CapOverCounter);
        }
        if let (Some(code), Some(name), Some(limit), Some(over), Some(on)) = (code, name, limit, over, on) {
            caps.push(CapRule { code, name, limit, over, of, on });
        }
    }
    caps
}

/// Whether counters of groups decide what some of these deeds are worth.
fn covers_counters(on: &CapScope, hours: Option<&HoursRule>, items: &[Item], groups: &[Group]) -> bool {
    let of_item = |item: &Item| {
        matches!(item.value, ItemValue::Nth(_)) || first_counter(groups, item.group.as_deref()).is_some()
    };
    let of_hours = || hours.is_some_and(|rule| first_counter(groups, rule.group.as_deref()).is_some());
    match on {
        CapScope::All => of_hours() || items.iter().any(of_item),
        CapScope::Hours | CapScope::Category(_) => of_hours(),
        CapScope::Items => items.iter().any(of_item),
        CapScope::ListedItems(codes) => items.iter().any(|item| codes.contains(&item.code) && of_item(item)),
        CapScope::Group(code) => items.iter().any(|item| item.group.as_ref() == Some(code) && of_item(item)),
    }
}

fn limit(row: &Section, points: &Points) -> Option<CapLimit> {
    let keys = ["points", "hours", "minutes"];
    let Some(node) = row.only_one(&keys) else {
        row.fault(Problem::OneNeededOf { keys: keys.to_vec() });
        return None;
    };
    match node.key() {
        "points" => points.limit(&node).map(CapLimit::PointsMinor),
        "hours" => whole_minutes(&node).map(CapLimit::Minutes),
        _ => node.whole(1, 100_000_000).map(|m| CapLimit::Minutes(i64::from(m))),
    }
}

/// What a cap counts. Minutes are counted of hours only.
fn scope(
    row: &Section,
    hours: Option<&HoursRule>,
    items: &[Item],
    groups: &[Group],
    minutes: bool,
) -> Option<CapScope> {
    let Some(node) = row.only_one(&["on", "items", "group", "category"]) else {
        return Some(if minutes { CapScope::Hours } else { CapScope::All });
    };
    if minutes && (matches!(node.key(), "items" | "group") || matches!(node.word(), Some("items"))) {
        node.fault(Problem::NotWith { other: "minutes" });
    }
    match node.key() {
        "items" => {
            let mut codes = Vec::new();
            for listed in node.list() {
                let Some(code) = listed.code() else { continue };
                if !items.iter().any(|i| i.code == code) {
                    listed.fault(Problem::UnknownReference { code: code.clone() });
                }
                codes.push(code);
            }
            Some(CapScope::ListedItems(codes))
        }
        "group" => reference(row, "group", |c| groups.iter().any(|g| g.code == c)).map(CapScope::Group),
        "category" => {
            let known = |c: &str| hours.is_some_and(|h| h.categories.iter().any(|k| k.code == c));
            reference(row, "category", known).map(CapScope::Category)
        }
        _ => match node.word() {
            Some("all") if minutes => Some(CapScope::Hours),
            Some("all") => Some(CapScope::All),
            Some("hours") => Some(CapScope::Hours),
            Some("items") => Some(CapScope::Items),
            _ => {
                node.one_of::<()>(&[("all", ()), ("hours", ()), ("items", ())], Expected::Text);
                None
            }
        },
    }
}

//! `[hours]`: how served minutes become points.
//!
//! ```toml
//! [hours]
//! points_per_hour = 2             # or points_per_time; a level or category may have its own
//! rounding = "half_hour_floor"    # actual, hour_floor, hour_ceil, below_one_hour_counts_one, half_up,
//!                                 # { full_hours = 2 }, { down_to_minutes = 15 }, { up_to_minutes = 15 }
//! levels = [{ code = "district", name = "区级", coefficient = 1.2 }]
//! categories = [{ code = "care", name = "助老", coefficient = 1.5, children = [] }]
//! evidence = { scan = 1, backfill = 0 }
//! group = "year"                  # the counter that it moves
//! ```

use super::fault::{Expected, Problem};
use super::model::*;
use super::parse_groups::first_counter;
use super::reader::{Node, Section};
use super::units::{Points, RATE_DECIMALS, reference, word};
use crate::domain::ledger::curve::Counts;
use crate::domain::service::record::Evidence;
use std::collections::BTreeSet;

/// Levels of the category tree.
const MAX_DEPTH: usize = 3;
const PRICE_KEYS: [&str; 3] = ["points_per_hour", "points_per_time", "coefficient"];

pub(super) fn hours(section: &Section, points: &Points, groups: &[Group]) -> Option<HoursRule> {
    let group = reference(section, "group", |code| groups.iter().any(|g| g.code == code));
    let base = price(section, &["points_per_hour", "points_per_time"], points);
    let counting = section.get("rounding").and_then(|n| counting(&n)).unwrap_or(Counting::Actual);
    let least_minutes = section.get("least_minutes").and_then(|n| n.whole(1, 1_440)).map(i64::from);
    let levels = levels(section, points);
    let mut categories = Categories { points, seen: BTreeSet::new(), found: Vec::new() };
    for row in section.sections("categories") {
        categories.add(&row, None, 1);
    }
    let categories = categories.found;
    let default_level = default(section, "default_level", |code| levels.iter().any(|l| l.code == code));
    let default_category =
        default(section, "default_category", |code| categories.iter().any(|c| c.code == code));
    let combines = [("nearest", Combine::Nearest), ("multiply", Combine::Multiply)];
    let combine = word(section, "category_coefficients", &combines, Combine::Nearest);
    let evidence = section.get("evidence").and_then(|n| n.section()).map(|s| evidence(&s));
    let rule = HoursRule {
        base,
        counting,
        least_minutes,
        levels,
        default_level,
        categories,
        default_category,
        combine,
        evidence,
        group,
    };
    let counts = first_counter(groups, rule.group.as_deref());
    match counts.map(|counter| counter.curve.counts) {
        // The curve of the group is the price.
        Some(Counts::Times | Counts::Hours) => refuse_prices(section),
        _ => check_rates(section, &rule),
    }
    section.finish();
    Some(rule)
}

fn refuse_prices(section: &Section) {
    for key in ["points_per_hour", "points_per_time", "levels", "categories", "evidence"] {
        if let Some(node) = section.get(key) {
            node.fault(Problem::PricedByGroup);
        }
    }
}

/// Every level and category must lead to exactly one price.
fn check_rates(section: &Section, rule: &HoursRule) {
    let own = |price: &Price| matches!(price, Price::PerHour(_) | Price::PerTime(_));
    let priced_levels = rule.levels.iter().filter(|l| own(&l.price)).count();
    let priced_categories = rule.categories.iter().filter(|c| c.price.as_ref().is_some_and(own)).count();
    if priced_levels > 0 && priced_categories > 0 {
        section
            .fault(Problem::OnlyOneOf { keys: vec!["levels.points_per_hour", "categories.points_per_hour"] });
    }
    if rule.base.is_some() || section.has("points_per_hour") || section.has("points_per_time") {
        return;
    }
    if rule.levels.is_empty() && rule.categories.is_empty() {
        if !section.has("levels") && !section.has("categories") {
            section.fault(Problem::MissingKey { key: "points_per_hour" });
        }
        return;
    }
    if priced_levels > 0 || rule.categories.is_empty() {
        for level in rule.levels.iter().filter(|l| matches!(l.price, Price::Coefficient(_))) {
            section.fault(Problem::NoRate { code: level.code.clone() });
        }
    } else {
        for category in &rule.categories {
            let priced = super::rate::branch(rule, category)
                .iter()
                .any(|c| c.price.as_ref().is_some_and(|p| !matches!(p, Price::Coefficient(_))));
            if !priced {
                section.fault(Problem::NoRate { code: category.code.clone() });
            }
        }
    }
}

/// One of the price keys, or none. `"needs_person"` stands for a value that was not published.
fn price(section: &Section, keys: &[&'static str], points: &Points) -> Option<Price> {
    let node = section.only_one(keys)?;
    if node.word() == Some("needs_person") {
        return Some(Price::NeedsPerson);
    }
    match node.key() {
        "points_per_hour" => node.not_negative(RATE_DECIMALS).map(Price::PerHour),
        "points_per_time" => points.not_negative(&node).map(Price::PerTime),
        _ => node.not_negative(RATE_DECIMALS).map(Price::Coefficient),
    }
}

fn counting(node: &Node) -> Option<Counting> {
    if let Some(section) = node.section_if_table() {
        let keys = ["full_hours", "down_to_minutes", "up_to_minutes"];
        let one = section.only_one(&keys);
        let found = one.and_then(|n| match n.key() {
            "full_hours" => {
                n.whole(1, 24).map(|h| Counting::Down { block_minutes: i64::from(h).saturating_mul(60) })
            }
            "down_to_minutes" => n.whole(1, 1_440).map(|m| Counting::Down { block_minutes: i64::from(m) }),
            _ => n.whole(1, 1_440).map(|m| Counting::Up { block_minutes: i64::from(m) }),
        });
        if !keys.iter().any(|key| section.has(key)) {
            section.fault(Problem::OneNeededOf { keys: keys.to_vec() });
        }
        section.finish();
        return found;
    }
    let words = [
        ("actual", Counting::Actual),
        ("half_hour_floor", Counting::Down { block_minutes: 30 }),
        ("hour_floor", Counting::Down { block_minutes: 60 }),
        ("hour_ceil", Counting::Up { block_minutes: 60 }),
        ("below_one_hour_counts_one", Counting::BelowOneHourCountsOne),
        ("half_up", Counting::HalfUp),
    ];
    node.one_of(&words, Expected::WordOrTable)
}

fn levels(section: &Section, points: &Points) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for row in section.sections("levels") {
        let node = row.need("code");
        let code = node.as_ref().and_then(|n| n.code());
        if let (Some(node), Some(code)) = (&node, &code)
            && levels.iter().any(|l| l.code == *code)
        {
            node.fault(Problem::Duplicate { code: code.clone() });
        }
        let name = row.text("name").or_else(|| code.clone());
        let price = price(&row, &PRICE_KEYS, points);
        if !PRICE_KEYS.iter().any(|key| row.has(key)) {
            row.fault(Problem::OneNeededOf { keys: PRICE_KEYS.to_vec() });
        }
        row.finish();
        if let (Some(code), Some(name), Some(price)) = (code, name, price) {
            levels.push(Level { code, name, price });
        }
    }
    levels
}

struct Categories<'p> {
    points: &'p Points,
    seen: BTreeSet<String>,
    found: Vec<Category>,
}

impl Categories<'_> {
    fn add(&mut self, row: &Section, parent: Option<&str>, depth: usize) {
        let node = row.need("code");
        let code = node.as_ref().and_then(|n| n.code());
        if let (Some(node), Some(code)) = (&node, &code)
            && !self.seen.insert(code.clone())
        {
            node.fault(Problem::Duplicate { code: code.clone() });
        }
        if depth > MAX_DEPTH {
            row.fault(Problem::TooDeep { most: MAX_DEPTH });
            return;
        }
        let name = row.text("name").or_else(|| code.clone());
        let price = price(row, &PRICE_KEYS, self.points);
        let children = row.sections("children");
        row.finish();
        if let (Some(code), Some(name)) = (&code, name) {
            let parent = parent.map(str::to_owned);
            self.found.push(Category { code: code.clone(), name, parent, price });
        }
        for child in children {
            self.add(&child, code.as_deref(), depth.saturating_add(1));
        }
    }
}

fn default(section: &Section, key: &'static str, known: impl Fn(&str) -> bool) -> Option<String> {
    let node = section.get(key)?;
    let code = node.code()?;
    if !known(&code) {
        node.fault(Problem::UnknownReference { code: code.clone() });
    }
    Some(code)
}

fn evidence(section: &Section) -> Vec<EvidenceFactor> {
    let mut factors = Vec::new();
    for class in Evidence::ALL.iter().copied() {
        let Some(node) = section.get(class.as_str()) else { continue };
        let factor = if node.word() == Some("needs_person") {
            None
        } else {
            match node.not_negative(RATE_DECIMALS) {
                Some(factor) => Some(factor),
                None => continue,
            }
        };
        factors.push(EvidenceFactor { class, factor });
    }
    section.finish();
    factors
}

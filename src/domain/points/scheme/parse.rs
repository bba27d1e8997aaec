//! Parses the file of a scheme: its head, expiry and stars; `parse_hours.rs` parses hours, `parse_groups.rs` groups,
//! `parse_items.rs` items and caps.
//!
//! Every key has a meaning, a range and a fault with line and column; unknown keys are refused, so that a typing
//! error cannot silently change a rule.

use super::fault::{Expected, Problem, SchemeFault};
use super::model::*;
use super::reader::{MAX_BYTES, Section, Source};
use super::syntax::diagnose;
use super::units::{Points, whole_minutes, word};
use std::collections::BTreeSet;
use toml::de::DeTable;

impl Scheme {
    /// Parses a scheme file. Returns all faults at once, in the order of the file.
    pub fn parse(text: &str) -> Result<Scheme, Vec<SchemeFault>> {
        let source = Source::new(text);
        if text.len() > MAX_BYTES {
            source.fault(0, "", Problem::TooLong { most_bytes: MAX_BYTES });
            return Err(source.into_faults());
        }
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut lines = BTreeSet::new();
        for error in &errors {
            let at = error.span().map_or(0, |span| span.start);
            let Some((at, slip)) = diagnose(text, at, error.message(), lines.is_empty()) else { continue };
            // Faults that follow from another one are not reported.
            let line = text.get(..at).unwrap_or(text).matches('\n').count();
            if lines.insert(line) {
                source.fault(at, "", Problem::Syntax { slip });
            }
        }
        if !errors.is_empty() {
            return Err(source.into_faults());
        }
        let scheme = scheme(&Section::root(&source, table.get_ref()));
        let faults = source.into_faults();
        match scheme {
            Some(scheme) if faults.is_empty() => Ok(scheme),
            _ => Err(faults),
        }
    }
}

fn scheme(root: &Section) -> Option<Scheme> {
    let code = root.need("code").and_then(|n| n.code());
    let version = root.need("version").and_then(|n| n.code());
    let name = root.need("name").and_then(|n| n.text());
    let valid_from = root.need("valid_from").and_then(|n| n.day());
    let until = root.get("valid_until");
    let valid_until = until.as_ref().and_then(|n| n.day());
    if let (Some(from), Some(last), Some(node)) = (valid_from, valid_until, &until)
        && last < from
    {
        node.fault(Problem::DatesReversed);
    }
    let purse = word(root, "purse", &[("POINT", Purse::Point), ("SCORE", Purse::Score)], Purse::Point);
    let decimals = root.get("decimals").and_then(|n| n.whole(0, POINT_DECIMALS)).unwrap_or(POINT_DECIMALS);
    let points = Points { decimals };
    let roundings = [("half_up", PointRounding::HalfUp), ("floor", PointRounding::Floor)];
    let rounding = word(root, "rounding", &roundings, PointRounding::HalfUp);
    let lifetime = lifetime(root, purse);
    let (notice_working_days, record_within_working_days) = (
        root.get("notice_working_days").and_then(|n| n.whole(0, 60)).unwrap_or(3),
        root.get("record_within_working_days").and_then(|n| n.whole(1, 250)).unwrap_or(10),
    );
    let four_eyes_above_minor = root.get("four_eyes_above").and_then(|n| points.limit(&n));
    let reclaims = [("returned_points", false), ("next_points", true)];
    let reclaims_next_points = word(root, "reclaim", &reclaims, false);
    let least_award_minor = root.get("least_award").and_then(|n| points.limit(&n));
    let classes = classes(root);
    let expiry = expiry(root, purse, valid_from);
    let source = root.get("source").and_then(|n| n.section()).and_then(|s| source_label(&s));
    let groups = super::parse_groups::groups(root, &points, purse);
    let hours = root
        .get("hours")
        .and_then(|n| n.section())
        .and_then(|s| super::parse_hours::hours(&s, &points, &groups));
    let items = super::parse_items::items(root, &points, &classes, &groups);
    let caps = super::parse_items::caps(root, &points, hours.as_ref(), &items, &groups);
    let stars = root.get("stars").and_then(|n| n.section()).and_then(|s| stars(&s));
    let keys = vec!["hours", "items", "stars"];
    if !keys.iter().any(|key| root.has(key)) {
        root.fault(Problem::OneNeededOf { keys });
    }
    root.finish();
    Some(Scheme {
        code: code?,
        version: version?,
        name: name?,
        valid_from: valid_from?,
        valid_until,
        source,
        purse,
        lifetime,
        decimals,
        rounding,
        notice_working_days,
        record_within_working_days,
        four_eyes_above_minor,
        reclaims_next_points,
        least_award_minor,
        classes,
        expiry,
        hours,
        groups,
        items,
        caps,
        stars,
    })
}

fn lifetime(root: &Section, purse: Purse) -> bool {
    let node = root.get("lifetime");
    let asked = node.as_ref().and_then(|n| n.flag());
    if let (Purse::Score, Some(true), Some(node)) = (purse, asked, &node) {
        // An appraisal score never feeds lifetime points.
        node.fault(Problem::NotWith { other: "purse = \"SCORE\"" });
    }
    purse == Purse::Point && asked.unwrap_or(true)
}

fn classes(root: &Section) -> Vec<String> {
    let mut classes: Vec<String> = Vec::new();
    for node in root.list("classes") {
        let Some(class) = node.text() else { continue };
        if classes.contains(&class) {
            node.fault(Problem::Duplicate { code: class });
        } else {
            classes.push(class);
        }
    }
    classes
}

fn source_label(section: &Section) -> Option<SourceLabel> {
    let place = section.need("place").and_then(|n| n.text());
    let grades = [("A", "A"), ("B", "B"), ("C", "C")];
    let label = SourceLabel {
        place: place.unwrap_or_default(),
        url: section.text("url"),
        reliability: section
            .get("reliability")
            .and_then(|n| n.one_of(&grades, Expected::Text))
            .map(str::to_owned),
        note: section.text("note"),
    };
    section.finish();
    Some(label)
}

/// `expiry = "never" | "end_of_month" | "end_of_year"`, or a table with one of `days`, `date`, `end_of_month_after`
/// (months), `end_of_year_after` (years).
fn expiry(root: &Section, purse: Purse, valid_from: Option<crate::domain::time::Day>) -> Expiry {
    let Some(node) = root.get("expiry") else { return Expiry::Never };
    if purse == Purse::Score {
        // A score has no lots.
        node.fault(Problem::NotWith { other: "purse = \"SCORE\"" });
        return Expiry::Never;
    }
    if let Some(section) = node.section_if_table() {
        let one = section.only_one(&["days", "date", "end_of_month_after", "end_of_year_after"]);
        let found = one.and_then(|n| match n.key() {
            "days" => n.whole(1, 36_500).map(Expiry::Days),
            "date" => {
                let day = n.day()?;
                if valid_from.is_some_and(|from| day < from) {
                    n.fault(Problem::DatesReversed);
                }
                Some(Expiry::Date(day))
            }
            "end_of_month_after" => n.whole(0, 1_200).map(Expiry::EndOfMonth),
            _ => n.whole(0, 100).map(Expiry::EndOfYear),
        });
        if !["days", "date", "end_of_month_after", "end_of_year_after"].iter().any(|k| section.has(k)) {
            let keys = vec!["days", "date", "end_of_month_after", "end_of_year_after"];
            section.fault(Problem::OneNeededOf { keys });
        }
        section.finish();
        return found.unwrap_or(Expiry::Never);
    }
    let words = [
        ("never", Expiry::Never),
        ("end_of_month", Expiry::EndOfMonth(0)),
        ("end_of_year", Expiry::EndOfYear(0)),
    ];
    node.one_of(&words, Expected::WordOrTable).unwrap_or(Expiry::Never)
}

fn stars(section: &Section) -> Option<StarRule> {
    let windows = [("lifetime", StarWindow::Lifetime), ("calendar_year", StarWindow::CalendarYear)];
    let window = word(section, "window", &windows, StarWindow::Lifetime);
    let applied_for = section.get("applied_for").and_then(|n| n.flag()).unwrap_or(true);
    section.need("steps");
    let mut steps: Vec<StarStep> = Vec::new();
    let mut seen = BTreeSet::new();
    for row in section.sections("steps") {
        let Some(step) = star_step(&row) else { continue };
        if !seen.insert(step.star) {
            row.fault(Problem::Duplicate { code: step.star.to_string() });
        }
        if let Some(below) = steps.last() {
            let even = below.minutes.is_some() == step.minutes.is_some()
                && below.points_minor.is_some() == step.points_minor.is_some();
            let rising = below.star < step.star
                && step.minutes.is_none_or(|m| below.minutes.is_none_or(|b| b < m))
                && step.points_minor.is_none_or(|p| below.points_minor.is_none_or(|b| b < p));
            if !even {
                row.fault(Problem::UnevenThresholds);
            } else if !rising {
                row.fault(Problem::NotRising);
            }
        }
        steps.push(step);
    }
    section.finish();
    Some(StarRule { window, applied_for, steps })
}

fn star_step(row: &Section) -> Option<StarStep> {
    let star = row.need("star").and_then(|n| n.whole(1, 10));
    let minutes = row.get("hours").and_then(|n| whole_minutes(&n));
    let points = Points { decimals: POINT_DECIMALS };
    let points_minor = row.get("points").and_then(|n| points.limit(&n));
    let granted_by = row.text("granted_by");
    if !row.has("hours") && !row.has("points") {
        row.fault(Problem::OneNeededOf { keys: vec!["hours", "points"] });
    }
    row.finish();
    Some(StarStep { star: star?, minutes, points_minor, granted_by })
}

//! Stars (星级): which one minutes and points reach, and what is missing to the next.
//!
//! A star is a function of the sums and the rule, so it can be computed for any past day. A granted star is a record
//! of its own and does not change with them.

use crate::domain::amount;
use crate::domain::language::Language;
use crate::domain::points::scheme::{POINT_DECIMALS, StarRule, StarStep, duration};
use serde::Serialize;

/// A standing among the stars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StarStanding {
    /// The highest star whose thresholds are all reached; 0: none yet.
    pub star: u32,
    /// The next one; `None` at the top.
    pub next: Option<NextStar>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NextStar {
    pub star: u32,
    /// Its thresholds.
    pub minutes: Option<i64>,
    pub points_minor: Option<i64>,
    /// What is still missing, 0 if the threshold is reached.
    pub minutes_missing: i64,
    pub points_missing_minor: i64,
}

/// The star for these sums inside the rule's window. Thresholds are inclusive: exactly 300 hours suffice for the star
/// of 300 hours. If both hours and points are required, both must be reached.
pub fn star(rule: &StarRule, minutes: i64, points_minor: i64) -> StarStanding {
    let missing = |step: &StarStep| {
        let left = |threshold: Option<i64>, sum: i64| threshold.map_or(0, |t| t.saturating_sub(sum).max(0));
        (left(step.minutes, minutes), left(step.points_minor, points_minor))
    };
    let reached = rule.steps.iter().take_while(|step| missing(step) == (0, 0));
    let star = reached.last().map_or(0, |step| step.star);
    let next = rule.steps.iter().find(|step| missing(step) != (0, 0)).map(|step| {
        let (minutes_missing, points_missing_minor) = missing(step);
        let StarStep { star, minutes, points_minor, .. } = *step;
        NextStar { star, minutes, points_minor, minutes_missing, points_missing_minor }
    });
    StarStanding { star, next }
}

/// `一星级志愿者 · 已服务 264 小时 · 满 300 小时可申报二星级`: the star, the sums of the rule, and what is missing to the next star.
pub fn sentence(rule: &StarRule, minutes: i64, points_minor: i64, language: Language) -> String {
    let standing = star(rule, minutes, points_minor);
    let by_minutes = rule.steps.iter().any(|s| s.minutes.is_some());
    let by_points = rule.steps.iter().any(|s| s.points_minor.is_some());
    let points = |minor: i64| amount::short(minor, POINT_DECIMALS);
    let mut parts = vec![title(standing.star, language)];
    if by_minutes {
        let served = duration(minutes, language);
        parts.push(language.pick(format!("已服务 {served}"), format!("{served} served")));
    }
    if by_points {
        let earned = points(points_minor);
        parts.push(language.pick(format!("累计 {earned} 分"), format!("{earned} points earned")));
    }
    if let Some(next) = standing.next {
        let hours = next.minutes.map(|m| duration(m, language));
        let sum = next.points_minor.map(|p| match language {
            Language::Chinese => format!("{} 分", points(p)),
            Language::English => format!("{} points", points(p)),
        });
        let both: Vec<String> = hours.into_iter().chain(sum).collect();
        let verb = match (language, rule.applied_for) {
            (Language::Chinese, true) => "可申报",
            (Language::Chinese, false) => "可评",
            (Language::English, true) => "apply for",
            (Language::English, false) => "reach",
        };
        parts.push(match language {
            Language::Chinese => format!("满 {}{verb}{}星级", both.join("且 "), numeral(next.star)),
            Language::English => format!("{verb} {} at {}", stars_english(next.star), both.join(" and ")),
        });
    }
    parts.join(" · ")
}

/// `三星级志愿者`.
pub fn title(star: u32, language: Language) -> String {
    match (language, star) {
        (Language::Chinese, 0) => "暂无星级".into(),
        (Language::Chinese, star) => format!("{}星级志愿者", numeral(star)),
        (Language::English, 0) => "No star yet".into(),
        (Language::English, star) => format!("{} volunteer", stars_english(star)),
    }
}

fn stars_english(star: u32) -> String {
    format!("{star}-star")
}

fn numeral(star: u32) -> String {
    let index = usize::try_from(star).unwrap_or(usize::MAX);
    let numerals = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    numerals.get(index).map_or_else(|| star.to_string(), |n| (*n).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::points::scheme::{Scheme, StarWindow, sample};

    fn rule(name: &str) -> StarRule {
        Scheme::parse(sample(name).unwrap()).unwrap().stars.unwrap()
    }

    fn step(star: u32, minutes: Option<i64>, points_minor: Option<i64>) -> StarStep {
        StarStep { star, minutes, points_minor, granted_by: None }
    }

    /// All thresholds as published: scheme, then star, hours, points.
    #[test]
    fn every_published_threshold_gives_its_star_and_one_less_does_not() {
        let hours = |table: [i64; 5]| table.map(|h| (h, 0));
        for (name, table) in [
            ("stars-national", hours([100, 300, 600, 1000, 1500])),
            ("stars-fujian", hours([100, 300, 600, 1000, 1500])),
            ("stars-guangxi", hours([100, 300, 600, 1000, 1500])),
            ("stars-nanchuan", hours([100, 300, 600, 1000, 1500])),
            ("stars-beijing-2010", hours([100, 200, 500, 800, 1000])),
            ("stars-tangshan-2011", [(0, 300), (0, 600), (0, 1000), (0, 2000), (0, 3000)]),
        ] {
            let rule = rule(name);
            assert_eq!(rule.window, StarWindow::Lifetime, "{name}");
            assert_eq!(rule.steps.len(), 5, "{name}");
            for (number, (hours, points)) in (1..).zip(table) {
                let (minutes, minor) = (hours * 60, points * 100);
                assert_eq!(star(&rule, minutes, minor).star, number, "{name} {number}");
                let below = if hours > 0 { (minutes - 1, 0) } else { (0, minor - 1) };
                let standing = star(&rule, below.0, below.1);
                assert_eq!(standing.star, number - 1, "{name} below {number}");
                let next = standing.next.unwrap();
                assert_eq!(next.star, number);
                assert_eq!(next.minutes_missing + next.points_missing_minor, 1);
            }
            assert_eq!(star(&rule, i64::MAX, i64::MAX).next, None, "{name}");
        }
    }

    #[test]
    fn hours_do_not_help_where_points_are_asked_for() {
        assert_eq!(star(&rule("stars-tangshan-2011"), 1_000_000, 29_999).star, 0);
        assert_eq!(star(&rule("stars-national"), 5_999, 1_000_000).star, 0);
    }

    #[test]
    fn a_star_with_two_thresholds_needs_both() {
        let steps = vec![step(1, Some(600), Some(10_000)), step(2, Some(1_200), Some(20_000))];
        let rule = StarRule { window: StarWindow::CalendarYear, applied_for: true, steps };
        assert_eq!(star(&rule, 1_200, 9_999).star, 0);
        let standing = star(&rule, 1_200, 15_000);
        assert_eq!(standing.star, 1);
        let next = standing.next.unwrap();
        assert_eq!((next.minutes_missing, next.points_missing_minor), (0, 5_000));
        assert_eq!(
            sentence(&rule, 600, 12_050, Language::Chinese),
            "一星级志愿者 · 已服务 10 小时 · 累计 120.5 分 · 满 20 小时且 200 分可申报二星级"
        );
    }

    #[test]
    fn the_standing_is_one_plain_line() {
        let national = rule("stars-national");
        let line = |minutes, language| sentence(&national, minutes, 0, language);
        assert_eq!(
            line(264 * 60, Language::Chinese),
            "一星级志愿者 · 已服务 264 小时 · 满 300 小时可申报二星级"
        );
        assert_eq!(
            line(264 * 60, Language::English),
            "1-star volunteer · 264 h served · apply for 2-star at 300 h"
        );
        assert_eq!(line(95, Language::Chinese), "暂无星级 · 已服务 1 小时 35 分钟 · 满 100 小时可申报一星级");
        assert_eq!(line(1500 * 60, Language::Chinese), "五星级志愿者 · 已服务 1500 小时");
        assert_eq!(
            sentence(&rule("stars-tangshan-2011"), 0, 30_000, Language::Chinese),
            "一星级志愿者 · 累计 300 分 · 满 600 分可评二星级"
        );
    }
}

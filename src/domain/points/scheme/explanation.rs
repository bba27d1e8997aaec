//! 「为什么是这个分」: the steps of a decision as figures, stored with the award, and rendered as plain sentences.

use super::model::*;
use crate::domain::amount;
use crate::domain::language::Language;
use crate::domain::ledger::curve::{Counts, Moved};
use crate::domain::service::record::Evidence;
use crate::domain::time::Day;
use crate::texts::{Text, sentences as s};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Why an award is what it is: figures and codes only, never names of persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    pub scheme: String,
    pub version: String,
    pub name: String,
    /// The place that published the values.
    pub place: Option<String>,
    pub valid_from: Day,
    pub day: Day,
    pub purse: Purse,
    pub steps: Vec<Step>,
    /// What the scheme gives before the caps, in hundredths.
    pub desired_minor: i64,
    pub caps: Vec<CapNote>,
    /// The groups whose counters it moved, from its own to the topmost one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupNote>,
}

/// A group whose counter a deed moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupNote {
    pub code: String,
    pub name: String,
    pub over: Window,
    pub counts: Counts,
    /// Bounds of its value, in millionths of a point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<i64>,
}

/// What the counter of a group did, as the entry has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupStep {
    /// [`GroupNote::code`].
    pub code: String,
    pub moved: Moved,
}

/// A cap that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapNote {
    pub code: String,
    pub name: String,
    pub counts: CapCounts,
    /// Hundredths of points, minutes, or times.
    pub limit: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CapCounts {
    Points,
    Minutes,
    Times,
}

/// A cap that cut the award, as the ledger applied it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BittenCap {
    /// [`CapNote::code`].
    pub code: String,
    /// The value of the counter before this award.
    pub used: i64,
}

/// The place of a price in the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priced {
    Base,
    Level,
    Category,
}

/// One step towards the points, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Served minutes, and what is counted of them after rounding.
    Minutes {
        minutes: i64,
        counted: i64,
        counting: Counting,
    },
    BelowLeast {
        minutes: i64,
        least: i64,
    },
    /// What a cap in minutes left.
    MinutesCapped {
        code: String,
        name: String,
        limit: i64,
        used: i64,
        counted: i64,
    },
    Rate {
        points: Decimal,
        per_time: bool,
        of: Priced,
        name: Option<String>,
    },
    Coefficient {
        coefficient: Decimal,
        of: Priced,
        name: String,
    },
    Evidence {
        class: Evidence,
        factor: Decimal,
    },
    Item {
        item: String,
        name: String,
    },
    Each {
        points: Decimal,
        quantity: Decimal,
        unit: Option<String>,
    },
    /// Each full `each` of the quantity.
    Full {
        each: Decimal,
        points: Decimal,
        quantity: Decimal,
        times: Decimal,
        unit: Option<String>,
    },
    Percent {
        percent: Decimal,
        quantity: Decimal,
        unit: Option<String>,
    },
    /// The highest band reached; `None`: below the lowest.
    Tier {
        from: Option<Decimal>,
        points: Decimal,
        quantity: Decimal,
        unit: Option<String>,
    },
    /// The row of a table that fits.
    Case {
        class: Option<String>,
        from: Option<Day>,
        until: Option<Day>,
    },
    /// The quantity of an item that has no price of its own: the tiers or bands of its group are the price.
    Counted {
        quantity: Decimal,
        unit: Option<String>,
    },
    /// The scheme's maximum for one award.
    Most {
        points: Decimal,
    },
    Zeroing,
    /// A person decided the points; who and why is stored with the award.
    Decided {
        points: Decimal,
    },
    /// The exact result had more decimals than the scheme gives.
    Rounded {
        exact: Decimal,
        points: Decimal,
        rounding: PointRounding,
    },
}

impl Explanation {
    /// Compact JSON with sorted keys: the same explanation always has the same bytes.
    pub fn to_json(&self) -> String {
        serde_json::to_value(self).map(|v| v.to_string()).unwrap_or_default()
    }

    /// Parses what [`Explanation::to_json`] wrote.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The decision in plain sentences: version and day, the steps, desired, the caps that applied, granted.
/// `granted_minor` is `None` while nothing is granted yet.
pub fn explain(
    explanation: &Explanation,
    granted_minor: Option<i64>,
    bitten: &[BittenCap],
    groups: &[GroupStep],
    language: Language,
) -> Vec<String> {
    let mut sentences = vec![rules(explanation, language)];
    sentences.extend(explanation.steps.iter().map(|step| sentence(step, language)));
    let zeroing = explanation.steps.contains(&Step::Zeroing);
    let points = |minor: i64| amount::short(minor, POINT_DECIMALS);
    let desired = points(explanation.desired_minor);
    let counted = explanation.steps.iter().any(|step| matches!(step, Step::Counted { .. }));
    if !zeroing && !counted {
        sentences.push(language.pick(
            format!("按办法应得 {desired} 分。"),
            format!("By the scheme this is worth {desired} points."),
        ));
    }
    for step in groups {
        if let Some(group) = explanation.groups.iter().find(|group| group.code == step.code) {
            sentences.push(group_sentence(group, step.moved, language));
        }
    }
    for bite in bitten {
        if let Some(cap) = explanation.caps.iter().find(|cap| cap.code == bite.code) {
            sentences.push(bite_sentence(cap, bite, language));
        }
    }
    if let (Some(granted), false) = (granted_minor, zeroing) {
        let granted = points(granted);
        sentences.push(language.pick(format!("实发 {granted} 分。"), format!("Granted: {granted} points.")));
    }
    sentences
}

fn rules(e: &Explanation, language: Language) -> String {
    let place = e.place.as_ref();
    match language {
        Language::Chinese => {
            let borrowed = place.map(|p| format!("，分值来源：{p}")).unwrap_or_default();
            format!(
                "依据《{}》{} 版（{} 起执行{borrowed}），行为日期 {}。",
                e.name, e.version, e.valid_from, e.day
            )
        }
        Language::English => {
            let borrowed = place.map(|p| format!("; values from: {p}")).unwrap_or_default();
            format!(
                "Scheme 《{}》, version {} (in force from {}{borrowed}), day of the deed {}.",
                e.name, e.version, e.valid_from, e.day
            )
        }
    }
}

fn bite_sentence(cap: &CapNote, bite: &BittenCap, language: Language) -> String {
    let shown = |n: i64| match cap.counts {
        CapCounts::Points => language.pick(
            format!("{} 分", amount::short(n, POINT_DECIMALS)),
            format!("{} points", amount::short(n, POINT_DECIMALS)),
        ),
        CapCounts::Minutes => duration(n, language),
        CapCounts::Times => language.pick(format!("{n} 次"), format!("{n} times")),
    };
    let left = cap.limit.saturating_sub(bite.used).max(0);
    let (name, limit, used, left) = (&cap.name, shown(cap.limit), shown(bite.used), shown(left));
    language.pick(
        format!("触及「{name}」：上限 {limit}，此前已计 {used}，还可计 {left}。"),
        format!("The cap “{name}” applies: limit {limit}, counted before {used}, left {left}."),
    )
}

/// 「公共事务」每天：合计 16 分，最多 10 分，由值 8 分到 10 分。
fn group_sentence(group: &GroupNote, moved: Moved, language: Language) -> String {
    let short = |millionths: i64| amount::short(millionths, MILLIONTHS);
    let sum = match group.counts {
        Counts::Points | Counts::Highest => s::GroupPoints { points: short(moved.to) }.into(),
        Counts::Times => Text::from(s::GroupTimes { times: moved.to }),
        Counts::Hours => s::ReadingTime { time: duration(moved.to, language) }.into(),
    };
    let (name, over) = (&group.name, group.over.word());
    let (from, to) = (short(moved.value_from), short(moved.value_to));
    let text = match (
        group.most.filter(|most| moved.value_to == *most),
        group.least.filter(|least| moved.value_to == *least),
    ) {
        (Some(most), _) => {
            Text::from(s::GroupAtMost { name, window: over, sum, most: short(most), from, to })
        }
        (None, Some(least)) => {
            s::GroupAtLeast { name, window: over, sum, least: short(least), from, to }.into()
        }
        (None, None) => s::GroupMoved { name, window: over, sum, from, to }.into(),
    };
    text.say(language)
}

fn sentence(step: &Step, language: Language) -> String {
    match language {
        Language::Chinese => chinese(step),
        Language::English => english(step),
    }
}

fn chinese(step: &Step) -> String {
    let zh = Language::Chinese;
    let of = |unit: &Option<String>| unit.clone().unwrap_or_default();
    match step {
        Step::Minutes { minutes, counted, counting } => {
            let (minutes, counted) = (duration(*minutes, zh), duration(*counted, zh));
            format!("服务 {minutes}，{}，计 {counted}。", counting_words(*counting, zh))
        }
        Step::BelowLeast { minutes, least } => {
            format!("服务 {}，不到 {}，不计分。", duration(*minutes, zh), duration(*least, zh))
        }
        Step::MinutesCapped { name, limit, used, counted, .. } => format!(
            "触及「{name}」：上限 {}，此前已计 {}，本次计 {}。",
            duration(*limit, zh),
            duration(*used, zh),
            duration(*counted, zh)
        ),
        Step::Rate { points, per_time, of, name } => {
            let per = if *per_time { "每次" } else { "每小时" };
            format!("{}{per} {points} 分。", priced_chinese(*of, name.as_deref()))
        }
        Step::Coefficient { coefficient, of, name } => {
            format!("{}系数 {coefficient}。", priced_chinese(*of, Some(name)))
        }
        Step::Evidence { class, factor } => {
            format!("记录方式「{}」系数 {factor}。", evidence_words(*class, zh))
        }
        Step::Item { item, name } => format!("项目「{name}」（{item}）。"),
        Step::Each { points, quantity, unit } => {
            format!("每{} {points} 分，数量 {quantity}。", unit.as_deref().unwrap_or("次"))
        }
        Step::Full { each, points, quantity, times, unit } => {
            let unit = of(unit);
            format!("每满 {each}{unit} {points} 分，共 {quantity}{unit}，计 {times} 个整份。")
        }
        Step::Percent { percent, quantity, unit } => format!("{quantity}{} 的 {percent}%。", of(unit)),
        Step::Tier { from: Some(from), points, quantity, unit } => {
            let unit = of(unit);
            format!("数量 {quantity}{unit}，达到 {from}{unit} 一档，{points} 分。")
        }
        Step::Tier { from: None, quantity, unit, .. } => {
            format!("数量 {quantity}{}，未到最低一档。", of(unit))
        }
        Step::Counted { quantity, unit } => format!("计 {quantity} {}。", unit.as_deref().unwrap_or("次")),
        Step::Case { class, from, until } => {
            let class = class.as_deref().unwrap_or("所有人");
            match (from, until) {
                (None, None) => format!("按“{class}”一行。"),
                (Some(from), None) => format!("按“{class}”{from} 起一行。"),
                (None, Some(until)) => format!("按“{class}”到 {until} 一行。"),
                (Some(from), Some(until)) => format!("按“{class}”{from} 到 {until} 一行。"),
            }
        }
        Step::Most { points } => format!("每次最多 {points} 分。"),
        Step::Zeroing => "本期积分清零：可用积分归零，终身积分和服务时长不变；如有异议可申诉。".into(),
        Step::Decided { points } => format!("一事一议，经认定 {points} 分。"),
        Step::Rounded { exact, points, rounding } => {
            let how = match rounding {
                PointRounding::HalfUp => "四舍五入",
                PointRounding::Floor => "舍去尾数",
            };
            format!("{}，{how}为 {points} 分。", exact.round_dp(6))
        }
    }
}

fn english(step: &Step) -> String {
    let en = Language::English;
    let of = |unit: &Option<String>| unit.as_ref().map(|u| format!(" {u}")).unwrap_or_default();
    match step {
        Step::Minutes { minutes, counted, counting } => {
            let (minutes, counted) = (duration(*minutes, en), duration(*counted, en));
            format!("Served {minutes}; {}: {counted} count.", counting_words(*counting, en))
        }
        Step::BelowLeast { minutes, least } => {
            format!("Served {}, less than {}: nothing counts.", duration(*minutes, en), duration(*least, en))
        }
        Step::MinutesCapped { name, limit, used, counted, .. } => format!(
            "The cap “{name}” applies: limit {}, counted before {}, this time {}.",
            duration(*limit, en),
            duration(*used, en),
            duration(*counted, en)
        ),
        Step::Rate { points, per_time, of, name } => {
            let per = if *per_time { "each time" } else { "an hour" };
            format!("{}{points} points {per}.", priced_english(*of, name.as_deref()))
        }
        Step::Coefficient { coefficient, of, name } => {
            format!("{}coefficient {coefficient}.", priced_english(*of, Some(name)))
        }
        Step::Evidence { class, factor } => {
            format!("Recorded by {}: factor {factor}.", evidence_words(*class, en))
        }
        Step::Item { item, name } => format!("Item “{name}” ({item})."),
        Step::Each { points, quantity, unit } => match unit {
            Some(unit) => format!("{points} points for each {unit}, quantity {quantity}."),
            None => format!("{points} points each time, quantity {quantity}."),
        },
        Step::Full { each, points, quantity, times, unit } => {
            let unit = of(unit);
            format!("{points} points for each full {each}{unit}: {quantity}{unit} hold {times}.")
        }
        Step::Percent { percent, quantity, unit } => format!("{percent}% of {quantity}{}.", of(unit)),
        Step::Tier { from: Some(from), points, quantity, unit } => {
            let unit = of(unit);
            format!("{quantity}{unit} reach the band from {from}{unit}: {points} points.")
        }
        Step::Tier { from: None, quantity, unit, .. } => {
            format!("{quantity}{} are below the lowest band.", of(unit))
        }
        Step::Counted { quantity, unit } => match unit {
            Some(unit) => format!("Counts {quantity} {unit}."),
            None => format!("Counts {quantity} times."),
        },
        Step::Case { class, from, until } => {
            let class = class.as_deref().unwrap_or("everybody");
            match (from, until) {
                (None, None) => format!("By the row for “{class}”."),
                (Some(from), None) => format!("By the row for “{class}” from {from}."),
                (None, Some(until)) => format!("By the row for “{class}” until {until}."),
                (Some(from), Some(until)) => format!("By the row for “{class}”, {from} to {until}."),
            }
        }
        Step::Most { points } => format!("At most {points} points at a time."),
        Step::Zeroing => {
            "This period's points go to zero: spendable points only, lifetime points and service \
                          time stay; an appeal is open."
                .into()
        }
        Step::Decided { points } => format!("Decided case by case: {points} points."),
        Step::Rounded { exact, points, rounding } => {
            let how = match rounding {
                PointRounding::HalfUp => "rounded half up",
                PointRounding::Floor => "rounded down",
            };
            format!("{}, {how}: {points} points.", exact.round_dp(6))
        }
    }
}

fn priced_chinese(of: Priced, name: Option<&str>) -> String {
    match (of, name) {
        (Priced::Level, Some(name)) => format!("级别「{name}」"),
        (Priced::Category, Some(name)) => format!("类别「{name}」"),
        _ => String::new(),
    }
}

fn priced_english(of: Priced, name: Option<&str>) -> String {
    match (of, name) {
        (Priced::Level, Some(name)) => format!("Level “{name}”: "),
        (Priced::Category, Some(name)) => format!("Category “{name}”: "),
        _ => String::new(),
    }
}

pub(super) fn evidence_words(class: Evidence, language: Language) -> &'static str {
    match class {
        Evidence::Scan => language.pick("签到签退", "sign-in and sign-out"),
        Evidence::Kiosk => language.pick("自助终端", "kiosk"),
        Evidence::SelfReport => language.pick("本人申报", "self-report"),
        Evidence::Paper => language.pick("纸质签到表", "signed sheet"),
        Evidence::Backfill => language.pick("补录", "late entry"),
    }
}

pub(super) fn counting_words(counting: Counting, language: Language) -> String {
    match counting {
        Counting::Actual => language.pick("按实际时间", "actual time counts").into(),
        Counting::Down { block_minutes } => {
            let block = duration(block_minutes, language);
            language.pick(format!("每满 {block}计，不足部分不计"), format!("only each full {block} counts"))
        }
        Counting::Up { block_minutes } => {
            let block = duration(block_minutes, language);
            language
                .pick(format!("不足 {block}的部分按 {block}计"), format!("each begun {block} counts whole"))
        }
        Counting::BelowOneHourCountsOne => {
            language.pick("不到 1 小时按 1 小时计", "less than one hour counts as one hour").into()
        }
        Counting::HalfUp => language
            .pick(
                "不足 1 小时的部分，满 30 分钟按 1 小时、不足 30 分钟按半小时计",
                "of a begun hour, 30 minutes or more count as one hour, less as half an hour",
            )
            .into(),
    }
}

/// `2.5 小时`, `1 小时 35 分钟`, `20 分钟`.
pub fn duration(minutes: i64, language: Language) -> String {
    let hours = minutes.div_euclid(60);
    let rest = minutes.rem_euclid(60);
    let (hour, minute) = language.pick(("小时", "分钟"), ("h", "min"));
    match (hours, rest) {
        (hours, 0) => format!("{hours} {hour}"),
        (0, 30) => format!("0.5 {hour}"),
        (hours, 30) => format!("{hours}.5 {hour}"),
        (0, rest) => format!("{rest} {minute}"),
        (hours, rest) => format!("{hours} {hour} {rest} {minute}"),
    }
}

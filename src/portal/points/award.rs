//! 批量发放: a list is pasted, every row is checked without anything being written, put right in place, and awarded with
//! one button. What is awarded is exactly what was checked: another list is shown again first.

use super::checking::*;
use super::rows::{MOST, Row};
use crate::domain::amount;
use crate::domain::figures::{count, points};
use crate::domain::id::Id;
use crate::domain::points::scheme::{Item, ItemValue, Subject};
use crate::domain::refusal::Refusal;
use crate::domain::time::Day;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::Error;
use crate::services::people::desk::Recognised;
use crate::services::points::limits::OrgLimit;
use crate::services::points::proposals::Awarded;
use crate::services::points::schemes::InForce;
use crate::texts::sentences as s;
use askama::Template;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A choice of the list of items.
struct Choice {
    value: String,
    words: String,
}

/// Choices under the name of their scheme.
struct Group {
    title: String,
    choices: Vec<Choice>,
}

/// A row on the page.
struct Line {
    at: usize,
    number: usize,
    row: Row,
    /// Good: who it is, and what they get.
    person: String,
    points: String,
    is_second: bool,
    fault: String,
    bad_name: bool,
    bad_who: bool,
    bad_amount: bool,
    bad_note: bool,
    is_checked: bool,
}

#[derive(Template)]
#[template(path = "staff_award.html")]
struct AwardPage {
    f: Frame,
    groups: Vec<Group>,
    item: String,
    day: String,
    today: String,
    reason: String,
    is_points: bool,
    /// The classes to which the item is limited.
    classes: Option<String>,
    has_classes: bool,
    paste: String,
    lines: Vec<Line>,
    amount_label: String,
    /// What the scheme gives and where its limits are.
    limits: Vec<String>,
    summary: Option<Summary>,
    paste_hint: String,
    /// Nothing was given: the list is no longer what was checked.
    changed: bool,
}

/// How far a list uses up the limit of an organisation; widths are of 1,000.
struct Bar {
    words: String,
    used: String,
    now: String,
    left: String,
    used_width: i64,
    now_width: i64,
    /// The list reaches the limit: the last rows get less, or nothing.
    is_full: bool,
}

/// What the red button does.
struct Summary {
    sum: String,
    people: String,
    left_out: Option<String>,
    to_mend: Option<String>,
    second: Option<String>,
    button: Option<String>,
    good: String,
    seconds: String,
    seen: String,
    bars: Vec<Bar>,
}

/// What an item gives, in a few words.
fn worth(visit: &Visit, item: &Item) -> String {
    let minor = |value: &Decimal| amount::minor(*value, 2).map(points).unwrap_or_else(|_| value.to_string());
    let unit = item.unit.clone().unwrap_or_else(|| visit.words().staff_unit_times());
    match &item.value {
        ItemValue::Fixed(each) => visit.say(s::StaffWorthFixed { points: minor(each), unit }),
        ItemValue::Step { each, points, .. } => {
            visit.say(s::StaffWorthStep { points: minor(points), each: each.normalize(), unit })
        }
        ItemValue::Percent { percent, .. } => {
            visit.say(s::StaffWorthPercent { percent: percent.normalize() })
        }
        ItemValue::Tiers(_) => visit.words().staff_worth_tiers(),
        ItemValue::Zeroing => visit.words().staff_worth_zeroing(),
        ItemValue::Counted | ItemValue::Nth(_) => visit.words().staff_worth_counted(),
        ItemValue::Cases { .. } => visit.words().staff_worth_tiers(),
        ItemValue::CaseByCase { .. } => visit.words().staff_worth_decided(),
    }
}

fn groups(visit: &Visit, schemes: &[InForce]) -> Vec<Group> {
    let group = |of: &InForce| Group {
        title: of.scheme.name.clone(),
        choices: of
            .scheme
            .items
            .iter()
            .map(|item| Choice {
                value: format!("{}/{}", of.row.scheme_id, item.code),
                words: format!("{} · {}", item.name, worth(visit, item)),
            })
            .collect(),
    };
    schemes.iter().map(group).filter(|group| !group.choices.is_empty()).collect()
}

/// Places of rows as a hidden field has them.
fn joined(places: &[usize]) -> String {
    places.iter().map(usize::to_string).collect::<Vec<_>>().join(",")
}

fn parted(visit: &Visit, name: &str) -> Vec<usize> {
    let text = visit.form.typed(name).unwrap_or_default();
    text.split(',').filter_map(|at| at.parse().ok()).filter(|at| *at < MOST).collect()
}

fn summary(visit: &Visit, list: &List, rows: &[Checked]) -> Summary {
    let (mut good, mut seconds, mut sum, mut bad) = (Vec::new(), Vec::new(), 0_i64, 0_i64);
    for (at, row) in rows.iter().enumerate() {
        match &row.outcome {
            Outcome::Good { points } => {
                good.push(at);
                sum = sum.saturating_add(*points);
            }
            Outcome::Second => seconds.push(at),
            Outcome::Bad { .. } => bad = bad.saturating_add(1),
        }
    }
    let number = |places: &[usize]| count(i64::try_from(places.len()).unwrap_or(i64::MAX));
    let button = match (good.is_empty(), seconds.is_empty()) {
        (false, _) => Some(visit.say(s::StaffAwardConfirm { number: number(&good) })),
        (true, false) => Some(visit.say(s::StaffAwardPropose { number: number(&seconds) })),
        (true, true) => None,
    };
    Summary {
        sum: points(sum),
        people: visit.say(s::StaffAwardPeople { number: number(&good) }),
        left_out: (bad > 0).then(|| visit.say(s::StaffAwardLeftOut { number: count(bad) })),
        to_mend: (bad > 0).then(|| visit.say(s::StaffAwardToMend { number: count(bad) })),
        second: (!seconds.is_empty()).then(|| visit.say(s::StaffAwardSecond { number: number(&seconds) })),
        button,
        good: joined(&good),
        seconds: joined(&seconds),
        seen: list.digest(),
        bars: Vec::new(),
    }
}

/// The limits of the organisations whose people are on the list, with what the list adds to them.
async fn bars(visit: &Visit, list: &List, rows: &[Checked]) -> Result<Vec<Bar>, Fault> {
    let mut sums: BTreeMap<Id, i64> = BTreeMap::new();
    for row in rows {
        if let (Outcome::Good { points }, Some(member)) = (&row.outcome, &row.member) {
            let sum = sums.entry(member.org_id).or_default();
            *sum = sum.saturating_add(*points);
        }
    }
    if sums.is_empty() {
        return Ok(Vec::new());
    }
    let (orgs, item) = (sums.keys().copied().collect(), list.chosen.item.code.clone());
    let call = visit.reading()?;
    let limits = visit.services().org_limits(&call, list.chosen.scheme, item, list.day, orgs).await?;
    let bar = |limit: OrgLimit| {
        let now = sums.get(&limit.org).copied().unwrap_or_default();
        let left = limit.limit.saturating_sub(limit.used).saturating_sub(now);
        let width =
            |part: i64| part.saturating_mul(1000).checked_div(limit.limit).unwrap_or(0).clamp(0, 1000);
        let used_width = width(limit.used);
        Bar {
            words: visit.say(s::AwardLimitOf {
                org: &limit.org_name,
                name: &limit.name,
                limit: points(limit.limit),
            }),
            used: points(limit.used),
            now: points(now),
            left: points(left.max(0)),
            used_width,
            now_width: width(now).min(1000_i64.saturating_sub(used_width)),
            is_full: left <= 0,
        }
    };
    Ok(limits.into_iter().map(bar).collect())
}

/// Where the limits of an item are, each in a few words.
fn limits(visit: &Visit, chosen: &Chosen) -> Vec<String> {
    let mut limits = vec![format!("{} · {}", chosen.item.name, worth(visit, &chosen.item))];
    if let Some(most) = chosen.item.most_quantity {
        limits.push(visit.say(s::StaffLimitQuantity { most: count(i64::from(most)) }));
    }
    if let Some(times) = chosen.item.at_most {
        let window = times.per.word();
        let of = if times.of == Subject::Household { "household" } else { "person" };
        limits.push(visit.say(s::StaffLimitTimes { of, times: count(i64::from(times.times)), window }));
    }
    if let Some(most) = chosen.four_eyes {
        limits.push(visit.say(s::StaffLimitSecond { points: points(most) }));
    }
    limits.extend(chosen.item.note.clone());
    limits
}

fn blank(at: usize, row: Row) -> Line {
    Line {
        at,
        number: at.saturating_add(1),
        row,
        person: String::new(),
        points: String::new(),
        is_second: false,
        fault: String::new(),
        bad_name: false,
        bad_who: false,
        bad_amount: false,
        bad_note: false,
        is_checked: false,
    }
}

fn line(visit: &Visit, at: usize, checked: Checked) -> Line {
    let mut line = blank(at, checked.row);
    line.is_checked = true;
    line.person =
        checked.member.map(|member| format!("{} {}", member.name, member.number)).unwrap_or_default();
    match checked.outcome {
        Outcome::Good { points } => line.points = crate::domain::figures::signed(points),
        Outcome::Second => {
            line.is_second = true;
            line.points = visit.words().staff_row_second();
        }
        Outcome::Bad { cell, words } => {
            (line.bad_name, line.bad_who, line.bad_amount, line.bad_note) =
                (cell == Cell::Name, cell == Cell::Who, cell == Cell::Amount, cell == Cell::Note);
            line.fault = words;
        }
    }
    line
}

/// The page; `changed`: what was to be awarded is no longer what was checked.
async fn page(visit: &Visit, list: Option<(List, Vec<Checked>)>, changed: bool) -> Answer {
    let w = visit.words();
    let today = visit.days().today;
    let typed = |name: &str| visit.form.typed(name).map(str::to_owned);
    let day = typed("day").filter(|text| !text.is_empty()).unwrap_or_else(|| today.to_string());
    // A day that cannot be read is said at its field.
    let schemes = in_force(visit, Day::parse(&day)).await?;
    let item = typed("scheme_item").or_else(|| visit.query("item")).unwrap_or_default();
    let chosen_item = chosen(&schemes, &item);
    let (mut is_points, mut paste) = (typed("counts").as_deref() == Some("points"), String::new());
    let (lines, summary) = match list {
        Some((list, rows)) => {
            is_points = list.is_points;
            let mut summary = summary(visit, &list, &rows);
            summary.bars = bars(visit, &list, &rows).await?;
            (rows.into_iter().enumerate().map(|(at, row)| line(visit, at, row)).collect(), Some(summary))
        }
        None => {
            paste = typed("paste").unwrap_or_default();
            let mut rows = typed_rows(visit);
            if let Some(name) = visit.query("name").filter(|_| rows.is_empty()) {
                rows.push(Row { name, who: visit.query("number").unwrap_or_default(), ..Row::default() });
            }
            (rows.into_iter().enumerate().map(|(at, row)| blank(at, row)).collect::<Vec<_>>(), None)
        }
    };
    let is_decided =
        chosen_item.as_ref().is_some_and(|chosen| matches!(chosen.item.value, ItemValue::CaseByCase { .. }));
    let unit = chosen_item.as_ref().and_then(|chosen| chosen.item.unit.clone());
    let amount_label = match (is_points || is_decided, unit) {
        (true, _) => w.staff_column_points(),
        (false, Some(unit)) => visit.say(s::StaffColumnQuantity { unit }),
        (false, None) => w.staff_column_number(),
    };
    let classes = chosen_item.as_ref().map(|chosen| chosen.item.applies_to.join("、"));
    let classes = classes.filter(|classes| !classes.is_empty());
    let f = visit.frame(w.staff_award_title()).await?;
    visit.page(&AwardPage {
        groups: groups(visit, &schemes),
        item,
        day,
        today: today.to_string(),
        reason: typed("award_reason").unwrap_or_default(),
        is_points,
        classes: classes.map(|classes| visit.say(s::StaffAwardClasses { classes })),
        has_classes: visit.fields().ticked("classes"),
        paste,
        lines,
        amount_label,
        limits: chosen_item.as_ref().map(|chosen| limits(visit, chosen)).unwrap_or_default(),
        summary,
        paste_hint: visit.say(s::StaffPasteHint { most: MOST }),
        changed,
        f,
    })
}

pub async fn show(visit: Visit) -> Answer {
    page(&visit, None, false).await
}

/// Checks the list, or awards what was checked.
pub async fn take(visit: Visit) -> Answer {
    let list = list(&visit).await?;
    let is_award = visit.form.typed("step") == Some("award");
    let is_same = visit.form.typed("seen") == Some(list.digest().as_str());
    if is_award && is_same {
        return award(&visit, list).await;
    }
    let rows = checked(&visit, &list).await?;
    // Changed after the check: nothing is given before it was seen.
    page(&visit, Some((list, rows)), is_award).await
}

/// Awards the rows that were good when they were checked, all or none, and proposes those that need a second person.
async fn award(visit: &Visit, list: List) -> Answer {
    let (services, call) = (visit.services(), visit.call()?);
    let found = services.recognise(&visit.reading()?, list.sought()).await?;
    let mut found: Vec<Option<Recognised>> = found.into_iter().map(Some).collect();
    let mut asks_of = |places: Vec<usize>| {
        let mut asks = Vec::with_capacity(places.len());
        for at in places {
            let row = list.rows.get(at)?;
            let member = person(visit, row, found.get_mut(at)?.take()?).ok()?;
            asks.push(list.ask(visit, row, member.id).ok()?);
        }
        Some(asks)
    };
    let (good, seconds) = (asks_of(parted(visit, "good")), asks_of(parted(visit, "seconds")));
    let (Some(good), Some(seconds)) = (good, seconds) else {
        // A file was changed meanwhile: check again.
        let rows = checked(visit, &list).await?;
        return page(visit, Some((list, rows)), true).await;
    };
    let (mut number, mut proposed, mut failed) = (0_usize, 0_usize, 0_usize);
    if !good.is_empty() {
        let results = services.award_all(&call, good, true).await?;
        number = results.len();
        if results.iter().any(Result::is_err) {
            let fault = results
                .into_iter()
                .filter_map(Result::err)
                .find(|error| !matches!(error, Error::Refused(Refusal::OtherRefused { .. })));
            if let Some(error @ (Error::Busy | Error::Closed(_) | Error::Unavailable(_) | Error::Fault(_))) =
                fault
            {
                return Err(error.into());
            }
            let rows = checked(visit, &list).await?;
            return page(visit, Some((list, rows)), true).await;
        }
    }
    for (at, ask) in seconds.into_iter().enumerate() {
        let mut one = call.clone();
        if let Some(request) = &mut one.request {
            request.key = format!("{}/second/{at}", request.key);
        }
        match services.award_or_propose(&one, ask).await {
            Ok(Awarded::Proposed { .. }) => proposed = proposed.saturating_add(1),
            Ok(Awarded::Done(_)) => number = number.saturating_add(1),
            Err(Error::Refused(_) | Error::RefusedBefore(_)) => failed = failed.saturating_add(1),
            Err(error) => return Err(error.into()),
        }
    }
    visit.to(&format!("/staff/awards/list?given={number}&proposed={proposed}&failed={failed}"))
}

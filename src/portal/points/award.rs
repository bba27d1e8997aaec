//! 批量发放: a list is pasted, every row is checked without anything being written, put right in place, and awarded with
//! one button. What is awarded is exactly what was checked: another list is shown again first.

use super::rows::{MOST, Row, parse};
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{Note, PersonName, QuantityText, Reason, ScoreText, SearchText};
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::ledger::receipt::Receipt;
use crate::domain::points::scheme::{Item, ItemValue};
use crate::domain::refusal::Refusal;
use crate::domain::time::Day;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::figures::{count, points};
use crate::portal::frame::form::plain_digits;
use crate::portal::frame::visit::Visit;
use crate::portal::people::read;
use crate::services::people::counter::MemberRow;
use crate::services::people::desk::{Recognised, Sought};
use crate::services::points::awards::{AwardAsk, purse};
use crate::services::points::proposals::Awarded;
use crate::services::points::schemes::InForce;
use crate::services::{Call, Done, Error};
use crate::texts::sentences as s;
use askama::Template;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// An item of a scheme that is in force.
struct Chosen {
    scheme: Id,
    four_eyes: Option<i64>,
    item: Item,
}

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

/// Where the fault of a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    Name,
    Who,
    Amount,
    Note,
    Row,
}

/// The result of a row's check.
enum Outcome {
    /// Points that it gives, and who gets them.
    Good {
        points: i64,
    },
    /// A second person must agree.
    Second,
    Bad {
        cell: Cell,
        words: String,
    },
}

/// A row with its result.
struct Checked {
    row: Row,
    member: Option<MemberRow>,
    outcome: Outcome,
}

/// Everything that a list depends on.
struct List {
    chosen: Chosen,
    day: Day,
    reason: String,
    /// The numbers are points, not quantities.
    is_points: bool,
    classes: Vec<String>,
    rows: Vec<Row>,
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
}

async fn in_force(visit: &Visit, day: Option<Day>) -> Result<Vec<InForce>, Fault> {
    Ok(visit.services().schemes_in_force(&visit.reading()?, day).await?)
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

fn chosen(schemes: &[InForce], value: &str) -> Option<Chosen> {
    let (scheme, code) = value.split_once('/')?;
    let scheme: Id = scheme.parse().ok()?;
    let of = schemes.iter().find(|of| of.row.scheme_id == scheme)?;
    let item = of.scheme.items.iter().find(|item| item.code == code)?.clone();
    Some(Chosen { scheme, four_eyes: of.scheme.four_eyes_above_minor, item })
}

/// The rows of the table as they were typed; empty ones are taken out.
fn typed_rows(visit: &Visit) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (name, value) in visit.form.visible() {
        let Some((at, cell)) = name.strip_prefix("row.").and_then(|rest| rest.split_once('.')) else {
            continue;
        };
        let Some(at) = at.parse::<usize>().ok().filter(|at| *at < MOST) else { continue };
        if rows.len() <= at {
            rows.resize(at.saturating_add(1), Row::default());
        }
        let Some(row) = rows.get_mut(at) else { continue };
        let value: String = value.trim().chars().take(400).collect();
        match cell {
            "name" => row.name = value,
            "who" => row.who = plain_digits(&value),
            "amount" => row.amount = plain_digits(&value),
            "note" => row.note = value,
            _ => {}
        }
    }
    rows.retain(|row| !row.is_empty());
    rows
}

/// The list of the form; what is wrong with its head is refused.
async fn list(visit: &Visit) -> Result<List, Fault> {
    let fields = visit.fields();
    let day = fields.maybe::<Day>("day");
    let reason = fields.maybe::<Reason>("award_reason");
    let paste = visit.form.typed("paste").unwrap_or_default();
    let pasted = parse(paste);
    if pasted.is_too_long {
        let _ = fields.refuse::<()>("paste", FieldFault::TooManyItems { most: MOST });
    }
    let rows = if pasted.rows.is_empty() { typed_rows(visit) } else { pasted.rows };
    if rows.is_empty() {
        let _ = fields.refuse::<()>("paste", FieldFault::Missing);
    }
    let item = visit.form.typed("scheme_item").unwrap_or_default();
    if item.is_empty() {
        let _ = fields.refuse::<()>("scheme_item", FieldFault::Missing);
    }
    fields.checked()?;
    let (day, reason) = (day?, reason?);
    let schemes = in_force(visit, day).await?;
    let chosen = chosen(&schemes, item).ok_or(Refusal::absent("scheme"))?;
    let is_decided = matches!(chosen.item.value, ItemValue::CaseByCase { .. });
    let asked = visit.form.typed("counts") == Some("points");
    let classes = match fields.ticked("classes") {
        true => chosen.item.applies_to.clone(),
        false => Vec::new(),
    };
    Ok(List {
        is_points: is_decided || pasted.has_points.unwrap_or(asked),
        day: day.unwrap_or(visit.days().today),
        reason: reason.map(String::from).unwrap_or_default(),
        chosen,
        classes,
        rows,
    })
}

impl List {
    /// What was checked, as a few signs: another list is not awarded unseen.
    fn digest(&self) -> String {
        let mut whole = Sha256::new();
        let head =
            [&self.chosen.scheme.to_string(), &self.chosen.item.code, &self.reason, &self.day.to_string()];
        let cells = self.rows.iter().flat_map(|row| [&row.name, &row.who, &row.amount, &row.note]);
        for text in head.into_iter().chain(cells).chain(&self.classes) {
            whole.update(text.as_bytes());
            whole.update([0x1f]);
        }
        whole.update([u8::from(self.is_points)]);
        hex::encode(whole.finalize().get(..12).unwrap_or_default())
    }

    /// Whom the rows mean.
    fn sought(&self) -> Vec<Sought> {
        let text = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        self.rows.iter().map(|row| Sought { name: text(&row.name), number: text(&row.who) }).collect()
    }

    /// The quantity of a row, or the points that were decided.
    fn value(&self, visit: &Visit, row: &Row) -> Result<(Decimal, Option<i64>), String> {
        let said = |fault: Fault| sentence(visit, &fault);
        let is_decided = matches!(self.chosen.item.value, ItemValue::CaseByCase { .. });
        if is_decided {
            let score = read::<ScoreText>("row_amount", &row.amount).map_err(said)?;
            let score = score.ok_or_else(|| visit.words().staff_row_needs_points())?;
            return Ok((Decimal::ONE, Some(score.minor())));
        }
        let number = read::<QuantityText>("row_amount", &row.amount).map_err(said)?;
        let Some(number) = number.and_then(|text| text.as_str().parse::<Decimal>().ok()) else {
            return Ok((Decimal::ONE, None));
        };
        match &self.chosen.item.value {
            ItemValue::Fixed(each) if self.is_points => {
                let times = number.checked_div(each.abs()).filter(Decimal::is_integer);
                let points = amount::minor(each.abs(), 2).map(points).unwrap_or_default();
                times.map(|times| (times, None)).ok_or_else(|| visit.say(s::StaffRowNotTimes { points }))
            }
            _ => Ok((number, None)),
        }
    }

    /// The award of a row.
    fn ask(&self, visit: &Visit, row: &Row, member: Id) -> Result<AwardAsk, (Cell, String)> {
        let (quantity, decided) = self.value(visit, row).map_err(|words| (Cell::Amount, words))?;
        let note =
            read::<Note>("row_note", &row.note).map_err(|fault| (Cell::Note, sentence(visit, &fault)))?;
        let note = note.map(String::from);
        let decided = match decided {
            None => None,
            Some(minor) => {
                let reason = Some(self.reason.clone()).filter(|reason| !reason.is_empty()).or(note.clone());
                let reason = reason.ok_or_else(|| (Cell::Note, visit.words().staff_row_needs_reason()))?;
                Some((minor, reason))
            }
        };
        let common = Some(self.reason.clone()).filter(|reason| !reason.is_empty());
        let note = match (common, note) {
            (Some(common), Some(note)) if common != note => Some(format!("{common} {note}")),
            (common, note) => note.or(common),
        };
        Ok(AwardAsk {
            member,
            scheme: self.chosen.scheme,
            item: self.chosen.item.code.clone(),
            quantity,
            day: Some(self.day),
            classes: self.classes.clone(),
            decided,
            source: None,
            note,
        })
    }
}

/// A fault as one sentence.
fn sentence(visit: &Visit, fault: &Fault) -> String {
    if let Some((_, words)) = fault.of_fields(visit.language, visit.zone()).into_iter().next() {
        return words;
    }
    let (what, then) = fault.words(visit.language, visit.zone());
    if then.is_empty() { what } else { format!("{what} {then}") }
}

/// Whom a row means, or why that is not clear.
fn person(visit: &Visit, row: &Row, found: Recognised) -> Result<MemberRow, (Cell, String)> {
    let w = visit.words();
    let wrong = |cell, fault: Fault| (cell, sentence(visit, &fault));
    if row.name.trim().is_empty() && row.who.trim().is_empty() {
        return Err((Cell::Name, w.staff_row_needs_name()));
    }
    read::<PersonName>("row_name", row.name.trim()).map_err(|fault| wrong(Cell::Name, fault))?;
    read::<SearchText>("row_who", row.who.trim()).map_err(|fault| wrong(Cell::Who, fault))?;
    let has_number = !row.who.trim().is_empty();
    let mut files = found.files.into_iter();
    match (files.next(), files.len()) {
        (Some(member), 0) => Ok(member),
        (Some(_), more) => {
            let number = count(i64::try_from(more.saturating_add(1)).unwrap_or(i64::MAX));
            let words = match has_number {
                true => visit.say(s::StaffRowSeveralPhone { number }),
                false => visit.say(s::StaffRowSeveral { number }),
            };
            Err((Cell::Who, words))
        }
        (None, _) if found.other_name => Err((Cell::Name, w.staff_row_other_name())),
        (None, _) if has_number => Err((Cell::Who, w.staff_row_nobody_number())),
        (None, _) => Err((Cell::Name, w.staff_row_nobody_name())),
    }
}

/// What a receipt gives to a purse, in hundredths.
fn given(receipt: &Receipt, member: &MemberRow) -> i64 {
    let household = member.kind == "household";
    let legs = receipt.postings.iter().filter(|leg| {
        use crate::domain::ledger::asset::Asset;
        matches!(leg.asset, Asset::Point | Asset::Score)
    });
    legs.fold(0_i64, |sum, leg| {
        let own = purse(member.id, household, leg.asset).id;
        match (leg.credit == own, leg.debit == own) {
            (true, false) => sum.saturating_add(leg.amount),
            (false, true) => sum.saturating_sub(leg.amount),
            _ => sum,
        }
    })
}

/// Checks every row; nothing is written.
async fn checked(visit: &Visit, list: &List) -> Result<Vec<Checked>, Fault> {
    let (services, call) = (visit.services(), visit.reading()?);
    let found = services.recognise(&call, list.sought()).await?;
    let mut rows: Vec<Checked> = Vec::with_capacity(list.rows.len());
    let (mut asks, mut places) = (Vec::new(), Vec::new());
    let mut seen: HashMap<Id, usize> = HashMap::new();
    for ((at, row), found) in list.rows.iter().enumerate().zip(found) {
        let mut checked = Checked { row: row.clone(), member: None, outcome: Outcome::Second };
        let asked = person(visit, row, found).and_then(|member| {
            if let Some(first) = seen.get(&member.id) {
                let words = visit.say(s::StaffRowAgain { row: first.saturating_add(1) });
                return Err((Cell::Name, words));
            }
            let ask = list.ask(visit, row, member.id)?;
            seen.insert(member.id, at);
            Ok((member, ask))
        });
        match asked {
            Ok((member, ask)) => {
                asks.push(ask);
                places.push(at);
                checked.member = Some(member);
            }
            Err((cell, words)) => checked.outcome = Outcome::Bad { cell, words },
        }
        rows.push(checked);
    }
    if asks.is_empty() {
        return Ok(rows);
    }
    let rehearsal = Call { dry_run: true, ..call };
    let results = services.award_all(&rehearsal, asks, false).await?;
    for (at, result) in places.into_iter().zip(results) {
        let Some(row) = rows.get_mut(at) else { continue };
        row.outcome = outcome(visit, row.member.as_ref(), result)?;
    }
    Ok(rows)
}

fn outcome(visit: &Visit, member: Option<&MemberRow>, result: Result<Done, Error>) -> Result<Outcome, Fault> {
    match result {
        Ok(done) => Ok(Outcome::Good { points: member.map_or(0, |member| given(&done.receipt, member)) }),
        Err(Error::Refused(Refusal::SecondPersonNeeded)) => Ok(Outcome::Second),
        Err(Error::Refused(refusal)) => {
            let cell = match refusal {
                Refusal::QuantityRefused { .. } | Refusal::DecisionOutOfBounds { .. } => Cell::Amount,
                _ => Cell::Row,
            };
            Ok(Outcome::Bad { cell, words: sentence(visit, &Fault::from(Error::Refused(refusal))) })
        }
        Err(error) => Err(error.into()),
    }
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
    }
}

/// Where the limits of an item are, each in a few words.
fn limits(visit: &Visit, chosen: &Chosen) -> Vec<String> {
    let mut limits = vec![format!("{} · {}", chosen.item.name, worth(visit, &chosen.item))];
    if let Some(most) = chosen.item.most_quantity {
        limits.push(visit.say(s::StaffLimitQuantity { most: count(i64::from(most)) }));
    }
    if let Some(times) = chosen.item.at_most {
        use crate::domain::points::scheme::{Subject, Window};
        let window = match times.per {
            Window::Activity => "activity",
            Window::Day => "day",
            Window::Month => "month",
            Window::Quarter => "quarter",
            Window::Year => "year",
            Window::Total => "total",
        };
        let of = if matches!(times.of, Subject::Household) { "household" } else { "person" };
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
        Outcome::Good { points } => line.points = crate::portal::frame::figures::signed(points),
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
            let summary = summary(visit, &list, &rows);
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
        // Somebody has changed a file meanwhile: check anew.
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

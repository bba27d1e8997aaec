//! The rows of a list of awards: read as they were pasted or typed, and checked without anything being written.

use super::rows::{MOST, Row, parse};
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{Note, PersonName, QuantityText, Reason, ScoreText, SearchText};
use crate::domain::amount;
use crate::domain::figures::{count, points};
use crate::domain::id::Id;
use crate::domain::ledger::receipt::Receipt;
use crate::domain::points::scheme::{Item, ItemValue};
use crate::domain::refusal::Refusal;
use crate::domain::time::Day;
use crate::portal::frame::fault::Fault;
use crate::portal::frame::form::plain_digits;
use crate::portal::frame::visit::Visit;
use crate::portal::people::read;
use crate::services::people::counter::MemberRow;
use crate::services::people::desk::{Recognised, Sought};
use crate::services::points::awards::{AwardAsk, purse};
use crate::services::points::schemes::InForce;
use crate::services::{Call, Done, Error};
use crate::texts::sentences as s;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// An item of a scheme that is in force.
pub(super) struct Chosen {
    pub(super) scheme: Id,
    pub(super) four_eyes: Option<i64>,
    pub(super) item: Item,
}

/// Where the fault of a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Name,
    Who,
    Amount,
    Note,
    Row,
}

/// The result of a row's check.
pub(super) enum Outcome {
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
pub(super) struct Checked {
    pub(super) row: Row,
    pub(super) member: Option<MemberRow>,
    pub(super) outcome: Outcome,
}

/// Everything that a list depends on.
pub(super) struct List {
    pub(super) chosen: Chosen,
    pub(super) day: Day,
    pub(super) reason: String,
    /// The numbers are points, not quantities.
    pub(super) is_points: bool,
    pub(super) classes: Vec<String>,
    pub(super) rows: Vec<Row>,
}

pub(super) async fn in_force(visit: &Visit, day: Option<Day>) -> Result<Vec<InForce>, Fault> {
    Ok(visit.services().schemes_in_force(&visit.reading()?, day).await?)
}

pub(super) fn chosen(schemes: &[InForce], value: &str) -> Option<Chosen> {
    let (scheme, code) = value.split_once('/')?;
    let scheme: Id = scheme.parse().ok()?;
    let of = schemes.iter().find(|of| of.row.scheme_id == scheme)?;
    let item = of.scheme.items.iter().find(|item| item.code == code)?.clone();
    Some(Chosen { scheme, four_eyes: of.scheme.four_eyes_above_minor, item })
}

/// The rows of the table as they were typed; empty ones are taken out.
pub(super) fn typed_rows(visit: &Visit) -> Vec<Row> {
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
pub(super) async fn list(visit: &Visit) -> Result<List, Fault> {
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
    pub(super) fn digest(&self) -> String {
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
    pub(super) fn sought(&self) -> Vec<Sought> {
        let text = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        self.rows.iter().map(|row| Sought { name: text(&row.name), number: text(&row.who) }).collect()
    }

    /// The quantity of a row, or the points that were decided.
    pub(super) fn value(&self, visit: &Visit, row: &Row) -> Result<(Decimal, Option<i64>), String> {
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
    pub(super) fn ask(&self, visit: &Visit, row: &Row, member: Id) -> Result<AwardAsk, (Cell, String)> {
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
pub(super) fn sentence(visit: &Visit, fault: &Fault) -> String {
    if let Some((_, words)) = fault.of_fields(visit.language, visit.zone()).into_iter().next() {
        return words;
    }
    let (what, then) = fault.words(visit.language, visit.zone());
    if then.is_empty() { what } else { format!("{what} {then}") }
}

/// Whom a row means, or why that is not clear.
pub(super) fn person(visit: &Visit, row: &Row, found: Recognised) -> Result<MemberRow, (Cell, String)> {
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
pub(super) fn given(receipt: &Receipt, member: &MemberRow) -> i64 {
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
pub(super) async fn checked(visit: &Visit, list: &List) -> Result<Vec<Checked>, Fault> {
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

pub(super) fn outcome(
    visit: &Visit,
    member: Option<&MemberRow>,
    result: Result<Done, Error>,
) -> Result<Outcome, Fault> {
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

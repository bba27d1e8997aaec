//! A statement on a page, and lists of them: the same for the shop and for the community.

use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{PaperNumber, Reason};
use crate::domain::figures::{count, points};
use crate::domain::id::Id;
use crate::domain::life_cycles::{ANSWER_DISPUTE, DISPUTE_STATEMENT, PAY_STATEMENT, STATEMENT};
use crate::domain::settlement::statement::{SettlementModel, Statement, StatementLine, StatementState};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::Error;
use crate::services::service::records::DocumentFilter;
use crate::services::settlement::seen::{LineAbout, StatementSeen};
use crate::services::step::{Params, because};
use crate::texts::{Text, sentences as s, word};
use askama::Template;
use std::collections::HashMap;

/// How many statements a page lists.
const LINES: i64 = 30;

/// A statement in a list.
pub struct Row {
    pub path: String,
    pub shop: String,
    pub period: String,
    pub points: String,
    pub payable: String,
    pub lines: String,
    pub state: String,
    /// Paid: nothing is left to do.
    pub is_done: bool,
    pub is_disputed: bool,
}

/// `2026-10` as a month, with the number of a further statement of it.
pub fn period(visit: &Visit, text: &str) -> String {
    let (month, further) = text.split_once('/').map_or((text, None), |(month, n)| (month, Some(n)));
    let parts =
        month.split_once('-').and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok()?)));
    let said = parts.map_or_else(|| month.to_owned(), |(year, month)| visit.days().month(year, month));
    match further {
        Some(number) => visit.say(s::OfficePeriodFurther { month: said, number }),
        None => said,
    }
}

/// Yuan, always with both decimals.
pub fn yuan(fen: i64) -> String {
    crate::domain::amount::format(fen, 2).replace('-', "\u{2212}")
}

pub fn state_words(visit: &Visit, state: StatementState) -> String {
    visit.say(Text::from(s::State { state: word(state) }))
}

/// Statements in a list; their pages stand below `base`.
pub fn rows(visit: &Visit, found: &[Statement], shops: &HashMap<Id, String>, base: &str) -> Vec<Row> {
    let row = |one: &Statement| Row {
        path: format!("{base}/{}", one.id),
        shop: shops.get(&one.merchant_id).cloned().unwrap_or_default(),
        period: period(visit, &one.period),
        points: points(one.net_points),
        payable: yuan(one.payable_fen),
        lines: count(i64::try_from(one.lines.len()).unwrap_or(i64::MAX)),
        state: state_words(visit, one.state),
        is_done: one.state == StatementState::Paid,
        is_disputed: one.state == StatementState::Disputed,
    };
    found.iter().map(row).collect()
}

/// A page of statements, newest first, and the address of the next one.
pub async fn page_of(
    visit: &Visit,
    mut filter: DocumentFilter,
    base: &str,
    kept: &str,
) -> Result<(Vec<Statement>, Option<String>), Fault> {
    filter.before = visit.query("before").and_then(|text| text.parse().ok());
    let found = visit.services().statements(&visit.reading()?, filter, LINES).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length == LINES);
    let next = found.last().filter(|_| is_full).map(|last| format!("{base}?{kept}before={}", last.id));
    Ok((found, next))
}

/// A line of a statement.
pub struct Line {
    pub number: usize,
    /// From 0, as the form names it.
    pub place: usize,
    pub day: String,
    pub goods: String,
    pub entry: i64,
    pub points: String,
    pub payable: String,
    /// The rate of the day of the redemption, if it is another than that of the statement.
    pub rate: Option<String>,
    pub is_disputed: bool,
    pub is_ticked: bool,
}

/// The lines of a statement with their goods and days.
pub fn lines(visit: &Visit, seen: &StatementSeen) -> Vec<Line> {
    let days = visit.days();
    let ticked: Vec<&str> = visit.form.all("line").collect();
    let line = |(place, (line, about)): (usize, (&StatementLine, &LineAbout))| Line {
        number: place.saturating_add(1),
        place,
        day: about.at.map(|at| days.of(at)).unwrap_or_default(),
        goods: match about.goods.as_str() {
            "" => visit.words().goods_taken_off(),
            goods => goods.to_owned(),
        },
        entry: line.entry_number,
        points: points(line.points),
        payable: yuan(line.payable_fen),
        rate: line.rate_fen.clone().map(|fen| visit.say(s::OfficeLineRate { fen })),
        is_disputed: line.disputed,
        is_ticked: ticked.contains(&place.to_string().as_str()),
    };
    seen.statement.lines.iter().zip(&seen.lines).enumerate().map(line).collect()
}

/// A step that was taken.
struct Taken {
    when: String,
    what: String,
    by: Option<String>,
    reason: Option<String>,
    entry: i64,
}

#[derive(Template)]
#[template(path = "statement.html")]
struct SheetPage {
    f: Frame,
    id: Id,
    path: String,
    back: &'static str,
    /// The path of entries, for those who may read the ledger.
    entries: Option<&'static str>,
    shop: String,
    period: String,
    state: String,
    is_done: bool,
    points: String,
    payable: String,
    /// What is paid for a point.
    rate: Option<String>,
    hash: String,
    invoice: Option<String>,
    proof: Option<String>,
    lines: Vec<Line>,
    steps: Vec<Taken>,
    /// The steps without a form of their own: name and words; the first one is the red button.
    plain: Vec<(&'static str, String)>,
    can_dispute: bool,
    can_answer: bool,
    can_pay: bool,
}

/// Shows a statement with the steps that the caller may take now.
pub async fn show(visit: &Visit, back: &'static str) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let seen = services.statement_seen(&call, id).await?;
    let (statement, open) = services.open_steps::<Statement>(&call, id).await?;
    let days = visit.days();
    let steps = seen.steps.iter().map(|step| Taken {
        when: days.moment(step.at),
        what: visit.say(Text::from(s::OfficeStatementStep { state: step.state.clone() })),
        by: step.by.clone(),
        reason: step.reason.clone(),
        entry: step.entry,
    });
    let with_form = [&DISPUTE_STATEMENT, &ANSWER_DISPUTE, &PAY_STATEMENT];
    let has_form = |step: &crate::domain::life_cycle::Step| with_form.iter().any(|one| step.is(one));
    let plain =
        open.iter().filter(|step| !has_form(step)).map(|step| (step.name, words_of(visit, step.name)));
    let rate = (statement.model == SettlementModel::CommunityFund)
        .then(|| visit.say(s::OfficeRate { fen: statement.rate_fen.clone() }));
    let month = period(visit, &statement.period);
    let page = SheetPage {
        id,
        f: visit.frame(format!("{} · {month}", seen.shop)).await?,
        path: format!("{back}/{id}"),
        back,
        entries: call.actor.may(crate::auth::permissions::Permission::ReadLedger).then_some("/audit/entries"),
        shop: seen.shop.clone(),
        period: month,
        state: state_words(visit, statement.state),
        is_done: statement.state == StatementState::Paid,
        points: points(statement.net_points),
        payable: yuan(statement.payable_fen),
        rate,
        hash: statement.lines_hash.clone(),
        invoice: statement.invoice_number.clone(),
        proof: statement.payment_proof.clone(),
        lines: lines(visit, &seen),
        steps: steps.collect(),
        plain: plain.collect(),
        can_dispute: open.iter().any(|step| step.is(&DISPUTE_STATEMENT)),
        can_answer: open.iter().any(|step| step.is(&ANSWER_DISPUTE)),
        can_pay: open.iter().any(|step| step.is(&PAY_STATEMENT)),
    };
    visit.page(&page)
}

fn words_of(visit: &Visit, step: &'static str) -> String {
    visit.say(Text::from(s::StepWords { step }))
}

/// Takes the step that the form names, with what it asks for.
pub async fn take(visit: &Visit, back: &str) -> Answer {
    let id = visit.path::<Id>("id")?;
    let step = visit.chosen_step(&STATEMENT)?;
    let fields = visit.fields();
    let params = match step {
        step if step.is(&DISPUTE_STATEMENT) => {
            let lines: Vec<i64> = visit.form.all("line").filter_map(|text| text.parse().ok()).collect();
            let lines = match lines.is_empty() {
                true => fields.refuse("line", FieldFault::Missing),
                false => Ok(lines),
            };
            let reason = fields.need::<Reason>("reason");
            fields.checked()?;
            let mut params = because(Some(reason?.into()));
            let lines = serde_json::to_value(lines?).map_err(|error| Error::Fault(error.to_string()))?;
            params.insert("lines".to_owned(), lines);
            params
        }
        step if step.is(&ANSWER_DISPUTE) => {
            let answer = fields.need::<Reason>("reason");
            fields.checked()?;
            because(Some(answer?.into()))
        }
        step if step.is(&PAY_STATEMENT) => {
            let invoice = fields.need::<PaperNumber>("invoice_number");
            let proof = fields.need::<PaperNumber>("payment_proof");
            fields.checked()?;
            let mut params = Params::new();
            params.insert("invoice_number".to_owned(), String::from(invoice?).into());
            params.insert("payment_proof".to_owned(), String::from(proof?).into());
            params
        }
        _ => Params::new(),
    };
    visit.services().step::<Statement>(&visit.call()?, step, id, params).await?;
    visit.to(&format!("{back}/{id}"))
}

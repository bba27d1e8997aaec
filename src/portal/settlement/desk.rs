//! Statements at the desk: issue them, agree to pay, note the payment.

use super::sheet::{self, Row};
use crate::api::web::fields::Month;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::settlement::statement::StatementState;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::Error;
use crate::services::service::records::DocumentFilter;
use crate::texts::{Text, sentences as s, word};
use askama::Template;
use chrono::Datelike;
use std::collections::HashMap;

const BASE: &str = "/staff/statements";

/// How many past months the form offers.
const MONTHS: u32 = 12;

/// A choice of a select: value and words.
type Choice = (String, String);

#[derive(Template)]
#[template(path = "statements_desk.html")]
struct ListPage {
    f: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    states: Vec<Choice>,
    state: String,
    shops: Vec<Choice>,
    shop: String,
    months: Vec<Choice>,
    /// The caller may issue statements.
    may_issue: bool,
}

/// The shops that the caller sees the terms of, by id.
async fn shops(visit: &Visit) -> Result<HashMap<Id, String>, Fault> {
    let seen = visit.services().merchants(&visit.reading()?).await?;
    Ok(seen.into_iter().filter(|one| one.settled).map(|one| (one.merchant.id, one.merchant.name)).collect())
}

/// This month and those before it, as `2026-10` with their words.
fn months(visit: &Visit) -> Vec<Choice> {
    let days = visit.days();
    let date = days.today.date();
    let (mut year, mut month) = (date.year(), date.month());
    let mut choices = Vec::new();
    for _ in 0..=MONTHS {
        choices.push((format!("{year:04}-{month:02}"), days.month(year, month)));
        (year, month) =
            if month == 1 { (year.saturating_sub(1), 12) } else { (year, month.saturating_sub(1)) };
    }
    // A closed shop is settled within its last month: this month stands last.
    let present = choices.remove(0);
    choices.push(present);
    choices
}

/// The list with its filters, and the form for a new one.
pub async fn list(visit: Visit) -> Answer {
    let names = shops(&visit).await?;
    let wanted = visit.query("state");
    let state = StatementState::ALL.iter().find(|state| Some(word(state)) == wanted).map(word);
    let shop = visit.query("merchant").and_then(|text| text.parse::<Id>().ok());
    let filter = DocumentFilter { state: state.clone(), merchant: shop, ..DocumentFilter::default() };
    let mut kept = state.iter().map(|state| format!("state={state}&")).collect::<String>();
    kept.extend(shop.iter().map(|shop| format!("merchant={shop}&")));
    let (found, next) = sheet::page_of(&visit, filter, BASE, &kept).await?;
    let mut shops: Vec<Choice> = names.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    shops.sort_by(|a, b| a.1.cmp(&b.1));
    let states = StatementState::ALL
        .iter()
        .map(|state| (word(state), visit.say(Text::from(s::State { state: word(state) }))));
    let page = ListPage {
        f: visit.frame(visit.words().office_statements_title()).await?,
        rows: sheet::rows(&visit, &found, &names, BASE),
        next,
        states: states.collect(),
        state: state.unwrap_or_default(),
        shops,
        shop: shop.map(|shop| shop.to_string()).unwrap_or_default(),
        months: months(&visit),
        may_issue: visit.actor()?.may(Permission::PrepareStatements),
    };
    visit.page(&page)
}

/// Issues the statement of a shop and a month.
pub async fn issue(visit: Visit) -> Answer {
    let fields = visit.fields();
    let (shop, month) = (fields.need::<Id>("shop"), fields.need::<Month>("month"));
    fields.checked()?;
    let done = visit.services().issue_statement(&visit.call()?, shop?, month?.into()).await?;
    let made = done.receipt.documents.first().map(crate::domain::document::Document::id);
    let id = made.ok_or_else(|| Error::Fault("a statement was issued without its document".into()))?;
    visit.to(&format!("{BASE}/{id}"))
}

/// One statement with each line.
pub async fn show(visit: Visit) -> Answer {
    sheet::show(&visit, BASE).await
}

/// Agrees to pay it, or notes that it was paid.
pub async fn take(visit: Visit) -> Answer {
    sheet::take(&visit, BASE).await
}

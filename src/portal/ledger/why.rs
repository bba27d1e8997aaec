//! 「为什么是这个分」: one entry, step by step.

use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::figures::signed;
use crate::portal::frame::visit::Visit;
use crate::services::ledger::about::About;
use askama::Template;

#[derive(Template)]
#[template(path = "why.html")]
struct Why {
    f: Frame,
    what: String,
    detail: String,
    amount: String,
    sentences: Vec<String>,
}

pub async fn show(visit: Visit) -> Answer {
    let (entry, member) = (visit.path::<i64>("entry")?, visit.member()?);
    let call = visit.reading()?;
    let (line, about): (_, About) = visit.services().passbook_entry(&call, member, entry).await?;
    let sentences = visit.services().explain_award(&call, entry, visit.language).await?;
    let shown = super::passbook::line(&visit, &(line.clone(), about));
    let f = visit.frame(visit.words().why_title()).await?;
    visit.page(&Why { f, what: shown.what, detail: shown.detail, amount: signed(line.amount), sentences })
}

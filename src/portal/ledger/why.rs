//! One entry of the passbook: of an award 「为什么是这个分」 step by step, of all others what is known of them.

use crate::domain::figures::{points, signed};
use crate::domain::id::Id;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::portal::people::proxies::acting_by;
use crate::services::ledger::about::About;
use crate::texts::sentences as s;
use askama::Template;

#[derive(Template)]
#[template(path = "why.html")]
struct Why {
    f: Frame,
    /// Where the entry stands in a list, and its name.
    back: (String, String),
    title: String,
    what: String,
    detail: String,
    amount: String,
    sentences: Vec<String>,
    facts: Vec<(String, String)>,
}

pub async fn show(visit: Visit) -> Answer {
    let back = ("/me/passbook".to_owned(), visit.words().passbook_title());
    let member = visit.member()?;
    page(visit, member, back).await
}

/// An entry of the passbook of a person for whom the user acts.
pub async fn show_for(visit: Visit) -> Answer {
    let (row, name) = acting_by(&visit).await?;
    let passbook = visit.say(s::ProxiesPassbook { name });
    let back = (format!("/me/proxies/{}", row.id), passbook);
    page(visit, row.member_id, back).await
}

async fn page(visit: Visit, member: Id, back: (String, String)) -> Answer {
    let entry = visit.path::<i64>("entry")?;
    let call = visit.reading()?;
    let (line, about): (_, About) = visit.services().passbook_entry(&call, member, entry).await?;
    let shown = super::passbook::line(&visit, &(line.clone(), about));
    let sentences = match shown.is_award {
        true => visit.services().explain_award(&call, entry, visit.language).await?,
        false => Vec::new(),
    };
    let (days, w) = (visit.days(), visit.words());
    let facts = vec![
        (w.entry_took_effect(), days.moment(line.effective_at)),
        (w.entry_was_recorded(), days.moment(line.recorded_at)),
        (w.entry_number(), line.entry.to_string()),
        (w.entry_left(), points(line.balance)),
    ];
    let title = if shown.is_award { w.why_title() } else { shown.what.clone() };
    let f = visit.frame(title.clone()).await?;
    let (what, detail, amount) = (shown.what, shown.detail, signed(line.amount));
    visit.page(&Why { f, back, title, what, detail, amount, sentences, facts })
}

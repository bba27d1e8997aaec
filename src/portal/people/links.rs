//! Log-ins that are to belong to a member: asked for at the counter, decided by an administrator of the log-in.

use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{LoginName, SearchText};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycles::{APPROVE_LINK, LINK};
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::access::links::LinkProposal;
use crate::services::step::Params;
use askama::Template;

/// Requests on a page; each is asked for its steps.
const LINES: i64 = 20;

/// A request.
struct Line {
    id: Id,
    member: Id,
    name: String,
    number: String,
    login: String,
    at: String,
    buttons: Vec<Button>,
}

#[derive(Template)]
#[template(path = "staff_links.html")]
struct Links {
    f: Frame,
    /// What has just been done.
    done: Option<String>,
    lines: Vec<Line>,
    next: Option<String>,
    may_ask: bool,
    /// The passbook number that the page was opened for.
    number: String,
}

pub async fn show(visit: Visit) -> Answer {
    let (services, call, days) = (visit.services(), visit.reading()?, visit.days());
    let before = visit.query("before").and_then(|text| text.parse::<Id>().ok());
    let rows = services.links(&call, "open", Days::default(), before, LINES).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|length| length == LINES);
    let next = rows.last().filter(|_| is_full).map(|one| format!("/staff/links?before={}", one.row.id));
    let mut lines = Vec::with_capacity(rows.len());
    for one in rows {
        let (_, open) = services.open_steps::<LinkProposal>(&call, one.row.id).await?;
        let buttons = open.into_iter().map(|step| visit.button(step, step.is(&APPROVE_LINK)));
        lines.push(Line {
            id: one.row.id,
            member: one.member.id,
            name: one.member.name,
            number: one.member.number,
            login: one.user.login,
            at: days.moment(one.row.proposed_at),
            buttons: buttons.collect(),
        });
    }
    let w = visit.words();
    let done = match visit.query("done").as_deref() {
        Some("asked") => Some(w.link_asked()),
        Some(_) => Some(w.staff_proposal_done()),
        None => None,
    };
    let may_ask = call.actor.may(Permission::WriteMembers);
    let number = visit.query("number").unwrap_or_default();
    let f = visit.frame(w.link_title()).await?;
    visit.page(&Links { f, done, lines, next, may_ask, number })
}

/// Asks for a link, or decides on one.
pub async fn take(visit: Visit) -> Answer {
    let (fields, services) = (visit.fields(), visit.services());
    if visit.form.typed("proposal").is_some() {
        let id = fields.need::<Id>("proposal");
        fields.checked()?;
        let step = visit.chosen_step(&LINK)?;
        services.step::<LinkProposal>(&visit.call()?, step, id?, Params::new()).await?;
        return visit.to("/staff/links?done=1");
    }
    let (number, login) = (fields.need::<SearchText>("member_number"), fields.need::<LoginName>("login"));
    fields.checked()?;
    let found = super::find::found(&visit, number?.as_str(), None, 2).await?;
    let member = match found.as_slice() {
        [row] => Ok(row.id),
        _ => fields.refuse("member_number", FieldFault::Refused),
    };
    fields.checked()?;
    services.request_link(&visit.call()?, member?, login?.into()).await?;
    visit.to("/staff/links?done=asked")
}

//! Requests of people about their own files: corrections, which staff decide, and erasures, which an administrator
//! carries out.

use super::own_file::{asked_words, sentences};
use crate::api::web::fields::Reason;
use crate::auth::permissions::Permission as P;
use crate::domain::id::Id;
use crate::domain::life_cycle::{Asks, Step};
use crate::domain::life_cycles::{ACCEPT_CORRECTION, CORRECTION, ERASE_MEMBER, ERASURE};
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::people::privacy::correcting::CorrectionRequest;
use crate::services::people::privacy::erasing::ErasureRequest;
use crate::services::step::because;
use crate::texts::sentences as s;
use askama::Template;

/// Requests of each kind on a page; each is asked for its steps.
const LINES: i64 = 20;

/// A request.
struct Line {
    id: Id,
    member: Id,
    name: String,
    number: String,
    what: String,
    detail: String,
    at: String,
    /// What stands in the way.
    hindrances: Vec<String>,
    buttons: Vec<Button>,
}

#[derive(Template)]
#[template(path = "staff_requests.html")]
struct RequestsPage {
    f: Frame,
    done: Option<String>,
    lines: Vec<Line>,
}

pub async fn show(visit: Visit) -> Answer {
    let mut lines = corrections(&visit).await?;
    lines.extend(erasures(&visit).await?);
    let done = visit.query("done").map(|done| visit.say(s::OwnDone { done: done.as_str() }));
    let done = done.filter(|_| visit.fault.is_none());
    let f = visit.frame(visit.words().requests_title()).await?;
    visit.page(&RequestsPage { f, done, lines })
}

fn buttons(visit: &Visit, open: Vec<&'static Step>, main: &Step) -> Vec<Button> {
    open.into_iter().map(|step| visit.button(step, step.is(main))).collect()
}

async fn corrections(visit: &Visit) -> Result<Vec<Line>, crate::portal::frame::fault::Fault> {
    let (services, call) = (visit.services(), visit.reading()?);
    let mut lines = Vec::new();
    if !call.actor.may(P::WriteMembers) {
        return Ok(lines);
    }
    for one in services.corrections(&call, "open".into(), Days::default(), None, LINES).await? {
        let (_, open) = services.open_steps::<CorrectionRequest>(&call, one.row.id).await?;
        lines.push(Line {
            id: one.row.id,
            member: one.member.id,
            name: one.member.name,
            number: one.member.number,
            what: asked_words(visit, &one.asked),
            detail: one.asked.why,
            at: visit.days().moment(one.row.proposed_at),
            hindrances: Vec::new(),
            buttons: buttons(visit, open, &ACCEPT_CORRECTION),
        });
    }
    Ok(lines)
}

async fn erasures(visit: &Visit) -> Result<Vec<Line>, crate::portal::frame::fault::Fault> {
    let (services, call) = (visit.services(), visit.reading()?);
    let mut lines = Vec::new();
    for one in services.erasures(&call, "open".into(), Days::default(), None, LINES).await? {
        let (_, open) = services.open_steps::<ErasureRequest>(&call, one.row.id).await?;
        let one = services.one_erasure(&call, one.row.id).await?;
        let paper = one.wanted.paper.clone();
        let from = visit.days().day(one.wanted.not_before);
        lines.push(Line {
            id: one.row.id,
            member: one.member.id,
            name: one.member.name,
            number: one.member.number,
            what: visit.words().requests_erasure(),
            detail: match paper {
                Some(paper) => visit.say(s::RequestsErasureOnPaper { from, paper }),
                None => visit.say(s::RequestsErasureFrom { from }),
            },
            at: visit.days().moment(one.row.proposed_at),
            hindrances: sentences(visit, one.hindrances),
            buttons: buttons(visit, open, &ERASE_MEMBER),
        });
    }
    Ok(lines)
}

/// Takes a step with one of them.
pub async fn decide(visit: Visit) -> Answer {
    let fields = visit.fields();
    let id = fields.need::<Id>("request");
    let correction = visit.chosen_step(&CORRECTION).ok();
    let step = match correction {
        Some(step) => step,
        None => visit.chosen_step(&ERASURE)?,
    };
    let reason = match step.asks {
        Asks::Reason => fields.need::<Reason>("reason").map(|reason| Some(String::from(reason))),
        _ => Ok(None),
    };
    fields.checked()?;
    let (id, call, services, params) = (id?, visit.call()?, visit.services(), because(reason?));
    match correction {
        Some(step) => services.step::<CorrectionRequest>(&call, step, id, params).await.map(|_| ())?,
        None => services.step::<ErasureRequest>(&call, step, id, params).await.map(|_| ())?,
    }
    visit.to(&format!("/staff/requests?done={}", step.name))
}

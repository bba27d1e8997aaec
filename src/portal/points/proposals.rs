//! 待复核: awards and waivers that wait for a second person, who agrees or not.

use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::life_cycle::Step;
use crate::domain::life_cycles::PROPOSAL;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::points::owed::Waiver;
use crate::services::points::pools::Relief;
use crate::services::points::proposals::{ProposalRow, Proposed};
use crate::services::step::Params;
use askama::Template;
use std::collections::HashMap;

/// Proposals on a page; each is asked for its steps.
const LINES: i64 = 20;

/// A proposal as the second person reads it.
struct Line {
    id: Id,
    member: Id,
    name: String,
    number: String,
    what: String,
    points: String,
    day: String,
    reason: String,
    by: String,
    at: String,
    buttons: Vec<Button>,
}

#[derive(Template)]
#[template(path = "staff_proposals.html")]
struct Proposals {
    f: Frame,
    is_done: bool,
    lines: Vec<Line>,
    next: Option<String>,
}

pub async fn show(visit: Visit) -> Answer {
    let (services, call, days) = (visit.services(), visit.reading()?, visit.days());
    let before = visit.query("before").and_then(|text| text.parse::<Id>().ok());
    let rows = services.proposals(&call, "open", Days::default(), before, LINES).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|length| length == LINES);
    let next = rows.last().filter(|_| is_full).map(|row| format!("/staff/proposals?before={}", row.id));
    let (members, users) = rows.iter().map(|row| (row.subject_id, row.proposed_by)).unzip();
    let named = services.names(&call, members, users).await?;
    let items: HashMap<(Id, String), String> = services
        .schemes_in_force(&call, None)
        .await?
        .iter()
        .flat_map(|of| {
            let scheme = of.row.scheme_id;
            of.scheme.items.iter().map(move |item| ((scheme, item.code.clone()), item.name.clone()))
        })
        .collect();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let (_, open) = services.open_steps::<ProposalRow>(&call, row.id).await?;
        let member = named.members.get(&row.subject_id);
        let (what, minor, day, reason) = if row.kind == Waiver::KIND {
            let waiver = Waiver::of(&row)?;
            (visit.words().staff_waiver(), waiver.amount, None, waiver.reason)
        } else if row.kind == Relief::KIND {
            let relief = Relief::of(&row)?;
            (visit.words().pools_relief_word(), relief.points, None, relief.reason)
        } else {
            let Proposed { ask, desired_minor, .. } = Proposed::of(&row)?;
            let item = items.get(&(ask.scheme, ask.item.clone())).cloned().unwrap_or(ask.item);
            let reason = ask.decided.map(|(_, reason)| reason).or(ask.note).unwrap_or_default();
            (format!("{item} × {}", ask.quantity.normalize()), desired_minor, ask.day, reason)
        };
        let button = |step: &'static Step| visit.button(step, step.posts());
        lines.push(Line {
            id: row.id,
            member: member.map_or(row.subject_id, |member| member.id),
            name: member.map(|member| member.name.clone()).unwrap_or_default(),
            number: member.map(|member| member.number.clone()).unwrap_or_default(),
            what,
            points: points(minor),
            day: day.map(|day| days.day(day)).unwrap_or_default(),
            reason,
            by: named.users.get(&row.proposed_by).cloned().unwrap_or_default(),
            at: days.moment(row.proposed_at),
            buttons: open.into_iter().map(button).collect(),
        });
    }
    let f = visit.frame(visit.words().staff_menu_proposals()).await?;
    visit.page(&Proposals { f, is_done: visit.query("done").is_some(), lines, next })
}

/// Agrees, or does not.
pub async fn decide(visit: Visit) -> Answer {
    let fields = visit.fields();
    let id = fields.need::<Id>("proposal");
    fields.checked()?;
    let step = visit.chosen_step(&PROPOSAL)?;
    visit.services().step::<ProposalRow>(&visit.call()?, step, id?, Params::new()).await?;
    visit.to("/staff/proposals?done=1")
}

//! 迁移: members who move from or to an organisation in reach, which the other side agrees to or not.

use super::org_names;
use crate::domain::id::Id;
use crate::domain::life_cycles::{APPROVE_MOVE, MOVE};
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::people::moves::MoveProposal;
use crate::services::step::Params;
use askama::Template;

/// Moves on a page; each is asked for its steps.
const LINES: i64 = 20;

/// A move as the other side reads it.
struct Line {
    id: Id,
    /// Absent where the member is not in reach: where they live is not said before the other side has agreed.
    member: Option<(Id, String, String)>,
    from: String,
    to: String,
    at: String,
    buttons: Vec<Button>,
}

#[derive(Template)]
#[template(path = "staff_moves.html")]
struct Moves {
    f: Frame,
    /// What has just been done.
    done: Option<String>,
    lines: Vec<Line>,
    next: Option<String>,
}

pub async fn show(visit: Visit) -> Answer {
    let (services, call, days) = (visit.services(), visit.reading()?, visit.days());
    let before = visit.query("before").and_then(|text| text.parse::<Id>().ok());
    let rows = services.moves(&call, "open", Days::default(), before, LINES).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|length| length == LINES);
    let next = rows.last().filter(|_| is_full).map(|one| format!("/staff/moves?before={}", one.row.id));
    let orgs = org_names(&visit).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for one in rows {
        let (_, open) = services.open_steps::<MoveProposal>(&call, one.row.id).await?;
        let buttons = open.into_iter().map(|step| visit.button(step, step.is(&APPROVE_MOVE)));
        lines.push(Line {
            id: one.row.id,
            from: match &one.member {
                Some(_) => orgs.get(&one.asked.from).cloned().unwrap_or_default(),
                None => String::new(),
            },
            to: orgs.get(&one.asked.to).cloned().unwrap_or_default(),
            member: one.member.map(|member| (member.id, member.name, member.number)),
            at: days.moment(one.row.proposed_at),
            buttons: buttons.collect(),
        });
    }
    let done = match visit.query("done").as_deref() {
        Some("asked") => Some(visit.words().move_asked()),
        Some(_) => Some(visit.words().staff_proposal_done()),
        None => None,
    };
    let f = visit.frame(visit.words().staff_moves_title()).await?;
    visit.page(&Moves { f, done, lines, next })
}

/// Agrees to a move, or does not.
pub async fn decide(visit: Visit) -> Answer {
    let fields = visit.fields();
    let id = fields.need::<Id>("proposal");
    fields.checked()?;
    let step = visit.chosen_step(&MOVE)?;
    visit.services().step::<MoveProposal>(&visit.call()?, step, id?, Params::new()).await?;
    visit.to("/staff/moves?done=1")
}

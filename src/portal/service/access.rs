//! Who has looked at the own file.

use crate::domain::id::Id;
use crate::domain::life_cycles::MEMBER;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::texts::sentences as s;
use askama::Template;

/// How many lines a page has.
const LINES: i64 = 50;

/// One look.
struct Line {
    who: String,
    what: String,
    when: String,
    reason: Option<String>,
}

#[derive(Template)]
#[template(path = "access.html")]
struct Access {
    f: Frame,
    lines: Vec<Line>,
    next: Option<String>,
}

/// Whether an action is taken with a reason in words.
fn gives_reason(action: &str) -> bool {
    action.starts_with("reveal_") || MEMBER.steps.iter().any(|step| step.name == action)
}

pub async fn show(visit: Visit) -> Answer {
    let (member, call, days) = (visit.member()?, visit.reading()?, visit.days());
    let before: Option<Id> = visit.query("before").and_then(|text| text.parse().ok());
    let found = visit.services().own_access_log(&call, member, Days::default(), before, LINES).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length == LINES);
    let next = found.last().filter(|_| is_full).map(|last| format!("/me/access?before={}", last.row.id));
    let lines = found.into_iter().map(|trace| Line {
        who: trace.actor_name.unwrap_or_else(|| visit.words().activities_unknown_person()),
        what: visit.say(s::ActivitiesAccess { action: trace.row.action.clone() }),
        when: days.moment(trace.row.recorded_at),
        // Of other actions the log keeps names of roles and logins, which tell a reader nothing.
        reason: trace.row.reason.filter(|_| gives_reason(&trace.row.action)),
    });
    let lines = lines.collect();
    let f = visit.frame(visit.words().activities_access_title()).await?;
    visit.page(&Access { f, lines, next })
}

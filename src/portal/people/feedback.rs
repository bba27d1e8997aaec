//! Complaints and proposals: made by any user, answered by staff.

use crate::api::web::fields::Note;
use crate::domain::id::Id;
use crate::domain::life_cycles::{ANSWER_FEEDBACK, DISPUTE_ANSWER, FEEDBACK};
use crate::domain::people::feedback::FeedbackKind;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::people::feedback::{FeedbackAsk, FeedbackFilter, FeedbackRow, FeedbackStanding};
use crate::services::step::Params;
use crate::texts::sentences as s;
use askama::Template;

/// On a page.
const LINES: i64 = 50;

/// One in a list.
struct Line {
    id: Id,
    path: String,
    number: String,
    kind: String,
    words: String,
    org: String,
    state: String,
    given: String,
    due: String,
    is_late: bool,
    is_open: bool,
}

fn line(visit: &Visit, standing: FeedbackStanding, base: &str) -> Line {
    let days = visit.days();
    let row = standing.row;
    Line {
        id: row.id,
        path: format!("{base}/{}", row.id),
        kind: visit.say(s::FeedbackKindWords { kind: row.kind.as_str() }),
        state: visit.say(s::State { state: row.state.clone() }),
        given: days.moment(row.made_at),
        due: days.day(row.due_on),
        is_open: matches!(row.state.as_str(), "open" | "disputed"),
        number: row.number,
        words: row.words,
        org: standing.org,
        is_late: standing.is_late,
    }
}

#[derive(Template)]
#[template(path = "feedback.html")]
struct FeedbackPage {
    f: Frame,
    may_give: bool,
    is_complaint: bool,
    lines: Vec<Line>,
}

impl FeedbackPage {
    /// Whether the office in charge is another than the one to call first.
    fn has_other_office(&self) -> bool {
        let name = self.f.in_charge.as_ref().map(|office| &office.name);
        name.is_some() && name != self.f.help.as_ref().map(|office| &office.name)
    }
}

/// How to complain or propose; for who is signed in, a form, and what they have given before.
pub async fn show(visit: Visit) -> Answer {
    let mut lines = Vec::new();
    if visit.actor.is_some() {
        let own =
            visit.services().feedback(&visit.reading()?, FeedbackFilter::default(), true, LINES).await?;
        lines.extend(own.into_iter().map(|one| line(&visit, one, "/feedback")));
    }
    let page = FeedbackPage {
        may_give: visit.actor.is_some(),
        is_complaint: visit.form.typed("kind") != Some("proposal"),
        lines,
        f: visit.frame(visit.words().help_feedback()).await?,
    };
    visit.page(&page)
}

/// Takes a complaint or a proposal.
pub async fn give(visit: Visit) -> Answer {
    let fields = visit.fields();
    let kind = fields.need::<FeedbackKind>("kind");
    let words = fields.need::<Note>("feedback_words");
    fields.checked()?;
    let ask = FeedbackAsk { kind: kind?, words: words?.into(), member: None };
    let id = visit.services().give_feedback(&visit.call()?, ask).await?;
    visit.to(&format!("/feedback/{id}?done=given"))
}

#[derive(Template)]
#[template(path = "feedback_one.html")]
struct OnePage {
    f: Frame,
    line: Line,
    back: &'static str,
    answer: Option<String>,
    answered: String,
    objection: Option<String>,
    /// Steps with a button alone.
    buttons: Vec<Button>,
    may_answer: bool,
    may_dispute: bool,
    done: Option<String>,
}

async fn one(visit: Visit, back: &'static str) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let standing = services.one_feedback(&call, id).await?;
    let (row, open) = services.open_steps::<FeedbackRow>(&call, id).await?;
    let is = |step| open.iter().any(|one| one.is(step));
    let buttons = open.iter().copied().filter(|step| step.route.is_some());
    let done = visit.query("done").map(|done| visit.say(s::FeedbackDone { done: done.as_str() }));
    let page = OnePage {
        answered: row.answered_at.map(|at| visit.days().moment(at)).unwrap_or_default(),
        answer: row.answer,
        objection: row.objection,
        buttons: buttons.map(|step| visit.button(step, false)).collect(),
        may_answer: is(&ANSWER_FEEDBACK),
        may_dispute: is(&DISPUTE_ANSWER),
        done: done.filter(|_| visit.fault.is_none()),
        line: line(&visit, standing, back),
        back,
        f: visit.frame(visit.words().help_feedback()).await?,
    };
    visit.page(&page)
}

/// One of the user's own.
pub async fn own(visit: Visit) -> Answer {
    one(visit, "/feedback").await
}

/// One for staff.
pub async fn staff_one(visit: Visit) -> Answer {
    one(visit, "/staff/feedback").await
}

async fn take(visit: Visit, back: &str) -> Answer {
    let id = visit.path::<Id>("id")?;
    let fields = visit.fields();
    let step = visit.chosen_step(&FEEDBACK)?;
    let mut params = Params::new();
    for (of, name) in [(&ANSWER_FEEDBACK, "answer"), (&DISPUTE_ANSWER, "objection")] {
        if step.is(of) {
            let words = fields.need::<Note>(name);
            fields.checked()?;
            params.insert(name.to_owned(), String::from(words?).into());
        }
    }
    visit.services().step::<FeedbackRow>(&visit.call()?, step, id, params).await?;
    visit.to(&format!("{back}/{id}?done={}", step.name))
}

pub async fn take_own(visit: Visit) -> Answer {
    take(visit, "/feedback").await
}

pub async fn take_staff(visit: Visit) -> Answer {
    take(visit, "/staff/feedback").await
}

#[derive(Template)]
#[template(path = "staff_feedback.html")]
struct ListPage {
    f: Frame,
    lines: Vec<Line>,
    shown: &'static str,
    next: Option<String>,
}

/// Complaints and proposals within reach: those that wait, those that are late, or all.
pub async fn list(visit: Visit) -> Answer {
    let before = visit.query("before").and_then(|text| text.parse::<Id>().ok());
    let shown = match (visit.query("late").is_some(), visit.query("all").is_some()) {
        (true, _) => "late",
        (_, true) => "all",
        _ => "waiting",
    };
    let filter = FeedbackFilter {
        waiting: shown != "all",
        due_before: (shown == "late").then_some(visit.days().today),
        days: Days::default(),
        before,
        ..FeedbackFilter::default()
    };
    let rows = visit.services().feedback(&visit.reading()?, filter, false, LINES).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|length| length == LINES);
    let more = match shown {
        "late" => "late=1&",
        "all" => "all=1&",
        _ => "",
    };
    let next =
        rows.last().filter(|_| is_full).map(|one| format!("/staff/feedback?{more}before={}", one.row.id));
    let lines = rows.into_iter().map(|one| line(&visit, one, "/staff/feedback")).collect();
    let f = visit.frame(visit.words().help_feedback()).await?;
    visit.page(&ListPage { f, lines, shown, next })
}

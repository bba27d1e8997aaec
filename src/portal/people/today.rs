//! 今日待办: what there is to do first, as counts that lead to the pages where it is done.

use crate::auth::permissions::Permission as P;
use crate::domain::figures::count;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::services::people::desk::COUNTED;
use askama::Template;

/// Something that waits.
struct Task {
    icon: &'static str,
    words: String,
    number: String,
    path: &'static str,
    is_late: bool,
}

#[derive(Template)]
#[template(path = "staff_today.html")]
struct Today {
    f: Frame,
    day: String,
    /// What the caller may do.
    own: Vec<Task>,
    /// What waits for other users.
    others: Vec<Task>,
    may_award: bool,
    may_open: bool,
    may_read: bool,
    may_redeem: bool,
}

pub async fn show(visit: Visit) -> Answer {
    let waiting = visit.services().waiting(&visit.reading()?).await?;
    let (w, actor) = (visit.words(), visit.actor()?);
    let (mut own, mut others) = (Vec::new(), Vec::new());
    let mut add = |number: Option<i64>, may: bool, icon, words: String, path, is_late| {
        let Some(number) = number.filter(|number| *number > 0) else { return };
        // Counts stop at a hundred.
        let more = if number >= COUNTED { "+" } else { "" };
        let task = Task { icon, words, number: format!("{}{more}", count(number)), path, is_late };
        if may { own.push(task) } else { others.push(task) }
    };
    let may_approve = actor.may(P::ApproveRecords) || actor.may(P::ApproveLongDays);
    add(
        waiting.objections,
        actor.may(P::DecideObjections),
        "warning-circle",
        w.staff_wait_objections(),
        "/staff/records?state=objected",
        true,
    );
    add(
        waiting.corrections,
        actor.may(P::DecideObjections) || actor.may(P::CorrectRecords),
        "warning-circle",
        w.staff_wait_corrections(),
        "/staff/records?state=&asked=1",
        true,
    );
    add(
        waiting.records,
        may_approve,
        "list-checks",
        w.staff_wait_records(),
        "/staff/records?state=submitted",
        false,
    );
    add(
        waiting.returned,
        actor.may(P::EnterRecords),
        "arrow-left",
        w.staff_wait_returned(),
        "/staff/records?state=returned",
        false,
    );
    add(
        waiting.proposals,
        actor.may(P::ApproveAwards),
        "seal-check",
        w.staff_wait_proposals(),
        "/staff/proposals",
        false,
    );
    add(waiting.goods, true, "package", w.staff_wait_goods(), "/staff/goods", false);
    add(waiting.moves, actor.may(P::MoveMembers), "house-line", w.staff_wait_moves(), "/staff/moves", false);
    let (open, late) = waiting.feedback.unwrap_or_default();
    let answers = actor.may(P::AnswerFeedback);
    add(
        Some(late),
        answers,
        "chat-circle-text",
        w.staff_wait_feedback_late(),
        "/staff/feedback?late=1",
        true,
    );
    add(Some(open - late), answers, "chat-circle-text", w.staff_wait_feedback(), "/staff/feedback", false);
    let days = visit.days();
    let (may_award, may_open, may_redeem) =
        (actor.may(P::MakeAwards), actor.may(P::WriteMembers), actor.may(P::RedeemOnBehalf));
    let may_read = actor.may(P::ReadMembers);
    let f = visit.frame(w.staff_menu_today()).await?;
    visit.page(&Today {
        f,
        day: days.day(days.today),
        own,
        others,
        may_award,
        may_open,
        may_read,
        may_redeem,
    })
}

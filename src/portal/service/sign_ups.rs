//! Who has a place at an activity and who waits for one, for those who run it; a list of the group chat is signed up in
//! one go.

use super::by_name::{Outcome, for_text, pasted};
use super::times::period;
use crate::api::web::faults::FieldFault;
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::life_cycles::{SIGN_UP, WITHDRAW_SIGN_UP};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::people::counter::MemberRow;
use crate::services::service::activities::sign_ups::{SignUpAsk, SignUpRow};
use crate::services::step::Params;
use crate::services::{Call, Error};
use crate::texts::sentences as s;
use askama::Template;

/// A person in the list.
struct Line {
    id: Id,
    name: String,
    number: String,
    made_at: String,
    /// The place in the waiting list.
    waits: Option<String>,
}

#[derive(Template)]
#[template(path = "staff_sign_ups.html")]
struct SignUps {
    f: Frame,
    id: Id,
    title: String,
    when: String,
    place: String,
    words: String,
    risk: Option<String>,
    lines: Vec<Line>,
    outcomes: Vec<Outcome>,
    /// Before it begins.
    is_open: bool,
    withdraws: Button,
}

async fn page(visit: Visit, outcomes: Vec<Outcome>) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let (activity, _) = services.activity(&call, id).await?;
    let expected = services.expected(&call, id).await?;
    let days = visit.days();
    let mut waiting = 0_i64;
    let mut lines = Vec::with_capacity(expected.len());
    for one in expected {
        let waits = (one.sign_up.state == "waiting").then(|| {
            waiting += 1;
            visit.say(s::ActivitiesInLine { place: count(waiting) })
        });
        lines.push(Line {
            id: one.sign_up.id,
            name: one.person.name,
            number: one.person.number,
            made_at: days.moment(one.sign_up.made_at),
            waits,
        });
    }
    let seated = i64::try_from(lines.len()).unwrap_or(i64::MAX) - waiting;
    let page = SignUps {
        words: visit.say(s::ActivitiesExpectedWords { seated: count(seated), waiting: count(waiting) }),
        f: visit.frame(format!("{} · {}", visit.words().activities_expected(), activity.title)).await?,
        id,
        when: period(&visit, activity.starts_at, activity.ends_at),
        is_open: activity.state == "published"
            && activity.kind != "standing"
            && activity.starts_at > services.now(),
        title: activity.title,
        place: activity.place,
        risk: activity.risk,
        lines,
        outcomes,
        withdraws: visit.button(&WITHDRAW_SIGN_UP, false),
    };
    visit.page(&page)
}

pub async fn show(visit: Visit) -> Answer {
    page(visit, Vec::new()).await
}

/// Signs one person up, under a key of their own; says whether there was a seat.
async fn sign_up(visit: &Visit, call: &Call, activity: Id, row: &MemberRow) -> Result<String, Error> {
    let mut own = call.clone();
    if let Some(request) = &mut own.request {
        request.key.push_str(&format!("/{}", row.id));
    }
    let agrees_to_risk = visit.fields().ticked("agrees_to_risk");
    let ask = SignUpAsk { member: Some(row.id), agrees_to_risk };
    let id = visit.services().sign_up(&own, activity, ask).await?;
    let (name, number) = (&row.name, &row.number);
    let made = visit.services().one_sign_up(call, id).await?;
    Ok(match made.place_in_line {
        Some(place) => visit.say(s::ActivitiesIsWaiting { name, number, place: count(place) }),
        None => visit.say(s::ActivitiesIsSignedUp { name, number }),
    })
}

/// Signs people up, or gives a place back.
pub async fn take(visit: Visit) -> Answer {
    let (id, call) = (visit.path::<Id>("id")?, visit.call()?);
    let act = async |row: &MemberRow| sign_up(&visit, &call, id, row).await;
    match visit.form.typed("step").unwrap_or_default() {
        "list" => {
            let fields = visit.fields();
            let names = pasted(visit.form.typed("names").unwrap_or_default());
            if names.is_empty() {
                let _ = fields.refuse::<()>("names", FieldFault::Missing);
            }
            fields.checked()?;
            let mut outcomes = Vec::with_capacity(names.len());
            for name in &names {
                outcomes.push(for_text(&visit, &call, name, act).await?);
            }
            // What is settled does not stay in the field.
            return page(Visit { form: Default::default(), ..visit.clone() }, outcomes).await;
        }
        "chosen" => {
            let fields = visit.fields();
            let member = fields.need::<Id>("member");
            fields.checked()?;
            let agrees_to_risk = fields.ticked("agrees_to_risk");
            let ask = SignUpAsk { member: Some(member?), agrees_to_risk };
            visit.services().sign_up(&call, id, ask).await?;
        }
        _ => withdraw(&visit, &call).await?,
    }
    visit.to(&format!("/staff/activities/{id}/sign-ups"))
}

async fn withdraw(visit: &Visit, call: &Call) -> Result<(), Fault> {
    let step = visit.chosen_step(&SIGN_UP)?;
    let fields = visit.fields();
    let sign_up = fields.need::<Id>("sign_up");
    fields.checked()?;
    visit.services().step::<SignUpRow>(call, step, sign_up?, Params::new()).await?;
    Ok(())
}

//! Activities that are on or to come, for everyone who may take part, and one's place at them.

use super::times::period;
use super::wishes::{asked_words, skill_names};
use crate::api::service::calendar::calendar_file;
use crate::auth::permissions::Permission;
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::life_cycles::{SIGN_UP, WITHDRAW_SIGN_UP};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::portal::people::proxies::acting;
use crate::services::service::activities::sign_ups::{SignUpAsk, SignUpRow, SignedUp};
use crate::services::service::lists::OpenActivity;
use crate::services::service::records::DocumentFilter;
use crate::services::service::skills::asked_skills;
use crate::services::step::Params;
use crate::texts::sentences as s;
use askama::Template;
use std::collections::HashMap;

/// How many the list shows.
const MOST: i64 = 100;

/// An activity in the list and on its page.
struct Event {
    path: String,
    title: String,
    when: String,
    place: String,
    org: String,
    content: String,
    seats: Option<String>,
    /// Has a place, waits for one, signed in, or out, and when.
    own: Option<String>,
    risk: Option<String>,
    insurance: Option<String>,
    /// Where own hours are reported, once it has begun.
    report: Option<String>,
    /// The skills that it asks for.
    asked: Vec<String>,
    suits: bool,
    /// Required skills that the caller has not said of themselves, in words.
    lacking: Option<String>,
}

/// What the caller has at an activity.
fn own_words(visit: &Visit, open: &OpenActivity) -> Option<String> {
    let days = visit.days();
    if let Some(own) = &open.own {
        return Some(match own.signed_out_at {
            Some(at) => visit.say(s::ActivitiesSignedOutAt { time: days.moment(at) }),
            None => visit.say(s::ActivitiesSignedInAt { time: days.moment(own.signed_in_at) }),
        });
    }
    open.sign_up.as_ref().map(|SignedUp { place_in_line, .. }| match place_in_line {
        Some(place) => visit.say(s::ActivitiesInLine { place: count(*place) }),
        None => visit.words().activities_has_place(),
    })
}

fn event(visit: &Visit, open: OpenActivity, names: &HashMap<Id, String>) -> Result<Event, Fault> {
    let own = own_words(visit, &open);
    let begun = open.activity.starts_at <= visit.services().now();
    let seats = open.activity.seats.map(|seats| match (begun, open.free.unwrap_or(0)) {
        (true, _) => visit.say(s::ActivitiesSeatsAll { seats: count(seats) }),
        (false, 0) => visit.say(s::ActivitiesSeatsGone { seats: count(seats) }),
        (false, free) => visit.say(s::ActivitiesSeatsFree { free: count(free), seats: count(seats) }),
    });
    let OpenActivity { activity, org, own: attendance, fit, .. } = open;
    let skills: Vec<&str> = fit.missing.iter().filter_map(|id| names.get(id)).map(String::as_str).collect();
    let skills = skills.join(visit.language.pick("、", ", "));
    Ok(Event {
        asked: asked_words(visit, &asked_skills(&activity)?, names),
        suits: fit.is_good(),
        lacking: (!skills.is_empty()).then(|| visit.say(s::SuitsLacking { skills })),
        path: format!("/events/{}", activity.id),
        when: period(visit, activity.starts_at, activity.ends_at),
        report: (begun && attendance.is_none() && activity.state == "published")
            .then(|| format!("/me/hours/new?activity={}", activity.id)),
        title: activity.title,
        place: activity.place,
        content: activity.content,
        risk: activity.risk,
        insurance: activity.insurance,
        seats,
        org,
        own,
    })
}

#[derive(Template)]
#[template(path = "events.html")]
struct Events {
    f: Frame,
    events: Vec<Event>,
    /// The caller has a place at one of them.
    has_places: bool,
}

pub async fn list(visit: Visit) -> Answer {
    let open = visit.services().activities_to_come(&visit.reading()?, MOST).await?;
    let has_places = open.iter().any(|one| one.sign_up.is_some());
    let names = skill_names(&visit).await?;
    let events = open.into_iter().map(|one| event(&visit, one, &names)).collect::<Result<_, _>>()?;
    let f = visit.frame(visit.words().activities_events()).await?;
    visit.page(&Events { f, events, has_places })
}

/// The caller's activities as a file for the calendar of a phone.
pub async fn calendar(visit: Visit) -> Answer {
    let seats = visit.services().own_seats(&visit.reading()?).await?;
    Ok(calendar_file(&seats, visit.services().now()))
}

/// A person for whom the user acts, and their place at an activity.
struct Acted {
    member: String,
    name: String,
    /// For whom the button below it signs up.
    heading: String,
    /// Has a place, or waits for one.
    place: Option<String>,
    withdraws: Option<Button>,
}

/// The persons for whom the user acts, with their places at an activity to come.
async fn acted_for(visit: &Visit, activity: Id) -> Result<Vec<Acted>, Fault> {
    let mut all = Vec::new();
    for (row, name) in acting(visit).await? {
        let own = sign_up_of(visit, activity, row.member_id).await?;
        let place = own.as_ref().map(|own| match own.place_in_line {
            Some(place) => visit.say(s::ActivitiesInLine { place: count(place) }),
            None => visit.words().activities_has_place(),
        });
        all.push(Acted {
            member: row.member_id.to_string(),
            heading: visit.say(s::ProxiesSeatOf { name: name.as_str() }),
            name,
            place,
            withdraws: own.map(|_| visit.button(&WITHDRAW_SIGN_UP, false)),
        });
    }
    Ok(all)
}

/// The place at an activity of a member for whom the user acts.
async fn sign_up_of(visit: &Visit, activity: Id, member: Id) -> Result<Option<SignedUp>, Fault> {
    let of_both =
        DocumentFilter { member: Some(member), activity: Some(activity), ..DocumentFilter::default() };
    let found = visit.services().sign_ups(&visit.reading()?, of_both, MOST).await?;
    Ok(found.into_iter().find(|one| matches!(one.row.state.as_str(), "seated" | "waiting")))
}

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    f: Frame,
    event: Event,
    can_report: bool,
    /// Whether the caller may sign up now.
    signs_up: bool,
    /// Seats are gone: the waiting list is what is left.
    is_full: bool,
    /// Called off.
    is_off: bool,
    /// It is on, or later today.
    checks_in: bool,
    withdraws: Option<Button>,
    /// For whom the user may sign up as well.
    acted: Vec<Acted>,
}

pub async fn show(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let call = visit.reading()?;
    let open = visit.services().open_activity(&call, id).await?;
    let actor = visit.actor()?;
    let is_off = open.activity.state == "cancelled";
    let now = visit.services().now();
    let begins = open.activity.starts_at.day(visit.zone()) <= visit.days().today;
    let is_today = begins && open.activity.ends_at > now;
    let to_come =
        !is_off && open.activity.starts_at > visit.services().now() && open.activity.kind != "standing";
    let signs_up = to_come && open.sign_up.is_none() && actor.may(Permission::SignUp);
    let withdraws = open.sign_up.is_some() && to_come;
    let acted = if to_come { acted_for(&visit, id).await? } else { Vec::new() };
    let is_full = open.free == Some(0);
    let mut event = event(&visit, open, &skill_names(&visit).await?)?;
    if !acted.is_empty() {
        event.own = event.own.map(|place| visit.say(s::ProxiesOwnPlace { place }));
    }
    let page = EventPage {
        can_report: actor.may(Permission::ReportOwnRecord),
        signs_up,
        is_full,
        is_off,
        checks_in: !is_off && is_today && actor.may(Permission::SignUp),
        withdraws: withdraws.then(|| visit.button(&WITHDRAW_SIGN_UP, false)),
        acted,
        f: visit.frame(event.title.clone()).await?,
        event,
    };
    visit.page(&page)
}

/// Signs up, or gives the place back: the user, or a person for whom the user acts.
pub async fn take(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let (call, services) = (visit.call()?, visit.services());
    let member = visit.form.typed("for").and_then(|text| text.parse::<Id>().ok());
    match visit.form.typed("step") {
        Some("sign_up") => {
            let agrees_to_risk = visit.fields().ticked("agrees_to_risk");
            services.sign_up(&call, id, SignUpAsk { member, agrees_to_risk }).await?;
        }
        _ => {
            let step = visit.chosen_step(&SIGN_UP)?;
            let own = match member {
                Some(member) => sign_up_of(&visit, id, member).await?,
                None => services.open_activity(&visit.reading()?, id).await?.sign_up,
            };
            // Given back already, in another window: the page says so.
            if let Some(own) = own {
                services.step::<SignUpRow>(&call, step, own.row.id, Params::new()).await?;
            }
        }
    }
    visit.to(&format!("/events/{id}"))
}

//! Activities that are on or to come, for everyone who may take part.

use super::times::period;
use crate::domain::id::Id;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::figures::count;
use crate::portal::frame::visit::Visit;
use crate::services::service::lists::OpenActivity;
use crate::texts::sentences as s;
use askama::Template;

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
    /// Signed in, or out, and when.
    own: Option<String>,
    risk: Option<String>,
    insurance: Option<String>,
    /// Where own hours are reported, once it has begun.
    report: Option<String>,
}

fn event(visit: &Visit, open: OpenActivity) -> Event {
    let OpenActivity { activity, org, own } = open;
    let days = visit.days();
    let own = own.map(|own| match own.signed_out_at {
        Some(at) => visit.say(s::ActivitiesSignedOutAt { time: days.moment(at) }),
        None => visit.say(s::ActivitiesSignedInAt { time: days.moment(own.signed_in_at) }),
    });
    let begun = activity.starts_at <= visit.services().store.clock().now();
    Event {
        path: format!("/events/{}", activity.id),
        when: period(visit, activity.starts_at, activity.ends_at),
        seats: activity.seats.map(|seats| visit.say(s::ActivitiesSeatsAll { seats: count(seats) })),
        report: (begun && own.is_none()).then(|| format!("/me/hours/new?activity={}", activity.id)),
        title: activity.title,
        place: activity.place,
        content: activity.content,
        risk: activity.risk,
        insurance: activity.insurance,
        org,
        own,
    }
}

#[derive(Template)]
#[template(path = "events.html")]
struct Events {
    f: Frame,
    events: Vec<Event>,
}

pub async fn list(visit: Visit) -> Answer {
    let open = visit.services().activities_to_come(&visit.reading()?, MOST).await?;
    let events = open.into_iter().map(|one| event(&visit, one)).collect();
    let f = visit.frame(visit.words().activities_events()).await?;
    visit.page(&Events { f, events })
}

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    f: Frame,
    event: Event,
    can_report: bool,
}

pub async fn show(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let open = visit.services().open_activity(&visit.reading()?, id).await?;
    let event = event(&visit, open);
    let can_report = visit.actor()?.may(crate::auth::permissions::Permission::ReportOwnRecord);
    let f = visit.frame(event.title.clone()).await?;
    visit.page(&EventPage { f, event, can_report })
}

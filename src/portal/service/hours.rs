//! A volunteer's own service: the records with their states, reporting hours, one record with its steps.

use super::steps::{self, Forms};
use super::times::{clock_on, period};
use crate::api::web::fields::{Note, Served};
use crate::domain::id::Id;
use crate::domain::service::record::{Evidence, RecordState, ServiceRecord};
use crate::domain::time::{Day, Moment};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::services::service::activities::ActivityRow;
use crate::services::service::lists::RecordLine;
use crate::services::service::records::{DocumentFilter, ObjectionRow, RecordAsk};
use crate::texts::{sentences as s, word};
use askama::Template;

/// How many records a page has.
const LINES: i64 = 30;
/// How many activities are offered, around the volunteer and elsewhere.
const CHOICES: i64 = 40;

/// A record in the list.
struct Line {
    path: String,
    title: String,
    when: String,
    length: String,
    state: String,
    hint: String,
    pill: &'static str,
}

/// The look of a state: done, in need of the reader, or neither.
pub fn pill(state: RecordState) -> &'static str {
    match state {
        RecordState::Final => " done",
        RecordState::Returned | RecordState::Objected => " late",
        _ => "",
    }
}

/// The word of a record's state.
pub fn state_words(visit: &Visit, record: &ServiceRecord) -> String {
    visit.say(s::State { state: word(record.state) })
}

/// What a state means for the one who served.
fn hint(visit: &Visit, record: &ServiceRecord) -> String {
    match record.notice_until.filter(|_| record.state == RecordState::Notice) {
        Some(until) => visit.say(s::ActivitiesNoticeUntil { day: visit.days().day(until) }),
        None => visit.say(s::ActivitiesStateHint { state: word(record.state) }),
    }
}

fn line(visit: &Visit, line: RecordLine) -> Line {
    let record = &line.record;
    Line {
        path: format!("/me/hours/{}", record.id),
        when: period(visit, record.started_at, record.ended_at),
        length: visit.length(record.service_minutes),
        state: state_words(visit, record),
        hint: hint(visit, record),
        pill: pill(record.state),
        title: line.title,
    }
}

#[derive(Template)]
#[template(path = "hours.html")]
struct Hours {
    f: Frame,
    lines: Vec<Line>,
    next: Option<String>,
    can_report: bool,
}

pub async fn list(visit: Visit) -> Answer {
    let (member, call) = (visit.member()?, visit.reading()?);
    let before = visit.query("before").and_then(|text| text.parse().ok());
    let filter = DocumentFilter { member: Some(member), before, ..DocumentFilter::default() };
    let found = visit.services().records_with_names(&call, filter, LINES).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length == LINES);
    let last = found.last().filter(|_| is_full);
    let next = last.map(|last| format!("/me/hours?before={}", last.record.id));
    let lines = found.into_iter().map(|one| line(&visit, one)).collect();
    let can_report = visit.actor()?.may(crate::auth::permissions::Permission::ReportOwnRecord);
    let f = visit.frame(visit.words().activities_hours()).await?;
    visit.page(&Hours { f, lines, next, can_report })
}

/// Seconds of the longest service at one go: a night.
const LONGEST: i64 = 12 * 3_600;

/// An activity to choose.
struct Door {
    id: Id,
    title: String,
    words: String,
}

#[derive(Template)]
#[template(path = "hours_choose.html")]
struct ChooseActivity {
    f: Frame,
    near: Vec<Door>,
    elsewhere: Vec<Door>,
}

#[derive(Template)]
#[template(path = "hours_new.html")]
struct NewHours {
    f: Frame,
    activity: Id,
    title: String,
    when: String,
    place: String,
    day: String,
    first_day: String,
    last_day: String,
    from: String,
    until: String,
}

/// Which activity: those around the volunteer first.
async fn choose(visit: Visit) -> Answer {
    let (near, elsewhere) = visit.services().reportable(&visit.reading()?, CHOICES).await?;
    let choices = |rows: Vec<ActivityRow>| {
        let words =
            |one: &ActivityRow| format!("{} · {}", period(&visit, one.starts_at, one.ends_at), one.place);
        rows.into_iter().map(|one| Door { words: words(&one), title: one.title, id: one.id }).collect()
    };
    let (near, elsewhere) = (choices(near), choices(elsewhere));
    let f = visit.frame(visit.words().activities_report()).await?;
    visit.page(&ChooseActivity { f, near, elsewhere })
}

pub async fn ask(visit: Visit) -> Answer {
    let chosen = visit.form.typed("activity").map(str::to_owned).or_else(|| visit.query("activity"));
    let Some(id) = chosen.and_then(|text| text.parse::<Id>().ok()) else { return choose(visit).await };
    let (call, days) = (visit.reading()?, visit.days());
    let (activity, _) = visit.services().activity(&call, id).await?;
    let (first, last) = (activity.starts_at.day(days.zone), activity.ends_at.day(days.zone));
    // The times of an activity, so far, are those of most who were there, unless it goes on for days.
    let so_far = activity.ends_at.min(visit.services().now());
    let short = so_far <= activity.starts_at.plus_seconds(LONGEST);
    let clock = |moment| if short { days.clock(moment) } else { String::new() };
    let page = NewHours {
        f: visit.frame(visit.words().activities_report()).await?,
        activity: id,
        when: period(&visit, activity.starts_at, activity.ends_at),
        day: if short { first } else { days.today.min(last).max(first) }.to_string(),
        first_day: first.to_string(),
        last_day: days.today.min(last).to_string(),
        from: clock(activity.starts_at),
        until: clock(so_far),
        title: activity.title,
        place: activity.place,
    };
    visit.page(&page)
}

/// The end of a service, typed as a clock time: of the next day, if that makes a night of it. An end before the start
/// that makes more than a night is left as it is, and refused.
fn over_midnight(started_at: Moment, ended_at: Moment) -> Moment {
    const DAY: i64 = 24 * 3_600;
    let next = ended_at.plus_seconds(DAY);
    if ended_at < started_at && next <= started_at.plus_seconds(LONGEST) { next } else { ended_at }
}

pub async fn report(visit: Visit) -> Answer {
    let fields = visit.fields();
    let activity = fields.need::<Id>("activity");
    let day = fields.need::<Day>("day");
    let today = visit.days().today;
    let started_at = clock_on(&visit, &fields, "starts_at", day.unwrap_or(today));
    let ended_at = clock_on(&visit, &fields, "ends_at", day.unwrap_or(today));
    let served = fields.maybe::<Served>("served");
    let content = fields.maybe::<Note>("content");
    fields.checked()?;
    let started_at = started_at?;
    let ask = RecordAsk {
        member: visit.member()?,
        activity: activity?,
        evidence: Evidence::SelfReport,
        started_at,
        ended_at: over_midnight(started_at, ended_at?),
        service_minutes: None,
        served: served?.map_or(1, Served::get),
        guarantor: None,
        content: content?.map(String::from),
        replaces: None,
        by_code: false,
    };
    let id = visit.services().submit_record(&visit.call()?, ask).await?;
    visit.to(&format!("/me/hours/{id}"))
}

/// An objection as it is read.
pub struct Objection {
    pub day: String,
    pub reason: String,
    pub state: String,
    pub decision: Option<String>,
}

/// The objections against a record.
pub fn objections(visit: &Visit, rows: &[ObjectionRow]) -> Vec<Objection> {
    let days = visit.days();
    let one = |row: &ObjectionRow| Objection {
        day: days.moment(row.raised_at),
        reason: row.reason.clone(),
        state: visit.say(s::ActivitiesObjectionState { state: row.state.clone() }),
        decision: row.decision.clone(),
    };
    rows.iter().map(one).collect()
}

#[derive(Template)]
#[template(path = "hours_one.html")]
struct OneRecord {
    f: Frame,
    id: Id,
    title: String,
    place: String,
    when: String,
    length: String,
    state: String,
    hint: String,
    pill: &'static str,
    content: Option<String>,
    remark: Option<String>,
    why: Option<String>,
    objections: Vec<Objection>,
    forms: Forms,
}

pub async fn show(visit: Visit) -> Answer {
    let (id, call) = (visit.path::<Id>("id")?, visit.reading()?);
    let standing = visit.services().record(&call, id).await?;
    let forms = steps::forms(&visit, &call, &standing.record, &standing.objections).await?;
    let record = &standing.record;
    let (content, remark) = standing.text.clone().map(|text| (text.content, text.remark)).unwrap_or_default();
    let page = OneRecord {
        id,
        f: visit.frame(standing.title.clone()).await?,
        title: standing.title.clone(),
        place: standing.place.clone(),
        when: period(&visit, record.started_at, record.ended_at),
        length: visit.length(record.service_minutes),
        state: state_words(&visit, record),
        hint: hint(&visit, record),
        pill: pill(record.state),
        content: Some(content).filter(|content| !content.is_empty()),
        remark,
        why: record.award_entry.map(|entry| format!("/me/entries/{entry}")),
        objections: objections(&visit, &standing.objections),
        forms,
    };
    visit.page(&page)
}

pub async fn step(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    steps::take(&visit, id).await?;
    visit.to(&format!("/me/hours/{id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_ends_on_the_next_day_and_swapped_times_do_not() {
        let at = |hour: i64| Moment::from_micros(0).plus_seconds(hour * 3_600);
        assert_eq!(over_midnight(at(22), at(1)), at(25));
        assert_eq!(over_midnight(at(20), at(8)), at(32));
        assert_eq!(over_midnight(at(20), at(9)), at(9));
        assert_eq!(over_midnight(at(15), at(14)), at(14));
        assert_eq!(over_midnight(at(9), at(11)), at(11));
        assert_eq!(over_midnight(at(9), at(9)), at(9));
    }
}

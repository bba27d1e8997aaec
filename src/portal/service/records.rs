//! Service records for those who decide: the list with filters, approving several, one record with everything about
//! it.

use super::hours::{Objection, objections, pill, state_words};
use super::steps::{self, Forms};
use super::times::{days, period};
use crate::auth::permissions::Permission;
use crate::domain::figures::{count, points};
use crate::domain::id::Id;
use crate::domain::life_cycles::APPROVE_RECORD;
use crate::domain::service::record::{RecordState, ServiceRecord};
use crate::domain::time::Moment;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::service::lists::RecordLine;
use crate::services::service::records::DocumentFilter;
use crate::services::step::Params;
use crate::texts::{sentences as s, word};
use askama::Template;

/// How many records a page has.
const LINES: i64 = 50;

/// A record in the list.
struct Line {
    id: Id,
    name: String,
    number: String,
    title: String,
    when: String,
    length: String,
    state: String,
    pill: &'static str,
    evidence: String,
    /// It waits, and may be ticked.
    waits: bool,
    /// Why it was not approved just now.
    refused: Option<String>,
    ticked: bool,
}

/// A state to filter by.
pub struct StateChoice {
    pub value: &'static str,
    pub words: String,
    pub is_chosen: bool,
}

#[derive(Template)]
#[template(path = "staff_records.html")]
struct Records {
    f: Frame,
    lines: Vec<Line>,
    states: Vec<StateChoice>,
    from: String,
    until: String,
    activity: String,
    next: Option<String>,
    can_approve: bool,
    may_export: bool,
    /// How many were approved just now, and how many were not.
    done: Option<String>,
}

/// What came of approving several: each record with the sentence of its refusal.
type Results = Vec<(Id, Option<String>)>;

fn line(visit: &Visit, line: RecordLine, results: &Results) -> Line {
    let record = &line.record;
    let result = results.iter().find(|(id, _)| *id == record.id);
    Line {
        id: record.id,
        when: period(visit, record.started_at, record.ended_at),
        length: visit.length(record.service_minutes),
        state: state_words(visit, record),
        pill: pill(record.state),
        evidence: visit.say(s::ActivitiesEvidence { evidence: word(record.evidence) }),
        waits: APPROVE_RECORD.from.contains(&record.state.as_str()),
        refused: result.and_then(|(_, refused)| refused.clone()),
        ticked: result.is_some(),
        name: line.person.name,
        number: line.person.number,
        title: line.title,
    }
}

async fn page(visit: Visit, results: Results) -> Answer {
    let (call, days) = (visit.reading()?, days(&visit));
    // Without a choice, what waits for a decision: that is what people come for.
    let asked = visit.request.query_string().contains("state=");
    let state = visit.query("state").and_then(|text| RecordState::parse(&text));
    let state = if asked { state } else { Some(RecordState::Submitted) };
    let activity: Option<Id> = visit.query("activity").and_then(|text| text.parse().ok());
    let at = visit.query("at").and_then(|text| text.parse().ok()).map(Moment::from_micros);
    let filter = DocumentFilter {
        state: state.map(|state| state.to_string()),
        activity,
        days,
        before: visit.query("before").and_then(|text| text.parse().ok()),
        begun_before: at.filter(|_| !days.are_all()),
        asked: visit.query("asked").is_some(),
        ..DocumentFilter::default()
    };
    let found = visit.services().records_with_names(&call, filter, LINES).await?;
    let text = |day: Option<crate::domain::time::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let (from, until) = (text(days.from), text(days.until));
    let activity = activity.map(|id| id.to_string()).unwrap_or_default();
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length == LINES);
    let next = found.last().filter(|_| is_full).map(|last| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("state", state.map_or("", RecordState::as_str));
        query.append_pair("from", &from).append_pair("until", &until).append_pair("activity", &activity);
        if visit.query("asked").is_some() {
            query.append_pair("asked", "1");
        }
        query.append_pair("before", &last.record.id.to_string());
        query.append_pair("at", &last.record.started_at.micros().to_string());
        format!("/staff/records?{}", query.finish())
    });
    let choice = |one: &RecordState| StateChoice {
        value: one.as_str(),
        words: visit.say(s::State { state: word(*one) }),
        is_chosen: state == Some(*one),
    };
    let lines: Vec<Line> = found.into_iter().map(|one| line(&visit, one, &results)).collect();
    let actor = visit.actor()?;
    let can_approve =
        APPROVE_RECORD.rights.iter().any(|right| actor.may(*right)) && lines.iter().any(|line| line.waits);
    let may_export = actor.may(Permission::ExportRecords);
    let refused = results.iter().filter(|(_, refused)| refused.is_some()).count();
    let total = |number: usize| count(i64::try_from(number).unwrap_or(i64::MAX));
    let done = (!results.is_empty()).then(|| {
        let approved = total(results.len().saturating_sub(refused));
        match refused {
            0 => visit.say(s::ActivitiesApproved { approved }),
            refused => visit.say(s::ActivitiesApprovedSome { approved, refused: total(refused) }),
        }
    });
    let states = RecordState::ALL.iter().map(choice).collect();
    let f = visit.frame(visit.words().activities_records()).await?;
    visit.page(&Records { f, lines, states, from, until, activity, next, can_approve, may_export, done })
}

pub async fn list(visit: Visit) -> Answer {
    page(visit, Results::new()).await
}

/// Approves the records that are ticked, each under a key of its own: one refusal does not hold the others up.
pub async fn approve(visit: Visit) -> Answer {
    let call = visit.call()?;
    let ids: Vec<Id> = visit.form.all("take").filter_map(|text| text.parse().ok()).collect();
    let mut results = Results::new();
    for id in ids {
        let mut own = call.clone();
        if let Some(request) = &mut own.request {
            request.key.push_str(&format!("/{id}"));
        }
        let stepped = visit.services().step::<ServiceRecord>(&own, &APPROVE_RECORD, id, Params::new()).await;
        let refused = stepped.err().map(|error| {
            let (what, rest) = Fault::from(error).words(visit.language, visit.zone());
            format!("{what} {rest}").trim().to_owned()
        });
        results.push((id, refused));
    }
    page(visit, results).await
}

#[derive(Template)]
#[template(path = "staff_record.html")]
struct OneRecord {
    f: Frame,
    id: Id,
    name: String,
    number: String,
    title: String,
    place: String,
    org: String,
    when: String,
    length: String,
    served: String,
    state: String,
    pill: &'static str,
    evidence: String,
    content: Option<String>,
    remark: Option<String>,
    submitted: String,
    approved: Option<String>,
    guarantor: Option<String>,
    notice: Option<String>,
    points: Option<String>,
    activity: Id,
    replaced_by: Option<Id>,
    replaces: Option<Id>,
    objections: Vec<Objection>,
    forms: Forms,
}

pub async fn show(visit: Visit) -> Answer {
    let (id, call) = (visit.path::<Id>("id")?, visit.reading()?);
    let found = visit.services().record_with_names(&call, id).await?;
    let (standing, names, days) = (&found.standing, &found.names, visit.days());
    let record = &standing.record;
    let forms = steps::forms(&visit, &call, record, &standing.objections).await?;
    let name = |id: Id| names.get(&id).cloned().unwrap_or_else(|| visit.words().activities_unknown_person());
    let (content, remark) = standing.text.clone().map(|text| (text.content, text.remark)).unwrap_or_default();
    let page = OneRecord {
        id,
        f: visit.frame(format!("{} · {}", found.person.name, standing.title)).await?,
        name: found.person.name.clone(),
        number: found.person.number.clone(),
        title: standing.title.clone(),
        place: standing.place.clone(),
        org: found.org.clone(),
        when: period(&visit, record.started_at, record.ended_at),
        length: visit.length(record.service_minutes),
        served: count(record.served),
        state: state_words(&visit, record),
        pill: pill(record.state),
        evidence: visit.say(s::ActivitiesEvidence { evidence: word(record.evidence) }),
        content: Some(content).filter(|content| !content.is_empty()),
        remark,
        submitted: format!("{} · {}", name(record.submitted_by), days.moment(record.submitted_at)),
        approved: record
            .approved_by
            .zip(record.approved_at)
            .map(|(by, at)| format!("{} · {}", name(by), days.moment(at))),
        guarantor: record.guarantor_id.map(name),
        notice: record.notice_until.map(|day| days.day(day)),
        points: record.points_granted.map(points),
        activity: record.activity_id,
        replaced_by: standing.replaced_by,
        replaces: record.replaces_id,
        objections: objections(&visit, &standing.objections),
        forms,
    };
    visit.page(&page)
}

pub async fn step(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    steps::take(&visit, id).await?;
    visit.to(&format!("/staff/records/{id}"))
}

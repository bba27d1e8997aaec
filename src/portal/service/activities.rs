//! Activities for those who run them: the list, drafting, changing a draft, copying, publishing, calling off.

use super::check_in::millionths;
use super::records::StateChoice;
use super::times::{days, moment, period, typed};
use super::wishes::{asked_words, skill_names};
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{Code, Note, PaperNumber, Quantity, Radius, Reason, Title};
use crate::auth::permissions::Permission;
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::life_cycle::Step;
use crate::domain::life_cycles::{ACTIVITY, CANCEL_ACTIVITY, PUBLISH_ACTIVITY};
use crate::domain::service::spot::{Position, Spot};
use crate::domain::service::wishes::{AskedSkill, MOST};
use crate::domain::time::Moment;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault, Missed};
use crate::portal::frame::form::Fields;
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::service::activities::{ActivityAsk, ActivityChange, ActivityRow};
use crate::services::service::skills::asked_skills;
use crate::services::step::because;
use crate::texts::sentences as s;
use askama::Template;

/// How many activities a page has.
const LINES: i64 = 50;
const STATES: [&str; 3] = ["draft", "published", "cancelled"];
/// The start offered for a copy: the same time, this number of days later.
const WEEK: i64 = 7 * 86_400;

/// Something to choose in a form.
pub struct Choice {
    pub id: String,
    pub words: String,
}

/// An activity in the list.
struct Line {
    id: Id,
    title: String,
    when: String,
    place: String,
    state: String,
    seats: String,
    takes: bool,
}

#[derive(Template)]
#[template(path = "staff_activities.html")]
struct Activities {
    f: Frame,
    lines: Vec<Line>,
    states: Vec<StateChoice>,
    from: String,
    until: String,
    next: Option<String>,
    can_write: bool,
}

pub async fn list(visit: Visit) -> Answer {
    let (call, days) = (visit.reading()?, days(&visit));
    let state = visit.query("state").filter(|text| STATES.contains(&text.as_str()));
    let before = visit.query("before").and_then(|text| text.parse().ok());
    let found = visit.services().activities(&call, state.clone(), days, before, LINES).await?;
    let text = |day: Option<crate::domain::time::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let (from, until) = (text(days.from), text(days.until));
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length == LINES);
    let next = found.last().filter(|_| is_full).map(|last| {
        let state = state.as_deref().unwrap_or_default();
        format!("/staff/activities?state={state}&from={from}&until={until}&before={}", last.id)
    });
    let actor = visit.actor()?;
    let takes = actor.may(Permission::TakeAttendance);
    let line = |row: ActivityRow| Line {
        id: row.id,
        when: period(&visit, row.starts_at, row.ends_at),
        state: visit.say(s::State { state: row.state.clone() }),
        seats: row.seats.map(count).unwrap_or_default(),
        takes: takes && row.state == "published",
        title: row.title,
        place: row.place,
    };
    let lines = found.into_iter().map(line).collect();
    let choice = |value: &'static str| StateChoice {
        value,
        words: visit.say(s::State { state: value }),
        is_chosen: state.as_deref() == Some(value),
    };
    let states = STATES.into_iter().map(choice).collect();
    let can_write = actor.may(Permission::WriteActivities);
    let f = visit.frame(visit.words().activities_title()).await?;
    visit.page(&Activities { f, lines, states, from, until, next, can_write })
}

/// What stands in the fields of the form at first.
#[derive(Default)]
struct Given {
    title: String,
    content: String,
    place: String,
    starts_at: String,
    ends_at: String,
    seats: String,
    risk: String,
    insurance: String,
    policy_number: String,
    /// The circle within which one is there.
    latitude: String,
    longitude: String,
    radius_metres: String,
    /// The skills on the list.
    skills: Vec<SkillAsk>,
    /// How they may be asked for: value and words.
    asks: Vec<(&'static str, String)>,
}

/// A skill that may be asked for.
struct SkillAsk {
    field: String,
    words: String,
    at_first: &'static str,
    at_first_words: String,
}

/// Prefix of the fields of skills.
const SKILL: &str = "skill.";
const WELCOME: &str = "welcome";
const REQUIRED: &str = "required";

/// Millionths of a degree as degrees.
fn degrees(value: i64) -> String {
    let (whole, part) = (value.unsigned_abs() / 1_000_000, value.unsigned_abs() % 1_000_000);
    format!("{}{whole}.{part:06}", if value < 0 { "-" } else { "" })
}

/// The circle of the form: all of it, or nothing.
fn spot_in(visit: &Visit, fields: &Fields<'_>) -> Result<Option<Spot>, Missed> {
    let typed = |name: &str| visit.form.typed(name).map(str::trim).filter(|text| !text.is_empty());
    if ["latitude", "longitude", "radius_metres"].iter().all(|name| typed(name).is_none()) {
        return Ok(None);
    }
    let angle = |name: &str, most: i64| match typed(name).map(millionths) {
        None => fields.refuse(name, FieldFault::Missing),
        Some(Some(value)) if value.abs() <= most => Ok(value),
        Some(_) => fields.refuse(name, FieldFault::Refused),
    };
    let (latitude, longitude) = (angle("latitude", 90_000_000), angle("longitude", 180_000_000));
    let radius = fields.need::<Radius>("radius_metres");
    let middle = Position { latitude: latitude?, longitude: longitude? };
    Ok(Some(Spot { middle, radius_metres: radius?.get() }))
}

/// The skills of the form.
fn asked_in(visit: &Visit) -> Vec<AskedSkill> {
    let asked = visit.form.fields().filter_map(|(name, value)| {
        let skill = name.strip_prefix(SKILL)?.parse().ok()?;
        let required = value == REQUIRED;
        (required || value == WELCOME).then_some(AskedSkill { skill, required })
    });
    asked.take(MOST).collect()
}

impl Given {
    /// With the skills that may be asked for.
    async fn with_skills(self, visit: &Visit, asked: &[AskedSkill]) -> Result<Self, Fault> {
        let asks = vec![
            ("", visit.words().skills_not_asked()),
            (WELCOME, visit.words().skills_is_welcome()),
            (REQUIRED, visit.words().skills_is_required()),
        ];
        let mut skills = Vec::new();
        for row in visit.services().skills(&visit.reading()?).await? {
            let one = asked.iter().find(|asked| asked.skill == row.id);
            if one.is_none() && row.state != "active" {
                continue;
            }
            let at_first = one.map_or("", |asked| if asked.required { REQUIRED } else { WELCOME });
            let words = asks.iter().find(|(value, _)| *value == at_first).map(|(_, words)| words.clone());
            skills.push(SkillAsk {
                field: format!("{SKILL}{}", row.id),
                words: row.name,
                at_first,
                at_first_words: words.unwrap_or_default(),
            });
        }
        Ok(Given { skills, asks, ..self })
    }

    fn of(visit: &Visit, row: &ActivityRow) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Given {
            title: row.title.clone(),
            content: row.content.clone(),
            place: row.place.clone(),
            starts_at: typed(row.starts_at, visit.zone()),
            ends_at: typed(row.ends_at, visit.zone()),
            seats: row.seats.map(|seats| seats.to_string()).unwrap_or_default(),
            risk: text(&row.risk),
            insurance: text(&row.insurance),
            policy_number: text(&row.policy_number),
            latitude: row.latitude.map(degrees).unwrap_or_default(),
            longitude: row.longitude.map(degrees).unwrap_or_default(),
            radius_metres: row.radius_metres.map(|metres| metres.to_string()).unwrap_or_default(),
            ..Given::default()
        }
    }
}

#[derive(Template)]
#[template(path = "staff_activity_new.html")]
struct NewActivity {
    f: Frame,
    given: Given,
    orgs: Vec<Choice>,
    schemes: Vec<Choice>,
    /// Kinds of service.
    kinds: Vec<Choice>,
    /// The last one, to copy instead.
    last: Option<(Id, String)>,
}

pub async fn ask(visit: Visit) -> Answer {
    let (call, services) = (visit.reading()?, visit.services());
    let reached = |path: &str| call.actor.reaches(Permission::WriteActivities, path);
    let orgs =
        services.orgs(&call).await?.into_iter().filter(|org| reached(&org.path) && org.state == "open");
    let orgs = orgs.map(|org| Choice { id: org.id.to_string(), words: org.name }).collect();
    let schemes = services.schemes(&call).await?.into_iter();
    let schemes = schemes.map(|(row, _)| Choice { id: row.id.to_string(), words: row.title }).collect();
    let last = services.activities(&call, None, Default::default(), None, 1).await?.into_iter().next();
    let last = last.map(|row| (row.id, row.title));
    let kinds = services.kinds_of_service(&call).await?.into_iter();
    let kinds = kinds.map(|(id, words)| Choice { id, words }).collect();
    let given = Given::default().with_skills(&visit, &[]).await?;
    let f = visit.frame(visit.words().activities_new()).await?;
    visit.page(&NewActivity { f, given, orgs, schemes, kinds, last })
}

pub async fn draft(visit: Visit) -> Answer {
    let fields = visit.fields();
    let (org, scheme) = (fields.need::<Id>("org"), fields.need::<Id>("scheme"));
    let title = fields.need::<Title>("title");
    let content = fields.need::<Note>("content");
    let place = fields.need::<Title>("place");
    let (starts_at, ends_at) = (moment(&visit, &fields, "starts_at"), moment(&visit, &fields, "ends_at"));
    let seats = fields.maybe::<Quantity>("seats");
    let risk = fields.maybe::<Note>("risk");
    let insurance = fields.maybe::<Title>("insurance");
    let policy_number = fields.maybe::<PaperNumber>("policy_number");
    let category = fields.maybe::<Code>("category");
    let spot = spot_in(&visit, &fields);
    fields.checked()?;
    let ask = ActivityAsk {
        org: org?,
        standing: fields.ticked("standing"),
        title: title?.into(),
        content: content?.into(),
        place: place?.into(),
        category: category?.map(String::from),
        level: None,
        scheme: scheme?,
        starts_at: starts_at?,
        ends_at: ends_at?,
        seats: seats?.map(Quantity::get),
        risk: risk?.map(String::from),
        insurance: insurance?.map(String::from),
        policy_number: policy_number?.map(String::from),
        skills: asked_in(&visit),
        spot: spot?,
    };
    let id = visit.services().draft_activity(&visit.call()?, ask).await?;
    visit.to(&format!("/staff/activities/{id}"))
}

/// The same day of the week and time, in a week that is still to come.
fn weeks_later(visit: &Visit, moment: Moment) -> Moment {
    let passed = visit.services().store.clock().now().seconds_since(moment).max(0);
    let weeks = passed.checked_div(WEEK).unwrap_or(0).saturating_add(1);
    moment.plus_seconds(weeks.saturating_mul(WEEK))
}

#[derive(Template)]
#[template(path = "staff_activity.html")]
struct OneActivity {
    f: Frame,
    id: Id,
    title: String,
    content: String,
    place: String,
    when: String,
    state: String,
    seats: Option<String>,
    risk: Option<String>,
    insurance: Option<String>,
    /// The skills that it asks for.
    asked: Vec<String>,
    given: Given,
    version: i64,
    /// A draft that the caller may change.
    changes: bool,
    copies: bool,
    copy_at: String,
    takes: bool,
    buttons: Vec<Button>,
    /// Cancelling it sends messages to those who have signed up.
    tells: bool,
    /// For the group chat.
    message: Option<String>,
    is_standing: bool,
}

pub async fn show(visit: Visit) -> Answer {
    let (id, call) = (visit.path::<Id>("id")?, visit.reading()?);
    let services = visit.services();
    services.activity(&call, id).await?;
    let (row, open) = services.open_steps::<ActivityRow>(&call, id).await?;
    let button = |step: &'static Step| visit.button(step, step.is(&PUBLISH_ACTIVITY));
    let buttons: Vec<Button> = open.into_iter().map(button).collect();
    let actor = visit.actor()?;
    let when = period(&visit, row.starts_at, row.ends_at);
    let message = (row.state == "published").then(|| {
        let link = format!("{}/events/{id}", visit.address());
        visit.say(s::ActivitiesMessage {
            title: &row.title,
            when: &when,
            place: &row.place,
            content: &row.content,
            link,
        })
    });
    let asked = asked_skills(&row)?;
    let given = Given::of(&visit, &row).with_skills(&visit, &asked).await?;
    let page = OneActivity {
        asked: asked_words(&visit, &asked, &skill_names(&visit).await?),
        f: visit.frame(row.title.clone()).await?,
        id,
        title: row.title.clone(),
        content: row.content.clone(),
        place: row.place.clone(),
        when,
        state: visit.say(s::State { state: row.state.clone() }),
        seats: row.seats.map(|seats| visit.say(s::ActivitiesSeatsAll { seats: count(seats) })),
        risk: row.risk.clone(),
        insurance: row.insurance.clone().map(|text| match &row.policy_number {
            Some(number) => format!("{text} · {number}"),
            None => text,
        }),
        given,
        version: row.version,
        // A draft that can be published by the caller can be changed by them.
        changes: buttons.iter().any(|button| button.is_main),
        tells: row.state == "published" && buttons.iter().any(|button| button.name == CANCEL_ACTIVITY.name),
        copies: actor.may(Permission::WriteActivities),
        copy_at: typed(weeks_later(&visit, row.starts_at), visit.zone()),
        takes: actor.may(Permission::TakeAttendance) && row.state == "published",
        buttons,
        message,
        is_standing: row.kind == "standing",
    };
    visit.page(&page)
}

/// Changes the draft, copies the activity, or takes a step with it.
pub async fn take(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let call = visit.call()?;
    match visit.form.typed("step").unwrap_or_default() {
        "change" => {
            let change = change(&visit)?;
            visit.services().change_activity(&call, id, visit.version(), change).await?;
            visit.to(&format!("/staff/activities/{id}"))
        }
        "copy" => {
            let fields = visit.fields();
            let starts_at = moment(&visit, &fields, "copy_at");
            fields.checked()?;
            let copy = visit.services().copy_activity(&call, id, starts_at?).await?;
            visit.to(&format!("/staff/activities/{copy}"))
        }
        _ => {
            let step = visit.chosen_step(&ACTIVITY)?;
            let fields = visit.fields();
            let reason = fields.maybe::<Reason>("reason");
            fields.checked()?;
            let params = because(reason?.map(String::from));
            visit.services().step::<ActivityRow>(&call, step, id, params).await?;
            visit.to(&format!("/staff/activities/{id}"))
        }
    }
}

fn change(visit: &Visit) -> Result<ActivityChange, Fault> {
    let fields = visit.fields();
    let title = fields.need::<Title>("title");
    let content = fields.need::<Note>("content");
    let place = fields.need::<Title>("place");
    let (starts_at, ends_at) = (moment(visit, &fields, "starts_at"), moment(visit, &fields, "ends_at"));
    let seats = fields.maybe::<Quantity>("seats");
    let risk = fields.maybe::<Note>("risk");
    let insurance = fields.maybe::<Title>("insurance");
    let policy_number = fields.maybe::<PaperNumber>("policy_number");
    // What was given once is changed, not taken away.
    for name in ["seats", "risk", "insurance", "policy_number"] {
        let was_given = visit.form.typed(&format!("had.{name}")).is_some();
        if was_given && visit.form.typed(name).unwrap_or_default().trim().is_empty() {
            let _ = fields.refuse::<()>(name, FieldFault::Missing);
        }
    }
    let spot = spot_in(visit, &fields);
    fields.checked()?;
    Ok(ActivityChange {
        title: Some(title?.into()),
        content: Some(content?.into()),
        place: Some(place?.into()),
        starts_at: Some(starts_at?),
        ends_at: Some(ends_at?),
        seats: seats?.map(Quantity::get),
        risk: risk?.map(String::from),
        insurance: insurance?.map(String::from),
        policy_number: policy_number?.map(String::from),
        skills: Some(asked_in(visit)),
        spot: spot?,
    })
}

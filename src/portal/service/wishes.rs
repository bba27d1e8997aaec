//! What volunteers can and wish to do: said by themselves and by staff; the bank's list of skills; who suits an activity,
//! and inviting them.

use super::times::period;
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::Title;
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission as P;
use crate::domain::id::Id;
use crate::domain::life_cycles::SKILL;
use crate::domain::refusal::Refusal;
use crate::domain::service::wishes::{AskedSkill, MOST, Weekday, Wishes};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::service::wishes::{SkillRow, Suitable};
use crate::services::step::Params;
use crate::texts::sentences as s;
use askama::Template;
use std::collections::HashMap;

/// People on the page of an activity.
const PEOPLE: i64 = 500;
/// Lines that are shown of them.
const SHOWN: usize = 100;

/// Something to tick.
struct Tick {
    value: String,
    words: String,
    is_chosen: bool,
}

/// A group of things to tick.
struct Group {
    name: &'static str,
    title: String,
    ticks: Vec<Tick>,
}

#[derive(Template)]
#[template(path = "wishes.html")]
struct WishesPage {
    f: Frame,
    /// Where the page was come from, and its name.
    back: (String, String),
    groups: Vec<Group>,
    version: i64,
    may_write: bool,
    is_done: bool,
    /// What stands there now, where another person has changed it meanwhile.
    now: Option<String>,
}

const SKILLS: &str = "skills";
const WEEKDAYS: &str = "weekdays";
const KINDS: &str = "kinds";
const PLACES: &str = "places";

fn weekday_words(visit: &Visit, day: Weekday) -> String {
    visit.say(s::Weekday { day: day.as_str() })
}

async fn page(visit: Visit, member: Id, back: (String, String), may_write: bool) -> Answer {
    let (services, call) = (visit.services(), visit.reading()?);
    let standing = services.wishes(&call, member).await?;
    let choices = services.choices_of_wishes(&call, member).await?;
    let said = standing.wishes;
    let is_again = visit.fault.is_some();
    let chosen = |name: &str, value: &str, at_first: bool| match is_again {
        true => visit.form.all(name).any(|one| one == value),
        false => at_first,
    };
    let tick = |name: &'static str, value: String, words: String, at_first: bool| Tick {
        is_chosen: chosen(name, &value, at_first),
        value,
        words,
    };
    let skills = choices.skills.into_iter();
    let skills = skills.map(|row| tick(SKILLS, row.id.to_string(), row.name, said.skills.contains(&row.id)));
    let days = Weekday::ALL
        .iter()
        .map(|day| tick(WEEKDAYS, day.to_string(), weekday_words(&visit, *day), said.weekdays.contains(day)));
    let kinds = choices.kinds.into_iter();
    let kinds = kinds.map(|(code, name)| {
        let at_first = said.kinds.contains(&code);
        tick(KINDS, code, name, at_first)
    });
    let places = choices.places.into_iter();
    let places = places.map(|row| tick(PLACES, row.id.to_string(), row.name, said.places.contains(&row.id)));
    let w = visit.words();
    let group = |name, title, ticks| Group { name, title, ticks };
    let groups = vec![
        group(SKILLS, w.wishes_skills(), skills.collect::<Vec<_>>()),
        group(WEEKDAYS, w.wishes_weekdays(), days.collect()),
        group(KINDS, w.wishes_kinds(), kinds.collect()),
        group(PLACES, w.wishes_places(), places.collect()),
    ];
    let is_overtaken = visit.fault.as_ref().is_some_and(Fault::is_of_version);
    let count = said.skills.len() + said.weekdays.len() + said.kinds.len() + said.places.len();
    let page = WishesPage {
        back,
        groups,
        version: standing.version,
        may_write,
        is_done: visit.query("done").is_some() && !is_again,
        now: is_overtaken.then(|| visit.say(s::WishesNow { count: i64::try_from(count).unwrap_or(0) })),
        f: visit.frame(visit.words().wishes_title()).await?,
    };
    visit.page(&page)
}

/// What was ticked. What no list offers is refused as a field.
fn ticked(visit: &Visit) -> Result<Wishes, Fault> {
    let fields = visit.fields();
    let mut wishes = Wishes::default();
    let refuse = |name: &str| {
        let _ = fields.refuse::<()>(name, FieldFault::Refused);
    };
    for (name, into) in [(SKILLS, &mut wishes.skills), (PLACES, &mut wishes.places)] {
        for text in visit.form.all(name).take(MOST) {
            match text.parse::<Id>() {
                Ok(id) => into.push(id),
                Err(_) => refuse(name),
            }
        }
    }
    for text in visit.form.all(WEEKDAYS).take(Weekday::ALL.len()) {
        match Weekday::parse(text) {
            Some(day) => wishes.weekdays.push(day),
            None => refuse(WEEKDAYS),
        }
    }
    wishes.kinds = visit.form.all(KINDS).take(MOST).map(str::to_owned).collect();
    fields.checked()?;
    Ok(wishes)
}

/// The caller's own.
pub async fn own(visit: Visit) -> Answer {
    let member = visit.actor()?.member.ok_or(ApiError::from(Refusal::absent("member")))?;
    let back = ("/account".to_owned(), visit.words().menu_account());
    page(visit, member, back, true).await
}

pub async fn take_own(visit: Visit) -> Answer {
    let member = visit.actor()?.member.ok_or(ApiError::from(Refusal::absent("member")))?;
    let wishes = ticked(&visit)?;
    visit.services().set_wishes(&visit.call()?, member, visit.version(), wishes).await?;
    visit.to("/me/wishes?done=1")
}

/// Those of a member, for staff.
pub async fn desk(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let row = visit.services().member(&visit.reading()?, id).await?;
    let may_write = visit.actor()?.may(P::WriteMembers);
    page(visit, id, (format!("/staff/people/{id}"), row.name), may_write).await
}

pub async fn take_at_desk(visit: Visit) -> Answer {
    if !visit.actor()?.may(P::WriteMembers) {
        return Err(ApiError::Forbidden(&[P::WriteMembers]).into());
    }
    let id = visit.path::<Id>("id")?;
    let wishes = ticked(&visit)?;
    visit.services().set_wishes(&visit.call()?, id, visit.version(), wishes).await?;
    visit.to(&format!("/staff/people/{id}/wishes?done=1"))
}

/// A skill on the list, with what can be done with it.
struct SkillLine {
    id: Id,
    name: String,
    state: String,
    is_active: bool,
    buttons: Vec<Button>,
}

#[derive(Template)]
#[template(path = "skills.html")]
struct SkillsPage {
    f: Frame,
    lines: Vec<SkillLine>,
}

/// The bank's list of skills.
pub async fn skills(visit: Visit) -> Answer {
    let (services, call) = (visit.services(), visit.reading()?);
    let mut lines = Vec::new();
    for row in services.skills(&call).await? {
        let steps = SKILL.steps.iter().filter(|step| step.from.contains(&row.state.as_str()));
        lines.push(SkillLine {
            id: row.id,
            state: visit.say(s::State { state: row.state.clone() }),
            is_active: row.state == "active",
            buttons: steps.map(|step| visit.button(step, false)).collect(),
            name: row.name,
        });
    }
    let f = visit.frame(visit.words().skills_title()).await?;
    visit.page(&SkillsPage { f, lines })
}

/// Adds a skill, or takes a step with one.
pub async fn change_skills(visit: Visit) -> Answer {
    let fields = visit.fields();
    if visit.form.typed("step") == Some("add") {
        let name = fields.need::<Title>("skill_name");
        fields.checked()?;
        visit.services().open_skill(&visit.call()?, name?.into()).await?;
        return visit.to("/admin/skills");
    }
    let id = fields.need::<Id>("skill");
    fields.checked()?;
    let step = visit.chosen_step(&SKILL)?;
    visit.services().step::<SkillRow>(&visit.call()?, step, id?, Params::new()).await?;
    visit.to("/admin/skills")
}

/// A person whom an activity suits.
struct PersonLine {
    id: Id,
    name: String,
    number: String,
    /// Skills that it asks for, and why else.
    why: Vec<String>,
    is_invited: bool,
}

#[derive(Template)]
#[template(path = "staff_suitable.html")]
struct SuitablePage {
    f: Frame,
    id: Id,
    title: String,
    when: String,
    /// What the activity asks for.
    asked: Vec<String>,
    lines: Vec<PersonLine>,
    is_done: bool,
}

/// The skills that an activity asks for, in words.
pub(super) fn asked_words(visit: &Visit, asked: &[AskedSkill], names: &HashMap<Id, String>) -> Vec<String> {
    let words = |one: &AskedSkill| {
        let skill = names.get(&one.skill).cloned().unwrap_or_default();
        match one.required {
            true => visit.say(s::SkillRequired { skill }),
            false => visit.say(s::SkillWelcome { skill }),
        }
    };
    asked.iter().map(words).collect()
}

/// The names of all skills.
pub(super) async fn skill_names(visit: &Visit) -> Result<HashMap<Id, String>, Fault> {
    let rows = visit.services().skills(&visit.reading()?).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

pub async fn suitable(visit: Visit) -> Answer {
    let (id, services, call) = (visit.path::<Id>("id")?, visit.services(), visit.reading()?);
    let mut people = services.suitable(&call, id, None, PEOPLE).await?;
    people.retain(|one| one.fit.is_good());
    people.sort_by_key(|one| one.fit.rank());
    people.truncate(SHOWN);
    let (activity, _) = services.activity(&call, id).await?;
    let (names, asked) =
        (skill_names(&visit).await?, crate::services::service::skills::asked_skills(&activity)?);
    let line = |one: Suitable| {
        let has = asked.iter().filter(|asked| one.wishes.skills.contains(&asked.skill));
        let mut why: Vec<String> = has.filter_map(|asked| names.get(&asked.skill).cloned()).collect();
        let others = one.fit.reasons.iter().filter(|reason| reason.as_str() != "skill");
        why.extend(others.map(|reason| visit.say(s::SuitsBecause { why: reason.as_str() })));
        PersonLine {
            id: one.member.id,
            name: one.member.name,
            number: one.member.number,
            why,
            is_invited: one.is_invited,
        }
    };
    let page = SuitablePage {
        id,
        when: period(&visit, activity.starts_at, activity.ends_at),
        asked: asked_words(&visit, &asked, &names),
        lines: people.into_iter().map(line).collect(),
        is_done: visit.query("done").is_some() && visit.fault.is_none(),
        f: visit.frame(format!("{} · {}", visit.words().suitable_title(), activity.title)).await?,
        title: activity.title,
    };
    visit.page(&page)
}

/// Invites those who are ticked.
pub async fn invite(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let fields = visit.fields();
    let people: Vec<Id> =
        visit.form.all("members").filter_map(|text| text.parse().ok()).take(SHOWN).collect();
    if people.is_empty() {
        let _ = fields.refuse::<()>("members", FieldFault::TooFewItems { least: 1 });
    }
    fields.checked()?;
    visit.services().invite(&visit.call()?, id, people).await?;
    visit.to(&format!("/staff/activities/{id}/people?done=1"))
}

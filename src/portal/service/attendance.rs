//! Check-in without a break: one field for a number, the end of a phone number, or a name; who is in; signing out each
//! or all; a list of names from a group chat.

use super::times::period;
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{Minutes, Served};
use crate::domain::id::Id;
use crate::domain::people::person_name;
use crate::domain::refusal::Refusal;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::figures::count;
use crate::portal::frame::form::plain_digits;
use crate::portal::frame::visit::Visit;
use crate::services::people::counter::{MemberRow, MemberSearch};
use crate::services::service::activities::SignOutAsk;
use crate::services::service::lists::Present;
use crate::services::{Call, Error};
use crate::texts::sentences as s;
use askama::Template;

/// How many people of the same name are offered.
const ALIKE: i64 = 12;
/// How many lines of a pasted list are read.
const PASTED: usize = 100;

/// A person who is in, or was.
struct Person {
    member: Id,
    name: String,
    number: String,
    since: String,
    until: Option<String>,
    record: Option<Id>,
}

/// A person to choose from several alike.
struct Alike {
    member: Id,
    words: String,
}

/// What came of one typed or pasted text.
struct Outcome {
    text: String,
    words: String,
    is_good: bool,
    /// Several fit: one of them is chosen.
    alike: Vec<Alike>,
}

#[derive(Template)]
#[template(path = "staff_attendance.html")]
struct Attendance {
    f: Frame,
    id: Id,
    title: String,
    when: String,
    place: String,
    present: Vec<Person>,
    left: Vec<Person>,
    present_words: String,
    outcomes: Vec<Outcome>,
}

fn person(visit: &Visit, one: Present) -> Person {
    let days = visit.days();
    Person {
        member: one.attendance.member_id,
        name: one.person.name,
        number: one.person.number,
        since: days.moment(one.attendance.signed_in_at),
        until: one.attendance.signed_out_at.map(|at| days.clock(at)),
        record: one.attendance.record_id,
    }
}

async fn page(visit: Visit, outcomes: Vec<Outcome>) -> Answer {
    let id = visit.path::<Id>("id")?;
    let (activity, rows) = visit.services().present(&visit.reading()?, id).await?;
    // Those who came last stand at the top: the eye stays at the field.
    let (present, left): (Vec<_>, Vec<_>) =
        rows.into_iter().rev().partition(|one| one.attendance.signed_out_at.is_none());
    let number = i64::try_from(present.len()).unwrap_or(i64::MAX);
    let present_words = visit.say(s::ActivitiesPresent { people: count(number) });
    let people = |rows: Vec<Present>| rows.into_iter().map(|one| person(&visit, one)).collect();
    let page = Attendance {
        f: visit.frame(format!("{} · {}", visit.words().activities_check_in(), activity.title)).await?,
        id,
        when: period(&visit, activity.starts_at, activity.ends_at),
        title: activity.title,
        place: activity.place,
        present: people(present),
        left: people(left),
        present_words,
        outcomes,
    };
    visit.page(&page)
}

pub async fn show(visit: Visit) -> Answer {
    page(visit, Vec::new()).await
}

/// People within reach to whom a text may belong: a passbook number, the last four digits of a phone, or a name.
pub(super) async fn people(visit: &Visit, call: &Call, text: &str) -> Result<Vec<MemberRow>, Fault> {
    let plain = plain_digits(text.trim());
    let digits = plain.chars().all(|c| c.is_ascii_digit());
    let (services, kind) = (visit.services(), Some("person".to_owned()));
    let mut search = MemberSearch { kind, ..MemberSearch::default() };
    if digits && plain.len() == 4 {
        let found = services.find_members(call, search.clone(), Some(plain.clone()), ALIKE).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    if plain.chars().any(|c| c.is_ascii_digit()) {
        search.number = Some(plain);
        return Ok(services.find_members(call, search, None, ALIKE).await?);
    }
    let key = person_name::key(&plain);
    search.name = Some(key.clone());
    let found = services.find_members(call, search, None, ALIKE).await?;
    // A member with exactly this name, if there is one: 王芳 does not mean 王芳芳.
    let (whole, longer): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|row| person_name::key(&row.name) == key);
    Ok(if whole.is_empty() { longer } else { whole })
}

/// Signs one person in, under a key of their own.
async fn sign_in(visit: &Visit, call: &Call, activity: Id, member: Id) -> Result<(), Error> {
    let mut own = call.clone();
    if let Some(request) = &mut own.request {
        request.key.push_str(&format!("/{member}"));
    }
    visit.services().sign_in_people(&own, activity, vec![member]).await.map(|_| ())
}

fn sentence(visit: &Visit, error: Error) -> String {
    let (what, rest) = Fault::from(error).words(visit.language, visit.zone());
    format!("{what} {rest}").trim().to_owned()
}

/// Signs in the member that a text identifies, if it is exactly one.
async fn sign_in_text(visit: &Visit, call: &Call, activity: Id, text: &str) -> Result<Outcome, Fault> {
    let found = people(visit, call, text).await?;
    let text = text.to_owned();
    let row = match found.as_slice() {
        [] => {
            let words = visit.words().activities_nobody();
            return Ok(Outcome { text, words, is_good: false, alike: Vec::new() });
        }
        [row] => row,
        rows => {
            let mut alike = Vec::with_capacity(rows.len());
            for row in rows {
                let masked = visit.services().masked(row.bank_id, row)?;
                let parts = [Some(row.name.clone()), Some(row.number.clone()), masked.phone];
                alike.push(Alike {
                    member: row.id,
                    words: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
                });
            }
            let words = visit.words().activities_which();
            return Ok(Outcome { text, words, is_good: false, alike });
        }
    };
    Ok(match sign_in(visit, call, activity, row.id).await {
        Ok(()) => Outcome {
            text,
            words: visit.say(s::ActivitiesIsIn { name: &row.name, number: &row.number }),
            is_good: true,
            alike: Vec::new(),
        },
        Err(error) => Outcome { text, words: sentence(visit, error), is_good: false, alike: Vec::new() },
    })
}

/// The names of a list from a group chat (接龙): one a line, with or without a number before them.
pub(super) fn pasted(text: &str) -> Vec<String> {
    // A number alone is what is meant; one before a name counts the lines.
    let uncounted = |line: &str| {
        let line = plain_digits(line.trim());
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let rest = if rest.is_empty() { line.as_str() } else { rest };
        rest.trim_start_matches(['.', '、', '．', ')', '）', ':', '：', ' ', '　']).to_owned()
    };
    let lines: Vec<String> = text.lines().map(uncounted).collect();
    let lines =
        lines.iter().flat_map(|line| line.split(['、', '，', ','])).map(|name| name.trim().to_owned());
    let is_name = |name: &String| !name.is_empty() && !name.starts_with('#');
    let mut names: Vec<String> = Vec::new();
    for name in lines.filter(is_name).take(PASTED) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Signs in or out.
pub async fn take(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let (call, fields) = (visit.call()?, visit.fields());
    let mut outcomes = Vec::new();
    match visit.form.typed("step").unwrap_or("in") {
        "list" => {
            let names = pasted(visit.form.typed("names").unwrap_or_default());
            if names.is_empty() {
                let _ = fields.refuse::<()>("names", FieldFault::Missing);
            }
            fields.checked()?;
            for name in names {
                outcomes.push(sign_in_text(&visit, &call, id, &name).await?);
            }
            // What is settled does not stay in the field.
            return page(Visit { form: Default::default(), ..visit.clone() }, outcomes).await;
        }
        "out" => {
            let member = fields.need::<Id>("member");
            let minutes = fields.maybe::<Minutes>("service_minutes");
            let served = fields.maybe::<Served>("served");
            let guarantor = visit.form.typed("guarantor").unwrap_or_default().trim().to_owned();
            fields.checked()?;
            let guarantor = match guarantor.as_str() {
                "" => None,
                text => match people(&visit, &call, text).await?.as_slice() {
                    [row] => Some(row.id),
                    _ => {
                        let _ = fields.refuse::<()>("guarantor", FieldFault::NotAnId);
                        fields.checked()?;
                        None
                    }
                },
            };
            let ask = SignOutAsk {
                member: member?,
                served: served?.map_or(1, Served::get),
                service_minutes: minutes?.map(Minutes::get),
                guarantor,
                without_record: fields.ticked("without_record"),
            };
            visit.services().sign_out_person(&call, id, ask).await?;
        }
        "all_out" => {
            let (_, rows) = visit.services().present(&visit.reading()?, id).await?;
            for one in rows.into_iter().filter(|one| one.attendance.signed_out_at.is_none()) {
                let mut own = call.clone();
                if let Some(request) = &mut own.request {
                    request.key.push_str(&format!("/{}", one.attendance.id));
                }
                let ask = SignOutAsk { member: one.attendance.member_id, served: 1, ..SignOutAsk::default() };
                let done = visit.services().sign_out_person(&own, id, ask).await;
                let (is_good, words) = match done {
                    Ok(out) if out.record.is_none() => (true, visit.words().activities_is_out_short()),
                    Ok(_) => (true, visit.words().activities_is_out()),
                    Err(error) => (false, sentence(&visit, error)),
                };
                outcomes.push(Outcome { text: one.person.name, words, is_good, alike: Vec::new() });
            }
            return page(visit, outcomes).await;
        }
        "chosen" => {
            let member = fields.need::<Id>("member");
            fields.checked()?;
            sign_in(&visit, &call, id, member?).await?;
        }
        _ => {
            let text = visit.form.typed("person").unwrap_or_default().trim().to_owned();
            if text.is_empty() {
                let _ = fields.refuse::<()>("person", FieldFault::Missing);
            }
            fields.checked()?;
            let outcome = sign_in_text(&visit, &call, id, &text).await?;
            if !outcome.alike.is_empty() {
                return page(visit, vec![outcome]).await;
            }
            if !outcome.is_good && people(&visit, &call, &text).await?.is_empty() {
                return Err(Refusal::absent("member").into());
            }
            if !outcome.is_good {
                return page(visit, vec![outcome]).await;
            }
        }
    }
    visit.to(&format!("/staff/activities/{id}/attendance"))
}

#[cfg(test)]
mod tests {
    use super::pasted;

    #[test]
    fn reads_a_list_of_a_group_chat() {
        let text = "#接龙\n1. 王芳\n２、李强\n3) 王芳\n\n张伟，刘洋\n10021";
        assert_eq!(pasted(text), ["王芳", "李强", "张伟", "刘洋", "10021"]);
    }
}

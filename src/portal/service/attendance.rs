//! Check-in without a break: one field for a number, the end of a phone number, or a name; who is in; signing out each
//! or all; a list of names from a group chat.

use super::by_name::{Outcome, for_text, pasted, people, sentence};
use super::times::period;
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{Minutes, Served};
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::people::counter::MemberRow;
use crate::services::service::activities::SignOutAsk;
use crate::services::service::lists::Present;
use crate::services::{Call, Error};
use crate::texts::sentences as s;
use askama::Template;
use std::collections::HashSet;

/// A person who is in, or was.
struct Person {
    member: Id,
    name: String,
    number: String,
    since: String,
    until: Option<String>,
    record: Option<Id>,
    /// Whether they were there, in words, as far as they let it be known.
    place: Option<String>,
}

/// A person who signed up and has not come yet.
struct Missing {
    member: Id,
    name: String,
    number: String,
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
    /// Those who have a place and have not come yet.
    expected: Vec<Missing>,
    present_words: String,
    outcomes: Vec<Outcome>,
}

fn person(visit: &Visit, one: Present) -> Person {
    let days = visit.days();
    let place = one.attendance.out_place.or(one.attendance.in_place);
    Person {
        member: one.attendance.member_id,
        name: one.person.name,
        number: one.person.number,
        since: days.moment(one.attendance.signed_in_at),
        until: one.attendance.signed_out_at.map(|at| days.clock(at)),
        record: one.attendance.record_id,
        place: place.map(|place| visit.say(s::Whereabouts { place })),
    }
}

async fn page(visit: Visit, outcomes: Vec<Outcome>) -> Answer {
    let id = visit.path::<Id>("id")?;
    let call = visit.reading()?;
    let (activity, rows) = visit.services().present(&call, id).await?;
    let came: HashSet<Id> = rows.iter().map(|one| one.attendance.member_id).collect();
    let expected = visit.services().expected(&call, id).await?.into_iter();
    let expected = expected
        .filter(|one| one.sign_up.state == "seated" && !came.contains(&one.sign_up.member_id))
        .map(|one| Missing {
            member: one.sign_up.member_id,
            name: one.person.name,
            number: one.person.number,
        })
        .collect();
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
        expected,
        present_words,
        outcomes,
    };
    visit.page(&page)
}

pub async fn show(visit: Visit) -> Answer {
    page(visit, Vec::new()).await
}

/// Signs one person in, under a key of their own.
async fn sign_in(visit: &Visit, call: &Call, activity: Id, member: Id) -> Result<(), Error> {
    let mut own = call.clone();
    if let Some(request) = &mut own.request {
        request.key.push_str(&format!("/{member}"));
    }
    visit.services().sign_in_people(&own, activity, vec![member]).await.map(|_| ())
}

/// Signs in the member that a text identifies, if it is exactly one.
async fn sign_in_text(visit: &Visit, call: &Call, activity: Id, text: &str) -> Result<Outcome, Fault> {
    let act = async |row: &MemberRow| {
        sign_in(visit, call, activity, row.id).await?;
        Ok(visit.say(s::ActivitiesIsIn { name: &row.name, number: &row.number }))
    };
    for_text(visit, call, text, act).await
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

//! Signing in and out by a code: what the leader's phone and the poster show, and the page to which they lead.

use super::times::period;
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::CheckInDigits;
use crate::domain::id::Id;
use crate::domain::service::spot::Position;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::form::plain_digits;
use crate::portal::frame::visit::Visit;
use crate::portal::shops::code::picture;
use crate::texts::sentences as s;
use askama::Template;

/// Eight digits in two groups.
fn groups(digits: &str) -> (String, String) {
    let (first, last) = digits.split_at_checked(4).unwrap_or((digits, ""));
    (first.to_owned(), last.to_owned())
}

fn link(visit: &Visit, activity: Id, code: &str) -> String {
    format!("{}/events/{activity}/check-in?code={code}", visit.address())
}

#[derive(Template)]
#[template(path = "staff_check_in_code.html")]
struct CodePage {
    f: Frame,
    id: Id,
    title: String,
    picture: String,
    digits: (String, String),
    /// Until the next code.
    seconds: i64,
}

/// The code on the leader's phone.
pub async fn code(visit: Visit) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let code = services.check_in_code(&call, id).await?;
    let (activity, _) = services.activity(&call, id).await?;
    let page = CodePage {
        picture: picture(&link(&visit, id, &code.code))?,
        digits: groups(&code.code),
        seconds: code.until.seconds_since(services.now()).max(1),
        f: visit.frame(format!("{} · {}", visit.words().activities_code(), activity.title)).await?,
        title: activity.title,
        id,
    };
    visit.page(&page)
}

#[derive(Template)]
#[template(path = "print_poster.html")]
struct Poster {
    f: Frame,
    id: Id,
    title: String,
    when: String,
    place: String,
    picture: String,
    digits: (String, String),
}

/// The poster of an activity, A4.
pub async fn poster(visit: Visit) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let code = services.check_in_code(&call, id).await?;
    let (activity, _) = services.activity(&call, id).await?;
    let page = Poster {
        picture: picture(&link(&visit, id, &code.poster))?,
        digits: groups(&code.poster),
        when: period(&visit, activity.starts_at, activity.ends_at),
        f: visit.frame(format!("{} · {}", visit.words().activities_poster(), activity.title)).await?,
        title: activity.title,
        place: activity.place,
        id,
    };
    visit.page(&page)
}

#[derive(Template)]
#[template(path = "check_in.html")]
struct CheckInPage {
    f: Frame,
    id: Id,
    title: String,
    when: String,
    place: String,
    code: String,
    /// Signed in here: the code signs out.
    is_in: bool,
    own: Option<String>,
    /// The phone is asked whether it is there, as the person has consented to.
    asks_position: bool,
}

pub async fn show(visit: Visit) -> Answer {
    let (id, call) = (visit.path::<Id>("id")?, visit.reading()?);
    let open = visit.services().open_activity(&call, id).await?;
    let days = visit.days();
    let own = open.own.as_ref();
    let page = CheckInPage {
        asks_position: visit.services().asks_position(&call, id).await?,
        code: visit.form.typed("code").map(str::to_owned).or_else(|| visit.query("code")).unwrap_or_default(),
        is_in: own.is_some_and(|own| own.signed_out_at.is_none()),
        own: own.map(|own| match own.signed_out_at {
            Some(at) => visit.say(s::ActivitiesSignedOutAt { time: days.moment(at) }),
            None => visit.say(s::ActivitiesSignedInAt { time: days.moment(own.signed_in_at) }),
        }),
        when: period(&visit, open.activity.starts_at, open.activity.ends_at),
        f: visit
            .frame(format!("{} · {}", visit.words().activities_check_self(), open.activity.title))
            .await?,
        title: open.activity.title,
        place: open.activity.place,
        id,
    };
    visit.page(&page)
}

/// Degrees with decimals as millionths of a degree.
pub(super) fn millionths(text: &str) -> Option<i64> {
    let text = plain_digits(text.trim());
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest.to_owned()),
        None => (1, text),
    };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 20 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let part: String = part.chars().chain("000000".chars()).take(6).collect();
    format!("{whole}{part}").parse::<i64>().ok().map(|value| value * sign)
}

/// The digits in what was typed, or in the link of a picture.
fn digits_in(text: &str) -> String {
    let text = plain_digits(text);
    let code = text.rsplit_once("code=").map_or(text.as_str(), |(_, code)| code);
    code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

/// Signs in, or out: then the hours are on the page of their record.
pub async fn take(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let fields = visit.fields();
    let code = match digits_in(visit.form.typed("code").unwrap_or_default()).as_str() {
        "" => fields.refuse("code", FieldFault::Missing),
        text => CheckInDigits::parse(text).or_else(|fault| fields.refuse("code", fault)),
    };
    fields.checked()?;
    // What the phone does not say, or says wrong, is as if it were not asked.
    let degrees = |name: &str| visit.form.typed(name).and_then(millionths);
    let position = degrees("latitude").zip(degrees("longitude"));
    let position = position.map(|(latitude, longitude)| Position { latitude, longitude });
    let done = visit.services().check_in(&visit.call()?, id, code?.into(), position).await?;
    match done.record {
        Some(record) => visit.to(&format!("/me/hours/{record}")),
        None => visit.to(&format!("/events/{id}/check-in")),
    }
}

//! Finds members: by the beginning of a name, a volunteer number, a phone or its last four digits, a document.
//! Whole phones and documents are sent as a form and never stand in an address, which logs would keep.

use super::{PersonLine, org_names, person_lines};
use crate::api::web::fields::{NameStart, PhoneTail, SearchText};
use crate::auth::permissions::Permission as P;
use crate::domain::id::Id;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::phone::Phone;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::form::plain_digits;
use crate::portal::frame::visit::Visit;
use crate::services::people::counter::{MemberPlace, MemberRow, MemberSearch};
use askama::Template;

/// Members on a page.
const LINES: i64 = 30;
/// Members with one phone or document.
const ALIKE: i64 = 50;

#[derive(Template)]
#[template(path = "staff_people.html")]
struct People {
    f: Frame,
    /// What was looked for.
    q: String,
    lines: Vec<PersonLine>,
    next: Option<String>,
    may_open: bool,
}

/// What kind of search text was typed.
enum Wanted {
    Tail(String),
    Phone(Phone),
    Document(IdDocument),
    Number(String),
    Name(String),
}

fn wanted(text: &str) -> Wanted {
    let plain = plain_digits(text.trim());
    let digits: String = plain.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect();
    if digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Wanted::Tail(digits);
    }
    if let Ok(phone) = Phone::parse(&plain) {
        return Wanted::Phone(phone);
    }
    match digits.bytes().any(|sign| sign.is_ascii_digit()) && digits.is_ascii() {
        // Eighteen signs are a card; shorter numbers are first looked for as volunteer numbers.
        true if digits.len() >= 15 => match IdDocument::read(None, &digits) {
            Ok(document) => Wanted::Document(document),
            Err(_) => Wanted::Number(digits),
        },
        true => Wanted::Number(digits),
        false => Wanted::Name(plain),
    }
}

/// The members that a text names, from a place in the list on.
pub async fn found(
    visit: &Visit,
    q: &str,
    after: Option<String>,
    limit: i64,
) -> Result<Vec<MemberRow>, Fault> {
    let (services, call) = (visit.services(), visit.reading()?);
    let mut search = MemberSearch { after: after.map(MemberPlace::Number), ..MemberSearch::default() };
    let mut tail = None;
    match wanted(q) {
        Wanted::Tail(text) => {
            // A volunteer number may have four digits, too.
            let number = MemberSearch { number: Some(text.clone()), ..MemberSearch::default() };
            let known = services.find_members(&call, number, None, limit).await?;
            if !known.is_empty() {
                return Ok(known);
            }
            tail = super::read::<PhoneTail>("q", &text)?.map(|tail| tail.as_str().to_owned());
        }
        Wanted::Phone(phone) => {
            let number = plain_digits(q.trim());
            let number = MemberSearch { number: Some(number), ..MemberSearch::default() };
            let known = services.find_members(&call, number, None, limit).await?;
            if !known.is_empty() {
                return Ok(known);
            }
            return Ok(services.find_by_secret(&call, Some(phone), None, limit).await?);
        }
        Wanted::Document(document) => {
            return Ok(services.find_by_secret(&call, None, Some(document), limit).await?);
        }
        Wanted::Number(text) => {
            search.number = super::read::<SearchText>("q", &text)?.map(|text| text.as_str().to_owned());
        }
        Wanted::Name(text) => search.name = super::read::<NameStart>("q", &text)?.map(|start| start.0),
    }
    Ok(services.find_members(&call, search, tail, limit).await?)
}

async fn listed(visit: &Visit, q: String, rows: Vec<MemberRow>, next: Option<String>) -> Answer {
    let lines = person_lines(visit, rows, &org_names(visit).await?)?;
    let may_open = visit.actor()?.may(P::WriteMembers);
    let f = visit.frame(visit.words().staff_menu_people()).await?;
    visit.page(&People { f, q, lines, next, may_open })
}

pub async fn show(visit: Visit) -> Answer {
    if visit.fault.is_some() {
        let q = visit.form.typed("q").unwrap_or_default().to_owned();
        return listed(&visit, q, Vec::new(), None).await;
    }
    let q = visit.query("q").unwrap_or_default();
    let after = visit.query("after");
    let rows = match q.as_str() {
        "" => {
            let search = MemberSearch { after: after.map(MemberPlace::Number), ..MemberSearch::default() };
            visit.services().find_members(&visit.reading()?, search, None, LINES).await?
        }
        q => found(&visit, q, after, LINES).await?,
    };
    let is_full = i64::try_from(rows.len()).is_ok_and(|length| length == LINES);
    let next = rows.last().filter(|_| is_full).map(|row| {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        if !q.is_empty() {
            pairs.append_pair("q", &q);
        }
        format!("/staff/people?{}", pairs.append_pair("after", &row.number).finish())
    });
    listed(&visit, q, rows, next).await
}

/// Searches for members: a single result opens its file at once.
pub async fn look(visit: Visit) -> Answer {
    let q = visit.form.typed("q").unwrap_or_default().trim().to_owned();
    if q.is_empty() {
        return visit.to("/staff/people");
    }
    let rows = found(&visit, &q, None, ALIKE).await?;
    if let [row] = rows.as_slice() {
        let id: Id = row.id;
        return visit.to(&format!("/staff/people/{id}"));
    }
    match wanted(&q) {
        Wanted::Phone(_) | Wanted::Document(_) => listed(&visit, q, rows, None).await,
        _ => {
            let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
            visit.to(&format!("/staff/people?q={q}"))
        }
    }
}

//! Finds members: by the beginning of a name or of its pinyin initials, a volunteer number, a phone or its last four digits, a document.
//! Whole phones and documents are sent as a form and never stand in an address, which logs would keep.

use super::{PersonLine, org_names, person_lines};
use crate::api::web::fields::{NameStart, PhoneTail, SearchText};
use crate::auth::permissions::Permission as P;
use crate::domain::id::Id;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::initials::{self, Typed};
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
    All,
    Tail(String),
    Phone(Phone),
    Document(IdDocument),
    Number(String),
    Initials(Typed),
    Name(String),
}

fn wanted(text: &str) -> Wanted {
    let plain = plain_digits(text.trim());
    if plain.is_empty() {
        return Wanted::All;
    }
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
        false => initials::read(&plain).map_or(Wanted::Name(plain), Wanted::Initials),
    }
}

/// Whether a text is a whole phone or document, which never stands in an address.
pub fn is_secret(text: &str) -> bool {
    matches!(wanted(text), Wanted::Phone(_) | Wanted::Document(_))
}

/// The members that a text names, from a place in the list on.
pub async fn found(
    visit: &Visit,
    q: &str,
    after: Option<String>,
    limit: i64,
) -> Result<Vec<MemberRow>, Fault> {
    found_of(visit, q, None, after, limit).await
}

/// The same of one kind only: persons or households.
pub async fn found_of(
    visit: &Visit,
    q: &str,
    kind: Option<&str>,
    after: Option<String>,
    limit: i64,
) -> Result<Vec<MemberRow>, Fault> {
    let (services, call) = (visit.services(), visit.reading()?);
    let of_kind = MemberSearch { kind: kind.map(str::to_owned), ..MemberSearch::default() };
    let from = after.map(MemberPlace::Number);
    let listed = MemberSearch { after: from.clone(), ..of_kind.clone() };
    let numbered = |number: String| MemberSearch { number: Some(number), ..of_kind.clone() };
    // What is looked for first, and what if nothing is found: a text may mean several things.
    let (first, then, tail) = match wanted(q) {
        Wanted::All => (listed, None, None),
        Wanted::Tail(text) => {
            // A volunteer number may have four digits, too.
            let tail = super::read::<PhoneTail>("q", &text)?.map(|tail| tail.as_str().to_owned());
            (numbered(text), Some(listed), tail)
        }
        Wanted::Phone(phone) => {
            let known = services.find_members(&call, numbered(plain_digits(q.trim())), None, limit).await?;
            if !known.is_empty() {
                return Ok(known);
            }
            let alike = services.find_by_secret(&call, Some(phone), None, limit).await?;
            return Ok(only(kind, alike));
        }
        Wanted::Document(document) => {
            return Ok(only(kind, services.find_by_secret(&call, None, Some(document), limit).await?));
        }
        Wanted::Number(text) => {
            let number = super::read::<SearchText>("q", &text)?.map(|text| text.as_str().to_owned());
            (MemberSearch { number, ..listed }, None, None)
        }
        Wanted::Initials(typed) => {
            // Letters may also begin a name that is written with them.
            let name = super::read::<NameStart>("q", q)?.map(|start| start.0);
            let initials =
                MemberSearch { name: typed.start, initials: Some(typed.initials), ..listed.clone() };
            (initials, Some(MemberSearch { name, ..listed }), None)
        }
        Wanted::Name(text) => {
            let name = super::read::<NameStart>("q", &text)?.map(|start| start.0);
            (MemberSearch { name, ..listed }, None, None)
        }
    };
    let rows = services.find_members(&call, first, None, limit).await?;
    match then {
        Some(then) if rows.is_empty() => Ok(services.find_members(&call, then, tail, limit).await?),
        _ => Ok(rows),
    }
}

fn only(kind: Option<&str>, mut rows: Vec<MemberRow>) -> Vec<MemberRow> {
    rows.retain(|row| kind.is_none_or(|kind| row.kind == kind));
    rows
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
    let rows = found(&visit, &q, after, LINES).await?;
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
    match is_secret(&q) {
        true => listed(&visit, q, rows, None).await,
        false => {
            let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
            visit.to(&format!("/staff/people?q={q}"))
        }
    }
}

//! Households: for one of their people what they share; at the desk who lives there, and who bears the name.

use super::find::{found_of, is_secret};
use super::{PersonLine, org_names, person_lines, state_words};
use crate::api::web::fields::SearchText;
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission as P;
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::people::household::is_head;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::ledger::passbook::{Line, available, line};
use crate::services::people::counter::{MemberRow, MemberSearch};
use crate::services::people::households::Housemate;
use crate::services::people::members::MemberChange;
use askama::Template;

/// Entries of the shared passbook that the own page shows.
const LINES: i64 = 10;
/// People of a household at the desk.
const PEOPLE: i64 = 50;
/// Households on a page.
const HOUSEHOLDS: i64 = 30;

/// The household and its shared passbook.
struct Shared {
    number: String,
    balance: String,
    people: Vec<Housemate>,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "household.html")]
struct OwnPage {
    f: Frame,
    home: Option<Shared>,
}

/// The caller's own household.
pub async fn own(visit: Visit) -> Answer {
    let (services, call) = (visit.services(), visit.reading()?);
    let home = match services.own_household(&call).await? {
        None => None,
        Some(found) => {
            let id = found.file.id;
            let pairs =
                services.passbook_with_words(&call, id, Asset::Point, Days::default(), None, LINES).await?;
            // The page of an entry is that of the own passbook.
            let lines = pairs.iter().map(|pair| Line { link: None, ..line(&visit, pair) });
            Some(Shared {
                number: found.file.number,
                balance: points(available(&visit, id).await?),
                people: found.people,
                lines: lines.collect(),
            })
        }
    };
    let f = visit.frame(visit.words().home_title()).await?;
    visit.page(&OwnPage { f, home })
}

#[derive(Template)]
#[template(path = "staff_households.html")]
struct ListPage {
    f: Frame,
    q: String,
    lines: Vec<PersonLine>,
    next: Option<String>,
    may_open: bool,
}

/// Households within reach, all of them or those that a text names.
pub async fn list(visit: Visit) -> Answer {
    if visit.fault.is_some() {
        let q = visit.form.typed("q").unwrap_or_default().to_owned();
        return listed(&visit, q, Vec::new(), None).await;
    }
    let q = visit.query("q").unwrap_or_default();
    let rows = found_of(&visit, &q, Some("household"), visit.query("after"), HOUSEHOLDS).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|length| length == HOUSEHOLDS);
    let next = rows.last().filter(|_| is_full).map(|row| {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        if !q.is_empty() {
            pairs.append_pair("q", &q);
        }
        format!("/staff/households?{}", pairs.append_pair("after", &row.number).finish())
    });
    listed(&visit, q, rows, next).await
}

async fn listed(visit: &Visit, q: String, rows: Vec<MemberRow>, next: Option<String>) -> Answer {
    let lines = person_lines(visit, rows, &org_names(visit).await?)?;
    let may_open = visit.actor()?.may(P::WriteMembers);
    let f = visit.frame(visit.words().homes_title()).await?;
    visit.page(&ListPage { f, q, lines, next, may_open })
}

/// Searches for households: a single result opens at once. A whole phone never stands in an address.
pub async fn look(visit: Visit) -> Answer {
    let q = visit.form.typed("q").unwrap_or_default().trim().to_owned();
    let rows = found_of(&visit, &q, Some("household"), None, HOUSEHOLDS).await?;
    match rows.as_slice() {
        [row] if !q.is_empty() => visit.to(&format!("/staff/households/{}", row.id)),
        _ if is_secret(&q) => listed(&visit, q, rows, None).await,
        _ => {
            let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
            visit.to(&format!("/staff/households?q={q}"))
        }
    }
}

#[derive(Template)]
#[template(path = "staff_household.html")]
struct HouseholdPage {
    f: Frame,
    id: Id,
    name: String,
    number: String,
    org: String,
    state: String,
    version: i64,
    /// Each with whether the household bears their name.
    people: Vec<(PersonLine, bool)>,
    may_write: bool,
    done: Option<String>,
}

/// The household that a path names; anything else is not found.
async fn named(visit: &Visit) -> Result<MemberRow, Fault> {
    let row = visit.services().member(&visit.reading()?, visit.path::<Id>("id")?).await?;
    match row.kind == "household" {
        true => Ok(row),
        false => Err(Refusal::absent("household").into()),
    }
}

/// One household: who lives there, and what can be changed.
pub async fn show(visit: Visit) -> Answer {
    let row = named(&visit).await?;
    let orgs = org_names(&visit).await?;
    let search = MemberSearch { household: Some(row.id), ..MemberSearch::default() };
    let people = visit.services().find_members(&visit.reading()?, search, None, PEOPLE).await?;
    let w = visit.words();
    let done = match visit.query("done").as_deref() {
        Some("add") => Some(w.homes_done_add()),
        Some("remove") => Some(w.homes_done_remove()),
        Some("head") => Some(w.homes_done_head()),
        _ => None,
    };
    let with_head = |line: PersonLine| {
        let is_head = is_head(&row.name, &line.name);
        (line, is_head)
    };
    let f = visit.frame(row.name.clone()).await?;
    visit.page(&HouseholdPage {
        f,
        id: row.id,
        org: orgs.get(&row.org_id).cloned().unwrap_or_default(),
        state: state_words(&visit, &row.state),
        version: row.version,
        people: person_lines(&visit, people, &orgs)?.into_iter().map(with_head).collect(),
        may_write: visit.actor()?.may(P::WriteMembers) && row.state == "active",
        done: done.filter(|_| visit.fault.is_none()),
        name: row.name,
        number: row.number,
    })
}

/// Takes one of the forms: adds a person, removes one, or gives the household the name of another head.
pub async fn change(visit: Visit) -> Answer {
    let home = named(&visit).await?;
    let (services, call) = (visit.services(), visit.call()?);
    let fields = visit.fields();
    let act = visit.form.typed("act").unwrap_or_default().to_owned();
    let lives =
        |household: Option<Id>| MemberChange { household: Some(household), ..MemberChange::default() };
    match act.as_str() {
        "add" => {
            let number = fields.need::<SearchText>("member_number");
            fields.checked()?;
            let person = numbered(&visit, number?.into()).await?;
            services.change_member(&call, person.id, person.version, lives(Some(home.id))).await?;
        }
        "remove" => {
            let id = fields.need::<Id>("person");
            fields.checked()?;
            let person = services.member(&visit.reading()?, id?).await?;
            if person.household_id != Some(home.id) {
                return Err(Refusal::absent("member").into());
            }
            services.change_member(&call, person.id, person.version, lives(None)).await?;
        }
        "head" => {
            let id = fields.need::<Id>("person");
            fields.checked()?;
            let version = visit.version();
            services.change_head(&call, home.id, version, id?).await?;
        }
        _ => return Err(ApiError::NoSuchPath.into()),
    }
    visit.to(&format!("/staff/households/{}?done={act}", home.id))
}

/// The person with a passbook number.
async fn numbered(visit: &Visit, number: String) -> Result<MemberRow, Fault> {
    let search =
        MemberSearch { number: Some(number), kind: Some("person".to_owned()), ..MemberSearch::default() };
    let found = visit.services().find_members(&visit.reading()?, search, None, 1).await?;
    Ok(found.into_iter().next().ok_or(Refusal::absent("member"))?)
}

//! Proxies: who acts for the user, for whom the user acts, and the desk where staff name and end them.

use crate::api::web::fields::{Note, PersonName, PointsText, Reason, SearchText};
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission;
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::life_cycles::{END_PROXY, END_PROXY_BY_PHONE};
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Days};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::ledger::passbook::{Line, available, line};
use crate::services::ledger::about::About;
use crate::services::ledger::passbook::PassbookLine;
use crate::services::people::proxies::{ProxyAsk, ProxyFilter, ProxyRow, ProxyStanding};
use crate::services::step::{Params, because};
use crate::texts::sentences as s;
use askama::Template;

/// On a page.
const LINES: i64 = 100;
/// Entries of the passbook of a person for whom the user acts.
const ENTRIES: i64 = 30;
/// What a form proposes for one day.
const POINTS_A_DAY: &str = "50";

/// One in a list.
struct ProxyLine {
    id: Id,
    /// The other of the two.
    name: String,
    number: String,
    /// Until when, and how much.
    detail: String,
    is_guardian: bool,
    /// The page of the person for whom the user acts.
    path: Option<String>,
}

/// Until when it holds, and how many points it may redeem.
fn detail(visit: &Visit, row: &ProxyRow) -> String {
    let (until, day) = (visit.days().day(row.until), points(row.points_a_day));
    match row.points_in_all {
        Some(all) => visit.say(s::ProxiesDetailAll { until, day, all: points(all) }),
        None => visit.say(s::ProxiesDetail { until, day }),
    }
}

fn proxy_line(visit: &Visit, one: ProxyStanding, acts: bool) -> ProxyLine {
    let other = if acts { one.member } else { one.proxy };
    let (name, number) = other.map(|other| (other.name, other.number)).unwrap_or_default();
    ProxyLine {
        id: one.row.id,
        name,
        number,
        detail: detail(visit, &one.row),
        is_guardian: one.row.kind == "guardian",
        path: acts.then(|| format!("/me/proxies/{}", one.row.id)),
    }
}

/// Those that hold, of the user on either side.
async fn own_proxies(visit: &Visit) -> Result<Vec<ProxyStanding>, Fault> {
    let filter = ProxyFilter { state: Some("active".into()), ..ProxyFilter::default() };
    let all = visit.services().proxies(&visit.reading()?, filter, (None, true), LINES).await?;
    Ok(all.into_iter().filter(|one| !one.has_lapsed).collect())
}

/// Those by which the user acts for others today, with the names of the persons.
pub async fn acting(visit: &Visit) -> Result<Vec<(ProxyRow, String)>, Fault> {
    let actor = visit.actor()?;
    if actor.member.is_none() || !actor.may(Permission::ActForMembers) {
        return Ok(Vec::new());
    }
    let (own, today) = (actor.member, visit.days().today);
    let held = own_proxies(visit).await?.into_iter().filter(|one| {
        let acts = one.proxy.as_ref().map(|proxy| proxy.id) == own;
        acts && one.row.starts_on <= today
    });
    Ok(held.map(|one| (one.row, one.member.map(|member| member.name).unwrap_or_default())).collect())
}

#[derive(Template)]
#[template(path = "proxies.html")]
struct OwnPage {
    f: Frame,
    /// Who acts for the user.
    named: Vec<ProxyLine>,
    /// For whom the user acts.
    acts: Vec<ProxyLine>,
    may_name: bool,
    last_day: String,
    points_a_day: &'static str,
    done: Option<String>,
}

fn done(visit: &Visit) -> Option<String> {
    let done = visit.query("done").map(|done| visit.say(s::ProxiesDone { done: done.as_str() }));
    done.filter(|_| visit.fault.is_none())
}

/// The last day that a form proposes: in a quarter of a year.
fn last_day(visit: &Visit) -> String {
    visit.days().today.plus(90).to_string()
}

/// Who acts for the user, and for whom the user acts.
pub async fn own(visit: Visit) -> Answer {
    let member = visit.actor()?.member;
    let all = if member.is_some() { own_proxies(&visit).await? } else { Vec::new() };
    let (acts, named): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|one| one.proxy.as_ref().map(|proxy| proxy.id) == member);
    let page = OwnPage {
        named: named.into_iter().map(|one| proxy_line(&visit, one, false)).collect(),
        acts: acts.into_iter().map(|one| proxy_line(&visit, one, true)).collect(),
        may_name: member.is_some()
            && visit.actor()?.may(Permission::ReadOwn)
            && visit.actor()?.card_edition.is_none(),
        last_day: last_day(&visit),
        points_a_day: POINTS_A_DAY,
        done: done(&visit),
        f: visit.frame(visit.words().proxies_title()).await?,
    };
    visit.page(&page)
}

/// Reads the form that names a proxy.
fn ask_of(visit: &Visit, member: Id) -> Result<ProxyAsk, Fault> {
    let fields = visit.fields();
    let (number, name) = (fields.need::<SearchText>("number"), fields.need::<PersonName>("name"));
    let until = fields.maybe::<Day>("until");
    let a_day = fields.need::<PointsText>("points_a_day");
    let in_all = fields.maybe::<PointsText>("points_in_all");
    let guardianship = fields.maybe::<Note>("guardianship");
    fields.checked()?;
    Ok(ProxyAsk {
        member,
        number: number?.into(),
        name: name?.into(),
        from: None,
        until: until?,
        points_a_day: a_day?.minor(),
        points_in_all: in_all?.map(PointsText::minor),
        guardianship: guardianship?.map(String::from),
    })
}

/// The id in the form.
fn chosen(visit: &Visit) -> Result<Id, Fault> {
    let id = visit.form.typed("proxy").and_then(|text| text.parse().ok());
    id.ok_or_else(|| ApiError::NoSuchPath.into())
}

/// Names a proxy, or ends one on either side.
pub async fn take_own(visit: Visit) -> Answer {
    match visit.form.typed("step") {
        // A card ends a proxy; it names none.
        Some("name_proxy") if visit.actor()?.card_edition.is_some() => {
            Err(Refusal::StrongerProofNeeded.into())
        }
        Some("name_proxy") => {
            let ask = ask_of(&visit, visit.member()?)?;
            visit.services().name_proxy(&visit.call()?, ask).await?;
            visit.to("/me/proxies?done=named")
        }
        Some("end_proxy") => {
            let id = chosen(&visit)?;
            visit.services().step::<ProxyRow>(&visit.call()?, &END_PROXY, id, Params::new()).await?;
            visit.to("/me/proxies?done=ended")
        }
        _ => Err(ApiError::NoSuchPath.into()),
    }
}

#[derive(Template)]
#[template(path = "proxy.html")]
struct ActingPage {
    f: Frame,
    heading: String,
    id: Id,
    name: String,
    /// Whose passbook it is.
    passbook: String,
    detail: String,
    balance: String,
    lines: Vec<Line>,
}

/// The proxy by which the user acts, from the path.
pub async fn acting_by(visit: &Visit) -> Result<(ProxyRow, String), Fault> {
    let id = visit.path::<Id>("id")?;
    let found = acting(visit).await?.into_iter().find(|(row, _)| row.id == id);
    found.ok_or_else(|| Refusal::absent("proxy").into())
}

/// What the user does for a person: their passbook, their code, activities.
pub async fn one(visit: Visit) -> Answer {
    let (row, name) = acting_by(&visit).await?;
    let (services, call, member) = (visit.services(), visit.reading()?, row.member_id);
    let pairs =
        services.passbook_with_words(&call, member, Asset::Point, Days::default(), None, ENTRIES).await?;
    let link = |pair: &(PassbookLine, About)| format!("/me/proxies/{}/entries/{}", row.id, pair.0.entry);
    let lines = pairs.iter().map(|pair| Line { link: Some(link(pair)), ..line(&visit, pair) }).collect();
    let heading = visit.say(s::ProxiesFor { name: name.as_str() });
    let page = ActingPage {
        id: row.id,
        detail: detail(&visit, &row),
        balance: points(available(&visit, member).await?),
        lines,
        f: visit.frame(heading.clone()).await?,
        heading,
        passbook: visit.say(s::ProxiesPassbook { name: name.as_str() }),
        name,
    };
    visit.page(&page)
}

#[derive(Template)]
#[template(path = "staff_proxies.html")]
struct DeskPage {
    f: Frame,
    member: Id,
    name: String,
    lines: Vec<ProxyLine>,
    may_name: bool,
    last_day: String,
    points_a_day: &'static str,
    done: Option<String>,
}

/// The proxies of a member, at the desk.
pub async fn desk(visit: Visit) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let member = services.member(&call, id).await?;
    if member.id != id {
        return visit.to(&format!("/staff/people/{}/proxies", member.id));
    }
    let filter = ProxyFilter { state: Some("active".into()), ..ProxyFilter::default() };
    let held = services.proxies(&call, filter, (Some(id), false), LINES).await?;
    let held = held.into_iter().filter(|one| !one.has_lapsed);
    let page = DeskPage {
        member: id,
        lines: held.map(|one| proxy_line(&visit, one, false)).collect(),
        may_name: member.state == "active",
        last_day: last_day(&visit),
        points_a_day: POINTS_A_DAY,
        done: done(&visit),
        f: visit.frame(format!("{} · {}", visit.words().proxies_title(), member.name)).await?,
        name: member.name,
    };
    visit.page(&page)
}

/// Names a proxy with the person at the counter, or ends one for a person who calls.
pub async fn take_at_desk(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let done = match visit.form.typed("step") {
        Some("name_proxy") => {
            let ask = ask_of(&visit, id)?;
            visit.services().name_proxy(&visit.call()?, ask).await?;
            "named"
        }
        Some("end_proxy_by_phone") => {
            let (proxy, fields) = (chosen(&visit)?, visit.fields());
            let reason = fields.need::<Reason>("reason");
            fields.checked()?;
            let why = because(Some(reason?.into()));
            visit.services().step::<ProxyRow>(&visit.call()?, &END_PROXY_BY_PHONE, proxy, why).await?;
            "ended"
        }
        _ => return Err(ApiError::NoSuchPath.into()),
    };
    visit.to(&format!("/staff/people/{id}/proxies?done={done}"))
}

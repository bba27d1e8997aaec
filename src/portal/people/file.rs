//! A member's file: who they are, what they have, what was last booked, and the steps that can be taken with it.

use super::{PersonLine, org_names, person_lines, state_words};
use crate::api::web::fields::Reason;
use crate::auth::permissions::Permission as P;
use crate::auth::secrets::Sealed;
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::life_cycle::Asks;
use crate::domain::life_cycles::MEMBER;
use crate::domain::stars::ladder::title;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::portal::ledger::passbook::{Line, line};
use crate::services::people::counter::{MemberRow, MemberSearch};
use crate::services::step::because;
use crate::texts::sentences as s;
use askama::Template;

/// Entries of the passbook that a file shows.
const LINES: i64 = 6;
/// People of a household that a file shows.
const PEOPLE: i64 = 30;

/// The household of a person.
struct Home {
    id: Id,
    name: String,
    number: String,
}

#[derive(Template)]
#[template(path = "staff_person.html")]
struct FilePage {
    f: Frame,
    id: Id,
    name: String,
    number: String,
    is_household: bool,
    org: String,
    /// Empty while the file is in ordinary use.
    state: String,
    balance: String,
    pending: Option<String>,
    owed: Option<String>,
    stars: Option<(String, String)>,
    phone: String,
    document: Option<(String, String)>,
    gender: String,
    born: String,
    trade: String,
    is_party_member: bool,
    home: Option<Home>,
    people: Vec<PersonLine>,
    lines: Vec<Line>,
    buttons: Vec<Button>,
    /// What was asked to be shown: its label and text.
    revealed: Option<(String, String)>,
    may_write: bool,
    may_merge: bool,
    may_move: bool,
    may_reveal: bool,
    may_redeem: bool,
    may_award: bool,
}

pub async fn show(visit: Visit) -> Answer {
    page(visit, None).await
}

/// The words of a kind of document.
fn kind_of_document(visit: &Visit, kind: &str) -> String {
    visit.say(s::StaffIdKind { kind: kind.to_owned() })
}

async fn page(visit: Visit, revealed: Option<(String, String)>) -> Answer {
    let id = visit.path::<Id>("id")?;
    let (services, call, w, actor) =
        (visit.services(), visit.reading()?, visit.words(), visit.actor()?.clone());
    let row = services.member(&call, id).await?;
    if row.id != id {
        // A duplicate: the address is that of the file that stays.
        return visit.to(&format!("/staff/people/{}", row.id));
    }
    let masked = services.masked(row.bank_id, &row)?;
    let orgs = org_names(&visit).await?;
    let balances = services.balances(&call, id, Default::default()).await?;
    let of_points = balances.iter().find(|balance| balance.asset == Asset::Point);
    let amount = |minor: Option<i64>| minor.filter(|minor| *minor > 0).map(points);
    let stars = match actor.may(P::ReadStars) && row.kind == "person" {
        true => services.stars(&call, id, None, None, visit.language).await?.into_iter().next(),
        false => None,
    };
    let passbook =
        services.passbook_with_words(&call, id, Asset::Point, Days::default(), None, LINES).await?;
    let mut lines: Vec<Line> = passbook.iter().map(|pair| line(&visit, pair)).collect();
    for line in &mut lines {
        let explained = line.is_award && actor.may(P::ReadAwards);
        line.link = explained.then(|| format!("/staff/awards/{}", line.entry));
    }
    let (_, open) = services.open_steps::<MemberRow>(&call, id).await?;
    let buttons = open.into_iter().map(|step| visit.button(step, false));
    let home = match row.household_id {
        // A household out of reach stays unnamed.
        Some(home) => services.member(&call, home).await.ok(),
        None => None,
    };
    let people = match row.kind == "household" {
        true => {
            let search = MemberSearch { household: Some(id), ..MemberSearch::default() };
            services.find_members(&call, search, None, PEOPLE).await?
        }
        false => Vec::new(),
    };
    let is_active = row.state == "active";
    let f = visit.frame(row.name.clone()).await?;
    visit.page(&FilePage {
        f,
        id,
        is_household: row.kind == "household",
        org: orgs.get(&row.org_id).cloned().unwrap_or_default(),
        state: state_words(&visit, &row.state),
        balance: points(of_points.map_or(0, |of| of.available.unwrap_or(of.balance))),
        pending: amount(of_points.and_then(|of| of.pending)),
        owed: amount(of_points.map(|of| of.owed)),
        stars: stars.map(|of| {
            let served = w.say(s::ServedSoFar { length: visit.length(of.service_minutes) });
            (title(of.standing.star, visit.language), served)
        }),
        phone: masked.phone.unwrap_or_default(),
        document: masked
            .id_kind
            .zip(masked.id_number)
            .map(|(kind, text)| (kind_of_document(&visit, kind), text)),
        gender: match row.gender.as_deref() {
            Some("female") => w.staff_female(),
            Some("male") => w.staff_male(),
            _ => String::new(),
        },
        born: row.birth_year.map(|year| year.to_string()).unwrap_or_default(),
        trade: row.trade.unwrap_or_default(),
        is_party_member: row.party_member,
        home: home.map(|home| Home { id: home.id, name: home.name, number: home.number }),
        people: person_lines(&visit, people, &orgs)?,
        lines,
        buttons: buttons.collect(),
        revealed,
        may_write: actor.may(P::WriteMembers),
        may_merge: actor.may(P::FreezeMembers) && is_active,
        may_move: actor.may(P::MoveMembers) && is_active,
        may_reveal: actor.may(P::RevealMembers),
        may_redeem: actor.may(P::RedeemOnBehalf) && is_active,
        may_award: actor.may(P::MakeAwards) && is_active,
        name: row.name,
        number: row.number,
    })
}

/// Takes the step that the form names, or shows a phone or document in full; both with a reason.
pub async fn step(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let name = visit.form.typed("step").unwrap_or_default().to_owned();
    let fields = visit.fields();
    let sealed = match name.as_str() {
        "reveal_phone" => Some((Sealed::Phone, visit.words().staff_phone())),
        "reveal_id_number" => Some((Sealed::IdNumber, visit.words().staff_document())),
        _ => None,
    };
    if let Some((sealed, label)) = sealed {
        let reason = fields.need::<Reason>("reason");
        fields.checked()?;
        let text = visit.services().reveal(&visit.call()?, id, sealed, reason?.into()).await?;
        let text = text.unwrap_or_else(|| visit.words().staff_none());
        return page(visit, Some((label, text))).await;
    }
    let step = visit.chosen_step(&MEMBER)?;
    let reason = match step.asks {
        Asks::Reason => fields.need::<Reason>("reason").map(|reason| Some(String::from(reason))),
        _ => Ok(None),
    };
    fields.checked()?;
    visit.services().step::<MemberRow>(&visit.call()?, step, id, because(reason?)).await?;
    visit.to(&format!("/staff/people/{id}"))
}

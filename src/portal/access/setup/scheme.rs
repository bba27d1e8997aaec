//! The third step: a scheme, shown in sentences before it is taken, and approved by a second person.

use super::{Mark, marks};
use crate::api::web::fields::{LoginName, Password as PasswordField};
use crate::api::web::problem::ApiError;
use crate::auth::passwords::Password;
use crate::domain::id::Id;
use crate::domain::life_cycles::APPROVE_SCHEME;
use crate::domain::points::scheme::{Price, Scheme, sample, samples};
use crate::domain::refusal::Refusal;
use crate::portal::access::sign_in::{Proofs, attempt};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::points::schemes::{Read, read};
use crate::services::Call;
use crate::services::access::opening::Opening;
use crate::services::points::schemes::SchemeVersionRow;
use crate::services::step::Params;
use askama::Template;

/// A scheme to choose.
struct Choice {
    path: String,
    title: String,
    place: String,
}

/// Schemes of one kind.
struct Group {
    title: String,
    hint: String,
    choices: Vec<Choice>,
}

/// A scheme in sentences, with its text.
struct Shown {
    title: String,
    sentences: Vec<Read>,
    lines: Vec<String>,
}

#[derive(Template)]
#[template(path = "setup_scheme.html")]
struct SchemePage {
    f: Frame,
    marks: Vec<Mark>,
    is_published: bool,
    groups: Vec<Group>,
    shown: Option<Shown>,
    /// The sample that is shown and can be taken.
    sample: Option<String>,
    /// The draft that waits for a second person.
    draft: Option<Id>,
    /// The caller is that second person.
    may_approve: bool,
    reviewer: Option<(String, String)>,
}

/// What a scheme is good for at the beginning.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Items,
    Hours,
    Others,
}

fn kind(scheme: &Scheme) -> Kind {
    let is_worth = |price: Price| match price {
        Price::PerHour(points) | Price::PerTime(points) => !points.is_zero(),
        Price::Coefficient(_) | Price::NeedsPerson => false,
    };
    let hours = scheme.hours.as_ref();
    let by_table = || {
        hours.is_some_and(|hours| {
            let levels = hours.levels.iter().map(|level| level.price);
            let categories = hours.categories.iter().filter_map(|category| category.price);
            hours.base.into_iter().chain(levels).chain(categories).any(is_worth)
        })
    };
    match scheme.items.is_empty() {
        false => Kind::Items,
        true if by_table() => Kind::Hours,
        true => Kind::Others,
    }
}

/// The schemes that come with the program: those with items first, because lists can be awarded by them at once.
fn groups(visit: &Visit) -> Vec<Group> {
    let w = visit.words();
    let known: Vec<(&str, Scheme)> =
        samples().iter().filter_map(|(name, body)| Some((*name, Scheme::parse(body).ok()?))).collect();
    let group = |of: Kind, title: String, hint: String| {
        let own = known.iter().filter(|(_, scheme)| kind(scheme) == of);
        let choice = |(name, scheme): &(&str, Scheme)| Choice {
            path: format!("/setup/scheme?sample={name}"),
            title: scheme.name.clone(),
            place: scheme.source.as_ref().map(|source| source.place.clone()).unwrap_or_default(),
        };
        Group { title, hint, choices: own.map(choice).collect() }
    };
    vec![
        group(Kind::Items, w.opening_scheme_items(), w.opening_scheme_items_hint()),
        group(Kind::Hours, w.opening_scheme_hours(), w.opening_scheme_hours_hint()),
        group(Kind::Others, w.opening_scheme_others(), w.opening_scheme_others_hint()),
    ]
}

fn shown(visit: &Visit, body: &str) -> Option<Shown> {
    let scheme = Scheme::parse(body).ok()?;
    let sentences = read(visit, &scheme, body);
    Some(Shown { title: scheme.name, sentences, lines: body.lines().map(str::to_owned).collect() })
}

pub async fn show(visit: Visit) -> Answer {
    let (services, call) = (visit.services(), visit.reading()?);
    let found = services.opening(&call).await?;
    let asked = visit.form.typed("sample").map(str::to_owned).or_else(|| visit.query("sample"));
    let chosen = asked.filter(|_| !found.is_published).and_then(|name| Some((sample(&name)?, name)));
    let chooses = chosen.is_none() && visit.query("choose").is_some();
    let draft = found.draft.filter(|_| !found.is_published && chosen.is_none() && !chooses);
    let mut may_approve = false;
    let body = match (&chosen, draft) {
        (Some((body, _)), _) => Some((*body).to_owned()),
        (None, Some(id)) => {
            let (row, open) = services.open_steps::<SchemeVersionRow>(&call, id).await?;
            may_approve = open.iter().any(|step| step.name == APPROVE_SCHEME.name);
            Some(row.body)
        }
        (None, None) => None,
    };
    let shown = body.and_then(|body| shown(&visit, &body));
    let page = SchemePage {
        f: visit.frame(visit.words().opening_scheme_title()).await?,
        marks: marks(&visit, 3, Some(&found)),
        groups: if shown.is_some() || found.is_published { Vec::new() } else { groups(&visit) },
        is_published: found.is_published,
        sample: chosen.map(|(_, name)| name),
        reviewer: reviewer(&found),
        draft,
        may_approve,
        shown,
    };
    visit.page(&page)
}

fn reviewer(found: &Opening) -> Option<(String, String)> {
    found.reviewer.as_ref().map(|one| (one.name.clone(), one.login.clone()))
}

pub async fn take(visit: Visit) -> Answer {
    match visit.form.typed("act") {
        Some("take") => {
            let name = visit.form.typed("sample").unwrap_or_default();
            let body = sample(name).ok_or(Refusal::absent("scheme"))?;
            visit.services().draft_scheme(&visit.call()?, body.to_owned()).await?;
            visit.to("/setup/scheme")
        }
        Some("approve") => approve(visit).await,
        _ => Err(ApiError::NoSuchPath.into()),
    }
}

/// Approves the draft: as the caller, or as a second person who gives login and password for this one step.
async fn approve(visit: Visit) -> Answer {
    let fields = visit.fields();
    let draft = fields.need::<Id>("draft");
    if visit.form.typed("by") == Some("caller") {
        fields.checked()?;
        step(&visit, &visit.call()?, draft?).await?;
        return visit.to("/setup/done");
    }
    let login = fields.need::<LoginName>("login");
    let password = fields.secret::<PasswordField>("password");
    fields.checked()?;
    let password = Password::new(String::from(password?));
    let session = attempt(&visit, None, login?.into(), Proofs::of(password)).await?;
    let second = Call::of(visit.state.authenticator.admit(&session.access_token).await?);
    let approved = match second.actor.bank == visit.actor()?.bank {
        true => step(&visit, &second, draft?).await,
        false => Err(Refusal::SignInFailed.into()),
    };
    visit.services().sign_out(&second).await?;
    approved?;
    visit.to("/setup/people")
}

async fn step(visit: &Visit, call: &Call, draft: Id) -> Result<(), Fault> {
    visit.services().step::<SchemeVersionRow>(call, &APPROVE_SCHEME, draft, Params::new()).await?;
    Ok(())
}

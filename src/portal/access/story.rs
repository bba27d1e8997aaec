//! Going through the story of a sample bank: each step signs in as the person whose work it is and opens their page; a
//! strip on every page says what to do there.

use super::sign_in::{Proofs, attempt, enter};
use super::start::sample;
use crate::auth::passwords::Password;
use crate::auth::permissions::{Actor, Role};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::life_cycles::PUBLISH_ACTIVITY;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Days, Moment};
use crate::ledger::{Repeated, Request};
use crate::portal::frame::cookies::{STORY, kept};
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::story::{Place, STAGES};
use crate::portal::frame::visit::Visit;
use crate::services::access::sign_in::SignedIn;
use crate::services::demo::setup::{LogIn, PASSWORD};
use crate::services::service::activities::{ActivityAsk, ActivityRow};
use crate::services::step::Params;
use crate::services::{Call, Error};
use std::collections::BTreeMap;

/// Goes to a step: signs in as the person whose work it is, and opens their page. Step 0, or one past the last, leaves
/// the story.
pub async fn go(visit: Visit) -> Answer {
    let Some(bank) = sample(&visit).await? else { return Err(Refusal::SignInFailed.into()) };
    let number: usize = visit.form.typed("step").and_then(|text| text.parse().ok()).unwrap_or_default();
    // The person of the step before is signed out, as at 换个身份.
    if visit.actor.is_some() {
        visit.services().sign_out(&visit.reading()?).await?;
    }
    let Some(stage) = number.checked_sub(1).and_then(|at| STAGES.get(at)) else {
        return super::sign_in::leave(&visit);
    };
    let known = crate::services::demo::setup::log_ins(visit.services(), bank.id).await?;
    let login = |role: Role| known.iter().find(|one| one.role == role.as_str());
    let absent = || Fault::from(Refusal::SignInFailed);
    let (session, actor) = session_of(&visit, login(stage.role).ok_or_else(absent)?, &bank.slug).await?;
    let path = match stage.place {
        Place::Path(path) => path.to_owned(),
        Place::Activity => todays_activity(&visit, actor).await?,
        Place::LastAward => match last_entry(&visit, actor, EntryKind::Award).await? {
            Some(entry) => format!("/me/entries/{entry}"),
            None => "/me/passbook".to_owned(),
        },
        Place::Code | Place::LastRedemption => {
            let volunteer = login(Role::Volunteer).ok_or_else(absent)?;
            let (_, volunteer) = session_of(&visit, volunteer, &bank.slug).await?;
            let path = seen_by_the_volunteer(&visit, stage.place, volunteer.clone()).await?;
            visit.services().sign_out(&Call::of(volunteer)).await?;
            path
        }
    };
    let mut answer = enter(&visit, &session, &path)?;
    let at = kept(&visit.request, STORY, number.to_string(), None);
    answer.add_cookie(&at).map_err(|error| Error::Fault(error.to_string()))?;
    Ok(answer)
}

/// Activities and entries to look through.
const LAST: i64 = 200;

async fn session_of(visit: &Visit, log_in: &LogIn, bank: &str) -> Result<(SignedIn, Actor), Fault> {
    let session =
        attempt(visit, Some(bank.to_owned()), log_in.login.clone(), Proofs::of(Password::new(PASSWORD)))
            .await?;
    let actor = visit.state.authenticator.admit(&session.access_token).await?;
    Ok((session, actor))
}

/// What only the volunteer can give: the code for the till, or the number of the redemption.
async fn seen_by_the_volunteer(visit: &Visit, place: Place, volunteer: Actor) -> Result<String, Fault> {
    if let Place::LastRedemption = place {
        let entry = last_entry(visit, volunteer, EntryKind::Redemption).await?;
        return Ok(entry.map_or("/audit/ledger".to_owned(), |entry| format!("/audit/entries/{entry}")));
    }
    let request = Request {
        user: volunteer.user,
        key: format!("portal/story/{}", visit.services().next_id()),
        fields: BTreeMap::new(),
        repeated: Repeated::default(),
    };
    let call = Call { actor: volunteer, request: Some(request), dry_run: false };
    let shown = visit.services().show_code(&call, visit.state.config.times.code_seconds).await?;
    Ok(format!("/r/{}", shown.secret))
}

/// The community's activity of these hours, made as a copy of its last one if there is none yet. It has gone on for two
/// hours, so that they can be reported.
async fn todays_activity(visit: &Visit, actor: Actor) -> Result<String, Fault> {
    const HOUR: i64 = 3_600;
    const MINUTE_MICROS: i64 = 60_000_000;
    let (services, call, days) = (visit.services(), Call::of(actor), visit.days());
    let published = Some("published".to_owned());
    let now = services.now();
    let whole_minute = Moment::from_micros(now.micros() - now.micros().rem_euclid(MINUTE_MICROS));
    let starts_at = whole_minute.plus_seconds(-2 * HOUR);
    let since = Days { from: Some(starts_at.plus_seconds(-6 * HOUR).day(days.zone)), until: None };
    let mut found = services.activities(&call, published.clone(), since, None, LAST).await?;
    found.retain(|one| one.starts_at.plus_seconds(HOUR) <= now && now < one.ends_at);
    if let Some(today) = found.first() {
        return Ok(format!("/staff/activities/{}", today.id));
    }
    let mut found = services.activities(&call, published, Days::default(), None, LAST).await?;
    found.retain(|one| one.kind == "single");
    let Some(last) = found.into_iter().next() else { return Ok("/staff/activities".to_owned()) };
    // What has begun is only published as a standing post.
    let ask = ActivityAsk {
        org: last.org_id,
        standing: true,
        title: last.title,
        content: last.content,
        place: last.place,
        category: last.category,
        level: last.activity_level,
        scheme: last.scheme_id,
        starts_at,
        ends_at: starts_at.plus_seconds(8 * HOUR),
        seats: None,
        risk: last.risk,
        insurance: last.insurance,
        policy_number: last.policy_number,
        skills: Vec::new(),
        spot: None,
    };
    let copy = services.draft_activity(&call, ask).await?;
    services.step::<ActivityRow>(&call, &PUBLISH_ACTIVITY, copy, Params::new()).await?;
    Ok(format!("/staff/activities/{copy}"))
}

/// The newest of a volunteer's last entries that is of this kind.
async fn last_entry(visit: &Visit, actor: Actor, kind: EntryKind) -> Result<Option<i64>, Fault> {
    let Some(member) = actor.member else { return Ok(None) };
    let call = Call::of(actor);
    let lines = visit.services().passbook(&call, member, Asset::Point, Days::default(), None, LAST).await?;
    Ok(lines.iter().find(|line| line.kind == kind.as_str()).map(|line| line.entry))
}

//! Going through the story of a sample bank: each step signs in as the person whose work it is and opens their page; a
//! strip on every page says what to do there.

use super::sign_in::{attempt, enter};
use super::start::sample;
use crate::auth::passwords::Password;
use crate::auth::permissions::{Actor, Role};
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::ledger::{Repeated, Request};
use crate::portal::frame::cookies::{STORY, kept};
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::story::{Place, STAGES};
use crate::portal::frame::visit::Visit;
use crate::services::access::sign_in::SignedIn;
use crate::services::demo::setup::{LogIn, PASSWORD};
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
        Place::Activity => newest_activity(&visit, actor).await?,
        Place::LastIn => match last_entry(&visit, actor, |amount| amount > 0).await? {
            Some(entry) => format!("/me/entries/{entry}"),
            None => "/me/passbook".to_owned(),
        },
        Place::Code | Place::LastOut => {
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

async fn session_of(visit: &Visit, log_in: &LogIn, bank: &str) -> Result<(SignedIn, Actor), Fault> {
    let password = (Password::new(PASSWORD), None);
    let session = attempt(visit, Some(bank.to_owned()), log_in.login.clone(), password).await?;
    let actor = visit.state.authenticator.admit(&session.access_token).await?;
    Ok((session, actor))
}

/// What only the volunteer can give: the code for the till, or the number of the redemption.
async fn seen_by_the_volunteer(visit: &Visit, place: Place, volunteer: Actor) -> Result<String, Fault> {
    if let Place::LastOut = place {
        let entry = last_entry(visit, volunteer, |amount| amount < 0).await?;
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

async fn newest_activity(visit: &Visit, actor: Actor) -> Result<String, Fault> {
    let published = Some("published".to_owned());
    let found = visit.services().activities(&Call::of(actor), published, Days::default(), None, 1).await?;
    let newest: Option<Id> = found.first().map(|one| one.id);
    Ok(newest.map_or("/staff/activities".to_owned(), |id| format!("/staff/activities/{id}")))
}

/// The newest of a volunteer's last entries whose amount fits.
async fn last_entry(visit: &Visit, actor: Actor, fits: fn(i64) -> bool) -> Result<Option<i64>, Fault> {
    /// Entries to look through.
    const LINES: i64 = 200;
    let Some(member) = actor.member else { return Ok(None) };
    let call = Call::of(actor);
    let lines = visit.services().passbook(&call, member, Asset::Point, Days::default(), None, LINES).await?;
    Ok(lines.iter().find(|line| fits(line.amount)).map(|line| line.entry))
}

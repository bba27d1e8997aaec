//! The story of a sample bank: from an hour of service to the entry that an auditor reads, in six steps. Each step signs
//! in as the person whose work it is and opens their page; a strip on every page says what to do there.

use super::sign_in::{attempt, enter};
use super::start::sample;
use crate::auth::passwords::Password;
use crate::auth::permissions::{Actor, Role};
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::ledger::{Repeated, Request};
use crate::portal::frame::around::Story;
use crate::portal::frame::cookies::{STORY, cookie, kept};
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::menu::role_name;
use crate::portal::frame::visit::Visit;
use crate::services::access::sign_in::SignedIn;
use crate::services::demo::setup::{LogIn, PASSWORD};
use crate::services::{Call, Error};
use crate::texts::{Words, sentences as s};
use std::collections::BTreeMap;

/// Where the page of a step is.
#[derive(Clone, Copy)]
enum Place {
    /// The newest published activity.
    Activity,
    Path(&'static str),
    /// The volunteer's newest entry of points in, or of points out; for the auditor its trail.
    LastIn,
    LastOut,
    /// The till, with a code of the volunteer's in it.
    Code,
}

/// A step of the story: whose work it is, its title, what happens, and what the visitor does.
struct Stage {
    role: Role,
    icon: &'static str,
    title: fn(&Words) -> String,
    about: fn(&Words) -> String,
    asks: fn(&Words) -> String,
    place: Place,
}

macro_rules! stage {
    ($role:ident, $icon:literal, $title:ident, $about:ident, $asks:ident, $place:expr) => {
        Stage {
            role: Role::$role,
            icon: $icon,
            title: Words::$title,
            about: Words::$about,
            asks: Words::$asks,
            place: $place,
        }
    };
}

const STAGES: [Stage; 6] = [
    stage!(Staff, "calendar-blank", story_publish, story_publish_about, story_publish_asks, Place::Activity),
    stage!(
        Volunteer,
        "clock",
        story_serve,
        story_serve_about,
        story_serve_asks,
        Place::Path("/me/hours/new")
    ),
    stage!(
        Reviewer,
        "check-circle",
        story_approve,
        story_approve_about,
        story_approve_asks,
        Place::Path("/staff/records")
    ),
    stage!(Volunteer, "book-open", story_points, story_points_about, story_points_asks, Place::LastIn),
    stage!(MerchantClerk, "storefront", story_shop, story_shop_about, story_shop_asks, Place::Code),
    stage!(Auditor, "magnifying-glass", story_audit, story_audit_about, story_audit_asks, Place::LastOut),
];

/// A step as the first page shows it.
pub struct Step {
    pub number: usize,
    pub icon: &'static str,
    pub title: String,
    pub about: String,
    pub role: String,
}

/// All steps, for the first page.
pub fn steps(w: Words) -> Vec<Step> {
    let step = |(at, stage): (usize, &Stage)| Step {
        number: at.saturating_add(1),
        icon: stage.icon,
        title: (stage.title)(&w),
        about: (stage.about)(&w),
        role: role_name(w, stage.role),
    };
    STAGES.iter().enumerate().map(step).collect()
}

/// The strip of the step that a visitor is at; `None`: they look around by themselves.
pub fn strip(visit: &Visit) -> Option<Story> {
    let number: usize = cookie(&visit.request, STORY)?.parse().ok()?;
    let stage = STAGES.get(number.checked_sub(1)?)?;
    let w = visit.words();
    let next = STAGES.get(number).map(|next| (number.saturating_add(1), (next.title)(&w)));
    let title = visit.say(s::StoryAt {
        number: number.to_string(),
        all: STAGES.len().to_string(),
        title: (stage.title)(&w),
    });
    Some(Story { title, asks: (stage.asks)(&w), next })
}

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

//! The steps of a sample bank's story: whose work each is, what happens, what the visitor does. Going from one to the
//! next is `portal::access::story`.

use super::cookies::{STORY, cookie};
use super::menu::role_name;
use super::visit::Visit;
use crate::auth::permissions::Role;
use crate::texts::{Words, sentences as s};

/// Where a visitor is in the story of a sample bank.
#[derive(Clone, Debug)]
pub struct Story {
    pub title: String,
    /// What there is to do on this page.
    pub asks: String,
    /// Number and title of the next step.
    pub next: Option<(usize, String)>,
}

/// Where the page of a step is.
#[derive(Clone, Copy)]
pub enum Place {
    /// The community's activity of today.
    Activity,
    Path(&'static str),
    /// The volunteer's newest entry of points in, or of points out; for the auditor its trail.
    LastAward,
    LastRedemption,
    /// The till, with a code of the volunteer's in it.
    Code,
}

/// A step of the story: whose work it is, its title, what happens, and what the visitor does.
pub struct Stage {
    pub role: Role,
    icon: &'static str,
    title: fn(&Words) -> String,
    about: fn(&Words) -> String,
    asks: fn(&Words) -> String,
    pub place: Place,
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

pub const STAGES: [Stage; 6] = [
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
    stage!(Volunteer, "book-open", story_points, story_points_about, story_points_asks, Place::LastAward),
    stage!(MerchantClerk, "storefront", story_shop, story_shop_about, story_shop_asks, Place::Code),
    stage!(
        Auditor,
        "magnifying-glass",
        story_audit,
        story_audit_about,
        story_audit_asks,
        Place::LastRedemption
    ),
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

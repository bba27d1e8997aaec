//! Where the user is signed in, and the second factor of sign-in.

use crate::api::web::fields::{FactorText, SignInDigits};
use crate::domain::id::Id;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::portal::shops::code::picture;
use crate::texts::sentences as s;
use askama::Template;

/// A session in the list.
struct Line {
    id: Id,
    words: String,
    opened: String,
    used: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    f: Frame,
    is_done: bool,
    lines: Vec<Line>,
}

/// The devices on which the user is signed in.
pub async fn sessions(visit: Visit) -> Answer {
    let days = visit.days();
    let sessions = visit.services().own_sessions(&visit.reading()?).await?;
    let lines = sessions.into_iter().map(|one| Line {
        id: one.id,
        words: visit.say(s::SessionClient { client: one.client.unwrap_or_default() }),
        opened: days.moment(one.opened_at),
        used: days.moment(one.used_at),
        is_current: one.is_current,
    });
    let page = SessionsPage {
        is_done: visit.query("done").is_some() && visit.fault.is_none(),
        lines: lines.collect(),
        f: visit.frame(visit.words().sessions_title()).await?,
    };
    visit.page(&page)
}

/// Ends one session, or all others.
pub async fn end_sessions(visit: Visit) -> Answer {
    let fields = visit.fields();
    let session = fields.maybe::<Id>("session");
    fields.checked()?;
    let call = visit.call()?;
    match session? {
        Some(session) => visit.services().end_own_session(&call, session).await?,
        None => {
            visit.services().end_other_sessions(&call).await?;
        }
    }
    visit.to("/account/sessions?done=1")
}

#[derive(Template)]
#[template(path = "second_factor.html")]
struct FactorPage {
    f: Frame,
    is_in_use: bool,
    is_required: bool,
    left: String,
    /// While it is set up: the QR picture, and the secret for typing.
    begun: Option<(String, String)>,
    is_removed: bool,
}

#[derive(Template)]
#[template(path = "recovery_codes.html")]
struct RecoveryPage {
    f: Frame,
    codes: Vec<String>,
}

/// The second factor of the user.
pub async fn show(visit: Visit) -> Answer {
    let (services, call) = (visit.services(), visit.reading()?);
    let standing = services.second_factor(&call).await?;
    let begun = match standing.is_in_use {
        true => None,
        false => services.begun_second_factor(&call).await?,
    };
    let count = standing.recovery_left;
    let begun = match begun {
        Some(begun) => Some((picture(&begun.address)?, spaced(&begun.base32))),
        None => None,
    };
    let page = FactorPage {
        is_in_use: standing.is_in_use,
        is_required: standing.is_required,
        left: visit.say(s::FactorLeft { count }),
        begun,
        is_removed: visit.query("done").is_some() && visit.fault.is_none(),
        f: visit.frame(visit.words().factor_title()).await?,
    };
    visit.page(&page)
}

/// A secret in groups of four, for typing.
fn spaced(base32: &str) -> String {
    let letters: Vec<char> = base32.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// Begins, confirms or removes the second factor.
pub async fn take(visit: Visit) -> Answer {
    let (services, fields) = (visit.services(), visit.fields());
    match visit.form.typed("act").unwrap_or_default() {
        "confirm" => {
            let digits = fields.need::<SignInDigits>("second_factor");
            fields.checked()?;
            let codes = services.confirm_second_factor(&visit.call()?, digits?.into()).await?;
            let f = visit.frame(visit.words().factor_codes_title()).await?;
            visit.page(&RecoveryPage { f, codes })
        }
        "remove" => {
            let shown = fields.need::<FactorText>("second_factor");
            fields.checked()?;
            services.remove_second_factor(&visit.call()?, shown?.into()).await?;
            visit.to("/account/second-factor?done=removed")
        }
        _ => {
            services.begin_second_factor(&visit.call()?).await?;
            visit.to("/account/second-factor")
        }
    }
}

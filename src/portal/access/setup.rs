//! The first page of an empty bank: the root organisation and the first administrator, with the one-time token of the
//! link that the server printed.

use super::sign_in::enter;
use crate::api::web::fields::{Code, FirstToken, LoginName, Password as PasswordField, PersonName, Title};
use crate::auth::passwords::Password;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::session;
use crate::portal::frame::visit::Visit;
use crate::services::access::founding::FoundingAsk;
use crate::texts::sentences as s;
use askama::Template;

/// Kinds of root organisations to choose from.
const KINDS: [&str; 5] = ["district", "street", "town", "community", "village"];

#[derive(Template)]
#[template(path = "setup.html")]
struct Setup {
    f: Frame,
    token: String,
    kinds: Vec<(&'static str, String)>,
}

pub async fn show(visit: Visit) -> Answer {
    let token = visit.form.typed("token").map(str::to_owned).or_else(|| visit.query("token"));
    let kinds = KINDS.map(|kind| (kind, visit.say(s::OrgKindWords { kind })));
    let f = visit.frame(visit.words().setup_title()).await?;
    visit.page(&Setup { f, token: token.unwrap_or_default(), kinds: kinds.into() })
}

pub async fn found(visit: Visit) -> Answer {
    visit.state.limits.sign_in(&visit.request)?;
    let fields = visit.fields();
    let (token, kind) = (fields.need::<FirstToken>("token"), fields.need::<Code>("org_kind"));
    let (code, title) = (fields.need::<Code>("org_code"), fields.need::<Title>("org_name"));
    let (login, name) = (fields.need::<LoginName>("login"), fields.need::<PersonName>("name"));
    let password = fields.secret::<PasswordField>("password");
    fields.checked()?;
    let ask = FoundingAsk {
        bank: None,
        token: token?.into(),
        bank_name: None,
        org_kind: kind?.into(),
        org_code: code?.into(),
        org_name: title?.into(),
        login: login?.into(),
        name: name?.into(),
        password: Password::new(String::from(password?)),
        origin: session::origin(&visit, None),
    };
    let session = visit.services().found_bank(ask).await?;
    enter(&visit, &session, "/")
}

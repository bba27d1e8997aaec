//! Sign-in and sign-out.

use crate::api::web::fields::{LoginName, Password as PasswordField};
use crate::auth::passwords::Password;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::session;
use crate::portal::frame::visit::Visit;
use crate::services::access::sign_in::{SignInAsk, SignedIn};
use actix_web::http::StatusCode;
use askama::Template;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    f: Frame,
    /// Where the visitor wanted to go.
    next: String,
    /// The form that was sent while the session had ended: it is kept, and sent again after sign-in.
    kept: Vec<(String, String)>,
    /// The password is due to be changed.
    asks_new: bool,
}

/// The hidden field with the page to open after sign-in.
const NEXT: &str = "next";
/// The new password, where the old one is due to be changed.
const NEW: &str = "new_password";
/// Prefix of the fields of a kept form.
const KEPT: &str = "kept.";

pub async fn show(visit: Visit) -> Answer {
    let next = visit.form.typed(NEXT).map(str::to_owned).or_else(|| visit.query(NEXT));
    let kept = visit.form.visible().filter(|(name, _)| name.starts_with(KEPT)).cloned().collect();
    let f = visit.frame(visit.words().sign_in_title()).await?;
    let asks_new = visit.form.typed(NEW).is_some() || f.fault(NEW).is_some();
    visit.page(&SignIn { f, next: Visit::safe_path(next.as_deref()), kept, asks_new })
}

/// The page for signing in, with a form that was sent after the session had ended.
pub async fn with_kept_form(mut visit: Visit) -> Answer {
    let kept = visit.form.visible().map(|(name, value)| (format!("{KEPT}{name}"), value.clone())).collect();
    let next = visit.request.path().to_owned();
    visit.status = StatusCode::UNAUTHORIZED;
    visit.fault = Some(Fault::SessionEnded);
    let f = visit.frame(visit.words().sign_in_title()).await?;
    visit.page(&SignIn { f, next, kept, asks_new: false })
}

#[derive(Template)]
#[template(path = "send_again.html")]
struct SendAgain {
    f: Frame,
    path: String,
    kept: Vec<(String, String)>,
}

pub async fn sign_in(mut visit: Visit) -> Answer {
    let fields = visit.fields();
    let login = fields.need::<LoginName>("login");
    let password = fields.secret::<PasswordField>("password");
    let new = visit.form.typed(NEW).map(|_| fields.secret::<PasswordField>(NEW)).transpose();
    fields.checked()?;
    let typed = |password: PasswordField| Password::new(String::from(password));
    let passwords = (typed(password?), new?.map(typed));
    let session = attempt(&visit, None, login?.into(), passwords).await?;
    let next = Visit::safe_path(visit.form.typed(NEXT));
    let kept: Vec<(String, String)> = visit
        .form
        .visible()
        .filter_map(|(name, value)| Some((name.strip_prefix(KEPT)?.to_owned(), value.clone())))
        .collect();
    if kept.is_empty() {
        return enter(&visit, &session, &next);
    }
    // The forms of this page belong to the new session.
    visit.actor = Some(visit.state.authenticator.admit(&session.access_token).await?);
    visit.cookies = session::opened(&visit, &session);
    let f = visit.frame(visit.words().send_again_title()).await?;
    let mut answer = visit.page(&SendAgain { f, path: next, kept })?;
    set(&visit, &mut answer);
    Ok(answer)
}

fn set(visit: &Visit, answer: &mut actix_web::HttpResponse) {
    for cookie in &visit.cookies {
        if let Err(error) = answer.add_cookie(cookie) {
            tracing::error!(%error, "a cookie could not be set");
        }
    }
}

/// Opens a session, within the limits of sign-in.
pub async fn attempt(
    visit: &Visit,
    bank: Option<String>,
    login: String,
    (password, new_password): (Password, Option<Password>),
) -> Result<SignedIn, Fault> {
    visit.state.limits.sign_in(&visit.request)?;
    let origin = session::origin(visit, None);
    let ask = SignInAsk { bank, login, password, new_password, origin };
    Ok(visit.services().sign_in(ask).await?)
}

/// Leads on with the cookies of the new session.
pub fn enter(visit: &Visit, session: &SignedIn, next: &str) -> Answer {
    let mut visit = visit.clone();
    visit.cookies = session::opened(&visit, session);
    let mut answer = visit.to(next)?;
    set(&visit, &mut answer);
    Ok(answer)
}

/// Ends the session.
pub async fn sign_out(visit: Visit) -> Answer {
    visit.services().sign_out(&visit.reading()?).await?;
    leave(&visit)
}

/// Leads to the first page without a session.
pub fn leave(visit: &Visit) -> Answer {
    let mut visit = visit.clone();
    visit.cookies = session::ended(&visit);
    let mut answer = visit.to("/")?;
    set(&visit, &mut answer);
    Ok(answer)
}

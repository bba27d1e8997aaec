//! Sign-in and sign-out.

use crate::api::web::fields::{
    CardText, FactorText, LoginName, Password as PasswordField, PinText, SignInDigits,
};
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
    /// Signing in with a card and its PIN.
    asks_card: bool,
    /// A code has been sent to the phone, and is asked for instead of the password.
    asks_code: bool,
    /// A code can be sent.
    sends_codes: bool,
    /// The user has a second factor.
    asks_factor: bool,
}

impl SignIn {
    async fn of(visit: &Visit, next: String, kept: Vec<(String, String)>, sent: bool) -> Result<Self, Fault> {
        let f = visit.frame(visit.words().sign_in_title()).await?;
        let asks = |name: &str| visit.form.typed(name).is_some() || f.fault(name).is_some();
        Ok(SignIn {
            asks_card: asks(CARD) || visit.query("by").as_deref() == Some(CARD),
            asks_new: asks(NEW),
            asks_code: sent || visit.form.typed(CODE).is_some(),
            sends_codes: visit.services().sends_codes().await?,
            asks_factor: asks(FACTOR),
            next,
            kept,
            f,
        })
    }
}

/// What a user shows to sign in.
#[derive(Default)]
pub struct Proofs {
    pub password: Option<Password>,
    pub pin: Option<Password>,
    pub new_password: Option<Password>,
    pub code: Option<String>,
    pub second_factor: Option<String>,
}

impl Proofs {
    pub fn of(password: Password) -> Self {
        Proofs { password: Some(password), ..Proofs::default() }
    }
}

/// What stands on a card, which is asked for instead of the login, with the PIN.
const CARD: &str = "card";
/// The hidden field with the page to open after sign-in.
const NEXT: &str = "next";
/// The new password, where the old one is due to be changed.
const NEW: &str = "new_password";
/// The digits that were sent to the phone.
const CODE: &str = "sign_in_code";
/// The second factor, where the user has one.
const FACTOR: &str = "second_factor";
/// Prefix of the fields of a kept form.
const KEPT: &str = "kept.";

pub async fn show(visit: Visit) -> Answer {
    let next = visit.form.typed(NEXT).map(str::to_owned).or_else(|| visit.query(NEXT));
    let kept = visit.form.visible().filter(|(name, _)| name.starts_with(KEPT)).cloned().collect();
    visit.page(&SignIn::of(&visit, Visit::safe_path(next.as_deref()), kept, false).await?)
}

/// The page for signing in, with a form that was sent after the session had ended.
pub async fn with_kept_form(mut visit: Visit) -> Answer {
    let kept = visit.form.visible().map(|(name, value)| (format!("{KEPT}{name}"), value.clone())).collect();
    let next = visit.request.path().to_owned();
    visit.status = StatusCode::UNAUTHORIZED;
    visit.fault = Some(Fault::SessionEnded);
    visit.page(&SignIn::of(&visit, next, kept, false).await?)
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
    let by_card = visit.form.typed(CARD).is_some();
    let login = match by_card {
        true => fields.need::<CardText>(CARD).map(String::from),
        false => fields.need::<LoginName>("login").map(String::from),
    };
    let pin = by_card.then(|| fields.secret::<PinText>("pin")).transpose();
    let code = visit.form.typed(CODE).map(|_| fields.need::<SignInDigits>(CODE)).transpose();
    let password = match visit.form.typed(CODE) {
        _ if by_card => Ok(None),
        Some(_) => Ok(None),
        None => fields.secret::<PasswordField>("password").map(Some),
    };
    let factor = visit.form.typed(FACTOR).map(|_| fields.need::<FactorText>(FACTOR)).transpose();
    let new = visit.form.typed(NEW).map(|_| fields.secret::<PasswordField>(NEW)).transpose();
    fields.checked()?;
    let typed = |password: PasswordField| Password::new(String::from(password));
    let proofs = Proofs {
        password: password?.map(typed),
        pin: pin?.map(|pin| Password::new(String::from(pin))),
        new_password: new?.map(typed),
        code: code?.map(String::from),
        second_factor: factor?.map(String::from),
    };
    let session = attempt(&visit, None, login?, proofs).await?;
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

#[derive(Template)]
#[template(path = "sign_in_code.html")]
struct AskCode {
    f: Frame,
    next: String,
}

/// The page that asks where a code is to be sent.
pub async fn ask_code(visit: Visit) -> Answer {
    let next = visit.form.typed(NEXT).map(str::to_owned).or_else(|| visit.query(NEXT));
    let f = visit.frame(visit.words().sign_in_code_title()).await?;
    visit.page(&AskCode { f, next: Visit::safe_path(next.as_deref()) })
}

/// Sends a code, and shows the page for signing in with it.
pub async fn send_code(visit: Visit) -> Answer {
    let fields = visit.fields();
    let login = fields.need::<LoginName>("login");
    fields.checked()?;
    visit.state.limits.sign_in(&visit.request)?;
    let origin = session::origin(&visit, None);
    visit.services().send_sign_in_code(None, login?.as_str(), &origin).await?;
    let next = Visit::safe_path(visit.form.typed(NEXT));
    visit.page(&SignIn::of(&visit, next, Vec::new(), true).await?)
}

/// Opens a session, within the limits of sign-in.
pub async fn attempt(
    visit: &Visit,
    bank: Option<String>,
    login: String,
    proofs: Proofs,
) -> Result<SignedIn, Fault> {
    visit.state.limits.sign_in(&visit.request)?;
    let origin = session::origin(visit, None);
    let Proofs { password, pin, new_password, code, second_factor } = proofs;
    let ask = SignInAsk { bank, login, password, pin, code, second_factor, new_password, origin };
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

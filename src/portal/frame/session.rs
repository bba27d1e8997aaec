//! Sessions in cookies: the tokens of the API, which the browser keeps and pages cannot read.

use super::answer;
use super::page::Answer;
use super::visit::Visit;
use crate::api::web::edge::{address, is_https};
use crate::api::web::problem::{ApiError, TokenFault};
use crate::auth::devices::KEPT_SECONDS as DEVICE_KEPT_SECONDS;
use crate::auth::permissions::Actor;
use crate::domain::id::Id;
use crate::ledger::{Repeated, Request};
use crate::services::access::sign_in::{Origin, SignedIn};
use actix_web::HttpMessage;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The access token.
const ACCESS: &str = "jianxian_access";
/// The refresh token.
const REFRESH: &str = "jianxian_refresh";
/// The device token.
const DEVICE: &str = "jianxian_known";
/// Before sign-in: what ties a form to the browser that it was shown to.
pub const VISITOR: &str = "jianxian_visitor";

/// A year in seconds: how long a browser keeps the size of text and the language.
const YEAR_SECONDS: i64 = 31_536_000;

/// The name of a cookie: behind TLS with the prefix that ties it to this host and path.
fn name_of(visit: &Visit, name: &'static str) -> String {
    if is_https(&visit.request) { format!("__Host-{name}") } else { name.to_owned() }
}

/// The value of one of our cookies.
pub fn cookie(visit: &Visit, name: &'static str) -> Option<String> {
    visit.request.cookie(&name_of(visit, name)).map(|cookie| cookie.value().to_owned())
}

/// A cookie that scripts cannot read; no seconds: it goes with the browser; 0: it is taken away.
pub fn kept(visit: &Visit, name: &'static str, value: String, seconds: Option<i64>) -> Cookie<'static> {
    let cookie = Cookie::build(name_of(visit, name), value)
        .path("/")
        .http_only(true)
        .secure(is_https(&visit.request))
        .same_site(SameSite::Lax);
    match seconds {
        Some(seconds) => cookie.max_age(Duration::seconds(seconds)).finish(),
        None => cookie.finish(),
    }
}

/// A preference, such as the size of text.
pub fn preference(visit: &Visit, name: &'static str, value: String) -> Cookie<'static> {
    kept(visit, name, value, Some(YEAR_SECONDS))
}

/// The cookies of a new session. What tied forms to the browser before it is replaced.
pub fn opened(visit: &Visit, session: &SignedIn) -> Vec<Cookie<'static>> {
    let lasts = visit.state.config.sign_in.refresh_seconds;
    vec![
        kept(visit, ACCESS, session.access_token.clone(), Some(lasts)),
        kept(visit, REFRESH, session.refresh_token.clone(), Some(lasts)),
        kept(visit, DEVICE, session.device.clone(), Some(DEVICE_KEPT_SECONDS)),
        kept(visit, VISITOR, String::new(), Some(0)),
    ]
}

/// Takes the cookies of a session away.
pub fn ended(visit: &Visit) -> Vec<Cookie<'static>> {
    [ACCESS, REFRESH, VISITOR].map(|name| kept(visit, name, String::new(), Some(0))).into()
}

/// Where a request comes from, for sign-in.
pub fn origin(visit: &Visit, request: Option<Request>) -> Origin {
    Origin { address: address(&visit.request), device: cookie(visit, DEVICE), request }
}

/// Looks the caller up. An access token that has run out is exchanged; the new cookies are returned.
pub async fn admit(visit: &mut Visit) -> Result<Vec<Cookie<'static>>, ApiError> {
    let Some(access) = cookie(visit, ACCESS) else { return Ok(Vec::new()) };
    let (actor, cookies) = match visit.state.authenticator.admit(&access).await {
        Ok(actor) => (Some(actor), Vec::new()),
        Err(ApiError::Unauthenticated(TokenFault::Expired)) => refreshed(visit).await?,
        Err(ApiError::Unauthenticated(_)) => (None, ended(visit)),
        Err(error) => return Err(error),
    };
    if let Some(actor) = &actor {
        visit.state.limits.account(actor)?;
        let zone = visit.state.zone_of(actor.bank).await;
        visit.request.extensions_mut().insert(crate::api::web::edge::BankZone(zone));
    }
    visit.actor = actor;
    Ok(cookies)
}

/// Exchanges the refresh token. Two pages that are opened at the same moment bring the same token: the key makes both
/// get the same answer.
async fn refreshed(visit: &Visit) -> Result<(Option<Actor>, Vec<Cookie<'static>>), ApiError> {
    let Some(token) = cookie(visit, REFRESH) else { return Ok((None, ended(visit))) };
    let digest = hex::encode(Sha256::digest(token.as_bytes()));
    let request = Request {
        user: Id::SYSTEM,
        key: format!("portal/{digest}"),
        fields: BTreeMap::new(),
        repeated: Repeated::default(),
    };
    let session = match visit.state.services.refresh(&token, &origin(visit, Some(request))).await {
        Ok(session) => session,
        Err(crate::services::Error::Refused(_)) => return Ok((None, ended(visit))),
        Err(error) => return Err(error.into()),
    };
    match visit.state.authenticator.admit(&session.access_token).await {
        Ok(actor) => Ok((Some(actor), opened(visit, &session))),
        Err(ApiError::Unauthenticated(_)) => Ok((None, ended(visit))),
        Err(error) => Err(error),
    }
}

/// The page for signing in, in place of the one that was asked for. A form that was sent is kept in it.
pub async fn ask_to_sign_in(visit: &Visit, is_form: bool) -> Answer {
    if is_form {
        return crate::portal::access::sign_in::with_kept_form(visit.clone()).await;
    }
    let asked = visit.request.uri().path_and_query().map_or("/", |whole| whole.as_str());
    let next: String = form_urlencoded::byte_serialize(asked.as_bytes()).collect();
    Ok(answer::see(StatusCode::SEE_OTHER, &format!("/login?next={next}")))
}

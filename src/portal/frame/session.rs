//! Sessions in cookies: the tokens of the API, which the browser keeps and pages cannot read.

use super::cookies::{ACCESS, DEVICE, REFRESH, STORY, VISITOR, cookie, kept};
use super::visit::Visit;
use crate::api::web::edge::{BankZone, address, client};
use crate::api::web::problem::{ApiError, TokenFault};
use crate::auth::devices::KEPT_SECONDS as DEVICE_KEPT_SECONDS;
use crate::auth::permissions::Actor;
use crate::domain::id::Id;
use crate::ledger::{Repeated, Request};
use crate::services::access::sign_in::{Origin, SignedIn};
use actix_web::HttpMessage;
use actix_web::cookie::Cookie;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The cookies of a new session. What tied forms to the browser before it is replaced.
pub fn opened(visit: &Visit, session: &SignedIn) -> Vec<Cookie<'static>> {
    let lasts = visit.state.config.sign_in.refresh_seconds;
    vec![
        kept(&visit.request, ACCESS, session.access_token.clone(), Some(lasts)),
        kept(&visit.request, REFRESH, session.refresh_token.clone(), Some(lasts)),
        kept(&visit.request, DEVICE, session.device.clone(), Some(DEVICE_KEPT_SECONDS)),
        kept(&visit.request, VISITOR, String::new(), Some(0)),
    ]
}

/// Takes the cookies of a session away.
pub fn ended(visit: &Visit) -> Vec<Cookie<'static>> {
    [ACCESS, REFRESH, STORY].map(|name| kept(&visit.request, name, String::new(), Some(0))).into()
}

/// Where a request comes from, for sign-in.
pub fn origin(visit: &Visit, request: Option<Request>) -> Origin {
    Origin {
        address: address(&visit.request),
        device: cookie(&visit.request, DEVICE),
        request,
        client: Some(client(&visit.request)),
    }
}

/// Looks the caller up. An access token that has run out is exchanged; the new cookies are returned.
pub async fn admit(visit: &mut Visit) -> Result<Vec<Cookie<'static>>, ApiError> {
    let Some(access) = cookie(&visit.request, ACCESS) else { return Ok(Vec::new()) };
    let (actor, cookies) = match visit.state.authenticator.admit(&access).await {
        Ok(actor) => (Some(actor), Vec::new()),
        Err(ApiError::Unauthenticated(TokenFault::Expired)) => refreshed(visit).await?,
        Err(ApiError::Unauthenticated(_)) => (None, ended(visit)),
        Err(error) => return Err(error),
    };
    if let Some(actor) = &actor {
        visit.state.limits.account(actor)?;
        let zone = visit.state.zone_of(actor.bank).await;
        visit.request.extensions_mut().insert(BankZone(zone));
    }
    visit.actor = actor;
    Ok(cookies)
}

/// Exchanges the refresh token. Two pages that are opened at the same moment bring the same token: the key makes both
/// get the same answer.
async fn refreshed(visit: &Visit) -> Result<(Option<Actor>, Vec<Cookie<'static>>), ApiError> {
    let Some(token) = cookie(&visit.request, REFRESH) else { return Ok((None, ended(visit))) };
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

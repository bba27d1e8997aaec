//! `/v1/auth` and `/v1/me`: coming in, staying in, leaving, and who one is.

use super::edge::{Shared, address};
use super::extract::{Ask, Keyed, SignedIn};
use super::fields::{Code, LoginName, Password, PersonName, RefreshText, Slug, Title};
use super::problem::ApiError;
use crate::auth::passwords;
use crate::services::founding::FoundingAsk;
use crate::services::sign_in as session;
use crate::services::sign_in::SignInAsk;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// The bank's short name; may be left out while there is only one.
    #[serde(default)]
    bank: Option<Slug>,
    login: LoginName,
    password: Password,
    /// Changes the password in the same step.
    #[serde(default)]
    new_password: Option<Password>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    refresh_token: RefreshText,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordBody {
    old_password: Password,
    new_password: Password,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundBody {
    #[serde(default)]
    bank: Option<Slug>,
    /// The one-time token that `serve` printed.
    token: Code,
    /// The root organisation.
    org_kind: Code,
    org_code: Code,
    org_name: Title,
    login: LoginName,
    name: PersonName,
    password: Password,
}

/// Tokens of a session. The access token goes into `Authorization: Bearer …`.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokensView {
    access_token: String,
    token_type: &'static str,
    expires_in_seconds: i64,
    refresh_token: String,
    refresh_until: String,
    user: String,
}

fn tokens(signed_in: session::SignedIn) -> HttpResponse {
    // No cache may keep a token.
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(TokensView {
        access_token: signed_in.access_token,
        token_type: "Bearer",
        expires_in_seconds: signed_in.access_seconds,
        refresh_token: signed_in.refresh_token,
        refresh_until: signed_in.refresh_until.to_string(),
        user: signed_in.user.to_string(),
    })
}

fn secret(text: &Password) -> passwords::Password {
    passwords::Password::new(text.as_str())
}

/// Signs in by login and password.
#[utoipa::path(tag = "sign-in", request_body = SignInBody,
    responses((status = 200, body = TokensView), (status = "4XX", description = "problem+json")))]
#[post("/v1/auth/token")]
pub async fn sign_in(
    state: Shared,
    request: HttpRequest,
    ask: Ask<SignInBody>,
) -> Result<HttpResponse, ApiError> {
    state.limits.sign_in(&request)?;
    let body = ask.body;
    let signed_in = state.services.sign_in(SignInAsk {
        bank: body.bank.map(|slug| slug.as_str().to_owned()),
        login: body.login.as_str().to_owned(),
        password: secret(&body.password),
        new_password: body.new_password.as_ref().map(secret),
        address: address(&request),
    });
    Ok(tokens(signed_in.await?))
}

/// New tokens for a refresh token, which works once.
#[utoipa::path(tag = "sign-in", request_body = RefreshBody,
    responses((status = 200, body = TokensView), (status = "4XX", description = "problem+json")))]
#[post("/v1/auth/refresh")]
pub async fn refresh(
    state: Shared,
    request: HttpRequest,
    ask: Ask<RefreshBody>,
) -> Result<HttpResponse, ApiError> {
    state.limits.sign_in(&request)?;
    Ok(tokens(state.services.refresh(ask.body.refresh_token.as_str()).await?))
}

/// Ends this session: its tokens are dead at once.
#[utoipa::path(tag = "sign-in", responses((status = 204), (status = "4XX", description = "problem+json")))]
#[post("/v1/auth/logout")]
pub async fn sign_out(state: Shared, caller: SignedIn, keyed: Keyed) -> Result<HttpResponse, ApiError> {
    state.services.sign_out(&keyed.call(&caller.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Changes one's own password and ends one's other sessions.
#[utoipa::path(tag = "sign-in", request_body = ChangePasswordBody,
    responses((status = 204), (status = "4XX", description = "problem+json")))]
#[post("/v1/auth/password")]
pub async fn change_password(
    state: Shared,
    request: HttpRequest,
    caller: SignedIn,
    ask: Ask<ChangePasswordBody>,
) -> Result<HttpResponse, ApiError> {
    let (old, new) = (secret(&ask.body.old_password), secret(&ask.body.new_password));
    let call = ask.keyed.call(&caller.0);
    state.services.change_password(&call, old, new, address(&request)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sets an empty bank up: its root organisation and first administrator.
#[utoipa::path(tag = "sign-in", request_body = FoundBody,
    responses((status = 200, body = TokensView), (status = "4XX", description = "problem+json")))]
#[post("/v1/auth/first-administrator")]
pub async fn found_bank(
    state: Shared,
    request: HttpRequest,
    ask: Ask<FoundBody>,
) -> Result<HttpResponse, ApiError> {
    state.limits.sign_in(&request)?;
    let body = ask.body;
    let signed_in = state.services.found_bank(FoundingAsk {
        bank: body.bank.map(|slug| slug.as_str().to_owned()),
        token: body.token.as_str().to_owned(),
        org_kind: body.org_kind.as_str().to_owned(),
        org_code: body.org_code.as_str().to_owned(),
        org_name: body.org_name.as_str().to_owned(),
        login: body.login.as_str().to_owned(),
        name: body.name.as_str().to_owned(),
        password: secret(&body.password),
    });
    Ok(tokens(signed_in.await?))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RoleView {
    role: String,
    org: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant: Option<String>,
    roles: Vec<RoleView>,
    rights: Vec<&'static str>,
}

/// Who one is, and what one may do.
#[utoipa::path(tag = "sign-in", responses((status = 200, body = MeView), (status = "4XX", description = "problem+json")))]
#[get("/v1/me")]
pub async fn me(caller: SignedIn) -> HttpResponse {
    let actor = caller.0;
    let rights = crate::auth::permissions::Permission::ALL.iter().filter(|right| actor.may(**right));
    let rights = rights.map(|right| right.as_str()).collect();
    HttpResponse::Ok().json(MeView {
        user: actor.user.to_string(),
        member: actor.member.map(|id| id.to_string()),
        merchant: actor.merchant.map(|id| id.to_string()),
        roles: actor
            .grants
            .iter()
            .map(|grant| RoleView { role: grant.role.to_string(), org: grant.org.to_string() })
            .collect(),
        rights,
    })
}

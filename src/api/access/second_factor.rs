//! `/v1/me/sessions` and `/v1/me/second-factor`: where the caller is signed in, and the second factor of sign-in.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, Keyed, May, PathOf, SignedIn, right};
use crate::api::web::fields::{FactorText, SignInDigits};
use crate::api::web::problem::ApiError;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::services::Call;
use actix_web::http::header;
use actix_web::{HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    id: Id,
    /// What it was opened with: `phone`, `computer`, `wechat` or `program`; absent for older sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    opened_at: Moment,
    /// When it was opened or its tokens were last replaced.
    used_at: Moment,
    until: Moment,
    /// It is the session of this request.
    current: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsView {
    items: Vec<SessionView>,
}

/// 登录的设备 · the caller's sessions, newest first.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), responses((status = 200, body = SessionsView)))]
#[get("/v1/me/sessions")]
pub async fn list_own_sessions(state: Shared, caller: SignedIn) -> Result<HttpResponse, ApiError> {
    let sessions = state.services.own_sessions(&Call::of(caller.0)).await?;
    let view = |one: crate::services::access::devices::OwnSession| SessionView {
        id: one.id,
        client: one.client,
        opened_at: one.opened_at,
        used_at: one.used_at,
        until: one.until,
        current: one.is_current,
    };
    Ok(HttpResponse::Ok().json(SessionsView { items: sessions.into_iter().map(view).collect() }))
}

/// 退出一台设备 · ends one of the caller's sessions.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), params(("id" = Id, Path)),
    responses((status = 204)))]
#[delete("/v1/me/sessions/{id}")]
pub async fn end_own_session(
    state: Shared,
    caller: SignedIn,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    state.services.end_own_session(&keyed.call(&caller.0), path.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 退出其他设备 · ends all sessions of the caller but this one.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), responses((status = 204)))]
#[post("/v1/me/sessions/end-others")]
pub async fn end_other_sessions(
    state: Shared,
    caller: SignedIn,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    state.services.end_other_sessions(&keyed.call(&caller.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SecondFactorView {
    /// Sign-in asks for it.
    in_use: bool,
    /// Recovery codes that are left.
    recovery_left: usize,
    /// The rights of administrators and auditors rest until there is one.
    required: bool,
}

/// 第二道验证 · how the caller's second factor stands.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), responses((status = 200, body = SecondFactorView)))]
#[get("/v1/me/second-factor")]
pub async fn read_second_factor(state: Shared, caller: SignedIn) -> Result<HttpResponse, ApiError> {
    let standing = state.services.second_factor(&Call::of(caller.0)).await?;
    Ok(HttpResponse::Ok().json(SecondFactorView {
        in_use: standing.is_in_use,
        recovery_left: standing.recovery_left,
        required: standing.is_required,
    }))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BegunView {
    /// The secret, for typing into an authenticator app (base32).
    secret: String,
    /// The same as an `otpauth` address, for a QR picture.
    link: String,
}

/// 设第二道验证 · a new secret for an authenticator app (TOTP); sign-in asks for it once its digits are confirmed.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), responses((status = 201, body = BegunView)))]
#[post("/v1/me/second-factor")]
pub async fn begin_second_factor(
    state: Shared,
    caller: SignedIn,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    let begun = state.services.begin_second_factor(&keyed.call(&caller.0)).await?;
    let view = BegunView { secret: begun.base32, link: begun.address };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmBody {
    /// What the app shows now.
    second_factor: SignInDigits,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RecoveryView {
    /// Each signs in once when the app is lost. They are shown once.
    recovery_codes: Vec<String>,
}

/// 确认第二道验证 · puts it into use after its first digits; the caller's other sessions end.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), request_body = ConfirmBody,
    responses((status = 200, body = RecoveryView)))]
#[post("/v1/me/second-factor/confirm")]
pub async fn confirm_second_factor(
    state: Shared,
    caller: SignedIn,
    ask: Ask<ConfirmBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&caller.0);
    let recovery_codes = state.services.confirm_second_factor(&call, ask.body.second_factor.into()).await?;
    let mut answer = HttpResponse::Ok();
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(RecoveryView { recovery_codes }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorBody {
    second_factor: FactorText,
}

/// 取消第二道验证 · removes the caller's own second factor.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), request_body = FactorBody,
    responses((status = 204)))]
#[post("/v1/me/second-factor/remove")]
pub async fn remove_second_factor(
    state: Shared,
    caller: SignedIn,
    ask: Ask<FactorBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&caller.0);
    state.services.remove_second_factor(&call, ask.body.second_factor.into()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 取消别人的第二道验证 · removes the second factor of a user who has lost it; ends their sessions.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_users"])), params(("id" = Id, Path)),
    responses((status = 204)))]
#[delete("/v1/users/{id}/second-factor")]
pub async fn reset_second_factor(
    state: Shared,
    may: May<right::WriteUsers>,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    state.services.reset_second_factor(&keyed.call(&may.actor), path.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

//! `/v1/auth` and `/v1/me`: sign-in, session refresh, sign-out, the caller's own account.

use crate::api::web::edge::{Shared, address, client, language};
use crate::api::web::extract::{Ask, Keyed, SignedIn, bearer};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::{
    CardText, Code, DeviceText, FactorText, FirstToken, LoginName, Password, PersonName, PinText,
    RefreshText, SignInDigits, Slug, Telephone, Title,
};
use crate::api::web::problem::{ApiError, TokenFault};
use crate::auth::devices::KEPT_SECONDS;
use crate::auth::passwords::Password as Typed;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::time::Day;
use crate::services::access::founding::FoundingAsk;
use crate::services::access::sign_in::{Me, Origin, SignInAsk, SignedIn as Session};
use crate::services::service::calendars::missed_sentence;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Login and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInBody {
    /// The bank's short name; may be left out while there is only one.
    bank: Option<Slug>,
    /// Or `card`.
    login: Option<LoginName>,
    /// Or `code`.
    password: Option<Password>,
    /// What stands on a card, instead of the login: with its PIN.
    card: Option<CardText>,
    pin: Option<PinText>,
    /// The digits of a one-time code (`POST /v1/auth/code`), instead of the password.
    code: Option<SignInDigits>,
    /// Where the user has a second factor: the digits of their app, or a recovery code.
    second_factor: Option<FactorText>,
    /// Changes the password in the same step; needed when it is due.
    new_password: Option<Password>,
    /// As an earlier sign-in on this device handed it out; browsers send it as a cookie by themselves.
    device: Option<DeviceText>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    refresh_token: RefreshText,
    /// As the sign-in on this device handed it out.
    device: Option<DeviceText>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    old_password: Password,
    new_password: Password,
}

/// The root organisation and the first administrator of an empty bank.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstBody {
    bank: Option<Slug>,
    /// As the server printed it at its start.
    token: FirstToken,
    /// The name that the bank shall bear; left out, it keeps the one that it was made with.
    bank_name: Option<Title>,
    org_kind: Code,
    org_code: Code,
    org_name: Title,
    /// 电话 · the root's telephone, for help.
    org_telephone: Option<Telephone>,
    /// 柜台时间 · when its counter is open, in a few words.
    org_opening_hours: Option<Title>,
    login: LoginName,
    name: PersonName,
    password: Password,
}

/// A session's tokens.
#[derive(Serialize, ToSchema)]
pub struct TokensView {
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// How long the access token is good.
    expires_in_seconds: i64,
    /// Used once; the answer brings the next one.
    refresh_token: String,
    refresh_until: String,
    /// Marks this device as known. To be shown at the next sign-in, so that failed tries of others do not stop it.
    device: String,
    /// Present if the session could not be written: it is in memory only.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
    user: String,
    session: String,
}

/// Who is signed in, and what they may do where.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    bank: String,
    bank_name: String,
    /// 演示数据，均为虚构 · everything in this bank is made up.
    sample: bool,
    user: String,
    login: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant: Option<String>,
    roles: Vec<HeldRoleView>,
    /// What the roles allow, somewhere.
    rights: Vec<&'static str>,
    /// Before this day the books are closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_before: Option<Day>,
    /// 求助 · the nearest organisation with a telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<OfficeView>,
    /// What needs an administrator's attention; empty for all others.
    warnings: Vec<WarningView>,
}

/// An organisation as people reach it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficeView {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    telephone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opening_hours: Option<String>,
}

/// Something that needs an administrator's attention.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningView {
    /// `calendar_missing`.
    code: &'static str,
    year: i32,
    /// In the language asked for.
    sentence: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HeldRoleView {
    role: String,
    org: String,
    org_name: String,
}

fn typed(password: Password) -> Typed {
    Typed::new(String::from(password))
}

fn text_of(id: Option<Id>) -> Option<String> {
    id.map(|id| id.to_string())
}

/// The cookie in which browsers keep their device token.
const DEVICE_COOKIE: &str = "jianxian_device";

/// Where a request comes from: its address, its device token (from the body or the cookie) and its key.
fn origin(request: &HttpRequest, device: Option<DeviceText>, keyed: &Keyed) -> Origin {
    let cookies = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let kept = cookies.flat_map(|line| line.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == DEVICE_COOKIE).then(|| value.to_owned())
    });
    let device = device.map(String::from).or(kept);
    // The sender is known only after the password or the token is checked.
    Origin {
        address: address(request),
        device,
        request: keyed.request(Id::SYSTEM),
        client: Some(client(request)),
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeBody {
    /// The bank's short name; may be left out while there is only one.
    bank: Option<Slug>,
    login: LoginName,
}

/// 发送登录验证码 · sends a one-time code to the phone of a login. An unknown login, and one without a phone, are
/// answered alike.
#[utoipa::path(tag = "sign-in", security(()), request_body = CodeBody, responses((status = 204)))]
#[post("/v1/auth/code")]
pub async fn send_sign_in_code(
    state: Shared,
    request: HttpRequest,
    ask: Ask<CodeBody>,
) -> Result<HttpResponse, ApiError> {
    state.limits.sign_in(&request)?;
    let origin = origin(&request, None, &ask.keyed);
    let bank = ask.body.bank.map(String::from);
    state.services.send_sign_in_code(bank.as_deref(), ask.body.login.as_str(), &origin).await?;
    Ok(HttpResponse::NoContent().finish())
}

const IN_MEMORY: (&str, &str) = (
    "账本暂停写入（磁盘已满或有故障）：本次登录只记在内存里，恢复写入后自动保存；服务若先重启，须重新登录。查询不受影响。",
    "The books are closed for writing (the disk is full or has failed): this sign-in is kept in memory, and written once \
     writing goes on; if the server is started again before, sign in again. Reading goes on.",
);

fn tokens(request: &HttpRequest, session: Session) -> HttpResponse {
    let notice = session.in_memory.then(|| language(request).pick(IN_MEMORY.0, IN_MEMORY.1));
    let cookie = format!(
        "{DEVICE_COOKIE}={}; Max-Age={KEPT_SECONDS}; Path=/v1/auth; HttpOnly; Secure; SameSite=Strict",
        session.device
    );
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::SET_COOKIE, cookie));
    answer.json(TokensView {
        access_token: session.access_token,
        token_type: "Bearer",
        expires_in_seconds: session.access_seconds,
        refresh_token: session.refresh_token,
        refresh_until: session.refresh_until.to_string(),
        device: session.device,
        notice,
        user: session.user.to_string(),
        session: session.session.to_string(),
    })
}

/// 登录 · signs in with login and password. An unknown login, a wrong password and a suspended user are answered alike.
#[utoipa::path(tag = "sign-in", security(()), request_body = SignInBody,
    responses((status = 200, body = TokensView)))]
#[post("/v1/auth/token")]
pub async fn sign_in(
    state: Shared,
    request: HttpRequest,
    ask: Ask<SignInBody>,
) -> Result<HttpResponse, ApiError> {
    state.limits.sign_in(&request)?;
    let (body, keyed) = (ask.body, ask.keyed);
    one_proof(&body)?;
    let ask = SignInAsk {
        bank: body.bank.map(String::from),
        login: body.card.map(String::from).or(body.login.map(String::from)).unwrap_or_default(),
        password: body.password.map(typed),
        pin: body.pin.map(|pin| Typed::new(String::from(pin))),
        code: body.code.map(String::from),
        second_factor: body.second_factor.map(String::from),
        new_password: body.new_password.map(typed),
        origin: origin(&request, body.device, &keyed),
    };
    Ok(tokens(&request, state.services.sign_in(ask).await?))
}

/// A login with a password or a code, or a card with its PIN: nothing may be missing, and nothing too many.
fn one_proof(body: &SignInBody) -> Result<(), FieldError> {
    let by_card = body.card.is_some() || body.pin.is_some();
    let both = body.password.is_some() && body.code.is_some();
    let neither = body.password.is_none() && body.code.is_none();
    let faults = [
        ("card", FieldFault::Missing, by_card && body.card.is_none()),
        ("pin", FieldFault::Missing, by_card && body.pin.is_none()),
        ("login", FieldFault::Refused, by_card && body.login.is_some()),
        ("password", FieldFault::Refused, by_card && body.password.is_some() || both),
        ("code", FieldFault::Refused, by_card && body.code.is_some()),
        ("new_password", FieldFault::Refused, by_card && body.new_password.is_some()),
        ("login", FieldFault::Missing, !by_card && body.login.is_none()),
        ("password", FieldFault::Missing, !by_card && neither),
    ];
    match faults.into_iter().find(|(.., is_so)| *is_so) {
        Some((name, fault, _)) => Err(FieldError::new(Place::Body, name, fault)),
        None => Ok(()),
    }
}

/// 换新凭证 · takes a refresh token for new tokens. Each works once; if the answer was lost, the same device may ask once
/// more within 30 seconds, and with the same idempotency key gets the same answer; used again later or elsewhere, it ends the session.
#[utoipa::path(tag = "sign-in", security(()), request_body = RefreshBody,
    responses((status = 200, body = TokensView)))]
#[post("/v1/auth/refresh")]
pub async fn refresh_session(
    state: Shared,
    request: HttpRequest,
    ask: Ask<RefreshBody>,
) -> Result<HttpResponse, ApiError> {
    let origin = origin(&request, ask.body.device, &ask.keyed);
    Ok(tokens(&request, state.services.refresh(ask.body.refresh_token.as_str(), &origin).await?))
}

/// 退出 · ends the session: its tokens are dead at once, but the same request may be asked again under its key.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), responses((status = 204)))]
#[post("/v1/auth/logout")]
pub async fn sign_out(
    state: Shared,
    request: HttpRequest,
    caller: Result<SignedIn, ApiError>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    match caller {
        Ok(caller) => state.services.sign_out(&keyed.call(&caller.0)).await?,
        Err(ended @ ApiError::Unauthenticated(TokenFault::SessionEnded)) => {
            let asked = keyed.request(Id::SYSTEM);
            if !state.services.signed_out_before(bearer(&request)?, asked).await? {
                return Err(ended);
            }
        }
        Err(error) => return Err(error),
    }
    Ok(HttpResponse::NoContent().finish())
}

/// 修改自己的口令 · changes the caller's own password and ends their other sessions.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), request_body = PasswordBody,
    responses((status = 204)))]
#[post("/v1/auth/password")]
pub async fn change_password(
    state: Shared,
    request: HttpRequest,
    caller: SignedIn,
    ask: Ask<PasswordBody>,
) -> Result<HttpResponse, ApiError> {
    state.limits.sign_in(&request)?;
    let (old, new) = (typed(ask.body.old_password), typed(ask.body.new_password));
    state.services.change_password(&ask.keyed.call(&caller.0), old, new).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 首位管理员 · makes the root organisation and the first administrator of an empty bank, with the one-time token that
/// the server printed, and signs them in.
#[utoipa::path(tag = "sign-in", security(()), request_body = FirstBody,
    responses((status = 200, body = TokensView)))]
#[post("/v1/auth/first-administrator")]
pub async fn found_bank(
    state: Shared,
    request: HttpRequest,
    ask: Ask<FirstBody>,
) -> Result<HttpResponse, ApiError> {
    state.limits.sign_in(&request)?;
    let (body, keyed) = (ask.body, ask.keyed);
    let ask = FoundingAsk {
        bank: body.bank.map(String::from),
        token: body.token.into(),
        bank_name: body.bank_name.map(String::from),
        org_kind: body.org_kind.into(),
        org_code: body.org_code.into(),
        org_name: body.org_name.into(),
        org_telephone: body.org_telephone.map(String::from),
        org_opening_hours: body.org_opening_hours.map(String::from),
        login: body.login.into(),
        name: body.name.into(),
        password: typed(body.password),
        origin: origin(&request, None, &keyed),
    };
    Ok(tokens(&request, state.services.found_bank(ask).await?))
}

/// 我 · who is signed in, with roles and where they hold.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), responses((status = 200, body = MeView)))]
#[get("/v1/me")]
pub async fn read_me(
    state: Shared,
    request: HttpRequest,
    caller: SignedIn,
) -> Result<HttpResponse, ApiError> {
    let Me { bank, login, name, org_names, closed_before, calendars_missed, help } =
        state.services.me(&caller.0).await?;
    let actor = caller.0;
    let roles = actor.grants.iter().map(|grant| HeldRoleView {
        role: grant.role.to_string(),
        org: grant.org.to_string(),
        org_name: org_names.get(&grant.org).cloned().unwrap_or_default(),
    });
    Ok(HttpResponse::Ok().json(MeView {
        bank: bank.slug,
        bank_name: bank.name,
        sample: bank.sample,
        user: actor.user.to_string(),
        login,
        name,
        member: text_of(actor.member),
        merchant: text_of(actor.merchant),
        roles: roles.collect(),
        rights: Permission::ALL
            .iter()
            .filter(|right| actor.may(**right))
            .map(|right| right.as_str())
            .collect(),
        closed_before,
        help: help.nearest.map(|office| OfficeView {
            name: office.name,
            telephone: office.telephone,
            opening_hours: office.opening_hours,
        }),
        warnings: calendars_missed
            .into_iter()
            .map(|year| WarningView {
                code: "calendar_missing",
                year,
                sentence: missed_sentence(year, language(&request)),
            })
            .collect(),
    }))
}

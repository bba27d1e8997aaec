//! `/v1/users` and `/v1/roles`: users and their roles.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, Keyed, May, Or, PathOf, right};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::{LoginName, Password, PersonName, SearchText};
use crate::api::web::page::{Listed, NoFilter, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::auth::passwords::Password as Typed;
use crate::auth::permissions::Role;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::services::access::roles::{RoleAsk, UserAsk};
use crate::services::people::users::UserRow;
use crate::services::people::users::UserStanding;
use actix_web::{HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserBody {
    login: LoginName,
    name: PersonName,
    /// The first password; left out, the user cannot sign in until one is set.
    password: Option<Password>,
    /// The volunteer that this user is.
    member: Option<Id>,
    /// The same by volunteer number: for a shop's owner, who sees no members' files.
    member_number: Option<SearchText>,
    /// The shop for which this user works.
    merchant: Option<Id>,
    /// 所属组织 · where the user is at home, and whose administrators act on them; left out, the shop's or the member's
    /// organisation, else the one that the caller administers.
    org: Option<Id>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HomeBody {
    org: Id,
}

/// Whom a clerk is: the volunteer number on the card, or the id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClerkMemberBody {
    member: Option<Id>,
    member_number: Option<SearchText>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordBody {
    password: Password,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleBody {
    user: Id,
    role: Role,
    /// The role reaches this organisation and everything below it.
    org: Id,
    until: Option<Moment>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    id: Id,
    login: String,
    name: String,
    /// `active` or `suspended`.
    state: String,
    has_password: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant: Option<Id>,
    /// 所属组织 · where the user is at home.
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<Id>,
    live_sessions: usize,
    /// Sign-in asks for a second factor.
    second_factor: bool,
    roles: Vec<RoleView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RoleView {
    id: Id,
    role: String,
    org: Id,
    org_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Moment>,
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeView {
    pub id: Id,
}

/// Answers with the id of the new row.
pub fn made(id: Id) -> HttpResponse {
    HttpResponse::Created().json(MadeView { id })
}

impl Row for UserView {
    const TITLE: (&'static str, &'static str) = ("用户", "users");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "login",
        "name",
        "state",
        "has_password",
        "member",
        "merchant",
        "org",
        "live_sessions",
        "second_factor",
        "roles",
    ];
}

fn view(standing: UserStanding) -> UserView {
    let user = standing.user;
    let roles = standing.roles.into_iter().map(|held| RoleView {
        id: held.id,
        role: held.role,
        org: held.org,
        org_name: held.org_name,
        until: held.until,
    });
    UserView {
        id: user.id,
        login: user.login,
        name: user.name,
        state: user.state,
        has_password: user.password_hash.is_some(),
        member: user.member_id,
        merchant: user.merchant_id,
        org: user.home_org_id,
        live_sessions: standing.live_sessions,
        second_factor: standing.has_factor,
        roles: roles.collect(),
    }
}

/// 用户 · users within reach, by login: those at home there, and a shop's clerks for its owner.
#[utoipa::path(tag = "organisation", security(("bearer" = ["read_users"]), ("bearer" = ["write_clerks"])),
    params(OfDays, Paging), responses((status = 200, body = Page<UserView>)))]
#[get("/v1/users")]
pub async fn list_users(
    state: Shared,
    may: May<Or<right::ReadUsers, right::WriteClerks>>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let read = async move |part: Part| {
        let rows = state.services.users(&may.call(), part.days, part.after, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.user.login.clone(), view(row))).collect())
    };
    list.list.respond(read).await
}

/// 一个用户 · one user within reach, with their roles within reach.
#[utoipa::path(tag = "organisation", security(("bearer" = ["read_users"]), ("bearer" = ["write_clerks"])),
    params(("id" = Id, Path)), responses((status = 200, body = UserView)))]
#[get("/v1/users/{id}")]
pub async fn read_user(
    state: Shared,
    may: May<Or<right::ReadUsers, right::WriteClerks>>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(view(state.services.user(&may.call(), path.0).await?)))
}

/// 新用户 · makes a user. A shop's owner makes the clerks of their own shop.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_users"]), ("bearer" = ["write_clerks"])),
    request_body = UserBody, responses((status = 201, body = MadeView)))]
#[post("/v1/users")]
pub async fn open_user(
    state: Shared,
    may: May<Or<right::WriteUsers, right::WriteClerks>>,
    ask: Ask<UserBody>,
) -> Result<HttpResponse, ApiError> {
    let body = ask.body;
    let login = String::from(body.login);
    let password = body.password.map(|password| Typed::new(String::from(password)));
    let password_hash = match password {
        Some(password) => Some(state.services.hash_of_new_password(password, &login).await?),
        None => None,
    };
    let user = UserAsk {
        login,
        name: body.name.into(),
        password_hash,
        member: body.member,
        member_number: body.member_number.map(String::from),
        merchant: body.merchant,
        home: body.org,
    };
    Ok(made(state.services.open_user(&ask.keyed.call(&may.actor), user).await?))
}

/// 重设口令 · gives another user a new password; their sessions end.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_users"]), ("bearer" = ["write_clerks"])), request_body = NewPasswordBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[post("/v1/users/{id}/password")]
pub async fn set_user_password(
    state: Shared,
    may: May<Or<right::WriteUsers, right::WriteClerks>>,
    path: PathOf<Id>,
    ask: Ask<NewPasswordBody>,
) -> Result<HttpResponse, ApiError> {
    let password = Typed::new(String::from(ask.body.password));
    state.services.set_password(&ask.keyed.call(&may.actor), path.0, password).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 强制退出 · ends all sessions of a user.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_users"]), ("bearer" = ["write_clerks"])), params(("id" = Id, Path)),
    responses((status = 204)))]
#[delete("/v1/users/{id}/sessions")]
pub async fn end_user_sessions(
    state: Shared,
    may: May<Or<right::WriteUsers, right::WriteClerks>>,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    state.services.end_sessions(&keyed.call(&may.actor), path.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 改所属组织 · gives a user another home; both are within reach.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_users"])), request_body = HomeBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[post("/v1/users/{id}/home")]
pub async fn move_user(
    state: Shared,
    may: May<right::WriteUsers>,
    path: PathOf<Id>,
    ask: Ask<HomeBody>,
) -> Result<HttpResponse, ApiError> {
    state.services.move_user(&ask.keyed.call(&may.actor), path.0, ask.body.org, None).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 店员是哪位储户 · a shop's owner says whom a clerk is, so that the clerk does not redeem in the own shop.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_clerks"])), request_body = ClerkMemberBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[post("/v1/users/{id}/member")]
pub async fn link_clerk(
    state: Shared,
    may: May<right::WriteClerks>,
    path: PathOf<Id>,
    ask: Ask<ClerkMemberBody>,
) -> Result<HttpResponse, ApiError> {
    let ClerkMemberBody { member, member_number } = ask.body;
    if member.is_some() == member_number.is_some() {
        return Err(FieldError::new(Place::Body, "member_number", FieldFault::Refused).into());
    }
    let number = member_number.map(String::from);
    state.services.link_clerk(&ask.keyed.call(&may.actor), path.0, member, number).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 授予角色 · grants a role at an organisation.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_users"]), ("bearer" = ["write_clerks"])),
    request_body = RoleBody, responses((status = 201, body = MadeView)))]
#[post("/v1/roles")]
pub async fn grant_role(
    state: Shared,
    may: May<Or<right::WriteUsers, right::WriteClerks>>,
    ask: Ask<RoleBody>,
) -> Result<HttpResponse, ApiError> {
    let RoleBody { user, role, org, until } = ask.body;
    let call = ask.keyed.call(&may.actor);
    Ok(made(state.services.grant_role(&call, RoleAsk { user, role, org, until }).await?))
}

/// 收回角色 · takes a role back; it ends at once.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_users"]), ("bearer" = ["write_clerks"])),
    params(("id" = Id, Path)), responses((status = 204)))]
#[delete("/v1/roles/{id}")]
pub async fn revoke_role(
    state: Shared,
    may: May<Or<right::WriteUsers, right::WriteClerks>>,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    state.services.revoke_role(&keyed.call(&may.actor), path.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

impl Shown for UserRow {}

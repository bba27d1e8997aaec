//! `/v1/skills` and `/v1/members/{id}/wishes`: what volunteers can and wish to do; activities that suit them, and people
//! who suit an activity.

use super::activities::{ActivityView, MadeManyView, view};
use crate::api::people::users::{MadeView, made};
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, Or, PathOf, Seen, right};
use crate::api::web::fields::{Code, ListOf, Title};
use crate::api::web::page::{Listed, NoFilter, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::domain::id::Id;
use crate::domain::service::wishes::{MOST, Suits, Weekday, Wishes};
use crate::services::service::lists::OpenActivity;
use crate::services::service::wishes::{SkillRow, Suitable, WishesStanding};
use actix_web::http::header;
use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Activities that the list of those to come has at most.
const TO_COME: i64 = 200;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillBody {
    name: Title,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SkillView {
    id: Id,
    name: String,
    /// `active`, or `retired`: not chosen any more.
    state: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SkillsView {
    items: Vec<SkillView>,
}

/// What a person can and wishes to do. An empty list says nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WishesBody {
    #[schema(value_type = Vec<Id>, max_items = 30)]
    skills: ListOf<Id, 0, MOST>,
    #[schema(value_type = Vec<Weekday>, max_items = 7)]
    weekdays: ListOf<Weekday, 0, 7>,
    /// 服务类别 · categories of schemes.
    #[schema(value_type = Vec<Code>, max_items = 30)]
    kinds: ListOf<Code, 0, MOST>,
    /// Organisations, each with everything below it.
    #[schema(value_type = Vec<Id>, max_items = 30)]
    places: ListOf<Id, 0, MOST>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WishesView {
    member: Id,
    skills: Vec<Id>,
    weekdays: Vec<Weekday>,
    kinds: Vec<String>,
    places: Vec<Id>,
    /// For `If-Match`; 0 while nothing was said.
    version: i64,
}

/// An activity that is on or to come, and how it suits the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToComeView {
    #[serde(flatten)]
    activity: ActivityView,
    /// It suits the caller: no required skill is missing, and there is a reason.
    is_suitable: bool,
    suits: Vec<Suits>,
    /// Required skills that the caller has not.
    missing_skills: Vec<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ToComeListView {
    items: Vec<ToComeView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SuitableView {
    member: Id,
    number: String,
    name: String,
    /// The names of what they can do.
    skill_names: Vec<String>,
    /// Why the activity suits them.
    suits: Vec<Suits>,
    /// How much: one for each skill that is asked for, for the weekday, the kind, and the place.
    fit: i64,
    invited: bool,
}

impl Row for SuitableView {
    const TITLE: (&'static str, &'static str) = ("适合的人", "suitable-people");
    const COLUMNS: &'static [&'static str] =
        &["member", "number", "name", "skill_names", "suits", "fit", "invited"];
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationBody {
    #[schema(value_type = Vec<Id>, min_items = 1, max_items = 100)]
    members: ListOf<Id, 1, 100>,
}

fn wishes_answer(standing: WishesStanding) -> HttpResponse {
    let tag = format!("\"{}\"", standing.version);
    let Wishes { skills, weekdays, kinds, places } = standing.wishes;
    let (member, version) = (standing.member.id, standing.version);
    let view = WishesView { member, skills, weekdays, kinds, places, version };
    HttpResponse::Ok().insert_header((header::ETAG, tag)).json(view)
}

/// 特长目录 · the bank's list of skills.
#[utoipa::path(tag = "service", security(("bearer" = ["read_activities"])), responses((status = 200, body = SkillsView)))]
#[get("/v1/skills")]
pub async fn list_skills(state: Shared, may: May<right::ReadActivities>) -> Result<HttpResponse, ApiError> {
    let rows = state.services.skills(&may.call()).await?.into_iter();
    let items = rows.map(|row| SkillView { id: row.id, name: row.name, state: row.state }).collect();
    Ok(HttpResponse::Ok().json(SkillsView { items }))
}

/// 添加特长 · puts a skill on the list.
#[utoipa::path(tag = "service", security(("bearer" = ["manage_bank"])), request_body = SkillBody,
    responses((status = 201, body = MadeView)))]
#[post("/v1/skills")]
pub async fn open_skill(
    state: Shared,
    may: May<right::ManageBank>,
    ask: Ask<SkillBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    Ok(made(state.services.open_skill(&call, ask.body.name.into()).await?))
}

/// 特长和意愿 · what a member can and wishes to do: one's own, or of a member within reach.
#[utoipa::path(tag = "service", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path)), responses((status = 200, body = WishesView)))]
#[get("/v1/members/{id}/wishes")]
pub async fn read_wishes(
    state: Shared,
    may: May<Or<right::ReadMembers, right::ReadOwn>>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(wishes_answer(state.services.wishes(&may.call(), path.0).await?))
}

/// 改特长和意愿 · replaces what a member has said, over the version that was read (`If-Match`; 0 the first time): by the
/// member, or by staff.
#[utoipa::path(tag = "service", security(("bearer" = ["write_members"]), ("bearer" = ["read_own"])),
    request_body = WishesBody, params(("id" = Id, Path)), responses((status = 200, body = WishesView)))]
#[put("/v1/members/{id}/wishes")]
pub async fn set_wishes(
    state: Shared,
    may: May<Or<right::WriteMembers, right::ReadOwn>>,
    path: PathOf<Id>,
    seen: Seen,
    ask: Ask<WishesBody>,
) -> Result<HttpResponse, ApiError> {
    let (call, body) = (ask.keyed.call(&may.actor), ask.body);
    let wishes = Wishes {
        skills: body.skills.0,
        weekdays: body.weekdays.0,
        kinds: body.kinds.0.into_iter().map(String::from).collect(),
        places: body.places.0,
    };
    Ok(wishes_answer(state.services.set_wishes(&call, path.0, seen.0, wishes).await?))
}

fn to_come(open: OpenActivity) -> ToComeView {
    ToComeView {
        is_suitable: open.fit.is_good(),
        suits: open.fit.reasons,
        missing_skills: open.fit.missing,
        activity: view(open.activity, Vec::new()),
    }
}

/// 近期活动 · published activities of the whole bank that are not over: what suits the caller first, then those that begin
/// first.
#[utoipa::path(tag = "service", security(("bearer" = ["read_activities"])),
    responses((status = 200, body = ToComeListView)))]
#[get("/v1/activities/to-come")]
pub async fn list_activities_to_come(
    state: Shared,
    may: May<right::ReadActivities>,
) -> Result<HttpResponse, ApiError> {
    let rows = state.services.activities_to_come(&may.call(), TO_COME).await?;
    Ok(HttpResponse::Ok().json(ToComeListView { items: rows.into_iter().map(to_come).collect() }))
}

/// 适合的人 · people within reach whom an activity suits, who have every required skill and no place there.
#[utoipa::path(tag = "service", security(("bearer" = ["take_attendance"])), params(("id" = Id, Path), Paging),
    responses((status = 200, body = Page<SuitableView>)))]
#[get("/v1/activities/{id}/suitable")]
pub async fn list_suitable(
    state: Shared,
    may: May<right::TakeAttendance>,
    path: PathOf<Id>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let read = async move |part: Part| {
        let call = may.call();
        let names = state.services.skills(&call).await?;
        let rows = state.services.suitable(&call, path.0, part.after_as()?, part.limit).await?;
        let view = |one: Suitable| {
            let has = |row: &&SkillRow| one.wishes.skills.contains(&row.id);
            let view = SuitableView {
                skill_names: names.iter().filter(has).map(|row| row.name.clone()).collect(),
                member: one.member.id,
                number: one.member.number,
                name: one.member.name,
                suits: one.fit.reasons,
                fit: i64::try_from(one.fit.points).unwrap_or(i64::MAX),
                invited: one.is_invited,
            };
            (view.member.to_string(), view)
        };
        Ok(rows.into_iter().map(view).collect())
    };
    list.list.respond(read).await
}

/// 邀请 · invites people to an activity, by a message to each; who has a place there or was invited before is left out.
#[utoipa::path(tag = "service", security(("bearer" = ["take_attendance"])), request_body = InvitationBody,
    params(("id" = Id, Path)), responses((status = 201, body = MadeManyView)))]
#[post("/v1/activities/{id}/invitations")]
pub async fn invite(
    state: Shared,
    may: May<right::TakeAttendance>,
    path: PathOf<Id>,
    ask: Ask<InvitationBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    let ids = state.services.invite(&call, path.0, ask.body.members.0).await?;
    Ok(HttpResponse::Created().json(MadeManyView::of(ids)))
}

impl Shown for SkillRow {}

//! `/v1/activities`: drafts, publication, copies, cancellation; sign-in and sign-out of volunteers.

use crate::api::people::users::{MadeView, made};
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, PathOf, Seen, right};
use crate::api::web::fields::{
    Code, Latitude, ListOf, Longitude, Minutes, Note, PaperNumber, Quantity, Radius, Served, Title,
};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::domain::id::Id;
use crate::domain::service::spot::{Position, Spot};
use crate::domain::service::wishes::{AskedSkill, MOST};
use crate::domain::time::Moment;
use crate::services::service::activities::{
    ActivityAsk, ActivityChange, ActivityRow, AttendanceRow, SignOutAsk, SignedOut, spot_of,
};
use crate::services::service::skills::asked_skills;
use actix_web::http::header;
use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityBody {
    org: Id,
    /// 常设岗位 · a standing post that is open for a period.
    #[serde(default)]
    standing: bool,
    title: Title,
    content: Note,
    place: Title,
    /// A category of the scheme.
    category: Option<Code>,
    /// A level of the scheme.
    level: Option<Code>,
    scheme: Id,
    starts_at: Moment,
    ends_at: Moment,
    seats: Option<Quantity>,
    /// The risk, if there is one.
    risk: Option<Note>,
    /// How people are insured.
    insurance: Option<Title>,
    policy_number: Option<PaperNumber>,
    /// The skills that it asks for.
    #[serde(default)]
    #[schema(value_type = Option<Vec<AskedSkillBody>>, max_items = 30)]
    skills: Option<ListOf<AskedSkillBody, 0, MOST>>,
    /// The circle within which one is there.
    spot: Option<SpotBody>,
}

/// A circle around a point in WGS 84.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpotBody {
    latitude: Latitude,
    longitude: Longitude,
    radius_metres: Radius,
}

impl From<SpotBody> for Spot {
    fn from(body: SpotBody) -> Self {
        let middle = Position { latitude: body.latitude.get(), longitude: body.longitude.get() };
        Spot { middle, radius_metres: body.radius_metres.get() }
    }
}

/// The same as it is shown, in millionths of a degree.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SpotView {
    #[schema(minimum = -90_000_000, maximum = 90_000_000)]
    latitude: i64,
    #[schema(minimum = -180_000_000, maximum = 180_000_000)]
    longitude: i64,
    radius_metres: i64,
}

/// A skill that an activity asks for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedSkillBody {
    skill: Id,
    /// Nobody signs up without it; else it is welcome.
    #[serde(default)]
    required: bool,
}

impl From<AskedSkillBody> for AskedSkill {
    fn from(body: AskedSkillBody) -> Self {
        AskedSkill { skill: body.skill, required: body.required }
    }
}

impl From<AskedSkill> for AskedSkillBody {
    fn from(asked: AskedSkill) -> Self {
        AskedSkillBody { skill: asked.skill, required: asked.required }
    }
}

/// What is to change in a draft; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityChangeBody {
    title: Option<Title>,
    content: Option<Note>,
    place: Option<Title>,
    starts_at: Option<Moment>,
    ends_at: Option<Moment>,
    seats: Option<Quantity>,
    risk: Option<Note>,
    insurance: Option<Title>,
    policy_number: Option<PaperNumber>,
    /// Replaces the skills that it asks for.
    #[schema(value_type = Option<Vec<AskedSkillBody>>, max_items = 30)]
    skills: Option<ListOf<AskedSkillBody, 0, MOST>>,
    spot: Option<SpotBody>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyBody {
    starts_at: Moment,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInPeopleBody {
    #[schema(value_type = Vec<Id>, min_items = 1, max_items = 500)]
    members: ListOf<Id, 1, 500>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignOutPersonBody {
    member: Id,
    /// 服务人次 · how many people they served.
    served: Option<Served>,
    /// The sign-out was forgotten: minutes that staff set, with a guarantor. The record is a back-fill.
    service_minutes: Option<Minutes>,
    /// A member or user who vouches for the minutes.
    guarantor: Option<Id>,
    /// 不计时长 · signed in by mistake, or did not serve.
    #[serde(default)]
    without_record: bool,
}

/// What came of a sign-out.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedOutView {
    /// The service record; absent if not a whole minute lay inside the activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    attendance: Id,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActivityState {
    Draft,
    Published,
    Cancelled,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ActivitiesQuery {
    #[param(inline)]
    state: Option<ActivityState>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ActivityView {
    id: Id,
    org: Id,
    /// `single` or `standing`.
    kind: String,
    title: String,
    content: String,
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    scheme: Id,
    starts_at: Moment,
    ends_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    insurance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_number: Option<String>,
    /// The skills that it asks for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skills: Vec<AskedSkillBody>,
    /// The circle within which one is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    spot: Option<SpotView>,
    /// `draft`, `published` or `cancelled`.
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<Moment>,
    version: i64,
    /// Who is or was signed in; for those who take attendance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attendances: Vec<AttendanceView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AttendanceView {
    id: Id,
    member: Id,
    signed_in_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_out_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_record: Option<Id>,
    /// Signed in by a code, with the consent to say so: `inside` or `outside` the circle of the activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_place: Option<String>,
    /// The same when signing out.
    #[serde(skip_serializing_if = "Option::is_none")]
    out_place: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MadeManyView {
    ids: Vec<Id>,
}

impl MadeManyView {
    pub fn of(ids: Vec<Id>) -> Self {
        MadeManyView { ids }
    }
}

impl Row for ActivityView {
    const TITLE: (&'static str, &'static str) = ("活动", "activities");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "org",
        "kind",
        "title",
        "content",
        "place",
        "category",
        "level",
        "scheme",
        "starts_at",
        "ends_at",
        "seats",
        "risk",
        "insurance",
        "policy_number",
        "state",
        "published_at",
        "version",
    ];
}

/// Skills of a request.
fn asked(skills: ListOf<AskedSkillBody, 0, MOST>) -> Vec<AskedSkill> {
    skills.0.into_iter().map(AskedSkill::from).collect()
}

pub(super) fn view(row: ActivityRow, attendances: Vec<AttendanceRow>) -> ActivityView {
    let attendances = attendances.into_iter().map(|row| AttendanceView {
        id: row.id,
        member: row.member_id,
        signed_in_at: row.signed_in_at,
        signed_out_at: row.signed_out_at,
        service_record: row.record_id,
        in_place: row.in_place,
        out_place: row.out_place,
    });
    ActivityView {
        // What is stored was checked when it was written.
        skills: asked_skills(&row).unwrap_or_default().into_iter().map(AskedSkillBody::from).collect(),
        spot: spot_of(&row).map(|spot| SpotView {
            latitude: spot.middle.latitude,
            longitude: spot.middle.longitude,
            radius_metres: spot.radius_metres,
        }),
        id: row.id,
        org: row.org_id,
        kind: row.kind,
        title: row.title,
        content: row.content,
        place: row.place,
        category: row.category,
        level: row.activity_level,
        scheme: row.scheme_id,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        seats: row.seats,
        risk: row.risk,
        insurance: row.insurance,
        policy_number: row.policy_number,
        state: row.state,
        published_at: row.published_at,
        version: row.version,
        attendances: attendances.collect(),
    }
}

/// 起草活动 · drafts an activity or a standing post.
#[utoipa::path(tag = "service", security(("bearer" = ["write_activities"])), request_body = ActivityBody,
    responses((status = 201, body = MadeView)))]
#[post("/v1/activities")]
pub async fn draft_activity(
    state: Shared,
    may: May<right::WriteActivities>,
    ask: Ask<ActivityBody>,
) -> Result<HttpResponse, ApiError> {
    let body = ask.body;
    let activity = ActivityAsk {
        org: body.org,
        standing: body.standing,
        title: body.title.into(),
        content: body.content.into(),
        place: body.place.into(),
        category: body.category.map(String::from),
        level: body.level.map(String::from),
        scheme: body.scheme,
        starts_at: body.starts_at,
        ends_at: body.ends_at,
        seats: body.seats.map(Quantity::get),
        risk: body.risk.map(String::from),
        insurance: body.insurance.map(String::from),
        policy_number: body.policy_number.map(String::from),
        skills: body.skills.map(asked).unwrap_or_default(),
        spot: body.spot.map(Spot::from),
    };
    Ok(made(state.services.draft_activity(&ask.keyed.call(&may.actor), activity).await?))
}

/// 活动 · activities, newest first, of the days on which they begin: within reach in every state, for volunteers what is published anywhere.
#[utoipa::path(tag = "service", security(("bearer" = ["read_activities"])), params(ActivitiesQuery, OfDays, Paging),
    responses((status = 200, body = Page<ActivityView>)))]
#[get("/v1/activities")]
pub async fn list_activities(
    state: Shared,
    may: May<right::ReadActivities>,
    list: Listed<ActivitiesQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let wanted = query.state.map(|state| match state {
        ActivityState::Draft => "draft".to_owned(),
        ActivityState::Published => "published".to_owned(),
        ActivityState::Cancelled => "cancelled".to_owned(),
    });
    let read = async move |part: Part| {
        let (wanted, before) = (wanted.clone(), part.after_as()?);
        let rows = state.services.activities(&may.call(), wanted, part.days, before, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), view(row, Vec::new()))).collect())
    };
    list.respond(read).await
}

/// 一项活动 · one activity, with who is signed in.
#[utoipa::path(tag = "service", security(("bearer" = ["read_activities"])), params(("id" = Id, Path)),
    responses((status = 200, body = ActivityView)))]
#[get("/v1/activities/{id}")]
pub async fn read_activity(
    state: Shared,
    may: May<right::ReadActivities>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let (row, attended) = state.services.activity(&may.call(), path.0).await?;
    Ok(answer(row, attended))
}

/// 修改草稿 · changes a draft over the version that was read (`If-Match`).
#[utoipa::path(tag = "service", security(("bearer" = ["write_activities"])), request_body = ActivityChangeBody,
    params(("id" = Id, Path)), responses((status = 200, body = ActivityView)))]
#[patch("/v1/activities/{id}")]
pub async fn change_activity(
    state: Shared,
    may: May<right::WriteActivities>,
    path: PathOf<Id>,
    seen: Seen,
    ask: Ask<ActivityChangeBody>,
) -> Result<HttpResponse, ApiError> {
    let body = ask.body;
    let change = ActivityChange {
        title: body.title.map(String::from),
        content: body.content.map(String::from),
        place: body.place.map(String::from),
        starts_at: body.starts_at,
        ends_at: body.ends_at,
        seats: body.seats.map(Quantity::get),
        risk: body.risk.map(String::from),
        insurance: body.insurance.map(String::from),
        policy_number: body.policy_number.map(String::from),
        skills: body.skills.map(asked),
        spot: body.spot.map(Spot::from),
    };
    let row = state.services.change_activity(&ask.keyed.call(&may.actor), path.0, seen.0, change).await?;
    Ok(answer(row, Vec::new()))
}

/// One activity with its version as the ETag.
fn answer(row: ActivityRow, attended: Vec<AttendanceRow>) -> HttpResponse {
    let tag = format!("\"{}\"", row.version);
    HttpResponse::Ok().insert_header((header::ETAG, tag)).json(view(row, attended))
}

/// 复制 · drafts the same activity again for another time.
#[utoipa::path(tag = "service", security(("bearer" = ["write_activities"])), request_body = CopyBody,
    params(("id" = Id, Path)), responses((status = 201, body = MadeView)))]
#[post("/v1/activities/{id}/copy")]
pub async fn copy_activity(
    state: Shared,
    may: May<right::WriteActivities>,
    path: PathOf<Id>,
    ask: Ask<CopyBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    Ok(made(state.services.copy_activity(&call, path.0, ask.body.starts_at).await?))
}

/// 签到 · signs several people in: all of them or none.
#[utoipa::path(tag = "service", security(("bearer" = ["take_attendance"])), request_body = SignInPeopleBody,
    params(("id" = Id, Path)), responses((status = 201, body = MadeManyView)))]
#[post("/v1/activities/{id}/sign-in")]
pub async fn sign_in_people(
    state: Shared,
    may: May<right::TakeAttendance>,
    path: PathOf<Id>,
    ask: Ask<SignInPeopleBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    let ids = state.services.sign_in_people(&call, path.0, ask.body.members.0).await?;
    Ok(HttpResponse::Created().json(MadeManyView { ids }))
}

/// 签退 · signs one person out; their service record is entered in the same step, for the time inside the activity.
#[utoipa::path(tag = "service", security(("bearer" = ["take_attendance"])), request_body = SignOutPersonBody,
    params(("id" = Id, Path)), responses((status = 201, body = SignedOutView)))]
#[post("/v1/activities/{id}/sign-out")]
pub async fn sign_out_person(
    state: Shared,
    may: May<right::TakeAttendance>,
    path: PathOf<Id>,
    ask: Ask<SignOutPersonBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    let body = ask.body;
    let leaves = SignOutAsk {
        member: body.member,
        served: body.served.map_or(1, Served::get),
        service_minutes: body.service_minutes.map(Minutes::get),
        guarantor: body.guarantor,
        without_record: body.without_record,
    };
    let SignedOut { attendance, record } = state.services.sign_out_person(&call, path.0, leaves).await?;
    Ok(HttpResponse::Created().json(SignedOutView { id: record, attendance }))
}

impl Shown for ActivityRow {}

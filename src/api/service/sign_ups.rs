//! `/v1/sign-ups`: places at activities, and waiting lists.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{AnyOf, Ask, May, PathOf, right};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::services::service::activities::sign_ups::{SignUpAsk, SignUpRow, SignedUp};
use crate::services::service::records::DocumentFilter;
use crate::text_enum;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUpBody {
    /// The person; left out: the caller themselves. Another one by a proxy, or by staff.
    member: Option<Id>,
    /// Has read the risk that the activity states.
    #[serde(default)]
    agrees_to_risk: bool,
}

text_enum! {
    SignUpState {
        Seated = "seated",
        Waiting = "waiting",
        Withdrawn = "withdrawn",
        Released = "released",
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SignUpsQuery {
    #[param(inline)]
    state: Option<SignUpState>,
    member: Option<Id>,
    activity: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SignUpView {
    id: Id,
    activity: Id,
    org: Id,
    member: Id,
    /// 1, 2, 3 … in the order in which people signed up.
    arrival: i64,
    /// `seated`, `waiting`, `withdrawn`, or `released`: the activity was called off.
    state: String,
    /// In the waiting list: 1 has the next free seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    place_in_line: Option<i64>,
    signed_up_at: Moment,
    /// When the place was given back, or the activity called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_at: Option<Moment>,
}

impl Row for SignUpView {
    const TITLE: (&'static str, &'static str) = ("报名", "sign-ups");
    const COLUMNS: &'static [&'static str] =
        &["id", "activity", "org", "member", "arrival", "state", "place_in_line", "signed_up_at", "left_at"];
}

pub(in crate::api) fn view(one: SignedUp) -> SignUpView {
    let SignedUp { row, place_in_line } = one;
    SignUpView {
        id: row.id,
        activity: row.activity_id,
        org: row.org_id,
        member: row.member_id,
        arrival: row.arrival,
        state: row.state,
        place_in_line,
        signed_up_at: row.made_at,
        left_at: row.ended_at,
    }
}

/// 报名 · takes a seat at an activity, or a place in its waiting list: for the caller, or by a proxy or staff for a member.
#[utoipa::path(tag = "service",
    security(("bearer" = ["sign_up"]), ("bearer" = ["take_attendance"]), ("bearer" = ["act_for_members"])),
    request_body = SignUpBody, params(("id" = Id, Path)), responses((status = 201, body = SignUpView)))]
#[post("/v1/activities/{id}/sign-ups")]
pub async fn sign_up(
    state: Shared,
    may: May<AnyOf<right::SignUp, right::TakeAttendance, right::ActForMembers>>,
    path: PathOf<Id>,
    ask: Ask<SignUpBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    let wish = SignUpAsk { member: ask.body.member, agrees_to_risk: ask.body.agrees_to_risk };
    let id = state.services.sign_up(&call, path.0, wish).await?;
    let made = state.services.one_sign_up(&may.call(), id).await?;
    Ok(HttpResponse::Created().json(view(made)))
}

/// 报名名单 · sign-ups, newest first: of activities whose attendance the caller takes, one's own, or those of a
/// member for whom the caller acts.
#[utoipa::path(tag = "service",
    security(("bearer" = ["take_attendance"]), ("bearer" = ["read_own"]), ("bearer" = ["act_for_members"])),
    params(SignUpsQuery, OfDays, Paging), responses((status = 200, body = Page<SignUpView>)))]
#[get("/v1/sign-ups")]
pub async fn list_sign_ups(
    state: Shared,
    may: May<AnyOf<right::TakeAttendance, right::ReadOwn, right::ActForMembers>>,
    list: Listed<SignUpsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let read = async move |part: Part| {
        let filter = DocumentFilter {
            state: query.state.map(|state| state.as_str().to_owned()),
            member: query.member,
            activity: query.activity,
            days: part.days,
            before: part.after_as()?,
            ..DocumentFilter::default()
        };
        let rows = state.services.sign_ups(&may.call(), filter, part.limit).await?;
        Ok(rows.into_iter().map(|one| (one.row.id.to_string(), view(one))).collect())
    };
    list.respond(read).await
}

impl Shown for SignUpRow {}

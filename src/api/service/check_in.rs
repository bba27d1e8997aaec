//! Signing in and out by a code that is shown at an activity.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, PathOf, right};
use crate::api::web::fields::{CheckInDigits, Latitude, Longitude};
use crate::api::web::problem::ApiError;
use crate::domain::id::Id;
use crate::domain::service::spot::Position;
use crate::domain::time::Moment;
use crate::services::service::activities::check_in::{CheckInCode, CheckedIn};
use actix_web::http::header;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub struct CheckInCodeView {
    /// Changes every half minute.
    code: String,
    /// When it changes.
    until: Moment,
    /// For a printed poster: good within the activity's time.
    poster_code: String,
}

/// 签到码 · the code by which people sign in at an activity themselves, for the leader's phone and for a poster.
#[utoipa::path(tag = "service", security(("bearer" = ["take_attendance"])), params(("id" = Id, Path)),
    responses((status = 200, body = CheckInCodeView)))]
#[get("/v1/activities/{id}/check-in-code")]
pub async fn read_check_in_code(
    state: Shared,
    may: May<right::TakeAttendance>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let CheckInCode { code, until, poster } = state.services.check_in_code(&may.call(), path.0).await?;
    let view = CheckInCodeView { code, until, poster_code: poster };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}

/// A point in WGS 84.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionBody {
    latitude: Latitude,
    longitude: Longitude,
}

impl From<PositionBody> for Position {
    fn from(body: PositionBody) -> Self {
        Position { latitude: body.latitude.get(), longitude: body.longitude.get() }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckInBody {
    /// As the leader's phone or the poster shows it.
    code: CheckInDigits,
    /// Where the phone is. It is looked at only with the caller's consent (`location`) and where the activity has a circle;
    /// `inside` or `outside` is stored, never the position.
    position: Option<PositionBody>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedInView {
    attendance: Id,
    /// Signed out; else in.
    is_out: bool,
    /// What was served, to be approved by another person.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Id>,
}

/// 自助签到 · signs the caller in at an activity by its code; a caller who is signed in there is signed out, and a service record is entered.
#[utoipa::path(tag = "service", security(("bearer" = ["sign_up"])), request_body = CheckInBody,
    params(("id" = Id, Path)), responses((status = 201, body = CheckedInView)))]
#[post("/v1/activities/{id}/check-in")]
pub async fn check_in(
    state: Shared,
    may: May<right::SignUp>,
    path: PathOf<Id>,
    ask: Ask<CheckInBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    let position = ask.body.position.map(Position::from);
    let CheckedIn { attendance, is_out, record } =
        state.services.check_in(&call, path.0, ask.body.code.into(), position).await?;
    Ok(HttpResponse::Created().json(CheckedInView { attendance, is_out, record }))
}

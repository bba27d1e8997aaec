//! `/v1/members/{id}/stars`: a member's stars as of any day, and granting one.

use crate::api::ledger::passbook::{merged_into, points};
use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{Ask, May, Or, PathOf, QueryOf, right};
use crate::api::web::fields::StarNumber;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{Answered, ReceiptView};
use crate::domain::id::Id;
use crate::domain::time::{Day, Moment};
use crate::services::stars::grants::StarsOf;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StarsQuery {
    /// As of the end of this day; left out, today.
    as_of: Option<Day>,
    known_at: Option<Moment>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantStarBody {
    scheme: Id,
    star: StarNumber,
    /// The day at whose end it had been reached; left out, today.
    as_of: Option<Day>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StarsView {
    items: Vec<StarView>,
    /// The file that stays, where the id is that of a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StarView {
    scheme: Id,
    scheme_name: String,
    scheme_version: i64,
    /// 0: none yet.
    star: u32,
    service_minutes: i64,
    lifetime_points: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<NextStarView>,
    /// In the language asked for.
    sentence: String,
    granted: Vec<GrantedStarView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct NextStarView {
    star: u32,
    minutes_missing: i64,
    points_missing: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GrantedStarView {
    star: i64,
    as_of: Day,
    granted_at: Moment,
    service_minutes: i64,
    lifetime_points: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<i64>,
}

fn star_view(row: StarsOf) -> StarView {
    let granted = row.granted.into_iter().map(|grant| GrantedStarView {
        star: grant.stars,
        as_of: grant.as_of,
        granted_at: grant.granted_at,
        service_minutes: grant.service_minutes,
        lifetime_points: points(grant.lifetime_points),
        entry: grant.entry_number,
    });
    StarView {
        scheme: row.scheme,
        scheme_name: row.scheme_name,
        scheme_version: row.scheme_version,
        star: row.standing.star,
        service_minutes: row.service_minutes,
        lifetime_points: points(row.lifetime_minor),
        next: row.standing.next.map(|next| NextStarView {
            star: next.star,
            minutes_missing: next.minutes_missing,
            points_missing: points(next.points_missing_minor),
        }),
        sentence: row.sentence,
        granted: granted.collect(),
    }
}

/// 星级 · the stars as of the end of any day, and what is missing to the next.
#[utoipa::path(tag = "passbook", security(("bearer" = ["read_stars"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path), StarsQuery), responses((status = 200, body = StarsView)))]
#[get("/v1/members/{id}/stars")]
pub async fn read_stars(
    state: Shared,
    request: HttpRequest,
    may: May<Or<right::ReadStars, right::ReadOwn>>,
    path: PathOf<Id>,
    query: QueryOf<StarsQuery>,
) -> Result<HttpResponse, ApiError> {
    let StarsQuery { as_of, known_at } = query.0;
    let rows = state.services.stars(&may.call(), path.0, as_of, known_at, language(&request)).await?;
    let merged_into = merged_into(&state, &may.actor, path.0).await?;
    Ok(HttpResponse::Ok().json(StarsView { items: rows.into_iter().map(star_view).collect(), merged_into }))
}

/// 授星 · grants a star that was reached at the end of a day.
#[utoipa::path(tag = "passbook", security(("bearer" = ["grant_stars"])), request_body = GrantStarBody,
    params(("id" = Id, Path)), responses((status = 201, body = ReceiptView)))]
#[post("/v1/members/{id}/stars")]
pub async fn grant_star(
    state: Shared,
    may: May<right::GrantStars>,
    path: PathOf<Id>,
    ask: Ask<GrantStarBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let GrantStarBody { scheme, star, as_of } = ask.body;
    Answered::created(state.services.grant_star(&call, path.0, scheme, star.get(), as_of).await?).respond()
}

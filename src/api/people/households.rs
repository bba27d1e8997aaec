//! `/v1/me/household`: the own household.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{May, right};
use crate::api::web::problem::ApiError;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

/// The caller's household, whose passbook is read under its id.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdView {
    id: Id,
    number: String,
    people: Vec<HousemateView>,
}

/// A person of the household. The names of others are masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct HousemateView {
    #[schema(example = "王**")]
    name: String,
    number: String,
    /// The caller.
    own: bool,
    /// 户主 · the household bears this person's name.
    head: bool,
}

/// 我家 · the household in which the caller lives, with its people.
#[utoipa::path(tag = "people", security(("bearer" = ["read_own"])),
    responses((status = 200, body = HouseholdView)))]
#[get("/v1/me/household")]
pub async fn read_own_household(state: Shared, may: May<right::ReadOwn>) -> Result<HttpResponse, ApiError> {
    let found = state.services.own_household(&may.call()).await?;
    let household = found.ok_or(Refusal::absent("household"))?;
    let people = household.people.into_iter().map(|one| HousemateView {
        name: one.name,
        number: one.number,
        own: one.is_caller,
        head: one.is_head,
    });
    let file = household.file;
    Ok(HttpResponse::Ok().json(HouseholdView { id: file.id, number: file.number, people: people.collect() }))
}

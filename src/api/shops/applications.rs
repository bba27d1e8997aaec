//! `/v1/shop-applications`: applications of new shops.

use crate::api::people::users::{MadeView, made};
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, Or, PathOf, right};
use crate::api::web::fields::{CreditCode, Note, RateText, Title};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::{self, Shown};
use crate::domain::id::Id;
use crate::domain::life_cycle::Step;
use crate::domain::life_cycles::APPROVE_SHOP;
use crate::domain::settlement::statement::SettlementModel;
use crate::domain::time::Moment;
use crate::services::shops::applications::{
    ShopApplicationAsk, ShopApplicationFilter, ShopApplicationRow, ShopApplicationSeen,
};
use crate::services::step::Params;
use crate::text_enum;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopApplicationBody {
    name: Title,
    /// The community that it wants to belong to; left out: that of its owner.
    org: Option<Id>,
    /// By staff for a member; left out: for oneself.
    owner_member: Option<Id>,
    model: SettlementModel,
    address: Title,
    /// 统一社会信用代码 · the code on its business licence, if it has one.
    credit_code: Option<CreditCode>,
    /// What it wants to give for points.
    goods: Note,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopApprovalBody {
    /// What the fund pays for one point, in fen; with donated goods nothing is paid.
    rate_fen: Option<RateText>,
}

text_enum! {
    ShopApplicationState {
        Applied = "applied",
        Approved = "approved",
        Declined = "declined",
        Withdrawn = "withdrawn",
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ShopApplicationQuery {
    #[param(inline)]
    state: Option<ShopApplicationState>,
    /// Only the caller's own.
    #[serde(default)]
    own: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ShopApplicationView {
    id: Id,
    name: String,
    org: Id,
    org_name: String,
    /// Whose shop it is.
    owner_member: Id,
    owner_name: String,
    model: String,
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_code: Option<String>,
    /// What it wants to give for points.
    goods: String,
    /// `applied`, `approved`, `declined`, `withdrawn`.
    state: String,
    applied_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Moment>,
    /// Why it was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The shop that was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant: Option<Id>,
    version: i64,
}

impl Row for ShopApplicationView {
    const TITLE: (&'static str, &'static str) = ("商家申请", "shop applications");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "name",
        "org",
        "org_name",
        "owner_member",
        "owner_name",
        "model",
        "address",
        "credit_code",
        "goods",
        "state",
        "applied_at",
        "decided_at",
        "reason",
        "merchant",
        "version",
    ];
}

fn view(seen: ShopApplicationSeen) -> ShopApplicationView {
    let ShopApplicationSeen { row, org, owner } = seen;
    ShopApplicationView {
        id: row.id,
        name: row.name,
        org: row.org_id,
        org_name: org,
        owner_member: row.owner_member_id,
        owner_name: owner,
        model: row.model,
        address: row.address,
        credit_code: row.credit_code,
        goods: row.goods,
        state: row.state,
        applied_at: row.made_at,
        decided_at: row.decided_at,
        reason: row.reason,
        merchant: row.merchant_id,
        version: row.version,
    }
}

type Readers = Or<right::ReadMerchants, right::ApplyForShop>;

/// 申请开店 · applies for a shop, which others decide on. At most three wait at a time.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["apply_for_shop"])), request_body = ShopApplicationBody,
    responses((status = 201, body = MadeView)))]
#[post("/v1/shop-applications")]
pub async fn apply_for_shop(
    state: Shared,
    may: May<right::ApplyForShop>,
    ask: Ask<ShopApplicationBody>,
) -> Result<HttpResponse, ApiError> {
    let (call, body) = (ask.keyed.call(&may.actor), ask.body);
    let application = ShopApplicationAsk {
        name: body.name.into(),
        org: body.org,
        owner_member: body.owner_member,
        model: body.model,
        address: body.address.into(),
        credit_code: body.credit_code.map(String::from),
        goods: body.goods.into(),
    };
    Ok(made(state.services.apply_for_shop(&call, application).await?))
}

/// 商家申请 · applications of new shops, newest first: all within reach, or the caller's own.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["read_merchants"]), ("bearer" = ["apply_for_shop"])),
    params(ShopApplicationQuery, OfDays, Paging), responses((status = 200, body = Page<ShopApplicationView>)))]
#[get("/v1/shop-applications")]
pub async fn list_shop_applications(
    state: Shared,
    may: May<Readers>,
    list: Listed<ShopApplicationQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let read = async move |part: Part| {
        let filter = ShopApplicationFilter {
            state: query.state.map(|state| state.as_str().to_owned()),
            days: part.days,
            before: part.after_as()?,
            ..ShopApplicationFilter::default()
        };
        let rows = state.services.shop_applications(&may.call(), filter, query.own, part.limit).await?;
        Ok(rows.into_iter().map(|one| (one.row.id.to_string(), view(one))).collect())
    };
    list.respond(read).await
}

/// 一份商家申请 · one of the caller's own, or one within reach.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["read_merchants"]), ("bearer" = ["apply_for_shop"])),
    params(("id" = Id, Path)), responses((status = 200, body = ShopApplicationView)))]
#[get("/v1/shop-applications/{id}")]
pub async fn read_shop_application(
    state: Shared,
    may: May<Readers>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(view(state.services.shop_application(&may.call(), path.0).await?)))
}

/// 同意开店 · opens the shop that was applied for, with the rate at which it is paid. Its owner gets a log-in by
/// `POST /v1/users` and `POST /v1/roles`.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_merchants"])), request_body = ShopApprovalBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[post("/v1/shop-applications/{id}/approve")]
pub async fn approve_shop(
    state: Shared,
    request: HttpRequest,
    may: May<right::WriteMerchants>,
    path: PathOf<Id>,
    ask: Ask<ShopApprovalBody>,
) -> Result<HttpResponse, ApiError> {
    let rate = ask.body.rate_fen.map(|rate| ("rate_fen".to_owned(), String::from(rate).into()));
    let step: (&'static Step, Id, Params) = (&APPROVE_SHOP, path.0, rate.into_iter().collect());
    steps::respond::<ShopApplicationRow>(&state, &request, &may.actor, &ask.keyed, step).await
}

impl Shown for ShopApplicationRow {}

//! `/v1/merchants` and `/v1/offers`: merchants, their offers, prices and stock.

use crate::api::people::users::{MadeView, made};
use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{Ask, May, PathOf, Seen, SignedIn, right};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::{
    Pieces, PointsText, Quantity, RateText, Reason, RequiredMinutes, Title, YuanText, or_none,
};
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{Answered, ReceiptView};
use crate::api::web::steps::{self, Shown};
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::life_cycles::{CLOSE_SHOP, OPEN_SHOP, PAUSE_SHOP, PUT_OFFER_ON, TAKE_OFFER_OFF};
use crate::domain::settlement::statement::SettlementModel;
use crate::domain::time::Day;
use crate::services::Call;
use crate::services::shops::merchants::MerchantRow;
use crate::services::shops::merchants::{
    MerchantAsk, MerchantChange, MerchantSeen, OfferAsk, OfferStanding, RateChange,
};
use crate::services::step::Params;
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MerchantBody {
    name: Title,
    org: Id,
    /// The volunteer who owns it: never redeems there.
    owner_member: Option<Id>,
    model: SettlementModel,
    /// What the fund pays for one point, in fen; with donated goods nothing is paid.
    rate_fen: Option<RateText>,
    /// 两人核对 · goods in above this value need a second person, stocktakes and write-offs always do. Left out: one
    /// person does.
    two_above: Option<YuanText>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MerchantChangeBody {
    name: Option<Title>,
    /// The volunteer who owns it from now on.
    owner_member: Option<Id>,
    /// 新单价 · what the fund pays for one point, in fen, for what is redeemed from `rate_from` on.
    rate_fen: Option<RateText>,
    /// The first day of the new rate; tomorrow at the earliest, and if left out.
    rate_from: Option<Day>,
    /// Goods in above this value need a second person, stocktakes and write-offs always do.
    two_above: Option<YuanText>,
    /// One person does from now on.
    #[serde(default)]
    no_two_above: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShopState {
    Open,
    Paused,
    Closed,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopStateBody {
    state: ShopState,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitWindow {
    Day,
    Month,
    Quarter,
    Year,
    All,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferBody {
    name: Title,
    unit_points: PointsText,
    /// Yuan beside the points, taken by the shop.
    unit_cash: Option<YuanText>,
    /// Goods have stock; services may have none.
    stocked: bool,
    /// At most so many pieces a member within `limit_window`.
    member_limit: Option<Quantity>,
    limit_window: Option<LimitWindow>,
    /// Only for members who have served so long.
    required_minutes: Option<RequiredMinutes>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    On,
    Off,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferChangeBody {
    unit_points: Option<PointsText>,
    state: Option<OfferState>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockBody {
    /// Pieces put on the shelf; less than 0 only at a stocktake.
    pieces: Pieces,
    /// 盘点 · corrects the shelf to what was counted; needs a reason.
    #[serde(default)]
    stocktake: bool,
    reason: Option<Reason>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MerchantView {
    id: Id,
    name: String,
    org: Id,
    /// How it is settled with: for those who look after the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// Fen for one point today: for those who look after the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_fen: Option<String>,
    /// The next rate that is agreed on, and its first day: for those who look after the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rate_fen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rate_from: Option<Day>,
    /// Goods in above this value need a second person: for those who look after the shop.
    #[serde(skip_serializing_if = "Option::is_none")]
    two_above: Option<String>,
    /// `open`, `paused` or `closed`.
    state: String,
    version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MerchantsView {
    items: Vec<MerchantView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OfferView {
    id: Id,
    merchant: Id,
    name: String,
    unit_points: String,
    unit_cash: String,
    stocked: bool,
    /// Pieces that can be taken now; absent where no stock is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    stock: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member_limit: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_window: Option<String>,
    required_minutes: i64,
    /// `on` or `off`.
    state: String,
    version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OffersView {
    items: Vec<OfferView>,
}

fn merchant_view(seen: MerchantSeen) -> MerchantView {
    let (row, next) = (seen.merchant, seen.next_rate.filter(|_| seen.settled));
    MerchantView {
        id: row.id,
        name: row.name,
        org: row.org_id,
        model: seen.settled.then_some(row.model),
        rate_fen: seen.settled.then(|| seen.rate.to_string()),
        next_rate_fen: next.map(|(_, rate)| rate.to_string()),
        next_rate_from: next.map(|(first_day, _)| first_day),
        two_above: row.two_above_fen.filter(|_| seen.settled).map(|fen| amount::format(fen, 2)),
        state: row.state,
        version: row.version,
    }
}

fn offer_view(standing: OfferStanding) -> OfferView {
    let row = standing.offer;
    OfferView {
        id: row.id,
        merchant: row.merchant_id,
        name: row.name,
        unit_points: amount::format(row.unit_points, 2),
        unit_cash: amount::format(row.unit_cash_fen, 2),
        stocked: row.stocked,
        stock: standing.stock,
        member_limit: row.member_limit,
        limit_window: row.limit_window,
        required_minutes: row.required_minutes,
        state: row.state,
        version: row.version,
    }
}

/// 商家 · the shops that take part, for every signed-in user; closed ones, and how a shop is settled with, for those
/// who look after it.
#[utoipa::path(tag = "redeeming", security(("bearer" = [])), responses((status = 200, body = MerchantsView)))]
#[get("/v1/merchants")]
pub async fn list_merchants(state: Shared, caller: SignedIn) -> Result<HttpResponse, ApiError> {
    let rows = state.services.merchants(&Call::of(caller.0)).await?;
    Ok(HttpResponse::Ok().json(MerchantsView { items: rows.into_iter().map(merchant_view).collect() }))
}

/// 新商家 · takes a shop into the bank.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_merchants"])), request_body = MerchantBody,
    responses((status = 201, body = MadeView)))]
#[post("/v1/merchants")]
pub async fn open_merchant(
    state: Shared,
    may: May<right::WriteMerchants>,
    ask: Ask<MerchantBody>,
) -> Result<HttpResponse, ApiError> {
    let MerchantBody { name, org, owner_member, model, rate_fen, two_above } = ask.body;
    let (rate, two_above_fen) = (rate_fen.as_ref().map(RateText::rate), two_above.map(|sum| sum.minor()));
    let merchant = MerchantAsk { name: name.into(), org, owner_member, model, rate, two_above_fen };
    Ok(made(state.services.open_merchant(&ask.keyed.call(&may.actor), merchant).await?))
}

/// 改商家 · changes a shop's name, owner or rate, or from which value on its goods need a second person, over the version
/// that was read (`If-Match`). Statements keep what they say; what was redeemed before the first day of a new rate is paid
/// by the rate of that day.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_merchants"])), request_body = MerchantChangeBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[patch("/v1/merchants/{id}")]
pub async fn change_merchant(
    state: Shared,
    may: May<right::WriteMerchants>,
    path: PathOf<Id>,
    seen: Seen,
    ask: Ask<MerchantChangeBody>,
) -> Result<HttpResponse, ApiError> {
    let MerchantChangeBody { name, owner_member, rate_fen, rate_from, two_above, no_two_above } = ask.body;
    if rate_from.is_some() && rate_fen.is_none() {
        return Err(fault("rate_fen", FieldFault::Missing));
    }
    let rate = rate_fen.map(|rate| RateChange { rate: rate.rate(), first_day: rate_from });
    let two_above_fen = or_none(no_two_above, two_above.map(|sum| sum.minor()));
    let change = MerchantChange { name: name.map(String::from), owner_member, rate, two_above_fen };
    state.services.change_merchant(&ask.keyed.call(&may.actor), path.0, seen.0, change).await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(super) fn fault(path: &str, fault: FieldFault) -> ApiError {
    FieldError::new(Place::Body, path, fault).into()
}

/// 暂停、恢复、关闭 · opens, pauses or closes a shop for redeeming.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_merchants"])), request_body = ShopStateBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[post("/v1/merchants/{id}/state")]
pub async fn set_merchant_state(
    state: Shared,
    request: HttpRequest,
    may: May<right::WriteMerchants>,
    path: PathOf<Id>,
    ask: Ask<ShopStateBody>,
) -> Result<HttpResponse, ApiError> {
    let step = match ask.body.state {
        ShopState::Open => &OPEN_SHOP,
        ShopState::Paused => &PAUSE_SHOP,
        ShopState::Closed => &CLOSE_SHOP,
    };
    let step = (step, path.0, Params::new());
    steps::respond::<MerchantRow>(&state, &request, &may.actor, &ask.keyed, step).await
}

/// 商品和服务 · a shop's offers, with price and stock.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["read_offers"])), params(("id" = Id, Path)),
    responses((status = 200, body = OffersView)))]
#[get("/v1/merchants/{id}/offers")]
pub async fn list_offers(
    state: Shared,
    may: May<right::ReadOffers>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let rows = state.services.offers(&may.call(), path.0).await?;
    Ok(HttpResponse::Ok().json(OffersView { items: rows.into_iter().map(offer_view).collect() }))
}

/// 上架 · puts an offer up.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_offers"])), request_body = OfferBody,
    params(("id" = Id, Path)), responses((status = 201, body = MadeView)))]
#[post("/v1/merchants/{id}/offers")]
pub async fn open_offer(
    state: Shared,
    may: May<right::WriteOffers>,
    path: PathOf<Id>,
    ask: Ask<OfferBody>,
) -> Result<HttpResponse, ApiError> {
    let body = ask.body;
    if body.limit_window.is_some() && body.member_limit.is_none() {
        return Err(fault("member_limit", FieldFault::Missing));
    }
    let window = body.limit_window.map(|window| match window {
        LimitWindow::Day => "day",
        LimitWindow::Month => "month",
        LimitWindow::Quarter => "quarter",
        LimitWindow::Year => "year",
        LimitWindow::All => "all",
    });
    let offer = OfferAsk {
        merchant: path.0,
        name: body.name.into(),
        unit_points: body.unit_points.minor(),
        unit_cash_fen: body.unit_cash.map_or(0, |cash| cash.minor()),
        stocked: body.stocked,
        member_limit: body.member_limit.map(Quantity::get),
        limit_window: window.map(str::to_owned),
        required_minutes: body.required_minutes.map_or(0, RequiredMinutes::get),
    };
    Ok(made(state.services.open_offer(&ask.keyed.call(&may.actor), offer).await?))
}

/// 调价、下架 · a new price, or on and off, over the version that was read (`If-Match`).
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_offers"])), request_body = OfferChangeBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[patch("/v1/offers/{id}")]
pub async fn change_offer(
    state: Shared,
    may: May<right::WriteOffers>,
    path: PathOf<Id>,
    seen: Seen,
    ask: Ask<OfferChangeBody>,
) -> Result<HttpResponse, ApiError> {
    let points = ask.body.unit_points.map(|points| points.minor());
    let wanted = ask.body.state.map(|state| match state {
        OfferState::On => &PUT_OFFER_ON,
        OfferState::Off => &TAKE_OFFER_OFF,
    });
    state.services.change_offer(&ask.keyed.call(&may.actor), path.0, seen.0, points, wanted).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 进货、盘点 · puts pieces on the shelf, or corrects it to what was counted.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_offers"])), request_body = StockBody,
    params(("id" = Id, Path)), responses((status = 201, body = ReceiptView)))]
#[post("/v1/offers/{id}/stock")]
pub async fn move_stock(
    state: Shared,
    request: HttpRequest,
    may: May<right::WriteOffers>,
    path: PathOf<Id>,
    ask: Ask<StockBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let StockBody { pieces, stocktake, reason } = ask.body;
    if pieces.get() <= 0 && !stocktake || pieces.get() == 0 {
        return Err(fault("pieces", FieldFault::NotPositive));
    }
    if stocktake && reason.is_none() {
        return Err(fault("reason", FieldFault::Missing));
    }
    let reason = reason.map(String::from);
    let done = state.services.move_stock(&call, path.0, pieces.get(), stocktake, reason).await?;
    let held = done.receipt.owed.iter().map(|row| row.left).sum::<i64>();
    let answer = Answered::created(done);
    if held == 0 {
        return answer.respond();
    }
    let notice = language(&request).pick(
        format!("已按清点数入账：但有 {held} 件正被预留，暂时留在库存里。请尽快交付或取消那些兑换，再盘点一次。"),
        format!(
            "Entered as counted, but {held} pieces are on hold and stay on the shelf for now: hand them over or cancel \
             those redemptions, then count again."
        ),
    );
    answer.with("held", held).with("notice", notice).respond()
}

impl Shown for MerchantRow {}

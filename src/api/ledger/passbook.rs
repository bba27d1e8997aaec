//! `/v1/members/{id}/…`: what stands on a passbook, for the member and for who reads members.

use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{Ask, May, Or, PathOf, QueryOf, right};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::StarNumber;
use crate::api::web::page::{Listed, OfDays, Paging, Part};
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{Answered, ReceiptView};
use crate::api::web::sheet::Row;
use crate::auth::permissions::Actor;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::ledger::account::Lot;
use crate::domain::ledger::asset::Asset;
use crate::domain::time::{Day, Moment};
use crate::services::ledger::passbook::{AsOf, Balance, PassbookLine, StarsOf};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhenQuery {
    /// As of this moment of effective time, itself included.
    #[serde(default)]
    as_of: Option<Moment>,
    /// As it was known at this moment: without what was recorded later.
    #[serde(default)]
    known_at: Option<Moment>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PassbookQuery {
    /// `POINT` unless another is asked for.
    #[serde(default)]
    asset: Option<Asset>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StarsQuery {
    /// As of the end of this day; left out, today.
    #[serde(default)]
    as_of: Option<Day>,
    #[serde(default)]
    known_at: Option<Moment>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantStarBody {
    scheme: Id,
    star: StarNumber,
    /// The day at whose end it had been reached; left out, today.
    #[serde(default)]
    as_of: Option<Day>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceView {
    account: Id,
    asset: String,
    balance: String,
    /// What may be spent now; not told for the past.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<String>,
    /// 待追回 · what is still to be given back, if anything: see `/v1/members/{id}/owed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    owed: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BalancesView {
    items: Vec<BalanceView>,
    /// The file that stays, where the id is that of a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PassbookLineView {
    entry: i64,
    /// Why: `award`, `redemption`, `refund`, `lot_expired` …
    kind: String,
    /// Above zero: in. Below: out.
    amount: String,
    balance: String,
    effective_at: Moment,
    recorded_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

/// A page of a passbook.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassbookPage {
    items: Vec<PassbookLineView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// The file that stays, where the id is that of a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LotView {
    amount: String,
    left: String,
    /// Part of what is left that holds have reserved.
    reserved: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Moment>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LotsView {
    /// In the order in which they are spent.
    items: Vec<LotView>,
    /// The file that stays, where the id is that of a duplicate.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<Id>,
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

impl Row for PassbookLineView {
    const TITLE: (&'static str, &'static str) = ("存折", "passbook");
    const COLUMNS: &'static [&'static str] =
        &["entry", "kind", "amount", "balance", "effective_at", "recorded_at", "source"];
}

fn points(minor: i64) -> String {
    amount::format(minor, 2)
}

fn balance_view(row: Balance) -> BalanceView {
    let text = |minor| amount::format(minor, row.asset.decimals());
    BalanceView {
        account: row.account,
        asset: row.asset.to_string(),
        balance: text(row.balance),
        available: row.available.map(text),
        pending: row.pending.map(text),
        owed: (row.owed != 0).then(|| text(row.owed)),
    }
}

fn lot_view(lot: Lot) -> LotView {
    LotView {
        amount: points(lot.amount),
        left: points(lot.remaining),
        reserved: points(lot.earmarked),
        expires_at: lot.expires_at,
    }
}

fn star_view(row: StarsOf) -> StarView {
    let granted = row.granted.into_iter().map(|grant| GrantedStarView {
        star: grant.star,
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

type Readers = Or<right::ReadMembers, right::ReadOwn>;

/// 余额 · balances of points, lifetime points, minutes and scores: now, as of a past moment, or as known at another.
#[utoipa::path(tag = "passbook", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path), WhenQuery), responses((status = 200, body = BalancesView)))]
#[get("/v1/members/{id}/accounts")]
pub async fn list_balances(
    state: Shared,
    may: May<Readers>,
    path: PathOf<Id>,
    query: QueryOf<WhenQuery>,
) -> Result<HttpResponse, ApiError> {
    let when = AsOf { as_of: query.0.as_of, known_at: query.0.known_at };
    let rows = state.services.balances(&may.call(), path.0, when).await?;
    let merged_into = merged_into(&state, &may.actor, path.0).await?;
    let items = rows.into_iter().map(balance_view).collect();
    Ok(HttpResponse::Ok().json(BalancesView { items, merged_into }))
}

/// 存折 · what came in and went out, newest first, of the days on which it took effect.
#[utoipa::path(tag = "passbook", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path), PassbookQuery, OfDays, Paging), responses((status = 200, body = PassbookPage)))]
#[get("/v1/members/{id}/passbook")]
pub async fn read_passbook(
    state: Shared,
    may: May<Readers>,
    path: PathOf<Id>,
    list: Listed<PassbookQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let asset = query.asset.unwrap_or(Asset::Point);
    let view = move |line: PassbookLine| PassbookLineView {
        entry: line.entry,
        amount: amount::format(line.amount, asset.decimals()),
        balance: amount::format(line.balance, asset.decimals()),
        kind: line.kind,
        effective_at: line.effective_at,
        recorded_at: line.recorded_at,
        source: line.source,
    };
    let (services, call) = (state.services.clone(), may.call());
    let read = async move |part: Part| {
        let before = part.after.as_deref().map(place).transpose()?;
        let lines = services.passbook(&call, path.0, asset, part.days, before, part.limit).await?;
        Ok(lines.into_iter().map(|line| (format!("{}.{}", line.entry, line.leg), view(line))).collect())
    };
    if list.is_sheet() {
        return list.sheet(read).await;
    }
    let merged_into = merged_into(&state, &may.actor, path.0).await?;
    let (mut answer, page) = list.page(read).await?;
    Ok(answer.json(PassbookPage { items: page.items, next: page.next, merged_into }))
}

/// Said beside what a read of a duplicate's id tells: it is of the file that stays.
async fn merged_into(state: &Shared, actor: &Actor, id: Id) -> Result<Option<Id>, ApiError> {
    Ok(state.services.merged_into(actor.bank, id).await?)
}

/// Entry and leg of a cursor.
fn place(text: &str) -> Result<(i64, i64), ApiError> {
    let read = text.split_once('.').and_then(|(entry, leg)| Some((entry.parse().ok()?, leg.parse().ok()?)));
    read.ok_or_else(|| FieldError::new(Place::Query, "cursor", FieldFault::BadCursor).into())
}

/// 积分批次 · points by the day on which they run out.
#[utoipa::path(tag = "passbook", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path)), responses((status = 200, body = LotsView)))]
#[get("/v1/members/{id}/lots")]
pub async fn list_lots(state: Shared, may: May<Readers>, path: PathOf<Id>) -> Result<HttpResponse, ApiError> {
    let rows = state.services.lots(&may.call(), path.0).await?;
    let merged_into = merged_into(&state, &may.actor, path.0).await?;
    Ok(HttpResponse::Ok().json(LotsView { items: rows.into_iter().map(lot_view).collect(), merged_into }))
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

//! `/v1/members/{id}/…`: balances, passbook and lots, for the member, their proxies, and staff who may read members.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{AnyOf, May, PathOf, QueryOf, right};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::page::{Listed, OfDays, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::auth::permissions::Actor;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::ledger::account::Lot;
use crate::domain::ledger::asset::Asset;
use crate::domain::time::Moment;
use crate::services::ledger::passbook::{AsOf, Balance, PassbookLine};
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WhenQuery {
    /// As of this moment of effective time, itself included.
    as_of: Option<Moment>,
    /// As it was known at this moment: without what was recorded later.
    known_at: Option<Moment>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PassbookQuery {
    /// `POINT` unless another is asked for.
    asset: Option<Asset>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceView {
    account: Id,
    asset: String,
    balance: String,
    /// What may be spent now; absent for the past.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending: Option<String>,
    /// 待追回 · what is still owed, if anything: see `/v1/members/{id}/owed`.
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

impl Row for PassbookLineView {
    const TITLE: (&'static str, &'static str) = ("存折", "passbook");
    const COLUMNS: &'static [&'static str] =
        &["entry", "kind", "amount", "balance", "effective_at", "recorded_at", "source"];
}

pub(in crate::api) fn points(minor: i64) -> String {
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

type Readers = AnyOf<right::ReadMembers, right::ReadOwn, right::ActForMembers>;

/// 余额 · balances of points, lifetime points, minutes and scores: now, as of a past moment, or as known at another.
#[utoipa::path(tag = "passbook", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"]), ("bearer" = ["act_for_members"])),
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
#[utoipa::path(tag = "passbook", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"]), ("bearer" = ["act_for_members"])),
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
    if let Some(form) = list.wanted_sheet() {
        return list.sheet(form, read).await;
    }
    let merged_into = merged_into(&state, &may.actor, path.0).await?;
    let (mut answer, page) = list.page(read).await?;
    Ok(answer.json(PassbookPage { items: page.items, next: page.next, merged_into }))
}

/// The file that stays, if the id of the request is that of a merged duplicate; answers carry it as `merged_into`.
pub(in crate::api) async fn merged_into(
    state: &Shared,
    actor: &Actor,
    id: Id,
) -> Result<Option<Id>, ApiError> {
    Ok(state.services.merged_into(actor.bank, id).await?)
}

/// Parses a cursor into entry and leg.
fn place(text: &str) -> Result<(i64, i64), ApiError> {
    let read = text.split_once('.').and_then(|(entry, leg)| Some((entry.parse().ok()?, leg.parse().ok()?)));
    read.ok_or_else(|| FieldError::new(Place::Query, "cursor", FieldFault::BadCursor).into())
}

/// 积分批次 · points by the day on which they run out.
#[utoipa::path(tag = "passbook", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"]), ("bearer" = ["act_for_members"])),
    params(("id" = Id, Path)), responses((status = 200, body = LotsView)))]
#[get("/v1/members/{id}/lots")]
pub async fn list_lots(state: Shared, may: May<Readers>, path: PathOf<Id>) -> Result<HttpResponse, ApiError> {
    let rows = state.services.lots(&may.call(), path.0).await?;
    let merged_into = merged_into(&state, &may.actor, path.0).await?;
    Ok(HttpResponse::Ok().json(LotsView { items: rows.into_iter().map(lot_view).collect(), merged_into }))
}

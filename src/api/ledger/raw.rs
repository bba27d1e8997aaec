//! `/v1/ledger`: writes to the raw ledger, for the ledger operator.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, Keyed, May, PathOf, right};
use crate::api::web::faults::Place;
use crate::api::web::faults::{FieldError, FieldFault};
use crate::api::web::fields::{AnyAmount, EntryNumber, HoldSeconds, PostingNumber, SignedAmount};
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{Answered, ReceiptView};
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::ledger::Leg;
use actix_web::{HttpResponse, post};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAccountBody {
    owner_kind: OwnerKind,
    owner: Id,
    asset: Asset,
    #[serde(default = "main_purpose")]
    purpose: Purpose,
    /// The balance may not fall below this; `null`: no floor. Left out: 0 for holders, none for the bank.
    floor: Option<SignedAmount>,
    #[serde(default)]
    no_floor: bool,
    ceiling: Option<SignedAmount>,
}

fn main_purpose() -> Purpose {
    Purpose::Main
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldBody {
    debit_account: Id,
    credit_account: Id,
    amount: AnyAmount,
    expires_in_seconds: Option<HoldSeconds>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureBody {
    /// Left out: all that is left. 0 releases everything.
    amount: Option<SignedAmount>,
    #[serde(default)]
    keep_open: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseBody {
    /// Left out: all that is left of the entry.
    amount: Option<AnyAmount>,
    /// Of which leg `amount` is taken back.
    posting: Option<PostingNumber>,
    #[serde(default)]
    up_to: bool,
}

pub(in crate::api) fn fault(path: &str, fault: FieldFault) -> ApiError {
    FieldError::new(Place::Body, path, fault).into()
}

/// The asset in which an account's amounts are written.
async fn asset_of(
    state: &Shared,
    actor: &crate::auth::permissions::Actor,
    account: Id,
) -> Result<Asset, ApiError> {
    let found = state.services.account_asset(actor, account).await?;
    // The ledger refuses an unknown account, under the key; until then its amount is read as points.
    Ok(found.unwrap_or(Asset::Point))
}

pub(in crate::api) fn positive(amount: &AnyAmount, asset: Asset, path: &str) -> Result<i64, ApiError> {
    match amount.minor(asset, path)? {
        minor if minor > 0 => Ok(minor),
        _ => Err(fault(path, FieldFault::NotPositive)),
    }
}

pub(in crate::api) fn not_negative(amount: &SignedAmount, asset: Asset, path: &str) -> Result<i64, ApiError> {
    match amount.minor(asset, path)? {
        minor if minor >= 0 => Ok(minor),
        _ => Err(fault(path, FieldFault::TooSmall { least: 0 })),
    }
}

/// 开户 · opens an account that must not exist yet.
#[utoipa::path(tag = "ledger", security(("bearer" = ["operate_ledger"])), request_body = OpenAccountBody,
    responses((status = 201, body = ReceiptView)))]
#[post("/v1/ledger/accounts")]
pub async fn open_ledger_account(
    state: Shared,
    may: May<right::OperateLedger>,
    ask: Ask<OpenAccountBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let body = ask.body;
    let mut terms = AccountTerms::usual(body.owner_kind, body.owner, body.asset, body.purpose);
    // The account starts at zero, which must be within both bounds.
    if let Some(floor) = &body.floor {
        let floor = floor.minor(body.asset, "floor")?;
        if floor > 0 {
            return Err(fault("floor", FieldFault::TooLarge { most: 0 }));
        }
        terms.floor = Some(floor);
    }
    if body.no_floor {
        terms.floor = None;
    }
    if let Some(ceiling) = &body.ceiling {
        terms.ceiling = Some(not_negative(ceiling, body.asset, "ceiling")?);
    }
    let id = terms.id;
    let done = state.services.open_account(&call, terms).await?;
    Answered::created(done).with("account", id.to_string()).respond()
}

/// 预留 · reserves an amount until it is captured, voided or runs out.
#[utoipa::path(tag = "ledger", security(("bearer" = ["operate_ledger"])), request_body = HoldBody,
    responses((status = 201, body = ReceiptView)))]
#[post("/v1/ledger/holds")]
pub async fn open_ledger_hold(
    state: Shared,
    may: May<right::OperateLedger>,
    ask: Ask<HoldBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let body = ask.body;
    let asset = asset_of(&state, &may.actor, body.debit_account).await?;
    let amount = positive(&body.amount, asset, "amount")?;
    let legs = vec![Leg::plain(body.debit_account, body.credit_account, amount)];
    let seconds = body.expires_in_seconds.map(|seconds| seconds.get());
    let done = state.services.hold(&call, legs, seconds, Vec::new()).await?;
    Answered::created(done).respond()
}

/// 确认 · posts what a hold reserved.
#[utoipa::path(tag = "ledger", security(("bearer" = ["operate_ledger"])), request_body = CaptureBody, params(("id" = Id, Path)),
    responses((status = 200, body = ReceiptView)))]
#[post("/v1/ledger/holds/{id}/capture")]
pub async fn capture_ledger_hold(
    state: Shared,
    may: May<right::OperateLedger>,
    path: PathOf<Id>,
    ask: Ask<CaptureBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let amounts = match &ask.body.amount {
        None => None,
        Some(amount) => {
            let asset = state.services.hold_asset(&may.actor, path.0).await?.unwrap_or(Asset::Point);
            Some(vec![not_negative(amount, asset, "amount")?])
        }
    };
    let done = state.services.capture(&call, path.0, amounts, ask.body.keep_open).await?;
    Answered::ok(done).respond()
}

/// 撤销 · gives back everything that a hold still reserves.
#[utoipa::path(tag = "ledger", security(("bearer" = ["operate_ledger"])), params(("id" = Id, Path)),
    responses((status = 200, body = ReceiptView)))]
#[post("/v1/ledger/holds/{id}/void")]
pub async fn void_ledger_hold(
    state: Shared,
    may: May<right::OperateLedger>,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    let call = keyed.money_call(&may.actor)?;
    let done = state.services.void(&call, path.0).await?;
    Answered::ok(done).respond()
}

/// 冲正 · takes back an entry, in whole or in part.
#[utoipa::path(tag = "ledger", security(("bearer" = ["operate_ledger"])), request_body = ReverseBody,
    params(("number" = EntryNumber, Path)),
    responses((status = 201, body = ReceiptView)))]
#[post("/v1/ledger/entries/{number}/reverse")]
pub async fn reverse_ledger_entry(
    state: Shared,
    may: May<right::OperateLedger>,
    path: PathOf<i64>,
    ask: Ask<ReverseBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let amounts = match (&ask.body.amount, &ask.body.posting) {
        (None, _) => None,
        (Some(amount), posting) => {
            let leg = posting.as_ref().map_or(0, |posting| i32::try_from(posting.get()).unwrap_or(i32::MAX));
            let asset = state.services.entry_asset(&may.actor, path.0, leg).await?.unwrap_or(Asset::Point);
            Some(BTreeMap::from([(leg, positive(amount, asset, "amount")?)]))
        }
    };
    let done = state.services.reverse_entry(&call, path.0, amounts, ask.body.up_to).await?;
    Answered::created(done).respond()
}

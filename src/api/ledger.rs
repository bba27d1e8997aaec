//! `/v1/ledger`: the raw ledger, for the ledger operator; reading for the auditor too.

use super::edge::Shared;
use super::extract::{Ask, Keyed, May, PathOf, QueryOf, right};
use super::faults::Place;
use super::faults::{FieldError, FieldFault};
use super::fields::{AnyAmount, Code, EntryNumber, HoldSeconds, PageLimit, PostingNumber, SignedAmount};
use super::problem::ApiError;
use super::receipt::{Answered, ReceiptView};
use crate::domain::account::{Account, AccountTerms, OwnerKind, Purpose};
use crate::domain::asset::Asset;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::ledger::Leg;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAccountBody {
    #[schema(value_type = String, example = "person", pattern = "^(person|household|branch|unit|team|merchant|organisation|bank)$", max_length = 12)]
    owner_kind: OwnerKind,
    #[schema(value_type = String, format = Uuid)]
    owner: Id,
    #[schema(value_type = String, example = "POINT", max_length = 42)]
    asset: Asset,
    #[serde(default = "main_purpose")]
    #[schema(value_type = String, example = "main", max_length = 12)]
    purpose: Purpose,
    /// The balance may not fall below this; `null`: no floor. Left out: 0 for holders, none for the bank.
    #[serde(default)]
    floor: Option<SignedAmount>,
    #[serde(default)]
    no_floor: bool,
    #[serde(default)]
    ceiling: Option<SignedAmount>,
}

fn main_purpose() -> Purpose {
    Purpose::Main
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldBody {
    #[schema(value_type = String, format = Uuid)]
    debit_account: Id,
    #[schema(value_type = String, format = Uuid)]
    credit_account: Id,
    amount: AnyAmount,
    #[serde(default)]
    expires_in_seconds: Option<HoldSeconds>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaptureBody {
    /// Left out: all that is left. 0 releases everything.
    #[serde(default)]
    amount: Option<SignedAmount>,
    #[serde(default)]
    keep_open: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseBody {
    /// Left out: all that is left of the entry.
    #[serde(default)]
    amount: Option<AnyAmount>,
    /// Of which leg `amount` is taken back.
    #[serde(default)]
    posting: Option<PostingNumber>,
    #[serde(default)]
    up_to: bool,
}

pub(super) fn fault(path: &str, fault: FieldFault) -> ApiError {
    FieldError::new(Place::Body, path, fault).into()
}

/// The asset in which an account's amounts are written.
async fn asset_of(
    state: &Shared,
    actor: &crate::auth::permissions::Actor,
    account: Id,
) -> Result<Asset, ApiError> {
    let found = state.services.account_asset(actor, account).await?;
    // An unknown account is the ledger's to refuse, under the key; its amount is read as points.
    Ok(found.unwrap_or(Asset::Point))
}

pub(super) fn positive(amount: &AnyAmount, asset: Asset, path: &str) -> Result<i64, ApiError> {
    match amount.minor(asset, path)? {
        minor if minor > 0 => Ok(minor),
        _ => Err(fault(path, FieldFault::NotPositive)),
    }
}

pub(super) fn not_negative(amount: &SignedAmount, asset: Asset, path: &str) -> Result<i64, ApiError> {
    match amount.minor(asset, path)? {
        minor if minor >= 0 => Ok(minor),
        _ => Err(fault(path, FieldFault::TooSmall { least: 0 })),
    }
}

/// Opens an account that must not exist yet.
#[utoipa::path(tag = "ledger", request_body = OpenAccountBody,
    responses((status = 201, body = ReceiptView), (status = "4XX", description = "problem+json")))]
#[post("/v1/ledger/accounts")]
pub async fn open_ledger_account(
    state: Shared,
    may: May<right::OperateLedger>,
    ask: Ask<OpenAccountBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let body = ask.body;
    let mut terms = AccountTerms::usual(body.owner_kind, body.owner, body.asset, body.purpose);
    if let Some(floor) = &body.floor {
        terms.floor = Some(floor.minor(body.asset, "floor")?);
    }
    if body.no_floor {
        terms.floor = None;
    }
    if let Some(ceiling) = &body.ceiling {
        terms.ceiling = Some(ceiling.minor(body.asset, "ceiling")?);
    }
    let id = terms.id;
    let done = state.services.open_account(&call, terms).await?;
    Answered::created(done).with("account", id.to_string()).respond()
}

/// Reserves an amount until it is captured, voided or runs out.
#[utoipa::path(tag = "ledger", request_body = HoldBody,
    responses((status = 201, body = ReceiptView), (status = "4XX", description = "problem+json")))]
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

/// Posts what a hold reserved.
#[utoipa::path(tag = "ledger", request_body = CaptureBody, params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = ReceiptView), (status = "4XX", description = "problem+json")))]
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

/// Gives back everything that a hold still reserves.
#[utoipa::path(tag = "ledger", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = ReceiptView), (status = "4XX", description = "problem+json")))]
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

/// Takes back an entry, in whole or in part.
#[utoipa::path(tag = "ledger", request_body = ReverseBody,
    params(("number" = i64, Path, minimum = 1, maximum = 9007199254740991_i64)),
    responses((status = 201, body = ReceiptView), (status = "4XX", description = "problem+json")))]
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

/// An account as it can be used now. Amounts as decimal text.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    id: String,
    owner_kind: String,
    owner: String,
    asset: String,
    purpose: String,
    status: String,
    balance: String,
    pending_debits: String,
    pending_credits: String,
    /// What may be spent; absent without a floor.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor: Option<String>,
}

impl AccountView {
    pub fn of(account: &Account, pending: (i64, i64), available: Option<i64>) -> Self {
        let asset = account.terms.asset;
        let text = |minor| crate::domain::amount::format(minor, asset.decimals());
        AccountView {
            id: account.terms.id.to_string(),
            owner_kind: account.terms.owner_kind.to_string(),
            owner: account.terms.owner.to_string(),
            asset: asset.to_string(),
            purpose: account.terms.purpose.to_string(),
            status: account.status.to_string(),
            balance: text(account.balance()),
            pending_debits: text(pending.0),
            pending_credits: text(pending.1),
            available: available.map(text),
            floor: account.terms.floor.map(text),
        }
    }
}

/// One account.
#[utoipa::path(tag = "ledger", params(("id" = String, Path, format = Uuid)),
    responses((status = 200, body = AccountView), (status = "4XX", description = "problem+json")))]
#[get("/v1/ledger/accounts/{id}")]
pub async fn read_ledger_account(
    state: Shared,
    may: May<right::ReadLedger>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let standing = state.services.standing(&may.actor, path.0).await?;
    let standing = standing.ok_or(ApiError::from(Refusal::AccountNotFound { account: path.0 }))?;
    let pending = (standing.debits_pending, standing.credits_pending);
    Ok(HttpResponse::Ok().json(AccountView::of(&standing.account, pending, standing.available)))
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EntriesQuery {
    #[serde(default)]
    limit: Option<PageLimit>,
    /// Entries below this number, newest first.
    #[serde(default)]
    before: Option<EntryNumber>,
    #[serde(default)]
    key: Option<Code>,
    #[serde(default)]
    source: Option<Code>,
    #[serde(default)]
    #[param(value_type = Option<String>, format = Uuid)]
    actor: Option<Id>,
    #[serde(default)]
    #[param(value_type = Option<String>, format = Uuid)]
    account: Option<Id>,
}

/// Entries, newest first, found by key, source, actor or account.
#[utoipa::path(tag = "ledger", params(EntriesQuery),
    responses((status = 200, description = "items and next"), (status = "4XX", description = "problem+json")))]
#[get("/v1/ledger/entries")]
pub async fn list_ledger_entries(
    state: Shared,
    may: May<right::ReadLedger>,
    query: QueryOf<EntriesQuery>,
) -> Result<HttpResponse, ApiError> {
    let query = query.0;
    let filter = crate::services::ledger::EntryFilter {
        before: query.before.map(|n| n.get()),
        key: query.key.map(|k| k.as_str().to_owned()),
        source: query.source.map(|s| s.as_str().to_owned()),
        actor: query.actor,
        account: query.account,
        kind: None,
    };
    let limit = query.limit.map_or(50, |limit| limit.get());
    let entries = state.services.entries(&may.actor, filter, limit).await?;
    let next = entries.last().filter(|_| i64::try_from(entries.len()) == Ok(limit)).map(|entry| entry.number);
    let items: Vec<_> = entries.iter().map(super::receipt::EntryView::of).collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": next })))
}

/// Number and hash of the last entry.
#[utoipa::path(tag = "ledger", responses((status = 200, description = "number and hash")))]
#[get("/v1/ledger/heads")]
pub async fn read_ledger_head(state: Shared, may: May<right::ReadLedger>) -> Result<HttpResponse, ApiError> {
    let head = state.services.head(&may.actor).await?;
    let body = serde_json::json!({
        "number": head.number, "hash": hex::encode(head.hash), "recorded_at": head.recorded_at,
        "closed_until": head.closed_until,
    });
    Ok(HttpResponse::Ok().json(body))
}

/// Sums of all accounts per asset.
#[utoipa::path(tag = "ledger", responses((status = 200, description = "sums per asset")))]
#[get("/v1/ledger/trial-balance")]
pub async fn read_trial_balance(
    state: Shared,
    may: May<right::ReadLedger>,
) -> Result<HttpResponse, ApiError> {
    let rows = state.services.trial_balance(&may.actor).await?;
    let items = rows.into_iter().map(|(asset, debits, credits, debits_pending, credits_pending)| {
        let decimals = asset.parse::<Asset>().map_or(0, Asset::decimals);
        let text = |minor| crate::domain::amount::format(minor, decimals);
        serde_json::json!({
            "asset": asset, "debits_posted": text(debits), "credits_posted": text(credits),
            "debits_pending": text(debits_pending), "credits_pending": text(credits_pending),
        })
    });
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items.collect::<Vec<_>>() })))
}

/// Recomputes the whole ledger and compares everything stored.
#[utoipa::path(tag = "ledger", responses((status = 200, description = "what was seen, and the first fault")))]
#[post("/v1/ledger/verify")]
pub async fn verify_ledger(state: Shared, may: May<right::VerifyLedger>) -> Result<HttpResponse, ApiError> {
    let verified = state.services.verify(&may.actor).await?;
    Ok(HttpResponse::Ok().json(verified))
}

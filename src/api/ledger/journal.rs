//! `/v1/ledger`, read by the auditor and the ledger operator: accounts, holds, entries, the head of the chain.

use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{Keyed, May, PathOf, right};
use crate::api::web::fields::{Code, EntryNumber, KeyText};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{EntryView, HoldView};
use crate::api::web::sheet::Row;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::ledger::account::{Account, AccountStatus, HoldState, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Entry, EntryKind};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::services::Error;
use crate::services::ledger::raw::EntryFilter;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
    /// What may be spent; absent without a minimum balance.
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

/// 一个账户 · one account as it can be used now.
#[utoipa::path(tag = "ledger", security(("bearer" = ["read_ledger"])), params(("id" = Id, Path)),
    responses((status = 200, body = AccountView)))]
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

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AccountsQuery {
    asset: Option<Asset>,
    /// All balances of one snapshot: right after the entry with this number.
    at: Option<EntryNumber>,
}

/// An account in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountLineView {
    id: Id,
    owner_kind: OwnerKind,
    owner: Id,
    asset: Asset,
    purpose: Purpose,
    status: AccountStatus,
    balance: String,
    opened_entry: i64,
}

impl Row for AccountLineView {
    const TITLE: (&'static str, &'static str) = ("账户", "accounts");
    const COLUMNS: &'static [&'static str] =
        &["id", "owner_kind", "owner", "asset", "purpose", "status", "balance", "opened_entry"];
}

impl Row for HoldView {
    const TITLE: (&'static str, &'static str) = ("预留", "holds");
    const AT_ONCE: i64 = 200;
    const COLUMNS: &'static [&'static str] = &["id", "state", "expires_at", "legs"];
}

impl Row for EntryView {
    const TITLE: (&'static str, &'static str) = ("分录", "entries");
    const AT_ONCE: i64 = 200;
    const COLUMNS: &'static [&'static str] = &[
        "number",
        "kind",
        "effective_at",
        "recorded_at",
        "actor",
        "source",
        "metadata",
        "reverses",
        "postings",
        "effects",
        "hash",
    ];
}

/// 账户 · all accounts with their balances, now or right after an entry.
#[utoipa::path(tag = "ledger", security(("bearer" = ["read_ledger"])), params(AccountsQuery, Paging),
    responses((status = 200, body = Page<AccountLineView>)))]
#[get("/v1/ledger/accounts")]
pub async fn list_ledger_accounts(
    state: Shared,
    may: May<right::ReadLedger>,
    list: Listed<AccountsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let (asset, at) = (query.asset, query.at.map(EntryNumber::get));
    let view = |(account, balance): (Account, i64)| AccountLineView {
        id: account.terms.id,
        owner_kind: account.terms.owner_kind,
        owner: account.terms.owner,
        asset: account.terms.asset,
        purpose: account.terms.purpose,
        status: account.status,
        balance: crate::domain::amount::format(balance, account.terms.asset.decimals()),
        opened_entry: account.opened_entry,
    };
    let read = async move |part: Part| {
        let rows = state.services.accounts(&may.actor, asset, at, part.after_as()?, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.0.terms.id.to_string(), view(row))).collect())
    };
    list.respond(read).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct HoldsQuery {
    account: Option<Id>,
    state: Option<HoldState>,
}

/// 预留 · holds by id, of one account, in one state, or opened on some days.
#[utoipa::path(tag = "ledger", security(("bearer" = ["read_ledger"])), params(HoldsQuery, OfDays, Paging),
    responses((status = 200, body = Page<HoldView>)))]
#[get("/v1/ledger/holds")]
pub async fn list_ledger_holds(
    state: Shared,
    may: May<right::ReadLedger>,
    list: Listed<HoldsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query: HoldsQuery { account, state: wanted }, list } = list;
    let read = async move |part: Part| {
        let after = part.after_as()?;
        let rows = state.services.holds(&may.actor, account, wanted, part.days, after, part.limit).await?;
        Ok(rows.iter().map(|hold| (hold.id.to_string(), HoldView::of(hold))).collect())
    };
    list.respond(read).await
}

/// 一笔预留 · one hold.
#[utoipa::path(tag = "ledger", security(("bearer" = ["read_ledger"])), params(("id" = Id, Path)),
    responses((status = 200, body = HoldView)))]
#[get("/v1/ledger/holds/{id}")]
pub async fn read_ledger_hold(
    state: Shared,
    may: May<right::ReadLedger>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let hold = state.services.hold_receipt(&may.actor, path.0).await?;
    Ok(HttpResponse::Ok().json(HoldView::of(&hold)))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EntriesQuery {
    /// The idempotency key under which it was posted.
    key: Option<KeyText>,
    /// What caused it.
    source: Option<Code>,
    kind: Option<EntryKind>,
    actor: Option<Id>,
    account: Option<Id>,
}

/// 分录 · entries, newest first, found by key, source, kind, actor or account, or by the days on which they took effect.
#[utoipa::path(tag = "ledger", security(("bearer" = ["read_ledger"])), params(EntriesQuery, OfDays, Paging),
    responses((status = 200, body = Page<EntryView>)))]
#[get("/v1/ledger/entries")]
pub async fn list_ledger_entries(
    state: Shared,
    may: May<right::ReadLedger>,
    list: Listed<EntriesQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let read = async move |part: Part| {
        let mut filter = EntryFilter {
            key: query.key.as_ref().map(|key| key.as_str().to_owned()),
            source: query.source.as_ref().map(|source| source.as_str().to_owned()),
            actor: query.actor,
            accounts: Vec::from_iter(query.account),
            kinds: Vec::from_iter(query.kind.map(EntryKind::as_str)),
            days: part.days,
            ..EntryFilter::default()
        };
        let by_effect = filter.by_effect();
        match by_effect {
            true => (filter.effective_before, filter.before) = part.after_in_time()?,
            false => filter.before = part.after_as()?,
        }
        let entries = state.services.entries(&may.actor, filter, part.limit).await?;
        let place = |entry: &Entry| match by_effect {
            true => part.place(entry.effective_at, entry.number),
            false => entry.number.to_string(),
        };
        Ok(entries.iter().map(|entry| (place(entry), EntryView::of(entry))).collect())
    };
    list.respond(read).await
}

/// The end of the chain.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeadView {
    number: i64,
    /// SHA-256 in hex, of the whole chain up to here.
    hash: String,
    recorded_at: Moment,
    /// No redemption or movement of stock may take effect before this: it is settled.
    closed_until: Option<Moment>,
    /// No entry at all may take effect before this: the years before it are closed.
    year_closed_until: Option<Moment>,
}

/// 账头 · number and hash of the last entry.
#[utoipa::path(tag = "ledger", security(("bearer" = ["read_ledger"])), responses((status = 200, body = HeadView)))]
#[get("/v1/ledger/heads")]
pub async fn read_ledger_head(state: Shared, may: May<right::ReadLedger>) -> Result<HttpResponse, ApiError> {
    let head = state.services.head(&may.actor).await?;
    Ok(HttpResponse::Ok().json(HeadView {
        number: head.number,
        hash: hex::encode(head.hash),
        recorded_at: head.recorded_at,
        closed_until: head.closed_until,
        year_closed_until: head.year_closed_until,
    }))
}

/// The sums of all accounts of one asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct SumsView {
    asset: String,
    debits_posted: String,
    credits_posted: String,
    debits_pending: String,
    credits_pending: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TrialBalanceView {
    items: Vec<SumsView>,
}

/// 试算平衡 · sums of all accounts per asset.
#[utoipa::path(tag = "ledger", security(("bearer" = ["read_ledger"])),
    responses((status = 200, body = TrialBalanceView)))]
#[get("/v1/ledger/trial-balance")]
pub async fn read_trial_balance(
    state: Shared,
    may: May<right::ReadLedger>,
) -> Result<HttpResponse, ApiError> {
    let rows = state.services.trial_balance(&may.actor).await?;
    let items = rows.into_iter().map(|(asset, debits, credits, debits_pending, credits_pending)| {
        let decimals = asset.parse::<Asset>().map_or(0, Asset::decimals);
        let text = |minor| crate::domain::amount::format(minor, decimals);
        SumsView {
            debits_posted: text(debits),
            credits_posted: text(credits),
            debits_pending: text(debits_pending),
            credits_pending: text(credits_pending),
            asset,
        }
    });
    Ok(HttpResponse::Ok().json(TrialBalanceView { items: items.collect() }))
}

/// The result of a verification.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerifiedView {
    entries: i64,
    postings: i64,
    accounts: i64,
    documents: i64,
    /// Number and hash of the last entry, as recomputed.
    head: i64,
    hash: String,
    /// The first fault; null: everything agrees.
    finding: Option<FindingView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FindingView {
    /// The table and the row.
    place: String,
    /// In the language asked for.
    fault: String,
}

/// 全账核对 · recomputes the whole ledger and compares everything stored.
#[utoipa::path(tag = "ledger", security(("bearer" = ["verify_ledger"])),
    responses((status = 200, body = VerifiedView)))]
#[post("/v1/ledger/verify")]
pub async fn verify_ledger(
    request: HttpRequest,
    state: Shared,
    may: May<right::VerifyLedger>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    let language = language(&request);
    let look = async {
        let view = verified(state.services.verify(&may.actor).await?, language);
        serde_json::to_value(view).map_err(|error| Error::Fault(error.to_string()))
    };
    Ok(HttpResponse::Ok().json(state.services.look_up_once(&keyed.call(&may.actor), look).await?))
}

fn verified(verified: crate::services::ledger::raw::Verified, language: Language) -> VerifiedView {
    let finding = verified
        .finding
        .map(|finding| FindingView { fault: finding.text(language).to_owned(), place: finding.place });
    VerifiedView {
        entries: verified.entries,
        postings: verified.postings,
        accounts: verified.accounts,
        documents: verified.documents,
        head: verified.head,
        hash: verified.hash,
        finding,
    }
}

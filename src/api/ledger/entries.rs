//! `POST /v1/ledger/entries`: transfers between accounts, single and in bulk.

use super::raw::{fault, not_negative, positive};
use crate::api::web::batch;
use crate::api::web::batch::{BatchView, Mode};
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, right};
use crate::api::web::faults::{FieldError, FieldFault};
use crate::api::web::fields::{AnyAmount, Code, ListOf, Note, SignedAmount};
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{Answered, ReceiptView};
use crate::auth::permissions::Actor;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::time::Moment;
use crate::ledger::{CounterTake, Leg, Take};
use crate::services::Services;
use crate::services::ledger::raw::TransferAsk;
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LegBody {
    debit_account: Id,
    credit_account: Id,
    amount: AnyAmount,
    /// When the lot that this leg opens expires.
    expires_at: Option<Moment>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CounterBody {
    key: Code,
    window: Code,
    limit: SignedAmount,
}

/// A transfer: one leg by `debit_account`, `credit_account`, `amount`, or several in `postings`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferBody {
    debit_account: Option<Id>,
    credit_account: Option<Id>,
    amount: Option<AnyAmount>,
    expires_at: Option<Moment>,
    #[schema(value_type = Option<Vec<LegBody>>, min_items = 1, max_items = 100)]
    postings: Option<ListOf<LegBody, 1, 100>>,
    effective_at: Option<Moment>,
    #[serde(default)]
    partial: bool,
    #[serde(default)]
    up_to: bool,
    counter: Option<CounterBody>,
    source: Option<Code>,
    note: Option<Note>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntriesBody {
    #[serde(default)]
    mode: Mode,
    #[schema(value_type = Vec<TransferBody>, min_items = 1, max_items = 10000)]
    items: ListOf<TransferBody, 1, 10_000>,
}

/// Assets by account. The ledger refuses an unknown account, under the key; until then its amount is read as points.
struct Assets(HashMap<Id, Asset>);

impl Assets {
    async fn of<'b>(
        state: &Shared,
        actor: &Actor,
        bodies: impl IntoIterator<Item = &'b TransferBody>,
    ) -> Result<Self, ApiError> {
        let mut accounts: Vec<Id> = Vec::new();
        for body in bodies {
            accounts.extend(body.debit_account);
            accounts.extend(body.postings.iter().flat_map(|list| list.0.iter().map(|leg| leg.debit_account)));
        }
        Ok(Assets(state.services.account_assets(actor, accounts).await?))
    }

    fn get(&self, account: Id) -> Asset {
        self.0.get(&account).copied().unwrap_or(Asset::Point)
    }
}

impl TransferBody {
    /// The requested transfer, amounts in the smallest unit of their assets.
    fn ask(self, assets: &Assets) -> Result<TransferAsk, ApiError> {
        let (mut legs, asset) = match self.postings {
            Some(_)
                if self.debit_account.is_some() || self.credit_account.is_some() || self.amount.is_some() =>
            {
                let allowed = vec!["postings".to_owned()];
                return Err(fault("debit_account", FieldFault::Unknown { allowed }));
            }
            Some(_) if self.expires_at.is_some() => {
                let allowed = vec!["postings".to_owned()];
                return Err(fault("expires_at", FieldFault::Unknown { allowed }));
            }
            Some(list) => listed(&list, assets)?,
            None => {
                let missing = |path| fault(path, FieldFault::Missing);
                let debit = self.debit_account.ok_or_else(|| missing("debit_account"))?;
                let credit = self.credit_account.ok_or_else(|| missing("credit_account"))?;
                let amount = self.amount.as_ref().ok_or_else(|| missing("amount"))?;
                let asset = assets.get(debit);
                let leg = Services::leg(debit, credit, positive(amount, asset, "amount")?, self.expires_at);
                (vec![leg], asset)
            }
        };
        let mut counters = Vec::new();
        if let Some(counter) = &self.counter {
            legs.iter_mut().for_each(|leg: &mut Leg| leg.capped = true);
            counters.push(CounterTake {
                key: counter.key.as_str().to_owned(),
                window: counter.window.as_str().to_owned(),
                take: Take::Granted,
                limit: not_negative(&counter.limit, asset, "counter.limit")?,
                asset,
            });
        }
        Ok(TransferAsk {
            legs,
            effective_at: self.effective_at,
            partial: self.partial,
            up_to: self.up_to,
            counters,
            source: self.source.map(String::from),
            metadata: BTreeMap::new(),
            note: self.note.map(String::from),
        })
    }
}

/// The legs of a list, and the asset of the last leg.
fn listed(list: &ListOf<LegBody, 1, 100>, assets: &Assets) -> Result<(Vec<Leg>, Asset), ApiError> {
    let (mut legs, mut asset) = (Vec::with_capacity(list.0.len()), Asset::Point);
    for (index, leg) in list.0.iter().enumerate() {
        asset = assets.get(leg.debit_account);
        let amount = positive(&leg.amount, asset, &format!("postings[{index}].amount"))?;
        legs.push(Services::leg(leg.debit_account, leg.credit_account, amount, leg.expires_at));
    }
    Ok((legs, asset))
}

/// 记账 · moves amounts between accounts, at once.
#[utoipa::path(tag = "ledger", security(("bearer" = ["operate_ledger"])), request_body = TransferBody,
    responses((status = 201, body = ReceiptView)))]
#[post("/v1/ledger/entries")]
pub async fn post_ledger_entry(
    state: Shared,
    may: May<right::OperateLedger>,
    ask: Ask<TransferBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let assets = Assets::of(&state, &may.actor, [&ask.body]).await?;
    let done = state.services.transfer(&call, ask.body.ask(&assets)?).await?;
    Answered::created(done).respond()
}

/// 批量记账 · up to 10,000 transfers in one commit, with a result for each. A malformed item is refused with the whole.
#[utoipa::path(tag = "ledger", security(("bearer" = ["operate_ledger"])), request_body = EntriesBody,
    responses((status = 200, body = BatchView), (status = 422, body = BatchView)))]
#[post("/v1/ledger/entries/batch")]
pub async fn post_ledger_entries(
    state: Shared,
    request: HttpRequest,
    may: May<right::OperateLedger>,
    ask: Ask<EntriesBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let (mode, items) = (ask.body.mode, ask.body.items.0);
    let assets = Assets::of(&state, &may.actor, &items).await?;
    let asks = items.into_iter().enumerate().map(|(index, item)| {
        item.ask(&assets).map_err(|error| match error {
            ApiError::Field(fault) => {
                FieldError { path: format!("items[{index}].{}", fault.path), ..fault }.into()
            }
            other => other,
        })
    });
    let asks = asks.collect::<Result<Vec<_>, ApiError>>()?;
    let results = state.services.transfer_all(&call, asks, mode == Mode::AllOrNothing).await?;
    batch::respond(results, mode, &request, |done| done.hit, |done| Ok(ReceiptView::of(&done.receipt)))
}

//! Receipts and entries as callers see them: amounts as decimal text, ids and codes only.

use super::problem::ApiError;
use crate::domain::amount;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::Entry;
use crate::domain::ledger::receipt::{HoldReceipt, OwedReceipt, Receipt};
use crate::services::Done;
use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PostingView {
    pub debit_account: String,
    pub credit_account: String,
    pub asset: String,
    pub amount: String,
    /// Absent for shops, which never see a balance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debit_balance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_balance: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GrantView {
    pub desired: String,
    pub granted: String,
    /// The caps that applied.
    pub caps: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HoldLegView {
    pub debit_account: String,
    pub credit_account: String,
    pub asset: String,
    pub amount: String,
    pub captured: String,
    pub released: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HoldView {
    pub id: String,
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    pub legs: Vec<HoldLegView>,
}

/// The result of an accepted command. In a dry run the number is 0 and the hash is empty.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReceiptView {
    pub entry: i64,
    pub hash: String,
    pub kind: String,
    pub effective_at: String,
    pub recorded_at: String,
    pub postings: Vec<PostingView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldView>,
    /// If not everything could be taken, or what came back paid a debt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<OwedFigures>,
}

/// 待追回 · the result for a purse that was to be debited, or that got something back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OwedFigures {
    pub account: Id,
    pub asset: String,
    /// What could not be taken: spent, expired or on hold.
    pub left: String,
    /// The part of it that is owed from now on.
    pub owed: String,
    /// What came back and paid a debt.
    pub paid: String,
}

impl HoldView {
    pub fn of(hold: &HoldReceipt) -> Self {
        let legs = hold.legs.iter().map(|leg| {
            let text = |minor| amount::format(minor, leg.asset.decimals());
            HoldLegView {
                debit_account: leg.debit.to_string(),
                credit_account: leg.credit.to_string(),
                asset: leg.asset.to_string(),
                amount: text(leg.amount),
                captured: text(leg.captured),
                released: text(leg.released),
            }
        });
        HoldView {
            id: hold.id.to_string(),
            state: hold.state.to_string(),
            expires_at: hold.expires_at.map(|at| at.to_string()),
            legs: legs.collect(),
        }
    }
}

impl ReceiptView {
    pub fn of(receipt: &Receipt) -> Self {
        let postings = receipt.postings.iter().map(|leg| {
            let text = |minor| amount::format(minor, leg.asset.decimals());
            PostingView {
                debit_account: leg.debit.to_string(),
                credit_account: leg.credit.to_string(),
                asset: leg.asset.to_string(),
                amount: text(leg.amount),
                debit_balance: Some(text(leg.debit_balance)),
                credit_balance: Some(text(leg.credit_balance)),
            }
        });
        let hold = receipt.hold.as_ref().map(HoldView::of);
        ReceiptView {
            entry: receipt.number,
            hash: receipt.hash.clone(),
            kind: receipt.kind.to_string(),
            effective_at: receipt.effective_at.to_string(),
            recorded_at: receipt.recorded_at.to_string(),
            postings: postings.collect(),
            grant: receipt.grant.as_ref().map(|grant| GrantView {
                desired: amount::format(grant.desired, 2),
                granted: amount::format(grant.granted, 2),
                caps: grant.caps.clone(),
            }),
            hold,
            owed: receipt.owed.iter().map(owed_figures).collect(),
        }
    }
}

fn owed_figures(row: &OwedReceipt) -> OwedFigures {
    let text = |minor| amount::format(minor, row.asset.decimals());
    OwedFigures {
        account: row.purse,
        asset: row.asset.to_string(),
        left: text(row.left),
        owed: text(row.owed),
        paid: text(row.paid),
    }
}

/// The receipt with additional members.
#[derive(Serialize)]
struct AnsweredView {
    #[serde(flatten)]
    receipt: ReceiptView,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// An accepted command, about to be answered.
pub struct Answered {
    status: StatusCode,
    done: Done,
    more: Map<String, Value>,
    balances: bool,
}

impl Answered {
    pub fn created(done: Done) -> Self {
        Answered { status: StatusCode::CREATED, done, more: Map::new(), balances: true }
    }

    pub fn ok(done: Done) -> Self {
        Answered { status: StatusCode::OK, done, more: Map::new(), balances: true }
    }

    /// Adds a member beside the receipt's.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// Removes all balances.
    pub fn without_balances(mut self) -> Self {
        self.balances = false;
        self
    }

    /// The documents of the receipt after the command.
    pub fn documents(&self) -> &[Document] {
        &self.done.receipt.documents
    }

    pub fn respond(mut self) -> Result<HttpResponse, ApiError> {
        if !self.balances {
            join_points(&mut self.done.receipt);
        }
        let mut receipt = ReceiptView::of(&self.done.receipt);
        if !self.balances {
            for leg in &mut receipt.postings {
                (leg.debit_balance, leg.credit_balance) = (None, None);
            }
            // Nor what a member owes.
            receipt.owed.clear();
        }
        let body = AnsweredView { receipt, more: self.more };
        let mut answer = HttpResponse::build(self.status);
        if self.done.hit {
            answer.insert_header(("Idempotency-Hit", "true"));
        }
        Ok(answer.json(body))
    }
}

/// What the district covers of a slip is one sum with what the member pays: apart they would disclose the balance.
fn join_points(receipt: &mut Receipt) {
    let mut postings = std::mem::take(&mut receipt.postings).into_iter();
    receipt.postings.extend(postings.next());
    for leg in postings {
        match receipt.postings.first_mut() {
            Some(first) if leg.asset == first.asset && leg.asset == Asset::Point => {
                first.amount = first.amount.saturating_add(leg.amount);
            }
            _ => receipt.postings.push(leg),
        }
    }
    let Some(hold) = &mut receipt.hold else { return };
    let mut legs = std::mem::take(&mut hold.legs).into_iter();
    hold.legs.extend(legs.next());
    for leg in legs {
        match hold.legs.first_mut() {
            Some(first) if leg.asset == first.asset && leg.asset == Asset::Point => {
                first.amount = first.amount.saturating_add(leg.amount);
                first.captured = first.captured.saturating_add(leg.captured);
                first.released = first.released.saturating_add(leg.released);
            }
            _ => hold.legs.push(leg),
        }
    }
}

/// The figures of an effect as text: readers of JSON round large numbers.
fn figures_as_text(effect: Value) -> Value {
    match effect {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(items) => items.into_iter().map(figures_as_text).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, figures_as_text(value))).collect()
        }
        other => other,
    }
}

/// An entry of the journal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryView {
    pub number: i64,
    pub kind: String,
    pub effective_at: String,
    pub recorded_at: String,
    pub actor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Ids and codes only.
    #[schema(value_type = Object)]
    pub metadata: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reverses: Option<i64>,
    /// Amounts in the smallest unit of the accounts' asset, as the chain covers them; figures as text.
    pub postings: Vec<Value>,
    pub effects: Vec<Value>,
    pub hash: String,
}

impl EntryView {
    pub fn of(entry: &Entry) -> Self {
        let postings = entry.postings.iter().map(|leg| {
            serde_json::json!({
                "debit_account": leg.debit, "credit_account": leg.credit, "amount_minor": leg.amount.to_string(),
                "debit_balance_minor": leg.debit_balance.to_string(),
                "credit_balance_minor": leg.credit_balance.to_string(),
                "reverses_leg": leg.reverses_leg,
            })
        });
        EntryView {
            number: entry.number,
            kind: entry.kind.to_string(),
            effective_at: entry.effective_at.to_string(),
            recorded_at: entry.recorded_at.to_string(),
            actor: entry.actor.to_string(),
            source: entry.source.clone(),
            metadata: serde_json::from_str(&entry.metadata).unwrap_or_default(),
            reverses: entry.reverses,
            postings: postings.collect(),
            effects: entry
                .effects
                .iter()
                .filter_map(|effect| serde_json::to_value(effect).ok())
                .map(figures_as_text)
                .collect(),
            hash: hex::encode(entry.hash),
        }
    }
}

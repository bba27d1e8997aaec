//! Receipts: the answer to an accepted command.

use super::account::HoldState;
use super::asset::Asset;
use super::entry_kind::EntryKind;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use serde::{Deserialize, Serialize};

/// The answer to an accepted command; a repeat of its key returns it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// 0 and an empty hash in a dry run: nothing was written.
    pub number: i64,
    pub hash: String,
    pub kind: EntryKind,
    pub effective_at: Moment,
    pub recorded_at: Moment,
    pub postings: Vec<ReceiptLeg>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Grant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldReceipt>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// If it could not take everything, or what came back paid a debt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<OwedReceipt>,
}

/// The result for a purse that was to be debited, or that got something back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedReceipt {
    pub purse: Id,
    pub asset: Asset,
    /// What could not be taken: spent, expired or on hold.
    pub left: i64,
    /// The part of it that is owed from now on.
    pub owed: i64,
    /// What came back and paid a debt.
    pub paid: i64,
}

/// A posting as the receipt shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptLeg {
    pub debit: Id,
    pub credit: Id,
    pub asset: Asset,
    pub amount: i64,
    pub debit_balance: i64,
    pub credit_balance: i64,
}

/// What was requested, what was granted, and which caps applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub desired: i64,
    pub granted: i64,
    pub caps: Vec<String>,
}

/// A hold after the entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldReceipt {
    pub id: Id,
    pub state: HoldState,
    pub expires_at: Option<Moment>,
    pub legs: Vec<HoldReceiptLeg>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldReceiptLeg {
    pub debit: Id,
    pub credit: Id,
    pub asset: Asset,
    pub amount: i64,
    pub captured: i64,
    pub released: i64,
}

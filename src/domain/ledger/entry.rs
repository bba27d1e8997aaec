//! Journal entries: what an accepted command leaves behind, for ever.

use super::account::{AccountStatus, AccountTerms, CounterUse, Earmark, HoldState, LotId};
use super::asset::Asset;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// The kind of an entry: why value moved.
    EntryKind {
        AccountOpened = "account_opened",
        Status = "status",
        /// Brought along from an older book without dates: counts for life, never for a year's star.
        Opening = "opening",
        /// Service of one year, brought along from an older book: counts in that year.
        OpeningOfYear = "opening_of_year",
        Award = "award",
        Transfer = "transfer",
        Hold = "hold",
        Capture = "capture",
        Void = "void",
        HoldExpired = "hold_expired",
        LotExpired = "lot_expired",
        Redemption = "redemption",
        Refund = "refund",
        Reversal = "reversal",
        Zeroing = "zeroing",
        GoodsIn = "goods_in",
        Stocktake = "stocktake",
        Settlement = "settlement",
        Payment = "payment",
        Star = "star",
        Merge = "merge",
        /// Points that came back pay what is owed.
        Reclaim = "reclaim",
        /// A second person has agreed that what is owed need not be given back.
        Waiver = "waiver",
        YearClosing = "year_closing",
    }
}

/// In the metadata of an award, since days count where they began: the day on which the deed began. Entries of release
/// 0.1 do not have it.
pub const COUNTS_ON: &str = "counts_on";

/// One leg: `amount` (> 0, smallest unit) from the debit account to the credit account, of the same asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    pub debit: Id,
    pub credit: Id,
    pub amount: i64,
    /// Balances right after this leg, in recorded order (derived; recomputed by `verify`).
    pub debit_balance: i64,
    pub credit_balance: i64,
    /// In an entry that reverses another: the leg of that entry which this one takes back.
    pub reverses_leg: Option<i32>,
}

/// What an entry does besides its postings. Kept as canonical JSON, covered by the chain as it was written: effects on
/// lots of release 0.1 name a budget and a value in money too, which were never set and are not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    AccountOpened(AccountTerms),
    AccountStatus {
        account: Id,
        status: AccountStatus,
    },
    LotOpened {
        leg: i32,
        account: Id,
        amount: i64,
        expires_at: Option<Moment>,
        /// The lot it was carried over or given back from.
        from: Option<LotId>,
    },
    LotConsumed {
        leg: i32,
        lot: LotId,
        amount: i64,
        earmarked: bool,
    },
    LotRestored {
        leg: i32,
        lot: LotId,
        amount: i64,
    },
    LotReleased {
        lot: LotId,
        amount: i64,
    },
    HoldOpened {
        hold: Id,
        expires_at: Option<Moment>,
        legs: Vec<OpenedLeg>,
        counters: Vec<CounterUse>,
    },
    /// Pending amounts per leg that became postings of this entry.
    HoldCaptured {
        hold: Id,
        amounts: Vec<i64>,
    },
    /// Pending amounts per leg that were given back; `resolution` once nothing is left.
    HoldReleased {
        hold: Id,
        amounts: Vec<i64>,
        resolution: HoldState,
    },
    CounterTaken {
        counter: CounterUse,
        limit: i64,
    },
    CounterGiven {
        counter: CounterUse,
    },
    /// What was asked for and given on the legs that caps cut, and the caps that bit.
    Granted {
        legs: Vec<i32>,
        desired: i64,
        granted: i64,
        caps: Vec<String>,
    },
    /// A document's new state: kind, id, version, and the SHA-256 of its whole content.
    Document {
        document: DocumentKind,
        id: Id,
        version: i64,
        state: String,
        digest: String,
    },
    /// Settled: no redemption or movement of stock may take effect before this moment any more.
    PeriodClosed {
        until: Moment,
    },
    /// The account of a duplicate becomes another name of the account that stays: what is still open on it, lots and
    /// holds, goes there as it is.
    AccountMerged {
        from: Id,
        to: Id,
        lots: Vec<LotId>,
        holds: Vec<Id>,
    },
    /// The bank has closed a year: nothing may take effect before this moment any more.
    YearClosed {
        until: Moment,
    },
}

/// A leg of a hold as it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedLeg {
    pub debit: Id,
    pub credit: Id,
    pub amount: i64,
    pub earmarks: Vec<Earmark>,
}

/// What an entry says of the request that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: entries of release 0.1.
    Unsaid,
    /// There was no idempotency key: it follows from another entry, or the program made it by itself.
    WithoutKey,
    /// The digest of the user and the key, and that of the request with its answer.
    ByKey { key: [u8; 32], answer: [u8; 32] },
}

/// An immutable journal entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 1, 2, 3 … without a gap, in the order of commit.
    pub number: i64,
    pub kind: EntryKind,
    /// When it counts.
    pub effective_at: Moment,
    /// When it was written; never before the entry before it.
    pub recorded_at: Moment,
    pub actor: Id,
    /// What caused it, e.g. `service_record/<id>`.
    pub source: Option<String>,
    /// Ids and codes only, canonical JSON.
    pub metadata: String,
    /// SHA-256(salt ‖ text) of the free text that belongs to the entry.
    pub note_digest: Option<[u8; 32]>,
    pub reverses: Option<i64>,
    pub postings: Vec<Posting>,
    pub effects: Vec<Effect>,
    pub asked: Asked,
    pub hash: [u8; 32],
}

/// What the caller of an accepted command is told, and told again when the key is repeated.
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
    /// Where it could not take everything, or what came back paid a debt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<OwedReceipt>,
}

/// What became of a purse from which something was to be taken, or to which something came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedReceipt {
    pub purse: Id,
    pub asset: Asset,
    /// What was to be taken and could not be: spent, run out or on hold.
    pub left: i64,
    /// What of it is owed from now on.
    pub owed: i64,
    /// What came back and paid for what was owed.
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

/// What was asked for, what was given, and which caps bit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub desired: i64,
    pub granted: i64,
    pub caps: Vec<String>,
}

/// A hold as it stood after the entry.
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

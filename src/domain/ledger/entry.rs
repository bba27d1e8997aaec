//! Journal entries: the permanent result of an accepted command.

use super::account::{AccountStatus, AccountTerms, CounterId, CounterUse, Earmark, HoldState, LotId};
pub use super::entry_kind::EntryKind;
use crate::domain::document::DocumentKind;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use serde::{Deserialize, Serialize};

/// Metadata key of awards: the day on which the deed began, on which it takes effect. Entries of release 0.1 do not
/// have it.
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
    /// In an entry that reverses another: the reversed leg of that entry.
    pub reverses_leg: Option<i32>,
}

/// What an entry does besides its postings. Stored in the formats of `ledger::forms`, covered by the chain as it was
/// written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    AccountOpened(AccountTerms),
    AccountStatus {
        account: Id,
        status: AccountStatus,
    },
    /// From here on the account keeps its balance in lots; what it has becomes one lot without expiry.
    LotsKept {
        account: Id,
    },
    LotOpened {
        leg: i32,
        account: Id,
        amount: i64,
        expires_at: Option<Moment>,
        /// The lot it was carried over or given back from.
        from: Option<LotId>,
        /// Whether it came by a gift.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        given: bool,
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
    /// The counter of a group went from one sum to another, and its value with it (`domain::ledger::curve`).
    CounterMoved {
        counter: CounterId,
        /// In units of the counter; below zero when a deed is taken away or back.
        by: i64,
        /// Of a counter of the highest: what the deed was worth in it before (0: it is new). Each worth has a row that
        /// counts its deeds ([`CounterId::of_worth`]). `None`: the counter is a sum.
        of: Option<i64>,
        /// The sums, with those under the ids of duplicates.
        from: i64,
        to: i64,
        /// In millionths of a point.
        value_from: i64,
        value_to: i64,
    },
    /// What was requested and granted on the capped legs, and the caps that applied.
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
    /// The account of a duplicate becomes an alias of the account that stays, which takes over its open lots and
    /// holds as they are.
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

impl Effect {
    /// The rows of counters that an effect changes, each with by how much. `None`: out of range.
    pub fn counted(&self) -> Option<Vec<(CounterId, i64)>> {
        Some(match self {
            Effect::CounterTaken { counter, .. } => vec![(counter.id(), counter.amount)],
            Effect::CounterGiven { counter } => vec![(counter.id(), counter.amount.checked_neg()?)],
            Effect::CounterMoved { counter, by, of: None, .. } => vec![(counter.clone(), *by)],
            Effect::CounterMoved { counter, by, of: Some(before), .. } => {
                let moves = [(*before, -1), (before.checked_add(*by)?, 1)];
                let rows = moves.into_iter().filter(|(worth, _)| *worth > 0);
                rows.map(|(worth, by)| (counter.of_worth(worth), by)).collect()
            }
            _ => Vec::new(),
        })
    }
}

/// By how much an entry moved the counter of the lowest group of its deed: the first that it moved.
pub fn moved(effects: &[Effect]) -> i64 {
    let by = |effect: &Effect| match effect {
        Effect::CounterMoved { by, .. } => Some(*by),
        _ => None,
    };
    effects.iter().find_map(by).unwrap_or(0)
}

/// Whether the counters of groups decided what an entry granted.
pub fn climbed(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::CounterMoved { .. }))
}

/// A leg of a hold when it was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenedLeg {
    pub debit: Id,
    pub credit: Id,
    pub amount: i64,
    pub earmarks: Vec<Earmark>,
}

/// What an entry stores about the request that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: entries of release 0.1.
    Unsaid,
    /// No idempotency key: it follows from another entry, or the program made it by itself.
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
    /// When it takes effect.
    pub effective_at: Moment,
    /// When it was written; never before the previous entry.
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

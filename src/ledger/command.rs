//! What callers ask of the ledger.

use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountStatus, AccountTerms, CounterId, LotId, Measure};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::ledger::receipt::Receipt;
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::text_enum;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The request that a command answers: who sent it, under which key, and a digest of each of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub user: Id,
    pub key: String,
    /// Field name → digest of its value, so that a reused key can name the first field that differs.
    pub fields: BTreeMap<String, String>,
    /// Set where an ordinary write gives the stored answer again.
    pub repeated: Repeated,
}

impl Request {
    /// The same, once it is known who sent it.
    pub fn of(self, user: Id) -> Self {
        Request { user, ..self }
    }
}

/// Whether a request was answered before, told beside the answer: whoever holds a copy sees it. It is no part of what
/// is asked, so that all are equal.
#[derive(Clone, Debug, Default)]
pub struct Repeated(Arc<AtomicBool>);

impl Repeated {
    pub fn tell(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_told(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl PartialEq for Repeated {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Repeated {}

/// Free text that belongs to an entry. It stands in a row of its own; the chain covers SHA-256(salt ‖ text).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub salt: [u8; 16],
    pub text: String,
}

/// One leg of what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    pub debit: Id,
    pub credit: Id,
    /// Smallest unit, > 0.
    pub amount: i64,
    /// Whether caps cut this leg (all legs that caps cut have one desired amount).
    pub capped: bool,
    /// When the lot runs out that this leg opens, if the credit account keeps lots.
    pub expires_at: Option<Moment>,
}

impl Leg {
    pub fn plain(debit: Id, credit: Id, amount: i64) -> Self {
        Leg { debit, credit, amount, capped: false, expires_at: None }
    }
}

/// How much a command takes from a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// What is granted of the capped legs (of a hold: its first leg).
    Granted,
    Fixed(i64),
}

impl Take {
    pub fn measure(self) -> Measure {
        match self {
            Take::Granted => Measure::Amount,
            Take::Fixed(_) => Measure::Fixed,
        }
    }
}

/// A cap to be kept, or "at most once" (a fixed take of 1 under a limit of 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterTake {
    pub key: String,
    pub window: String,
    pub take: Take,
    pub limit: i64,
    /// The asset in which the limit is told.
    pub asset: Asset,
}

impl CounterTake {
    pub fn id(&self) -> CounterId {
        CounterId { key: self.key.clone(), window: self.window.clone() }
    }

    /// At most once, ever.
    pub fn once(key: String) -> Self {
        CounterTake { key, window: "all".into(), take: Take::Fixed(1), limit: 1, asset: Asset::Minute }
    }
}

text_enum! {
    /// Rows that a service read before the batch, by table: their version is checked again inside it.
    WatchKind {
        Member = "member", Merchant = "merchant", Offer = "offer", SchemeVersion = "scheme_version",
        Code = "code", Org = "org", Proposal = "proposal",
    }
}

/// A row read before the batch, and the version it had.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Watch {
    pub kind: WatchKind,
    pub id: Id,
    pub version: i64,
}

/// The move itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Opens accounts that must not exist yet.
    Open,
    /// Posts legs in order (none: an entry that only changes documents). `partial` cuts the capped legs down to what
    /// the caps leave; `up_to` moves min(amount, available) of each leg.
    Post {
        legs: Vec<Leg>,
        partial: bool,
        up_to: bool,
    },
    /// Reserves legs until captured, voided or expired.
    Hold {
        hold: Id,
        legs: Vec<Leg>,
        expires_in_seconds: Option<i64>,
    },
    /// Posts what was reserved: all that is left, or an amount per leg (0 for all legs releases everything).
    Capture {
        hold: Id,
        amounts: Option<Vec<i64>>,
        keep_open: bool,
    },
    Void {
        hold: Id,
    },
    /// Takes back an earlier entry: all that is left of it, or an amount for some of its legs.
    Reverse {
        entry: i64,
        amounts: Option<BTreeMap<i32, i64>>,
        up_to: bool,
        of_document: bool,
    },
    /// Gives up what the owner of a purse owes: of one debt, at most what is open of it.
    Waive {
        purse: Id,
        debt: LotId,
        amount: i64,
    },
    Status {
        account: Id,
        status: AccountStatus,
    },
    /// Touches accounts so that what is due on them is released. It makes no entry of its own: the answer is always
    /// `nothing_to_post`.
    Sweep {
        accounts: Vec<Id>,
    },
    /// Makes the first account of each pair another name of the second: balance, lots and holds go there.
    Merge {
        pairs: Vec<(Id, Id)>,
    },
}

/// Which debts newly earned points pay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reclaim {
    #[default]
    Nothing,
    /// A correction pays what taking back its predecessors has left owed: the debts that these entries opened.
    Of(Vec<i64>),
    /// The scheme says `reclaim = "next_points"`.
    Everything,
}

impl Reclaim {
    /// Debts of these entries, or all of them where the scheme says so.
    pub fn of(entries: Vec<i64>, everything: bool) -> Self {
        match everything {
            true => Reclaim::Everything,
            false if entries.is_empty() => Reclaim::Nothing,
            false => Reclaim::Of(entries),
        }
    }
}

/// One command: one entry if it is accepted.
#[derive(Clone, Debug)]
pub struct Command {
    pub request: Option<Request>,
    pub actor: Id,
    pub kind: EntryKind,
    /// When it counts; none: now.
    pub effective_at: Option<Moment>,
    pub source: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub note: Option<Note>,
    /// Accounts to open if they do not exist yet (for [`Op::Open`]: they must not).
    pub open: Vec<AccountTerms>,
    /// What is taken from counters; of captures and reversals, what is given back: fixed takes below zero.
    pub counters: Vec<CounterTake>,
    /// Duplicates, each with the one that it was merged into: what their counters say counts, too.
    pub duplicates: Vec<(Id, Id)>,
    pub watches: Vec<Watch>,
    /// Documents as they will stand after the entry, each one version on from what was read.
    pub documents: Vec<Document>,
    pub close_period: Option<Moment>,
    /// Which debts what this command credits pays at once. What comes back pays whatever this says.
    pub reclaim: Reclaim,
    /// Closes the bank's years up to this moment.
    pub close_year: Option<Moment>,
    pub op: Op,
}

impl Command {
    pub fn new(actor: Id, kind: EntryKind, op: Op) -> Self {
        Command {
            request: None,
            actor,
            kind,
            effective_at: None,
            source: None,
            metadata: BTreeMap::new(),
            note: None,
            open: Vec::new(),
            counters: Vec::new(),
            duplicates: Vec::new(),
            watches: Vec::new(),
            documents: Vec::new(),
            close_period: None,
            reclaim: Reclaim::Nothing,
            close_year: None,
            op,
        }
    }

    pub fn by_request(mut self, request: Option<Request>) -> Self {
        self.request = request;
        self
    }
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }
    pub fn open(mut self, terms: impl IntoIterator<Item = AccountTerms>) -> Self {
        self.open.extend(terms);
        self
    }
    pub fn document(mut self, document: Document) -> Self {
        self.documents.push(document);
        self
    }
    pub fn watch(mut self, kind: WatchKind, id: Id, version: i64) -> Self {
        self.watches.push(Watch { kind, id, version });
        self
    }
    pub fn counter(mut self, take: CounterTake) -> Self {
        self.counters.push(take);
        self
    }
}

/// A counter, and those that are the same one under the names of duplicates, each given with the one that stays.
pub fn names_of(counter: CounterId, duplicates: &[(Id, Id)]) -> Vec<CounterId> {
    let mut names = vec![counter.clone()];
    for (duplicate, stays) in duplicates {
        let (duplicate, stays) = (duplicate.to_string(), stays.to_string());
        if counter.key.contains(&stays) {
            names.push(CounterId { key: counter.key.replace(&stays, &duplicate), ..counter.clone() });
        }
    }
    names
}

impl Command {
    /// The counters that a take is measured against: its own, and those that it has under the names of duplicates.
    pub fn counted(&self, take: &CounterTake) -> Vec<CounterId> {
        names_of(take.id(), &self.duplicates)
    }
}

/// What a command was answered, kept under its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Accepted(Box<Receipt>),
    Refused(Refusal),
    /// What an ordinary write (one that moves no value) answered.
    Ordinary(serde_json::Value),
    /// The same, for the caller's eyes only: sealed, in hex.
    Sealed(String),
    /// What stands there cannot be read: a request for it ends with an error, others in the batch go on.
    #[serde(skip)]
    Unreadable,
}

/// An answer as it stands under its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    pub fields: BTreeMap<String, String>,
    pub answer: Answer,
    pub entry: Option<i64>,
    pub recorded_at: Moment,
}

/// What the store must load before a batch can be decided. Each set names what the Book has not been asked for.
#[derive(Debug, Default)]
pub struct Needs {
    pub answers: BTreeSet<(String, Id)>,
    pub accounts: BTreeSet<Id>,
    pub holds: BTreeSet<Id>,
    /// Accounts of which every open lot is needed.
    pub open_lots: BTreeSet<Id>,
    /// Accounts of which only the lots past their expiry are needed.
    pub due_lots: BTreeSet<Id>,
    pub lots: BTreeSet<LotId>,
    /// Accounts whose pending holds past their expiry are needed.
    pub due_holds: BTreeSet<Id>,
    /// Accounts of which every pending hold is needed.
    pub pending_holds: BTreeSet<Id>,
    pub counters: BTreeSet<CounterId>,
    pub entries: BTreeSet<i64>,
    pub documents: BTreeSet<(DocumentKind, Id)>,
    pub watches: BTreeSet<(WatchKind, Id)>,
}

impl Needs {
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
            && self.accounts.is_empty()
            && self.holds.is_empty()
            && self.open_lots.is_empty()
            && self.due_lots.is_empty()
            && self.lots.is_empty()
            && self.due_holds.is_empty()
            && self.pending_holds.is_empty()
            && self.counters.is_empty()
            && self.entries.is_empty()
            && self.documents.is_empty()
            && self.watches.is_empty()
    }
}

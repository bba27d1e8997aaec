//! Commands of the ledger, their answers, and what they need loaded.

use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountStatus, AccountTerms, CounterId, LotId, Measure};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::curve::Climb;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::ledger::receipt::Receipt;
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::text_enum;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The request behind a command: its sender, its key, and a digest of each of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub user: Id,
    pub key: String,
    /// Field name → digest of its value, so that a reused key can name the first field that differs.
    pub fields: BTreeMap<String, String>,
    /// Set when an ordinary write returns the stored answer.
    pub repeated: Repeated,
}

impl Request {
    /// The same, once its sender is known.
    pub fn of(self, user: Id) -> Self {
        Request { user, ..self }
    }
}

/// Whether the answer is a stored one, returned beside it: all clones share the flag. It is not part of the request,
/// so all are equal.
#[derive(Clone, Debug, Default)]
pub struct Repeated(Arc<AtomicBool>);

impl Repeated {
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl PartialEq for Repeated {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Repeated {}

/// Free text that belongs to an entry. It is stored in a row of its own; the chain covers SHA-256(salt ‖ text).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub salt: [u8; 16],
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    pub debit: Id,
    pub credit: Id,
    /// Smallest unit, > 0.
    pub amount: i64,
    /// Whether caps cut this leg (all capped legs have one desired amount).
    pub capped: bool,
    /// When the lot that this leg opens expires, if the credit account keeps lots.
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
    /// Counts what has happened; never given back.
    Tally(i64),
}

impl Take {
    pub fn measure(self) -> Measure {
        match self {
            Take::Granted => Measure::Amount,
            Take::Fixed(_) => Measure::Fixed,
            Take::Tally(_) => Measure::Tally,
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
    /// The asset of the limit.
    pub asset: Asset,
}

impl CounterTake {
    pub fn id(&self) -> CounterId {
        CounterId { key: self.key.clone(), window: self.window.clone() }
    }

    /// At most once, ever.
    pub fn once(key: String) -> Self {
        CounterTake {
            key,
            window: CounterId::EVER.into(),
            take: Take::Fixed(1),
            limit: 1,
            asset: Asset::Minute,
        }
    }
}

text_enum! {
    /// Tables of rows that a service read before the batch: their versions are checked again inside it.
    WatchKind {
        Member = "member", Merchant = "merchant", Offer = "offer", SchemeVersion = "scheme_version",
        Code = "code", Org = "org", Proposal = "proposal",
    }
}

/// A row read before the batch, and its version then.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Watch {
    pub kind: WatchKind,
    pub id: Id,
    pub version: i64,
}

/// The operation itself.
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
    /// Reverses an earlier entry: all that is left of it, or an amount for some of its legs.
    Reverse {
        entry: i64,
        amounts: Option<BTreeMap<i32, i64>>,
        up_to: bool,
        of_document: bool,
    },
    /// Takes a deed back whose groups have counters ([`Command::climb`] is the way): all that is left of it, or `part`
    /// of its step (> 0, in units of its own counter). `legs` are those of the award, each in the direction of a grant.
    TakeBack {
        entry: i64,
        part: Option<i64>,
        legs: Vec<Leg>,
        up_to: bool,
        of_document: bool,
    },
    /// Waives what the owner of a purse owes: of one debt, at most its open part.
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
    /// Makes the first account of each pair an alias of the second: balance, lots and holds move there.
    Merge {
        pairs: Vec<(Id, Id)>,
    },
}

/// Which debts newly earned points pay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reclaim {
    #[default]
    Nothing,
    /// A correction pays the debts that these entries opened: the reversals of its predecessors.
    Of(Vec<i64>),
    /// The scheme says `reclaim = "next_points"`.
    Everything,
}

impl Reclaim {
    /// Debts of these entries, or all of them if the scheme says so.
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
    /// When it takes effect; `None`: now.
    pub effective_at: Option<Moment>,
    pub source: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub note: Option<Note>,
    /// Accounts to open if they do not exist yet (for [`Op::Open`]: they must not).
    pub open: Vec<AccountTerms>,
    /// What is taken from counters; for captures and reversals, what is given back: fixed takes below zero.
    pub counters: Vec<CounterTake>,
    /// The counters of groups that a deed moves: what they make of it is the amount of the capped legs.
    pub climb: Option<Climb>,
    /// Duplicates, each with the file that stays: their counters count, too.
    pub duplicates: Vec<(Id, Id)>,
    pub watches: Vec<Watch>,
    /// Counters that were read before the batch, and their values then.
    pub standing: Vec<(CounterId, i64)>,
    /// Documents after the entry, each one version after the one that was read.
    pub documents: Vec<Document>,
    pub close_period: Option<Moment>,
    /// Which debts are paid at once by what this command credits. What comes back always pays.
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
            climb: None,
            duplicates: Vec::new(),
            watches: Vec::new(),
            standing: Vec::new(),
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
    /// The deed belongs to a document, which changes with it.
    pub fn of_document(mut self) -> Self {
        if let Op::TakeBack { of_document, .. } = &mut self.op {
            *of_document = true;
        }
        self
    }
    pub fn counter(mut self, take: CounterTake) -> Self {
        self.counters.push(take);
        self
    }
}

/// A counter and its equivalents under the ids of duplicates, each given with the file that stays.
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
    /// The counters that a take is measured against: its own and its equivalents under the ids of duplicates.
    pub fn counted(&self, take: &CounterTake) -> Vec<CounterId> {
        names_of(take.id(), &self.duplicates)
    }
}

/// The answer of a command, stored under its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Accepted(Box<Receipt>),
    Refused(Refusal),
    /// The answer of an ordinary write (one that moves no value).
    Ordinary(serde_json::Value),
    /// The same, confidential: sealed, in hex.
    Sealed(String),
    /// The stored answer cannot be parsed: a request for it ends with an error, others in the batch continue.
    #[serde(skip)]
    Unreadable,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    pub fields: BTreeMap<String, String>,
    pub answer: Answer,
    pub entry: Option<i64>,
    pub recorded_at: Moment,
}

/// What the store must load before a batch can be decided. Each set names keys that the Book does not know yet.
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
    /// Counters of the highest, with all their rows.
    pub highest: BTreeSet<CounterId>,
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
            && self.highest.is_empty()
            && self.entries.is_empty()
            && self.documents.is_empty()
            && self.watches.is_empty()
    }
}

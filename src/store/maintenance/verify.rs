//! `verify`: replays the entries alone, and compares everything stored with the result. It reports the first fault.
//! Entries, rows and answers are read in the order of their keys, a few hundred at a time: one thread reads and
//! hashes ahead, one replays, one checks the answers. `kept` has what a replay keeps in memory.

mod answers;
mod compare;
mod days;
mod documents;
mod kept;
mod links;
mod merged;
mod owed;
mod words;

pub use links::check_end;

use crate::domain::document::DocumentKind;
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::LotId;
use crate::domain::ledger::entry::{Effect, Entry, Posting, climbed};
use crate::domain::time::{Day, Moment};
use crate::ledger::{Book, Head, Reversed, chain};
use crate::store::connection::dialect::on_either;
use crate::store::connection::{self, AnyConnection, Database, Use};
use crate::store::error::Error;
use crate::store::tables::zone_of;
use diesel::prelude::*;
use kept::{ByDigest, Kept, Numbers};
use links::{After, CHUNK, Link, links};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

pub use words::{Finding, Words};

/// The result of a verification.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    pub bank: BankId,
    pub entries: i64,
    pub postings: i64,
    pub accounts: i64,
    pub documents: i64,
    /// Number and hash of the last entry, as recomputed.
    pub head: i64,
    pub hash: String,
    /// The first fault; `None`: everything agrees.
    pub finding: Option<Finding>,
}

/// Chunks that are read ahead.
const AHEAD: usize = 2;
/// Page cache, in KiB, of a connection that reads a bank from one end to the other.
const CACHE_KIB: u32 = 1_024;

enum Stop {
    Found(Finding),
    Failed(Error),
    /// Something differs, and the digests do not say what.
    Unclear,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            // An unreadable row is a finding, not a failure.
            Error::Closed(text) => found("database", unread(&text)),
            other => Stop::Failed(other),
        }
    }
}

impl From<diesel::result::Error> for Stop {
    fn from(error: diesel::result::Error) -> Self {
        let text = error.to_string();
        if matches!(error, diesel::result::Error::DeserializationError(_)) || text.contains("malformed") {
            return found("database", unread(&text));
        }
        Stop::Failed(error.into())
    }
}

/// An unreadable row is a finding; a server that cannot be reached is not.
fn unreadable(place: impl Into<String>, error: Error) -> Stop {
    match error {
        Error::Unavailable(_) => Stop::Failed(error),
        error => found(place, unread(&error.to_string())),
    }
}

/// An unreadable row, with the database's English message.
pub(in crate::store) fn unread(why: &str) -> Words {
    Words::new(format!("无法读取，数据库说：{why}"), format!("cannot be read: {why}"))
}

fn found(place: impl Into<String>, fault: impl Into<Words>) -> Stop {
    Stop::Found(Finding::new(place, fault))
}

/// Verifies the whole ledger of a bank while it is in use: in many short snapshots, so that none blocks SQLite's
/// checkpoints. Each comparison first replays what was written since the one before. `go_on` is called between two of
/// them: its error ends the verification.
pub fn verify(
    database: &Database,
    bank: BankId,
    go_on: &dyn Fn() -> Result<(), Error>,
) -> Result<Verified, Error> {
    let mut conn = reading(database)?;
    let mut replay = Replay::new(&mut conn, bank, Some(Kept::default()))?;
    let mut ended = replay.verify(database, &mut conn, go_on);
    if matches!(ended, Err(Stop::Unclear)) {
        replay = Replay::new(&mut conn, bank, None)?;
        ended = replay.verify(database, &mut conn, go_on);
    }
    let finding = match ended {
        Ok(()) => None,
        Err(Stop::Found(finding)) => Some(finding),
        Err(Stop::Failed(error)) => return Err(error),
        Err(Stop::Unclear) => return Err(Error::Fault("a verification has kept too little".into())),
    };
    Ok(Verified {
        bank,
        entries: replay.book.head.number,
        postings: replay.postings,
        accounts: i64::try_from(replay.book.accounts.iter().count()).unwrap_or(i64::MAX),
        documents: i64::try_from(replay.documents.len()).unwrap_or(i64::MAX),
        head: replay.book.head.number,
        hash: hex::encode(replay.book.head.hash),
        finding,
    })
}

/// A connection that reads from one end to the other.
fn reading(database: &Database) -> Result<AnyConnection, Error> {
    let mut conn = database.connect(Use::Read).map_err(|error| Error::Unavailable(error.to_string()))?;
    connection::remove_timeouts(&mut conn)?;
    connection::keep_pages(&mut conn, CACHE_KIB)?;
    Ok(conn)
}

struct Replay {
    book: Book,
    /// Digests of what is not kept whole; `None`: everything is kept.
    kept: Option<Kept>,
    /// The last state of each document that an entry has touched.
    documents: ByDigest<(DocumentKind, Id), documents::Last>,
    reversed: HashMap<i64, Reversed>,
    /// Points that the last entry brought back to a purse with debts: the next entry must pay them.
    must_pay: BTreeMap<Id, i64>,
    /// Entries whose answers must exist.
    answered: Numbers,
    /// What was paid right behind an entry, by purse.
    paid: HashMap<i64, Vec<(Id, i64)>>,
    postings: i64,
}

type Comparison = fn(&mut Replay, &mut AnyConnection) -> Result<(), Stop>;

impl Replay {
    fn new(conn: &mut AnyConnection, bank: BankId, kept: Option<Kept>) -> Result<Self, Error> {
        let zone = zone_of(conn, bank)?;
        let start = Head {
            number: 0,
            hash: chain::genesis(bank),
            recorded_at: Moment::from_micros(i64::MIN),
            closed_until: None,
            year_closed_until: None,
        };
        let mut book = Book::new(bank, zone, start, Moment::from_micros(i64::MIN));
        book.settle();
        Ok(Replay {
            book,
            kept,
            documents: ByDigest::default(),
            reversed: HashMap::new(),
            must_pay: BTreeMap::new(),
            answered: Numbers::default(),
            paid: HashMap::new(),
            postings: 0,
        })
    }

    fn verify(
        &mut self,
        database: &Database,
        conn: &mut AnyConnection,
        go_on: &dyn Fn() -> Result<(), Error>,
    ) -> Result<(), Stop> {
        let (bank, ended) = (self.book.bank, AtomicBool::new(false));
        std::thread::scope(|scope| {
            let looking = scope.spawn(|| answers::look_through(database, bank, &ended));
            let compared = self.compare_all(database, conn, go_on);
            // A fault was found, or the program ends: the check of the answers stops too.
            ended.store(compared.is_err(), Ordering::Relaxed);
            compared?;
            while !looking.is_finished() {
                go_on().map_err(Stop::Failed).inspect_err(|_| ended.store(true, Ordering::Relaxed))?;
                std::thread::sleep(Duration::from_millis(1));
            }
            let looked =
                looking.join().unwrap_or_else(|_| Err(Error::Fault("a thread panicked".into()).into()));
            let answers = looked?;
            self.compare(conn, |replay, conn| replay.compare_answers(conn, &answers))
        })
    }

    fn compare_all(
        &mut self,
        database: &Database,
        conn: &mut AnyConnection,
        go_on: &dyn Fn() -> Result<(), Error>,
    ) -> Result<(), Stop> {
        self.follow(database, conn, go_on)?;
        let comparisons: [Comparison; 8] = [
            |replay, conn| replay.compare_counts(conn),
            |replay, conn| replay.compare_head(conn),
            |replay, conn| replay.compare_accounts(conn),
            |replay, conn| replay.compare_lots(conn),
            |replay, conn| replay.compare_holds(conn),
            |replay, conn| replay.compare_counters(conn),
            |replay, conn| replay.compare_days(conn),
            |replay, conn| replay.compare_merged(conn),
        ];
        for compare in comparisons {
            go_on().map_err(Stop::Failed)?;
            self.compare(conn, compare)?;
        }
        let mut documents = documents::Progress::new(self.book.head.number);
        loop {
            go_on().map_err(Stop::Failed)?;
            if !self.compare(conn, |replay, conn| replay.compare_documents(conn, &mut documents))? {
                return Ok(());
            }
        }
    }

    /// Replays the chain, which another thread reads and hashes ahead.
    fn follow(
        &mut self,
        database: &Database,
        conn: &mut AnyConnection,
        go_on: &dyn Fn() -> Result<(), Error>,
    ) -> Result<(), Stop> {
        let (bank, after) = (self.book.bank, After::of(&self.book.head));
        let mut ahead = reading(database)?;
        std::thread::scope(|scope| {
            let (next, chunks) = sync_channel(AHEAD);
            scope.spawn(move || links::read_ahead(&mut ahead, bank, after, &next));
            for chunk in chunks {
                go_on().map_err(Stop::Failed)?;
                chunk?.iter().try_for_each(|link| self.link(link))?;
            }
            Ok::<(), Stop>(())
        })?;
        conn.transaction(|conn| self.step(conn).map(drop))
    }

    /// Compares in one snapshot, after replaying the entries that it has beyond the last one.
    fn compare<T>(
        &mut self,
        conn: &mut AnyConnection,
        compare: impl FnOnce(&mut Self, &mut AnyConnection) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        conn.transaction(|conn| {
            while self.step(conn)? {}
            compare(self, conn)
        })
    }

    /// Replays the next entries. Returns whether there may be more.
    fn step(&mut self, conn: &mut AnyConnection) -> Result<bool, Stop> {
        let links = links(conn, self.book.bank, &mut After::of(&self.book.head))?;
        links.iter().try_for_each(|link| self.link(link))?;
        Ok(i64::try_from(links.len()) == Ok(CHUNK))
    }

    /// Replays an entry; then reduces what it has ended to digests.
    fn link(&mut self, link: &Link) -> Result<(), Stop> {
        let entry = &link.entry;
        if let Some(kept) = &mut self.kept {
            for effect in &entry.effects {
                lots_in(effect, |lot| kept.lots.restore(&mut self.book, lot));
            }
        }
        self.entry(link)?;
        let Some(kept) = &mut self.kept else { return Ok(()) };
        for effect in &entry.effects {
            lots_in(effect, |lot| kept.lots.put_away(&mut self.book, lot));
            if let Effect::HoldCaptured { hold, .. } | Effect::HoldReleased { hold, .. } = effect {
                kept.put_away_hold(&mut self.book, hold);
            }
        }
        Ok(())
    }

    fn entry(&mut self, link: &Link) -> Result<(), Stop> {
        let entry = &link.entry;
        let place = || format!("entries {}", entry.number);
        let head = &self.book.head;
        if head.number.checked_add(1) != Some(entry.number) {
            return Err(missing(head.number.saturating_add(1)));
        }
        if !link.follows {
            let fault = (
                "这一笔或它的明细、效果被改动：哈希与前一笔接不上（I11）",
                "entry, postings or effects were changed: the hash does not follow from the one before (I11)",
            );
            return Err(found(place(), fault));
        }
        if entry.recorded_at < head.recorded_at || entry.effective_at > entry.recorded_at {
            return Err(found(place(), ("时间先后颠倒", "times out of order")));
        }
        self.book.head.number = entry.number;
        self.book.head.hash = entry.hash;
        self.book.head.recorded_at = entry.recorded_at;
        let counts_on = self.check_day(entry)?;
        let day = entry.effective_at.day(self.book.zone);
        let effects = (0_i32..).zip(&entry.effects);
        // Accounts are opened before anything moves on them.
        for (ordinal, effect) in effects.clone().filter(|(_, e)| matches!(e, Effect::AccountOpened(_))) {
            self.effect(entry, ordinal, effect, None)?;
        }
        for (leg, posting) in entry.postings.iter().enumerate() {
            self.posting(entry.number, leg, posting, day)?;
        }
        for (ordinal, effect) in effects.filter(|(_, e)| !matches!(e, Effect::AccountOpened(_))) {
            self.effect(entry, ordinal, effect, counts_on)?;
        }
        self.check_bounds(entry)?;
        self.check_owed(entry)?;
        self.check_reversal(entry, link.original.as_deref())?;
        self.note_answer(entry);
        check_note(link)
    }

    fn posting(&mut self, number: i64, leg: usize, posting: &Posting, day: Day) -> Result<(), Stop> {
        let place = || format!("postings {number}/{leg}");
        let accounts = [posting.debit, posting.credit].map(|id| self.book.accounts.get(&id));
        let assets = accounts.map(|account| account.map(|row| row.terms.asset));
        if assets.first() != assets.last() || assets.contains(&None) {
            return Err(found(place(), ("账户不存在，或两边计量不同", "accounts unknown or of two assets")));
        }
        if accounts.into_iter().flatten().any(|row| row.merged.is_some()) {
            return Err(found(
                place(),
                ("记到了已经并入别处的账户", "posted to an account that was merged into another"),
            ));
        }
        let Posting { debit, credit, amount, .. } = *posting;
        let balances = match &mut self.kept {
            None => self.book.apply_posting(debit, credit, amount, day),
            Some(kept) => {
                kept.add_to_day(debit, day, false, amount);
                kept.add_to_day(credit, day, true, amount);
                self.book.apply_to_accounts(debit, credit, amount)
            }
        };
        if balances != Some((posting.debit_balance, posting.credit_balance)) {
            return Err(found(
                place(),
                (
                    "记账后的余额与此前各笔不符（I2）",
                    "the balances after the leg are not those of the entries so far (I2)",
                ),
            ));
        }
        self.postings = self.postings.saturating_add(1);
        Ok(())
    }

    fn effect(
        &mut self,
        entry: &Entry,
        ordinal: i32,
        effect: &Effect,
        counts_on: Option<Day>,
    ) -> Result<(), Stop> {
        if let Effect::Document { document, id, version, state, digest } = effect {
            self.note_document((*document, *id), entry.number, (*version, state, digest), counts_on);
        }
        let applied = match (&mut self.kept, effect) {
            (
                Some(kept),
                Effect::CounterTaken { .. } | Effect::CounterGiven { .. } | Effect::CounterMoved { .. },
            ) => {
                let may_be_negative = matches!(effect, Effect::CounterMoved { .. });
                let rows = effect.counted();
                rows.and_then(|rows| {
                    rows.into_iter().try_for_each(|(counter, by)| kept.count(&counter, by, may_be_negative))
                })
            }
            _ => self.book.apply_effect(entry.number, ordinal, effect),
        };
        applied.ok_or_else(|| {
            found(
                format!("entries {}, effect {ordinal}", entry.number),
                ("与此前各笔的结果对不上", "the effect does not fit what the entries before it made"),
            )
        })
    }

    /// I3: in recorded order no account is below its minimum or above its maximum balance.
    fn check_bounds(&self, entry: &Entry) -> Result<(), Stop> {
        let mut touched: Vec<Id> = entry.postings.iter().flat_map(|p| [p.debit, p.credit]).collect();
        for effect in &entry.effects {
            if let Effect::HoldOpened { legs, .. } = effect {
                touched.extend(legs.iter().flat_map(|l| [l.debit, l.credit]));
            }
        }
        for id in touched {
            let Some(account) = self.book.accounts.get(&id) else { continue };
            let above = account.terms.ceiling.is_some_and(|ceiling| account.balance() > ceiling);
            if account.available() < 0 || above {
                let fault = (
                    format!("账户 {id} 越过了下限或上限（I3）"),
                    format!("account {id} left its bounds (I3)"),
                );
                return Err(found(format!("entries {}", entry.number), fault));
            }
        }
        Ok(())
    }

    /// I6: reversed so far ≤ original, per posting, between the same accounts in the opposite direction.
    fn check_reversal(&mut self, entry: &Entry, original: Option<&[Posting]>) -> Result<(), Stop> {
        let Some(number) = entry.reverses else { return Ok(()) };
        let place = || format!("entries {}", entry.number);
        let Some(original) = original else {
            return Err(found(
                place(),
                (
                    format!("冲正的第 {number} 笔不存在"),
                    format!("reverses entry {number}, which is not there"),
                ),
            ));
        };
        self.reversed.entry(number).or_default().add(&entry.postings, &entry.effects);
        // What the groups of a deed are worth without it may be more or less than what the deed was granted.
        let of_groups = climbed(&entry.effects);
        for posting in entry.postings.iter().filter(|p| !of_groups || p.reverses_leg.is_some()) {
            let leg = posting.reverses_leg.and_then(|leg| usize::try_from(leg).ok());
            let Some(first) = leg.and_then(|leg| original.get(leg)) else {
                return Err(found(place(), ("冲正的记账行不存在", "reverses a leg that is not there")));
            };
            // What was moved on a duplicate is taken back from the account it was merged into.
            let meant = |id: Id| self.book.account_meant(id);
            let of = |account: Id, first: Id| self.is_of(account, meant(first));
            if !of(posting.debit, first.credit) || !of(posting.credit, first.debit) {
                return Err(found(place(), ("冲正用了别的账户", "reverses a leg between other accounts")));
            }
        }
        for (leg, amount) in self.reversed.get(&number).into_iter().flat_map(|so_far| &so_far.legs) {
            let first = usize::try_from(*leg).ok().and_then(|leg| original.get(leg));
            if first.is_none_or(|p| *amount > p.amount) {
                return Err(found(
                    place(),
                    (
                        format!("第 {number} 笔第 {leg} 行被冲正的超过原数（I6）"),
                        format!("more than leg {leg} of entry {number} was taken back (I6)"),
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// Calls `each` with every lot that an effect names, and the one that it opens.
fn lots_in(effect: &Effect, mut each: impl FnMut(&LotId)) {
    match effect {
        Effect::LotConsumed { lot, .. }
        | Effect::LotRestored { lot, .. }
        | Effect::LotReleased { lot, .. } => {
            each(lot);
        }
        Effect::HoldOpened { legs, .. } => {
            legs.iter().flat_map(|leg| &leg.earmarks).for_each(|earmark| each(&earmark.lot));
        }
        Effect::AccountMerged { lots, .. } => lots.iter().for_each(each),
        _ => {}
    }
}

fn missing(number: i64) -> Stop {
    found(
        format!("entries {number}"),
        ("缺少这一笔：编号不连续（I11）", "the entry is missing: numbers have a gap (I11)"),
    )
}

/// A text may have been erased; an existing one must be that of its entry.
fn check_note(link: &Link) -> Result<(), Stop> {
    let place = || format!("notes {}", link.entry.number);
    match (&link.note, link.entry.note_digest) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(found(place(), ("没有哪一笔有这段附言", "no entry has this text"))),
        (Some((salt, body)), Some(digest)) => {
            let salt = <[u8; 16]>::try_from(salt.as_slice()).unwrap_or_default();
            match chain::note_digest(&salt, body) == digest {
                true => Ok(()),
                false => Err(found(place(), ("附言被改动", "the text was changed"))),
            }
        }
    }
}

/// The finding for a row that is not stored.
const GONE: (&str, &str) = ("各笔记下了它，存储里却没有", "the entries made it, but it is not stored");

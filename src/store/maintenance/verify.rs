//! `verify`: replays the entries alone, and compares everything stored with what they say. It names the first fault.

mod answers;
mod chunk;
mod days;
mod documents;
mod merged;
mod owed;
mod words;

pub use chunk::check_end;
use chunk::chunk;

use crate::domain::document::DocumentKind;
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::entry::{Effect, Entry};
use crate::domain::time::Moment;
use crate::ledger::{Book, Head, Reversed, chain};
use crate::store::connection::AnyConnection;
use crate::store::error::Error;
use crate::store::schema::*;
use crate::store::tables::zone_of;
use crate::store::writer::load;
use crate::store::writer::rows::*;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

pub use words::{Finding, Words};

/// What a verification saw.
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
    /// The first fault; none: everything agrees.
    pub finding: Option<Finding>,
}

/// Entries in one step of the replay.
const CHUNK: i64 = 4_000;

enum Stop {
    Found(Finding),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            // A row that cannot be read is a finding, not a failure.
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

/// A row that cannot be read is a finding; a server that cannot be reached is none.
fn unreadable(place: impl Into<String>, error: Error) -> Stop {
    match error {
        Error::Unavailable(_) => Stop::Failed(error),
        error => found(place, unread(&error.to_string())),
    }
}

/// A row that cannot be read: the database says in English what is wrong with it.
pub(in crate::store) fn unread(why: &str) -> Words {
    Words::new(format!("无法读取，数据库说：{why}"), format!("cannot be read: {why}"))
}

fn found(place: impl Into<String>, fault: impl Into<Words>) -> Stop {
    Stop::Found(Finding::new(place, fault))
}

/// Recomputes the whole ledger of a bank, beside a bank at work: in many short snapshots, so that none keeps SQLite
/// from writing its log back. Each comparison first replays what was written since the one before. `go_on` is asked
/// between two of them: its error ends the verification.
pub fn verify(
    conn: &mut AnyConnection,
    bank: BankId,
    go_on: &dyn Fn() -> Result<(), Error>,
) -> Result<Verified, Error> {
    let zone = zone_of(conn, bank)?;
    let start = Head {
        number: 0,
        hash: chain::genesis(bank),
        recorded_at: Moment::from_micros(i64::MIN),
        closed_until: None,
        year_closed_until: None,
    };
    let mut replay = Replay {
        book: Book::new(bank, zone, start, Moment::from_micros(i64::MIN)),
        documents: BTreeMap::new(),
        reversed: HashMap::new(),
        must_pay: BTreeMap::new(),
        noted: HashSet::new(),
        answered: answers::Answered::default(),
        postings: 0,
        effects: 0,
    };
    let finding = match replay.verify(conn, go_on) {
        Ok(()) => None,
        Err(Stop::Found(finding)) => Some(finding),
        Err(Stop::Failed(error)) => return Err(error),
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

struct Replay {
    book: Book,
    /// The last state of each document that an entry has touched: entry, version, state, digest.
    documents: BTreeMap<(DocumentKind, Id), (i64, i64, String, String)>,
    reversed: HashMap<i64, Reversed>,
    /// What the last entry brought back and what is owed there: the next entry pays it.
    must_pay: BTreeMap<Id, i64>,
    /// Entries that keep the digest of a text.
    noted: HashSet<i64>,
    answered: answers::Answered,
    postings: i64,
    effects: i64,
}

impl Replay {
    fn verify(
        &mut self,
        conn: &mut AnyConnection,
        go_on: &dyn Fn() -> Result<(), Error>,
    ) -> Result<(), Stop> {
        loop {
            go_on().map_err(Stop::Failed)?;
            if !conn.transaction(|conn| self.step(conn))? {
                break;
            }
        }
        type Comparison = fn(&mut Replay, &mut AnyConnection) -> Result<(), Stop>;
        let comparisons: [Comparison; 8] = [
            |replay, conn| replay.compare_counts(conn),
            |replay, conn| replay.compare_head(conn),
            |replay, conn| replay.compare_accounts(conn),
            |replay, conn| replay.compare_lots(conn),
            |replay, conn| replay.compare_holds(conn),
            |replay, conn| replay.compare_sums(conn),
            |replay, conn| replay.compare_notes(conn),
            |replay, conn| replay.compare_merged(conn),
        ];
        for compare in comparisons {
            go_on().map_err(Stop::Failed)?;
            self.compare(conn, compare)?;
        }
        let mut documents = documents::Progress::default();
        loop {
            go_on().map_err(Stop::Failed)?;
            if !self.compare(conn, |replay, conn| replay.compare_documents(conn, &mut documents))? {
                break;
            }
        }
        let mut answers = self.begin_answers();
        loop {
            go_on().map_err(Stop::Failed)?;
            if !self.compare(conn, |replay, conn| replay.compare_answers(conn, &mut answers))? {
                return Ok(());
            }
        }
    }

    /// Compares in one snapshot, after replaying what it shows beyond the last one.
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
        let entries = chunk(conn, self.book.bank, self.book.head.number, CHUNK)?;
        for (entry, texts) in &entries {
            self.entry(conn, entry, texts)?;
        }
        self.book.forget();
        self.forget_removed(conn)?;
        Ok(i64::try_from(entries.len()).unwrap_or(0) == CHUNK)
    }

    /// Rows above a gap or beyond the end would have been passed over.
    fn compare_counts(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        self.check_paid()?;
        let count = |n: i64, name: &str, replayed: i64| match n == replayed {
            true => Ok(()),
            false => Err(found(
                name,
                (
                    format!("存有 {n} 行，链上只有 {replayed} 行"),
                    format!("{n} rows are stored, {replayed} belong to the chain"),
                ),
            )),
        };
        let bank = self.book.bank;
        let n: i64 = entries::table.filter(entries::bank_id.eq(bank)).count().get_result(conn)?;
        if n != self.book.head.number {
            let missing = self.book.head.number.saturating_add(1);
            return Err(found(
                format!("entries {missing}"),
                ("缺少这一笔：编号不连续（I11）", "the entry is missing: numbers have a gap (I11)"),
            ));
        }
        let n: i64 = postings::table.filter(postings::bank_id.eq(bank)).count().get_result(conn)?;
        count(n, "postings", self.postings)?;
        let n: i64 = effects::table.filter(effects::bank_id.eq(bank)).count().get_result(conn)?;
        count(n, "effects", self.effects)
    }

    fn entry(&mut self, conn: &mut AnyConnection, entry: &Entry, texts: &[String]) -> Result<(), Stop> {
        let place = format!("entries {}", entry.number);
        let head = &self.book.head;
        if head.number.checked_add(1) != Some(entry.number) {
            let missing = head.number.saturating_add(1);
            return Err(found(
                format!("entries {missing}"),
                ("缺少这一笔：编号不连续（I11）", "the entry is missing: numbers have a gap (I11)"),
            ));
        }
        if chain::hash(&head.hash, entry, texts) != entry.hash {
            let fault = (
                "这一笔或它的明细、效果被改动：哈希与前一笔接不上（I11）",
                "entry, postings or effects were changed: the hash does not follow from the one before (I11)",
            );
            return Err(found(place, fault));
        }
        if entry.recorded_at < head.recorded_at || entry.effective_at > entry.recorded_at {
            return Err(found(place, ("时间先后颠倒", "times out of order")));
        }
        self.book.head.number = entry.number;
        self.book.head.hash = entry.hash;
        self.book.head.recorded_at = entry.recorded_at;
        self.check_day(entry)?;
        let day = entry.effective_at.day(self.book.zone);
        let effects = (0_i32..).zip(&entry.effects);
        // Accounts are opened before anything moves on them.
        for (ordinal, effect) in effects.clone().filter(|(_, e)| matches!(e, Effect::AccountOpened(_))) {
            self.effect(entry, ordinal, effect)?;
        }
        for (leg, posting) in entry.postings.iter().enumerate() {
            let place = || format!("postings {}/{leg}", entry.number);
            let assets =
                [posting.debit, posting.credit].map(|id| self.book.accounts.get(&id).map(|a| a.terms.asset));
            if assets.first() != assets.last() || assets.contains(&None) {
                return Err(found(
                    place(),
                    ("账户不存在，或两边计量不同", "accounts unknown or of two assets"),
                ));
            }
            let is_merged = |id: &Id| self.book.accounts.get(id).is_some_and(|a| a.merged.is_some());
            if is_merged(&posting.debit) || is_merged(&posting.credit) {
                return Err(found(
                    place(),
                    ("记到了已经并入别处的账户", "posted to an account that was merged into another"),
                ));
            }
            let balances = self.book.apply_posting(posting.debit, posting.credit, posting.amount, day);
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
        }
        for (ordinal, effect) in effects.filter(|(_, e)| !matches!(e, Effect::AccountOpened(_))) {
            self.effect(entry, ordinal, effect)?;
        }
        self.effects = self.effects.saturating_add(i64::try_from(entry.effects.len()).unwrap_or(0));
        self.check_bounds(entry)?;
        self.check_owed(entry)?;
        self.check_reversal(conn, entry)?;
        self.note_answer(entry);
        self.check_note(conn, entry)
    }

    fn effect(&mut self, entry: &Entry, ordinal: i32, effect: &Effect) -> Result<(), Stop> {
        if let Effect::Document { document, id, version, state, digest } = effect {
            let last = (entry.number, *version, state.clone(), digest.clone());
            self.documents.insert((*document, *id), last);
        }
        let place = || format!("effects {}/{ordinal}", entry.number);
        self.book.apply_effect(entry.number, ordinal, effect).ok_or_else(|| {
            found(
                place(),
                ("与此前各笔的结果对不上", "the effect does not fit what the entries before it made"),
            )
        })
    }

    /// I3: in recorded order nothing is below its floor or above its ceiling.
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

    /// I6: reversed so far ≤ original, per posting, between the same accounts the other way round.
    fn check_reversal(&mut self, conn: &mut AnyConnection, entry: &Entry) -> Result<(), Stop> {
        let Some(number) = entry.reverses else { return Ok(()) };
        let place = || format!("entries {}", entry.number);
        let Some(original) = load::entry(conn, self.book.bank, number)? else {
            return Err(found(
                place(),
                (
                    format!("冲正的第 {number} 笔不存在"),
                    format!("reverses entry {number}, which is not there"),
                ),
            ));
        };
        self.reversed.entry(number).or_default().add(&entry.postings, &entry.effects);
        for posting in &entry.postings {
            let leg = posting.reverses_leg.and_then(|leg| usize::try_from(leg).ok());
            let Some(first) = leg.and_then(|leg| original.postings.get(leg)) else {
                return Err(found(place(), ("冲正的记账行不存在", "reverses a leg that is not there")));
            };
            // What was moved on a duplicate is taken back where its account went.
            let meant = |id: Id| self.book.account_meant(id);
            let of = |account: Id, first: Id| self.is_of(account, meant(first));
            if !of(posting.debit, first.credit) || !of(posting.credit, first.debit) {
                return Err(found(place(), ("冲正用了别的账户", "reverses a leg between other accounts")));
            }
        }
        for (leg, amount) in self.reversed.get(&number).into_iter().flat_map(|so_far| &so_far.legs) {
            let first = usize::try_from(*leg).ok().and_then(|leg| original.postings.get(leg));
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

    fn check_note(&mut self, conn: &mut AnyConnection, entry: &Entry) -> Result<(), Stop> {
        let Some(digest) = entry.note_digest else { return Ok(()) };
        self.noted.insert(entry.number);
        let at = notes::table.find((self.book.bank, entry.number)).select(NoteRow::as_select());
        // An erased note is gone with its salt; one that stands must be the one of the entry.
        let Some(note) = at.get_result(conn).optional()? else { return Ok(()) };
        let salt = <[u8; 16]>::try_from(note.salt.as_slice()).unwrap_or_default();
        match chain::note_digest(&salt, &note.body) == digest {
            true => Ok(()),
            false => Err(found(format!("notes {}", entry.number), ("附言被改动", "the text was changed"))),
        }
    }

    fn compare_head(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let head = load::head(conn, self.book.bank).map_err(|error| unreadable("heads", error))?;
        if head.number == 0 {
            // No entry says when an empty chain was begun.
            self.book.head.recorded_at = head.recorded_at;
        }
        match head == self.book.head {
            true => Ok(()),
            false => Err(found(
                "heads",
                words::differences(&words::of_head(&head), &words::of_head(&self.book.head)),
            )),
        }
    }

    /// A text may be erased; one that stands belongs to an entry that keeps its digest.
    fn compare_notes(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let numbers = notes::table
            .filter(notes::bank_id.eq(self.book.bank))
            .select(notes::entry_number)
            .load::<i64>(conn)?;
        match numbers.into_iter().find(|number| !self.noted.contains(number)) {
            Some(number) => {
                Err(found(format!("notes {number}"), ("没有哪一笔有这段附言", "no entry has this text")))
            }
            None => Ok(()),
        }
    }

    fn compare_accounts(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let rows = accounts::table
            .filter(accounts::bank_id.eq(self.book.bank))
            .select(AccountRow::as_select())
            .load(conn)?;
        let mut stored = HashSet::with_capacity(rows.len());
        for row in rows {
            let place = format!("accounts {}", row.id);
            stored.insert(row.id);
            match self.book.accounts.get(&row.id).map(AccountRow::of) {
                // Compared as rows: a text that is read as the same word is still another text.
                Some(replayed) if format!("{replayed:?}") == format!("{row:?}") => {}
                Some(replayed) => return Err(found(place, words::differences(&row, &replayed))),
                None => return Err(found(place, ("没有哪一笔开过这个账户", "no entry opened this account"))),
            }
        }
        if let Some((id, _)) = self.book.accounts.iter().find(|(id, _)| !stored.contains(*id)) {
            return Err(found(format!("accounts {id}"), GONE));
        }
        let mut sums: BTreeMap<String, [i64; 4]> = BTreeMap::new();
        for (_, account) in self.book.accounts.iter() {
            let sum = sums.entry(account.terms.asset.to_string()).or_default();
            let values = [
                account.debits_posted,
                account.credits_posted,
                account.debits_pending,
                account.credits_pending,
            ];
            for (slot, value) in sum.iter_mut().zip(values) {
                *slot = slot.saturating_add(value);
            }
        }
        for (asset, [debits, credits, debits_pending, credits_pending]) in sums {
            if debits != credits || debits_pending != credits_pending {
                let fault = ("借方与贷方不等（I1）", "debits and credits differ (I1)");
                return Err(found(format!("accounts of {asset}"), fault));
            }
        }
        Ok(())
    }

    fn compare_lots(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let rows =
            lots::table.filter(lots::bank_id.eq(self.book.bank)).select(LotRow::as_select()).load(conn)?;
        let mut stored = HashSet::with_capacity(rows.len());
        let mut sums: HashMap<Id, i64> = HashMap::new();
        for row in rows {
            let place = format!("lots {}/{}", row.entry_number, row.ordinal);
            let lot = row.lot();
            stored.insert(lot.id);
            let sum = sums.entry(lot.account).or_default();
            *sum = sum.saturating_add(lot.remaining);
            match self.book.lots.get(&lot.id) {
                Some(replayed) if *replayed == lot => {}
                Some(replayed) => {
                    let [stored, replayed] = [&lot, replayed].map(words::of_lot);
                    return Err(found(place, words::differences(&stored, &replayed)));
                }
                None => return Err(found(place, ("没有哪一笔开过这个批次", "no entry opened this lot"))),
            }
        }
        if let Some((id, _)) = self.book.lots.iter().find(|(id, _)| !stored.contains(*id)) {
            return Err(found(format!("lots {}/{}", id.entry, id.ordinal), GONE));
        }
        for (id, account) in self.book.accounts.iter().filter(|(_, account)| account.terms.lots) {
            if sums.get(id).copied().unwrap_or(0) != account.terms.sum_of_lots(account.balance()) {
                let fault = ("未用批次之和不等于余额（I4）", "open lots do not add up to the balance (I4)");
                return Err(found(format!("accounts {id}"), fault));
            }
        }
        Ok(())
    }

    fn compare_holds(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let rows = holds::table
            .filter(holds::bank_id.eq(self.book.bank))
            .order((holds::id, holds::leg))
            .select(HoldRow::as_select())
            .load(conn)?;
        let mut stored = HashSet::new();
        for legs in rows.chunk_by(|a, b| a.id == b.id) {
            let Some(first) = legs.first() else { continue };
            let place = format!("holds {}", first.id);
            let replayed = self.book.holds.get(&first.id);
            // Compared as rows, so that every column of every leg counts, also those that a leg repeats.
            let expected = replayed.map(|hold| HoldRow::of(self.book.bank, hold)).unwrap_or_default();
            if expected.is_empty() {
                return Err(found(place, ("没有哪一笔做过这个预留", "no entry opened this hold")));
            }
            if format!("{legs:?}") != format!("{expected:?}") {
                return Err(found(place, words::differences(&legs, &expected)));
            }
            stored.insert(first.id);
        }
        match self.book.holds.iter().find(|(id, _)| !stored.contains(*id)) {
            None => Ok(()),
            Some((id, _)) => Err(found(format!("holds {id}"), GONE)),
        }
    }

    fn compare_sums(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let rows = counters::table
            .filter(counters::bank_id.eq(self.book.bank))
            .select((counters::counter_key, counters::counter_window, counters::used))
            .load::<(String, String, i64)>(conn)?;
        let mut stored = HashSet::with_capacity(rows.len());
        for (key, window, used) in rows {
            let id = crate::domain::ledger::account::CounterId { key, window };
            let replayed = self.book.counters.get(&id).copied();
            if replayed != Some(used) {
                let place = format!("counters {} {}", id.key, id.window);
                return Err(found(place, words::numbers(&[used], replayed.map(|used| vec![used]), "I9")));
            }
            stored.insert(id);
        }
        if let Some((id, _)) = self.book.counters.iter().find(|(id, _)| !stored.contains(*id)) {
            return Err(found(format!("counters {} {}", id.key, id.window), GONE));
        }
        let rows = day_totals::table
            .filter(day_totals::bank_id.eq(self.book.bank))
            .select((day_totals::account_id, day_totals::day, day_totals::debits, day_totals::credits))
            .load::<(Id, crate::domain::time::Day, i64, i64)>(conn)?;
        let mut stored = HashSet::with_capacity(rows.len());
        for (account, day, debits, credits) in rows {
            let replayed = self.book.day_totals.get(&(account, day));
            let replayed = replayed.map(|total| vec![total.debits, total.credits]);
            if replayed.as_deref() != Some(&[debits, credits]) {
                let place = format!("day_totals {account} {day}");
                return Err(found(place, words::numbers(&[debits, credits], replayed, "I2")));
            }
            stored.insert((account, day));
        }
        match self.book.day_totals.iter().find(|(id, _)| !stored.contains(*id)) {
            None => Ok(()),
            Some(((account, day), _)) => Err(found(format!("day_totals {account} {day}"), GONE)),
        }
    }
}

/// Of a row that is not stored.
const GONE: (&str, &str) = ("各笔记下了它，存储里却没有", "the entries made it, but it is not stored");

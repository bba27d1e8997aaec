//! `verify`: replays the entries alone, and compares everything stored with what they say. It names the first fault.

mod documents;
mod merged;
mod owed;

use super::connection::AnyConnection;
use super::error::Error;
use super::load;
use super::rows::*;
use super::schema::*;
use super::tables::zone_of;
use crate::domain::document::DocumentKind;
use crate::domain::entry::{Effect, Entry};
use crate::domain::id::{BankId, Id};
use crate::domain::time::Moment;
use crate::ledger::{Book, Head, Reversed, chain};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Where the books disagree, and how.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// The table and the row.
    pub place: String,
    pub fault: String,
}

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
/// Entries checked when the program starts.
const END: i64 = 1_000;

type Whole = (Entry, Vec<String>);

enum Stop {
    Found(Finding),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            // A row that cannot be read is a finding, not a failure.
            Error::Closed(text) => Stop::Found(Finding { place: "database".into(), fault: text }),
            other => Stop::Failed(other),
        }
    }
}

impl From<diesel::result::Error> for Stop {
    fn from(error: diesel::result::Error) -> Self {
        let text = error.to_string();
        if matches!(error, diesel::result::Error::DeserializationError(_)) || text.contains("malformed") {
            return Stop::Found(Finding { place: "database".into(), fault: text });
        }
        Stop::Failed(error.into())
    }
}

/// A row that cannot be read is a finding; a server that cannot be reached is none.
fn unreadable(place: impl Into<String>, error: Error) -> Stop {
    match error {
        Error::Unavailable(_) => Stop::Failed(error),
        error => found(place, error.to_string()),
    }
}

fn found(place: impl Into<String>, fault: impl Into<String>) -> Stop {
    Stop::Found(Finding { place: place.into(), fault: fault.into() })
}

/// Recomputes the whole ledger of a bank in one snapshot.
pub fn verify(conn: &mut AnyConnection, bank: BankId) -> Result<Verified, Error> {
    conn.transaction(|conn| {
        let zone = zone_of(conn, bank)?;
        let start = Head {
            number: 0,
            hash: chain::genesis(bank),
            recorded_at: Moment::from_micros(i64::MIN),
            closed_until: None,
        };
        let mut replay = Replay {
            book: Book::new(bank, zone, start, Moment::from_micros(i64::MIN)),
            documents: BTreeMap::new(),
            reversed: HashMap::new(),
            must_pay: BTreeMap::new(),
            noted: HashSet::new(),
            postings: 0,
            effects: 0,
        };
        let outcome = replay.run(conn).and_then(|()| replay.compare(conn));
        let finding = match outcome {
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
    })
}

/// The last entries still follow from one another, and the head from the last. Cheap: for every start.
pub fn check_end(conn: &mut AnyConnection, bank: BankId) -> Result<(), Error> {
    let head = load::head(conn, bank)?;
    let last: Option<i64> = entries::table
        .filter(entries::bank_id.eq(bank))
        .select(diesel::dsl::max(entries::number))
        .get_result(conn)?;
    if last.unwrap_or(0) != head.number {
        let last = last.unwrap_or(0);
        return Err(Error::Closed(format!("the last entry is {last}, the head says {}", head.number)));
    }
    let from = head.number.saturating_sub(END).max(0);
    let mut previous = match from {
        0 => chain::genesis(bank),
        number => load::entry(conn, bank, number)?.map(|e| e.hash).unwrap_or([0; 32]),
    };
    for (entry, texts) in chunk(conn, bank, from, END)? {
        if chain::hash(&previous, &entry, &texts) != entry.hash {
            return Err(Error::Closed(format!("entry {} does not follow from the one before", entry.number)));
        }
        previous = entry.hash;
    }
    if previous != head.hash {
        return Err(Error::Closed("the head's hash is not that of the last entry".into()));
    }
    Ok(())
}

/// The next entries above `after`, whole.
fn chunk(conn: &mut AnyConnection, bank: BankId, after: i64, limit: i64) -> Result<Vec<Whole>, Error> {
    let until = after.saturating_add(limit);
    let rows = entries::table
        .filter(entries::bank_id.eq(bank).and(entries::number.gt(after)).and(entries::number.le(until)))
        .order(entries::number)
        .select(EntryRow::as_select())
        .load(conn)?;
    let legs = postings::table
        .filter(postings::bank_id.eq(bank))
        .filter(postings::entry_number.gt(after).and(postings::entry_number.le(until)))
        .order((postings::entry_number, postings::leg))
        .select(PostingRow::as_select())
        .load(conn)?;
    let parts = effects::table
        .filter(effects::bank_id.eq(bank))
        .filter(effects::entry_number.gt(after).and(effects::entry_number.le(until)))
        .order((effects::entry_number, effects::ordinal))
        .select(EffectRow::as_select())
        .load(conn)?;
    let (mut legs, mut parts) = (legs.into_iter().peekable(), parts.into_iter().peekable());
    let mut whole = Vec::with_capacity(rows.len());
    for row in rows {
        let number = row.number;
        let mut own_legs = Vec::with_capacity(1);
        while let Some(leg) = legs.next_if(|leg| leg.entry_number == number) {
            if usize::try_from(leg.leg) != Ok(own_legs.len()) {
                return Err(Error::Closed(format!(
                    "postings of entry {number}: leg {} out of order",
                    leg.leg
                )));
            }
            own_legs.push(leg);
        }
        let mut own_parts = Vec::new();
        while let Some(part) = parts.next_if(|part| part.entry_number == number) {
            if usize::try_from(part.ordinal) != Ok(own_parts.len()) {
                return Err(Error::Closed(format!(
                    "effects of entry {number}: {} out of order",
                    part.ordinal
                )));
            }
            own_parts.push(part);
        }
        whole.push(
            row.entry(own_legs, own_parts)
                .map_err(|error| Error::Closed(format!("entry {number} cannot be read: {error}")))?,
        );
    }
    Ok(whole)
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
    postings: i64,
    effects: i64,
}

impl Replay {
    fn run(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        loop {
            let after = self.book.head.number;
            let entries = chunk(conn, self.book.bank, after, CHUNK)?;
            let full = i64::try_from(entries.len()).unwrap_or(0) == CHUNK;
            for (entry, texts) in &entries {
                self.entry(conn, entry, texts)?;
            }
            self.book.forget();
            if !full {
                break;
            }
        }
        self.check_paid()?;
        // Rows above a gap or beyond the end would have been passed over.
        let count = |n: i64, name: &str, replayed: i64| match n == replayed {
            true => Ok(()),
            false => Err(found(name, format!("{n} rows are stored, {replayed} belong to the chain"))),
        };
        let bank = self.book.bank;
        let n: i64 = entries::table.filter(entries::bank_id.eq(bank)).count().get_result(conn)?;
        if n != self.book.head.number {
            let missing = self.book.head.number.saturating_add(1);
            return Err(found(
                format!("entries {missing}"),
                "the entry is missing: numbers have a gap (I11)",
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
                "the entry is missing: numbers have a gap (I11)",
            ));
        }
        if chain::hash(&head.hash, entry, texts) != entry.hash {
            let fault =
                "entry, postings or effects were changed: the hash does not follow from the one before (I11)";
            return Err(found(place, fault));
        }
        if entry.recorded_at < head.recorded_at || entry.effective_at > entry.recorded_at {
            return Err(found(place, "times out of order"));
        }
        self.book.head.number = entry.number;
        self.book.head.hash = entry.hash;
        self.book.head.recorded_at = entry.recorded_at;
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
                return Err(found(place(), "accounts unknown or of two assets"));
            }
            let is_merged = |id: &Id| self.book.accounts.get(id).is_some_and(|a| a.merged.is_some());
            if is_merged(&posting.debit) || is_merged(&posting.credit) {
                return Err(found(place(), "posted to an account that was merged into another"));
            }
            let balances = self.book.apply_posting(posting.debit, posting.credit, posting.amount, day);
            if balances != Some((posting.debit_balance, posting.credit_balance)) {
                return Err(found(
                    place(),
                    "the balances after the leg are not those of the entries so far (I2)",
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
        self.check_note(conn, entry)
    }

    fn effect(&mut self, entry: &Entry, ordinal: i32, effect: &Effect) -> Result<(), Stop> {
        if let Effect::Document { document, id, version, state, digest } = effect {
            let last = (entry.number, *version, state.clone(), digest.clone());
            self.documents.insert((*document, *id), last);
        }
        let place = || format!("effects {}/{ordinal}", entry.number);
        self.book
            .apply_effect(entry.number, ordinal, effect)
            .ok_or_else(|| found(place(), "the effect does not fit what the entries before it made"))
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
                let fault = format!("account {id} left its bounds (I3)");
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
            return Err(found(place(), format!("reverses entry {number}, which is not there")));
        };
        self.reversed.entry(number).or_default().add(&entry.postings, &entry.effects);
        for posting in &entry.postings {
            let leg = posting.reverses_leg.and_then(|leg| usize::try_from(leg).ok());
            let Some(first) = leg.and_then(|leg| original.postings.get(leg)) else {
                return Err(found(place(), "reverses a leg that is not there"));
            };
            // What was moved on a duplicate is taken back where its account went.
            let meant = |id: Id| self.book.account_meant(id);
            let of = |account: Id, first: Id| self.is_of(account, meant(first));
            if !of(posting.debit, first.credit) || !of(posting.credit, first.debit) {
                return Err(found(place(), "reverses a leg between other accounts"));
            }
        }
        for (leg, amount) in self.reversed.get(&number).into_iter().flat_map(|so_far| &so_far.legs) {
            let first = usize::try_from(*leg).ok().and_then(|leg| original.postings.get(leg));
            if first.is_none_or(|p| *amount > p.amount) {
                return Err(found(
                    place(),
                    format!("more than leg {leg} of entry {number} was taken back (I6)"),
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
            false => Err(found(format!("notes {}", entry.number), "the text was changed")),
        }
    }

    /// Everything stored against what the entries say.
    fn compare(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let head = load::head(conn, self.book.bank).map_err(|error| unreadable("heads", error))?;
        if head.number == 0 {
            // No entry says when an empty chain was begun.
            self.book.head.recorded_at = head.recorded_at;
        }
        if head != self.book.head {
            let fault = format!("the head is {head:?}, the entries say {:?}", self.book.head);
            return Err(found("heads", fault));
        }
        self.compare_accounts(conn)?;
        self.compare_lots(conn)?;
        self.compare_holds(conn)?;
        self.compare_sums(conn)?;
        self.compare_notes(conn)?;
        self.compare_merged(conn)?;
        self.compare_documents(conn)
    }

    /// A text may be erased; one that stands belongs to an entry that keeps its digest.
    fn compare_notes(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let numbers = notes::table
            .filter(notes::bank_id.eq(self.book.bank))
            .select(notes::entry_number)
            .load::<i64>(conn)?;
        match numbers.into_iter().find(|number| !self.noted.contains(number)) {
            Some(number) => Err(found(format!("notes {number}"), "no entry has this text")),
            None => Ok(()),
        }
    }

    fn compare_accounts(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let rows = accounts::table
            .filter(accounts::bank_id.eq(self.book.bank))
            .select(AccountRow::as_select())
            .load(conn)?;
        let stored = rows.len();
        for row in rows {
            let place = format!("accounts {}", row.id);
            match self.book.accounts.get(&row.id).map(AccountRow::of) {
                // Compared as rows: a text that is read as the same word is still another text.
                Some(replayed) if format!("{replayed:?}") == format!("{row:?}") => {}
                Some(replayed) => {
                    return Err(found(place, format!("stored {row:?}, the entries say {replayed:?} (I2)")));
                }
                None => return Err(found(place, "no entry opened this account")),
            }
        }
        let replayed = self.book.accounts.iter().count();
        if stored != replayed {
            return Err(found("accounts", format!("{stored} are stored, the entries opened {replayed}")));
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
                return Err(found(format!("accounts of {asset}"), "debits and credits differ (I1)"));
            }
        }
        Ok(())
    }

    fn compare_lots(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let rows =
            lots::table.filter(lots::bank_id.eq(self.book.bank)).select(LotRow::as_select()).load(conn)?;
        let stored = rows.len();
        let mut sums: HashMap<Id, i64> = HashMap::new();
        for row in rows {
            let place = format!("lots {}/{}", row.entry_number, row.ordinal);
            let lot = row.lot();
            let sum = sums.entry(lot.account).or_default();
            *sum = sum.saturating_add(lot.remaining);
            match self.book.lots.get(&lot.id) {
                Some(replayed) if *replayed == lot => {}
                other => return Err(found(place, format!("stored {lot:?}, the entries say {other:?}"))),
            }
        }
        let replayed = self.book.lots.iter().count();
        if stored != replayed {
            return Err(found("lots", format!("{stored} are stored, the entries opened {replayed}")));
        }
        for (id, account) in self.book.accounts.iter().filter(|(_, account)| account.terms.lots) {
            if sums.get(id).copied().unwrap_or(0) != account.terms.sum_of_lots(account.balance()) {
                return Err(found(format!("accounts {id}"), "open lots do not add up to the balance (I4)"));
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
        let mut stored = 0_usize;
        for legs in rows.chunk_by(|a, b| a.id == b.id) {
            let Some(first) = legs.first() else { continue };
            let place = format!("holds {}", first.id);
            let replayed = self.book.holds.get(&first.id);
            // Compared as rows, so that every column of every leg counts, also those that a leg repeats.
            let expected = replayed.map(|hold| HoldRow::of(self.book.bank, hold)).unwrap_or_default();
            if format!("{legs:?}") != format!("{expected:?}") {
                return Err(found(place, format!("stored {legs:?}, the entries say {expected:?} (I5)")));
            }
            stored = stored.saturating_add(1);
        }
        let replayed = self.book.holds.iter().count();
        match stored == replayed {
            true => Ok(()),
            false => Err(found("holds", format!("{stored} are stored, the entries opened {replayed}"))),
        }
    }

    fn compare_sums(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let rows = counters::table
            .filter(counters::bank_id.eq(self.book.bank))
            .select((counters::counter_key, counters::counter_window, counters::used))
            .load::<(String, String, i64)>(conn)?;
        let stored = rows.len();
        for (key, window, used) in rows {
            let id = crate::domain::account::CounterId { key, window };
            let replayed = self.book.counters.get(&id);
            if replayed != Some(&used) {
                let place = format!("counters {} {}", id.key, id.window);
                return Err(found(place, format!("stored {used}, the entries say {replayed:?} (I9)")));
            }
        }
        if stored != self.book.counters.iter().count() {
            return Err(found("counters", "a counter of the entries is not stored (I9)"));
        }
        let rows = day_totals::table
            .filter(day_totals::bank_id.eq(self.book.bank))
            .select((day_totals::account_id, day_totals::day, day_totals::debits, day_totals::credits))
            .load::<(Id, crate::domain::time::Day, i64, i64)>(conn)?;
        let stored = rows.len();
        for (account, day, debits, credits) in rows {
            let replayed =
                self.book.day_totals.get(&(account, day)).map(|total| (total.debits, total.credits));
            if replayed != Some((debits, credits)) {
                let fault = format!("stored {debits} and {credits}, the entries say {replayed:?}");
                return Err(found(format!("day_totals {account} {day}"), fault));
            }
        }
        match stored == self.book.day_totals.iter().count() {
            true => Ok(()),
            false => Err(found("day_totals", "a day of the entries is not stored")),
        }
    }
}

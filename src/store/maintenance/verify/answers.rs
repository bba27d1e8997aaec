//! Compares stored answers with the entries: changed, removed or invented rows. A thread of its own reads the answers
//! in the order of their keys; what only the replay knows is compared when both have finished.

use super::compare::PAGE;
use super::kept::{ByDigest, Numbers};
use super::{Finding, GONE, Replay, Stop, Words, found, on_either, reading, unreadable};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::entry::{Asked, Entry, EntryKind};
use crate::domain::ledger::receipt::Receipt;
use crate::domain::time::Moment;
use crate::ledger::chain::{answer_digest, key_digest};
use crate::ledger::{Answer, StoredAnswer};
use crate::store::connection::by_key::Lookup;
use crate::store::connection::{AnyConnection, Database};
use crate::store::error::Error;
use crate::store::ledger::entry_keys::OlderKeys;
use crate::store::schema::*;
use crate::store::writer::load::whole::Entries;
use crate::store::writer::load::{self, read_answer};
use crate::store::writer::rows::{AnswerRow, EntryRow, json_text};
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// The result of reading the answers.
pub(super) struct Looked {
    /// The last entry when the reading began.
    until: i64,
    /// Entries whose answers exist.
    there: Numbers,
    /// What answers say was paid right behind their entries.
    paid: HashMap<i64, (String, Vec<(Id, i64)>)>,
}

/// Reads all answers of a bank. An answer must match the digest in its entry.
pub(super) fn look_through(database: &Database, bank: BankId, ended: &AtomicBool) -> Result<Looked, Stop> {
    let mut conn = reading(database)?;
    let until = load::head(&mut conn, bank).map_err(|error| unreadable("heads", error))?.number;
    let (there, paid) = (Numbers::default(), HashMap::new());
    let (mut looked, mut last) = (Looked { until, there, paid }, (String::new(), Id::SYSTEM));
    while !ended.load(Ordering::Relaxed) {
        if !conn.transaction(|conn| looked.page(conn, bank, &mut last))? {
            break;
        }
    }
    Ok(looked)
}

impl Looked {
    /// The next answers. Returns whether there are more.
    fn page(
        &mut self,
        conn: &mut AnyConnection,
        bank: BankId,
        (key, user): &mut (String, Id),
    ) -> Result<bool, Stop> {
        let beyond = answers::idempotency_key.gt(key.as_str()).or(answers::user_id.gt(*user));
        let rows: Vec<AnswerRow> = on_either!(
            conn,
            answers::table
                .filter(answers::bank_id.eq(bank).and(answers::idempotency_key.ge(key.as_str())))
                .filter(beyond)
                .filter(answers::entry_number.is_not_null().or(answers::answer.like("{\"accepted\"%")))
                .order((answers::idempotency_key, answers::user_id))
                .limit(PAGE)
                .select(AnswerRow::as_select())
        )?;
        let more = i64::try_from(rows.len()) == Ok(PAGE);
        let Some(last) = rows.last() else { return Ok(false) };
        (*key, *user) = (last.idempotency_key.clone(), last.user_id);
        let known = Known::of(conn, bank, &rows)?;
        for row in rows {
            let place = format!("answers {} {}", row.user_id, row.idempotency_key);
            if let Some(fault) = self.fault_of(&place, row, &known)? {
                return Err(Stop::Found(Finding::new(place, fault)));
            }
        }
        Ok(more)
    }

    fn fault_of(&mut self, place: &str, row: AnswerRow, known: &Known) -> Result<Option<Words>, Stop> {
        let Some(number) = row.entry_number else {
            let fault = ("记着一笔已入账的答复，却没有对应的那一笔", "tells of an entry, but names none");
            return Ok(Some(fault.into()));
        };
        let key = key_digest(row.user_id, &row.idempotency_key);
        let texts = (row.fields.clone(), row.answer.clone());
        let stored = read_answer(&row).map_err(|error| unreadable(place, error))?;
        let Some(entry) = known.entries.get(&number) else {
            return Ok(Some(
                (format!("第 {number} 笔不存在"), format!("entry {number} is not there")).into(),
            ));
        };
        let right = match (&entry.asked, accepted(&stored)) {
            (_, None) | (Asked::WithoutKey, _) => false,
            (Asked::Unsaid, Some(receipt)) => {
                known.older.get(&key) == Some(&number) && agrees(receipt, &stored, entry)
            }
            (Asked::ByKey { key: own, answer }, Some(receipt)) => {
                self.note_paid(number, place, receipt);
                // Compared as bytes: a different text may be read as an equal one.
                *own == key
                    && *answer == answer_digest(&stored.fields, receipt)
                    && texts == (json_text(&stored.fields), json_text(&stored.answer))
                    && agrees(receipt, &stored, entry)
            }
        };
        self.there.insert(number);
        Ok((!right).then(|| disagrees(number)))
    }

    fn note_paid(&mut self, number: i64, place: &str, receipt: &Receipt) {
        let paid = paid_of(receipt);
        if !paid.is_empty() && number <= self.until {
            self.paid.insert(number, (place.to_owned(), paid));
        }
    }
}

/// What the answers of a page are compared with.
struct Known {
    entries: HashMap<i64, Entry>,
    /// Entries by their keys, for entries that do not store their keys themselves.
    older: ByDigest<[u8; 32], i64>,
}

impl Known {
    fn of(conn: &mut AnyConnection, bank: BankId, rows: &[AnswerRow]) -> Result<Self, Stop> {
        let numbers = rows.iter().filter_map(|row| row.entry_number);
        let alone =
            |row: EntryRow| Ok((row.number, EntryRow { effects: String::new(), ..row }.entry(Vec::new())?));
        let found = Entries::of(conn, bank, numbers)?.into_iter().map(alone);
        let entries = found.collect::<Result<HashMap<i64, Entry>, Error>>()?;
        let silent = |number: Option<i64>| {
            number.and_then(|number| entries.get(&number)).is_some_and(|entry| entry.asked == Asked::Unsaid)
        };
        let silent = rows.iter().filter(|row| silent(row.entry_number));
        let keys = Vec::from_iter(silent.map(|row| key_digest(row.user_id, &row.idempotency_key).to_vec()));
        let older = match keys.is_empty() {
            true => Vec::new(),
            false => OlderKeys::of(conn, bank, keys)?,
        };
        let older = older.into_iter().filter_map(|row| {
            Some((<[u8; 32]>::try_from(row.key_digest.as_slice()).ok()?, row.entry_number))
        });
        Ok(Known { older: older.collect(), entries })
    }
}

fn disagrees(number: i64) -> Words {
    Words::new(
        format!("存的与第 {number} 笔不符：幂等键、请求或答复被改动（I10）"),
        format!("disagrees with entry {number}: key, request or answer was changed (I10)"),
    )
}

impl Replay {
    /// Notes what an entry says about its answer.
    pub(super) fn note_answer(&mut self, entry: &Entry) {
        if let Asked::ByKey { .. } = entry.asked {
            self.answered.insert(entry.number);
        }
        if entry.kind == EntryKind::Reclaim {
            let paid = entry.postings.iter().map(|leg| (leg.debit, leg.amount)).collect();
            self.paid.insert(entry.number.saturating_sub(1), paid);
        }
    }

    /// Checks that no answer is missing except pruned ones, and that each says what was paid behind its entry.
    pub(super) fn compare_answers(&mut self, conn: &mut AnyConnection, looked: &Looked) -> Result<(), Stop> {
        for (number, (place, paid)) in &looked.paid {
            if self.paid.get(number) != Some(paid) {
                return Err(found(place.clone(), disagrees(*number)));
            }
        }
        let missing = self.paid.keys().filter(|number| !looked.paid.contains_key(number));
        let mut missing =
            missing.filter(|number| looked.there.contains(**number) && self.answered.contains(**number));
        if let Some(number) = missing.find(|number| **number < looked.until) {
            return Err(found(format!("answers of entry {number}"), disagrees(*number)));
        }
        let first = self.first_kept(conn)?;
        if let Some(entry) = self.answered.first_not_in(&looked.there, first, looked.until) {
            return Err(found(format!("answers of entry {entry}"), GONE));
        }
        self.compare_older_keys(conn)
    }

    /// The first entry whose answer was not pruned.
    fn first_kept(&self, conn: &mut AnyConnection) -> Result<i64, Stop> {
        let bank = self.book.bank;
        let until: Option<Moment> = banks::table.find(bank).select(banks::answers_since).get_result(conn)?;
        let Some(until) = until else { return Ok(1) };
        // Numbers rise with the recorded time.
        let kept: Option<i64> = entries::table
            .filter(entries::bank_id.eq(bank).and(entries::recorded_at.ge(until)))
            .select(diesel::dsl::min(entries::number))
            .get_result(conn)?;
        Ok(kept.unwrap_or(i64::MAX))
    }

    /// Keys in `entry_keys` belong to older entries, which do not store theirs.
    fn compare_older_keys(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let silent = entries::table
            .filter(entries::bank_id.eq(self.book.bank).and(entries::answer_digest.is_null()))
            .select(entries::number);
        let surplus = entry_keys::table
            .filter(entry_keys::bank_id.eq(self.book.bank))
            .filter(diesel::dsl::not(entry_keys::entry_number.eq_any(silent)))
            .select((entry_keys::key_digest, entry_keys::entry_number))
            .limit(1);
        match surplus.get_result::<(Vec<u8>, i64)>(conn).optional()? {
            None => Ok(()),
            Some((digest, entry)) => Err(found(
                format!("entry_keys {}", hex::encode(digest)),
                (
                    format!("第 {entry} 笔自己记着它的键，不会另存在这里"),
                    format!("entry {entry} keeps its own key, or is not there"),
                ),
            )),
        }
    }
}

fn accepted(stored: &StoredAnswer) -> Option<&Receipt> {
    match &stored.answer {
        Answer::Accepted(receipt) => Some(receipt),
        _ => None,
    }
}

/// What every receipt repeats of its entry.
fn agrees(receipt: &Receipt, stored: &StoredAnswer, entry: &Entry) -> bool {
    (receipt.number, receipt.kind, receipt.effective_at) == (entry.number, entry.kind, entry.effective_at)
        && receipt.hash == hex::encode(entry.hash)
        && (receipt.recorded_at, stored.recorded_at) == (entry.recorded_at, entry.recorded_at)
}

/// What the entry behind this one paid.
fn paid_of(receipt: &Receipt) -> Vec<(Id, i64)> {
    receipt.owed.iter().filter(|owed| owed.paid > 0).map(|owed| (owed.purse, owed.paid)).collect()
}

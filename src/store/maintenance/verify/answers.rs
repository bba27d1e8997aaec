//! What was answered under keys, against the entries that say so: a row that was changed, removed or made up.

use super::{Finding, GONE, Replay, Stop, Words, found, unreadable};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::entry::{Asked, Entry, EntryKind};
use crate::domain::ledger::receipt::Receipt;
use crate::domain::time::Moment;
use crate::ledger::chain::{answer_digest, key_digest};
use crate::ledger::{Answer, StoredAnswer};
use crate::store::connection::AnyConnection;
use crate::store::ledger::entry_keys::older_entry;
use crate::store::schema::*;
use crate::store::writer::load::{entry_alone, stored_answer};
use crate::store::writer::rows::{AnswerRow, json_text};
use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap};

/// Answers compared in one snapshot.
const PAGE: i64 = 2_000;

/// What the replayed entries say of the answers that were given under keys.
#[derive(Default)]
pub(super) struct Answered {
    /// Entries whose answers must be there, as far as none was found.
    missing: BTreeSet<i64>,
    /// What was paid right behind an entry, by purse.
    paid: HashMap<i64, Vec<(Id, i64)>>,
}

/// How far the comparison has come.
pub(super) struct Progress {
    last: (String, Id),
    /// The last entry whose answer was there when the comparison began.
    until: i64,
}

/// Up to when answers were removed on purpose.
fn removed_until(conn: &mut AnyConnection, bank: BankId) -> Result<Option<Moment>, Stop> {
    Ok(banks::table.find(bank).select(banks::answers_since).get_result(conn)?)
}

impl Replay {
    pub(super) fn begin_answers(&self) -> Progress {
        Progress { last: (String::new(), Id::SYSTEM), until: self.book.head.number }
    }

    /// Notes what an entry says of its answer.
    pub(super) fn note_answer(&mut self, entry: &Entry) {
        if let Asked::ByKey { .. } = entry.asked {
            self.answered.missing.insert(entry.number);
        }
        if entry.kind == EntryKind::Reclaim {
            let paid = entry.postings.iter().map(|leg| (leg.debit, leg.amount)).collect();
            self.answered.paid.insert(entry.number.saturating_sub(1), paid);
        }
    }

    /// Forgets the entries whose answers may have been removed, from time to time: of a long history they are most.
    pub(super) fn forget_removed(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let Some(first) = self.answered.missing.first().copied() else { return Ok(()) };
        let Some(until) = removed_until(conn, self.book.bank)? else { return Ok(()) };
        // Numbers rise with the time of recording.
        let kept: Option<i64> = entries::table
            .filter(entries::bank_id.eq(self.book.bank).and(entries::number.ge(first)))
            .filter(entries::number.le(self.book.head.number).and(entries::recorded_at.ge(until)))
            .select(diesel::dsl::min(entries::number))
            .get_result(conn)?;
        self.answered.missing =
            kept.map_or_else(BTreeSet::new, |kept| self.answered.missing.split_off(&kept));
        Ok(())
    }

    /// The next answers are those that their entries keep the digests of. Returns whether there are more.
    pub(super) fn compare_answers(
        &mut self,
        conn: &mut AnyConnection,
        progress: &mut Progress,
    ) -> Result<bool, Stop> {
        let bank = self.book.bank;
        let (key, user) = progress.last.clone();
        let beyond = answers::idempotency_key
            .gt(key.clone())
            .or(answers::idempotency_key.eq(key).and(answers::user_id.gt(user)));
        let rows: Vec<AnswerRow> = answers::table
            .filter(answers::bank_id.eq(bank).and(beyond))
            .filter(answers::entry_number.is_not_null().or(answers::answer.like("{\"accepted\"%")))
            .order((answers::idempotency_key, answers::user_id))
            .limit(PAGE)
            .select(AnswerRow::as_select())
            .load(conn)?;
        let more = i64::try_from(rows.len()) == Ok(PAGE);
        for row in rows {
            progress.last = (row.idempotency_key.clone(), row.user_id);
            let place = format!("answers {} {}", row.user_id, row.idempotency_key);
            let entry = row.entry_number;
            if let Some(fault) = self.fault_of_answer(conn, &place, row)? {
                return Err(Stop::Found(Finding::new(place, fault)));
            }
            entry.into_iter().for_each(|entry| {
                self.answered.missing.remove(&entry);
            });
        }
        if more {
            return Ok(true);
        }
        self.forget_removed(conn)?;
        if let Some(entry) = self.answered.missing.first().filter(|entry| **entry <= progress.until) {
            return Err(found(format!("answers of entry {entry}"), GONE));
        }
        self.compare_older_keys(conn)?;
        Ok(false)
    }

    /// Keys beside the entries belong to entries from before, which do not say theirs.
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

    fn fault_of_answer(
        &self,
        conn: &mut AnyConnection,
        place: &str,
        row: AnswerRow,
    ) -> Result<Option<Words>, Stop> {
        let Some(number) = row.entry_number else {
            let fault = ("记着一笔已入账的答复，却没有对应的那一笔", "tells of an entry, but names none");
            return Ok(Some(fault.into()));
        };
        let key = key_digest(row.user_id, &row.idempotency_key);
        let texts = (row.fields.clone(), row.answer.clone());
        let stored = stored_answer(row).map_err(|error| unreadable(place, error))?;
        let Some(entry) = entry_alone(conn, self.book.bank, number)? else {
            return Ok(Some(
                (format!("第 {number} 笔不存在"), format!("entry {number} is not there")).into(),
            ));
        };
        let older = older_entry(conn, self.book.bank, &key)?;
        let paid = self.answered.paid.get(&number).map_or(&[][..], Vec::as_slice);
        let right = match (&entry.asked, accepted(&stored)) {
            (_, None) | (Asked::WithoutKey, _) => false,
            (Asked::Unsaid, Some(receipt)) => older == Some(number) && agrees(receipt, &stored, &entry),
            (Asked::ByKey { key: own, answer }, Some(receipt)) => {
                // A text that is read as the same is still another text.
                *own == key
                    && *answer == answer_digest(&stored.fields, receipt)
                    && texts == (json_text(&stored.fields), json_text(&stored.answer))
                    && agrees(receipt, &stored, &entry)
                    && paid_of(receipt) == paid
            }
        };
        let fault = || {
            Words::new(
                format!("存的与第 {number} 笔不符：幂等键、请求或答复被改动（I10）"),
                format!("disagrees with entry {number}: key, request or answer was changed (I10)"),
            )
        };
        Ok((!right).then(fault))
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

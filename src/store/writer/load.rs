//! Loads what a batch needs into its Book. On SQLite a cached statement per key is faster than sets: there is no
//! round trip. Rows found by their key are queried without a limit (`get_result`, not `first`): SQLite plans a
//! statement with a bound limit anew each time.

#[cfg(feature = "postgres")]
mod postgres;
pub mod whole;

use super::document_rows;
use super::rows::*;
use super::statement::{OpenLot, PendingHold};
#[cfg(feature = "postgres")]
use crate::domain::document::DocumentKind;
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{CounterId, Hold, LotId};
use crate::domain::ledger::entry::Entry;
use crate::domain::time::Moment;
use crate::ledger::{Answer, Book, Needs, Past, StoredAnswer};
use crate::ledger::{Command, Head, needs};
use crate::store::connection::AnyConnection;
use crate::store::connection::dialect::Locked;
use crate::store::error::Error;
use crate::store::ledger::entry_keys;
use crate::store::schema::*;
use chrono_tz::Tz;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// More rounds would mean that a command's needs never end. A few suffice, except for chains of merged files.
const MAX_ROUNDS: usize = 32;

/// Whether the Book is to be saved: if so, the bank is locked against other writers before the first row is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    Yes,
    No,
}

/// A Book with everything that these commands touch.
pub fn book(
    conn: &mut AnyConnection,
    bank: BankId,
    zone: Tz,
    now: Moment,
    commands: &[Command],
    lock: Lock,
) -> Result<Book, Error> {
    let head = if lock == Lock::Yes { locked_head(conn, bank)? } else { head(conn, bank)? };
    let mut book = Book::new(bank, zone, head, now);
    for _ in 0..MAX_ROUNDS {
        let mut missing = Needs::default();
        for command in commands {
            needs(&book, command, &mut missing);
        }
        if missing.is_empty() {
            return Ok(book);
        }
        fetch(conn, &mut book, missing)?;
    }
    Err(Error::Fault("the needs of a batch do not end".into()))
}

type HeadRow = (i64, Vec<u8>, Moment, Option<Moment>, Option<Moment>);

macro_rules! head_row {
    ($bank:expr) => {
        heads::table.find($bank).select((
            heads::number,
            heads::hash,
            heads::recorded_at,
            heads::closed_until,
            heads::year_closed_until,
        ))
    };
}

/// The head of the bank's chain.
pub fn head(conn: &mut AnyConnection, bank: BankId) -> Result<Head, Error> {
    head_of(head_row!(bank).get_result(conn)?)
}

fn locked_head(conn: &mut AnyConnection, bank: BankId) -> Result<Head, Error> {
    head_of(Locked(head_row!(bank)).get_result(conn)?)
}

fn head_of((number, hash, recorded_at, closed_until, year_closed_until): HeadRow) -> Result<Head, Error> {
    let hash = hash.as_slice().try_into().map_err(|_| damaged("head hash", hash.len()))?;
    Ok(Head { number, hash, recorded_at, closed_until, year_closed_until })
}

/// Loads one round of needs; what does not exist is noted as absent.
pub fn fetch(conn: &mut AnyConnection, book: &mut Book, mut missing: Needs) -> Result<(), Error> {
    highest(conn, book, std::mem::take(&mut missing.highest))?;
    #[cfg(feature = "postgres")]
    if let AnyConnection::Postgres(server) = conn {
        let (unanswered, entries, documents) = postgres::fetch(server, book, missing)?;
        for (key, stored) in entry_keys::spent_keys(conn, book.bank, &unanswered)? {
            book.answers.load(key, Some(stored));
        }
        unanswered.into_iter().for_each(|key| book.answers.load(key, None));
        pasts(conn, book, entries)?;
        return documents_of_kinds(conn, book, documents);
    }
    let bank = book.bank;
    for (key, user) in missing.answers {
        let row = answers::table
            .find((bank, &key, user))
            .select(AnswerRow::as_select())
            .get_result(conn)
            .optional()?;
        let row = match row {
            Some(row) => Some(stored_answer(row)),
            None => entry_keys::spent_key(conn, bank, user, &key)?,
        };
        book.answers.load((key, user), row);
    }
    for id in missing.accounts {
        let row =
            accounts::table.find((bank, id)).select(AccountRow::as_select()).get_result(conn).optional()?;
        book.accounts.load(id, row.map(|r| r.account()).transpose()?);
    }
    for id in missing.holds {
        let row = hold(conn, bank, id)?;
        book.holds.load(id, row);
    }
    for account in missing.open_lots {
        let found = open_lots(conn, bank, account)?;
        book.lots_of.load(account, Some(found.iter().map(|l| l.lot_id()).collect()));
        found.into_iter().for_each(|row| book.lots.load(row.lot_id(), Some(row.lot())));
    }
    for account in missing.due_lots {
        let found = due_lots(conn, bank, &[account], book.now)?;
        book.due_lots_of.load(account, Some(found.iter().map(|l| l.lot_id()).collect()));
        found.into_iter().for_each(|row| book.lots.load(row.lot_id(), Some(row.lot())));
    }
    for id in missing.lots {
        let row = lots::table.find((bank, id.entry, i64::from(id.ordinal))).select(LotRow::as_select());
        book.lots.load(id, row.get_result(conn).optional()?.map(LotRow::lot));
    }
    for account in missing.due_holds {
        let found = holds_on(conn, bank, account, Some(book.now))?;
        for id in &found {
            let row = hold(conn, bank, *id)?;
            book.holds.load(*id, row);
        }
        book.due_holds_of.load(account, Some(found));
    }
    for account in missing.pending_holds {
        let found = holds_on(conn, bank, account, None)?;
        for id in &found {
            let row = hold(conn, bank, *id)?;
            book.holds.load(*id, row);
        }
        book.pending_holds_of.load(account, Some(found));
    }
    for id in missing.counters {
        let used = counter(conn, bank, &id)?;
        book.counters.load(id, used);
    }
    for number in missing.entries {
        let past = past(conn, bank, number)?;
        book.past.load(number, past);
    }
    for (kind, id) in missing.documents {
        let document = document_rows::load(conn, bank, kind, id)?;
        book.documents.load((kind, id), document);
    }
    for (kind, id) in missing.watches {
        let version = super::watch::version(conn, bank, kind, id)?;
        book.versions.load((kind, id), version);
    }
    Ok(())
}

impl LotRow {
    fn lot_id(&self) -> LotId {
        LotId { entry: self.entry_number, ordinal: i32::try_from(self.ordinal).unwrap_or(-1) }
    }
}

/// A stored answer. One that cannot be parsed does not affect the others loaded with it: it is logged with its table
/// and key, and a request for it ends with an error.
pub fn stored_answer(row: AnswerRow) -> StoredAnswer {
    read_answer(&row).unwrap_or_else(|error| {
        let (bank, key, user) = (row.bank_id.0, &row.idempotency_key, row.user_id);
        tracing::error!(table = "answers", bank, key, %user, %error, "a stored answer cannot be read");
        StoredAnswer {
            fields: BTreeMap::new(),
            answer: Answer::Unreadable,
            entry: row.entry_number,
            recorded_at: row.recorded_at,
        }
    })
}

/// The same, with the error.
pub fn read_answer(row: &AnswerRow) -> Result<StoredAnswer, Error> {
    Ok(StoredAnswer {
        fields: json("answer fields", &row.fields)?,
        answer: json("answer", &row.answer)?,
        entry: row.entry_number,
        recorded_at: row.recorded_at,
    })
}

pub fn hold(conn: &mut AnyConnection, bank: BankId, id: Id) -> Result<Option<Hold>, Error> {
    Ok(whole::holds(conn, bank, [id])?.remove(&id))
}

/// Lots of an account with something remaining.
pub fn open_lots(conn: &mut AnyConnection, bank: BankId, account: Id) -> Result<Vec<LotRow>, Error> {
    let open = lots::bank_id.eq(bank).and(lots::account_id.eq(account)).and(OpenLot);
    Ok(lots::table.filter(open).select(LotRow::as_select()).load(conn)?)
}

/// Those of some accounts that are past their expiry.
pub fn due_lots(
    conn: &mut AnyConnection,
    bank: BankId,
    accounts: &[Id],
    now: Moment,
) -> Result<Vec<LotRow>, Error> {
    let open = lots::bank_id.eq(bank).and(lots::account_id.eq_any(accounts)).and(OpenLot);
    Ok(lots::table.filter(open.and(lots::expires_at.le(now))).select(LotRow::as_select()).load(conn)?)
}

/// Pending holds that touch an account: those that are due at a moment, or all of them.
fn holds_on(
    conn: &mut AnyConnection,
    bank: BankId,
    account: Id,
    due: Option<Moment>,
) -> Result<Vec<Id>, Error> {
    let pending = holds::bank_id.eq(bank).and(PendingHold);
    let (debits, credits) = (holds::debit_account_id.eq(account), holds::credit_account_id.eq(account));
    let mut found: Vec<Id> = Vec::new();
    match due {
        Some(now) => {
            let due = pending.and(holds::expires_at.le(now));
            found.extend(holds::table.filter(due.and(debits)).select(holds::id).load::<Id>(conn)?);
            found.extend(holds::table.filter(due.and(credits)).select(holds::id).load::<Id>(conn)?);
        }
        None => {
            found.extend(holds::table.filter(pending.and(debits)).select(holds::id).load::<Id>(conn)?);
            found.extend(holds::table.filter(pending.and(credits)).select(holds::id).load::<Id>(conn)?);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn counter(conn: &mut AnyConnection, bank: BankId, id: &CounterId) -> Result<Option<i64>, Error> {
    Ok(counters::table
        .find((bank, &id.key, &id.window))
        .select(counters::used)
        .get_result(conn)
        .optional()?)
}

/// Counters of the highest, each with all its rows.
fn highest(conn: &mut AnyConnection, book: &mut Book, wanted: BTreeSet<CounterId>) -> Result<(), Error> {
    for id in wanted {
        let live = highest_rows(conn, book.bank, &id)?;
        book.highest.load(id, Some(live));
    }
    Ok(())
}

/// How many deeds of each worth stand in a counter of the highest.
pub(in crate::store) fn highest_rows(
    conn: &mut AnyConnection,
    bank: BankId,
    id: &CounterId,
) -> Result<BTreeMap<i64, i64>, Error> {
    // The worth stands behind a slash in the key; a zero is what follows a slash in the order of keys.
    let (first, end) = (format!("{}/", id.key), format!("{}0", id.key));
    let rows: Vec<(String, i64)> = counters::table
        .filter(counters::bank_id.eq(bank))
        .filter(counters::counter_key.gt(&first).and(counters::counter_key.lt(&end)))
        .filter(counters::counter_window.eq(&id.window))
        .select((counters::counter_key, counters::used))
        .load(conn)?;
    let live = rows.into_iter().map(|(key, deeds)| {
        let worth = key.strip_prefix(&first).and_then(|worth| worth.parse().ok());
        Ok((worth.ok_or_else(|| damaged("counter key", &key))?, deeds))
    });
    live.collect()
}

/// An entry with its postings and effects.
pub fn entry(conn: &mut AnyConnection, bank: BankId, number: i64) -> Result<Option<Entry>, Error> {
    Ok(whole::entries(conn, bank, [number])?.remove(&number))
}

/// An entry with what has been taken back of it so far.
pub(in crate::store) fn past(
    conn: &mut AnyConnection,
    bank: BankId,
    number: i64,
) -> Result<Option<Past>, Error> {
    Ok(whole::pasts(conn, bank, [number])?.remove(&number))
}

/// Past entries; what does not exist is noted as absent.
#[cfg(feature = "postgres")]
fn pasts(conn: &mut AnyConnection, book: &mut Book, wanted: BTreeSet<i64>) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let mut found = whole::pasts(conn, book.bank, wanted.iter().copied())?;
    wanted.into_iter().for_each(|number| book.past.load(number, found.remove(&number)));
    Ok(())
}

/// Documents of any kind; what does not exist is noted as absent.
#[cfg(feature = "postgres")]
fn documents_of_kinds(
    conn: &mut AnyConnection,
    book: &mut Book,
    wanted: BTreeSet<(DocumentKind, Id)>,
) -> Result<(), Error> {
    let wanted: Vec<_> = wanted.into_iter().collect();
    for of_kind in wanted.chunk_by(|a, b| a.0 == b.0) {
        let Some((kind, _)) = of_kind.first() else { continue };
        for document in document_rows::documents(conn, book.bank, *kind, of_kind.iter().map(|(_, id)| *id))? {
            book.documents.load((document.kind(), document.id()), Some(document));
        }
    }
    wanted.into_iter().for_each(|key| book.documents.load(key, None));
    Ok(())
}

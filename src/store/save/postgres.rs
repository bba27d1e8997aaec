//! Saves what a batch changed to PostgreSQL: a statement for each table, whatever the number of rows.

mod documents;
mod statements;

use crate::ledger::Book;
use crate::store::error::Error;
use crate::store::rows::{HoldRow, json_text};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use statements::*;

/// Writes everything that changed since `before`. Returns how many rows were written.
pub fn book(conn: &mut PgConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let mut rows = documents::save(conn, book)?;
    rows += accounts(conn, book, before)?;
    rows += journal(conn, book)?;
    rows += lots(conn, book, before)?;
    rows += holds(conn, book, before)?;
    rows += counters(conn, book)?;
    rows += day_totals(conn, book)?;
    rows += answers(conn, book)?;
    rows += head(conn, book, before)?;
    Ok(rows)
}

/// An UPDATE by keys must find each of them.
fn all_found(what: &str, found: usize, expected: usize) -> Result<usize, Error> {
    if found == expected {
        return Ok(found);
    }
    Err(Error::Fault(format!("{found} of {expected} {what} were there to be changed")))
}

fn accounts(conn: &mut PgConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let (mut opened, mut moved) = (OpenedAccounts::default(), MovedAccounts::default());
    for (_, account) in book.accounts.changed() {
        if account.opened_entry > before {
            opened.add(account);
        } else {
            moved.add(account);
        }
    }
    let (mut rows, bank) = (0, &book.bank);
    if !opened.is_empty() {
        rows += InsertAccounts { bank, rows: &opened }.execute(conn)?;
    }
    if !moved.is_empty() {
        let found = UpdateAccounts { bank, rows: &moved }.execute(conn)?;
        rows += all_found("accounts", found, moved.len())?;
    }
    Ok(rows)
}

fn journal(conn: &mut PgConnection, book: &Book) -> Result<usize, Error> {
    let (mut rows, bank) = (0, &book.bank);
    let (mut entries, mut postings, mut effects) =
        (Entries::default(), Postings::default(), Effects::default());
    for (entry, texts) in &book.entries {
        entries.add(entry);
        for (leg, posting) in (0_i64..).zip(&entry.postings) {
            postings.add(entry.number, leg, posting);
        }
        for (ordinal, body) in (0_i64..).zip(texts) {
            effects.entry.push(entry.number);
            effects.ordinal.push(ordinal);
            effects.body.push(body);
        }
    }
    if !entries.is_empty() {
        rows += InsertEntries { bank, rows: &entries }.execute(conn)?;
    }
    if !postings.is_empty() {
        rows += InsertPostings { bank, rows: &postings }.execute(conn)?;
    }
    if !effects.is_empty() {
        rows += InsertEffects { bank, rows: &effects }.execute(conn)?;
    }
    let mut notes = Notes::default();
    for (entry, note) in &book.notes {
        notes.entry.push(*entry);
        notes.salt.push(note.salt.as_slice());
        notes.body.push(&note.text);
    }
    if !notes.is_empty() {
        rows += InsertNotes { bank, rows: &notes }.execute(conn)?;
    }
    Ok(rows)
}

fn lots(conn: &mut PgConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let (mut opened, mut used) = (OpenedLots::default(), UsedLots::default());
    for (id, lot) in book.lots.changed() {
        if id.entry > before { opened.add(lot) } else { used.add(lot) }
    }
    let (mut rows, bank) = (0, &book.bank);
    if !opened.is_empty() {
        rows += InsertLots { bank, rows: &opened }.execute(conn)?;
    }
    if !used.is_empty() {
        let found = UpdateLots { bank, rows: &used }.execute(conn)?;
        rows += all_found("lots", found, used.len())?;
    }
    Ok(rows)
}

fn holds(conn: &mut PgConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let (mut placed, mut resolved) = (Vec::new(), Vec::new());
    for (_, hold) in book.holds.changed() {
        let legs = HoldRow::of(book.bank, hold);
        if hold.opened_entry > before { placed.extend(legs) } else { resolved.extend(legs) }
    }
    let (mut rows, bank) = (0, &book.bank);
    if !placed.is_empty() {
        rows += InsertHolds { bank, rows: &PlacedHolds::of(&placed) }.execute(conn)?;
    }
    if !resolved.is_empty() {
        let found = UpdateHolds { bank, rows: &ResolvedHolds::of(&resolved) }.execute(conn)?;
        rows += all_found("legs of holds", found, resolved.len())?;
    }
    Ok(rows)
}

fn counters(conn: &mut PgConnection, book: &Book) -> Result<usize, Error> {
    let mut counters = Counters::default();
    for (id, used) in book.counters.changed() {
        counters.key.push(&id.key);
        counters.window.push(&id.window);
        counters.used.push(*used);
    }
    if counters.is_empty() {
        return Ok(0);
    }
    Ok(UpsertCounters { bank: &book.bank, rows: &counters }.execute(conn)?)
}

fn day_totals(conn: &mut PgConnection, book: &Book) -> Result<usize, Error> {
    let mut totals = DayTotals::default();
    for ((account, day), total) in book.day_totals.changed() {
        totals.account.push(*account);
        totals.day.push(*day);
        totals.debits.push(total.debits);
        totals.credits.push(total.credits);
    }
    if totals.is_empty() {
        return Ok(0);
    }
    Ok(AddToDayTotals { bank: &book.bank, rows: &totals }.execute(conn)?)
}

fn answers(conn: &mut PgConnection, book: &Book) -> Result<usize, Error> {
    let mut answers = Answers::default();
    for ((key, user), stored) in book.answers.changed() {
        answers.key.push(key);
        answers.user.push(*user);
        answers.fields.push(json_text(&stored.fields));
        answers.answer.push(json_text(&stored.answer));
        answers.entry.push(stored.entry);
        answers.recorded_at.push(stored.recorded_at);
    }
    if answers.is_empty() {
        return Ok(0);
    }
    Ok(InsertAnswers { bank: &book.bank, rows: &answers }.execute(conn)?)
}

fn head(conn: &mut PgConnection, book: &Book, before: i64) -> Result<usize, Error> {
    if book.entries.is_empty() {
        return Ok(0);
    }
    let head = &book.head;
    let moved = UpdateHead {
        number: &head.number,
        hash: &head.hash,
        recorded_at: &head.recorded_at,
        closed_until: &head.closed_until,
        bank: &book.bank,
        before: &before,
    }
    .execute(conn)?;
    if moved != 1 {
        return Err(Error::Fault("the head of the chain was moved by someone else".into()));
    }
    Ok(moved)
}

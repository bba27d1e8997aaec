//! Saves what a batch changed to PostgreSQL: a statement for each table, whatever the number of rows.

mod documents;
mod statements;

use crate::ledger::Book;
use crate::store::error::Error;
use crate::store::writer::rows::HoldRow;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use statements::*;

/// Writes everything that changed since `before`. Returns how many rows were written.
pub fn book(conn: &mut PgConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let mut rows = documents::save(conn, book)?;
    rows += journal(conn, book, before)?;
    rows += notes(conn, book)?;
    rows += lots(conn, book)?;
    rows += holds(conn, book)?;
    rows += counters(conn, book)?;
    Ok(rows)
}

/// Checks that the database reports as many rows as it was given.
fn all_written(what: &str, written: usize, given: usize) -> Result<usize, Error> {
    if written == given {
        return Ok(written);
    }
    Err(Error::Fault(format!("{written} of {given} {what} were written")))
}

/// The entries and what each of them touches: accounts, day totals, answers, the head.
fn journal(conn: &mut PgConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let (bank, answers) = (&book.bank, Answers::of(book));
    let mut accounts = Accounts::default();
    for (_, account) in book.accounts.changed() {
        accounts.add(account);
    }
    if book.entries.is_empty() && accounts.is_empty() {
        return Ok(match answers.is_empty() {
            true => 0,
            false => InsertAnswers { bank, answers: &answers }.execute(conn)?,
        });
    }
    let (mut entries, mut postings) = (Entries::default(), Postings::default());
    for (entry, effects) in &book.entries {
        entries.add(entry, effects);
        postings.add(entry);
    }
    let (day_totals, head) = (DayTotals::of(book), &book.head);
    let statement = SaveJournal {
        bank,
        before: &before,
        head,
        entries: &entries,
        postings: &postings,
        answers: &answers,
        accounts: &accounts,
        day_totals: &day_totals,
    };
    let (written, moved): (i64, i64) = statement.get_result(conn)?;
    all_written("accounts", usize::try_from(written).unwrap_or_default(), accounts.len())?;
    if moved != 1 {
        return Err(Error::Fault("the head of the chain was moved by someone else".into()));
    }
    let sizes = [entries.len(), postings.len(), answers.len(), accounts.len(), day_totals.len()];
    Ok(sizes.iter().sum::<usize>() + 1)
}

fn notes(conn: &mut PgConnection, book: &Book) -> Result<usize, Error> {
    if book.notes.is_empty() {
        return Ok(0);
    }
    let mut notes = Notes::default();
    for (entry, note) in &book.notes {
        notes.entry.push(*entry);
        notes.salt.push(note.salt.as_slice());
        notes.body.push(&note.text);
    }
    Ok(InsertNotes { bank: &book.bank, rows: &notes }.execute(conn)?)
}

fn lots(conn: &mut PgConnection, book: &Book) -> Result<usize, Error> {
    let mut lots = Lots::default();
    for (_, lot) in book.lots.changed() {
        lots.add(lot);
    }
    if lots.is_empty() {
        return Ok(0);
    }
    all_written("lots", UpsertLots { bank: &book.bank, rows: &lots }.execute(conn)?, lots.len())
}

fn holds(conn: &mut PgConnection, book: &Book) -> Result<usize, Error> {
    let legs: Vec<HoldRow> =
        book.holds.changed().flat_map(|(_, hold)| HoldRow::of(book.bank, hold)).collect();
    if legs.is_empty() {
        return Ok(0);
    }
    let rows = Holds::of(&legs);
    all_written("legs of holds", UpsertHolds { bank: &book.bank, rows: &rows }.execute(conn)?, legs.len())
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

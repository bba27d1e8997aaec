//! Saves what a batch changed to PostgreSQL: a statement for each table, whatever the number of rows.

mod documents;
mod statements;

use crate::ledger::Book;
use crate::store::error::Error;
use crate::store::rows::HoldRow;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use statements::*;

/// Writes everything that changed since `before`. Returns how many rows were written.
pub fn book(conn: &mut PgConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let mut rows = documents::save(conn, book)?;
    rows += journal(conn, book, before)?;
    rows += notes(conn, book)?;
    rows += lots(conn, book, before)?;
    rows += holds(conn, book, before)?;
    rows += counters(conn, book)?;
    if before.checked_ilog2() != book.head.number.checked_ilog2() {
        // The server plans a statement for the tables as they are when it meets it first: what is best for a hundred
        // rows reads all of a million. So it is asked to think again whenever the ledger has doubled.
        conn.batch_execute("DISCARD PLANS")?;
    }
    Ok(rows)
}

/// An UPDATE by keys must find each of them.
fn all_found(what: &str, found: usize, expected: usize) -> Result<usize, Error> {
    if found == expected {
        return Ok(found);
    }
    Err(Error::Fault(format!("{found} of {expected} {what} were there to be changed")))
}

/// The entries and what each of them touches: accounts, day totals, answers, the head.
fn journal(conn: &mut PgConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let (bank, answers) = (&book.bank, Answers::of(book));
    let (mut opened, mut accounts) = (OpenedAccounts::default(), MovedAccounts::default());
    for (_, account) in book.accounts.changed() {
        if account.opened_entry > before { opened.add(account) } else { accounts.add(account) }
    }
    let mut rows = 0;
    if !opened.is_empty() {
        rows += InsertAccounts { bank, rows: &opened }.execute(conn)?;
    }
    if book.entries.is_empty() && accounts.is_empty() {
        return Ok(match answers.is_empty() {
            true => rows,
            false => rows + InsertAnswers { bank, answers: &answers }.execute(conn)?,
        });
    }
    let (mut entries, mut postings, mut effects) =
        (Entries::default(), Postings::default(), Effects::default());
    for (entry, texts) in &book.entries {
        entries.add(entry);
        postings.add(entry);
        effects.add(entry.number, texts);
    }
    let (day_totals, head) = (DayTotals::of(book), &book.head);
    let statement = SaveJournal {
        bank,
        before: &before,
        head,
        entries: &entries,
        postings: &postings,
        effects: &effects,
        answers: &answers,
        accounts: &accounts,
        day_totals: &day_totals,
    };
    let (found, moved): (i64, i64) = statement.get_result(conn)?;
    all_found("accounts", usize::try_from(found).unwrap_or_default(), accounts.len())?;
    if moved != 1 {
        return Err(Error::Fault("the head of the chain was moved by someone else".into()));
    }
    let sizes =
        [entries.len(), postings.len(), effects.len(), answers.len(), accounts.len(), day_totals.len()];
    Ok(rows + sizes.iter().sum::<usize>() + 1)
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

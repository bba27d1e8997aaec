//! Saves what a batch changed. The order follows the order of the tables' meaning; one COMMIT by the writer ends it.

use super::document_rows;
use super::error::Error;
use super::rows::*;
use super::schema::*;
use super::statement::*;
use crate::domain::account::{Account, Lot};
use crate::ledger::Book;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// Writes everything that changed since `before`, the number of the head when the Book was loaded.
/// Returns how many rows were written.
pub fn book(conn: &mut SqliteConnection, book: &Book, before: i64) -> Result<usize, Error> {
    assert_sums(book);
    let mut rows = accounts(conn, book, before)?;
    rows += journal(conn, book)?;
    rows += lots_and_holds(conn, book, before)?;
    let bank = &book.bank;
    for (id, used) in book.counters.changed() {
        rows += UpsertCounter { bank, key: &id.key, window: &id.window, used }.execute(conn)?;
    }
    for ((account, day), total) in book.day_totals.changed() {
        let statement = AddToDayTotal { bank, account, day, debits: &total.debits, credits: &total.credits };
        rows += statement.execute(conn)?;
    }
    for (_, document) in book.documents.changed() {
        document_rows::save(conn, book.bank, document)?;
        rows += 1;
    }
    for ((key, user), stored) in book.answers.changed() {
        let row = AnswerRow {
            bank_id: book.bank,
            idempotency_key: key.clone(),
            user_id: *user,
            fields: json_text(&stored.fields),
            answer: json_text(&stored.answer),
            entry_number: stored.entry,
            recorded_at: stored.recorded_at,
        };
        rows += diesel::insert_into(answers::table).values(row).execute(conn)?;
    }
    if !book.entries.is_empty() {
        let head = &book.head;
        let moved = UpdateHead {
            number: &head.number,
            hash: head.hash.as_slice(),
            recorded_at: &head.recorded_at,
            closed_until: &head.closed_until,
            bank,
            before: &before,
        }
        .execute(conn)?;
        if moved != 1 {
            return Err(Error::Fault("the head of the chain was moved by someone else".into()));
        }
    }
    Ok(rows)
}

/// The last line of defence, on in release: what is about to be committed balances, and nothing is below its floor.
fn assert_sums(book: &Book) {
    for (_, account) in book.accounts.changed() {
        let pending = account.debits_pending >= 0 && account.credits_pending >= 0;
        assert!(pending && account.available() >= 0, "account {} below its floor", account.terms.id);
    }
    for (_, lot) in book.lots.changed() {
        let fits =
            lot.remaining >= 0 && lot.remaining <= lot.amount && (0..=lot.remaining).contains(&lot.earmarked);
        assert!(fits, "lot {:?} out of bounds", lot.id);
    }
}

fn accounts(conn: &mut SqliteConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let mut rows = 0;
    for (id, account) in book.accounts.changed() {
        rows += if account.opened_entry > before {
            let row = AccountRow::of(book.bank, account);
            diesel::insert_into(accounts::table).values(row).execute(conn)?
        } else {
            update_account(conn, book, id, account)?
        };
    }
    Ok(rows)
}

fn update_account(
    conn: &mut SqliteConnection,
    book: &Book,
    id: &crate::domain::id::Id,
    account: &Account,
) -> Result<usize, Error> {
    let statement = UpdateAccount {
        status: account.status.as_str(),
        debits_posted: &account.debits_posted,
        credits_posted: &account.credits_posted,
        debits_pending: &account.debits_pending,
        credits_pending: &account.credits_pending,
        bank: &book.bank,
        id,
    };
    Ok(statement.execute(conn)?)
}

fn journal(conn: &mut SqliteConnection, book: &Book) -> Result<usize, Error> {
    let mut rows = 0;
    for (entry, texts) in &book.entries {
        rows += diesel::insert_into(entries::table).values(EntryRow::of(book.bank, entry)).execute(conn)?;
        for (leg, posting) in (0_i64..).zip(&entry.postings) {
            let row = PostingRow::of(book.bank, entry.number, leg, posting);
            rows += diesel::insert_into(postings::table).values(row).execute(conn)?;
        }
        for (ordinal, body) in (0_i64..).zip(texts) {
            let row =
                EffectRow { bank_id: book.bank, entry_number: entry.number, ordinal, body: body.clone() };
            rows += diesel::insert_into(effects::table).values(row).execute(conn)?;
        }
    }
    for (entry_number, note) in &book.notes {
        let row = NoteRow {
            bank_id: book.bank,
            entry_number: *entry_number,
            salt: note.salt.to_vec(),
            body: note.text.clone(),
        };
        rows += diesel::insert_into(notes::table).values(row).execute(conn)?;
    }
    Ok(rows)
}

fn lots_and_holds(conn: &mut SqliteConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let mut rows = 0;
    for (id, lot) in book.lots.changed() {
        rows += if id.entry > before {
            diesel::insert_into(lots::table).values(LotRow::of(book.bank, lot)).execute(conn)?
        } else {
            update_lot(conn, book, lot)?
        };
    }
    for (_, hold) in book.holds.changed() {
        for row in HoldRow::of(book.bank, hold) {
            rows += if hold.opened_entry > before {
                diesel::insert_into(holds::table).values(row).execute(conn)?
            } else {
                let statement = UpdateHold {
                    state: &row.state,
                    captured: &row.captured,
                    released: &row.released,
                    earmarks: &row.earmarks,
                    bank: &book.bank,
                    id: &row.id,
                    leg: &row.leg,
                };
                statement.execute(conn)?
            };
        }
    }
    Ok(rows)
}

fn update_lot(conn: &mut SqliteConnection, book: &Book, lot: &Lot) -> Result<usize, Error> {
    let statement = UpdateLot {
        remaining: &lot.remaining,
        earmarked: &lot.earmarked,
        value_left_fen: &lot.value_left_fen,
        bank: &book.bank,
        entry: &lot.id.entry,
        ordinal: &i64::from(lot.id.ordinal),
    };
    Ok(statement.execute(conn)?)
}

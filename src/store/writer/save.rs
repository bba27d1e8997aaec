//! Saves what a batch changed, in the order in which tables refer to each other; the writer commits afterwards.

#[cfg(feature = "postgres")]
mod postgres;

use super::document_rows;
use super::rows::{HoldRow, asked_columns, json_text};
use super::statement::*;
use crate::domain::ledger::account::{Account, Lot};
use crate::domain::ledger::entry::Posting;
use crate::ledger::Book;
use crate::store::connection::AnyConnection;
use crate::store::error::Error;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

/// Writes everything that changed since `before`, the number of the head when the Book was loaded. Returns how many
/// rows were written.
pub fn book(conn: &mut AnyConnection, book: &Book, before: i64) -> Result<usize, Error> {
    assert_sums(book);
    #[cfg(feature = "postgres")]
    if let AnyConnection::Postgres(conn) = conn {
        return postgres::book(conn, book, before);
    }
    let mut rows = 0;
    for (_, document) in book.documents.changed() {
        document_rows::save(conn, book.bank, document)?;
        rows += 1;
    }
    match conn {
        AnyConnection::Sqlite(conn) => Ok(rows + row_by_row(conn, book, before)?),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => Ok(rows),
    }
}

/// On SQLite, where a cached statement per row costs no round trip.
fn row_by_row(conn: &mut SqliteConnection, book: &Book, before: i64) -> Result<usize, Error> {
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
    for ((key, user), stored) in book.answers.changed() {
        let (fields, answer) = (json_text(&stored.fields), json_text(&stored.answer));
        let (fields, answer) = (&fields, &answer);
        let (entry, recorded_at) = (&stored.entry, &stored.recorded_at);
        rows += InsertAnswer { bank, key, user, fields, answer, entry, recorded_at }.execute(conn)?;
    }
    if !book.entries.is_empty() {
        let head = &book.head;
        let moved = UpdateHead {
            number: &head.number,
            hash: head.hash.as_slice(),
            recorded_at: &head.recorded_at,
            closed_until: &head.closed_until,
            year_closed_until: &head.year_closed_until,
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

/// The last check, on in release builds: what is about to be committed balances, and no account is below its minimum
/// balance.
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
            insert_account(conn, book, account)?
        } else {
            update_account(conn, book, id, account)?
        };
    }
    Ok(rows)
}

fn insert_account(conn: &mut SqliteConnection, book: &Book, account: &Account) -> Result<usize, Error> {
    let terms = &account.terms;
    let statement = InsertAccount {
        bank: &book.bank,
        id: &terms.id,
        owner_kind: terms.owner_kind.as_str(),
        owner: &terms.owner,
        asset: &terms.asset.to_string(),
        purpose: terms.purpose.as_str(),
        floor: &terms.floor,
        ceiling: &terms.ceiling,
        lots: &terms.lots,
        status: account.status.as_str(),
        debits_posted: &account.debits_posted,
        credits_posted: &account.credits_posted,
        debits_pending: &account.debits_pending,
        credits_pending: &account.credits_pending,
        opened_entry: &account.opened_entry,
    };
    Ok(statement.execute(conn)?)
}

fn update_account(
    conn: &mut SqliteConnection,
    book: &Book,
    id: &crate::domain::id::Id,
    account: &Account,
) -> Result<usize, Error> {
    let statement = UpdateAccount {
        lots: &account.terms.lots,
        status: account.status.as_str(),
        debits_posted: &account.debits_posted,
        credits_posted: &account.credits_posted,
        debits_pending: &account.debits_pending,
        credits_pending: &account.credits_pending,
        merged_into: &account.merged.map(|merged| merged.account),
        merged_entry: &account.merged.map(|merged| merged.entry),
        bank: &book.bank,
        id,
    };
    Ok(statement.execute(conn)?)
}

fn journal(conn: &mut SqliteConnection, book: &Book) -> Result<usize, Error> {
    let (mut rows, bank) = (0, &book.bank);
    for (entry, effects) in &book.entries {
        let (key_digest, answer_digest) = asked_columns(&entry.asked);
        let statement = InsertEntry {
            bank,
            number: &entry.number,
            kind: entry.kind.as_str(),
            effective_at: &entry.effective_at,
            recorded_at: &entry.recorded_at,
            actor: &entry.actor,
            source: &entry.source,
            metadata: &entry.metadata,
            note_digest: &entry.note_digest.as_ref().map(<[u8; 32]>::as_slice),
            reverses: &entry.reverses,
            hash: entry.hash.as_slice(),
            key_digest: &key_digest,
            answer_digest: &answer_digest,
            effects,
        };
        rows += statement.execute(conn)?;
        for (leg, posting) in (0_i64..).zip(&entry.postings) {
            rows += insert_posting(conn, book, entry.number, leg, posting)?;
        }
    }
    for (entry, note) in &book.notes {
        rows += InsertNote { bank, entry, salt: note.salt.as_slice(), body: &note.text }.execute(conn)?;
    }
    Ok(rows)
}

fn insert_posting(
    conn: &mut SqliteConnection,
    book: &Book,
    entry: i64,
    leg: i64,
    posting: &Posting,
) -> Result<usize, Error> {
    let statement = InsertPosting {
        bank: &book.bank,
        entry: &entry,
        leg: &leg,
        debit: &posting.debit,
        credit: &posting.credit,
        amount: &posting.amount,
        debit_balance: &posting.debit_balance,
        credit_balance: &posting.credit_balance,
        reverses_leg: &posting.reverses_leg.map(i64::from),
    };
    Ok(statement.execute(conn)?)
}

fn lots_and_holds(conn: &mut SqliteConnection, book: &Book, before: i64) -> Result<usize, Error> {
    let mut rows = 0;
    for (id, lot) in book.lots.changed() {
        rows += if id.entry > before { insert_lot(conn, book, lot)? } else { update_lot(conn, book, lot)? };
    }
    for (_, hold) in book.holds.changed() {
        for row in HoldRow::of(book.bank, hold) {
            rows += if hold.opened_entry > before {
                insert_hold(conn, &row)?
            } else {
                let statement = UpdateHold {
                    state: &row.state,
                    debit: &row.debit_account_id,
                    credit: &row.credit_account_id,
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

fn insert_lot(conn: &mut SqliteConnection, book: &Book, lot: &Lot) -> Result<usize, Error> {
    let statement = InsertLot {
        bank: &book.bank,
        entry: &lot.id.entry,
        ordinal: &i64::from(lot.id.ordinal),
        account: &lot.account,
        amount: &lot.amount,
        remaining: &lot.remaining,
        earmarked: &lot.earmarked,
        expires_at: &lot.expires_at,
        given: &lot.given,
    };
    Ok(statement.execute(conn)?)
}

fn insert_hold(conn: &mut SqliteConnection, row: &HoldRow) -> Result<usize, Error> {
    let statement = InsertHold {
        bank: &row.bank_id,
        id: &row.id,
        leg: &row.leg,
        state: &row.state,
        expires_at: &row.expires_at,
        opened_entry: &row.opened_entry,
        debit: &row.debit_account_id,
        credit: &row.credit_account_id,
        amount: &row.amount,
        captured: &row.captured,
        released: &row.released,
        earmarks: &row.earmarks,
        counters: &row.counters,
    };
    Ok(statement.execute(conn)?)
}

fn update_lot(conn: &mut SqliteConnection, book: &Book, lot: &Lot) -> Result<usize, Error> {
    let statement = UpdateLot {
        account: &lot.account,
        remaining: &lot.remaining,
        earmarked: &lot.earmarked,
        bank: &book.bank,
        entry: &lot.id.entry,
        ordinal: &i64::from(lot.id.ordinal),
    };
    Ok(statement.execute(conn)?)
}

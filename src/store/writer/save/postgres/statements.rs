//! The sets of rows of the ledger's tables, and the statements that write them. What nearly every batch writes is one
//! statement: a single request then waits for one round trip, not for seven. Existing rows are written by INSERT … ON
//! CONFLICT: that always uses the key, while the plan of an UPDATE of many rows depends on the table's statistics.

use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{Account, Lot};
use crate::domain::ledger::entry::Entry;
use crate::domain::time::{Day, Moment};
use crate::ledger::{Book, Head};
use crate::store::types::{DayNumber, Micros, Uid};
use crate::store::writer::rows::{HoldRow, asked_columns, json_text};
use crate::store::writer::sets::{Bind, row_set, set_statement};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text, Untyped};

row_set! {
    Entries {
        number: i64 => BigInt, kind: &'a str => Text, effective_at: Moment => Micros,
        recorded_at: Moment => Micros, actor: Id => Uid, source: Option<&'a str> => Nullable<Text>,
        metadata: &'a str => Text, note_digest: Option<&'a [u8]> => Nullable<Binary>,
        reverses: Option<i64> => Nullable<BigInt>, hash: &'a [u8] => Binary,
        key_digest: Option<&'a [u8]> => Nullable<Binary>, answer_digest: Option<&'a [u8]> => Nullable<Binary>,
        effects: &'a str => Text,
    }
}

impl<'a> Entries<'a> {
    pub fn add(&mut self, entry: &'a Entry, effects: &'a str) {
        self.number.push(entry.number);
        self.kind.push(entry.kind.as_str());
        self.effective_at.push(entry.effective_at);
        self.recorded_at.push(entry.recorded_at);
        self.actor.push(entry.actor);
        self.source.push(entry.source.as_deref());
        self.metadata.push(&entry.metadata);
        self.note_digest.push(entry.note_digest.as_ref().map(<[u8; 32]>::as_slice));
        self.reverses.push(entry.reverses);
        self.hash.push(&entry.hash);
        let (key, answer) = asked_columns(&entry.asked);
        self.key_digest.push(key);
        self.answer_digest.push(answer);
        self.effects.push(effects);
    }
}

row_set! {
    Postings {
        entry: i64 => BigInt, leg: i64 => BigInt, debit: Id => Uid, credit: Id => Uid, amount: i64 => BigInt,
        debit_balance: i64 => BigInt, credit_balance: i64 => BigInt,
        reverses_leg: Option<i64> => Nullable<BigInt>,
    }
}

impl Postings<'_> {
    pub fn add(&mut self, entry: &Entry) {
        for (leg, posting) in (0_i64..).zip(&entry.postings) {
            self.entry.push(entry.number);
            self.leg.push(leg);
            self.debit.push(posting.debit);
            self.credit.push(posting.credit);
            self.amount.push(posting.amount);
            self.debit_balance.push(posting.debit_balance);
            self.credit_balance.push(posting.credit_balance);
            self.reverses_leg.push(posting.reverses_leg.map(i64::from));
        }
    }
}

row_set! {
    Notes { entry: i64 => BigInt, salt: &'a [u8] => Binary, body: &'a str => Text }
}

set_statement! {
    InsertNotes<'a> -> Untyped { bank: BankId, rows: Notes<'a> }
    "INSERT INTO notes (bank_id, entry_number, salt, body) SELECT {bank}, {rows}"
}

row_set! {
    Answers {
        key: &'a str => Text, user: Id => Uid, fields: String => Text, answer: String => Text,
        entry: Option<i64> => Nullable<BigInt>, recorded_at: Moment => Micros,
    }
}

impl<'a> Answers<'a> {
    pub fn of(book: &'a Book) -> Self {
        let mut set = Self::default();
        for ((key, user), stored) in book.answers.changed() {
            set.key.push(key);
            set.user.push(*user);
            set.fields.push(json_text(&stored.fields));
            set.answer.push(json_text(&stored.answer));
            set.entry.push(stored.entry);
            set.recorded_at.push(stored.recorded_at);
        }
        set
    }
}

row_set! {
    Accounts {
        id: Id => Uid, owner_kind: &'a str => Text, owner: Id => Uid, asset: String => Text,
        purpose: &'a str => Text, floor: Option<i64> => Nullable<BigInt>,
        ceiling: Option<i64> => Nullable<BigInt>, lots: bool => Bool, status: &'a str => Text,
        debits_posted: i64 => BigInt, credits_posted: i64 => BigInt, debits_pending: i64 => BigInt,
        credits_pending: i64 => BigInt, opened_entry: i64 => BigInt,
        merged_into: Option<Id> => Nullable<Uid>, merged_entry: Option<i64> => Nullable<BigInt>,
    }
}

impl<'a> Accounts<'a> {
    pub fn add(&mut self, account: &'a Account) {
        let terms = &account.terms;
        self.id.push(terms.id);
        self.owner_kind.push(terms.owner_kind.as_str());
        self.owner.push(terms.owner);
        self.asset.push(terms.asset.to_string());
        self.purpose.push(terms.purpose.as_str());
        self.floor.push(terms.floor);
        self.ceiling.push(terms.ceiling);
        self.lots.push(terms.lots);
        self.status.push(account.status.as_str());
        self.debits_posted.push(account.debits_posted);
        self.credits_posted.push(account.credits_posted);
        self.debits_pending.push(account.debits_pending);
        self.credits_pending.push(account.credits_pending);
        self.opened_entry.push(account.opened_entry);
        self.merged_into.push(account.merged.map(|merged| merged.account));
        self.merged_entry.push(account.merged.map(|merged| merged.entry));
    }
}

row_set! {
    Lots {
        entry: i64 => BigInt, ordinal: i64 => BigInt, account: Id => Uid, amount: i64 => BigInt,
        remaining: i64 => BigInt, earmarked: i64 => BigInt, expires_at: Option<Moment> => Nullable<Micros>,
        given: bool => Bool,
    }
}

impl Lots<'_> {
    pub fn add(&mut self, lot: &Lot) {
        self.entry.push(lot.id.entry);
        self.ordinal.push(i64::from(lot.id.ordinal));
        self.account.push(lot.account);
        self.amount.push(lot.amount);
        self.remaining.push(lot.remaining);
        self.earmarked.push(lot.earmarked);
        self.expires_at.push(lot.expires_at);
        self.given.push(lot.given);
    }
}

set_statement! {
    UpsertLots<'a> -> Untyped { bank: BankId, rows: Lots<'a> }
    "INSERT INTO lots (bank_id, entry_number, ordinal, account_id, amount, remaining, earmarked, expires_at, given)
    SELECT {bank}, {rows}
    ON CONFLICT (bank_id, entry_number, ordinal) DO UPDATE SET account_id = excluded.account_id,
        remaining = excluded.remaining, earmarked = excluded.earmarked"
}

row_set! {
    Holds {
        id: Id => Uid, leg: i64 => BigInt, state: &'a str => Text,
        expires_at: Option<Moment> => Nullable<Micros>, opened_entry: i64 => BigInt, debit: Id => Uid,
        credit: Id => Uid, amount: i64 => BigInt, captured: i64 => BigInt, released: i64 => BigInt,
        earmarks: &'a str => Text, counters: &'a str => Text,
    }
}

impl<'a> Holds<'a> {
    pub fn of(legs: &'a [HoldRow]) -> Self {
        let mut set = Self::default();
        for row in legs {
            set.id.push(row.id);
            set.leg.push(row.leg);
            set.state.push(&row.state);
            set.expires_at.push(row.expires_at);
            set.opened_entry.push(row.opened_entry);
            set.debit.push(row.debit_account_id);
            set.credit.push(row.credit_account_id);
            set.amount.push(row.amount);
            set.captured.push(row.captured);
            set.released.push(row.released);
            set.earmarks.push(&row.earmarks);
            set.counters.push(&row.counters);
        }
        set
    }
}

set_statement! {
    UpsertHolds<'a> -> Untyped { bank: BankId, rows: Holds<'a> }
    "INSERT INTO holds (bank_id, id, leg, state, expires_at, opened_entry, debit_account_id, credit_account_id, amount,
        captured, released, earmarks, counters)
    SELECT {bank}, {rows}
    ON CONFLICT (bank_id, id, leg) DO UPDATE SET state = excluded.state,
        debit_account_id = excluded.debit_account_id, credit_account_id = excluded.credit_account_id,
        captured = excluded.captured, released = excluded.released, earmarks = excluded.earmarks"
}

row_set! {
    Counters { key: &'a str => Text, window: &'a str => Text, used: i64 => BigInt }
}

set_statement! {
    UpsertCounters<'a> -> Untyped { bank: BankId, rows: Counters<'a> }
    "INSERT INTO counters (bank_id, counter_key, counter_window, used) SELECT {bank}, {rows}
    ON CONFLICT (bank_id, counter_key, counter_window) DO UPDATE SET used = excluded.used"
}

row_set! {
    DayTotals { account: Id => Uid, day: Day => DayNumber, debits: i64 => BigInt, credits: i64 => BigInt }
}

impl DayTotals<'_> {
    pub fn of(book: &Book) -> Self {
        let mut set = Self::default();
        for ((account, day), total) in book.day_totals.changed() {
            set.account.push(*account);
            set.day.push(*day);
            set.debits.push(total.debits);
            set.credits.push(total.credits);
        }
        set
    }
}

/// Number, hash, moment, and until when the books are closed.
impl Bind for Head {
    fn bind<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<BigInt, _>(&self.number)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, _>(self.hash.as_slice())?;
        out.push_sql(", ");
        out.push_bind_param::<Micros, _>(&self.recorded_at)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Micros>, _>(&self.closed_until)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Micros>, _>(&self.year_closed_until)
    }
}

macro_rules! insert_answers {
    () => {
        "INSERT INTO answers (bank_id, idempotency_key, user_id, fields, answer, entry_number, recorded_at)
        SELECT {bank}, {answers}"
    };
}

set_statement! {
    /// Of a batch that was refused as a whole.
    InsertAnswers<'a> -> Untyped { bank: BankId, answers: Answers<'a> }
    insert_answers!()
}

set_statement! {
    /// Entries and what they move. The answer has the number of accounts written, and whether the head was: it
    /// advances only from its previous value. For a day the Book has what this batch moved, which is added.
    SaveJournal<'a> -> (BigInt, BigInt) {
        bank: BankId, before: i64, head: Head, entries: Entries<'a>, postings: Postings<'a>,
        answers: Answers<'a>, accounts: Accounts<'a>, day_totals: DayTotals<'a>,
    }
    concat!(
        "WITH entry AS (
            INSERT INTO entries (bank_id, number, kind, effective_at, recorded_at, actor_id, source, metadata,
                note_digest, reverses, hash, key_digest, answer_digest, effects)
            SELECT {bank}, {entries}
        ), posting AS (
            INSERT INTO postings (bank_id, entry_number, leg, debit_account_id, credit_account_id, amount,
                debit_balance, credit_balance, reverses_leg)
            SELECT {bank}, {postings}
        ), answer AS (", insert_answers!(), "
        ), day AS (
            INSERT INTO day_totals AS t (bank_id, account_id, day, debits, credits) SELECT {bank}, {day_totals}
            ON CONFLICT (bank_id, account_id, day)
            DO UPDATE SET debits = t.debits + excluded.debits, credits = t.credits + excluded.credits
        ), account AS (
            INSERT INTO accounts (bank_id, id, owner_kind, owner_id, asset, purpose, floor, ceiling, lots, status,
                debits_posted, credits_posted, debits_pending, credits_pending, opened_entry, merged_into_id,
                merged_entry)
            SELECT {bank}, {accounts}
            ON CONFLICT (bank_id, id) DO UPDATE SET lots = excluded.lots, status = excluded.status,
                debits_posted = excluded.debits_posted,
                credits_posted = excluded.credits_posted, debits_pending = excluded.debits_pending,
                credits_pending = excluded.credits_pending, merged_into_id = excluded.merged_into_id,
                merged_entry = excluded.merged_entry
            RETURNING 1
        ), head AS (
            UPDATE heads SET (number, hash, recorded_at, closed_until, year_closed_until) = ROW ({head})
            WHERE bank_id = {bank} AND number = {before}
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM head)"
    )
}

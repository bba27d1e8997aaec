//! Statements with a fixed text, so that diesel prepares each of them once a connection.

use crate::store::types::{DayNumber, Micros, Uid};
use diesel::backend::Backend;
use diesel::expression::{ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use std::sync::LazyLock;

/// Declares a statement: its text around the bound values, and their types in order.
macro_rules! fixed {
    ($(#[$meta:meta])* $name:ident { $($field:ident : $rust:ty => $sql:ty),+ $(,)? } $text:literal) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name<'a> {
            $(pub $field: &'a $rust),+
        }
        impl QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }
        impl Query for $name<'_> {
            type SqlType = diesel::sql_types::Untyped;
        }
        impl RunQueryDsl<SqliteConnection> for $name<'_> {}
        impl QueryFragment<Sqlite> for $name<'_> {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                static PARTS: LazyLock<Vec<&str>> = LazyLock::new(|| $text.split('?').collect());
                let mut parts = PARTS.iter().copied();
                $(
                    out.push_sql(parts.next().unwrap_or_default());
                    out.push_bind_param::<$sql, _>(self.$field)?;
                )+
                out.push_sql(parts.next().unwrap_or_default());
                Ok(())
            }
        }
    };
}

/// Declares a condition on a table with a constant in its text: SQLite then selects the matching partial index
/// without bound values, for which it would plan the statement anew each time.
macro_rules! constant_condition {
    ($(#[$meta:meta])* $name:ident on $table:ident: $text:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, QueryId)]
        pub struct $name;
        impl Expression for $name {
            type SqlType = Bool;
        }
        impl<G> ValidGrouping<G> for $name {
            type IsAggregate = is_aggregate::No;
        }
        impl SelectableExpression<crate::store::schema::$table::table> for $name {}
        impl AppearsOnTable<crate::store::schema::$table::table> for $name {}
        impl<DB: Backend> QueryFragment<DB> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                out.push_sql($text);
                Ok(())
            }
        }
    };
}

constant_condition! {
    /// Lots with something remaining.
    OpenLot on lots: "lots.remaining > 0"
}

constant_condition! {
    /// Holds that still reserve something.
    PendingHold on holds: "holds.state = 'pending'"
}

use crate::domain::id::{BankId, Id};
use crate::domain::time::{Day, Moment};

fixed! {
    InsertEntry {
        bank: BankId => BigInt, number: i64 => BigInt, kind: str => Text, effective_at: Moment => Micros,
        recorded_at: Moment => Micros, actor: Id => Uid, source: Option<String> => Nullable<Text>,
        metadata: str => Text, note_digest: Option<&'a [u8]> => Nullable<Binary>,
        reverses: Option<i64> => Nullable<BigInt>, hash: [u8] => Binary,
        key_digest: Option<&'a [u8]> => Nullable<Binary>, answer_digest: Option<&'a [u8]> => Nullable<Binary>,
        effects: str => Text,
    }
    "INSERT INTO entries (bank_id, number, kind, effective_at, recorded_at, actor_id, source, metadata, note_digest, reverses, hash, key_digest, answer_digest, effects) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
}

fixed! {
    InsertPosting {
        bank: BankId => BigInt, entry: i64 => BigInt, leg: i64 => BigInt, debit: Id => Uid, credit: Id => Uid,
        amount: i64 => BigInt, debit_balance: i64 => BigInt, credit_balance: i64 => BigInt,
        reverses_leg: Option<i64> => Nullable<BigInt>,
    }
    "INSERT INTO postings (bank_id, entry_number, leg, debit_account_id, credit_account_id, amount, debit_balance, credit_balance, reverses_leg) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
}

fixed! {
    InsertNote { bank: BankId => BigInt, entry: i64 => BigInt, salt: [u8] => Binary, body: str => Text }
    "INSERT INTO notes (bank_id, entry_number, salt, body) VALUES (?, ?, ?, ?)"
}

fixed! {
    InsertAnswer {
        bank: BankId => BigInt, key: str => Text, user: Id => Uid, fields: str => Text, answer: str => Text,
        entry: Option<i64> => Nullable<BigInt>, recorded_at: Moment => Micros,
    }
    "INSERT INTO answers (bank_id, idempotency_key, user_id, fields, answer, entry_number, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
}

fixed! {
    InsertLot {
        bank: BankId => BigInt, entry: i64 => BigInt, ordinal: i64 => BigInt, account: Id => Uid,
        amount: i64 => BigInt, remaining: i64 => BigInt, earmarked: i64 => BigInt,
        expires_at: Option<Moment> => Nullable<Micros>, given: bool => Bool,
    }
    "INSERT INTO lots (bank_id, entry_number, ordinal, account_id, amount, remaining, earmarked, expires_at, given) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
}

fixed! {
    InsertHold {
        bank: BankId => BigInt, id: Id => Uid, leg: i64 => BigInt, state: str => Text,
        expires_at: Option<Moment> => Nullable<Micros>, opened_entry: i64 => BigInt, debit: Id => Uid,
        credit: Id => Uid, amount: i64 => BigInt, captured: i64 => BigInt, released: i64 => BigInt,
        earmarks: str => Text, counters: str => Text,
    }
    "INSERT INTO holds (bank_id, id, leg, state, expires_at, opened_entry, debit_account_id, credit_account_id, amount, captured, released, earmarks, counters) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
}

fixed! {
    InsertAccount {
        bank: BankId => BigInt, id: Id => Uid, owner_kind: str => Text, owner: Id => Uid, asset: str => Text,
        purpose: str => Text, floor: Option<i64> => Nullable<BigInt>, ceiling: Option<i64> => Nullable<BigInt>,
        lots: bool => Bool, status: str => Text, debits_posted: i64 => BigInt, credits_posted: i64 => BigInt,
        debits_pending: i64 => BigInt, credits_pending: i64 => BigInt, opened_entry: i64 => BigInt,
    }
    "INSERT INTO accounts (bank_id, id, owner_kind, owner_id, asset, purpose, floor, ceiling, lots, status, debits_posted, credits_posted, debits_pending, credits_pending, opened_entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
}

fixed! {
    /// The sums and the status of an existing account, and whether it keeps lots.
    UpdateAccount {
        lots: bool => Bool, status: str => Text, debits_posted: i64 => BigInt, credits_posted: i64 => BigInt,
        debits_pending: i64 => BigInt, credits_pending: i64 => BigInt, merged_into: Option<Id> => Nullable<Uid>,
        merged_entry: Option<i64> => Nullable<BigInt>, bank: BankId => BigInt, id: Id => Uid,
    }
    "UPDATE accounts SET lots = ?, status = ?, debits_posted = ?, credits_posted = ?, debits_pending = ?, credits_pending = ?, merged_into_id = ?, merged_entry = ? WHERE bank_id = ? AND id = ?"
}

fixed! {
    /// What remains of an existing lot, and its account.
    UpdateLot {
        account: Id => Uid, remaining: i64 => BigInt, earmarked: i64 => BigInt,
        bank: BankId => BigInt, entry: i64 => BigInt, ordinal: i64 => BigInt,
    }
    "UPDATE lots SET account_id = ?, remaining = ?, earmarked = ? WHERE bank_id = ? AND entry_number = ? AND ordinal = ?"
}

fixed! {
    /// What is left of a leg of an existing hold.
    UpdateHold {
        state: str => Text, debit: Id => Uid, credit: Id => Uid, captured: i64 => BigInt,
        released: i64 => BigInt, earmarks: str => Text, bank: BankId => BigInt, id: Id => Uid, leg: i64 => BigInt,
    }
    "UPDATE holds SET state = ?, debit_account_id = ?, credit_account_id = ?, captured = ?, released = ?, earmarks = ? WHERE bank_id = ? AND id = ? AND leg = ?"
}

fixed! {
    UpsertCounter { bank: BankId => BigInt, key: str => Text, window: str => Text, used: i64 => BigInt }
    "INSERT INTO counters (bank_id, counter_key, counter_window, used) VALUES (?, ?, ?, ?) ON CONFLICT (bank_id, counter_key, counter_window) DO UPDATE SET used = excluded.used"
}

fixed! {
    /// Adds what this batch moved to the day's total: the Book has only that, so nothing has to be loaded.
    AddToDayTotal {
        bank: BankId => BigInt, account: Id => Uid, day: Day => DayNumber, debits: i64 => BigInt,
        credits: i64 => BigInt,
    }
    "INSERT INTO day_totals (bank_id, account_id, day, debits, credits) VALUES (?, ?, ?, ?, ?) ON CONFLICT (bank_id, account_id, day) DO UPDATE SET debits = debits + excluded.debits, credits = credits + excluded.credits"
}

fixed! {
    /// Advances the head, if it has its previous value.
    UpdateHead {
        number: i64 => BigInt, hash: [u8] => Binary, recorded_at: Moment => Micros,
        closed_until: Option<Moment> => Nullable<Micros>, year_closed_until: Option<Moment> => Nullable<Micros>,
        bank: BankId => BigInt, before: i64 => BigInt,
    }
    "UPDATE heads SET number = ?, hash = ?, recorded_at = ?, closed_until = ?, year_closed_until = ? WHERE bank_id = ? AND number = ?"
}

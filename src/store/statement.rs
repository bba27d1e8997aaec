//! Statements with a fixed text, so that diesel prepares each of them once a connection.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};

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
                let mut parts = $text.split('?');
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

use crate::domain::id::{BankId, Id};
use crate::domain::time::{Day, Moment};

fixed! {
    /// The sums and the status of an account that was there before.
    UpdateAccount {
        status: str => Text, debits_posted: i64 => BigInt, credits_posted: i64 => BigInt,
        debits_pending: i64 => BigInt, credits_pending: i64 => BigInt, bank: BankId => BigInt, id: Id => Binary,
    }
    "UPDATE accounts SET status = ?, debits_posted = ?, credits_posted = ?, debits_pending = ?, credits_pending = ? WHERE bank_id = ? AND id = ?"
}

fixed! {
    /// What remains of a lot that was there before.
    UpdateLot {
        remaining: i64 => BigInt, earmarked: i64 => BigInt, value_left_fen: i64 => BigInt,
        bank: BankId => BigInt, entry: i64 => BigInt, ordinal: i64 => BigInt,
    }
    "UPDATE lots SET remaining = ?, earmarked = ?, value_left_fen = ? WHERE bank_id = ? AND entry_number = ? AND ordinal = ?"
}

fixed! {
    /// What is left of a leg of a hold that was there before.
    UpdateHold {
        state: str => Text, captured: i64 => BigInt, released: i64 => BigInt, earmarks: str => Text,
        bank: BankId => BigInt, id: Id => Binary, leg: i64 => BigInt,
    }
    "UPDATE holds SET state = ?, captured = ?, released = ?, earmarks = ? WHERE bank_id = ? AND id = ? AND leg = ?"
}

fixed! {
    UpsertCounter { bank: BankId => BigInt, key: str => Text, window: str => Text, used: i64 => BigInt }
    "INSERT INTO counters (bank_id, counter_key, counter_window, used) VALUES (?, ?, ?, ?) ON CONFLICT (bank_id, counter_key, counter_window) DO UPDATE SET used = excluded.used"
}

fixed! {
    /// Adds what this batch moved to the day: the Book keeps only that, so nothing has to be loaded.
    AddToDayTotal {
        bank: BankId => BigInt, account: Id => Binary, day: Day => Integer, debits: i64 => BigInt,
        credits: i64 => BigInt,
    }
    "INSERT INTO day_totals (bank_id, account_id, day, debits, credits) VALUES (?, ?, ?, ?, ?) ON CONFLICT (bank_id, account_id, day) DO UPDATE SET debits = debits + excluded.debits, credits = credits + excluded.credits"
}

fixed! {
    /// Moves the head on, if nobody else has.
    UpdateHead {
        number: i64 => BigInt, hash: [u8] => Binary, recorded_at: Moment => BigInt,
        closed_until: Option<Moment> => Nullable<BigInt>, bank: BankId => BigInt, before: i64 => BigInt,
    }
    "UPDATE heads SET number = ?, hash = ?, recorded_at = ?, closed_until = ? WHERE bank_id = ? AND number = ?"
}

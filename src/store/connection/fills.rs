//! Derives columns of a newer version from rows of an older one, once after its migrations.

use super::any::AnyConnection;
use crate::domain::id::{BankId, Id};
use crate::domain::people::{initials, person_name};
use crate::ledger::chain::key_digest;
use crate::store::error::Error;
use crate::store::schema::{answers, banks, entry_keys, members};
use diesel::prelude::*;

/// Answers that are read at once.
const AT_ONCE: i64 = 500;

/// An answer with an entry: bank, key, user, entry.
type Keyed = (BankId, String, Id, i64);

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Name keys that are made in one transaction.
const KEYS_AT_ONCE: i64 = 1_000;

/// Makes the keys and initials of names that were written before those existed. Each part is a transaction of its own: an
/// interrupted run continues at the next start.
pub(in crate::store) fn fill_names(conn: &mut AnyConnection) -> Result<(), Error> {
    // Bank by bank: the index and the partitions begin with it.
    for bank in banks::table.select(banks::bank_id).order(banks::bank_id).load::<BankId>(conn)? {
        while fill_some_name_keys(conn, bank)? || fill_some_initials(conn, bank)? {}
    }
    Ok(())
}

/// Fills one part of a bank's rows; returns whether there was any.
fn fill_some_name_keys(conn: &mut AnyConnection, bank: BankId) -> Result<bool, Error> {
    let unfilled = members::table.filter(members::bank_id.eq(bank).and(members::name_key.eq("")));
    let rows: Vec<(Id, String)> =
        unfilled.limit(KEYS_AT_ONCE).select((members::id, members::name)).load(conn)?;
    conn.transaction::<_, Error, _>(|conn| {
        for (id, name) in &rows {
            // A name of invisible characters only has no key of its own.
            let key = Some(person_name::key(name)).filter(|key| !key.is_empty());
            diesel::update(members::table.find((bank, *id)).filter(members::name.eq(name)))
                .set(members::name_key.eq(key.unwrap_or_else(|| "?".to_owned())))
                .execute(conn)?;
        }
        Ok(())
    })?;
    Ok(!rows.is_empty())
}

/// Fills one part of a bank's initials; returns whether there was any.
fn fill_some_initials(conn: &mut AnyConnection, bank: BankId) -> Result<bool, Error> {
    let unfilled = members::table.filter(members::bank_id.eq(bank).and(members::initials.eq("")));
    let rows: Vec<(Id, String)> =
        unfilled.limit(KEYS_AT_ONCE).select((members::id, members::name)).load(conn)?;
    conn.transaction::<_, Error, _>(|conn| {
        for (id, name) in &rows {
            diesel::update(members::table.find((bank, *id)).filter(members::name.eq(name)))
                .set(members::initials.eq(initials::stored(name)))
                .execute(conn)?;
        }
        Ok(())
    })?;
    Ok(!rows.is_empty())
}

/// A row of a bulk request was stored under `KEY#0`, and is looked for under `KEY #0` once its answer is removed:
/// both are noted. Fills the table from the answers of an older version, once.
macro_rules! fill {
    ($name:ident, $conn:ty) => {
        pub(in crate::store) fn $name(conn: &mut $conn) -> QueryResult<()> {
            let banks: Vec<BankId> =
                answers::table.select(answers::bank_id).distinct().load::<BankId>(conn)?;
            for bank in banks {
                let (mut key, mut user) = (String::new(), Id::SYSTEM);
                loop {
                    let beyond = answers::idempotency_key
                        .gt(key.clone())
                        .or(answers::idempotency_key.eq(key.clone()).and(answers::user_id.gt(user)));
                    let rows: Vec<(BankId, String, Id, Option<i64>)> = answers::table
                        .filter(answers::bank_id.eq(bank).and(beyond))
                        .order((answers::idempotency_key, answers::user_id))
                        .limit(AT_ONCE)
                        .select((
                            answers::bank_id,
                            answers::idempotency_key,
                            answers::user_id,
                            answers::entry_number,
                        ))
                        .load(conn)?;
                    let Some((_, last_key, last_user, _)) = rows.last() else { break };
                    (key, user) = (last_key.clone(), *last_user);
                    let keyed = rows
                        .into_iter()
                        .filter_map(|(bank, key, user, entry)| Some((bank, key, user, entry?)));
                    let keyed = keyed.flat_map(|(bank, key, user, entry)| {
                        let row = key.rsplit_once('#').filter(|(_, row)| is_number(row));
                        let as_now = row.map(|(key, row)| (bank, format!("{key} #{row}"), user, entry));
                        std::iter::once((bank, key.clone(), user, entry)).chain(as_now)
                    });
                    for (bank, key, user, entry) in keyed.collect::<Vec<Keyed>>() {
                        diesel::insert_into(entry_keys::table)
                            .values((
                                entry_keys::bank_id.eq(bank),
                                entry_keys::key_digest.eq(key_digest(user, &key).to_vec()),
                                entry_keys::entry_number.eq(entry),
                            ))
                            .execute(conn)?;
                    }
                }
            }
            Ok(())
        }
    };
}

fill!(fill_sqlite, diesel::sqlite::SqliteConnection);
#[cfg(feature = "postgres")]
fill!(fill_postgres, diesel::pg::PgConnection);

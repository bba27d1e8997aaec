//! Which key made which entry, stored for ever as a digest; and pruning of old answers. Each entry stores the digest
//! of its own key; `entry_keys` has those of entries from before, and never grows.

use crate::domain::id::{BankId, Id};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::ledger::chain::key_digest;
use crate::ledger::{Answer, Request, StoredAnswer};
use crate::store::Tables;
use crate::store::connection::AnyConnection;
use crate::store::connection::by_key::{Lookup, lookups};
use crate::store::error::Error;
use crate::store::schema::{answers, banks, codes, entries, entry_keys};
use diesel::prelude::*;
use diesel::sql_types::Binary;
use std::collections::HashMap;

/// Rows of a statement, and of a step of filling or pruning.
const AT_ONCE: i64 = 500;

/// Stands in for a pruned answer: the key made this entry.
fn spent(entry: i64) -> StoredAnswer {
    StoredAnswer {
        fields: Default::default(),
        answer: Answer::Refused(Refusal::KeySpent { entry }),
        entry: Some(entry),
        recorded_at: Moment::default(),
    }
}

/// What is known of a key without a stored answer.
pub(in crate::store) fn spent_key(
    conn: &mut AnyConnection,
    bank: BankId,
    user: Id,
    key: &str,
) -> Result<Option<StoredAnswer>, Error> {
    let digest = key_digest(user, key);
    let own = entries::bank_id.eq(bank).and(entries::key_digest.eq(digest.as_slice()));
    let own = entries::table.filter(own).select(entries::number).get_result(conn).optional()?;
    Ok(match own {
        Some(entry) => Some(entry),
        None => older_entry(conn, bank, &digest)?,
    }
    .map(spent))
}

/// The entry of a key among those that do not store it themselves.
pub(in crate::store) fn older_entry(
    conn: &mut AnyConnection,
    bank: BankId,
    digest: &[u8; 32],
) -> Result<Option<i64>, Error> {
    let entry = entry_keys::table.find((bank, digest.as_slice())).select(entry_keys::entry_number);
    Ok(entry.get_result(conn).optional()?)
}

type KeyOfUser = (String, Id);

#[derive(Queryable, Selectable)]
#[diesel(table_name = entries)]
pub struct KeyOfEntry {
    key_digest: Option<Vec<u8>>,
    number: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = entry_keys)]
pub struct OlderKey {
    pub key_digest: Vec<u8>,
    pub entry_number: i64,
}

lookups! {
    OwnKeys: KeyOfEntry in entries by key_digest as Binary = Vec<u8>;
    OlderKeys: OlderKey in entry_keys by key_digest as Binary = Vec<u8>;
}

/// The entries of these digests. Every new request runs this; on a server it is one round trip.
fn entries_of_keys(
    conn: &mut AnyConnection,
    bank: BankId,
    digests: &[Vec<u8>],
) -> Result<HashMap<Vec<u8>, i64>, Error> {
    #[cfg(feature = "postgres")]
    if let AnyConnection::Postgres(conn) = conn {
        let own = entries::table
            .filter(entries::bank_id.eq(bank).and(entries::key_digest.eq_any(digests)))
            .select((entries::key_digest.assume_not_null(), entries::number));
        let older = entry_keys::table
            .filter(entry_keys::bank_id.eq(bank).and(entry_keys::key_digest.eq_any(digests)))
            .select((entry_keys::key_digest, entry_keys::entry_number));
        return Ok(own.union_all(older).load::<(Vec<u8>, i64)>(conn)?.into_iter().collect());
    }
    let own = OwnKeys::of(conn, bank, digests.iter().cloned())?.into_iter();
    let older = OlderKeys::of(conn, bank, digests.iter().cloned())?.into_iter();
    let older = older.map(|row| (row.key_digest, row.entry_number));
    Ok(older.chain(own.filter_map(|row| Some((row.key_digest?, row.number)))).collect())
}

/// What is known of many keys without stored answers.
pub(in crate::store) fn spent_keys(
    conn: &mut AnyConnection,
    bank: BankId,
    keys: &[(String, Id)],
) -> Result<Vec<(KeyOfUser, StoredAnswer)>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let digests: Vec<Vec<u8>> = keys.iter().map(|(key, user)| key_digest(*user, key).to_vec()).collect();
    let known = entries_of_keys(conn, bank, &digests)?;
    let found = keys.iter().zip(&digests);
    Ok(found.filter_map(|(key, digest)| Some((key.clone(), spent(*known.get(digest)?)))).collect())
}

/// The maximum number of rows of a bulk request.
const ROWS: usize = 10_000;

impl Tables<'_> {
    /// An entry made by a row of a bulk request whose answers were pruned: the key then belongs to it, whatever rows
    /// come under it now.
    pub fn spent_row(&mut self, request: &Request, mark: &str) -> Result<Option<i64>, Error> {
        let (bank, key, user) = (self.bank, &request.key, request.user);
        let removed: Option<Moment> =
            banks::table.find(bank).select(banks::answers_since).get_result(self.conn)?;
        if removed.is_none() {
            return Ok(None);
        }
        let digests: Vec<Vec<u8>> =
            (0..ROWS).map(|row| key_digest(user, &format!("{key}{mark}{row}")).to_vec()).collect();
        let own = entries::bank_id.eq(bank).and(entries::key_digest.eq_any(&digests));
        let own = entries::table.filter(own).select(diesel::dsl::min(entries::number));
        if let Some(entry) = own.get_result(self.conn)? {
            return Ok(Some(entry));
        }
        let older = entry_keys::bank_id.eq(bank).and(entry_keys::key_digest.eq_any(&digests));
        let older = entry_keys::table.filter(older).select(diesel::dsl::min(entry_keys::entry_number));
        Ok(older.get_result(self.conn)?)
    }

    /// Deletes answers older than a moment; returns the number, which is less than asked for if none is left. Keys
    /// that made an entry stay known by their digests, and the limit of pruning is stored: later answers must exist.
    pub fn forget_answers(&mut self, before: Moment) -> Result<usize, Error> {
        let old: Vec<(String, Id)> = answers::table
            .filter(answers::bank_id.eq(self.bank).and(answers::recorded_at.lt(before)))
            .limit(AT_ONCE)
            .select((answers::idempotency_key, answers::user_id))
            .load(self.conn)?;
        if !old.is_empty() {
            let unnoted = banks::answers_since.is_null().or(banks::answers_since.lt(before));
            diesel::update(banks::table.find(self.bank).filter(unnoted))
                .set(banks::answers_since.eq(before))
                .execute(self.conn)?;
        }
        for (key, user) in &old {
            diesel::delete(answers::table.find((self.bank, key, *user))).execute(self.conn)?;
        }
        Ok(old.len())
    }

    /// Deletes codes that expired before a moment, claimed or not.
    pub fn forget_codes(&mut self, before: Moment) -> Result<usize, Error> {
        let dead = codes::table
            .filter(codes::bank_id.eq(self.bank).and(codes::expires_at.lt(before)))
            .filter(codes::claim_until.is_null().or(codes::claim_until.lt(before)))
            .limit(AT_ONCE)
            .select(codes::id);
        let dead: Vec<Id> = dead.load(self.conn)?;
        for id in &dead {
            diesel::delete(codes::table.find((self.bank, *id))).execute(self.conn)?;
        }
        Ok(dead.len())
    }
}

/// Rows deleted at a time, so that callers do not wait behind it.
pub const STEP: usize = 500;

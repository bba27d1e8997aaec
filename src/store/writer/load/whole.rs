//! Loads what consists of rows of several tables, by a list of keys: in as many statements for hundreds as for one.

use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{Account, Hold};
use crate::domain::ledger::entry::Entry;
use crate::ledger::{Past, Reversed};
use crate::store::connection::AnyConnection;
use crate::store::connection::by_key::{Lookup, lookups};
use crate::store::error::Error;
use crate::store::types::Uid;
use crate::store::writer::rows::*;
use diesel::sql_types::BigInt;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

lookups! {
    Entries: EntryRow in entries by number as BigInt = i64;
    /// Entries, and those that reverse them.
    WithReversals: EntryRow in entries by number | reverses as BigInt = i64;
    Postings: PostingRow in postings by entry_number as BigInt = i64;
    Accounts: AccountRow in accounts by id as Uid = Id;
    Holds: HoldRow in holds by id as Uid = Id;
    /// Legs that still reserve something of these accounts.
    PendingLegs: HoldRow in holds by debit_account_id | credit_account_id as Uid = Id, only "state = 'pending'";
    LotsOfEntries: LotRow in lots by entry_number as BigInt = i64;
}

/// Rows grouped by their parents, in order within each.
pub fn grouped<Row, K: Copy + Eq + Hash + Ord, P: Ord>(
    mut rows: Vec<Row>,
    place: impl Fn(&Row) -> (K, P),
) -> HashMap<K, Vec<Row>> {
    rows.sort_unstable_by_key(&place);
    let mut of: HashMap<K, Vec<Row>> = HashMap::new();
    rows.into_iter().for_each(|row| of.entry(place(&row).0).or_default().push(row));
    of
}

/// Entries with their postings and effects.
fn put_together(
    conn: &mut AnyConnection,
    bank: BankId,
    rows: Vec<EntryRow>,
) -> Result<BTreeMap<i64, Entry>, Error> {
    if rows.is_empty() {
        return Ok(BTreeMap::new());
    }
    let numbers = rows.iter().map(|row| row.number);
    let mut postings = grouped(Postings::of(conn, bank, numbers)?, |row| (row.entry_number, row.leg));
    let mut whole = BTreeMap::new();
    for row in rows {
        let number = row.number;
        whole.insert(number, row.entry(postings.remove(&number).unwrap_or_default())?);
    }
    Ok(whole)
}

/// Entries with their postings and effects, by number.
pub fn entries(
    conn: &mut AnyConnection,
    bank: BankId,
    numbers: impl IntoIterator<Item = i64>,
) -> Result<BTreeMap<i64, Entry>, Error> {
    let rows = Entries::of(conn, bank, numbers)?;
    put_together(conn, bank, rows)
}

/// Entries with what has been taken back of them so far.
pub fn pasts(
    conn: &mut AnyConnection,
    bank: BankId,
    numbers: impl IntoIterator<Item = i64> + Clone,
) -> Result<BTreeMap<i64, Past>, Error> {
    let mut rows = WithReversals::of(conn, bank, numbers.clone())?;
    // A requested entry may also reverse another one.
    rows.sort_unstable_by_key(|row| row.number);
    rows.dedup_by_key(|row| row.number);
    let mut whole = put_together(conn, bank, rows)?;
    let mut reversed: HashMap<i64, Reversed> = HashMap::new();
    for entry in whole.values() {
        if let Some(original) = entry.reverses {
            reversed.entry(original).or_default().add(&entry.postings, &entry.effects);
        }
    }
    let past = |number| {
        let (entry, reversed) = (whole.remove(&number)?, reversed.remove(&number).unwrap_or_default());
        Some((number, Past { entry, reversed }))
    };
    Ok(numbers.into_iter().filter_map(past).collect())
}

pub fn accounts(
    conn: &mut AnyConnection,
    bank: BankId,
    ids: impl IntoIterator<Item = Id>,
) -> Result<HashMap<Id, Account>, Error> {
    let rows = Accounts::of(conn, bank, ids)?;
    rows.iter().map(|row| Ok((row.id, row.account()?))).collect()
}

/// Holds with all their legs, by id.
pub fn holds(
    conn: &mut AnyConnection,
    bank: BankId,
    ids: impl IntoIterator<Item = Id>,
) -> Result<BTreeMap<Id, Hold>, Error> {
    let legs = grouped(Holds::of(conn, bank, ids)?, |row| (row.id, row.leg));
    let whole = legs.values().filter_map(|legs| HoldRow::hold(legs).transpose());
    whole.map(|hold| hold.map(|hold| (hold.id, hold))).collect()
}

//! Entries in the order of their numbers, whole; and the check of the last of them at every start.

use crate::domain::id::BankId;
use crate::domain::ledger::entry::Entry;
use crate::ledger::chain;
use crate::store::connection::AnyConnection;
use crate::store::error::Error;
use crate::store::schema::*;
use crate::store::writer::load;
use crate::store::writer::rows::*;
use diesel::prelude::*;

/// Entries checked when the program starts.
const END: i64 = 1_000;

/// An entry with the texts of its effects.
type Whole = (Entry, Vec<String>);

/// The last entries still follow from one another, and the head from the last. Cheap: for every start.
pub fn check_end(conn: &mut AnyConnection, bank: BankId) -> Result<(), Error> {
    let head = load::head(conn, bank)?;
    let last: Option<i64> = entries::table
        .filter(entries::bank_id.eq(bank))
        .select(diesel::dsl::max(entries::number))
        .get_result(conn)?;
    if last.unwrap_or(0) != head.number {
        let last = last.unwrap_or(0);
        return Err(Error::Closed(format!("the last entry is {last}, the head says {}", head.number)));
    }
    let from = head.number.saturating_sub(END).max(0);
    let mut previous = match from {
        0 => chain::genesis(bank),
        number => load::entry(conn, bank, number)?.map(|e| e.hash).unwrap_or([0; 32]),
    };
    for (entry, texts) in chunk(conn, bank, from, END)? {
        if chain::hash(&previous, &entry, &texts) != entry.hash {
            return Err(Error::Closed(format!("entry {} does not follow from the one before", entry.number)));
        }
        previous = entry.hash;
    }
    if previous != head.hash {
        return Err(Error::Closed("the head's hash is not that of the last entry".into()));
    }
    Ok(())
}

/// The next entries above `after`, whole.
pub(super) fn chunk(
    conn: &mut AnyConnection,
    bank: BankId,
    after: i64,
    limit: i64,
) -> Result<Vec<Whole>, Error> {
    let until = after.saturating_add(limit);
    let rows = entries::table
        .filter(entries::bank_id.eq(bank).and(entries::number.gt(after)).and(entries::number.le(until)))
        .order(entries::number)
        .select(EntryRow::as_select())
        .load(conn)?;
    let legs = postings::table
        .filter(postings::bank_id.eq(bank))
        .filter(postings::entry_number.gt(after).and(postings::entry_number.le(until)))
        .order((postings::entry_number, postings::leg))
        .select(PostingRow::as_select())
        .load(conn)?;
    let parts = effects::table
        .filter(effects::bank_id.eq(bank))
        .filter(effects::entry_number.gt(after).and(effects::entry_number.le(until)))
        .order((effects::entry_number, effects::ordinal))
        .select(EffectRow::as_select())
        .load(conn)?;
    let (mut legs, mut parts) = (legs.into_iter().peekable(), parts.into_iter().peekable());
    let mut whole = Vec::with_capacity(rows.len());
    for row in rows {
        let number = row.number;
        let mut own_legs = Vec::with_capacity(1);
        while let Some(leg) = legs.next_if(|leg| leg.entry_number == number) {
            if usize::try_from(leg.leg) != Ok(own_legs.len()) {
                return Err(Error::Closed(format!(
                    "postings of entry {number}: leg {} out of order",
                    leg.leg
                )));
            }
            own_legs.push(leg);
        }
        let mut own_parts = Vec::new();
        while let Some(part) = parts.next_if(|part| part.entry_number == number) {
            if usize::try_from(part.ordinal) != Ok(own_parts.len()) {
                return Err(Error::Closed(format!(
                    "effects of entry {number}: {} out of order",
                    part.ordinal
                )));
            }
            own_parts.push(part);
        }
        whole.push(
            row.entry(own_legs, own_parts)
                .map_err(|error| Error::Closed(format!("entry {number} cannot be read: {error}")))?,
        );
    }
    Ok(whole)
}

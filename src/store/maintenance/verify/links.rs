//! Entries in the order of their numbers with all their parts, and whether their hashes follow from the ones before;
//! read ahead on a thread of their own. Also the check of the last entries at every start.

use super::on_either;
use crate::domain::id::BankId;
use crate::domain::ledger::entry::{Entry, Posting};
use crate::ledger::{Head, chain};
use crate::store::connection::AnyConnection;
use crate::store::connection::by_key::Lookup;
use crate::store::error::Error;
use crate::store::schema::*;
use crate::store::writer::load;
use crate::store::writer::load::whole::{Postings, grouped};
use crate::store::writer::rows::*;
use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::sync::mpsc::SyncSender;

/// Entries checked when the program starts.
const END: i64 = 1_000;

/// Entries that are read in one snapshot: it bounds the memory of reading ahead.
pub(super) const CHUNK: i64 = 512;

/// An entry of the chain.
pub(super) struct Link {
    pub entry: Entry,
    /// Whether its hash follows from that of the entry before.
    pub follows: bool,
    /// The text that is stored for it.
    pub note: Option<(Vec<u8>, String)>,
    /// The postings of the entry that it reverses, if that entry is before it.
    pub original: Option<Vec<Posting>>,
}

/// Where the next links begin.
#[derive(Clone, Copy)]
pub(super) struct After {
    pub number: i64,
    pub hash: [u8; 32],
}

impl After {
    pub fn of(head: &Head) -> Self {
        After { number: head.number, hash: head.hash }
    }
}

/// Checks that the last entries follow from one another, and the head from the last. Cheap: for every start.
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
    let number = head.number.saturating_sub(END).max(0);
    let hash = match number {
        0 => chain::genesis(bank),
        number => load::entry(conn, bank, number)?.map(|e| e.hash).unwrap_or([0; 32]),
    };
    let mut after = After { number, hash };
    while after.number < head.number {
        let links = links(conn, bank, &mut after)?;
        if let Some(link) = links.iter().find(|link| !link.follows) {
            let number = link.entry.number;
            return Err(Error::Closed(format!("entry {number} does not follow from the one before")));
        }
        if links.is_empty() {
            break;
        }
    }
    if after.hash != head.hash {
        return Err(Error::Closed("the head's hash is not that of the last entry".into()));
    }
    Ok(())
}

/// Reads to the end of the chain and sends what it reads; stops early when the receiver is dropped.
pub(super) fn read_ahead(
    conn: &mut AnyConnection,
    bank: BankId,
    mut after: After,
    next: &SyncSender<Result<Vec<Link>, Error>>,
) {
    loop {
        let links = conn.transaction(|conn| links(conn, bank, &mut after));
        let goes_on = links.as_ref().is_ok_and(|links| i64::try_from(links.len()) == Ok(CHUNK));
        if next.send(links).is_err() || !goes_on {
            return;
        }
    }
}

/// The rows of the next entries.
struct Rows {
    entries: Vec<EntryRow>,
    postings: Vec<PostingRow>,
    /// Entry, salt and text.
    notes: Vec<(i64, Vec<u8>, String)>,
    /// Of the entries that these reverse.
    originals: HashMap<i64, Vec<PostingRow>>,
}

impl Rows {
    fn next(conn: &mut AnyConnection, bank: BankId, from: i64) -> Result<Self, Error> {
        let until = from.saturating_add(CHUNK);
        let entries: Vec<EntryRow> = on_either!(
            conn,
            entries::table
                .filter(entries::bank_id.eq(bank))
                .filter(entries::number.gt(from).and(entries::number.le(until)))
                .order(entries::number)
                .select(EntryRow::as_select())
        )?;
        let postings = on_either!(
            conn,
            postings::table
                .filter(postings::bank_id.eq(bank))
                .filter(postings::entry_number.gt(from).and(postings::entry_number.le(until)))
                .order((postings::entry_number, postings::leg))
                .select(PostingRow::as_select())
        )?;
        let notes = on_either!(
            conn,
            notes::table
                .filter(notes::bank_id.eq(bank))
                .filter(notes::entry_number.gt(from).and(notes::entry_number.le(until)))
                .order(notes::entry_number)
                .select((notes::entry_number, notes::salt, notes::body))
        )?;
        let earlier = entries.iter().filter_map(|row| row.reverses.filter(|number| *number < row.number));
        let earlier: BTreeSet<i64> = earlier.collect();
        let originals = match earlier.is_empty() {
            true => Vec::new(),
            false => Postings::of(conn, bank, earlier)?,
        };
        let originals = grouped(originals, |row| (row.entry_number, row.leg));
        Ok(Rows { entries, postings, notes, originals })
    }
}

pub(super) fn links(conn: &mut AnyConnection, bank: BankId, after: &mut After) -> Result<Vec<Link>, Error> {
    let Rows { entries, postings, notes, originals } = Rows::next(conn, bank, after.number)?;
    let (mut postings, mut notes) = (postings.into_iter().peekable(), notes.into_iter().peekable());
    let mut links = Vec::with_capacity(entries.len());
    for row in entries {
        let number = row.number;
        let mut own_legs = Vec::with_capacity(1);
        while let Some(leg) = postings.next_if(|leg| leg.entry_number == number) {
            in_order(number, leg.leg, own_legs.len())?;
            own_legs.push(leg);
        }
        let unreadable = |error| Error::Closed(format!("entry {number} cannot be read: {error}"));
        let effects = row.effects.clone();
        let entry = row.entry(own_legs).map_err(unreadable)?;
        let original = entry.reverses.filter(|original| (1..number).contains(original));
        let original = original.map(|number| originals.get(&number).cloned().unwrap_or_default().into_iter());
        let original = original.map(|rows| rows.map(PostingRow::posting).collect()).transpose();
        let follows = chain::hash(&after.hash, &entry, &effects) == entry.hash;
        *after = After { number, hash: entry.hash };
        let note = notes.next_if(|(of, ..)| *of == number).map(|(_, salt, body)| (salt, body));
        links.push(Link { entry, follows, note, original: original.map_err(unreadable)? });
    }
    Ok(links)
}

fn in_order(number: i64, stored: i64, expected: usize) -> Result<(), Error> {
    match usize::try_from(stored) == Ok(expected) {
        true => Ok(()),
        false => Err(Error::Closed(format!("postings of entry {number}: {stored} out of order"))),
    }
}

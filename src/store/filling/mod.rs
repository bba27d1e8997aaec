//! For the benchmark only: makes a large ledger of bare transfers in minutes. Entries, postings, balances, day totals,
//! accounts and head are what the writer would have left, with a true chain that `verify` accepts; answers under keys
//! are not made. Nobody else may write meanwhile.

/// Moves the head from where it stood `before` to where the maker has come: a statement on either kind of connection.
macro_rules! move_head {
    ($conn:expr, $bank:expr, $maker:expr, $before:expr) => {{
        let head = &$maker.head;
        let at_the_head = heads::table.filter(heads::bank_id.eq($bank).and(heads::number.eq($before)));
        let moved = diesel::update(at_the_head)
            .set((
                heads::number.eq(head.number),
                heads::hash.eq(head.hash.as_slice()),
                heads::recorded_at.eq(head.recorded_at),
            ))
            .execute($conn)?;
        if moved == 1 { Ok(()) } else { Err(Error::Fault("somebody else wrote meanwhile".into())) }
    }};
}

mod maker;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

use super::connection::{AnyConnection, Database, Use};
use super::error::Error;
use super::schema::accounts;
use super::tables;
use super::writer::load;
use crate::domain::id::{BankId, Id};
use diesel::prelude::*;
use maker::{Made, Maker, Sums};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc;

/// Which transfers are made.
#[derive(Clone, Debug)]
pub struct Filling {
    pub bank: BankId,
    pub actor: Id,
    /// Debited by every second transfer; the others are between two of `held`. All of them stand open, of one asset,
    /// without lots.
    pub issuing: Id,
    pub held: Arc<[Id]>,
    pub entries: u64,
    pub seed: u64,
}

/// Entries that are made and written at a time.
const CHUNK: usize = 50_000;
/// Chunks that are made ahead of the writing.
const AHEAD: usize = 2;

/// Adds the entries to the end of the bank's chain. A file or schema in which this fails is of no more use.
pub fn fill(url: &str, filling: &Filling) -> Result<(), Error> {
    let closed = |error: super::OpenError| Error::Closed(error.to_string());
    let database = Database::parse(url).map_err(closed)?;
    let mut conn = database.connect(Use::Write { durable: true }).map_err(closed)?;
    let (zone, head) = (tables::zone_of(&mut conn, filling.bank)?, load::head(&mut conn, filling.bank)?);
    let maker = Maker::new(filling, zone, head, sums(&mut conn, filling)?);
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::fill(conn, database.file().map_err(closed)?, filling, maker),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => postgres::fill(conn, filling, maker),
    }
}

/// What each account has been debited and credited so far, the issuing one first.
fn sums(conn: &mut AnyConnection, filling: &Filling) -> Result<Vec<(Id, Sums)>, Error> {
    let rows: Vec<(Id, i64, i64)> = accounts::table
        .filter(accounts::bank_id.eq(filling.bank))
        .select((accounts::id, accounts::debits_posted, accounts::credits_posted))
        .load(conn)?;
    let known: HashMap<Id, Sums> =
        rows.into_iter().map(|(id, debits, credits)| (id, Sums { debits, credits })).collect();
    let all = std::iter::once(&filling.issuing).chain(filling.held.iter());
    let found = all.map(|id| Some((*id, *known.get(id)?)));
    found.collect::<Option<_>>().ok_or_else(|| Error::Fault("an account is not there".into()))
}

/// Makes all chunks in a thread of their own while `write` writes those before; returns where everything then stands.
fn made_ahead(
    mut maker: Maker,
    entries: u64,
    mut write: impl FnMut(&[Made]) -> Result<(), Error>,
) -> Result<Maker, Error> {
    std::thread::scope(|scope| {
        let (send, chunks) = mpsc::sync_channel(AHEAD);
        let making = scope.spawn(move || {
            let mut left = entries;
            while left > 0 {
                let count = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
                let chunk = maker.chunk(count)?;
                left = left.saturating_sub(u64::try_from(count).unwrap_or(left));
                if send.send(chunk).is_err() {
                    return None;
                }
            }
            Some(maker)
        });
        for chunk in &chunks {
            write(&chunk)?;
        }
        let made = making.join().unwrap_or(None);
        made.ok_or_else(|| Error::Fault("a sum left its range, or the maker of entries ended early".into()))
    })
}

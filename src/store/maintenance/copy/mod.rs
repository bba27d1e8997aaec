//! Copies everything in a database to another one, of the same kind or the other. Rows are read in the order of their
//! keys and inserted by pages; afterwards both ends are compared row by row, and every bank is verified. Until then
//! the target is marked as an unfinished copy: nothing else opens it, and the next run continues after the last row
//! of each table. The source is read in one snapshot and never written.

mod cell;
mod end;
#[cfg(feature = "postgres")]
pub(in crate::store) mod postgres;
mod sqlite;
mod statement;

pub use cell::Unfit;

use super::audit::{BankHead, Ended, audit_banks, heads_of};
use super::keys;
use super::verify::Finding;
use crate::domain::id::BankId;
use crate::store::connection;
use crate::store::connection::{Database, OpenError, Upgrade, Use};
use crate::store::error::Error;
use crate::store::schema::{all_tables, banks};
use cell::{Key, Row};
use diesel::prelude::*;
use end::End;
use sha2::{Digest, Sha256};
use std::ops::ControlFlow;

/// Rows that are read and inserted at once.
const PAGE: usize = 1_000;
/// Pages between two commits.
const PAGES_OF_COMMIT: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Source,
    Target,
}

/// Why a copy did not finish. The source is unchanged; the rows copied so far stay in the target, which remains
/// unusable until the copy is finished.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error("{0}")]
    Open(#[from] OpenError),
    #[error("{0} is both source and target")]
    Same(String),
    #[error("{0} holds no bank")]
    NoBank(String),
    #[error("{0} holds a bank")]
    HoldsBank(String),
    /// The source was written to, during the copy or since it was begun.
    #[error("{from} was changed since the copy to {to} was begun")]
    Moved { from: String, to: String },
    /// A value that the target cannot hold, or that the source should not hold.
    #[error("{table} {key}: {column} cannot be carried over: {unfit:?}")]
    Unfit { table: &'static str, key: String, column: &'static str, unfit: Unfit },
    /// The two ends differ in this row.
    #[error("{table} {key} differs")]
    Differs { table: &'static str, key: String, to: String },
    /// The copy equals its source, but its verification found a fault.
    #[error("{}: {}", .0.place, .0.fault)]
    Fault(Finding),
    #[error("{name}: {table}: {error}")]
    Failed { side: Side, name: String, table: &'static str, error: Box<Error> },
    /// Stopped on request.
    #[error("stopped")]
    Stopped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Copying,
    Comparing,
    Verifying,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub step: Step,
    pub table: &'static str,
    /// Rows that are done.
    pub done: u64,
    pub rows: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CopiedTable {
    pub table: &'static str,
    pub rows: u64,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Copied {
    pub from: String,
    pub to: String,
    pub heads: Vec<BankHead>,
    pub entries: i64,
    pub rows: u64,
    /// Rows that this run inserted: fewer than all if an earlier run had begun.
    pub put_in: u64,
    pub tables: Vec<CopiedTable>,
    /// Ids of the secret keys that the banks were made with: no database contains the keys.
    pub key_ids: Vec<String>,
}

/// Receives the progress of the copy; may stop it.
pub type OnProgress<'t> = &'t mut dyn FnMut(Progress) -> ControlFlow<()>;

/// Copies everything from the database behind one URL to that behind another. The target must be empty, or an
/// unfinished copy of the same state of the source, which continues; `fresh` empties an unfinished copy first.
pub fn copy(from: &str, to: &str, fresh: bool, on_progress: OnProgress<'_>) -> Result<Copied, CopyError> {
    let (source, target) = (Database::parse(from)?, Database::parse(to)?);
    if is_same(&source, &target) {
        return Err(CopyError::Same(source.to_string()));
    }
    let conn = source.prepare(Upgrade::No, Use::Read)?;
    let mut source = End { side: Side::Source, name: source.to_string(), conn };
    source.remove_timeouts()?;
    let written = source.written()?;
    source.begin()?;
    let state = State::of(&mut source)?;
    if state.heads.is_empty() {
        return Err(CopyError::NoBank(source.name));
    }
    let database = target;
    let mut target = open_target(&database, &source, &state, fresh)?;
    let mut walk = Walk { rows: state.rows(), on_progress };
    let put_in = walk.put_in(&mut source, &mut target, &state)?;
    walk.compare(&mut source, &mut target)?;
    source.commit()?;
    if source.written()? != written || State::of(&mut source)? != state {
        return Err(CopyError::Moved { from: source.name, to: target.name });
    }
    walk.verify(&database, &mut target)?;
    finish(source, target, state, put_in)
}

/// Whether both name the same database. Two names for one schema of a server are noticed later: it holds a bank.
fn is_same(source: &Database, target: &Database) -> bool {
    let file = |database: &Database| database.file().ok().and_then(|file| file.canonicalize().ok());
    source == target || file(source).is_some_and(|source| file(target) == Some(source))
}

/// Opens the target, marked as an unfinished copy of this state.
fn open_target(database: &Database, source: &End, state: &State, fresh: bool) -> Result<End, CopyError> {
    database.make_folder()?;
    let conn = database.prepare(Upgrade::Yes, Use::Fill)?;
    let mut target = End { side: Side::Target, name: database.to_string(), conn };
    target.remove_timeouts()?;
    let mut begun = connection::unfinished(&mut target.conn).map_err(|e| target.failed(None, e))?;
    if fresh && begun.is_some() {
        target.conn = connection::emptied(database, target.conn)?;
        target.remove_timeouts()?;
        begun = None;
    }
    match begun {
        Some(fingerprint) if fingerprint == state.fingerprint => return Ok(target),
        Some(_) => return Err(CopyError::Moved { from: source.name.clone(), to: target.name }),
        None => {}
    }
    let held: i64 =
        banks::table.count().get_result(&mut target.conn).map_err(|error| target.failed(None, error))?;
    if held > 0 {
        return Err(CopyError::HoldsBank(target.name));
    }
    let marked = connection::mark(&mut target.conn, Some(state.fingerprint));
    marked.map_err(|error| target.failed(None, error))?;
    Ok(target)
}

/// Removes the mark, and returns what was copied.
fn finish(mut source: End, mut target: End, state: State, put_in: u64) -> Result<Copied, CopyError> {
    let key_ids = keys::noted(&mut target.conn).map_err(|error| target.failed(None, error))?;
    let done = connection::settle(&mut target.conn).and_then(|()| connection::mark(&mut target.conn, None));
    done.map_err(|error| target.failed(None, error))?;
    Ok(Copied {
        from: std::mem::take(&mut source.name),
        to: std::mem::take(&mut target.name),
        entries: state.heads.iter().map(|head| head.number).sum(),
        rows: state.rows(),
        heads: state.heads,
        put_in,
        tables: state.tables,
        key_ids,
    })
}

/// The contents of the source, as far as they distinguish two states.
#[derive(Debug, PartialEq, Eq)]
struct State {
    heads: Vec<BankHead>,
    tables: Vec<CopiedTable>,
    /// Over the heads, the counts of changed rights, and the numbers of rows.
    fingerprint: i32,
}

impl State {
    fn of(end: &mut End) -> Result<Self, CopyError> {
        let heads = heads_of(&mut end.conn).map_err(|error| end.failed(None, error))?;
        let epochs: Vec<(BankId, i64, i64)> = banks::table
            .select((banks::bank_id, banks::rights_epoch, banks::version))
            .order(banks::bank_id)
            .load(&mut end.conn)
            .map_err(|error| end.failed(None, error))?;
        let mut tables = Vec::new();
        for table in all_tables() {
            tables.push(CopiedTable { table: table.name, rows: end.count(table)? });
        }
        let digest: [u8; 32] = Sha256::digest(format!("{heads:?} {epochs:?} {tables:?}")).into();
        let [a, b, c, d, ..] = digest;
        let fingerprint = i32::from_be_bytes([a, b, c, d]) & i32::MAX;
        Ok(State { heads, tables, fingerprint })
    }

    fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// The walk through all tables.
struct Walk<'t> {
    rows: u64,
    on_progress: OnProgress<'t>,
}

impl Walk<'_> {
    fn report(&mut self, step: Step, table: &'static str, done: u64) -> ControlFlow<()> {
        (self.on_progress)(Progress { step, table, done, rows: self.rows })
    }

    /// Inserts what the target does not have yet; returns the number of rows.
    fn put_in(&mut self, source: &mut End, target: &mut End, state: &State) -> Result<u64, CopyError> {
        let (mut done, mut put_in, mut uncommitted) = (0, 0, 0);
        for (table, counted) in all_tables().zip(&state.tables) {
            let mut after = target.last_key(table)?;
            done += if after.is_some() { target.count(table)? } else { 0 };
            loop {
                let page = source.page(table, after.as_ref(), PAGE)?;
                let Some(last) = page.last() else { break };
                if uncommitted == 0 {
                    target.begin()?;
                }
                target.put(table, &page)?;
                after = Some(last.key(table));
                done += rows_of(&page);
                put_in += rows_of(&page);
                uncommitted += 1;
                let stop = self.report(Step::Copying, counted.table, done).is_break();
                if stop || uncommitted == PAGES_OF_COMMIT {
                    target.commit()?;
                    uncommitted = 0;
                    connection::checkpoint(&mut target.conn).map_err(|e| target.failed(Some(table), e))?;
                }
                if stop {
                    return Err(CopyError::Stopped);
                }
                if page.len() < PAGE {
                    break;
                }
            }
        }
        if uncommitted > 0 {
            target.commit()?;
        }
        Ok(put_in)
    }

    /// Compares both ends row by row.
    fn compare(&mut self, source: &mut End, target: &mut End) -> Result<(), CopyError> {
        let mut done = 0;
        for table in all_tables() {
            let mut after: Option<Key> = None;
            loop {
                let page = source.page(table, after.as_ref(), PAGE)?;
                let copied = target.page(table, after.as_ref(), PAGE)?;
                if let Some(row) = first_difference(&page, &copied) {
                    let (table, key) = (table.name, row.key(table).readable(table));
                    return Err(CopyError::Differs { table, key, to: target.name.clone() });
                }
                done += rows_of(&page);
                if self.report(Step::Comparing, table.name, done).is_break() {
                    return Err(CopyError::Stopped);
                }
                match page.last() {
                    Some(last) if page.len() == PAGE => after = Some(last.key(table)),
                    _ => break,
                }
            }
        }
        Ok(())
    }

    /// Verifies every bank of the target.
    fn verify(&mut self, database: &Database, target: &mut End) -> Result<(), CopyError> {
        if self.report(Step::Verifying, "", 0).is_break() {
            return Err(CopyError::Stopped);
        }
        let mut audited = Vec::new();
        let found = match audit_banks(database, &mut target.conn, &mut audited) {
            Ok(()) => None,
            Err(Ended::Found(finding)) => Some(finding),
            Err(Ended::Failed(error)) => return Err(target.failed(None, error)),
        };
        let finding = found.or_else(|| audited.into_iter().find_map(|bank| bank.verified.finding));
        finding.map_or(Ok(()), |finding| Err(CopyError::Fault(finding)))
    }
}

fn rows_of(page: &[Row]) -> u64 {
    u64::try_from(page.len()).unwrap_or(u64::MAX)
}

/// The first row that is missing in one of two pages, or differs.
fn first_difference<'r>(page: &'r [Row], copied: &'r [Row]) -> Option<&'r Row> {
    let rows = page.iter().zip(copied);
    let other = rows.into_iter().find(|(row, copied)| row != copied).map(|(row, _)| row);
    let longer = if page.len() > copied.len() { page } else { copied };
    other.or_else(|| longer.get(page.len().min(copied.len())))
}

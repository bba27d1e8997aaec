//! Examines a database from outside: the head of each bank, and the complete verification. Writes nothing, needs no
//! secret, and works while a server is running.

use super::verify::{Finding, Verified, unread, verify};
use crate::domain::time::Moment;
use crate::store::banks;
use crate::store::banks::Bank;
use crate::store::connection;
use crate::store::connection::dialect;
use crate::store::connection::dialect::StorageFault;
use crate::store::connection::{AnyConnection, Database, OpenError, Upgrade, Use};
use crate::store::error::Error;
use crate::store::writer::load;
use diesel::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BankHead {
    pub bank: String,
    pub number: i64,
    /// 64 hex digits.
    pub hash: String,
    pub recorded_at: Moment,
}

/// The verification of a whole database.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Audit {
    pub banks: Vec<AuditedBank>,
    /// A fault of the file itself, below the banks.
    pub finding: Option<Finding>,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct AuditedBank {
    pub slug: String,
    #[serde(flatten)]
    pub verified: Verified,
}

impl Audit {
    /// The first fault of all; `None`: everything agrees.
    pub fn first_finding(&self) -> Option<&Finding> {
        let of_banks = self.banks.iter().filter_map(|bank| bank.verified.finding.as_ref());
        self.finding.iter().chain(of_banks).next()
    }
}

/// The heads of all banks of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heads {
    /// In the order of the banks' numbers.
    pub banks: Vec<BankHead>,
    /// The file was left open and its log is missing: later entries may be missing.
    pub log_missing: bool,
}

/// The heads of all banks behind a URL.
pub fn heads(url: &str) -> Result<Heads, OpenError> {
    let database = Database::parse(url)?;
    let log_missing = database.is_log_missing()?;
    let mut conn = database.prepare_as_it_is(Upgrade::No, Use::Read)?;
    let banks =
        heads_of(&mut conn).map_err(|error| OpenError::Damaged(database.to_string(), error.to_string()))?;
    Ok(Heads { banks, log_missing })
}

pub(in crate::store) fn heads_of(conn: &mut AnyConnection) -> Result<Vec<BankHead>, Error> {
    conn.transaction(|conn| {
        let banks = banks::all(conn)?;
        banks.into_iter().map(|bank| head_of(conn, bank)).collect()
    })
}

fn head_of(conn: &mut AnyConnection, bank: Bank) -> Result<BankHead, Error> {
    let head = load::head(conn, bank.id)?;
    let hash = hex::encode(head.hash);
    Ok(BankHead { bank: bank.slug, number: head.number, hash, recorded_at: head.recorded_at })
}

/// The finding for a file that was left open, without its log.
const LOG_MISSING: (&str, &str) = (
    "这个文件没有正常关闭，而它的日志文件（-wal）不在旁边：最后的几笔可能缺失",
    "the file was left open and its log (-wal) is not beside it: its last entries may be missing",
);

/// Verifies every bank behind a URL, after checking the file itself.
pub fn audit(url: &str) -> Result<Audit, OpenError> {
    audit_of(&Database::parse(url)?, Upgrade::No)
}

pub(in crate::store) fn audit_of(database: &Database, upgrade: Upgrade) -> Result<Audit, OpenError> {
    if upgrade == Upgrade::Yes {
        let mut conn = database.prepare(upgrade, Use::Write { durable: true })?;
        let closed = connection::close(&mut conn, false);
        closed.map_err(|error| OpenError::Unusable(database.to_string(), error.to_string()))?;
    }
    let log_missing = database.is_log_missing()?;
    let mut conn = database.prepare_as_it_is(Upgrade::No, Use::Read)?;
    let finding = log_missing.then(|| Finding::new(database.to_string(), LOG_MISSING));
    let mut audit = Audit { banks: Vec::new(), finding };
    // An unreadable row is a finding with its place, not a failure of the program.
    match audit_banks(database, &mut conn, &mut audit.banks) {
        Ok(()) => {}
        Err(Ended::Found(finding)) => audit.finding = audit.finding.or(Some(finding)),
        Err(Ended::Failed(error)) => {
            return Err(OpenError::Unusable(database.to_string(), error.to_string()));
        }
    }
    Ok(audit)
}

/// Why an audit ended early.
pub(in crate::store) enum Ended {
    /// Something cannot be read.
    Found(Finding),
    /// The server cannot be reached, which says nothing about the bank.
    Failed(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(_) => Ended::Failed(error),
            error => Ended::Found(Finding::new("database", unread(&error.to_string()))),
        }
    }
}

/// Verifies every bank behind a connection.
pub(super) fn audit_banks(
    database: &Database,
    conn: &mut AnyConnection,
    audited: &mut Vec<AuditedBank>,
) -> Result<(), Ended> {
    connection::remove_timeouts(conn)?;
    let storage = dialect::storage_fault(conn)?;
    if let Some(StorageFault::Pages(said)) = &storage {
        return Err(Ended::Found(Finding::new("database", unread(said))));
    }
    for bank in banks::all(conn)? {
        let verified = verify(database, bank.id, &|| Ok(()))?;
        audited.push(AuditedBank { slug: bank.slug, verified });
    }
    // A value that its column does not allow is reported with its row by the comparison, if entries cover it.
    if audited.iter().any(|bank| bank.verified.finding.is_some()) {
        return Ok(());
    }
    if let Some((row, rule)) = dialect::row_that_breaks_a_rule(conn)? {
        let chinese = format!("存有不合该列规则的值（{rule}）");
        let english = format!("holds a value that its column does not allow ({rule})");
        return Err(Ended::Found(Finding::new(row, (chinese, english))));
    }
    match storage {
        Some(StorageFault::Values(said)) => Err(Ended::Found(Finding::new("database", unread(&said)))),
        _ => Ok(()),
    }
}

//! Looking at a database from outside: the head of each bank, and the verification of everything. Nothing is written,
//! no secret is needed, and a server may be at work meanwhile.

use super::banks::{self, Bank};
use super::connection::{self, AnyConnection, Database, OpenError, Upgrade, Use};
use super::dialect;
use super::error::Error;
use super::load;
use super::verify::{Finding, Verified, verify};
use crate::domain::time::Moment;
use diesel::prelude::*;

/// The last entry of a bank.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BankHead {
    pub bank: String,
    pub number: i64,
    /// 64 hex digits.
    pub hash: String,
    pub recorded_at: Moment,
}

/// The whole of a database, recomputed.
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
    /// The first fault anywhere; none: everything agrees.
    pub fn first_finding(&self) -> Option<&Finding> {
        let of_banks = self.banks.iter().filter_map(|bank| bank.verified.finding.as_ref());
        self.finding.iter().chain(of_banks).next()
    }
}

/// The heads of all banks behind a URL, in the order of their numbers.
pub fn heads(url: &str) -> Result<Vec<BankHead>, OpenError> {
    let database = Database::parse(url)?;
    let mut conn = database.prepare(Upgrade::No, Use::Read)?;
    heads_of(&mut conn).map_err(|error| OpenError::Damaged(database.to_string(), error.to_string()))
}

pub(super) fn heads_of(conn: &mut AnyConnection) -> Result<Vec<BankHead>, Error> {
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

/// Recomputes every bank behind a URL, and has the file itself checked first.
pub fn audit(url: &str) -> Result<Audit, OpenError> {
    audit_of(&Database::parse(url)?, Upgrade::No)
}

pub(super) fn audit_of(database: &Database, upgrade: Upgrade) -> Result<Audit, OpenError> {
    if upgrade == Upgrade::Yes {
        database.prepare(upgrade, Use::Write { durable: true })?;
    }
    let mut conn = database.prepare(Upgrade::No, Use::Read)?;
    let mut audit = Audit { banks: Vec::new(), finding: None };
    // What cannot be read is a finding too: the person wants to know where, not that the program failed.
    match audit_banks(&mut conn, &mut audit.banks) {
        Ok(()) => {}
        Err(Ended::Found(finding)) => audit.finding = Some(finding),
        Err(Ended::Failed(error)) => {
            return Err(OpenError::Unusable(database.to_string(), error.to_string()));
        }
    }
    Ok(audit)
}

/// Why an audit ended before its end.
pub(super) enum Ended {
    /// Something cannot be read.
    Found(Finding),
    /// The server cannot be reached, which says nothing of the books.
    Failed(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(_) => Ended::Failed(error),
            error => Ended::Found(Finding { place: "database".into(), fault: error.to_string() }),
        }
    }
}

/// Recomputes every bank behind a connection.
pub(super) fn audit_banks(conn: &mut AnyConnection, audited: &mut Vec<AuditedBank>) -> Result<(), Ended> {
    connection::be_patient(conn)?;
    if let Some(fault) = dialect::storage_fault(conn)? {
        return Err(Ended::Found(Finding { place: "database".into(), fault }));
    }
    for bank in banks::all(conn)? {
        let verified = verify(conn, bank.id)?;
        audited.push(AuditedBank { slug: bank.slug, verified });
    }
    Ok(())
}

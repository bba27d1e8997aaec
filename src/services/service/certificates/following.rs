//! Certificates follow the journal: a job revokes those whose records were reversed, and sends their members a message.
//! The position is written in one commit with what was done. Until then a certificate is read as revoked already.

use super::{certified, stands};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::OwnerKind;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::message::Message;
use crate::services::inbox::To;
use crate::services::step::HasLifeCycle;
use crate::services::{Error, Services};
use crate::store::Tables;
use crate::store::service::certificates::CertificateRow;
use std::collections::BTreeSet;

/// The work in the table of progress.
const WORK: &str = "certificates";
/// Entries that are read for one commit.
const AT_A_TIME: i64 = 500;

/// A part of the journal: where it begins and ends, and the members whose minutes it has reversed.
struct Part {
    from: i64,
    until: i64,
    members: BTreeSet<Id>,
}

impl Services {
    /// Revokes the certificates whose records were reversed since the stored position; returns their number.
    pub async fn revoke_corrected(&self, bank: BankId) -> Result<usize, Error> {
        let mut revoked = 0_usize;
        while let Some(part) = self.store.read(bank, next_part).await? {
            let services = self.clone();
            let written = self.store.write(bank, move |tables| {
                // Another server of the same database may have done it meanwhile.
                if position(tables)? != part.from {
                    return Ok(None);
                }
                let mut done = 0_usize;
                for member in &part.members {
                    done = done.saturating_add(services.revoke_of(tables, *member)?);
                }
                tables.set_progress(WORK, part.until.to_string())?;
                Ok(Some(done))
            });
            let Some(done) = written.await? else { break };
            revoked = revoked.saturating_add(done);
        }
        Ok(revoked)
    }

    fn revoke_of(&self, tables: &mut Tables<'_>, member: Id) -> Result<usize, Error> {
        let mut revoked = 0_usize;
        for mut row in tables.valid_certificates(member)? {
            let certified = certified(&row)?;
            if stands(tables, &row, &certified)? {
                continue;
            }
            row.state = "revoked".into();
            row.revoked_at = Some(tables.now);
            row.version += 1;
            row.save(tables)?;
            let CertificateRow { id: certificate, number, .. } = row;
            self.tell(tables, To::Member(member), &Message::CertificateCorrected { certificate, number })?;
            revoked = revoked.saturating_add(1);
        }
        Ok(revoked)
    }
}

/// The last entry that was looked at. Without a position: the first that a valid certificate knows, or the head.
fn position(tables: &mut Tables<'_>) -> Result<i64, Error> {
    match tables.progress(WORK)? {
        Some(place) => place.parse().map_err(|_| Error::Fault(format!("progress of {WORK}: {place}"))),
        None => match tables.first_certified_entry()? {
            Some(known) => Ok(known),
            None => Ok(tables.head()?.number),
        },
    }
}

fn next_part(tables: &mut Tables<'_>) -> Result<Option<Part>, Error> {
    let (from, head) = (position(tables)?, tables.head()?.number);
    if from >= head {
        return Ok(None);
    }
    let until = from.saturating_add(AT_A_TIME).min(head);
    let numbers: Vec<i64> = (from.saturating_add(1)..=until).collect();
    let mut reversals = tables.entries(&numbers)?;
    reversals.retain(|entry| entry.kind == EntryKind::Reversal);
    let accounts: BTreeSet<Id> =
        reversals.iter().flat_map(|entry| entry.postings.iter().map(|leg| leg.debit)).collect();
    let mut members = BTreeSet::new();
    for account in tables.accounts(accounts)?.into_values() {
        let terms = &account.terms;
        if terms.asset == Asset::Minute && terms.owner_kind == OwnerKind::Person {
            members.insert(tables.file_at(terms.owner)?.0.id);
        }
    }
    Ok(Some(Part { from, until, members }))
}

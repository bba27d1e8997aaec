//! Banks: the tenants of a database.

use super::connection::AnyConnection;
use super::connection::{Database, OpenError, Upgrade, Use, emptied};
use super::error::Error;
use super::schema::{banks, heads};
use super::{Store, Tables};
use crate::domain::id::BankId;
use crate::domain::time::Moment;
use crate::ledger::chain;
use diesel::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Bank {
    pub id: BankId,
    /// Short name in links and at sign-in.
    pub slug: String,
    pub name: String,
    pub zone: String,
    /// A sample bank: everything in it is made up, and every page and printout says so.
    pub sample: bool,
}

pub(super) fn all(conn: &mut AnyConnection) -> Result<Vec<Bank>, Error> {
    let rows = banks::table
        .select((banks::bank_id, banks::slug, banks::name, banks::zone, banks::sample))
        .order(banks::bank_id)
        .load::<(BankId, String, String, String, bool)>(conn)?;
    Ok(rows.into_iter().map(|(id, slug, name, zone, sample)| Bank { id, slug, name, zone, sample }).collect())
}

/// Deletes the sample banks of a server, so that a new one can be made. Reports any other bank and keeps it.
pub fn discard_samples(database: &Database) -> Result<(), OpenError> {
    let mut conn = match database.prepare(Upgrade::No, Use::Fill) {
        Err(OpenError::Missing(_)) => return Ok(()),
        opened => opened?,
    };
    let banks =
        all(&mut conn).map_err(|error| OpenError::Unusable(database.to_string(), error.to_string()))?;
    match banks.iter().all(|bank| bank.sample) {
        true => emptied(database, conn).map(drop),
        false => Err(OpenError::Foreign(database.to_string())),
    }
}

impl Store {
    /// Opens a new bank with an empty chain. Its number must not be taken.
    pub fn create_bank(&self, bank: &Bank) -> Result<(), OpenError> {
        let unusable = |error: &dyn std::fmt::Display| {
            OpenError::Unusable(self.database().to_string(), error.to_string())
        };
        let _: chrono_tz::Tz = bank.zone.parse().map_err(|e: chrono_tz::ParseError| unusable(&e))?;
        let mut conn = self.database().connect(Use::Write { durable: true })?;
        let now = self.clock().now();
        let made = conn.transaction(|conn| insert(conn, bank, now));
        made.map_err(|error| unusable(&error))
    }
}

fn insert(conn: &mut AnyConnection, bank: &Bank, now: Moment) -> Result<(), Error> {
    diesel::insert_into(banks::table)
        .values((
            banks::bank_id.eq(bank.id),
            banks::slug.eq(&bank.slug),
            banks::name.eq(&bank.name),
            banks::zone.eq(&bank.zone),
            banks::sample.eq(bank.sample),
            banks::created_at.eq(now),
            banks::rights_epoch.eq(0_i64),
            banks::version.eq(1_i64),
        ))
        .execute(conn)?;
    diesel::insert_into(heads::table)
        .values((
            heads::bank_id.eq(bank.id),
            heads::number.eq(0_i64),
            heads::hash.eq(chain::genesis(bank.id).to_vec()),
            heads::recorded_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

impl Tables<'_> {
    pub fn own_bank(&mut self) -> Result<Bank, Error> {
        let (slug, name, zone, sample) = banks::table
            .find(self.bank)
            .select((banks::slug, banks::name, banks::zone, banks::sample))
            .first::<(String, String, String, bool)>(self.conn)?;
        Ok(Bank { id: self.bank, slug, name, zone, sample })
    }

    /// Gives the bank another name.
    pub fn rename_bank(&mut self, name: &str) -> Result<(), Error> {
        diesel::update(banks::table.find(self.bank))
            .set((banks::name.eq(name), banks::version.eq(banks::version + 1)))
            .execute(self.conn)?;
        Ok(())
    }
}

/// Counts a change of rights, in the transaction that makes it.
pub fn advance_rights_epoch(conn: &mut AnyConnection, bank: BankId) -> Result<(), Error> {
    diesel::update(banks::table.find(bank))
        .set(banks::rights_epoch.eq(banks::rights_epoch + 1))
        .execute(conn)?;
    Ok(())
}

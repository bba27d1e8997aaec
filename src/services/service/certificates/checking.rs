//! Checking a certificate by its number and code, without signing in. A wrong code and an unknown number are answered
//! alike, and wrong ones are limited by address.

use super::{certified, stands};
use crate::domain::id::BankId;
use crate::domain::people::mask;
use crate::domain::refusal::Refusal;
use crate::domain::service::certificate::typed;
use crate::domain::time::Day;
use crate::services::{Bank, Error, Services};
use sha2::{Digest, Sha256};
use std::net::IpAddr;

/// What everyone may know who has the number and the code.
#[derive(Clone, Debug)]
pub struct Checked {
    pub number: String,
    /// `valid`, `revoked` or `replaced`.
    pub state: String,
    /// Its records were corrected.
    pub is_corrected: bool,
    /// The surname and two asterisks.
    pub name: String,
    pub minutes: i64,
    pub first_day: Option<Day>,
    pub last_day: Day,
    pub issuer: String,
    pub issued_on: Day,
    pub revoked_on: Option<Day>,
    /// The number of the certificate that replaces it.
    pub replaced_by: Option<String>,
}

/// Compares without showing by its duration how much was right.
fn alike(given: &str, code: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(code)
}

impl Services {
    /// The bank of a slug.
    pub async fn bank_of_slug(&self, slug: &str) -> Result<Bank, Error> {
        let banks = self.store.banks().await?;
        banks.into_iter().find(|bank| bank.slug == slug).ok_or_else(|| Refusal::absent("bank").into())
    }

    /// The certificate of a number, for a caller with its code: the whole one, or the digits that people type.
    pub async fn check_certificate(
        &self,
        bank: BankId,
        number: String,
        code: String,
        address: Option<IpAddr>,
    ) -> Result<Checked, Error> {
        let counted = self.take_check_try(bank, address).await?;
        let services = self.clone();
        let found = self.store.read(bank, move |tables| {
            let row = tables.certificate_numbered(&number)?;
            let whole = match &row {
                Some(row) => services.certificate_code(row)?,
                None => String::new(),
            };
            let right = alike(&code, &whole) | alike(&code, &typed(&whole));
            let Some(row) = row.filter(|_| right) else { return Err(Refusal::CertificateUnknown.into()) };
            let certified = certified(&row)?;
            let is_corrected = !stands(tables, &row, &certified)?;
            let state = if row.state == "valid" && is_corrected { "revoked" } else { &row.state };
            Ok(Checked {
                state: state.to_owned(),
                is_corrected,
                name: mask::name(&certified.name),
                minutes: row.minutes,
                first_day: row.first_day,
                last_day: row.last_day,
                issuer: certified.issuer.name,
                issued_on: row.issued_at.day(tables.zone),
                revoked_on: row.revoked_at.map(|at| at.day(tables.zone)),
                replaced_by: tables.replacing_certificates(&[row.id])?.remove(&row.id),
                number: row.number,
            })
        });
        let checked = found.await?;
        self.give_back(bank, counted).await?;
        Ok(checked)
    }
}

//! Checking a certificate, for everyone: by the picture on the paper, or by typing number and code. The bank is part of
//! the path.

use super::certificates::{notice, period, state_words, whole_day};
use crate::api::web::edge::address;
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::{CertificateCode, CertificateNumber};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::form::plain_digits;
use crate::portal::frame::visit::Visit;
use crate::services::Bank;
use crate::services::service::certificates::Checked;
use askama::Template;

/// What was found, in words.
struct Found {
    number: String,
    state: String,
    is_valid: bool,
    notice: Option<String>,
    name: String,
    period: String,
    length: String,
    issuer: String,
    issued_on: String,
    revoked_on: Option<String>,
}

#[derive(Template)]
#[template(path = "certificate_check.html")]
struct CheckPage {
    f: Frame,
    /// The path without what was asked.
    path: String,
    certificate: String,
    check_code: String,
    found: Option<Found>,
}

/// The number as it is stored: `２０２６—０００００４２` is `2026-0000042`.
fn number_in(text: &str) -> String {
    let plain: String = plain_digits(text).chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.replace(['－', '—', '–', '−', '﹣'], "-");
    match plain.split_at_checked(4) {
        Some((year, rest)) if !plain.contains('-') => format!("{year}-{rest}"),
        _ => plain,
    }
}

/// The code without blanks and dashes.
fn code_in(text: &str) -> String {
    let plain = plain_digits(text).to_ascii_lowercase();
    plain.chars().filter(|c| !c.is_whitespace() && !"-－—–−".contains(*c)).collect()
}

async fn look(visit: &Visit, bank: &Bank, number: &str, code: &str) -> Result<Checked, Fault> {
    let mut faults = Vec::new();
    let mut note = |name: &str, text: &str, fault: FieldFault| {
        let fault = if text.is_empty() { FieldFault::Missing } else { fault };
        faults.push(FieldError::new(Place::Form, name, fault));
    };
    let (parsed_number, parsed_code) = (CertificateNumber::parse(number), CertificateCode::parse(code));
    if let Err(fault) = &parsed_number {
        note("certificate", number, fault.clone());
    }
    if let Err(fault) = &parsed_code {
        note("check_code", code, fault.clone());
    }
    let (Ok(number), Ok(code)) = (parsed_number, parsed_code) else { return Err(Fault::Fields(faults)) };
    let from = address(&visit.request);
    Ok(visit.services().check_certificate(bank.id, number.into(), code.into(), from).await?)
}

fn found(visit: &Visit, one: Checked) -> Found {
    Found {
        state: state_words(visit, &one.state),
        is_valid: one.state == "valid",
        notice: notice(visit, &one.state, one.is_corrected, one.replaced_by),
        number: one.number,
        name: one.name,
        period: period(visit, one.first_day, one.last_day),
        length: visit.length(one.minutes),
        issuer: one.issuer,
        issued_on: whole_day(visit, one.issued_on),
        revoked_on: one.revoked_on.map(|day| whole_day(visit, day)),
    }
}

pub async fn show(mut visit: Visit) -> Answer {
    let slug: String = visit.path("bank")?;
    let bank = visit.services().bank_of_slug(&slug).await?;
    let number = number_in(&visit.query("certificate").unwrap_or_default());
    let code = code_in(&visit.query("check_code").unwrap_or_default());
    let mut checked = None;
    if !number.is_empty() || !code.is_empty() {
        match look(&visit, &bank, &number, &code).await {
            Ok(one) => checked = Some(found(&visit, one)),
            Err(fault) if fault.is_of_form() => visit.refuse(fault),
            Err(fault) => return Err(fault),
        }
    }
    let mut f = visit.frame(visit.words().certificates_check()).await?;
    (f.bank, f.sample) = (bank.name, bank.sample);
    let path = format!("/certificates/{slug}");
    visit.page(&CheckPage { f, path, certificate: number, check_code: code, found: checked })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_from_a_paper_is_read_with_blanks_dashes_and_wide_digits() {
        for text in ["2026-0000042", " 2026 0000042", "２０２６—０００００４２", "20260000042"] {
            assert_eq!(number_in(text), "2026-0000042", "{text}");
        }
        assert_eq!((number_in(""), number_in("99")), (String::new(), "99".to_owned()));
        assert_eq!(code_in("0123 4567-８９０１"), "012345678901");
        assert_eq!(code_in("ABCDEF"), "abcdef");
    }
}

//! What a certificate counts, and whether that still stands: final records by the day on which they began, and what was
//! brought along from an older book.

use super::Period;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::Refusal;
use crate::domain::service::certificate::{Certified, LISTED, Service};
use crate::domain::time::{Day, Days};
use crate::services::Error;
use crate::services::ledger::passbook::account_of;
use crate::store::Tables;
use crate::store::service::certificates::{Brought, CertificateRow, ReversedRecord};
use std::collections::{BTreeMap, HashSet};

/// What was served in a period.
pub(super) struct Counted {
    pub minutes: i64,
    pub times: i64,
    pub services: Vec<Service>,
    pub brought_minutes: i64,
    pub files: Vec<Id>,
    pub openings: Vec<i64>,
}

impl Period {
    fn days(self) -> Days {
        Days { from: self.first, until: Some(self.last) }
    }

    /// Whether minutes from an older book belong to it: those of a year, if all of the year is in it; those without
    /// dates, if it has no beginning.
    fn covers(self, brought: &Brought, tables: &Tables<'_>) -> bool {
        let day = brought.effective_at.day(tables.zone);
        let year = Day::parse(&format!("{:04}-01-01", day.year()));
        let begun = match self.first {
            None => true,
            Some(first) => brought.of_year && year.is_some_and(|year| first <= year),
        };
        begun && day <= self.last
    }
}

/// Counts a member's service; nothing is refused with the next step.
pub(super) fn count(tables: &mut Tables<'_>, member: Id, period: Period) -> Result<Counted, Error> {
    let files = tables.ids_of_file(member)?;
    let mut by_title = BTreeMap::<String, (i64, i64)>::new();
    let (mut times, mut minutes) = (0_i64, 0_i64);
    for (title, served) in tables.served_within(&files, period.days())? {
        let sum = by_title.entry(title).or_default();
        *sum = (sum.0.saturating_add(1), sum.1.saturating_add(served));
        (times, minutes) = (times.saturating_add(1), minutes.saturating_add(served));
    }
    let mut brought = tables.minutes_brought(account_of(member, Asset::Minute))?;
    brought.retain(|one| period.covers(one, tables));
    let brought_minutes = brought.iter().fold(0_i64, |sum, one| sum.saturating_add(one.minutes));
    let minutes = minutes.saturating_add(brought_minutes);
    if minutes <= 0 {
        let served = tables.days_served(&files)?;
        let refusal = served.map(|(first, last)| Refusal::NothingServedThen { first, last });
        return Err(refusal.unwrap_or(Refusal::NothingServed).into());
    }
    let of_title = |(title, (times, minutes))| Service { title, times, minutes };
    let mut services: Vec<Service> = by_title.into_iter().map(of_title).collect();
    services.sort_by(|a, b| b.minutes.cmp(&a.minutes).then_with(|| a.title.cmp(&b.title)));
    services.truncate(LISTED);
    let openings = brought.into_iter().map(|one| one.entry).collect();
    Ok(Counted { minutes, times, services, brought_minutes, files, openings })
}

/// Whether everything that a certificate counts still stands in the ledger.
pub(super) fn stands(
    tables: &mut Tables<'_>,
    row: &CertificateRow,
    certified: &Certified,
) -> Result<bool, Error> {
    Ok(!corrected(tables, &[(row, certified)])?.contains(&row.id))
}

/// The ids of those certificates that count what was reversed since; in a fixed number of statements.
pub(super) fn corrected(
    tables: &mut Tables<'_>,
    certificates: &[(&CertificateRow, &Certified)],
) -> Result<HashSet<Id>, Error> {
    let mut files: Vec<Id> = certificates.iter().flat_map(|(_, one)| one.files.iter().copied()).collect();
    files.sort_unstable();
    files.dedup();
    let openings: Vec<i64> = certificates.iter().flat_map(|(_, one)| one.openings.iter().copied()).collect();
    let (records, openings) = (tables.reversed_records(&files)?, tables.reversed_among(&openings)?);
    let zone = tables.zone;
    let is_corrected = |(row, certified): &&(&CertificateRow, &Certified)| {
        let days = Period { first: row.first_day, last: row.last_day }.days();
        let counts = |record: &ReversedRecord| {
            certified.files.contains(&record.member)
                && record.award <= row.known_entry
                && record.reversal > row.known_entry
                && days.cover(record.started_at, zone)
        };
        records.iter().any(counts) || certified.openings.iter().any(|entry| openings.contains(entry))
    };
    Ok(certificates.iter().filter(is_corrected).map(|(row, _)| row.id).collect())
}

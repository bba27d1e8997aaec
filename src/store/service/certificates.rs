//! Certificates of service, and what they count.

use crate::domain::id::Id;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::service::record::RecordState;
use crate::domain::time::{Day, Days, Moment};
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::reached;
pub use crate::store::schema::CertificateRow;
use crate::store::schema::*;
use diesel::dsl::exists;
use diesel::prelude::*;
use std::collections::HashMap;

/// Filters for certificates; `None` means no restriction.
#[derive(Clone, Debug, Default)]
pub struct CertificateFilter {
    /// Subtrees in which the member lives. Empty: no restriction by place.
    pub paths: Vec<String>,
    pub member: Option<Id>,
    pub state: Option<String>,
    pub days: Days,
    /// Older than this one.
    pub before: Option<Id>,
}

/// Minutes that a file brought along from an older book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brought {
    pub entry: i64,
    /// The minutes are those of one year.
    pub of_year: bool,
    pub effective_at: Moment,
    pub minutes: i64,
}

/// A record that was final and is reversed: the entries of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReversedRecord {
    pub member: Id,
    pub started_at: Moment,
    pub award: i64,
    pub reversal: i64,
}

impl Tables<'_> {
    pub fn certificate_numbered(&mut self, number: &str) -> Result<Option<CertificateRow>, Error> {
        let numbered = certificates::table
            .filter(certificates::bank_id.eq(self.bank).and(certificates::number.eq(number)));
        Ok(numbered.select(CertificateRow::as_select()).first(self.conn).optional()?)
    }

    /// The last number of a year.
    pub fn last_certificate(&mut self, year: i32) -> Result<Option<String>, Error> {
        let of_year = certificates::table
            .filter(certificates::bank_id.eq(self.bank))
            .filter(certificates::number.ge(format!("{year:04}-")))
            .filter(certificates::number.lt(format!("{year:04}.")));
        let last = of_year.order(certificates::number.desc()).select(certificates::number);
        Ok(last.first(self.conn).optional()?)
    }

    /// The valid certificates of a member, newest first.
    pub fn valid_certificates(&mut self, member: Id) -> Result<Vec<CertificateRow>, Error> {
        let valid = certificates::table
            .filter(certificates::bank_id.eq(self.bank).and(certificates::member_id.eq(member)))
            .filter(certificates::state.eq("valid"));
        Ok(valid.order(certificates::id.desc()).select(CertificateRow::as_select()).load(self.conn)?)
    }

    /// All certificates of these ids of a file.
    pub fn certificates_of(&mut self, members: &[Id]) -> Result<Vec<CertificateRow>, Error> {
        let own = certificates::table
            .filter(certificates::bank_id.eq(self.bank).and(certificates::member_id.eq_any(members)));
        Ok(own.order(certificates::id).select(CertificateRow::as_select()).load(self.conn)?)
    }

    /// Certificates, newest first.
    pub fn certificates_page(
        &mut self,
        filter: &CertificateFilter,
        limit: i64,
    ) -> Result<Vec<CertificateRow>, Error> {
        let mut query = certificates::table.filter(certificates::bank_id.eq(self.bank)).into_boxed();
        if !filter.paths.is_empty() {
            let lives = members::table
                .filter(members::bank_id.eq(certificates::bank_id))
                .filter(members::id.eq(certificates::member_id))
                .filter(members::org_id.eq_any(reached!(self, &filter.paths)));
            query = query.filter(exists(lives));
        }
        if let Some(member) = filter.member {
            query = query.filter(certificates::member_id.eq(member));
        }
        if let Some(state) = &filter.state {
            query = query.filter(certificates::state.eq(state.clone()));
        }
        if let Some(before) = filter.before {
            query = query.filter(certificates::id.lt(before));
        }
        on_days!(query, filter.days, self.zone, certificates::issued_at, certificates::id);
        let rows = query.order(certificates::id.desc()).limit(limit);
        Ok(rows.select(CertificateRow::as_select()).load(self.conn)?)
    }

    /// The numbers of certificates by id, and by the id of what each replaces.
    pub fn certificate_numbers(&mut self, ids: &[Id]) -> Result<HashMap<Id, String>, Error> {
        let named = certificates::table
            .filter(certificates::bank_id.eq(self.bank).and(certificates::id.eq_any(ids)))
            .select((certificates::id, certificates::number));
        Ok(named.load::<(Id, String)>(self.conn)?.into_iter().collect())
    }

    /// The numbers of the certificates that replace these, by the id of the replaced one.
    pub fn replacing_certificates(&mut self, ids: &[Id]) -> Result<HashMap<Id, String>, Error> {
        let replacing = certificates::table
            .filter(certificates::bank_id.eq(self.bank).and(certificates::replaces_id.eq_any(ids)))
            .select((certificates::replaces_id, certificates::number));
        let rows = replacing.load::<(Option<Id>, String)>(self.conn)?.into_iter();
        Ok(rows.filter_map(|(replaced, number)| Some((replaced?, number))).collect())
    }

    /// The entry after which certificates can be affected by a correction: the first that a valid one knows.
    pub fn first_certified_entry(&mut self) -> Result<Option<i64>, Error> {
        let known = certificates::table
            .filter(certificates::bank_id.eq(self.bank).and(certificates::state.eq("valid")))
            .select(diesel::dsl::min(certificates::known_entry));
        Ok(known.get_result(self.conn)?)
    }

    /// Titles and minutes of the final records of these ids that began within days.
    pub fn served_within(&mut self, files: &[Id], days: Days) -> Result<Vec<(String, i64)>, Error> {
        let at = activities::bank_id
            .eq(service_records::bank_id)
            .and(activities::id.eq(service_records::activity_id));
        let mut query = service_records::table
            .inner_join(activities::table.on(at))
            .filter(service_records::bank_id.eq(self.bank).and(service_records::member_id.eq_any(files)))
            .filter(service_records::state.eq(RecordState::Final.as_str()))
            .into_boxed();
        on_days!(query, days, self.zone, service_records::started_at);
        Ok(query.select((activities::title, service_records::service_minutes)).load(self.conn)?)
    }

    /// The first and the last day of the final records of these ids.
    pub fn days_served(&mut self, files: &[Id]) -> Result<Option<(Day, Day)>, Error> {
        let own = || {
            service_records::table
                .filter(service_records::bank_id.eq(self.bank).and(service_records::member_id.eq_any(files)))
                .filter(service_records::state.eq(RecordState::Final.as_str()))
                .select(service_records::started_at)
        };
        let first: Option<Moment> = own().order(service_records::started_at).first(self.conn).optional()?;
        let last: Option<Moment> =
            own().order(service_records::started_at.desc()).first(self.conn).optional()?;
        Ok(first.zip(last).map(|(first, last)| (first.day(self.zone), last.day(self.zone))))
    }

    /// The reversed records of these ids. Only they are looked at, however many records there are.
    pub fn reversed_records(&mut self, files: &[Id]) -> Result<Vec<ReversedRecord>, Error> {
        let reversed = service_records::table
            .filter(service_records::bank_id.eq(self.bank).and(service_records::member_id.eq_any(files)))
            .filter(service_records::reversal_entry.is_not_null());
        let rows = reversed.select((
            service_records::member_id,
            service_records::started_at,
            service_records::award_entry,
            service_records::reversal_entry,
        ));
        let rows = rows.load::<(Id, Moment, Option<i64>, Option<i64>)>(self.conn)?.into_iter();
        let record = |(member, started_at, award, reversal)| {
            Some(ReversedRecord { member, started_at, award: award?, reversal: reversal? })
        };
        Ok(rows.filter_map(record).collect())
    }

    /// Which of these entries were reversed.
    pub fn reversed_among(&mut self, numbers: &[i64]) -> Result<Vec<i64>, Error> {
        let reversals = entries::table
            .filter(entries::bank_id.eq(self.bank).and(entries::reverses.eq_any(numbers)))
            .select(entries::reverses);
        Ok(reversals.load::<Option<i64>>(self.conn)?.into_iter().flatten().collect())
    }

    /// What an account of minutes brought along from an older book, without what was taken back.
    pub fn minutes_brought(&mut self, account: Id) -> Result<Vec<Brought>, Error> {
        let file = self.accounts_as_one(account, None)?;
        let kinds = [EntryKind::Opening.as_str(), EntryKind::OpeningOfYear.as_str()];
        let of = entries::bank_id.eq(postings::bank_id).and(entries::number.eq(postings::entry_number));
        let rows = postings::table
            .inner_join(entries::table.on(of))
            .filter(postings::bank_id.eq(self.bank).and(postings::credit_account_id.eq_any(file)))
            .filter(entries::kind.eq_any(kinds))
            .select((entries::number, entries::kind, entries::effective_at, postings::amount))
            .load::<(i64, String, Moment, i64)>(self.conn)?;
        let numbers: Vec<i64> = rows.iter().map(|(number, ..)| *number).collect();
        let taken_back = self.reversed_among(&numbers)?;
        let stands = rows.into_iter().filter(|(number, ..)| !taken_back.contains(number));
        let brought = |(entry, kind, effective_at, minutes)| Brought {
            entry,
            of_year: kind == EntryKind::OpeningOfYear.as_str(),
            effective_at,
            minutes,
        };
        Ok(stands.map(brought).collect())
    }
}

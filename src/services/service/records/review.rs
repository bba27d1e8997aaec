//! The public notice: how it begins and ends, objections, and requests to correct a final record.

use super::posting::evaluate;
use super::served_by;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycles::OBJECT_TO_RECORD;
use crate::domain::refusal::Refusal;
use crate::domain::service::record::{RecordState, ServiceRecord};
use crate::domain::service::time::{DayCheck, ReviewLevel};
use crate::domain::time::Day;
use crate::services::access::interest::is_ones_file;
use crate::services::ledger::years::must_be_open;
use crate::services::step::{self, HasLifeCycle, Params};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::service::records::ObjectionRow;
use std::collections::HashMap;

/// Notices that are processed at a time.
const AT_A_TIME: i64 = 200;

/// What the caller says against a record, for others to decide.
fn raised(tables: &Tables<'_>, caller: &Call, (id, record): (Id, Id), reason: &str) -> ObjectionRow {
    ObjectionRow {
        bank_id: tables.bank,
        id,
        record_id: record,
        raised_by: caller.actor.user,
        raised_at: tables.now,
        reason: reason.into(),
        state: "open".into(),
        decided_by: None,
        decided_at: None,
        decision: None,
        version: 1,
    }
}

impl Services {
    /// Begins the notice of an approved record, after checking the day's minutes against the review level and
    /// evaluating the scheme: what could not be made final later is refused now.
    pub(super) fn begin_notice(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        record: &mut ServiceRecord,
        checked: &DayCheck,
    ) -> Result<(), Error> {
        let minutes = checked.day_minutes.values().copied().max().unwrap_or(0);
        let path = tables.org_path(record.org_id)?;
        let needed = match checked.level {
            ReviewLevel::Street => Some(Permission::ApproveLongDays),
            ReviewLevel::Community => Some(Permission::ReviewLongDays),
            ReviewLevel::Ordinary => None,
        };
        if needed.is_some_and(|right| !call.actor.reaches(right, &path)) {
            return Err(Refusal::LongDay { minutes }.into());
        }
        let member = served_by(tables, record.member_id)?;
        let scheme_id = record.scheme_id.ok_or(Refusal::absent("scheme"))?;
        let in_force = self.in_force(tables, scheme_id, record.started_at.day(tables.zone))?;
        let (activity, _) = tables.activity_at(record.activity_id)?;
        evaluate(tables, &in_force.scheme, record, &activity, &member, &HashMap::new())?;
        if record.replaces_id.is_none() {
            must_be_open(tables, record.started_at)?;
        }
        record.scheme_version = Some(in_force.row.number);
        record.notice_until = self.notice_end(tables, record)?;
        Ok(())
    }

    /// The last day of a record's notice: the scheme's working days after the approval, without the days on which an
    /// objection was open. `None`: the calendar of those days is not published yet.
    pub(super) fn notice_end(
        &self,
        tables: &mut Tables<'_>,
        record: &ServiceRecord,
    ) -> Result<Option<Day>, Error> {
        let scheme_id = record.scheme_id.ok_or(Refusal::absent("scheme"))?;
        let version = record.scheme_version.ok_or(Refusal::absent("scheme_version"))?;
        let days = self.version_of(tables, scheme_id, version)?.scheme.notice_working_days;
        let zone = tables.zone;
        let approved = record.approved_at.ok_or_else(|| step::wrong_state(record))?;
        let objections = tables.objections_of(record.id)?;
        let pauses = objections.iter().filter(|objection| objection.raised_at >= approved);
        let pauses: Vec<(Day, Day)> = pauses
            .filter_map(|objection| Some((objection.raised_at.day(zone), objection.decided_at?.day(zone))))
            .collect();
        Ok(tables.calendar()?.end_of_notice(approved.day(zone), days, &pauses).ok())
    }

    /// Sets the ends of running notices by the present calendar: of those without an end, and unless `open` of all
    /// others. An announced day is never brought forward, and a notice without an end lasts at least until today.
    /// Returns the number of changes.
    pub(in crate::services) fn renew_notices(
        &self,
        tables: &mut Tables<'_>,
        open: bool,
    ) -> Result<usize, Error> {
        let (mut renewed, mut after) = (0_usize, None);
        loop {
            let rows = tables.records_in_notice(open, after, AT_A_TIME)?;
            let Some(last) = rows.last() else { return Ok(renewed) };
            after = Some(last.id);
            for mut record in rows {
                let today = tables.today();
                let Some(end) = self.notice_end(tables, &record)? else { continue };
                let until = match record.notice_until {
                    None => end.max(today),
                    Some(until) if until >= today && end > until => end,
                    Some(_) => continue,
                };
                record.notice_until = Some(until);
                record.version += 1;
                tables.put_record(&record)?;
                renewed = renewed.saturating_add(1);
            }
        }
    }

    /// Objects to a record in public notice: only this record waits. Each user may object once.
    pub async fn object(&self, call: &Call, record: Id, reason: String) -> Result<Id, Error> {
        let (id, caller, services) = (self.next_id(), call.clone(), self.clone());
        let made = self.write(call, move |tables| {
            let (step, params) = (&OBJECT_TO_RECORD, Params::new());
            let (row, _) = services.prepare::<ServiceRecord>(tables, &caller, step, record, &params)?;
            row.save(tables)?;
            services.tell_of_step(tables, &caller, (step, record), &row)?;
            let objection = raised(tables, &caller, (id, record), &reason);
            tables.insert(&objection)?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// Asks for the correction (更正) of one's own final record, in words. It waits like an objection, and the same people
    /// decide; the record stands until it is reversed.
    pub async fn ask_for_correction(&self, call: &Call, record: Id, reason: String) -> Result<Id, Error> {
        let (id, caller) = (self.next_id(), call.clone());
        let made = self.write(call, move |tables| {
            let row = tables.record(record)?.ok_or(Refusal::absent("service_record"))?;
            if !is_ones_file(tables, &caller, row.member_id)? {
                return Err(Refusal::absent("service_record").into());
            }
            if row.state != RecordState::Final {
                return Err(step::wrong_state(&row).into());
            }
            if tables.objection_to(record)?.is_some() {
                return Err(Refusal::CorrectionAsked.into());
            }
            let objection = raised(tables, &caller, (id, record), &reason);
            tables.insert(&objection)?;
            Ok(id)
        });
        Ok(made.await?.0)
    }
}

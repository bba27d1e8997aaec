//! The second person: approved, returned, rejected; mended by the one who entered; objected to while in public notice.

use super::posting::evaluate;
use super::{day_check, remark, served_by, waiting, wrong_state};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::service::record::{RecordState, ServiceRecord};
use crate::domain::service::time::{DayCheck, ReviewLevel};
use crate::domain::time::Day;
use crate::services::access::interest::{another_person, is_caller, is_ones_file, not_for_oneself_since};
use crate::services::ledger::years::must_be_open;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::service::records::ObjectionRow;
use std::collections::HashMap;

/// So many notices are looked at together.
const AT_A_TIME: i64 = 200;

/// What the second person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Approve,
    /// Back to the one who entered it, with the reason.
    Return(String),
    /// For good, with the reason.
    Reject(String),
}

/// Nobody decides about what they entered or vouched for, nor about themselves or their household.
fn must_be_another(tables: &mut Tables<'_>, call: &Call, record: &ServiceRecord) -> Result<(), Error> {
    let member = tables.member_that_stays(record.member_id)?;
    // The guarantor is a member, or a user under whichever of their log-ins.
    let vouched = match record.guarantor_id {
        Some(id) => is_ones_file(tables, call, id)? || is_caller(tables, call, id)?,
        None => false,
    };
    if vouched || is_caller(tables, call, record.submitted_by)? {
        return Err(Refusal::SamePerson.into());
    }
    not_for_oneself_since(tables, call, &member, record.started_at)
}

impl Services {
    /// The second person decides. Approved records go into public notice. Who approved by mistake may return or reject
    /// within `undo_seconds`.
    pub async fn decide_record(
        &self,
        call: &Call,
        id: Id,
        verdict: Verdict,
        undo_seconds: i64,
    ) -> Result<ServiceRecord, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let decided = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            services.decide(tables, &caller, id, &verdict, undo_seconds)
        });
        Ok(decided.await?.0)
    }

    fn decide(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        id: Id,
        verdict: &Verdict,
        undo_seconds: i64,
    ) -> Result<ServiceRecord, Error> {
        let mut record = tables.record(id)?.ok_or(Refusal::absent("service_record"))?;
        let path = tables.org_path(record.org_id)?;
        let [second, above] = [Permission::ApproveRecords, Permission::ApproveLongDays]
            .map(|right| call.actor.reaches(right, &path));
        if !second && !above {
            return Err(Refusal::absent("service_record").into());
        }
        let waits = matches!(record.state, RecordState::Submitted | RecordState::Pending);
        let mistaken = record.state == RecordState::Notice
            && *verdict != Verdict::Approve
            && record.approved_by == Some(call.actor.user)
            && record.approved_at.is_some_and(|at| tables.now.seconds_since(at) <= undo_seconds);
        if !waits && !mistaken {
            return Err(wrong_state(&record));
        }
        must_be_another(tables, call, &record)?;
        let checked = day_check(tables, &record);
        // A day that cannot be is nobody's queue: anybody who decides may send it back.
        if !second && matches!(&checked, Ok(day) if day.level == ReviewLevel::Ordinary) {
            return Err(Refusal::OrdinaryDay.into());
        }
        record.version += 1;
        let (state, reason) = match verdict {
            Verdict::Return(reason) => (RecordState::Returned, Some(reason)),
            Verdict::Reject(reason) => (RecordState::Rejected, Some(reason)),
            Verdict::Approve => {
                self.approve(tables, call, &mut record, &checked?)?;
                (RecordState::Notice, None)
            }
        };
        record.state = state;
        if let Some(reason) = reason {
            (record.approved_by, record.approved_at, record.notice_until) = (None, None, None);
            remark(tables, id, reason)?;
        }
        tables.put_record(&record)?;
        Ok(record)
    }

    /// Sets the notice, after the day's minutes were checked against the level that decides, and the scheme was asked
    /// for the points: what could not be made final later is refused now.
    fn approve(
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
        record.approved_by = Some(call.actor.user);
        record.approved_at = Some(tables.now);
        record.notice_until = self.notice_end(tables, record)?;
        Ok(())
    }

    /// The last day of a record's notice, by the working days of its scheme after the approval, without the days on
    /// which an objection was open. None: nobody has published yet which days those are.
    fn notice_end(&self, tables: &mut Tables<'_>, record: &ServiceRecord) -> Result<Option<Day>, Error> {
        let scheme_id = record.scheme_id.ok_or(Refusal::absent("scheme"))?;
        let version = record.scheme_version.ok_or(Refusal::absent("scheme_version"))?;
        let days = self.version_of(tables, scheme_id, version)?.scheme.notice_working_days;
        let zone = tables.zone;
        let approved = record.approved_at.ok_or_else(|| wrong_state(record))?;
        let objections = tables.objections_of(record.id)?;
        let pauses = objections.iter().filter(|objection| objection.raised_at >= approved);
        let pauses: Vec<(Day, Day)> = pauses
            .filter_map(|objection| Some((objection.raised_at.day(zone), objection.decided_at?.day(zone))))
            .collect();
        Ok(tables.calendar()?.end_of_notice(approved.day(zone), days, &pauses).ok())
    }

    /// Sets the ends of running notices by the calendar as it is now: those that waited for it, and unless `open`
    /// also those that had one. A day that was announced is never moved forward, and a notice whose end was not known
    /// hangs out today at least. How many were set.
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

    /// The one who entered a record puts it right before anybody has approved it, or takes it back; nobody else is
    /// needed before the notice.
    pub async fn mend_record(
        &self,
        call: &Call,
        id: Id,
        minutes: Option<i64>,
    ) -> Result<ServiceRecord, Error> {
        let caller = call.clone();
        let mended = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let mut record = tables.record(id)?.ok_or(Refusal::absent("service_record"))?;
            if record.submitted_by != caller.actor.user {
                return Err(Refusal::absent("service_record").into());
            }
            let waits = [RecordState::Submitted, RecordState::Pending, RecordState::Returned];
            if !waits.contains(&record.state) {
                return Err(wrong_state(&record));
            }
            record.version += 1;
            match minutes {
                Some(minutes) => {
                    record.service_minutes = minutes;
                    record.state = waiting(day_check(tables, &record)?.level);
                }
                None => record.state = RecordState::Withdrawn,
            }
            tables.put_record(&record)?;
            Ok(record)
        });
        Ok(mended.await?.0)
    }

    /// Objects to a record in public notice: it waits, its neighbours go on. Everybody objects once.
    pub async fn object(&self, call: &Call, record: Id, reason: String) -> Result<Id, Error> {
        let (bank, id, caller) = (call.actor.bank, self.next_id(), call.clone());
        let made = self.store.write_once(bank, call.request.clone(), move |tables| {
            let mut row = tables.record(record)?.ok_or(Refusal::absent("service_record"))?;
            let public = [RecordState::Notice, RecordState::Objected, RecordState::Final];
            // What does not hang out yet, or no more, is nothing to the public.
            if !public.contains(&row.state) && !is_ones_file(tables, &caller, row.member_id)? {
                return Err(Refusal::absent("service_record").into());
            }
            if row.state != RecordState::Notice {
                return Err(wrong_state(&row));
            }
            if let Some(until) = row.notice_until.filter(|until| *until < tables.today()) {
                return Err(Refusal::NoticeOver { until }.into());
            }
            if tables.has_objected(record, caller.actor.user)? {
                return Err(Refusal::ObjectedBefore.into());
            }
            row.state = RecordState::Objected;
            row.version += 1;
            tables.put_record(&row)?;
            tables.insert(&ObjectionRow {
                bank_id: bank,
                id,
                record_id: record,
                raised_by: caller.actor.user,
                raised_at: tables.now,
                reason: reason.clone(),
                state: "open".into(),
                decided_by: None,
                decided_at: None,
                decision: None,
                version: 1,
            })?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// Decides an objection: upheld, the record is rejected; dismissed, its notice goes on for the working days that
    /// were left when it was interrupted.
    pub async fn decide_objection(
        &self,
        call: &Call,
        record: Id,
        upheld: bool,
        decision: String,
    ) -> Result<(), Error> {
        let (services, caller) = (self.clone(), call.clone());
        let decided = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let mut row = tables.record(record)?.ok_or(Refusal::absent("service_record"))?;
            let path = tables.org_path(row.org_id)?;
            caller.must_reach(Permission::DecideObjections, &path, Refusal::absent("service_record"))?;
            let mut objection = tables.objection_to(record)?.ok_or(Refusal::absent("objection"))?;
            if row.state != RecordState::Objected {
                return Err(wrong_state(&row));
            }
            another_person(tables, &caller, row.approved_by.into_iter().chain([objection.raised_by]))?;
            must_be_another(tables, &caller, &row)?;
            objection.state = if upheld { "upheld" } else { "dismissed" }.into();
            objection.decided_by = Some(caller.actor.user);
            objection.decided_at = Some(tables.now);
            objection.decision = Some(decision.clone());
            objection.version += 1;
            tables.update(&objection)?;
            row.state = if upheld { RecordState::Rejected } else { RecordState::Notice };
            if !upheld {
                row.notice_until = services.notice_end(tables, &row)?;
            }
            row.version += 1;
            tables.put_record(&row)
        });
        decided.await.map(|_| ())
    }
}

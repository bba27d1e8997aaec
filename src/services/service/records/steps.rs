//! The steps of service records and of objections: what the tables of `domain::life_cycles` do not express.

use super::posting::{is_ones_own, reversal};
use super::{day_check, remark, waiting};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::{LifeCycle, Step};
use crate::domain::life_cycles::{
    APPROVE_RECORD, OBJECT_TO_RECORD, OBJECTION, REJECT_RECORD, RESUBMIT_RECORD, RETURN_RECORD,
    REVERSE_RECORD, SERVICE_RECORD, UPHOLD_OBJECTION, WITHDRAW_RECORD,
};
use crate::domain::refusal::Refusal;
use crate::domain::service::record::{RecordState, ServiceRecord};
use crate::domain::service::time::ReviewLevel;
use crate::ledger::Command;
use crate::services::Error;
use crate::services::access::interest::{another_person, is_ones_file};
use crate::services::step::{self, Living, Place, Taking};
use crate::store::Tables;
use crate::store::service::records::ObjectionRow;

impl Living for ServiceRecord {
    const CYCLE: &'static LifeCycle = &SERVICE_RECORD;
    const IS_DOCUMENT: bool = true;

    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error> {
        tables.record(id)
    }

    fn save(&self, tables: &mut Tables<'_>) -> Result<(), Error> {
        tables.put_record(self)
    }

    fn state(&self) -> &str {
        self.state.as_str()
    }

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let member = tables.member_that_stays(self.member_id)?;
        Ok(Place { path: tables.org_path(self.org_id)?, member: Some(member), shop: None })
    }

    fn is_reached(&self, taking: &mut Taking<'_, '_>) -> Result<bool, Error> {
        if taking.is(&OBJECT_TO_RECORD) {
            // Before and after its notice a record does not exist for the public.
            let public = [RecordState::Notice, RecordState::Objected, RecordState::Final];
            return Ok(
                public.contains(&self.state) || is_ones_file(taking.tables, taking.call, self.member_id)?
            );
        }
        // Staff undo what they entered; another person's record is reversed by a holder of the right to correct.
        let path = &taking.place.path;
        let decides = taking.call.actor.reaches(Permission::ApproveAwards, path);
        Ok(taking.reaches(path) && (decides || is_ones_own(self, taking)?))
    }

    /// A mistaken approval may be returned or rejected for a while.
    fn may_begin(&self, taking: &mut Taking<'_, '_>) -> Result<bool, Error> {
        let sends_back = taking.is(&RETURN_RECORD) || taking.is(&REJECT_RECORD);
        let (user, now, undo) = (taking.call.actor.user, taking.tables.now, taking.services.undo_seconds);
        let fresh = self.approved_at.is_some_and(|at| now.seconds_since(at) <= undo);
        let mistaken =
            sends_back && self.state == RecordState::Notice && self.approved_by == Some(user) && fresh;
        Ok(mistaken || taking.step.from.contains(&self.state()))
    }

    fn effect(&mut self, taking: &mut Taking<'_, '_>) -> Result<Option<Command>, Error> {
        match taking.step {
            step if step.is(&REVERSE_RECORD) => return reversal(self, taking).map(Some),
            step if step.is(&RESUBMIT_RECORD) => self.state = waiting(day_check(taking.tables, self)?.level),
            step if step.is(&OBJECT_TO_RECORD) => must_be_in_notice(self, taking)?,
            step if step.is(&WITHDRAW_RECORD) => {}
            _ => decide(self, taking)?,
        }
        Ok(None)
    }
}

/// The second person's decision. Above the limits of a day the street or the district decides, and only they.
fn decide(record: &mut ServiceRecord, taking: &mut Taking<'_, '_>) -> Result<(), Error> {
    let checked = day_check(taking.tables, record);
    let second = taking.call.actor.reaches(Permission::ApproveRecords, &taking.place.path);
    // A day with impossible hours has no queue of its own: both levels may return it.
    if !second && matches!(&checked, Ok(day) if day.level == ReviewLevel::Ordinary) {
        return Err(Refusal::OrdinaryDay.into());
    }
    match taking.is(&APPROVE_RECORD) {
        true => taking.services.begin_notice(taking.tables, taking.call, record, &checked?),
        false => remark(taking.tables, record.id, &taking.reason()),
    }
}

/// Each user objects once, while the notice lasts.
fn must_be_in_notice(record: &ServiceRecord, taking: &mut Taking<'_, '_>) -> Result<(), Error> {
    if let Some(until) = record.notice_until.filter(|until| *until < taking.tables.today()) {
        return Err(Refusal::NoticeOver { until }.into());
    }
    match taking.tables.has_objected(record.id, taking.call.actor.user)? {
        true => Err(Refusal::ObjectedBefore.into()),
        false => Ok(()),
    }
}

/// An objection is found by its record.
impl Living for ObjectionRow {
    const CYCLE: &'static LifeCycle = &OBJECTION;

    fn find(tables: &mut Tables<'_>, record: Id) -> Result<Option<Self>, Error> {
        tables.objection_to(record)
    }

    /// Its effect writes it: the continued notice counts the days on which it was open.
    fn save(&self, _: &mut Tables<'_>) -> Result<(), Error> {
        Ok(())
    }

    fn state(&self) -> &str {
        &self.state
    }

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        objected(tables, self)?.place(tables)
    }

    /// Upheld: the record is rejected. Dismissed: its notice continues for the working days that were left.
    fn effect(&mut self, taking: &mut Taking<'_, '_>) -> Result<Option<Command>, Error> {
        let mut record = objected(taking.tables, self)?;
        if record.state != RecordState::Objected {
            return Err(step::wrong_state(&record).into());
        }
        another_person(taking.tables, taking.call, record.approved_by)?;
        // Only those who could approve the record may decide.
        let (tables, call, said) = (&mut *taking.tables, taking.call, taking.said);
        let approving: (&'static Step, _) = (&APPROVE_RECORD, said);
        step::must_be_apart(&mut Taking::begin(taking.services, tables, call, approving, &record)?)?;
        taking.tables.update(self)?;
        match taking.is(&UPHOLD_OBJECTION) {
            true => record.state = RecordState::Rejected,
            false => {
                record.state = RecordState::Notice;
                record.notice_until = taking.services.notice_end(taking.tables, &record)?;
            }
        }
        record.version += 1;
        taking.tables.put_record(&record)?;
        Ok(None)
    }
}

fn objected(tables: &mut Tables<'_>, objection: &ObjectionRow) -> Result<ServiceRecord, Error> {
    Ok(tables.record(objection.record_id)?.ok_or(Refusal::absent("service_record"))?)
}

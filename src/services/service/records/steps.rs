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
use crate::services::step::{self, HasLifeCycle, Place, StepContext};
use crate::store::Tables;
use crate::store::service::records::ObjectionRow;

impl HasLifeCycle for ServiceRecord {
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

    fn title(&self, tables: &mut Tables<'_>) -> Result<Option<String>, Error> {
        Ok(tables.activity(self.activity_id)?.map(|activity| activity.title))
    }

    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        if context.is(&OBJECT_TO_RECORD) {
            // Before and after its notice a record does not exist for the public.
            let public = [RecordState::Notice, RecordState::Objected, RecordState::Final];
            return Ok(
                public.contains(&self.state) || is_ones_file(context.tables, context.call, self.member_id)?
            );
        }
        // Staff undo what they entered; another person's record is reversed by a holder of the right to correct.
        let path = &context.place.path;
        let decides = context.call.actor.reaches(Permission::ApproveAwards, path);
        Ok(context.reaches(path) && (decides || is_ones_own(self, context)?))
    }

    /// A mistaken approval may be returned or rejected for a while.
    fn may_begin(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        let sends_back = context.is(&RETURN_RECORD) || context.is(&REJECT_RECORD);
        let (user, now, undo) = (context.call.actor.user, context.tables.now, context.services.undo_seconds);
        let fresh = self.approved_at.is_some_and(|at| now.seconds_since(at) <= undo);
        let mistaken =
            sends_back && self.state == RecordState::Notice && self.approved_by == Some(user) && fresh;
        Ok(mistaken || context.step.from.contains(&self.state()))
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        match context.step {
            step if step.is(&REVERSE_RECORD) => return reversal(self, context).map(Some),
            step if step.is(&RESUBMIT_RECORD) => self.state = waiting(day_check(context.tables, self)?.level),
            step if step.is(&OBJECT_TO_RECORD) => must_be_in_notice(self, context)?,
            step if step.is(&WITHDRAW_RECORD) => {}
            _ => decide(self, context)?,
        }
        Ok(None)
    }
}

/// The second person's decision. Above the limits of a day the street or the district decides, and only they.
fn decide(record: &mut ServiceRecord, context: &mut StepContext<'_, '_>) -> Result<(), Error> {
    let checked = day_check(context.tables, record);
    let second = context.call.actor.reaches(Permission::ApproveRecords, &context.place.path);
    // A day with impossible hours has no queue of its own: both levels may return it.
    if !second && matches!(&checked, Ok(day) if day.level == ReviewLevel::Ordinary) {
        return Err(Refusal::OrdinaryDay.into());
    }
    match context.is(&APPROVE_RECORD) {
        true => context.services.begin_notice(context.tables, context.call, record, &checked?),
        false => remark(context.tables, record.id, &context.reason()),
    }
}

/// Each user objects once, while the notice lasts.
fn must_be_in_notice(record: &ServiceRecord, context: &mut StepContext<'_, '_>) -> Result<(), Error> {
    if let Some(until) = record.notice_until.filter(|until| *until < context.tables.today()) {
        return Err(Refusal::NoticeOver { until }.into());
    }
    match context.tables.has_objected(record.id, context.call.actor.user)? {
        true => Err(Refusal::ObjectedBefore.into()),
        false => Ok(()),
    }
}

/// An objection is found by its record.
impl HasLifeCycle for ObjectionRow {
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

    fn title(&self, tables: &mut Tables<'_>) -> Result<Option<String>, Error> {
        objected(tables, self)?.title(tables)
    }

    /// Upheld: the record is rejected. Dismissed: its notice continues for the working days that were left. A request
    /// to correct a final record changes nothing itself: it is upheld once the record was reversed.
    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        let mut record = objected(context.tables, self)?;
        // Against a final record it is a request to correct it.
        match record.state {
            RecordState::Objected | RecordState::Reversed => {}
            RecordState::Final if !context.is(&UPHOLD_OBJECTION) => {}
            RecordState::Final => return Err(Refusal::NotCorrectedYet.into()),
            _ => return Err(step::wrong_state(&record).into()),
        }
        another_person(context.tables, context.call, record.approved_by)?;
        // Only those who could approve the record may decide.
        let (tables, call, params) = (&mut *context.tables, context.call, context.params);
        let approving: (&'static Step, _) = (&APPROVE_RECORD, params);
        step::must_be_apart(&mut StepContext::begin(context.services, tables, call, approving, &record)?)?;
        context.tables.update(self)?;
        if record.state != RecordState::Objected {
            return Ok(None);
        }
        match context.is(&UPHOLD_OBJECTION) {
            true => record.state = RecordState::Rejected,
            false => {
                record.state = RecordState::Notice;
                record.notice_until = context.services.notice_end(context.tables, &record)?;
            }
        }
        record.version += 1;
        context.tables.put_record(&record)?;
        let (services, tables, id) = (context.services, &mut *context.tables, record.id);
        services.tell_of_step(tables, context.call, (&REJECT_RECORD, id), &record)?;
        Ok(None)
    }
}

fn objected(tables: &mut Tables<'_>, objection: &ObjectionRow) -> Result<ServiceRecord, Error> {
    Ok(tables.record(objection.record_id)?.ok_or(Refusal::absent("service_record"))?)
}

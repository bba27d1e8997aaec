//! The steps that can be taken with a service record now, as forms, and taking one of them.

use crate::api::web::fields::{Minutes, Reason};
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::{Asks, Step};
use crate::domain::life_cycles::{
    APPROVE_RECORD, OBJECT_TO_RECORD, OBJECTION, RESUBMIT_RECORD, SERVICE_RECORD,
};
use crate::domain::service::record::{RecordState, ServiceRecord};
use crate::portal::frame::fault::Fault;
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::service::records::ObjectionRow;
use crate::services::step::because;
use crate::services::{Call, Error};

/// The name of the button that asks for a correction.
const ASK_FOR_CORRECTION: &str = "ask_for_correction";

/// The steps that are open, by what they ask for.
#[derive(Default)]
pub struct Forms {
    /// At once.
    pub plain: Vec<Button>,
    /// With one reason for all of them.
    pub with_reason: Vec<Button>,
    pub objects: bool,
    /// One's own final record, of which a correction can be asked for.
    pub corrects: bool,
    /// The minutes to put right, as they are now.
    pub resubmits: Option<String>,
    /// The decision on an open objection.
    pub decides: Vec<Button>,
}

impl Forms {
    pub fn are_none(&self) -> bool {
        self.plain.is_empty()
            && self.with_reason.is_empty()
            && !self.objects
            && !self.corrects
            && self.resubmits.is_none()
            && self.decides.is_empty()
    }
}

fn button(visit: &Visit, step: &'static Step) -> Button {
    visit.button(step, step.is(&APPROVE_RECORD))
}

/// The forms of a record that the caller may see.
pub async fn forms(
    visit: &Visit,
    call: &Call,
    record: &ServiceRecord,
    objections: &[ObjectionRow],
) -> Result<Forms, Fault> {
    let (_, open) = visit.services().open_steps::<ServiceRecord>(call, record.id).await?;
    let mut forms = Forms::default();
    for step in open {
        match step {
            step if step.is(&OBJECT_TO_RECORD) => forms.objects = true,
            step if step.is(&RESUBMIT_RECORD) => forms.resubmits = Some(record.service_minutes.to_string()),
            step if matches!(step.asks, Asks::Reason) => forms.with_reason.push(button(visit, step)),
            step => forms.plain.push(button(visit, step)),
        }
    }
    let waits = objections.iter().any(|one| one.state == "open");
    let own = visit.actor()?.member == Some(record.member_id);
    forms.corrects = own
        && !waits
        && record.state == RecordState::Final
        && visit.actor()?.may(Permission::RaiseObjections);
    if waits {
        match visit.services().open_steps::<ObjectionRow>(call, record.id).await {
            Ok((_, open)) => forms.decides = open.into_iter().map(|step| button(visit, step)).collect(),
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(forms)
}

/// Takes the step that the form names with this record.
pub async fn take(visit: &Visit, id: Id) -> Result<(), Fault> {
    let name = visit.form.typed("step").unwrap_or_default();
    let found = |steps: &[&'static Step]| steps.iter().copied().find(|step| step.name == name);
    let (call, fields, services) = (visit.call()?, visit.fields(), visit.services());
    if let Some(step) = found(OBJECTION.steps) {
        let decision = fields.need::<Reason>("decision");
        fields.checked()?;
        let params = [("decision".to_owned(), String::from(decision?).into())].into_iter().collect();
        services.step::<ObjectionRow>(&call, step, id, params).await?;
        return Ok(());
    }
    if name == ASK_FOR_CORRECTION {
        let reason = fields.need::<Reason>("reason");
        fields.checked()?;
        services.ask_for_correction(&call, id, reason?.into()).await?;
        return Ok(());
    }
    let step = found(SERVICE_RECORD.steps).ok_or(ApiError::NoSuchPath)?;
    if step.is(&OBJECT_TO_RECORD) {
        let reason = fields.need::<Reason>("reason");
        fields.checked()?;
        services.object(&call, id, reason?.into()).await?;
        return Ok(());
    }
    let params = match step {
        step if step.is(&RESUBMIT_RECORD) => {
            let minutes = fields.need::<Minutes>("service_minutes");
            fields.checked()?;
            [("service_minutes".to_owned(), minutes?.get().into())].into_iter().collect()
        }
        step if matches!(step.asks, Asks::Reason) => {
            let reason = fields.need::<Reason>("reason");
            fields.checked()?;
            because(Some(reason?.into()))
        }
        _ => because(None),
    };
    services.step::<ServiceRecord>(&call, step, id, params).await?;
    Ok(())
}

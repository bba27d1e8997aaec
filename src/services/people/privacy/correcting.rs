//! Corrections (更正) of the own file: the person asks, staff decide. What is accepted is changed as any other edit.

use super::consents::own_file;
use super::requests::{Request, blocked_by, request_within};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{ACCEPT_CORRECTION, CORRECTION, REFUSE_CORRECTION};
use crate::domain::people::correction::CorrectedField;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::ledger::Command;
use crate::services::people::members::MemberChange;
use crate::services::people::moves::proposal;
use crate::services::step::{HasLifeCycle, Place, StepContext, proposal_of_kind};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use crate::store::points::proposals::ProposalRow;
use serde::{Deserialize, Serialize};

pub(in crate::services) const KIND: &str = "correct_member";

/// What is wrong in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Correction {
    pub field: CorrectedField,
    /// What it should say; of party membership `true` or `false`, of the gender `female` or `male`.
    pub value: String,
    pub why: String,
    /// Why it was refused.
    pub answer: Option<String>,
}

/// A request as it stands.
#[derive(Clone, Debug)]
pub struct CorrectionStanding {
    pub row: ProposalRow,
    pub asked: Correction,
    pub member: MemberRow,
}

fn asked(row: &ProposalRow) -> Result<Correction, Error> {
    serde_json::from_str(&row.body).map_err(|error| Error::Fault(format!("correction {}: {error}", row.id)))
}

impl Services {
    /// Asks for a correction of the caller's own file; one at a time.
    pub async fn request_correction(&self, call: &Call, wish: Correction) -> Result<(Id, bool), Error> {
        let (services, caller, id) = (self.clone(), call.clone(), self.next_id());
        self.write(call, move |tables| {
            let file = own_file(tables, &caller)?;
            services.may_be_corrected(&file, wish.field)?;
            blocked_by(tables, &file, KIND, CORRECTION.thing)?;
            tables.insert(&proposal(tables, &caller, id, KIND, (file.org_id, file.id), &wish)?)?;
            Ok(id)
        })
        .await
    }

    /// The year of birth is that of the document, where the file has one that says it.
    fn may_be_corrected(&self, file: &MemberRow, field: CorrectedField) -> Result<(), Error> {
        match field == CorrectedField::BirthYear && self.born_on(file)?.is_some() {
            true => Err(Refusal::BirthYearOfDocument.into()),
            false => Ok(()),
        }
    }

    /// Requests in a state: of members whose files the caller may write, and the caller's own; newest first.
    pub async fn corrections(
        &self,
        call: &Call,
        state: String,
        days: Days,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<CorrectionStanding>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let wish = Request { kind: KIND, state: &state, days, before };
            let rows = request_within(tables, &caller, &wish, &[Permission::WriteMembers], limit)?;
            let standing = |(row, member)| Ok(CorrectionStanding { asked: asked(&row)?, row, member });
            rows.into_iter().map(standing).collect()
        });
        found.await
    }

    /// The caller's last request, if there is one.
    pub async fn own_correction(&self, call: &Call) -> Result<Option<CorrectionStanding>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let member = own_file(tables, &caller)?;
            let Some(row) = tables.last_proposal_about(KIND, member.id)? else { return Ok(None) };
            Ok(Some(CorrectionStanding { asked: asked(&row)?, row, member }))
        });
        found.await
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CorrectionRequest(ProposalRow);

impl HasLifeCycle for CorrectionRequest {
    const CYCLE: &'static LifeCycle = &CORRECTION;

    proposal_of_kind!(KIND);

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let member = tables.member_that_stays(self.0.subject_id)?;
        Ok(Place { path: tables.org_path(member.org_id)?, member: Some(member), shop: None })
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        let mut wish = asked(&self.0)?;
        if context.is(&REFUSE_CORRECTION) {
            wish.answer = Some(context.reason());
            self.0.body = serde_json::to_string(&wish).map_err(|error| Error::Fault(error.to_string()))?;
        }
        if context.is(&ACCEPT_CORRECTION) {
            let mut row = context.place.member.clone().ok_or(Refusal::absent("member"))?;
            let (services, call) = (context.services, context.call);
            // The person is known: the name of another in the bank is no second file.
            let mut change = MemberChange { confirmed_new: true, ..MemberChange::default() };
            // A document may have come meanwhile.
            services.may_be_corrected(&row, wish.field)?;
            match wish.field {
                CorrectedField::Name => change.name = Some(wish.value),
                CorrectedField::Gender => row.gender = Some(wish.value),
                CorrectedField::BirthYear => row.birth_year = wish.value.parse().ok().or(row.birth_year),
                CorrectedField::Trade => change.trade = Some(wish.value),
                CorrectedField::PartyMember => change.party_member = Some(wish.value == "true"),
            }
            services.change_words(context.tables, call, &mut row, &change, false)?;
        }
        Ok(None)
    }
}

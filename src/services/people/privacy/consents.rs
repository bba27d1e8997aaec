//! Consents (同意): given by the person, or entered by staff from a signed form; withdrawn by either, with effect at
//! once.

use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::CONSENT;
use crate::domain::people::consent::ConsentPurpose;
use crate::domain::people::proxy::fourteen_on;
use crate::domain::refusal::Refusal;
use crate::ledger::Command;
use crate::services::step::{HasLifeCycle, Place, StepContext};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::consents::{GIVEN, REPLACED};
use crate::store::people::members::MemberRow;

pub use crate::store::people::consents::ConsentRow;

/// A consent to enter.
#[derive(Clone, Debug)]
pub struct ConsentAsk {
    pub purpose: ConsentPurpose,
    /// By staff for a member, from this paper form; `None`: by the caller themselves.
    pub on_paper: Option<(Id, String)>,
    /// The version of the text that was read.
    pub text_version: i64,
}

/// One purpose, with everything that was said to it.
#[derive(Clone, Debug)]
pub struct ConsentStanding {
    pub purpose: ConsentPurpose,
    /// Oldest first.
    pub history: Vec<ConsentRow>,
}

impl ConsentStanding {
    /// The one that holds.
    pub fn given(&self) -> Option<&ConsentRow> {
        self.history.iter().rev().find(|row| row.state == GIVEN)
    }

    /// The one that was withdrawn last, if none holds.
    pub fn withdrawn(&self) -> Option<&ConsentRow> {
        let withdrawn = self.history.iter().filter(|row| row.withdrawn_at.is_some());
        withdrawn.max_by_key(|row| row.withdrawn_at).filter(|_| self.given().is_none())
    }
}

impl Services {
    /// Enters a consent; one to the same text that holds already is the answer instead of a second one.
    pub async fn give_consent(&self, call: &Call, ask: ConsentAsk) -> Result<Id, Error> {
        let (caller, id, log) = (call.clone(), self.next_id(), self.next_id());
        let given = self.write(call, move |tables| {
            let (file, paper) = match &ask.on_paper {
                Some((member, paper)) => {
                    let (file, path) = tables.file_at(*member)?;
                    caller.must_reach(Permission::WriteMembers, &path, Refusal::absent("member"))?;
                    (file, Some(paper.clone()))
                }
                None if ask.purpose.is_on_paper() => return Err(Refusal::ConsentOnPaper.into()),
                None => (own_file(tables, &caller)?, None),
            };
            if !["active", "frozen"].contains(&file.state.as_str()) || file.kind != "person" {
                return Err(Refusal::PersonOnly.into());
            }
            let version = ask.purpose.text_version();
            if ask.text_version != version {
                return Err(Refusal::ConsentTextChanged { version }.into());
            }
            let ids = tables.ids_of_file(file.id)?;
            for row in tables.consents_of(&ids)? {
                if row.purpose != ask.purpose.as_str() || row.state != GIVEN {
                    continue;
                }
                if row.text_version == version {
                    return Ok(row.id);
                }
                let next = row.version.saturating_add(1);
                tables.update(&ConsentRow { state: REPLACED.into(), version: next, ..row })?;
            }
            tables.insert(&ConsentRow {
                bank_id: tables.bank,
                id,
                member_id: file.id,
                purpose: ask.purpose.to_string(),
                text_version: version,
                state: GIVEN.into(),
                given_at: tables.now,
                given_by: caller.actor.user,
                paper,
                withdrawn_at: None,
                withdrawn_by: None,
                version: 1,
            })?;
            tables.log_act(
                log,
                caller.actor.user,
                "give_consent",
                ("member", Some(file.id)),
                Some(ask.purpose.as_str().into()),
            )?;
            Ok(id)
        });
        Ok(given.await?.0)
    }

    /// What a member has consented to, by purpose: the caller's own (`None`), or of a member within reach.
    pub async fn consents(&self, call: &Call, member: Option<Id>) -> Result<Vec<ConsentStanding>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let file = match member {
                Some(member) => {
                    let (file, path) = tables.file_at(member)?;
                    caller.must_reach(Permission::ReadMembers, &path, Refusal::absent("member"))?;
                    file
                }
                None => own_file(tables, &caller)?,
            };
            let ids = tables.ids_of_file(file.id)?;
            let rows = tables.consents_of(&ids)?;
            let standing = |purpose: &ConsentPurpose| ConsentStanding {
                purpose: *purpose,
                history: rows.iter().filter(|row| row.purpose == purpose.as_str()).cloned().collect(),
            };
            Ok(ConsentPurpose::ALL.iter().map(standing).collect())
        });
        found.await
    }
}

impl Services {
    /// Refuses what is stored about a child under 14 while no guardian has consented.
    pub(in crate::services) fn must_have_guardians_consent(
        &self,
        tables: &mut Tables<'_>,
        person: &MemberRow,
    ) -> Result<(), Error> {
        // Nearly everybody is older by the year alone, and no document is unsealed for that.
        let by_year = fourteen_on(None, person.birth_year);
        if by_year.is_some_and(|day| day <= tables.today()) {
            return Ok(());
        }
        let fourteen = fourteen_on(self.born_on(person)?, person.birth_year);
        if fourteen.is_none_or(|day| day <= tables.today()) {
            return Ok(());
        }
        let files = tables.ids_of_file(person.id)?;
        match tables.has_consent(ConsentPurpose::Under14, &files)? {
            true => Ok(()),
            false => Err(Refusal::GuardianConsentMissing.into()),
        }
    }
}

/// The caller's own file.
pub(in crate::services) fn own_file(tables: &mut Tables<'_>, call: &Call) -> Result<MemberRow, Error> {
    let own = call.actor.member.ok_or(Refusal::absent("member"))?;
    tables.member_that_stays(own)
}

impl HasLifeCycle for ConsentRow {
    const CYCLE: &'static LifeCycle = &CONSENT;

    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error> {
        tables.find(id)
    }

    fn save(&self, tables: &mut Tables<'_>) -> Result<(), Error> {
        tables.update(self)
    }

    fn state(&self) -> &str {
        &self.state
    }

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let member = tables.member_that_stays(self.member_id)?;
        Ok(Place { path: tables.org_path(member.org_id)?, member: Some(member), shop: None })
    }

    /// The person themselves, or staff who write the file.
    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        let own = context.place.member.as_ref().map(|member| member.id);
        let path = context.place.path.clone();
        Ok((own.is_some() && own == context.call.actor.member)
            || context.call.actor.reaches(Permission::WriteMembers, &path))
    }

    /// What was stored because of it is cleared. What was shown is asked for each time it is shown.
    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        let log = context.services.next_id();
        let tables = &mut *context.tables;
        if self.purpose == ConsentPurpose::Location.as_str() {
            let files = tables.ids_of_file(self.member_id)?;
            tables.forget_whereabouts(&files)?;
        }
        for id in tables.ids_of_file(self.member_id)? {
            let Some(row) = tables.member(id)? else { continue };
            if self.purpose == ConsentPurpose::PartyMembership.as_str() && row.party_member {
                let version = row.version.saturating_add(1);
                tables.update_member(&MemberRow { party_member: false, version, ..row })?;
            }
        }
        tables.log_act(
            log,
            context.call.actor.user,
            "withdraw_consent",
            ("member", Some(self.member_id)),
            Some(self.purpose.clone()),
        )?;
        Ok(None)
    }
}

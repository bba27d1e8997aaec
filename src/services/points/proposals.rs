//! Proposals, which need a second person: awards above the scheme's sum, decided case by case, or resetting a
//! balance; waivers of debts; and points out of a pool. Only the approval posts.

use super::award_ask::AwardAsk;
pub use super::award_ask::Proposed;
use super::awards::{AlreadyRead, Prepared};
use super::owed::Waiver;
use super::pools::Relief;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::PROPOSAL;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Days};
use crate::ledger::{Answer, Command, CounterTake, Decision};
use crate::services::access::interest::has_interest;
use crate::services::step::{HasLifeCycle, Place, StepContext};
use crate::services::{Call, Done, Error, Services, call};
use crate::store::Tables;
pub use crate::store::points::proposals::ProposalRow;
use crate::store::points::proposals::{AWARD, OF_POINTS};

/// The outcome of an award.
#[derive(Clone, Debug)]
pub enum Awarded {
    Done(Box<Done>),
    /// It waits for a second person under this id; `hit`: this is the stored answer of the same key.
    Proposed {
        proposal: Id,
        hit: bool,
    },
}

enum Found {
    Before(Decision),
    Fresh(Box<Prepared>),
}

/// The stored answer of the call's key: an award, a proposal, or a refusal.
fn awarded_before(decision: Decision) -> Result<Awarded, Error> {
    if let Answer::Ordinary(value) = decision.answer {
        let proposal = serde_json::from_value(value).map_err(|error| Error::Fault(error.to_string()))?;
        return Ok(Awarded::Proposed { proposal, hit: true });
    }
    Ok(Awarded::Done(Box::new(call::done(decision)?)))
}

/// The counter that an approved proposal takes from: it marks the award as posted in the ledger.
fn once_key(id: Id) -> String {
    format!("proposal/{id}")
}

impl Services {
    /// One award, or a proposal if the scheme requires a second person.
    pub async fn award_or_propose(&self, call: &Call, ask: AwardAsk) -> Result<Awarded, Error> {
        let (services, caller, asked) = (self.clone(), call.clone(), ask.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            if let Some(decision) = call::before(tables, &caller)? {
                return Ok(Found::Before(decision));
            }
            let (make, known) = (Permission::MakeAwards, &mut AlreadyRead::default());
            let prepared = services.award_command(tables, &caller, &asked, make, None, known)?;
            Ok(Found::Fresh(Box::new(prepared.alone(tables, &caller))))
        });
        let awarded = match found.await {
            Ok(Found::Before(decision)) => awarded_before(decision),
            Ok(Found::Fresh(prepared)) if prepared.second => self.award_for_two(call, ask, *prepared).await,
            Ok(Found::Fresh(prepared)) => {
                self.post(call, prepared.command).await.map(|done| Awarded::Done(Box::new(done)))
            }
            Err(error) => Err(error),
        };
        match awarded {
            Ok(awarded) => Ok(awarded),
            Err(error) => Err(self.with_names_of_caps(call, error).await),
        }
    }

    async fn award_for_two(&self, call: &Call, ask: AwardAsk, prepared: Prepared) -> Result<Awarded, Error> {
        if call.dry_run {
            self.post(call, prepared.command).await?;
            return Ok(Awarded::Proposed { proposal: self.next_id(), hit: false });
        }
        let ask = AwardAsk { day: Some(prepared.day), ..ask };
        let (scheme_version, desired_minor) = (prepared.scheme_version, prepared.desired_minor);
        self.propose(call, Proposed { ask, scheme_version, desired_minor }).await
    }

    async fn propose(&self, call: &Call, proposed: Proposed) -> Result<Awarded, Error> {
        let (bank, id, actor) = (call.actor.bank, self.next_id(), call.actor.user);
        let body = serde_json::to_string(&proposed).map_err(|error| Error::Fault(error.to_string()))?;
        let made = self.write(call, move |tables| {
            let (member, _) = tables.file_at(proposed.ask.member)?;
            tables.insert(&ProposalRow {
                bank_id: bank,
                id,
                kind: AWARD.into(),
                org_id: member.org_id,
                subject_id: member.id,
                body: body.clone(),
                state: "open".into(),
                proposed_by: actor,
                proposed_at: tables.now,
                decided_by: None,
                decided_at: None,
                entry_number: None,
                version: 1,
            })?;
            Ok(id)
        });
        let (proposal, hit) = made.await?;
        Ok(Awarded::Proposed { proposal, hit })
    }

    /// Proposals within reach, newest first.
    pub async fn proposals(
        &self,
        call: &Call,
        state: &'static str,
        days: Days,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<ProposalRow>, Error> {
        let (bank, paths) = (call.actor.bank, call.actor.paths(Permission::ReadAwards));
        self.store.read(bank, move |tables| tables.proposals_page(&paths, state, days, before, limit)).await
    }

    /// What an approved proposal posts: an award, a waiver, or points out of a pool.
    fn proposed_command(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        row: &ProposalRow,
    ) -> Result<Command, Error> {
        if row.kind == Waiver::KIND {
            proposed_without_interest(tables, row, None)?;
            return self.waiver_command(tables, call, row);
        }
        if row.kind == Relief::KIND {
            proposed_without_interest(tables, row, None)?;
            return self.relief_command(tables, call, row);
        }
        let Proposed { ask, scheme_version, .. } = Proposed::of(row)?;
        proposed_without_interest(tables, row, ask.day)?;
        let (right, mut known) = (Permission::ApproveAwards, AlreadyRead::default());
        let prepared = self.award_command(tables, call, &ask, right, Some(scheme_version), &mut known)?;
        let counted = prepared.counted.map(|counted| counted.agreed(tables, row.proposed_by));
        let mut command = prepared.command;
        command.counters.extend(counted.transpose()?);
        Ok(command)
    }
}

impl HasLifeCycle for ProposalRow {
    const CYCLE: &'static LifeCycle = &PROPOSAL;

    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error> {
        Ok(tables.proposal(id)?.filter(|row| OF_POINTS.contains(&row.kind.as_str())))
    }

    fn save(&self, tables: &mut Tables<'_>) -> Result<(), Error> {
        tables.update(self)
    }

    fn state(&self) -> &str {
        &self.state
    }

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let member = tables.member_that_stays(self.subject_id)?;
        // For a duplicate that was merged before its proposals were re-pointed: the organisation of the file that
        // stays.
        let org = if member.id == self.subject_id { self.org_id } else { member.org_id };
        Ok(Place { path: tables.org_path(org)?, member: Some(member), shop: None })
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        if !context.step.posts() {
            return Ok(None);
        }
        let mut command = context.services.proposed_command(context.tables, context.call, self)?;
        command.counters.push(CounterTake::once(once_key(self.id)));
        command.metadata.insert("proposed_by".into(), self.proposed_by.to_string());
        if let Some(source) = command.source.replace(once_key(self.id)) {
            command.metadata.insert("source".into(), source);
        }
        Ok(Some(command))
    }
}

/// The proposer must have no conflict of interest until the award is final.
fn proposed_without_interest(
    tables: &mut Tables<'_>,
    row: &ProposalRow,
    day: Option<Day>,
) -> Result<(), Error> {
    let member = tables.member_that_stays(row.subject_id)?;
    let deed = day.map_or(row.proposed_at, |day| day.start(tables.zone));
    match has_interest(tables, [row.proposed_by], &member, deed)? {
        true => Err(Refusal::InterestArose.into()),
        false => Ok(()),
    }
}

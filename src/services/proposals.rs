//! Awards that need a second person: above the scheme's sum, decided case by case, or resetting a balance. The first
//! person proposes, another one approves; only then is anything posted.

use super::awards::AwardAsk;
use super::{Call, Done, Error, Services};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::ledger::CounterTake;
use crate::ledger::command::WatchKind;
use crate::store::Tables;
pub use crate::store::proposals::ProposalRow;
use std::collections::HashMap;

/// What became of an award.
#[derive(Clone, Debug)]
pub enum Awarded {
    Done(Box<Done>),
    /// It waits for a second person under this id.
    Proposed(Id),
}

fn absent() -> Refusal {
    Refusal::NotFound { what: "proposal".into() }
}

fn wrong_state(row: &ProposalRow) -> Error {
    Refusal::WrongState { what: "proposal".into(), state: row.state.clone() }.into()
}

impl Services {
    /// One award, or the proposal of one where the scheme asks for a second person.
    pub async fn award_or_propose(&self, call: &Call, ask: AwardAsk) -> Result<Awarded, Error> {
        let (services, caller, asked) = (self.clone(), call.clone(), ask.clone());
        let needs = self.store.read(call.actor.bank, move |tables| {
            let make = Permission::MakeAwards;
            services.award_command(tables, &caller, &asked, make, &mut HashMap::new())
        });
        match needs.await {
            Ok((_, true)) if !call.dry_run => Ok(Awarded::Proposed(self.propose_award(call, ask).await?)),
            // A refusal is told under the key as well, so that a repeat of an award that was made finds it.
            _ => Ok(Awarded::Done(Box::new(self.award(call, ask).await?))),
        }
    }

    async fn propose_award(&self, call: &Call, ask: AwardAsk) -> Result<Id, Error> {
        let (bank, id, actor) = (call.actor.bank, self.next_id(), call.actor.user);
        let body = serde_json::to_string(&ask).map_err(|error| Error::Fault(error.to_string()))?;
        let made = self.store.write_once(bank, call.request.clone(), move |tables| {
            let (member, _) = tables.member_at(ask.member)?;
            tables.insert_proposal(&ProposalRow {
                bank_id: bank,
                id,
                kind: "award".into(),
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
        Ok(made.await?.0)
    }

    /// Proposals within reach, newest first.
    pub async fn proposals(
        &self,
        call: &Call,
        state: &'static str,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<ProposalRow>, Error> {
        let paths = call.actor.paths(Permission::ReadAwards);
        self.store
            .read(call.actor.bank, move |tables| tables.proposals_page(&paths, state, before, limit))
            .await
    }

    /// Another person agrees: the award is posted as it was proposed.
    pub async fn approve_proposal(&self, call: &Call, id: Id) -> Result<Done, Error> {
        let done = self
            .once(call, || async move {
                let (services, caller) = (self.clone(), call.clone());
                let command = self.store.read(call.actor.bank, move |tables| {
                    let row = open_proposal(tables, &caller, id)?;
                    let ask: AwardAsk = serde_json::from_str(&row.body)
                        .map_err(|error| Error::Fault(format!("proposal {id}: {error}")))?;
                    let right = Permission::ApproveAwards;
                    let (mut command, _) =
                        services.award_command(tables, &caller, &ask, right, &mut HashMap::new())?;
                    command = command.watch(WatchKind::Proposal, row.id, row.version);
                    command.counters.push(CounterTake::once(format!("proposal/{id}")));
                    command.metadata.insert("proposed_by".into(), row.proposed_by.to_string());
                    Ok(command)
                });
                self.post(call, command.await?).await
            })
            .await?;
        if !call.dry_run {
            self.close_proposal(call, id, "approved", Some(done.receipt.number)).await?;
        }
        Ok(done)
    }

    /// Another person does not agree.
    pub async fn reject_proposal(&self, call: &Call, id: Id) -> Result<(), Error> {
        let caller = call.clone();
        self.store.read(call.actor.bank, move |tables| open_proposal(tables, &caller, id)).await?;
        self.close_proposal(call, id, "rejected", None).await
    }

    async fn close_proposal(
        &self,
        call: &Call,
        id: Id,
        state: &'static str,
        entry: Option<i64>,
    ) -> Result<(), Error> {
        let actor = call.actor.user;
        let closed = self.store.write(call.actor.bank, move |tables| {
            let mut row = tables.proposal(id)?.ok_or_else(absent)?;
            if row.state != "open" {
                // The same request again: it was closed the first time.
                return if row.entry_number == entry && entry.is_some() {
                    Ok(())
                } else {
                    Err(wrong_state(&row))
                };
            }
            row.state = state.into();
            row.decided_by = Some(actor);
            row.decided_at = Some(tables.now);
            row.entry_number = entry;
            row.version += 1;
            tables.update_proposal(&row)
        });
        closed.await
    }
}

/// A proposal that the caller may decide: within reach, open, made by somebody else.
fn open_proposal(tables: &mut Tables<'_>, call: &Call, id: Id) -> Result<ProposalRow, Error> {
    let row = tables.proposal(id)?.ok_or_else(absent)?;
    let path = tables.org_path(row.org_id)?;
    call.must_reach(Permission::ApproveAwards, &path, absent())?;
    if row.state != "open" {
        return Err(wrong_state(&row));
    }
    if row.proposed_by == call.actor.user {
        return Err(Refusal::SamePerson.into());
    }
    Ok(row)
}

//! What needs a second person: awards above the scheme's sum, decided case by case, or resetting a balance; and waivers of
//! what is owed. The first person proposes, another one approves; only then is anything posted.

use super::award_ask::AwardAsk;
pub use super::award_ask::Proposed;
use super::awards::{AlreadyRead, Prepared};
use super::owed::Waiver;
use crate::auth::permissions::Permission;
use crate::domain::id::{BankId, Id};
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Days};
use crate::ledger::command::WatchKind;
use crate::ledger::{Answer, Command, CounterTake, Decision};
use crate::services::access::interest::{another_person, has_interest};
use crate::services::{Call, Done, Error, Services, call};
use crate::store::Tables;
use crate::store::ledger::journal::EntryFilter;
pub use crate::store::points::proposals::ProposalRow;
use crate::store::points::proposals::{AWARD, WAIVER};

/// What became of an award.
#[derive(Clone, Debug)]
pub enum Awarded {
    Done(Box<Done>),
    /// It waits for a second person under this id; `hit`: it did so before, under the same key.
    Proposed {
        proposal: Id,
        hit: bool,
    },
}

enum Found {
    Before(Decision),
    Fresh(Box<Prepared>),
}

/// What the call's key was answered before: an award, a proposal, or a refusal.
fn awarded_before(decision: Decision) -> Result<Awarded, Error> {
    if let Answer::Ordinary(value) = decision.answer {
        let proposal = serde_json::from_value(value).map_err(|error| Error::Fault(error.to_string()))?;
        return Ok(Awarded::Proposed { proposal, hit: true });
    }
    Ok(Awarded::Done(Box::new(call::done(decision)?)))
}

fn absent() -> Refusal {
    Refusal::NotFound { what: "proposal".into() }
}

fn wrong_state(state: &str) -> Error {
    Refusal::WrongState { what: "proposal".into(), state: state.into() }.into()
}

/// The counter that an approved proposal takes from: it says in the ledger that the award was posted.
fn once_key(id: Id) -> String {
    format!("proposal/{id}")
}

impl Services {
    /// One award, or the proposal of one where the scheme asks for a second person.
    pub async fn award_or_propose(&self, call: &Call, ask: AwardAsk) -> Result<Awarded, Error> {
        let (services, caller, asked) = (self.clone(), call.clone(), ask.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            if let Some(decision) = call::before(tables, &caller)? {
                return Ok(Found::Before(decision));
            }
            let (make, known) = (Permission::MakeAwards, &mut AlreadyRead::default());
            let prepared = services.award_command(tables, &caller, &asked, make, None, known)?;
            Ok(Found::Fresh(Box::new(prepared.alone(tables, &caller)?)))
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
        let made = self.store.write_once(bank, call.request.clone(), move |tables| {
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
        let below = paths.clone();
        let posted = self.store.read(bank, move |tables| {
            let open = tables.proposals_page(&below, "open", days, before, limit)?;
            let used = tables.counters_used(open.iter().map(|row| once_key(row.id)), "all")?;
            let is_posted = |id: &Id| used.get(&once_key(*id)).is_some_and(|used| *used > 0);
            Ok(open.iter().map(|row| row.id).filter(is_posted).collect::<Vec<_>>())
        });
        for id in posted.await? {
            self.close_posted(bank, id).await?;
        }
        self.store.read(bank, move |tables| tables.proposals_page(&paths, state, days, before, limit)).await
    }

    /// Another person agrees: the award is posted as it was proposed.
    pub async fn approve_proposal(&self, call: &Call, id: Id) -> Result<Done, Error> {
        let found = self.once(call, || async move {
            let (services, caller) = (self.clone(), call.clone());
            let command = self.store.read(call.actor.bank, move |tables| {
                let row = open_proposal(tables, &caller, id)?;
                let mut command = services.proposed_command(tables, &caller, &row)?.watch(
                    WatchKind::Proposal,
                    row.id,
                    row.version,
                );
                command.counters.push(CounterTake::once(once_key(id)));
                command.metadata.insert("proposed_by".into(), row.proposed_by.to_string());
                if let Some(source) = command.source.replace(once_key(id)) {
                    command.metadata.insert("source".into(), source);
                }
                Ok(command)
            });
            self.post(call, command.await?).await
        });
        let done = match found.await {
            Ok(done) => done,
            Err(error) => return Err(self.with_names_of_caps(call, error).await),
        };
        if !call.dry_run
            && let Err(error) = self.close_posted(call.actor.bank, id).await
        {
            // The award stands; the next look at the list closes its proposal.
            tracing::warn!(%error, "an approved proposal is not closed yet");
        }
        Ok(done)
    }

    /// What a proposal posts once a second person agrees: an award, or the waiver of what is owed.
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
        let Proposed { ask, scheme_version, .. } = Proposed::of(row)?;
        proposed_without_interest(tables, row, ask.day)?;
        let (right, mut known) = (Permission::ApproveAwards, AlreadyRead::default());
        let prepared = self.award_command(tables, call, &ask, right, Some(scheme_version), &mut known)?;
        let counted = prepared.counted.map(|counted| counted.agreed(tables, row.proposed_by));
        let mut command = prepared.command;
        command.counters.extend(counted.transpose()?);
        Ok(command)
    }

    /// Another person does not agree.
    pub async fn reject_proposal(&self, call: &Call, id: Id) -> Result<(), Error> {
        let caller = call.clone();
        let rejected = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let mut row = open_proposal(tables, &caller, id)?;
            row.state = "rejected".into();
            row.decided_by = Some(caller.actor.user);
            row.decided_at = Some(tables.now);
            row.version = row.version.saturating_add(1);
            tables.update(&row)
        });
        rejected.await.map(|_| ())
    }

    /// Closes a proposal whose award is in the ledger. The posting alone decides; the row only follows, at once or
    /// after a stop in between.
    async fn close_posted(&self, bank: BankId, id: Id) -> Result<(), Error> {
        let closed = self.store.write(bank, move |tables| {
            let mut row = tables.proposal(id)?.ok_or_else(absent)?;
            let filter = EntryFilter { source: Some(once_key(id)), ..EntryFilter::default() };
            let number = tables.entry_numbers(&filter, 1)?.first().copied();
            let Some(entry) = number.map(|number| tables.entry(number)).transpose()?.flatten() else {
                return Err(Error::Fault(format!("proposal {id} is counted, but its entry is not there")));
            };
            if row.state == "open" {
                row.state = "approved".into();
                row.decided_by = Some(entry.actor);
                row.decided_at = Some(entry.recorded_at);
                row.entry_number = Some(entry.number);
                row.version = row.version.saturating_add(1);
                tables.update(&row)?;
            }
            Ok(())
        });
        closed.await
    }
}

/// Who proposed an award must have no interest in it until it is final.
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

/// Whether the award of a proposal stands in the ledger.
fn is_posted(tables: &mut Tables<'_>, id: Id) -> Result<bool, Error> {
    Ok(tables.counter_used(&once_key(id), "all")? > 0)
}

/// A proposal that the caller may decide: within reach, open, made by somebody else.
fn open_proposal(tables: &mut Tables<'_>, call: &Call, id: Id) -> Result<ProposalRow, Error> {
    let row =
        tables.proposal(id)?.filter(|row| [AWARD, WAIVER].contains(&row.kind.as_str())).ok_or_else(absent)?;
    // Proposed for a duplicate that was merged before its proposals were re-pointed: where the one that stays is.
    let path = match tables.member(row.subject_id)?.and_then(|subject| subject.merged_into_id) {
        Some(stays) => tables.member_at(stays)?.1,
        None => tables.org_path(row.org_id)?,
    };
    call.must_reach(Permission::ApproveAwards, &path, absent())?;
    if row.state != "open" {
        return Err(wrong_state(&row.state));
    }
    if is_posted(tables, id)? {
        return Err(wrong_state("approved"));
    }
    another_person(tables, call, [row.proposed_by])?;
    let member = tables.member_that_stays(row.subject_id)?;
    crate::services::access::interest::not_for_oneself(tables, call, &member)?;
    Ok(row)
}

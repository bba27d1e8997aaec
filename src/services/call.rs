//! One call of a use case: who calls, under which key, and whether anything is to be kept.

use super::{Error, Services};
use crate::auth::permissions::{Actor, Permission};
use crate::domain::entry::Receipt;
use crate::domain::refusal::Refusal;
use crate::ledger::{Answer, Command, Decision, Note, Request, repeat};
use crate::store::Tables;
use std::future::Future;

/// Who calls, and how.
#[derive(Clone, Debug)]
pub struct Call {
    pub actor: Actor,
    /// The idempotency key with the digests of the request's fields; required for everything that moves value.
    pub request: Option<Request>,
    /// Decide, but keep nothing.
    pub dry_run: bool,
}

/// An accepted command: what happened, and whether it had happened before under the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub receipt: Receipt,
    pub hit: bool,
}

impl Call {
    /// The actor by itself, without a key: for jobs and tests.
    pub fn of(actor: Actor) -> Self {
        Call { actor, request: None, dry_run: false }
    }

    /// Refuses as "not found" what lies outside the roles' subtrees: absent or out of reach is never told apart.
    pub fn must_reach(&self, permission: Permission, org_path: &str, absent: Refusal) -> Result<(), Error> {
        if self.actor.reaches(permission, org_path) { Ok(()) } else { Err(absent.into()) }
    }
}

impl Services {
    /// Runs a use case that moves value. A key that was used is answered before anything else is looked at, and again
    /// after a refusal: the same request may have gone through a moment ago on another connection.
    pub async fn once<F, W>(&self, call: &Call, work: W) -> Result<Done, Error>
    where
        W: FnOnce() -> F,
        F: Future<Output = Result<Done, Error>>,
    {
        if let Some(done) = self.repeated(call).await? {
            return Ok(done);
        }
        match work().await {
            Err(Error::Refused(refusal)) => match self.repeated(call).await {
                Ok(Some(done)) => Ok(done),
                Ok(None) => Err(refusal.into()),
                // What this very call was refused a moment ago is no repeat.
                Err(Error::RefusedBefore(stored)) if stored == refusal => Err(refusal.into()),
                Err(error) => Err(error),
            },
            other => other,
        }
    }

    /// Runs a use case whose command follows from one snapshot. A key that was used is answered by the ledger, which
    /// looks at it before anything else; where the snapshot refuses the command, it may be because the same request has
    /// gone through before, so that the key is looked at there.
    pub async fn post_from<F>(&self, call: &Call, build: F) -> Result<Done, Error>
    where
        F: FnOnce(&mut Tables<'_>) -> Result<Command, Error> + Send + 'static,
    {
        let asked = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| match build(tables) {
            Ok(command) => Ok(Found::Fresh(Box::new(command))),
            Err(Error::Refused(refusal)) => {
                before(tables, &asked)?.map(Found::Before).ok_or(Error::Refused(refusal))
            }
            Err(error) => Err(error),
        });
        match found.await? {
            Found::Before(decision) => done(decision),
            Found::Fresh(command) => match self.post(call, *command).await {
                // What stands under the key is told also while nothing can be written.
                Err(error @ (Error::Closed(_) | Error::Unavailable(_) | Error::Busy)) => {
                    match self.repeated(call).await {
                        Ok(Some(done)) => Ok(done),
                        Err(refused @ (Error::Refused(_) | Error::RefusedBefore(_))) => Err(refused),
                        _ => Err(error),
                    }
                }
                told => told,
            },
        }
    }

    /// The stored answer of this call's key, if it was used.
    pub(super) async fn repeated(&self, call: &Call) -> Result<Option<Done>, Error> {
        let Some(request) = call.request.as_ref().filter(|_| !call.dry_run) else { return Ok(None) };
        let stored = self.store.answer(call.actor.bank, request.user, request.key.clone()).await?;
        stored.map(|stored| done(repeat(&stored, request))).transpose()
    }

    /// Hands one command to the ledger, or rehearses it.
    pub async fn post(&self, call: &Call, command: Command) -> Result<Done, Error> {
        let bank = call.actor.bank;
        if call.dry_run {
            let mut decisions = self.store.rehearse(bank, vec![command]).await?;
            return decisions.pop().map_or_else(|| Err(Error::Fault("no decision".into())), done);
        }
        done(self.store.submit(bank, command.by_request(call.request.clone())).await?)
    }

    /// A free text for an entry, salted.
    pub fn note(&self, text: Option<String>) -> Option<Note> {
        text.map(|text| Note { salt: self.ids.bytes(), text })
    }
}

enum Found {
    Before(Decision),
    Fresh(Box<Command>),
}

/// What a money move answered under the call's key before, in this snapshot.
pub fn before(tables: &mut Tables<'_>, call: &Call) -> Result<Option<Decision>, Error> {
    let Some(request) = call.request.as_ref().filter(|_| !call.dry_run) else { return Ok(None) };
    Ok(tables.answered(request)?.map(|stored| repeat(&stored, request)))
}

/// A decision as the result of a use case.
pub fn done(decision: Decision) -> Result<Done, Error> {
    match decision.answer {
        Answer::Accepted(receipt) => Ok(Done { receipt: *receipt, hit: decision.hit }),
        Answer::Refused(refusal) if decision.hit => Err(Error::RefusedBefore(refusal)),
        Answer::Refused(refusal) => Err(refusal.into()),
        Answer::Ordinary(_) => Err(Refusal::IdempotencyKeyReused { field: "operation".into() }.into()),
    }
}

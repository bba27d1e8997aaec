//! One call of a use case: the caller, the idempotency key, and whether it is a dry run.

use super::{Error, Services};
use crate::auth::authority::Authority;
use crate::auth::permissions::{Actor, Permission};
use crate::auth::secrets::Sealed;
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::receipt::Receipt;
use crate::domain::refusal::Refusal;
use crate::ledger::{Answer, Command, Decision, Note, Request, repeat};
use crate::store::Tables;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

/// Separates the key of a bulk request from the index of a row. In release 0.1 it was a character that may occur in
/// keys.
pub const ROW_MARK: &str = " #";
pub const OLD_ROW_MARK: &str = "#";

/// The caller and the circumstances of the call.
#[derive(Clone, Debug)]
pub struct Call {
    pub actor: Actor,
    /// The idempotency key with the digests of the request's fields; required for everything that moves value.
    pub request: Option<Request>,
    /// Decide, but write nothing.
    pub dry_run: bool,
}

/// An accepted command: the result, and whether it is the stored one of the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub receipt: Receipt,
    pub hit: bool,
}

/// The part of a list of members' documents that a caller may see.
#[derive(Clone, Debug)]
pub struct Cut {
    /// Subtrees, as paths of organisations. Empty: restricted by the member alone.
    pub paths: Vec<String>,
    pub member: Option<Id>,
}

impl Call {
    /// A call of the actor without a key: for jobs and tests.
    pub fn of(actor: Actor) -> Self {
        Call { actor, request: None, dry_run: false }
    }

    /// Refuses what is outside the roles' subtrees as "not found": absent and out of reach are indistinguishable.
    pub fn must_reach(&self, permission: Permission, org_path: &str, absent: Refusal) -> Result<(), Error> {
        if self.actor.reaches(permission, org_path) { Ok(()) } else { Err(absent.into()) }
    }

    /// Restricts a list of members' documents to what the caller may see; `wanted` is the member to list (the file
    /// that stays). Callers always see the documents of their own member; those of others need a role, and then the
    /// result names its subtrees. `None`: the wanted member is out of reach.
    pub fn cut(&self, permission: Permission, wanted: Option<Id>) -> Result<Option<Cut>, Error> {
        let (paths, own) = (self.actor.paths(permission), self.actor.member);
        if own.is_some() && wanted == own {
            return Ok(Some(Cut { paths: Vec::new(), member: own }));
        }
        if !paths.is_empty() {
            return Ok(Some(Cut { paths, member: wanted }));
        }
        let own = own.ok_or(Refusal::NotFound { what: "member".into() })?;
        Ok(wanted.is_none().then_some(Cut { paths: Vec::new(), member: Some(own) }))
    }
}

impl Services {
    /// Runs a use case whose command is built from one snapshot. The ledger checks the key before anything else. When
    /// the snapshot refuses the command, the key is looked up in the snapshot too: the same request may have
    /// succeeded before.
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
                // A stored answer is returned also while the database cannot be written.
                Err(error @ (Error::Closed(_) | Error::Unavailable(_) | Error::Busy)) => {
                    match self.repeated(call).await {
                        Ok(Some(done)) => Ok(done),
                        Err(refused @ (Error::Refused(_) | Error::RefusedBefore(_))) => Err(refused),
                        _ => Err(error),
                    }
                }
                result => result,
            },
        }
    }

    /// The stored answer of this call's key, if there is one.
    pub(super) async fn repeated(&self, call: &Call) -> Result<Option<Done>, Error> {
        let Some(request) = call.request.as_ref().filter(|_| !call.dry_run) else { return Ok(None) };
        let stored = self.store.answer(call.actor.bank, request.user, request.key.clone()).await?;
        stored.map(|stored| done(repeat(&stored, request))).transpose()
    }

    /// The stored answers of these requests of a bulk, by key.
    pub(super) async fn all_repeated(
        &self,
        call: &Call,
        requests: Vec<Request>,
    ) -> Result<HashMap<String, Result<Done, Error>>, Error> {
        if requests.is_empty() || call.dry_run {
            return Ok(HashMap::new());
        }
        let found = self.store.read_primary(call.actor.bank, move |tables| {
            let stored = tables.all_answered(&requests)?;
            let repeated = requests.iter().filter_map(|request| {
                Some((request.key.clone(), done(repeat(stored.get(&request.key)?, request))))
            });
            Ok(repeated.collect())
        });
        found.await
    }

    /// An ordinary write, once under the call's key: a repeat returns the first answer and `true`. A stored answer is
    /// also returned while the database cannot be written.
    pub async fn write<T, F>(&self, call: &Call, run: F) -> Result<(T, bool), Error>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut Tables<'_>) -> Result<T, Error> + Send + 'static,
    {
        self.write_as(call, (to_plain, read_plain), run).await
    }

    /// A write that posts one entry or is refused by the ledger: both are stored under the key.
    pub(super) async fn write_posting<F>(&self, call: &Call, run: F) -> Result<Done, Error>
    where
        F: Fn(&mut Tables<'_>) -> Result<Result<Done, Refusal>, Error> + Send + 'static,
    {
        // The ledger stores its answers itself.
        let keep = |_: &Result<Done, Refusal>| Ok(None);
        let restore = |answer| done(Decision { answer, hit: true }).map(Ok);
        Ok(self.write_as(call, (keep, restore), run).await?.0?)
    }

    /// The same, with its own form for stored answers. A dry run is rolled back.
    pub(super) async fn write_as<T, K, L, F>(
        &self,
        call: &Call,
        (keep, restore): (K, L),
        run: F,
    ) -> Result<(T, bool), Error>
    where
        T: Send + 'static,
        K: Fn(&T) -> Result<Option<Answer>, Error> + Send + 'static,
        L: Fn(Answer) -> Result<T, Error> + Clone + Send + 'static,
        F: Fn(&mut Tables<'_>) -> Result<T, Error> + Send + 'static,
    {
        let bank = call.actor.bank;
        if call.dry_run {
            let done = self.store.write(bank, move |tables| tables.undone(&run)).await;
            return done.map(|done| (done, false));
        }
        match self.store.write_once(bank, call.request.clone(), (keep, restore.clone()), run).await {
            Err(error @ (Error::Closed(_) | Error::Unavailable(_) | Error::Busy)) => {
                let answer = self.answered_before(call).await?.ok_or(error)?;
                Ok((restore(answer)?, true))
            }
            written => written,
        }
    }

    /// Decides the command of a write, under the key of its call. A dry run has neither number nor hash.
    pub(super) fn decide(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        command: Command,
    ) -> Result<Result<Done, Refusal>, Error> {
        let request = call.request.clone().filter(|_| !call.dry_run);
        let decision = tables.decide(&command.by_request(request))?;
        if let Answer::Refused(refusal) = decision.answer {
            return Ok(Err(refusal));
        }
        let mut done = done(decision)?;
        if call.dry_run {
            (done.receipt.number, done.receipt.hash) = (0, String::new());
        }
        Ok(Ok(done))
    }

    /// The stored answer of this call's key, if it was used for the same request.
    pub(super) async fn answered_before(&self, call: &Call) -> Result<Option<Answer>, Error> {
        let Some(request) = &call.request else { return Ok(None) };
        let Some(stored) = self.store.answer(call.actor.bank, request.user, request.key.clone()).await?
        else {
            return Ok(None);
        };
        let Decision { answer, hit } = repeat(&stored, request);
        match answer {
            Answer::Refused(refusal) if hit => Err(Error::RefusedBefore(refusal)),
            Answer::Refused(refusal) => Err(refusal.into()),
            Answer::Unreadable => Err(Error::unreadable()),
            answer => {
                request.repeated.set();
                Ok(Some(answer))
            }
        }
    }

    /// An ordinary write whose answer is confidential: it is stored sealed. A refusal to keep (a counted attempt) is
    /// the inner result; it is not stored under the key.
    pub async fn write_sealed<T, F>(&self, call: &Call, run: F) -> Result<T, Error>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut Tables<'_>) -> Result<Result<T, Refusal>, Error> + Send + 'static,
    {
        let (bank, user) = (call.actor.bank, call.actor.user);
        Ok(self.write_sealed_for(bank, user, call.request.clone(), run).await?.0?)
    }

    /// The same for a user without a session, and whether the answer is a repeat.
    pub(super) async fn write_sealed_for<T, F>(
        &self,
        bank: BankId,
        user: Id,
        request: Option<Request>,
        run: F,
    ) -> Result<(Result<T, Refusal>, bool), Error>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: Fn(&mut Tables<'_>) -> Result<Result<T, Refusal>, Error> + Send + 'static,
    {
        let envelope = self.envelope(bank, user);
        let opening = envelope.clone();
        let keep = move |result: &Result<T, Refusal>| {
            let kept = result.as_ref().ok();
            kept.map(|value| envelope.seal(value)).transpose()
        };
        let restore = move |answer: Answer| opening.open(&answer).map(Ok);
        self.store.write_once(bank, request, (keep, restore), run).await
    }

    /// Key and context with which answers to one user are sealed.
    pub(super) fn envelope(&self, bank: BankId, user: Id) -> Envelope {
        Envelope { authority: Arc::clone(&self.authority), bank, user }
    }

    /// A read with an idempotency key: a repeat returns the same answer. Without a key, and while the database cannot
    /// be written, it is evaluated each time.
    pub async fn look_up_once<T, F>(&self, call: &Call, look: F) -> Result<T, Error>
    where
        T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
        F: Future<Output = Result<T, Error>>,
    {
        if call.request.is_none() {
            return look.await;
        }
        if let Some(stored) = self.sealed_before(call).await? {
            return Ok(stored);
        }
        let found = look.await?;
        let kept = found.clone();
        match self.write_sealed(call, move |_| Ok(Ok(kept.clone()))).await {
            Err(Error::Closed(_) | Error::Unavailable(_) | Error::Busy) => Ok(found),
            result => result,
        }
    }

    /// The stored answer of a sealed write under this key.
    pub(super) async fn sealed_before<T: DeserializeOwned>(&self, call: &Call) -> Result<Option<T>, Error> {
        let answer = self.answered_before(call).await?;
        answer.map(|answer| self.envelope(call.actor.bank, call.actor.user).open(&answer)).transpose()
    }

    /// Submits one command to the ledger, or rehearses it.
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

/// The stored answer of the call's key for an operation that moves value, in this snapshot.
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
        Answer::Ordinary(_) | Answer::Sealed(_) => Err(other_request()),
        Answer::Unreadable => Err(Error::unreadable()),
    }
}

pub(super) fn to_plain<T: Serialize>(value: &T) -> Result<Option<Answer>, Error> {
    let value = serde_json::to_value(value).map_err(|error| Error::Fault(error.to_string()))?;
    Ok(Some(Answer::Ordinary(value)))
}

pub(super) fn read_plain<T: DeserializeOwned>(answer: Answer) -> Result<T, Error> {
    match answer {
        Answer::Ordinary(value) => {
            let read = serde_json::from_value(value);
            read.map_err(|error| Error::Fault(format!("a stored answer cannot be read: {error}")))
        }
        _ => Err(other_request()),
    }
}

/// A decision that must be accepted, or nothing else is written.
pub fn accepted(decision: Decision) -> Result<Decision, Error> {
    match (&decision.answer, decision.hit) {
        (Answer::Refused(refusal), false) => Err(refusal.clone().into()),
        _ => Ok(decision),
    }
}

/// The key belongs to a request of another kind.
fn other_request() -> Error {
    Refusal::IdempotencyKeyReused { field: "operation".into() }.into()
}

/// Seals and opens the stored answers of one user (`Sealed::Answer`).
#[derive(Clone)]
pub(super) struct Envelope {
    authority: Arc<Authority>,
    bank: BankId,
    user: Id,
}

impl Envelope {
    pub fn seal<T: Serialize>(&self, value: &T) -> Result<Answer, Error> {
        let text = serde_json::to_string(value).map_err(|error| Error::Fault(error.to_string()))?;
        let blob = self.authority.secrets.seal(Sealed::Answer, self.bank, self.user, &text)?;
        Ok(Answer::Sealed(hex::encode(blob)))
    }

    pub fn open<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Error> {
        let Answer::Sealed(blob) = answer else { return Err(other_request()) };
        let blob = hex::decode(blob).map_err(|error| Error::Fault(error.to_string()))?;
        let text = self.authority.secrets.unseal(Sealed::Answer, self.bank, self.user, &blob)?;
        serde_json::from_str(&text).map_err(|error| Error::Fault(error.to_string()))
    }
}

//! One use case for every step of every life cycle. The table says who may take it, from which state, apart from whom
//! and what is written; what no column expresses is a function of the thing ([`HasLifeCycle`]). Rows change in the writer's
//! own transaction, where nothing changes between read and write, and what a step posts is decided there too: one
//! commit. A document changes with its entry, so that its command shares a batch with all others.

use super::access::interest::{
    is_caller, is_ones_file, not_for_oneself, not_for_oneself_since, not_ones_own_shop,
};
use super::call::{Done, done, read_plain, to_plain};
use super::{Call, Error, Services};
use crate::domain::id::Id;
use crate::domain::life_cycle::{Answers, Interest, LifeCycle, Sets, Step, Whose};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::ledger::{Answer, Command, Decision};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use crate::store::shops::merchants::MerchantRow;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::future::Future;

/// The members of a request's body that the step writes.
pub type Params = Map<String, Value>;

/// A request with a reason.
pub fn because(reason: Option<String>) -> Params {
    reason.map(|reason| ("reason".to_owned(), Value::String(reason))).into_iter().collect()
}

/// The organisation, shop and member of a thing.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The path of its organisation.
    pub path: String,
    /// The shop that it is about.
    pub shop: Option<MerchantRow>,
    /// The member that it is about.
    pub member: Option<MemberRow>,
}

/// A thing with a life cycle.
pub trait HasLifeCycle: Clone + Serialize + DeserializeOwned + Send + 'static {
    const CYCLE: &'static LifeCycle;
    /// Whether it is a document, which only its command writes.
    const IS_DOCUMENT: bool = false;
    /// Whether its effect, or the ledger, refuses a wrong state with a refusal of its own.
    const STATE_IS_CHECKED_BY_EFFECT: bool = false;

    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error>;

    fn save(&self, tables: &mut Tables<'_>) -> Result<(), Error>;

    fn state(&self) -> &str;

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error>;

    /// Its name in a message about a step: that of a record's activity.
    fn title(&self, _: &mut Tables<'_>) -> Result<Option<String>, Error> {
        Ok(None)
    }

    /// Whether the caller reaches it, for a step whose table leaves that to a function.
    fn is_reached(&self, _: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        Ok(false)
    }

    /// Whether the step may begin in this state: the table decides, unless a thing overrides it.
    fn may_begin(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        Ok(context.step.from.contains(&self.state()))
    }

    /// Rewords an error for the thing: the ledger knows only accounts and counters.
    fn in_words(services: &Services, call: &Call, error: Error) -> impl Future<Output = Error> + Send {
        services.with_names_of_caps(call, error)
    }

    /// What the table does not express: further conditions, other changes, and what is posted. It receives the thing
    /// as it will be and may still change it. An effect that returns a command writes nothing itself: a refusal of
    /// the ledger is committed under the key, and with it everything else that this write has done.
    fn effect(&mut self, _: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        Ok(None)
    }
}

/// The three functions of [`HasLifeCycle`] of a row that is found by its id, written under its version, and whose state is
/// a column.
macro_rules! versioned_row {
    () => {
        fn find(
            tables: &mut $crate::store::Tables<'_>,
            id: $crate::domain::id::Id,
        ) -> Result<Option<Self>, $crate::services::Error> {
            tables.find(id)
        }

        fn save(&self, tables: &mut $crate::store::Tables<'_>) -> Result<(), $crate::services::Error> {
            tables.update(self)
        }

        fn state(&self) -> &str {
            &self.state
        }
    };
}
pub(crate) use versioned_row;

/// The same of a proposal of one kind, which is wrapped in a type of its own.
macro_rules! proposal_of_kind {
    ($kind:expr) => {
        fn find(
            tables: &mut $crate::store::Tables<'_>,
            id: $crate::domain::id::Id,
        ) -> Result<Option<Self>, $crate::services::Error> {
            Ok(tables.proposal(id)?.filter(|row| row.kind == $kind).map(Self))
        }

        fn save(&self, tables: &mut $crate::store::Tables<'_>) -> Result<(), $crate::services::Error> {
            tables.update(&self.0)
        }

        fn state(&self) -> &str {
            &self.0.state
        }
    };
}
pub(crate) use proposal_of_kind;

/// A step in progress.
pub struct StepContext<'t, 'c> {
    pub services: &'t Services,
    pub tables: &'t mut Tables<'c>,
    pub call: &'t Call,
    pub step: &'static Step,
    pub params: &'t Params,
    pub place: Place,
    /// The thing before the step, as JSON.
    whole: Value,
}

impl<'t, 'c> StepContext<'t, 'c> {
    pub fn begin<T: HasLifeCycle>(
        services: &'t Services,
        tables: &'t mut Tables<'c>,
        call: &'t Call,
        (step, params): (&'static Step, &'t Params),
        thing: &T,
    ) -> Result<Self, Error> {
        let place = thing.place(tables)?;
        Ok(StepContext { services, tables, call, step, params, place, whole: json(thing)? })
    }

    /// A member of the thing before the step.
    pub fn member<V: DeserializeOwned>(&self, member: &str) -> Result<V, Error> {
        let value = self.whole.get(member).ok_or_else(|| self.lacks(member))?;
        V::deserialize(value).map_err(|error| Error::Fault(error.to_string()))
    }

    fn lacks(&self, member: &str) -> Error {
        Error::Fault(format!("{}: the thing has no {member}", self.step.name))
    }

    pub fn is(&self, step: &Step) -> bool {
        self.step.is(step)
    }

    /// The reason in the request.
    pub fn reason(&self) -> String {
        self.text("reason")
    }

    /// A text in the request.
    pub fn text(&self, member: &str) -> String {
        self.params.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// A member of the request that its handler has parsed.
    pub fn param<V: DeserializeOwned>(&self, member: &str) -> Result<V, Error> {
        let value = self.params.get(member).cloned().unwrap_or_default();
        serde_json::from_value(value).map_err(|error| Error::Fault(error.to_string()))
    }

    /// Whether one of the step's rights reaches the organisation with this path.
    pub fn reaches(&self, path: &str) -> bool {
        self.step.rights.iter().any(|right| self.call.actor.reaches(*right, path))
    }
}

/// The result of a step.
#[derive(Clone, Debug)]
pub enum Stepped<T> {
    /// The thing after the step; `None` if the step answers nothing.
    Changed(Option<T>),
    Posted(Box<Done>),
}

impl<T> Stepped<T> {
    /// The receipt of a step that posts.
    pub fn posted(self) -> Result<Done, Error> {
        match self {
            Stepped::Posted(done) => Ok(*done),
            Stepped::Changed(_) => Err(Error::Fault("a step that posts has not".into())),
        }
    }

    /// The thing after a step that shows it.
    pub fn changed(self) -> Result<T, Error> {
        match self {
            Stepped::Changed(Some(thing)) => Ok(thing),
            _ => Err(Error::Fault("a step does not show what it changed".into())),
        }
    }
}

impl Services {
    /// Takes a step with the thing of this id.
    pub async fn step<T: HasLifeCycle>(
        &self,
        call: &Call,
        step: &'static Step,
        id: Id,
        params: Params,
    ) -> Result<Stepped<T>, Error> {
        match self.take_step(call, step, id, params).await {
            Err(error) => Err(T::in_words(self, call, error).await),
            stepped => stepped,
        }
    }

    /// The thing of this id, and the steps that the caller may take with it now: by right, reach and state, apart
    /// from others. What an effect still refuses shows when the step is taken.
    pub async fn open_steps<T: HasLifeCycle>(
        &self,
        call: &Call,
        id: Id,
    ) -> Result<(T, Vec<&'static Step>), Error> {
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let thing = T::find(tables, id)?.ok_or(Refusal::absent(T::CYCLE.thing))?;
            let mut open = Vec::new();
            for step in T::CYCLE.steps.iter().copied() {
                if step.rights.iter().any(|right| caller.actor.may(*right))
                    && services.is_open(tables, &caller, step, &thing)?
                {
                    open.push(step);
                }
            }
            Ok((thing, open))
        });
        found.await
    }

    fn is_open<T: HasLifeCycle>(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        step: &'static Step,
        thing: &T,
    ) -> Result<bool, Error> {
        let params = Params::new();
        let mut context = StepContext::begin(self, tables, call, (step, &params), thing)?;
        if !step.from.contains(&thing.state()) {
            return Ok(false);
        }
        let checked = must_reach(thing, &mut context).and_then(|()| {
            let begins = thing.may_begin(&mut context)?;
            must_be_apart(&mut context).map(|()| begins)
        });
        match checked {
            Err(Error::Refused(_)) => Ok(false),
            checked => checked,
        }
    }

    async fn take_step<T: HasLifeCycle>(
        &self,
        call: &Call,
        step: &'static Step,
        id: Id,
        params: Params,
    ) -> Result<Stepped<T>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        if T::IS_DOCUMENT && step.posts() {
            let command = self.post_from(call, move |tables| {
                let (_, command) = services.prepare::<T>(tables, &caller, step, id, &params)?;
                command.ok_or_else(|| Error::Fault(format!("{} posts nothing", step.name)))
            });
            return Ok(Stepped::Posted(Box::new(command.await?)));
        }
        let log = self.next_id();
        let written = self.write_as(call, (to_answer::<T>, read_answer::<T>), move |tables| {
            let (mut thing, command) = services.prepare::<T>(tables, &caller, step, id, &params)?;
            let mut posted = None;
            if let Some(command) = command {
                let entered = match services.decide(tables, &caller, command)? {
                    Ok(entered) => entered,
                    Err(refusal) => return Ok(Err(refusal)),
                };
                if let Some(member) = step.entry() {
                    thing = numbered(&thing, member, entered.receipt.number)?;
                }
                posted = Some(Stepped::Posted(Box::new(entered)));
            }
            thing.save(tables)?;
            services.tell_of_step(tables, &caller, (step, id), &thing)?;
            if step.logged {
                log_step::<T>(tables, &caller, step, (log, id), &params)?;
            }
            let shown = (step.answers == Answers::Thing).then_some(thing);
            Ok(Ok(posted.unwrap_or(Stepped::Changed(shown))))
        });
        Ok(written.await?.0?)
    }

    /// Checks everything that the table and the thing demand, and sets what the step sets.
    pub(in crate::services) fn prepare<T: HasLifeCycle>(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        step: &'static Step,
        id: Id,
        params: &Params,
    ) -> Result<(T, Option<Command>), Error> {
        let absent = || Refusal::absent(T::CYCLE.thing);
        let thing = T::find(tables, id)?.ok_or_else(absent)?;
        let mut context = StepContext::begin(self, tables, call, (step, params), &thing)?;
        must_reach(&thing, &mut context)?;
        if !T::STATE_IS_CHECKED_BY_EFFECT && !thing.may_begin(&mut context)? {
            return Err(wrong_state(&thing).into());
        }
        must_be_apart(&mut context)?;
        let mut thing: T = context.set()?;
        let command = thing.effect(&mut context)?;
        Ok((thing, command))
    }
}

/// The refusal of a step that the state of a thing does not allow.
pub fn wrong_state<T: HasLifeCycle>(thing: &T) -> Refusal {
    Refusal::WrongState { what: T::CYCLE.thing.into(), state: thing.state().into() }
}

fn must_reach<T: HasLifeCycle>(thing: &T, context: &mut StepContext<'_, '_>) -> Result<(), Error> {
    let reached = match context.step.whose {
        Whose::Within => context.reaches(&context.place.path),
        Whose::Bank => context.step.rights.iter().any(|right| context.call.actor.may(*right)),
        Whose::Shop => match &context.place.shop {
            Some(shop) => context
                .step
                .rights
                .iter()
                .any(|right| context.call.must_work_for(*right, shop, &context.place.path).is_ok()),
            None => false,
        },
        Whose::By(member) => context.member::<Option<Id>>(member)? == Some(context.call.actor.user),
        Whose::Special => thing.is_reached(context)?,
    };
    if reached { Ok(()) } else { Err(Refusal::absent(T::CYCLE.thing).into()) }
}

/// Refuses a caller who took one of the earlier steps, or has a conflict of interest in this one.
pub fn must_be_apart(context: &mut StepContext<'_, '_>) -> Result<(), Error> {
    let (call, step) = (context.call, context.step);
    for member in step.apart {
        let Some(earlier) = context.member::<Option<Id>>(member)? else { continue };
        // A guarantor is given as a user or as a member.
        if is_caller(context.tables, call, earlier)? || is_ones_file(context.tables, call, earlier)? {
            return Err(Refusal::SamePerson.into());
        }
    }
    match (step.interest, &context.place.member, &context.place.shop) {
        (Interest::None, ..) => Ok(()),
        (Interest::Member, Some(member), _) => not_for_oneself(context.tables, call, member),
        (Interest::MemberSince(since), Some(member), _) => {
            let since: Option<Moment> = context.member(since)?;
            let since = since.unwrap_or(context.tables.now);
            not_for_oneself_since(context.tables, call, member, since)
        }
        (Interest::Shop, _, Some(shop)) => not_ones_own_shop(context.tables, call, shop),
        (interest, ..) => {
            Err(Error::Fault(format!("{}: {interest:?} without a member or a shop", step.name)))
        }
    }
}

impl StepContext<'_, '_> {
    /// The thing with state, version and everything else that the step sets.
    fn set<T: HasLifeCycle>(&self) -> Result<T, Error> {
        let version: i64 = self.member("version")?;
        let mut whole = self.whole.clone();
        let mut put = |member: &str, value: Value| match whole.get_mut(member) {
            Some(place) => {
                *place = value;
                Ok(())
            }
            None => Err(self.lacks(member)),
        };
        put("state", self.step.to.into())?;
        put("version", version.saturating_add(1).into())?;
        for sets in self.step.sets {
            match sets {
                Sets::By(member) => put(member, json(&self.call.actor.user)?)?,
                Sets::At(member) => put(member, json(&self.tables.now)?)?,
                Sets::Param(member) => put(member, self.params.get(*member).cloned().unwrap_or_default())?,
                Sets::Nothing(member) => put(member, Value::Null)?,
                // Known only after the decision.
                Sets::Entry(_) => {}
            }
        }
        serde_json::from_value(whole).map_err(|error| Error::Fault(error.to_string()))
    }
}

fn json<V: Serialize>(value: &V) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|error| Error::Fault(error.to_string()))
}

/// The thing with the number of its entry.
fn numbered<T: HasLifeCycle>(thing: &T, member: &str, number: i64) -> Result<T, Error> {
    let mut whole = json(thing)?;
    if let Some(place) = whole.get_mut(member) {
        *place = number.into();
    }
    serde_json::from_value(whole).map_err(|error| Error::Fault(error.to_string()))
}

/// Logs a step with a thing in the access log.
fn log_step<T: HasLifeCycle>(
    tables: &mut Tables<'_>,
    call: &Call,
    step: &Step,
    (log, subject): (Id, Id),
    params: &Params,
) -> Result<(), Error> {
    tables.log_act(
        log,
        call.actor.user,
        step.name,
        (T::CYCLE.thing, Some(subject)),
        params.get("reason").and_then(Value::as_str).map(str::to_owned),
    )
}

type Written<T> = Result<Stepped<T>, Refusal>;

/// The stored answer: the thing as it is shown. An entry is stored by the ledger.
fn to_answer<T: HasLifeCycle>(written: &Written<T>) -> Result<Option<Answer>, Error> {
    match written {
        Ok(Stepped::Changed(thing)) => to_plain(thing),
        _ => Ok(None),
    }
}

/// A stored answer as the result of the step.
fn read_answer<T: HasLifeCycle>(answer: Answer) -> Result<Written<T>, Error> {
    match answer {
        Answer::Ordinary(_) => Ok(Ok(Stepped::Changed(read_plain(answer)?))),
        _ => Ok(Ok(Stepped::Posted(Box::new(done(Decision { answer, hit: true })?)))),
    }
}

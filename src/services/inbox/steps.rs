//! Messages about steps of life cycles, to the recipients in the table (`tells`).

use super::{Message, To};
use crate::domain::id::Id;
use crate::domain::life_cycle::{Step, Tells};
use crate::services::step::HasLifeCycle;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use serde_json::Value;

/// The user in a member of a thing.
fn user_in<T: HasLifeCycle>(thing: &T, member: &str) -> Result<Option<Id>, Error> {
    let fault = |error: serde_json::Error| Error::Fault(error.to_string());
    let whole = serde_json::to_value(thing).map_err(fault)?;
    serde_json::from_value(whole.get(member).cloned().unwrap_or(Value::Null)).map_err(fault)
}

impl Services {
    /// Sends the messages of a step: one for each recipient, none to the caller. A step that did not reach its final state
    /// (an approval that needs a second one) sends none.
    pub(in crate::services) fn tell_of_step<T: HasLifeCycle>(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        (step, id): (&'static Step, Id),
        thing: &T,
    ) -> Result<(), Error> {
        if step.tells.is_empty() || thing.state() != step.to {
            return Ok(());
        }
        let member = thing.place(tables)?.member.map(|member| member.id);
        let mut told = Vec::new();
        for tells in step.tells {
            let to = match tells {
                Tells::Member => member.map(To::Member),
                Tells::By(name) => match user_in(thing, name)? {
                    Some(user) => match tables.user(user)?.and_then(|user| user.member_id) {
                        Some(own) if Some(own) == member => Some(To::Member(own)),
                        _ => Some(To::User(user)),
                    },
                    None => None,
                },
            };
            told.extend(to.filter(|to| !is_caller(call, *to)));
        }
        told.dedup();
        let (step, thing_name) = (step.name.to_owned(), T::CYCLE.thing.to_owned());
        let message = Message::Stepped { step, thing: thing_name, id, what: thing.title(tables)? };
        told.into_iter().try_for_each(|to| self.tell(tables, to, &message))
    }
}

/// Whether a message would go to who has caused it.
fn is_caller(call: &Call, to: To) -> bool {
    match to {
        To::Member(member) => call.actor.member == Some(member),
        To::User(user) => call.actor.user == user,
    }
}

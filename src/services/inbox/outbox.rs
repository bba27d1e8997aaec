//! The outbox: for each message the deliveries by the channels that the bank has and the recipient has not declined.
//! They are rows of the commit of their message.

use super::{Message, To};
use crate::auth::secrets::Sealed;
use crate::domain::delivery::DUE;
use crate::domain::id::Id;
use crate::domain::message::Topic;
use crate::senders::{FILE, MAIL};
use crate::services::{Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use crate::store::schema::MessageRow;
pub use crate::store::schema::{ChoiceRow, DeliveryRow, WebhookRow};
use serde::{Deserialize, Serialize};

/// A channel and a topic that a recipient does not want by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Declined {
    pub channel: String,
    pub topic: Topic,
}

/// A message with its deliveries.
#[derive(Clone, Debug)]
pub struct Post {
    pub message: MessageRow,
    pub deliveries: Vec<DeliveryRow>,
}

/// The channels by which messages leave a bank.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    server: Vec<&'static str>,
    /// Each active hook with its topics.
    hooks: Vec<(WebhookRow, Vec<Topic>)>,
}

impl Channels {
    pub fn is_empty(&self) -> bool {
        self.server.is_empty() && self.hooks.is_empty()
    }

    /// The codes of the hooks for a topic.
    pub fn hooks_for(&self, topic: Topic) -> Vec<String> {
        let hooks = self.hooks.iter().filter(|(_, topics)| topics.contains(&topic));
        hooks.map(|(hook, _)| hook.code.clone()).collect()
    }
}

/// The person behind a recipient.
pub(super) struct Person {
    /// The id of their choices: the member's, or the user's if the user is none.
    pub id: Id,
    pub member: Option<MemberRow>,
}

/// The person that a message goes to; `None` if there is no such row any more.
pub(super) fn person(tables: &mut Tables<'_>, to: To) -> Result<Option<Person>, Error> {
    let member = match to {
        To::Member(member) => Some(member),
        To::User(user) => match tables.user(user)? {
            Some(row) => row.member_id,
            None => return Ok(None),
        },
    };
    let member = member.map(|member| tables.member_that_stays(member)).transpose()?;
    let id = match (&member, to) {
        (Some(member), _) => member.id,
        (None, To::Member(id) | To::User(id)) => id,
    };
    Ok(Some(Person { id, member }))
}

/// What a recipient has declined.
pub(super) fn declined(choice: Option<&ChoiceRow>) -> Result<Vec<Declined>, Error> {
    let Some(choice) = choice else { return Ok(Vec::new()) };
    serde_json::from_str(&choice.declined)
        .map_err(|error| Error::Fault(format!("choices {}: {error}", choice.id)))
}

/// The topics that a hook is for.
pub fn topics(hook: &WebhookRow) -> Result<Vec<Topic>, Error> {
    serde_json::from_str(&hook.topics).map_err(|error| Error::Fault(format!("hook {}: {error}", hook.code)))
}

impl Services {
    /// The channels by which messages leave the bank now.
    pub(in crate::services) fn channels(&self, tables: &mut Tables<'_>) -> Result<Channels, Error> {
        let mut hooks = Vec::new();
        for hook in tables.webhooks()?.into_iter().filter(|hook| hook.state == "active") {
            let topics = topics(&hook)?;
            hooks.push((hook, topics));
        }
        Ok(Channels { server: self.senders.channels(), hooks })
    }

    /// A message with its deliveries, not yet written.
    pub(super) fn post_to(
        &self,
        tables: &mut Tables<'_>,
        channels: &Channels,
        to: To,
        message: &Message,
    ) -> Result<Post, Error> {
        let row = self.message_row(tables, to, message)?;
        let deliveries = match channels.is_empty() {
            true => Vec::new(),
            false => self.deliveries_of(tables, channels, to, message.topic(), row.id)?,
        };
        Ok(Post { message: row, deliveries })
    }

    fn deliveries_of(
        &self,
        tables: &mut Tables<'_>,
        channels: &Channels,
        to: To,
        topic: Topic,
        message: Id,
    ) -> Result<Vec<DeliveryRow>, Error> {
        let Some(person) = person(tables, to)? else { return Ok(Vec::new()) };
        let choice: Option<ChoiceRow> = tables.find(person.id)?;
        let declined = declined(choice.as_ref())?;
        let wants = |channel: &str| !declined.iter().any(|one| one.channel == channel && one.topic == topic);
        let has_mail = choice.as_ref().is_some_and(|choice| choice.mail_confirmed_at.is_some());
        let has_phone = person.member.as_ref().is_some_and(|member| member.phone_sealed.is_some());
        let mut by = Vec::new();
        by.extend(channels.server.iter().copied().filter(|channel| match *channel {
            FILE => true,
            MAIL => has_mail && wants(MAIL),
            _ => false,
        }));
        let hooks = channels
            .hooks
            .iter()
            .filter(|(hook, topics)| has_phone && topics.contains(&topic) && wants(&hook.code));
        by.extend(hooks.map(|(hook, _)| hook.code.as_str()));
        Ok(by.into_iter().map(|channel| self.delivery(tables, message, channel)).collect())
    }

    /// Whether a recipient's file has a phone number.
    pub(in crate::services) fn has_phone(&self, tables: &mut Tables<'_>, to: To) -> Result<bool, Error> {
        let member = person(tables, to)?.and_then(|person| person.member);
        Ok(member.is_some_and(|member| member.phone_sealed.is_some()))
    }

    /// A new delivery, due at once.
    pub(in crate::services) fn delivery(
        &self,
        tables: &Tables<'_>,
        message: Id,
        channel: &str,
    ) -> DeliveryRow {
        DeliveryRow {
            bank_id: tables.bank,
            id: self.next_id(),
            message_id: message,
            channel: channel.to_owned(),
            state: DUE.into(),
            attempts: 0,
            due_at: tables.now,
            leased_until: None,
            failure: None,
            answer: None,
            made_at: tables.now,
            ended_at: None,
            version: 1,
        }
    }

    /// The mail address in a recipient's choices.
    pub(super) fn mail_of(&self, choice: &ChoiceRow) -> Result<Option<String>, Error> {
        let unseal =
            |blob: &Vec<u8>| self.authority.secrets.unseal(Sealed::Mail, choice.bank_id, choice.id, blob);
        Ok(choice.mail_sealed.as_ref().map(unseal).transpose()?)
    }
}

impl Post {
    pub(super) fn insert(&self, tables: &mut Tables<'_>) -> Result<(), Error> {
        tables.insert(&self.message)?;
        self.deliveries.iter().try_for_each(|delivery| tables.insert(delivery))
    }
}

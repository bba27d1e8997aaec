//! What a recipient wants to be sent, by topic and channel, and their mail address.

use super::To;
use super::outbox::{ChoiceRow, Declined, declined, person, topics};
use crate::auth::secrets::Sealed;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::message::Topic;
use crate::domain::refusal::Refusal;
use crate::senders::MAIL;
use crate::services::{Call, Error, Services};
use crate::store::Tables;

/// A channel that messages may be sent by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelOffer {
    pub channel: String,
    /// The name that the bank gave it; none for mail.
    pub name: Option<String>,
    /// What it is used for.
    pub topics: Vec<Topic>,
}

/// The choices of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    pub mail: Option<String>,
    pub language: Language,
    pub declined: Vec<Declined>,
    pub channels: Vec<ChannelOffer>,
    /// The caller has a phone number in the own file.
    pub has_phone: bool,
}

/// New choices.
#[derive(Clone, Debug)]
pub struct ChoicesAsk {
    pub mail: Option<String>,
    pub language: Language,
    pub declined: Vec<Declined>,
}

impl Services {
    /// The caller's choices, and what there is to choose from.
    pub async fn message_choices(&self, call: &Call) -> Result<Choices, Error> {
        let (services, user) = (self.clone(), call.actor.user);
        self.store.read(call.actor.bank, move |tables| services.choices(tables, user)).await
    }

    fn choices(&self, tables: &mut Tables<'_>, user: Id) -> Result<Choices, Error> {
        let person = person(tables, To::User(user))?.ok_or(Refusal::absent("user"))?;
        let choice: Option<ChoiceRow> = tables.find(person.id)?;
        let mail = match &choice {
            Some(choice) => self.mail_of(choice)?,
            None => None,
        };
        let language = choice.as_ref().and_then(|choice| Language::parse(&choice.language));
        Ok(Choices {
            mail,
            language: language.unwrap_or(Language::Chinese),
            declined: declined(choice.as_ref())?,
            channels: self.channel_offers(tables)?,
            has_phone: person.member.is_some_and(|member| member.phone_sealed.is_some()),
        })
    }

    fn channel_offers(&self, tables: &mut Tables<'_>) -> Result<Vec<ChannelOffer>, Error> {
        let mut offers = Vec::new();
        if self.senders.has_mail() {
            offers.push(ChannelOffer { channel: MAIL.into(), name: None, topics: Topic::ALL.to_vec() });
        }
        for hook in tables.webhooks()?.into_iter().filter(|hook| hook.state == "active") {
            let topics = topics(&hook)?;
            offers.push(ChannelOffer { channel: hook.code, name: Some(hook.name), topics });
        }
        Ok(offers)
    }

    /// Replaces the caller's choices. What was declined of a channel that is not in use now is kept.
    pub async fn choose_messages(&self, call: &Call, ask: ChoicesAsk) -> Result<(), Error> {
        let (services, user) = (self.clone(), call.actor.user);
        let chosen = self.write(call, move |tables| {
            let person = person(tables, To::User(user))?.ok_or(Refusal::absent("user"))?;
            let before: Option<ChoiceRow> = tables.find(person.id)?;
            let offers = services.channel_offers(tables)?;
            let is_offered = |one: &Declined| offers.iter().any(|offer| offer.channel == one.channel);
            if let Some(other) = ask.declined.iter().find(|one| !is_offered(one)) {
                return Err(Refusal::ChannelUnknown { channel: other.channel.clone() }.into());
            }
            let mut all = declined(before.as_ref())?;
            all.retain(|one| !is_offered(one));
            all.extend(ask.declined.iter().cloned());
            all.sort();
            all.dedup();
            let seal =
                |mail: &String| services.authority.secrets.seal(Sealed::Mail, tables.bank, person.id, mail);
            let row = ChoiceRow {
                bank_id: tables.bank,
                id: person.id,
                mail_sealed: ask.mail.as_ref().map(seal).transpose()?,
                language: ask.language.code().into(),
                declined: serde_json::to_string(&all).map_err(|error| Error::Fault(error.to_string()))?,
                changed_at: tables.now,
                version: before.as_ref().map_or(1, |before| before.version.saturating_add(1)),
            };
            if before.is_some() { tables.update(&row) } else { tables.insert(&row) }
        });
        chosen.await.map(|_| ())
    }
}

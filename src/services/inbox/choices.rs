//! What a recipient wants to be sent, by topic and channel, and their mail address.

use super::To;
use super::outbox::{ChoiceRow, Declined, declined, person, topics};
use crate::auth::secrets::Sealed;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::message::{Message, Topic};
use crate::domain::refusal::Refusal;
use crate::senders::MAIL;
use crate::services::{Call, Error, Services};
use crate::store::Tables;

/// How long a code that was sent to a mail address is good.
pub(super) const MAIL_CODE_SECONDS: i64 = 1_800;

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
    /// Its owner has typed the code that was sent there; before, nothing else is.
    pub is_mail_confirmed: bool,
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
            is_mail_confirmed: choice.as_ref().is_some_and(|choice| choice.mail_confirmed_at.is_some()),
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
        let (services, user, issue) = (self.clone(), call.actor.user, self.next_id());
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
            let known = before.as_ref().map(|before| services.mail_of(before)).transpose()?.flatten();
            let kept = before.as_ref().filter(|_| known == ask.mail);
            let row = ChoiceRow {
                bank_id: tables.bank,
                id: person.id,
                mail_sealed: ask.mail.as_ref().map(seal).transpose()?,
                language: ask.language.code().into(),
                declined: serde_json::to_string(&all).map_err(|error| Error::Fault(error.to_string()))?,
                changed_at: tables.now,
                version: before.as_ref().map_or(1, |before| before.version.saturating_add(1)),
                mail_confirmed_at: kept.and_then(|kept| kept.mail_confirmed_at),
                mail_issue: kept.and_then(|kept| kept.mail_issue),
                mail_code_until: kept.and_then(|kept| kept.mail_code_until),
            };
            if before.is_some() {
                tables.update(&row)?
            } else {
                tables.insert(&row)?
            }
            match ask.mail.is_some() && known != ask.mail {
                true => services.issue_mail_code(tables, user, issue),
                false => Ok(()),
            }
        });
        chosen.await.map(|_| ())
    }

    /// Sends a code to the caller's mail address once more, if it is not confirmed.
    pub async fn send_mail_code(&self, call: &Call) -> Result<(), Error> {
        let (services, user, issue) = (self.clone(), call.actor.user, self.next_id());
        let sent = self.write(call, move |tables| services.issue_mail_code(tables, user, issue));
        sent.await.map(|_| ())
    }

    /// Confirms the caller's mail address by the code that was sent there.
    pub async fn confirm_mail(&self, call: &Call, digits: String) -> Result<(), Error> {
        let (services, user) = (self.clone(), call.actor.user);
        let limit = self.mail_code_limit(call.actor.bank, "mail-code", user);
        let done = self.write_sealed(call, move |tables| {
            let row = waiting_mail(tables, user)?;
            if let Some(wait_seconds) = tables.take_try(std::slice::from_ref(&limit))? {
                return Ok(Err(Refusal::TooManyTries { wait_seconds }));
            }
            let issue =
                row.mail_issue.filter(|_| row.mail_code_until.is_some_and(|until| until > tables.now));
            let right =
                issue.is_some_and(|issue| services.sign_in_digits(tables.bank, row.id, issue) == digits);
            if !right {
                return Ok(Err(Refusal::MailCodeWrong));
            }
            let version = row.version.saturating_add(1);
            let (mail_confirmed_at, mail_issue, mail_code_until) = (Some(tables.now), None, None);
            tables.update(&ChoiceRow { mail_confirmed_at, mail_issue, mail_code_until, version, ..row })?;
            Ok(Ok(()))
        });
        done.await
    }

    /// Writes a new code for an address that is not confirmed; its message goes there alone.
    fn issue_mail_code(&self, tables: &mut Tables<'_>, user: Id, issue: Id) -> Result<(), Error> {
        let row = waiting_mail(tables, user)?;
        if !self.senders.has_mail() {
            return Ok(());
        }
        let limit = self.mail_code_limit(tables.bank, "mail-code-sent", user);
        if let Some(wait_seconds) = tables.take_try(&[limit])? {
            return Err(Refusal::TooManyTries { wait_seconds }.into());
        }
        let until = tables.now.plus_seconds(MAIL_CODE_SECONDS);
        let version = row.version.saturating_add(1);
        tables.update(&ChoiceRow {
            mail_issue: Some(issue),
            mail_code_until: Some(until),
            version,
            ..row
        })?;
        let message = self.message_row(tables, To::User(user), &Message::MailCode { issue })?;
        tables.insert(&message)?;
        let delivery = self.delivery(tables, message.id, MAIL);
        tables.insert(&delivery)
    }
}

/// The choices of a user whose mail address waits for its code.
fn waiting_mail(tables: &mut Tables<'_>, user: Id) -> Result<ChoiceRow, Error> {
    let person = person(tables, To::User(user))?.ok_or(Refusal::absent("user"))?;
    let row: Option<ChoiceRow> = tables.find(person.id)?;
    let waits = row.filter(|row| row.mail_sealed.is_some() && row.mail_confirmed_at.is_none());
    waits.ok_or_else(|| Refusal::absent("mail").into())
}

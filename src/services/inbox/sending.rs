//! Sending what is in the outbox. A group of deliveries is marked as begun in one commit, sent, and what became of each
//! is written with the mark of the next group. A delivery that was begun and of which the server did not live to say
//! what became is not sent again by itself (docs/decisions/an-interrupted-delivery-waits-for-a-person.md).

use super::choices::MAIL_CODE_SECONDS;
use super::outbox::{ChoiceRow, DeliveryRow, WebhookRow, person};
use super::{Message, To};
use crate::auth::secrets::Sealed;
use crate::domain::delivery::{DEAD, DUE, SENDING, SENT, UNKNOWN, next_attempt};
use crate::domain::figures::Days;
use crate::domain::id::{BankId, Id};
use crate::domain::language::Language;
use crate::domain::time::Moment;
use crate::senders::{Address, FILE, Failure, Letter, MAIL, Why};
use crate::services::access::sign_in_codes::CODE_SECONDS;
use crate::services::{Error, Services};
use crate::store::Tables;
use crate::store::banks::Bank;
use crate::store::schema::MessageRow;
use crate::texts::{Text, sentences as s};
use futures_util::stream::{self, StreamExt};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Letters of one channel on their way at the same time.
const AT_ONCE: usize = 16;
/// The first group of deliveries that is begun in one commit, and the largest: each group that was fast is followed by
/// one twice as large, since under load a commit waits longer than a letter.
const GROUP: i64 = 16;
const LARGEST_GROUP: i64 = 128;
/// A group that took longer than this was slow.
const FAST: Duration = Duration::from_secs(2);
/// After this time no further letter of a group is begun: those that are left are due again.
const GROUP_TIME: Duration = Duration::from_secs(60);
/// How long a server has for a group before others take it for interrupted: several times what all attempts of a
/// delivery with their redirects can last.
const LEASE_SECONDS: i64 = 180;

/// What became of a delivery.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    id: Id,
    /// `None`: not tried.
    result: Option<Result<(), Failure>>,
}

/// The number of letters that were accepted, and that were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    pub accepted: usize,
    pub failed: usize,
}

/// What to send for a delivery, or why it cannot be sent.
type ToSend = Result<Letter, Failure>;

/// Applies what became of an attempt to its row.
fn settle(row: &mut DeliveryRow, outcome: &Outcome, now: Moment) {
    row.leased_until = None;
    row.version = row.version.saturating_add(1);
    let Some(result) = outcome.result else {
        (row.state, row.attempts) = (DUE.into(), row.attempts.saturating_sub(1));
        return;
    };
    match result {
        Ok(()) => {
            (row.state, row.failure, row.answer) = (SENT.into(), None, None);
            row.ended_at = Some(now);
        }
        Err(failure) => {
            (row.failure, row.answer) = (Some(failure.why.as_str().into()), failure.answer);
            match next_attempt(row.attempts, now, row.id).filter(|_| !failure.is_final) {
                Some(due_at) => (row.state, row.due_at) = (DUE.into(), due_at),
                None => (row.state, row.ended_at) = (DEAD.into(), Some(now)),
            }
        }
    }
}

/// Writes what became of the last group, and begins the next one.
fn turn(
    tables: &mut Tables<'_>,
    (channel, group): (&str, i64),
    outcomes: &[Outcome],
) -> Result<Vec<DeliveryRow>, Error> {
    for outcome in outcomes {
        let Some(mut row) = tables.find::<DeliveryRow>(outcome.id)? else { continue };
        // A server that was late finds it settled.
        if row.state == SENDING || (row.state == UNKNOWN && outcome.result == Some(Ok(()))) {
            settle(&mut row, outcome, tables.now);
            tables.update(&row)?;
        }
    }
    let mut begun = tables.due_deliveries(channel, group)?;
    for row in &mut begun {
        row.state = SENDING.into();
        row.attempts = row.attempts.saturating_add(1);
        row.leased_until = Some(tables.now.plus_seconds(LEASE_SECONDS));
        row.version = row.version.saturating_add(1);
        tables.update(row)?;
    }
    Ok(begun)
}

impl Services {
    /// The channels of a bank that have deliveries to send or may get some.
    pub async fn sending_channels(&self, bank: BankId) -> Result<Vec<String>, Error> {
        let server = self.senders.channels();
        let hooks = self.store.read(bank, |tables| tables.webhooks()).await?;
        let hooks = hooks.into_iter().filter(|hook| hook.state == "active").map(|hook| hook.code);
        Ok(server.into_iter().map(str::to_owned).chain(hooks).collect())
    }

    /// Sends what is due on a channel, group by group; ends when nothing is due, or when no letter of a group was
    /// accepted, so that a gateway that is down is not asked for each one.
    pub async fn send_due(&self, bank: BankId, channel: &str) -> Result<Sent, Error> {
        let (mut sent, mut outcomes, mut group) = (Sent::default(), Vec::new(), GROUP);
        loop {
            let accepted = |one: &Outcome| one.result == Some(Ok(()));
            let is_down = !outcomes.is_empty() && !outcomes.iter().any(accepted);
            let asked = channel.to_owned();
            let due = self.store.read_primary(bank, move |tables| tables.is_delivery_due(&asked)).await?;
            if outcomes.is_empty() && !due {
                return Ok(sent);
            }
            let (of_channel, settled) = (channel.to_owned(), std::mem::take(&mut outcomes));
            let begun = self.store.write(bank, move |tables| match is_down {
                true => turn(tables, ("", group), &settled),
                false => turn(tables, (&of_channel, group), &settled),
            });
            let begun = begun.await?;
            if begun.is_empty() {
                return Ok(sent);
            }
            let began = Instant::now();
            outcomes = self.send_group(bank, begun).await?;
            group = if began.elapsed() < FAST { group.saturating_mul(2).min(LARGEST_GROUP) } else { GROUP };
            let of = |fits: fn(&Result<(), Failure>) -> bool| {
                outcomes.iter().filter(|one| one.result.as_ref().is_some_and(fits)).count()
            };
            sent.accepted = sent.accepted.saturating_add(of(Result::is_ok));
            sent.failed = sent.failed.saturating_add(of(Result::is_err));
        }
    }

    async fn send_group(&self, bank: BankId, begun: Vec<DeliveryRow>) -> Result<Vec<Outcome>, Error> {
        let (services, ids) = (self.clone(), begun.iter().map(|row| row.id).collect::<Vec<_>>());
        let letters = match self.store.read_primary(bank, move |tables| services.letters(tables, begun)).await
        {
            Ok(letters) => letters,
            Err(error) => {
                tracing::warn!(%error, "what is to be sent could not be read");
                return Ok(ids.into_iter().map(|id| Outcome { id, result: None }).collect());
            }
        };
        let began = Instant::now();
        let sent = letters.into_iter().map(|(id, letter)| {
            let senders = Arc::clone(&self.senders);
            async move {
                if began.elapsed() > GROUP_TIME {
                    return Outcome { id, result: None };
                }
                let result = match letter {
                    Ok(letter) => tokio::task::spawn_blocking(move || senders.send(&letter))
                        .await
                        .unwrap_or(Err(Failure::of(Why::NoSender))),
                    Err(failure) => Err(failure),
                };
                Outcome { id, result: Some(result) }
            }
        });
        Ok(stream::iter(sent).buffer_unordered(AT_ONCE).collect().await)
    }

    /// What to send for each of these deliveries, with the address as it is now.
    fn letters(&self, tables: &mut Tables<'_>, begun: Vec<DeliveryRow>) -> Result<Vec<(Id, ToSend)>, Error> {
        let ids: Vec<Id> = begun.iter().map(|row| row.message_id).collect();
        let messages: HashMap<Id, MessageRow> =
            tables.messages_of(&ids)?.into_iter().map(|row| (row.id, row)).collect();
        let (bank, hooks) = (tables.own_bank()?, tables.webhooks()?);
        let mut letters = Vec::with_capacity(begun.len());
        for row in begun {
            let letter = match messages.get(&row.message_id) {
                Some(message) => self.letter(tables, (&row, message), (&bank, &hooks))?,
                None => Err(Failure::for_good(Why::Address)),
            };
            letters.push((row.id, letter));
        }
        Ok(letters)
    }

    fn letter(
        &self,
        tables: &mut Tables<'_>,
        (delivery, row): (&DeliveryRow, &MessageRow),
        (bank, hooks): (&Bank, &[WebhookRow]),
    ) -> Result<ToSend, Error> {
        let to = match (row.member_id, row.user_id) {
            (Some(member), _) => To::Member(member),
            (None, Some(user)) => To::User(user),
            (None, None) => return Ok(Err(Failure::for_good(Why::Address))),
        };
        let message = super::message_in(row)?;
        if matches!(message, Message::SignInCode { .. })
            && row.made_at.plus_seconds(CODE_SECONDS) <= tables.now
        {
            return Ok(Err(Failure::for_good(Why::TooLate)));
        }
        let Some(person) = person(tables, to)? else { return Ok(Err(Failure::for_good(Why::Address))) };
        let choice: Option<ChoiceRow> = tables.find(person.id)?;
        let address = match delivery.channel.as_str() {
            FILE => Some(Address::File),
            // Before its owner has typed the code, an address gets nothing but the code.
            MAIL => match &choice {
                Some(choice) if choice.mail_confirmed_at.is_some() || is_code_of(choice, &message) => {
                    self.mail_of(choice)?.map(Address::Mail)
                }
                _ => None,
            },
            code => match hooks.iter().find(|hook| hook.code == code) {
                Some(hook) => Some(self.hook_address(hook, person.member.as_ref())?),
                None => None,
            },
        };
        let Some(address) = address else { return Ok(Err(Failure::for_good(Why::Address))) };
        let language =
            choice.and_then(|choice| Language::parse(&choice.language)).unwrap_or(Language::Chinese);
        let name = super::name_outside(tables, &message)?;
        let days = Days::new(tables.now, tables.zone, language);
        let mut said = message.say(&days, language, name.as_deref());
        if let (Message::SignInCode { issue }, Some(user)) = (&message, row.user_id) {
            let digits = self.sign_in_digits(tables.bank, user, *issue);
            let minutes = CODE_SECONDS / 60;
            said.title = Text::from(s::LetterSignInCode { digits, minutes }).say(language);
        }
        if let Message::MailCode { issue } = &message {
            let digits = self.sign_in_digits(tables.bank, person.id, *issue);
            said.title =
                Text::from(s::LetterMailCode { digits, minutes: MAIL_CODE_SECONDS / 60 }).say(language);
        }
        Ok(Ok(Letter {
            id: delivery.id,
            message: row.id,
            bank: bank.slug.clone(),
            bank_name: bank.name.clone(),
            kind: message.kind(),
            topic: message.topic().as_str(),
            title: said.title,
            body: said.body,
            page: message.path(row.user_id.is_some()),
            language,
            made_at: row.made_at,
            now: tables.now,
            number: person.member.map(|member| member.number),
            to: address,
        }))
    }

    fn hook_address(
        &self,
        hook: &WebhookRow,
        member: Option<&crate::store::people::members::MemberRow>,
    ) -> Result<Address, Error> {
        let secrets = &self.authority.secrets;
        let sealed = hook.secret_sealed.as_deref().unwrap_or_default();
        let secret = secrets.unseal(Sealed::HookSecret, hook.bank_id, hook.id, sealed)?;
        let secret = hex::decode(secret).map_err(|_| Error::Fault(format!("the secret of {}", hook.code)))?;
        let phone = match member.and_then(|member| member.phone_sealed.as_ref().map(|blob| (member, blob))) {
            Some((member, blob)) => Some(secrets.unseal(Sealed::Phone, hook.bank_id, member.id, blob)?),
            None => None,
        };
        Ok(Address::Hook { url: hook.url.clone(), secret, phone })
    }

    /// Marks the deliveries of servers that ended while they were sending; returns how many.
    pub async fn note_interrupted_deliveries(&self, bank: BankId) -> Result<usize, Error> {
        let found = self.store.read_primary(bank, |tables| tables.interrupted_deliveries(GROUP)).await?;
        if found.is_empty() {
            return Ok(0);
        }
        let noted = self.store.write(bank, |tables| {
            let late = tables.interrupted_deliveries(i64::MAX)?;
            for mut row in late.clone() {
                (row.state, row.ended_at, row.leased_until) = (UNKNOWN.into(), Some(tables.now), None);
                row.version = row.version.saturating_add(1);
                tables.update(&row)?;
            }
            Ok(late.len())
        });
        noted.await
    }
}

/// Whether a message is the code for the address that waits for it.
fn is_code_of(choice: &ChoiceRow, message: &Message) -> bool {
    matches!(message, Message::MailCode { issue } if choice.mail_issue == Some(*issue))
}

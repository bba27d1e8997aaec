//! Hooks of a bank, what became of deliveries, and the steps of both.

use super::outbox::{DeliveryRow, WebhookRow};
use super::{Message, To};
use crate::auth::permissions::Permission;
use crate::auth::secrets::{Sealed, random};
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{DELIVERY, SEND_AGAIN, STOP_WEBHOOK, WEBHOOK};
use crate::domain::message::Topic;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::ledger::Command;
use crate::senders::{FILE, MAIL};
use crate::services::step::{HasLifeCycle, Place, StepContext, versioned_row};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
pub use crate::store::outbox::DeliveryFilter;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A new hook.
#[derive(Clone, Debug)]
pub struct WebhookAsk {
    pub code: String,
    pub name: String,
    pub url: String,
    pub topics: Vec<Topic>,
}

/// A registered hook. Its secret is shown once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Registered {
    pub id: Id,
    /// In the form of Standard Webhooks: `whsec_` and base64.
    pub secret: String,
}

/// How a channel stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelStanding {
    pub channel: String,
    /// Deliveries by state: those that wait for an attempt or for a decision.
    pub open: Vec<(String, i64)>,
}

fn must_manage(call: &Call) -> Result<(), Error> {
    match call.actor.may(Permission::ManageBank) {
        true => Ok(()),
        false => Err(Refusal::absent("webhook").into()),
    }
}

impl Services {
    /// Registers a hook after its address has been checked. Its name is looked up for that.
    pub async fn register_webhook(&self, call: &Call, ask: WebhookAsk) -> Result<Registered, Error> {
        must_manage(call)?;
        if let Some(before) = self.sealed_before(call).await? {
            return Ok(before);
        }
        self.must_be_allowed(&ask.url).await?;
        self.write_webhook(call, ask).await
    }

    async fn must_be_allowed(&self, url: &str) -> Result<(), Error> {
        let (senders, url) = (Arc::clone(&self.senders), url.to_owned());
        let checked = tokio::task::spawn_blocking(move || senders.check_hook(&url)).await;
        match checked.map_err(|error| Error::Fault(error.to_string()))? {
            Ok(()) => Ok(()),
            Err(fault) => Err(Refusal::WebhookAddress { why: fault.code().into() }.into()),
        }
    }

    /// The same without the check.
    pub(in crate::services) async fn write_webhook(
        &self,
        call: &Call,
        ask: WebhookAsk,
    ) -> Result<Registered, Error> {
        let (caller, id, log) = (call.clone(), self.next_id(), self.next_id());
        let secret = random::<32>()?;
        let sealed =
            self.authority.secrets.seal(Sealed::HookSecret, call.actor.bank, id, &hex::encode(secret))?;
        let secret = crate::senders::secret_text(&secret);
        let mut wanted = ask.topics;
        wanted.sort();
        wanted.dedup();
        let topics = serde_json::to_string(&wanted).map_err(|error| Error::Fault(error.to_string()))?;
        let written = self.write_sealed(call, move |tables| {
            let is_taken = [FILE, MAIL].contains(&ask.code.as_str())
                || tables.webhooks()?.iter().any(|hook| hook.code == ask.code);
            if is_taken {
                return Err(Refusal::Taken { what: "webhook".into() }.into());
            }
            tables.insert(&WebhookRow {
                bank_id: tables.bank,
                id,
                code: ask.code.clone(),
                name: ask.name.clone(),
                url: ask.url.clone(),
                topics: topics.clone(),
                secret_sealed: Some(sealed.clone()),
                state: "active".into(),
                created_by: caller.actor.user,
                created_at: tables.now,
                version: 1,
            })?;
            tables.log_act(
                log,
                caller.actor.user,
                "register_webhook",
                ("webhook", Some(id)),
                Some(ask.url.clone()),
            )?;
            Ok(Ok(Registered { id, secret: secret.clone() }))
        });
        written.await
    }

    /// The hooks of the bank, oldest first.
    pub async fn webhooks(&self, call: &Call, days: Days) -> Result<Vec<WebhookRow>, Error> {
        must_manage(call)?;
        let found = self.store.read(call.actor.bank, move |tables| {
            let (start, end) = (days.start(tables.zone), days.end(tables.zone));
            let mut hooks = tables.webhooks()?;
            hooks.retain(|hook| {
                start.is_none_or(|start| hook.created_at >= start)
                    && end.is_none_or(|end| hook.created_at < end)
            });
            Ok(hooks)
        });
        found.await
    }

    /// Sends a trial message to the caller by one hook, also without a phone number.
    pub async fn try_webhook(&self, call: &Call, hook: Id) -> Result<Id, Error> {
        must_manage(call)?;
        let (services, caller) = (self.clone(), call.clone());
        let tried = self.write(call, move |tables| {
            let row: WebhookRow = tables.find(hook)?.ok_or(Refusal::absent("webhook"))?;
            if row.state != "active" {
                return Err(Refusal::WrongState { what: "webhook".into(), state: row.state }.into());
            }
            let message = services.message_row(tables, To::User(caller.actor.user), &Message::Trial)?;
            let delivery = services.delivery(tables, message.id, &row.code);
            tables.insert(&message)?;
            tables.insert(&delivery)?;
            Ok(delivery.id)
        });
        Ok(tried.await?.0)
    }

    /// Deliveries, newest first.
    pub async fn deliveries(
        &self,
        call: &Call,
        filter: DeliveryFilter,
        limit: i64,
    ) -> Result<Vec<(DeliveryRow, Option<Message>)>, Error> {
        must_manage(call)?;
        let found = self.store.read(call.actor.bank, move |tables| {
            let rows = tables.deliveries(&filter, limit)?;
            let ids: Vec<Id> = rows.iter().map(|row| row.message_id).collect();
            let mut messages = std::collections::HashMap::new();
            for row in tables.messages_of(&ids)? {
                messages.insert(row.id, super::message_in(&row)?);
            }
            let with_message = |row: DeliveryRow| {
                let message = messages.get(&row.message_id).cloned();
                (row, message)
            };
            Ok(rows.into_iter().map(with_message).collect())
        });
        found.await
    }

    /// How the channels stand, those of the server first.
    pub async fn channel_standings(&self, call: &Call) -> Result<Vec<ChannelStanding>, Error> {
        must_manage(call)?;
        let server = self.senders.channels();
        let found = self.store.read(call.actor.bank, move |tables| {
            let mut channels: Vec<String> = server.iter().map(|name| (*name).to_owned()).collect();
            channels.extend(tables.webhooks()?.into_iter().map(|hook| hook.code));
            let mut standings: Vec<ChannelStanding> =
                channels.into_iter().map(|channel| ChannelStanding { channel, open: Vec::new() }).collect();
            for (channel, state, count) in tables.open_deliveries()? {
                match standings.iter_mut().find(|standing| standing.channel == channel) {
                    Some(standing) => standing.open.push((state, count)),
                    // A channel of the server that the settings no longer have.
                    None => standings.push(ChannelStanding { channel, open: vec![(state, count)] }),
                }
            }
            Ok(standings)
        });
        found.await
    }
}

impl HasLifeCycle for WebhookRow {
    const CYCLE: &'static LifeCycle = &WEBHOOK;

    versioned_row!();

    fn place(&self, _: &mut Tables<'_>) -> Result<Place, Error> {
        Ok(Place::default())
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        if context.is(&STOP_WEBHOOK) {
            context.tables.drop_deliveries(&self.code)?;
        }
        Ok(None)
    }
}

impl HasLifeCycle for DeliveryRow {
    const CYCLE: &'static LifeCycle = &DELIVERY;

    versioned_row!();

    fn place(&self, _: &mut Tables<'_>) -> Result<Place, Error> {
        Ok(Place::default())
    }

    /// A delivery that is sent again has all its attempts.
    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        if context.is(&SEND_AGAIN) {
            self.attempts = 0;
        }
        Ok(None)
    }
}

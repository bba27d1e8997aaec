//! The outbox: deliveries of messages, hooks, and the choices of recipients.

use super::Tables;
use super::error::Error;
use super::ledger::entry_keys::STEP;
use super::readers::on_days::on_days;
use super::schema::*;
use crate::domain::delivery::{DEAD, DROPPED, DUE, SENDING, SENT, UNKNOWN};
use crate::domain::id::Id;
use crate::domain::time::{Days, Moment};
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;

/// Filters for deliveries.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    pub state: Option<String>,
    /// Those that wait for a decision: `dead` and `unknown`.
    pub stuck: bool,
    pub channel: Option<String>,
    pub days: Days,
    pub before: Option<Id>,
}

impl Tables<'_> {
    /// Hooks, oldest first.
    pub fn webhooks(&mut self) -> Result<Vec<WebhookRow>, Error> {
        let all = webhooks::table.filter(webhooks::bank_id.eq(self.bank)).order(webhooks::id);
        Ok(all.select(WebhookRow::as_select()).load(self.conn)?)
    }

    /// Whether deliveries of a channel are due by now.
    pub fn is_delivery_due(&mut self, channel: &str) -> Result<bool, Error> {
        let due = deliveries::table
            .filter(deliveries::bank_id.eq(self.bank).and(deliveries::state.eq(DUE)))
            .filter(deliveries::channel.eq(channel).and(deliveries::due_at.le(self.now)));
        Ok(diesel::select(exists(due)).get_result(self.conn)?)
    }

    /// Deliveries of a channel that are due by now, the longest due first.
    pub fn due_deliveries(&mut self, channel: &str, limit: i64) -> Result<Vec<DeliveryRow>, Error> {
        let due = deliveries::table
            .filter(deliveries::bank_id.eq(self.bank).and(deliveries::state.eq(DUE)))
            .filter(deliveries::channel.eq(channel).and(deliveries::due_at.le(self.now)))
            .order((deliveries::due_at, deliveries::id))
            .limit(limit);
        Ok(due.select(DeliveryRow::as_select()).load(self.conn)?)
    }

    /// Deliveries whose sending was begun by a server that has not said within its time what became of it.
    pub fn interrupted_deliveries(&mut self, limit: i64) -> Result<Vec<DeliveryRow>, Error> {
        let late = deliveries::table
            .filter(deliveries::bank_id.eq(self.bank).and(deliveries::state.eq(SENDING)))
            .filter(deliveries::leased_until.lt(Some(self.now)))
            .limit(limit);
        Ok(late.select(DeliveryRow::as_select()).load(self.conn)?)
    }

    /// Deliveries, newest first.
    pub fn deliveries(&mut self, filter: &DeliveryFilter, limit: i64) -> Result<Vec<DeliveryRow>, Error> {
        let mut query = deliveries::table.filter(deliveries::bank_id.eq(self.bank)).into_boxed();
        if filter.stuck {
            query = query.filter(deliveries::state.eq_any([DEAD, UNKNOWN]));
        }
        if let Some(state) = &filter.state {
            query = query.filter(deliveries::state.eq(state.clone()));
        }
        if let Some(channel) = &filter.channel {
            query = query.filter(deliveries::channel.eq(channel.clone()));
        }
        if let Some(before) = filter.before {
            query = query.filter(deliveries::id.lt(before));
        }
        on_days!(query, filter.days, self.zone, deliveries::made_at, deliveries::id);
        let rows = query.order(deliveries::id.desc()).limit(limit).select(DeliveryRow::as_select());
        Ok(rows.load(self.conn)?)
    }

    /// The number of deliveries that wait for an attempt, or for a decision, by channel and state.
    pub fn open_deliveries(&mut self) -> Result<Vec<(String, String, i64)>, Error> {
        let counts = deliveries::table
            .filter(deliveries::bank_id.eq(self.bank))
            .filter(deliveries::state.eq_any([DUE, SENDING, DEAD, UNKNOWN]))
            .group_by((deliveries::channel, deliveries::state))
            .order((deliveries::channel, deliveries::state))
            .select((deliveries::channel, deliveries::state, count_star()));
        Ok(counts.load(self.conn)?)
    }

    /// Drops what a channel has not begun to send.
    pub fn drop_deliveries(&mut self, channel: &str) -> Result<usize, Error> {
        let due = deliveries::table
            .filter(deliveries::bank_id.eq(self.bank).and(deliveries::state.eq(DUE)))
            .filter(deliveries::channel.eq(channel));
        let dropped = diesel::update(due).set((
            deliveries::state.eq(DROPPED),
            deliveries::ended_at.eq(Some(self.now)),
            deliveries::version.eq(deliveries::version + 1),
        ));
        Ok(dropped.execute(self.conn)?)
    }

    /// The messages with these ids.
    pub fn messages_of(&mut self, ids: &[Id]) -> Result<Vec<MessageRow>, Error> {
        let rows = messages::table.filter(messages::bank_id.eq(self.bank).and(messages::id.eq_any(ids)));
        Ok(rows.select(MessageRow::as_select()).load(self.conn)?)
    }

    /// Removes some of the deliveries that were made before a moment and ended; returns how many.
    pub fn forget_deliveries(&mut self, before: Moment) -> Result<usize, Error> {
        let old = deliveries::table
            .filter(deliveries::bank_id.eq(self.bank).and(deliveries::id.lt(Id::lowest_at(before))))
            .filter(deliveries::state.eq_any([SENT, DROPPED]))
            .order(deliveries::id)
            .limit(i64::try_from(STEP).unwrap_or(i64::MAX))
            .select(deliveries::id);
        let ids: Vec<Id> = old.load(self.conn)?;
        let gone =
            deliveries::table.filter(deliveries::bank_id.eq(self.bank).and(deliveries::id.eq_any(&ids)));
        Ok(diesel::delete(gone).execute(self.conn)?)
    }
}

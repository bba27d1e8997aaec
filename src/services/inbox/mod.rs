//! The inbox: messages (消息) to members and users, sent in the commit of their cause or by a job that reads the journal.

pub mod choices;
mod entries;
mod expiry;
pub mod hooks;
pub mod outbox;
pub mod sending;
mod steps;

use crate::auth::permissions::Permission;
use crate::domain::figures;
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::OwnerKind;
use crate::domain::message::{Message, Said};
use crate::domain::people::mask;
use crate::domain::time::{Days, Moment};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
pub use crate::store::inbox::MessageFilter;
use crate::store::inbox::Recipient;
use crate::store::ledger::entry_keys::STEP;
use crate::store::people::members::MemberRow;
use crate::store::schema::MessageRow;
use crate::texts::Language;
use std::collections::BTreeSet;

/// The recipient of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    Member(Id),
    User(Id),
}

/// One entry of an inbox: a message as its reader has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxMessage {
    pub id: Id,
    pub message: Message,
    /// The recipient is a user, not a member.
    pub as_user: bool,
    pub made_at: Moment,
    pub read_at: Option<Moment>,
    /// The name of the member whom its words name.
    pub name: Option<String>,
}

impl InboxMessage {
    /// Its words for its reader.
    pub fn say(&self, days: &figures::Days, language: Language) -> Said {
        self.message.say(days, language, self.name.as_deref())
    }
}

/// Who is sent a message about a passbook: its member, or each active resident of a household. Other owners have none.
fn about_passbook(
    tables: &mut Tables<'_>,
    (kind, owner): (OwnerKind, Id),
    message: Message,
) -> Result<Vec<(To, Message)>, Error> {
    match kind {
        OwnerKind::Person => Ok(vec![(To::Member(owner), message)]),
        OwnerKind::Household => {
            let of_household = Message::OfHousehold { message: Box::new(message) };
            let people = tables.residents(owner)?.into_iter();
            Ok(people.map(|person| (To::Member(person), of_household.clone())).collect())
        }
        _ => Ok(Vec::new()),
    }
}

/// Removes some of the rows before a moment; returns how many.
type Forget = fn(&mut Tables<'_>, Moment) -> Result<usize, Error>;

/// The ids of the caller as a recipient: the user, and all ids of the member's file.
fn recipient(tables: &mut Tables<'_>, call: &Call) -> Result<Recipient, Error> {
    let members = match call.actor.member {
        Some(member) => tables.ids_of_file(member)?,
        None => Vec::new(),
    };
    Ok(Recipient { members, user: call.actor.user })
}

impl Services {
    /// Writes a message in the running transaction.
    pub(in crate::services) fn tell(
        &self,
        tables: &mut Tables<'_>,
        to: To,
        message: &Message,
    ) -> Result<(), Error> {
        let channels = self.channels(tables)?;
        self.post_to(tables, &channels, to, message)?.insert(tables)
    }

    pub(in crate::services) fn message_row(
        &self,
        tables: &Tables<'_>,
        to: To,
        message: &Message,
    ) -> Result<MessageRow, Error> {
        let (member_id, user_id) = match to {
            To::Member(member) => (Some(member), None),
            To::User(user) => (None, Some(user)),
        };
        Ok(MessageRow {
            bank_id: tables.bank,
            id: self.next_id(),
            member_id,
            user_id,
            kind: message.kind().into(),
            details: serde_json::to_string(message).map_err(|error| Error::Fault(error.to_string()))?,
            made_at: tables.now,
            read_at: None,
        })
    }

    /// Sends the messages about new entries and expiring points. Returns the number of messages.
    pub async fn tell_what_is_new(&self, bank: BankId) -> Result<usize, Error> {
        let of_entries = self.tell_of_entries(bank).await?;
        Ok(of_entries.saturating_add(self.tell_of_expiry(bank).await?))
    }

    /// Removes messages that are older than these days; returns how many.
    pub async fn forget_messages(&self, bank: BankId, days: i32) -> Result<usize, Error> {
        self.forget(bank, days, |tables, before| tables.forget_messages(before)).await
    }

    /// Removes deliveries that ended and are older than these days; returns how many.
    pub async fn forget_deliveries(&self, bank: BankId, days: i32) -> Result<usize, Error> {
        self.forget(bank, days, |tables, before| tables.forget_deliveries(before)).await
    }

    async fn forget(&self, bank: BankId, days: i32, some: Forget) -> Result<usize, Error> {
        let mut removed = 0_usize;
        loop {
            let step = self.store.write(bank, move |tables| {
                let before = tables.today().plus(days.saturating_neg()).start(tables.zone);
                some(tables, before)
            });
            let step = step.await?;
            removed = removed.saturating_add(step);
            if step < STEP {
                return Ok(removed);
            }
        }
    }

    /// The caller's messages, newest first.
    pub async fn messages(
        &self,
        call: &Call,
        filter: MessageFilter,
        limit: i64,
    ) -> Result<Vec<InboxMessage>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let to = recipient(tables, &caller)?;
            let rows = tables.messages_to(&to, &filter, limit)?;
            inbox_messages(tables, rows)
        });
        found.await
    }

    /// Messages of some days to those within reach who have no log-in, by person: for paper.
    pub async fn messages_on_paper(
        &self,
        call: &Call,
        days: Days,
        limit: i64,
    ) -> Result<Vec<(MemberRow, Vec<InboxMessage>)>, Error> {
        let paths = call.actor.paths(Permission::ReadMembers);
        let found = self.store.read(call.actor.bank, move |tables| {
            let mut people: Vec<(MemberRow, Vec<InboxMessage>)> = Vec::new();
            let (rows, members): (Vec<_>, Vec<_>) =
                tables.messages_on_paper(&paths, days, limit)?.into_iter().unzip();
            for (one, member) in inbox_messages(tables, rows)?.into_iter().zip(members) {
                match people.last_mut().filter(|(last, _)| last.id == member.id) {
                    Some((_, messages)) => messages.push(one),
                    None => people.push((member, vec![one])),
                }
            }
            Ok(people)
        });
        found.await
    }

    /// How many of the caller's messages are unread.
    pub async fn unread_messages(&self, call: &Call) -> Result<i64, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let to = recipient(tables, &caller)?;
            tables.unread_messages(&to)
        });
        found.await
    }

    /// Notes that the caller has read all messages up to one, included.
    pub async fn read_messages(&self, call: &Call, until: Id) -> Result<(), Error> {
        let caller = call.clone();
        let noted = self.write(call, move |tables| {
            let to = recipient(tables, &caller)?;
            tables.mark_read(&to, until)
        });
        noted.await.map(|_| ())
    }
}

/// The message of a row. One that no version of the program wrote is a fault.
fn message_in(row: &MessageRow) -> Result<Message, Error> {
    serde_json::from_str(&row.details).map_err(|error| Error::Fault(format!("message {}: {error}", row.id)))
}

fn inbox_messages(tables: &mut Tables<'_>, rows: Vec<MessageRow>) -> Result<Vec<InboxMessage>, Error> {
    let messages = rows.iter().map(message_in).collect::<Result<Vec<_>, Error>>()?;
    let named = tables.files(messages.iter().filter_map(Message::named).collect::<BTreeSet<_>>())?;
    let one = |(row, message): (MessageRow, Message)| InboxMessage {
        id: row.id,
        name: message.named().and_then(|id| named.get(&id)).map(|file| file.name.clone()),
        message,
        as_user: row.user_id.is_some(),
        made_at: row.made_at,
        read_at: row.read_at,
    };
    Ok(rows.into_iter().zip(messages).map(one).collect())
}

/// The name in a message that leaves the bank: masked, because the way there is not the bank's.
fn name_outside(tables: &mut Tables<'_>, message: &Message) -> Result<Option<String>, Error> {
    let Some(id) = message.named() else { return Ok(None) };
    Ok(tables.files([id])?.remove(&id).map(|file| mask::name(&file.name)))
}

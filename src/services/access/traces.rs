//! The access log: who looked at or changed whose data. What an auditor reads is written down before it is answered; a
//! member sees the lines about their own file.

use crate::auth::permissions::{Actor, Permission};
use crate::domain::id::Id;
use crate::domain::people::personal_number;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::domain::writing::is_unseen;
use crate::services::people::counter::AccessRow;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::readers::lists::AccessFilter;

/// A line with the name of who did it.
#[derive(Clone, Debug)]
pub struct Trace {
    pub row: AccessRow,
    /// None: the program itself, or whoever holds the data folder.
    pub actor_name: Option<String>,
}

/// A read as its address tells it.
#[derive(Clone, Debug)]
pub struct Read {
    /// `GET /v1/members/{id}`.
    pub operation: String,
    /// What the path names.
    pub named: Option<String>,
    /// The filters, in words.
    pub filters: Vec<(String, String)>,
}

fn absent() -> Refusal {
    Refusal::NotFound { what: "member".into() }
}

impl Services {
    /// Lines of the access log, newest first. The right is held at the root, so that everything is within reach.
    pub async fn access_log(
        &self,
        call: &Call,
        subject: Option<Id>,
        actor: Option<Id>,
        days: Days,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<AccessRow>, Error> {
        let read = self.store.read(call.actor.bank, move |tables| {
            let subjects = subject.map(|subject| tables.ids_of_file(subject)).transpose()?;
            tables.access_page(&AccessFilter { subjects, actor, before, days }, limit)
        });
        read.await
    }

    /// The lines about one's own file: about the member, what was merged into it, and the member's log-ins.
    pub async fn own_access_log(
        &self,
        call: &Call,
        member: Id,
        days: Days,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<Trace>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let member = crate::services::service::records::file_of(tables, member)?;
            if caller.actor.member != Some(member) && !caller.actor.may(Permission::ReadAccessLog) {
                return Err(absent().into());
            }
            tables.member(member)?.ok_or_else(absent)?;
            let mut subjects = tables.ids_of_file(member)?;
            subjects.extend(tables.users_of(member)?.into_iter().map(|user| user.id));
            let filter = AccessFilter { subjects: Some(subjects), actor: None, before, days };
            let rows = tables.access_page(&filter, limit)?;
            let actors = tables.users(rows.iter().map(|row| row.actor_id))?;
            let seen = rows.into_iter().map(|row| {
                let actor_name = actors.get(&row.actor_id).map(|user| user.name.clone());
                Trace { row, actor_name }
            });
            Ok(seen.collect())
        });
        found.await
    }

    /// Writes down what an auditor is about to read. While nothing can be written, reading goes on: then the line
    /// stands in the server's log.
    pub async fn trace_read(&self, actor: &Actor, read: Read) -> Result<(), Error> {
        let (id, by) = (self.next_id(), actor.user);
        let told = read.clone();
        let written = self.store.write(actor.bank, move |tables| {
            let (subject_kind, subject_id) = subject(tables, &read)?;
            tables.log_access(&AccessRow {
                bank_id: tables.bank,
                id,
                recorded_at: tables.now,
                actor_id: by,
                action: "read".into(),
                subject_kind: subject_kind.into(),
                subject_id,
                reason: Some(in_words(&read)),
            })
        });
        match written.await {
            Err(Error::Closed(why)) => {
                tracing::warn!(user = %by, read = in_words(&told), why, "an auditor reads while nothing can be written");
                Ok(())
            }
            told => told,
        }
    }
}

/// Operation and filters, as a person reads them.
fn in_words(read: &Read) -> String {
    let filters = read.filters.iter().map(|(name, value)| format!("{}={}", shown(name), shown(value)));
    let words: Vec<String> = std::iter::once(read.operation.clone()).chain(filters).collect();
    words.join(" ").chars().take(500).collect()
}

/// What was asked with, also in vain, as it may stand in the log: without numbers of a person, and in signs that every
/// database keeps.
fn shown(text: &str) -> String {
    if personal_number::find(text).is_some() {
        return "***".into();
    }
    let shown = |c: char| if c.is_control() || is_unseen(c) { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(shown).collect()
}

/// Whose file it is. A record, a redemption or an award is its member's.
fn subject(tables: &mut Tables<'_>, read: &Read) -> Result<(&'static str, Option<Id>), Error> {
    let part = read.operation.split('/').nth(2).unwrap_or_default();
    let named: Option<Id> = read.named.as_ref().and_then(|text| text.parse().ok());
    let filter = |name: &str| {
        let found = read.filters.iter().find(|(found, _)| found == name);
        found.and_then(|(_, value)| value.parse::<Id>().ok())
    };
    let member = match (part, named) {
        ("members", Some(id)) => Some(id),
        ("service-records", Some(id)) => tables.record(id)?.map(|record| record.member_id),
        ("redemptions", Some(id)) => tables.redemption(id)?.map(|redemption| redemption.member_id),
        ("awards", _) => match read.named.as_ref().and_then(|text| text.parse().ok()) {
            Some(number) => crate::services::points::awards::member_of_award(tables, number)?,
            None => None,
        },
        _ => None,
    };
    if let Some(member) = member.or_else(|| filter("member")).or_else(|| filter("household")) {
        return Ok(("member", Some(member)));
    }
    match (part, named) {
        ("users", Some(user)) => Ok(("user", Some(user))),
        (_, named) => Ok(("operation", named)),
    }
}

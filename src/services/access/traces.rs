//! The access log: who read or changed whose data. An auditor's read is logged before it is answered; members see the
//! lines about their own file.

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

/// A line with the name of its actor.
#[derive(Clone, Debug)]
pub struct Trace {
    pub row: AccessRow,
    /// `None`: the program itself, or the command line.
    pub actor_name: Option<String>,
}

/// A read, from its address.
#[derive(Clone, Debug)]
pub struct Read {
    /// `GET /v1/members/{id}`.
    pub operation: String,
    /// The parameter of the path.
    pub named: Option<String>,
    /// The filters, in words.
    pub filters: Vec<(String, String)>,
}

fn absent() -> Refusal {
    Refusal::NotFound { what: "member".into() }
}

impl Services {
    /// Lines of the access log, newest first. The right is held at the root, so everything is within reach.
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

    /// The lines about one's own file: the member, its merged duplicates, and the member's logins.
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

    /// Logs what an auditor is about to read. If the database cannot be written, the line goes to the server's log
    /// instead.
    pub async fn trace_read(&self, actor: &Actor, read: Read) -> Result<(), Error> {
        let (id, by) = (self.next_id(), actor.user);
        let logged = read.clone();
        let written = self.store.write(actor.bank, move |tables| {
            let (subject_kind, subject_id) = subject(tables, &read)?;
            tables.log_act(id, by, "read", (subject_kind, subject_id), Some(in_words(&read)))
        });
        match written.await {
            Err(Error::Closed(why)) => {
                tracing::warn!(user = %by, read = in_words(&logged), why, "an auditor reads while nothing can be written");
                Ok(())
            }
            result => result,
        }
    }
}

/// Operation and filters in words.
fn in_words(read: &Read) -> String {
    let filters = read.filters.iter().map(|(name, value)| format!("{}={}", shown(name), shown(value)));
    let words: Vec<String> = std::iter::once(read.operation.clone()).chain(filters).collect();
    words.join(" ").chars().take(500).collect()
}

/// Filter texts as they may be logged: without personal numbers, in characters that every database stores.
fn shown(text: &str) -> String {
    if personal_number::find(text).is_some() {
        return "***".into();
    }
    let shown = |c: char| if c.is_control() || is_unseen(c) { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(shown).collect()
}

/// The file that was read: for a record, a redemption or an award that of its member.
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
        ("certificates", Some(id)) => {
            let found: Option<crate::store::service::certificates::CertificateRow> = tables.find(id)?;
            found.map(|row| row.member_id)
        }
        ("proxies", Some(id)) => {
            let found: Option<crate::store::people::proxies::ProxyRow> = tables.find(id)?;
            found.map(|row| row.member_id)
        }
        ("gifts", Some(id)) => tables.gift(id)?.and_then(|gift| gift.giver_id.or(gift.receiver_id)),
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

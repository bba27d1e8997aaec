//! The access log with names: who saw or changed whose data.

use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::services::people::counter::AccessRow;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::readers::lists::AccessFilter;

/// A line with the names of both sides.
#[derive(Clone, Debug)]
pub struct AccessLine {
    pub row: AccessRow,
    /// `None`: the program itself, or the command line.
    pub actor: Option<String>,
    /// The number of the passbook, or the log-in.
    pub subject: Option<String>,
}

/// Filters as they are typed.
#[derive(Clone, Debug, Default)]
pub struct AccessAsk {
    /// The log-in of who did it.
    pub actor: Option<String>,
    /// The number of a passbook, or a log-in.
    pub subject: Option<String>,
    pub days: Days,
    pub before: Option<Id>,
}

impl Services {
    /// Lines of the access log, newest first. A number or log-in that does not exist is not found.
    pub async fn access_lines(
        &self,
        call: &Call,
        ask: AccessAsk,
        limit: i64,
    ) -> Result<Vec<AccessLine>, Error> {
        if !call.actor.may(Permission::ReadAccessLog) {
            return Err(Refusal::absent("user").into());
        }
        let read = self.store.read(call.actor.bank, move |tables| {
            let actor = match &ask.actor {
                Some(login) => Some(tables.user_by_login(login)?.ok_or(Refusal::absent("login"))?.id),
                None => None,
            };
            let subjects = ask.subject.map(|text| subjects(tables, &text)).transpose()?;
            let filter = AccessFilter { subjects, actor, before: ask.before, days: ask.days };
            with_names(tables, filter, limit)
        });
        read.await
    }
}

/// The ids that a number or a log-in stands for: a file with its duplicates, or a user.
fn subjects(tables: &mut Tables<'_>, text: &str) -> Result<Vec<Id>, Error> {
    let found = tables.members_numbered(std::slice::from_ref(&text.to_owned()))?;
    match found.first() {
        Some((_, member, _)) => tables.ids_of_file(*member),
        None => Ok(vec![tables.user_by_login(text)?.ok_or(Refusal::absent("member_number"))?.id]),
    }
}

fn with_names(tables: &mut Tables<'_>, filter: AccessFilter, limit: i64) -> Result<Vec<AccessLine>, Error> {
    let rows = tables.access_page(&filter, limit)?;
    let of_kind = |kind: &str| {
        let named = rows.iter().filter(|row| row.subject_kind == kind);
        named.filter_map(|row| row.subject_id).collect::<Vec<Id>>()
    };
    let members = tables.members_by_id(of_kind("member"))?;
    let mut users = of_kind("user");
    users.extend(rows.iter().map(|row| row.actor_id));
    let users = tables.users(users)?;
    let subject = |row: &AccessRow| {
        let id = row.subject_id?;
        let member = members.iter().find(|member| member.id == id);
        member.map(|member| member.number.clone()).or_else(|| Some(users.get(&id)?.login.clone()))
    };
    let lines = rows.into_iter().map(|row| AccessLine {
        actor: users.get(&row.actor_id).map(|user| user.name.clone()),
        subject: subject(&row),
        row,
    });
    Ok(lines.collect())
}

//! An existing log-in becomes a person's: staff ask at the counter, and an administrator of the log-in agrees as the
//! second person.

use super::interest::{another_person, not_for_oneself};
use super::roles::{link, person_for_log_in};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::services::people::moves::{decided, proposal};
use crate::services::people::users::{home_path, must_change_user};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::{MemberRow, UserRow};
use crate::store::points::proposals::ProposalRow;
use serde::{Deserialize, Serialize};

const KIND: &str = "link_user";

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Body {
    user: Id,
}

/// A link that waits, or did.
#[derive(Clone, Debug)]
pub struct LinkStanding {
    pub row: ProposalRow,
    pub member: MemberRow,
    pub user: UserRow,
}

impl Services {
    /// Asks for a log-in to be linked to a member: both within reach, and the log-in nobody's yet.
    pub async fn request_link(&self, call: &Call, member: Id, login: String) -> Result<(Id, bool), Error> {
        let (id, caller) = (self.next_id(), call.clone());
        self.store
            .write_once(call.actor.bank, call.request.clone(), move |tables| {
                let (person, path) = tables.member_at(member)?;
                caller.must_reach(Permission::WriteMembers, &path, Refusal::absent("member"))?;
                let user = tables.user_by_login(&login)?.ok_or(Refusal::absent("user"))?;
                let home = home_path(tables, &user)?;
                caller.must_reach(Permission::WriteMembers, &home, Refusal::absent("user"))?;
                let person = person_for_log_in(person)?;
                if user.member_id.is_some() {
                    return Err(Refusal::Fixed { what: "member".into() }.into());
                }
                let at = (person.org_id, person.id);
                tables.insert_proposal(&proposal(tables, &caller, id, KIND, at, &Body { user: user.id })?)?;
                Ok(id)
            })
            .await
    }

    /// Links in a state within reach, newest first.
    pub async fn links(
        &self,
        call: &Call,
        state: &'static str,
        days: Days,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<LinkStanding>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (mut seen, mut before) = (Vec::new(), before);
            loop {
                let rows = tables.proposals_of_kind(KIND, state, days, before, limit)?;
                let Some(last) = rows.last().map(|row| row.id) else { return Ok(seen) };
                before = Some(last);
                for row in rows {
                    if i64::try_from(seen.len()).unwrap_or(i64::MAX) >= limit {
                        return Ok(seen);
                    }
                    seen.extend(seen_by(tables, &caller, row)?);
                }
            }
        });
        found.await
    }

    /// The second person agrees: the log-in is the member's.
    pub async fn approve_link(&self, call: &Call, id: Id) -> Result<(), Error> {
        let (caller, log) = (call.clone(), self.next_id());
        let approved = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let (row, user, person) = link_to_decide(tables, &caller, id)?;
            another_person(tables, &caller, [row.proposed_by])?;
            not_for_oneself(tables, &caller, &person)?;
            if user.id == caller.actor.user {
                return Err(Refusal::ForOneself.into());
            }
            link(tables, &caller, log, &user, person)?;
            decided(tables, &caller, row, "approved")
        });
        approved.await.map(|_| ())
    }

    /// The second person does not agree.
    pub async fn reject_link(&self, call: &Call, id: Id) -> Result<(), Error> {
        let caller = call.clone();
        let rejected = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let (row, ..) = link_to_decide(tables, &caller, id)?;
            decided(tables, &caller, row, "rejected")
        });
        rejected.await.map(|_| ())
    }
}

/// What is asked for: whose log-in, and whose it is to be.
fn parties(tables: &mut Tables<'_>, row: &ProposalRow) -> Result<(UserRow, MemberRow, String), Error> {
    let body: Body =
        serde_json::from_str(&row.body).map_err(|error| Error::Fault(format!("link {}: {error}", row.id)))?;
    let user = tables.user(body.user)?.ok_or(Refusal::absent("user"))?;
    let (member, path) = tables.member_at(row.subject_id)?;
    Ok((user, member, path))
}

fn seen_by(tables: &mut Tables<'_>, call: &Call, row: ProposalRow) -> Result<Option<LinkStanding>, Error> {
    let (user, member, path) = parties(tables, &row)?;
    let home = home_path(tables, &user)?;
    let seen = [Permission::WriteMembers, Permission::WriteUsers]
        .into_iter()
        .any(|right| call.actor.reaches(right, &path) && call.actor.reaches(right, &home));
    Ok(seen.then_some(LinkStanding { row, member, user }))
}

/// An open link that the caller may decide: both the member and the log-in within reach.
fn link_to_decide(
    tables: &mut Tables<'_>,
    call: &Call,
    id: Id,
) -> Result<(ProposalRow, UserRow, MemberRow), Error> {
    let row = tables.proposal(id)?.filter(|row| row.kind == KIND).ok_or(Refusal::absent("link"))?;
    let (user, member, path) = parties(tables, &row)?;
    call.must_reach(Permission::WriteUsers, &path, Refusal::absent("link"))?;
    match must_change_user(tables, call, &user) {
        Err(Error::Refused(Refusal::NotFound { .. })) => return Err(Refusal::absent("link").into()),
        told => told?,
    }
    match row.state.as_str() {
        "open" => Ok((row, user, member)),
        state => Err(Refusal::WrongState { what: "link".into(), state: state.into() }.into()),
    }
}

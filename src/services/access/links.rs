//! Links an existing login to a member: staff request it at the counter, and an administrator of the login approves
//! as the second person.

use super::roles::{link, person_for_log_in};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{APPROVE_LINK, LINK};
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::ledger::Command;
use crate::services::people::moves::proposal;
use crate::services::people::users::{home_path, must_change_user};
use crate::services::step::{HasLifeCycle, Place, StepContext, proposal_of_kind};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::{MemberRow, UserRow};
use crate::store::points::proposals::ProposalRow;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

const KIND: &str = "link_user";

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Body {
    user: Id,
}

/// A request for a link, open or decided.
#[derive(Clone, Debug)]
pub struct LinkStanding {
    pub row: ProposalRow,
    pub member: MemberRow,
    pub user: UserRow,
}

impl Services {
    /// Requests to link a login to a member. Both must be within reach, and the login must not be linked yet.
    pub async fn request_link(&self, call: &Call, member: Id, login: String) -> Result<(Id, bool), Error> {
        let (id, caller) = (self.next_id(), call.clone());
        self.write(call, move |tables| {
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
            tables.insert(&proposal(tables, &caller, id, KIND, at, &Body { user: user.id })?)?;
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
            let most = usize::try_from(limit).unwrap_or(usize::MAX);
            loop {
                let rows = tables.proposals_of_kind(KIND, state, days, before, limit)?;
                let Some(last) = rows.last().map(|row| row.id) else { return Ok(seen) };
                before = Some(last);
                seen.extend(seen_by(tables, &caller, rows)?);
                if seen.len() >= most {
                    seen.truncate(most);
                    return Ok(seen);
                }
            }
        });
        found.await
    }
}

/// The login and the member of a request.
fn parties(tables: &mut Tables<'_>, row: &ProposalRow) -> Result<(UserRow, MemberRow, String), Error> {
    let user = tables.user(user_of(row)?)?.ok_or(Refusal::absent("user"))?;
    let (member, path) = tables.member_at(row.subject_id)?;
    Ok((user, member, path))
}

fn user_of(row: &ProposalRow) -> Result<Id, Error> {
    let body: Body =
        serde_json::from_str(&row.body).map_err(|error| Error::Fault(format!("link {}: {error}", row.id)))?;
    Ok(body.user)
}

/// The links for which the caller reaches both the member and the login.
fn seen_by(tables: &mut Tables<'_>, call: &Call, rows: Vec<ProposalRow>) -> Result<Vec<LinkStanding>, Error> {
    let wanted = rows.iter().map(user_of).collect::<Result<Vec<Id>, Error>>()?;
    let users = tables.users(wanted.iter().copied())?;
    let members = tables.members_by_id(rows.iter().map(|row| row.subject_id))?;
    let members: HashMap<Id, MemberRow> = members.into_iter().map(|row| (row.id, row)).collect();
    let root = tables.root_org()?.id;
    let homes = users.values().map(|user| user.home_org_id.unwrap_or(root));
    let orgs = tables.orgs(homes.chain(members.values().map(|member| member.org_id)))?;
    let reaches = |right, org: Id| orgs.get(&org).is_some_and(|org| call.actor.reaches(right, &org.path));
    let seen = rows.into_iter().zip(wanted).filter_map(|(row, user)| {
        let (user, member) = (users.get(&user)?, members.get(&row.subject_id)?);
        let sides = [member.org_id, user.home_org_id.unwrap_or(root)];
        let rights = [Permission::WriteMembers, Permission::WriteUsers];
        let seen = rights.into_iter().any(|right| sides.into_iter().all(|org| reaches(right, org)));
        seen.then(|| LinkStanding { row, member: member.clone(), user: user.clone() })
    });
    Ok(seen.collect())
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkProposal(ProposalRow);

impl HasLifeCycle for LinkProposal {
    const CYCLE: &'static LifeCycle = &LINK;

    proposal_of_kind!(KIND);

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let (_, member, path) = parties(tables, &self.0)?;
        Ok(Place { path, member: Some(member), shop: None })
    }

    /// Both the member and the login must be within reach.
    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        let (user, ..) = parties(context.tables, &self.0)?;
        if !context.reaches(&context.place.path) {
            return Ok(false);
        }
        match must_change_user(context.tables, context.call, &user) {
            Err(Error::Refused(Refusal::NotFound { .. })) => Ok(false),
            reached => reached.map(|()| true),
        }
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        if !context.is(&APPROVE_LINK) {
            return Ok(None);
        }
        let (user, person, _) = parties(context.tables, &self.0)?;
        if user.id == context.call.actor.user {
            return Err(Refusal::ForOneself.into());
        }
        link(context.tables, context.call, context.services.next_id(), &user, person)?;
        Ok(None)
    }
}

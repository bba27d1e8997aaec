//! Moves of members to another organisation. Staff of the new organisation or of the old one request it; the other
//! side approves, or a user who reaches both. Where a member lives is not disclosed before the other side has
//! approved.

use crate::auth::permissions::{Permission, Role};
use crate::auth::secrets::Searched;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{APPROVE_MOVE, MOVE as MOVE_HOUSE};
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::person_name;
use crate::domain::people::phone::Phone;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::ledger::Command;
use crate::services::access::interest::{is_caller, is_same_person};
use crate::services::people::orgs::check_open;
use crate::services::step::{HasLifeCycle, Place, StepContext, proposal_of_kind};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::{MemberRow, OrgRow, RoleRow};
use crate::store::points::proposals::ProposalRow;
use serde::{Deserialize, Serialize};

const MOVE: Permission = Permission::MoveMembers;
pub(in crate::services) const KIND: &str = "move_member";

/// How the member is named: by id or ID number from a card, or by name and number.
#[derive(Clone, Debug)]
pub enum Mover {
    Member(Id),
    Number { number: String, name: String },
    Phone { phone: Phone, name: String },
    IdNumber(IdDocument),
}

/// The new organisation.
#[derive(Clone, Debug)]
pub enum Destination {
    Org(Id),
    Code(String),
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Move {
    pub from: Id,
    pub to: Id,
    /// The requester reaches the old organisation; otherwise the new one.
    pub asked_at_old: bool,
    pub asked_at_new: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MoveProposal(ProposalRow);

/// A move as the caller may see it.
#[derive(Clone, Debug)]
pub struct MoveStanding {
    pub row: ProposalRow,
    pub asked: Move,
    /// The member and the old organisation: for callers who reach the member.
    pub member: Option<MemberRow>,
}

fn wrong_state(what: &str, state: &str) -> Error {
    Refusal::WrongState { what: what.into(), state: state.into() }.into()
}

fn asked(row: &ProposalRow) -> Result<Move, Error> {
    serde_json::from_str(&row.body).map_err(|error| Error::Fault(format!("move {}: {error}", row.id)))
}

impl Services {
    pub async fn request_move(
        &self,
        call: &Call,
        mover: Mover,
        destination: Destination,
    ) -> Result<(Id, bool), Error> {
        let (bank, id, caller) = (call.actor.bank, self.next_id(), call.clone());
        let hash = |kind, text: &str| self.authority.secrets.search_hash(kind, bank, text).to_vec();
        let hash = match &mover {
            Mover::Phone { phone, .. } => Some(hash(Searched::Phone, phone.reveal())),
            Mover::IdNumber(number) => Some(hash(Searched::IdNumber, &number.search_text())),
            Mover::Member(_) | Mover::Number { .. } => None,
        };
        self.write(call, move |tables| {
            let member = mover_of(tables, &mover, hash.as_deref())?.ok_or(Refusal::absent("member"))?;
            let to = destination_of(tables, &destination)?.ok_or(Refusal::absent("org"))?;
            let from = tables.org_path(member.org_id)?;
            let (old, new) = (caller.actor.reaches(MOVE, &from), caller.actor.reaches(MOVE, &to.path));
            if !old && !new {
                return Err(Refusal::absent("member").into());
            }
            if member.state != "active" {
                return Err(wrong_state("member", &member.state));
            }
            if member.org_id == to.id {
                return Err(wrong_state("member", "lives_there"));
            }
            check_open(tables, to.id)?;
            if tables.open_proposal_about(KIND, member.id)?.is_some() {
                return Err(wrong_state("move", "open"));
            }
            let body = Move { from: member.org_id, to: to.id, asked_at_old: old, asked_at_new: new };
            // Assigned to the side that is to approve.
            let org_id = if old { to.id } else { member.org_id };
            tables.insert(&proposal(tables, &caller, id, KIND, (org_id, member.id), &body)?)?;
            Ok(id)
        })
        .await
    }

    /// Moves in a state that the caller requested or may decide, newest first.
    pub async fn moves(
        &self,
        call: &Call,
        state: &'static str,
        days: Days,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<MoveStanding>, Error> {
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

    /// Moves a member to another organisation. A person leaves a household that does not move along; with a household
    /// its people move too. Open proposals about them now wait at the new organisation, which becomes the home of the
    /// volunteer's login.
    pub(in crate::services) fn relocate(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        member: MemberRow,
        to: Id,
    ) -> Result<(), Error> {
        let mut moving = vec![member.clone()];
        if member.kind == "household" {
            moving.extend(tables.people_of_household(member.id, member.org_id)?);
        }
        let household = member.id;
        for mut row in moving {
            let stays = match row.household_id {
                Some(home) if home != household => {
                    tables.member(home)?.filter(|home| home.org_id == to).map(|row| row.id)
                }
                home => home,
            };
            let from = std::mem::replace(&mut row.org_id, to);
            if row.household_id != stays {
                self.household_changed(tables, call, &row, stays)?;
                row.household_id = stays;
            }
            row.version = row.version.saturating_add(1);
            tables.update_member(&row)?;
            self.follow(tables, call, row.id, (from, to))?;
        }
        Ok(())
    }

    /// Moves what belongs to a member to the other organisation, and writes a line of the access log.
    pub(in crate::services) fn follow(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        member: Id,
        (from, to): (Id, Id),
    ) -> Result<(), Error> {
        tables.move_open_proposals(member, to)?;
        for user in tables.users_of(member)? {
            let held = tables.held_roles(user.id)?;
            let only_volunteer = held.iter().all(|held| held.role == Role::Volunteer.as_str());
            if !only_volunteer || user.home_org_id != Some(from) {
                continue;
            }
            for role in held.iter().filter(|held| held.org == from) {
                tables.revoke_role(role.id, call.actor.user)?;
                tables.insert(&RoleRow {
                    bank_id: tables.bank,
                    id: self.next_id(),
                    user_id: user.id,
                    role: role.role.clone(),
                    org_id: to,
                    until: role.until,
                    granted_by: call.actor.user,
                    granted_at: tables.now,
                    revoked_by: None,
                    revoked_at: None,
                })?;
            }
            tables.set_user_home(user.id, to)?;
        }
        let code = |org: Option<OrgRow>| org.map(|org| org.code).unwrap_or_default();
        let (old, new) = (tables.org(from)?, tables.org(to)?);
        let reason = format!("{} → {}", code(old), code(new));
        tables.log_act(self.next_id(), call.actor.user, "move_member", ("member", Some(member)), Some(reason))
    }
}

fn mover_of(tables: &mut Tables<'_>, mover: &Mover, hash: Option<&[u8]>) -> Result<Option<MemberRow>, Error> {
    let found = match (mover, hash) {
        (Mover::Member(id), _) => Some(*id),
        (Mover::Number { number, .. }, _) => {
            let found = tables.members_numbered(std::slice::from_ref(number))?;
            found.first().map(|(_, id, _)| *id)
        }
        (Mover::Phone { name, .. }, Some(hash)) => tables.member_with_phone("person", name, hash, None)?,
        (_, Some(hash)) => tables.member_with_id_number(hash)?,
        _ => None,
    };
    let row = found.map(|id| tables.member_that_stays(id)).transpose()?;
    Ok(row.filter(|row| match mover {
        Mover::Number { name, .. } => row.name_key == person_name::key(name),
        _ => true,
    }))
}

fn destination_of(tables: &mut Tables<'_>, destination: &Destination) -> Result<Option<OrgRow>, Error> {
    match destination {
        Destination::Org(id) => tables.org(*id),
        Destination::Code(code) => tables.org_by_code(code),
    }
}

/// The moves that the caller requested, or of which the caller reaches one side.
fn seen_by(tables: &mut Tables<'_>, call: &Call, rows: Vec<ProposalRow>) -> Result<Vec<MoveStanding>, Error> {
    let bodies = rows.iter().map(asked).collect::<Result<Vec<Move>, Error>>()?;
    let files = tables.files(rows.iter().map(|row| row.subject_id))?;
    let proposers = tables.users(rows.iter().map(|row| row.proposed_by))?;
    let sides = bodies.iter().flat_map(|body| [body.from, body.to]);
    let orgs = tables.orgs(sides.chain(files.values().map(|member| member.org_id)))?;
    let reaches = |right, org: Id| orgs.get(&org).is_some_and(|org| call.actor.reaches(right, &org.path));
    let seen = rows.into_iter().zip(bodies).filter_map(|(row, asked)| {
        let of_caller = proposers.get(&row.proposed_by).is_some_and(|user| is_same_person(call, user));
        if !reaches(MOVE, asked.from) && !reaches(MOVE, asked.to) && !of_caller {
            return None;
        }
        let member = files.get(&row.subject_id).filter(|file| reaches(Permission::ReadMembers, file.org_id));
        Some(MoveStanding { asked, member: member.cloned(), row })
    });
    Ok(seen.collect())
}

impl HasLifeCycle for MoveProposal {
    const CYCLE: &'static LifeCycle = &MOVE_HOUSE;

    proposal_of_kind!(KIND);

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let member = tables.member_that_stays(self.0.subject_id)?;
        Ok(Place { path: tables.org_path(self.0.org_id)?, member: Some(member), shop: None })
    }

    /// The side that did not request it, both sides, or the requester.
    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        let body = asked(&self.0)?;
        let (from, to) = (context.tables.org_path(body.from)?, context.tables.org_path(body.to)?);
        let (old, new) = (context.reaches(&from), context.reaches(&to));
        let other = match (body.asked_at_old, body.asked_at_new) {
            (true, true) => old || new,
            (true, false) => new,
            _ => old,
        };
        Ok(other || is_caller(context.tables, context.call, self.0.proposed_by)?)
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        if !context.is(&APPROVE_MOVE) {
            return Ok(None);
        }
        let (body, tables) = (asked(&self.0)?, &mut *context.tables);
        let member = tables.member_that_stays(self.0.subject_id)?;
        if member.org_id != body.from || member.state != "active" {
            return Err(Refusal::ChangedMeanwhile { what: "member".into() }.into());
        }
        check_open(tables, body.to)?;
        context.services.relocate(tables, context.call, member, body.to)?;
        Ok(None)
    }
}

/// A new proposal about a member.
pub(in crate::services) fn proposal<T: Serialize>(
    tables: &Tables<'_>,
    call: &Call,
    id: Id,
    kind: &str,
    (org_id, subject_id): (Id, Id),
    body: &T,
) -> Result<ProposalRow, Error> {
    let body = serde_json::to_string(body).map_err(|error| Error::Fault(error.to_string()))?;
    Ok(ProposalRow {
        bank_id: tables.bank,
        id,
        kind: kind.into(),
        org_id,
        subject_id,
        body,
        state: "open".into(),
        proposed_by: call.actor.user,
        proposed_at: tables.now,
        decided_by: None,
        decided_at: None,
        entry_number: None,
        version: 1,
    })
}

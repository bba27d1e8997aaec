//! Pools (互助积分池): points that people gave to an organisation for those in need. Staff propose, a second person
//! agrees; neither for themselves, their household, or a person for whom they act.

use super::awards::purse;
use super::gifts::{gift_command, pool};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::points::gift::{Gift, GiftForm, GiftState};
use crate::domain::refusal::Refusal;
use crate::ledger::Command;
use crate::ledger::command::WatchKind;
use crate::services::access::interest::{not_for_oneself, not_for_the_represented};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::{MemberRow, OrgRow};
use crate::store::points::proposals::{ProposalRow, RELIEF};
use serde::{Deserialize, Serialize};

/// One pool.
#[derive(Clone, Debug)]
pub struct PoolStanding {
    pub org: Id,
    pub name: String,
    /// What may be given out now, in hundredths.
    pub available: i64,
}

#[derive(Clone, Debug)]
pub struct ReliefAsk {
    pub member: Id,
    pub points: i64,
    pub reason: String,
}

/// Points out of the pool of a member's organisation, as proposed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Relief {
    pub points: i64,
    pub reason: String,
}

impl Relief {
    pub const KIND: &str = RELIEF;

    pub fn of(row: &ProposalRow) -> Result<Self, Error> {
        serde_json::from_str(&row.body).map_err(|error| Error::Fault(format!("proposal {}: {error}", row.id)))
    }
}

fn available(tables: &mut Tables<'_>, org: Id) -> Result<i64, Error> {
    let account = pool(org).id;
    let standing = tables.standings(&[account])?.remove(&account);
    Ok(standing.and_then(|standing| standing.available).unwrap_or(0))
}

/// Refused if the member is not to be given anything, or the pool has less.
fn check(tables: &mut Tables<'_>, call: &Call, member: &MemberRow, points: i64) -> Result<(), Error> {
    not_for_oneself(tables, call, member)?;
    if let Some(own) = call.actor.member {
        not_for_the_represented(tables, own, member)?;
    }
    if member.state != "active" {
        return Err(Refusal::WrongState { what: "member".into(), state: member.state.clone() }.into());
    }
    let left = available(tables, member.org_id)?;
    match points > left {
        true => Err(Refusal::PoolShort { left, asset: Asset::Point }.into()),
        false => Ok(()),
    }
}

impl Services {
    /// The pools within reach, in the order of the directory.
    pub async fn pools(&self, call: &Call) -> Result<Vec<PoolStanding>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let owners = tables.owners_of_pools()?;
            let orgs = tables.orgs_below(&caller.actor.paths(Permission::ReadAwards))?;
            let accounts: Vec<Id> = owners.iter().map(|org| pool(*org).id).collect();
            let standings = tables.standings(&accounts)?;
            let standing = |org: OrgRow| {
                let standing = standings.get(&pool(org.id).id).and_then(|standing| standing.available);
                PoolStanding { org: org.id, name: org.name, available: standing.unwrap_or(0) }
            };
            Ok(orgs.into_iter().filter(|org| owners.contains(&org.id)).map(standing).collect())
        });
        found.await
    }

    /// Proposes to give a member points out of the pool of their organisation; nothing moves before a second person
    /// agrees.
    pub async fn propose_relief(&self, call: &Call, ask: ReliefAsk) -> Result<(Id, bool), Error> {
        let (id, caller) = (self.next_id(), call.clone());
        let made = self.write(call, move |tables| {
            let (member, path) = tables.file_at(ask.member)?;
            caller.must_reach(Permission::MakeAwards, &path, Refusal::absent("member"))?;
            check(tables, &caller, &member, ask.points)?;
            let relief = Relief { points: ask.points, reason: ask.reason.clone() };
            let body = serde_json::to_string(&relief).map_err(|error| Error::Fault(error.to_string()))?;
            tables.insert(&ProposalRow {
                bank_id: tables.bank,
                id,
                kind: Relief::KIND.into(),
                org_id: member.org_id,
                subject_id: member.id,
                body,
                state: "open".into(),
                proposed_by: caller.actor.user,
                proposed_at: tables.now,
                decided_by: None,
                decided_at: None,
                entry_number: None,
                version: 1,
            })?;
            Ok(id)
        });
        made.await
    }

    /// The entry of an approved proposal. It names the gift by the proposal's id.
    pub(in crate::services) fn relief_command(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        row: &ProposalRow,
    ) -> Result<Command, Error> {
        let Relief { points, reason } = Relief::of(row)?;
        let member = tables.member_that_stays(row.subject_id)?;
        check(tables, call, &member, points)?;
        if let Some(proposer) = tables.user(row.proposed_by)?.and_then(|user| user.member_id) {
            not_for_the_represented(tables, proposer, &member)?;
        }
        let gift = Gift {
            id: row.id,
            version: 1,
            state: GiftState::Made,
            form: GiftForm::Relief,
            giver_id: None,
            receiver_id: Some(member.id),
            org_id: member.org_id,
            points,
            given_by: row.proposed_by,
            given_at: tables.now,
            asked_back_at: None,
            ended_by: None,
            ended_at: None,
            entry_number: None,
            return_entry: None,
        };
        let to = purse(member.id, member.kind == "household", Asset::Point);
        let mut command = gift_command(call, gift, (pool(member.org_id), to)).watch(
            WatchKind::Member,
            member.id,
            member.version,
        );
        command.note = self.note(Some(reason));
        Ok(command)
    }
}

//! Erasure (注销): asked for by the person or written down by staff, carried out by an administrator who is neither. It cuts
//! the identity off; the ledger stays as it is and keeps verifying.

use super::consents::own_file;
use super::requests::{Request, blocked_by, request_within};
use crate::auth::permissions::{Permission, Role};
use crate::domain::amount::MAX_MINOR;
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{ERASE_MEMBER, ERASURE, REFUSE_ERASURE};
use crate::domain::people::erasure::{COOLING_DAYS, ERASED_NAME, Hindrance};
use crate::domain::people::household::is_head;
use crate::domain::refusal::Refusal;
use crate::domain::service::certificate::Certified;
use crate::domain::time::{Day, Days};
use crate::ledger::{Command, Leg, Op};
use crate::services::call::accepted;
use crate::services::people::moves::proposal;
use crate::services::points::awards::purse;
use crate::services::step::{HasLifeCycle, Place, StepContext, proposal_of_kind};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use crate::store::people::own::Owner;
use crate::store::points::proposals::ProposalRow;
use crate::store::service::certificates::CertificateRow;
use serde::{Deserialize, Serialize};

pub(in crate::services) const KIND: &str = "erase_member";
/// Who reads requests: those who write files, and those who erase them.
const READERS: [Permission; 2] = [Permission::EraseMembers, Permission::WriteMembers];
const VALID: &str = "valid";
const REVOKED: &str = "revoked";

/// A request for erasure.
#[derive(Clone, Debug)]
pub struct ErasureAsk {
    /// By staff for a member, from this paper form; `None`: by the caller themselves.
    pub on_paper: Option<(Id, String)>,
    /// The points that are left when it is carried out are forfeited.
    pub gives_up_points: bool,
}

/// What is kept of a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Wanted {
    pub gives_up_points: bool,
    /// Until the day before, it is only waited for.
    pub not_before: Day,
    pub paper: Option<String>,
    /// Why it was refused.
    pub answer: Option<String>,
}

/// A request as it stands.
#[derive(Clone, Debug)]
pub struct ErasureStanding {
    pub row: ProposalRow,
    pub wanted: Wanted,
    pub member: MemberRow,
    /// What stands in the way now, each with the figure or day that belongs to it.
    pub hindrances: Vec<(Hindrance, String)>,
}

/// The own erasure: the last request, and what stands in the way of one now.
#[derive(Clone, Debug)]
pub struct OwnErasure {
    pub last: Option<ErasureStanding>,
    pub hindrances: Vec<(Hindrance, String)>,
}

fn wanted(row: &ProposalRow) -> Result<Wanted, Error> {
    serde_json::from_str(&row.body).map_err(|error| Error::Fault(format!("erasure {}: {error}", row.id)))
}

impl Services {
    /// Asks for a person's file to be erased. It is carried out by another person, not before the cooling-off is over.
    pub async fn request_erasure(&self, call: &Call, ask: ErasureAsk) -> Result<(Id, bool), Error> {
        let (caller, id) = (call.clone(), self.next_id());
        self.write(call, move |tables| {
            let (file, paper) = match &ask.on_paper {
                Some((member, paper)) => {
                    let (file, path) = tables.file_at(*member)?;
                    caller.must_reach(Permission::WriteMembers, &path, Refusal::absent("member"))?;
                    (file, Some(paper.clone()))
                }
                None => (own_file(tables, &caller)?, None),
            };
            blocked_by(tables, &file, KIND, ERASURE.thing)?;
            let wanted = Wanted {
                gives_up_points: ask.gives_up_points,
                not_before: tables.today().plus(COOLING_DAYS),
                paper,
                answer: None,
            };
            tables.insert(&proposal(tables, &caller, id, KIND, (file.org_id, file.id), &wanted)?)?;
            Ok(id)
        })
        .await
    }

    /// Requests in a state within reach, newest first, without what stands in their way.
    pub async fn erasures(
        &self,
        call: &Call,
        state: String,
        days: Days,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<ErasureStanding>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let wish = Request { kind: KIND, state: &state, days, before };
            let rows = request_within(tables, &caller, &wish, &READERS, limit)?;
            let listed = |(row, member)| {
                Ok(ErasureStanding { wanted: wanted(&row)?, row, member, hindrances: Vec::new() })
            };
            rows.into_iter().map(listed).collect()
        });
        found.await
    }

    /// One request within reach, with what stands in its way now.
    pub async fn one_erasure(&self, call: &Call, id: Id) -> Result<ErasureStanding, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let absent = Refusal::absent(ERASURE.thing);
            let row = tables.proposal(id)?.filter(|row| row.kind == KIND).ok_or(absent.clone())?;
            let (member, path) = tables.file_at(row.subject_id)?;
            let reached = READERS.iter().any(|right| caller.actor.reaches(*right, &path));
            if !reached && row.proposed_by != caller.actor.user {
                return Err(absent.into());
            }
            standing(tables, row, member)
        });
        found.await
    }

    /// The caller's own erasure.
    pub async fn own_erasure(&self, call: &Call) -> Result<OwnErasure, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let file = own_file(tables, &caller)?;
            let last = tables.last_proposal_about(KIND, file.id)?;
            let hindrances = hindrances(tables, &file, false)?;
            let last = last.map(|row| standing(tables, row, file)).transpose()?;
            Ok(OwnErasure { last, hindrances })
        });
        found.await
    }

    /// Forfeits the points that the person gives up.
    fn forfeit(&self, tables: &mut Tables<'_>, call: &Call, file: &MemberRow) -> Result<(), Error> {
        if tables.balance_of(file.id, Asset::Point)? <= 0 {
            return Ok(());
        }
        let from = purse(file.id, file.kind == "household", Asset::Point);
        let to = AccountTerms::of_bank(call.actor.bank, Asset::Point, Purpose::Forfeited);
        let legs = vec![Leg::plain(from.id, to.id, MAX_MINOR)];
        let op = Op::Post { legs, partial: true, up_to: true };
        let command = Command::new(call.actor.user, EntryKind::Zeroing, op)
            .open(vec![from, to])
            .source(format!("member/{}", file.id));
        accepted(tables.decide(&command)?).map(|_| ())
    }
}

fn standing(tables: &mut Tables<'_>, row: ProposalRow, member: MemberRow) -> Result<ErasureStanding, Error> {
    let wanted = wanted(&row)?;
    let mut found = Vec::new();
    if row.state == "open" {
        if tables.today() < wanted.not_before {
            found.push((Hindrance::Cooling, wanted.not_before.to_string()));
        }
        found.extend(hindrances(tables, &member, wanted.gives_up_points)?);
    }
    Ok(ErasureStanding { row, wanted, member, hindrances: found })
}

/// The files that go together: the person's, and a household that bears their name and has no other people.
fn files(tables: &mut Tables<'_>, member: &MemberRow) -> Result<Vec<MemberRow>, Error> {
    let mut files = vec![member.clone()];
    for household in households_named(tables, member)? {
        if others_in(tables, household.id, member.id)? == 0 {
            files.push(household);
        }
    }
    Ok(files)
}

/// The households in which a person lives or has lived, and which bear their name.
fn households_named(tables: &mut Tables<'_>, member: &MemberRow) -> Result<Vec<MemberRow>, Error> {
    let mut found: Vec<MemberRow> = Vec::new();
    for stay in tables.stays_of(member.id)? {
        let household = tables.member_that_stays(stay.household)?;
        if is_head(&household.name, &member.name) && found.iter().all(|one| one.id != household.id) {
            found.push(household);
        }
    }
    Ok(found)
}

fn others_in(tables: &mut Tables<'_>, household: Id, person: Id) -> Result<usize, Error> {
    Ok(tables.residents(household)?.into_iter().filter(|one| *one != person).count())
}

/// What stands in the way of an erasure, besides its day.
fn hindrances(
    tables: &mut Tables<'_>,
    member: &MemberRow,
    gives_up_points: bool,
) -> Result<Vec<(Hindrance, String)>, Error> {
    let mut found = Vec::new();
    let mut add = |is: bool, why: Hindrance, figure: String| {
        if is {
            found.push((why, figure));
        }
    };
    let owner = tables.owner(member.id)?;
    let files = files(tables, member)?;
    let mut others = false;
    for user in &owner.users {
        others |= tables.held_roles(*user)?.iter().any(|held| held.role != Role::Volunteer.as_str());
    }
    add(others, Hindrance::Roles, String::new());
    let shops = tables.own_rows("merchants", &owner, None, 100)?;
    let is_in_use = |shop: &serde_json::Value| shop["state"] != "closed";
    add(shops.iter().any(|(_, shop)| is_in_use(shop)), Hindrance::Shop, String::new());
    add(member.state == "frozen", Hindrance::Frozen, String::new());
    let (mut left, mut owed, mut pending) = (0_i64, 0_i64, 0_i64);
    for file in &files {
        left = left.saturating_add(tables.balance_of(file.id, Asset::Point)?);
        for account in tables.accounts_of(file.id)? {
            pending = pending.saturating_add(account.debits_pending);
            if account.terms.purpose == Purpose::Owed {
                owed = owed.saturating_sub(account.balance());
            }
        }
    }
    add(left > 0 && !gives_up_points, Hindrance::Points, points(left));
    add(owed > 0, Hindrance::Owed, points(owed));
    add(pending > 0, Hindrance::Redemptions, points(pending));
    let (mut unfinished, mut waiting, mut proposals) = (0_usize, 0_usize, 0_usize);
    for id in &owner.members {
        unfinished = unfinished.saturating_add(tables.unfinished_records(*id)?.len());
        unfinished = unfinished.saturating_add(tables.open_attendances(*id)?.len());
        waiting = waiting.saturating_add(tables.places_to_come(*id)?);
        proposals = proposals.saturating_add(tables.open_proposals_but(KIND, *id)?);
    }
    add(unfinished > 0, Hindrance::Records, unfinished.to_string());
    add(waiting > 0, Hindrance::SignUps, waiting.to_string());
    add(proposals > 0, Hindrance::Proposals, proposals.to_string());
    for household in households_named(tables, member)? {
        if others_in(tables, household.id, member.id)? > 0 {
            add(true, Hindrance::Household, household.name);
        }
    }
    Ok(found)
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErasureRequest(ProposalRow);

impl HasLifeCycle for ErasureRequest {
    const CYCLE: &'static LifeCycle = &ERASURE;

    proposal_of_kind!(KIND);

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let member = tables.member_that_stays(self.0.subject_id)?;
        Ok(Place { path: tables.org_path(member.org_id)?, member: Some(member), shop: None })
    }

    /// Taken back by the person, or by the user who wrote it down.
    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        let own = context.place.member.as_ref().map(|member| member.id);
        Ok((own.is_some() && own == context.call.actor.member)
            || self.0.proposed_by == context.call.actor.user)
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        let mut wanted = wanted(&self.0)?;
        if context.is(&REFUSE_ERASURE) {
            wanted.answer = Some(context.reason());
            self.0.body = serde_json::to_string(&wanted).map_err(|error| Error::Fault(error.to_string()))?;
        }
        if context.is(&ERASE_MEMBER) {
            let member = context.place.member.clone().ok_or(Refusal::absent("member"))?;
            erase(context, &member, &wanted, self.0.id)?;
            wanted.paper = None;
            self.0.body = serde_json::to_string(&wanted).map_err(|error| Error::Fault(error.to_string()))?;
        }
        Ok(None)
    }
}

/// Erases a person, if nothing stands in the way.
fn erase(
    context: &mut StepContext<'_, '_>,
    member: &MemberRow,
    wanted: &Wanted,
    request: Id,
) -> Result<(), Error> {
    let (services, call, tables) = (context.services, context.call, &mut *context.tables);
    let refused = |why: Hindrance, figure: String| -> Error {
        Refusal::ErasureHindered { why: why.to_string(), figure }.into()
    };
    if tables.today() < wanted.not_before {
        return Err(refused(Hindrance::Cooling, wanted.not_before.to_string()));
    }
    if let Some((why, figure)) = hindrances(tables, member, wanted.gives_up_points)?.into_iter().next() {
        return Err(refused(why, figure));
    }
    let files = files(tables, member)?;
    let mut owner = tables.owner(member.id)?;
    for file in &files {
        if wanted.gives_up_points {
            services.forfeit(tables, call, file)?;
        }
        for id in tables.ids_of_file(file.id)? {
            if !owner.members.contains(&id) {
                owner.members.push(id);
            }
        }
    }
    erase_certificates(tables, call, &owner)?;
    tables.erase_person(&owner, request, call.actor.user)
}

/// Certificates lose the name and are no longer valid.
fn erase_certificates(tables: &mut Tables<'_>, call: &Call, owner: &Owner) -> Result<(), Error> {
    for row in tables.certificates_of(&owner.members)? {
        let mut certified: Certified = serde_json::from_str(&row.details)
            .map_err(|error| Error::Fault(format!("certificate {}: {error}", row.id)))?;
        certified.name = ERASED_NAME.into();
        certified.remark = None;
        let details = serde_json::to_string(&certified).map_err(|error| Error::Fault(error.to_string()))?;
        let was_valid = row.state == VALID;
        tables.update(&CertificateRow {
            details,
            code_sealed: None,
            state: if was_valid { REVOKED.into() } else { row.state },
            revoked_by: if was_valid { Some(call.actor.user) } else { row.revoked_by },
            revoked_at: if was_valid { Some(tables.now) } else { row.revoked_at },
            reason: None,
            version: row.version.saturating_add(1),
            ..row
        })?;
    }
    Ok(())
}

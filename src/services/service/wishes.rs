//! Skills and wishes (特长和意愿): the bank's list of skills, what a person can and wishes to do, what suits whom, and
//! invitations.

use super::activities::{ActivityRow, neighbourhood};
use super::skills::{asked_skills, kinds_of, must_be_listed, to_json, wishes_in, wishes_of};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::SKILL;
use crate::domain::message::Message;
use crate::domain::points::scheme::Scheme;
use crate::domain::refusal::Refusal;
use crate::domain::service::wishes::{Fit, Wanted, Weekday, Wishes};
use crate::services::inbox::To;
use crate::services::step::{HasLifeCycle, Place, versioned_row};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::{MemberRow, OrgRow};
pub use crate::store::service::wishes::{InvitationRow, SkillRow, WishesRow};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What a person has said, with the version of it: 0 while nothing was said.
#[derive(Clone, Debug)]
pub struct WishesStanding {
    pub member: MemberRow,
    pub wishes: Wishes,
    pub version: i64,
}

/// What there is to choose from.
#[derive(Clone, Debug)]
pub struct Choices {
    /// The skills on the list, and those that the person has said before.
    pub skills: Vec<SkillRow>,
    /// Kinds of service, by code and name.
    pub kinds: Vec<(String, String)>,
    /// The places around the person.
    pub places: Vec<OrgRow>,
}

/// A person who has said what they can and wish to do.
#[derive(Clone, Debug)]
pub struct Suitable {
    pub member: MemberRow,
    pub wishes: Wishes,
    pub fit: Fit,
    pub is_invited: bool,
}

impl Services {
    /// All skills of the bank, by name.
    pub async fn skills(&self, call: &Call) -> Result<Vec<SkillRow>, Error> {
        self.store.read(call.actor.bank, |tables| tables.skills()).await
    }

    /// Puts a skill on the list.
    pub async fn open_skill(&self, call: &Call, name: String) -> Result<Id, Error> {
        let (id, caller) = (self.next_id(), call.clone());
        let made = self.write(call, move |tables| {
            if tables.skills()?.iter().any(|row| row.name == name) {
                return Err(Refusal::Taken { what: "skill".into() }.into());
            }
            tables.insert(&SkillRow {
                bank_id: tables.bank,
                id,
                name: name.clone(),
                state: "active".into(),
                made_by: caller.actor.user,
                made_at: tables.now,
                version: 1,
            })?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// What a person has said: the caller's own, or that of a member within reach.
    pub async fn wishes(&self, call: &Call, member: Id) -> Result<WishesStanding, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let member = person_at(tables, &caller, member, Permission::ReadMembers)?;
            let (wishes, version) = wishes_of(tables, member.id)?;
            Ok(WishesStanding { member, wishes, version })
        });
        found.await
    }

    /// Replaces what a person has said, by themselves or by staff, over the version that was read.
    pub async fn set_wishes(
        &self,
        call: &Call,
        member: Id,
        version: i64,
        wishes: Wishes,
    ) -> Result<WishesStanding, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let done = self.write(call, move |tables| {
            let member = person_at(tables, &caller, member, Permission::WriteMembers)?;
            if member.state != "active" {
                return Err(Refusal::WrongState { what: "member".into(), state: member.state }.into());
            }
            let (before, stands) = wishes_of(tables, member.id)?;
            if stands != version {
                return Err(Refusal::VersionStale { what: "wishes".into(), version: stands }.into());
            }
            must_be_listed(tables, wishes.skills.iter().copied(), &before.skills)?;
            let kinds = services.kinds(tables)?;
            let known =
                |kind: &String| before.kinds.contains(kind) || kinds.iter().any(|(code, _)| code == kind);
            if !wishes.kinds.iter().all(known) {
                return Err(Refusal::absent("kind").into());
            }
            if tables.orgs(wishes.places.iter().copied())?.len() != wishes.places.len() {
                return Err(Refusal::absent("org").into());
            }
            let row = WishesRow {
                bank_id: tables.bank,
                id: member.id,
                details: to_json(&wishes)?,
                changed_by: caller.actor.user,
                changed_at: tables.now,
                version: version.saturating_add(1),
            };
            if version == 0 {
                tables.insert(&row)?
            } else {
                tables.update(&row)?
            }
            Ok(member.id)
        });
        let (member, _) = done.await?;
        self.wishes(call, member).await
    }

    /// What a person chooses from.
    pub async fn choices_of_wishes(&self, call: &Call, member: Id) -> Result<Choices, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let member = person_at(tables, &caller, member, Permission::ReadMembers)?;
            let (said, _) = wishes_of(tables, member.id)?;
            let mut skills = tables.skills()?;
            skills.retain(|row| row.state == "active" || said.skills.contains(&row.id));
            let path = neighbourhood(&tables.org_path(member.org_id)?);
            let mut places = tables.orgs_below(&[path])?;
            places.retain(|row| row.state == "open" || said.places.contains(&row.id));
            let known: BTreeSet<Id> = places.iter().map(|row| row.id).collect();
            let elsewhere = said.places.iter().copied().filter(|place| !known.contains(place));
            places.extend(tables.orgs(elsewhere.collect::<Vec<_>>())?.into_values());
            Ok(Choices { skills, kinds: services.kinds(tables)?, places })
        });
        found.await
    }

    /// The kinds of service of all schemes that are in force, by code and name.
    pub async fn kinds_of_service(&self, call: &Call) -> Result<Vec<(String, String)>, Error> {
        let services = self.clone();
        self.store.read(call.actor.bank, move |tables| services.kinds(tables)).await
    }

    fn kinds(&self, tables: &mut Tables<'_>) -> Result<Vec<(String, String)>, Error> {
        let mut kinds: Vec<(String, String)> = Vec::new();
        let today = tables.today();
        for one in self.all_in_force(tables, today)? {
            for category in one.scheme.hours.iter().flat_map(|hours| &hours.categories) {
                if kinds.iter().all(|(code, _)| *code != category.code) {
                    kinds.push((category.code.clone(), category.name.clone()));
                }
            }
        }
        Ok(kinds)
    }

    /// What these activities ask for and where they stand.
    pub(super) fn wanted(
        &self,
        tables: &mut Tables<'_>,
        rows: &[ActivityRow],
    ) -> Result<HashMap<Id, Wanted>, Error> {
        let orgs = tables.orgs(rows.iter().map(|row| row.org_id).collect::<Vec<_>>())?;
        let today = tables.today();
        let in_force = match rows.iter().any(|row| row.category.is_some()) {
            true => self.all_in_force(tables, today)?,
            false => Vec::new(),
        };
        let schemes: HashMap<Id, Arc<Scheme>> =
            in_force.into_iter().map(|one| (one.row.scheme_id, one.scheme)).collect();
        let mut found = HashMap::new();
        for row in rows {
            let kinds = match (&row.category, schemes.get(&row.scheme_id)) {
                (Some(category), Some(scheme)) => kinds_of(scheme, category),
                (category, _) => category.iter().cloned().collect(),
            };
            let weekday = (row.kind == "single").then(|| Weekday::of(row.starts_at, tables.zone));
            let path = orgs.get(&row.org_id).map(|org| org.path.clone()).unwrap_or_default();
            found.insert(row.id, Wanted { skills: asked_skills(row)?, weekday, kinds, path });
        }
        Ok(found)
    }

    /// People within reach who have said what they can and wish to do, have every required skill and no place at the
    /// activity, for those who take its attendance; in the order of their ids.
    pub async fn suitable(
        &self,
        call: &Call,
        activity: Id,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<Suitable>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let (row, path) = tables.activity_at(activity)?;
            caller.must_reach(Permission::TakeAttendance, &path, Refusal::absent("activity"))?;
            let wanted = services.wanted(tables, std::slice::from_ref(&row))?.remove(&row.id);
            let wanted = wanted.ok_or(Refusal::absent("activity"))?;
            let paths = caller.actor.paths(Permission::ReadMembers);
            let rows = tables.candidates((activity, &wanted.missing(&[])), &paths, after, limit)?;
            let invited = tables.invited_to(activity)?;
            let suitable = |(member, row): (MemberRow, WishesRow)| {
                let wishes = wishes_in(&row)?;
                let (fit, is_invited) = (wanted.fit(&wishes), invited.contains(&member.id));
                Ok(Suitable { member, wishes, fit, is_invited })
            };
            rows.into_iter().map(suitable).collect()
        });
        found.await
    }

    /// Invites people to an activity that has not begun, by a message to each; who has a place or was invited before is
    /// left out. Returns those who are told now.
    pub async fn invite(&self, call: &Call, activity: Id, people: Vec<Id>) -> Result<Vec<Id>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let ids: Vec<Id> = people.iter().map(|_| self.next_id()).collect();
        let done = self.write(call, move |tables| {
            let (row, path) = tables.activity_at(activity)?;
            caller.must_reach(Permission::TakeAttendance, &path, Refusal::absent("activity"))?;
            super::activities::sign_ups::must_be_open(tables, &row)?;
            let mut known = tables.invited_to(activity)?;
            known.extend(tables.sign_ups_of(activity)?.into_iter().map(|one| one.member_id));
            let mut told = Vec::new();
            for (member, id) in people.iter().zip(&ids) {
                let (member, path) = tables.file_at(*member)?;
                caller.must_reach(Permission::ReadMembers, &path, Refusal::absent("member"))?;
                if member.kind != "person" {
                    return Err(Refusal::PersonOnly.into());
                }
                if member.state != "active" {
                    return Err(Refusal::WrongState { what: "member".into(), state: member.state }.into());
                }
                if !known.insert(member.id) {
                    continue;
                }
                tables.insert(&InvitationRow {
                    bank_id: tables.bank,
                    id: *id,
                    activity_id: activity,
                    member_id: member.id,
                    made_by: caller.actor.user,
                    made_at: tables.now,
                })?;
                let (what, starts_at) = (row.title.clone(), row.starts_at);
                services.tell(
                    tables,
                    To::Member(member.id),
                    &Message::Invited { activity, what, starts_at },
                )?;
                told.push(member.id);
            }
            Ok(told)
        });
        Ok(done.await?.0)
    }
}

/// The caller's own file, or one that this right reaches.
fn person_at(
    tables: &mut Tables<'_>,
    call: &Call,
    member: Id,
    right: Permission,
) -> Result<MemberRow, Error> {
    let (member, path) = tables.file_at(member)?;
    let is_own = call.actor.member == Some(member.id) && call.actor.may(Permission::ReadOwn);
    if !is_own {
        call.must_reach(right, &path, Refusal::absent("member"))?;
    }
    if member.kind == "household" {
        return Err(Refusal::PersonOnly.into());
    }
    Ok(member)
}

impl HasLifeCycle for SkillRow {
    const CYCLE: &'static LifeCycle = &SKILL;

    versioned_row!();

    /// The list is that of the whole bank.
    fn place(&self, _: &mut Tables<'_>) -> Result<Place, Error> {
        Ok(Place::default())
    }
}

//! Signing up (报名): seats until they are gone, then a waiting list in the order of arrival.

use super::super::skills::must_have_skills;
use super::ActivityRow;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::SIGN_UP;
use crate::domain::message::Message;
use crate::domain::people::proxy::ProxyAct;
use crate::domain::refusal::Refusal;
use crate::ledger::Command;
use crate::services::inbox::To;
use crate::services::people::orgs::check_open;
use crate::services::people::proxies::{ProxyRow, acts_for};
use crate::services::service::records::{DocumentFilter, file_of, served_by};
use crate::services::step::{HasLifeCycle, Place, StepContext, versioned_row};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
pub use crate::store::service::sign_ups::SignUpRow;

/// A request for a place.
#[derive(Clone, Debug, Default)]
pub struct SignUpAsk {
    /// The person; the caller themselves if not named.
    pub member: Option<Id>,
    /// Has read the risk that the activity states, and agrees.
    pub agrees_to_risk: bool,
}

/// A sign-up with the place in the waiting list: 1 is the next to have a seat.
#[derive(Clone, Debug)]
pub struct SignedUp {
    pub row: SignUpRow,
    pub place_in_line: Option<i64>,
}

/// How far back a volunteer's calendar goes, and how many activities it has at most.
const CALENDAR_BACK_SECONDS: i64 = 30 * 86_400;
const CALENDAR_MOST: i64 = 200;

impl Services {
    /// Takes a seat at an activity, or a place in its waiting list.
    pub async fn sign_up(&self, call: &Call, activity: Id, ask: SignUpAsk) -> Result<Id, Error> {
        let (id, caller, services) = (self.next_id(), call.clone(), self.clone());
        let made = self.write(call, move |tables| {
            let (row, path) = tables.activity_at(activity)?;
            let (person, proxy, by_leader) = person(tables, &caller, &ask, &path)?;
            let member = person.id;
            services.must_have_guardians_consent(tables, &person)?;
            must_be_open(tables, &row)?;
            // Who runs the activity knows whom they take along.
            if !by_leader {
                must_have_skills(tables, &row, member)?;
            }
            if let Some(risk) = row.risk.clone().filter(|_| !ask.agrees_to_risk) {
                return Err(Refusal::RiskNotAgreed { risk }.into());
            }
            must_be_free(tables, member, &row)?;
            let is_full = match row.seats {
                Some(seats) => tables.seated_at(activity)? >= seats,
                None => false,
            };
            let arrival = tables.last_arrival(activity)?.saturating_add(1);
            tables.insert(&SignUpRow {
                bank_id: tables.bank,
                id,
                activity_id: activity,
                org_id: row.org_id,
                member_id: member,
                arrival,
                state: if is_full { "waiting" } else { "seated" }.into(),
                made_at: tables.now,
                made_by: caller.actor.user,
                ended_at: None,
                version: 1,
            })?;
            if let Some(proxy) = &proxy {
                services.note_proxy(tables, &caller, proxy, ProxyAct::SignedUp, Some(row.title))?;
            }
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// One sign-up: one's own, or of an activity whose attendance the caller takes.
    pub async fn one_sign_up(&self, call: &Call, id: Id) -> Result<SignedUp, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let row: SignUpRow = tables.find(id)?.ok_or(Refusal::absent("sign_up"))?;
            let own = caller.actor.member == Some(row.member_id);
            if !own && acts_for(tables, &caller, row.member_id)?.is_none() {
                let path = tables.org_path(row.org_id)?;
                caller.must_reach(Permission::TakeAttendance, &path, Refusal::absent("sign_up"))?;
            }
            let placed = with_places(tables, vec![row])?.pop();
            placed.ok_or_else(|| Refusal::absent("sign_up").into())
        });
        found.await
    }

    /// The activities at which the caller has a seat, those of the last days too, in the order in which they begin.
    pub async fn own_seats(&self, call: &Call) -> Result<Vec<ActivityRow>, Error> {
        let own = call.actor.member.ok_or(Refusal::absent("member"))?;
        let found = self.store.read(call.actor.bank, move |tables| {
            let own = file_of(tables, own)?;
            tables.seats_of(own, tables.now.plus_seconds(-CALENDAR_BACK_SECONDS), CALENDAR_MOST)
        });
        found.await
    }

    /// Sign-ups, newest first: of the activities whose attendance the caller takes, or one's own.
    pub async fn sign_ups(
        &self,
        call: &Call,
        mut filter: DocumentFilter,
        limit: i64,
    ) -> Result<Vec<SignedUp>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            filter.member = filter.member.map(|member| file_of(tables, member)).transpose()?;
            let proxied = match filter.member {
                Some(member) => acts_for(tables, &caller, member)?.is_some(),
                None => false,
            };
            if !proxied {
                let Some(cut) = caller.cut(Permission::TakeAttendance, filter.member)? else {
                    return Ok(Vec::new());
                };
                (filter.paths, filter.member) = (cut.paths, cut.member);
            }
            let rows = tables.sign_ups_page(&filter, limit)?;
            with_places(tables, rows)
        });
        found.await
    }
}

/// Sign-ups with their places in the waiting lists; in one statement.
pub(in crate::services) fn with_places(
    tables: &mut Tables<'_>,
    rows: Vec<SignUpRow>,
) -> Result<Vec<SignedUp>, Error> {
    let mut activities: Vec<Id> = rows.iter().map(|row| row.activity_id).collect();
    activities.sort_unstable();
    activities.dedup();
    let lists = tables.waiting_lists(&activities)?;
    let place = |row: &SignUpRow| {
        let list = lists.get(&row.activity_id).filter(|_| row.state == "waiting")?;
        let before = list.partition_point(|arrival| *arrival < row.arrival);
        i64::try_from(before).ok()?.checked_add(1)
    };
    Ok(rows.into_iter().map(|row| SignedUp { place_in_line: place(&row), row }).collect())
}

/// The member who signs up: the caller, one for whom the caller is the proxy, or another if the caller takes the
/// attendance; and whether it is the latter.
fn person(
    tables: &mut Tables<'_>,
    call: &Call,
    ask: &SignUpAsk,
    path: &str,
) -> Result<(MemberRow, Option<ProxyRow>, bool), Error> {
    let member = match ask.member {
        Some(member) => file_of(tables, member)?,
        None => call.actor.member.ok_or(Refusal::absent("member"))?,
    };
    let own = call.actor.member == Some(member) && call.actor.may(Permission::SignUp);
    let proxy = if own { None } else { acts_for(tables, call, member)? };
    if !own && proxy.is_none() {
        call.must_reach(Permission::TakeAttendance, path, Refusal::absent("activity"))?;
    }
    let by_leader = !own && proxy.is_none();
    Ok((served_by(tables, member)?, proxy, by_leader))
}

/// People sign up for a published activity that has not begun.
pub(in crate::services::service) fn must_be_open(
    tables: &mut Tables<'_>,
    row: &ActivityRow,
) -> Result<(), Error> {
    if row.state != "published" {
        return Err(super::wrong_state(row).into());
    }
    check_open(tables, row.org_id)?;
    if row.kind == "standing" {
        return Err(Refusal::SignUpNotNeeded.into());
    }
    must_not_have_begun(tables, row)
}

fn must_not_have_begun(tables: &Tables<'_>, row: &ActivityRow) -> Result<(), Error> {
    match row.starts_at <= tables.now {
        true => Err(Refusal::SignUpClosed { since: row.starts_at }.into()),
        false => Ok(()),
    }
}

/// A member has at most one sign-up at a time, seated or waiting.
fn must_be_free(tables: &mut Tables<'_>, member: Id, row: &ActivityRow) -> Result<(), Error> {
    let taken = tables.sign_ups_within(member, row.starts_at, row.ends_at)?;
    let Some((_, other)) = taken.into_iter().next() else { return Ok(()) };
    Err(match other.id == row.id {
        true => Refusal::SignedUpAlready,
        false => Refusal::SignedUpElsewhere { title: other.title, starts_at: other.starts_at },
    }
    .into())
}

impl HasLifeCycle for SignUpRow {
    const CYCLE: &'static LifeCycle = &SIGN_UP;

    versioned_row!();

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        Ok(Place { path: tables.org_path(self.org_id)?, ..Place::default() })
    }

    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        let actor = &context.call.actor;
        let own = actor.member == Some(self.member_id) && actor.may(Permission::SignUp);
        Ok(own
            || actor.reaches(Permission::TakeAttendance, &context.place.path)
            || acts_for(context.tables, context.call, self.member_id)?.is_some())
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        let (activity, _) = context.tables.activity_at(self.activity_id)?;
        must_not_have_begun(context.tables, &activity)?;
        if context.member::<String>("state")? == "seated"
            && let Some(next) = context.tables.fill_seat(self.activity_id)?
        {
            context.services.tell_of_seat(context.tables, &next)?;
        }
        if let Some(proxy) = acts_for(context.tables, context.call, self.member_id)? {
            let (act, what) = (ProxyAct::GaveBack, Some(activity.title));
            context.services.note_proxy(context.tables, context.call, &proxy, act, what)?;
        }
        Ok(None)
    }
}

impl Services {
    /// Sends the message that a waiting member has a seat.
    pub(in crate::services) fn tell_of_seat(
        &self,
        tables: &mut Tables<'_>,
        sign_up: &SignUpRow,
    ) -> Result<(), Error> {
        let (activity, _) = tables.activity_at(sign_up.activity_id)?;
        let (what, starts_at) = (activity.title, activity.starts_at);
        let message = Message::SeatFree { activity: activity.id, what, starts_at };
        self.tell(tables, To::Member(sign_up.member_id), &message)
    }

    /// Releases all sign-ups of a cancelled activity, with a message to each member.
    pub(super) fn release(
        &self,
        tables: &mut Tables<'_>,
        activity: &ActivityRow,
        reason: Option<String>,
    ) -> Result<(), Error> {
        let message = Message::ActivityCancelled {
            activity: activity.id,
            what: activity.title.clone(),
            starts_at: activity.starts_at,
            reason,
        };
        for sign_up in tables.sign_ups_of(activity.id)? {
            self.tell(tables, To::Member(sign_up.member_id), &message)?;
        }
        tables.release_sign_ups(activity.id)
    }
}

//! Activities with a date, or standing posts for a period; and their attendance.

mod attendance;
pub mod check_in;
pub(in crate::services) mod seats;
pub mod sign_ups;

pub use attendance::{SignOutAsk, SignedOut};

use super::skills::{asked_skills, must_be_listed, to_stored};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{ACTIVITY, PUBLISH_ACTIVITY};
use crate::domain::points::scheme::{Deed, Work};
use crate::domain::refusal::Refusal;
use crate::domain::service::record::Evidence;
use crate::domain::service::spot::{Position, Spot};
use crate::domain::service::wishes::AskedSkill;
use crate::domain::time::{Days, Moment};
use crate::ledger::Command;
use crate::services::people::orgs::check_open;
use crate::services::step::{HasLifeCycle, Place, StepContext, versioned_row};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
pub use crate::store::readers::lists::DocumentFilter;
pub use crate::store::service::records::ActivityRow;
pub use crate::store::service::records::AttendanceRow;

/// A new activity, as a draft.
#[derive(Clone, Debug)]
pub struct ActivityAsk {
    pub org: Id,
    pub standing: bool,
    pub title: String,
    pub content: String,
    pub place: String,
    pub category: Option<String>,
    pub level: Option<String>,
    pub scheme: Id,
    pub starts_at: Moment,
    pub ends_at: Moment,
    pub seats: Option<i64>,
    /// The risk, if there is one, and how people are insured.
    pub risk: Option<String>,
    pub insurance: Option<String>,
    pub policy_number: Option<String>,
    /// The skills that it asks for.
    pub skills: Vec<AskedSkill>,
    /// The circle within which one is there.
    pub spot: Option<Spot>,
}

/// Changes to a draft; `None` leaves a member as it is.
#[derive(Clone, Debug, Default)]
pub struct ActivityChange {
    pub title: Option<String>,
    pub content: Option<String>,
    pub place: Option<String>,
    pub starts_at: Option<Moment>,
    pub ends_at: Option<Moment>,
    pub seats: Option<i64>,
    pub risk: Option<String>,
    pub insurance: Option<String>,
    pub policy_number: Option<String>,
    pub skills: Option<Vec<AskedSkill>>,
    pub spot: Option<Spot>,
}

/// The circle of an activity, if it has one.
pub fn spot_of(row: &ActivityRow) -> Option<Spot> {
    let middle = Position { latitude: row.latitude?, longitude: row.longitude? };
    Some(Spot { middle, radius_metres: row.radius_metres? })
}

fn set_spot(row: &mut ActivityRow, spot: Option<Spot>) {
    let Some(Spot { middle, radius_metres }) = spot else { return };
    (row.latitude, row.longitude) = (Some(middle.latitude), Some(middle.longitude));
    row.radius_metres = Some(radius_metres);
}

/// A published rule (i志愿): past service is entered as a back-fill, not as an activity of that name.
const WORD_NOT_IN_TITLES: &str = "补录";

fn wrong_state(row: &ActivityRow) -> Refusal {
    Refusal::WrongState { what: "activity".into(), state: row.state.clone() }
}

/// Checks the activity alone.
fn check_words(row: &ActivityRow) -> Result<(), Refusal> {
    if row.ends_at <= row.starts_at {
        return Err(Refusal::ServiceEndsBeforeStart);
    }
    match row.title.contains(WORD_NOT_IN_TITLES) {
        true => Err(Refusal::TitleMayNotSay { word: WORD_NOT_IN_TITLES.into() }),
        false => Ok(()),
    }
}

/// The path one step above a path (`/top/…/own/`), but never the top itself.
pub(super) fn neighbourhood(path: &str) -> String {
    let above = path.trim_end_matches('/').rfind('/').and_then(|end| path.get(..=end)).unwrap_or(path);
    let is_below_the_top = above.matches('/').count() > 2;
    if is_below_the_top { above.to_owned() } else { path.to_owned() }
}

impl Services {
    pub async fn draft_activity(&self, call: &Call, ask: ActivityAsk) -> Result<Id, Error> {
        let (bank, id, caller) = (call.actor.bank, self.next_id(), call.clone());
        let made = self.write(call, move |tables| {
            let path = tables.org_path(ask.org)?;
            caller.must_reach(Permission::WriteActivities, &path, Refusal::absent("org"))?;
            tables.scheme(ask.scheme)?.ok_or(Refusal::absent("scheme"))?;
            let mut row = ActivityRow {
                bank_id: bank,
                id,
                org_id: ask.org,
                kind: if ask.standing { "standing" } else { "single" }.into(),
                title: ask.title.clone(),
                content: ask.content.clone(),
                place: ask.place.clone(),
                category: ask.category.clone(),
                activity_level: ask.level.clone(),
                scheme_id: ask.scheme,
                starts_at: ask.starts_at,
                ends_at: ask.ends_at,
                seats: ask.seats,
                risk: ask.risk.clone(),
                insurance: ask.insurance.clone(),
                policy_number: ask.policy_number.clone(),
                state: "draft".into(),
                published_at: None,
                created_by: caller.actor.user,
                created_at: tables.now,
                version: 1,
                skills: to_stored(&ask.skills)?,
                latitude: None,
                longitude: None,
                radius_metres: None,
            };
            set_spot(&mut row, ask.spot);
            check_open(tables, ask.org)?;
            check_words(&row)?;
            must_be_listed(tables, ask.skills.iter().map(|asked| asked.skill), &[])?;
            tables.insert(&row)?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// Changes a draft, if it still has the version that the caller read. A published activity does not change.
    pub async fn change_activity(
        &self,
        call: &Call,
        id: Id,
        version: i64,
        change: ActivityChange,
    ) -> Result<ActivityRow, Error> {
        self.rewrite_activity(call, id, move |tables, row| {
            if row.version != version {
                return Err(Refusal::VersionStale { what: "activity".into(), version: row.version }.into());
            }
            if row.state != "draft" {
                return Err(wrong_state(row).into());
            }
            row.title = change.title.clone().unwrap_or_else(|| row.title.clone());
            row.content = change.content.clone().unwrap_or_else(|| row.content.clone());
            row.place = change.place.clone().unwrap_or_else(|| row.place.clone());
            row.starts_at = change.starts_at.unwrap_or(row.starts_at);
            row.ends_at = change.ends_at.unwrap_or(row.ends_at);
            row.seats = change.seats.or(row.seats);
            row.risk = change.risk.clone().or(row.risk.take());
            row.insurance = change.insurance.clone().or(row.insurance.take());
            row.policy_number = change.policy_number.clone().or(row.policy_number.take());
            if let Some(skills) = &change.skills {
                let kept: Vec<Id> = asked_skills(row)?.into_iter().map(|asked| asked.skill).collect();
                must_be_listed(tables, skills.iter().map(|asked| asked.skill), &kept)?;
                row.skills = to_stored(skills)?;
            }
            set_spot(row, change.spot);
            Ok(check_words(row)?)
        })
        .await
    }

    /// The scheme must be valid on the first day, and know the activity's category and level: otherwise nothing done
    /// there could ever be awarded.
    fn check_terms(&self, tables: &mut Tables<'_>, row: &ActivityRow) -> Result<(), Error> {
        let day = row.starts_at.day(tables.zone).max(tables.today());
        let in_force = self.in_force(tables, row.scheme_id, day)?;
        let mut deed = Deed::of_service(day, tables.zone, Id::SYSTEM, 60, Evidence::Scan);
        deed.organisation = Some(row.org_id);
        if let Work::Service { category, level, .. } = &mut deed.work {
            category.clone_from(&row.category);
            level.clone_from(&row.activity_level);
        }
        match in_force.scheme.evaluate(&deed) {
            // The amount does not matter here.
            Ok(_) | Err(Refusal::AwardTooSmall { .. }) => Ok(()),
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn rewrite_activity(
        &self,
        call: &Call,
        id: Id,
        change: impl Fn(&mut Tables<'_>, &mut ActivityRow) -> Result<(), Error> + Send + 'static,
    ) -> Result<ActivityRow, Error> {
        let caller = call.clone();
        let changed = self.write(call, move |tables| {
            let (mut row, path) = tables.activity_at(id)?;
            caller.must_reach(Permission::WriteActivities, &path, Refusal::absent("activity"))?;
            change(tables, &mut row)?;
            row.version += 1;
            tables.update(&row)
        });
        changed.await?;
        let row = self.store.read(call.actor.bank, move |tables| tables.activity(id)).await?;
        row.ok_or_else(|| Refusal::absent("activity").into())
    }

    /// Activities, newest first: in every state where the caller works; for volunteers and proxies, the published
    /// ones of the whole bank.
    pub async fn activities(
        &self,
        call: &Call,
        state: Option<String>,
        days: Days,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<ActivityRow>, Error> {
        // Staff who read records work with activities; others look for one to join.
        let paths = call.actor.paths(Permission::ReadRecords);
        let published = state.as_deref() == Some("published");
        if paths.is_empty() && !published && state.is_some() {
            return Ok(Vec::new());
        }
        let everywhere = paths.is_empty() || (call.actor.member.is_some() && published);
        let filter = match everywhere {
            true => {
                DocumentFilter { state: Some("published".into()), before, days, ..DocumentFilter::default() }
            }
            false => DocumentFilter { paths, state, before, days, ..DocumentFilter::default() },
        };
        self.store.read(call.actor.bank, move |tables| tables.activities_page(&filter, limit)).await
    }

    /// The published activities whose hours the caller can still report, newest first: those around them (of the
    /// organisation above their own and all below it), and those elsewhere. `limit` of each are looked through.
    pub async fn reportable(
        &self,
        call: &Call,
        limit: i64,
    ) -> Result<(Vec<ActivityRow>, Vec<ActivityRow>), Error> {
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let paths = caller.actor.grants.iter().map(|grant| neighbourhood(&grant.org_path)).collect();
            let days = Days { from: None, until: Some(tables.today()) };
            let published = DocumentFilter { state: Some("published".into()), days, ..Default::default() };
            let mut elsewhere = tables.activities_page(&published, limit)?;
            let mut near = tables.activities_page(&DocumentFilter { paths, ..published }, limit)?;
            elsewhere.retain(|one| near.iter().all(|other| other.id != one.id));
            for rows in [&mut near, &mut elsewhere] {
                let mut kept = Vec::new();
                for row in rows.drain(..) {
                    if services.can_be_reported(tables, &row)? {
                        kept.push(row);
                    }
                }
                *rows = kept;
            }
            Ok((near, elsewhere))
        });
        found.await
    }

    /// Whether service on the last day of an activity so far is still recorded without a guarantor.
    fn can_be_reported(&self, tables: &mut Tables<'_>, row: &ActivityRow) -> Result<bool, Error> {
        let last = row.ends_at.day(tables.zone).min(tables.today());
        match self.overdue_since(tables, row, last) {
            Ok(overdue) => Ok(overdue.is_none() && row.starts_at <= tables.now),
            // No version of the scheme is in force on that day.
            Err(Error::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// One activity, with its attendance if the caller may take it.
    pub async fn activity(&self, call: &Call, id: Id) -> Result<(ActivityRow, Vec<AttendanceRow>), Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (row, path) = tables.activity_at(id)?;
            let looks =
                caller.actor.paths(Permission::ReadRecords).is_empty() || caller.actor.member.is_some();
            // What was announced stays to be seen when it is called off.
            let is_public = row.published_at.is_some();
            if !is_public || !looks {
                caller.must_reach(Permission::ReadRecords, &path, Refusal::absent("activity"))?;
            }
            let attended = match caller.actor.reaches(Permission::TakeAttendance, &path) {
                true => tables.attendances_of(id)?,
                false => Vec::new(),
            };
            Ok((row, attended))
        });
        found.await
    }

    /// Drafts the same activity for another time: same duration, same texts.
    pub async fn copy_activity(&self, call: &Call, id: Id, starts_at: Moment) -> Result<Id, Error> {
        let (new, caller) = (self.next_id(), call.clone());
        let made = self.write(call, move |tables| {
            let (row, path) = tables.activity_at(id)?;
            caller.must_reach(Permission::WriteActivities, &path, Refusal::absent("activity"))?;
            check_open(tables, row.org_id)?;
            check_words(&row)?;
            tables.insert(&ActivityRow {
                id: new,
                starts_at,
                ends_at: starts_at.plus_seconds(row.ends_at.seconds_since(row.starts_at)),
                state: "draft".into(),
                published_at: None,
                created_by: caller.actor.user,
                created_at: tables.now,
                version: 1,
                ..row
            })?;
            Ok(new)
        });
        Ok(made.await?.0)
    }
}

impl HasLifeCycle for ActivityRow {
    const CYCLE: &'static LifeCycle = &ACTIVITY;

    versioned_row!();

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        Ok(Place { path: tables.org_path(self.org_id)?, ..Place::default() })
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        match context.is(&PUBLISH_ACTIVITY) {
            true => must_be_complete(context.services, context.tables, self)?,
            false => {
                must_be_over(context.tables, self)?;
                let reason = Some(context.reason()).filter(|reason| !reason.is_empty());
                context.services.release(context.tables, self, reason)?;
            }
        }
        Ok(None)
    }
}

/// A single activity is published before it begins, a standing post at any time until it ends. If there is a risk,
/// insurance is named; category and level are those of the scheme.
fn must_be_complete(services: &Services, tables: &mut Tables<'_>, row: &ActivityRow) -> Result<(), Error> {
    let last = if row.kind == "single" { row.starts_at } else { row.ends_at };
    if last <= tables.now {
        return Err(Refusal::ActivityAlreadyBegun.into());
    }
    check_open(tables, row.org_id)?;
    for (field, said) in [("insurance", &row.insurance), ("policy_number", &row.policy_number)] {
        if row.risk.is_some() && said.is_none() {
            return Err(Refusal::InsuranceMissing { field: field.into() }.into());
        }
    }
    services.check_terms(tables, row)
}

/// Cancelling an activity (rain) requires that all people are signed out first; their records stay.
fn must_be_over(tables: &mut Tables<'_>, row: &ActivityRow) -> Result<(), Error> {
    let people = tables.signed_in_at(row.id, attendance::still_there(tables, row))?;
    if people > 0 {
        return Err(Refusal::NotSignedOut { people }.into());
    }
    if row.kind == "single" && tables.has_records(row.id)? {
        let state = "has_records".into();
        return Err(Refusal::WrongState { what: "activity".into(), state }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::neighbourhood;

    #[test]
    fn a_neighbourhood_is_one_step_above_but_not_the_whole_bank() {
        assert_eq!(neighbourhood("/d/s/c/h/"), "/d/s/c/");
        assert_eq!(neighbourhood("/d/s/"), "/d/s/");
        assert_eq!(neighbourhood("/d/"), "/d/");
    }
}

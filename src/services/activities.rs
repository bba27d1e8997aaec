//! Activities: published before they begin, or standing posts for a period; and who was there.

use super::{Call, Error, Services};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::service_record::Evidence;
use crate::domain::time::Moment;
pub use crate::store::lists::DocumentFilter;
pub use crate::store::service::ActivityRow;
pub use crate::store::service::AttendanceRow;

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
    /// Where there is danger: what it is, and how people are insured.
    pub risk: Option<String>,
    pub insurance: Option<String>,
    pub policy_number: Option<String>,
}

fn absent(what: &str) -> Refusal {
    Refusal::NotFound { what: what.into() }
}

impl Services {
    pub async fn draft_activity(&self, call: &Call, ask: ActivityAsk) -> Result<Id, Error> {
        let (bank, id, caller) = (call.actor.bank, self.next_id(), call.clone());
        if ask.ends_at <= ask.starts_at {
            return Err(Refusal::ServiceEndsBeforeStart.into());
        }
        let made = self.store.write_once(bank, call.request.clone(), move |tables| {
            let path = tables.org_path(ask.org)?;
            caller.must_reach(Permission::WriteActivities, &path, absent("org"))?;
            tables.scheme(ask.scheme)?.ok_or(absent("scheme"))?;
            tables.insert_activity(&ActivityRow {
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
                leader_id: None,
                state: "draft".into(),
                published_at: None,
                created_by: caller.actor.user,
                created_at: tables.now,
                version: 1,
            })?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// Publishes a draft: a single activity before it begins, a standing post at any time.
    pub async fn publish_activity(&self, call: &Call, id: Id) -> Result<(), Error> {
        self.change_activity(call, id, |row, now| {
            if row.state != "draft" {
                return Err(Refusal::WrongState { what: "activity".into(), state: row.state.clone() });
            }
            if row.kind == "single" && row.starts_at <= now {
                return Err(Refusal::ActivityAlreadyBegun);
            }
            row.state = "published".into();
            row.published_at = Some(now);
            Ok(())
        })
        .await
    }

    /// Calls an activity off (rain): one click.
    pub async fn cancel_activity(&self, call: &Call, id: Id) -> Result<(), Error> {
        self.change_activity(call, id, |row, _| {
            if row.state == "cancelled" {
                return Err(Refusal::WrongState { what: "activity".into(), state: row.state.clone() });
            }
            row.state = "cancelled".into();
            Ok(())
        })
        .await
    }

    async fn change_activity(
        &self,
        call: &Call,
        id: Id,
        change: impl Fn(&mut ActivityRow, Moment) -> Result<(), Refusal> + Send + 'static,
    ) -> Result<(), Error> {
        let caller = call.clone();
        let changed = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let (mut row, path) = tables.activity_at(id)?;
            caller.must_reach(Permission::WriteActivities, &path, absent("activity"))?;
            change(&mut row, tables.now)?;
            row.version += 1;
            tables.update_activity(&row)
        });
        changed.await.map(|_| ())
    }

    /// Activities, newest first: within reach in every state, elsewhere what is published.
    pub async fn activities(
        &self,
        call: &Call,
        state: Option<String>,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<ActivityRow>, Error> {
        let paths = call.actor.paths(Permission::ReadActivities);
        // Volunteers look for something to do anywhere in the bank.
        let everywhere = call.actor.member.is_some() && state.as_deref().is_none_or(|s| s == "published");
        let filter = match everywhere {
            true => DocumentFilter { state: Some("published".into()), before, ..DocumentFilter::default() },
            false => DocumentFilter { paths, state, before, ..DocumentFilter::default() },
        };
        self.store.read(call.actor.bank, move |tables| tables.activities_page(&filter, limit)).await
    }

    /// One activity, with who is or was signed in where the caller may take attendance.
    pub async fn activity(&self, call: &Call, id: Id) -> Result<(ActivityRow, Vec<AttendanceRow>), Error> {
        let caller = call.clone();
        let told = self.store.read(call.actor.bank, move |tables| {
            let (row, path) = tables.activity_at(id)?;
            let open = row.state == "published" && caller.actor.member.is_some();
            if !open {
                caller.must_reach(Permission::ReadActivities, &path, absent("activity"))?;
            }
            let attended = match caller.actor.reaches(Permission::TakeAttendance, &path) {
                true => tables.attendances_of(id)?,
                false => Vec::new(),
            };
            Ok((row, attended))
        });
        told.await
    }

    /// Drafts the same activity again for another time: as long, with the same words.
    pub async fn copy_activity(&self, call: &Call, id: Id, starts_at: Moment) -> Result<Id, Error> {
        let (bank, new, caller) = (call.actor.bank, self.next_id(), call.clone());
        let made = self.store.write_once(bank, call.request.clone(), move |tables| {
            let (row, path) = tables.activity_at(id)?;
            caller.must_reach(Permission::WriteActivities, &path, absent("activity"))?;
            tables.insert_activity(&ActivityRow {
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

    /// Signs people in, as many as stand there. Who is signed in elsewhere is refused.
    pub async fn sign_in_people(&self, call: &Call, activity: Id, people: Vec<Id>) -> Result<Vec<Id>, Error> {
        let (bank, caller) = (call.actor.bank, call.clone());
        let ids: Vec<Id> = people.iter().map(|_| self.next_id()).collect();
        let made = self.store.write_once(bank, call.request.clone(), move |tables| {
            let (row, path) = tables.activity_at(activity)?;
            caller.must_reach(Permission::TakeAttendance, &path, absent("activity"))?;
            if row.state != "published" {
                return Err(Refusal::WrongState { what: "activity".into(), state: row.state }.into());
            }
            for (member, id) in people.iter().zip(&ids) {
                tables.member(*member)?.filter(|row| row.state == "active").ok_or(absent("member"))?;
                if let Some(open) = tables.open_attendance(*member)? {
                    let ended_at = tables.now;
                    return Err(Refusal::ServiceOverlaps { started_at: open.signed_in_at, ended_at }.into());
                }
                tables.insert_attendance(&AttendanceRow {
                    bank_id: bank,
                    id: *id,
                    activity_id: activity,
                    member_id: *member,
                    signed_in_at: tables.now,
                    signed_in_by: caller.actor.user,
                    signed_out_at: None,
                    signed_out_by: None,
                    evidence: Evidence::Scan.to_string(),
                    record_id: None,
                    version: 1,
                })?;
            }
            Ok(ids.clone())
        });
        Ok(made.await?.0)
    }

    /// Signs one person out; their service record is submitted in the same step.
    pub async fn sign_out_person(
        &self,
        call: &Call,
        activity: Id,
        member: Id,
        served: i64,
    ) -> Result<Id, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (_, path) = tables.activity_at(activity)?;
            caller.must_reach(Permission::TakeAttendance, &path, absent("activity"))?;
            let open = tables.open_attendance(member)?.filter(|row| row.activity_id == activity);
            Ok((open.ok_or(absent("attendance"))?, tables.now))
        });
        let (mut row, now) = found.await?;
        let record = self
            .submit_record(
                call,
                super::records::RecordAsk {
                    member,
                    activity,
                    evidence: Evidence::Scan,
                    started_at: row.signed_in_at,
                    ended_at: now,
                    service_minutes: None,
                    served,
                    guarantor: None,
                    content: None,
                },
            )
            .await?;
        row.signed_out_at = Some(now);
        row.signed_out_by = Some(call.actor.user);
        row.record_id = Some(record);
        row.version += 1;
        self.store.write(call.actor.bank, move |tables| tables.update_attendance(&row)).await?;
        Ok(record)
    }
}

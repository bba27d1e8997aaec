//! Lists for pages: records, attendance and activities together with the names that belong to them, in a fixed number
//! of statements.

use super::activities::sign_ups::{SignUpRow, SignedUp, with_places};
use super::records::{DocumentFilter, RecordStanding, file_of};
use super::skills::wishes_of;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::people::mask;
use crate::domain::refusal::Refusal;
use crate::domain::service::record::ServiceRecord;
use crate::domain::service::wishes::{Fit, Wishes};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use crate::store::service::records::{ActivityRow, AttendanceRow};
use std::collections::HashMap;

/// A person in a list: the name is masked for callers whose right to read members does not reach the file.
#[derive(Clone, Debug, Default)]
pub struct Named {
    pub name: String,
    pub number: String,
}

/// A record with the title of its activity and the name of who served.
#[derive(Clone, Debug)]
pub struct RecordLine {
    pub record: ServiceRecord,
    pub title: String,
    pub person: Named,
}

/// One record with everything that a decision needs.
#[derive(Clone, Debug)]
pub struct RecordWithNames {
    pub standing: RecordStanding,
    pub person: Named,
    pub org: String,
    /// Names of the users who entered and approved it, and of the guarantor, by their ids.
    pub names: HashMap<Id, String>,
}

/// A person who is or was signed in.
#[derive(Clone, Debug)]
pub struct Present {
    pub attendance: AttendanceRow,
    pub person: Named,
}

/// A published activity as a volunteer sees it.
#[derive(Clone, Debug)]
pub struct OpenActivity {
    pub activity: ActivityRow,
    pub org: String,
    /// The caller's own last attendance.
    pub own: Option<AttendanceRow>,
    /// The caller's own place, or wait for one.
    pub sign_up: Option<SignedUp>,
    /// How many seats are free; `None`: as many as come.
    pub free: Option<i64>,
    /// How it suits the caller.
    pub fit: Fit,
}

/// A person who has a place at an activity, or waits for one.
#[derive(Clone, Debug)]
pub struct Expected {
    pub sign_up: SignUpRow,
    pub person: Named,
}

impl Services {
    /// Records with names, newest first: within reach, or one's own.
    pub async fn records_with_names(
        &self,
        call: &Call,
        mut filter: DocumentFilter,
        limit: i64,
    ) -> Result<Vec<RecordLine>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            filter.member = filter.member.map(|member| file_of(tables, member)).transpose()?;
            let Some(cut) = caller.cut(Permission::ReadRecords, filter.member)? else {
                return Ok(Vec::new());
            };
            (filter.paths, filter.member) = (cut.paths, cut.member);
            let records = tables.records_page(&filter, limit)?;
            let activities = tables.activities(records.iter().map(|record| record.activity_id))?;
            let people = named(tables, &caller, records.iter().map(|record| record.member_id).collect())?;
            let line = |record: ServiceRecord| RecordLine {
                title: activities.get(&record.activity_id).map(|row| row.title.clone()).unwrap_or_default(),
                person: people.get(&record.member_id).cloned().unwrap_or_default(),
                record,
            };
            Ok(records.into_iter().map(line).collect())
        });
        found.await
    }

    /// A record within reach, or one's own, with the names of the people in it.
    pub async fn record_with_names(&self, call: &Call, id: Id) -> Result<RecordWithNames, Error> {
        let standing = self.record(call, id).await?;
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let record = &standing.record;
            let users = [
                Some(record.submitted_by),
                record.approved_by,
                record.second_approved_by,
                record.guarantor_id,
            ];
            let users: Vec<Id> = users.into_iter().flatten().collect();
            let people: Vec<Id> =
                [Some(record.member_id), record.guarantor_id].into_iter().flatten().collect();
            let mut names: HashMap<Id, String> =
                tables.users(users)?.into_iter().map(|(id, user)| (id, user.name)).collect();
            let named = named(tables, &caller, people)?;
            for (id, person) in &named {
                names.entry(*id).or_insert_with(|| person.name.clone());
            }
            let org = tables.orgs([record.org_id])?.remove(&record.org_id);
            Ok(RecordWithNames {
                person: named.get(&record.member_id).cloned().unwrap_or_default(),
                org: org.map(|org| org.name).unwrap_or_default(),
                names,
                standing,
            })
        });
        found.await
    }

    /// Who is or was signed in at an activity, for those who take its attendance.
    pub async fn present(&self, call: &Call, activity: Id) -> Result<(ActivityRow, Vec<Present>), Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (row, path) = tables.activity_at(activity)?;
            caller.must_reach(Permission::TakeAttendance, &path, Refusal::absent("activity"))?;
            let rows = tables.attendances_of(activity)?;
            let people = named(tables, &caller, rows.iter().map(|row| row.member_id).collect())?;
            let present = |attendance: AttendanceRow| Present {
                person: people.get(&attendance.member_id).cloned().unwrap_or_default(),
                attendance,
            };
            Ok((row, rows.into_iter().map(present).collect()))
        });
        found.await
    }

    /// Who has a place at an activity and who waits for one, in the order of arrival, for those who take its
    /// attendance.
    pub async fn expected(&self, call: &Call, activity: Id) -> Result<Vec<Expected>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (_, path) = tables.activity_at(activity)?;
            caller.must_reach(Permission::TakeAttendance, &path, Refusal::absent("activity"))?;
            let rows = tables.sign_ups_of(activity)?;
            let people = named(tables, &caller, rows.iter().map(|row| row.member_id).collect())?;
            let expected = |sign_up: SignUpRow| Expected {
                person: people.get(&sign_up.member_id).cloned().unwrap_or_default(),
                sign_up,
            };
            Ok(rows.into_iter().map(expected).collect())
        });
        found.await
    }

    /// Published activities of the whole bank that are not over: what suits the caller at the top, then those that begin
    /// first.
    pub async fn activities_to_come(&self, call: &Call, limit: i64) -> Result<Vec<OpenActivity>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let rows = tables.activities_to_come(limit)?;
            let mut open = services.with_own(tables, &caller, rows)?;
            open.sort_by_key(|one| one.fit.rank());
            Ok(open)
        });
        found.await
    }

    /// One published activity with the caller's own attendance.
    pub async fn open_activity(&self, call: &Call, id: Id) -> Result<OpenActivity, Error> {
        let (activity, _) = self.activity(call, id).await?;
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            services
                .with_own(tables, &caller, vec![activity])?
                .pop()
                .ok_or_else(|| Refusal::absent("activity").into())
        });
        found.await
    }
}

/// The people of these ids by the names that the caller may know.
fn named(tables: &mut Tables<'_>, call: &Call, ids: Vec<Id>) -> Result<HashMap<Id, Named>, Error> {
    let files = tables.files(ids)?;
    let orgs = tables.orgs(files.values().map(|row| row.org_id).collect::<Vec<_>>())?;
    let named = |(id, row): (Id, MemberRow)| {
        let path = orgs.get(&row.org_id).map(|org| org.path.as_str());
        let reached = path.is_some_and(|path| call.actor.reaches(Permission::ReadMembers, path));
        let known = reached || call.actor.member == Some(row.id);
        let name = if known { row.name } else { mask::name(&row.name) };
        (id, Named { name, number: row.number })
    };
    Ok(files.into_iter().map(named).collect())
}

impl Services {
    /// Activities with what the caller has at them, and how they suit the caller.
    fn with_own(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        rows: Vec<ActivityRow>,
    ) -> Result<Vec<OpenActivity>, Error> {
        let orgs = tables.orgs(rows.iter().map(|row| row.org_id).collect::<Vec<_>>())?;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let mut own: HashMap<Id, AttendanceRow> = HashMap::new();
        let mut places: HashMap<Id, SignedUp> = HashMap::new();
        if let Some(member) = call.actor.member {
            for row in tables.attendances_of_member(member, &ids)? {
                own.insert(row.activity_id, row);
            }
            let rows = tables.sign_ups_of_member(member, &ids)?;
            places.extend(with_places(tables, rows)?.into_iter().map(|one| (one.row.activity_id, one)));
        }
        let wishes = match call.actor.member {
            Some(member) => wishes_of(tables, member)?.0,
            None => Wishes::default(),
        };
        let wanted = self.wanted(tables, &rows)?;
        let seated = tables.seated_at_each(&ids)?;
        let free = |activity: &ActivityRow| {
            let taken = seated.get(&activity.id).copied().unwrap_or(0);
            activity.seats.map(|seats| seats.saturating_sub(taken).max(0))
        };
        let open = |activity: ActivityRow| OpenActivity {
            org: orgs.get(&activity.org_id).map(|org| org.name.clone()).unwrap_or_default(),
            own: own.remove(&activity.id),
            sign_up: places.remove(&activity.id),
            free: free(&activity),
            fit: wanted.get(&activity.id).map(|wanted| wanted.fit(&wishes)).unwrap_or_default(),
            activity,
        };
        Ok(rows.into_iter().map(open).collect())
    }
}

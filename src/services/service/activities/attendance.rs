//! Sign-in and sign-out of volunteers. A sign-out is one commit: it closes the attendance and enters the record of
//! the time inside the activity.

use super::seats::check_seats;
use super::{ActivityRow, AttendanceRow, wrong_state};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::service::record::Evidence;
use crate::domain::service::time::minutes_between;
use crate::domain::time::Moment;
use crate::services::people::orgs::check_open;
use crate::services::service::records::{RecordAsk, file_of, served_by};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use serde::{Deserialize, Serialize};

/// The longest attendance at a standing post; after it the sign-out counts as forgotten.
const LONGEST_ATTENDANCE_SECONDS: i64 = 24 * 3_600;

/// A request to sign a person out.
#[derive(Clone, Debug, Default)]
pub struct SignOutAsk {
    pub member: Id,
    /// People served (服务人次).
    pub served: i64,
    /// Set by staff when the sign-out was forgotten: a back-fill with a guarantor.
    pub service_minutes: Option<i64>,
    pub guarantor: Option<Id>,
    /// Signed in by mistake, or did not serve: no record is entered.
    pub without_record: bool,
}

/// The result of a sign-out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    pub attendance: Id,
    /// `None`: less than a whole minute was inside the activity.
    pub record: Option<Id>,
}

/// Attendances that began before this moment have a forgotten sign-out.
pub(super) fn still_there(tables: &Tables<'_>, activity: &ActivityRow) -> Moment {
    let over = tables.today() > activity.ends_at.day(tables.zone);
    match activity.kind.as_str() {
        "standing" => tables.now.plus_seconds(-LONGEST_ATTENDANCE_SECONDS),
        // People can sign out of a single activity until the end of its last day.
        _ if over => tables.now.plus_seconds(1),
        _ => Moment::from_micros(i64::MIN),
    }
}

/// Whether the sign-out of an open attendance was forgotten.
pub(super) fn is_forgotten(tables: &mut Tables<'_>, open: &AttendanceRow) -> Result<bool, Error> {
    let (activity, _) = tables.activity_at(open.activity_id)?;
    Ok(activity.state == "cancelled" || open.signed_in_at < still_there(tables, &activity))
}

/// Sign-in is open from the morning of the first day until the end.
pub(super) fn check_time(tables: &Tables<'_>, activity: &ActivityRow) -> Result<(), Refusal> {
    let early = tables.today() < activity.starts_at.day(tables.zone);
    if early || activity.ends_at <= tables.now { Err(Refusal::OutsideActivity) } else { Ok(()) }
}

impl Services {
    /// Signs several people in: all of them or none. A person who is signed in elsewhere is refused.
    pub async fn sign_in_people(&self, call: &Call, activity: Id, people: Vec<Id>) -> Result<Vec<Id>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let ids: Vec<Id> = people.iter().map(|_| self.next_id()).collect();
        let made = self.write(call, move |tables| {
            let (row, path) = tables.activity_at(activity)?;
            caller.must_reach(Permission::TakeAttendance, &path, Refusal::absent("activity"))?;
            if row.state != "published" {
                return Err(wrong_state(&row).into());
            }
            check_open(tables, row.org_id)?;
            check_time(tables, &row)?;
            for (member, id) in people.iter().zip(&ids) {
                let member = file_of(tables, *member)?;
                sign_in(&services, tables, &caller, (&row, None), (member, *id), Evidence::Scan)?;
            }
            Ok(ids.clone())
        });
        Ok(made.await?.0)
    }

    /// Signs one person out and enters their time inside the activity as a record, in one step. For a forgotten
    /// sign-out staff set the minutes with a guarantor, as a back-fill.
    pub async fn sign_out_person(
        &self,
        call: &Call,
        activity: Id,
        ask: SignOutAsk,
    ) -> Result<SignedOut, Error> {
        let (services, caller, id) = (self.clone(), call.clone(), self.next_id());
        let made = self.write(call, move |tables| {
            let (row, path) = tables.activity_at(activity)?;
            caller.must_reach(Permission::TakeAttendance, &path, Refusal::absent("activity"))?;
            let ask = SignOutAsk { member: file_of(tables, ask.member)?, ..ask.clone() };
            let mut open = tables.open_attendances(ask.member)?;
            open.retain(|open| open.activity_id == activity);
            // With minutes set by hand, the oldest open attendance is meant.
            let by_hand = ask.service_minutes.is_some() || ask.without_record;
            let found = if by_hand { open.pop() } else { open.into_iter().next() };
            let attendance = found.ok_or(Refusal::absent("attendance"))?;
            let record = match ask.without_record {
                true => None,
                false => record_of(tables, &row, &attendance, &ask)?,
            };
            let (attendance_id, record) =
                (attendance.id, sign_out(&services, tables, &caller, attendance, (record, id))?);
            Ok(SignedOut { attendance: attendance_id, record })
        });
        Ok(made.await?.0)
    }
}

/// Signs a member in; `place` is whether they are in the activity's circle, as far as they let it be known.
pub(super) fn sign_in(
    services: &Services,
    tables: &mut Tables<'_>,
    call: &Call,
    (activity, place): (&ActivityRow, Option<String>),
    (member, id): (Id, Id),
    evidence: Evidence,
) -> Result<(), Error> {
    let person = served_by(tables, member)?;
    services.must_have_guardians_consent(tables, &person)?;
    // Another person must attest one's presence, or a code that is shown there.
    if call.actor.member == Some(member) && evidence != Evidence::Kiosk {
        return Err(Refusal::ForOneself.into());
    }
    for open in tables.open_attendances(member)? {
        if !is_forgotten(tables, &open)? {
            return Err(Refusal::SignedInAlready { since: open.signed_in_at }.into());
        }
    }
    check_seats(tables, activity, member, tables.now)?;
    tables.insert(&AttendanceRow {
        bank_id: tables.bank,
        id,
        activity_id: activity.id,
        member_id: member,
        signed_in_at: tables.now,
        signed_in_by: call.actor.user,
        signed_out_at: None,
        signed_out_by: None,
        evidence: evidence.to_string(),
        record_id: None,
        version: 1,
        in_place: place,
        out_place: None,
    })
}

/// Closes an attendance and enters what was served as a record with this id; returns the id if there is one.
pub(super) fn sign_out(
    services: &Services,
    tables: &mut Tables<'_>,
    call: &Call,
    mut attendance: AttendanceRow,
    (record, id): (Option<RecordAsk>, Id),
) -> Result<Option<Id>, Error> {
    if let Some(record) = &record {
        services.submit(tables, call, record, (id, true))?;
    }
    attendance.signed_out_at = Some(tables.now);
    attendance.signed_out_by = Some(call.actor.user);
    attendance.record_id = record.map(|_| id);
    attendance.version += 1;
    tables.update(&attendance)?;
    Ok(attendance.record_id)
}

/// The record of an attendance: the time inside the activity, or the minutes that staff set.
pub(super) fn record_of(
    tables: &mut Tables<'_>,
    activity: &ActivityRow,
    open: &AttendanceRow,
    ask: &SignOutAsk,
) -> Result<Option<RecordAsk>, Error> {
    let started_at = open.signed_in_at.max(activity.starts_at);
    let last = tables.now.min(activity.ends_at);
    let most = minutes_between(started_at, last).unwrap_or(0);
    let (evidence, ended_at, guarantor) = match ask.service_minutes {
        Some(minutes) if minutes > most => return Err(Refusal::ServiceMinutesRefused { most }.into()),
        Some(minutes) => {
            (Evidence::Backfill, started_at.plus_seconds(minutes.saturating_mul(60)), ask.guarantor)
        }
        None if is_forgotten(tables, open)? => {
            return Err(Refusal::SignOutForgotten { since: open.signed_in_at }.into());
        }
        // No time was inside the activity: there is nothing to record.
        None if most < 1 => return Ok(None),
        // Of what a code attests, another person may still attest the rest.
        None if open.evidence == Evidence::Kiosk.as_str() => (Evidence::Kiosk, last, None),
        None => (Evidence::Scan, last, None),
    };
    Ok(Some(RecordAsk {
        member: ask.member,
        activity: activity.id,
        evidence,
        started_at,
        ended_at,
        service_minutes: None,
        served: ask.served,
        guarantor,
        content: None,
        replaces: None,
        by_code: evidence == Evidence::Kiosk,
    }))
}

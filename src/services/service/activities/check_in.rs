//! Signing in and out by a code (自助签到): one that changes every half minute on the leader's phone, or that of a printed
//! poster. It attests that who types it is there: a class of evidence of its own.

use super::attendance::{check_time, is_forgotten, record_of, sign_in, sign_out};
use super::{ActivityRow, SignOutAsk, spot_of, wrong_state};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::people::consent::ConsentPurpose;
use crate::domain::refusal::Refusal;
use crate::domain::service::record::Evidence;
use crate::domain::service::spot::Position;
use crate::domain::time::Moment;
use crate::services::people::orgs::check_open;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use serde::{Deserialize, Serialize};

/// The lifetime of a code in seconds. The code before it is accepted too.
pub const CODE_SECONDS: i64 = 30;
/// Codes have eight digits.
const CODES: u64 = 100_000_000;
/// The window of a poster, which has no end of its own.
const POSTER: i64 = -1;

/// The codes of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckInCode {
    /// For the leader's phone.
    pub code: String,
    /// When the next one follows.
    pub until: Moment,
    /// For a poster.
    pub poster: String,
}

/// The result of signing in or out by a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedIn {
    pub attendance: Id,
    /// Signed out; else in.
    pub is_out: bool,
    /// What was served, as a record; nothing if less than a whole minute was inside the activity.
    pub record: Option<Id>,
}

fn consents_to_location(tables: &mut Tables<'_>, member: Id) -> Result<bool, Error> {
    let files = tables.ids_of_file(member)?;
    tables.has_consent(ConsentPurpose::Location, &files)
}

fn window(at: Moment) -> i64 {
    at.micros().div_euclid(CODE_SECONDS.saturating_mul(1_000_000))
}

impl Services {
    /// The codes of an activity in a window of time, for each of the master keys; that of the newest is last.
    fn codes_of(&self, tables: &Tables<'_>, activity: Id, window: i64) -> Vec<String> {
        let message = format!("{}/{activity}/{window}", tables.bank.0);
        let marks = self.authority.secrets.marks("check-in", message.as_bytes());
        let digits = |mark: [u8; 16]| {
            let number = mark.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
            format!("{:08}", number % CODES)
        };
        marks.into_iter().map(digits).collect()
    }

    /// What the leader's phone and the poster of an activity show now.
    pub async fn check_in_code(&self, call: &Call, activity: Id) -> Result<CheckInCode, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let (row, path) = tables.activity_at(activity)?;
            caller.must_reach(Permission::TakeAttendance, &path, Refusal::absent("activity"))?;
            if row.state != "published" {
                return Err(wrong_state(&row).into());
            }
            let now = window(tables.now);
            let newest = |window| services.codes_of(tables, activity, window).pop().unwrap_or_default();
            let end = now.saturating_add(1).saturating_mul(CODE_SECONDS).saturating_mul(1_000_000);
            Ok(CheckInCode { code: newest(now), poster: newest(POSTER), until: Moment::from_micros(end) })
        });
        found.await
    }

    /// Signs the caller in by the code of an activity, or out if they are signed in there. Where the caller is counts only
    /// with their consent and where the activity has a circle: then `inside` or `outside` is stored, and nothing else.
    pub async fn check_in(
        &self,
        call: &Call,
        activity: Id,
        code: String,
        position: Option<Position>,
    ) -> Result<CheckedIn, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let (attendance, record) = (self.next_id(), self.next_id());
        let done = self.write(call, move |tables| {
            let (row, path) = tables.activity_at(activity)?;
            let member = caller.actor.member.ok_or(Refusal::absent("member"))?;
            if row.state != "published" {
                return Err(wrong_state(&row).into());
            }
            check_open(tables, row.org_id)?;
            // A leader sees the code anywhere: it does not attest their presence.
            if caller.actor.reaches(Permission::TakeAttendance, &path) {
                return Err(Refusal::ForOneself.into());
            }
            services.check_code(tables, &row, &code)?;
            let place = match (spot_of(&row), position) {
                (Some(spot), Some(position)) if consents_to_location(tables, member)? => {
                    Some(spot.whereabouts(position).to_string())
                }
                _ => None,
            };
            let open = tables.open_attendances(member)?;
            let mut here = None;
            for open in open.into_iter().filter(|open| open.activity_id == activity) {
                if !is_forgotten(tables, &open)? {
                    here = Some(open);
                }
            }
            let Some(mut open) = here else {
                check_time(tables, &row)?;
                sign_in(&services, tables, &caller, (&row, place), (member, attendance), Evidence::Kiosk)?;
                return Ok(CheckedIn { attendance, is_out: false, record: None });
            };
            (open.evidence, open.out_place) = (Evidence::Kiosk.to_string(), place);
            let ask = SignOutAsk { member, served: 1, ..SignOutAsk::default() };
            let served = record_of(tables, &row, &open, &ask)?;
            let record = sign_out(&services, tables, &caller, open.clone(), (served, record))?;
            Ok(CheckedIn { attendance: open.id, is_out: true, record })
        });
        Ok(done.await?.0)
    }

    /// Whether checking in at an activity may ask the caller's phone where it is: the activity has a circle, and the caller
    /// has consented.
    pub async fn asks_position(&self, call: &Call, activity: Id) -> Result<bool, Error> {
        let Some(member) = call.actor.member else { return Ok(false) };
        let found = self.store.read(call.actor.bank, move |tables| {
            let (row, _) = tables.activity_at(activity)?;
            Ok(spot_of(&row).is_some() && consents_to_location(tables, member)?)
        });
        found.await
    }

    /// A code is that of this activity, and of now or of half a minute ago, or the poster's.
    fn check_code(&self, tables: &Tables<'_>, row: &ActivityRow, code: &str) -> Result<(), Refusal> {
        let now = window(tables.now);
        let good = [now, now.saturating_sub(1), POSTER];
        match good
            .into_iter()
            .any(|window| self.codes_of(tables, row.id, window).iter().any(|one| one == code))
        {
            true => Ok(()),
            false => Err(Refusal::CheckInCodeWrong),
        }
    }
}

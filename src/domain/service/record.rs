//! The record of one person's service: a legal record (志愿服务条例 art. 19), from submission to final.

use crate::domain::id::Id;
use crate::domain::time::{Day, Moment};
use crate::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// How the service is proved. A scheme prices the classes differently.
    Evidence {
        /// Signed in and out by staff or code.
        Scan = "scan",
        Kiosk = "kiosk",
        SelfReport = "self_report",
        /// A signed sheet, typed by staff.
        Paper = "paper",
        /// Entered late, with a guarantor.
        Backfill = "backfill",
    }
}

text_enum! {
    RecordState {
        Submitted = "submitted",
        Returned = "returned",
        Rejected = "rejected",
        /// In public notice (公示).
        Notice = "notice",
        /// An objection is open: the record waits.
        Objected = "objected",
        /// Above the set sum: waits for one more person.
        Pending = "pending",
        /// Minutes, lifetime points and points are posted.
        Final = "final",
        Reversed = "reversed",
        Withdrawn = "withdrawn",
    }
}

/// A service record. Minutes are whole minutes, points are in hundredths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRecord {
    pub id: Id,
    pub version: i64,
    pub state: RecordState,
    pub member_id: Id,
    pub activity_id: Id,
    pub org_id: Id,
    pub evidence: Evidence,
    pub started_at: Moment,
    pub ended_at: Moment,
    /// Net service time, without travel.
    pub service_minutes: i64,
    /// People served (服务人次).
    pub served: i64,
    pub submitted_by: Id,
    pub submitted_at: Moment,
    /// Who vouches for a late entry.
    pub guarantor_id: Option<Id>,
    pub approved_by: Option<Id>,
    pub approved_at: Option<Moment>,
    /// The second approver, if the day's minutes or the sum require one more person.
    pub second_approved_by: Option<Id>,
    /// The last day of the public notice.
    pub notice_until: Option<Day>,
    pub scheme_id: Option<Id>,
    pub scheme_version: Option<i64>,
    /// What the scheme gives before caps.
    pub points_desired: Option<i64>,
    pub points_granted: Option<i64>,
    pub award_entry: Option<i64>,
    pub reversal_entry: Option<i64>,
    /// The reversed record that this one replaces.
    pub replaces_id: Option<Id>,
}

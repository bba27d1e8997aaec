//! A granted star: a record, which does not change by itself.

use crate::domain::id::Id;
use crate::domain::time::{Day, Moment};
use crate::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    StarGrantState { Granted = "granted" }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StarGrant {
    pub id: Id,
    pub version: i64,
    pub state: StarGrantState,
    pub member_id: Id,
    #[serde(rename = "star")]
    pub stars: i64,
    pub scheme_id: Id,
    pub scheme_version: i64,
    /// The day as of which minutes and points were counted.
    pub as_of: Day,
    /// The last entry known then: the figures can be recomputed for ever.
    pub known_entry: i64,
    pub service_minutes: i64,
    pub lifetime_points: i64,
    pub granted_by: Id,
    pub granted_at: Moment,
    pub entry_number: Option<i64>,
}

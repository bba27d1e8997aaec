//! Rows of some calendar days: by a column, or by ids that are as old as their rows.

use crate::domain::id::Id;
use crate::domain::time::{Days, Moment};
use chrono_tz::Tz;

/// An id is made a little before its row is written, by the same clock: within this time.
const SLACK_SECONDS: i64 = 86_400;

/// Between which ids rows of these days stand, where ids are of version 7: the index of the ids finds them, the column
/// itself says which of them are meant.
pub fn ids_of(days: Days, zone: Tz) -> (Option<Id>, Option<Id>) {
    let at = |moment: Moment, seconds| Id::lowest_at(moment.plus_seconds(seconds));
    let least = days.start(zone).map(|start| at(start, -SLACK_SECONDS));
    (least, days.end(zone).map(|end| at(end, SLACK_SECONDS)))
}

/// Cuts a boxed query to the rows of some days of a column.
macro_rules! on_days {
    ($query:ident, $days:expr, $zone:expr, $column:expr) => {
        if let Some(start) = $days.start($zone) {
            $query = $query.filter($column.ge(start));
        }
        if let Some(end) = $days.end($zone) {
            $query = $query.filter($column.lt(end));
        }
    };
    // The same, where ids are as old as their rows.
    ($query:ident, $days:expr, $zone:expr, $column:expr, $id:expr) => {
        on_days!($query, $days, $zone, $column);
        let (least, most) = crate::store::readers::on_days::ids_of($days, $zone);
        if let Some(least) = least {
            $query = $query.filter($id.ge(least));
        }
        if let Some(most) = most {
            $query = $query.filter($id.lt(most));
        }
    };
}
pub(in crate::store) use on_days;

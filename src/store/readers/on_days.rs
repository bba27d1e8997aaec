//! Filters rows by calendar days: by a column, or by ids whose time is that of their rows.

use crate::domain::id::Id;
use crate::domain::time::{Days, Moment};
use chrono_tz::Tz;

/// The maximum time between making an id and writing its row, by the same clock.
const SLACK_SECONDS: i64 = 86_400;

/// The range of version 7 ids for rows of these days: the index of the ids finds them, the column itself decides
/// which of them match.
pub fn ids_of(days: Days, zone: Tz) -> (Option<Id>, Option<Id>) {
    let at = |moment: Moment, seconds| Id::lowest_at(moment.plus_seconds(seconds));
    let least = days.start(zone).map(|start| at(start, -SLACK_SECONDS));
    (least, days.end(zone).map(|end| at(end, SLACK_SECONDS)))
}

/// Restricts a boxed query to the rows of some days of a column.
macro_rules! on_days {
    ($query:ident, $days:expr, $zone:expr, $column:expr) => {
        if let Some(start) = $days.start($zone) {
            $query = $query.filter($column.ge(start));
        }
        if let Some(end) = $days.end($zone) {
            $query = $query.filter($column.lt(end));
        }
    };
    // The same, for tables whose ids have the time of their rows.
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

//! The day on which a deed counts, and closed years, entry by entry.

use super::{Replay, Stop, found};
use crate::domain::ledger::entry::{COUNTS_ON, Entry, EntryKind};
use crate::domain::service::record::ServiceRecord;
use crate::domain::time::Day;
use crate::store::connection::AnyConnection;
use crate::store::schema::entries;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// The day that the metadata of an award names; none in entries of release 0.1.
fn counts_on(metadata: &str) -> Option<Day> {
    if !metadata.contains(COUNTS_ON) {
        return None;
    }
    let members: BTreeMap<String, String> = serde_json::from_str(metadata).ok()?;
    Day::parse(members.get(COUNTS_ON)?)
}

impl Replay {
    /// Nothing takes effect in a closed year. An award takes effect on the day on which the deed began; a correction
    /// of a closed year takes effect when it is written.
    pub(super) fn check_day(&self, entry: &Entry) -> Result<(), Stop> {
        let place = || format!("entries {}", entry.number);
        let closed = self.book.head.year_closed_until;
        if closed.is_some_and(|closed| entry.effective_at < closed) {
            return Err(found(
                place(),
                ("生效日在已经封账的年度里", "takes effect in a year that was closed before"),
            ));
        }
        if entry.kind != EntryKind::Award {
            return Ok(());
        }
        let Some(day) = counts_on(&entry.metadata) else { return Ok(()) };
        let zone = self.book.zone;
        let late =
            entry.effective_at == entry.recorded_at && closed.is_some_and(|closed| day.end(zone) <= closed);
        match late || entry.effective_at.day(zone) == day {
            true => Ok(()),
            false => Err(found(
                place(),
                (
                    format!("生效日不是开始的那一天 {day}"),
                    format!("takes effect on another day than {day}, on which it began"),
                ),
            )),
        }
    }

    /// The award of a record names the day on which the service began.
    pub(super) fn check_day_of_record(
        &self,
        conn: &mut AnyConnection,
        record: &ServiceRecord,
    ) -> Result<(), Stop> {
        let Some(number) = record.award_entry else { return Ok(()) };
        let at = entries::table.find((self.book.bank, number)).select(entries::metadata);
        let metadata: Option<String> = at.first(conn).optional()?;
        let named = metadata.as_deref().and_then(counts_on);
        match named.is_none_or(|day| day == record.started_at.day(self.book.zone)) {
            true => Ok(()),
            false => Err(found(
                format!("service_record {}", record.id),
                (
                    format!("它的发放（第 {number} 笔）没有计在开始的那一天"),
                    format!("its award {number} counts on another day than the one on which it began"),
                ),
            )),
        }
    }
}

//! Checks, entry by entry, the day on which a deed takes effect, and closed years.

use super::{Replay, Stop, found};
use crate::domain::ledger::entry::{COUNTS_ON, Entry, EntryKind};
use crate::domain::time::Day;
use serde::Deserialize;

/// The day in the metadata of an award; `None` in entries of release 0.1.
fn counts_on(metadata: &str) -> Option<Day> {
    if !metadata.contains(COUNTS_ON) {
        return None;
    }
    let named: Named = serde_json::from_str(metadata).ok()?;
    Day::parse(&named.counts_on?)
}

/// The part of an award's metadata that is read.
#[derive(Deserialize)]
struct Named {
    counts_on: Option<String>,
}

impl Replay {
    /// No entry takes effect in a closed year. An award takes effect on the day on which the deed began; a correction
    /// of a closed year takes effect when it is written. Returns the day in an award's metadata.
    pub(super) fn check_day(&self, entry: &Entry) -> Result<Option<Day>, Stop> {
        let place = || format!("entries {}", entry.number);
        let closed = self.book.head.year_closed_until;
        if closed.is_some_and(|closed| entry.effective_at < closed) {
            return Err(found(
                place(),
                ("生效日在已经封账的年度里", "takes effect in a year that was closed before"),
            ));
        }
        if entry.kind != EntryKind::Award {
            return Ok(None);
        }
        let Some(day) = counts_on(&entry.metadata) else { return Ok(None) };
        let zone = self.book.zone;
        let late =
            entry.effective_at == entry.recorded_at && closed.is_some_and(|closed| day.end(zone) <= closed);
        match late || entry.effective_at.day(zone) == day {
            true => Ok(Some(day)),
            false => Err(found(
                place(),
                (
                    format!("生效日不是开始的那一天 {day}"),
                    format!("takes effect on another day than {day}, on which it began"),
                ),
            )),
        }
    }
}

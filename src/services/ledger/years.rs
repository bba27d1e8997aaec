//! Closing a year: afterwards no entry may be dated into it.

use crate::auth::permissions::Permission;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Moment};
use crate::ledger::{Command, CounterTake, Op};
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;

impl Services {
    /// Closes a year that is over, for the whole bank and for good. `announcement` says how it was announced, and is
    /// stored with the entry. Refused while service of the year waits for review or for the end of its notice.
    pub async fn close_year(&self, call: &Call, year: i32, announcement: String) -> Result<Done, Error> {
        let (caller, note) = (call.clone(), self.note(Some(announcement)));
        self.post_from(call, move |tables| Ok(Command { note, ..close_command(tables, &caller, year)? }))
            .await
    }
}

fn close_command(tables: &mut Tables<'_>, call: &Call, year: i32) -> Result<Command, Error> {
    let absent = || Refusal::NotFound { what: "year".into() };
    if !call.actor.may(Permission::CloseYears) {
        return Err(absent().into());
    }
    let next = format!("{:04}-01-01", year.saturating_add(1));
    let until = Day::parse(&next).ok_or_else(absent)?.start(tables.zone);
    if until > tables.now {
        return Err(Refusal::PeriodNotOver { over_at: until }.into());
    }
    let counter = format!("year_closing/{year}");
    if tables.head()?.year_closed_until.is_some_and(|closed| closed >= until) {
        return Err(Refusal::AlreadyDone { counter }.into());
    }
    let records = tables.records_waiting(until)?;
    if records > 0 {
        return Err(Refusal::YearUnfinished { year, records }.into());
    }
    let op = Op::Post { legs: Vec::new(), partial: false, up_to: false };
    let mut command = Command::new(call.actor.user, EntryKind::YearClosing, op)
        .source(format!("year/{year}"))
        .counter(CounterTake::once(counter));
    command.close_year = Some(until);
    Ok(command)
}

/// Refuses an effective time before the end of the last closed year.
pub fn must_be_open(tables: &mut Tables<'_>, at: Moment) -> Result<(), Error> {
    match tables.head()?.year_closed_until {
        Some(closed_until) if at < closed_until => Err(Refusal::PeriodClosed { closed_until }.into()),
        _ => Ok(()),
    }
}

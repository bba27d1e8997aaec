//! The tables of one bank. Every query of the store is a method on [`Tables`], which cannot be built without a bank.

use super::connection::AnyConnection;
use super::error::Error;
use super::schema::banks;
use super::writer::rows::damaged;
use crate::domain::calendar::Calendar;
use crate::domain::id::BankId;
use crate::domain::time::{Day, Moment};
use chrono_tz::Tz;
use diesel::prelude::*;
use std::sync::Arc;

/// The rows of one bank, as one read snapshot or one write sees them.
pub struct Tables<'c> {
    pub(super) conn: &'c mut AnyConnection,
    pub bank: BankId,
    pub zone: Tz,
    /// One moment for everything in this read or write.
    pub now: Moment,
    /// Users, roles, organisations or sessions were written: cached callers are out of date.
    rights_changed: bool,
    /// The bank's calendar, loaded on first use.
    pub(super) calendar: Option<Arc<Calendar>>,
}

impl<'c> Tables<'c> {
    pub(super) fn new(conn: &'c mut AnyConnection, bank: BankId, zone: Tz, now: Moment) -> Self {
        Tables { conn, bank, zone, now, rights_changed: false, calendar: None }
    }

    /// Every query that writes users, roles, organisations or sessions calls this: cached callers are reloaded once
    /// the write is on disk.
    pub fn rights_changed(&mut self) {
        self.rights_changed = true;
    }

    pub(super) fn have_rights_changed(&self) -> bool {
        self.rights_changed
    }

    /// Runs a write and rolls it back; returns its answer.
    pub fn undone<T>(&mut self, run: impl FnOnce(&mut Tables<'_>) -> Result<T, Error>) -> Result<T, Error> {
        enum Undo<T> {
            Ran(Result<T, Error>),
            Failed(diesel::result::Error),
        }
        impl<T> From<diesel::result::Error> for Undo<T> {
            fn from(error: diesel::result::Error) -> Self {
                Undo::Failed(error)
            }
        }
        let (bank, zone, now) = (self.bank, self.zone, self.now);
        let ran = self.conn.transaction::<(), Undo<T>, _>(|conn| {
            Err(Undo::Ran(run(&mut Tables::new(conn, bank, zone, now))))
        });
        match ran {
            Err(Undo::Ran(result)) => result,
            Err(Undo::Failed(error)) => Err(error.into()),
            Ok(()) => Err(Error::Fault("a rehearsal was kept".into())),
        }
    }

    /// Today in the bank's calendar.
    pub fn today(&self) -> Day {
        self.now.day(self.zone)
    }
}

/// The time zone of a bank.
pub(super) fn zone_of(conn: &mut AnyConnection, bank: BankId) -> Result<Tz, Error> {
    let zone: String = banks::table.find(bank).select(banks::zone).get_result(conn)?;
    zone.parse().map_err(|_| damaged("time zone", zone))
}

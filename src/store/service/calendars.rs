//! Holiday calendars: a row for each change. The highest version of a year is valid.

use crate::domain::calendar::{Calendar, ListedDay, YearCalendar};
use crate::store::Tables;
use crate::store::error::Error;
pub use crate::store::schema::CalendarRow;
use crate::store::schema::calendars;
use crate::store::writer::rows::damaged;
use diesel::prelude::*;
use std::sync::Arc;

impl CalendarRow {
    pub fn calendar(&self) -> Result<YearCalendar, Error> {
        let unreadable = || damaged("calendar", self.year);
        let year = i32::try_from(self.year).map_err(|_| unreadable())?;
        let days: Vec<ListedDay> = serde_json::from_str(&self.days).map_err(|_| unreadable())?;
        Ok(YearCalendar { year, days })
    }
}

impl Tables<'_> {
    /// All changes of calendars, by year, oldest first.
    pub fn calendar_rows(&mut self) -> Result<Vec<CalendarRow>, Error> {
        let own = calendars::table.filter(calendars::bank_id.eq(self.bank));
        Ok(own
            .order((calendars::year, calendars::version))
            .select(CalendarRow::as_select())
            .load(self.conn)?)
    }

    /// The calendar of this bank: the list that comes with the program, overridden by imported years. Loaded once per
    /// read or write.
    pub fn calendar(&mut self) -> Result<Arc<Calendar>, Error> {
        if let Some(known) = &self.calendar {
            return Ok(Arc::clone(known));
        }
        let mut calendar = Calendar::official().clone();
        for row in self.calendar_rows()? {
            calendar.put(row.calendar()?);
        }
        let calendar = Arc::new(calendar);
        self.calendar = Some(Arc::clone(&calendar));
        Ok(calendar)
    }

    pub fn insert_calendar(&mut self, row: &CalendarRow) -> Result<(), Error> {
        diesel::insert_into(calendars::table).values(row).execute(self.conn)?;
        self.calendar = None;
        Ok(())
    }
}

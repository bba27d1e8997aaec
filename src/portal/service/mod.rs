//! Holiday calendars.

pub mod calendars;

//! Activities, service records, calendars.

pub mod calendars;
pub mod records;

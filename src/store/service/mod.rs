//! Activities, service records, calendars.

pub mod calendars;
pub mod records;
pub mod sign_ups;

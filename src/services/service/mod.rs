//! Activities, attendance, service records, calendars.

pub mod activities;
pub mod calendars;
pub mod lists;
pub mod records;

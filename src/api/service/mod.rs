//! Activities, attendance, service records, calendars.

pub mod activities;
pub mod calendars;
pub mod check_in;
pub mod records;
pub mod sign_ups;

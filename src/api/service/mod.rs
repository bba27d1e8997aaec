//! Activities, attendance, service records, certificates, calendars.

pub mod activities;
pub mod calendar;
pub mod calendars;
pub mod certificates;
pub mod check_in;
pub mod exports;
pub mod records;
pub mod sign_ups;
pub mod wishes;

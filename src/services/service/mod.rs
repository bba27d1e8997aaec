//! Activities, attendance, service records, certificates, calendars.

pub mod activities;
pub mod calendars;
pub mod certificates;
pub mod exports;
pub mod lists;
pub mod records;
pub mod skills;
pub mod wishes;

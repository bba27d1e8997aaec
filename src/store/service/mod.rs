//! Activities, service records, certificates, calendars.

pub mod calendars;
pub mod certificates;
pub mod exports;
pub mod records;
pub mod sign_ups;
pub mod wishes;

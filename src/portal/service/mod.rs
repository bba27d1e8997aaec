//! Activities and service records: for volunteers what is on and their own hours, for staff and team leaders drafting,
//! check-in, and decisions; certificates of service; holiday calendars.

pub mod access;
pub mod activities;
pub mod attendance;
pub mod by_name;
pub mod calendars;
pub mod certificate_check;
pub mod certificates;
pub mod check_in;
pub mod events;
pub mod export;
pub mod hours;
pub mod paper;
pub mod records;
pub mod sheet;
pub mod sign_ups;
pub mod steps;
pub mod times;
pub mod wishes;

//! The ledger: passbooks, raw entries, what falls due, closing a year, the figures of a period.

pub mod about;
pub mod due;
pub mod paper;
pub mod passbook;
pub mod raw;
pub mod statistics;
pub mod trail;
pub mod years;

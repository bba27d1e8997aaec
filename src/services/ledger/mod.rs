//! The books themselves: passbooks, raw entries, what falls due, the end of a year.

pub mod due;
pub mod passbook;
pub mod raw;
pub mod years;

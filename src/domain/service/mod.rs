//! Served time, its records, and certificates about them.

pub mod certificate;
pub mod record;
pub mod spot;
pub mod tally;
pub mod time;
pub mod wishes;

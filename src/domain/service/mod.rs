//! Served time and its records.

pub mod record;
pub mod time;

//! The JSON interface.

pub mod error;
pub mod faults;
pub mod fields;
pub mod floor;
pub mod problem;

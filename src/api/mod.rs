//! The JSON interface.

pub mod error;
pub mod floor;

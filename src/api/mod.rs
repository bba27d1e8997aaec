//! The JSON interface.

pub mod floor;

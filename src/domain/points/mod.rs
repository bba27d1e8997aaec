//! Schemes: the rules by which points are given.

pub mod gift;
pub mod scheme;

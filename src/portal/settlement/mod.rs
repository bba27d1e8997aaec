//! Statements: what a shop is owed for a month, for the shop and for the community.

pub mod desk;
pub mod own;
pub mod paper;
pub mod sheet;

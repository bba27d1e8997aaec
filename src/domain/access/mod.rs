//! Who may do what, and where requests come from.

pub mod network;
pub mod permissions;

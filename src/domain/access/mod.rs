//! Permissions, and the network origin of requests.

pub mod network;
pub mod permissions;

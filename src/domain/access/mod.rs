//! Permissions, the network origin of requests, and where messages may be sent to.

pub mod network;
pub mod permissions;
pub mod reach;

//! Where requests come from.

pub mod network;

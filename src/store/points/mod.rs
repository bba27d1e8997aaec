//! Schemes and proposals.

pub mod proposals;
pub mod schemes;

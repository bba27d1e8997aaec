//! Schemes, proposals and gifts.

pub mod gifts;
pub mod proposals;
pub mod schemes;

//! Schemes, awards, and what members owe.

pub mod awards;
pub(super) mod owed;
pub mod schemes;

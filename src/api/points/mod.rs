//! Schemes, awards, gifts, and what members owe.

pub mod awards;
pub mod gifts;
pub(super) mod owed;
pub mod schemes;

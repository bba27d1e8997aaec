//! Schemes, awards, what is owed.

pub mod awards;
pub(super) mod owed;
pub mod schemes;

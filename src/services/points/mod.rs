//! Schemes, awards, proposals, and what members owe.

pub(super) mod alone;
pub mod award_ask;
pub mod award_list;
pub mod awards;
mod explaining;
pub mod household_awards;
pub mod limits;
pub mod owed;
pub mod proposals;
pub mod schemes;

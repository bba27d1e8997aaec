//! Schemes, awards, proposals, gifts, and what members owe.

pub(super) mod alone;
pub mod award_ask;
pub mod award_list;
pub mod awards;
pub(super) mod climbing;
mod deed_back;
mod explaining;
pub mod gift_steps;
pub mod gifts;
pub mod household_awards;
pub mod limits;
pub mod owed;
pub mod pools;
pub mod proposals;
pub mod schemes;

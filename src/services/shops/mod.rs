//! Merchants, offers, codes, cards, slips, redemptions.

pub(super) mod accounts;
pub mod applications;
pub mod cards;
pub mod carts;
pub mod codes;
pub mod goods;
mod goods_lines;
pub mod goods_moved;
pub mod merchants;
pub mod paper_limits;
pub mod rate_limiter;
pub mod redemptions;
pub mod slips;
pub mod till;
pub(super) mod wording;
pub mod worth;

//! Merchants, offers, codes, redemptions.

pub mod cards;
pub mod goods;
pub mod merchants;
pub mod redemptions;
pub mod slips;

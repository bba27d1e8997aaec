//! Merchants, offers, codes, redemptions.

pub mod applications;
pub mod cards;
pub mod goods;
pub mod merchants;
pub mod redemptions;
pub mod slips;

//! Merchants, offers, codes, redemptions.

pub mod cards;
pub mod merchants;
pub mod redemptions;
pub mod slips;

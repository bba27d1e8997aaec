//! Merchants, offers, codes, redemptions.

pub mod merchants;
pub mod redemptions;

//! Merchants, offers, codes, redemptions.

pub mod carts;
pub mod codes;
pub mod merchants;
pub mod pace;
pub mod redemptions;

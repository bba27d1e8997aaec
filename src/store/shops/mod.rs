//! Merchants, offers, codes, redemptions, statements.

pub mod merchants;
pub mod redemptions;

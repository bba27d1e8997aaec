//! Merchants, offers, codes, redemptions.

pub(super) mod accounts;
pub mod carts;
pub mod codes;
pub mod merchants;
pub mod rate_limiter;
pub mod redemptions;
pub(super) mod wording;
pub mod worth;

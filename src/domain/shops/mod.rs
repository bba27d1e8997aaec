//! Redemptions: points for goods.

pub mod redemption;

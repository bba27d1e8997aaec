//! Redemptions: points for goods; cards and slips on paper.

pub mod paper;
pub mod redemption;

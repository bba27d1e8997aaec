//! Redemptions: points for goods; goods on the shelf; cards and slips on paper.

pub mod credit_code;
pub mod goods;
pub mod paper;
pub mod redemption;

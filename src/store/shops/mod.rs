//! Merchants, offers, codes, cards, slips, redemptions, statements.

pub mod applications;
pub mod cards;
pub mod goods;
pub mod merchants;
pub mod redemptions;
pub mod slips;

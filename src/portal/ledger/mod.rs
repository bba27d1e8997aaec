//! The passbook: the home page, all entries by month, why an award is what it is.

pub mod home;
pub mod passbook;
pub mod why;

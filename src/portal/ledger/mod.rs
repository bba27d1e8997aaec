//! The passbook: the home page, all entries by month, why an award is what it is. The journal: every entry, its trail,
//! and whether the book is right.

pub mod checks;
pub mod figures;
pub mod home;
pub mod journal;
pub mod paper;
pub mod passbook;
pub mod report;
pub mod trail;
pub mod why;

//! Coming in and going out: the start page, sign-in, the own account, the size of text, help.

pub mod account;
pub mod preferences;
pub mod setup;
pub mod sign_in;
pub mod start;

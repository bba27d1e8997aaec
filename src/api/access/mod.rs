//! Sign-in and the access log.

pub mod audit;
pub mod sign_in;

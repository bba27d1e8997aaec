//! Sign-in, the bank itself, and the access log.

pub mod audit;
pub mod bank;
pub mod messages;
pub mod second_factor;
pub mod sign_in;
pub mod webhooks;

//! Coming in and going out: the start page, sign-in, the own account, the size of text, help; the first page of an
//! administrator, and the access log.

pub mod account;
pub mod help;
pub mod log;
pub mod messages;
pub mod overview;
pub mod preferences;
pub mod second_factor;
pub mod senders;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod start;
pub mod story;
pub mod styleguide;

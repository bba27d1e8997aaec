//! Accounts, assets and entries.

pub mod account;
pub mod asset;
pub mod entry;

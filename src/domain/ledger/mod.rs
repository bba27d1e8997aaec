//! Accounts, assets and entries.

pub mod account;
pub mod asset;
pub mod entry;
pub mod entry_kind;
pub mod receipt;

//! Accounts, assets and entries, and the figures that are made of them.

pub mod account;
pub mod asset;
pub mod curve;
pub mod entry;
pub mod entry_kind;
pub mod receipt;
pub mod statistics;

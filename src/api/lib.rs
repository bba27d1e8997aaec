//! The REST interface.

pub use jianxian_services::{auth, clock, config, domain, ids, ledger, services, text_enum, texts};

#[path = "mod.rs"]
pub mod api;

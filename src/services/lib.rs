//! The use cases.

pub use jianxian_auth::{auth, clock, config, domain, ids, ledger, store, text_enum, texts};
pub use jianxian_senders::senders;

#[path = "mod.rs"]
pub mod services;

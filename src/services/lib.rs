//! The use cases.

pub use jianxian_auth::{auth, clock, config, domain, ids, ledger, text_enum, texts};
// The layers above ask the use cases: neither is handed on.
use jianxian_auth::store;
use jianxian_senders::senders;

#[path = "mod.rs"]
pub mod services;

//! Who someone is: passwords, tokens, second factors, and the keys of the server.

pub use jianxian_store::{clock, config, domain, ids, ledger, store, text_enum, texts};

#[path = "mod.rs"]
pub mod auth;

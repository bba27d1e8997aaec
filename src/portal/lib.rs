//! The pages.

pub use jianxian_api::{api, auth, clock, config, domain, ids, ledger, services, text_enum, texts};

#[path = "mod.rs"]
pub mod portal;

//! The double-entry ledger: commands become entries; pure.

pub use jianxian_domain::{domain, text_enum, texts};

#[path = "mod.rs"]
pub mod ledger;

//! The database, behind one writer and many readers.

pub use jianxian_host::{clock, config, ids, outgoing};
pub use jianxian_ledger::{domain, ledger, text_enum, texts};

#[path = "mod.rs"]
pub mod store;

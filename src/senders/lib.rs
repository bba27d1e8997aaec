//! How messages leave the bank: file, mail, hooks.

pub use jianxian_host::{clock, config, domain, ids, outgoing, text_enum, texts};

#[path = "mod.rs"]
pub mod senders;

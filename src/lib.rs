//! 涧贤 (jianxian): a points bank for community volunteers.
//!
//! Data flows one way: `api → services → store → ledger → domain`; see docs/ARCHITECTURE.md.

pub use jianxian_portal::{
    api, auth, clock, config, domain, ids, ledger, portal, services, text_enum, texts,
};
pub use jianxian_senders::senders;
pub use jianxian_store::store;

pub mod cli;
pub mod jobs;

//! 涧贤 (jianxian): a points bank for community volunteers.
//!
//! Data flows one way: `api → services → store → ledger → domain`; see docs/ARCHITECTURE.md.

pub mod api;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod ids;
pub mod jobs;
pub mod ledger;
pub mod portal;
pub mod senders;
pub mod services;
pub mod store;
pub mod texts;

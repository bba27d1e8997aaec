//! Organisations and log-ins.

pub mod offices;
pub mod users;

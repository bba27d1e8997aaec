//! Settlement with merchants.

pub mod seen;
pub mod statements;

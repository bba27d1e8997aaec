//! Settlement with merchants.

pub mod statements;

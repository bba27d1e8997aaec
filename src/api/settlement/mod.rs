//! Settling with merchants.

pub mod statements;

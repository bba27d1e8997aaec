//! Statements of merchants and what is paid for them.

pub mod liability;
pub mod payable;
pub mod rates;
pub mod statement;

//! Settlement with merchants.

pub mod seen;
pub mod statements;
pub(super) mod unsettled;

//! Shops: what they have, the volunteer's code, the till.

pub mod code;
pub mod receipt;
pub mod shelf;
pub mod till;

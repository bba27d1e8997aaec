//! Shops: what they have, the volunteer's code, the till, and what their owner looks after.

pub mod clerks;
pub mod code;
pub mod goods;
pub mod paper;
pub mod partners;
pub mod receipt;
pub mod shelf;
pub mod till;

//! Shops: what they have, the volunteer's code, the till, and what their owner looks after.

pub mod applications;
pub mod cards;
pub mod clerks;
pub mod code;
pub mod goods;
pub mod goods_board;
pub mod goods_sheets;
pub mod paper;
mod paper_text;
pub mod partners;
pub mod receipt;
pub mod shelf;
pub mod slips;
pub mod till;

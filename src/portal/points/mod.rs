//! Giving points at the desk: lists that are pasted, checked and awarded, what was given, and what waits for a second
//! person; schemes with their versions, drafts and trials.

pub mod award;
mod checking;
pub mod compare;
pub mod gifts;
pub mod given;
pub mod pools;
pub mod proposals;
pub mod rows;
pub mod schemes;
pub mod trial;

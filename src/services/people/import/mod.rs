//! Imports members from a sheet. `members.rs` parses it into rows and faults, `check.rs` checks it against the bank,
//! `intake.rs` writes it.

pub mod cell;
pub mod check;
pub mod fault;
pub mod heading;
pub mod intake;
pub mod members;
pub mod opening;
pub mod repeats;
mod row;
pub mod sheet;
pub mod text;

//! Importing what people bring from elsewhere. `members.rs` turns a sheet into rows and faults, `check.rs` holds it
//! against what the bank has, `intake.rs` writes it.

pub mod cell;
pub mod check;
pub mod fault;
pub mod heading;
pub mod intake;
pub mod members;
pub mod opening;
pub mod repeats;
mod row;
pub mod text;

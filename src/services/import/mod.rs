//! Reading sheets that people bring from elsewhere. Nothing here writes: a sheet becomes rows and faults.

pub mod cell;
pub mod fault;
pub mod heading;
pub mod members;
pub mod opening;
pub mod text;

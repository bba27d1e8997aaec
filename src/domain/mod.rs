//! Pure types and rules: no I/O, no clock, no database, no web, no floats.
#![deny(clippy::float_arithmetic)]
// Tests may add and multiply: an overflow there is a failed test.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod access;
pub mod amount;
pub mod attachments;
pub mod calendar;
pub mod delivery;
pub mod document;
pub mod figures;
pub mod language;
pub mod ledger;
pub mod life_cycle;
pub mod life_cycles;
pub mod message;
pub mod people;
pub mod points;
pub mod refusal;
pub mod service;
pub mod settlement;
pub mod shops;
pub mod stars;
pub mod writing;

pub use jianxian_values::{id, time};

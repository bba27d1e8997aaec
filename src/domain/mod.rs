//! Pure words and rules: no I/O, no clock, no database, no web, no floats.
#![deny(clippy::float_arithmetic)]
// Tests may add and multiply: an overflow there is a failed test.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod account;
pub mod amount;
pub mod asset;
pub mod calendar;
pub mod document;
pub mod entry;
pub mod household;
pub mod id;
pub mod id_document;
pub mod id_number;
pub mod language;
pub mod mask;
pub mod network;
pub mod person_name;
pub mod personal_number;
pub mod phone;
pub mod redemption;
pub mod refusal;
pub mod scheme;
pub mod service_record;
pub mod service_time;
pub mod settlement;
pub mod star_grant;
pub mod stars;
pub mod statement;
pub mod time;
pub mod writing;

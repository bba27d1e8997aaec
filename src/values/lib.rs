//! Ids, moments and fixed texts, and how they are written: JSON, the columns of both databases, OpenAPI. They are a crate of
//! their own because only the crate of a type may teach it the interfaces of other libraries; the domain above names none.
#![deny(clippy::float_arithmetic)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod columns;
pub mod fixed_texts;
pub mod id;
pub mod schema;
pub mod time;

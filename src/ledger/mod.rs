//! The pure machine: a [`Book`] (the working set), the [`Command`]s over it, and [`decide`].
//!
//! No I/O, no clock, no randomness: the same Book, command and moment always give the same answer. All money rules
//! are here; docs/LEDGER.md lists them.
#![deny(clippy::float_arithmetic, clippy::arithmetic_side_effects)]

pub mod book;
pub mod chain;
mod climb;
pub mod command;
mod counters;
mod decide;
mod draft;
mod due;
pub mod forms;
mod hold;
mod lots;
mod merge;
mod owed;
mod post;
mod reverse;
pub mod shelf;

pub use book::{Book, Head, Past, Reversed};
pub use command::{
    Answer, Command, CounterTake, Leg, Needs, Note, Op, Reclaim, Repeated, Request, StoredAnswer, Take, Watch,
};
pub use decide::{Decision, decide, needs, repeat};
pub use due::sweep;

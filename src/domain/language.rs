//! The two languages in which the bank speaks to people.

pub use crate::texts::Language;

//! The ledger: passbooks, the journal, raw entries.

pub mod entries;
pub mod journal;
pub mod passbook;
pub mod raw;

//! The ledger: passbooks, the journal, raw entries, the figures of a period.

pub mod entries;
pub mod journal;
pub mod passbook;
pub mod raw;
pub mod statistics;

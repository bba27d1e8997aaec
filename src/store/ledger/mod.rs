//! The ledger as it is read: accounts, the journal, histories, keys of entries, statistics.

pub mod accounts;
pub mod entry_keys;
pub mod histories;
pub mod journal;
pub mod statistics;

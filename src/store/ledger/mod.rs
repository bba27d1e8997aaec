//! The ledger as it is read: accounts, the journal, histories, keys of entries.

pub mod accounts;
pub mod entry_keys;
pub mod histories;
pub mod journal;

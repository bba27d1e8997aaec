//! Work on a database as a whole: verification, backups, copies, keys.

pub mod attachments;
pub mod audit;
pub mod backup;
pub(super) mod catalogue;
pub mod copy;
pub mod keys;
pub(super) mod verify;

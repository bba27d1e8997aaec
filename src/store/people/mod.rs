//! Organisations, members, households and users.

pub mod feedback;
pub mod finding;
pub mod households;
pub mod known;
pub mod members;
pub(super) mod merging;
pub mod proxies;
pub mod users;

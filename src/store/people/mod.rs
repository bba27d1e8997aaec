//! Organisations, members, households and users.

pub mod consents;
pub mod erasing;
pub mod feedback;
pub mod finding;
pub mod households;
pub mod known;
pub mod members;
pub(super) mod merging;
pub mod own;
pub mod proxies;
pub mod users;

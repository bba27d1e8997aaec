//! Organisations, members, households and users.

pub mod counter;
pub mod desk;
pub mod feedback;
pub mod help;
pub mod households;
pub mod import;
pub mod members;
pub(super) mod merging;
pub mod moves;
pub mod orgs;
pub mod privacy;
pub mod proxies;
pub mod users;

//! Organisations, members, households and users.

pub mod feedback;
pub mod households;
pub mod members;
pub mod moves;
pub mod orgs;
pub mod proxies;
pub mod users;

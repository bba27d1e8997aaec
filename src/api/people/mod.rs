//! Organisations, members, households and users.

pub mod consents;
pub mod feedback;
pub mod households;
pub mod members;
pub mod moves;
pub mod orgs;
pub mod own_copy;
pub mod proxies;
pub mod requests;
pub mod users;

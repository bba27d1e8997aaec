//! Organisations, members, households and users.

pub mod members;
pub mod moves;
pub mod orgs;
pub mod users;

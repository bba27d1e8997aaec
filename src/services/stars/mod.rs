//! Stars: a member's standing, and grants.

pub mod grants;

//! Sign-in, rights, conflicts of interest, and the access log.

pub mod access_lines;
pub mod bank;
pub mod founding;
pub(super) mod interest;
pub mod links;
pub mod opening;
pub mod overview;
pub mod roles;
pub mod sign_in;
pub mod traces;
pub(super) mod tries;

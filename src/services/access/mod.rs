//! Sign-in, rights, conflicts of interest, and the access log.

pub mod access_lines;
pub mod bank;
pub mod devices;
pub mod founding;
pub(super) mod interest;
pub mod links;
pub mod opening;
pub mod overview;
pub mod roles;
pub mod second_factor;
pub mod sign_in;
pub mod sign_in_codes;
pub mod traces;
pub(super) mod tries;

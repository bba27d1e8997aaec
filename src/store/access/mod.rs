//! Sessions, failed attempts, and changes of rights.

pub mod attempts;
pub(super) mod epochs;
pub mod factors;
pub mod founding;
pub mod opening;
pub mod sessions;

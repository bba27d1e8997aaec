//! Authentication and keys.

pub mod authority;
pub mod devices;
pub mod hs256;
pub mod in_memory;
pub mod passwords;
pub mod rotation;
pub mod second_factor;
pub mod secrets;
pub mod tokens;

pub use crate::domain::access::permissions;
pub use authority::Authority;

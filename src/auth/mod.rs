//! Who is calling, and what they may do.

pub mod authority;
pub mod floor;
pub mod passwords;
pub mod permissions;
pub mod secrets;
pub mod tokens;

pub use authority::Authority;

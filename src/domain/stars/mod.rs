//! Stars: ratings of lifetime service.

pub mod grant;
pub mod ladder;

//! What the program takes from its surroundings: the time, random ids, and its settings.

pub use jianxian_domain::{domain, text_enum, texts};

pub mod clock;
pub mod config;
pub mod ids;

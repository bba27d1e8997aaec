//! What the program takes from its surroundings: the time, random ids, its settings, and how it makes requests.

pub use jianxian_domain::{domain, text_enum, texts};

pub mod clock;
pub mod config;
pub mod ids;
pub mod outgoing;

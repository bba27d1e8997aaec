//! The texts for people, in both languages.

pub use jianxian_values::text_enum;

#[path = "mod.rs"]
pub mod texts;

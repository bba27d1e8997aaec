//! Pure types and rules.

pub use jianxian_texts::texts;
pub use jianxian_values::text_enum;

#[path = "mod.rs"]
pub mod domain;

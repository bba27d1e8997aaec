//! Schemes: their versions, drafts and trials.

pub mod schemes;

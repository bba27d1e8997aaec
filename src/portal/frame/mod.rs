//! What serves all pages: the visit, its session and form, the frame, the answers.

pub mod answer;
pub mod around;
pub mod assets;
pub mod chart;
pub mod cookies;
pub mod fault;
pub mod form;
pub mod guard;
pub mod menu;
pub mod page;
pub mod session;
pub mod steps;
pub mod story;
pub mod visit;

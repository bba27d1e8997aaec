//! Steps of life cycles as buttons, and the step that a form names.

use super::visit::Visit;
use crate::api::web::problem::ApiError;
use crate::domain::life_cycle::{Asks, LifeCycle, Step};
use crate::texts::sentences as s;

/// A step that can be taken now.
pub struct Button {
    pub name: &'static str,
    pub words: String,
    /// The one that most people come for.
    pub is_main: bool,
    pub needs_reason: bool,
}

impl Visit {
    /// The button of a step.
    pub fn button(&self, step: &'static Step, is_main: bool) -> Button {
        let words = self.say(s::StepWords { step: step.name });
        Button { name: step.name, words, is_main, needs_reason: step.asks == Asks::Reason }
    }

    /// The step of this life cycle that the form names.
    pub fn chosen_step(&self, cycle: &LifeCycle) -> Result<&'static Step, ApiError> {
        let name = self.form.typed("step").unwrap_or_default();
        cycle.steps.iter().copied().find(|step| step.name == name).ok_or(ApiError::NoSuchPath)
    }
}

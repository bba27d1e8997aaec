//! The life cycle of a skill of the bank's list.

use super::P;
use crate::domain::life_cycle::{LifeCycle, Step, Whose};

/// 特长 · a skill that volunteers say of themselves and activities ask for.
pub static SKILL: LifeCycle = LifeCycle {
    thing: "skill",
    path: "/v1/skills/{id}",
    tag: "service",
    states: &["active", "retired"],
    steps: &[&RETIRE_SKILL, &RESTORE_SKILL],
};
pub static RETIRE_SKILL: Step = Step {
    name: "retire_skill",
    route: Some("retire"),
    about: "停用特长 · takes a skill off the list: it is not chosen any more; where it stands already, it stays.",
    from: &["active"],
    to: "retired",
    rights: &[P::ManageBank],
    whose: Whose::Bank,
    ..Step::PLAIN
};
pub static RESTORE_SKILL: Step = Step {
    name: "restore_skill",
    route: Some("restore"),
    about: "恢复特长 · puts a skill back on the list.",
    from: &["retired"],
    to: "active",
    rights: &[P::ManageBank],
    whose: Whose::Bank,
    ..Step::PLAIN
};

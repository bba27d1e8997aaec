//! Complaints and proposals.

use crate::domain::access::permissions::Permission as P;
use crate::domain::life_cycle::Sets::{At, By, Param};
use crate::domain::life_cycle::{Asks, LifeCycle, Step, Tells, Whose};

/// 投诉建议 · a complaint or a proposal.
pub static FEEDBACK: LifeCycle = LifeCycle {
    thing: "feedback",
    path: "/v1/feedback/{id}",
    tag: "people",
    states: &["open", "answered", "disputed", "closed", "withdrawn"],
    steps: &[&ANSWER_FEEDBACK, &DISPUTE_ANSWER, &CLOSE_FEEDBACK, &WITHDRAW_FEEDBACK],
};
pub static ANSWER_FEEDBACK: Step = Step {
    name: "answer_feedback",
    about: "答复投诉建议 · answers a complaint or a proposal. A disputed answer is answered by another person.",
    from: &["open", "disputed"],
    to: "answered",
    rights: &[P::AnswerFeedback],
    apart: &["made_by", "answered_by"],
    sets: &[By("answered_by"), At("answered_at"), Param("answer")],
    asks: Asks::Own,
    tells: &[Tells::By("made_by"), Tells::Member],
    logged: true,
    ..Step::PLAIN
};
pub static DISPUTE_ANSWER: Step = Step {
    name: "dispute_answer",
    about: "对答复不满意 · says why the answer does not do: another person answers, and the organisations above see it.",
    from: &["answered"],
    to: "disputed",
    rights: &[P::GiveFeedback],
    whose: Whose::By("made_by"),
    sets: &[Param("objection")],
    asks: Asks::Own,
    ..Step::PLAIN
};
pub static CLOSE_FEEDBACK: Step = Step {
    name: "close_feedback",
    route: Some("close"),
    about: "对答复满意 · is content with the answer.",
    from: &["answered"],
    to: "closed",
    rights: &[P::GiveFeedback],
    whose: Whose::By("made_by"),
    ..Step::PLAIN
};
pub static WITHDRAW_FEEDBACK: Step = Step {
    name: "withdraw_feedback",
    route: Some("withdraw"),
    about: "撤回投诉建议 · takes back what has not been answered.",
    from: &["open", "disputed"],
    to: "withdrawn",
    rights: &[P::GiveFeedback],
    whose: Whose::By("made_by"),
    ..Step::PLAIN
};

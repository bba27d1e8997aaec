//! Complaints and proposals; proxies.

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

/// 代办人 · who acts for a person.
pub static PROXY: LifeCycle = LifeCycle {
    thing: "proxy",
    path: "/v1/proxies/{id}",
    tag: "people",
    states: &["active", "ended"],
    steps: &[&END_PROXY, &END_PROXY_BY_PHONE],
};
pub static END_PROXY: Step = Step {
    name: "end_proxy",
    route: Some("end"),
    about: "结束代办 · ends it at once, by the person or by the proxy; a guardian is ended by the guardian alone.",
    from: &["active"],
    to: "ended",
    rights: &[P::ReadOwn, P::ActForMembers],
    whose: Whose::Special,
    sets: &[By("ended_by"), At("ended_at")],
    ..Step::PLAIN
};
pub static END_PROXY_BY_PHONE: Step = Step {
    name: "end_proxy_by_phone",
    route: Some("end-by-phone"),
    about: "电话结束代办 · staff end it at once for the person, who calls or comes, with the reason.",
    from: &["active"],
    to: "ended",
    rights: &[P::WriteMembers],
    sets: &[By("ended_by"), At("ended_at")],
    asks: Asks::Reason,
    ..Step::PLAIN
};

//! Complaints and proposals; proxies; consents, corrections and erasures.

use super::DECIDED;
use crate::domain::access::permissions::Permission as P;
use crate::domain::life_cycle::Sets::{At, By, Param};
use crate::domain::life_cycle::{Asks, Interest, LifeCycle, Step, Tells, Whose};

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

/// 同意 · a consent to one purpose.
pub static CONSENT: LifeCycle = LifeCycle {
    thing: "consent",
    path: "/v1/consents/{id}",
    tag: "people",
    states: &["given", "withdrawn", "replaced"],
    steps: &[&WITHDRAW_CONSENT],
};
pub static WITHDRAW_CONSENT: Step = Step {
    name: "withdraw_consent",
    route: Some("withdraw"),
    about: "撤回同意 · withdraws a consent, by the person or by staff at the counter: what was stored or shown because of it is cleared or hidden at once.",
    from: &["given"],
    to: "withdrawn",
    rights: &[P::ReadOwn, P::WriteMembers],
    whose: Whose::Special,
    sets: &[By("withdrawn_by"), At("withdrawn_at")],
    tells: &[Tells::Member],
    ..Step::PLAIN
};

/// 注销申请 · a request to erase a person's file.
pub static ERASURE: LifeCycle = LifeCycle {
    thing: "erasure",
    path: "/v1/erasures/{id}",
    tag: "people",
    states: &["open", "erased", "rejected", "withdrawn"],
    steps: &[&ERASE_MEMBER, &REFUSE_ERASURE, &WITHDRAW_ERASURE],
};
pub static ERASE_MEMBER: Step = Step {
    name: "erase_member",
    route: Some("carry-out"),
    about: "注销 · carries an erasure out as the second person: the identity is cut off for good, the ledger stays as it is.",
    from: &["open"],
    to: "erased",
    rights: &[P::EraseMembers],
    apart: &["proposed_by"],
    interest: Interest::Member,
    sets: DECIDED,
    logged: true,
    ..Step::PLAIN
};
pub static REFUSE_ERASURE: Step = Step {
    name: "refuse_erasure",
    route: Some("refuse"),
    about: "不予注销 · turns an erasure down, with the reason.",
    from: &["open"],
    to: "rejected",
    rights: &[P::EraseMembers],
    apart: &["proposed_by"],
    interest: Interest::Member,
    sets: DECIDED,
    asks: Asks::Reason,
    tells: &[Tells::Member],
    ..Step::PLAIN
};
pub static WITHDRAW_ERASURE: Step = Step {
    name: "withdraw_erasure",
    route: Some("withdraw"),
    about: "撤回注销申请 · takes a request for erasure back: by the person, or by the user who wrote it down.",
    from: &["open"],
    to: "withdrawn",
    rights: &[P::ReadOwn, P::WriteMembers],
    whose: Whose::Special,
    sets: DECIDED,
    ..Step::PLAIN
};

/// 更正申请 · a person's request to correct the own file.
pub static CORRECTION: LifeCycle = LifeCycle {
    thing: "correction",
    path: "/v1/corrections/{id}",
    tag: "people",
    states: &["open", "approved", "rejected", "withdrawn"],
    steps: &[&ACCEPT_CORRECTION, &REFUSE_CORRECTION, &WITHDRAW_CORRECTION],
};
pub static ACCEPT_CORRECTION: Step = Step {
    name: "accept_correction",
    route: Some("accept"),
    about: "同意更正 · corrects the file as the person asked.",
    from: &["open"],
    to: "approved",
    rights: &[P::WriteMembers],
    apart: &["proposed_by"],
    interest: Interest::Member,
    sets: DECIDED,
    tells: &[Tells::Member],
    logged: true,
    ..Step::PLAIN
};
pub static REFUSE_CORRECTION: Step = Step {
    name: "refuse_correction",
    route: Some("refuse"),
    about: "不予更正 · leaves the file as it is, with the reason.",
    from: &["open"],
    to: "rejected",
    rights: &[P::WriteMembers],
    apart: &["proposed_by"],
    interest: Interest::Member,
    sets: DECIDED,
    asks: Asks::Reason,
    tells: &[Tells::Member],
    ..Step::PLAIN
};
pub static WITHDRAW_CORRECTION: Step = Step {
    name: "withdraw_correction",
    route: Some("withdraw"),
    about: "撤回更正申请 · takes the own request for a correction back.",
    from: &["open"],
    to: "withdrawn",
    rights: &[P::ReadOwn],
    whose: Whose::By("proposed_by"),
    sets: DECIDED,
    ..Step::PLAIN
};

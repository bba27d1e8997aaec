//! Statements of shops, and star grants.

use crate::domain::access::permissions::Permission as P;
use crate::domain::life_cycle::Sets::{By, Param};
use crate::domain::life_cycle::{Answers, Asks, Interest, LifeCycle, Step, Whose};

/// 结算单 · what a shop is owed for a month.
pub static STATEMENT: LifeCycle = LifeCycle {
    thing: "statement",
    path: "/v1/settlements/{id}",
    tag: "settlement",
    states: &["issued", "disputed", "answered", "confirmed", "approved", "paid"],
    steps: &[&CONFIRM_STATEMENT, &DISPUTE_STATEMENT, &ANSWER_DISPUTE, &APPROVE_STATEMENT, &PAY_STATEMENT],
};
pub static CONFIRM_STATEMENT: Step = Step {
    name: "confirm_statement",
    route: Some("confirm"),
    about: "商家确认 · the shop agrees: with all lines, also with those that it disputed before.",
    from: &["issued", "disputed", "answered"],
    to: "confirmed",
    rights: &[P::ConfirmStatements],
    whose: Whose::Shop,
    sets: &[By("confirmed_by")],
    answers: Answers::Receipt,
    ..Step::PLAIN
};
pub static DISPUTE_STATEMENT: Step = Step {
    name: "dispute_statement",
    about: "商家有异议 · the shop disputes lines; nothing is paid until it confirms.",
    from: &["issued", "disputed", "answered"],
    to: "disputed",
    rights: &[P::ConfirmStatements],
    whose: Whose::Shop,
    asks: Asks::Own,
    answers: Answers::Receipt,
    ..Step::PLAIN
};
pub static ANSWER_DISPUTE: Step = Step {
    name: "answer_statement",
    route: Some("answer"),
    about: "答复商家异议 · the community answers a dispute in words: what was corrected, and appears in the next statement, or why the lines are right. The shop confirms, or disputes again.",
    from: &["disputed"],
    to: "answered",
    rights: &[P::PrepareStatements],
    interest: Interest::Shop,
    asks: Asks::Reason,
    answers: Answers::Receipt,
    ..Step::PLAIN
};
pub static APPROVE_STATEMENT: Step = Step {
    name: "approve_statement",
    route: Some("approve"),
    about: "审批付款 · the community agrees, by another person than issued or confirmed it.",
    from: &["confirmed"],
    to: "approved",
    rights: &[P::ApproveStatements],
    apart: &["confirmed_by", "issued_by"],
    interest: Interest::Shop,
    sets: &[By("approved_by")],
    answers: Answers::Receipt,
    ..Step::PLAIN
};
pub static PAY_STATEMENT: Step = Step {
    name: "pay_statement",
    about: "已付款 · finance has paid, with the numbers of invoice and payment.",
    from: &["approved"],
    to: "paid",
    rights: &[P::PayStatements],
    apart: &["confirmed_by", "approved_by", "issued_by"],
    interest: Interest::Shop,
    sets: &[By("paid_by"), Param("invoice_number"), Param("payment_proof")],
    asks: Asks::Own,
    answers: Answers::Receipt,
    ..Step::PLAIN
};

/// 星级: granted and kept.
pub static STAR_GRANT: LifeCycle = LifeCycle {
    thing: "star",
    path: "/v1/members/{id}/stars",
    tag: "stars",
    states: &["granted"],
    steps: &[],
};

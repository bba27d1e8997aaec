//! Gifts: given, asked back, returned.

use crate::domain::access::permissions::Permission as P;
use crate::domain::life_cycle::Sets::{At, By};
use crate::domain::life_cycle::{Answers, Asks, LifeCycle, Step, Whose};

/// 赠送 · points that one person gave to another or to a pool, or that came out of a pool.
pub static GIFT: LifeCycle = LifeCycle {
    thing: "gift",
    path: "/v1/gifts/{id}",
    tag: "gifts",
    states: &["made", "asked_back", "returned", "kept"],
    steps: &[&ASK_GIFT_BACK, &RETURN_GIFT, &KEEP_GIFT, &REVERSE_GIFT],
};
pub static ASK_GIFT_BACK: Step = Step {
    name: "ask_gift_back",
    route: Some("ask-back"),
    about: "请求退还 · the giver asks the receiver, within seven days, to return what was given by mistake.",
    from: &["made"],
    to: "asked_back",
    rights: &[P::GivePoints],
    whose: Whose::Special,
    sets: &[At("asked_back_at")],
    answers: Answers::Receipt,
    ..Step::PLAIN
};
pub static RETURN_GIFT: Step = Step {
    name: "return_gift",
    route: Some("return"),
    about: "退还 · the receiver returns it whole: the points are the giver's again, with their expiry.",
    from: &["made", "asked_back"],
    to: "returned",
    rights: &[P::GivePoints],
    whose: Whose::Special,
    sets: &[By("ended_by"), At("ended_at")],
    answers: Answers::Made,
    ..Step::PLAIN
};
pub static KEEP_GIFT: Step = Step {
    name: "keep_gift",
    route: Some("keep"),
    about: "不退还 · the receiver keeps what was asked back.",
    from: &["asked_back"],
    to: "kept",
    rights: &[P::GivePoints],
    whose: Whose::Special,
    sets: &[By("ended_by"), At("ended_at")],
    answers: Answers::Receipt,
    ..Step::PLAIN
};
pub static REVERSE_GIFT: Step = Step {
    name: "reverse_gift",
    route: Some("reverse"),
    about: "冲正 · staff take a gift back whole, with the reason: not their own, nor one of their household.",
    from: &["made", "asked_back", "kept"],
    to: "returned",
    rights: &[P::MakeAwards],
    whose: Whose::Special,
    sets: &[By("ended_by"), At("ended_at")],
    asks: Asks::Reason,
    answers: Answers::Made,
    ..Step::PLAIN
};

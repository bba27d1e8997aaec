//! Sheets of goods: what comes onto the shelf of a shop and what leaves it otherwise than by redeeming.

use super::DECIDED;
use crate::domain::access::permissions::Permission as P;
use crate::domain::life_cycle::Sets::{At, By, Entry};
use crate::domain::life_cycle::{Answers, Asks, LifeCycle, Step, Tells, Whose};

/// 出入库单 · goods in, a stocktake or a write-off that waits for a second person, or is booked.
pub static GOODS_SHEET: LifeCycle = LifeCycle {
    thing: "goods_sheet",
    path: "/v1/goods-sheets/{id}",
    tag: "redeeming",
    states: &["unchecked", "booked", "rejected", "withdrawn"],
    steps: &[&APPROVE_GOODS, &REJECT_GOODS, &WITHDRAW_GOODS],
};
pub static APPROVE_GOODS: Step = Step {
    name: "approve_goods",
    route: Some("approve"),
    about: "核对入账 · agrees as the second person, who has counted too: the pieces are booked as they stand on the sheet.",
    from: &["unchecked"],
    to: "booked",
    rights: &[P::ApproveGoods],
    whose: Whose::Shop,
    apart: &["made_by"],
    sets: &[By("decided_by"), At("decided_at"), Entry("entry_number")],
    answers: Answers::Made,
    ..Step::PLAIN
};
pub static REJECT_GOODS: Step = Step {
    name: "reject_goods",
    route: Some("reject"),
    about: "核对不符 · the second person does not agree, with the reason: nothing is booked.",
    from: &["unchecked"],
    to: "rejected",
    rights: &[P::ApproveGoods],
    whose: Whose::Shop,
    apart: &["made_by"],
    sets: DECIDED,
    tells: &[Tells::By("made_by")],
    asks: Asks::Reason,
    logged: true,
    ..Step::PLAIN
};
pub static WITHDRAW_GOODS: Step = Step {
    name: "withdraw_goods",
    route: Some("withdraw"),
    about: "撤回出入库单 · takes one's own sheet back before it is booked.",
    from: &["unchecked"],
    to: "withdrawn",
    rights: &[P::WriteOffers],
    whose: Whose::By("made_by"),
    sets: DECIDED,
    ..Step::PLAIN
};

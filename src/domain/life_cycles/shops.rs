//! Shops, and applications of new ones.

use super::DECIDED;
use crate::domain::access::permissions::Permission as P;
use crate::domain::life_cycle::Sets::{At, By, Param};
use crate::domain::life_cycle::{Asks, Interest, LifeCycle, Step, Tells, Whose};

/// 商家申请 · the application of a new shop.
pub static SHOP_APPLICATION: LifeCycle = LifeCycle {
    thing: "shop_application",
    path: "/v1/shop-applications/{id}",
    tag: "redeeming",
    states: &["applied", "approved", "declined", "withdrawn"],
    steps: &[&APPROVE_SHOP, &DECLINE_SHOP, &WITHDRAW_SHOP],
};
pub static APPROVE_SHOP: Step = Step {
    name: "approve_shop",
    about: "同意开店 · opens the shop, with the rate at which it is paid.",
    from: &["applied"],
    to: "approved",
    rights: &[P::WriteMerchants],
    apart: &["made_by"],
    interest: Interest::Member,
    sets: DECIDED,
    asks: Asks::Own,
    tells: &[Tells::By("made_by"), Tells::Member],
    logged: true,
    ..Step::PLAIN
};
pub static DECLINE_SHOP: Step = Step {
    name: "decline_shop",
    route: Some("decline"),
    about: "不同意开店 · declines, with the reason, which the applicant reads.",
    from: &["applied"],
    to: "declined",
    rights: &[P::WriteMerchants],
    apart: &["made_by"],
    interest: Interest::Member,
    sets: &[By("decided_by"), At("decided_at"), Param("reason")],
    asks: Asks::Reason,
    tells: &[Tells::By("made_by"), Tells::Member],
    logged: true,
    ..Step::PLAIN
};
pub static WITHDRAW_SHOP: Step = Step {
    name: "withdraw_shop",
    route: Some("withdraw"),
    about: "撤回申请 · takes back what is not decided.",
    from: &["applied"],
    to: "withdrawn",
    rights: &[P::ApplyForShop],
    whose: Whose::Special,
    ..Step::PLAIN
};

/// 商家.
pub static MERCHANT: LifeCycle = LifeCycle {
    thing: "merchant",
    path: "/v1/merchants/{id}",
    tag: "redeeming",
    states: &["open", "paused", "closed"],
    steps: &[&OPEN_SHOP, &PAUSE_SHOP, &CLOSE_SHOP],
};
pub static OPEN_SHOP: Step = Step {
    name: "open_shop",
    about: "恢复 · opens a shop for redeeming.",
    from: &["open", "paused", "closed"],
    to: "open",
    rights: &[P::WriteMerchants],
    asks: Asks::Own,
    ..Step::PLAIN
};
pub static PAUSE_SHOP: Step = Step {
    name: "pause_shop",
    about: "暂停 · pauses a shop.",
    from: &["open", "paused", "closed"],
    to: "paused",
    rights: &[P::WriteMerchants],
    asks: Asks::Own,
    ..Step::PLAIN
};
pub static CLOSE_SHOP: Step = Step {
    name: "close_shop",
    about: "关闭 · closes a shop.",
    from: &["open", "paused", "closed"],
    to: "closed",
    rights: &[P::WriteMerchants],
    asks: Asks::Own,
    ..Step::PLAIN
};

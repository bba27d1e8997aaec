//! Hooks, and deliveries of messages.

use crate::domain::access::permissions::Permission as P;
use crate::domain::life_cycle::Sets::{At, Nothing};
use crate::domain::life_cycle::{LifeCycle, Step, Whose};

/// 消息接口 · a hook.
pub static WEBHOOK: LifeCycle = LifeCycle {
    thing: "webhook",
    path: "/v1/webhooks/{id}",
    tag: "messages",
    states: &["active", "stopped"],
    steps: &[&STOP_WEBHOOK, &RESUME_WEBHOOK],
};
pub static STOP_WEBHOOK: Step = Step {
    name: "stop_webhook",
    route: Some("stop"),
    about: "停用消息接口 · stops a hook: what waits for it is dropped.",
    from: &["active"],
    to: "stopped",
    rights: &[P::ManageBank],
    whose: Whose::Bank,
    logged: true,
    ..Step::PLAIN
};
pub static RESUME_WEBHOOK: Step = Step {
    name: "resume_webhook",
    route: Some("resume"),
    about: "恢复消息接口 · uses a stopped hook again.",
    from: &["stopped"],
    to: "active",
    rights: &[P::ManageBank],
    whose: Whose::Bank,
    logged: true,
    ..Step::PLAIN
};

/// 投递 · a message on its way out by one channel.
pub static DELIVERY: LifeCycle = LifeCycle {
    thing: "delivery",
    path: "/v1/deliveries/{id}",
    tag: "messages",
    states: &["due", "sending", "sent", "dead", "unknown", "dropped"],
    steps: &[&SEND_AGAIN, &DROP_DELIVERY],
};
pub static SEND_AGAIN: Step = Step {
    name: "send_again",
    route: Some("send-again"),
    about: "再发一次 · sends a delivery again that failed, or of which it is not known.",
    from: &["dead", "unknown"],
    to: "due",
    rights: &[P::ManageBank],
    whose: Whose::Bank,
    sets: &[At("due_at"), Nothing("ended_at")],
    logged: true,
    ..Step::PLAIN
};
pub static DROP_DELIVERY: Step = Step {
    name: "drop_delivery",
    route: Some("drop"),
    about: "不再发送 · gives a delivery up.",
    from: &["due", "dead", "unknown"],
    to: "dropped",
    rights: &[P::ManageBank],
    whose: Whose::Bank,
    sets: &[At("ended_at")],
    logged: true,
    ..Step::PLAIN
};

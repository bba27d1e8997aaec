//! The life cycles of the bank's things, one table each. What is not a step (attendance, codes, import, merging two
//! files) is elsewhere.

mod certificates;
mod gifts;
mod goods;
mod people;
mod sending;
mod settlement;
mod shops;
mod skills;

use crate::domain::access::permissions::Permission as P;
use crate::domain::life_cycle::Sets::{self, At, By, Entry, Nothing, Param};
use crate::domain::life_cycle::{Answers, Asks, Interest, LifeCycle, Step, Tells, Whose};
pub use certificates::*;
pub use gifts::*;
pub use goods::*;
pub use people::*;
pub use sending::*;
pub use settlement::*;
pub use shops::*;
pub use skills::*;

/// All of them.
pub static ALL: &[&LifeCycle] = &[
    &MEMBER,
    &USER,
    &MOVE,
    &LINK,
    &ACTIVITY,
    &SIGN_UP,
    &SKILL,
    &SERVICE_RECORD,
    &OBJECTION,
    &CERTIFICATE,
    &SCHEME_VERSION,
    &PROPOSAL,
    &GIFT,
    &SHOP_APPLICATION,
    &MERCHANT,
    &OFFER,
    &GOODS_SHEET,
    &REDEMPTION,
    &STATEMENT,
    &STAR_GRANT,
    &WEBHOOK,
    &DELIVERY,
    &FEEDBACK,
    &PROXY,
    &CONSENT,
    &ERASURE,
    &CORRECTION,
];

/// Who decided, and when.
const DECIDED: &[Sets] = &[By("decided_by"), At("decided_at")];
/// Clears an approval.
const SENT_BACK: &[Sets] = &[Nothing("approved_by"), Nothing("approved_at"), Nothing("notice_until")];

/// 储户和家庭户 · a member, or a household.
pub static MEMBER: LifeCycle = LifeCycle {
    thing: "member",
    path: "/v1/members/{id}",
    tag: "people",
    states: &["active", "frozen", "merged", "erased"],
    steps: &[&FREEZE_MEMBER, &UNFREEZE_MEMBER],
};
pub static FREEZE_MEMBER: Step = Step {
    name: "freeze_member",
    route: Some("freeze"),
    about: "冻结 · freezes a member: nothing is redeemed or awarded until they are unfrozen.",
    from: &["active"],
    to: "frozen",
    rights: &[P::FreezeMembers],
    interest: Interest::Member,
    asks: Asks::Reason,
    logged: true,
    tells: &[Tells::Member],
    ..Step::PLAIN
};
pub static UNFREEZE_MEMBER: Step = Step {
    name: "unfreeze_member",
    route: Some("unfreeze"),
    about: "解冻 · lets a frozen member go on.",
    from: &["frozen"],
    to: "active",
    rights: &[P::FreezeMembers],
    interest: Interest::Member,
    asks: Asks::Reason,
    logged: true,
    tells: &[Tells::Member],
    ..Step::PLAIN
};

/// 用户 · a user.
pub static USER: LifeCycle = LifeCycle {
    thing: "user",
    path: "/v1/users/{id}",
    tag: "organisation",
    states: &["active", "suspended", "erased"],
    steps: &[&SUSPEND_USER, &RESUME_USER],
};
pub static SUSPEND_USER: Step = Step {
    name: "suspend_user",
    route: Some("suspend"),
    about: "停用 · suspends a user: their sessions end at once.",
    from: &["active"],
    to: "suspended",
    rights: &[P::WriteUsers, P::WriteClerks],
    whose: Whose::Special,
    logged: true,
    ..Step::PLAIN
};
pub static RESUME_USER: Step = Step {
    name: "resume_user",
    route: Some("resume"),
    about: "恢复 · lets a suspended user in again.",
    from: &["suspended"],
    to: "active",
    rights: &[P::WriteUsers, P::WriteClerks],
    whose: Whose::Special,
    logged: true,
    ..Step::PLAIN
};

/// 迁移申请 · a request to move a member to another organisation.
pub static MOVE: LifeCycle = LifeCycle {
    thing: "move",
    path: "/v1/moves/{id}",
    tag: "people",
    states: &["open", "approved", "rejected"],
    steps: &[&APPROVE_MOVE, &REJECT_MOVE],
};
pub static APPROVE_MOVE: Step = Step {
    name: "approve_move",
    route: Some("approve"),
    about: "同意迁移 · the other side agrees, or somebody who reaches both.",
    from: &["open"],
    to: "approved",
    rights: &[P::MoveMembers],
    whose: Whose::Special,
    apart: &["proposed_by"],
    interest: Interest::Member,
    sets: DECIDED,
    tells: &[Tells::Member],
    ..Step::PLAIN
};
pub static REJECT_MOVE: Step = Step {
    name: "reject_move",
    route: Some("reject"),
    about: "不同意迁移 · the other side does not agree, or who asked takes it back.",
    from: &["open"],
    to: "rejected",
    rights: &[P::MoveMembers],
    whose: Whose::Special,
    sets: DECIDED,
    tells: &[Tells::Member],
    ..Step::PLAIN
};

/// 登录关联申请 · a request to link a user to a member.
pub static LINK: LifeCycle = LifeCycle {
    thing: "link",
    path: "/v1/user-links/{id}",
    tag: "people",
    states: &["open", "approved", "rejected"],
    steps: &[&APPROVE_LINK, &REJECT_LINK],
};
pub static APPROVE_LINK: Step = Step {
    name: "approve_link",
    route: Some("approve"),
    about: "同意关联 · agrees as the second person: the log-in is the member's.",
    from: &["open"],
    to: "approved",
    rights: &[P::WriteUsers],
    whose: Whose::Special,
    apart: &["proposed_by"],
    interest: Interest::Member,
    sets: DECIDED,
    ..Step::PLAIN
};
pub static REJECT_LINK: Step = Step {
    name: "reject_link",
    route: Some("reject"),
    about: "不同意关联 · turns a link down.",
    from: &["open"],
    to: "rejected",
    rights: &[P::WriteUsers],
    whose: Whose::Special,
    sets: DECIDED,
    ..Step::PLAIN
};

/// 活动.
pub static ACTIVITY: LifeCycle = LifeCycle {
    thing: "activity",
    path: "/v1/activities/{id}",
    tag: "service",
    states: &["draft", "published", "cancelled"],
    steps: &[&PUBLISH_ACTIVITY, &CANCEL_ACTIVITY],
};
pub static PUBLISH_ACTIVITY: Step = Step {
    name: "publish_activity",
    route: Some("publish"),
    about: "发布 · publishes a draft: a single activity before it begins, a standing post at any time.",
    from: &["draft"],
    to: "published",
    rights: &[P::WriteActivities],
    sets: &[At("published_at")],
    ..Step::PLAIN
};
pub static CANCEL_ACTIVITY: Step = Step {
    name: "cancel_activity",
    route: Some("cancel"),
    about: "取消 · calls an activity off: everybody who has a place is told, with the reason.",
    from: &["draft", "published"],
    to: "cancelled",
    rights: &[P::WriteActivities],
    asks: Asks::MaybeReason,
    ..Step::PLAIN
};

/// 报名 · a place at an activity, or in its waiting list.
pub static SIGN_UP: LifeCycle = LifeCycle {
    thing: "sign_up",
    path: "/v1/sign-ups/{id}",
    tag: "service",
    states: &["seated", "waiting", "withdrawn", "released"],
    steps: &[&WITHDRAW_SIGN_UP],
};
pub static WITHDRAW_SIGN_UP: Step = Step {
    name: "withdraw_sign_up",
    route: Some("withdraw"),
    about: "退出报名 · gives a place back before the activity begins: the first in the waiting list takes the seat.",
    from: &["seated", "waiting"],
    to: "withdrawn",
    rights: &[P::SignUp, P::TakeAttendance, P::ActForMembers],
    whose: Whose::Special,
    sets: &[At("ended_at")],
    ..Step::PLAIN
};

/// 服务记录: from submission to final.
pub static SERVICE_RECORD: LifeCycle = LifeCycle {
    thing: "service_record",
    path: "/v1/service-records/{id}",
    tag: "service",
    states: &[
        "submitted",
        "pending",
        "returned",
        "rejected",
        "withdrawn",
        "notice",
        "objected",
        "final",
        "reversed",
    ],
    steps: &[
        &APPROVE_RECORD,
        &RETURN_RECORD,
        &REJECT_RECORD,
        &RESUBMIT_RECORD,
        &WITHDRAW_RECORD,
        &OBJECT_TO_RECORD,
        &REVERSE_RECORD,
    ],
};
pub static APPROVE_RECORD: Step = Step {
    name: "approve_record",
    route: Some("approve"),
    about: "审核通过 · approves as the second person; the public notice begins.",
    from: &["submitted", "pending"],
    to: "notice",
    rights: &[P::ApproveRecords, P::ApproveLongDays],
    apart: &["submitted_by", "guarantor_id"],
    interest: Interest::MemberSince("started_at"),
    sets: &[By("approved_by"), At("approved_at")],
    answers: Answers::Thing,
    tells: &[Tells::Member],
    ..Step::PLAIN
};
pub static RETURN_RECORD: Step = Step {
    name: "return_record",
    route: Some("return"),
    about: "退回 · gives a record back to the one who entered it, with the reason.",
    from: &["submitted", "pending"],
    to: "returned",
    rights: &[P::ApproveRecords, P::ApproveLongDays],
    apart: &["submitted_by", "guarantor_id"],
    interest: Interest::MemberSince("started_at"),
    sets: SENT_BACK,
    asks: Asks::Reason,
    answers: Answers::Thing,
    tells: &[Tells::Member, Tells::By("submitted_by")],
    ..Step::PLAIN
};
pub static REJECT_RECORD: Step = Step {
    name: "reject_record",
    route: Some("reject"),
    about: "驳回 · rejects a record for good, with the reason.",
    from: &["submitted", "pending"],
    to: "rejected",
    rights: &[P::ApproveRecords, P::ApproveLongDays],
    apart: &["submitted_by", "guarantor_id"],
    interest: Interest::MemberSince("started_at"),
    sets: SENT_BACK,
    asks: Asks::Reason,
    answers: Answers::Thing,
    tells: &[Tells::Member, Tells::By("submitted_by")],
    ..Step::PLAIN
};
pub static RESUBMIT_RECORD: Step = Step {
    name: "resubmit_record",
    about: "更正后重交 · puts one's own returned record right before anybody has approved it.",
    from: &["submitted", "pending", "returned"],
    to: "submitted",
    rights: &[P::EnterRecords, P::ReportOwnRecord],
    whose: Whose::By("submitted_by"),
    sets: &[Param("service_minutes")],
    asks: Asks::Own,
    answers: Answers::Thing,
    ..Step::PLAIN
};
pub static WITHDRAW_RECORD: Step = Step {
    name: "withdraw_record",
    route: Some("withdraw"),
    about: "撤回 · takes one's own record back before anybody has approved it.",
    from: &["submitted", "pending", "returned"],
    to: "withdrawn",
    rights: &[P::EnterRecords, P::ReportOwnRecord],
    whose: Whose::By("submitted_by"),
    answers: Answers::Thing,
    ..Step::PLAIN
};
pub static OBJECT_TO_RECORD: Step = Step {
    name: "object_to_record",
    about: "提出异议 · objects to a record in public notice: it waits until somebody has decided.",
    from: &["notice"],
    to: "objected",
    rights: &[P::RaiseObjections],
    whose: Whose::Special,
    asks: Asks::Own,
    tells: &[Tells::Member],
    ..Step::PLAIN
};
pub static REVERSE_RECORD: Step = Step {
    name: "reverse_record",
    route: Some("reverse"),
    about: "冲正 · takes a final record back: its minutes and points are reversed, the record stays as it was. At once by who entered or approved it, later by another person; what was right is then entered anew with `replaces`.",
    from: &["final"],
    to: "reversed",
    rights: &[P::CorrectRecords],
    whose: Whose::Special,
    interest: Interest::MemberSince("started_at"),
    asks: Asks::Reason,
    answers: Answers::Made,
    ..Step::PLAIN
};

/// 异议 · against a record in public notice.
pub static OBJECTION: LifeCycle = LifeCycle {
    thing: "objection",
    path: "/v1/service-records/{id}/objections",
    tag: "service",
    states: &["open", "upheld", "dismissed"],
    steps: &[&UPHOLD_OBJECTION, &DISMISS_OBJECTION],
};
pub static UPHOLD_OBJECTION: Step = Step {
    name: "uphold_objection",
    about: "异议成立 · the record is rejected; of a final one, its correction was asked for and made.",
    from: &["open"],
    to: "upheld",
    rights: &[P::DecideObjections],
    apart: &["raised_by"],
    sets: &[By("decided_by"), At("decided_at"), Param("decision")],
    asks: Asks::Own,
    tells: &[Tells::By("raised_by")],
    ..Step::PLAIN
};
pub static DISMISS_OBJECTION: Step = Step {
    name: "dismiss_objection",
    about: "异议不成立 · the notice of the record goes on; a final one stays as it is.",
    from: &["open"],
    to: "dismissed",
    rights: &[P::DecideObjections],
    apart: &["raised_by"],
    sets: &[By("decided_by"), At("decided_at"), Param("decision")],
    asks: Asks::Own,
    tells: &[Tells::By("raised_by")],
    ..Step::PLAIN
};

/// 积分办法的一个版本.
pub static SCHEME_VERSION: LifeCycle = LifeCycle {
    thing: "scheme_version",
    path: "/v1/schemes/versions/{id}",
    tag: "schemes",
    states: &["draft", "published"],
    steps: &[&APPROVE_SCHEME],
};
pub static APPROVE_SCHEME: Step = Step {
    name: "approve_scheme",
    route: Some("approve"),
    about: "批准办法 · a second person publishes a draft; it holds from its first day.",
    from: &["draft"],
    to: "published",
    rights: &[P::ApproveSchemes],
    whose: Whose::Bank,
    apart: &["proposed_by"],
    sets: &[By("approved_by"), At("approved_at")],
    ..Step::PLAIN
};

/// 待复核事项 · an award, a waiver, or points out of a pool, that waits for a second person.
pub static PROPOSAL: LifeCycle = LifeCycle {
    thing: "proposal",
    path: "/v1/awards/proposals/{id}",
    tag: "awards",
    states: &["open", "approved", "rejected"],
    steps: &[&APPROVE_PROPOSAL, &REJECT_PROPOSAL],
};
pub static APPROVE_PROPOSAL: Step = Step {
    name: "approve_proposal",
    route: Some("approve"),
    about: "复核同意 · agrees as the second person: the award is posted as it was proposed.",
    from: &["open"],
    to: "approved",
    rights: &[P::ApproveAwards],
    apart: &["proposed_by"],
    interest: Interest::Member,
    sets: &[By("decided_by"), At("decided_at"), Entry("entry_number")],
    answers: Answers::Made,
    ..Step::PLAIN
};
pub static REJECT_PROPOSAL: Step = Step {
    name: "reject_proposal",
    route: Some("reject"),
    about: "复核不同意 · turns a proposal down.",
    from: &["open"],
    to: "rejected",
    rights: &[P::ApproveAwards],
    apart: &["proposed_by"],
    interest: Interest::Member,
    sets: DECIDED,
    ..Step::PLAIN
};

/// 商品和服务.
pub static OFFER: LifeCycle = LifeCycle {
    thing: "offer",
    path: "/v1/offers/{id}",
    tag: "redeeming",
    states: &["on", "off"],
    steps: &[&PUT_OFFER_ON, &TAKE_OFFER_OFF],
};
pub static PUT_OFFER_ON: Step = Step {
    name: "put_offer_on",
    about: "上架 · puts an offer up.",
    from: &["on", "off"],
    to: "on",
    rights: &[P::WriteOffers],
    whose: Whose::Shop,
    asks: Asks::Own,
    ..Step::PLAIN
};
pub static TAKE_OFFER_OFF: Step = Step {
    name: "take_offer_off",
    about: "下架 · takes an offer off.",
    from: &["on", "off"],
    to: "off",
    rights: &[P::WriteOffers],
    whose: Whose::Shop,
    asks: Asks::Own,
    ..Step::PLAIN
};

/// 兑换 · points for goods.
pub static REDEMPTION: LifeCycle = LifeCycle {
    thing: "redemption",
    path: "/v1/redemptions/{id}",
    tag: "redeeming",
    states: &["held", "captured", "cancelled", "part_refunded", "refunded"],
    steps: &[&CAPTURE_REDEMPTION, &CANCEL_REDEMPTION, &REFUND_REDEMPTION],
};
pub static CAPTURE_REDEMPTION: Step = Step {
    name: "capture_redemption",
    about: "交付 · hands the goods over: everything held, or fewer pieces.",
    from: &["held"],
    to: "captured",
    rights: &[P::ClaimCodes, P::RedeemOnBehalf],
    whose: Whose::Special,
    interest: Interest::MemberSince("made_at"),
    asks: Asks::Own,
    answers: Answers::Receipt,
    ..Step::PLAIN
};
pub static CANCEL_REDEMPTION: Step = Step {
    name: "cancel_redemption",
    route: Some("cancel"),
    about: "取消 · gives the hold up before anything was handed over.",
    from: &["held"],
    to: "cancelled",
    rights: &[P::ClaimCodes, P::RedeemOnBehalf],
    whose: Whose::Special,
    interest: Interest::MemberSince("made_at"),
    answers: Answers::Receipt,
    ..Step::PLAIN
};
pub static REFUND_REDEMPTION: Step = Step {
    name: "refund_redemption",
    about: "退货 · takes goods back, with their points and stock. A clerk may within ten minutes, later the owner or the community.",
    from: &["captured", "part_refunded"],
    to: "refunded",
    rights: &[P::ClaimCodes, P::RedeemOnBehalf],
    whose: Whose::Special,
    interest: Interest::MemberSince("made_at"),
    asks: Asks::Own,
    answers: Answers::Made,
    ..Step::PLAIN
};

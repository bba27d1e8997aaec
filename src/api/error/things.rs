//! What rows are called in sentences.

/// A thing's name in both languages.
pub(super) fn thing(what: &str) -> (&str, &str) {
    match what {
        "org" => ("组织", "organisation"),
        "org_code" => ("组织代码", "organisation code"),
        "user" => ("用户", "user"),
        "login" => ("登录名", "login"),
        "member" => ("储户", "member"),
        "member_number" => ("储户编号", "member number"),
        "phone" => ("手机号", "phone number"),
        "id_number" => ("身份证号", "ID number"),
        "merchant" => ("商家", "merchant"),
        "offer" => ("商品或服务", "offer"),
        "activity" => ("活动", "activity"),
        "service_record" => ("服务记录", "service record"),
        "objection" => ("异议", "objection"),
        "scheme" => ("积分办法", "scheme"),
        "scheme_version" => ("办法版本", "scheme version"),
        "proposal" => ("待复核事项", "proposal"),
        "attendance" => ("签到", "attendance"),
        "role" => ("角色", "role"),
        "bank" => ("银行", "bank"),
        "star" => ("星级", "star"),
        "account" => ("账户", "account"),
        "award" => ("积分记录", "award"),
        "redemption" => ("兑换", "redemption"),
        "statement_line" => ("结算单明细", "line of the statement"),
        "statement" => ("结算单", "statement"),
        other => (other, other),
    }
}

/// A row's state in both languages. What is unknown here is told as it is.
pub(super) fn state(state: &str) -> (&str, &str) {
    let chinese = match state {
        "draft" => "草稿",
        "published" => "已发布",
        "submitted" => "待审核",
        "returned" => "已退回",
        "rejected" => "已驳回",
        "notice" => "公示中",
        "objected" => "有异议待裁定",
        "pending" => "待第二人复核",
        "final" => "已生效",
        "reversed" => "已冲正",
        "withdrawn" => "已撤回",
        "held" => "已预留",
        "captured" => "已交付",
        "cancelled" => "已取消",
        "part_refunded" => "部分退货",
        "refunded" => "已退货",
        "issued" => "待商家确认",
        "disputed" => "商家有异议",
        "confirmed" => "商家已确认",
        "approved" => "已批准",
        "paid" => "已付款",
        "active" => "正常",
        "frozen" => "已冻结",
        "merged" => "已合并",
        "suspended" => "已停用",
        "open" => "开放",
        "paused" => "暂停",
        "closed" => "已关闭",
        "in_use" => "还有下级、储户或商家",
        "holds_open" => "有未完成的兑换",
        "same" => "与保留的是同一户",
        "parent" => "目标在它自己的下级里",
        other => other,
    };
    let english = match state {
        "in_use" => "still in use",
        "holds_open" => "redemptions are not finished",
        "same" => "the same row",
        "parent" => "above the new parent",
        other => other,
    };
    (chinese, english)
}

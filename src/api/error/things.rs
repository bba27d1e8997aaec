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
        "award" => ("积分记录", "award"),
        "redemption" => ("兑换", "redemption"),
        "statement" => ("结算单", "statement"),
        other => (other, other),
    }
}

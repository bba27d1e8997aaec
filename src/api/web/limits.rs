//! Limits of the members of answers, by name. Members of requests have theirs in their types (`fields/`); those of
//! answers are plain texts and get here the bounds that the bank never exceeds. A test names every member without a
//! limit.

use serde_json::{Map, Value, json};

/// The largest whole number that every JSON reader keeps exactly (2^53 - 1).
const EXACT: i64 = 9_007_199_254_740_991;

const AMOUNTS: &[&str] = &[
    "amount",
    "available",
    "balance",
    "balance_after",
    "balance_before",
    "brought_along",
    "captured",
    "coverage",
    "cash",
    "credit_balance",
    "credits_pending",
    "credits_posted",
    "debit_balance",
    "debits_pending",
    "debits_posted",
    "desired",
    "desired_points",
    "difference",
    "exchanged",
    "expired",
    "floor",
    "forfeited",
    "fund",
    "given",
    "granted",
    "handed_in",
    "issued",
    "left",
    "liability",
    "lifetime_points",
    "net_points",
    "outstanding",
    "payable",
    "owed",
    "paid",
    "pending",
    "pending_credits",
    "pending_debits",
    "points",
    "points_a_day",
    "points_a_person",
    "points_captured",
    "points_covered",
    "points_desired",
    "points_granted",
    "points_held",
    "points_in_all",
    "points_missing",
    "points_refunded",
    "pooled",
    "next_rate_fen",
    "rate_fen",
    "redeemed",
    "released",
    "reserved",
    "taken_back",
    "two_above",
    "unit_cash",
    "unit_points",
    "unit_value",
    "worth",
];

/// Counts of pieces that may be below 0: differences, and shelves with more on hold than was counted.
const BELOW_ZERO: &[&str] = &["counted", "handed_out", "pieces", "pieces_after", "pieces_before", "stock"];

const IDS: &[&str] = &[
    "actor",
    "credit_account",
    "debit_account",
    "goods_sheet",
    "id",
    "member",
    "merchant",
    "owner",
    "session",
    "user",
];

const MOMENTS: &[&str] = &["effective_at", "expires_at", "recorded_at", "refresh_until"];

/// Maximum lengths of other texts.
const TEXTS: &[(&str, u32)] = &[
    ("about", 400),
    ("access_token", 2_000),
    ("action", 40),
    ("activity", 100),
    ("activity_title", 100),
    ("address", 100),
    ("ages", 7),
    ("asset", 42),
    ("bank", 40),
    ("bank_name", 100),
    ("body", 40_000),
    ("by", 200),
    ("caps", 200),
    ("card", 76),
    ("category", 64),
    ("channel", 40),
    ("check_code", 32),
    ("client", 20),
    ("code", 64),
    ("content", 1_000),
    ("credit_code", 18),
    ("decision", 1_000),
    ("detail", 4_000),
    ("device", 128),
    ("digest", 64),
    ("digits", 8),
    ("donor", 100),
    ("failure", 40),
    ("fault", 1_000),
    ("field", 200),
    ("form", 9),
    ("from", 1_000),
    ("gender", 10),
    ("guardianship", 1_000),
    ("goods", 1_000),
    ("handler", 100),
    ("giver_name", 100),
    ("hash", 64),
    ("id_kind", 27),
    ("id_number", 18),
    ("in_place", 7),
    ("insurance", 1_000),
    ("invoice_number", 64),
    ("issuer", 100),
    ("item", 64),
    ("key", 100),
    ("kind", 64),
    ("kinds", 64),
    ("level", 64),
    ("limit_window", 64),
    ("lines_hash", 64),
    ("link", 200),
    ("login", 64),
    ("mail", 254),
    ("member_name", 100),
    ("media_type", 64),
    ("member_number", 64),
    ("model", 40),
    ("name", 100),
    ("new_number", 64),
    ("next", 4_096),
    ("note", 1_000),
    ("notice", 1_000),
    ("notice_remark", 100),
    ("number", 64),
    ("objection", 1_000),
    ("old_number", 64),
    ("opening_hours", 100),
    ("org", 100),
    ("org_name", 100),
    ("out_place", 7),
    ("owner_kind", 20),
    ("owner_name", 100),
    ("page", 100),
    ("paper", 100),
    ("payment_proof", 200),
    ("period", 12),
    ("phone", 20),
    ("place", 200),
    ("policy_number", 200),
    ("poster_code", 8),
    ("presence", 7),
    ("proxy_name", 100),
    ("proxy_number", 64),
    ("purpose", 20),
    ("quantity", 24),
    ("reason", 1_000),
    ("receiver_name", 100),
    ("recovery_codes", 11),
    ("refresh_token", 144),
    ("remark", 1_000),
    ("reply", 1_000),
    ("request_id", 64),
    ("responsible", 64),
    ("rights", 40),
    ("risk", 1_000),
    ("role", 40),
    ("scheme_name", 100),
    ("secret", 60),
    ("sentence", 1_000),
    ("sentences", 1_000),
    ("skill_names", 100),
    ("shop", 100),
    ("slip", 14),
    ("slug", 64),
    ("source", 128),
    ("state", 40),
    ("status", 20),
    ("subject_kind", 40),
    ("surname", 64),
    ("telephone", 32),
    ("text", 1_000),
    ("thing", 20),
    ("title", 400),
    ("token_type", 10),
    ("trade", 64),
    ("type", 200),
    ("url", 500),
    ("value", 64),
    ("words", 2_000),
    ("zone", 64),
];

/// Gives limits to everything in a schema that has none. `name` is the member that holds it.
pub fn complete(schema: &mut Value, name: &str) {
    let Value::Object(members) = schema else { return };
    if members.contains_key("$ref") {
        return;
    }
    let types = members.get("type").cloned().unwrap_or_default();
    let is =
        |wanted: &str| types == wanted || types.as_array().is_some_and(|all| all.contains(&json!(wanted)));
    if is("string") {
        limit_text(members, name);
    }
    if is("integer") || is("number") {
        let least = if BELOW_ZERO.contains(&name) { -EXACT } else { 0 };
        members.entry("minimum").or_insert(json!(least));
        members.entry("maximum").or_insert(json!(EXACT));
    }
    if is("array") {
        members.entry("maxItems").or_insert(json!(if name == "next" { 200 } else { 10_000 }));
    }
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        properties.iter_mut().for_each(|(name, member)| complete(member, name));
    }
    if let Some(items) = members.get_mut("items") {
        if items.as_object().is_some_and(Map::is_empty) {
            *items = json!({ "type": "object" });
        }
        complete(items, name);
    }
    for word in ["oneOf", "allOf", "anyOf"] {
        if let Some(Value::Array(parts)) = members.get_mut(word) {
            parts.iter_mut().for_each(|part| complete(part, name));
        }
    }
}

fn limit_text(members: &mut Map<String, Value>, name: &str) {
    let limited = ["maxLength", "enum", "pattern", "format"].iter().any(|word| members.contains_key(*word));
    if limited {
        return;
    }
    let found = TEXTS.iter().find(|(known, _)| *known == name);
    if AMOUNTS.contains(&name) {
        members.insert("pattern".into(), json!(r"^-?[0-9]{1,17}(\.[0-9]{1,4})?$"));
        members.insert("maxLength".into(), json!(24));
    } else if MOMENTS.contains(&name) {
        members.insert("format".into(), json!("date-time"));
        members.insert("maxLength".into(), json!(40));
    } else if IDS.contains(&name) {
        members.insert("format".into(), json!("uuid"));
        members.insert("maxLength".into(), json!(36));
    } else if let Some((_, most)) = found {
        members.insert("maxLength".into(), json!(most));
    }
}

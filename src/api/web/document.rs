//! What all operations have in common in the OpenAPI document: rights, roles and their reach, headers, problems.
//! Derived from the rights that the handlers name.

use super::limits;
use super::problem::roles_with;
use super::xlsx::MEDIA_TYPE;
use crate::auth::permissions::{Permission, Reach, Role, reach};
use crate::domain::life_cycles;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Whether an operation moves value: it then needs a key and takes `dry_run`.
pub fn moves_value(id: &str) -> bool {
    let mut steps = life_cycles::ALL.iter().flat_map(|cycle| cycle.steps);
    MONEY.contains(&id) || steps.any(|step| step.name == id && step.posts())
}

/// Operations that move value and are not steps of a life cycle. A test compares this list with the handlers.
const MONEY: &[&str] = &[
    "capture_ledger_hold",
    "close_year",
    "enter_slip",
    "grant_star",
    "issue_statement",
    "make_award",
    "make_awards",
    "merge_member",
    "move_stock",
    "open_goods_sheet",
    "open_ledger_account",
    "open_ledger_hold",
    "post_ledger_entries",
    "post_ledger_entry",
    "redeem",
    "reverse_award",
    "reverse_ledger_entry",
    "void_ledger_hold",
];

/// Operations that change a row and require its version (`If-Match`).
pub const OVER_A_VERSION: &[&str] = &[
    "change_activity",
    "change_member",
    "change_merchant",
    "change_offer",
    "change_org",
    "put_calendar",
    "set_gift_rules",
    "set_wishes",
];

/// The member of an operation that says whether a session takes it which a card and its PIN have opened.
pub const BY_CARD: &str = "x-by-card";

/// 用卡登录能办的 · what a session may do that a card and its PIN have opened: see what is the holder's, show a code,
/// sign up, report, complain, end a proxy. Everything else asks for a password or a one-time code, an operation that is new as well:
/// whatever changes who gets in, who acts for the person or where messages go, and whatever shows whole numbers.
pub const TAKEN_BY_CARD: &[&str] = &[
    "ask_for_correction",
    "check_in",
    "close_feedback",
    "dispute_answer",
    "end_proxy",
    "explain_award",
    "explain_scheme",
    "give_feedback",
    "list_activities",
    "list_activities_to_come",
    "list_balances",
    "list_certificates",
    "list_feedback",
    "list_household_awards",
    "list_lots",
    "list_member_certificates",
    "list_merchants",
    "list_messages",
    "list_offers",
    "list_own_access",
    "list_own_consents",
    "list_own_sessions",
    "list_owed",
    "list_proxies",
    "list_records",
    "list_redemptions",
    "list_schemes",
    "list_sign_ups",
    "list_skills",
    "object_to_record",
    "read_activity",
    "read_certificate",
    "read_feedback",
    "read_me",
    "read_member",
    "read_messages",
    "read_own_calendar",
    "read_own_household",
    "read_passbook",
    "read_proxy",
    "read_record",
    "read_redemption",
    "read_scheme_version",
    "read_stars",
    "read_wishes",
    "resubmit_record",
    "set_wishes",
    "show_code",
    "sign_out",
    "sign_up",
    "submit_record",
    "withdraw_feedback",
    "withdraw_record",
    "withdraw_sign_up",
];

/// Reads that a rule may refuse: by what they ask for, not by how it is written.
const REFUSED_READS: &[&str] = &["read_stats"];

/// Operations that name a thing beside their path, which may be absent.
const NAMING_A_THING: &[&str] = &["add_attachment", "list_attachments", "send_mail_code", "confirm_mail"];

/// Operations without authentication.
const ANONYMOUS: &[&str] = &["sign_in", "refresh_session", "found_bank"];

/// Statuses of problems, with name and description of the shared answer.
const PROBLEMS: &[(&str, &str, &str)] = &[
    ("400", "Malformed", "请求写错 · the request is malformed; `field` names the member"),
    ("401", "NotSignedIn", "未登录 · no valid token"),
    (
        "403",
        "RoleMissing",
        "没有权限 · no role of the caller gives the right, or the rule forbids this person",
    ),
    ("404", "NotFound", "没有，或不在管辖范围内 · absent, or out of reach: never told apart"),
    ("408", "BodyTooSlow", "请求体来得太慢 · the body did not arrive in time"),
    ("409", "Conflict", "状态不符 · the state does not allow it"),
    ("412", "VersionStale", "内容已被修改 · somebody changed it since it was read"),
    ("413", "BodyTooLarge", "请求体太大 · the body is too large"),
    ("415", "UnsupportedMediaType", "内容类型不对 · the body is not application/json"),
    ("422", "Refused", "规则不允许 · a rule of the bank refuses it; the figures explain why"),
    ("428", "VersionMissing", "缺少 If-Match · the header If-Match is missing"),
    ("429", "TooMany", "太频繁 · too many requests; see Retry-After"),
    ("500", "Internal", "系统出错 · a fault of the server, logged under request_id"),
    ("503", "Unavailable", "暂不可用 · busy, stopping, or closed for writing; see Retry-After"),
];

/// Completes the document that utoipa generates from the annotations.
pub fn complete(mut document: Value) -> Value {
    if let Some(Value::Object(paths)) = document.get_mut("paths") {
        for methods in paths.values_mut().filter_map(Value::as_object_mut) {
            for (method, operation) in methods.iter_mut() {
                if let Value::Object(operation) = operation {
                    complete_operation(method, operation);
                }
            }
        }
    }
    if let Some(Value::Object(components)) = document.get_mut("components") {
        if let Some(Value::Object(schemas)) = components.get_mut("schemas") {
            schemas.iter_mut().for_each(|(_, schema)| limits::complete(schema, ""));
            schemas.insert("Problem".into(), problem_schema());
        }
        components.insert("responses".into(), shared_answers());
        let bearer = json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT" });
        components.insert("securitySchemes".into(), json!({ "bearer": bearer }));
    }
    document
}

/// The rights of an operation; one of them suffices.
pub fn rights(operation: &Map<String, Value>) -> Vec<Permission> {
    let all = operation.get("security").and_then(Value::as_array).into_iter().flatten();
    let named = all.filter_map(|one| one.get("bearer")?.as_array()).flatten();
    named.filter_map(|right| Permission::parse(right.as_str()?)).collect()
}

/// Whether an operation needs no token.
pub fn is_open(operation: &Map<String, Value>) -> bool {
    let all = operation.get("security").and_then(Value::as_array).into_iter().flatten();
    !all.into_iter().any(|one| one.get("bearer").is_some())
}

fn complete_operation(method: &str, operation: &mut Map<String, Value>) {
    let (rights, open) = (rights(operation), is_open(operation));
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let roles: BTreeSet<Role> = rights.iter().flat_map(|right| roles_with(*right)).collect();
    let scopes: BTreeSet<Reach> = rights
        .iter()
        .flat_map(|right| roles_with(*right).into_iter().map(|role| reach(role, *right)))
        .collect();
    let about = who(&rights, &roles, &scopes, open);
    let said = operation.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = if said.is_empty() { about } else { format!("{said}\n\n{about}") };
    operation.insert("description".into(), json!(description));
    operation.insert("x-roles".into(), json!(roles));
    operation.insert("x-rights".into(), json!(rights));
    operation.insert("x-scope".into(), json!(scopes));
    if TAKEN_BY_CARD.contains(&id.as_str()) {
        operation.insert(BY_CARD.into(), json!(true));
    }
    let writes = method != "get";
    let with_body = operation.contains_key("requestBody");
    add_parameters(operation, &id, writes);
    let with_path = parameters(operation).any(|parameter| parameter.get("in") == Some(&json!("path")));
    let problems = PROBLEMS.iter().filter(|(status, ..)| match *status {
        "401" => !open || ANONYMOUS.contains(&id.as_str()),
        "403" => !open || id == "sign_in",
        "404" => !rights.is_empty() || with_path || NAMING_A_THING.contains(&id.as_str()),
        "408" | "413" | "415" => with_body,
        "409" => writes,
        "422" => writes || REFUSED_READS.contains(&id.as_str()),
        "412" | "428" => OVER_A_VERSION.contains(&id.as_str()),
        _ => true,
    });
    let listed = parameters(operation).any(|parameter| parameter.get("name") == Some(&json!("cursor")));
    let answers = operation.entry("responses").or_insert_with(|| json!({}));
    if let Value::Object(answers) = answers {
        if listed
            && let Some(content) =
                answers.get_mut("200").and_then(|answer| answer.get_mut("content")?.as_object_mut())
        {
            content.insert("text/csv".into(), json!({ "schema": sheet_schema() }));
            content.insert(
                MEDIA_TYPE.into(),
                json!({ "schema": { "type": "string", "format": "binary", "maxLength": 4_294_967_295_u32 } }),
            );
        }
        for (status, answer) in
            answers.iter_mut().filter_map(|(status, a)| Some((status, a.as_object_mut()?)))
        {
            // OpenAPI requires a description for every answer.
            answer.entry("description").or_insert_with(|| json!(success_words(status)));
        }
        for (status, name, _) in problems {
            let shared = json!({ "$ref": format!("#/components/responses/{name}") });
            // A refused batch has a schema of its own, beside the problem for the whole request.
            match answers.get_mut(*status).and_then(|own| own.get_mut("content")?.as_object_mut()) {
                Some(content) => {
                    let problem = json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
                    content.insert("application/problem+json".into(), problem);
                }
                None => {
                    answers.insert((*status).into(), shared);
                }
            }
        }
    }
}

/// The schema of a list as CSV.
fn sheet_schema() -> Value {
    json!({
        "type": "string",
        "description": "整个列表（不分页）：UTF-8，第一行是列名，用所要求的语言；时间按本行所在时区 · the whole list, not a page \
            of it: UTF-8 with a mark at the start, headings in the language asked for, times by the clock of the bank",
        "pattern": "^\u{feff}",
    })
}

/// The description of a successful answer whose annotation has none.
fn success_words(status: &str) -> &'static str {
    match status {
        "200" => "完成 · done",
        "201" => "已建立 · made",
        "202" => "已提交，待他人批准 · waits for another person",
        "204" => "完成，没有内容 · done, nothing to tell",
        _ => "见内容 · see the content",
    }
}

fn parameters(operation: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    operation.get("parameters").and_then(Value::as_array).into_iter().flatten()
}

fn add_parameters(operation: &mut Map<String, Value>, id: &str, keyed: bool) {
    let mut added = Vec::new();
    let money = moves_value(id);
    if keyed {
        added.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": if money {
                "幂等键：动积分的请求必填（只是试算时可不填） · required where value moves, but for a dry run"
            } else {
                "幂等键 · the request acts once under it"
            },
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$" },
        }));
    }
    if OVER_A_VERSION.contains(&id) {
        added.push(json!({
            "name": "If-Match", "in": "header", "required": true,
            "description": "读取时得到的 ETag · the ETag that reading gave",
            "schema": { "type": "string", "maxLength": 23, "pattern": "^(W/)?\"[0-9]{1,19}\"$", "examples": ["\"1\""] },
        }));
    }
    if money {
        added.push(json!({
            "name": "dry_run", "in": "query", "required": false,
            "description": "只试算，不保留 · the same answer, nothing kept",
            "schema": { "type": "boolean" },
        }));
    }
    if let Value::Array(all) = operation.entry("parameters").or_insert_with(|| json!([])) {
        all.extend(added);
    }
}

/// Which roles may call an operation and how far it reaches, in both languages.
fn who(rights: &[Permission], roles: &BTreeSet<Role>, scopes: &BTreeSet<Reach>, open: bool) -> String {
    if open {
        return "谁可以用：任何人，不必登录 · open to everybody".into();
    }
    if rights.is_empty() {
        return "谁可以用：任何已登录的用户 · every signed-in user".into();
    }
    let names = |between: &str| roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(between);
    let needed = rights.iter().map(|right| format!("`{right}`")).collect::<Vec<_>>().join(" / ");
    let (chinese, english): (Vec<_>, Vec<_>) = scopes.iter().map(|scope| scope_words(*scope)).unzip();
    format!(
        "权限：{needed}；角色：{}；范围：{}。\n\nRight: {needed}. Roles: {}. Scope: {}.",
        names("、"),
        chinese.join("，或"),
        names(", "),
        english.join(", or "),
    )
}

fn scope_words(scope: Reach) -> (&'static str, &'static str) {
    match scope {
        Reach::Named => ("请其代办的人", "those who named the caller as their proxy"),
        Reach::Own => ("本人", "one's own"),
        Reach::OwnShop => ("自己的店", "one's own shop"),
        Reach::Subtree => ("角色所在组织及下级", "the organisation of the role and everything below it"),
        Reach::Published => ("全行已公布的", "what is published, in the whole bank"),
        Reach::Bank => ("全行（角色须授予在最上级组织）", "the whole bank (the role is held at its root)"),
    }
}

/// The shared answers, each a problem.
fn shared_answers() -> Value {
    let answers = PROBLEMS.iter().map(|(_, name, about)| {
        let content = json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
        let answer = json!({ "description": about, "content": { "application/problem+json": content } });
        ((*name).to_owned(), answer)
    });
    Value::Object(answers.collect())
}

fn problem_schema() -> Value {
    let mut schema = json!({
        "type": "object",
        "description": "RFC 9457。其余成员是说明原因的数字 · further members are the figures that explain it.",
        "required": ["type", "title", "status", "detail", "code", "retryable", "same_key_ok"],
        "properties": {
            "type": { "type": "string", "pattern": "^urn:jianxian:problem:[a-z_]+$" },
            "title": { "type": "string" },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string" },
            "code": { "type": "string", "pattern": "^[a-z_]{1,64}$" },
            "field": { "type": "string" },
            "index": { "type": "integer", "minimum": 0, "maximum": 9999 },
            "retryable": { "type": "boolean" },
            "same_key_ok": { "type": "boolean" },
            "request_id": { "type": "string" },
        },
        "additionalProperties": true,
    });
    limits::complete(&mut schema, "");
    schema
}

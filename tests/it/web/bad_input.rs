//! Bad values in every member of every request: each is a problem with a code and a sentence, nothing internal is
//! shown, and the ledger does not move.

use crate::support::asking::Furnished;
use crate::support::document::{Operation, operations};
use crate::support::web::{Answer, Ask};
use jianxian::api::web::document;
use jianxian::auth::permissions::{Role, rights};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// JSON texts of which at most a few fit any one member.
fn bad_values() -> Vec<String> {
    let texts = [
        "",
        " ",
        "\\u0000",
        "a\\u0000b",
        "\\ud800",
        "\\udc00\\ud800",
        "\\u202e乙甲",
        "\\ufeff",
        "\\u0007",
        "\\n",
        "x\\u2028y",
        " 示例",
        "示例 ",
        "-1",
        "+1",
        "0",
        "1.005",
        "1e3",
        "1E400",
        "0x10",
        "１２",
        "12,5",
        "٣",
        "NaN",
        "Infinity",
        "99999999999999999999",
        "-9223372036854775808",
        "9223372036854775807",
        "0.1.2",
        ".5",
        "5.",
        "null",
        "true",
        "[]",
        "{}",
        "2026-02-30",
        "2026-13-01",
        "0000-00-00",
        "10000-01-01",
        "1899-12-31",
        "2026-10-31T25:00:00Z",
        "2026-10-31 08:00:00",
        "2026-10-31T08:00:00",
        "1600-01-01T00:00:00Z",
        "0197f000-0000-7000-8000-00000000000",
        "0197F000-0000-7000-8000-000000000001",
        "{0197f000-0000-7000-8000-000000000001}",
        "../../etc/passwd",
        "'; DROP TABLE members; --",
        "<script>",
        "=1+1",
        "%00",
        "${jndi:ldap://x}",
        "STOCK:x",
        "POINT\\u0000",
        "admin\\r\\nX: y",
    ];
    let mut values: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    let plain = [
        "null",
        "true",
        "false",
        "[]",
        "{}",
        "[[]]",
        "[null]",
        "{\"a\":1}",
        "0",
        "-0",
        "-1",
        "0.0",
        "1.5",
        "1e2",
        "1e400",
        "-1e400",
        "1E-400",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999999999999",
        "0.1e1",
        "01",
        "+1",
        ".5",
        "NaN",
        "Infinity",
        "undefined",
        "'x'",
        "\"x",
        "[1,",
        "{\"a\"",
        "/*x*/1",
    ];
    values.extend(plain.iter().map(|text| (*text).to_owned()));
    values.push(format!("\"{}\"", "长".repeat(50_000)));
    values.push(format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)));
    values.push(format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000)));
    values.push(format!("[{}1]", "1,".repeat(20_000)));
    values
}

/// A user of the town who has a right that the operation needs.
fn caller(operation: &Operation) -> Option<&'static str> {
    let logins = [
        (Role::Staff, "staff"),
        (Role::LedgerOperator, "ledger_operator"),
        (Role::Administrator, "administrator"),
        (Role::Reviewer, "reviewer_district"),
        (Role::Auditor, "auditor"),
        (Role::Volunteer, "volunteer"),
        (Role::MerchantOwner, "merchant_owner"),
    ];
    let needed = document::rights(&operation.members);
    let fits = logins.iter().find(|(role, _)| needed.iter().any(|right| rights(*role).contains(right)));
    fits.map(|(_, login)| *login)
}

/// Whether the body of an operation is JSON: forms with files are tried in `bad_files`.
fn takes_json(operation: &Operation) -> bool {
    let body = operation.members.get("requestBody");
    body.is_some_and(|body| body["content"]["application/json"].is_object())
}

/// Requirements on every refusal.
fn fault_of(answer: &Answer) -> Option<String> {
    let body = answer.json();
    let has = |name: &str| body[name].as_str().is_some_and(|text| !text.is_empty());
    let shown =
        ["panicked", "src/", "diesel", "sqlite", "serde", "SELECT ", "INSERT ", "thread '", "invalid type"];
    let inside = shown.iter().find(|word| answer.text.contains(**word));
    let is_problem = answer.header("content-type").as_deref() == Some("application/problem+json");
    // A batch that was refused as a whole has a problem for each item.
    if answer.status == 422 && body["items"][0]["code"].is_string() {
        return None;
    }
    match answer.status {
        400..=499 if !is_problem => Some("no problem+json".into()),
        400..=499 if !(has("code") && has("title") && has("detail")) => {
            Some("no code, title or detail".into())
        }
        400..=499 if body["code"] == "refused" || body["code"] == "bad_request" => {
            Some("no code of its own".into())
        }
        400..=499 => inside.map(|word| format!("shows the inside: {word}")),
        200..=299 => None,
        status => Some(format!("status {status}")),
    }
}

/// Bodies with a bad value in each member, and bodies that are wrong as a whole.
fn bad_bodies(there: &Furnished, operation: &Operation) -> Vec<(String, String)> {
    let schema = there.body_schema(operation).unwrap();
    let good = there.good_body(operation, schema);
    let mut bodies = Vec::new();
    for name in schema["properties"].as_object().unwrap().keys() {
        for value in bad_values() {
            let mut members: Vec<String> = good
                .as_object()
                .unwrap()
                .iter()
                .filter(|(other, _)| *other != name)
                .map(|(other, value)| format!("\"{other}\":{value}"))
                .collect();
            members.push(format!("\"{name}\":{value}"));
            bodies.push((name.clone(), format!("{{{}}}", members.join(","))));
        }
        let whole = good.to_string();
        let inner = whole.strip_suffix('}').unwrap();
        let more = if inner == "{" { "" } else { "," };
        let twice = there.sample(&schema["properties"][name], name, false);
        bodies
            .push((format!("{name} twice"), format!("{inner}{more}\"{name}\":{twice},\"{name}\":{twice}}}")));
    }
    let inner = good.to_string();
    let inner = inner.strip_suffix('}').unwrap();
    let more = if inner == "{" { "" } else { "," };
    for value in bad_values() {
        bodies.push(("the whole".into(), value));
    }
    bodies.push(("the whole".into(), format!("\"{}\"", "x".repeat(10_000_000))));
    bodies.push(("unknown member".into(), format!("{inner}{more}\"colour\":\"red\"}}")));
    bodies.push(("two values".into(), format!("{good}{good}")));
    bodies.push(("cut short".into(), inner.to_owned()));
    bodies.push(("nothing".into(), String::new()));
    bodies
}

/// If a value happens to fit, the request may succeed; then it must not be one of those that never fit.
fn never_fits(name: &str, body: &str) -> bool {
    let always =
        name.ends_with(" twice") || ["unknown member", "two values", "cut short", "nothing"].contains(&name);
    always || (name == "the whole" && body != "{}")
}

/// A request, what it tries, and whether it must not be accepted.
struct Try {
    what: String,
    ask: Ask,
    must_fail: bool,
}

/// Sends all of them, several at a time; returns the faults.
fn faults_of(there: &Furnished, tries: &[Try]) -> Vec<String> {
    let (faults, next) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let address = there.town.web.address();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(one) = tries.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let answer = crate::support::web::send(address, &one.ask);
                    let accepted = (200..300).contains(&answer.status) && one.must_fail;
                    let fault = fault_of(&answer).or(accepted.then(|| "accepted".to_owned()));
                    if let Some(fault) = fault {
                        let body: String =
                            one.ask.body.iter().flat_map(|body| body.chars()).take(200).collect();
                        let found: String = answer.text.chars().take(200).collect();
                        let fault = format!("{}: {fault}: {body} -> {} {found}", one.what, answer.status);
                        faults.lock().unwrap().push(fault);
                    }
                }
            });
        }
    });
    faults.into_inner().unwrap()
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
}

/// Sent by a user with the right.
fn signed(there: &Furnished, operation: &Operation, ask: Ask) -> Ask {
    match caller(operation) {
        Some(login) => ask.header("Authorization", &format!("Bearer {}", there.town.token(login))),
        None => ask,
    }
}

#[test]
fn no_value_of_any_member_breaks_a_request() {
    let there = Furnished::new();
    let mut tries = Vec::new();
    for operation in operations().into_iter().filter(takes_json) {
        for (index, (name, body)) in bad_bodies(&there, &operation).into_iter().enumerate() {
            let must_fail = never_fits(&name, &body);
            let ask = there.ask_with(&operation, &format!("{}-{index}", operation.id), Some(body));
            let what = format!("{} {name}", operation.id);
            tries.push(Try { what, ask: signed(&there, &operation, ask), must_fail });
        }
    }
    assert!(bad_values().len() > 60 && tries.len() > 10_000, "{} {}", bad_values().len(), tries.len());
    none(&faults_of(&there, &tries));
    there.town.verify_and_stop();
}

#[test]
fn refused_bodies_move_nothing() {
    let there = Furnished::new();
    let mut tried = 0;
    for operation in operations().into_iter().filter(takes_json) {
        let Some(login) = caller(&operation) else { continue };
        let before = there.town.head();
        for (index, (name, body)) in bad_bodies(&there, &operation).into_iter().enumerate() {
            if !never_fits(&name, &body) || body.len() > 1_000_000 {
                continue;
            }
            let ask = there.ask_with(&operation, &format!("unmoved-{}-{index}", operation.id), Some(body));
            let answer = there.send_as(login, &ask);
            assert_eq!(answer.status / 100, 4, "{} {name}: {answer:?}", operation.id);
            tried += 1;
        }
        assert_eq!(there.town.head(), before, "{}", operation.id);
    }
    assert!(tried > 3_000, "{tried}");
    there.town.verify_and_stop();
}

/// For a query or a path; a very long one is added.
const VALUES: &[&str] = &[
    "",
    "%00",
    "a%00b",
    "%ff%fe",
    "%F0%9F",
    "-1",
    "0",
    "1.5",
    "1e3",
    "99999999999999999999",
    "null",
    "[]",
    "{}",
    "%22",
    "%27",
    "true",
    "2026-02-30",
    "%E7%A4%BA",
    "..%2f..",
    "%0d%0aX:%20y",
];

const HEADERS: &[(&str, &str)] = &[
    ("Idempotency-Key", "a b"),
    ("Idempotency-Key", "键"),
    ("If-Match", "x"),
    ("If-Match", "\"-1\""),
    ("If-Match", "\"99999999999999999999\""),
    ("Content-Type", "text/xml"),
    ("Content-Encoding", "gzip"),
    ("Accept-Language", "%%%;;;q=x"),
    ("X-Request-Id", "<script>"),
    ("X-Forwarded-For", "999.1.1.1, x"),
];

#[test]
fn no_query_path_or_header_breaks_a_request() {
    let there = Furnished::new();
    let long = "x".repeat(5_000);
    let values = VALUES.iter().copied().chain([&*long]);
    let mut tries = Vec::new();
    for operation in &operations() {
        let good = signed(&there, operation, there.ask(operation, "unused"));
        let mut add = |what: &str, ask: Ask, must_fail: bool| {
            tries.push(Try { what: format!("{} {:.80}", operation.id, what), ask, must_fail });
        };
        for (index, value) in values.clone().enumerate() {
            let parameters = operation.members["parameters"].as_array().into_iter().flatten();
            let names = parameters.filter(|p| p["in"] == "query").map(|p| p["name"].as_str().unwrap());
            for name in names.chain(["colour"]) {
                let path = format!("{}?{name}={value}", good.path);
                let ask = Ask { path: path.clone(), key: None, ..good.clone() };
                add(&path, ask, name == "colour");
            }
            if let Some((before, rest)) = operation.path.split_once('{') {
                let path = format!("{before}{value}{}", rest.split_once('}').unwrap().1);
                let key = good.key.as_ref().map(|_| format!("path-{}-{index}", operation.id));
                add(&path.clone(), Ask { path, key, ..good.clone() }, !value.is_empty());
            }
        }
        for (name, value) in HEADERS.iter().copied() {
            add(name, Ask { key: None, ..good.clone() }.header(name, value), false);
        }
    }
    assert!(tries.len() > 4_000, "{}", tries.len());
    none(&faults_of(&there, &tries));
    there.town.verify_and_stop();
}

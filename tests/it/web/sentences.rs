//! Each kind of bad input, and the sentences with which it is refused: what is wrong, and the next step, in Chinese
//! and in English. A sheet with a bad row is in `people/import_members.rs`, unusable databases in `store/backup.rs`,
//! a full disk in `store/full_disk.rs`.

use crate::support::asking::Furnished;
use crate::support::web::{Ask, send};
use jianxian::domain::id::Id;
use serde_json::{Value, json};

/// Sends in both languages, with keys of their own; status, code and the two sentences.
fn sent(there: &Furnished, who: &str, ask: &Ask) -> (u16, String, String, String) {
    let before = there.town.head();
    let mut sentences = Vec::new();
    let mut last = None;
    for language in ["zh-CN", "en"] {
        let key = ask.key.as_ref().map(|key| format!("{key}-{language}"));
        let ask = Ask { key, ..ask.clone() }.header("Accept-Language", language);
        let answer = if who.is_empty() { there.town.web.send(&ask) } else { there.send_as(who, &ask) };
        sentences.push(answer.json()["detail"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned());
        last = Some((answer.status, answer.code()));
    }
    assert_eq!(there.town.head(), before, "a refusal moved the ledger: {sentences:?}");
    let (status, code) = last.unwrap();
    let english = sentences.pop().unwrap();
    (status, code, sentences.pop().unwrap(), english)
}

fn post(path: &str, body: Value) -> Ask {
    let key = Id::SYSTEM.derive(&format!("{path} {body}"));
    Ask::post(path, body).role(None).key(key.to_string())
}

fn raw(path: &str, body: &str) -> Ask {
    Ask::raw(path, body).role(None).key(format!("raw-{path}-{}", body.len()))
}

/// One line for each case: name, status, code, and both sentences.
fn line(name: &str, (status, code, chinese, english): (u16, String, String, String)) -> String {
    format!("{name}: {status} {code}\n  {chinese}\n  {english}\n")
}

/// A transfer with this text as its amount.
fn transfer(there: &Furnished, amount: &str) -> Ask {
    let (from, to) = (there.issuing(), there.purse());
    let body = format!("{{\"debit_account\":\"{from}\",\"credit_account\":\"{to}\",\"amount\":{amount}}}");
    raw("/v1/ledger/entries", &body)
}

#[test]
fn what_is_written_wrong_is_named_with_the_next_step() {
    let there = Furnished::new();
    let (town, member) = (&there.town, json!({ "name": "示例己", "org": there.town.id("community") }));
    let with = |name: &str, value: Value| {
        let mut body = member.clone();
        body[name] = value;
        body
    };
    let entry = |amount: &str| transfer(&there, amount);
    let scheme = "code = \"x\"\nversion = \"1\"\nname = \"示例办法\"\nvalid_from = 2026-13-01\n";
    let mut all = String::new();
    for (name, who, ask) in [
        ("malformed JSON", "staff", raw("/v1/members", "{\"name\": \"示例己\",")),
        ("no body", "staff", raw("/v1/members", "")),
        ("unknown member", "staff", post("/v1/members", with("colour", json!("red")))),
        ("missing member", "staff", post("/v1/members", json!({ "name": "示例己" }))),
        ("a member twice", "staff", raw("/v1/members", "{\"name\":\"示例己\",\"name\":\"示例庚\"}")),
        ("NUL", "staff", post("/v1/members", with("name", json!("示\u{0}例")))),
        ("a year in words", "staff", post("/v1/members", with("birth_year", json!("五五年")))),
        ("a short phone", "staff", post("/v1/members", with("phone", json!("139")))),
        ("not an id", "staff", post("/v1/members", with("org", json!("社区")))),
        ("a float", "ledger_operator", entry("1.5")),
        ("an exponent", "ledger_operator", entry("\"1e3\"")),
        ("too many decimals", "ledger_operator", entry("\"1.005\"")),
        ("beyond the range", "ledger_operator", entry("\"99999999999999\"")),
        ("zero", "ledger_operator", entry("\"0\"")),
        ("a scheme with a mistake", "administrator", post("/v1/schemes", json!({ "body": scheme }))),
        ("no key", "ledger_operator", Ask { key: None, ..entry("\"1\"") }),
        ("a wrong limit", "staff", Ask::get("/v1/members?limit=0").role(None)),
        ("an unknown parameter", "staff", Ask::get("/v1/members?colour=red").role(None)),
    ] {
        all.push_str(&line(name, sent(&there, who, &ask)));
    }
    town.as_role("staff").get("/v1/me").ok(200);
    insta::assert_snapshot!(all);
    there.town.verify_and_stop();
}

#[test]
fn who_may_not_and_what_is_not_there_is_told_plainly() {
    let there = Furnished::new();
    let town = &there.town;
    let nobody = Id::SYSTEM.derive("nobody");
    let award = |member: &str| {
        post(
            "/v1/awards",
            json!({ "member": member, "scheme": town.id("scheme"), "item": "honour-community" }),
        )
    };
    let me = Ask::get("/v1/me").role(None);
    let expired = town.token("auditor");
    let mut all = String::new();
    for (name, who, ask) in [
        ("an unknown id", "staff", Ask::get(format!("/v1/members/{nobody}")).role(None)),
        (
            "an id from elsewhere",
            "staff_sibling",
            Ask::get(format!("/v1/members/{}", town.id("lin"))).role(None),
        ),
        ("a wrong role", "proxy", award(&town.id("lin"))),
        (
            "a role held too low",
            "reviewer",
            post(&format!("/v1/schemes/versions/{nobody}/approve"), json!({})),
        ),
        ("another subtree", "staff_sibling", award(&town.id("lin"))),
        ("nobody signed in", "", me.clone()),
        ("a forged token", "", me.clone().header("Authorization", "Bearer x.y.z")),
        ("an unknown path", "staff", Ask::get("/v1/nowhere").role(None)),
    ] {
        all.push_str(&line(name, sent(&there, who, &ask)));
    }
    town.at("2026-04-05T09:00");
    let ask = me.header("Authorization", &format!("Bearer {expired}"));
    all.push_str(&line("an expired token", sent(&there, "", &ask)));
    insta::assert_snapshot!(all);
    there.town.verify_and_stop();
}

#[test]
fn what_is_gone_or_overtaken_is_said_so() {
    let there = Furnished::new();
    let town = &there.town;
    let nobody = Id::SYSTEM.derive("nobody");
    let gone = town.as_role("administrator").delete(&format!("/v1/roles/{nobody}"));
    assert_eq!((gone.status, gone.code()), (404, "not_found".into()));
    let stale = town.as_role("staff").patch(
        &format!("/v1/members/{}", town.id("lin")),
        9,
        json!({ "trade": "理发" }),
    );
    assert_eq!((stale.status, stale.code()), (412, "version_stale".into()));
    let body = json!({ "name": "示例辛", "org": town.id("community") });
    town.as_role("staff").post_with("one-key", "/v1/members", body.clone()).ok(201);
    assert!(town.as_role("staff").post_with("one-key", "/v1/members", body).hit());
    let other = json!({ "name": "示例壬", "org": town.id("community") });
    let reused = town.refused(
        |t| t.as_role("staff").post_with("one-key", "/v1/members", other),
        422,
        "idempotency_key_reused",
    );
    assert!(reused.contains("“name”"), "{reused}");
    there.town.verify_and_stop();
}

#[test]
fn what_the_rules_do_not_allow_is_explained() {
    let there = Furnished::new();
    let town = &there.town;
    let redemption = |pieces: i64| {
        json!({ "merchant": town.id("shop"), "on_behalf_of": town.id("lin"),
            "lines": [{ "offer": town.id("rice"), "quantity": pieces }] })
    };
    let redeem = |pieces: i64| post("/v1/redemptions", redemption(pieces));
    let publish = post(&format!("/v1/activities/{}/publish", town.id("activity")), json!({}));
    let mut all = line("a wrong state", sent(&there, "staff", &publish));
    all.push_str(&line("too little on the passbook", sent(&there, "staff", &redeem(19))));
    let held =
        town.as_role("staff").post("/v1/redemptions", redemption(1)).ok(201)["redemption"]["id"].clone();
    let capture = format!("/v1/redemptions/{}/capture", held.as_str().unwrap());
    town.as_role("staff").post(&capture, json!({})).ok(200);
    let balance = town.balance("lin", "POINT");
    all.push_str(&line("a second capture", sent(&there, "staff", &post(&capture, json!({})))));
    let empty = json!({ "pieces": -18, "stocktake": true, "reason": "盘点" });
    town.as_role("merchant_owner").post(&format!("/v1/offers/{}/stock", town.id("rice")), empty).ok(201);
    all.push_str(&line("an empty shelf", sent(&there, "staff", &redeem(1))));
    let code = |town: &crate::support::town::Town| {
        town.as_role("volunteer").post("/v1/codes", json!({})).ok(201)["digits"].as_str().unwrap().to_owned()
    };
    let claim = |digits: &str| post("/v1/codes/claim", json!({ "code": digits }));
    let first = code(town);
    town.web.clock.advance_seconds(61);
    all.push_str(&line("a code that ran out", sent(&there, "merchant_clerk", &claim(&first))));
    let second = code(town);
    let claimed = town.as_role("merchant_clerk").post("/v1/codes/claim", json!({ "code": second })).ok(200);
    assert_eq!(claimed["surname"], json!("林"));
    all.push_str(&line("a code that was used", sent(&there, "merchant_clerk", &claim(&second))));
    // Five wrong codes a minute, including right ones that came too late.
    town.web.clock.advance_seconds(61);
    all.push_str(&line("a code that never was", sent(&there, "merchant_clerk", &claim("00000000"))));
    assert_eq!(town.balance("lin", "POINT"), balance, "the refusals took nothing");
    assert_eq!(town.finalise(), 0);
    insta::assert_snapshot!(all);
    assert_eq!(send(town.web.address(), &Ask::get("/healthz").role(None)).status, 200);
    there.town.verify_and_stop();
}

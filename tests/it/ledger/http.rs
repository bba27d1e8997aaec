//! The rows of the ledger contract over HTTP, including concurrent ones, and bad input of every kind.

use crate::support::web::{Answer, Ask, Web, send};
use serde_json::{Value, json};

/// Opens an account and returns its id.
fn open(web: &Web, kind: &str, name: &str) -> String {
    let owner = jianxian::domain::id::Id::SYSTEM.derive(name).to_string();
    let mut body = json!({ "owner_kind": kind, "owner": owner, "asset": "POINT" });
    if kind == "bank" {
        body["purpose"] = json!("issuing");
    }
    if kind == "merchant" {
        body["floor"] = json!("0");
    }
    let answer = web.send(&Ask::post("/v1/ledger/accounts", body).key(format!("open-{name}")));
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["account"].as_str().unwrap().to_owned()
}

fn pay(from: &str, to: &str, amount: &str) -> Ask {
    Ask::post("/v1/ledger/entries", json!({ "debit_account": from, "credit_account": to, "amount": amount }))
}

fn balance(web: &Web, account: &str) -> (String, String) {
    let body = web.send(&Ask::get(format!("/v1/ledger/accounts/{account}"))).json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (text("balance"), text("pending_debits"))
}

fn hold(web: &Web, from: &str, to: &str, amount: &str, seconds: Option<i64>, key: &str) -> Answer {
    let mut body = json!({ "debit_account": from, "credit_account": to, "amount": amount });
    if let Some(seconds) = seconds {
        body["expires_in_seconds"] = json!(seconds);
    }
    web.send(&Ask::post("/v1/ledger/holds", body).key(key))
}

fn hold_id(answer: &Answer) -> String {
    answer.json()["hold"]["id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

/// P issues to V; M is a shop.
fn set_up() -> (Web, String, String, String) {
    let web = Web::start();
    let (p, v, m) = (open(&web, "bank", "p"), open(&web, "person", "v"), open(&web, "merchant", "m"));
    (web, p, v, m)
}

#[test]
fn rows_1_to_8_keys_and_balances() {
    let (web, p, v, m) = set_up();
    assert_eq!(web.send(&pay(&p, &v, "20").key("k0")).status, 201);
    let first = web.send(&pay(&v, &m, "15").key("k1"));
    assert_eq!((first.status, first.hit()), (201, false), "{first:?}");
    assert_eq!((balance(&web, &v).0, balance(&web, &m).0), ("5.00".into(), "15.00".into()));
    let again = web.send(&pay(&v, &m, "15").key("k1"));
    assert_eq!((again.status, again.hit(), again.json()), (201, true, first.json()));
    let other = web.send(&pay(&v, &m, "16").key("k1"));
    assert_eq!(
        (other.status, other.code(), other.json()["field"].clone()),
        (422, "idempotency_key_reused".into(), json!("amount"))
    );
    let nobody = jianxian::domain::id::Id::SYSTEM.derive("nobody").to_string();
    let unknown = web.send(&pay(&v, &nobody, "15").key("k1"));
    assert_eq!((unknown.status, unknown.json()["field"].clone()), (422, json!("credit_account")));
    let short = web.send(&pay(&v, &m, "6").key("k2"));
    assert_eq!((short.status, short.code()), (422, "insufficient_balance".into()));
    assert_eq!(short.json()["available"], json!("5.00"), "{short:?}");
    assert_eq!(web.send(&pay(&p, &v, "100").key("k2b")).status, 201);
    let kept = web.send(&pay(&v, &m, "6").key("k2"));
    assert_eq!((kept.status, kept.hit(), kept.code()), (422, true, "insufficient_balance".into()));
    assert_eq!(web.send(&Ask::raw("/v1/ledger/entries", "{\"debit_account\":").key("k3")).status, 400);
    assert_eq!(web.send(&pay(&v, &m, "1").key("k3")).status, 201);
    assert_eq!(hold(&web, &v, &m, "90", None, "h1").status, 201);
    assert_eq!(hold(&web, &v, &m, "20", None, "h2").code(), "insufficient_balance");
    web.verify_and_stop();
}

fn capture(web: &Web, id: &str, body: Value, key: &str) -> Answer {
    web.send(&Ask::post(format!("/v1/ledger/holds/{id}/capture"), body).key(key))
}

#[test]
fn rows_9_to_15_holds() {
    let (web, p, v, m) = set_up();
    web.send(&pay(&p, &v, "100").key("k0"));
    let void = |id: &str, key: &str| {
        web.send(&Ask { body: None, ..Ask::post(format!("/v1/ledger/holds/{id}/void"), json!({})).key(key) })
    };
    let h = hold_id(&hold(&web, &v, &m, "15", None, "h1"));
    let exceeds = capture(&web, &h, json!({ "amount": "16" }), "c0");
    assert_eq!((exceeds.status, exceeds.code()), (422, "capture_exceeds_hold".into()));
    let part = capture(&web, &h, json!({ "amount": "13" }), "c1").json();
    assert_eq!(
        (&part["hold"]["legs"][0]["captured"], &part["hold"]["legs"][0]["released"]),
        (&json!("13.00"), &json!("2.00"))
    );
    assert_eq!(balance(&web, &v), ("87.00".into(), "0.00".into()));
    let second = capture(&web, &h, json!({ "amount": "2" }), "c2");
    assert_eq!((second.status, second.code()), (409, "hold_already_captured".into()));
    assert_eq!(void(&h, "v1").status, 409);
    let h = hold_id(&hold(&web, &v, &m, "15", None, "h2"));
    assert_eq!(void(&h, "v2").status, 200);
    assert_eq!(capture(&web, &h, json!({}), "c3").code(), "hold_voided");
    let h = hold_id(&hold(&web, &v, &m, "1", None, "h3"));
    let nothing = capture(&web, &h, json!({ "amount": "0" }), "c4");
    assert_eq!((nothing.status, nothing.json()["postings"].clone()), (200, json!([])));
    assert!(capture(&web, &h, json!({ "amount": "0" }), "c4").hit());
    assert_eq!(capture(&web, &h, json!({ "amount": "1" }), "c5").status, 409);
    hold(&web, &v, &m, "10", None, "e0");
    let eleven = hold_id(&hold(&web, &v, &m, "11", Some(1), "e1"));
    hold(&web, &v, &m, "12", Some(2), "e2");
    hold(&web, &v, &m, "13", Some(3), "e3");
    for pending in ["46.00", "35.00", "23.00", "10.00"] {
        assert_eq!(balance(&web, &v).1, pending);
        web.clock.advance_seconds(1);
    }
    let late = capture(&web, &eleven, json!({}), "c6");
    assert_eq!((late.status, late.code()), (409, "hold_expired".into()));
    web.verify_and_stop();
}

#[test]
fn rows_16_20_21_22_entries_caps_and_reversals() {
    let (web, p, v, m) = set_up();
    web.send(&pay(&p, &v, "20").key("k0"));
    let two = json!({ "postings": [
        { "debit_account": v, "credit_account": m, "amount": "15" },
        { "debit_account": v, "credit_account": m, "amount": "6" },
    ] });
    let refused = web.send(&Ask::post("/v1/ledger/entries", two).key("k1"));
    assert_eq!((refused.status, refused.json()["posting"].clone()), (422, json!(1)), "{refused:?}");
    assert_eq!(balance(&web, &v).0, "20.00");
    let capped = |amount: &str, partial: bool, key: &str| {
        let counter = json!({ "key": "cap/day/v", "window": "2026-02-25", "limit": "6" });
        let body = json!({ "debit_account": p, "credit_account": v, "amount": amount, "partial": partial, "counter": counter });
        web.send(&Ask::post("/v1/ledger/entries", body).key(key))
    };
    let over = capped("10", false, "k2");
    assert_eq!((over.status, over.code()), (422, "cap_reached".into()));
    assert_eq!(
        (over.json()["limit"].clone(), over.json()["left"].clone()),
        (json!("6.00"), json!("6.00")),
        "{over:?}"
    );
    let cut = capped("10", true, "k3").json();
    assert_eq!((&cut["grant"]["desired"], &cut["grant"]["granted"]), (&json!("10.00"), &json!("6.00")));
    let award = web.send(&pay(&p, &m, "10").key("k4")).json()["entry"].as_i64().unwrap();
    web.send(&pay(&m, &v, "7").key("k5"));
    let reverse = |entry: i64, body: Value, key: &str| {
        web.send(&Ask::post(format!("/v1/ledger/entries/{entry}/reverse"), body).key(key))
    };
    let missing = reverse(award, json!({}), "r1");
    assert_eq!((missing.status, missing.json()["missing"].clone()), (422, json!("7.00")), "{missing:?}");
    assert_eq!(reverse(award, json!({ "up_to": true }), "r2").json()["postings"][0]["amount"], json!("3.00"));
    let paid = web.send(&pay(&v, &m, "10").key("k6")).json()["entry"].as_i64().unwrap();
    assert_eq!(reverse(paid, json!({ "amount": "4" }), "r3").status, 201);
    assert_eq!(reverse(paid, json!({ "amount": "7" }), "r4").status, 422);
    assert_eq!(reverse(paid, json!({ "amount": "6" }), "r5").status, 201);
    web.verify_and_stop();
}

/// Sends all at once and returns the answers in order.
fn at_once(web: &Web, asks: Vec<Ask>) -> Vec<Answer> {
    let address = web.address();
    let threads: Vec<_> =
        asks.into_iter().map(|ask| std::thread::spawn(move || send(address, &ask))).collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

#[test]
fn row_23_one_key_from_a_hundred_callers_acts_once() {
    let (web, p, v, m) = set_up();
    web.send(&pay(&p, &v, "20").key("k0"));
    for round in 0..5 {
        let answers = at_once(&web, vec![pay(&v, &m, "1").key(format!("same-{round}")); 100]);
        assert_eq!(answers.iter().filter(|answer| !answer.hit()).count(), 1);
        assert!(answers.iter().all(|answer| answer.status == 201 && answer.json() == answers[0].json()));
    }
    assert_eq!(balance(&web, &v).0, "15.00");
    web.verify_and_stop();
}

#[test]
fn row_24_five_hundred_spend_what_a_hundred_can() {
    let (web, p, v, m) = set_up();
    web.send(&pay(&p, &v, "100").key("k0"));
    let answers = at_once(&web, (0..500).map(|i| pay(&v, &m, "1").key(format!("s{i}"))).collect());
    let accepted = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.code() == "insufficient_balance").count();
    assert_eq!((accepted, refused, balance(&web, &v).0), (100, 400, "0.00".into()));
    web.verify_and_stop();
}

#[test]
fn row_25_five_hundred_payments_are_each_taken_back_once() {
    let (web, p, v, m) = set_up();
    web.send(&pay(&p, &v, "500").key("k0"));
    let paid = at_once(&web, (0..500).map(|i| pay(&v, &m, "1").key(format!("p{i}"))).collect());
    let reversals = paid.iter().enumerate().flat_map(|(i, answer)| {
        let entry = answer.json()["entry"].as_i64().unwrap_or_else(|| panic!("{answer:?}"));
        ["a", "b"].map(|side| {
            Ask::post(format!("/v1/ledger/entries/{entry}/reverse"), json!({})).key(format!("r{i}{side}"))
        })
    });
    let answers = at_once(&web, reversals.collect());
    let accepted = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.code() == "reversal_exceeds_original").count();
    assert_eq!((accepted, refused), (500, 500));
    assert_eq!((balance(&web, &v).0, balance(&web, &m).0), ("500.00".into(), "0.00".into()));
    web.verify_and_stop();
}

/// A body, the status, the code and the named member; for some only that they are refused.
fn bad_transfers(p: &str, v: &str) -> Vec<(String, u16, &'static str, Option<&'static str>)> {
    let with =
        |amount: &str| format!(r#"{{"debit_account":"{p}","credit_account":"{v}","amount":{amount}}}"#);
    vec![
        ("".into(), 400, "body_missing", None),
        ("{".into(), 400, "malformed_json", None),
        ("[]".into(), 400, "", None),
        ("nonsense".into(), 400, "malformed_json", None),
        (with("1.5"), 400, "field_floating_number", Some("amount")),
        (with("1e3"), 400, "field_floating_number", Some("amount")),
        (with("\"1e3\""), 400, "", Some("amount")),
        (with("\"1.005\""), 400, "field_too_many_decimals", Some("amount")),
        (with("\"0\""), 400, "field_not_positive", Some("amount")),
        (with("\"-1\""), 400, "field_not_positive", Some("amount")),
        (with("0"), 400, "field_not_positive", Some("amount")),
        (with("\"99999999999999999999\""), 400, "field_too_large", Some("amount")),
        (with("99999999999999999999999"), 400, "", Some("amount")),
        (with("null"), 400, "", None),
        (with("\"1\\u0000\""), 400, "", Some("amount")),
        (with("true"), 400, "", Some("amount")),
        (with("\"1\",\"colour\":\"red\""), 400, "field_unknown", Some("colour")),
        (with("\"1\",\"amount\":\"2\""), 400, "field_duplicate", Some("amount")),
        (with("\"1\",\"note\":\"a\\u0000b\""), 400, "", Some("note")),
        (r#"{"debit_account":"x","credit_account":"y","amount":"1"}"#.into(), 400, "", Some("debit_account")),
        (format!(r#"{{"debit_account":"{p}","amount":"1"}}"#), 400, "field_missing", Some("credit_account")),
        (
            format!(r#"{{"debit_account":"{p}","credit_account":"{p}","amount":"1"}}"#),
            422,
            "same_account",
            None,
        ),
    ]
}

#[test]
fn bad_input_is_named_in_two_languages_and_leaves_no_trace() {
    let (web, p, v, _) = set_up();
    let before = web.send(&Ask::get("/v1/ledger/heads")).json()["number"].clone();
    let cases = bad_transfers(&p, &v);
    for (index, (body, status, code, field)) in cases.iter().enumerate() {
        for language in ["zh-CN", "en"] {
            let ask = Ask::raw("/v1/ledger/entries", body)
                .key(format!("bad-{index}"))
                .header("Accept-Language", language);
            let answer = web.send(&ask);
            let members = answer.json();
            assert_eq!(answer.status, *status, "{body}: {answer:?}");
            assert_eq!(answer.header("content-type").as_deref(), Some("application/problem+json"), "{body}");
            if !code.is_empty() {
                assert_eq!(answer.code(), *code, "{body}: {answer:?}");
            }
            if let Some(field) = field {
                assert_eq!(members["field"], json!(field), "{body}: {answer:?}");
            }
            let detail = members["detail"].as_str().unwrap_or_default();
            let chinese = detail.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(detail.len() > 8 && chinese == (language == "zh-CN"), "{body}: {detail}");
        }
    }
    assert_eq!(web.send(&Ask::get("/v1/ledger/heads")).json()["number"], before);
    web.verify_and_stop();
}

#[test]
fn the_frame_answers_in_one_form() {
    let (web, p, v, _) = set_up();
    let plain = pay(&p, &v, "1");
    let no_key = web.send(&plain);
    assert_eq!((no_key.status, no_key.code()), (400, "idempotency_key_missing".into()));
    let nobody = web.send(&plain.clone().key("a").role(None));
    assert_eq!((nobody.status, nobody.code()), (401, "token_missing".into()));
    let clerk = web.send(&plain.clone().key("a").role(Some("merchant_clerk")));
    assert_eq!((clerk.status, clerk.code()), (403, "role_missing".into()));
    let long = web.send(&plain.clone().key("k".repeat(256)));
    assert_eq!((long.status, long.json()["field"].clone()), (400, json!("Idempotency-Key")));
    let nowhere = web.send(&Ask::get("/v1/nowhere"));
    assert_eq!((nowhere.status, nowhere.code()), (404, "no_such_path".into()));
    let put = web.send(&Ask { method: "PUT", ..Ask::get("/v1/ledger/heads") });
    assert_eq!(put.status, 405, "{put:?}");
    let text = Ask { body: Some("{}".into()), ..plain.clone().key("a") };
    let text = web.send(&Ask { headers: vec![("Content-Type".into(), "text/plain".into())], ..text });
    assert!(text.status == 415 || text.status == 400, "{text:?}");
    let huge = web.send(&Ask::raw("/v1/ledger/entries", &format!("\"{}\"", "x".repeat(270_000))).key("a"));
    assert_eq!((huge.status, huge.code()), (413, "body_too_large".into()));
    let dry = web.send(&Ask { path: "/v1/ledger/entries?dry_run=true".into(), ..plain.clone() });
    assert_eq!((dry.status, dry.json()["entry"].clone()), (201, json!(0)));
    assert_eq!(balance(&web, &v).0, "0.00");
    assert!(dry.header("x-request-id").is_some());
    for path in ["/healthz", "/readyz", "/openapi.json"] {
        assert_eq!(web.send(&Ask::get(path).role(None)).status, 200, "{path}");
    }
    assert_eq!(web.send(&Ask::get("/openapi.json")).json()["openapi"], json!("3.1.0"));
    web.verify_and_stop();
}

fn row(from: &str, to: &str, amount: &str) -> Value {
    json!({ "debit_account": from, "credit_account": to, "amount": amount })
}

fn bulk(mode: &str, rows: &[Value]) -> Ask {
    Ask::post("/v1/ledger/entries/batch", json!({ "mode": mode, "items": rows }))
}

#[test]
fn transfers_in_bulk_are_one_commit_with_a_result_for_each() {
    let (web, p, v, m) = set_up();
    let good = [row(&p, &v, "20"), row(&v, &m, "5"), row(&v, &m, "6.50")];
    let first = web.send(&bulk("all_or_nothing", &good).key("b1"));
    assert_eq!((first.status, first.json()["accepted"].clone()), (200, json!(3)), "{first:?}");
    assert_eq!(first.json()["items"][2]["postings"][0]["debit_balance"], json!("8.50"));
    let number = first.json()["items"][0]["entry"].as_i64().unwrap();
    assert_eq!(first.json()["items"][2]["entry"], json!(number + 2));
    let again = web.send(&bulk("all_or_nothing", &good).key("b1"));
    assert_eq!((again.status, again.json()), (200, first.json()));
    assert_eq!(balance(&web, &v).0, "8.50");
    let other = web.send(&bulk("all_or_nothing", &good[..2]).key("b1"));
    assert_eq!((other.status, other.code()), (422, "idempotency_key_reused".into()), "{other:?}");
    let more = [&good[..], &[row(&v, &m, "1")]].concat();
    let more = web.send(&bulk("each", &more).key("b1"));
    assert_eq!((more.status, more.code()), (422, "idempotency_key_reused".into()), "{more:?}");
    assert_eq!(balance(&web, &v).0, "8.50", "a row of another request went through under the key");

    let mixed = [row(&v, &m, "1"), row(&v, &m, "100"), row(&v, &m, "2")];
    let none = web.send(&bulk("all_or_nothing", &mixed).key("b2"));
    assert_eq!(none.status, 422, "{none:?}");
    assert_eq!(
        (&none.json()["items"][1]["code"], &none.json()["items"][1]["index"]),
        (&json!("insufficient_balance"), &json!(1))
    );
    assert_eq!(balance(&web, &v).0, "8.50");
    let each = web.send(&bulk("each", &mixed).key("b3"));
    assert_eq!((each.status, &each.json()["accepted"], &each.json()["refused"]), (200, &json!(2), &json!(1)));
    assert_eq!(balance(&web, &v).0, "5.50");
    web.verify_and_stop();
}

#[test]
fn a_bulk_with_a_fault_in_its_form_or_from_a_stranger_moves_nothing() {
    let (web, p, v, m) = set_up();
    web.send(&pay(&p, &v, "5.50").key("k0"));
    let good = [row(&p, &v, "20"), row(&v, &m, "5"), row(&v, &m, "6.50")];
    let faulty = web.send(&bulk("each", &[row(&v, &m, "1"), row(&v, &m, "0.001")]).key("b4"));
    assert_eq!(faulty.status, 400, "{faulty:?}");
    let halves = web.send(&bulk("each", &[row(&v, &m, "1"), json!({ "debit_account": v })]).key("b4"));
    assert_eq!(
        (halves.status, halves.json()["field"].clone()),
        (400, json!("items[1].credit_account")),
        "{halves:?}"
    );
    assert_eq!(web.send(&bulk("each", &good)).code(), "idempotency_key_missing");
    assert_eq!(web.send(&bulk("each", &[]).key("b4")).status, 400);
    let stranger = bulk("each", &good).key("b4").role(Some("staff"));
    assert_eq!(web.send(&stranger).status, 403);
    assert_eq!(balance(&web, &v).0, "5.50");
    web.verify_and_stop();
}

use super::*;
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::problem::{ApiError, TokenFault};
use crate::auth::permissions::Permission;
use serde_json::{Value, json};

/// All codes of refusals: serde lists them when it is given an unknown one.
fn codes() -> Vec<String> {
    let unknown = serde_json::from_value::<Refusal>(json!({"code": "?"})).unwrap_err().to_string();
    let (_, listed) = unknown.split_once("expected one of ").expect("a list of codes");
    listed.split(", ").map(|code| code.trim_matches('`').to_owned()).collect()
}

/// A refusal of each code, made from one object with every member that a refusal may have.
fn sample(code: &str, asset: &str) -> Refusal {
    let id = "0197f000-0000-7000-8000-000000000001";
    let ledger = json!({
        "code": code, "asset": asset, "account": id, "posting": 1, "field": "amount", "limit": 1000, "used": 400,
        "left": 600, "difference": -50, "counter": "daily", "available": 1250, "missing": 300, "room": 200, "legs": 2, "owed": 300,
        "closed_until": "2026-10-01T00:00:00Z", "what": "offer", "year": 2031, "scheme": "village",
        "day": "2026-10-31", "valid_from": "2026-01-01", "valid_until": "2026-06-30", "term": "item",
        "value": "tree", "least": 100, "most": 500, "desired": 50, "item": "tree", "applies_to": ["household"],
        "on": "2026-06-30", "service_minutes": 1500, "reason": "is_hold", "days": 90, "held": 200, "entry": 12,
    });
    let people = json!({
        "version": 3, "state": "paused", "role": "auditor", "other": "reviewer", "due": "2026-11-10",
        "seconds": 600, "wait_seconds": 90, "offer": id, "required": 600, "served": 120, "minutes_missing": 60,
        "word": "补录", "since": "2026-10-31T01:00:00Z", "people": 2, "until": "2026-11-04", "record": id,
        "number": "000000017", "chinese": "第 3 行写错", "english": "line 3 is wrong", "records": 4,
        "candidates": [{ "member": id, "number": "000000017", "org": "示例社区", "phone": "138****1234" }],
        "today": "2026-10-31", "certain": true, "purpose": "party_membership", "channel": "sms", "why": "inside",
    });
    let service = json!({
        "started_at": "2026-10-31T01:00:00Z", "ended_at": "2026-10-31T03:00:00Z", "seats": 30, "form": "family",
        "over_at": "2026-11-01T00:00:00Z", "title": "Sweeping", "starts_at": "2026-11-01T00:00:00Z",
        "risk": "steep stairs", "skills": ["first aid"], "row": 1, "fault": "pieces", "past": 2,
        "lines": [{ "row": 2, "fault": "pieces" }, { "row": 5, "fault": "date" }],
        "figure": "12.50", "first": "2026-01-04", "last": "2026-10-30", "earliest": "2026-11-01",
        "points_missing": 150, "minutes": 750,
        "faults": [{ "line": 3, "column": 1, "chinese": "第 3 行第 1 列：没有这个键。", "english": "line 3, column 1: unknown key." }],
    });
    let mut bag = json!({});
    for (name, value) in [ledger, people, service].iter().filter_map(Value::as_object).flatten() {
        bag[name] = value.clone();
    }
    if code == "too_many_postings" {
        bag["limit"] = json!(256);
    }
    serde_json::from_value(bag).unwrap_or_else(|e| panic!("give the bag what {code} needs: {e}"))
}

#[test]
fn every_refusal_has_a_status_and_a_whole_sentence_in_both_languages() {
    let codes = codes();
    assert!(codes.len() > 30 && codes.contains(&"insufficient_balance".to_owned()), "{codes:?}");
    for code in &codes {
        for asset in ["POINT", "STOCK:0197f000-0000-7000-8000-000000000002"] {
            let refusal = sample(code, asset);
            let text = problem_text(&refusal);
            let (chinese, english) = (text.sentence(Language::Chinese), text.sentence(Language::English));
            assert_eq!(&code_and_figures(&refusal).0, code);
            assert!([400, 401, 403, 404, 409, 410, 412, 422, 428, 429, 503].contains(&text.status), "{code}");
            for (sentence, language) in [(&chinese, Language::Chinese), (&english, Language::English)] {
                let title = title(sentence, language);
                assert!(!sentence.contains(['{', '}', '\u{2068}', '\u{2069}']), "{code}: {sentence}");
                assert!(
                    title.len() < sentence.len() && !title.is_empty(),
                    "{code} needs a colon: {sentence}"
                );
                assert!(sentence.ends_with(language.pick('。', '.')), "{code}: {sentence}");
            }
            assert!(!chinese.is_ascii() && english.is_ascii(), "{code}: languages swapped");
        }
    }
}

#[test]
fn a_low_balance_is_told_with_its_figures_in_the_assets_unit() {
    let refusal = sample("insufficient_balance", "POINT");
    let row = problem_text(&refusal);
    assert_eq!(
        row.sentence(Language::Chinese),
        "余额不够：还有 12.5 分，还差 3 分。请减少数量，或存够后再来。"
    );
    assert_eq!(
        row.sentence(Language::English),
        "Balance too low: 12.5 points left, 3 points short. Use less, or come back with more."
    );
    assert_eq!((row.status, row.retryable, row.same_key_ok), (422, false, false));
    assert_eq!(title(&row.sentence(Language::Chinese), Language::Chinese), "余额不够");
    let (code, figures) = code_and_figures(&refusal);
    assert_eq!(code, "insufficient_balance");
    assert_eq!(
        Value::Object(figures),
        json!({"account": "0197f000-0000-7000-8000-000000000001", "asset": "POINT", "available": "12.50",
            "missing": "3.00", "posting": 1})
    );
    let goods = problem_text(&sample("insufficient_balance", "STOCK:0197f000-0000-7000-8000-000000000002"));
    assert_eq!(
        goods.sentence(Language::Chinese),
        "库存不够：还有 1250 件，还差 300 件。请减少数量或换一件。"
    );
}

/// Every fault of a field, as serde lists them.
fn field_faults() -> Vec<FieldFault> {
    let unknown = serde_json::from_value::<FieldFault>(json!({"fault": "?"})).unwrap_err().to_string();
    let (_, listed) = unknown.split_once("expected one of ").expect("a list of faults");
    let sample = |name: &str| {
        let bag = json!({ "fault": name, "what": "phone", "allowed": ["…"], "expected": "text", "least": 1, "most": 9, "decimals": 2,
            "chinese": "…", "english": "…", "from": "2026-10-31", "until": "2026-10-30",
            "name": "…" });
        serde_json::from_value(bag).unwrap_or_else(|e| panic!("give the bag what {name} needs: {e}"))
    };
    listed.split(", ").map(|name| sample(name.trim_matches('`'))).collect()
}

fn errors_of_the_frame() -> Vec<ApiError> {
    vec![
        ApiError::MalformedJson { line: 1, column: 1 },
        ApiError::BodyMissing,
        ApiError::BadRequest,
        ApiError::KeyMissing,
        ApiError::VersionMissing,
        ApiError::Unauthenticated(TokenFault::Missing),
        ApiError::Unauthenticated(TokenFault::Invalid),
        ApiError::Unauthenticated(TokenFault::Expired),
        ApiError::Unauthenticated(TokenFault::SessionEnded),
        ApiError::Forbidden(&[Permission::ReadOwn]),
        ApiError::NoSuchPath,
        ApiError::MethodNotAllowed { allow: "GET".into() },
        ApiError::NotAcceptable { offers: "application/json".into() },
        ApiError::BodyTooSlow { timeout_seconds: 20 },
        ApiError::BodyEncoded,
        ApiError::BodyTooLarge { limit_bytes: 1 },
        ApiError::UnsupportedMediaType { expected: "application/json" },
        ApiError::RateLimited { wait_seconds: 1 },
        ApiError::Busy { wait_seconds: 1 },
        ApiError::NotReady,
        ApiError::Internal(String::new()),
    ]
}

/// The table of codes in docs/API.md.
fn table_of_codes() -> String {
    let mut errors = errors_of_the_frame();
    errors.extend(
        field_faults().into_iter().map(|fault| ApiError::Field(FieldError::new(Place::Body, "…", fault))),
    );
    errors.extend(codes().iter().map(|code| ApiError::from(sample(code, "POINT"))));
    let mut rows: Vec<(String, String)> = errors
        .iter()
        .map(|error| {
            let (code, text) = (error.code(), error.problem_text());
            let [chinese, english] = [Language::Chinese, Language::English].map(|one| text.sentence(one));
            let yes = |is: bool| if is { "✓" } else { "" };
            let row = format!(
                "| `{code}` | {} | {} | {} | {} | {} |",
                text.status,
                title(&chinese, Language::Chinese),
                title(&english, Language::English),
                yes(text.retryable),
                yes(text.same_key_ok)
            );
            (code, row)
        })
        .collect();
    rows.sort();
    let count = rows.len();
    rows.dedup_by(|a, b| a.0 == b.0);
    assert_eq!(rows.len(), count, "one code, one meaning");
    let rows: Vec<String> = rows.into_iter().map(|(_, row)| row).collect();
    format!(
        "| code | status | 中文 | English | 可重试 | 原键 |\n|---|---|---|---|---|---|\n{}\n",
        rows.join("\n")
    )
}

#[test]
fn the_page_on_the_interface_lists_every_code() {
    const MARK: &str = "rewrites everything below -->\n";
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/API.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, _) = text.split_once(MARK).expect("the mark");
    let wanted = format!("{before}{MARK}\n{}", table_of_codes());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&page, &wanted).unwrap();
    } else {
        assert!(text == wanted, "docs/API.md is out of date: run the tests with UPDATE=1");
    }
}

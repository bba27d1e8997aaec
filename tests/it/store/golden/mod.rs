//! Banks of released versions, one folder each in `tests/golden/`: database file, key, head, the ids of its people
//! and things by name, and stored answers. Every later version opens them, migrates, verifies the same head, answers
//! the same under the old keys and continues. They are made once for a release and never edited:
//! `JIANXIAN_GOLDEN=tests/golden/0.2 cargo test --test it golden::make`.

mod make;

use crate::support::database::TestDatabase;
use crate::support::service::{act, state};
use crate::support::shops::{captured, cart, claimed};
use crate::support::town::Town;
use crate::support::web::Web;
use jianxian::auth::secrets::{FILE, Secrets};
use jianxian::clock::Clock;
use jianxian::store::{Options, Store};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The moment at which a golden bank was left.
const LEFT: &str = "2026-06-03T12:00:00+08:00";

/// The folders of all released banks.
fn released() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    assert!(!found.is_empty());
    found
}

fn document(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
}

/// A copy of a released bank, served by the present program.
fn opened(folder: &Path) -> Town {
    use std::os::unix::fs::PermissionsExt;
    let database = TestDatabase::sqlite();
    std::fs::copy(folder.join("jianxian.db"), database.file()).unwrap();
    let key = database.folder().join(FILE);
    std::fs::copy(folder.join(FILE), &key).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let store =
        Store::open(database.url(), &Options::default(), Clock::manual(crate::support::town::moment(LEFT)))
            .unwrap();
    let secrets = Secrets::open(&key).unwrap();
    let web = Web::serve(database, store, secrets, Town::config(), |state| state);
    let ids: HashMap<String, String> = serde_json::from_value(document(folder, "names.json")).unwrap();
    Town::of(web, ids)
}

#[test]
fn every_released_bank_opens_verifies_with_the_same_head_and_goes_on() {
    for folder in released() {
        let town = opened(&folder);
        let head = document(&folder, "head.json");
        let (number, hash) = town.head();
        assert_eq!((json!(number), json!(hex::encode(hash))), (head["number"].clone(), head["hash"].clone()));
        let verified = town.runtime.block_on(town.web.store.verify(crate::support::web::BANK)).unwrap();
        assert_eq!(verified.finding, None, "{}", folder.display());
        the_same_balances(&town, &document(&folder, "balances.json"));
        old_answers_under_old_keys(&town, &document(&folder, "answers.json"));
        assert_eq!(town.head().0, number, "a repeat moved the ledger");
        life_goes_on(&town);
        town.verify_and_stop();
    }
}

/// Every member has the noted balance on every noted day.
fn the_same_balances(town: &Town, noted: &Value) {
    for (path, balances) in noted.as_object().unwrap() {
        assert_eq!(&make::balances(town, path), balances, "{path}");
    }
}

/// A request that moved the ledger gets its old answer again.
fn old_answers_under_old_keys(town: &Town, asked: &Value) {
    let mut repeated = 0;
    for ask in asked.as_array().unwrap().iter().filter(|ask| ask["answer"]["entry"].is_i64()) {
        let text = |name: &str| ask[name].as_str().unwrap();
        let answer = town.as_role(text("who")).post_with(text("key"), text("path"), ask["body"].clone());
        assert!(answer.hit(), "{ask}\n{answer:?}");
        assert_eq!(json!(answer.status), ask["status"], "{ask}");
        assert_eq!(contained(&ask["answer"], &answer.json()), None, "{}", text("path"));
        repeated += 1;
    }
    assert!(repeated > 20, "{repeated}");
}

/// The first difference between an old answer and a new one; members may have been added.
fn contained(before: &Value, now: &Value) -> Option<String> {
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => before.iter().find_map(|(name, value)| {
            contained(value, now.get(name).unwrap_or(&Value::Null)).map(|fault| format!("{name}.{fault}"))
        }),
        (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
            before.iter().zip(now).find_map(|(before, now)| contained(before, now))
        }
        _ => (before != now).then(|| format!("{before} is now {now}")),
    }
}

/// Unfinished things are finished: holds, records, proposals, statements; finished ones are undone.
fn life_goes_on(town: &Town) {
    let at = |who: &str, path: &str, body: Value, status: u16| town.as_role(who).post(path, body).ok(status);
    let redemption = |name: &str, step: &str| format!("/v1/redemptions/{}/{step}", town.id(name));
    at("merchant_clerk", &redemption("held", "capture"), json!({}), 200);
    at("merchant_clerk", &redemption("held too", "cancel"), json!({}), 200);
    let back = json!({ "lines": cart(town, &[("rice", 1)]) });
    at("merchant_owner", &redemption("captured", "refund"), back, 201);
    at("reviewer", &format!("/v1/awards/proposals/{}/approve", town.id("waiting")), json!({}), 201);
    act(town, "reviewer", "submitted", "approve", json!({})).ok(200);
    let decision = json!({ "upheld": false, "decision": "查过签到表，人在" });
    act(town, "reviewer_two", "objected", "objections/decide", decision).ok(204);
    town.at("2026-06-20T00:00");
    assert_eq!(town.finalise(), 3, "approved, in notice, and the one with an objection");
    for name in ["submitted", "in notice", "objected"] {
        assert_eq!(state(town, name)["state"], "final", "{name}");
    }
    act(town, "reviewer_two", "final", "reverse", json!({ "reason": "时长与签到表不符" })).ok(201);
    at(
        "staff_two",
        &format!("/v1/awards/{}/reverse", town.id("award")),
        json!({ "reason": "录错了人" }),
        201,
    );
    let statement = |step: &str| format!("/v1/settlements/{}/{step}", town.id("april"));
    at("merchant_owner", &statement("confirm"), json!({}), 200);
    at("reviewer", &statement("approve"), json!({}), 200);
    captured(town, &[("rice", 1)]);
    town.at("2026-07-01T08:00");
    let june = json!({ "merchant": town.id("shop"), "month": "2026-06" });
    at("staff", "/v1/settlements", june, 201);
    let code = claimed(town, "volunteer");
    assert!(!code.is_empty());
    let found = town.as_role("staff").get("/v1/members?phone_tail=0001").ok(200);
    assert_eq!(found["items"][0]["id"], town.id("lin"), "a sealed phone is found by its hash");
    let reveal = format!("/v1/members/{}/reveal", town.id("lin"));
    let revealed = at("staff", &reveal, json!({ "what": "phone", "reason": "电话联系" }), 200);
    assert_eq!(revealed["value"], "13800000001");
}

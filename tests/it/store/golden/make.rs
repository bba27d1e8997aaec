//! A small bank with every kind of entry, every kind of document in each of its states, and unfinished things.

use super::LEFT;
use crate::support::database::TestDatabase;
use crate::support::people::{at_member, award, because};
use crate::support::service::{act, activity, approved, published, record};
use crate::support::shops::{captured, cart, claimed, donate, hold};
use crate::support::town::Town;
use crate::support::town::with;
use crate::support::web::{BANK, Web};
use jianxian::auth::permissions::{Actor, Grant, Role};
use jianxian::auth::secrets::{FILE, Secrets};
use jianxian::clock::Clock;
use jianxian::domain::id::Id;
use jianxian::services::Call;
use jianxian::services::people::import::check::ImportAsk;
use jianxian::store::banks::Bank;
use jianxian::store::{Options, Store};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Kinds of entry that such a bank has; `correction` was never written by any version.
const KINDS: [&str; 20] = [
    "account_opened",
    "award",
    "capture",
    "goods_in",
    "hold",
    "hold_expired",
    "lot_expired",
    "merge",
    "opening",
    "payment",
    "redemption",
    "refund",
    "reversal",
    "settlement",
    "star",
    "status",
    "stocktake",
    "transfer",
    "void",
    "zeroing",
];

#[test]
fn a_bank_of_every_kind_of_entry_and_document() {
    let database = TestDatabase::sqlite();
    let store =
        Store::open(database.url(), &Options::default(), Clock::manual(crate::support::desk::START)).unwrap();
    let zone = "Asia/Shanghai".to_owned();
    store.create_bank(&Bank { id: BANK, slug: "t".into(), name: "试".into(), zone, sample: true }).unwrap();
    let secrets = Secrets::open_or_create(database.folder()).unwrap();
    town_with_a_past(Web::serve(database, store, secrets, Town::config(), |state| state));
}

fn town_with_a_past(web: Web) {
    let town = Town::found_in(web);
    open_more(&town);
    raw_ledger(&town);
    service(&town);
    awards(&town);
    redeeming_in_march(&town);
    opening_balances(&town);
    twins(&town);
    settling(&town);
    star(&town);
    unfinished(&town);
    let kinds = kinds(&town);
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), KINDS);
    let noted = noted_balances(&town);
    let (number, hash) = town.head();
    let (names, asked) = (town.ids(), town.asked.take());
    let head = json!({ "number": number, "hash": hex::encode(hash) });
    let database = town.verify_and_stop();
    if let Some(folder) = std::env::var_os("JIANXIAN_GOLDEN") {
        let folder = Path::new(&folder);
        std::fs::create_dir_all(folder).unwrap();
        std::fs::copy(database.file(), folder.join("jianxian.db")).unwrap();
        std::fs::copy(database.folder().join(FILE), folder.join(FILE)).unwrap();
        let documents =
            [("head", head), ("names", json!(names)), ("balances", noted), ("answers", json!(asked))];
        for (name, document) in documents {
            std::fs::write(folder.join(format!("{name}.json")), format!("{document:#}\n")).unwrap();
        }
    }
}

fn open_more(town: &Town) {
    town.open_user("sun", json!({ "member": town.id("sun") }), "volunteer", "sibling");
    let post = activity(town, "community", "2026-03-01T00:00", "2026-07-01T00:00");
    published(town, "post", with(post, json!({ "standing": true, "title": "邻里守望岗" })));
    let planned = activity(town, "community", "2026-06-20T09:00", "2026-06-20T11:00");
    town.make("planned", "staff", "/v1/activities", planned.clone());
    let cancelled = published(town, "cancelled", planned);
    let path = format!("/v1/activities/{cancelled}/cancel");
    town.as_role("staff").post(&path, json!({ "reason": "示例：下雨" })).ok(204);
    let brief = include_str!("../../../../schemes/jianxian.toml")
        .replacen("code = \"jianxian\"", "code = \"brief\"", 1)
        .replacen("{ end_of_year_after = 1 }", "{ days = 10 }", 1);
    let version = town.make("brief/version", "administrator", "/v1/schemes", json!({ "body": brief }));
    let path = format!("/v1/schemes/versions/{version}/approve");
    town.as_role("reviewer_district").post(&path, json!({})).ok(204);
    let schemes = town.as_role("staff").get("/v1/schemes").ok(200);
    let rows = schemes["items"].as_array().unwrap().clone();
    town.keep("brief", &rows.iter().find(|row| row["code"] == "brief").unwrap()["id"]);
}

/// Entries, holds and reversals on the paths of the raw ledger.
fn raw_ledger(town: &Town) {
    let operator = town.as_role("ledger_operator");
    let open = |kind: &str, name: &str, purpose: &str| {
        let owner = Id::SYSTEM.derive(name).to_string();
        let body = json!({ "owner_kind": kind, "owner": owner, "asset": "POINT", "purpose": purpose });
        town.keep(name, &operator.post("/v1/ledger/accounts", body).ok(201)["account"])
    };
    let (p, v, m) =
        (open("bank", "p", "issuing"), open("person", "v", "main"), open("merchant", "m", "main"));
    let pay = |from: &str, to: &str, amount: &str, status: u16| {
        let body = json!({ "debit_account": from, "credit_account": to, "amount": amount });
        operator.post("/v1/ledger/entries", body).ok(status)
    };
    pay(&p, &v, "100", 201);
    pay(&v, &m, "1000", 422);
    let hold = |amount: &str, seconds: Option<i64>| {
        let body = json!({ "debit_account": v, "credit_account": m, "amount": amount });
        let timed = seconds.map_or(json!({}), |seconds| json!({ "expires_in_seconds": seconds }));
        let made = operator.post("/v1/ledger/holds", with(body, timed)).ok(201);
        made["hold"]["id"].as_str().unwrap().to_owned()
    };
    let path = |hold: &str, step: &str| format!("/v1/ledger/holds/{hold}/{step}");
    operator.post(&path(&hold("15", None), "capture"), json!({ "amount": "13" })).ok(200);
    operator.post(&path(&hold("5", None), "void"), json!({})).ok(200);
    hold("7", Some(60));
    hold("3", None);
    let made = pay(&v, &m, "4", 201)["entry"].as_i64().unwrap();
    let path = format!("/v1/ledger/entries/{made}/reverse");
    operator.post(&path, json!({ "amount": "1" })).ok(201);
}

/// Records of the first week: final, reversed and corrected, rejected, withdrawn, returned; one from a sign-in.
fn service(town: &Town) {
    town.at("2026-03-02T12:00");
    let entered = |name: &str, member: &str, from: &str, to: &str| {
        let body = record(town, "post", member, &format!("2026-03-02T{from}"), &format!("2026-03-02T{to}"));
        town.make(name, "staff", "/v1/service-records", body);
    };
    for (name, member) in [("final", "lin"), ("reversed", "zhao"), ("wang's", "wang")] {
        approved(town, name, record(town, "post", member, "2026-03-02T08:00", "2026-03-02T10:00"));
    }
    let reason = json!({ "reason": "时长与签到表不符" });
    entered("rejected", "zhao", "10:00", "10:30");
    act(town, "reviewer", "rejected", "reject", reason.clone()).ok(200);
    entered("returned", "zhao", "10:30", "11:00");
    act(town, "reviewer", "returned", "return", reason.clone()).ok(200);
    entered("withdrawn", "zhao", "11:00", "11:30");
    act(town, "staff", "withdrawn", "withdraw", json!({})).ok(200);
    town.at("2026-03-07T00:00");
    assert_eq!(town.finalise(), 3);
    act(town, "reviewer_two", "reversed", "reverse", reason).ok(201);
    let right = record(town, "post", "zhao", "2026-03-02T08:00", "2026-03-02T09:00");
    let right = with(right, json!({ "replaces": town.id("reversed") }));
    approved(town, "corrected", right);
    town.at("2026-03-12T00:00");
    assert_eq!(town.finalise(), 1);
}

fn awards(town: &Town) {
    let staff = town.as_role("staff");
    let item = |member: &str, item: &str, more: Value| {
        let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": item });
        staff.post("/v1/awards", with(body, more))
    };
    donate(town, "lin", 100);
    let made = item("zhao", "honour-community", json!({})).ok(201);
    town.keep("award", &json!(made["entry"].to_string()));
    let made = item("zhao", "goods-donation", json!({ "quantity": "100" })).ok(201)["entry"].clone();
    staff.post(&format!("/v1/awards/{made}/reverse"), json!({ "points": "4", "reason": "示例" })).ok(201);
    item("lin", "no-show", json!({})).ok(201);
    let decided = |points: &str| json!({ "decided_points": points, "reason": "示例纪要第 3 号" });
    let propose = |name: &str, member: &str, code: &str, more: Value| {
        let waiting = item(member, code, more).ok(202);
        town.keep(name, &waiting["proposal"]);
    };
    let decide = |name: &str, step: &str, body: Value, status: u16| {
        let path = format!("/v1/awards/proposals/{}/{step}", town.id(name));
        town.as_role("reviewer").post(&path, body).ok(status);
    };
    propose("approved", "wang", "bravery", decided("120"));
    decide("approved", "approve", json!({}), 201);
    propose("refused", "wang", "bravery", decided("130"));
    decide("refused", "reject", json!({ "reason": "示例：证据不足" }), 204);
    propose("zeroed", "wang", "false-record", json!({ "note": "示例：核查结论" }));
    decide("zeroed", "approve", json!({}), 201);
    // Points that expire after ten days, released by the next entry.
    let body = json!({ "member": town.id("wang"), "scheme": town.id("brief"), "item": "goods-donation",
        "quantity": "50" });
    staff.post("/v1/awards", body.clone()).ok(201);
    let rows = json!({ "items": [body, { "member": town.id("household"), "scheme": town.id("scheme"),
        "item": "goods-donation", "quantity": "50" }] });
    staff.post("/v1/awards/batch", rows).ok(200);
    town.at("2026-03-27T12:00");
    donate(town, "wang", 2);
}

fn redeeming_in_march(town: &Town) {
    let back = json!({ "lines": cart(town, &[("rice", 1)]) });
    let id = captured(town, &[("rice", 3), ("haircut", 1)]);
    town.as_role("merchant_owner").post(&format!("/v1/redemptions/{id}/refund"), back).ok(201);
    let id = hold(town, &[("rice", 1)]);
    town.as_role("merchant_clerk").post(&format!("/v1/redemptions/{id}/cancel"), json!({})).ok(200);
    // It is not collected and expires.
    hold(town, &[("haircut", 1)]);
    let count = json!({ "pieces": -1, "stocktake": true, "reason": "示例盘点" });
    town.as_role("merchant_owner").post(&format!("/v1/offers/{}/stock", town.id("rice")), count).ok(201);
    for step in ["freeze", "unfreeze", "freeze"] {
        at_member(town, "staff", "zhao", step, because()).ok(204);
    }
    at_member(town, "staff", "zhao", "unfreeze", because()).ok(204);
}

fn opening_balances(town: &Town) {
    let sheet = "姓名,社区,积分,终身积分,服务时长（小时）,截至日期\n\
        期示例,community,12.5,20,30,2026-02-28\n";
    let grant = |role: Role| Grant { role, org: Id::SYSTEM, org_path: "/".into() };
    let grants = [Role::Staff, Role::LedgerOperator, Role::Administrator].map(grant).to_vec();
    let actor = Actor {
        bank: BANK,
        user: Id::SYSTEM,
        session: Id::SYSTEM,
        member: None,
        merchant: None,
        card_edition: None,
        grants,
    };
    let ask = ImportAsk {
        bytes: sheet.as_bytes().to_vec(),
        org: None,
        opening_day: None,
        scheme: None,
        confirmed_new: false,
    };
    let done =
        town.runtime.block_on(town.web.services.import_members(&Call::of(actor), ask, |_| {})).unwrap();
    assert_eq!(done.counts.openings_posted, 1);
    let found = town.as_role("staff").get("/v1/members?limit=200").ok(200);
    let row = found["items"].as_array().unwrap().iter().find(|row| row["name"] == "期示例").cloned();
    town.keep("opened", &row.unwrap()["id"]);
}

/// A duplicate of 林 with points and hours, merged.
fn twins(town: &Town) {
    let twin = json!({ "name": "林示例", "org": town.id("community"), "confirmed_new": true });
    town.make("twin", "staff", "/v1/members", twin);
    award(town, "staff", "twin").ok(201);
    approved(town, "twin's", record(town, "post", "twin", "2026-03-27T08:00", "2026-03-27T10:00"));
    town.at("2026-04-03T12:00");
    assert_eq!(town.finalise(), 1);
    let body = json!({ "into": town.id("lin"), "reason": "重复开户" });
    at_member(town, "staff", "twin", "merge", body).ok(201);
}

/// March is paid, April waits for the shop.
fn settling(town: &Town) {
    let issue = |name: &str, month: &str| {
        let body = json!({ "merchant": town.id("shop"), "month": month });
        let statement = town.as_role("staff").post("/v1/settlements", body).ok(201)["statement"].clone();
        town.keep(name, &statement["id"])
    };
    let step = |name: &str, who: &str, step: &str, body: Value| {
        let path = format!("/v1/settlements/{}/{step}", town.id(name));
        town.as_role(who).post(&path, body).ok(200);
    };
    issue("march", "2026-03");
    step("march", "merchant_owner", "dispute", json!({ "lines": [0] }));
    step("march", "merchant_owner", "confirm", json!({}));
    step("march", "reviewer", "approve", json!({}));
    let paid = json!({ "invoice_number": "示例发票 7", "payment_proof": "示例流水 7" });
    step("march", "administrator", "pay", paid);
    let id = captured(town, &[("rice", 2)]);
    town.keep("captured", &json!(id));
    town.at("2026-05-01T09:00");
    issue("april", "2026-04");
}

fn star(town: &Town) {
    let operator = town.as_role("ledger_operator");
    let open = |kind: &str, owner: &str, purpose: &str| {
        let body = json!({ "owner_kind": kind, "owner": owner, "asset": "MINUTE", "purpose": purpose });
        operator.post("/v1/ledger/accounts", body).json()["account"].clone()
    };
    let from = open("bank", "0197f000-0000-7000-8000-000000000001", "issuing");
    let to = open("person", &town.id("keeper"), "main");
    let minutes = json!({ "debit_account": from, "credit_account": to, "amount": "6000" });
    operator.post("/v1/ledger/entries", minutes).ok(201);
    let body = json!({ "scheme": town.id("scheme"), "star": 1 });
    town.as_role("street").post(&format!("/v1/members/{}/stars", town.id("keeper")), body).ok(201);
}

/// Unfinished things when the bank is left.
fn unfinished(town: &Town) {
    town.at("2026-06-02T12:00");
    approved(town, "objected", record(town, "post", "wang", "2026-06-02T08:00", "2026-06-02T10:00"));
    let objection = json!({ "reason": "当天没有见到人" });
    act(town, "sun", "objected", "objections", objection).ok(201);
    approved(town, "in notice", record(town, "post", "lin", "2026-06-02T08:00", "2026-06-02T10:00"));
    let submitted = record(town, "post", "zhao", "2026-06-02T08:00", "2026-06-02T10:00");
    town.make("submitted", "staff", "/v1/service-records", submitted);
    town.web.clock.set(crate::support::town::moment(LEFT));
    let bravery = json!({ "member": town.id("zhao"), "scheme": town.id("scheme"), "item": "bravery",
        "decided_points": "120", "reason": "示例纪要第 5 号" });
    let waiting = town.as_role("staff").post("/v1/awards", bravery).ok(202)["proposal"].clone();
    town.keep("waiting", &waiting);
    for name in ["held", "held too"] {
        let id = hold(town, &[("rice", 1)]);
        town.keep(name, &json!(id));
    }
    claimed(town, "volunteer");
}

/// The kinds of all entries.
fn kinds(town: &Town) -> BTreeSet<String> {
    let (mut found, mut path) = (BTreeSet::new(), Some("/v1/ledger/entries?limit=200".to_owned()));
    while let Some(next) = path {
        let page = town.as_role("auditor").get(&next).ok(200);
        let kinds = page["items"].as_array().unwrap().iter();
        found.extend(kinds.map(|row| row["kind"].as_str().unwrap().to_owned()));
        path = page["next"].as_str().map(|cursor| format!("/v1/ledger/entries?limit=200&cursor={cursor}"));
    }
    found
}

/// Asset and balance of each account of a member, as a path shows them.
pub fn balances(town: &Town, path: &str) -> Value {
    let rows = town.as_role("auditor").get(path).ok(200);
    let rows = rows["items"].as_array().unwrap().iter();
    rows.map(|row| json!([row["asset"], row["balance"], row["available"]])).collect()
}

/// The balances of all members now and on some days, by path.
fn noted_balances(town: &Town) -> Value {
    let mut noted = serde_json::Map::new();
    for member in ["lin", "wang", "zhao", "keeper", "household", "sun", "opened"] {
        for query in
            ["", "?as_of=2026-03-03T00:00:00Z", "?as_of=2026-03-27T16:00:00Z", "?as_of=2026-04-30T16:00:00Z"]
        {
            let path = format!("/v1/members/{}/accounts{query}", town.id(member));
            noted.insert(path.clone(), balances(town, &path));
        }
    }
    Value::Object(noted)
}

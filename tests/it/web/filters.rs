//! Lists never ignore a filter: every filter by an id, of every list of the document, for every role.

use crate::support::asking::Furnished;
use crate::support::document::{Operation, operations};
use crate::support::town::Town;
use crate::support::web::{Answer, Ask};
use jianxian::api::web::document;
use jianxian::auth::permissions::{Role, rights};
use serde_json::{Value, json};

/// The user for each role; those of the community reach nothing next door.
const CALLERS: &[(Role, &str, bool)] = &[
    (Role::Volunteer, "volunteer", true),
    (Role::MerchantClerk, "merchant_clerk", true),
    (Role::MerchantOwner, "merchant_owner", true),
    (Role::TeamLeader, "team_leader", true),
    (Role::Staff, "staff", true),
    (Role::Branch, "branch", true),
    (Role::Reviewer, "reviewer", true),
    (Role::Administrator, "here", true),
    (Role::Administrator, "administrator", false),
    (Role::Auditor, "auditor", false),
    (Role::LedgerOperator, "ledger_operator", false),
];

/// The same things again, next door.
fn furnish_next_door(there: &Furnished) {
    let town = &there.town;
    town.open_user("here", json!({}), "administrator", "community");
    town.open_user("reviewer_sibling", json!({}), "reviewer", "sibling");
    let shop =
        json!({ "name": "邻近超市", "org": town.id("sibling"), "model": "community_fund", "rate_fen": "50" });
    town.make("shop/there", "administrator", "/v1/merchants", shop);
    town.open_user("owner_there", json!({ "merchant": town.id("shop/there") }), "merchant_owner", "sibling");
    let offer = json!({ "name": "示例大米", "unit_points": "5", "stocked": false });
    let offers = format!("/v1/merchants/{}/offers", town.id("shop/there"));
    let offer = town.make("rice/there", "owner_there", &offers, offer);
    let home = json!({ "name": "邻户", "org": town.id("sibling") });
    town.make("household/there", "staff_sibling", "/v1/households", home);
    let activity = json!({ "org": town.id("sibling"), "title": "清扫楼道", "content": "带手套", "place": "2 号楼",
        "scheme": town.id("scheme"), "starts_at": "2026-04-02T10:00:00+08:00", "ends_at": "2026-04-02T11:00:00+08:00" });
    let activity = town.make("activity/there", "staff_sibling", "/v1/activities", activity);
    town.as_role("staff_sibling").post(&format!("/v1/activities/{activity}/publish"), json!({})).ok(204);
    town.at("2026-04-02T12:00");
    let record = json!({ "member": town.id("sun"), "activity": activity, "evidence": "paper",
        "started_at": "2026-04-02T10:00:00+08:00", "ended_at": "2026-04-02T11:00:00+08:00" });
    town.make("record/there", "staff_sibling", "/v1/service-records", record);
    let honour = json!({ "member": town.id("sun"), "scheme": town.id("scheme"), "item": "honour-street" });
    town.as_role("staff_sibling").post("/v1/awards", honour).ok(201);
    let redeem = json!({ "merchant": town.id("shop/there"), "on_behalf_of": town.id("sun"),
        "lines": [{ "offer": offer, "quantity": 1 }] });
    let held = town.as_role("staff_sibling").post("/v1/redemptions", redeem).ok(201);
    let capture = format!("/v1/redemptions/{}/capture", held["redemption"]["id"].as_str().unwrap());
    town.as_role("staff_sibling").post(&capture, json!({})).ok(200);
    town.at("2026-05-04T09:00");
    let issue = json!({ "merchant": town.id("shop/there"), "month": "2026-04" });
    town.as_role("staff_sibling").post("/v1/settlements", issue).ok(201);
}

/// Values of a filter of this name: here, next door, and nowhere.
fn values(there: &Furnished, name: &str) -> Option<[String; 3]> {
    let id = |name: &str| there.town.id(name);
    let nowhere = "0197f000-0000-7000-8000-0000000000ff".to_owned();
    let [here, next_door] = match name {
        "member" | "subject" | "owner" => [id("lin"), id("sun")],
        "merchant" => [id("shop"), id("shop/there")],
        "activity" => [id("activity"), id("activity/there")],
        "household" => [id("household"), id("household/there")],
        "org" => [id("community"), id("sibling")],
        "actor" | "user" => [id("user/staff"), id("user/staff_sibling")],
        "account" => [there.purse().to_owned(), there.issuing().to_owned()],
        _ => return None,
    };
    Some([here, next_door, nowhere])
}

/// Filters by an id: of the query, not of the page.
fn id_filters(operation: &Operation) -> Vec<String> {
    let all = operation.members["parameters"].as_array().cloned().unwrap_or_default();
    let by_id = all.into_iter().filter(|parameter| {
        let schema = parameter["schema"].to_string();
        // The thing whose attachments are listed is no filter; `attachments.rs` tests who sees them.
        let is_filter = parameter["in"] == "query" && parameter["name"] != "thing_id";
        is_filter && (schema.contains("uuid") || schema.contains("schemas/Id\""))
    });
    by_id.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
}

fn rows(answer: &Answer) -> Vec<Value> {
    match answer.status {
        200 => answer.json()["items"].as_array().cloned().unwrap_or_default(),
        _ => Vec::new(),
    }
}

#[test]
fn a_filter_out_of_reach_gives_nothing_and_one_within_reach_its_own_rows_only() {
    let there = Furnished::new();
    furnish_next_door(&there);
    let (mut faults, mut tried, mut found) = (Vec::new(), 0, 0);
    for operation in operations().iter().filter(|operation| operation.method == "GET") {
        let needed = document::rights(&operation.members);
        for name in id_filters(operation) {
            let Some([here, next_door, nowhere]) = values(&there, &name) else {
                faults.push(format!("{}: teach this test the filter {name}", operation.id));
                continue;
            };
            for (_, login, local) in
                CALLERS.iter().filter(|(role, ..)| needed.iter().any(|right| rights(*role).contains(right)))
            {
                let ask = |value: &str| {
                    let path = format!("{}?{name}={value}", there.path(operation));
                    there.send_as(login, &Ask::get(path).role(None))
                };
                for value in [&nowhere].into_iter().chain(local.then_some(&next_door)) {
                    let answer = ask(value);
                    let fits = matches!(answer.status, 200 | 403 | 404) && rows(&answer).is_empty();
                    if !fits {
                        faults.push(format!("{} as {login}, {name}={value}: {}", operation.id, answer.text));
                    }
                    tried += 1;
                }
                for row in rows(&ask(&here)) {
                    found += 1;
                    if row.get(&name).is_some_and(|value| *value != json!(here)) {
                        faults.push(format!("{} as {login}, {name}: {row}", operation.id));
                    }
                }
            }
        }
    }
    assert_eq!(faults.join("\n"), "");
    assert!(tried > 20 && found > 10, "{tried} filters out of reach, {found} rows within");
    there.town.verify_and_stop();
}

fn open_closed_shop(town: &Town) -> String {
    let shut = json!({ "name": "已关示例店", "org": town.id("community"), "model": "donated_goods" });
    let shut = town.make("shop/shut", "administrator", "/v1/merchants", shut);
    town.as_role("administrator")
        .post(&format!("/v1/merchants/{shut}/state"), json!({ "state": "closed" }))
        .ok(204);
    shut
}

#[test]
fn everybody_who_is_signed_in_sees_the_shops_and_only_who_settles_sees_the_rate() {
    let there = Furnished::new();
    furnish_next_door(&there);
    let town = &there.town;
    open_closed_shop(town);
    let shops = |who: &str| rows(&town.as_role(who).get("/v1/merchants"));
    let named = |rows: &[Value], shop: &str| rows.iter().find(|row| row["id"] == town.id(shop)).cloned();
    for who in ["volunteer", "proxy", "merchant_clerk", "merchant_owner", "team_leader", "branch"] {
        let seen = shops(who);
        assert!(named(&seen, "shop").is_some() && named(&seen, "shop/there").is_some(), "{who}: {seen:?}");
        assert!(named(&seen, "shop/shut").is_none(), "{who}: {seen:?}");
        for row in &seen {
            let own = who == "merchant_owner" && row["id"] == town.id("shop");
            assert_eq!(
                (row.get("rate_fen").is_some(), row.get("model").is_some()),
                (own, own),
                "{who}: {row}"
            );
        }
    }
    let staff = shops("staff");
    assert_eq!(named(&staff, "shop").unwrap()["rate_fen"], "50");
    assert!(named(&staff, "shop/shut").is_some(), "closed ones for those who look after them");
    assert!(named(&staff, "shop/there").unwrap().get("rate_fen").is_none(), "next door's is next door's");
    there.town.verify_and_stop();
}

#[test]
fn what_a_shop_offers_is_for_every_reader_and_what_it_has_taken_off_is_not() {
    let there = Furnished::new();
    furnish_next_door(&there);
    let town = &there.town;
    let shut = open_closed_shop(town);
    let off = |state: &str| json!({ "state": state });
    town.as_role("owner_there")
        .patch(&format!("/v1/offers/{}", town.id("rice/there")), 1, off("off"))
        .ok(204);
    let offers = |who: &str, shop: &str| {
        rows(&town.as_role(who).get(&format!("/v1/merchants/{}/offers", town.id(shop)))).len()
    };
    assert_eq!(
        [offers("volunteer", "shop"), offers("proxy", "shop"), offers("merchant_clerk", "shop")],
        [2, 2, 2]
    );
    assert_eq!([offers("volunteer", "shop/there"), offers("owner_there", "shop/there")], [0, 1]);
    assert_eq!(town.as_role("volunteer").get(&format!("/v1/merchants/{shut}/offers")).status, 404);
    assert_eq!(town.web.send(&Ask::get("/v1/merchants").role(None)).status, 401);
    there.town.verify_and_stop();
}

//! Money that a love store takes beside the points: in a book of its own, counted, handed in by one person to another.

use crate::support::browser::Browser;
use crate::support::shops::{donate, open_second_shop};
use crate::support::town::Town;
use crate::support::web::Answer;
use serde_json::{Value, json};

/// A town whose second shop hands out donated goods, among them oil for 10 points and 3.50 yuan.
fn town() -> Town {
    let town = Town::new();
    donate(&town, "lin", 100);
    open_second_shop(&town);
    let oil = json!({ "name": "示例食用油", "unit_points": "10", "unit_cash": "3.50", "stocked": true });
    let oil =
        town.make("oil", "other_owner", &format!("/v1/merchants/{}/offers", town.id("other_shop")), oil);
    let stock = json!({ "pieces": 20 });
    town.as_role("other_owner").post(&format!("/v1/offers/{oil}/stock"), stock).ok(201);
    town
}

fn hold(town: &Town, pieces: i64) -> String {
    let ask = json!({ "merchant": town.id("other_shop"), "on_behalf_of": town.id("lin"),
        "lines": [{ "offer": town.id("oil"), "quantity": pieces }, { "offer": town.id("shave"), "quantity": 1 }] });
    let held = town.as_role("staff").post("/v1/redemptions", ask).ok(201);
    format!("/v1/redemptions/{}", held["redemption"]["id"].as_str().unwrap())
}

fn oil(town: &Town, pieces: i64) -> Value {
    json!({ "lines": [{ "offer": town.id("oil"), "quantity": pieces }] })
}

fn till(town: &Town, of: &str, who: &str) -> Answer {
    town.as_role(who).get(&format!("/v1/merchants/{}/till?from=2026-03-01&until=2026-03-31", town.id(of)))
}

fn balance(town: &Town) -> String {
    till(town, "other_shop", "other_owner").ok(200)["balance"].as_str().unwrap().to_owned()
}

fn sheet(town: &Town, kind: &str, amount: &str) -> Answer {
    let path = format!("/v1/merchants/{}/goods-sheets", town.id("other_shop"));
    town.as_role("other_owner").post(&path, json!({ "kind": kind, "amount": amount, "reason": "示例原因" }))
}

fn step(town: &Town, waits: &Value, who: &str, step: &str, body: Value) -> Answer {
    let path = format!("/v1/goods-sheets/{}/{step}", waits["goods_sheet"].as_str().unwrap());
    town.as_role(who).post(&path, body)
}

#[test]
fn money_comes_with_the_goods_and_goes_back_with_them() {
    let town = town();
    let first = hold(&town, 3);
    assert_eq!(balance(&town), "0.00", "what is on hold is not paid");
    // One of three stays on the shelf; its money is not taken.
    town.as_role("staff").post(&format!("{first}/capture"), oil(&town, 2)).ok(200);
    assert_eq!(balance(&town), "7.00");
    let lost = json!({ "lines": oil(&town, 1)["lines"], "goods_back": false });
    town.as_role("staff").post(&format!("{first}/refund"), lost).ok(201);
    assert_eq!(balance(&town), "3.50");
    town.as_role("staff").post(&format!("{first}/refund"), json!({})).ok(201);
    assert_eq!(balance(&town), "0.00");
    let second = hold(&town, 1);
    town.as_role("staff").post(&format!("{second}/cancel"), json!({})).ok(200);
    assert_eq!((balance(&town), town.balance("lin", "POINT")), ("0.00".into(), "100.00".into()));
    // What other shops take is their own.
    assert_eq!(till(&town, "shop", "merchant_owner").status, 404);
    town.verify_and_stop();
}

#[test]
fn money_is_handed_in_by_one_and_taken_by_another() {
    let town = town();
    let taken = hold(&town, 2);
    town.as_role("staff").post(&format!("{taken}/capture"), json!({})).ok(200);
    // Without a supervisor one person counts, and says what is there.
    assert_eq!(sheet(&town, "till_count", "6.50").ok(201)["kind"], "till_count");
    let short = sheet(&town, "hand_in", "7.00");
    assert_eq!((short.status, short.json()["left"].clone()), (422, json!("6.50")), "{short:?}");
    let (waits, twice) = (sheet(&town, "hand_in", "6").ok(202), sheet(&town, "hand_in", "6").ok(202));
    assert_eq!(balance(&town), "6.50");
    assert_eq!(step(&town, &waits, "other_owner", "approve", json!({})).code(), "same_person");
    assert_eq!(step(&town, &waits, "other_clerk", "approve", json!({})).status, 403);
    step(&town, &waits, "reviewer", "approve", json!({})).ok(201);
    assert_eq!(step(&town, &twice, "reviewer", "approve", json!({})).code(), "till_short");
    let seen = till(&town, "other_shop", "staff").ok(200);
    let whole = json!({ "balance": "0.50", "balance_before": "0.00", "paid": "7.00", "difference": "-0.50",
        "handed_in": "6.00", "balance_after": "0.50" });
    assert_eq!(seen, whole);
    // What comes back later is given back, whatever is in the till.
    town.as_role("staff").post(&format!("{taken}/refund"), oil(&town, 1)).ok(201);
    assert_eq!(balance(&town), "-3.00");
    sheet(&town, "till_count", "0").ok(201);
    assert_eq!(
        (balance(&town), sheet(&town, "hand_in", "0.01").code()),
        ("0.00".into(), "till_short".into())
    );
    town.verify_and_stop();
}

#[test]
fn a_difference_is_looked_at_by_a_second_person_and_counted_once() {
    let town = town();
    let path = format!("/v1/merchants/{}", town.id("other_shop"));
    assert_eq!(town.as_role("administrator").patch(&path, 1, json!({ "two_above": "100" })).status, 204);
    let taken = hold(&town, 2);
    town.as_role("staff").post(&format!("{taken}/capture"), json!({})).ok(200);
    assert_eq!(sheet(&town, "till_count", "7").ok(201)["postings"], json!([]));
    let waits = sheet(&town, "till_count", "6").ok(202);
    assert_eq!(sheet(&town, "till_count", "6").code(), "till_count_waits");
    assert_eq!(step(&town, &waits, "reviewer", "reject", json!({ "reason": "再数一次" })).status, 204);
    let waits = sheet(&town, "till_count", "8").ok(202);
    // What comes in meanwhile does not belong to the difference.
    let more = hold(&town, 1);
    town.as_role("staff").post(&format!("{more}/capture"), json!({})).ok(200);
    step(&town, &waits, "reviewer", "approve", json!({})).ok(201);
    assert_eq!(balance(&town), "11.50");
    let listed = town.as_role("reviewer").get("/v1/goods-sheets?kind=till_count&state=booked").ok(200);
    let found = listed["items"].as_array().unwrap().iter().find(|one| one["worth"] == "8.00").unwrap();
    assert_eq!(found["difference"], "1.00");
    town.verify_and_stop();
}

#[test]
fn a_sheet_is_about_goods_or_about_money() {
    let town = town();
    let path = format!("/v1/merchants/{}/goods-sheets", town.id("other_shop"));
    let lines = json!([{ "offer": town.id("oil"), "pieces": 1 }]);
    for (body, field) in [
        (json!({ "kind": "till_count" }), "amount"),
        (json!({ "kind": "hand_in", "amount": "0" }), "amount"),
        (json!({ "kind": "till_count", "amount": "-1" }), "amount"),
        (json!({ "kind": "till_count", "amount": "1", "lines": lines }), "lines"),
        (json!({ "kind": "goods_in", "amount": "1", "lines": lines }), "amount"),
        (json!({ "kind": "goods_in" }), "lines"),
    ] {
        let answer = town.as_role("other_owner").post(&path, body.clone());
        assert!(matches!(answer.status, 400 | 422), "{body} {answer:?}");
        assert_eq!(answer.json()["field"], json!(field), "{body} {answer:?}");
    }
    let elsewhere = format!("/v1/merchants/{}/goods-sheets", town.id("shop"));
    let body = json!({ "kind": "till_count", "amount": "1" });
    assert_eq!(town.as_role("merchant_owner").post(&elsewhere, body).status, 404);
}

#[test]
fn a_keeper_counts_and_hands_in_on_the_page() {
    let town = town();
    let taken = hold(&town, 2);
    town.as_role("staff").post(&format!("{taken}/capture"), json!({})).ok(200);
    let keeper = Browser::signed_in(&town, "other_owner");
    keeper.get("/shop/goods").is(200).says("钱箱里应有的数").says("7.00");
    let path = "/shop/goods/sheets/new";
    let count = keeper.get("/shop/goods/sheets/new?kind=till_count").is(200);
    let few = [("kind", "till_count"), ("day", "2026-03-02"), ("amount", "6.50")];
    keeper.post(&count, path, &few).is(422).says("比账上少 0.5 元").says("6.50");
    let page = keeper.get("/shop/goods/sheets/new?kind=hand_in").is(200);
    let send = |amount: &str| {
        keeper.post(&page, path, &[("kind", "hand_in"), ("day", "2026-03-02"), ("amount", amount)])
    };
    send("七元").is(422).says("七元");
    send("9").is(422).says("账上是 7 元");
    send("7").is(200).says("交给监督员核对").says("上缴现金");
    let desk = Browser::signed_in(&town, "reviewer");
    desk.get("/staff/goods").is(200).says("上缴现金").says("7.00");
    keeper.get("/shop/goods/board?month=2026-03").is(200).says("收现金").says("7.00");
    town.verify_and_stop();
}

//! A rate from a day on: what was redeemed before keeps its worth, and its refund too.

use crate::support::browser::Browser;
use crate::support::shops::{captured, donate, open_second_shop};
use crate::support::town::Town;
use crate::support::web::Answer;
use serde_json::{Value, json};

fn change(town: &Town, who: &str, shop: &str, version: i64, body: Value) -> Answer {
    town.as_role(who).patch(&format!("/v1/merchants/{}", town.id(shop)), version, body)
}

fn shown(town: &Town, who: &str, shop: &str) -> Value {
    let page = town.as_role(who).get("/v1/merchants").ok(200);
    let items = page["items"].as_array().unwrap();
    items.iter().find(|row| row["id"] == json!(town.id(shop))).unwrap().clone()
}

/// The money needed for all points, in yuan.
fn liability(town: &Town) -> String {
    let stats = town.as_role("administrator").get("/v1/stats").ok(200);
    stats["cover"]["liability"].as_str().unwrap().to_owned()
}

fn part_refund(town: &Town, id: &str, rice: i64) {
    let body = json!({ "lines": [{ "offer": town.id("rice"), "quantity": rice }] });
    town.as_role("merchant_owner").post(&format!("/v1/redemptions/{id}/refund"), body).ok(201);
}

#[test]
fn what_is_redeemed_before_its_day_keeps_its_worth_and_so_does_its_refund() {
    let town = Town::new();
    donate(&town, "lin", 100);
    let first = captured(&town, &[("rice", 4), ("haircut", 1)]);
    let from_april = json!({ "rate_fen": "60", "rate_from": "2026-04-01" });
    assert_eq!(change(&town, "administrator", "shop", 1, from_april).status, 204);
    let seen = shown(&town, "administrator", "shop");
    let next = (&seen["rate_fen"], &seen["next_rate_fen"], &seen["next_rate_from"]);
    assert_eq!(next, (&json!("50"), &json!("60"), &json!("2026-04-01")));
    town.at("2026-04-02T10:00");
    let seen = shown(&town, "merchant_owner", "shop");
    assert_eq!((&seen["rate_fen"], seen.get("next_rate_fen")), (&json!("60"), None));
    captured(&town, &[("rice", 4)]);
    part_refund(&town, &first, 2);
    // 30 points at 50 fen, 20 at 60, 10 back at 50; the 60 points that people have, at the rate of today.
    assert_eq!(liability(&town), "58.00");
    town.at("2026-05-01T00:00");
    let ask = json!({ "merchant": town.id("shop"), "month": "2026-04" });
    let statement = town.as_role("staff").post("/v1/settlements", ask).ok(201)["statement"].clone();
    assert_eq!((&statement["rate_fen"], &statement["payable"]), (&json!("60"), &json!("22.00")));
    let lines = statement["lines"].as_array().unwrap();
    let lines: Vec<_> = lines.iter().map(|line| (&line["payable"], line["rate_fen"].as_str())).collect();
    let line = |payable: &str| json!(payable);
    let (before, after, back) = (line("15.00"), line("12.00"), line("-5.00"));
    assert_eq!(lines, [(&before, Some("50")), (&after, None), (&back, Some("50"))]);
    let page = Browser::signed_in(&town, "staff");
    let page = page.get(&format!("/staff/statements/{}", statement["id"].as_str().unwrap())).is(200);
    page.says("60 分钱").says("每分 50 分钱");
    town.verify_and_stop();
}

#[test]
fn a_rate_holds_from_tomorrow_at_the_earliest() {
    let town = Town::new();
    let today = json!({ "rate_fen": "60", "rate_from": "2026-03-02" });
    let refused = change(&town, "administrator", "shop", 1, today);
    let said = (refused.status, refused.code(), refused.json()["earliest"].clone());
    assert_eq!(said, (422, "rate_day_too_early".into(), json!("2026-03-03")));
    assert_eq!(change(&town, "administrator", "shop", 1, json!({ "rate_from": "2026-04-01" })).status, 400);
    assert_eq!(change(&town, "administrator", "shop", 1, json!({ "rate_fen": "60" })).status, 204);
    assert_eq!(shown(&town, "administrator", "shop")["next_rate_from"], "2026-03-03");
    // A later agreement for an earlier day takes the place of those after it.
    let later = json!({ "rate_fen": "70", "rate_from": "2026-06-01" });
    assert_eq!(change(&town, "administrator", "shop", 2, later).status, 204);
    let back = json!({ "rate_fen": "50", "rate_from": "2026-03-03" });
    assert_eq!(change(&town, "administrator", "shop", 3, back).status, 204);
    assert_eq!(shown(&town, "administrator", "shop").get("next_rate_from"), None);
    assert_eq!(change(&town, "administrator", "shop", 3, json!({ "rate_fen": "1" })).code(), "version_stale");
    town.verify_and_stop();
}

#[test]
fn nobody_sets_the_rate_of_their_own_shop_and_given_goods_have_none() {
    let town = Town::new();
    open_second_shop(&town);
    town.open_user("keeper_admin", json!({ "member": town.id("keeper") }), "administrator", "community");
    let rate = json!({ "rate_fen": "90" });
    let refused = |who: &str, shop: &str| change(&town, who, shop, 1, rate.clone()).code();
    assert_eq!(refused("keeper_admin", "shop"), "for_oneself");
    assert_eq!(refused("administrator", "other_shop"), "rate_of_given_goods");
    assert_eq!(refused("staff", "shop"), "role_missing");
    let unpriced = json!({ "name": "示例早餐店", "org": town.id("community"), "model": "community_fund" });
    let refused = town.as_role("administrator").post("/v1/merchants", unpriced);
    assert_eq!((refused.status, refused.code()), (422, "rate_missing".into()));
    assert_eq!(change(&town, "administrator", "shop", 1, rate).status, 204);
    let log = town.as_role("auditor").get("/v1/audit/access-log").ok(200);
    let noted = log["items"].as_array().unwrap().iter().find(|row| row["action"] == "change_rate").unwrap();
    assert_eq!((&noted["subject"], &noted["reason"]), (&json!(town.id("shop")), &json!("2026-03-03 90")));
    town.verify_and_stop();
}

#[test]
fn on_pages_a_rate_is_changed_and_its_day_is_shown() {
    let town = Town::new();
    let desk = Browser::signed_in(&town, "administrator");
    let path = format!("/admin/shops/{}", town.id("shop"));
    let page = desk.get(&path).is(200).says("社区基金，每分 50 分钱");
    let form = |rate: &'static str, from: &'static str| {
        [("act", "change"), ("title", "示例超市"), ("version", "1"), ("rate_fen", rate), ("rate_from", from)]
    };
    desk.post(&page, &path, &form("60", "2026-03-02")).is(422).says("最早从");
    desk.post(&page, &path, &form("", "2026-04-01")).is(422);
    desk.post(&page, &path, &form("60", "2026-04-01")).is(200).says("新单价").says("每分 60 分钱");
    town.verify_and_stop();
}

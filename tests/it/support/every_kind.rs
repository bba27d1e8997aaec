//! A bank with a row of every kind that an entry touches.

use crate::support::database::TestDatabase;
use crate::support::shops::{captured, donate, hold};
use crate::support::town::Town;
use serde_json::json;

/// A new one.
pub fn build() -> TestDatabase {
    let town = Town::new();
    donate(&town, "lin", 150);
    let award = |item: &str| {
        let body = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": item, "note": "示例备注" });
        town.as_role("staff").post("/v1/awards", body).ok(201)["entry"].as_i64().unwrap()
    };
    let (wrong, _) = (award("honour-community"), award("suggestion"));
    let reverse = json!({ "points": "4", "reason": "示例更正" });
    town.as_role("staff").post(&format!("/v1/awards/{wrong}/reverse"), reverse).ok(201);
    let limited = json!({ "name": "示例毛巾", "unit_points": "3", "unit_cash": "1.50", "stocked": true,
        "member_limit": 2, "limit_window": "month" });
    let offers = format!("/v1/merchants/{}/offers", town.id("shop"));
    let towel = town.make("towel", "merchant_owner", &offers, limited);
    town.as_role("merchant_owner").post(&format!("/v1/offers/{towel}/stock"), json!({ "pieces": 9 })).ok(201);
    let given = captured(&town, &[("towel", 2), ("rice", 2)]);
    let back = json!({ "lines": [{ "offer": town.id("rice"), "quantity": 1 }] });
    town.as_role("merchant_clerk").post(&format!("/v1/redemptions/{given}/refund"), back).ok(201);
    let gone = hold(&town, &[("haircut", 1)]);
    town.as_role("merchant_clerk").post(&format!("/v1/redemptions/{gone}/cancel"), json!({})).ok(200);
    serve_and_settle(&town);
    give(&town);
    // Held at the end, so that something is earmarked and pending.
    hold(&town, &[("haircut", 1), ("rice", 1)]);
    town.verify_and_stop()
}

/// A gift that was asked back and returned, and one to the pool.
fn give(town: &Town) {
    let rules = json!({ "family": false, "neighbour": true, "donation": true, "points_a_day": "20",
        "points_a_person": "30" });
    let version = town.as_role("administrator").get("/v1/gift-rules").header("etag").unwrap();
    let version: i64 = version.trim_matches('"').parse().unwrap();
    town.as_role("administrator").put("/v1/gift-rules", version, rules).ok(200);
    town.open_user("neighbour", json!({ "member": town.id("wang") }), "volunteer", "compound");
    let wang = town.as_role("staff").get(&format!("/v1/members/{}", town.id("wang"))).ok(200);
    let gift = json!({ "number": wang["number"], "points": "3" });
    let gift = town.as_role("volunteer").post("/v1/gifts", gift).ok(201);
    let step = |who: &str, step: &str| {
        let path = format!("/v1/gifts/{}/{step}", gift["gift"]["id"].as_str().unwrap());
        town.as_role(who).post(&path, json!({}))
    };
    step("volunteer", "ask-back").ok(200);
    step("neighbour", "return").ok(201);
    town.as_role("volunteer").post("/v1/donations", json!({ "points": "2" })).ok(201);
}

/// A final and a reversed record, a statement up to its payment, a star.
fn serve_and_settle(town: &Town) {
    for (name, from, until) in [("first", "10:00", "12:00"), ("second", "14:00", "15:00")] {
        let [from, until] = [from, until].map(|time| format!("2026-03-02T{time}:00+08:00"));
        let activity = json!({ "org": town.id("community"), "title": "示例活动", "content": "示例",
            "place": "示例广场", "scheme": town.id("scheme"), "starts_at": from, "ends_at": until });
        let id = town.make(name, "staff", "/v1/activities", activity);
        town.as_role("staff").post(&format!("/v1/activities/{id}/publish"), json!({})).ok(204);
    }
    town.at("2026-03-02T18:00");
    for (name, from, until) in [("first", "10:00", "12:00"), ("second", "14:00", "15:00")] {
        let [from, until] = [from, until].map(|time| format!("2026-03-02T{time}:00+08:00"));
        let record = json!({ "member": town.id("lin"), "activity": town.id(name), "evidence": "paper",
            "started_at": from, "ended_at": until });
        let id = town.make(&format!("{name}/record"), "staff", "/v1/service-records", record);
        town.as_role("reviewer").post(&format!("/v1/service-records/{id}/approve"), json!({})).ok(200);
    }
    town.at("2026-03-10T08:00");
    assert_eq!(town.finalise(), 2);
    let reverse = format!("/v1/service-records/{}/reverse", town.id("second/record"));
    town.as_role("reviewer").post(&reverse, json!({ "reason": "示例更正" })).ok(201);
    town.at("2026-04-01T08:00");
    let body = json!({ "merchant": town.id("shop"), "month": "2026-03" });
    let made = town.as_role("staff").post("/v1/settlements", body).ok(201);
    let id = made["statement"]["id"].as_str().unwrap().to_owned();
    let step = |who: &str, step: &str, body| {
        town.as_role(who).post(&format!("/v1/settlements/{id}/{step}"), body).ok(200);
    };
    step("merchant_owner", "dispute", json!({ "lines": [1] }));
    step("merchant_owner", "confirm", json!({}));
    step("reviewer", "approve", json!({}));
    let paid = json!({ "invoice_number": "示例发票 1", "payment_proof": "示例流水 1" });
    step("administrator", "pay", paid);
    let text = "code = \"few-stars\"\nversion = \"1\"\nname = \"示例星级\"\nvalid_from = 2026-01-01\n\
                [[stars.steps]]\nstar = 1\nhours = 1\n";
    let version = town.make("few-stars", "administrator", "/v1/schemes", json!({ "body": text }));
    let approve = format!("/v1/schemes/versions/{version}/approve");
    town.as_role("reviewer_district").post(&approve, json!({})).ok(204);
    let schemes = town.as_role("staff").get("/v1/schemes").ok(200);
    let rows = schemes["items"].as_array().unwrap().clone();
    let scheme = rows.iter().find(|row| row["code"] == "few-stars").unwrap()["id"].clone();
    let closing = json!({ "year": 2025, "announcement": "示例公告" });
    town.as_role("administrator").post("/v1/year-closings", closing).ok(201);
    let star = json!({ "scheme": scheme, "star": 1 });
    town.as_role("street").post(&format!("/v1/members/{}/stars", town.id("lin")), star).ok(201);
}

//! Steps at the counter: points to spend, a code, a hold, goods handed over.

use crate::support::town::Town;
use serde_json::{Value, json};

/// Gives a member points for donated goods: one point for ten yuan, at most 50 at a time.
pub fn donate(town: &Town, member: &str, points: i64) {
    let mut left = points;
    while left > 0 {
        let part = left.min(50);
        let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "goods-donation",
            "quantity": (part * 10).to_string() });
        // Above the sum of a day a second person must approve.
        let answer = town.as_role("staff_two").post("/v1/awards", body);
        if answer.status == 202 {
            let proposal = answer.json()["proposal"].as_str().unwrap().to_owned();
            let path = format!("/v1/awards/proposals/{proposal}/approve");
            town.as_role("reviewer").post(&path, json!({})).ok(201);
        } else {
            answer.ok(201);
        }
        left -= part;
    }
}

pub fn show(town: &Town, who: &str) -> Value {
    town.as_role(who).post("/v1/codes", json!({})).ok(201)
}

/// A code that the clerk has just claimed.
pub fn claimed(town: &Town, who: &str) -> String {
    let code = show(town, who)["link"].clone();
    let claimed = town.as_role("merchant_clerk").post("/v1/codes/claim", json!({ "code": code })).ok(200);
    claimed["code"].as_str().unwrap().to_owned()
}

pub fn cart(town: &Town, lines: &[(&str, i64)]) -> Value {
    let lines = lines.iter().map(|(offer, pieces)| json!({ "offer": town.id(offer), "quantity": pieces }));
    lines.collect()
}

/// A redemption with a fresh code of 林.
pub fn hold(town: &Town, lines: &[(&str, i64)]) -> String {
    let body = json!({ "code": claimed(town, "volunteer"), "lines": cart(town, lines) });
    let made = town.as_role("merchant_clerk").post("/v1/redemptions", body).ok(201);
    made["redemption"]["id"].as_str().unwrap().to_owned()
}

pub fn captured(town: &Town, lines: &[(&str, i64)]) -> String {
    let id = hold(town, lines);
    town.as_role("merchant_clerk").post(&format!("/v1/redemptions/{id}/capture"), json!({})).ok(200);
    id
}

pub fn stock(town: &Town, offer: &str) -> i64 {
    let offers =
        town.as_role("merchant_owner").get(&format!("/v1/merchants/{}/offers", town.id("shop"))).ok(200);
    let row = offers["items"].as_array().unwrap().iter().find(|row| row["id"] == town.id(offer)).unwrap();
    row["stock"].as_i64().unwrap()
}

/// What stands on a member's card.
pub fn card(town: &Town, member: &str) -> String {
    let body = json!({ "members": [town.id(member)] });
    let printed = town.as_role("staff").post("/v1/cards/print", body).ok(200);
    printed["items"][0]["card"].as_str().unwrap().to_owned()
}

pub fn set_pin(town: &Town, member: &str, pin: &str) {
    let path = format!("/v1/cards/{}/pin", town.id(member));
    let answer = town.as_role("staff").post(&path, json!({ "pin": pin }));
    assert_eq!(answer.status, 204, "{answer:?}");
}

/// The text of each new slip of a shop.
pub fn slips(town: &Town, shop: &str, count: i64) -> Vec<String> {
    let body = json!({ "merchant": town.id(shop), "count": count });
    let printed = town.as_role("staff").post("/v1/slips", body).ok(201);
    let text = |slip: &Value| slip["slip"].as_str().unwrap().to_owned();
    printed["items"].as_array().unwrap().iter().map(text).collect()
}

/// A second shop in the community, with its clerk and a haircut.
pub fn open_second_shop(town: &Town) {
    let shop = json!({ "name": "示例理发店", "org": town.id("community"), "model": "donated_goods" });
    town.make("other_shop", "administrator", "/v1/merchants", shop);
    for (login, role) in [("other_owner", "merchant_owner"), ("other_clerk", "merchant_clerk")] {
        town.open_user(login, json!({ "merchant": town.id("other_shop") }), role, "community");
    }
    let shave = json!({ "name": "示例修面", "unit_points": "10", "stocked": false });
    town.make("shave", "other_owner", &format!("/v1/merchants/{}/offers", town.id("other_shop")), shave);
}

//! Points for goods over HTTP: codes, holds, handing over, giving back; and everything that is refused on the way.

use crate::town::Town;
use crate::web::{Answer, Ask, send};
use serde_json::{Value, json};
use std::net::SocketAddr;

const PASSWORD: &str = "three ferries at noon";

/// Gives a member points for donated goods: one point for ten yuan, at most 50 at a time.
pub fn donate(town: &Town, member: &str, points: i64) {
    let mut left = points;
    while left > 0 {
        let part = left.min(50);
        let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "goods-donation",
            "quantity": (part * 10).to_string() });
        town.as_role("staff").post("/v1/awards", body).ok(201);
        left -= part;
    }
}

/// A town where 林 has points.
fn town(points: i64) -> Town {
    let town = Town::new();
    donate(&town, "lin", points);
    town
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

fn on_behalf(town: &Town, member: &str, lines: &[(&str, i64)]) -> Value {
    json!({ "on_behalf_of": town.id(member), "merchant": town.id("shop"), "lines": cart(town, lines) })
}

fn pieces(town: &Town, lines: &[(&str, i64)]) -> Value {
    json!({ "lines": cart(town, lines) })
}

pub fn stock(town: &Town, offer: &str) -> i64 {
    let offers =
        town.as_role("merchant_owner").get(&format!("/v1/merchants/{}/offers", town.id("shop"))).ok(200);
    let row = offers["items"].as_array().unwrap().iter().find(|row| row["id"] == town.id(offer)).unwrap();
    row["stock"].as_i64().unwrap()
}

/// A bearer token for requests that are sent side by side.
pub fn bearer(town: &Town, login: &str) -> String {
    let body = json!({ "login": login, "password": PASSWORD });
    let answer = town.web.send(&Ask::post("/v1/auth/token", body).role(None)).ok(200);
    format!("Bearer {}", answer["access_token"].as_str().unwrap())
}

/// The answers of many requests that are sent at once.
pub fn at_once(address: SocketAddr, asks: Vec<Ask>) -> Vec<Answer> {
    std::thread::scope(|scope| {
        let sent: Vec<_> = asks.iter().map(|ask| scope.spawn(move || send(address, ask))).collect();
        sent.into_iter().map(|answer| answer.join().unwrap()).collect()
    })
}

/// A second shop with its clerk.
fn open_second_shop(town: &Town) {
    let shop = json!({ "name": "示例理发店", "org": town.id("community"), "model": "donated_goods" });
    town.make("other_shop", "administrator", "/v1/merchants", shop);
    town.open_user("other_clerk", json!({ "merchant": town.id("other_shop") }), "merchant_clerk", "community");
}

#[test]
fn a_code_is_claimed_once_and_makes_one_redemption() {
    let town = town(50);
    open_second_shop(&town);
    let clerk = town.as_role("merchant_clerk");
    let first = show(&town, "volunteer");
    assert_eq!(first["digits"].as_str().unwrap().len(), 8);
    let second = show(&town, "volunteer");
    let claim = |who: &str, code: &Value| town.as_role(who).post("/v1/codes/claim", json!({ "code": code }));
    // The one before is worth nothing any more.
    town.refused(|_| claim("merchant_clerk", &first["digits"]), 422, "code_unknown");
    let ask = json!({ "code": second["digits"], "points": "50" });
    let told = clerk.post("/v1/codes/claim", ask).ok(200);
    assert_eq!((&told["surname"], &told["enough"]), (&json!("林"), &json!(true)), "{told}");
    let members: Vec<_> = told.as_object().unwrap().keys().collect();
    assert_eq!(members, ["claim_until", "code", "enough", "surname"]);
    for (who, code) in [("merchant_clerk", &second["digits"]), ("other_clerk", &second["link"])] {
        town.refused(|_| claim(who, code), 409, "code_used");
    }
    // Another shop cannot use what this one has claimed.
    let body = json!({ "code": told["code"], "lines": cart(&town, &[("rice", 2)]) });
    let redeem = |who: &str| town.as_role(who).post("/v1/redemptions", body.clone());
    town.refused(|_| redeem("other_clerk"), 422, "code_unknown");
    assert_eq!(redeem("merchant_clerk").ok(201)["redemption"]["points_held"], "10.00");
    town.refused(|_| redeem("merchant_clerk"), 409, "code_used");
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("50.00".into(), 18));
    town.verify_and_stop();
}

#[test]
fn codes_run_out_after_a_minute_and_claims_after_three() {
    let town = town(50);
    let clerk = town.as_role("merchant_clerk");
    let late = show(&town, "volunteer");
    town.at("2026-03-02T08:01");
    let claim = |code: &Value| clerk.post("/v1/codes/claim", json!({ "code": code }));
    town.refused(|_| claim(&late["link"]), 422, "code_expired");
    let code = claimed(&town, "volunteer");
    town.at("2026-03-02T08:04");
    let redeem = |code: &str| {
        let body = json!({ "code": code, "lines": cart(&town, &[("rice", 1)]) });
        clerk.post("/v1/redemptions", body)
    };
    town.refused(|_| redeem(&code), 422, "code_expired");
    // A new code takes away also what was claimed before.
    let code = claimed(&town, "volunteer");
    show(&town, "volunteer");
    town.refused(|_| redeem(&code), 422, "code_unknown");
    town.verify_and_stop();
}

#[test]
fn digits_can_be_guessed_five_times_a_minute_whatever_lies_between() {
    let town = town(50);
    let clerk = town.as_role("merchant_clerk");
    let claim = |code: &Value| clerk.post("/v1/codes/claim", json!({ "code": code }));
    let shown = show(&town, "volunteer");
    let own = shown["digits"].as_str().unwrap();
    let wrong = json!(if own == "00000000" { "00000001" } else { "00000000" });
    for _ in 0..3 {
        town.refused(|_| claim(&wrong), 422, "code_unknown");
    }
    // A right code in between gives back its own try only.
    claim(&shown["digits"]).ok(200);
    for _ in 0..2 {
        town.refused(|_| claim(&wrong), 422, "code_unknown");
    }
    let next = show(&town, "volunteer");
    let sentence = town.refused(|_| claim(&next["digits"]), 429, "too_many_wrong_codes");
    assert!(sentence.contains("二维码"), "{sentence}");
    // The picture holds 128 bits and needs no limit.
    claim(&next["link"]).ok(200);
    town.at("2026-03-02T08:02");
    claim(&show(&town, "volunteer")["digits"]).ok(200);
    town.verify_and_stop();
}

#[test]
fn a_shop_never_learns_the_balance() {
    let town = town(40);
    let clerk = town.as_role("merchant_clerk");
    let code = claimed(&town, "volunteer");
    let ask = |pieces: i64| json!({ "code": code, "lines": cart(&town, &[("haircut", pieces)]) });
    let told = clerk.post_with("k1", "/v1/redemptions", ask(5));
    assert_eq!((told.status, told.code()), (422, "points_not_enough".into()), "{told:?}");
    let again = clerk.post_with("k1", "/v1/redemptions", ask(5));
    assert!(again.hit() && again.status == 422, "{again:?}");
    let rehearsed = clerk.post("/v1/redemptions?dry_run=true", ask(6));
    for answer in [told, again, rehearsed] {
        assert_eq!(answer.code(), "points_not_enough", "{answer:?}");
        for figure in ["available", "missing", "40", "account"] {
            assert!(!answer.text.contains(figure), "{figure}: {}", answer.text);
        }
    }
    // Each cart is one question: after five the code is spent, in a dry run too.
    for pieces in [7, 8, 9] {
        town.refused(|_| clerk.post("/v1/redemptions?dry_run=true", ask(pieces)), 422, "points_not_enough");
    }
    town.refused(|_| clerk.post("/v1/redemptions?dry_run=true", ask(4)), 409, "code_used");
    town.refused(|_| clerk.post("/v1/redemptions", ask(4)), 409, "code_used");
    // Staff, who may see the passbook, are told what is missing.
    let body = on_behalf(&town, "lin", &[("haircut", 5)]);
    let answer = town.as_role("staff").post("/v1/redemptions", body);
    assert_eq!((answer.code(), &answer.json()["missing"]), ("insufficient_balance".into(), &json!("10.00")));
    for path in ["accounts", "passbook", "lots", "stars"] {
        let path = format!("/v1/members/{}/{path}", town.id("lin"));
        assert_eq!(clerk.get(&path).status, 403, "{path}");
    }
    town.verify_and_stop();
}

#[test]
fn a_hold_is_captured_in_part_and_the_cash_follows() {
    let town = town(50);
    let offers = format!("/v1/merchants/{}/offers", town.id("shop"));
    let oil = json!({ "name": "示例食油", "unit_points": "6", "unit_cash": "3.50", "stocked": true });
    let oil = town.make("oil", "merchant_owner", &offers, oil);
    town.as_role("merchant_owner").post(&format!("/v1/offers/{oil}/stock"), json!({ "pieces": 4 })).ok(201);
    let clerk = town.as_role("merchant_clerk");
    let id = hold(&town, &[("oil", 3), ("rice", 2), ("haircut", 1)]);
    assert_eq!((stock(&town, "oil"), stock(&town, "rice")), (1, 18));
    let path = format!("/v1/redemptions/{id}/capture");
    town.refused(|t| clerk.post(&path, pieces(t, &[("oil", 4)])), 422, "quantity_exceeds");
    town.refused(|t| clerk.post(&path, json!({ "lines": [{ "offer": t.id("shop"), "quantity": 1 }] })), 404, "not_found");
    let twice = json!({ "lines": [{ "offer": oil, "quantity": 1 }, { "offer": oil, "quantity": 1 }] });
    town.refused(|_| clerk.post(&path, twice), 400, "field_duplicate");
    let done = clerk.post_with("c1", &path, pieces(&town, &[("oil", 2), ("haircut", 1)])).ok(200);
    let left = &done["redemption"];
    assert_eq!((&left["state"], &left["points_captured"]), (&json!("captured"), &json!("22.00")));
    assert_eq!(left["cash"], "7.00");
    assert_eq!((stock(&town, "oil"), stock(&town, "rice")), (2, 20));
    assert_eq!(town.balance("lin", "POINT"), "28.00");
    let again = clerk.post_with("c1", &path, pieces(&town, &[("oil", 2), ("haircut", 1)]));
    assert!(again.hit() && again.status == 200, "{again:?}");
    // The same key on another redemption is told as such, never as not found.
    let other = format!("/v1/redemptions/{}/capture", town.id("shop"));
    let reused = clerk.post_with("c1", &other, pieces(&town, &[("oil", 2), ("haircut", 1)]));
    assert_eq!((reused.status, reused.code()), (422, "idempotency_key_reused".into()));
    town.refused(|_| clerk.post(&path, json!({})), 409, "hold_already_captured");
    town.refused(|_| clerk.post(&format!("/v1/redemptions/{id}/cancel"), json!({})), 409, "hold_already_captured");
    town.verify_and_stop();
}

#[test]
fn goods_come_back_in_parts_until_nothing_is_left() {
    let town = town(50);
    let clerk = town.as_role("merchant_clerk");
    let id = captured(&town, &[("rice", 3), ("haircut", 1)]);
    let path = format!("/v1/redemptions/{id}/refund");
    let state = |answer: &Value| answer["redemption"]["state"].as_str().unwrap().to_owned();
    let part = clerk.post(&path, pieces(&town, &[("rice", 1)])).ok(201);
    assert_eq!((state(&part), stock(&town, "rice")), ("part_refunded".into(), 18));
    assert_eq!(town.balance("lin", "POINT"), "30.00");
    town.refused(|t| clerk.post(&path, pieces(t, &[("rice", 3)])), 422, "quantity_exceeds");
    let rest = clerk.post(&path, json!({})).ok(201);
    assert_eq!((state(&rest), stock(&town, "rice")), ("refunded".into(), 20));
    assert_eq!(rest["redemption"]["points_refunded"], "25.00");
    assert_eq!(town.balance("lin", "POINT"), "50.00");
    for body in [json!({}), pieces(&town, &[("haircut", 1)])] {
        town.refused(|_| clerk.post(&path, body), 422, "quantity_exceeds");
    }
    let held = hold(&town, &[("rice", 1)]);
    let unready = format!("/v1/redemptions/{held}/refund");
    town.refused(|_| clerk.post(&unready, json!({})), 409, "wrong_state");
    clerk.post(&format!("/v1/redemptions/{held}/cancel"), json!({})).ok(200);
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("50.00".into(), 20));
    town.refused(|_| clerk.post(&format!("/v1/redemptions/{held}/capture"), json!({})), 409, "hold_voided");
    town.verify_and_stop();
}

#[test]
fn a_clerk_undoes_for_ten_minutes_later_the_owner_or_the_community() {
    let town = town(50);
    let id = captured(&town, &[("rice", 3)]);
    let path = format!("/v1/redemptions/{id}/refund");
    let one = || pieces(&town, &[("rice", 1)]);
    town.at("2026-03-02T08:10");
    town.as_role("merchant_clerk").post(&path, one()).ok(201);
    town.at("2026-03-02T08:11");
    town.refused(|t| t.as_role("merchant_clerk").post(&path, one()), 409, "undo_too_late");
    town.as_role("merchant_owner").post(&path, one()).ok(201);
    town.refused(|t| t.as_role("staff_sibling").post(&path, one()), 404, "not_found");
    town.as_role("staff").post(&path, one()).ok(201);
    assert_eq!(town.balance("lin", "POINT"), "50.00");
    // A clerk with a right elsewhere is a clerk here.
    let id = captured(&town, &[("rice", 1)]);
    town.grant("merchant_clerk", "staff", "sibling");
    town.at("2026-03-02T09:00");
    let path = format!("/v1/redemptions/{id}/refund");
    town.refused(|t| t.as_role("merchant_clerk").post(&path, json!({})), 409, "undo_too_late");
    town.verify_and_stop();
}

#[test]
fn only_those_at_the_counter_act_and_nobody_for_themselves() {
    let town = town(50);
    open_second_shop(&town);
    let id = hold(&town, &[("rice", 1)]);
    let path = |step: &str| format!("/v1/redemptions/{id}/{step}");
    for step in ["capture", "cancel", "refund"] {
        for who in ["reviewer", "auditor", "street", "volunteer", "team_leader", "branch", "proxy"] {
            town.refused(|t| t.as_role(who).post(&path(step), json!({})), 403, "role_missing");
        }
        for who in ["other_clerk", "staff_sibling"] {
            town.refused(|t| t.as_role(who).post(&path(step), json!({})), 404, "not_found");
        }
    }
    // What was made with a code the shop hands over; staff may only give it up.
    town.refused(|t| t.as_role("staff").post(&path("capture"), json!({})), 403, "shop_hands_over");
    // A member with a role at the counter does nothing with their own, nor with their household's.
    town.open_user("lin_staff", json!({ "member": town.id("lin") }), "staff", "community");
    for step in ["capture", "cancel", "refund"] {
        town.refused(|t| t.as_role("lin_staff").post(&path(step), json!({})), 403, "for_oneself");
    }
    town.refused(
        |t| t.as_role("lin_staff").post("/v1/redemptions", on_behalf(t, "lin", &[("rice", 1)])),
        403,
        "for_oneself",
    );
    donate(&town, "zhao", 20);
    town.open_user("wang_staff", json!({ "member": town.id("wang") }), "staff", "community");
    let zhao = on_behalf(&town, "zhao", &[("rice", 1)]);
    town.refused(|t| t.as_role("wang_staff").post("/v1/redemptions", zhao.clone()), 403, "for_oneself");
    let made = town.as_role("staff").post("/v1/redemptions", zhao).ok(201);
    assert_eq!(made["redemption"]["on_behalf"], true);
    let path = format!("/v1/redemptions/{}/capture", made["redemption"]["id"].as_str().unwrap());
    town.refused(|t| t.as_role("wang_staff").post(&path, json!({})), 403, "for_oneself");
    town.as_role("staff_two").post(&path, json!({})).ok(200);
    town.refused(
        |t| t.as_role("staff_sibling").post("/v1/redemptions", on_behalf(t, "zhao", &[("rice", 1)])),
        404,
        "not_found",
    );
    town.verify_and_stop();
}

#[test]
fn who_no_longer_works_in_a_shop_sees_nothing_of_it() {
    let town = town(50);
    let id = captured(&town, &[("rice", 1)]);
    // A clerk who is a volunteer too, and then is no clerk any more.
    town.open_user(
        "former",
        json!({ "merchant": town.id("shop"), "member": town.id("sun") }),
        "merchant_clerk",
        "community",
    );
    let role = town.id("role/former/merchant_clerk");
    let list = town.as_role("former").get("/v1/redemptions").ok(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    town.grant("former", "volunteer", "community");
    town.as_role("administrator").delete(&format!("/v1/roles/{role}")).ok(204);
    let former = town.as_role("former");
    assert_eq!(former.get(&format!("/v1/redemptions/{id}")).status, 404);
    assert_eq!(former.get("/v1/redemptions").ok(200)["items"], json!([]));
    town.refused(|_| former.post(&format!("/v1/redemptions/{id}/refund"), json!({})), 403, "role_missing");
    town.verify_and_stop();
}

#[test]
fn a_shops_own_people_and_their_households_redeem_elsewhere() {
    let town = town(50);
    for member in ["keeper", "wang", "zhao", "household"] {
        donate(&town, member, 10);
    }
    // 王 works in the shop; 赵 lives with 王.
    town.open_user(
        "wang_clerk",
        json!({ "merchant": town.id("shop"), "member": town.id("wang") }),
        "merchant_clerk",
        "community",
    );
    for member in ["keeper", "wang", "zhao", "household"] {
        let body = on_behalf(&town, member, &[("rice", 1)]);
        town.refused(|t| t.as_role("staff").post("/v1/redemptions", body), 403, "own_shop");
    }
    town.open_user("keeper_self", json!({ "member": town.id("keeper") }), "volunteer", "community");
    let body = json!({ "code": claimed(&town, "keeper_self"), "lines": cart(&town, &[("rice", 1)]) });
    town.refused(|t| t.as_role("merchant_clerk").post("/v1/redemptions", body), 403, "own_shop");
    let ghost = json!({ "name": "示例店", "org": town.id("community"), "owner_member": town.id("shop"),
        "model": "donated_goods" });
    town.refused(|t| t.as_role("administrator").post("/v1/merchants", ghost), 404, "not_found");
    town.verify_and_stop();
}

#[test]
fn a_frozen_member_gives_back_but_takes_nothing() {
    let town = town(50);
    let (open, given) = (hold(&town, &[("rice", 1)]), captured(&town, &[("rice", 1)]));
    let code = claimed(&town, "volunteer");
    let clerk = town.as_role("merchant_clerk");
    let freeze = |what: &str| {
        let path = format!("/v1/members/{}/{what}", town.id("lin"));
        town.as_role("street").post(&path, json!({ "reason": "示例核查" })).ok(204)
    };
    let shown = show(&town, "volunteer");
    freeze("freeze");
    town.refused(|t| t.as_role("volunteer").post("/v1/codes", json!({})), 409, "wrong_state");
    town.refused(|_| clerk.post("/v1/codes/claim", json!({ "code": shown["link"] })), 409, "wrong_state");
    let body = json!({ "code": code, "lines": cart(&town, &[("rice", 1)]) });
    town.refused(|_| clerk.post("/v1/redemptions", body), 422, "code_unknown");
    let body = on_behalf(&town, "lin", &[("rice", 1)]);
    town.refused(|t| t.as_role("staff").post("/v1/redemptions", body), 409, "wrong_state");
    town.refused(|_| clerk.post(&format!("/v1/redemptions/{open}/capture"), json!({})), 409, "wrong_state");
    clerk.post(&format!("/v1/redemptions/{open}/cancel"), json!({})).ok(200);
    clerk.post(&format!("/v1/redemptions/{given}/refund"), json!({})).ok(201);
    freeze("unfreeze");
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("50.00".into(), 20));
    town.verify_and_stop();
}

//! Numbered paper slips over HTTP: entered once, on their day, by their shop; the shop is paid whole.

use crate::support::shops::{card, cart, donate, open_second_shop, slips, stock};
use crate::support::town::{Town, bearer, with};
use crate::support::web::{Answer, Ask, at_once};
use serde_json::{Value, json};

const TODAY: &str = "2026-03-02";

/// A town where 林 has points, and a pad of slips.
fn town(points: i64) -> (Town, String, Vec<String>) {
    let town = Town::new();
    donate(&town, "lin", points);
    let card = card(&town, "lin");
    let slips = slips(&town, "shop", 10);
    (town, card, slips)
}

fn slip(town: &Town, slip: &str, card: &str, lines: &[(&str, i64)]) -> Value {
    json!({ "slip": slip, "card": card, "day": TODAY, "lines": cart(town, lines) })
}

fn enter(town: &Town, who: &str, body: Value) -> Answer {
    town.as_role(who).post("/v1/slips/enter", body)
}

#[test]
fn a_slip_is_entered_once_with_its_number() {
    let (town, card, pad) = town(50);
    assert!(pad[0].starts_with("000001-") && pad[9].starts_with("000010-"), "{pad:?}");
    let body = slip(&town, &pad[0], &card, &[("rice", 2), ("haircut", 1)]);
    let clerk = town.as_role("merchant_clerk");
    let done = clerk.post_with("once", "/v1/slips/enter", body.clone()).ok(201);
    let made = &done["redemption"];
    assert_eq!((&made["state"], &made["presence"]), (&json!("captured"), &json!("slip")));
    assert_eq!((&made["slip_number"], &made["points_captured"]), (&json!(1), &json!("20.00")));
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("30.00".into(), 18));
    assert!(clerk.post_with("once", "/v1/slips/enter", body.clone()).hit());
    town.at("2026-03-02T09:00");
    let text = town.refused(|t| enter(t, "merchant_clerk", body.clone()), 409, "slip_used");
    assert!(text.contains("000001") && text.contains("08:00"), "{text}");
    // Staff with the passbook number; goods come back as ever.
    let by_staff = json!({ "slip": pad[1], "member": town.id("lin"), "day": TODAY, "lines": cart(&town, &[("rice", 1)]) });
    enter(&town, "staff", by_staff.clone()).ok(201);
    assert_eq!(enter(&town, "merchant_clerk", with(by_staff, json!({ "slip": pad[2] }))).status, 422);
    let id = made["id"].as_str().unwrap();
    town.as_role("merchant_owner").post(&format!("/v1/redemptions/{id}/refund"), json!({})).ok(201);
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("45.00".into(), 19));
    let entered = clerk.get("/v1/slips?entered=true").ok(200);
    assert_eq!(entered["items"].as_array().unwrap().len(), 2);
    let left = town.as_role("staff").get("/v1/slips?entered=false&limit=3").ok(200);
    assert_eq!(left["items"][0]["number"], 10);
    assert_eq!(town.as_role("staff_sibling").get("/v1/slips").ok(200)["items"], json!([]));
    town.verify_and_stop();
}

#[test]
fn two_clerks_enter_one_slip_and_one_succeeds() {
    let (town, card, pad) = town(50);
    let bearers = ["merchant_clerk", "merchant_owner", "staff"].map(|who| bearer(&town, who));
    let ask = |n: usize| {
        let body = slip(&town, &pad[0], &card, &[("rice", 1)]);
        Ask::post("/v1/slips/enter", body)
            .role(None)
            .key(format!("s{n}"))
            .header("Authorization", &bearers[n % 3])
    };
    let answers = at_once(town.web.address(), (0..9).map(ask).collect());
    let of = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((of(201), of(409)), (1, 8), "{answers:?}");
    assert_eq!(town.balance("lin", "POINT"), "45.00");
    town.verify_and_stop();
}

#[test]
fn a_slip_above_the_balance_is_paid_whole_and_listed_for_the_auditor() {
    let (town, card, pad) = town(30);
    let done =
        enter(&town, "merchant_clerk", slip(&town, &pad[0], &card, &[("haircut", 4), ("rice", 2)])).ok(201);
    let made = done["redemption"].clone();
    assert_eq!(made["points_captured"], "50.00");
    // The shop learns no balance.
    assert!(made.get("points_covered").is_none(), "{done}");
    let points = |leg: &&Value| leg["asset"] == "POINT";
    let posted: Vec<&Value> = done["postings"].as_array().unwrap().iter().filter(points).collect();
    assert_eq!((posted.len(), &posted[0]["amount"]), (1, &json!("50.00")), "{done}");
    assert_eq!(town.balance("lin", "POINT"), "0.00");
    let covered = town.as_role("auditor").get("/v1/redemptions?covered=true").ok(200);
    assert_eq!(covered["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&covered["items"][0]["points_covered"], &covered["items"][0]["slip_number"]),
        (&json!("20.00"), &json!(1))
    );
    let sheet = town.as_role("auditor").get("/v1/redemptions?presence=slip").ok(200);
    assert_eq!(sheet["items"].as_array().unwrap().len(), 1);
    // What comes back pays the district first.
    let path = format!("/v1/redemptions/{}/refund", made["id"].as_str().unwrap());
    let back = |lines: &[(&str, i64)]| {
        town.as_role("merchant_clerk").post(&path, json!({ "lines": cart(&town, lines) })).ok(201)
    };
    back(&[("rice", 1), ("haircut", 1)]);
    assert_eq!(town.balance("lin", "POINT"), "0.00");
    back(&[("haircut", 1)]);
    assert_eq!(town.balance("lin", "POINT"), "5.00");
    back(&[("haircut", 2), ("rice", 1)]);
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("30.00".into(), 20));
    assert_eq!(town.as_role("auditor").get("/v1/redemptions?covered=true").ok(200)["items"], json!([]));
    town.verify_and_stop();
}

#[test]
fn the_statement_pays_what_the_district_covers() {
    let (town, card, pad) = town(10);
    enter(&town, "merchant_clerk", slip(&town, &pad[0], &card, &[("haircut", 3)])).ok(201);
    enter(&town, "merchant_clerk", slip(&town, &pad[1], &card, &[("rice", 2)])).ok(201);
    town.at("2026-04-01T08:00");
    let issue = json!({ "merchant": town.id("shop"), "month": "2026-03" });
    let issued = town.as_role("staff").post("/v1/settlements", issue).ok(201);
    assert_eq!(issued["statement"]["net_points"], "40.00", "{issued}");
    assert_eq!(issued["statement"]["lines"].as_array().unwrap().len(), 2);
    town.verify_and_stop();
}

#[test]
fn the_district_covers_up_to_the_limit_of_the_day() {
    let (town, card, pad) = town(0);
    let first = enter(&town, "merchant_clerk", slip(&town, &pad[0], &card, &[("haircut", 5)])).ok(201);
    enter(&town, "merchant_clerk", slip(&town, &pad[1], &card, &[("haircut", 4)])).ok(201);
    let over = slip(&town, &pad[2], &card, &[("haircut", 2)]);
    let text = town.refused(|t| enter(t, "merchant_clerk", over.clone()), 422, "slip_cover_limit");
    assert!(text.contains("100 分") && text.contains("10 分") && text.contains("柜台"), "{text}");
    // What comes back is covered again; a slip that was refused is not used up.
    let path = format!("/v1/redemptions/{}/refund", first["redemption"]["id"].as_str().unwrap());
    let back = json!({ "lines": cart(&town, &[("haircut", 1)]) });
    town.as_role("merchant_clerk").post(&path, back).ok(201);
    enter(&town, "merchant_clerk", over).ok(201);
    town.at("2026-03-03T08:00");
    let next = slip(&town, &pad[3], &card, &[("haircut", 5)]);
    enter(&town, "merchant_clerk", with(next, json!({ "day": "2026-03-03" }))).ok(201);
    town.verify_and_stop();
}

#[test]
fn every_other_slip_is_refused_with_the_next_step() {
    let (town, card, pad) = town(100);
    open_second_shop(&town);
    let good = slip(&town, &pad[0], &card, &[("rice", 1)]);
    let changed = |more: Value| with(good.clone(), more);
    let refused = |who: &str, body: Value, status: u16, code: &str, says: &str| {
        let text = town.refused(|t| enter(t, who, body), status, code);
        assert!(text.contains(says), "{text}");
    };
    refused(
        "merchant_clerk",
        slip(&town, &pad[0], &card, &[("haircut", 5), ("rice", 1)]),
        422,
        "slip_limit",
        "柜台",
    );
    refused("merchant_clerk", changed(json!({ "day": "2026-03-01" })), 422, "slip_late", "代办兑换");
    refused("merchant_clerk", changed(json!({ "day": "2026-03-03" })), 422, "day_in_future", "");
    refused("other_clerk", good.clone(), 422, "slip_of_another_shop", "自己店");
    refused(
        "merchant_clerk",
        changed(json!({ "lines": [{ "offer": town.id("shave"), "quantity": 1 }] })),
        404,
        "not_found",
        "",
    );
    refused("staff_sibling", good.clone(), 422, "slip_unknown", "柜台");
    let mut letters: Vec<char> = pad[0].chars().collect();
    let last = letters.last_mut().unwrap();
    *last = if *last == 'A' { 'B' } else { 'A' };
    let made_up: String = letters.into_iter().collect();
    refused("merchant_clerk", changed(json!({ "slip": made_up })), 422, "slip_unknown", "柜台");
    refused("merchant_clerk", changed(json!({ "slip": "000999-KQXM" })), 422, "slip_unknown", "");
    town.verify_and_stop();
}

#[test]
fn a_slip_that_cannot_be_read_is_malformed() {
    let (town, card, pad) = town(100);
    let good = slip(&town, &pad[0], &card, &[("rice", 1)]);
    let changed = |more: Value| with(good.clone(), more);
    for bad in [
        json!({ "slip": "" }),
        json!({ "slip": "0-KQXM" }),
        json!({ "day": "3月2日" }),
        json!({ "lines": [] }),
    ] {
        assert_eq!(enter(&town, "merchant_clerk", changed(bad)).status, 400);
    }
    assert_eq!(enter(&town, "merchant_clerk", changed(json!({ "member": town.id("lin") }))).status, 400);
    town.verify_and_stop();
}

#[test]
fn whose_card_stands_on_the_slip_decides() {
    let (town, old, pad) = town(100);
    let refused = |card: &str, status: u16, code: &str, says: &str| {
        let body = slip(&town, &pad[0], card, &[("rice", 1)]);
        let text = town.refused(|t| enter(t, "merchant_clerk", body), status, code);
        assert!(text.contains(says), "{text}");
    };
    let lost = format!("/v1/cards/{}/lost", town.id("lin"));
    town.as_role("staff").post(&lost, json!({})).ok(200);
    refused(&old, 409, "card_replaced", "新卡");
    refused(&card(&town, "keeper"), 403, "own_shop", "别的商家");
    let new = card(&town, "lin");
    let freeze = format!("/v1/members/{}/freeze", town.id("lin"));
    assert!(town.as_role("street").post(&freeze, json!({ "reason": "示例事由" })).status < 300);
    refused(&new, 409, "wrong_state", "冻结");
    town.verify_and_stop();
}

#[test]
fn guessed_letters_count_against_the_shop_in_a_dry_run_too() {
    let (town, card, pad) = town(50);
    let clerk = town.as_role("merchant_clerk");
    let wrong = slip(&town, "000999-KQXM", &card, &[("rice", 1)]);
    for _ in 0..5 {
        town.refused(|_| clerk.post("/v1/slips/enter?dry_run=true", wrong.clone()), 422, "slip_unknown");
    }
    let good = slip(&town, &pad[0], &card, &[("rice", 1)]);
    town.refused(|_| clerk.post("/v1/slips/enter", good.clone()), 429, "too_many_wrong_codes");
    town.at("2026-03-02T08:02");
    let before = town.head();
    clerk.post("/v1/slips/enter?dry_run=true", good.clone()).ok(201);
    assert_eq!(town.head(), before);
    clerk.post("/v1/slips/enter", good).ok(201);
    town.verify_and_stop();
}

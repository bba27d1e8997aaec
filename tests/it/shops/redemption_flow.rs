//! Points for goods over HTTP: codes, holds, captures, refunds; and everything that is refused on the way.

use crate::support::shops::{captured, cart, claimed, donate, hold, show, stock};
use crate::support::town::Town;
use crate::support::town::bearer;
use crate::support::web::at_once;
use crate::support::web::{Ask, BANK};
use crate::support::whole::whole;
use serde_json::{Value, json};

/// A town where 林 has points.
fn town(points: i64) -> Town {
    let town = Town::new();
    donate(&town, "lin", points);
    town
}

fn on_behalf(town: &Town, member: &str, lines: &[(&str, i64)]) -> Value {
    json!({ "on_behalf_of": town.id(member), "merchant": town.id("shop"), "lines": cart(town, lines) })
}

fn pieces(town: &Town, lines: &[(&str, i64)]) -> Value {
    json!({ "lines": cart(town, lines) })
}

/// A second shop with its clerk.
fn open_second_shop(town: &Town) {
    let shop = json!({ "name": "示例理发店", "org": town.id("community"), "model": "donated_goods" });
    town.make("other_shop", "administrator", "/v1/merchants", shop);
    town.open_user(
        "other_clerk",
        json!({ "merchant": town.id("other_shop") }),
        "merchant_clerk",
        "community",
    );
}

/// Two bags of rice and a haircut, held with a fresh code of 林.
fn held_lines(town: &Town) -> Value {
    let lines = cart(town, &[("rice", 2), ("haircut", 1)]);
    let body = json!({ "code": claimed(town, "volunteer"), "lines": lines });
    town.as_role("merchant_clerk").post("/v1/redemptions", body).ok(201)
}

fn hand_over(town: &Town, held: &Value, lines: &[(&str, i64)]) -> Value {
    let path = format!("/v1/redemptions/{}/capture", held["redemption"]["id"].as_str().unwrap());
    town.as_role("merchant_clerk").post(&path, pieces(town, lines)).ok(200)
}

#[test]
fn a_redemption_is_told_whole_when_it_is_held() {
    let town = town(50);
    let held = held_lines(&town);
    insta::assert_snapshot!(whole(&town, &held), @r#"
    {
      "effective_at":"2026-03-02T00:00:00Z","entry":3,"hash":"<hash>",
      "hold":{
        "expires_at":"2026-03-09T00:00:00Z","id":"<id>",
        "legs":[
          {
            "amount":"20.00","asset":"POINT","captured":"0.00","credit_account":"<id>","debit_account":"<id>",
            "released":"0.00"
          },
          {
            "amount":"2","asset":"STOCK:<rice>","captured":"0","credit_account":"<id>","debit_account":"<id>",
            "released":"0"
          }
        ],
        "state":"pending"
      },
      "kind":"hold","postings":[],"recorded_at":"2026-03-02T00:00:00Z",
      "redemption":{
        "cash":"0.00","hold_entry":3,"id":"<id>",
        "lines":[
          {"captured":0,"offer":"<rice>","quantity":2,"refunded":0,"unit_cash":"0.00","unit_points":"5.00"},
          {"captured":0,"offer":"<haircut>","quantity":1,"refunded":0,"unit_cash":"0.00","unit_points":"10.00"}
        ],
        "made_at":"2026-03-02T00:00:00Z","member":"<lin>","merchant":"<shop>","on_behalf":false,
        "points_captured":"0.00","points_held":"20.00","points_refunded":"0.00","presence":"code","state":"held",
        "version":1
      }
    }
    "#);
    town.verify_and_stop();
}

#[test]
fn a_redemption_is_told_whole_when_it_is_handed_over_in_part() {
    let town = town(50);
    let given = hand_over(&town, &held_lines(&town), &[("rice", 1), ("haircut", 1)]);
    insta::assert_snapshot!(whole(&town, &given), @r#"
    {
      "effective_at":"2026-03-02T00:00:00Z","entry":4,"hash":"<hash>",
      "hold":{
        "expires_at":"2026-03-09T00:00:00Z","id":"<id>",
        "legs":[
          {
            "amount":"20.00","asset":"POINT","captured":"15.00","credit_account":"<id>","debit_account":"<id>",
            "released":"5.00"
          },
          {
            "amount":"2","asset":"STOCK:<rice>","captured":"1","credit_account":"<id>","debit_account":"<id>",
            "released":"1"
          }
        ],
        "state":"captured"
      },
      "kind":"redemption",
      "postings":[
        {"amount":"15.00","asset":"POINT","credit_account":"<id>","debit_account":"<id>"},
        {"amount":"1","asset":"STOCK:<rice>","credit_account":"<id>","debit_account":"<id>"}
      ],
      "recorded_at":"2026-03-02T00:00:00Z",
      "redemption":{
        "capture_entry":4,"captured_at":"2026-03-02T00:00:00Z","cash":"0.00","hold_entry":3,"id":"<id>",
        "lines":[
          {"captured":1,"offer":"<rice>","quantity":2,"refunded":0,"unit_cash":"0.00","unit_points":"5.00"},
          {"captured":1,"offer":"<haircut>","quantity":1,"refunded":0,"unit_cash":"0.00","unit_points":"10.00"}
        ],
        "made_at":"2026-03-02T00:00:00Z","member":"<lin>","merchant":"<shop>","on_behalf":false,
        "points_captured":"15.00","points_held":"20.00","points_refunded":"0.00","presence":"code",
        "state":"captured","version":2
      }
    }
    "#);
    town.verify_and_stop();
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
    // The previous one is invalid.
    town.refused(|_| claim("merchant_clerk", &first["digits"]), 422, "code_unknown");
    let ask = json!({ "code": second["digits"], "points": "50" });
    let answer = clerk.post("/v1/codes/claim", ask).ok(200);
    assert_eq!((&answer["surname"], &answer["enough"]), (&json!("林"), &json!(true)), "{answer}");
    let members: Vec<_> = answer.as_object().unwrap().keys().collect();
    assert_eq!(members, ["claim_until", "code", "enough", "surname"]);
    for (who, code) in [("merchant_clerk", &second["digits"]), ("other_clerk", &second["link"])] {
        town.refused(|_| claim(who, code), 409, "code_used");
    }
    // Another shop cannot use what this one has claimed.
    let body = json!({ "code": answer["code"], "lines": cart(&town, &[("rice", 2)]) });
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
    // A new code also invalidates a claimed one.
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
    // A right code in between subtracts only its own attempt.
    claim(&shown["digits"]).ok(200);
    for _ in 0..2 {
        town.refused(|_| claim(&wrong), 422, "code_unknown");
    }
    let next = show(&town, "volunteer");
    let sentence = town.refused(|_| claim(&next["digits"]), 429, "too_many_wrong_codes");
    assert!(sentence.contains("二维码"), "{sentence}");
    // The picture has 128 bits and needs no limit.
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
    let reply = clerk.post_with("k1", "/v1/redemptions", ask(5));
    assert_eq!((reply.status, reply.code()), (422, "points_not_enough".into()), "{reply:?}");
    let again = clerk.post_with("k1", "/v1/redemptions", ask(5));
    assert!(again.hit() && again.status == 422, "{again:?}");
    let rehearsed = clerk.post("/v1/redemptions?dry_run=true", ask(6));
    for answer in [reply, again, rehearsed] {
        assert_eq!(answer.code(), "points_not_enough", "{answer:?}");
        let body = answer.json();
        let members: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
        let plain =
            ["code", "detail", "field", "request_id", "retryable", "same_key_ok", "status", "title", "type"];
        assert!(members.iter().all(|member| plain.contains(member)), "{body}");
        assert!(!body["detail"].as_str().unwrap().contains("40"), "{body}");
    }
    // Each cart is one question: after five the code is used up, in a dry run too.
    for pieces in [7, 8, 9] {
        town.refused(|_| clerk.post("/v1/redemptions?dry_run=true", ask(pieces)), 422, "points_not_enough");
    }
    town.refused(|_| clerk.post("/v1/redemptions?dry_run=true", ask(4)), 409, "code_used");
    town.refused(|_| clerk.post("/v1/redemptions", ask(4)), 409, "code_used");
    // Staff, who may see the passbook, learn how much is missing.
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
    town.refused(
        |t| clerk.post(&path, json!({ "lines": [{ "offer": t.id("shop"), "quantity": 1 }] })),
        404,
        "not_found",
    );
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
    // The same key on another redemption is refused as such, never as not found.
    let other = format!("/v1/redemptions/{}/capture", town.id("shop"));
    let reused = clerk.post_with("c1", &other, pieces(&town, &[("oil", 2), ("haircut", 1)]));
    assert_eq!((reused.status, reused.code()), (422, "idempotency_key_reused".into()));
    town.refused(|_| clerk.post(&path, json!({})), 409, "hold_already_captured");
    town.refused(
        |_| clerk.post(&format!("/v1/redemptions/{id}/cancel"), json!({})),
        409,
        "hold_already_captured",
    );
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
    // A clerk with a right elsewhere is only a clerk here.
    let id = captured(&town, &[("rice", 1)]);
    town.grant("merchant_clerk", "staff", "sibling");
    town.at("2026-03-02T09:00");
    let path = format!("/v1/redemptions/{id}/refund");
    town.refused(|t| t.as_role("merchant_clerk").post(&path, json!({})), 409, "undo_too_late");
    town.verify_and_stop();
}

#[test]
fn only_those_at_the_counter_act() {
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
    // What was made with a code is handed over by the shop; staff may only cancel it.
    town.refused(|t| t.as_role("staff").post(&path("capture"), json!({})), 403, "shop_hands_over");
    town.verify_and_stop();
}

#[test]
fn nobody_acts_at_the_counter_for_themselves() {
    let town = town(50);
    let id = hold(&town, &[("rice", 1)]);
    let path = |step: &str| format!("/v1/redemptions/{id}/{step}");
    // A member with a role at the counter cannot act on their own, nor on their household's.
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
    // A clerk who is a volunteer too, and then no longer a clerk.
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
fn with_a_frozen_member_only_what_is_held_comes_back() {
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
    // A frozen account neither pays nor is paid: returned goods wait until it is unfrozen.
    town.refused(
        |_| clerk.post(&format!("/v1/redemptions/{given}/refund"), json!({})),
        409,
        "account_frozen",
    );
    freeze("unfreeze");
    clerk.post(&format!("/v1/redemptions/{given}/refund"), json!({})).ok(201);
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("50.00".into(), 20));
    town.verify_and_stop();
}

/// Creates an offer of the shop and restocks it.
fn open_offer(town: &Town, name: &str, mut body: Value) {
    body["name"] = json!(name);
    let offers = format!("/v1/merchants/{}/offers", town.id("shop"));
    let id = town.make(name, "merchant_owner", &offers, body.clone());
    if body["stocked"] == true {
        town.as_role("merchant_owner")
            .post(&format!("/v1/offers/{id}/stock"), json!({ "pieces": 50 }))
            .ok(201);
    }
}

#[test]
fn once_a_quarter_means_what_was_kept_in_the_quarter() {
    let town = town(200);
    let once = json!({ "unit_points": "4", "stocked": true, "member_limit": 1, "limit_window": "quarter" });
    open_offer(&town, "towel", once);
    let some = json!({ "unit_points": "2", "stocked": false, "member_limit": 3, "limit_window": "month" });
    open_offer(&town, "tea", some);
    let staff = town.as_role("staff");
    let redeem = |lines: &[(&str, i64)]| staff.post("/v1/redemptions", on_behalf(&town, "lin", lines));
    let step = |made: &Value, step: &str, body: Value| {
        let id = made["redemption"]["id"].as_str().unwrap();
        staff.post(&format!("/v1/redemptions/{id}/{step}"), body)
    };
    let sentence = town.refused(|_| redeem(&[("towel", 2)]), 422, "offer_limit_reached");
    assert!(sentence.contains("每人最多 1 件"), "{sentence}");
    // What is cancelled, or comes back, does not count.
    let made = redeem(&[("towel", 1)]).ok(201);
    town.refused(|_| redeem(&[("towel", 1)]), 422, "offer_limit_reached");
    step(&made, "cancel", json!({})).ok(200);
    let made = redeem(&[("towel", 1)]).ok(201);
    step(&made, "capture", json!({})).ok(200);
    town.refused(|_| redeem(&[("towel", 1)]), 422, "offer_limit_reached");
    step(&made, "refund", json!({})).ok(201);
    let made = redeem(&[("towel", 1)]).ok(201);
    step(&made, "capture", json!({})).ok(200);
    // Parts: three teas held, one taken, one brought back.
    let made = redeem(&[("tea", 3)]).ok(201);
    town.refused(|_| redeem(&[("tea", 1)]), 422, "offer_limit_reached");
    step(&made, "capture", pieces(&town, &[("tea", 2)])).ok(200);
    town.refused(|_| redeem(&[("tea", 2)]), 422, "offer_limit_reached");
    town.at("2026-03-02T08:05");
    step(&made, "refund", pieces(&town, &[("tea", 1)])).ok(201);
    let made = redeem(&[("tea", 2)]).ok(201);
    step(&made, "cancel", json!({})).ok(200);
    // The next quarter begins on the first of April in the bank's time zone.
    town.at("2026-03-31T23:59");
    town.refused(|_| redeem(&[("towel", 1)]), 422, "offer_limit_reached");
    town.at("2026-04-01T00:00");
    redeem(&[("towel", 1)]).ok(201);
    town.verify_and_stop();
}

#[test]
fn a_limit_needs_a_number() {
    let town = Town::new();
    let unlimited = json!({ "name": "x", "unit_points": "1", "stocked": false, "limit_window": "day" });
    let offers = format!("/v1/merchants/{}/offers", town.id("shop"));
    let answer = town.as_role("merchant_owner").post(&offers, unlimited);
    assert_eq!((answer.status, &answer.json()["field"]), (400, &json!("member_limit")));
    town.verify_and_stop();
}

#[test]
fn what_a_shop_does_not_give_is_said_in_words() {
    let town = town(50);
    open_offer(&town, "trip", json!({ "unit_points": "1", "stocked": false, "required_minutes": 6000 }));
    let (clerk, owner) = (town.as_role("merchant_clerk"), town.as_role("merchant_owner"));
    let redeem = |lines: &[(&str, i64)]| {
        let body = json!({ "code": claimed(&town, "volunteer"), "lines": cart(&town, lines) });
        clerk.post("/v1/redemptions", body)
    };
    let sentence = town.refused(|_| redeem(&[("trip", 1)]), 422, "minutes_missing");
    assert!(sentence.contains("需要 6000 分钟，现有 0 分钟"), "{sentence}");
    // Stock: held pieces are not available, zero is zero, and a stocktake never goes below zero.
    let sentence = town.refused(|_| redeem(&[("rice", 21)]), 422, "points_not_enough");
    assert!(!sentence.is_empty());
    let shelf = format!("/v1/offers/{}/stock", town.id("rice"));
    let count = |pieces: i64| json!({ "pieces": pieces, "stocktake": true, "reason": "示例盘点" });
    town.refused(|_| owner.post(&shelf, count(-21)), 422, "out_of_stock");
    owner.post(&shelf, count(-19)).ok(201);
    let sentence = town.refused(|_| redeem(&[("rice", 2)]), 422, "out_of_stock");
    assert!(sentence.contains("只剩 1 件"), "{sentence}");
    redeem(&[("rice", 1)]).ok(201);
    town.refused(|_| redeem(&[("rice", 1)]), 422, "out_of_stock");
    town.at("2026-03-02T08:02");
    // Withdrawn, paused, closed.
    let offer = format!("/v1/offers/{}", town.id("haircut"));
    owner.patch(&offer, 1, json!({ "state": "off" })).ok(204);
    town.refused(|_| redeem(&[("haircut", 1)]), 409, "offer_off");
    owner.patch(&offer, 2, json!({ "state": "on" })).ok(204);
    assert_eq!(owner.patch(&offer, 2, json!({ "state": "off" })).status, 412);
    let state = format!("/v1/merchants/{}/state", town.id("shop"));
    for wanted in ["paused", "closed"] {
        town.as_role("administrator").post(&state, json!({ "state": wanted })).ok(204);
        town.refused(|_| redeem(&[("haircut", 1)]), 409, "shop_paused");
    }
    town.as_role("administrator").post(&state, json!({ "state": "open" })).ok(204);
    // Prices near the end of the range are refused, not added up.
    open_offer(&town, "gold", json!({ "unit_points": "9999999999999", "stocked": false }));
    town.refused(|_| redeem(&[("gold", 100_000)]), 422, "points_out_of_range");
    town.refused(|_| redeem(&[("gold", 1_000), ("haircut", 1)]), 422, "amount_overflow");
    town.verify_and_stop();
}

#[test]
fn a_new_price_counts_from_its_own_version() {
    let town = town(50);
    let owner = town.as_role("merchant_owner");
    let held = hold(&town, &[("rice", 1)]);
    owner.patch(&format!("/v1/offers/{}", town.id("rice")), 1, json!({ "unit_points": "9" })).ok(204);
    let step = |id: &str, step: &str| {
        let path = format!("/v1/redemptions/{id}/{step}");
        town.as_role("merchant_clerk").post(&path, json!({})).ok(200)
    };
    // Agreed redemptions keep their price; the next one has the new.
    assert_eq!(step(&held, "capture")["redemption"]["points_captured"], "5.00");
    let next = hold(&town, &[("rice", 1)]);
    assert_eq!(step(&next, "capture")["redemption"]["points_captured"], "9.00");
    town.verify_and_stop();
}

#[test]
fn a_redemption_beside_a_new_price_has_the_one_that_it_names() {
    let town = town(50);
    // Concurrently, each redemption has the price of the version that it names, or must be read again.
    let (clerk, owner) = (bearer(&town, "staff"), bearer(&town, "merchant_owner"));
    for round in 0..12_i64 {
        let path = format!("/v1/offers/{}", town.id("haircut"));
        let price =
            Ask { method: "PATCH", ..Ask::post(path, json!({ "unit_points": (round + 1).to_string() })) };
        let price = price.role(None).header("Authorization", &owner).key(format!("p{round}"));
        let price = price.header("If-Match", &format!("\"{}\"", round + 1));
        let redeem = Ask::post("/v1/redemptions", on_behalf(&town, "lin", &[("haircut", 1)]));
        let redeem = redeem.role(None).header("Authorization", &clerk).key(format!("r{round}"));
        let answers = at_once(town.web.address(), vec![price, redeem]);
        assert_eq!(answers[0].status, 204, "{:?}", answers[0]);
        match answers[1].status {
            201 => {
                let made = answers[1].json();
                let points = made["redemption"]["lines"][0]["unit_points"].as_str().unwrap().to_owned();
                let before = if round == 0 { 10 } else { round };
                let either = [format!("{before}.00"), format!("{}.00", round + 1)];
                assert!(either.contains(&points), "{points} in round {round}");
                let id = made["redemption"]["id"].as_str().unwrap();
                town.as_role("staff").post(&format!("/v1/redemptions/{id}/cancel"), json!({})).ok(200);
            }
            409 => assert_eq!(answers[1].code(), "changed_meanwhile"),
            other => panic!("{other}: {:?}", answers[1]),
        }
        town.web.clock.advance_seconds(61);
    }
    town.verify_and_stop();
}

#[test]
fn fifty_at_once_capture_cancel_and_refund_one_redemption_once() {
    let town = town(50);
    let clerk = bearer(&town, "merchant_clerk");
    let ask = |id: &str, step: &str, key: String, body: Value| {
        let ask = Ask::post(format!("/v1/redemptions/{id}/{step}"), body).key(key);
        ask.role(None).header("Authorization", &clerk)
    };
    for round in 0..3 {
        let id = hold(&town, &[("rice", 4)]);
        let step = |n: i32| if n % 2 == 0 { "capture" } else { "cancel" };
        let asks = (0..50).map(|n| ask(&id, step(n), format!("{round}-{n}"), json!({}))).collect();
        let answers = at_once(town.web.address(), asks);
        let done: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(done.len(), 1, "{answers:?}");
        let lost = ["hold_already_captured", "hold_voided", "changed_meanwhile"];
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert!(answer.status == 409 && lost.contains(&answer.code().as_str()), "{answer:?}");
        }
        if done[0].json()["redemption"]["state"] == "captured" {
            give_back_at_once(&town, &id, &ask);
        }
        assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("50.00".into(), 20));
    }
    let id = captured(&town, &[("rice", 4)]);
    give_back_at_once(&town, &id, &ask);
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("50.00".into(), 20));
    town.verify_and_stop();
}

/// Fifty concurrent refunds of one piece each, of four: those with a stale version retry, and no fifth piece comes
/// back.
fn give_back_at_once(town: &Town, id: &str, ask: &dyn Fn(&str, &str, String, Value) -> Ask) {
    let mut back = 0;
    for attempt in 0..20 {
        let one = || pieces(town, &[("rice", 1)]);
        let asks = (0..50).map(|n| ask(id, "refund", format!("{id}-{attempt}-{n}"), one())).collect();
        let answers = at_once(town.web.address(), asks);
        back += answers.iter().filter(|answer| answer.status == 201).count();
        let lost = ["quantity_exceeds", "reversal_exceeds_original", "changed_meanwhile"];
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            assert!(lost.contains(&answer.code().as_str()), "{answer:?}");
        }
        if answers.iter().all(|answer| answer.code() == "quantity_exceeds") {
            break;
        }
    }
    assert_eq!(back, 4);
}

#[test]
fn more_redemptions_a_minute_than_people_make_are_refused() {
    let town = town(50);
    let staff = town.as_role("staff");
    let body = || on_behalf(&town, "lin", &[("rice", 1)]);
    for _ in 0..10 {
        staff.post("/v1/redemptions", body()).ok(201);
    }
    let sentence =
        town.refused(|_| staff.post_with("late", "/v1/redemptions", body()), 429, "too_many_redemptions");
    assert!(sentence.contains("请等 61 秒"), "{sentence}");
    // Another member is served meanwhile, and afterwards the same key succeeds.
    donate(&town, "zhao", 10);
    staff.post("/v1/redemptions", on_behalf(&town, "zhao", &[("rice", 1)])).ok(201);
    town.at("2026-03-02T08:02");
    town.refused(|_| staff.post_with("late", "/v1/redemptions", body()), 422, "insufficient_balance");
    town.verify_and_stop();
}

#[test]
fn a_hold_that_nobody_comes_for_runs_out_and_is_shown_so() {
    let town = town(50);
    let id = hold(&town, &[("rice", 2)]);
    let path = format!("/v1/redemptions/{id}");
    let clerk = town.as_role("merchant_clerk");
    assert_eq!(clerk.get(&path).ok(200)["state"], "held");
    town.at("2026-03-09T08:00");
    assert_eq!(clerk.get(&path).ok(200)["state"], "expired");
    assert_eq!(town.as_role("volunteer").get(&path).ok(200)["state"], "expired");
    let late = clerk.post(&format!("{path}/capture"), json!({}));
    assert_eq!((late.status, late.code()), (409, "hold_expired".into()));
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("50.00".into(), 20));
    town.verify_and_stop();
}

#[test]
fn a_code_makes_one_redemption_also_when_it_was_given_up_and_a_shop_is_told_no_balance() {
    let town = town(50);
    let (clerk, code) = (town.as_role("merchant_clerk"), claimed(&town, "volunteer"));
    let body = json!({ "code": code, "lines": cart(&town, &[("rice", 1)]) });
    // Repeats are one cart and one redemption.
    let first = clerk.post_with("till-1", "/v1/redemptions", body.clone()).ok(201);
    for _ in 0..12 {
        let again = clerk.post_with("till-1", "/v1/redemptions", body.clone());
        assert!(again.hit() && again.status == 201, "{again:?}");
    }
    let id = first["redemption"]["id"].as_str().unwrap().to_owned();
    clerk.post(&format!("/v1/redemptions/{id}/cancel"), json!({})).ok(200);
    // The member agreed to that cart only, not to another one later.
    town.refused(|_| clerk.post("/v1/redemptions", body), 409, "code_used");
    let id = hold(&town, &[("rice", 1)]);
    let given = clerk.post(&format!("/v1/redemptions/{id}/capture"), json!({}));
    assert!(given.status == 200 && !given.text.contains("balance"), "{given:?}");
    let back = clerk.post(&format!("/v1/redemptions/{id}/refund"), json!({}));
    assert!(back.status == 201 && !back.text.contains("balance"), "{back:?}");
    let owner = town.as_role("merchant_owner");
    let path = format!("/v1/offers/{}/stock", town.id("rice"));
    let short = json!({ "pieces": -500, "stocktake": true, "reason": "示例盘点" });
    // A first refusal is not a repeat; the same key again is.
    let refused = owner.post_with("count-1", &path, short.clone());
    assert!(refused.status == 422 && !refused.hit(), "{refused:?}");
    let again = owner.post_with("count-1", &path, short);
    assert!(again.status == 422 && again.hit(), "{again:?}");
    town.verify_and_stop();
}

#[test]
fn the_hold_of_a_redemption_is_captured_and_voided_by_the_redemption_alone() {
    let town = town(50);
    let (clerk, operator) = (town.as_role("merchant_clerk"), town.as_role("ledger_operator"));
    let hold_of = |redemption: &str| {
        let id = redemption.parse().unwrap();
        let read = town.web.store.read(BANK, move |tables| tables.redemption(id));
        town.runtime.block_on(read).unwrap().unwrap().hold_id
    };
    let (taken, left, late) =
        (hold(&town, &[("rice", 1)]), hold(&town, &[("rice", 1)]), hold(&town, &[("rice", 1)]));
    let raw = |redemption: &str, verb: &str| {
        let path = format!("/v1/ledger/holds/{}/{verb}", hold_of(redemption));
        if verb == "capture" {
            return operator.post(&path, json!({}));
        }
        let bearer = format!("Bearer {}", town.token("ledger_operator"));
        let key = format!("{redemption}-{}", town.head().0);
        let ask = Ask { body: None, ..Ask::post(path, json!({})) }.key(key).role(None);
        town.web.send(&ask.header("Authorization", &bearer))
    };
    for verb in ["capture", "void"] {
        let sentence = town.refused(|_| raw(&taken, verb), 409, "hold_of_document");
        assert!(sentence.contains("兑换单"), "{sentence}");
    }
    clerk.post(&format!("/v1/redemptions/{taken}/capture"), json!({})).ok(200);
    clerk.post(&format!("/v1/redemptions/{left}/cancel"), json!({})).ok(200);
    for verb in ["capture", "void"] {
        town.refused(|_| raw(&taken, verb), 409, "hold_of_document");
    }
    // Expired holds are given back as before.
    town.web.clock.advance_seconds(7 * 24 * 3600);
    assert!(town.runtime.block_on(town.web.services.sweep_due(BANK)).unwrap() > 0);
    assert_eq!(raw(&late, "void").code(), "hold_of_document");
    let seen = town.as_role("auditor").get(&format!("/v1/redemptions/{late}")).ok(200);
    assert_eq!((&seen["state"], stock(&town, "rice")), (&json!("expired"), 19));
    assert_eq!(town.balance("lin", "POINT"), "45.00");
    town.verify_and_stop();
}

//! Organisations, persons, households and users over HTTP.

use crate::support::people::{at_member, award, because};
use crate::support::service::{act, approved, record, standing, state};
use crate::support::town::Town;
use crate::support::town::with;
use crate::support::web::Answer;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn member(town: &Town, name: &str) -> Value {
    town.as_role("auditor").get(&format!("/v1/members/{}", town.id(name))).ok(200)
}

fn redeem(town: &Town, member: &str) -> Answer {
    let lines = json!([{ "offer": town.id("rice"), "quantity": 1 }]);
    let body = json!({ "on_behalf_of": town.id(member), "merchant": town.id("shop"), "lines": lines });
    town.as_role("staff").post("/v1/redemptions", body)
}

fn found(town: &Town, who: &str, query: &str) -> Vec<String> {
    let rows = town.as_role(who).get(&format!("/v1/members{query}")).ok(200);
    rows["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

/// Opens 周, or another person, in the community of the caller.
fn open(town: &Town, who: &'static str, more: Value) -> impl FnOnce(&Town) -> Answer + use<> {
    let org = town.id(if who == "staff" { "community" } else { "sibling" });
    let body = with(json!({ "name": "周示例", "org": org }), more);
    move |t: &Town| t.as_role(who).post("/v1/members", body)
}

#[test]
fn a_person_is_opened_once() {
    let town = Town::new();
    let first = json!({ "phone": "13900000001", "id_number": "110101199003070011", "number": "000000117" });
    let made = open(&town, "staff", first)(&town).ok(201);
    assert_eq!((&made["phone"], &made["id_number"]), (&json!("139****0001"), &json!("1101**********0011")));
    assert_eq!(made["birth_year"], 1990);
    // The same card: named for callers who may see it, not named for others.
    let card = json!({ "id_number": "110101199003070011" });
    let sentence = town.refused(open(&town, "staff", card.clone()), 409, "member_known");
    assert!(sentence.contains("储户 000000117") && sentence.contains("已经开户"), "{sentence}");
    let sentence = town.refused(open(&town, "staff_sibling", card), 409, "member_known");
    assert!(sentence.contains("其他社区") && !sentence.contains("000000117"), "{sentence}");
    // The same name and phone: asked once.
    let phone = json!({ "phone": "13900000001" });
    let sentence = town.refused(open(&town, "staff", phone), 409, "member_known");
    assert!(sentence.contains("可能已经开户") && sentence.contains("确认新开"), "{sentence}");
    open(&town, "staff", json!({ "phone": "13900000001", "confirmed_new": true }))(&town).ok(201);
    let another = json!({ "number": "000000117", "confirmed_new": true });
    town.refused(open(&town, "staff", another), 409, "taken");
    town.refused(open(&town, "staff", json!({ "phone": "0379-1234567" })), 400, "field_wrong_form");
    town.refused(open(&town, "staff", json!({ "id_number": "110101199003070012" })), 400, "field_wrong_form");
    town.refused(open(&town, "staff", json!({ "household": town.id("lin") })), 404, "not_found");
    // Elsewhere, and for others: nothing.
    let elsewhere = json!({ "org": town.id("sibling") });
    town.refused(open(&town, "staff", elsewhere), 404, "not_found");
    town.refused(open(&town, "reviewer", json!({})), 403, "role_missing");
    town.verify_and_stop();
}

#[test]
fn a_number_that_somebody_brought_along_is_stepped_over() {
    let town = Town::new();
    let next = open(&town, "staff", json!({ "name": "吴示例" }))(&town).ok(201);
    let number = next["number"].as_str().unwrap().to_owned();
    let ahead = number[..8].parse::<u32>().unwrap() + 2;
    let digits = format!("{ahead:08}");
    let sum: u32 = digits.chars().zip([3, 1].iter().cycle()).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    let brought = format!("{digits}{}", (10 - sum % 10) % 10);
    open(&town, "staff", json!({ "name": "郑示例", "number": brought }))(&town).ok(201);
    open(&town, "staff", json!({ "name": "冯示例" }))(&town).ok(201);
    town.verify_and_stop();
}

#[test]
fn members_are_found_within_reach_and_masked() {
    let town = Town::new();
    assert_eq!(found(&town, "staff", "?name=%E6%9E%97"), ["林示例"]);
    assert_eq!(found(&town, "staff", "?phone_tail=0001"), ["林示例"]);
    let number = member(&town, "lin")["number"].as_str().unwrap().to_owned();
    assert_eq!(found(&town, "staff", &format!("?number={number}")), ["林示例"]);
    assert_eq!(found(&town, "staff", &format!("?household={}", town.id("household"))), ["王示例", "赵示例"]);
    assert_eq!(found(&town, "staff", "?kind=household"), ["示例户"]);
    assert_eq!(found(&town, "staff_sibling", ""), ["孙示例"]);
    assert_eq!(found(&town, "staff_sibling", "?phone_tail=0001"), Vec::<String>::new());
    let phone = json!({ "phone": "13800000001" });
    let find = |who: &str, body: Value| town.as_role(who).post("/v1/members/find", body);
    let by_phone = find("staff", phone.clone()).ok(200);
    assert_eq!(
        (&by_phone["items"][0]["name"], &by_phone["items"][0]["phone"]),
        (&json!("林示例"), &json!("138****0001"))
    );
    assert_eq!(find("staff_sibling", phone.clone()).ok(200)["items"], json!([]));
    assert_eq!(find("staff", json!({})).status, 400);
    for who in ["volunteer", "proxy", "merchant_owner", "merchant_clerk", "ledger_operator"] {
        let answer = find(who, phone.clone());
        assert_eq!((answer.status, answer.code()), (403, "role_missing".into()), "{who}");
        assert_eq!(town.as_role(who).get("/v1/members").status, 403, "{who}");
    }
    let page = town.as_role("staff").get("/v1/members?limit=2&kind=person").ok(200);
    let next = format!("/v1/members?cursor={}", page["next"].as_str().unwrap());
    let rest = town.as_role("staff").get(&next).ok(200);
    assert_eq!((page["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (2, 2));
    // A volunteer sees only themselves.
    let own = format!("/v1/members/{}", town.id("lin"));
    assert_eq!(town.as_role("volunteer").get(&own).ok(200)["name"], "林示例");
    let other = town.as_role("volunteer").get(&format!("/v1/members/{}", town.id("wang")));
    assert_eq!((other.status, other.code()), (404, "not_found".into()));
    town.verify_and_stop();
}

#[test]
fn a_reveal_is_in_the_log_before_it_is_answered() {
    let town = Town::new();
    let ask = json!({ "what": "phone", "reason": "电话通知领奖" });
    let answer = at_member(&town, "staff", "lin", "reveal", ask.clone());
    assert_eq!(
        (answer.ok(200)["value"].clone(), answer.header("Cache-Control")),
        (json!("13800000001"), Some("no-store".into()))
    );
    let log = || {
        let rows = town.as_role("auditor").get("/v1/audit/access-log?limit=200").ok(200);
        let mut rows = rows["items"].as_array().unwrap().clone();
        rows.retain(|row| row["action"] != "read");
        rows
    };
    let seen = log();
    let line = &seen.iter().find(|row| row["subject"] == town.id("lin")).unwrap().clone();
    assert_eq!((&line["action"], &line["reason"]), (&json!("reveal_phone"), &json!("电话通知领奖")));
    assert_eq!((&line["actor"], &line["subject"]), (&json!(town.id("user/staff")), &json!(town.id("lin"))));
    assert!(!json!(seen).to_string().contains("13800000001"));
    town.refused(|t| at_member(t, "staff_sibling", "lin", "reveal", ask.clone()), 404, "not_found");
    town.refused(|t| at_member(t, "reviewer", "lin", "reveal", ask.clone()), 403, "role_missing");
    town.refused(
        |t| at_member(t, "staff", "lin", "reveal", json!({ "what": "phone" })),
        400,
        "field_missing",
    );
    assert_eq!(log(), seen, "what was refused shows nothing");
    town.verify_and_stop();
}

#[test]
fn who_is_frozen_gets_nothing_and_gives_nothing() {
    let town = Town::new();
    award(&town, "staff", "lin").ok(201);
    town.refused(|t| at_member(t, "team_leader", "lin", "freeze", because()), 403, "role_missing");
    town.refused(|t| at_member(t, "staff_sibling", "lin", "freeze", because()), 404, "not_found");
    at_member(&town, "staff", "lin", "freeze", because()).ok(204);
    let sentence = town.refused(|t| award(t, "staff", "lin"), 409, "wrong_state");
    assert!(sentence.contains("已冻结") && sentence.contains("解冻"), "{sentence}");
    let sentence = town.refused(|t| redeem(t, "lin"), 409, "wrong_state");
    assert!(sentence.contains("已冻结"), "{sentence}");
    // The accounts themselves are frozen: the raw ledger cannot bypass it.
    let accounts = town.as_role("auditor").get(&format!("/v1/members/{}/accounts", town.id("lin"))).ok(200);
    let account = accounts["items"].as_array().unwrap().iter().find(|row| row["asset"] == "POINT").unwrap();
    let account = account["account"].as_str().unwrap();
    let seen = town.as_role("ledger_operator").get(&format!("/v1/ledger/accounts/{account}")).ok(200);
    assert_eq!(seen["status"], "frozen");
    town.refused(|t| at_member(t, "staff", "lin", "freeze", because()), 409, "wrong_state");
    at_member(&town, "staff", "lin", "unfreeze", because()).ok(204);
    town.refused(|t| at_member(t, "staff", "lin", "unfreeze", because()), 409, "wrong_state");
    redeem(&town, "lin").ok(201);
    // A member cannot unfreeze themselves.
    town.open_user("staff_wang", json!({ "member": town.id("wang") }), "staff", "community");
    at_member(&town, "staff", "wang", "freeze", because()).ok(204);
    town.refused(|t| at_member(t, "staff_wang", "wang", "unfreeze", because()), 403, "for_oneself");
    town.refused(|t| at_member(t, "staff_wang", "zhao", "freeze", because()), 403, "for_oneself");
    town.verify_and_stop();
}

/// State of a member's row, and whether their points are frozen.
fn row_and_purse(town: &Town, name: &str) -> (String, String) {
    let accounts = town.as_role("auditor").get(&format!("/v1/members/{}/accounts", town.id(name))).ok(200);
    let account = accounts["items"].as_array().unwrap().iter().find(|row| row["asset"] == "POINT").unwrap();
    let account = account["account"].as_str().unwrap();
    let seen = town.as_role("ledger_operator").get(&format!("/v1/ledger/accounts/{account}")).ok(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&member(town, name)["state"]), text(&seen["status"]))
}

#[test]
fn a_late_repeat_of_a_freeze_changes_nothing_that_was_done_since() {
    let town = Town::new();
    for name in ["lin", "wang"] {
        award(&town, "staff", name).ok(201);
    }
    let send = |key: &str, name: &str, verb: &str| {
        let path = format!("/v1/members/{}/{verb}", town.id(name));
        town.as_role("staff").post_with(key, &path, because())
    };
    let frozen = ("frozen".to_owned(), "frozen".to_owned());
    let active = ("active".to_owned(), "open".to_owned());
    send("k1", "lin", "freeze").ok(204);
    send("k2", "lin", "unfreeze").ok(204);
    assert_eq!(row_and_purse(&town, "lin"), active);
    let head = town.head();
    send("k1", "lin", "freeze").ok(204);
    assert_eq!((row_and_purse(&town, "lin"), town.head()), (active.clone(), head));
    // Frozen again: a repeat of the old unfreeze has no effect.
    send("k3", "lin", "freeze").ok(204);
    let head = town.head();
    for key in ["k1", "k3"] {
        send(key, "lin", "freeze").ok(204);
    }
    send("k2", "lin", "unfreeze").ok(204);
    assert_eq!((row_and_purse(&town, "lin"), town.head()), (frozen.clone(), head));
    // A key of another request is refused before any account is touched.
    town.refused(|_| send("k2", "wang", "freeze"), 422, "idempotency_key_reused");
    assert_eq!(row_and_purse(&town, "wang"), active);
    town.refused(|_| send("k1", "lin", "unfreeze"), 422, "idempotency_key_reused");
    assert_eq!(row_and_purse(&town, "lin"), frozen);
    send("k4", "lin", "unfreeze").ok(204);
    assert_eq!(row_and_purse(&town, "lin"), active);
    town.verify_and_stop();
}

#[test]
fn a_freeze_is_one_commit_and_what_an_older_release_left_half_done_is_done_again() {
    let town = Town::new();
    award(&town, "staff", "lin").ok(201);
    let send = |key: &str, verb: &str| {
        let path = format!("/v1/members/{}/{verb}", town.id("lin"));
        town.as_role("staff").post_with(key, &path, because())
    };
    let before = town.web.services.store.commits();
    send("k1", "freeze").ok(204);
    assert_eq!(town.web.services.store.commits() - before, 1);
    assert_eq!(row_and_purse(&town, "lin"), ("frozen".to_owned(), "frozen".to_owned()));
    // As release 0.1 left it when it was stopped between the row and the accounts.
    town.set_purse("lin", "open");
    send("k2", "unfreeze").ok(204);
    assert_eq!(row_and_purse(&town, "lin"), ("active".to_owned(), "open".to_owned()));
    send("k3", "freeze").ok(204);
    assert_eq!(row_and_purse(&town, "lin"), ("frozen".to_owned(), "frozen".to_owned()));
    town.verify_and_stop();
}

fn the_old_id_answers_with_the_file_that_stays(town: &Town) {
    let seen = member(town, "twin");
    assert_eq!(
        (&seen["id"], &seen["state"], &seen["merged_into"]),
        (&json!(town.id("lin")), &json!("active"), &json!(town.id("lin")))
    );
    assert_eq!(
        (town.balance("lin", "POINT"), town.balance("twin", "POINT")),
        ("10.00".into(), "10.00".into())
    );
    let path = format!("/v1/members/{}", town.id("twin"));
    let sentence =
        town.refused(|t| t.as_role("staff").patch(&path, 2, json!({ "name": "林改名" })), 409, "wrong_state");
    assert!(sentence.contains("已合并") && sentence.contains("保留"), "{sentence}");
    let users = town.as_role("administrator").get("/v1/users").ok(200);
    let login = users["items"].as_array().unwrap().iter().find(|user| user["login"] == "twin_login").unwrap();
    assert_eq!(login["member"], town.id("lin"));
}

/// A second file of 林 in a household, with a login.
fn open_twin(town: &Town) {
    let twin = json!({ "name": "林示例", "org": town.id("community"), "household": town.id("household"), "confirmed_new": true });
    town.make("twin", "staff", "/v1/members", twin);
    town.open_user("twin_login", json!({ "member": town.id("twin") }), "volunteer", "community");
}

#[test]
fn a_duplicate_comes_to_the_one_that_stays_with_everything() {
    let town = Town::new();
    standing(&town, "post");
    open_twin(&town);
    award(&town, "staff", "twin").ok(201);
    town.at("2026-03-02T12:00");
    let from = "2026-03-02T09:00";
    approved(&town, "alone", record(&town, "post", "twin", "2026-03-02T08:00", from));
    approved(&town, "own", record(&town, "post", "lin", from, "2026-03-02T10:00"));
    approved(&town, "twice", record(&town, "post", "twin", "2026-03-02T09:30", "2026-03-02T10:30"));
    let merge = |who: &'static str, from: &str, into: &str| {
        let (from, body) = (from.to_owned(), json!({ "into": town.id(into), "reason": "重复开户" }));
        move |t: &Town| at_member(t, who, &from, "merge", body)
    };
    town.refused(merge("staff", "twin", "twin"), 409, "wrong_state");
    let sentence = town.refused(merge("staff", "twin", "household"), 409, "wrong_state");
    assert!(sentence.contains("家庭户"), "{sentence}");
    town.refused(merge("staff", "twin", "sun"), 404, "not_found");
    town.refused(merge("team_leader", "twin", "lin"), 403, "role_missing");
    // Holds move along.
    let held = redeem(&town, "twin").ok(201);
    merge("staff", "twin", "lin")(&town).ok(201);
    let hold = held["redemption"]["id"].as_str().unwrap();
    town.as_role("staff").post(&format!("/v1/redemptions/{hold}/cancel"), json!({})).ok(200);
    the_old_id_answers_with_the_file_that_stays(&town);
    // Records move along; an hour that was claimed twice is reviewed again.
    assert_eq!(
        (&state(&town, "alone")["member"], &state(&town, "alone")["state"]),
        (&json!(town.id("lin")), &json!("notice"))
    );
    assert_eq!(
        (&state(&town, "twice")["member"], &state(&town, "twice")["state"]),
        (&json!(town.id("lin")), &json!("submitted"))
    );
    town.refused(|t| act(t, "reviewer", "twice", "approve", json!({})), 422, "service_overlaps");
    town.at("2026-03-07T00:00");
    assert_eq!(town.finalise(), 2);
    assert_eq!((town.balance("lin", "MINUTE"), town.balance("lin", "POINT")), ("120".into(), "14.00".into()));
    town.verify_and_stop();
}

#[test]
fn what_a_duplicate_was_given_is_taken_back_from_the_one_that_stays() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    approved(&town, "wang's", record(&town, "post", "wang", "2026-03-02T09:00", "2026-03-02T11:00"));
    town.at("2026-03-07T00:00");
    assert_eq!(town.finalise(), 1);
    let merge = json!({ "into": town.id("lin"), "reason": "重复开户" });
    at_member(&town, "staff", "wang", "merge", merge).ok(201);
    assert_eq!(town.balance("lin", "MINUTE"), "120");
    town.at("2026-03-07T09:00");
    act(&town, "reviewer_two", "wang's", "reverse", because()).ok(201);
    assert_eq!(state(&town, "wang's")["state"], "reversed");
    let left = ["MINUTE", "LIFETIME", "POINT"].map(|asset| town.balance("lin", asset));
    assert_eq!(left.each_ref().map(String::as_str), ["0", "0.00", "0.00"]);
    town.verify_and_stop();
}

/// A duplicate of 林 next door, with ten points.
fn twin_next_door(town: &Town) -> i64 {
    let twin = json!({ "name": "林示例", "org": town.id("sibling"), "confirmed_new": true });
    town.make("twin", "staff_sibling", "/v1/members", twin);
    award(town, "staff_sibling", "twin").ok(201)["entry"].as_i64().unwrap()
}

fn merged(town: &Town) {
    let body = json!({ "into": town.id("lin"), "reason": "重复开户" });
    at_member(town, "street", "twin", "merge", body).ok(201);
    town.open_user("lin_staff", json!({ "member": town.id("lin") }), "staff", "community");
}

fn points(town: &Town, asset: &str) -> (String, String) {
    (town.balance("lin", asset), town.balance("twin", asset))
}

#[test]
fn what_a_duplicate_gives_back_in_a_shop_comes_to_the_one_that_stays() {
    let town = Town::new();
    twin_next_door(&town);
    let lines = json!([{ "offer": town.id("rice"), "quantity": 2 }]);
    let body = json!({ "on_behalf_of": town.id("twin"), "merchant": town.id("shop"), "lines": lines });
    let made = town.as_role("staff_sibling").post("/v1/redemptions", body).ok(201);
    let path = format!("/v1/redemptions/{}", made["redemption"]["id"].as_str().unwrap());
    town.as_role("staff_sibling").post(&format!("{path}/capture"), json!({})).ok(200);
    merged(&town);
    let one = json!({ "lines": [{ "offer": town.id("rice"), "quantity": 1 }] });
    let refund = format!("{path}/refund");
    // The present owner counts: neither next door nor oneself may do it.
    town.refused(|t| t.as_role("staff_sibling").post(&refund, one.clone()), 404, "not_found");
    assert_eq!(town.as_role("staff_sibling").get(&path).status, 404);
    town.refused(|t| t.as_role("lin_staff").post(&refund, one.clone()), 403, "for_oneself");
    assert_eq!(town.as_role("volunteer").get(&path).ok(200)["state"], "captured");
    let rehearsed = town.as_role("staff").post(&format!("{refund}?dry_run=true"), one.clone());
    assert_eq!((rehearsed.status, points(&town, "POINT")), (201, ("0.00".into(), "0.00".into())));
    let first = town.as_role("staff").post_with("r1", &refund, one.clone()).ok(201);
    assert_eq!(first["kind"], "refund");
    assert_eq!(points(&town, "POINT"), ("5.00".into(), "5.00".into()));
    let head = town.head();
    let again = town.as_role("staff").post_with("r1", &refund, one).json();
    assert_eq!((&again["entry"], town.head()), (&first["entry"], head));
    town.as_role("merchant_owner").post(&refund, json!({})).ok(201);
    assert_eq!(points(&town, "POINT"), ("10.00".into(), "10.00".into()));
    town.verify_and_stop();
}

#[test]
fn an_award_of_a_duplicate_is_taken_back_from_the_one_that_stays() {
    let town = Town::new();
    let number = twin_next_door(&town);
    merged(&town);
    assert_eq!(points(&town, "POINT"), ("10.00".into(), "10.00".into()));
    let path = format!("/v1/awards/{number}/reverse");
    let body = |points: Option<&str>, up_to: bool| {
        let mut body = json!({ "reason": "示例：登记有误", "up_to": up_to });
        if let Some(points) = points {
            body["points"] = json!(points);
        }
        body
    };
    let reverse = |who: &str, points: Option<&str>| town.as_role(who).post(&path, body(points, false));
    town.refused(|_| reverse("staff_sibling", None), 404, "not_found");
    town.refused(|_| reverse("lin_staff", None), 403, "for_oneself");
    let part = town.as_role("staff").post_with("a1", &path, body(Some("4"), false)).ok(201);
    assert_eq!(part["kind"], "reversal");
    let left = || ("6.00".to_owned(), "6.00".to_owned());
    assert_eq!((points(&town, "POINT"), points(&town, "LIFETIME")), (left(), left()));
    let head = town.head();
    let again = town.as_role("staff").post_with("a1", &path, body(Some("4"), false)).json();
    assert_eq!((&again["entry"], town.head()), (&part["entry"], head));
    // Never more than was given, and never below the balance.
    town.refused(|_| reverse("staff", Some("6.01")), 422, "reversal_exceeds_original");
    let spent = redeem(&town, "lin").ok(201);
    let spent = format!("/v1/redemptions/{}/capture", spent["redemption"]["id"].as_str().unwrap());
    town.as_role("staff").post(&spent, json!({})).ok(200);
    town.refused(|_| reverse("staff", None), 422, "insufficient_balance");
    town.as_role("staff").post(&path, body(None, true)).ok(201);
    let none = || ("0.00".to_owned(), "0.00".to_owned());
    assert_eq!((points(&town, "POINT"), points(&town, "LIFETIME")), (none(), none()));
    town.verify_and_stop();
}

#[test]
fn one_reversal_sent_many_times_at_once_is_one_reversal() {
    use crate::support::town::bearer;
    use crate::support::web::Ask;
    use crate::support::web::at_once;
    let town = Town::new();
    let number = twin_next_door(&town);
    merged(&town);
    let staff = bearer(&town, "staff");
    for (key, left) in [("first", "7.00"), ("second", "4.00")] {
        let body = json!({ "reason": "示例：登记有误", "points": "3" });
        let ask = || Ask::post(format!("/v1/awards/{number}/reverse"), body.clone()).key(key);
        let asks = (0..20).map(|_| ask().role(None).header("Authorization", &staff)).collect();
        let answers = at_once(town.web.address(), asks);
        let entry = answers[0].ok(201)["entry"].clone();
        for answer in &answers {
            assert_eq!(answer.ok(201)["entry"], entry);
        }
        assert_eq!(points(&town, "POINT"), (left.into(), left.into()));
    }
    town.verify_and_stop();
}

#[test]
fn what_was_taken_from_a_duplicate_goes_back_to_the_one_that_stays() {
    let town = Town::new();
    twin_next_door(&town);
    let body =
        json!({ "member": town.id("twin"), "scheme": town.id("scheme"), "item": "no-show", "quantity": "1" });
    let taken = town.as_role("staff_sibling").post("/v1/awards", body).ok(201);
    merged(&town);
    let path = format!("/v1/awards/{}/reverse", taken["entry"]);
    town.as_role("staff").post(&path, json!({ "reason": "示例：登记有误" })).ok(201);
    assert_eq!(points(&town, "POINT"), ("10.00".into(), "10.00".into()));
    town.verify_and_stop();
}

#[test]
fn a_file_is_changed_over_the_version_that_was_read() {
    let town = Town::new();
    let path = format!("/v1/members/{}", town.id("wang"));
    let change = |who: &'static str, version: i64, body: Value| {
        let path = path.clone();
        move |t: &Town| t.as_role(who).patch(&path, version, body)
    };
    let with_card = json!({ "id_number": "110101199003070011", "leave_household": true });
    let changed = change("staff", 1, with_card)(&town).ok(200);
    assert_eq!((&changed["version"], &changed["household"]), (&json!(2), &Value::Null));
    town.refused(change("staff", 1, json!({ "name": "王改名" })), 412, "version_stale");
    town.refused(change("staff_sibling", 2, json!({ "name": "王改名" })), 404, "not_found");
    town.refused(change("reviewer", 2, json!({ "name": "王改名" })), 403, "role_missing");
    let other = json!({ "id_number": "11010519491231002X" });
    let sentence = town.refused(change("staff", 2, other), 409, "fixed");
    assert!(sentence.contains("合并"), "{sentence}");
    // Neither into a household out of reach, nor into a person.
    town.refused(change("staff", 2, json!({ "household": town.id("lin") })), 404, "not_found");
    town.refused(change("staff", 2, json!({ "org": town.id("sibling") })), 404, "not_found");
    // A move needs a user who reaches both.
    town.open_user("staff_street", json!({}), "staff", "street");
    change("staff_street", 2, json!({ "org": town.id("sibling") }))(&town).ok(200);
    assert_eq!(found(&town, "staff_sibling", "?name=%E7%8E%8B"), ["王示例"]);
    assert_eq!(found(&town, "staff", "?name=%E7%8E%8B"), Vec::<String>::new());
    // The same card cannot be entered for another person.
    let zhao = format!("/v1/members/{}", town.id("zhao"));
    let card = json!({ "id_number": "110101199003070011" });
    let sentence = town.refused(|t| t.as_role("staff").patch(&zhao, 1, card), 409, "member_known");
    assert!(sentence.contains("其他社区"), "{sentence}");
    town.verify_and_stop();
}

fn org(town: &Town, name: &str, verb: &str, body: Value) -> impl FnOnce(&Town) -> Answer + use<> {
    let path = format!("/v1/orgs/{}/{verb}", town.id(name));
    move |t: &Town| t.as_role("administrator").post(&path, body)
}

fn open_second_street(town: &Town) {
    let body = json!({ "parent": town.id("district"), "kind": "street", "code": "S2", "name": "第二街道" });
    town.refused(|t| t.as_role("street").post("/v1/orgs", body.clone()), 404, "not_found");
    town.refused(|t| t.as_role("staff").post("/v1/orgs", body.clone()), 403, "role_missing");
    town.make("street two", "administrator", "/v1/orgs", body);
}

#[test]
fn the_tree_of_organisations_keeps_its_order() {
    let town = Town::new();
    let below = |name: &str| json!({ "parent": town.id(name) });
    let sentence = town.refused(org(&town, "street", "move", below("compound")), 409, "wrong_state");
    assert!(sentence.contains("自己的下级"), "{sentence}");
    town.refused(org(&town, "street", "move", below("street")), 409, "wrong_state");
    let sentence = town.refused(org(&town, "community", "close", json!({})), 409, "wrong_state");
    assert!(sentence.contains("下级") && sentence.contains("活动"), "{sentence}");
    town.refused(org(&town, "district", "close", json!({})), 409, "wrong_state");
    let unknown = json!({ "parent": town.id("lin") });
    town.refused(org(&town, "compound", "move", unknown), 404, "not_found");
    let again =
        json!({ "parent": town.id("street"), "kind": "community", "code": "sibling", "name": "重名" });
    let sentence = town.refused(|t| t.as_role("administrator").post("/v1/orgs", again), 409, "taken");
    assert!(sentence.contains("组织代码"), "{sentence}");
    open_second_street(&town);
    town.refused(
        |t| t.as_role("street").post(&format!("/v1/orgs/{}/move", t.id("sibling")), below("street two")),
        404,
        "not_found",
    );
    town.verify_and_stop();
}

#[test]
fn a_move_takes_everything_below_along_and_the_reach_of_roles_with_it() {
    let town = Town::new();
    let below = |name: &str| json!({ "parent": town.id(name) });
    open_second_street(&town);
    assert_eq!(found(&town, "staff", "?name=%E7%8E%8B"), ["王示例"]);
    org(&town, "compound", "move", below("sibling"))(&town).ok(204);
    assert_eq!(found(&town, "staff", "?name=%E7%8E%8B"), Vec::<String>::new());
    assert_eq!(found(&town, "staff_sibling", "?name=%E7%8E%8B"), ["王示例"]);
    let tree = town.as_role("staff_sibling").get("/v1/orgs").ok(200);
    // All were opened in the same millisecond of this town's clock: in whatever order.
    let names = |page: &Value| -> BTreeSet<String> {
        let orgs = page["items"].as_array().unwrap().iter();
        orgs.map(|org| org["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&tree), BTreeSet::from(["邻近社区".to_owned(), "示例小区".to_owned()]));
    // Page by page.
    let page = town.as_role("administrator").get("/v1/orgs?limit=4").ok(200);
    let next = format!("/v1/orgs?cursor={}", page["next"].as_str().unwrap());
    let rest = town.as_role("administrator").get(&next).ok(200);
    assert_eq!((names(&page).len(), names(&rest).len()), (4, 2));
    assert!(names(&page).is_disjoint(&names(&rest)));
    town.verify_and_stop();
}

#[test]
fn a_closed_organisation_takes_nothing_new_and_no_roles() {
    let town = Town::new();
    let below = |name: &str| json!({ "parent": town.id(name) });
    open_second_street(&town);
    org(&town, "street two", "close", json!({}))(&town).ok(204);
    town.refused(org(&town, "street two", "close", json!({})), 409, "wrong_state");
    town.refused(org(&town, "sibling", "move", below("street two")), 409, "wrong_state");
    let new = json!({ "parent": town.id("street two"), "kind": "community", "code": "C9", "name": "新社区" });
    town.refused(|t| t.as_role("administrator").post("/v1/orgs", new), 409, "wrong_state");
    let role = json!({ "user": town.id("user/staff"), "role": "staff", "org": town.id("street two") });
    town.refused(|t| t.as_role("administrator").post("/v1/roles", role), 409, "wrong_state");
    town.verify_and_stop();
}

fn grant(
    town: &Town,
    login: &str,
    role: &str,
    org: &str,
    until: Value,
) -> impl FnOnce(&Town) -> Answer + use<> {
    let mut body = json!({ "user": town.id(&format!("user/{login}")), "role": role, "org": town.id(org) });
    if !until.is_null() {
        body["until"] = until;
    }
    move |t: &Town| t.as_role("administrator").post("/v1/roles", body)
}

#[test]
fn roles_end_on_their_day_or_at_once() {
    let town = Town::new();
    let sentence = town.refused(
        grant(&town, "staff", "reviewer", "community", json!("2026-03-02T00:00:00Z")),
        422,
        "until_past",
    );
    assert!(sentence.contains("请改截止时间"), "{sentence}");
    let sentence =
        town.refused(grant(&town, "auditor", "reviewer", "district", Value::Null), 409, "roles_exclude");
    assert!(sentence.contains("不能兼任"), "{sentence}");
    town.refused(grant(&town, "staff", "volunteer", "community", Value::Null), 404, "not_found");
    town.refused(grant(&town, "staff", "merchant_clerk", "community", Value::Null), 404, "not_found");
    let body = json!({ "user": town.id("user/staff"), "role": "staff", "org": town.id("sibling") });
    town.refused(|t| t.as_role("reviewer").post("/v1/roles", body.clone()), 403, "role_missing");
    town.refused(|t| t.as_role("merchant_owner").post("/v1/roles", body), 404, "not_found");
    // Until noon, and then no more.
    grant(&town, "auditor", "branch", "sibling", json!("2026-03-02T04:00:00Z"))(&town).ok(201);
    let enters = |town: &Town| {
        let me = town.as_role("auditor").get("/v1/me").ok(200);
        me["rights"].as_array().unwrap().contains(&json!("enter_records"))
    };
    assert!(enters(&town));
    town.at("2026-03-02T12:00");
    assert!(!enters(&town));
    // Granted again for longer: one role, not two, so that one revocation suffices.
    grant(&town, "auditor", "branch", "sibling", json!("2026-03-03T04:00:00Z"))(&town).ok(201);
    let longer = grant(&town, "auditor", "branch", "sibling", Value::Null)(&town).ok(201);
    assert!(enters(&town));
    let path = format!("/v1/roles/{}", longer["id"].as_str().unwrap());
    town.as_role("administrator").delete(&path).ok(204);
    assert!(!enters(&town));
    let sentence = town.refused(|t| t.as_role("administrator").delete(&path), 409, "wrong_state");
    assert!(sentence.contains("已收回"), "{sentence}");
    town.verify_and_stop();
}

#[test]
fn the_last_administrator_of_the_bank_stays() {
    let town = Town::new();
    // An administrator of a street is not one of the bank; one whose role ends does not count.
    let me = town.as_role("administrator").get("/v1/users").ok(200);
    let own = me["items"].as_array().unwrap().iter().find(|user| user["login"] == "administrator").unwrap();
    let (user, role) = (own["id"].as_str().unwrap(), own["roles"][0]["id"].as_str().unwrap());
    let revoke = |t: &Town| t.as_role("administrator").delete(&format!("/v1/roles/{role}"));
    let sentence = town.refused(revoke, 409, "last_administrator");
    assert!(sentence.contains("管理员"), "{sentence}");
    grant(&town, "staff_two", "administrator", "district", json!("2026-12-31T00:00:00Z"))(&town).ok(201);
    town.refused(revoke, 409, "last_administrator");
    let limit = json!({ "user": user, "role": "administrator", "org": town.id("district"), "until": "2026-12-31T00:00:00Z" });
    town.refused(|t| t.as_role("staff_two").post("/v1/roles", limit), 409, "last_administrator");
    grant(&town, "staff_two", "administrator", "district", Value::Null)(&town).ok(201);
    revoke(&town).ok(204);
    let after = town.as_role("administrator").get("/v1/users");
    assert_eq!((after.status, after.code()), (403, "role_missing".into()));
    town.verify_and_stop();
}

#[test]
fn a_shops_owner_makes_the_clerks_of_the_own_shop_only() {
    let town = Town::new();
    let shop = json!({ "name": "别家小店", "org": town.id("community"), "model": "donated_goods" });
    town.make("other shop", "administrator", "/v1/merchants", shop);
    let open = |login: &str, more: Value| {
        let mut body = json!({ "login": login, "name": "示例丙", "password": "three ferries at noon" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        move |t: &Town| t.as_role("merchant_owner").post("/v1/users", body)
    };
    let made = open("clerk.two", json!({ "merchant": town.id("shop") }))(&town).ok(201);
    town.refused(open("clerk.x", json!({ "merchant": town.id("other shop") })), 404, "not_found");
    town.refused(open("clerk.y", json!({})), 404, "not_found");
    // The owner may link a clerk to a person of this bank.
    let of =
        |member: &str| open("clerk.z", json!({ "merchant": town.id("shop"), "member": town.id(member) }));
    town.refused(of("household"), 409, "wrong_state");
    town.refused(of("shop"), 404, "not_found");
    of("lin")(&town).ok(201);
    let sentence = town.refused(open("clerk.two", json!({ "merchant": town.id("shop") })), 409, "taken");
    assert!(sentence.contains("登录名"), "{sentence}");
    let role = |role: &str, user: Value| {
        let body = json!({ "user": user, "role": role, "org": town.id("community") });
        move |t: &Town| t.as_role("merchant_owner").post("/v1/roles", body)
    };
    role("merchant_clerk", made["id"].clone())(&town).ok(201);
    town.refused(role("merchant_owner", made["id"].clone()), 404, "not_found");
    town.refused(role("staff", made["id"].clone()), 404, "not_found");
    town.refused(role("merchant_clerk", json!(town.id("user/staff"))), 404, "not_found");
    town.verify_and_stop();
}

//! Gifts over HTTP: off until the bank allows them, carried with their expiry, capped, never in a circle; asked back,
//! returned, reversed; pools and what comes out of them.

use crate::support::shops::{card, donate, set_pin};
use crate::support::town::{Town, bearer, with};
use crate::support::web::{Answer, Ask, at_once};
use serde_json::{Value, json};

/// A town in which everything may be given. 王 and 赵 share a household; 林 and 孙 are neighbours. All have log-ins.
fn town(points: i64) -> Town {
    let town = closed(points);
    allow(&town, json!({}));
    town
}

fn closed(points: i64) -> Town {
    let town = Town::new();
    for who in ["wang", "zhao"] {
        town.open_user(who, json!({ "member": town.id(who) }), "volunteer", "compound");
    }
    town.open_user("sun", json!({ "member": town.id("sun") }), "volunteer", "sibling");
    donate(&town, "lin", points);
    // Messages begin with what happens from now on.
    is_told(&town, "volunteer", "");
    town
}

fn allow(town: &Town, more: Value) {
    let body = json!({ "family": true, "neighbour": true, "donation": true, "points_a_day": "20",
        "points_a_person": "30" });
    let answer = town.as_role("administrator").get("/v1/gift-rules");
    answer.ok(200);
    let version: i64 = answer.header("etag").unwrap().trim_matches('"').parse().unwrap();
    town.as_role("administrator").put("/v1/gift-rules", version, with(body, more)).ok(200);
}

fn number(town: &Town, member: &str) -> Value {
    let who = if member == "sun" { "staff_sibling" } else { "staff" };
    town.as_role(who).get(&format!("/v1/members/{}", town.id(member))).ok(200)["number"].clone()
}

fn give(town: &Town, who: &str, to: &str, points: &str) -> Answer {
    town.as_role(who).post("/v1/gifts", json!({ "number": number(town, to), "points": points }))
}

fn donated(town: &Town, who: &str, points: &str) -> Answer {
    town.as_role(who).post("/v1/donations", json!({ "points": points }))
}

fn step(town: &Town, who: &str, gift: &Value, step: &str) -> Answer {
    let body = if step == "reverse" { json!({ "reason": "赠错了人" }) } else { json!({}) };
    town.as_role(who).post(&format!("/v1/gifts/{}/{step}", gift["gift"]["id"].as_str().unwrap()), body)
}

/// Whether a message with this title has come.
fn is_told(town: &Town, who: &str, title: &str) -> bool {
    let run = town.web.services.tell_what_is_new(crate::support::web::BANK);
    town.runtime.block_on(run).unwrap();
    let all = town.as_role(who).get("/v1/messages").ok(200);
    all["items"].as_array().unwrap().iter().any(|one| one["title"] == title)
}

#[test]
fn nothing_is_given_before_the_bank_allows_it() {
    let town = closed(20);
    let text = town.refused(|t| give(t, "volunteer", "wang", "1"), 409, "gifts_off");
    assert!(text.contains("邻里"), "{text}");
    town.refused(|t| donated(t, "volunteer", "1"), 409, "gifts_off");
    let rules = json!({ "family": false, "neighbour": true, "donation": false, "points_a_day": "5", "points_a_person": "5" });
    let stale = town.as_role("administrator").put("/v1/gift-rules", 99, rules.clone());
    assert_eq!(stale.status, 412);
    assert_eq!(town.as_role("staff").put("/v1/gift-rules", 1, rules).status, 403);
    allow(&town, json!({ "family": false, "donation": false }));
    give(&town, "volunteer", "wang", "2").ok(201);
    town.refused(|t| give(t, "wang", "zhao", "1"), 409, "gifts_off");
    town.refused(|t| donated(t, "volunteer", "1"), 409, "gifts_off");
    town.verify_and_stop();
}

#[test]
fn a_gift_keeps_its_expiry_is_not_earned_and_names_the_other_masked() {
    let town = town(20);
    let lots = |who: &str| town.as_role("staff").get(&format!("/v1/members/{}/lots", town.id(who))).ok(200);
    let before = lots("lin")["items"][0]["expires_at"].clone();
    let life = town.balance("wang", "LIFETIME");
    let given = give(&town, "volunteer", "wang", "8").ok(201);
    assert_eq!((&given["gift"]["form"], &given["gift"]["points"]), (&json!("neighbour"), &json!("8.00")));
    assert_eq!(lots("wang")["items"][0]["expires_at"], before);
    assert_eq!(
        (town.balance("lin", "POINT"), town.balance("wang", "POINT")),
        ("12.00".into(), "8.00".into())
    );
    assert_eq!(town.balance("wang", "LIFETIME"), life);
    assert!(is_told(&town, "wang", "邻居赠给您 8 分") && is_told(&town, "volunteer", "您赠给邻居 8 分"));
    let list = town.as_role("wang").get("/v1/gifts").ok(200);
    assert_eq!(list["items"][0]["giver_name"], "林**");
    assert_eq!(town.as_role("staff").get("/v1/gifts").ok(200)["items"][0]["giver_name"], "林示例");
    let who = number(&town, "zhao");
    let found = town.as_role("wang").get(&format!("/v1/gift-receivers?number={}", who.as_str().unwrap()));
    assert_eq!(found.ok(200), json!({ "name": "赵示例", "form": "family" }));
    assert_eq!(town.as_role("sun").get("/v1/gifts").ok(200)["items"], json!([]));
    let path = format!("/v1/gifts/{}", given["gift"]["id"].as_str().unwrap());
    assert_eq!(town.as_role("sun").get(&path).status, 404);
    town.verify_and_stop();
}

#[test]
fn who_may_not_give_is_told_why() {
    let town = town(20);
    town.refused(|t| give(t, "volunteer", "lin", "1"), 422, "gift_to_oneself");
    town.refused(|t| give(t, "volunteer", "wang", "20.5"), 422, "gift_day_limit");
    town.refused(|t| give(t, "wang", "lin", "1"), 422, "insufficient_balance");
    let nobody = json!({ "number": "999999999", "points": "1" });
    town.refused(|t| t.as_role("volunteer").post("/v1/gifts", nobody), 404, "receiver_unknown");
    let freeze = |who: &str, step: &str| {
        let path = format!("/v1/members/{}/{step}", town.id(who));
        town.as_role("street").post(&path, json!({ "reason": "示例事由" })).ok(204);
    };
    freeze("wang", "freeze");
    town.refused(|t| give(t, "volunteer", "wang", "1"), 409, "wrong_state");
    freeze("wang", "unfreeze");
    freeze("lin", "freeze");
    town.refused(|t| give(t, "volunteer", "wang", "1"), 409, "wrong_state");
    freeze("lin", "unfreeze");
    let child = json!({ "name": "小示例", "org": town.id("compound"), "birth_year": 2012 });
    town.make("child", "staff", "/v1/members", child);
    town.open_user("child", json!({ "member": town.id("child") }), "volunteer", "compound");
    give(&town, "volunteer", "child", "3").ok(201);
    let text = town.refused(|t| give(t, "child", "wang", "1"), 409, "giver_too_young");
    assert!(text.contains("十八岁"), "{text}");
    assert_eq!(give(&town, "staff", "wang", "1").status, 403);
    town.verify_and_stop();
}

#[test]
fn a_session_that_a_card_has_opened_gives_nothing() {
    let town = town(20);
    set_pin(&town, "lin", "385207");
    let body = json!({ "card": card(&town, "lin"), "pin": "385207" });
    let session = town.web.send(&Ask::post("/v1/auth/token", body).role(None)).ok(200);
    let by = format!("Bearer {}", session["access_token"].as_str().unwrap());
    let give = |key: &str, path: &str, body: Value| {
        town.web.send(&Ask::post(path, body).role(None).key(key).header("Authorization", &by))
    };
    let gift = give("one", "/v1/gifts", json!({ "number": number(&town, "wang"), "points": "1" }));
    assert_eq!((gift.status, gift.code().as_str()), (403, "stronger_proof_needed"), "{gift:?}");
    let gift = give("two", "/v1/donations", json!({ "points": "1" }));
    assert_eq!((gift.status, gift.code().as_str()), (403, "stronger_proof_needed"), "{gift:?}");
    town.verify_and_stop();
}

#[test]
fn what_goes_round_in_a_circle_is_refused_for_thirty_days() {
    let town = town(40);
    for who in ["wang", "zhao", "sun"] {
        let staff = if who == "sun" { "staff_sibling" } else { "staff_two" };
        let body = json!({ "member": town.id(who), "scheme": town.id("scheme"), "item": "goods-donation", "quantity": "100" });
        town.as_role(staff).post("/v1/awards", body).ok(201);
    }
    give(&town, "volunteer", "wang", "2").ok(201);
    let text = town.refused(|t| give(t, "wang", "lin", "1"), 409, "gift_in_circle");
    assert!(text.contains("30") && text.contains("一圈"), "{text}");
    give(&town, "wang", "zhao", "1").ok(201);
    town.refused(|t| give(t, "zhao", "lin", "1"), 409, "gift_in_circle");
    give(&town, "zhao", "sun", "1").ok(201);
    town.refused(|t| give(t, "sun", "lin", "1"), 409, "gift_in_circle");
    town.refused(|t| give(t, "zhao", "wang", "1"), 409, "gift_in_circle");
    give(&town, "volunteer", "zhao", "1").ok(201);
    town.at("2026-04-02T09:00");
    give(&town, "wang", "lin", "1").ok(201);
    town.verify_and_stop();
}

#[test]
fn two_who_give_to_each_other_at_once_do_not_both_succeed() {
    let town = town(40);
    donate(&town, "wang", 20);
    let (lin, wang) = (bearer(&town, "volunteer"), bearer(&town, "wang"));
    let (to_lin, to_wang) = (number(&town, "lin"), number(&town, "wang"));
    let asks = (0..8).map(|n| {
        let (who, to) = if n % 2 == 0 { (&lin, &to_wang) } else { (&wang, &to_lin) };
        let ask = Ask::post("/v1/gifts", json!({ "number": to, "points": "1" }));
        ask.role(None).key(format!("g{n}")).header("Authorization", who)
    });
    let answers = at_once(town.web.address(), asks.collect());
    let good =
        |rest: usize| answers.iter().skip(rest).step_by(2).filter(|answer| answer.status == 201).count();
    assert!((good(0) == 4 && good(1) == 0) || (good(0) == 0 && good(1) == 4), "{answers:?}");
    town.verify_and_stop();
}

#[test]
fn fifty_gifts_at_once_never_pass_the_cap_of_the_day() {
    let town = town(100);
    let (by, to) = (bearer(&town, "volunteer"), number(&town, "wang"));
    let ask = |n: usize| {
        let ask = Ask::post("/v1/gifts", json!({ "number": to, "points": "2.5" })).role(None);
        ask.key(format!("g{n}")).header("Authorization", &by)
    };
    let answers = at_once(town.web.address(), (0..50).map(ask).collect());
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 8, "{answers:?}");
    let refused = |answer: &&Answer| answer.status != 201;
    assert!(answers.iter().filter(refused).all(|answer| answer.code() == "gift_day_limit"), "{answers:?}");
    assert_eq!(town.balance("wang", "POINT"), "20.00");
    town.verify_and_stop();
}

#[test]
fn caps_hold_by_day_by_person_and_by_how_often() {
    let town = town(100);
    give(&town, "volunteer", "wang", "15").ok(201);
    let text = town.refused(|t| give(t, "volunteer", "zhao", "6"), 422, "gift_day_limit");
    assert!(text.contains("20 分") && text.contains("5 分"), "{text}");
    town.at("2026-03-03T09:00");
    let text = town.refused(|t| give(t, "volunteer", "wang", "16"), 422, "gift_person_limit");
    assert!(text.contains("30 分") && text.contains("15 分"), "{text}");
    for _ in 0..10 {
        give(&town, "volunteer", "zhao", "1").ok(201);
    }
    town.refused(|t| give(t, "volunteer", "zhao", "1"), 409, "gifts_enough");
    town.verify_and_stop();
}

#[test]
fn the_same_key_gives_once_and_a_trial_gives_nothing() {
    let town = town(20);
    let body = json!({ "number": number(&town, "wang"), "points": "3" });
    let first = town.as_role("volunteer").post_with("once", "/v1/gifts", body.clone());
    let again = town.as_role("volunteer").post_with("once", "/v1/gifts", body);
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(town.balance("wang", "POINT"), "3.00");
    town.verify_and_stop();
}

#[test]
fn a_mistake_is_asked_back_and_the_receiver_decides() {
    let town = town(40);
    let gift = give(&town, "volunteer", "wang", "8").ok(201);
    town.refused(|t| step(t, "wang", &gift, "ask-back"), 404, "not_found");
    step(&town, "volunteer", &gift, "ask-back").ok(200);
    assert!(is_told(&town, "wang", "有人请您退还 8 分"));
    town.refused(|t| step(t, "volunteer", &gift, "return"), 404, "not_found");
    step(&town, "wang", &gift, "return").ok(201);
    assert_eq!(
        (town.balance("lin", "POINT"), town.balance("wang", "POINT")),
        ("40.00".into(), "0.00".into())
    );
    town.refused(|t| step(t, "wang", &gift, "return"), 409, "wrong_state");
    // What was returned does not count against the day.
    let gift = give(&town, "volunteer", "wang", "20").ok(201);
    step(&town, "volunteer", &gift, "ask-back").ok(200);
    step(&town, "wang", &gift, "keep").ok(200);
    assert!(is_told(&town, "volunteer", "对方没有退还 20 分"));
    let gifts = town.as_role("volunteer").get("/v1/gifts").ok(200);
    assert!(gifts["items"].as_array().unwrap().iter().any(|one| one["state"] == "kept"), "{gifts}");
    town.at("2026-03-03T09:00");
    let old = give(&town, "volunteer", "zhao", "1").ok(201);
    town.at("2026-03-12T09:00");
    town.refused(|t| step(t, "volunteer", &old, "ask-back"), 409, "gift_too_old");
    town.verify_and_stop();
}

#[test]
fn staff_reverse_a_gift_but_not_their_own_and_not_what_is_spent() {
    let town = town(40);
    let gift = give(&town, "volunteer", "wang", "8").ok(201);
    town.refused(|t| step(t, "volunteer", &gift, "reverse"), 403, "role_missing");
    town.refused(|t| step(t, "staff_sibling", &gift, "reverse"), 404, "not_found");
    step(&town, "staff", &gift, "reverse").ok(201);
    assert_eq!(town.balance("wang", "POINT"), "0.00");
    let entry = gift["entry"].as_i64().unwrap();
    let raw = town.as_role("ledger_operator").post(&format!("/v1/ledger/entries/{entry}/reverse"), json!({}));
    assert_eq!(raw.code(), "entry_not_reversible");
    let gift = give(&town, "volunteer", "wang", "9").ok(201);
    let redeem = json!({ "merchant": town.id("shop"), "on_behalf_of": town.id("wang"),
        "lines": [{ "offer": town.id("rice"), "quantity": 1 }] });
    town.as_role("staff").post("/v1/redemptions", redeem).ok(201);
    let text = town.refused(|t| step(t, "staff", &gift, "reverse"), 409, "gift_spent");
    assert!(text.contains("4 分"), "{text}");
    town.grant("volunteer", "staff", "community");
    town.refused(|t| step(t, "volunteer", &gift, "reverse"), 403, "for_oneself");
    town.verify_and_stop();
}

fn relieve(town: &Town, who: &str, member: &str, points: &str) -> Answer {
    let path = format!("/v1/members/{}/reliefs", town.id(member));
    town.as_role(who).post(&path, json!({ "points": points, "reason": "家里有人住院" }))
}

#[test]
fn a_pool_is_given_out_by_two_people() {
    let town = town(40);
    donated(&town, "volunteer", "12").ok(201);
    let pools = town.as_role("staff").get("/v1/pools").ok(200);
    assert_eq!(pools["items"][0]["available"], "12.00");
    town.refused(|t| relieve(t, "staff", "keeper", "13"), 422, "pool_short");
    town.refused(|t| relieve(t, "staff", "wang", "1"), 422, "pool_short");
    let proposal = relieve(&town, "staff", "keeper", "5").ok(202)["proposal"].clone();
    let path = format!("/v1/awards/proposals/{}", proposal.as_str().unwrap());
    let open = town.as_role("reviewer").get("/v1/awards/proposals").ok(200)["items"][0].clone();
    assert_eq!((&open["kind"], &open["desired_points"]), (&json!("relief"), &json!("5.00")));
    town.as_role("reviewer").post(&format!("{path}/approve"), json!({})).ok(201);
    assert_eq!(town.balance("keeper", "POINT"), "5.00");
    let gifts = town.as_role("staff").get("/v1/gifts?form=relief").ok(200);
    assert_eq!(
        (&gifts["items"][0]["id"], &gifts["items"][0]["receiver_name"]),
        (&proposal, &json!("店示例"))
    );
    let gift = json!({ "gift": { "id": proposal } });
    step(&town, "staff", &gift, "reverse").ok(201);
    let pools = town.as_role("staff").get("/v1/pools").ok(200);
    assert_eq!(pools["items"][0]["available"], "12.00");
    town.verify_and_stop();
}

#[test]
fn nobody_gives_out_of_a_pool_to_themselves_or_to_whom_they_act_for() {
    let town = town(40);
    donated(&town, "volunteer", "12").ok(201);
    town.grant("volunteer", "staff", "community");
    town.refused(|t| relieve(t, "volunteer", "lin", "1"), 403, "for_oneself");
    let proxy = json!({ "number": number(&town, "lin"), "name": "林示例", "points_a_day": "20" });
    let named = format!("/v1/members/{}/proxies", town.id("keeper"));
    town.make("proxy", "staff", &named, proxy);
    town.refused(|t| relieve(t, "volunteer", "keeper", "1"), 403, "for_oneself");
    let proposal = relieve(&town, "staff", "keeper", "1").ok(202)["proposal"].clone();
    town.grant("volunteer", "reviewer", "community");
    let path = format!("/v1/awards/proposals/{}/approve", proposal.as_str().unwrap());
    town.refused(|t| t.as_role("volunteer").post(&path, json!({})), 403, "for_oneself");
    town.as_role("reviewer").post(&path, json!({})).ok(201);
    town.verify_and_stop();
}

#[test]
fn the_figures_say_what_was_given_and_what_is_in_pools() {
    let town = town(40);
    give(&town, "volunteer", "wang", "8").ok(201);
    let back = give(&town, "volunteer", "sun", "2").ok(201);
    step(&town, "sun", &back, "return").ok(201);
    donated(&town, "volunteer", "5").ok(201);
    let whole = town.as_role("administrator").get("/v1/stats").ok(200)["whole"].clone();
    let figure = |name: &str| whole[name].as_str().unwrap().to_owned();
    assert_eq!(
        ["issued", "given", "pooled", "exchanged", "outstanding"].map(figure),
        ["40.00", "13.00", "5.00", "0.00", "35.00"]
    );
    let part =
        town.as_role("staff").get(&format!("/v1/stats?org={}", town.id("compound"))).ok(200)["whole"].clone();
    assert_eq!(
        (&part["exchanged"], &part["given"], &part["issued"]),
        (&json!("8.00"), &json!("0.00"), &json!("0.00"))
    );
    town.verify_and_stop();
}

//! Cards with a PIN at shops over HTTP, and everything that is refused on the way.

use crate::support::shops::{card, cart, donate, open_second_shop, set_pin, show};
use crate::support::town::{Town, bearer};
use crate::support::web::{Answer, Ask, at_once};
use serde_json::{Value, json};

const PIN: &str = "385207";

/// A town where 林 has points, a card, and a PIN.
fn town(points: i64) -> (Town, String) {
    let town = Town::new();
    donate(&town, "lin", points);
    set_pin(&town, "lin", PIN);
    let card = card(&town, "lin");
    (town, card)
}

fn claim(town: &Town, who: &str, card: &str) -> Answer {
    town.as_role(who).post("/v1/cards/claim", json!({ "card": card }))
}

fn claimed(town: &Town, who: &str, card: &str) -> String {
    claim(town, who, card).ok(200)["code"].as_str().unwrap().to_owned()
}

fn redeem(town: &Town, who: &str, code: &str, pin: &str, lines: &[(&str, i64)]) -> Answer {
    let body = json!({ "code": code, "pin": pin, "lines": cart(town, lines) });
    town.as_role(who).post("/v1/redemptions", body)
}

/// Points paid at the till with the card, and handed over.
fn paid(town: &Town, card: &str, lines: &[(&str, i64)]) -> String {
    let code = claimed(town, "merchant_clerk", card);
    let held = redeem(town, "merchant_clerk", &code, PIN, lines).ok(201);
    let id = held["redemption"]["id"].as_str().unwrap().to_owned();
    town.as_role("merchant_clerk").post(&format!("/v1/redemptions/{id}/capture"), json!({})).ok(200);
    id
}

#[test]
fn a_card_and_its_pin_pay_like_a_code() {
    let (town, card) = town(50);
    let number = card.split('-').next().unwrap();
    assert!(card.starts_with(&format!("{number}-1-")) && card.len() == number.len() + 9, "{card}");
    let clerk = town.as_role("merchant_clerk");
    let answer = clerk.post("/v1/cards/claim", json!({ "card": card, "points": "50" })).ok(200);
    assert_eq!((&answer["surname"], &answer["enough"]), (&json!("林"), &json!(true)), "{answer}");
    assert_eq!(answer.as_object().unwrap().len(), 4, "{answer}");
    let code = answer["code"].as_str().unwrap();
    let body = json!({ "code": code, "lines": cart(&town, &[("rice", 2)]) });
    town.refused(|_| clerk.post("/v1/redemptions", body), 422, "pin_missing");
    let body = json!({ "code": code, "pin": PIN, "lines": cart(&town, &[("rice", 2)]) });
    let held = clerk.post_with("once", "/v1/redemptions", body.clone()).ok(201);
    assert_eq!(
        (&held["redemption"]["presence"], &held["redemption"]["points_held"]),
        (&json!("card"), &json!("10.00"))
    );
    let again = clerk.post_with("once", "/v1/redemptions", body);
    assert!(again.hit() && again.status == 201, "{again:?}");
    let id = held["redemption"]["id"].as_str().unwrap();
    clerk.post(&format!("/v1/redemptions/{id}/capture"), json!({})).ok(200);
    assert_eq!(town.balance("lin", "POINT"), "40.00");
    town.refused(|t| redeem(t, "merchant_clerk", code, PIN, &[("rice", 1)]), 409, "code_used");
    clerk.post(&format!("/v1/redemptions/{id}/refund"), json!({})).ok(201);
    assert_eq!(town.balance("lin", "POINT"), "50.00");
    let by_card = town.as_role("auditor").get("/v1/redemptions?presence=card").ok(200);
    assert_eq!(by_card["items"].as_array().unwrap().len(), 1);
    assert_eq!(town.as_role("auditor").get("/v1/redemptions?presence=code").ok(200)["items"], json!([]));
    town.verify_and_stop();
}

#[test]
fn made_up_and_mistyped_cards_are_refused_and_counted() {
    let (town, card) = town(50);
    let clerk = |text: &str| claim(&town, "merchant_clerk", text);
    let swapped = |at: usize| {
        let mut letters: Vec<char> = card.chars().collect();
        letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
        letters.into_iter().collect::<String>()
    };
    let next = card.replacen("-1-", "-2-", 1);
    let other = card.replacen("0000", "1111", 1);
    for wrong in [&swapped(card.len() - 1), &next, &other] {
        let text = town.refused(|_| clerk(wrong), 422, "card_unknown");
        assert!(text.contains("柜台"), "{text}");
    }
    for bad in ["", "000000017", "000000017-1-kqxmt", "000000017-1-KQXMT0"] {
        assert_eq!(clerk(bad).status, 400, "{bad}");
    }
    // A good card in between subtracts only its own attempt.
    claimed(&town, "merchant_clerk", &card);
    for _ in 0..2 {
        town.refused(|_| clerk(&next), 422, "card_unknown");
    }
    town.refused(|_| clerk(&card), 429, "too_many_wrong_codes");
    town.at("2026-03-02T08:02");
    claimed(&town, "merchant_clerk", &card);
    assert_eq!(claim(&town, "staff", &card).status, 403);
    town.verify_and_stop();
}

#[test]
fn a_card_is_read_however_it_is_typed() {
    let (town, card) = town(50);
    let wide = |c: char| match c {
        '-' => '－',
        c => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
    };
    let typed = [
        card.to_lowercase(),
        card.replace('-', ""),
        card.replace('-', " "),
        format!("{} {}", &card[..3], &card[3..]),
        card.chars().map(wide).collect(),
    ];
    for text in &typed {
        assert_eq!(claim(&town, "merchant_clerk", text).ok(200)["surname"], "林", "{text}");
        let asked = Ask::post("/v1/auth/token", json!({ "card": text, "pin": PIN })).role(None);
        assert_eq!(town.web.send(&asked).status, 200, "{text}");
    }
    town.verify_and_stop();
}

#[test]
fn a_lost_card_is_dead_at_once_and_the_new_one_has_the_same_pin() {
    let (town, old) = town(50);
    let code = claimed(&town, "merchant_clerk", &old);
    let path = format!("/v1/cards/{}/lost", town.id("lin"));
    assert_eq!(town.as_role("staff_sibling").post(&path, json!({})).status, 404);
    assert_eq!(town.as_role("merchant_clerk").post(&path, json!({})).status, 403);
    let lost = town.as_role("staff").post(&path, json!({})).ok(200);
    assert_eq!((&lost["edition"], &lost["locked"]), (&json!(2), &json!(false)));
    assert!(lost["lost_at"].is_string() && lost["pin_set_at"].is_string(), "{lost}");
    // Also where it was claimed just before.
    town.refused(|t| redeem(t, "merchant_clerk", &code, PIN, &[("rice", 1)]), 422, "code_unknown");
    let text = town.refused(|t| claim(t, "merchant_clerk", &old), 409, "card_replaced");
    assert!(text.contains("挂失") && text.contains("新卡"), "{text}");
    paid(&town, &card(&town, "lin"), &[("rice", 1)]);
    let seen = town.as_role("volunteer").get("/v1/me/access");
    assert!(seen.text.contains("report_card_lost") || seen.status == 404, "{seen:?}");
    town.verify_and_stop();
}

#[test]
fn five_wrong_pins_at_any_shops_lock_the_card_until_staff_set_a_new_one() {
    let (town, card) = town(50);
    open_second_shop(&town);
    let here = claimed(&town, "merchant_clerk", &card);
    let there = claimed(&town, "other_clerk", &card);
    let guess = |n: usize, pin: &str| match n % 2 {
        0 => redeem(&town, "merchant_clerk", &here, pin, &[("rice", 1)]),
        _ => redeem(&town, "other_clerk", &there, pin, &[("shave", 1)]),
    };
    for n in 0..4 {
        let text = town.refused(|_| guess(n, "111119"), 422, "pin_wrong");
        assert!(text.contains(&format!("{} 次", 4 - n)), "{text}");
    }
    // The waiting jobs forget other failed attempts, but not these.
    town.at("2026-03-20T08:00");
    town.runtime.block_on(town.web.services.forget_old_sessions(crate::support::web::BANK)).unwrap();
    let code = claimed(&town, "merchant_clerk", &card);
    let last = |pin: &str| redeem(&town, "merchant_clerk", &code, pin, &[("rice", 1)]);
    let text = town.refused(|_| last("111119"), 409, "card_locked");
    assert!(text.contains("柜台"), "{text}");
    // The right one comes too late.
    town.refused(|_| last(PIN), 409, "card_locked");
    town.refused(|t| claim(t, "other_clerk", &card), 409, "card_locked");
    town.at("2027-03-02T08:00");
    town.refused(|t| claim(t, "merchant_clerk", &card), 409, "card_locked");
    let own = json!({ "password": crate::support::town::PASSWORD, "pin": "604913" });
    town.refused(|t| t.as_role("volunteer").post("/v1/cards/pin", own), 409, "card_locked");
    let path = format!("/v1/cards/{}", town.id("lin"));
    assert_eq!(town.as_role("staff").get(&path).ok(200)["locked"], true);
    set_pin(&town, "lin", "719402");
    let code = claimed(&town, "merchant_clerk", &card);
    town.refused(|t| redeem(t, "merchant_clerk", &code, PIN, &[("rice", 1)]), 422, "pin_wrong");
    redeem(&town, "merchant_clerk", &code, "719402", &[("rice", 1)]).ok(201);
    town.verify_and_stop();
}

#[test]
fn a_right_pin_forgets_the_wrong_ones_before_it() {
    let (town, card) = town(50);
    let code = claimed(&town, "merchant_clerk", &card);
    for pin in ["111119", "111119", "111119", "111119", PIN] {
        redeem(&town, "merchant_clerk", &code, pin, &[("rice", 1)]);
    }
    assert_eq!(town.as_role("auditor").get("/v1/redemptions").ok(200)["items"][0]["presence"], "card");
    let code = claimed(&town, "merchant_clerk", &card);
    for _ in 0..4 {
        town.refused(|t| redeem(t, "merchant_clerk", &code, "111119", &[("rice", 1)]), 422, "pin_wrong");
    }
    // What is refused for another reason is no guess.
    town.refused(|t| redeem(t, "merchant_clerk", &code, "111119", &[("shop", 1)]), 404, "not_found");
    redeem(&town, "merchant_clerk", &code, PIN, &[("rice", 1)]).ok(201);
    town.verify_and_stop();
}

#[test]
fn guesses_at_the_same_time_are_all_counted() {
    let (town, card) = town(50);
    let code = claimed(&town, "merchant_clerk", &card);
    let bearer = bearer(&town, "merchant_clerk");
    let ask = |n: usize| {
        let body = json!({ "code": code, "pin": "111119", "lines": cart(&town, &[("rice", 1)]) });
        Ask::post("/v1/redemptions", body).role(None).key(format!("g{n}")).header("Authorization", &bearer)
    };
    let answers = at_once(town.web.address(), (0..12).map(ask).collect());
    let of = |code: &str| answers.iter().filter(|answer| answer.code() == code).count();
    assert_eq!((of("pin_wrong"), of("card_locked")), (4, 8), "{answers:?}");
    town.refused(|t| redeem(t, "merchant_clerk", &code, PIN, &[("rice", 1)]), 409, "card_locked");
    town.verify_and_stop();
}

#[test]
fn a_card_pays_fifty_points_a_visit_and_a_hundred_a_day() {
    let (town, card) = town(300);
    let code = claimed(&town, "merchant_clerk", &card);
    let text = town.refused(
        |t| redeem(t, "merchant_clerk", &code, PIN, &[("haircut", 5), ("rice", 1)]),
        422,
        "card_visit_limit",
    );
    assert!(text.contains("50 分") && text.contains("55 分") && text.contains("柜台"), "{text}");
    paid(&town, &card, &[("haircut", 5)]);
    let second = paid(&town, &card, &[("haircut", 4)]);
    let code = claimed(&town, "merchant_clerk", &card);
    let over = |town: &Town| redeem(town, "merchant_clerk", &code, PIN, &[("haircut", 2)]);
    let text = town.refused(over, 422, "card_day_limit");
    // Known before the PIN: a wrong one does not count.
    let wrong = |t: &Town| redeem(t, "merchant_clerk", &code, "111119", &[("haircut", 2)]);
    town.refused(wrong, 422, "card_day_limit");
    assert!(text.contains("100 分") && text.contains("10 分") && text.contains("柜台"), "{text}");
    // What comes back does not count; a code has no such limit.
    let refund = format!("/v1/redemptions/{second}/refund");
    let back = json!({ "lines": cart(&town, &[("haircut", 1)]) });
    town.as_role("merchant_clerk").post(&refund, back).ok(201);
    over(&town).ok(201);
    let code = claimed(&town, "merchant_clerk", &card);
    town.refused(|t| redeem(t, "merchant_clerk", &code, PIN, &[("rice", 1)]), 422, "card_day_limit");
    let shown = show(&town, "volunteer")["link"].clone();
    let shown = town.as_role("merchant_clerk").post("/v1/codes/claim", json!({ "code": shown })).ok(200);
    let body = json!({ "code": shown["code"], "lines": cart(&town, &[("haircut", 8)]) });
    town.as_role("merchant_clerk").post("/v1/redemptions", body).ok(201);
    town.at("2026-03-03T00:00");
    paid(&town, &card, &[("haircut", 5)]);
    town.verify_and_stop();
}

#[test]
fn holds_that_are_given_up_or_taken_in_part_give_the_day_back() {
    let (town, card) = town(300);
    let held = |lines: &[(&str, i64)]| {
        let code = claimed(&town, "merchant_clerk", &card);
        let held = redeem(&town, "merchant_clerk", &code, PIN, lines).ok(201);
        held["redemption"]["id"].as_str().unwrap().to_owned()
    };
    let clerk = town.as_role("merchant_clerk");
    let first = held(&[("haircut", 5)]);
    clerk.post(&format!("/v1/redemptions/{first}/cancel"), json!({})).ok(200);
    let second = held(&[("haircut", 5)]);
    let part = json!({ "lines": cart(&town, &[("haircut", 1)]) });
    clerk.post(&format!("/v1/redemptions/{second}/capture"), part).ok(200);
    held(&[("haircut", 5)]);
    held(&[("haircut", 4)]);
    let code = claimed(&town, "merchant_clerk", &card);
    town.refused(|t| redeem(t, "merchant_clerk", &code, PIN, &[("rice", 1)]), 422, "card_day_limit");
    town.verify_and_stop();
}

#[test]
fn purchases_at_the_same_time_never_pass_the_limit_of_the_day() {
    let (town, card) = town(300);
    open_second_shop(&town);
    let bearers = [("merchant_clerk", "haircut"), ("other_clerk", "shave")]
        .map(|(who, offer)| (who, offer, bearer(&town, who)));
    let ask = |n: usize| {
        let (who, offer, bearer) = &bearers[n % 2];
        let code = claimed(&town, who, &card);
        let body = json!({ "code": code, "pin": PIN, "lines": cart(&town, &[(*offer, 4)]) });
        Ask::post("/v1/redemptions", body).role(None).key(format!("p{n}")).header("Authorization", bearer)
    };
    // Fewer at a time than wrong PINs lock the card: each counts until it is judged.
    let mut answers = at_once(town.web.address(), (0..4).map(&ask).collect());
    answers.extend(at_once(town.web.address(), (4..8).map(&ask).collect()));
    let good = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(good, 2, "{answers:?}");
    assert!(
        answers.iter().all(|answer| answer.status == 201 || answer.code() == "card_day_limit"),
        "{answers:?}"
    );
    town.verify_and_stop();
}

#[test]
fn whose_card_it_is_decides() {
    let (town, card_of_lin) = town(50);
    let step = |step: &str| {
        let path = format!("/v1/members/{}/{step}", town.id("lin"));
        let answer = town.as_role("street").post(&path, json!({ "reason": "示例事由" }));
        assert!(answer.status < 300, "{answer:?}");
    };
    let code = claimed(&town, "merchant_clerk", &card_of_lin);
    step("freeze");
    let text = town.refused(|t| claim(t, "merchant_clerk", &card_of_lin), 409, "wrong_state");
    assert!(text.contains("冻结"), "{text}");
    town.refused(|t| redeem(t, "merchant_clerk", &code, PIN, &[("rice", 1)]), 409, "wrong_state");
    step("unfreeze");
    // The shop's own people.
    set_pin(&town, "keeper", PIN);
    let keeper = card(&town, "keeper");
    town.refused(|t| claim(t, "merchant_clerk", &keeper), 403, "own_shop");
    // Without a PIN it pays nothing.
    let wang = card(&town, "wang");
    let text = town.refused(|t| claim(t, "merchant_clerk", &wang), 409, "card_without_pin");
    assert!(text.contains("柜台"), "{text}");
    // Merged: the old card is no longer used.
    set_pin(&town, "wang", PIN);
    let merge = json!({ "into": town.id("lin"), "reason": "同一个人" });
    town.as_role("street").post(&format!("/v1/members/{}/merge", town.id("wang")), merge);
    let merged = town.as_role("staff").get(&format!("/v1/members/{}", town.id("wang")));
    if merged.json()["id"] == json!(town.id("lin")) {
        town.refused(|t| claim(t, "merchant_clerk", &wang), 409, "wrong_state");
    }
    town.verify_and_stop();
}

#[test]
fn pins_are_hard_to_guess_and_set_by_those_who_may() {
    let town = Town::new();
    let path = format!("/v1/cards/{}/pin", town.id("lin"));
    let set = |who: &str, pin: &str| town.as_role(who).post(&path, json!({ "pin": pin }));
    // 林's phone ends in 000001.
    for easy in ["000000", "123456", "987654", "121212", "258258", "000001", "138000"] {
        let text = town.refused(|_| set("staff", easy), 422, "pin_easy");
        assert!(text.contains("生日"), "{text}");
    }
    for bad in ["", "12345", "1234567", "３８５２０７", "38520a"] {
        assert_eq!(set("staff", bad).status, 400, "{bad}");
    }
    assert_eq!((set("staff_sibling", PIN).status, set("volunteer", PIN).status), (404, 403));
    let own = |password: &str, pin: &str| {
        town.as_role("volunteer").post("/v1/cards/pin", json!({ "password": password, "pin": pin }))
    };
    let password = crate::support::town::PASSWORD;
    town.refused(|_| own(password, "604913"), 409, "card_without_pin");
    assert_eq!(set("staff", PIN).status, 204);
    town.refused(|_| own("wrong", "604913"), 401, "sign_in_failed");
    town.refused(|_| own(password, "123456"), 422, "pin_easy");
    assert_eq!(own(password, "604913").status, 204);
    // Nobody sets that of their own household.
    town.grant("volunteer", "staff", "community");
    town.refused(|_| set("volunteer", PIN), 403, "for_oneself");
    let card: Value = town.as_role("staff").get(&format!("/v1/cards/{}", town.id("lin"))).ok(200);
    assert!(card["pin_set_at"].is_string() && card.get("card").is_none(), "{card}");
    town.verify_and_stop();
}

#[test]
fn a_card_is_no_way_to_probe_the_balance() {
    let (town, card) = town(80);
    let ask = |points: &str| {
        let body = json!({ "card": card, "points": points });
        town.as_role("merchant_clerk").post("/v1/cards/claim", body)
    };
    assert_eq!(ask("50").ok(200)["enough"], true);
    // Beyond what a card pays there is no answer.
    assert!(ask("51").ok(200).get("enough").is_none());
    for _ in 0..18 {
        ask("5").ok(200);
    }
    town.refused(|_| ask("5"), 429, "too_many_redemptions");
    town.at("2026-03-02T09:01");
    ask("5").ok(200);
    town.verify_and_stop();
}

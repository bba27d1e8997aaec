//! A shop's month: statement, confirmation, approval, payment; each line once, fen that add up, different people.

use crate::support::shops::{captured, donate, hold};
use crate::support::stars::Minutes;
use crate::support::town::Town;
use crate::support::town::bearer;
use crate::support::web::at_once;
use crate::support::web::{Answer, Ask};
use crate::support::whole::whole;
use serde_json::{Value, json};

fn issue(town: &Town, shop: &str, month: &str) -> Answer {
    town.as_role("staff").post("/v1/settlements", json!({ "merchant": town.id(shop), "month": month }))
}

fn issued(town: &Town, shop: &str, month: &str) -> Value {
    issue(town, shop, month).ok(201)["statement"].clone()
}

fn step(town: &Town, who: &str, statement: &Value, step: &str) -> Answer {
    let body = match step {
        "dispute" => json!({ "lines": [0] }),
        "pay" => json!({ "invoice_number": "示例发票 7", "payment_proof": "示例流水 7" }),
        _ => json!({}),
    };
    town.as_role(who).post(&format!("/v1/settlements/{}/{step}", statement["id"].as_str().unwrap()), body)
}

fn refund(town: &Town, id: &str, rice: i64) {
    let body = json!({ "lines": [{ "offer": town.id("rice"), "quantity": rice }] });
    town.as_role("merchant_owner").post(&format!("/v1/redemptions/{id}/refund"), body).ok(201);
}

/// March: 50 points taken in, 10 given back; and the first of April.
fn month() -> (Town, String) {
    let town = Town::new();
    donate(&town, "lin", 100);
    let first = captured(&town, &[("rice", 4), ("haircut", 1)]);
    captured(&town, &[("rice", 4)]);
    refund(&town, &first, 2);
    hold(&town, &[("haircut", 1)]);
    town.at("2026-04-01T00:00");
    (town, first)
}

/// Points and fen of the lines, as text.
fn lines(statement: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = statement["lines"].as_array().unwrap().iter();
    rows.map(|row| (text(&row["points"]), text(&row["payable"]))).collect()
}

fn pair(points: &str, payable: &str) -> (String, String) {
    (points.to_owned(), payable.to_owned())
}

#[test]
fn a_statement_is_told_whole_with_each_of_its_lines() {
    let (town, _) = month();
    let made = issue(&town, "shop", "2026-03").ok(201);
    insta::assert_snapshot!(whole(&town, &made), @r#"
    {
      "effective_at":"2026-03-31T16:00:00Z","entry":11,"hash":"<hash>","kind":"settlement",
      "postings":[
        {
          "amount":"40.00","asset":"POINT","credit_account":"<id>","credit_balance":"40.00","debit_account":"<id>",
          "debit_balance":"0.00"
        }
      ],
      "recorded_at":"2026-03-31T16:00:00Z",
      "statement":{
        "id":"<id>","issue_entry":11,"issued_at":"2026-03-31T16:00:00Z","issued_by":"<user/staff>",
        "lines":[
          {"disputed":false,"entry":5,"payable":"15.00","points":"30.00","redemption":"<id>"},
          {"disputed":false,"entry":7,"payable":"10.00","points":"20.00","redemption":"<id>"},
          {"disputed":false,"entry":8,"payable":"-5.00","points":"-10.00","redemption":"<id>"}
        ],
        "lines_hash":"<hash>","merchant":"<shop>","model":"community_fund","net_points":"40.00","payable":"20.00",
        "period":"2026-03","rate_fen":"50","state":"issued","version":1
      }
    }
    "#);
    town.verify_and_stop();
}

fn no_other_step_is_taken(town: &Town, statement: &Value) {
    // Not before its turn, and not by another role or organisation.
    for (who, what) in [("reviewer", "approve"), ("administrator", "pay")] {
        town.refused(|t| step(t, who, statement, what), 409, "wrong_state");
    }
    for (who, what) in [
        ("staff", "confirm"),
        ("merchant_clerk", "confirm"),
        ("reviewer", "confirm"),
        ("staff", "approve"),
        ("merchant_owner", "approve"),
        ("auditor", "approve"),
        ("reviewer", "pay"),
        ("merchant_owner", "pay"),
        ("auditor", "pay"),
        ("volunteer", "confirm"),
    ] {
        town.refused(|t| step(t, who, statement, what), 403, "role_missing");
    }
}

#[test]
fn a_month_is_settled_by_four_people_in_their_order() {
    let (town, _) = month();
    let statement = issued(&town, "shop", "2026-03");
    assert_eq!((&statement["period"], &statement["state"]), (&json!("2026-03"), &json!("issued")));
    assert_eq!(lines(&statement), [pair("30.00", "15.00"), pair("20.00", "10.00"), pair("-10.00", "-5.00")]);
    assert_eq!((&statement["net_points"], &statement["payable"]), (&json!("40.00"), &json!("20.00")));
    assert_eq!(statement["lines_hash"].as_str().unwrap().len(), 64);
    no_other_step_is_taken(&town, &statement);
    let done = step(&town, "merchant_owner", &statement, "confirm").ok(200);
    assert_eq!(done["statement"]["state"], "confirmed");
    town.refused(|t| step(t, "merchant_owner", &statement, "confirm"), 409, "wrong_state");
    town.refused(|t| step(t, "merchant_owner", &statement, "dispute"), 409, "wrong_state");
    // The issuer may not approve it, in whatever other role.
    town.grant("staff", "reviewer", "community");
    town.refused(|t| step(t, "staff", &statement, "approve"), 403, "same_person");
    town.grant("reviewer", "administrator", "community");
    step(&town, "reviewer", &statement, "approve").ok(200);
    town.refused(|t| step(t, "reviewer", &statement, "pay"), 403, "same_person");
    let paid = step(&town, "administrator", &statement, "pay").ok(200);
    let left = &paid["statement"];
    assert_eq!((&left["state"], &left["invoice_number"]), (&json!("paid"), &json!("示例发票 7")));
    assert_eq!((&left["lines_hash"], lines(left)), (&statement["lines_hash"], lines(&statement)));
    assert_eq!(
        (&paid["postings"][0]["asset"], &paid["postings"][0]["amount"]),
        (&json!("CNY"), &json!("20.00"))
    );
    town.refused(|t| step(t, "administrator", &statement, "pay"), 409, "wrong_state");
    // Nothing of the month is left, and it cannot be read from elsewhere.
    town.refused(|t| issue(t, "shop", "2026-03"), 422, "nothing_to_settle");
    let path = format!("/v1/settlements/{}", statement["id"].as_str().unwrap());
    for (who, status) in
        [("auditor", 200), ("merchant_owner", 200), ("staff_sibling", 404), ("merchant_clerk", 403)]
    {
        assert_eq!(town.as_role(who).get(&path).status, status, "{who}");
    }
    town.verify_and_stop();
}

#[test]
fn what_comes_back_after_the_settlement_is_a_line_of_the_next_one() {
    let (town, first) = month();
    let march = issued(&town, "shop", "2026-03");
    refund(&town, &first, 2);
    town.at("2026-05-01T00:00");
    let april = issued(&town, "shop", "2026-04");
    assert_eq!((lines(&april), &april["payable"]), (vec![pair("-10.00", "-5.00")], &json!("-5.00")));
    // A negative statement takes the same steps; the shop pays back.
    for (who, what) in [("merchant_owner", "confirm"), ("reviewer", "approve")] {
        step(&town, who, &april, what).ok(200);
    }
    let paid = step(&town, "administrator", &april, "pay").ok(200);
    assert_eq!(paid["postings"][0]["credit_balance"], "5.00");
    let entries = |statement: &Value| -> Vec<i64> {
        statement["lines"].as_array().unwrap().iter().map(|line| line["entry"].as_i64().unwrap()).collect()
    };
    assert!(entries(&april).iter().all(|entry| !entries(&march).contains(entry)));
    town.verify_and_stop();
}

/// Which lines of a statement are in dispute.
fn marks(statement: &Value) -> Vec<bool> {
    statement["lines"].as_array().unwrap().iter().map(|line| line["disputed"].as_bool().unwrap()).collect()
}

#[test]
fn a_disputed_line_holds_up_the_payment_until_the_shop_confirms() {
    let (town, first) = month();
    let statement = issued(&town, "shop", "2026-03");
    let dispute = |lines: Value| {
        let path = format!("/v1/settlements/{}/dispute", statement["id"].as_str().unwrap());
        town.as_role("merchant_owner").post(&path, json!({ "lines": lines }))
    };
    town.refused(|_| dispute(json!([3])), 404, "not_found");
    assert_eq!(dispute(json!([-1])).status, 400);
    assert_eq!(dispute(json!([])).status, 400);
    let disputed = dispute(json!([0, 2])).ok(200)["statement"].clone();
    assert_eq!((&disputed["state"], marks(&disputed)), (&json!("disputed"), vec![true, false, true]));
    assert_eq!(disputed["lines_hash"], statement["lines_hash"]);
    for (who, what) in [("reviewer", "approve"), ("administrator", "pay")] {
        town.refused(|t| step(t, who, &statement, what), 409, "wrong_state");
    }
    // An error is corrected at the redemption; the community says so, and the shop lists the lines still in dispute,
    // then confirms.
    refund(&town, &first, 1);
    let answer = |who: &str, words: &str| {
        let path = format!("/v1/settlements/{}/answer", statement["id"].as_str().unwrap());
        town.as_role(who).post(&path, json!({ "reason": words }))
    };
    for who in ["merchant_owner", "reviewer", "auditor"] {
        town.refused(|_| answer(who, "第 1 笔已退货"), 403, "role_missing");
    }
    assert_eq!(answer("staff", "").status, 400);
    let answered = answer("staff", "第 1 笔已退货，列在下个账期").ok(200)["statement"].clone();
    assert_eq!((&answered["state"], marks(&answered)), (&json!("answered"), vec![true, false, true]));
    town.refused(|_| answer("staff", "再说一次"), 409, "wrong_state");
    town.refused(|t| step(t, "reviewer", &statement, "approve"), 409, "wrong_state");
    assert_eq!(marks(&dispute(json!([2])).ok(200)["statement"]), [false, false, true]);
    let confirmed = step(&town, "merchant_owner", &statement, "confirm").ok(200)["statement"].clone();
    assert_eq!((marks(&confirmed), lines(&confirmed)), (vec![false; 3], lines(&statement)));
    town.at("2026-05-01T00:00");
    assert_eq!(lines(&issued(&town, "shop", "2026-04")), [pair("-5.00", "-2.50")]);
    town.verify_and_stop();
}

#[test]
fn fen_are_rounded_once_and_the_lines_add_up() {
    let town = Town::new();
    donate(&town, "lin", 150);
    let shop = json!({ "name": "示例早餐店", "org": town.id("community"), "model": "community_fund", "rate_fen": "33.3333" });
    town.make("breakfast", "administrator", "/v1/merchants", shop);
    town.open_user(
        "breakfast_owner",
        json!({ "merchant": town.id("breakfast") }),
        "merchant_owner",
        "community",
    );
    let offers = format!("/v1/merchants/{}/offers", town.id("breakfast"));
    let bun = json!({ "name": "示例包子", "unit_points": "1.01", "stocked": false });
    let bun = town.make("bun", "breakfast_owner", &offers, bun);
    let mut refunded = None;
    for pieces in [1, 2, 3, 1, 1, 5, 1] {
        let body = json!({ "on_behalf_of": town.id("lin"), "merchant": town.id("breakfast"),
            "lines": [{ "offer": bun, "quantity": pieces }] });
        let made = town.as_role("staff").post("/v1/redemptions", body).ok(201);
        let id = made["redemption"]["id"].as_str().unwrap().to_owned();
        town.as_role("staff").post(&format!("/v1/redemptions/{id}/capture"), json!({})).ok(200);
        refunded = Some(id);
    }
    let path = format!("/v1/redemptions/{}/refund", refunded.unwrap());
    town.as_role("staff").post(&path, json!({})).ok(201);
    town.at("2026-04-01T00:00");
    let statement = issued(&town, "breakfast", "2026-03");
    // 13 × 1.01 points at 33.3333 fen are 437.666… fen.
    assert_eq!((&statement["net_points"], &statement["payable"]), (&json!("13.13"), &json!("4.38")));
    let fen = |text: &str| (text.parse::<f64>().unwrap() * 100.0).round();
    let sum: f64 = lines(&statement).iter().map(|(_, payable)| fen(payable)).sum();
    assert!((sum - 438.0).abs() < 0.5 && lines(&statement).len() == 8, "{statement}");
    town.verify_and_stop();
}

#[test]
fn donated_goods_are_shown_and_claim_nothing() {
    let town = Town::new();
    donate(&town, "lin", 20);
    let shop = json!({ "name": "示例爱心超市", "org": town.id("community"), "model": "donated_goods" });
    town.make("gifts", "administrator", "/v1/merchants", shop.clone());
    let mut priced = shop;
    priced["rate_fen"] = json!("10");
    let refused = town.as_role("administrator").post("/v1/merchants", priced);
    assert_eq!((refused.status, refused.code()), (422, "rate_of_given_goods".into()));
    town.open_user("gifts_owner", json!({ "merchant": town.id("gifts") }), "merchant_owner", "community");
    let offers = format!("/v1/merchants/{}/offers", town.id("gifts"));
    let soap = town.make(
        "soap",
        "gifts_owner",
        &offers,
        json!({ "name": "示例香皂", "unit_points": "10", "stocked": false }),
    );
    let body = json!({ "on_behalf_of": town.id("lin"), "merchant": town.id("gifts"), "lines": [{ "offer": soap, "quantity": 2 }] });
    let made = town.as_role("staff").post("/v1/redemptions", body).ok(201);
    let path = format!("/v1/redemptions/{}/capture", made["redemption"]["id"].as_str().unwrap());
    town.as_role("staff").post(&path, json!({})).ok(200);
    town.at("2026-04-01T00:00");
    let statement = issued(&town, "gifts", "2026-03");
    assert_eq!(lines(&statement), [pair("20.00", "0.00")]);
    for (who, what) in [("gifts_owner", "confirm"), ("reviewer", "approve"), ("administrator", "pay")] {
        // Another shop's owner does not even learn that it exists.
        if what == "confirm" {
            town.refused(|t| step(t, "merchant_owner", &statement, what), 404, "not_found");
        }
        let done = step(&town, who, &statement, what).ok(200);
        assert_eq!(done["postings"], json!([]), "{what}");
    }
    town.verify_and_stop();
}

#[test]
fn two_statements_at_once_never_share_a_line() {
    let (town, _) = month();
    let tokens = [bearer(&town, "staff"), bearer(&town, "staff_two")];
    let asks = (0..20)
        .map(|n| {
            let body = json!({ "merchant": town.id("shop"), "month": "2026-03" });
            let ask = Ask::post("/v1/settlements", body).role(None).key(format!("race-{n}"));
            ask.header("Authorization", &tokens[n % 2])
        })
        .collect();
    let before = town.head().0;
    let answers = at_once(town.web.address(), asks);
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        let lost = ["already_done", "nothing_to_settle", "changed_meanwhile"];
        assert!(lost.contains(&answer.code().as_str()), "{answer:?}");
    }
    // The statement, and the hold that had expired.
    assert!(town.head().0 <= before + 2);
    town.verify_and_stop();
}

#[test]
fn a_month_is_settled_when_it_is_over_or_when_the_shop_leaves() {
    let town = Town::new();
    donate(&town, "lin", 100);
    let first = captured(&town, &[("rice", 4)]);
    let sentence = town.refused(|t| issue(t, "shop", "2026-03"), 422, "period_not_over");
    assert!(sentence.contains("2026-04-01 00:00"), "{sentence}");
    town.refused(|t| issue(t, "shop", "2026-04"), 422, "period_not_over");
    town.refused(|t| issue(t, "shop", "2026-02"), 422, "nothing_to_settle");
    for month in ["2026-13", "2026-3", "26-03", "2026-03-01", ""] {
        assert_eq!(issue(&town, "shop", month).status, 400, "{month}");
    }
    for who in ["merchant_owner", "reviewer", "administrator", "auditor"] {
        let body = json!({ "merchant": town.id("shop"), "month": "2026-03" });
        town.refused(|t| t.as_role(who).post("/v1/settlements", body), 403, "role_missing");
    }
    let body = json!({ "merchant": town.id("shop"), "month": "2026-03" });
    town.refused(|t| t.as_role("staff_sibling").post("/v1/settlements", body), 404, "not_found");
    // The shop leaves in the middle of the month.
    town.at("2026-03-20T12:00");
    let state = format!("/v1/merchants/{}/state", town.id("shop"));
    town.as_role("administrator").post(&state, json!({ "state": "closed" })).ok(204);
    let leaving = issued(&town, "shop", "2026-03");
    assert_eq!(lines(&leaving), [pair("20.00", "10.00")]);
    // That does not close the month: a deed of that morning can still be back-dated.
    assert_eq!(closed_until(&town), None);
    refund(&town, &first, 1);
    town.at("2026-04-01T00:00");
    let rest = issued(&town, "shop", "2026-03");
    assert_eq!((&rest["period"], lines(&rest)), (&json!("2026-03/2"), vec![pair("-5.00", "-2.50")]));
    assert_eq!(closed_until(&town).as_deref(), Some("2026-03-31T16:00:00Z"));
    town.verify_and_stop();
}

fn closed_until(town: &Town) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let read = town.web.store.read(crate::support::web::BANK, |tables| tables.head());
    runtime.block_on(read).unwrap().closed_until.map(|moment| moment.to_string())
}

#[test]
fn a_settled_month_is_closed_for_redeeming_only_and_for_no_other_shop() {
    let (town, _) = month();
    let shop = json!({ "name": "示例理发店", "org": town.id("community"), "model": "community_fund", "rate_fen": "20" });
    town.make("barber", "administrator", "/v1/merchants", shop);
    issued(&town, "shop", "2026-03");
    // Service of the month may still be back-dated; a shop's takings may not (`tests/it/ledger/rows.rs`).
    let minutes = Minutes::new(&town);
    minutes.post("60", "2026-03-31T23:59").ok(201);
    // The other shop has its own month, whenever that is settled.
    town.refused(|t| issue(t, "barber", "2026-03"), 422, "nothing_to_settle");
    town.at("2026-05-01T00:00");
    captured_by_staff(&town);
    town.at("2026-06-01T00:00");
    assert_eq!(lines(&issued(&town, "shop", "2026-05")), [pair("10.00", "5.00")]);
    town.verify_and_stop();
}

fn captured_by_staff(town: &Town) {
    let body = json!({ "on_behalf_of": town.id("lin"), "merchant": town.id("shop"),
        "lines": [{ "offer": town.id("haircut"), "quantity": 1 }] });
    let made = town.as_role("staff").post("/v1/redemptions", body).ok(201);
    let path = format!("/v1/redemptions/{}/capture", made["redemption"]["id"].as_str().unwrap());
    town.as_role("staff").post(&path, json!({})).ok(200);
}

#[test]
fn nobody_settles_for_their_own_shop_or_under_two_names() {
    let (town, _) = month();
    // The owner of the shop has roles too.
    for role in ["staff", "reviewer", "administrator"] {
        town.open_user(&format!("keeper_{role}"), json!({ "member": town.id("keeper") }), role, "community");
    }
    let body = json!({ "merchant": town.id("shop"), "month": "2026-03" });
    town.refused(|t| t.as_role("keeper_staff").post("/v1/settlements", body), 403, "for_oneself");
    // One person with two users is one person.
    for (login, role) in [("sun_staff", "staff"), ("sun_reviewer", "reviewer")] {
        town.open_user(login, json!({ "member": town.id("sun") }), role, "community");
    }
    let body = json!({ "merchant": town.id("shop"), "month": "2026-03" });
    let statement = town.as_role("sun_staff").post("/v1/settlements", body).ok(201)["statement"].clone();
    step(&town, "merchant_owner", &statement, "confirm").ok(200);
    town.refused(|t| step(t, "keeper_reviewer", &statement, "approve"), 403, "for_oneself");
    town.refused(|t| step(t, "sun_reviewer", &statement, "approve"), 403, "same_person");
    step(&town, "reviewer", &statement, "approve").ok(200);
    town.refused(|t| step(t, "keeper_administrator", &statement, "pay"), 403, "for_oneself");
    town.verify_and_stop();
}

#[test]
fn a_former_clerk_sees_statements_by_the_role_they_have_now() {
    let (town, _) = month();
    let shop = json!({ "name": "邻近超市", "org": town.id("sibling"), "model": "donated_goods" });
    town.make("next_shop", "administrator", "/v1/merchants", shop);
    let statement = issued(&town, "shop", "2026-03");
    let path = format!("/v1/settlements/{}", statement["id"].as_str().unwrap());
    let listed = |who: &str| {
        let page = town.as_role(who).get("/v1/settlements").ok(200);
        page["items"].as_array().unwrap().len()
    };
    let shops = |who: &str| {
        let page = town.as_role(who).get("/v1/merchants").ok(200);
        // All users see the shops; the terms of settlement only those responsible for them.
        let settled = page["items"].as_array().unwrap().iter().filter(|row| row.get("rate_fen").is_some());
        settled.map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // Formerly a clerk in one community's shop, now staff of the other community or of the street.
    for (login, org) in [("former_here", "street"), ("former_there", "sibling"), ("moonlighting", "sibling")]
    {
        town.open_user(login, json!({ "merchant": town.id("shop") }), "merchant_clerk", "community");
        town.grant(login, "staff", org);
    }
    let elsewhere = json!({ "merchant": town.id("next_shop") });
    town.open_user("former_next", elsewhere, "merchant_clerk", "sibling");
    town.grant("former_next", "staff", "community");
    for login in ["former_here", "former_there", "former_next"] {
        let role = town.id(&format!("role/{login}/merchant_clerk"));
        town.as_role("administrator").delete(&format!("/v1/roles/{role}")).ok(204);
    }
    for (who, status, count) in
        [("former_here", 200, 1), ("former_next", 200, 1), ("former_there", 404, 0), ("moonlighting", 404, 0)]
    {
        assert_eq!((town.as_role(who).get(&path).status, listed(who)), (status, count), "{who}");
    }
    assert_eq!(shops("former_next"), ["示例超市"]);
    assert_eq!(shops("former_there"), ["邻近超市"]);
    assert_eq!(listed("merchant_owner"), 1);
    town.verify_and_stop();
}

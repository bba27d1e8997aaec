//! Taking back is exact over HTTP: corrections of corrections, what was spent or held meanwhile, what is owed and who
//! sees and waives it.

use crate::support::points::publish as publish_scheme;
use crate::support::service::*;
use crate::support::shops::{captured, donate, hold};
use crate::support::town::{Town, with};
use crate::support::whole::whole;
use serde_json::{Value, json};

/// A town where 林 has four points for two hours of service, and a shop sells soap for three.
fn town() -> Town {
    let town = Town::new();
    standing(&town, "post");
    let offers = format!("/v1/merchants/{}/offers", town.id("shop"));
    let soap = json!({ "name": "示例肥皂", "unit_points": "3", "stocked": false });
    town.make("soap", "merchant_owner", &offers, soap);
    town.at("2026-03-02T12:00");
    approved(&town, "first", record(&town, "post", "lin", FROM, TO));
    town.at("2026-03-06T08:00");
    assert_eq!((town.finalise(), town.balance("lin", "POINT").as_str()), (1, "4.00"));
    town
}

/// Taken back by a reviewer who was not involved.
fn reverse(town: &Town, name: &str) -> Value {
    act(town, "reviewer_two", name, "reverse", because()).ok(201)
}

/// A record that replaces another one, final on a day some working days later.
fn replace(town: &Town, name: &str, with_name: &str, final_on: &str) {
    let body = with(record(town, "post", "lin", FROM, TO), json!({ "replaces": town.id(name) }));
    approved(town, with_name, body);
    town.at(final_on);
    assert_eq!(town.finalise(), 1);
}

/// What 林 owes, as a user sees it.
fn owed(town: &Town, who: &str) -> Vec<Value> {
    let seen = town.as_role(who).get(&format!("/v1/members/{}/owed", town.id("lin"))).ok(200);
    seen["items"].as_array().unwrap().clone()
}

fn counter(town: &Town, who: &str, id: &str, verb: &str) -> crate::support::web::Answer {
    town.as_role(who).post(&format!("/v1/redemptions/{id}/{verb}"), json!({}))
}

/// Takes back ten points while five of them are on hold; returns the reversal's answer.
fn taken_back_while_on_hold(town: &Town) -> Value {
    let give = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "goods-donation", "quantity": "100" });
    let entry = town.as_role("staff").post("/v1/awards", give).ok(201)["entry"].as_i64().unwrap();
    hold(town, &[("rice", 1)]);
    let why = json!({ "reason": "示例：登记有误", "up_to": true });
    town.as_role("staff").post(&format!("/v1/awards/{entry}/reverse"), why).ok(201)
}

#[test]
fn a_reversal_of_what_is_on_hold_answers_what_is_owed_and_the_member_sees_it() {
    let town = Town::new();
    let taken = taken_back_while_on_hold(&town);
    insta::assert_snapshot!(whole(&town, &taken), @r#"
    {
      "effective_at":"2026-03-02T00:00:00Z","entry":4,"hash":"<hash>","kind":"reversal",
      "owed":[{"account":"<id>","asset":"POINT","left":"5.00","owed":"5.00","paid":"0.00"}],
      "postings":[
        {
          "amount":"10.00","asset":"LIFETIME","credit_account":"<id>","credit_balance":"0.00",
          "debit_account":"<id>","debit_balance":"0.00"
        },
        {
          "amount":"5.00","asset":"POINT","credit_account":"<id>","credit_balance":"-5.00","debit_account":"<id>",
          "debit_balance":"5.00"
        },
        {
          "amount":"5.00","asset":"POINT","credit_account":"<id>","credit_balance":"0.00","debit_account":"<id>",
          "debit_balance":"-5.00"
        }
      ],
      "recorded_at":"2026-03-02T00:00:00Z"
    }
    "#);
    let owed = town.as_role("volunteer").get(&format!("/v1/members/{}/owed", town.id("lin"))).ok(200);
    insta::assert_snapshot!(whole(&town, &owed), @r#"
    {
      "items":[
        {
          "amount":"5.00","asset":"POINT","entry":4,"left":"5.00","reason":"示例：登记有误",
          "recorded_at":"2026-03-02T00:00:00Z","reverses":2,
          "sentence":"一笔积分已撤销：其中 5 分当时已用掉或在预留中，待追回，还剩 5 分。退回的积分会先抵扣。","source":"award/2"
        }
      ]
    }
    "#);
    town.verify_and_stop();
}

#[test]
fn a_correction_of_a_correction_grants_what_the_last_one_says_and_no_more() {
    let town = town();
    captured(&town, &[("soap", 1)]);
    let days = ["2026-03-12T08:00", "2026-03-18T08:00", "2026-03-24T08:00"];
    let names = ["first", "second", "third", "fourth"];
    for (pair, day) in names.windows(2).zip(days) {
        let taken = reverse(&town, pair[0]);
        let figures =
            ["left", "owed", "paid"].map(|name| taken["owed"][0][name].as_str().unwrap().to_owned());
        assert_eq!(figures, ["3.00", "3.00", "0.00"]);
        assert_eq!(
            (town.balance("lin", "POINT"), town.balance("lin", "MINUTE")),
            ("0.00".into(), "0".into())
        );
        town.refused(|t| act(t, "reviewer_two", pair[0], "reverse", because()), 409, "wrong_state");
        replace(&town, pair[0], pair[1], day);
        let balances = ["POINT", "LIFETIME", "MINUTE"].map(|asset| town.balance("lin", asset));
        assert_eq!(balances, ["1.00", "4.00", "120"].map(str::to_owned));
        assert_eq!(owed(&town, "staff"), Vec::<Value>::new());
    }
    town.verify_and_stop();
}

#[test]
fn what_was_held_or_spent_when_its_record_was_taken_back_never_becomes_spendable() {
    for (verb, how) in [("cancel", "held"), ("refund", "spent")] {
        let town = town();
        let id = if how == "held" { hold(&town, &[("soap", 1)]) } else { captured(&town, &[("soap", 1)]) };
        let taken = reverse(&town, "first");
        assert_eq!((&taken["owed"][0]["left"], &taken["owed"][0]["owed"]), (&json!("3.00"), &json!("3.00")));
        // Staff, the auditor and the member see it with its reason; others do not.
        for who in ["staff", "auditor", "volunteer"] {
            let rows = owed(&town, who);
            assert_eq!(
                (rows.len(), &rows[0]["left"], &rows[0]["reason"]),
                (1, &json!("3.00"), &because()["reason"])
            );
            assert_eq!(rows[0]["source"], json!(format!("service_record/{}", town.id("first"))));
            let sentence = rows[0]["sentence"].as_str().unwrap();
            assert!(sentence.contains("待追回，还剩 3 分"), "{sentence}");
        }
        let path = format!("/v1/members/{}/owed", town.id("lin"));
        town.refused(|t| t.as_role("staff_sibling").get(&path), 404, "not_found");
        town.refused(|t| t.as_role("merchant_clerk").get(&path), 403, "role_missing");
        let accounts =
            town.as_role("volunteer").get(&format!("/v1/members/{}/accounts", town.id("lin"))).ok(200);
        let points =
            accounts["items"].as_array().unwrap().iter().find(|row| row["asset"] == "POINT").unwrap();
        assert_eq!(points["owed"], json!("3.00"));
        // The shop that gives back does not learn of it.
        let back = counter(&town, "merchant_clerk", &id, verb);
        assert!(back.status < 300 && !back.text.contains("owed"), "{back:?}");
        assert_eq!((town.balance("lin", "POINT").as_str(), owed(&town, "staff").len()), ("0.00", 0), "{how}");
        let lines =
            town.as_role("volunteer").get(&format!("/v1/members/{}/passbook", town.id("lin"))).ok(200);
        assert_eq!(
            (&lines["items"][0]["kind"], &lines["items"][0]["amount"]),
            (&json!("reclaim"), &json!("-3.00"))
        );
        town.refused(|t| act(t, "reviewer_two", "first", "reverse", because()), 409, "wrong_state");
        town.verify_and_stop();
    }
}

#[test]
fn a_hold_that_is_handed_over_leaves_the_debt_and_one_that_runs_out_pays_it() {
    let town = town();
    let id = hold(&town, &[("soap", 1)]);
    reverse(&town, "first");
    counter(&town, "merchant_clerk", &id, "capture").ok(200);
    assert_eq!((town.balance("lin", "POINT").as_str(), owed(&town, "staff").len()), ("0.00", 1));
    // Newly earned points stay the member's: this scheme does not let them pay.
    donate(&town, "lin", 10);
    assert_eq!(
        (town.balance("lin", "POINT").as_str(), owed(&town, "staff")[0]["left"].as_str()),
        ("10.00", Some("3.00"))
    );
    town.verify_and_stop();
    let town = self::town();
    hold(&town, &[("soap", 1)]);
    reverse(&town, "first");
    town.at("2026-03-14T08:00");
    // The next use of the passbook triggers it.
    donate(&town, "lin", 1);
    assert_eq!((town.balance("lin", "POINT").as_str(), owed(&town, "staff").len()), ("1.00", 0));
    town.verify_and_stop();
}

#[test]
fn an_award_that_is_spent_is_taken_back_as_far_as_it_goes_and_the_rest_is_owed() {
    let town = Town::new();
    let give = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "goods-donation", "quantity": "100" });
    let award = town.as_role("staff").post("/v1/awards", give).ok(201)["entry"].as_i64().unwrap();
    let path = format!("/v1/awards/{award}/reverse");
    let id = hold(&town, &[("rice", 1)]);
    // Points on hold exist, but cannot be taken now: the sentence says what to do.
    let body = |up_to: bool| json!({ "reason": "示例：登记有误", "up_to": up_to });
    let sentence = town.refused(|t| t.as_role("staff").post(&path, body(false)), 422, "reversal_on_hold");
    assert!(sentence.contains("没有办完的兑换占着 5 分") && sentence.contains("取消那笔兑换"), "{sentence}");
    let taken = town.as_role("staff").post(&path, body(true)).ok(201);
    assert_eq!((&taken["owed"][0]["left"], &taken["owed"][0]["owed"]), (&json!("5.00"), &json!("5.00")));
    assert_eq!(town.balance("lin", "LIFETIME"), "0.00");
    town.refused(|t| t.as_role("staff").post(&path, body(true)), 422, "reversal_exceeds_original");
    counter(&town, "merchant_clerk", &id, "cancel").ok(200);
    assert_eq!((town.balance("lin", "POINT").as_str(), owed(&town, "staff").len()), ("0.00", 0));
    town.verify_and_stop();
}

#[test]
fn what_is_owed_is_waived_by_two_people() {
    let town = town();
    captured(&town, &[("soap", 1)]);
    reverse(&town, "first");
    let entry = owed(&town, "staff")[0]["entry"].clone();
    let path = format!("/v1/members/{}/owed/waivers", town.id("lin"));
    let ask = |points: Option<&str>| {
        let mut body = json!({ "entry": entry, "reason": "示例：困难家庭" });
        if let Some(points) = points {
            body["points"] = json!(points);
        }
        body
    };
    for who in ["reviewer", "auditor", "volunteer", "merchant_owner"] {
        town.refused(|t| t.as_role(who).post(&path, ask(None)), 403, "role_missing");
    }
    town.refused(|t| t.as_role("staff_sibling").post(&path, ask(None)), 404, "not_found");
    town.open_user("lin_staff", json!({ "member": town.id("lin") }), "staff", "community");
    town.refused(|t| t.as_role("lin_staff").post(&path, ask(None)), 403, "for_oneself");
    let sentence = town.refused(|t| t.as_role("staff").post(&path, ask(Some("3.01"))), 422, "owed_less");
    assert!(sentence.contains("最多还能豁免 3 分"), "{sentence}");
    let before = town.head();
    let proposal =
        town.as_role("staff").post(&path, ask(None)).ok(202)["proposal"].as_str().unwrap().to_owned();
    assert_eq!(town.head(), before, "asking moves nothing");
    let seen = town.as_role("reviewer").get("/v1/awards/proposals").ok(200)["items"][0].clone();
    assert_eq!((&seen["kind"], &seen["desired_points"]), (&json!("waiver"), &json!("3.00")));
    assert_eq!((&seen["owed_by_entry"], &seen["reason"]), (&entry, &json!("示例：困难家庭")));
    let approve = format!("/v1/awards/proposals/{proposal}/approve");
    town.refused(|t| t.as_role("staff").post(&approve, json!({})), 403, "role_missing");
    town.grant("staff", "reviewer", "community");
    town.refused(|t| t.as_role("staff").post(&approve, json!({})), 403, "same_person");
    let done = town.as_role("reviewer").post(&approve, json!({})).ok(201);
    assert_eq!((&done["kind"], &done["postings"][0]["amount"]), (&json!("waiver"), &json!("3.00")));
    assert_eq!((town.balance("lin", "POINT").as_str(), owed(&town, "staff").len()), ("0.00", 0));
    town.refused(|t| t.as_role("reviewer").post(&approve, json!({})), 409, "wrong_state");
    let reversal = format!("/v1/awards/{}/reverse", done["entry"]);
    town.refused(|t| t.as_role("staff_two").post(&reversal, because()), 404, "not_found");
    town.verify_and_stop();
}

#[test]
fn a_scheme_that_says_so_takes_what_is_owed_from_the_next_points_and_explains_it() {
    let town = town();
    captured(&town, &[("soap", 1)]);
    reverse(&town, "first");
    let text = include_str!("../../../schemes/jianxian.toml")
        .replace("code = \"jianxian\"", "code = \"next\"")
        .replacen("four_eyes_above", "reclaim = \"next_points\"\nfour_eyes_above", 1);
    let scheme = publish_scheme(&town, "next", &text);
    let give = json!({ "member": town.id("lin"), "scheme": scheme, "item": "blood-donation" });
    let award = town.as_role("staff").post("/v1/awards", give).ok(201);
    assert_eq!((&award["grant"]["granted"], &award["owed"][0]["paid"]), (&json!("20.00"), &json!("3.00")));
    assert_eq!((town.balance("lin", "POINT").as_str(), owed(&town, "staff").len()), ("17.00", 0));
    let why = town.as_role("volunteer").get(&format!("/v1/awards/{}/explain", award["entry"])).ok(200);
    let sentences = why["sentences"].as_array().unwrap();
    assert_eq!(sentences.last().unwrap(), &json!("其中 3 分抵了待追回的积分。"));
    town.verify_and_stop();
}

#[test]
fn sentences_at_the_counter_say_what_happened_and_what_to_do() {
    let town = town();
    donate(&town, "lin", 20);
    let id = captured(&town, &[("rice", 1)]);
    counter(&town, "merchant_clerk", &id, "refund").ok(201);
    let sentence = town.refused(|t| counter(t, "merchant_clerk", &id, "refund"), 422, "quantity_exceeds");
    assert!(sentence.starts_with("没有可退的") && !sentence.contains("0 件"), "{sentence}");
    // A stocktake below what is held: the count is entered, the holds stay, the shop is notified.
    hold(&town, &[("rice", 2)]);
    let stock = format!("/v1/offers/{}/stock", town.id("rice"));
    let count = |pieces: i64| json!({ "pieces": pieces, "stocktake": true, "reason": "示例盘点" });
    let counted = town.as_role("merchant_owner").post(&stock, count(-19)).ok(201);
    assert_eq!((&counted["postings"][0]["amount"], &counted["held"]), (&json!("18"), &json!(1)));
    assert!(counted["notice"].as_str().unwrap().contains("有 1 件正被预留"), "{counted}");
    town.refused(|t| t.as_role("merchant_owner").post(&stock, count(-3)), 422, "out_of_stock");
    // A frozen member at the till: a person, and no account id.
    let id = captured(&town, &[("soap", 1)]);
    town.set_purse("lin", "frozen");
    let sentence = town.refused(|t| counter(t, "merchant_clerk", &id, "refund"), 409, "account_frozen");
    assert!(sentence.contains("冻结") && !sentence.contains('-'), "{sentence}");
    town.set_purse("lin", "open");
    // Three decimals are too many, but still a number.
    let path = format!("/v1/awards/{}/reverse", 1);
    let answer = town.as_role("staff").post(&path, json!({ "points": "0.001", "reason": "示例" }));
    assert!(answer.status == 400 && answer.text.contains("最多 2 位小数"), "{answer:?}");
    town.verify_and_stop();
}

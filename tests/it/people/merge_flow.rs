//! Merging two files of one person, over HTTP: as if there had been one file from the beginning, for every list,
//! limit, star, hold, proposal, login and session, also when things are taken back afterwards.

use crate::support::service::{act, approved, publish, record, sign, standing};
use crate::support::shops::{captured, cart, claimed, donate, show, stock};
use crate::support::town::bearer;
use crate::support::town::{Town, moment};
use crate::support::web::at_once;
use crate::support::web::{Answer, Ask, BANK};
use crate::support::whole::whole;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::{AccountTerms, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::ledger::{Answer as Stored, Command, Leg, Op};
use jianxian::services::points::awards::purse;
use serde_json::{Value, json};

/// A second file of 林 in the same community, with a login.
fn twin(town: &Town) {
    town.make(
        "twin",
        "staff",
        "/v1/members",
        json!({ "name": "林示例", "org": town.id("community"), "confirmed_new": true }),
    );
    town.open_user("twin_login", json!({ "member": town.id("twin") }), "volunteer", "community");
}

fn merge(town: &Town, who: &str, duplicate: &str, into: &str) -> Answer {
    let body = json!({ "into": town.id(into), "reason": "重复开户" });
    town.as_role(who).post(&format!("/v1/members/{}/merge", town.id(duplicate)), body)
}

fn of_member(town: &Town, who: &str, member: &str, what: &str) -> Value {
    town.as_role(who).get(&format!("/v1/members/{}{what}", town.id(member))).ok(200)
}

/// Minutes served on a day, posted directly in the ledger.
fn serve(town: &Town, member: &str, minutes: i64, at: &str) -> i64 {
    let to = purse(town.id(member).parse().unwrap(), false, Asset::Minute);
    let from = AccountTerms::of_bank(BANK, Asset::Minute, Purpose::Issuing);
    let op = Op::Post { legs: vec![Leg::plain(from.id, to.id, minutes)], partial: false, up_to: false };
    let mut command = Command::new(Id::SYSTEM, EntryKind::Award, op).open([from, to]);
    command.effective_at = Some(moment(&format!("{at}:00+08:00")));
    command.metadata = [("member".to_owned(), town.id(member))].into();
    match town.runtime.block_on(town.web.store.submit(BANK, command)).unwrap().answer {
        Stored::Accepted(receipt) => receipt.number,
        other => panic!("{other:?}"),
    }
}

/// Minutes at the end of a day.
fn minutes(town: &Town, member: &str, day: &str) -> String {
    let at = format!("/accounts?as_of={day}T23:59:59%2B08:00");
    let rows = of_member(town, "auditor", member, &at);
    let row = rows["items"].as_array().unwrap().iter().find(|row| row["asset"] == "MINUTE").cloned();
    row.map_or("0".into(), |row| row["balance"].as_str().unwrap().to_owned())
}

fn year_stars(town: &Town) {
    let text = "code = \"year-stars\"\nversion = \"1\"\nname = \"示例年度星级\"\nvalid_from = 2025-01-01\n\
                [stars]\nwindow = \"calendar_year\"\napplied_for = false\n[[stars.steps]]\nstar = 1\nhours = 2\n";
    let version = town.make("year-stars version", "administrator", "/v1/schemes", json!({ "body": text }));
    let path = format!("/v1/schemes/versions/{version}/approve");
    town.as_role("reviewer_district").post(&path, json!({})).ok(204);
    let schemes = town.as_role("staff").get("/v1/schemes").ok(200);
    let rows = schemes["items"].as_array().unwrap();
    town.keep("year-stars", &rows.iter().find(|row| row["code"] == "year-stars").unwrap()["id"]);
}

fn star_of(town: &Town, member: &str, day: &str) -> Value {
    let rows = of_member(town, "auditor", member, &format!("/stars?as_of={day}"));
    rows["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["scheme"] == town.id("year-stars"))
        .unwrap()
        .clone()
}

fn grant(town: &Town, member: &str, day: &str) -> Answer {
    let body = json!({ "scheme": town.id("year-stars"), "star": 1, "as_of": day });
    town.as_role("street").post(&format!("/v1/members/{}/stars", town.id(member)), body)
}

#[test]
fn a_merge_answers_what_was_posted() {
    let town = Town::new();
    twin(&town);
    donate(&town, "twin", 5);
    let mut merged = merge(&town, "staff", "twin", "lin").ok(201);
    // The accounts of a file are in the order of their ids, which differ from run to run.
    merged["postings"].as_array_mut().unwrap().sort_by_key(|line| line["asset"].to_string());
    insta::assert_snapshot!(whole(&town, &merged), @r#"
    {
      "effective_at":"2026-03-02T00:00:00Z","entry":3,"hash":"<hash>","kind":"merge",
      "postings":[
        {
          "amount":"5.00","asset":"LIFETIME","credit_account":"<id>","credit_balance":"5.00",
          "debit_account":"<id>","debit_balance":"0.00"
        },
        {
          "amount":"5.00","asset":"POINT","credit_account":"<id>","credit_balance":"5.00","debit_account":"<id>",
          "debit_balance":"0.00"
        }
      ],
      "recorded_at":"2026-03-02T00:00:00Z"
    }
    "#);
    town.verify_and_stop();
}

#[test]
fn the_old_id_of_a_merged_file_is_told_whole_as_the_file_that_stays() {
    let town = Town::new();
    twin(&town);
    donate(&town, "twin", 5);
    merge(&town, "staff", "twin", "lin").ok(201);
    insta::assert_snapshot!(whole(&town, &of_member(&town, "staff", "twin", "")), @r#"
    {
      "id":"<lin>","kind":"person","merged_into":"<lin>","name":"林示例","number":"000000028","org":"<community>",
      "party_member":false,"phone":"138****0001","state":"active","version":2
    }
    "#);
    insta::assert_snapshot!(whole(&town, &of_member(&town, "auditor", "twin", "/passbook")), @r#"
    {
      "items":[
        {
          "amount":"5.00","balance":"5.00","effective_at":"2026-03-02T00:00:00Z","entry":2,"kind":"award",
          "recorded_at":"2026-03-02T00:00:00Z"
        }
      ],
      "merged_into":"<lin>"
    }
    "#);
    town.verify_and_stop();
}

#[test]
fn service_of_a_duplicate_counts_on_the_day_on_which_it_was_given() {
    let town = Town::new();
    twin(&town);
    year_stars(&town);
    let served = serve(&town, "twin", 120, "2025-06-01T10:00");
    serve(&town, "lin", 30, "2026-01-10T10:00");
    let before_merge = "2026-03-02T08:00:00%2B08:00";
    town.at("2026-03-02T09:00");
    merge(&town, "staff", "twin", "lin").ok(201);
    for member in ["lin", "twin"] {
        let days = ["2025-05-31", "2025-06-01", "2026-01-09", "2026-01-10", "2026-03-01", "2026-03-02"];
        let found = days.map(|day| minutes(&town, member, day));
        assert_eq!(found, ["0", "120", "120", "150", "150", "150"], "{member}");
    }
    // No star of 2026 for service in 2025.
    let (last, now) = (star_of(&town, "lin", "2025-12-31"), star_of(&town, "lin", "2026-03-02"));
    assert_eq!((&last["star"], &last["service_minutes"]), (&json!(1), &json!(120)));
    assert_eq!((&now["star"], &now["service_minutes"]), (&json!(0), &json!(30)));
    town.refused(|t| grant(t, "lin", "2026-03-02"), 422, "star_not_reached");
    grant(&town, "twin", "2025-12-31").ok(201);
    // As known before the merge there were two.
    let known = |member: &str| {
        let rows = of_member(&town, "auditor", member, &format!("/accounts?known_at={before_merge}"));
        let row = rows["items"].as_array().unwrap().iter().find(|row| row["asset"] == "MINUTE").cloned();
        row.map(|row| row["balance"].clone())
    };
    assert_eq!((known("lin"), known("twin")), (Some(json!("30")), Some(json!("120"))));
    // Taken back, it disappears from its own day, and nothing is below zero.
    let path = format!("/v1/awards/{served}/reverse");
    town.as_role("staff").post(&path, json!({ "reason": "示例：登记有误" })).ok(201);
    let found =
        ["2025-06-01", "2025-12-31", "2026-01-10", "2026-03-02"].map(|day| minutes(&town, "lin", day));
    assert_eq!(found, ["0", "0", "30", "30"]);
    town.verify_and_stop();
}

#[test]
fn a_record_of_a_duplicate_is_taken_back_on_its_own_day_and_its_limits_are_free_again() {
    let town = Town::new();
    twin(&town);
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    approved(&town, "twin's", record(&town, "post", "twin", "2026-03-02T09:00", "2026-03-02T11:00"));
    town.at("2026-03-07T00:00");
    assert_eq!(town.finalise(), 1);
    merge(&town, "staff", "twin", "lin").ok(201);
    assert_eq!(minutes(&town, "lin", "2026-03-02"), "120");
    town.at("2026-03-08T09:00");
    act(&town, "reviewer_two", "twin's", "reverse", json!({ "reason": "时长与签到表不符" })).ok(201);
    let found =
        ["2026-03-01", "2026-03-02", "2026-03-07", "2026-03-08"].map(|day| minutes(&town, "lin", day));
    assert_eq!(found, ["0", "0", "0", "0"]);
    assert_eq!(
        ["MINUTE", "LIFETIME", "POINT"].map(|asset| town.balance("lin", asset)),
        ["0", "0.00", "0.00"]
    );
    town.verify_and_stop();
}

#[test]
fn a_star_of_a_duplicate_is_seen_and_is_not_granted_again() {
    let town = Town::new();
    twin(&town);
    year_stars(&town);
    serve(&town, "twin", 150, "2026-03-01T10:00");
    grant(&town, "twin", "2026-03-02").ok(201);
    merge(&town, "staff", "twin", "lin").ok(201);
    for member in ["lin", "twin"] {
        let star = star_of(&town, member, "2026-03-02");
        assert_eq!((&star["star"], star["granted"].as_array().unwrap().len()), (&json!(1), 1), "{member}");
        let sentence = town.refused(|t| grant(t, member, "2026-03-02"), 409, "already_done");
        assert!(sentence.contains("已经授予"), "{sentence}");
    }
    assert_eq!(of_member(&town, "auditor", "twin", "/stars")["merged_into"], town.id("lin"));
    town.verify_and_stop();
}

#[test]
fn limits_that_a_duplicate_used_are_used() {
    let town = Town::new();
    twin(&town);
    let first = |member: &str| {
        let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "first-registration",
            "quantity": "1" });
        town.as_role("staff").post("/v1/awards", body)
    };
    let entry = first("twin").ok(201)["entry"].clone();
    let offers = format!("/v1/merchants/{}/offers", town.id("shop"));
    let oil = json!({ "name": "示例食用油", "unit_points": "1", "stocked": false, "member_limit": 3,
        "limit_window": "month" });
    town.make("oil", "merchant_owner", &offers, oil);
    donate(&town, "lin", 20);
    donate(&town, "twin", 20);
    let redeem = |member: &str, pieces: i64| {
        let body = json!({ "on_behalf_of": town.id(member), "merchant": town.id("shop"),
            "lines": cart(&town, &[("oil", pieces)]) });
        town.as_role("staff").post("/v1/redemptions", body)
    };
    let made = redeem("twin", 2).ok(201);
    let path = format!("/v1/redemptions/{}", made["redemption"]["id"].as_str().unwrap());
    town.as_role("staff").post(&format!("{path}/capture"), json!({})).ok(200);
    merge(&town, "staff", "twin", "lin").ok(201);
    for member in ["lin", "twin"] {
        town.refused(|_| first(member), 422, "times_reached");
        town.refused(|_| redeem(member, 2), 422, "offer_limit_reached");
    }
    redeem("twin", 1).ok(201);
    // What comes back frees the limit again, under whichever id it was used.
    let one = json!({ "lines": cart(&town, &[("oil", 1)]) });
    town.as_role("staff").post(&format!("{path}/refund"), one).ok(201);
    redeem("lin", 1).ok(201);
    town.refused(|_| redeem("lin", 1), 422, "offer_limit_reached");
    town.as_role("staff").post(&format!("/v1/awards/{entry}/reverse"), json!({ "reason": "示例" })).ok(201);
    first("lin").ok(201);
    town.verify_and_stop();
}

fn pages_of_the_passbook_hold_the_same_lines(town: &Town) {
    // A page at a time, the same lines.
    let first = of_member(town, "auditor", "lin", "/passbook?limit=2");
    let rest = format!("/passbook?cursor={}", first["next"].as_str().unwrap());
    assert_eq!(of_member(town, "auditor", "lin", &rest)["items"][0]["balance"], "20.00");
    // The entries of the old account are those of the one file.
}

#[test]
fn lists_by_member_hold_what_was_done_under_every_id_of_the_file() {
    let town = Town::new();
    twin(&town);
    donate(&town, "twin", 20);
    let body = json!({ "on_behalf_of": town.id("twin"), "merchant": town.id("shop"), "lines": cart(&town, &[("rice", 1)]) });
    let made = town.as_role("staff").post("/v1/redemptions", body).ok(201)["redemption"]["id"].clone();
    donate(&town, "lin", 10);
    let own = captured(&town, &[("rice", 1)]);
    let account = of_member(&town, "auditor", "twin", "/accounts")["items"][0]["account"].clone();
    merge(&town, "staff", "twin", "lin").ok(201);
    for member in ["lin", "twin"] {
        let path = format!("/v1/redemptions?member={}", town.id(member));
        let rows = town.as_role("staff").get(&path).ok(200);
        let ids: Vec<&str> =
            rows["items"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 2, "{member} {ids:?}");
        assert!(ids.contains(&own.as_str()) && ids.contains(&made.as_str().unwrap()), "{member} {ids:?}");
        let log =
            town.as_role("auditor").get(&format!("/v1/audit/access-log?subject={}", town.id(member))).ok(200);
        let lines = log["items"].as_array().unwrap();
        assert!(lines.iter().any(|line| line["action"] == "merge_member"), "{member} {log}");
        // One passbook: 20 and 10 came in, 5 went out; transfers between the two files are not lines.
        let lines = of_member(&town, "auditor", member, "/passbook");
        let lines = lines["items"].as_array().unwrap();
        let found: Vec<_> = lines.iter().map(|line| (&line["amount"], &line["balance"])).collect();
        assert_eq!(
            json!(found),
            json!([["-5.00", "25.00"], ["10.00", "30.00"], ["20.00", "20.00"]]),
            "{member}"
        );
    }
    let mine = town.as_role("twin_login").get("/v1/redemptions").ok(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 2);
    pages_of_the_passbook_hold_the_same_lines(&town);
    let path = format!("/v1/ledger/entries?account={}", account.as_str().unwrap());
    assert!(town.as_role("ledger_operator").get(&path).ok(200)["items"].as_array().unwrap().len() >= 3);
    town.verify_and_stop();
}

#[test]
fn a_proposal_for_a_duplicate_is_found_approved_or_rejected_for_the_one_that_stays() {
    let town = Town::new();
    let body = json!({ "name": "林示例", "org": town.id("sibling") });
    town.make("twin", "staff_sibling", "/v1/members", body);
    let propose = |reason: &str| {
        let body = json!({ "member": town.id("twin"), "scheme": town.id("scheme"), "item": "bravery", "quantity": "1",
            "decided_points": "30", "reason": reason });
        town.as_role("staff_sibling").post("/v1/awards", body).ok(202)["proposal"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (yes, no) = (propose("示例：扑灭灶火"), propose("示例：重复申报"));
    merge(&town, "street", "twin", "lin").ok(201);
    let open = town.as_role("reviewer").get("/v1/awards/proposals").ok(200);
    let rows = open["items"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{open}");
    assert!(rows.iter().all(|row| row["member"] == town.id("lin")), "{open}");
    town.as_role("reviewer").post(&format!("/v1/awards/proposals/{yes}/approve"), json!({})).ok(201);
    town.as_role("reviewer").post(&format!("/v1/awards/proposals/{no}/reject"), json!({})).ok(204);
    assert_eq!(town.balance("lin", "POINT"), "30.00");
    town.verify_and_stop();
}

#[test]
fn what_a_duplicate_has_on_hold_is_handed_over_given_up_and_refunded_afterwards() {
    let town = Town::new();
    twin(&town);
    donate(&town, "twin", 30);
    let hold = || {
        let body = json!({ "on_behalf_of": town.id("twin"), "merchant": town.id("shop"),
            "lines": cart(&town, &[("rice", 2)]) });
        let made = town.as_role("staff").post("/v1/redemptions", body).ok(201);
        format!("/v1/redemptions/{}", made["redemption"]["id"].as_str().unwrap())
    };
    let [taken, given_up, forgotten] = [hold(), hold(), hold()];
    let standing = |member: &str| {
        let rows = of_member(&town, "auditor", member, "/accounts");
        let row =
            rows["items"].as_array().unwrap().iter().find(|row| row["asset"] == "POINT").unwrap().clone();
        ["balance", "available", "pending"].map(|name| row[name].as_str().unwrap().to_owned())
    };
    merge(&town, "staff", "twin", "lin").ok(201);
    assert_eq!(standing("lin"), ["30.00", "0.00", "30.00"]);
    let staff =
        |path: &str, step: &str, body: Value| town.as_role("staff").post(&format!("{path}/{step}"), body);
    staff(&taken, "capture", json!({})).ok(200);
    staff(&given_up, "cancel", json!({})).ok(200);
    assert_eq!(standing("lin"), ["20.00", "10.00", "10.00"]);
    let one = json!({ "lines": cart(&town, &[("rice", 1)]) });
    staff(&taken, "refund", one).ok(201);
    assert_eq!(standing("lin"), ["25.00", "15.00", "10.00"]);
    // The last one expires.
    town.at("2026-03-09T08:01");
    assert_eq!(town.as_role("staff").get(&forgotten).ok(200)["state"], "expired");
    assert_eq!(standing("twin"), ["25.00", "25.00", "0.00"]);
    assert_eq!(stock(&town, "rice"), 19);
    town.verify_and_stop();
}

#[test]
fn a_sign_in_of_a_duplicate_goes_on_as_that_of_the_one_that_stays() {
    let town = Town::new();
    twin(&town);
    publish(&town, "sweeping", "2026-03-02T09:00", "2026-03-02T11:00");
    town.at("2026-03-02T09:00");
    let people = json!({ "members": [town.id("twin")] });
    sign(&town, "staff", "sweeping", "sign-in", people).ok(201);
    merge(&town, "staff", "twin", "lin").ok(201);
    town.at("2026-03-02T10:00");
    let again = |member: &str| json!({ "members": [town.id(member)] });
    for member in ["lin", "twin"] {
        town.refused(|t| sign(t, "staff", "sweeping", "sign-in", again(member)), 409, "signed_in_already");
    }
    let out = json!({ "member": town.id("twin") });
    let made = sign(&town, "staff", "sweeping", "sign-out", out).ok(201);
    let record =
        town.as_role("staff").get(&format!("/v1/service-records/{}", made["id"].as_str().unwrap())).ok(200);
    assert_eq!((&record["member"], &record["service_minutes"]), (&json!(town.id("lin")), &json!(60)));
    town.verify_and_stop();
}

/// A second file of 林 with a phone and an ID number, and a login.
fn twin_with_a_card(town: &Town) -> Value {
    let body = json!({ "name": "林示例", "org": town.id("community"), "phone": "13800000009",
        "id_number": "110101199003070011", "confirmed_new": true });
    let made = town.as_role("staff").post("/v1/members", body).ok(201);
    town.keep("twin", &made["id"]);
    town.open_user("twin_login", json!({ "member": town.id("twin") }), "volunteer", "community");
    made
}

#[test]
fn the_old_log_in_and_the_old_id_show_the_one_file() {
    let town = Town::new();
    let made = twin_with_a_card(&town);
    donate(&town, "lin", 10);
    merge(&town, "staff", "twin", "lin").ok(201);
    assert_eq!(town.as_role("twin_login").get("/v1/me").ok(200)["member"], town.id("lin"));
    for what in ["", "/accounts", "/passbook", "/lots", "/stars"] {
        let found = of_member(&town, "twin_login", "twin", what);
        assert_eq!(found["merged_into"], town.id("lin"), "{what}");
        let mut own = of_member(&town, "volunteer", "lin", what);
        assert_eq!(own["merged_into"], Value::Null, "{what}");
        own["merged_into"] = json!(town.id("lin"));
        assert_eq!(found, own, "{what}");
    }
    // The card, the phone and the number of the duplicate lead to the file that stays, which has no ID number of its
    // own.
    let seen = of_member(&town, "staff", "lin", "");
    assert_eq!((&seen["phone"], &seen["id_number"]), (&json!("138****0001"), &json!("1101**********0011")));
    let number = format!("/v1/members?number={}", made["number"].as_str().unwrap());
    let tail = "/v1/members?phone_tail=0009".to_owned();
    for path in [number, tail] {
        assert_eq!(town.as_role("staff").get(&path).ok(200)["items"][0]["id"], town.id("lin"), "{path}");
        assert_eq!(town.as_role("staff_sibling").get(&path).ok(200)["items"], json!([]), "{path}");
    }
    for secret in [json!({ "phone": "13800000009" }), json!({ "id_number": "110101199003070011" })] {
        let rows = town.as_role("staff").post("/v1/members/find", secret).ok(200);
        assert_eq!(
            (rows["items"].as_array().unwrap().len(), &rows["items"][0]["id"]),
            (1, &json!(town.id("lin")))
        );
    }
    let third = json!({ "name": "林示例", "org": town.id("community"), "id_number": "110101199003070011" });
    town.refused(|t| t.as_role("staff").post("/v1/members", third), 409, "member_known");
    let third = json!({ "name": "林示例", "org": town.id("community"), "phone": "13800000009" });
    town.refused(|t| t.as_role("staff").post("/v1/members", third), 409, "member_known");
    town.verify_and_stop();
}

#[test]
fn a_code_that_was_shown_and_writes_under_the_old_id_come_to_the_one_file() {
    let town = Town::new();
    twin_with_a_card(&town);
    donate(&town, "lin", 10);
    let code = show(&town, "twin_login");
    merge(&town, "staff", "twin", "lin").ok(201);
    // A shown code is still valid at the till.
    let claim = json!({ "code": code["link"] });
    let code = town.as_role("merchant_clerk").post("/v1/codes/claim", claim).ok(200)["code"].clone();
    let body = json!({ "code": code, "lines": cart(&town, &[("rice", 1)]) });
    let made = town.as_role("merchant_clerk").post("/v1/redemptions", body).ok(201);
    assert_eq!(made["redemption"]["member"], town.id("lin"));
    // Writes under the old id apply to the file that stays.
    donate(&town, "twin", 5);
    assert_eq!(town.balance("lin", "POINT"), "15.00");
    let because = json!({ "reason": "本人申请" });
    let freeze = |verb: &str| format!("/v1/members/{}/{verb}", town.id("twin"));
    town.as_role("staff").post(&freeze("freeze"), because.clone()).ok(204);
    assert_eq!(of_member(&town, "staff", "lin", "")["state"], "frozen");
    town.as_role("staff").post(&freeze("unfreeze"), because).ok(204);
    let shown = json!({ "what": "id_number", "reason": "核对身份" });
    let path = format!("/v1/members/{}/reveal", town.id("twin"));
    assert_eq!(town.as_role("staff").post(&path, shown).ok(200)["value"], "110101199003070011");
    town.verify_and_stop();
}

#[test]
fn a_code_that_a_shop_has_claimed_is_good_after_a_merge() {
    let town = Town::new();
    twin(&town);
    donate(&town, "twin", 10);
    let code = claimed(&town, "twin_login");
    merge(&town, "staff", "twin", "lin").ok(201);
    let body = json!({ "code": code, "lines": cart(&town, &[("rice", 1)]) });
    town.as_role("merchant_clerk").post("/v1/redemptions", body.clone()).ok(201);
    town.refused(|t| t.as_role("merchant_clerk").post("/v1/redemptions", body), 409, "code_used");
    town.verify_and_stop();
}

#[test]
fn what_cannot_become_one_says_why_and_what_to_do() {
    let town = Town::new();
    twin(&town);
    donate(&town, "twin", 5);
    let sentence = town.refused(|t| merge(t, "staff", "twin", "twin"), 409, "wrong_state");
    assert!(sentence.contains("同一份档案") && sentence.contains("核对编号"), "{sentence}");
    let sentence = town.refused(|t| merge(t, "staff", "twin", "household"), 409, "wrong_state");
    assert!(sentence.contains("家庭户只能并入家庭户"), "{sentence}");
    let because = json!({ "reason": "本人申请" });
    for (name, other) in [("twin", "lin"), ("lin", "twin")] {
        let path = |verb: &str| format!("/v1/members/{}/{verb}", town.id(name));
        town.as_role("staff").post(&path("freeze"), because.clone()).ok(204);
        for (from, into) in [(name, other), (other, name)] {
            let sentence = town.refused(|t| merge(t, "staff", from, into), 409, "wrong_state");
            assert!(sentence.contains("已冻结") && sentence.contains("解冻"), "{sentence}");
        }
        town.as_role("staff").post(&path("unfreeze"), because.clone()).ok(204);
    }
    town.verify_and_stop();
}

#[test]
fn a_merge_is_rehearsed_and_made_once() {
    let town = Town::new();
    twin(&town);
    donate(&town, "twin", 5);
    // A dry run answers what would happen, and changes nothing.
    let body = json!({ "into": town.id("lin"), "reason": "重复开户" });
    let path = format!("/v1/members/{}/merge", town.id("twin"));
    let head = town.head();
    let rehearsed = town.as_role("staff").post(&format!("{path}?dry_run=true"), body.clone()).ok(201);
    assert_eq!((rehearsed["kind"].as_str(), town.head()), (Some("merge"), head));
    assert_eq!(of_member(&town, "staff", "twin", "")["merged_into"], Value::Null);
    // The same key is the same merge; with another key nothing is left to do.
    let first = town.as_role("staff").post_with("m1", &path, body.clone()).ok(201);
    let head = town.head();
    let again = town.as_role("staff").post_with("m1", &path, body).ok(201);
    assert_eq!((&again["entry"], town.head()), (&first["entry"], head));
    for (from, into) in [("twin", "lin"), ("lin", "twin")] {
        let sentence = town.refused(|t| merge(t, "staff", from, into), 409, "wrong_state");
        assert!(sentence.contains("已经并入") && sentence.contains("保留"), "{sentence}");
    }
    town.refused(|t| merge(t, "staff", "twin", "wang"), 409, "wrong_state");
    let reverse = format!("/v1/ledger/entries/{}/reverse", first["entry"]);
    let sentence =
        town.refused(|t| t.as_role("ledger_operator").post(&reverse, json!({})), 409, "entry_not_reversible");
    assert!(sentence.contains("两份档案"), "{sentence}");
    town.verify_and_stop();
}

#[test]
fn a_merge_makes_nobody_reviewer_and_auditor() {
    let town = Town::new();
    twin(&town);
    town.open_user("lin_reviews", json!({ "member": town.id("lin") }), "reviewer", "community");
    town.open_user("twin_audits", json!({ "member": town.id("twin") }), "auditor", "district");
    for (from, into) in [("twin", "lin"), ("lin", "twin")] {
        let sentence = town.refused(|t| merge(t, "staff", from, into), 409, "wrong_state");
        assert!(sentence.contains("不能由一人兼任") && sentence.contains("撤销其中一个角色"), "{sentence}");
    }
    let role = town.id("role/twin_audits/auditor");
    town.as_role("administrator").delete(&format!("/v1/roles/{role}")).ok(204);
    merge(&town, "staff", "twin", "lin").ok(201);
    // Nor does a role that is granted afterwards.
    let body = json!({ "user": town.id("user/twin_audits"), "role": "auditor", "org": town.id("district") });
    town.refused(|t| t.as_role("administrator").post("/v1/roles", body), 409, "roles_exclude");
    town.verify_and_stop();
}

#[test]
fn chains_of_duplicates_become_one() {
    let town = Town::new();
    twin(&town);
    town.make(
        "third",
        "staff",
        "/v1/members",
        json!({ "name": "林示例", "org": town.id("community"), "confirmed_new": true }),
    );
    town.make(
        "fourth",
        "staff",
        "/v1/members",
        json!({ "name": "林示例", "org": town.id("community"), "confirmed_new": true }),
    );
    for (member, points) in [("lin", 1), ("twin", 2), ("third", 3), ("fourth", 4)] {
        donate(&town, member, points);
    }
    let body = json!({ "on_behalf_of": town.id("third"), "merchant": town.id("shop"), "lines": cart(&town, &[("rice", 1)]) });
    donate(&town, "third", 2);
    let made = town.as_role("staff").post("/v1/redemptions", body).ok(201)["redemption"]["id"].clone();
    merge(&town, "staff", "third", "twin").ok(201);
    merge(&town, "staff", "fourth", "third").ok(201);
    assert_eq!(of_member(&town, "staff", "fourth", "")["id"], town.id("twin"));
    merge(&town, "staff", "twin", "lin").ok(201);
    for member in ["lin", "twin", "third", "fourth"] {
        assert_eq!(town.balance(member, "POINT"), "12.00");
        assert_eq!(of_member(&town, "staff", member, "")["id"], town.id("lin"));
    }
    let path = format!("/v1/redemptions/{}", made.as_str().unwrap());
    town.as_role("staff").post(&format!("{path}/capture"), json!({})).ok(200);
    town.as_role("staff").post(&format!("{path}/refund"), json!({})).ok(201);
    assert_eq!(town.balance("lin", "POINT"), "12.00");
    town.verify_and_stop();
}

#[test]
fn households_become_one_with_who_lives_there_and_the_limits_of_the_house() {
    let town = Town::new();
    let other = json!({ "name": "示例户", "org": town.id("compound"), "confirmed_new": true });
    town.make("house two", "staff", "/v1/households", other);
    let body = json!({ "name": "钱示例", "org": town.id("compound"), "household": town.id("house two") });
    town.make("qian", "staff", "/v1/members", body);
    let tidy = |member: &str| {
        let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "tidy-yard", "quantity": "1" });
        town.as_role("staff").post("/v1/awards", body)
    };
    tidy("qian").ok(201);
    merge(&town, "staff", "house two", "household").ok(201);
    assert_eq!(of_member(&town, "staff", "qian", "")["household"], town.id("household"));
    town.refused(|_| tidy("wang"), 422, "times_reached");
    town.verify_and_stop();
}

#[test]
fn two_merges_at_once_in_opposite_directions_are_one_merge() {
    let town = Town::new();
    twin(&town);
    donate(&town, "twin", 5);
    donate(&town, "lin", 7);
    let staff = bearer(&town, "staff");
    let ask = |from: &str, into: &str, key: String| {
        let body = json!({ "into": town.id(into), "reason": "重复开户" });
        Ask::post(format!("/v1/members/{}/merge", town.id(from)), body)
            .key(key)
            .role(None)
            .header("Authorization", &staff)
    };
    let asks =
        (0..6).flat_map(|n| [ask("twin", "lin", format!("a{n}")), ask("lin", "twin", format!("b{n}"))]);
    let answers = at_once(town.web.address(), asks.collect());
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.status == 409), "{answers:?}");
    assert_eq!(
        (town.balance("lin", "POINT"), town.balance("twin", "POINT")),
        ("12.00".into(), "12.00".into())
    );
    town.verify_and_stop();
}

/// As release 0.1 merged: the row was closed, and a plain posting on the day of the merge moved the balances.
fn merged_before(town: &Town, duplicate: &str, into: &str) {
    let [from, to] = [duplicate, into].map(|name| town.id(name).parse::<Id>().unwrap());
    let closed = town.web.store.write(BANK, move |tables| {
        let mut row = tables.member(from)?.unwrap();
        (row.state, row.merged_into_id, row.version) = ("merged".into(), Some(to), row.version + 1);
        tables.update_member(&row)
    });
    town.runtime.block_on(closed).unwrap();
    let [from, to] = [from, to].map(|id| [Asset::Minute, Asset::Point].map(|asset| purse(id, false, asset)));
    let legs = from.iter().zip(&to).map(|(from, to)| Leg::plain(from.id, to.id, 1_000_000)).collect();
    let op = Op::Post { legs, partial: false, up_to: true };
    let mut command = Command::new(Id::SYSTEM, EntryKind::Merge, op)
        .open(from.into_iter().chain(to))
        .source(format!("member/{}", town.id(duplicate)));
    command.metadata =
        [("member".to_owned(), town.id(into)), ("duplicate".to_owned(), town.id(duplicate))].into();
    let done = town.runtime.block_on(town.web.store.submit(BANK, command)).unwrap();
    assert!(matches!(done.answer, Stored::Accepted(_)), "{done:?}");
}

#[test]
fn merges_of_an_earlier_release_are_completed_and_read_as_one_file_from_then_on() {
    let town = Town::new();
    twin(&town);
    year_stars(&town);
    serve(&town, "twin", 120, "2025-06-01T10:00");
    donate(&town, "twin", 10);
    let award = town.head().0;
    town.at("2026-03-02T09:00");
    merged_before(&town, "twin", "lin");
    let verified = town.runtime.block_on(town.web.store.verify(BANK)).unwrap();
    assert_eq!(verified.finding, None, "what stands from before is not found at fault");
    assert_eq!(
        (minutes(&town, "lin", "2026-03-01"), minutes(&town, "lin", "2026-03-02")),
        ("0".into(), "120".into())
    );
    let complete = || town.runtime.block_on(town.web.services.complete_merges(BANK)).unwrap();
    assert_eq!((complete(), complete()), (1, 0));
    let found = ["2025-05-31", "2025-06-01", "2026-03-02"].map(|day| minutes(&town, "lin", day));
    assert_eq!(found, ["0", "120", "120"]);
    assert_eq!(star_of(&town, "lin", "2026-03-02")["service_minutes"], 0);
    town.as_role("staff").post(&format!("/v1/awards/{award}/reverse"), json!({ "reason": "示例" })).ok(201);
    assert_eq!(town.balance("lin", "POINT"), "0.00");
    town.verify_and_stop();
}

//! No one awards themselves: not in small pieces, and not by leaving the household for a day.

use crate::support::town::{Client, Town};
use crate::support::web::at_once;
use crate::support::web::{Answer, Ask};
use serde_json::{Value, json};

fn fifty(town: &Town, member: &str) -> Value {
    json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "goods-donation", "quantity": "500" })
}

fn give(town: &Town, who: &str, member: &str) -> u16 {
    town.as_role(who).post("/v1/awards", fifty(town, member)).status
}

#[test]
fn what_one_person_awards_to_one_member_on_one_day_counts_together() {
    let town = Town::new();
    let six: Vec<u16> = (0..6).map(|_| give(&town, "staff", "lin")).collect();
    assert_eq!(six, [201, 201, 202, 202, 202, 202]);
    assert_eq!(town.balance("lin", "POINT"), "100.00");
    // Another member, another person: sums of their own.
    assert_eq!([give(&town, "staff", "wang"), give(&town, "staff_two", "lin")], [201, 201]);
    // After a second person has approved, it still counts for the proposer.
    let open = town.as_role("reviewer").get("/v1/awards/proposals").ok(200);
    let first = open["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/awards/proposals/{first}");
    town.as_role("reviewer").post(&format!("{path}/approve"), json!({})).ok(201);
    assert_eq!(give(&town, "staff", "lin"), 202);
    // The next day starts anew; the bank's day, not the hour.
    town.at("2026-03-02T23:59");
    assert_eq!(give(&town, "staff", "lin"), 202);
    town.at("2026-03-03T00:00");
    assert_eq!(give(&town, "staff", "lin"), 201);
    town.verify_and_stop();
}

#[test]
fn two_log_ins_are_one_person_and_what_waits_counts_as_well() {
    let town = Town::new();
    for login in ["zhao_one", "zhao_two"] {
        town.open_user(login, json!({ "member": town.id("zhao") }), "staff", "community");
    }
    let bravery = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "bravery",
        "decided_points": "50", "reason": "示例事由" });
    let waits = town.as_role("zhao_one").post("/v1/awards", bravery).ok(202)["proposal"].clone();
    assert_eq!(give(&town, "zhao_two", "lin"), 201);
    assert_eq!(give(&town, "zhao_one", "lin"), 202, "50 posted, 50 waiting");
    // A rejected proposal no longer counts.
    for proposal in town.as_role("reviewer").get("/v1/awards/proposals").ok(200)["items"].as_array().unwrap()
    {
        let path = format!("/v1/awards/proposals/{}/reject", proposal["id"].as_str().unwrap());
        town.as_role("reviewer").post(&path, json!({})).ok(204);
    }
    assert!(waits.is_string());
    assert_eq!([give(&town, "zhao_two", "lin"), give(&town, "zhao_one", "lin")], [201, 202]);
    town.verify_and_stop();
}

#[test]
fn neither_a_bulk_nor_a_race_gets_around_the_sum() {
    let town = Town::new();
    let rows: Vec<Value> = (0..6).map(|_| fifty(&town, "lin")).collect();
    let whole = json!({ "mode": "all_or_nothing", "items": rows });
    let answer = town.as_role("staff").post("/v1/awards/batch", whole);
    assert_eq!(answer.status, 422, "{answer:?}");
    assert_eq!(town.balance("lin", "POINT"), "0");
    let each = json!({ "mode": "each", "items": rows });
    let reply = town.as_role("staff").post("/v1/awards/batch", each).ok(200);
    let codes: Vec<&Value> = reply["items"].as_array().unwrap().iter().map(|row| &row["code"]).collect();
    assert_eq!(codes.iter().filter(|code| **code == "second_person_needed").count(), 4, "{reply}");
    assert_eq!(town.balance("lin", "POINT"), "100.00");
    // Six at once, on six connections.
    let body = fifty(&town, "wang");
    let bearer = format!("Bearer {}", town.token("staff"));
    let asks = (0..6).map(|n| {
        Ask::post("/v1/awards", body.clone())
            .role(None)
            .header("Authorization", &bearer)
            .key(format!("race-{n}"))
    });
    let answers: Vec<Answer> = at_once(town.web.address(), asks.collect());
    let posted = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(posted, 2, "{answers:?}");
    assert_eq!(town.balance("wang", "POINT"), "100.00");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert!(answer.status == 202 || answer.code() == "second_person_needed", "{answer:?}");
    }
    town.verify_and_stop();
}

/// Changes the household of a member; `None`: leaves it.
fn moves(town: &Town, member: &str, household: Option<&str>) {
    let path = format!("/v1/members/{}", town.id(member));
    let version = town.as_role("staff").get(&path).ok(200)["version"].as_i64().unwrap();
    let body = match household {
        Some(household) => json!({ "household": town.id(household) }),
        None => json!({ "leave_household": true }),
    };
    town.as_role("staff").patch(&path, version, body).ok(200);
}

fn suggestion(client: &Client<'_>, town: &Town, member: &str) -> Answer {
    let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "suggestion" });
    client.post("/v1/awards", body)
}

#[test]
fn leaving_the_household_for_the_day_of_an_award_changes_nothing_for_ninety_days() {
    let town = Town::new();
    town.open_user("wang_staff", json!({ "member": town.id("wang") }), "staff", "community");
    moves(&town, "zhao", None);
    for member in ["zhao", "household"] {
        town.refused(|t| suggestion(&t.as_role("wang_staff"), t, member), 403, "for_oneself");
    }
    // The person who awards leaves the household: the same.
    moves(&town, "wang", None);
    for member in ["zhao", "household"] {
        town.refused(|t| suggestion(&t.as_role("wang_staff"), t, member), 403, "for_oneself");
    }
    // Ninety days later still, because the deed's day counts from its start; then no more.
    town.at("2026-05-31T23:00");
    town.refused(|t| suggestion(&t.as_role("wang_staff"), t, "zhao"), 403, "for_oneself");
    town.at("2026-06-01T00:00");
    suggestion(&town.as_role("wang_staff"), &town, "zhao").ok(201);
    // A deed from the time in which they lived together is judged by that time.
    let mut old = json!({ "member": town.id("zhao"), "scheme": town.id("scheme"), "item": "suggestion" });
    old["day"] = json!("2026-05-01");
    town.refused(|t| t.as_role("wang_staff").post("/v1/awards", old), 403, "for_oneself");
    town.verify_and_stop();
}

#[test]
fn a_household_joined_before_an_award_is_final_counts_as_well() {
    let town = Town::new();
    town.open_user("wang_staff", json!({ "member": town.id("wang") }), "staff", "community");
    let body = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "bravery",
        "decided_points": "50", "reason": "示例事由" });
    let proposal = town.as_role("wang_staff").post("/v1/awards", body).ok(202)["proposal"].clone();
    moves(&town, "lin", Some("household"));
    let path = format!("/v1/awards/proposals/{}", proposal.as_str().unwrap());
    let approve = |t: &Town| t.as_role("reviewer").post(&format!("{path}/approve"), json!({}));
    town.refused(approve, 409, "interest_arose");
    moves(&town, "lin", None);
    town.refused(approve, 409, "interest_arose");
    town.as_role("reviewer").post(&format!("{path}/reject"), json!({})).ok(204);
    town.verify_and_stop();
}

#[test]
fn a_record_whose_approver_joins_the_household_during_the_notice_goes_back() {
    let town = Town::new();
    town.open_user("wang_reviewer", json!({ "member": town.id("wang") }), "reviewer", "community");
    let activity = json!({ "org": town.id("community"), "title": "清扫楼道", "content": "带手套", "place": "1 号楼",
        "scheme": town.id("scheme"), "starts_at": "2026-03-02T09:00:00+08:00", "ends_at": "2026-03-02T11:00:00+08:00" });
    let id = town.make("activity", "staff", "/v1/activities", activity);
    town.as_role("staff").post(&format!("/v1/activities/{id}/publish"), json!({})).ok(204);
    town.at("2026-03-02T12:00");
    let record = json!({ "member": town.id("lin"), "activity": id, "evidence": "paper",
        "started_at": "2026-03-02T09:00:00+08:00", "ended_at": "2026-03-02T10:00:00+08:00" });
    let record = town.make("record", "staff", "/v1/service-records", record);
    let approve =
        |who: &str| town.as_role(who).post(&format!("/v1/service-records/{record}/approve"), json!({}));
    approve("wang_reviewer").ok(200);
    moves(&town, "lin", Some("household"));
    moves(&town, "lin", None);
    town.at("2026-03-30T12:00");
    assert_eq!(town.finalise(), 0);
    let seen = town.as_role("staff").get(&format!("/v1/service-records/{record}")).ok(200);
    assert_eq!(seen["state"], "submitted", "{seen}");
    assert!(seen.to_string().contains("原审批作废"), "{seen}");
    assert_eq!(town.balance("lin", "MINUTE"), "0");
    assert_eq!(approve("wang_reviewer").code(), "for_oneself");
    approve("reviewer").ok(200);
    town.at("2026-04-30T12:00");
    assert_eq!(town.finalise(), 1);
    town.verify_and_stop();
}

/// A staff member of the community who is a resident, too: 周.
fn son(town: &Town) {
    town.make("son", "staff", "/v1/members", json!({ "name": "周示例", "org": town.id("community") }));
    town.open_user("son", json!({ "member": town.id("son") }), "staff", "community");
}

/// Makes 周 the proxy of a member, at the counter.
fn acts_for(town: &Town, member: &str) {
    let number =
        town.as_role("staff").get(&format!("/v1/members/{}", town.id("son"))).ok(200)["number"].clone();
    let ask = json!({ "number": number, "name": "周示例", "points_a_day": "50" });
    town.make("proxy", "staff", &format!("/v1/members/{}/proxies", town.id(member)), ask);
}

#[test]
fn who_acts_for_a_person_decides_neither_about_them_nor_about_their_household_for_ninety_days() {
    let town = Town::new();
    son(&town);
    acts_for(&town, "wang");
    let refused = |town: &Town| {
        for member in ["wang", "zhao", "household"] {
            town.refused(|t| suggestion(&t.as_role("son"), t, member), 403, "for_oneself");
        }
    };
    refused(&town);
    let end = format!("/v1/proxies/{}/end-by-phone", town.id("proxy"));
    town.as_role("staff").post(&end, json!({ "reason": "本人来电" })).ok(204);
    refused(&town);
    town.at("2026-05-31T23:00");
    refused(&town);
    town.at("2026-06-01T00:00");
    suggestion(&town.as_role("son"), &town, "zhao").ok(201);
    town.verify_and_stop();
}

#[test]
fn nor_do_they_hand_out_goods_set_a_pin_name_another_proxy_or_take_points_back() {
    let town = Town::new();
    son(&town);
    let given = suggestion(&town.as_role("staff"), &town, "wang").ok(201)["entry"].clone();
    acts_for(&town, "wang");
    let wang = town.id("wang");
    let bought = json!({ "merchant": town.id("shop"), "on_behalf_of": wang,
        "lines": [{ "offer": town.id("rice"), "quantity": 1 }] });
    let number =
        town.as_role("staff").get(&format!("/v1/members/{}", town.id("lin"))).ok(200)["number"].clone();
    let named = json!({ "number": number, "name": "林示例", "points_a_day": "50" });
    for (path, body) in [
        ("/v1/redemptions".to_owned(), bought),
        (format!("/v1/cards/{wang}/pin"), json!({ "pin": "385207" })),
        (format!("/v1/members/{wang}/proxies"), named),
        (format!("/v1/awards/{given}/reverse"), json!({ "reason": "记错了人" })),
    ] {
        town.refused(|t| t.as_role("son").post(&path, body), 403, "for_oneself");
    }
    town.verify_and_stop();
}

#[test]
fn a_proxy_named_before_an_award_is_final_counts_as_well() {
    let town = Town::new();
    son(&town);
    let body = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "bravery",
        "decided_points": "50", "reason": "示例事由" });
    let proposal = town.as_role("son").post("/v1/awards", body).ok(202)["proposal"].clone();
    acts_for(&town, "lin");
    let path = format!("/v1/awards/proposals/{}/approve", proposal.as_str().unwrap());
    town.refused(|t| t.as_role("reviewer").post(&path, json!({})), 409, "interest_arose");
    town.verify_and_stop();
}

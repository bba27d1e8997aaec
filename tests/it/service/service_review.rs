//! The second person and later steps: levels of long days, public notice, objections, final records that stand alone,
//! corrections.

use crate::support::service::*;
use crate::support::town::{Town, with};
use crate::support::web::Answer;
use serde_json::{Value, json};

/// A record of a standing post on one day, entered by staff.
fn entered(town: &Town, name: &str, member: &str, from: &str, to: &str) {
    town.make(name, "staff", "/v1/service-records", record(town, "post", member, from, to));
}

fn approve(who: &'static str, name: &'static str) -> impl FnOnce(&Town) -> Answer {
    move |town: &Town| act(town, who, name, "approve", json!({}))
}

#[test]
fn who_entered_decides_nothing_about_it() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    entered(&town, "one", "lin", FROM, TO);
    // Staff enter, and staff do not approve.
    for who in ["staff", "staff_two", "branch", "proxy", "auditor"] {
        town.refused(approve(who, "one"), 403, "role_missing");
    }
    town.refused(approve("merchant_owner", "one"), 403, "role_missing");
    // An ordinary day is not for the level above.
    let sentence = town.refused(approve("street", "one"), 403, "ordinary_day");
    assert!(sentence.contains("8 小时") && sentence.contains("复核人"), "{sentence}");
    // Neither in another role of the same person, nor by the team leader who entered it.
    town.grant("staff", "reviewer", "community");
    town.refused(approve("staff", "one"), 403, "same_person");
    town.make("led", "team_leader", "/v1/service-records", record(&town, "post", "wang", FROM, TO));
    town.refused(approve("team_leader", "led"), 403, "same_person");
    // Nor under another login of the same person, nor for one's own household.
    town.open_user("leader_zhao", json!({ "member": town.id("zhao") }), "team_leader", "community");
    town.open_user("zhao_again", json!({ "member": town.id("zhao") }), "reviewer", "community");
    town.make("twice", "leader_zhao", "/v1/service-records", record(&town, "post", "sun", FROM, TO));
    town.refused(approve("zhao_again", "twice"), 403, "same_person");
    let sentence = town.refused(approve("zhao_again", "led"), 403, "for_oneself");
    assert!(sentence.contains("自家"), "{sentence}");
    // Another community's reviewer does not learn that it exists.
    town.open_user("reviewer_sibling", json!({}), "reviewer", "sibling");
    town.refused(approve("reviewer_sibling", "one"), 404, "not_found");
    town.verify_and_stop();
}

#[test]
fn what_was_returned_is_put_right_by_who_entered_it_and_approved_by_another() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    entered(&town, "one", "lin", FROM, TO);
    town.grant("staff", "reviewer", "community");
    // Returned with the reason, corrected by the person who entered it, and still not theirs to approve.
    act(&town, "reviewer", "one", "return", because()).ok(200);
    assert_eq!(state(&town, "one")["remark"], "时长与签到表不符");
    let mend = json!({ "service_minutes": 100 });
    town.refused(|t| act(t, "staff_two", "one", "resubmit", mend.clone()), 404, "not_found");
    let long = json!({ "service_minutes": 121 });
    town.refused(|t| act(t, "staff", "one", "resubmit", long), 422, "service_minutes_refused");
    act(&town, "staff", "one", "resubmit", mend).ok(200);
    town.refused(approve("staff", "one"), 403, "same_person");
    act(&town, "team_leader", "one", "approve", json!({})).ok(200);
    town.refused(approve("reviewer", "one"), 409, "wrong_state");
    town.refused(|t| act(t, "staff", "one", "withdraw", json!({})), 409, "wrong_state");
    // The approver may undo a mistake for ten minutes.
    town.refused(|t| act(t, "reviewer", "one", "return", because()), 409, "wrong_state");
    town.at("2026-03-02T12:10");
    assert_eq!(act(&town, "team_leader", "one", "return", because()).ok(200)["notice_until"], Value::Null);
    act(&town, "staff", "one", "resubmit", json!({ "service_minutes": 90 })).ok(200);
    act(&town, "team_leader", "one", "approve", json!({})).ok(200);
    town.at("2026-03-02T12:21");
    town.refused(|t| act(t, "team_leader", "one", "reject", because()), 409, "wrong_state");
    town.verify_and_stop();
}

#[test]
fn long_days_go_up_level_by_level_over_all_activities() {
    let town = Town::new();
    standing(&town, "post");
    standing(&town, "other");
    town.at("2026-03-03T09:00");
    entered(&town, "first", "lin", "2026-03-02T00:00", "2026-03-02T08:00");
    town.as_role("team_leader");
    act(&town, "team_leader", "first", "approve", json!({})).ok(200);
    // One minute more at another post: the community's reviewer.
    let more = record(&town, "other", "lin", "2026-03-02T08:00", "2026-03-02T08:01");
    town.make("second", "staff", "/v1/service-records", more);
    let sentence = town.refused(approve("team_leader", "second"), 403, "long_day");
    assert!(sentence.contains("481 分钟") && sentence.contains("社区复核人"), "{sentence}");
    act(&town, "reviewer", "second", "approve", json!({})).ok(200);
    // Above 12 hours: the street. The record waits in a queue of its own.
    entered(&town, "third", "lin", "2026-03-02T12:00", "2026-03-02T16:00");
    let queue = town.as_role("street").get("/v1/service-records?state=pending").ok(200);
    assert_eq!(queue["items"][0]["id"], town.id("third"));
    let sentence = town.refused(approve("reviewer", "third"), 403, "long_day");
    assert!(sentence.contains("721 分钟") && sentence.contains("街道"), "{sentence}");
    act(&town, "street", "third", "approve", json!({})).ok(200);
    // Overlapping records are refused, at whatever place; and more than the minutes of a day.
    let again = record(&town, "other", "lin", "2026-03-02T15:59", "2026-03-02T17:00");
    let sentence = town.refused(|t| submit(t, "staff", again), 422, "service_overlaps");
    assert!(sentence.contains("2026-03-02 12:00 至 2026-03-02 16:00"), "{sentence}");
    let watch = record(&town, "post", "wang", "2026-03-01T08:00", "2026-03-02T08:01");
    town.refused(|t| submit(t, "staff", watch), 422, "service_day_too_long");
    // Over midnight each day has its own sum: 7 and 8 hours are no long day.
    entered(&town, "night", "zhao", "2026-03-01T17:00", "2026-03-02T08:00");
    act(&town, "team_leader", "night", "approve", json!({})).ok(200);
    // Service in the future is refused.
    let future = record(&town, "post", "wang", "2026-03-03T08:00", "2026-03-03T09:01");
    town.refused(|t| submit(t, "staff", future), 422, "outside_activity");
    town.verify_and_stop();
}

fn object(who: &'static str, name: &'static str) -> impl FnOnce(&Town) -> Answer {
    move |t: &Town| act(t, who, name, "objections", json!({ "reason": "当天没有见到人" }))
}

fn decide(who: &'static str, name: &'static str, upheld: bool) -> impl FnOnce(&Town) -> Answer {
    let body = json!({ "upheld": upheld, "decision": "查过签到表，人在" });
    move |t: &Town| act(t, who, name, "objections/decide", body)
}

#[test]
fn an_objection_stops_its_own_record_only_and_the_notice_goes_on_after_it() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    approved(&town, "lin's", record(&town, "post", "lin", FROM, TO));
    approved(&town, "wang's", record(&town, "post", "wang", FROM, TO));
    entered(&town, "zhao's", "zhao", FROM, TO);
    town.open_user("sun", json!({ "member": town.id("sun") }), "volunteer", "sibling");
    // Not public yet: no objection, and nothing disclosed. Staff do not object.
    town.refused(object("sun", "zhao's"), 404, "not_found");
    town.refused(object("staff", "wang's"), 403, "role_missing");
    town.at("2026-03-04T12:00");
    object("sun", "wang's")(&town).ok(201);
    town.refused(object("volunteer", "wang's"), 409, "wrong_state");
    town.at("2026-03-09T12:00");
    assert_eq!(town.finalise(), 1, "the neighbour became final, the one with an objection waits");
    assert_eq!(state(&town, "wang's")["state"], "objected");
    // Those who entered, approved or objected do not decide it.
    town.refused(decide("reviewer", "wang's", false), 403, "same_person");
    town.refused(decide("staff", "wang's", false), 403, "role_missing");
    town.grant("staff", "reviewer", "community");
    town.refused(decide("staff", "wang's", false), 403, "same_person");
    decide("reviewer_two", "wang's", false)(&town).ok(204);
    town.refused(decide("reviewer_two", "wang's", true), 404, "not_found");
    // It was interrupted on the second of three working days: one is left.
    let seen = state(&town, "wang's");
    assert_eq!((&seen["state"], &seen["notice_until"]), (&json!("notice"), &json!("2026-03-10")));
    assert_eq!(seen["objections"][0]["state"], "dismissed");
    let sentence = town.refused(object("sun", "wang's"), 409, "objected_before");
    assert!(sentence.contains("已有裁定"), "{sentence}");
    town.at("2026-03-10T23:59");
    assert_eq!(town.finalise(), 0);
    town.at("2026-03-11T00:00");
    // The notice is over, although the round that makes it final has not run yet.
    let sentence = town.refused(object("volunteer", "wang's"), 409, "notice_over");
    assert!(sentence.contains("2026-03-10"), "{sentence}");
    assert_eq!(town.finalise(), 1);
    town.verify_and_stop();
}

#[test]
fn an_objection_that_is_upheld_rejects_the_record_and_frees_its_hours() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    entered(&town, "zhao's", "zhao", FROM, TO);
    act(&town, "reviewer", "zhao's", "approve", json!({})).ok(200);
    object("volunteer", "zhao's")(&town).ok(201);
    let body = json!({ "upheld": true, "decision": "当天不在" });
    act(&town, "reviewer_two", "zhao's", "objections/decide", body).ok(204);
    assert_eq!(state(&town, "zhao's")["state"], "rejected");
    entered(&town, "anew", "zhao", "2026-03-02T10:00", TO);
    town.verify_and_stop();
}

#[test]
fn a_record_that_cannot_be_final_holds_up_no_other() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    for name in ["lin", "wang", "zhao"] {
        approved(&town, &format!("{name}'s"), record(&town, "post", name, FROM, TO));
    }
    let freeze = |name: &str, verb: &str| {
        let path = format!("/v1/members/{}/{verb}", town.id(name));
        town.as_role("staff").post(&path, json!({ "reason": "信息待核实" })).ok(204);
    };
    freeze("lin", "freeze");
    town.at("2026-03-07T00:00");
    assert_eq!((town.finalise(), town.finalise()), (2, 0));
    assert_eq!(
        (state(&town, "lin's")["state"].clone(), town.balance("lin", "MINUTE")),
        (json!("notice"), "0".into())
    );
    freeze("lin", "unfreeze");
    assert_eq!(town.finalise(), 1);
    assert_eq!(town.balance("lin", "POINT"), "4.00");
    town.verify_and_stop();
}

#[test]
fn records_of_one_batch_see_each_others_caps() {
    let town = Town::new();
    publish(&town, "long", "2026-03-02T09:00", "2026-03-02T20:00");
    town.at("2026-03-02T21:00");
    for (name, from, to) in [("am", "09:00", "14:00"), ("pm", "14:00", "19:00")] {
        let body = record(&town, "long", "lin", &format!("2026-03-02T{from}"), &format!("2026-03-02T{to}"));
        approved(&town, name, body);
    }
    town.at("2026-03-07T00:00");
    assert_eq!(town.finalise(), 2);
    // Ten hours count, of which the scheme pays eight of one activity.
    assert_eq!((town.balance("lin", "MINUTE"), town.balance("lin", "POINT")), ("600".into(), "16.00".into()));
    let why = ["am", "pm"].map(|name| {
        let entry = state(&town, name)["award_entry"].clone();
        town.as_role("staff").get(&format!("/v1/awards/{entry}/explain")).ok(200).to_string()
    });
    assert!(why.iter().any(|text| text.contains("每次活动最多 8 小时")), "{why:?}");
    town.verify_and_stop();
}

#[test]
fn a_late_sheet_is_a_back_fill_with_somebody_elses_word() {
    let town = Town::new();
    standing(&town, "post");
    publish(&town, "sweeping", FROM, TO);
    // Ten working days after Monday 2 March end with Monday 16.
    town.at("2026-03-16T18:00");
    submit(&town, "staff", record(&town, "post", "lin", FROM, TO)).ok(201);
    town.at("2026-03-17T08:00");
    let late = record(&town, "sweeping", "wang", FROM, TO);
    let sentence = town.refused(|t| submit(t, "staff", late.clone()), 422, "recording_overdue");
    assert!(sentence.contains("2026-03-16"), "{sentence}");
    let by = |guarantor: &str| with(late.clone(), json!({ "evidence": "backfill", "guarantor": guarantor }));
    town.refused(
        |t| submit(t, "staff", with(late.clone(), json!({ "evidence": "backfill" }))),
        422,
        "guarantor_missing",
    );
    for nobody in [town.id("wang"), town.id("user/staff"), town.id("household"), town.id("community")] {
        town.refused(|t| submit(t, "staff", by(&nobody)), 422, "guarantor_refused");
    }
    // Not longer than the activity was.
    let long = with(by(&town.id("lin")), json!({ "ended_at": at("2026-03-02T11:01") }));
    town.refused(|t| submit(t, "staff", long), 422, "outside_activity");
    town.make("late", "staff", "/v1/service-records", by(&town.id("user/reviewer")));
    // The guarantor is not the second person.
    town.refused(approve("reviewer", "late"), 403, "same_person");
    act(&town, "reviewer_two", "late", "approve", json!({})).ok(200);
    town.verify_and_stop();
}

fn reverse(who: &'static str, name: &'static str) -> impl FnOnce(&Town) -> Answer {
    move |t: &Town| act(t, who, name, "reverse", because())
}

fn only_another_person_takes_it_back(town: &Town) {
    let sentence = town.refused(reverse("staff", "wrong"), 409, "undo_too_late");
    assert!(sentence.contains("另一位"), "{sentence}");
    town.refused(reverse("reviewer", "wrong"), 403, "same_person");
    town.refused(reverse("staff_two", "wrong"), 404, "not_found");
    town.refused(reverse("volunteer", "wrong"), 403, "role_missing");
}

fn spend_three_of_four_points(town: &Town) {
    // Three of the four points are spent before the record is taken back.
    let cart =
        json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "no-show", "quantity": "3" });
    let fine = town.as_role("staff").post("/v1/awards", cart);
    assert_eq!(fine.status, 201, "{fine:?}");
    assert_eq!(town.balance("lin", "POINT"), "1.00");
}

#[test]
fn a_correction_is_a_reversal_and_a_new_record() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    approved(&town, "wrong", record(&town, "post", "lin", FROM, TO));
    town.refused(reverse("reviewer_two", "wrong"), 409, "wrong_state");
    town.at("2026-03-06T08:00");
    assert_eq!(town.finalise(), 1);
    spend_three_of_four_points(&town);
    town.at("2026-03-06T08:11");
    only_another_person_takes_it_back(&town);
    reverse("reviewer_two", "wrong")(&town).ok(201);
    assert_eq!((town.balance("lin", "POINT"), town.balance("lin", "MINUTE")), ("0.00".into(), "0".into()));
    town.refused(reverse("reviewer_two", "wrong"), 409, "wrong_state");
    // The correct one replaces it: recorded in time, because the first one was.
    town.at("2026-03-25T12:00");
    let right = record(&town, "post", "lin", FROM, "2026-03-02T12:00");
    let right = with(right, json!({ "replaces": town.id("wrong") }));
    town.refused(
        |t| submit(t, "staff", with(right.clone(), json!({ "member": town.id("wang") }))),
        404,
        "not_found",
    );
    town.make("right", "staff", "/v1/service-records", right.clone());
    let sentence = town.refused(|t| submit(t, "staff", right), 409, "corrected_before");
    assert!(sentence.contains(&town.id("right")), "{sentence}");
    assert_eq!(state(&town, "right")["replaces"], town.id("wrong"));
    assert_eq!(state(&town, "wrong")["replaced_by"], town.id("right"));
    act(&town, "reviewer", "right", "approve", json!({})).ok(200);
    town.at("2026-03-31T00:00");
    assert_eq!(town.finalise(), 1);
    // Three hours are six points; three of the old ones were spent and could not be taken back.
    let [points, lifetime, minutes] = ["POINT", "LIFETIME", "MINUTE"].map(|asset| town.balance("lin", asset));
    assert_eq!([points.as_str(), &lifetime, &minutes], ["3.00", "6.00", "180"]);
    town.verify_and_stop();
}

#[test]
fn a_slip_is_undone_within_ten_minutes_by_the_one_who_made_it() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    approved(&town, "by staff", record(&town, "post", "lin", FROM, TO));
    approved(&town, "by reviewer", record(&town, "post", "wang", FROM, TO));
    town.at("2026-03-06T08:00");
    assert_eq!(town.finalise(), 2);
    town.at("2026-03-06T08:10");
    act(&town, "staff", "by staff", "reverse", because()).ok(201);
    act(&town, "reviewer", "by reviewer", "reverse", because()).ok(201);
    let head = town.head();
    let [lin, wang] = ["lin", "wang"].map(|name| town.balance(name, "MINUTE"));
    assert_eq!((lin.as_str(), wang.as_str()), ("0", "0"));
    assert_eq!(town.head(), head, "reading moves nothing");
    town.verify_and_stop();
}

#[test]
fn a_sheet_is_all_or_nothing_or_row_by_row() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    let rows = |mode: &str| {
        let items = [
            record(&town, "post", "lin", FROM, TO),
            record(&town, "post", "lin", "2026-03-02T10:00", "2026-03-02T12:00"),
            record(&town, "post", "household", FROM, TO),
            record(&town, "post", "sun", FROM, TO),
        ];
        json!({ "mode": mode, "items": items })
    };
    let send = |mode: &str| town.as_role("staff").post("/v1/service-records/batch", rows(mode));
    let whole = send("all_or_nothing");
    assert_eq!((whole.status, whole.json()["accepted"].clone()), (422, json!(0)), "{whole:?}");
    let kept = town.as_role("staff").get("/v1/service-records").ok(200);
    assert_eq!(kept["items"], json!([]), "nothing was kept");
    let each = send("each").ok(200);
    assert_eq!((&each["accepted"], &each["refused"]), (&json!(2), &json!(2)));
    let codes: Vec<&Value> = each["items"].as_array().unwrap().iter().map(|row| &row["code"]).collect();
    assert_eq!(codes, [&Value::Null, &json!("service_overlaps"), &json!("person_only"), &Value::Null]);
    // Restricted to the community, page by page, each row once.
    let page = town.as_role("reviewer").get("/v1/service-records?limit=1").ok(200);
    let next = format!("/v1/service-records?cursor={}", page["next"].as_str().unwrap());
    let rest = town.as_role("reviewer").get(&next).ok(200);
    let mut ids = [&page, &rest].map(|page| page["items"][0]["id"].as_str().unwrap());
    let mut made = [0, 3].map(|row: usize| each["items"][row]["id"].as_str().unwrap());
    ids.sort_unstable();
    made.sort_unstable();
    assert_eq!(ids, made);
    assert_eq!(rest["next"], Value::Null);
    let sibling = town.as_role("staff_sibling").get("/v1/service-records").ok(200);
    assert_eq!(sibling["items"], json!([]), "the member is theirs, the record is not");
    town.verify_and_stop();
}

#[test]
fn a_settled_month_moves_no_service_to_another_day() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T16:00");
    approved(&town, "wrong", record(&town, "post", "lin", FROM, "2026-03-02T15:00"));
    approved(&town, "late", record(&town, "post", "wang", FROM, TO));
    act(&town, "volunteer", "late", "objections", json!({ "reason": "当天没有见到人" })).ok(201);
    town.at("2026-03-06T08:00");
    assert_eq!(town.finalise(), 1);
    let lines = json!([{ "offer": town.id("haircut"), "quantity": 1 }]);
    let cart = json!({ "on_behalf_of": town.id("lin"), "merchant": town.id("shop"), "lines": lines });
    let held = town.as_role("staff").post("/v1/redemptions", cart).ok(201);
    let path = format!("/v1/redemptions/{}/capture", held["redemption"]["id"].as_str().unwrap());
    let captured = town.as_role("staff").post(&path, json!({}));
    assert!([200, 201].contains(&captured.status), "{captured:?}");
    town.at("2026-04-01T09:00");
    let month = json!({ "merchant": town.id("shop"), "month": "2026-03" });
    town.as_role("staff").post("/v1/settlements", month).ok(201);
    // The month is settled: that closes redemptions, and nothing else.
    let back = act(&town, "reviewer_two", "wrong", "reverse", because()).ok(201);
    assert_eq!(back["effective_at"], "2026-03-02T01:00:00Z");
    let body = json!({ "upheld": false, "decision": "查过签到表，人在" });
    act(&town, "reviewer_two", "late", "objections/decide", body).ok(204);
    town.at("2026-04-08T00:00");
    assert_eq!(town.finalise(), 1);
    let seen = state(&town, "late");
    let entry = town.as_role("auditor").get("/v1/ledger/entries?limit=200").ok(200);
    let entry =
        entry["items"].as_array().unwrap().iter().find(|row| row["number"] == seen["award_entry"]).cloned();
    let entry = entry.unwrap_or_else(|| panic!("{seen}"));
    assert_eq!(entry["effective_at"], "2026-03-02T01:00:00Z");
    town.verify_and_stop();
}

#[test]
fn a_correction_is_proved_as_the_first_one_was() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-20T12:00");
    let late = json!({ "evidence": "backfill", "guarantor": town.id("zhao") });
    approved(&town, "wrong", with(record(&town, "post", "lin", FROM, TO), late));
    town.at("2026-03-26T08:00");
    assert_eq!(town.finalise(), 1);
    act(&town, "reviewer_two", "wrong", "reverse", because()).ok(201);
    let right = record(&town, "post", "lin", FROM, "2026-03-02T10:00");
    let right = with(right, json!({ "replaces": town.id("wrong"), "evidence": "scan" }));
    town.make("right", "staff", "/v1/service-records", right);
    let seen = state(&town, "right");
    assert_eq!((&seen["evidence"], &seen["guarantor"]), (&json!("backfill"), &json!(town.id("zhao"))));
    town.verify_and_stop();
}

#[test]
fn one_person_with_two_log_ins_is_one_person() {
    let town = Town::new();
    standing(&town, "post");
    town.open_user("leader_zhao", json!({ "member": town.id("zhao") }), "team_leader", "community");
    town.open_user("zhao_again", json!({ "member": town.id("zhao") }), "reviewer", "community");
    town.at("2026-03-02T12:00");
    town.make("sun's", "leader_zhao", "/v1/service-records", record(&town, "post", "sun", FROM, TO));
    act(&town, "reviewer", "sun's", "approve", json!({})).ok(200);
    act(&town, "volunteer", "sun's", "objections", json!({ "reason": "当天没有见到人" })).ok(201);
    let body = json!({ "upheld": false, "decision": "查过签到表，人在" });
    town.refused(|t| act(t, "zhao_again", "sun's", "objections/decide", body.clone()), 403, "same_person");
    act(&town, "reviewer_two", "sun's", "objections/decide", body).ok(204);
    town.at("2026-03-06T00:00");
    assert_eq!(town.finalise(), 1);
    town.at("2026-03-06T00:11");
    town.refused(|t| act(t, "zhao_again", "sun's", "reverse", because()), 403, "same_person");
    town.verify_and_stop();
}

#[test]
fn who_vouched_under_one_log_in_does_not_approve_under_another() {
    let town = Town::new();
    standing(&town, "post");
    town.open_user("leader_zhao", json!({ "member": town.id("zhao") }), "team_leader", "community");
    town.open_user("zhao_again", json!({ "member": town.id("zhao") }), "reviewer", "community");
    town.at("2026-03-20T12:00");
    // The guarantor as a user, and as a member.
    for (name, guarantor) in [("by user", "user/leader_zhao"), ("by member", "zhao")] {
        let late = json!({ "evidence": "backfill", "guarantor": town.id(guarantor) });
        let day = if name == "by user" { (FROM, TO) } else { ("2026-03-03T09:00", "2026-03-03T11:00") };
        town.make(
            name,
            "staff",
            "/v1/service-records",
            with(record(&town, "post", "sun", day.0, day.1), late),
        );
        town.refused(approve("zhao_again", name), 403, "same_person");
        act(&town, "reviewer", name, "approve", json!({})).ok(200);
    }
    town.verify_and_stop();
}

//! Service from the published activity to points, over HTTP: sign-in and sign-out, sheets, the second person, the
//! public notice, objections, limits, corrections. Refusals are tested as much as successes.

use crate::support::service::{
    FROM, TO, act, activity, at, publish, published, record, sign, standing, state, submit,
};
use crate::support::town::Town;
use crate::support::town::with;
use crate::support::web::Ask;
use crate::support::whole::whole;
use serde_json::{Value, json};

/// The public notice, without authentication.
fn notices(town: &Town) -> Value {
    town.web.send(&Ask::get("/v1/public/t/service-notices").role(None)).ok(200)
}

#[test]
fn a_record_is_told_whole_as_submitted_and_as_final() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    town.make("one", "staff", "/v1/service-records", record(&town, "post", "lin", FROM, TO));
    insta::assert_snapshot!(whole(&town, &state(&town, "one")), @r#"
    {
      "activity":"<post>","activity_title":"邻里守望岗","ended_at":"2026-03-02T03:00:00Z","evidence":"paper",
      "id":"<one>","member":"<lin>","org":"<community>","place":"1 号楼","served":1,"service_minutes":120,
      "started_at":"2026-03-02T01:00:00Z","state":"submitted","submitted_at":"2026-03-02T04:00:00Z",
      "submitted_by":"<user/staff>","version":1
    }
    "#);
    act(&town, "reviewer", "one", "approve", json!({})).ok(200);
    town.at("2026-03-06T00:00");
    assert_eq!(town.finalise(), 1);
    insta::assert_snapshot!(whole(&town, &state(&town, "one")), @r#"
    {
      "activity":"<post>","activity_title":"邻里守望岗","approved_by":"<user/reviewer>","award_entry":2,
      "ended_at":"2026-03-02T03:00:00Z","evidence":"paper","id":"<one>","member":"<lin>",
      "notice_until":"2026-03-05","org":"<community>","place":"1 号楼","points_desired":"4.00",
      "points_granted":"4.00","served":1,"service_minutes":120,"started_at":"2026-03-02T01:00:00Z","state":"final",
      "submitted_at":"2026-03-02T04:00:00Z","submitted_by":"<user/staff>","version":3
    }
    "#);
    town.verify_and_stop();
}

fn the_sheet_names_the_record(town: &Town, record: &str) {
    let answer = town.as_role("staff").get(&format!("/v1/activities/{}", town.id("sweeping"))).ok(200);
    let mut attended = answer["attendances"].as_array().unwrap().iter();
    let attended = attended.find(|row| row["member"] == town.id("lin")).unwrap();
    assert_eq!(
        (&attended["service_record"], &attended["signed_out_at"]),
        (&json!(record), &json!("2026-03-02T03:20:00Z"))
    );
}

#[test]
fn from_sign_in_to_points() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    // In early, and out late: the time inside the activity counts.
    town.at("2026-03-02T08:50");
    let people = json!({ "members": [town.id("lin"), town.id("wang"), town.id("sun")] });
    assert_eq!(
        sign(&town, "staff", "sweeping", "sign-in", people).ok(201)["ids"].as_array().unwrap().len(),
        3
    );
    town.at("2026-03-02T11:20");
    let out = json!({ "member": town.id("lin"), "served": 4 });
    let out = town.make("lin's", "staff", &format!("/v1/activities/{}/sign-out", town.id("sweeping")), out);
    let seen = state(&town, "lin's");
    assert_eq!((&seen["state"], &seen["evidence"]), (&json!("submitted"), &json!("scan")));
    assert_eq!((&seen["service_minutes"], &seen["served"]), (&json!(120), &json!(4)));
    assert_eq!(
        (&seen["started_at"], &seen["activity_title"]),
        (&json!("2026-03-02T01:00:00Z"), &json!("清扫楼道"))
    );
    the_sheet_names_the_record(&town, &out);
    // The second person; then three working days of notice.
    let approved = act(&town, "reviewer", "lin's", "approve", json!({})).ok(200);
    assert_eq!((&approved["state"], &approved["notice_until"]), (&json!("notice"), &json!("2026-03-05")));
    let hung_out = notices(&town);
    assert_eq!(hung_out["items"][0]["name"], "林**");
    assert!(!hung_out.to_string().contains("林示例"), "a whole name in public");
    town.at("2026-03-05T23:59");
    assert_eq!(town.finalise(), 0);
    town.at("2026-03-06T00:00");
    let hanging = notices(&town);
    assert_eq!(hanging["items"], json!([]), "the notice is over");
    assert_eq!((town.finalise(), town.finalise()), (1, 0));
    let seen = state(&town, "lin's");
    assert_eq!((&seen["state"], &seen["points_granted"]), (&json!("final"), &json!("4.00")));
    assert_eq!((town.balance("lin", "MINUTE"), town.balance("lin", "POINT")), ("120".into(), "4.00".into()));
    assert_eq!(town.balance("lin", "LIFETIME"), "4.00");
    town.verify_and_stop();
}

#[test]
fn a_forgotten_sign_out_is_set_by_staff_with_a_guarantor_and_blocks_nothing() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    publish(&town, "next", "2026-03-03T09:00", "2026-03-03T11:00");
    town.at("2026-03-02T09:10");
    let lin = json!({ "members": [town.id("lin")] });
    sign(&town, "staff", "sweeping", "sign-in", lin.clone()).ok(201);
    // On the same day one person cannot be at two places.
    let text =
        town.refused(|t| sign(t, "staff", "sweeping", "sign-in", lin.clone()), 409, "signed_in_already");
    assert!(text.contains("请先签退"), "{text}");
    town.at("2026-03-03T09:00");
    sign(&town, "staff", "next", "sign-in", lin).ok(201);
    let member = town.id("lin");
    let plain = json!({ "member": member });
    let text = town.refused(|t| sign(t, "staff", "sweeping", "sign-out", plain), 422, "sign_out_forgotten");
    assert!(text.contains("担保人"), "{text}");
    let alone = json!({ "member": member, "service_minutes": 60 });
    town.refused(|t| sign(t, "staff", "sweeping", "sign-out", alone), 422, "guarantor_missing");
    let own = json!({ "member": member, "service_minutes": 60, "guarantor": member });
    let text = town.refused(|t| sign(t, "staff", "sweeping", "sign-out", own), 422, "guarantor_refused");
    assert!(text.contains("不能是服务者本人"), "{text}");
    let long = json!({ "member": member, "service_minutes": 111, "guarantor": town.id("zhao") });
    town.refused(|t| sign(t, "staff", "sweeping", "sign-out", long), 422, "service_minutes_refused");
    let out = json!({ "member": member, "service_minutes": 60, "guarantor": town.id("zhao") });
    town.make("late", "staff", &format!("/v1/activities/{}/sign-out", town.id("sweeping")), out.clone());
    let seen = state(&town, "late");
    assert_eq!((&seen["evidence"], &seen["service_minutes"]), (&json!("backfill"), &json!(60)));
    assert_eq!(
        (&seen["guarantor"], &seen["ended_at"]),
        (&json!(town.id("zhao")), &json!("2026-03-02T02:10:00Z"))
    );
    town.refused(|t| sign(t, "staff", "sweeping", "sign-out", out), 404, "not_found");
    // The guarantor is one person, the second person another: half the rate for a back-fill.
    act(&town, "reviewer", "late", "approve", json!({})).ok(200);
    town.at("2026-03-07T00:00");
    assert_eq!(town.finalise(), 1);
    assert_eq!((town.balance("lin", "MINUTE"), town.balance("lin", "POINT")), ("60".into(), "1.00".into()));
    town.verify_and_stop();
}

#[test]
fn signed_in_and_gone_closes_without_a_record() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    let [lin, wang] = ["lin", "wang"].map(|name| town.id(name));
    town.at("2026-03-02T08:30");
    sign(&town, "staff", "sweeping", "sign-in", json!({ "members": [lin, wang] })).ok(201);
    // Before it began there was nothing to serve.
    town.at("2026-03-02T08:50");
    let out = sign(&town, "staff", "sweeping", "sign-out", json!({ "member": lin })).ok(201);
    assert_eq!(out["id"], Value::Null);
    town.at("2026-03-02T10:00");
    let mistake = json!({ "member": wang, "without_record": true });
    assert_eq!(sign(&town, "staff", "sweeping", "sign-out", mistake).ok(201)["id"], Value::Null);
    let rows = town.as_role("staff").get("/v1/service-records").ok(200);
    assert_eq!(rows["items"], json!([]));
    town.verify_and_stop();
}

#[test]
fn a_refused_sign_out_leaves_the_person_signed_in() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    standing(&town, "post");
    let lin = town.id("lin");
    town.at("2026-03-02T09:00");
    sign(&town, "staff", "sweeping", "sign-in", json!({ "members": [lin] })).ok(201);
    town.at("2026-03-02T10:30");
    // Meanwhile a sheet for the same hour at another place was entered.
    submit(&town, "staff_two", record(&town, "post", "lin", FROM, "2026-03-02T10:00")).ok(201);
    let out = json!({ "member": lin });
    town.refused(|t| sign(t, "staff", "sweeping", "sign-out", out.clone()), 422, "service_overlaps");
    let answer = town.as_role("staff").get(&format!("/v1/activities/{}", town.id("sweeping"))).ok(200);
    assert_eq!(answer["attendances"][0]["signed_out_at"], Value::Null);
    let rows = town.as_role("staff").get("/v1/service-records").ok(200);
    assert_eq!(rows["items"].as_array().unwrap().len(), 1, "no record without its attendance");
    // The same key again after the cause is gone: refusals of ordinary writes are not stored.
    let typed = rows["items"][0]["id"].as_str().unwrap().to_owned();
    town.as_role("staff_two").post(&format!("/v1/service-records/{typed}/withdraw"), json!({})).ok(200);
    let path = format!("/v1/activities/{}/sign-out", town.id("sweeping"));
    let first = town.as_role("staff").post_with("out-1", &path, out.clone()).ok(201);
    let again = town.as_role("staff").post_with("out-1", &path, out);
    assert_eq!((again.status, again.json()), (201, first));
    town.verify_and_stop();
}

fn drafts_are_seen_by_those_who_work_with_them(town: &Town) {
    let seen = town.as_role("volunteer").get(&format!("/v1/activities/{}", town.id("late")));
    assert_eq!((seen.status, seen.code()), (404, "not_found".into()));
    let titles = |who: &str, query: &str| {
        let rows = town.as_role(who).get(&format!("/v1/activities{query}")).ok(200);
        rows["items"].as_array().unwrap().len()
    };
    assert_eq!((titles("volunteer", ""), titles("volunteer", "?state=draft")), (2, 0));
    assert_eq!(
        (titles("proxy", "?state=draft"), titles("staff", ""), titles("staff", "?state=draft")),
        (0, 4, 2)
    );
    assert_eq!((titles("staff_sibling", ""), titles("branch", "")), (0, 4));
}

#[test]
fn an_activity_is_published_in_time_and_in_order() {
    let town = Town::new();
    let draft = |body: Value| move |t: &Town| t.as_role("staff").post("/v1/activities", body);
    let plain = activity(&town, "community", FROM, TO);
    let sentence =
        town.refused(draft(with(plain.clone(), json!({ "title": "三月补录" }))), 422, "title_may_not_say");
    assert!(sentence.contains("补录") && sentence.contains("担保人"), "{sentence}");
    let backwards = with(plain.clone(), json!({ "ends_at": at("2026-03-02T08:00") }));
    town.refused(draft(backwards), 422, "service_ends_before_start");
    town.refused(draft(activity(&town, "sibling", FROM, TO)), 404, "not_found");
    let post =
        |name: &'static str, what: &'static str| move |t: &Town| sign(t, "staff", name, what, json!({}));
    // A risk without insurance: refused at publication, and a draft can be completed.
    let risky =
        town.make("risky", "staff", "/v1/activities", with(plain.clone(), json!({ "risk": "登高擦窗" })));
    let sentence = town.refused(post("risky", "publish"), 422, "insurance_missing");
    assert!(sentence.contains("保单号"), "{sentence}");
    let change = json!({ "insurance": "志愿者意外险", "policy_number": "示例-1" });
    let path = format!("/v1/activities/{risky}");
    town.refused(|t| t.as_role("staff").patch(&path, 7, change.clone()), 412, "version_stale");
    town.as_role("staff").patch(&path, 1, change).ok(200);
    sign(&town, "staff", "risky", "publish", json!({})).ok(204);
    town.refused(|t| t.as_role("staff").patch(&path, 3, json!({ "title": "改名" })), 409, "wrong_state");
    // What the scheme does not know could never be awarded.
    town.make("unknown", "staff", "/v1/activities", with(plain.clone(), json!({ "category": "gardening" })));
    town.refused(post("unknown", "publish"), 422, "not_in_scheme");
    // A begun activity cannot be published; a standing post can at any time.
    town.make("late", "staff", "/v1/activities", plain);
    town.at(FROM);
    let sentence = town.refused(post("late", "publish"), 422, "activity_already_begun");
    assert!(sentence.contains("开始前公布"), "{sentence}");
    standing(&town, "post");
    drafts_are_seen_by_those_who_work_with_them(&town);
    town.verify_and_stop();
}

#[test]
fn seats_and_who_may_sign_in() {
    let town = Town::new();
    let few = activity(&town, "community", FROM, TO);
    published(&town, "few", with(few, json!({ "seats": 2 })));
    let people = |names: &[&str]| json!({ "members": names.iter().map(|n| town.id(n)).collect::<Vec<_>>() });
    let sign_in = |who: &'static str, names: &[&str]| {
        let body = people(names);
        move |t: &Town| sign(t, who, "few", "sign-in", body)
    };
    // The day before is too early, and after the end too late.
    town.refused(sign_in("staff", &["household"]), 422, "person_only");
    town.refused(sign_in("staff_sibling", &["sun"]), 404, "not_found");
    town.refused(sign_in("reviewer", &["lin"]), 403, "role_missing");
    // All or none: there is no place for the third, so the first two are refused as well.
    let sentence = town.refused(sign_in("staff", &["lin", "wang", "sun"]), 409, "seats_full");
    assert!(sentence.contains("2 个名额"), "{sentence}");
    sign_in("team_leader", &["lin", "sun"])(&town).ok(201);
    town.refused(sign_in("staff", &["wang"]), 409, "seats_full");
    // Staff who serve themselves are signed in by another person.
    town.open_user("staff_wang", json!({ "member": town.id("wang") }), "staff", "community");
    town.refused(sign_in("staff_wang", &["wang"]), 403, "for_oneself");
    // A sheet is limited by the capacity, too.
    town.at("2026-03-02T11:30");
    let third = record(&town, "few", "wang", FROM, TO);
    town.refused(|t| submit(t, "staff", third), 409, "seats_full");
    town.refused(sign_in("staff", &["keeper"]), 422, "outside_activity");
    // A frozen member serves later.
    publish(&town, "noon", "2026-03-02T12:00", "2026-03-02T13:00");
    let freeze = format!("/v1/members/{}/freeze", town.id("zhao"));
    town.as_role("staff").post(&freeze, json!({ "reason": "本人申请" })).ok(204);
    let frozen = people(&["zhao"]);
    let sentence = town.refused(|t| sign(t, "staff", "noon", "sign-in", frozen), 409, "wrong_state");
    assert!(sentence.contains("解冻"), "{sentence}");
    town.verify_and_stop();
}

#[test]
fn rain_calls_an_activity_off_but_nobody_loses_an_hour() {
    let town = Town::new();
    publish(&town, "rain", FROM, TO);
    publish(&town, "clear", FROM, TO);
    let cancel = |name: &'static str| move |t: &Town| sign(t, "staff", name, "cancel", json!({}));
    cancel("clear")(&town).ok(204);
    town.refused(cancel("clear"), 409, "wrong_state");
    town.at("2026-03-02T09:00");
    sign(&town, "staff", "rain", "sign-in", json!({ "members": [town.id("lin")] })).ok(201);
    let nobody = json!({ "members": [town.id("wang")] });
    town.refused(|t| sign(t, "staff", "clear", "sign-in", nobody), 409, "wrong_state");
    town.at("2026-03-02T10:00");
    let sentence = town.refused(cancel("rain"), 409, "not_signed_out");
    assert!(sentence.contains("1 人") && sentence.contains("时长会照记"), "{sentence}");
    sign(&town, "staff", "rain", "sign-out", json!({ "member": town.id("lin") })).ok(201);
    let sentence = town.refused(cancel("rain"), 409, "wrong_state");
    assert!(sentence.contains("已有服务记录"), "{sentence}");
    town.verify_and_stop();
}

#[test]
fn a_volunteer_reports_for_themselves_only() {
    let town = Town::new();
    standing(&town, "post");
    publish(&town, "sweeping", FROM, TO);
    town.at("2026-03-02T12:00");
    // Whatever class is given, a record about oneself is a self-report; no guarantor makes it a back-fill.
    let own = with(
        record(&town, "sweeping", "lin", FROM, TO),
        json!({ "evidence": "scan", "guarantor": town.id("wang"), "content": "扫了三层楼" }),
    );
    town.make("own", "volunteer", "/v1/service-records", own);
    let seen = town.as_role("volunteer").get(&format!("/v1/service-records/{}", town.id("own"))).ok(200);
    assert_eq!((&seen["evidence"], &seen["content"]), (&json!("self_report"), &json!("扫了三层楼")));
    assert_eq!(seen["guarantor"], Value::Null);
    let others = record(&town, "sweeping", "wang", FROM, TO);
    town.refused(|t| submit(t, "volunteer", others.clone()), 404, "not_found");
    // A proxy enters nothing yet; a shop and a reviewer never.
    for who in ["proxy", "merchant_owner", "merchant_clerk", "reviewer", "street", "auditor"] {
        town.refused(|t| submit(t, who, others.clone()), 403, "role_missing");
    }
    // Staff about themselves: a self-report like any, for another person to approve.
    town.open_user("staff_zhao", json!({ "member": town.id("zhao") }), "staff", "community");
    let zhao = record(&town, "sweeping", "zhao", FROM, TO);
    town.make("zhao's", "staff_zhao", "/v1/service-records", zhao);
    assert_eq!(state(&town, "zhao's")["evidence"], "self_report");
    // A volunteer who is a team leader elsewhere still cannot approve their own.
    town.grant("volunteer", "team_leader", "community");
    let sentence = town.refused(|t| act(t, "volunteer", "own", "approve", json!({})), 403, "same_person");
    assert!(sentence.contains("另一位"), "{sentence}");
    act(&town, "team_leader", "own", "approve", json!({})).ok(200);
    // Too late is too late, also when declared as a back-fill.
    town.at("2026-03-17T12:00");
    let late = with(
        record(&town, "post", "lin", "2026-03-02T13:00", "2026-03-02T14:00"),
        json!({ "evidence": "backfill", "guarantor": town.id("wang") }),
    );
    let sentence = town.refused(|t| submit(t, "volunteer", late), 422, "recording_overdue");
    assert!(sentence.contains("2026-03-16") && sentence.contains("补录"), "{sentence}");
    town.verify_and_stop();
}

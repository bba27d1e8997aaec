//! Inside or outside: only with consent, only where an activity has a circle, and never where; and the consent of a
//! child's guardian.

use crate::support::browser::Browser;
use crate::support::service::{FROM, TO, activity, publish, published, sign};
use crate::support::town::{Town, with};
use crate::support::web::Answer;
use serde_json::{Value, json};

const HERE: (i64, i64) = (29_563_010, 106_551_560);
const AWAY: (i64, i64) = (29_663_010, 106_551_560);

/// An activity with a circle of 200 metres, and the code of its poster.
fn swept(town: &Town) -> String {
    let spot = json!({ "latitude": HERE.0, "longitude": HERE.1, "radius_metres": 200 });
    published(town, "sweeping", with(activity(town, "community", FROM, TO), json!({ "spot": spot })));
    poster(town)
}

fn poster(town: &Town) -> String {
    let path = format!("/v1/activities/{}/check-in-code", town.id("sweeping"));
    town.as_role("team_leader").get(&path).ok(200)["poster_code"].as_str().unwrap().to_owned()
}

fn check_in(town: &Town, code: &str, at: Option<(i64, i64)>) -> Answer {
    let mut body = json!({ "code": code });
    if let Some((latitude, longitude)) = at {
        body["position"] = json!({ "latitude": latitude, "longitude": longitude });
    }
    sign(town, "volunteer", "sweeping", "check-in", body)
}

/// What the leader sees of the last attendance.
fn seen(town: &Town) -> Value {
    let path = format!("/v1/activities/{}", town.id("sweeping"));
    let rows = town.as_role("team_leader").get(&path).ok(200)["attendances"].clone();
    rows.as_array().unwrap().last().unwrap().clone()
}

fn consent(town: &Town) -> String {
    let body = json!({ "purpose": "location", "text_version": 1 });
    town.as_role("volunteer").post("/v1/me/consents", body).ok(201)["id"].as_str().unwrap().to_owned()
}

#[test]
fn without_consent_nothing_is_kept_and_nobody_is_refused() {
    let town = Town::new();
    let code = swept(&town);
    town.at(FROM);
    check_in(&town, &code, Some(AWAY)).ok(201);
    assert_eq!(seen(&town).get("in_place"), None);
    let page =
        Browser::signed_in(&town, "volunteer").get(&format!("/events/{}/check-in", town.id("sweeping")));
    assert!(!page.is(200).has("data-position"), "nothing is asked");
    town.verify_and_stop();
}

#[test]
fn with_consent_inside_or_outside_is_kept_never_where_and_withdrawing_clears_it() {
    let town = Town::new();
    let code = swept(&town);
    let id = consent(&town);
    town.at(FROM);
    let page =
        Browser::signed_in(&town, "volunteer").get(&format!("/events/{}/check-in", town.id("sweeping")));
    page.is(200).says("data-position").says("只记“在”或“不在”");
    check_in(&town, &code, Some(HERE)).ok(201);
    assert_eq!(seen(&town)["in_place"], "inside");
    town.at("2026-03-02T10:00");
    check_in(&town, &code, Some(AWAY)).ok(201);
    let row = seen(&town);
    assert_eq!((&row["in_place"], &row["out_place"]), (&json!("inside"), &json!("outside")));
    let staff = Browser::signed_in(&town, "staff");
    staff.get(&format!("/staff/activities/{}/attendance", town.id("sweeping"))).is(200).says("不在现场");
    // A phone that does not say where it is signs in all the same.
    check_in(&town, &code, None).ok(201);
    assert_eq!(seen(&town).get("in_place"), None);
    let log = town.as_role("auditor").get(&format!("/v1/activities/{}", town.id("sweeping")));
    assert!(!log.text.contains(&AWAY.0.to_string()), "{log:?}");
    town.as_role("volunteer").post(&format!("/v1/consents/{id}/withdraw"), json!({})).ok(204);
    let path = format!("/v1/activities/{}", town.id("sweeping"));
    let rows = town.as_role("team_leader").get(&path).ok(200);
    assert!(!rows.to_string().contains("_place"), "{rows}");
    town.verify_and_stop();
}

#[test]
fn where_an_activity_has_no_circle_nothing_is_kept() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    let code = poster(&town);
    consent(&town);
    town.at(FROM);
    check_in(&town, &code, Some(HERE)).ok(201);
    assert_eq!(seen(&town).get("in_place"), None);
    town.verify_and_stop();
}

#[test]
fn a_circle_is_given_on_the_page_of_the_draft() {
    let town = Town::new();
    town.make("draft", "staff", "/v1/activities", activity(&town, "community", FROM, TO));
    let staff = Browser::signed_in(&town, "staff");
    let path = format!("/staff/activities/{}", town.id("draft"));
    let page = staff.get(&path).is(200).says("现场范围");
    let version = page.hidden("version");
    let form = |latitude: &'static str, radius: &'static str| {
        [
            ("step", "change"),
            ("version", version.as_str()),
            ("title", "清扫楼道"),
            ("content", "带手套"),
            ("place", "1 号楼"),
            ("starts_at", FROM),
            ("ends_at", TO),
            ("latitude", latitude),
            ("longitude", "106.55156"),
            ("radius_metres", radius),
        ]
    };
    for (latitude, radius) in [("", "200"), ("91", "200"), ("north", "200"), ("29.56301", "5")] {
        staff.post(&page, &path, &form(latitude, radius)).is(422);
    }
    staff.post(&page, &path, &form("29.56301", "200")).is(200).says("29.563010");
    let spot =
        town.as_role("staff").get(&format!("/v1/activities/{}", town.id("draft"))).ok(200)["spot"].clone();
    assert_eq!(spot, json!({ "latitude": HERE.0, "longitude": HERE.1, "radius_metres": 200 }));
    town.verify_and_stop();
}

#[test]
fn a_child_under_fourteen_takes_part_once_the_guardian_has_consented() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    let child = |name: &str, year: i64| {
        let body = json!({ "name": "小示例", "org": town.id("community"), "birth_year": year, "confirmed_new": true });
        town.make(name, "staff", "/v1/members", body);
    };
    // Of the year alone: 14 when the whole year is over.
    child("child", 2012);
    child("older", 2011);
    let sign_up = |t: &Town, who: &str, member: &str| {
        sign(t, who, "sweeping", "sign-ups", json!({ "member": t.id(member) }))
    };
    sign_up(&town, "staff", "older").ok(201);
    town.open_user("child", json!({ "member": town.id("child") }), "volunteer", "community");
    let text = town.refused(|t| sign_up(t, "child", "child"), 422, "guardian_consent_missing");
    assert!(text.contains("监护人到社区柜台"), "{text}");
    town.refused(|t| sign_up(t, "team_leader", "child"), 422, "guardian_consent_missing");
    town.at(FROM);
    let here = json!({ "members": [town.id("child")] });
    town.refused(|t| sign(t, "staff", "sweeping", "sign-in", here.clone()), 422, "guardian_consent_missing");
    let code = json!({ "code": poster(&town) });
    town.refused(|t| sign(t, "child", "sweeping", "check-in", code), 422, "guardian_consent_missing");
    let form = json!({ "purpose": "under_14", "text_version": 1, "paper": "2026-14" });
    let consents = format!("/v1/members/{}/consents", town.id("child"));
    let given = town.make("form", "staff", &consents, form);
    sign(&town, "staff", "sweeping", "sign-in", here).ok(201);
    town.as_role("staff").post(&format!("/v1/consents/{given}/withdraw"), json!({})).ok(204);
    publish(&town, "tomorrow", "2026-03-03T09:00", "2026-03-03T11:00");
    let late = |t: &Town| sign(t, "child", "tomorrow", "sign-ups", json!({}));
    town.refused(late, 422, "guardian_consent_missing");
    // Nor is a service written down from paper.
    town.at("2026-03-03T12:00");
    let served = json!({ "member": town.id("child"), "activity": town.id("tomorrow"),
        "evidence": "paper", "started_at": "2026-03-03T09:00:00+08:00", "ended_at": "2026-03-03T10:00:00+08:00" });
    let write = |t: &Town| t.as_role("staff").post("/v1/service-records", served.clone());
    town.refused(write, 422, "guardian_consent_missing");
    town.verify_and_stop();
}

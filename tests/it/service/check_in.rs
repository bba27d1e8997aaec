//! Signing in and out by a code: on the leader's phone, on a poster; of yesterday, of another activity, by the leader.

use crate::support::service::{FROM, TO, act, publish, sign, state};
use crate::support::town::Town;
use crate::support::web::Answer;
use serde_json::{Value, json};

/// The code on the leader's phone, and that of the poster.
fn codes(town: &Town, activity: &str) -> (String, String) {
    let path = format!("/v1/activities/{}/check-in-code", town.id(activity));
    let shown = town.as_role("team_leader").get(&path).ok(200);
    let text = |name: &str| shown[name].as_str().unwrap().to_owned();
    (text("code"), text("poster_code"))
}

fn check_in(town: &Town, activity: &str, code: &str) -> Answer {
    sign(town, "volunteer", activity, "check-in", json!({ "code": code }))
}

#[test]
fn a_code_signs_in_and_out_with_evidence_of_its_own() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    town.at("2026-03-02T08:55");
    let done = check_in(&town, "sweeping", &codes(&town, "sweeping").0).ok(201);
    assert_eq!((&done["is_out"], done.get("record")), (&json!(false), None));
    town.at("2026-03-02T10:30");
    let done = check_in(&town, "sweeping", &codes(&town, "sweeping").0).ok(201);
    assert_eq!(done["is_out"], true);
    town.keep("record", &done["record"]);
    let record = state(&town, "record");
    assert_eq!((&record["evidence"], &record["service_minutes"]), (&json!("kiosk"), &json!(90)));
    // Nobody approves what they have signed in themselves.
    act(&town, "reviewer", "record", "approve", json!({})).ok(200);
    // Once more: it is a new attendance, which ends with what is left.
    town.at("2026-03-02T10:40");
    assert_eq!(check_in(&town, "sweeping", &codes(&town, "sweeping").0).ok(201)["is_out"], false);
    town.verify_and_stop();
}

#[test]
fn a_poster_works_within_the_time_of_its_activity() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    publish(&town, "tomorrow", "2026-03-03T09:00", "2026-03-03T11:00");
    town.at("2026-03-02T09:30");
    let (_, poster) = codes(&town, "sweeping");
    let (_, other) = codes(&town, "tomorrow");
    assert_ne!(poster, other);
    town.refused(|t| check_in(t, "sweeping", &other), 422, "check_in_code_wrong");
    town.refused(|t| check_in(t, "tomorrow", &other), 422, "outside_activity");
    check_in(&town, "sweeping", &poster).ok(201);
    // Who is there can go after its end.
    town.at("2026-03-02T11:05");
    let done = check_in(&town, "sweeping", &poster).ok(201);
    town.keep("record", &done["record"]);
    assert_eq!(state(&town, "record")["service_minutes"], 90);
    town.refused(|t| check_in(t, "sweeping", &poster), 422, "outside_activity");
    town.verify_and_stop();
}

#[test]
fn a_code_that_has_changed_is_refused_with_the_next_step() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    town.at("2026-03-02T09:00");
    let (code, _) = codes(&town, "sweeping");
    town.at("2026-03-02T09:01");
    let text = town.refused(|t| check_in(t, "sweeping", &code), 422, "check_in_code_wrong");
    assert!(text.contains("带队人手机"), "{text}");
    for wrong in ["", "1234567", "１２３４５６７８", "12345678 "] {
        assert_eq!(check_in(&town, "sweeping", wrong).status, 400, "{wrong}");
    }
    // A number is no code.
    assert_eq!(sign(&town, "volunteer", "sweeping", "check-in", json!({ "code": 12345678 })).status, 400);
    town.verify_and_stop();
}

#[test]
fn who_shows_the_code_is_signed_in_by_another() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    town.at("2026-03-02T09:00");
    let (code, _) = codes(&town, "sweeping");
    town.grant("volunteer", "team_leader", "community");
    town.refused(|t| check_in(t, "sweeping", &code), 403, "for_oneself");
    // Who is no volunteer has no file to sign in.
    let refused = sign(&town, "auditor", "sweeping", "check-in", json!({ "code": code }));
    assert_eq!(refused.status, 403, "{refused:?}");
    let code =
        town.as_role("volunteer").get(&format!("/v1/activities/{}/check-in-code", town.id("sweeping")));
    assert_eq!(code.status, 200);
    let hidden =
        town.as_role("staff_sibling").get(&format!("/v1/activities/{}/check-in-code", town.id("sweeping")));
    assert_eq!(hidden.status, 404);
    town.verify_and_stop();
}

#[test]
fn staff_and_the_code_go_together() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    town.at("2026-03-02T09:00");
    sign(&town, "staff", "sweeping", "sign-in", json!({ "members": [town.id("lin")] })).ok(201);
    town.at("2026-03-02T10:00");
    let done = check_in(&town, "sweeping", &codes(&town, "sweeping").0).ok(201);
    assert_eq!(done["is_out"], true);
    town.keep("first", &done["record"]);
    assert_eq!(state(&town, "first")["evidence"], "kiosk", "the weaker of both");
    check_in(&town, "sweeping", &codes(&town, "sweeping").1).ok(201);
    town.at("2026-03-02T10:30");
    let out: Value =
        sign(&town, "staff", "sweeping", "sign-out", json!({ "member": town.id("lin") })).ok(201);
    town.keep("second", &out["id"]);
    assert_eq!(state(&town, "second")["evidence"], "kiosk");
    town.verify_and_stop();
}

//! Sign-ups: seats, the waiting list, giving a place back, two places at one time, calling off.

use crate::support::service::{FROM, TO, activity, publish, published, sign, standing};
use crate::support::town::{Town, bearer, with};
use crate::support::web::{Answer, Ask, at_once};
use serde_json::{Value, json};

fn sign_up(town: &Town, who: &str, activity: &str, body: Value) -> Answer {
    sign(town, who, activity, "sign-ups", body)
}

fn staff_sign_up(town: &Town, activity: &str, member: &str) -> Value {
    sign_up(town, "staff", activity, json!({ "member": town.id(member) })).ok(201)
}

fn withdraw(town: &Town, who: &str, sign_up: &Value) -> Answer {
    town.as_role(who).post(&format!("/v1/sign-ups/{}/withdraw", sign_up["id"].as_str().unwrap()), json!({}))
}

fn listed(town: &Town, who: &str, activity: &str) -> Vec<(i64, String)> {
    let list =
        town.as_role(who).get(&format!("/v1/sign-ups?activity={}&limit=200", town.id(activity))).ok(200);
    let row = |row: &Value| (row["arrival"].as_i64().unwrap(), row["state"].as_str().unwrap().to_owned());
    let mut rows: Vec<_> = list["items"].as_array().unwrap().iter().map(row).collect();
    rows.sort();
    rows
}

fn with_seats(town: &Town, name: &str, seats: i64) {
    published(town, name, with(activity(town, "community", FROM, TO), json!({ "seats": seats })));
}

#[test]
fn seats_are_taken_in_order_and_given_back_to_the_next_in_line() {
    let town = Town::new();
    with_seats(&town, "sweeping", 2);
    let lin = sign_up(&town, "volunteer", "sweeping", json!({})).ok(201);
    assert_eq!((&lin["state"], &lin["arrival"]), (&json!("seated"), &json!(1)));
    assert_eq!(lin["member"], town.id("lin"));
    assert_eq!(staff_sign_up(&town, "sweeping", "wang")["state"], "seated");
    let sun = staff_sign_up(&town, "sweeping", "sun");
    assert_eq!((&sun["state"], &sun["place_in_line"]), (&json!("waiting"), &json!(1)));
    town.refused(|t| sign_up(t, "volunteer", "sweeping", json!({})), 409, "signed_up_already");
    // One's own place is seen, not those of others.
    assert_eq!(listed(&town, "volunteer", "sweeping"), [(1, "seated".into())]);
    assert_eq!(listed(&town, "staff", "sweeping").len(), 3);
    town.refused(|t| withdraw(t, "volunteer", &sun), 404, "not_found");
    withdraw(&town, "volunteer", &lin).ok(204);
    town.refused(|t| withdraw(t, "volunteer", &lin), 409, "wrong_state");
    let after: Vec<(i64, String)> = vec![(1, "withdrawn".into()), (2, "seated".into()), (3, "seated".into())];
    assert_eq!(listed(&town, "staff", "sweeping"), after);
    // Signing up again begins at the end of the line.
    let again = sign_up(&town, "volunteer", "sweeping", json!({})).ok(201);
    assert_eq!((&again["state"], &again["arrival"]), (&json!("waiting"), &json!(4)));
    town.at("2026-03-02T09:00");
    let text = town.refused(|t| withdraw(t, "staff", &sun), 422, "sign_up_closed");
    assert!(text.contains("带队的人"), "{text}");
    town.verify_and_stop();
}

#[test]
fn what_is_not_open_takes_no_sign_ups() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    publish(&town, "overlapping", "2026-03-02T10:30", "2026-03-02T12:00");
    publish(&town, "after", TO, "2026-03-02T12:00");
    standing(&town, "post");
    sign_up(&town, "volunteer", "sweeping", json!({})).ok(201);
    let text =
        town.refused(|t| sign_up(t, "volunteer", "overlapping", json!({})), 409, "signed_up_elsewhere");
    assert!(text.contains("清扫楼道"), "{text}");
    sign_up(&town, "volunteer", "after", json!({})).ok(201);
    town.refused(|t| sign_up(t, "volunteer", "post", json!({})), 422, "sign_up_not_needed");
    let draft = town.make("draft", "staff", "/v1/activities", activity(&town, "community", FROM, TO));
    assert!(!draft.is_empty());
    town.refused(|t| sign_up(t, "staff", "draft", json!({ "member": t.id("wang") })), 409, "wrong_state");
    // Others are signed up by those who run the activity.
    let wang = json!({ "member": town.id("wang") });
    town.refused(|t| sign_up(t, "volunteer", "sweeping", wang.clone()), 404, "not_found");
    let household = json!({ "member": town.id("household") });
    town.refused(|t| sign_up(t, "staff", "sweeping", household), 422, "person_only");
    town.at("2026-03-02T09:00");
    town.refused(|t| sign_up(t, "staff", "sweeping", wang), 422, "sign_up_closed");
    town.verify_and_stop();
}

#[test]
fn a_risk_is_read_before_signing_up() {
    let town = Town::new();
    let risky = json!({ "risk": "登高", "insurance": "示例保险", "policy_number": "P-1" });
    published(&town, "sweeping", with(activity(&town, "community", FROM, TO), risky));
    let text = town.refused(|t| sign_up(t, "volunteer", "sweeping", json!({})), 422, "risk_not_agreed");
    assert!(text.contains("登高"), "{text}");
    sign_up(&town, "volunteer", "sweeping", json!({ "agrees_to_risk": true })).ok(201);
    town.verify_and_stop();
}

#[test]
fn a_seat_is_kept_until_the_activity_begins() {
    let town = Town::new();
    with_seats(&town, "sweeping", 1);
    sign_up(&town, "volunteer", "sweeping", json!({})).ok(201);
    let comes = |town: &Town, who: &str| {
        sign(town, "staff", "sweeping", "sign-in", json!({ "members": [town.id(who)] }))
    };
    town.at("2026-03-02T08:50");
    town.refused(|t| comes(t, "wang"), 409, "seats_full");
    comes(&town, "lin").ok(201);
    town.at("2026-03-02T09:10");
    town.refused(|t| comes(t, "wang"), 409, "seats_full");
    town.verify_and_stop();
    // The one who signed up has not come: the seat is free.
    let town = Town::new();
    with_seats(&town, "sweeping", 1);
    sign_up(&town, "volunteer", "sweeping", json!({})).ok(201);
    town.at("2026-03-02T09:10");
    comes(&town, "wang").ok(201);
    town.verify_and_stop();
}

#[test]
fn calling_an_activity_off_releases_everyone() {
    let town = Town::new();
    with_seats(&town, "sweeping", 1);
    sign_up(&town, "volunteer", "sweeping", json!({})).ok(201);
    let sun = staff_sign_up(&town, "sweeping", "sun");
    sign(&town, "staff", "sweeping", "cancel", json!({})).ok(204);
    let all = [(1, "released".to_owned()), (2, "released".to_owned())];
    assert_eq!(listed(&town, "staff", "sweeping"), all);
    town.refused(|t| withdraw(t, "staff", &sun), 409, "wrong_state");
    // The time is free again.
    publish(&town, "instead", FROM, TO);
    sign_up(&town, "volunteer", "instead", json!({})).ok(201);
    town.verify_and_stop();
}

#[test]
fn a_rush_fills_exactly_the_seats_and_the_rest_wait_in_order() {
    const CALLERS: usize = 100;
    let town = Town::new();
    with_seats(&town, "sweeping", 30);
    let path = format!("/v1/activities/{}/sign-ups", town.id("sweeping"));
    let staff = bearer(&town, "staff");
    let asks = (0..CALLERS).map(|caller| {
        let body = json!({ "name": "赵示例", "org": town.id("community"), "confirmed_new": true });
        let member = town.make(&format!("r{caller}"), "staff", "/v1/members", body);
        let ask = Ask::post(&path, json!({ "member": member })).role(None).key(format!("rush-{caller}"));
        ask.header("Authorization", &staff)
    });
    let asks: Vec<Ask> = asks.collect();
    let answers = at_once(town.web.address(), asks);
    assert!(answers.iter().all(|answer| answer.status == 201), "{:?}", answers[0]);
    let rows = listed(&town, "staff", "sweeping");
    let waiting = rows.iter().filter(|(_, state)| state == "waiting").count();
    assert_eq!((rows.len(), waiting), (CALLERS, CALLERS - 30));
    for (at, (arrival, state)) in rows.iter().enumerate() {
        assert_eq!((usize::try_from(*arrival).unwrap(), state == "seated"), (at + 1, at < 30));
    }
    town.verify_and_stop();
}

#[test]
fn two_files_of_one_person_keep_the_first_place() {
    let town = Town::new();
    with_seats(&town, "sweeping", 2);
    staff_sign_up(&town, "sweeping", "lin");
    staff_sign_up(&town, "sweeping", "wang");
    staff_sign_up(&town, "sweeping", "sun");
    let merge = json!({ "into": town.id("lin"), "reason": "重复开户" });
    town.as_role("staff").post(&format!("/v1/members/{}/merge", town.id("wang")), merge).ok(201);
    let rows = [(1, "seated".to_owned()), (2, "withdrawn".to_owned()), (3, "seated".to_owned())];
    assert_eq!(listed(&town, "staff", "sweeping"), rows);
    town.verify_and_stop();
}

#[test]
fn a_volunteers_calendar_has_the_activities_with_a_seat_and_nothing_that_was_written_into_their_words() {
    let town = Town::new();
    let body = with(
        activity(&town, "community", FROM, TO),
        json!({ "title": "示例清扫; 一, 二", "content": "第一行\nEND:VEVENT\nBEGIN:VEVENT", "seats": 1 }),
    );
    published(&town, "sweeping", body);
    let calendar = |who: &str| town.as_role(who).get("/v1/me/calendar");
    assert!(!calendar("volunteer").text.contains("BEGIN:VEVENT"), "nothing yet");
    sign_up(&town, "volunteer", "sweeping", json!({})).ok(201);
    let file = calendar("volunteer");
    assert_eq!(file.header("content-type").as_deref(), Some("text/calendar; charset=utf-8"));
    let unfolded = file.text.replace("\r\n ", "");
    let lines: Vec<&str> = unfolded.split("\r\n").collect();
    let count = |line: &str| lines.iter().filter(|one| **one == line).count();
    assert_eq!((count("BEGIN:VEVENT"), count("END:VEVENT")), (1, 1), "{unfolded}");
    for line in ["SUMMARY:示例清扫\\; 一\\, 二".to_owned(), format!("UID:{}", town.id("sweeping"))] {
        assert_eq!(count(&line), 1, "{line} in {unfolded}");
    }
    assert!(file.text.split("\r\n").all(|line| line.len() <= 75), "{}", file.text);
    sign(&town, "staff", "sweeping", "cancel", json!({})).ok(204);
    assert!(!calendar("volunteer").text.contains("BEGIN:VEVENT"), "called off");
    assert_eq!(calendar("merchant_clerk").status, 403);
    town.verify_and_stop();
}

#[test]
fn who_does_not_come_loses_nothing() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    publish(&town, "tomorrow", "2026-03-03T09:00", "2026-03-03T11:00");
    sign_up(&town, "volunteer", "sweeping", json!({})).ok(201);
    let head = town.head();
    town.at("2026-03-02T12:00");
    let leader = town.as_role("team_leader").get(&format!("/v1/activities/{}", town.id("sweeping"))).ok(200);
    assert_eq!(leader.get("attendances"), None, "nobody came");
    let records = town.as_role("staff").get("/v1/service-records").ok(200);
    assert_eq!(records["items"], json!([]));
    sign_up(&town, "volunteer", "tomorrow", json!({})).ok(201);
    assert_eq!(town.head(), head, "no entry says so");
    town.verify_and_stop();
}

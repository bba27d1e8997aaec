//! The day on which a thing counts: calendars that end, service over midnight and new year, settled months and closed
//! years.

use crate::service_flow::*;
use crate::town::Town;
use crate::web::BANK;
use serde_json::{Value, json};

/// A standing post from December 2026 to the end of January.
fn winter(town: &Town) {
    town.at("2026-11-30T09:00");
    let body = activity(town, "community", "2026-12-01T00:00", "2027-01-31T23:00");
    published(town, "post", with(body, json!({ "standing": true })));
}

fn new_year() -> Value {
    json!({ "days": [
        { "date": "2027-10-01", "kind": "off", "name": "国庆节" },
        { "date": "2027-01-01", "kind": "off", "name": "元旦" },
    ] })
}

#[test]
fn nobody_is_refused_for_want_of_next_years_calendar_and_the_end_follows_with_it() {
    let town = Town::new();
    winter(&town);
    town.at("2026-12-30T12:00");
    for name in ["lin", "wang"] {
        let body = record(&town, "post", name, "2026-12-30T09:00", "2026-12-30T11:00");
        town.make(&format!("{name}'s"), "staff", "/v1/service-records", body);
    }
    let seen = act(&town, "reviewer", "lin's", "approve", json!({})).ok(200);
    assert_eq!((&seen["state"], &seen["notice_until"]), (&json!("notice"), &Value::Null));
    assert_eq!(seen["notice_remark"], "公示截止日待放假安排发布后确定");
    act(&town, "reviewer", "wang's", "approve", json!({})).ok(200);
    let hangs = town.web.send(&crate::web::Ask::get("/v1/public/t/service-notices").role(None)).ok(200);
    assert_eq!(hangs["items"].as_array().unwrap().len(), 2);
    assert_eq!(hangs["items"][0]["notice_remark"], "公示截止日待放假安排发布后确定");
    // It waits: nothing is final, an objection is taken and its end is as open afterwards.
    town.at("2027-01-02T12:00");
    assert_eq!(town.finalise(), 0);
    act(&town, "volunteer", "wang's", "objections", json!({ "reason": "当天没有见到人" })).ok(201);
    let body = json!({ "upheld": false, "decision": "查过签到表，人在" });
    act(&town, "reviewer_two", "wang's", "objections/decide", body).ok(204);
    assert_eq!(state(&town, "wang's")["notice_until"], Value::Null);
    // What was served in December may still be entered.
    let late = record(&town, "post", "zhao", "2026-12-31T09:00", "2026-12-31T11:00");
    submit(&town, "staff", late).ok(201);
    // The calendar is the administrator's to put in, over the version that was seen.
    let path = "/v1/calendars/2027";
    town.refused(|t| t.as_role("staff").put(path, 0, new_year()), 403, "role_missing");
    town.refused(|t| t.as_role("street").put(path, 0, new_year()), 403, "role_missing");
    town.refused(|t| t.as_role("administrator").put(path, 1, new_year()), 412, "version_stale");
    let half = json!({ "days": [{ "date": "2027-01-01", "kind": "off" }] });
    let told = town.refused(|t| t.as_role("administrator").put(path, 0, half), 422, "calendar_fault");
    assert!(told.contains("10 月 1 日"), "{told}");
    let put = town.as_role("administrator").put(path, 0, new_year()).ok(200);
    assert_eq!((&put["version"], &put["days"][0]["date"]), (&json!(1), &json!("2027-01-01")));
    // Three working days after the 30th: the 31st, Monday the 4th, the 5th. Wang's stood still over the 2nd.
    assert_eq!(state(&town, "lin's")["notice_until"], "2027-01-05");
    assert_eq!(state(&town, "wang's")["notice_until"], "2027-01-05");
    town.at("2027-01-06T00:00");
    assert_eq!(town.finalise(), 2);
    assert_eq!(town.balance("lin", "MINUTE"), "120");
    town.verify_and_stop();
}

#[test]
fn every_change_of_a_calendar_is_kept_and_no_announced_end_comes_nearer() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    approved(&town, "one", record(&town, "post", "lin", FROM, TO));
    assert_eq!(state(&town, "one")["notice_until"], "2026-03-05");
    let all = town.as_role("administrator").get("/v1/calendars").ok(200);
    let year = |all: &Value, year: i64| {
        all["items"].as_array().unwrap().iter().find(|row| row["year"] == year).unwrap().clone()
    };
    let (first, none) = (year(&all, 2026), json!([]));
    assert_eq!(
        (&first["version"], &first["earlier"], &first["changed_by"]),
        (&json!(1), &none, &Value::Null)
    );
    let day = |date: &str, kind: &str| json!({ "date": date, "kind": kind, "name": "示例" });
    let with_day = |day: Value| {
        let mut days = first["days"].as_array().unwrap().clone();
        days.push(day);
        json!({ "days": days })
    };
    // A holiday more: the notice has one day more. A working day more: what was announced stays.
    town.as_role("administrator").put("/v1/calendars/2026", 1, with_day(day("2026-03-04", "off"))).ok(200);
    assert_eq!(state(&town, "one")["notice_until"], "2026-03-06");
    let put =
        town.as_role("administrator").put("/v1/calendars/2026", 2, json!({ "days": first["days"] })).ok(200);
    assert_eq!(put["version"], 3);
    assert_eq!(state(&town, "one")["notice_until"], "2026-03-06");
    let now = year(&town.as_role("auditor").get("/v1/calendars").ok(200), 2026);
    let versions: Vec<_> =
        now["earlier"].as_array().unwrap().iter().map(|row| row["version"].clone()).collect();
    assert_eq!((versions, &now["days"]), (vec![json!(1), json!(2)], &first["days"]));
    assert!(now["changed_by"].is_string() && now["changed_at"].is_string(), "{now}");
    town.verify_and_stop();
}

#[test]
fn from_november_on_the_administrators_start_page_says_that_the_calendar_is_missing() {
    let town = Town::new();
    let warnings = |who: &str| town.as_role(who).get("/v1/me").ok(200)["warnings"].clone();
    let look = || town.runtime.block_on(town.web.services.look_at_calendar(BANK)).unwrap().missed;
    town.at("2026-10-31T23:59");
    assert_eq!((warnings("administrator"), look()), (json!([]), vec![]));
    town.at("2026-11-01T00:00");
    let told = warnings("administrator");
    assert_eq!(
        (&told[0]["code"], &told[0]["year"], look()),
        (&json!("calendar_missing"), &json!(2027), vec![2027])
    );
    assert!(told[0]["sentence"].as_str().unwrap().contains("2027 年的放假安排"), "{told}");
    assert_eq!(warnings("staff"), json!([]));
    town.as_role("administrator").put("/v1/calendars/2027", 0, new_year()).ok(200);
    assert_eq!((warnings("administrator"), look()), (json!([]), vec![]));
    town.verify_and_stop();
}

/// Stars of one calendar year.
fn yearly_stars(town: &Town) {
    let text = "code = \"yearly\"\nversion = \"1\"\nname = \"示例年度星级\"\nvalid_from = 2026-01-01\n\
                [stars]\nwindow = \"calendar_year\"\n[[stars.steps]]\nstar = 1\nhours = 1\n";
    let version = town.make("yearly", "administrator", "/v1/schemes", json!({ "body": text }));
    let approve = format!("/v1/schemes/versions/{version}/approve");
    town.as_role("reviewer_district").post(&approve, json!({})).ok(204);
}

fn minutes_of_year(town: &Town, day: &str) -> Value {
    let path = format!("/v1/members/{}/stars?as_of={day}", town.id("lin"));
    let stars = town.as_role("staff").get(&path).ok(200);
    let rows = stars["items"].as_array().unwrap().clone();
    rows.iter().find(|row| row["scheme_name"] == "示例年度星级").unwrap()["service_minutes"].clone()
}

#[test]
fn service_counts_on_the_day_on_which_it_began() {
    let town = Town::new();
    yearly_stars(&town);
    winter(&town);
    town.as_role("administrator").put("/v1/calendars/2027", 0, new_year()).ok(200);
    town.at("2027-01-02T12:00");
    for (name, from, to) in [
        ("eve", "2026-12-31T22:00", "2027-01-01T00:00"),
        ("first", "2027-01-01T00:00", "2027-01-01T01:00"),
        ("night", "2026-12-30T22:00", "2026-12-31T02:00"),
    ] {
        approved(&town, name, record(&town, "post", "lin", from, to));
    }
    // A month is settled meanwhile: that closes redeeming only.
    town.at("2027-01-08T00:00");
    let close = |town: &Town| {
        use jianxian::domain::entry::EntryKind;
        use jianxian::ledger::{Command, Op};
        let op = Op::Post { legs: vec![], partial: false, up_to: false };
        let mut command = Command::new(jianxian::domain::id::Id::SYSTEM, EntryKind::Settlement, op);
        command.close_period = Some(crate::town::moment("2027-01-01T00:00:00+08:00"));
        town.runtime.block_on(town.web.store.submit(BANK, command)).unwrap();
    };
    close(&town);
    assert_eq!(town.finalise(), 3);
    assert_eq!(minutes_of_year(&town, "2026-12-31"), 360);
    assert_eq!(minutes_of_year(&town, "2027-01-07"), 60);
    let entry = state(&town, "eve")["award_entry"].clone();
    let entries = town.as_role("auditor").get("/v1/ledger/entries?limit=50").ok(200);
    let eve = entries["items"].as_array().unwrap().iter().find(|row| row["number"] == entry).unwrap().clone();
    assert_eq!(eve["effective_at"], "2026-12-31T14:00:00Z");
    town.verify_and_stop();
}

#[test]
fn an_award_counts_on_its_own_day() {
    let town = Town::new();
    town.at("2026-03-10T09:00");
    let body = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "honour-community", "day": "2026-03-05" });
    let made = town.as_role("staff").post("/v1/awards", body.clone()).ok(201);
    assert_eq!(made["effective_at"], "2026-03-05T15:59:59.999999Z");
    let tomorrow = with(body, json!({ "day": "2026-03-11" }));
    let told = town.refused(|t| t.as_role("staff").post("/v1/awards", tomorrow), 422, "day_in_future");
    assert!(told.contains("2026-03-10"), "{told}");
    town.verify_and_stop();
}

#[test]
fn only_a_closed_year_stops_what_is_dated_back() {
    let town = Town::new();
    winter(&town);
    town.as_role("administrator").put("/v1/calendars/2027", 0, new_year()).ok(200);
    town.at("2026-12-31T20:00");
    let december = |from: &str, to: &str| {
        record(&town, "post", "lin", &format!("2026-12-31T{from}"), &format!("2026-12-31T{to}"))
    };
    town.make("one", "staff", "/v1/service-records", december("09:00", "11:00"));
    let close = |who: &'static str, year: i64| {
        let body = json!({ "year": year, "announcement": "示例公告栏，2027 年 1 月" });
        move |t: &Town| t.as_role(who).post("/v1/year-closings", body)
    };
    town.refused(close("administrator", 2026), 422, "period_not_over");
    town.at("2027-01-04T09:00");
    town.refused(close("staff", 2026), 403, "role_missing");
    town.refused(close("street", 2026), 403, "role_missing");
    let told = town.refused(close("administrator", 2026), 409, "year_unfinished");
    assert!(told.contains("1 条记录"), "{told}");
    act(&town, "reviewer", "one", "approve", json!({})).ok(200);
    town.at("2027-01-08T09:00");
    assert_eq!(town.finalise(), 1);
    let done = close("administrator", 2026)(&town).ok(201);
    assert_eq!(done["kind"], "year_closing");
    town.refused(close("administrator", 2026), 409, "already_done");
    assert_eq!(town.as_role("staff").get("/v1/me").ok(200)["closed_before"], "2027-01-01");
    town.refused(|t| submit(t, "staff", december("12:00", "13:00")), 409, "period_closed");
    let award = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "honour-community", "day": "2026-12-31" });
    town.refused(|t| t.as_role("staff").post("/v1/awards", award), 409, "period_closed");
    // What was wrong is put right, and counts from now.
    act(&town, "reviewer_two", "one", "reverse", because()).ok(201);
    let anew = with(december("09:00", "10:00"), json!({ "replaces": town.id("one") }));
    town.make("anew", "staff", "/v1/service-records", anew);
    act(&town, "reviewer", "anew", "approve", json!({})).ok(200);
    town.at("2027-01-14T09:00");
    assert_eq!(town.finalise(), 1);
    assert_eq!(town.balance("lin", "MINUTE"), "60");
    town.verify_and_stop();
}

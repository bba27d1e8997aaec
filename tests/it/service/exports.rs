//! Corrections asked for, and exports in the national fields: masked and whole, as a workbook and as CSV, out of reach,
//! with texts that a spreadsheet would take for formulas.

use crate::support::service::*;
use crate::support::town::{Town, with};
use crate::support::web::{Answer, Ask};
use serde_json::{Value, json};

const EXPORTS: &str = "/v1/service-exports";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn served(town: &Town, title: &str) {
    let body = activity(town, "community", "2026-03-01T00:00", "2026-04-01T00:00");
    published(town, "post", with(body, json!({ "standing": true, "title": title })));
    town.at("2026-03-02T12:00");
    approved(town, "one", record(town, "post", "lin", FROM, "2026-03-02T10:30"));
    town.at("2026-03-06T08:00");
    assert_eq!(town.finalise(), 1);
}

fn export(town: &Town, who: &str, accept: &str, body: &Value) -> Answer {
    let token = format!("Bearer {}", town.token(who));
    let ask = Ask::post(EXPORTS, body.clone()).role(None).header("Authorization", &token);
    town.web.send(&ask.header("Accept", accept))
}

fn days() -> Value {
    json!({ "from": "2026-03-01", "until": "2026-03-06" })
}

fn rows(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = answer.text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn service_is_exported_in_the_fields_of_the_standard() {
    let town = Town::new();
    served(&town, "=清扫楼道");
    let lines = rows(&export(&town, "staff", "text/csv", &days()));
    assert_eq!(lines[0][..4], ["志愿者编号", "姓名", "活动名称", "日期"]);
    assert_eq!(lines[1][1..4], ["林示例", "'=清扫楼道", "2026-03-02"]);
    assert_eq!((lines[1][6].as_str(), lines[1][7].as_str(), lines.len()), ("1.50", "示例社区", 2));
    let people = rows(&export(&town, "staff", "text/csv", &with(days(), json!({ "sheet": "people" }))));
    assert_eq!((people[1][1].as_str(), people[1][6].as_str()), ("林示例", "138****0001"));
    let empty = rows(&export(&town, "staff", "text/csv", &with(days(), json!({ "sheet": "training" }))));
    assert_eq!(empty.len(), 1, "headings without data stay");
    let book = export(&town, "staff", XLSX, &days());
    assert_eq!((book.status, book.header("content-type").as_deref()), (200, Some(XLSX)));
    assert!(book.text.starts_with("PK"), "a workbook is an archive");
    let other = rows(&export(&town, "staff_sibling", "text/csv", &days()));
    assert_eq!(other.len(), 1, "out of reach");
    town.verify_and_stop();
}

#[test]
fn whole_numbers_need_the_right_and_a_reason_and_the_member_has_a_message() {
    let town = Town::new();
    served(&town, "清扫楼道");
    let whole = with(days(), json!({ "sheet": "people", "whole_numbers": true }));
    assert_eq!(export(&town, "staff", "text/csv", &whole).status, 400);
    let whole = with(whole, json!({ "reason": "报送市级系统" }));
    let people = rows(&export(&town, "staff", "text/csv", &whole));
    assert_eq!(people[1][6], "13800000001");
    let told = town.as_role("volunteer").get("/v1/messages").ok(200);
    assert!(told["items"].as_array().unwrap().iter().any(|one| one["kind"] == "file_looked_at"), "{told}");
    let log = town.as_role("auditor").get(&format!("/v1/members/{}/access-log", town.id("lin"))).text;
    assert!(log.contains("export_records") && log.contains("报送市级系统"), "{log}");
    town.verify_and_stop();
}

#[test]
fn days_that_do_not_fit_and_callers_without_the_right_are_refused() {
    let town = Town::new();
    let ask = |from: &str, until: &str| json!({ "from": from, "until": until });
    let refuse = |who: &'static str, body: Value| move |t: &Town| export(t, who, "text/csv", &body);
    town.refused(refuse("staff", ask("2026-03-02", "2026-03-01")), 422, "period_reversed");
    town.refused(refuse("staff", ask("2026-03-02", "2026-03-03")), 422, "day_in_future");
    for who in ["volunteer", "team_leader", "reviewer", "merchant_owner"] {
        town.refused(refuse(who, ask("2026-03-01", "2026-03-02")), 403, "role_missing");
    }
    assert_eq!(rows(&export(&town, "street", "text/csv", &ask("2026-03-01", "2026-03-02"))).len(), 1);
    town.verify_and_stop();
}

#[test]
fn a_correction_is_asked_for_once_and_upheld_when_the_record_was_reversed() {
    let town = Town::new();
    served(&town, "清扫楼道");
    let ask = |t: &Town, who: &str| act(t, who, "one", "corrections", json!({ "reason": "我 11 点才走" }));
    town.open_user("neighbour", json!({ "member": town.id("wang") }), "volunteer", "community");
    town.refused(|t| ask(t, "neighbour"), 404, "not_found");
    ask(&town, "volunteer").ok(201);
    town.refused(|t| ask(t, "volunteer"), 409, "correction_asked");
    let decide = |upheld: bool| json!({ "upheld": upheld, "decision": "已核对签到表" });
    let decides = |t: &Town, who: &str, upheld| act(t, who, "one", "objections/decide", decide(upheld));
    town.refused(|t| decides(t, "reviewer_two", true), 409, "not_corrected_yet");
    act(&town, "reviewer_two", "one", "reverse", because()).ok(201);
    decides(&town, "reviewer_two", true).ok(204);
    let record = state(&town, "one");
    assert_eq!((&record["state"], &record["objections"][0]["state"]), (&json!("reversed"), &json!("upheld")));
    town.refused(|t| ask(t, "volunteer"), 409, "wrong_state");
    town.verify_and_stop();
}

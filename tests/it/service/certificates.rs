//! Certificates of service: issued by the member and by staff, checked by everyone, revoked and issued anew after a
//! correction; a wrong code, a closed period, a member out of reach, a merged file.

use crate::support::service::*;
use crate::support::town::Town;
use crate::support::web::{Answer, Ask, BANK};
use serde_json::{Value, json};

const CERTIFICATES: &str = "/v1/certificates";

fn issue(town: &Town, who: &str, body: Value) -> Answer {
    town.as_role(who).post(CERTIFICATES, body)
}

fn of(town: &Town, member: &str) -> Value {
    json!({ "member": town.id(member) })
}

/// A final record of a member at the standing post, entered by staff.
fn served(town: &Town, name: &str, member: &str) {
    standing(town, "post");
    town.at("2026-03-02T12:00");
    approved(town, name, record(town, "post", member, FROM, TO));
    town.at("2026-03-06T08:00");
    assert_eq!(town.finalise(), 1);
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}"))
}

fn check(town: &Town, number: &str, code: &str) -> Answer {
    let path = format!("/v1/public/t/certificates/{number}?check_code={code}");
    town.web.send(&Ask::get(&path).role(None))
}

fn checked(town: &Town, certificate: &Value) -> Value {
    check(town, text(certificate, "number"), text(certificate, "check_code")).ok(200)
}

fn look(town: &Town, who: &str, certificate: &Value) -> Answer {
    town.as_role(who).get(&format!("{CERTIFICATES}/{}", text(certificate, "id")))
}

fn step(town: &Town, who: &str, certificate: &Value, verb: &str, body: Value) -> Answer {
    town.as_role(who).post(&format!("{CERTIFICATES}/{}/{verb}", text(certificate, "id")), body)
}

fn follow(town: &Town) -> usize {
    town.runtime.block_on(town.web.services.revoke_corrected(BANK)).unwrap()
}

fn correct(town: &Town, record: &str) {
    town.at("2026-03-06T09:00");
    act(town, "reviewer_two", record, "reverse", because()).ok(201);
}

#[test]
fn a_member_has_what_was_served_certified() {
    let town = Town::new();
    let said = town.refused(|t| issue(t, "volunteer", json!({})), 422, "nothing_served");
    assert!(said.contains("公示"), "{said}");
    served(&town, "one", "lin");
    let made = issue(&town, "volunteer", json!({})).ok(201);
    assert_eq!(
        (&made["state"], &made["service_minutes"], &made["times"]),
        (&json!("valid"), &json!(120), &json!(1))
    );
    assert_eq!(made["services"], json!([{ "title": "邻里守望岗", "times": 1, "minutes": 120 }]));
    assert_eq!((text(&made, "number"), text(&made, "name")), ("2026-0000001", "林示例"));
    assert_eq!(
        (made.get("handler"), text(&made, "issuer"), text(&made, "last_day")),
        (None, "示例社区", "2026-03-06")
    );
    // The same once more, and by staff with another handler.
    assert_eq!(issue(&town, "volunteer", json!({})).ok(201)["id"], made["id"]);
    let staff = json!({ "member": town.id("lin"), "from": "2026-03-01", "until": "2026-03-02", "remark": "用于评优" });
    let other = issue(&town, "staff", staff).ok(201);
    assert_eq!(
        (text(&other, "number"), text(&other, "handler"), text(&other, "remark")),
        ("2026-0000002", "示例乙", "用于评优")
    );
    let list = town.as_role("volunteer").get(CERTIFICATES).ok(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let path = format!("/v1/members/{}/certificates", town.id("lin"));
    assert_eq!(town.as_role("staff").get(&path).ok(200)["items"].as_array().unwrap().len(), 2);
    town.verify_and_stop();
}

#[test]
fn everyone_checks_it_by_the_picture_or_by_typing() {
    let town = Town::new();
    served(&town, "one", "lin");
    let made = issue(&town, "volunteer", json!({})).ok(201);
    let seen = checked(&town, &made);
    assert_eq!(
        (text(&seen, "state"), text(&seen, "name"), &seen["service_minutes"]),
        ("valid", "林**", &json!(120))
    );
    assert_eq!((text(&seen, "issuer"), text(&seen, "issued_on")), ("示例社区", "2026-03-06"));
    assert!(!seen.to_string().contains("林示例") && seen.get("member").is_none(), "{seen}");
    let whole = text(&made, "check_code");
    let typed = u64::from_str_radix(&whole[..16], 16).unwrap() % 1_000_000_000_000;
    check(&town, text(&made, "number"), &format!("{typed:012}")).ok(200);
    // Who may read members has no code to hand out.
    assert_eq!(look(&town, "reviewer", &made).ok(200).get("check_code"), None);
    town.verify_and_stop();
}

#[test]
fn a_wrong_code_and_an_unknown_number_are_answered_alike_and_limited() {
    let town = Town::new();
    served(&town, "one", "lin");
    let made = issue(&town, "volunteer", json!({})).ok(201);
    let (number, code) = (text(&made, "number"), text(&made, "check_code"));
    let wrong = town.refused(|t| check(t, number, "000000000000"), 404, "certificate_unknown");
    let unknown = town.refused(|t| check(t, "2026-0999999", code), 404, "certificate_unknown");
    assert_eq!(wrong, unknown);
    // Of another bank: not here.
    let elsewhere = Ask::get(format!("/v1/public/elsewhere/certificates/{number}?check_code={code}"));
    assert_eq!(town.web.send(&elsewhere.role(None)).status, 404);
    for bad in ["", "12345", "00000000000G", "0123456789abcdef0123456789abcdeF"] {
        assert_eq!(check(&town, number, bad).status, 400, "{bad}");
    }
    let waits = (0..200).find_map(|_| {
        let answer = check(&town, number, "000000000000");
        (answer.status == 429).then(|| answer.code())
    });
    assert_eq!(waits.as_deref(), Some("too_many_tries"));
    assert_eq!(check(&town, number, code).status, 429, "the right one waits as well");
    town.verify_and_stop();
}

#[test]
fn a_correction_revokes_it_at_once_and_the_member_has_a_message() {
    let town = Town::new();
    served(&town, "one", "lin");
    bring_along(&town, "lin", 60, None);
    let made = issue(&town, "volunteer", json!({})).ok(201);
    assert_eq!((&made["service_minutes"], &made["brought_minutes"]), (&json!(180), &json!(60)));
    assert_eq!(follow(&town), 0);
    correct(&town, "one");
    // Before any job: no page says valid for hours that were taken back.
    let seen = checked(&town, &made);
    assert_eq!((text(&seen, "state"), &seen["corrected"]), ("revoked", &json!(true)));
    assert_eq!(look(&town, "volunteer", &made).ok(200)["state"], "revoked");
    assert_eq!((follow(&town), follow(&town)), (1, 0));
    let told = town.as_role("volunteer").get("/v1/messages").ok(200);
    let told: Vec<&Value> = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == "certificate_corrected")
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    // What it said stays; the new one names it.
    let anew = step(&town, "volunteer", &made, "reissue", json!({})).ok(201);
    assert_eq!((&anew["service_minutes"], &anew["old_number"]), (&json!(60), &made["number"]));
    let old = look(&town, "volunteer", &made).ok(200);
    assert_eq!(
        (text(&old, "state"), &old["service_minutes"], &old["new_number"]),
        ("replaced", &json!(180), &anew["number"])
    );
    assert_eq!(checked(&town, &made)["new_number"], anew["number"]);
    town.refused(|t| step(t, "volunteer", &made, "reissue", json!({})), 409, "wrong_state");
    town.verify_and_stop();
}

#[test]
fn what_is_added_later_does_not_revoke_it_and_a_certificate_without_hours_is_not_issued_anew() {
    let town = Town::new();
    served(&town, "one", "lin");
    let made = issue(&town, "staff", of(&town, "lin")).ok(201);
    bring_along(&town, "lin", 60, Some(2025));
    assert_eq!(checked(&town, &made)["state"], "valid");
    let years = json!({ "member": town.id("lin"), "from": "2025-01-01", "until": "2025-12-31" });
    assert_eq!(issue(&town, "staff", years).ok(201)["service_minutes"], 60);
    let part = json!({ "member": town.id("lin"), "from": "2025-02-01", "until": "2025-12-31" });
    let said = town.refused(|t| issue(t, "staff", part), 422, "nothing_served_then");
    assert!(said.contains("2026-03-02"), "{said}");
    let days = json!({ "member": town.id("lin"), "from": "2026-03-02", "until": "2026-03-02" });
    let day = issue(&town, "staff", days).ok(201);
    correct(&town, "one");
    town.refused(|t| step(t, "staff", &day, "reissue", json!({})), 422, "nothing_served");
    assert_eq!(look(&town, "staff", &day).ok(200)["state"], "revoked", "not replaced by nothing");
    town.verify_and_stop();
}

#[test]
fn periods_members_and_remarks_that_do_not_fit_are_refused_with_the_next_step() {
    let town = Town::new();
    served(&town, "one", "lin");
    let ask = |from: &str, until: &str| json!({ "from": from, "until": until });
    town.refused(|t| issue(t, "volunteer", ask("2026-03-05", "2026-03-01")), 422, "period_reversed");
    town.refused(|t| issue(t, "volunteer", ask("2026-03-01", "2026-03-07")), 422, "day_in_future");
    town.refused(|t| issue(t, "volunteer", json!({ "from": "2027-01-01" })), 422, "day_in_future");
    let said =
        town.refused(|t| issue(t, "volunteer", ask("2026-01-01", "2026-02-01")), 422, "nothing_served_then");
    assert!(said.contains("2026-03-02"), "{said}");
    town.refused(|t| issue(t, "volunteer", json!({ "remark": "优秀" })), 403, "remark_by_staff");
    town.refused(|t| issue(t, "staff", of(t, "household")), 422, "person_only");
    town.refused(|t| issue(t, "staff", of(t, "wang")), 422, "nothing_served");
    town.refused(|t| issue(t, "staff_sibling", of(t, "lin")), 404, "not_found");
    town.refused(|t| issue(t, "volunteer", of(t, "wang")), 404, "not_found");
    town.refused(|t| issue(t, "reviewer", of(t, "lin")), 403, "role_missing");
    town.refused(|t| issue(t, "merchant_clerk", of(t, "lin")), 403, "role_missing");
    for (from, until) in
        [("2026-02-30", "2026-03-01"), ("", "2026-03-01"), ("2026-03-01T00:00:00Z", "2026-03-01")]
    {
        assert_eq!(issue(&town, "volunteer", ask(from, until)).status, 400, "{from}");
    }
    town.verify_and_stop();
}

#[test]
fn staff_revoke_with_a_reason_and_only_within_reach() {
    let town = Town::new();
    served(&town, "one", "lin");
    let made = issue(&town, "volunteer", json!({})).ok(201);
    town.refused(|t| step(t, "staff_sibling", &made, "revoke", because()), 404, "not_found");
    town.refused(|t| step(t, "volunteer", &made, "revoke", because()), 403, "role_missing");
    assert_eq!(step(&town, "staff", &made, "revoke", json!({})).status, 400);
    step(&town, "staff", &made, "revoke", because()).ok(204);
    town.refused(|t| step(t, "street", &made, "revoke", because()), 409, "wrong_state");
    let seen = checked(&town, &made);
    assert_eq!(
        (text(&seen, "state"), &seen["corrected"], text(&seen, "revoked_on")),
        ("revoked", &json!(false), "2026-03-06")
    );
    assert!(!seen.to_string().contains("时长与签到表不符"), "the reason is not public");
    assert_eq!(text(&look(&town, "volunteer", &made).ok(200), "reason"), "时长与签到表不符");
    assert_eq!(look(&town, "staff_sibling", &made).status, 404);
    let path = format!("/v1/members/{}/certificates", town.id("lin"));
    assert_eq!(town.as_role("staff_sibling").get(&path).status, 404);
    assert_eq!(town.as_role("staff_sibling").get(CERTIFICATES).ok(200)["items"], json!([]));
    // Another one for the same days is a new one.
    assert_ne!(issue(&town, "volunteer", json!({})).ok(201)["id"], made["id"]);
    town.verify_and_stop();
}

#[test]
fn a_frozen_member_keeps_the_record_and_a_merged_file_is_one() {
    let town = Town::new();
    served(&town, "one", "lin");
    let path = format!("/v1/members/{}/freeze", town.id("lin"));
    town.as_role("staff").post(&path, because()).ok(204);
    let frozen = issue(&town, "staff", of(&town, "lin")).ok(201);
    let path = format!("/v1/members/{}/unfreeze", town.id("lin"));
    town.as_role("staff").post(&path, because()).ok(204);
    let merge = json!({ "into": town.id("wang"), "reason": "同一个人" });
    town.as_role("street").post(&format!("/v1/members/{}/merge", town.id("lin")), merge).ok(201);
    assert_eq!(checked(&town, &frozen)["state"], "valid");
    let merged = issue(&town, "staff", of(&town, "lin")).ok(201);
    assert_eq!((&merged["member"], &merged["service_minutes"]), (&json!(town.id("wang")), &json!(120)));
    let path = format!("/v1/members/{}/certificates", town.id("wang"));
    assert_eq!(town.as_role("staff").get(&path).ok(200)["items"].as_array().unwrap().len(), 2);
    correct(&town, "one");
    assert_eq!(follow(&town), 2, "both counted the record");
    town.verify_and_stop();
}

#[test]
fn two_requests_at_once_make_one_certificate() {
    let town = Town::new();
    served(&town, "one", "lin");
    let token = format!("Bearer {}", town.token("staff"));
    let body = of(&town, "lin");
    let ids: Vec<Value> = std::thread::scope(|scope| {
        let ask = || {
            let ask = Ask::post(CERTIFICATES, body.clone()).role(None).header("Authorization", &token);
            town.web.send(&ask).ok(201)["id"].clone()
        };
        let both: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    town.verify_and_stop();
}

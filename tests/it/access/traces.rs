//! The access log: its lines and who sees them; and what needs two people about one person: a move, and linking a
//! login.

use crate::support::town::Town;
use serde_json::{Value, json};

/// Actions of the access log about a member or a user, sorted.
fn actions(town: &Town, subject: &str) -> Vec<String> {
    let path = format!("/v1/audit/access-log?limit=200&subject={}", town.id(subject));
    let rows = town.as_role("auditor").get(&path).ok(200);
    let rows = rows["items"].as_array().unwrap().clone();
    let all = rows.iter().map(|row| row["action"].as_str().unwrap().to_owned());
    let mut all: Vec<String> = all.filter(|action| action != "read").collect();
    all.sort();
    all
}

fn own(town: &Town, who: &str, member: &str) -> Vec<Value> {
    let rows =
        town.as_role(who).get(&format!("/v1/members/{}/access-log?limit=200", town.id(member))).ok(200);
    rows["items"].as_array().unwrap().clone()
}

fn line_about(rows: &[Value], action: &str) -> Value {
    rows.iter().find(|row| row["action"] == action).unwrap_or_else(|| panic!("{action}: {rows:?}")).clone()
}

fn patch(town: &Town, member: &str, body: Value) {
    let path = format!("/v1/members/{}", town.id(member));
    let version = town.as_role("staff").get(&path).ok(200)["version"].as_i64().unwrap();
    town.as_role("staff").patch(&path, version, body).ok(200);
}

fn each_read_of_an_auditor_is_a_line(town: &Town, award: &Value) {
    for path in [
        format!("/v1/members/{}", town.id("lin")),
        format!("/v1/members/{}/passbook", town.id("lin")),
        format!("/v1/service-records?member={}", town.id("lin")),
        format!("/v1/awards/{award}/explain"),
    ] {
        let before = own(town, "volunteer", "lin");
        town.as_role("auditor").get(&path).ok(200);
        town.as_role("staff").get(&path).ok(200);
        let mut after = own(town, "volunteer", "lin");
        after.retain(|line| !before.contains(line));
        assert_eq!(after.len(), 1, "{path}: one line, for the auditor: {after:?}");
        assert_eq!((&after[0]["action"], &after[0]["by"]), (&json!("read"), &json!("示例乙")), "{after:?}");
        let said = after[0]["reason"].as_str().unwrap();
        assert!(said.starts_with("GET /v1/"), "{said}");
    }
}

#[test]
fn a_member_sees_who_looked_at_the_own_file_and_who_changed_it() {
    let town = Town::new();
    // A second login of an existing person, a role, a new password, a household.
    town.open_user("lin_two", json!({ "member": town.id("lin") }), "volunteer", "community");
    let id = town.id("user/lin_two");
    let role = town.id("role/lin_two/volunteer");
    town.as_role("administrator").delete(&format!("/v1/roles/{role}")).ok(204);
    let password = json!({ "password": "four herons by the lake" });
    town.as_role("street").post(&format!("/v1/users/{id}/password"), password).ok(204);
    patch(&town, "lin", json!({ "household": town.id("household") }));
    patch(&town, "lin", json!({ "leave_household": true }));
    patch(&town, "lin", json!({ "trade": "理发" }));
    assert_eq!(actions(&town, "user/lin_two"), ["grant_role", "open_user", "revoke_role", "set_password"]);
    assert_eq!(actions(&town, "lin"), ["change_household", "change_household"]);
    // Every read by an auditor, also of what belongs to the member under another id.
    let honour = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "honour-street" });
    let award = town.as_role("staff").post("/v1/awards", honour).ok(201)["entry"].clone();
    let auditor = town.as_role("auditor");
    each_read_of_an_auditor_is_a_line(&town, &award);
    // Also unsuccessful searches of an auditor.
    auditor.post("/v1/members/find", json!({ "phone": "13800000001" })).ok(200);
    auditor.get("/v1/merchants").ok(200);
    let log = auditor.get("/v1/audit/access-log?limit=200").ok(200);
    let read = |what: &str| log["items"].as_array().unwrap().iter().any(|row| row["reason"] == what);
    assert!(read("POST /v1/members/find") && read("GET /v1/merchants"), "{log}");
    assert!(!log.to_string().contains("13800000001"), "{log}");
    let seen = own(&town, "volunteer", "lin");
    assert_eq!(line_about(&seen, "set_password")["subject_kind"], "user");
    assert!(line_about(&seen, "change_household")["reason"].as_str().unwrap().contains(" → "));
    // One's own log, and no one else's.
    let other = format!("/v1/members/{}/access-log", town.id("wang"));
    town.refused(|t| t.as_role("volunteer").get(&other), 404, "not_found");
    town.refused(|t| t.as_role("staff").get(&other), 403, "role_missing");
    town.verify_and_stop();
}

/// Requests a move as a user, by what a resident shows at the counter.
fn ask_move(town: &Town, who: &str, body: Value) -> crate::support::web::Answer {
    town.as_role(who).post("/v1/moves", body)
}

fn decide(town: &Town, who: &str, path: &str) -> crate::support::web::Answer {
    town.as_role(who).post(path, json!({}))
}

fn what_waited_and_the_log_in_have_moved_too(town: &Town) {
    // Open proposals move along, and the login has its home there.
    let waits =
        |who: &str| town.as_role(who).get("/v1/awards/proposals").ok(200)["items"].as_array().unwrap().len();
    assert_eq!([waits("staff"), waits("staff_sibling")], [0, 1]);
    let user = town.as_role("street").get(&format!("/v1/users/{}", town.id("user/volunteer"))).ok(200);
    assert_eq!(
        (&user["org"], &user["roles"][0]["org"]),
        (&json!(town.id("sibling")), &json!(town.id("sibling")))
    );
    let log = own(town, "volunteer", "lin");
    assert_eq!(line_about(&log, "move_member")["reason"], "community → sibling");
}

#[test]
fn a_resident_who_moves_is_asked_for_by_one_side_and_given_by_the_other() {
    let town = Town::new();
    town.open_user("staff_sibling_two", json!({}), "staff", "sibling");
    patch(&town, "lin", json!({ "household": town.id("household") }));
    let bravery = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "bravery",
        "decided_points": "50", "reason": "示例事由" });
    town.as_role("staff").post("/v1/awards", bravery).ok(202);
    // The new community cannot open them again, and learns what to do, not who or where they are.
    let again = json!({ "name": "林示例", "org": town.id("sibling"), "phone": "13800000001" });
    let known = town.as_role("staff_sibling").post("/v1/members", again.clone()).json();
    assert_eq!((&known["see"], known.get("number")), (&json!("/v1/moves"), None), "{known}");
    let sentence =
        town.refused(|t| t.as_role("staff_sibling").post("/v1/members", again), 409, "member_known");
    assert!(sentence.contains("迁移申请") && !sentence.contains("示例社区"), "{sentence}");
    let wrong = json!({ "phone": "13800000001", "name": "王示例", "org": town.id("sibling") });
    town.refused(|t| ask_move(t, "staff_sibling", wrong), 404, "not_found");
    let elsewhere = json!({ "phone": "13800000001", "name": "林示例", "org_code": "compound" });
    town.refused(|t| ask_move(t, "staff_sibling", elsewhere), 404, "not_found");
    let ask = json!({ "phone": "13800000001", "name": "林示例", "org": town.id("sibling") });
    let made = ask_move(&town, "staff_sibling", ask.clone()).ok(202)["proposal"].clone();
    town.refused(|t| ask_move(t, "staff_sibling", ask), 409, "wrong_state");
    let path = format!("/v1/moves/{}", made.as_str().unwrap());
    // Before the other side approves, the requester sees no more than they entered.
    let seen = town.as_role("staff_sibling").get("/v1/moves").ok(200)["items"][0].clone();
    assert_eq!((seen.get("member"), seen.get("from"), &seen["to"]), (None, None, &json!(town.id("sibling"))));
    let seen = town.as_role("staff").get("/v1/moves").ok(200)["items"][0].clone();
    assert_eq!((&seen["member"], &seen["from"]), (&json!(town.id("lin")), &json!(town.id("community"))));
    // Neither the requesting side nor a third one can approve.
    let approve = format!("{path}/approve");
    town.refused(|t| decide(t, "staff_sibling", &approve), 403, "same_person");
    town.refused(|t| decide(t, "staff_sibling_two", &approve), 404, "not_found");
    town.refused(|t| decide(t, "reviewer", &approve), 403, "role_missing");
    decide(&town, "staff", &approve).ok(204);
    town.refused(|t| decide(t, "staff_two", &approve), 409, "wrong_state");
    let row = town.as_role("staff_sibling").get(&format!("/v1/members/{}", town.id("lin"))).ok(200);
    assert_eq!((&row["org"], row.get("household")), (&json!(town.id("sibling")), None));
    assert_eq!(town.as_role("staff").get(&format!("/v1/members/{}", town.id("lin"))).status, 404);
    what_waited_and_the_log_in_have_moved_too(&town);
    town.verify_and_stop();
}

#[test]
fn a_move_is_asked_for_by_the_old_side_too_and_agreed_to_from_above() {
    let town = Town::new();
    let ask = |who: &str, member: &str, code: &str| {
        ask_move(&town, who, json!({ "member": town.id(member), "org_code": code }))
    };
    let made = ask("staff", "lin", "sibling").ok(202)["proposal"].clone();
    let path = |made: &Value, verb: &str| format!("/v1/moves/{}/{verb}", made.as_str().unwrap());
    town.refused(|t| decide(t, "staff_two", &path(&made, "approve")), 404, "not_found");
    decide(&town, "staff_sibling", &path(&made, "reject")).ok(204);
    let made = ask("staff", "lin", "sibling").ok(202)["proposal"].clone();
    decide(&town, "staff", &path(&made, "reject")).ok(204);
    let made = ask("staff", "lin", "sibling").ok(202)["proposal"].clone();
    decide(&town, "street", &path(&made, "approve")).ok(204);
    // A household takes its people along.
    let made = ask("staff", "household", "sibling");
    assert_eq!(made.status, 202, "{made:?}");
    decide(&town, "staff_sibling", &path(&made.json()["proposal"], "approve")).ok(204);
    for member in ["household", "wang", "zhao"] {
        let row = town.as_role("staff_sibling").get(&format!("/v1/members/{}", town.id(member))).ok(200);
        assert_eq!(row["org"], town.id("sibling"), "{member}");
    }
    let wang = town.as_role("staff_sibling").get(&format!("/v1/members/{}", town.id("wang"))).ok(200);
    assert_eq!(wang["household"], town.id("household"));
    // A user who reaches neither side cannot request anything.
    town.open_user("staff_compound", json!({}), "staff", "compound");
    town.refused(|_| ask("staff_compound", "lin", "street"), 404, "not_found");
    // A member cannot approve their own move.
    town.open_user("sun_staff", json!({ "member": town.id("sun") }), "staff", "sibling");
    let made = ask("staff_sibling", "sun", "community").ok(202)["proposal"].clone();
    town.grant("sun_staff", "staff", "community");
    town.refused(|t| decide(t, "sun_staff", &path(&made, "approve")), 403, "for_oneself");
    town.verify_and_stop();
}

#[test]
fn an_existing_log_in_becomes_a_members_by_staff_and_a_second_person() {
    let town = Town::new();
    town.open_user("here", json!({}), "administrator", "community");
    let ask = |who: &str, member: &str, login: &str| {
        town.as_role(who).post(&format!("/v1/members/{}/users", town.id(member)), json!({ "login": login }))
    };
    // Neither a login nor a member out of reach.
    town.refused(|_| ask("staff", "sun", "team_leader"), 404, "not_found");
    town.refused(|_| ask("staff", "wang", "staff_sibling"), 404, "not_found");
    town.refused(|_| ask("staff", "wang", "nobody.here"), 404, "not_found");
    town.refused(|_| ask("staff", "wang", "volunteer"), 409, "fixed");
    town.refused(|_| ask("staff", "household", "team_leader"), 409, "wrong_state");
    let made = ask("staff", "wang", "team_leader").ok(202)["proposal"].clone();
    let path = |verb: &str| format!("/v1/user-links/{}/{verb}", made.as_str().unwrap());
    let list = town.as_role("here").get("/v1/user-links").ok(200);
    assert_eq!(
        (&list["items"][0]["login"], &list["items"][0]["member"]),
        (&json!("team_leader"), &json!(town.id("wang")))
    );
    town.refused(|t| decide(t, "staff_two", &path("approve")), 403, "role_missing");
    decide(&town, "here", &path("approve")).ok(204);
    town.refused(|t| decide(t, "street", &path("approve")), 409, "wrong_state");
    assert_eq!(town.as_role("team_leader").get("/v1/me").ok(200)["member"], town.id("wang"));
    assert!(actions(&town, "user/team_leader").contains(&"link_user".to_owned()));
    // The administrator's own login is linked by another administrator.
    let own = ask("staff", "zhao", "here").ok(202)["proposal"].clone();
    let own = format!("/v1/user-links/{}/approve", own.as_str().unwrap());
    town.refused(|t| decide(t, "here", &own), 403, "for_oneself");
    decide(&town, "street", &own).ok(204);
    town.verify_and_stop();
}

#[test]
fn awards_between_people_who_once_lived_together_are_listed_for_the_auditor() {
    let town = Town::new();
    town.open_user("lin_staff", json!({ "member": town.id("lin") }), "staff", "community");
    let give = |member: &str| {
        let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "suggestion" });
        town.as_role("lin_staff").post("/v1/awards", body).ok(201)["entry"].clone()
    };
    let before = give("wang");
    give("keeper");
    let list = || town.as_role("auditor").get("/v1/audit/household-awards").ok(200)["items"].clone();
    assert_eq!(list(), json!([]));
    // Awarded first, moved in afterwards: it could not be refused, but the auditor sees it.
    town.at("2026-03-20T09:00");
    patch(&town, "lin", json!({ "household": town.id("household") }));
    let rows = list();
    assert_eq!(rows.as_array().unwrap().len(), 1, "{rows}");
    assert_eq!((&rows[0]["entry"], &rows[0]["member"]), (&before, &json!(town.id("wang"))));
    assert_eq!(
        (&rows[0]["decided_by"], rows[0].get("together_until")),
        (&json!(town.id("user/lin_staff")), None)
    );
    town.refused(|t| t.as_role("staff").get("/v1/audit/household-awards"), 403, "role_missing");
    town.verify_and_stop();
}

#[test]
fn what_an_auditor_asked_for_stands_in_the_log_without_numbers_and_signs_that_no_database_keeps() {
    let town = Town::new();
    for query in ["name=13800001234", "limit=%00", "name=%E5%BC%A0%E2%80%AE%00"] {
        let asked = town.as_role("auditor").get(&format!("/v1/members?{query}"));
        assert!([200, 400].contains(&asked.status), "{asked:?}");
    }
    let rows = town.as_role("auditor").get("/v1/audit/access-log?limit=200").ok(200);
    let reasons: Vec<_> = rows["items"].as_array().unwrap().iter().map(|row| row["reason"].clone()).collect();
    let has = |text: &str| reasons.iter().any(|reason| reason == &json!(format!("GET /v1/members {text}")));
    assert!(has("name=***") && has("limit=\u{fffd}") && has("name=张\u{fffd}\u{fffd}"), "{reasons:?}");
    town.verify_and_stop();
}

//! Skills and wishes: the list of the bank, what people say of themselves, what an activity asks for, who suits, and
//! inviting them.

use crate::support::browser::Browser;
use crate::support::service::{FROM, TO, activity, published, sign};
use crate::support::town::{Town, with};
use crate::support::web::{Answer, Ask};
use serde_json::{Value, json};

fn skill(town: &Town, name: &str) -> String {
    town.make(name, "administrator", "/v1/skills", json!({ "name": name }))
}

fn path(town: &Town, member: &str) -> String {
    format!("/v1/members/{}/wishes", town.id(member))
}

fn wishes(more: Value) -> Value {
    with(json!({ "skills": [], "weekdays": [], "kinds": [], "places": [] }), more)
}

fn set(town: &Town, who: &str, member: &str, version: i64, more: Value) -> Answer {
    town.as_role(who).put(&path(town, member), version, wishes(more))
}

/// A published activity that asks for a skill.
fn asking(town: &Town, name: &str, skill: &str, required: bool) -> String {
    let skills = json!([{ "skill": town.id(skill), "required": required }]);
    published(town, name, with(activity(town, "community", FROM, TO), json!({ "skills": skills })))
}

fn titles(town: &Town, who: &str) -> Vec<String> {
    let all = town.as_role(who).get("/v1/messages").ok(200);
    let title = |one: &Value| one["title"].as_str().unwrap().to_owned();
    all["items"].as_array().unwrap().iter().map(title).collect()
}

#[test]
fn the_list_of_skills_is_the_administrators() {
    let town = Town::new();
    skill(&town, "急救");
    town.refused(|t| t.as_role("staff").post("/v1/skills", json!({ "name": "手语" })), 403, "role_missing");
    town.refused(|t| t.as_role("street").post("/v1/skills", json!({ "name": "手语" })), 403, "role_missing");
    let again = json!({ "name": "急救" });
    town.refused(|t| t.as_role("administrator").post("/v1/skills", again), 409, "taken");
    set(&town, "volunteer", "lin", 0, json!({ "skills": [town.id("急救")] })).ok(200);
    let retire = format!("/v1/skills/{}/retire", town.id("急救"));
    town.as_role("administrator").post(&retire, json!({})).ok(204);
    // Who has it keeps it; nobody else chooses it.
    set(&town, "volunteer", "lin", 1, json!({ "skills": [town.id("急救")], "weekdays": ["monday"] })).ok(200);
    let chosen = json!({ "skills": [town.id("急救")] });
    town.refused(|t| set(t, "staff", "wang", 0, chosen), 404, "not_found");
    let listed = town.as_role("volunteer").get("/v1/skills").ok(200);
    assert_eq!(
        (&listed["items"][0]["name"], &listed["items"][0]["state"]),
        (&json!("急救"), &json!("retired"))
    );
    town.verify_and_stop();
}

#[test]
fn people_say_what_they_can_and_wish_over_the_version_that_they_read() {
    let town = Town::new();
    skill(&town, "急救");
    let none = town.as_role("volunteer").get(&path(&town, "lin")).ok(200);
    assert_eq!((&none["version"], &none["skills"]), (&json!(0), &json!([])));
    let all = json!({ "skills": [town.id("急救")], "weekdays": ["monday", "sunday"], "kinds": ["care"],
        "places": [town.id("street")] });
    let said = set(&town, "volunteer", "lin", 0, all.clone()).ok(200);
    assert_eq!((&said["kinds"], &said["version"]), (&json!(["care"]), &json!(1)));
    let seen = town.as_role("staff").get(&path(&town, "lin")).ok(200);
    assert_eq!(seen["weekdays"], all["weekdays"]);
    town.refused(|t| set(t, "staff", "lin", 0, json!({})), 412, "version_stale");
    set(&town, "staff", "lin", 1, json!({ "weekdays": ["friday"] })).ok(200);
    for (wrong, code) in [
        (json!({ "kinds": ["no-such-kind"] }), "not_found"),
        (json!({ "skills": [town.id("lin")] }), "not_found"),
        (json!({ "places": [town.id("lin")] }), "not_found"),
    ] {
        town.refused(|t| set(t, "volunteer", "lin", 2, wrong), 404, code);
    }
    // Of others, only within reach.
    town.refused(|t| set(t, "volunteer", "wang", 0, json!({})), 404, "not_found");
    town.refused(|t| t.as_role("volunteer").get(&path(t, "wang")), 404, "not_found");
    town.refused(|t| set(t, "staff_sibling", "lin", 2, json!({})), 404, "not_found");
    town.refused(|t| set(t, "staff", "household", 0, json!({})), 422, "person_only");
    let without = json!({ "skills": [], "weekdays": [], "kinds": [] });
    assert_eq!(town.as_role("volunteer").put(&path(&town, "lin"), 2, without).status, 400);
    town.verify_and_stop();
}

#[test]
fn nobody_signs_up_without_a_required_skill_unless_the_leader_does_it() {
    let town = Town::new();
    skill(&town, "急救");
    skill(&town, "手语");
    asking(&town, "outing", "急救", true);
    let text = town.refused(|t| sign(t, "volunteer", "outing", "sign-ups", json!({})), 422, "skill_missing");
    assert!(text.contains("急救") && text.contains("特长和意愿"), "{text}");
    set(&town, "volunteer", "lin", 0, json!({ "skills": [town.id("手语")] })).ok(200);
    town.refused(|t| sign(t, "volunteer", "outing", "sign-ups", json!({})), 422, "skill_missing");
    set(&town, "volunteer", "lin", 1, json!({ "skills": [town.id("手语"), town.id("急救")] })).ok(200);
    sign(&town, "volunteer", "outing", "sign-ups", json!({})).ok(201);
    // The leader knows whom they take along.
    sign(&town, "team_leader", "outing", "sign-ups", json!({ "member": town.id("wang") })).ok(201);
    // What is only welcome keeps nobody out.
    let open = activity(&town, "community", "2026-03-03T09:00", "2026-03-03T11:00");
    let welcome = json!({ "skills": [{ "skill": town.id("手语") }] });
    published(&town, "tea", with(open, welcome));
    sign(&town, "volunteer", "tea", "sign-ups", json!({})).ok(201);
    town.verify_and_stop();
}

#[test]
fn a_proxy_signs_up_with_the_skills_of_the_person() {
    let town = Town::new();
    skill(&town, "急救");
    asking(&town, "outing", "急救", true);
    town.open_user("helper", json!({ "member": town.id("zhao") }), "proxy", "compound");
    let number =
        town.as_role("staff").get(&format!("/v1/members/{}", town.id("zhao"))).ok(200)["number"].clone();
    let named = json!({ "number": number, "name": "赵示例", "points_a_day": "50" });
    town.as_role("staff").post(&format!("/v1/members/{}/proxies", town.id("wang")), named).ok(201);
    set(&town, "staff", "zhao", 0, json!({ "skills": [town.id("急救")] })).ok(200);
    let wang = json!({ "member": town.id("wang") });
    town.refused(|t| sign(t, "helper", "outing", "sign-ups", wang.clone()), 422, "skill_missing");
    set(&town, "staff", "wang", 0, json!({ "skills": [town.id("急救")] })).ok(200);
    sign(&town, "helper", "outing", "sign-ups", wang).ok(201);
    town.verify_and_stop();
}

#[test]
fn what_suits_comes_first() {
    let town = Town::new();
    skill(&town, "急救");
    asking(&town, "barred", "急救", true);
    let at = |from: &str, to: &str, more: Value| with(activity(&town, "community", from, to), more);
    published(&town, "monday", at("2026-03-09T09:00", "2026-03-09T11:00", json!({})));
    let care = json!({ "category": "care-elderly" });
    published(&town, "care", at("2026-03-11T09:00", "2026-03-11T11:00", care));
    let order = |who: &str| -> Vec<String> {
        let list = town.as_role(who).get("/v1/activities/to-come").ok(200);
        list["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let (barred, monday, care) = (town.id("barred"), town.id("monday"), town.id("care"));
    assert_eq!(order("volunteer"), [&*barred, &*monday, &*care]);
    let said = json!({ "weekdays": ["wednesday"], "kinds": ["care"], "places": [town.id("compound")] });
    set(&town, "volunteer", "lin", 0, said).ok(200);
    assert_eq!(order("volunteer"), [&*care, &*barred, &*monday]);
    let said = json!({ "weekdays": ["monday"], "kinds": ["care"], "places": [town.id("community")] });
    set(&town, "volunteer", "lin", 1, said).ok(200);
    assert_eq!(order("volunteer"), [&*monday, &*care, &*barred]);
    let list = town.as_role("volunteer").get("/v1/activities/to-come").ok(200);
    let last = &list["items"][2];
    assert_eq!((&last["is_suitable"], &last["missing_skills"]), (&json!(false), &json!([town.id("急救")])));
    assert_eq!(list["items"][0]["suits"], json!(["weekday", "place"]));
    assert_eq!(order("staff").len(), 3, "who is no member sees all");
    town.verify_and_stop();
}

#[test]
fn staff_see_who_suits_and_invite_each_once() {
    let town = Town::new();
    skill(&town, "急救");
    asking(&town, "outing", "急救", true);
    let first = json!({ "skills": [town.id("急救")] });
    for (who, member) in [("staff", "lin"), ("staff", "wang"), ("staff_sibling", "sun")] {
        set(&town, who, member, 0, first.clone()).ok(200);
    }
    set(&town, "staff", "zhao", 0, json!({ "weekdays": ["monday"] })).ok(200);
    let suitable = format!("/v1/activities/{}/suitable", town.id("outing"));
    let names = |answer: Value| -> Vec<String> {
        let people = answer["items"].as_array().unwrap().iter();
        let mut names: Vec<String> = people.map(|one| one["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(town.as_role("staff").get(&suitable).ok(200)), ["林示例", "王示例"]);
    town.refused(|t| t.as_role("staff_sibling").get(&suitable), 404, "not_found");
    let bearer = format!("Bearer {}", town.token("staff"));
    let csv = Ask::get(&suitable).role(None).header("Authorization", &bearer).header("Accept", "text/csv");
    let csv = town.web.send(&csv);
    assert!(csv.status == 200 && csv.text.contains("急救") && csv.text.contains("王示例"), "{csv:?}");
    sign(&town, "volunteer", "outing", "sign-ups", json!({})).ok(201);
    assert_eq!(names(town.as_role("staff").get(&suitable).ok(200)), ["王示例"], "lin has a place");
    town.open_user("wang", json!({ "member": town.id("wang") }), "volunteer", "compound");
    let both = json!({ "members": [town.id("lin"), town.id("wang")] });
    let told = sign(&town, "staff", "outing", "invitations", both.clone()).ok(201);
    assert_eq!(told["ids"], json!([town.id("wang")]));
    assert_eq!(titles(&town, "wang"), ["有一项活动想请您来"]);
    assert_eq!(sign(&town, "staff_two", "outing", "invitations", both).ok(201)["ids"], json!([]));
    assert_eq!(titles(&town, "wang").len(), 1, "nobody is told twice");
    assert_eq!(town.as_role("staff").get(&suitable).ok(200)["items"][0]["invited"], true);
    let elsewhere = json!({ "members": [town.id("sun")] });
    town.refused(|t| sign(t, "staff", "outing", "invitations", elsewhere), 404, "not_found");
    town.at(FROM);
    let late = json!({ "members": [town.id("wang")] });
    town.refused(|t| sign(t, "staff", "outing", "invitations", late), 422, "sign_up_closed");
    town.verify_and_stop();
}

#[test]
fn a_duplicates_wishes_go_to_the_file_that_stays() {
    let town = Town::new();
    skill(&town, "急救");
    let body = json!({ "name": "林示例", "org": town.id("community"), "confirmed_new": true });
    town.make("lin_again", "staff", "/v1/members", body);
    set(&town, "staff", "lin_again", 0, json!({ "skills": [town.id("急救")] })).ok(200);
    let into = json!({ "into": town.id("lin"), "reason": "同一个人" });
    town.as_role("staff").post(&format!("/v1/members/{}/merge", town.id("lin_again")), into).ok(201);
    let said = town.as_role("volunteer").get(&path(&town, "lin")).ok(200);
    assert_eq!(said["skills"], json!([town.id("急救")]));
    town.verify_and_stop();
}

#[test]
fn the_same_on_pages() {
    let town = Town::new();
    let administrator = Browser::signed_in(&town, "administrator");
    let page = administrator.get("/admin/skills").is(200);
    administrator
        .post(&page, "/admin/skills", &[("step", "add"), ("skill_name", "急救")])
        .is(200)
        .says("急救");
    let skills = town.as_role("staff").get("/v1/skills").ok(200);
    let id = town.keep("急救", &skills["items"][0]["id"]);
    asking(&town, "outing", "急救", true);
    let volunteer = Browser::signed_in(&town, "volunteer");
    let event = format!("/events/{}", town.id("outing"));
    volunteer.get(&event).is(200).says("要会急救").says("您还没有勾上：急救");
    let page = volunteer.get("/me/wishes").is(200).says("急救").says("星期六").says("示例社区");
    let other = volunteer.get("/me/wishes").is(200);
    let version = page.hidden("version");
    let form = [("version", version.as_str()), ("skills", id.as_str()), ("weekdays", "monday")];
    volunteer.post(&page, "/me/wishes", &form).is(200).says("已保存");
    volunteer.get("/events").says("适合您");
    // Somebody else has changed it meanwhile.
    let late = volunteer.post(&other, "/me/wishes", &form).is(412);
    late.says("别人刚改过：现在一共勾了 2 项");
    let staff = Browser::signed_in(&town, "staff");
    staff.get(&format!("/staff/people/{}/wishes", town.id("lin"))).is(200).says("checked");
    let people = format!("/staff/activities/{}/people", town.id("outing"));
    let page = staff.get(&people).is(200).says("林示例").says("那天有空");
    let lin = town.id("lin");
    staff.post(&page, &people, &[("members", lin.as_str())]).is(200).says("已邀请");
    volunteer.get("/messages").says("有一项活动想请您来");
    town.verify_and_stop();
}

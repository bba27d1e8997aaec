//! Complaints and proposals: given by any user, answered by staff, by another after a dispute; late ones are seen above.

use crate::support::browser::Browser;
use crate::support::town::Town;
use serde_json::{Value, json};

fn give(town: &Town, who: &str) -> String {
    let body = json!({ "kind": "complaint", "words": "周末没有人开门" });
    town.make(&format!("feedback/{who}"), who, "/v1/feedback", body)
}

fn read(town: &Town, who: &str, id: &str) -> Value {
    town.as_role(who).get(&format!("/v1/feedback/{id}")).ok(200)
}

fn step(town: &Town, who: &str, id: &str, step: &str, body: Value) -> (u16, String) {
    let answer = town.as_role(who).post(&format!("/v1/feedback/{id}/{step}"), body);
    (answer.status, answer.code())
}

fn listed(town: &Town, who: &str, query: &str) -> Vec<String> {
    let all = town.as_role(who).get(&format!("/v1/feedback{query}")).ok(200);
    let number = |one: &Value| one["number"].as_str().unwrap().to_owned();
    all["items"].as_array().unwrap().iter().map(number).collect()
}

#[test]
fn a_complaint_is_answered_and_its_maker_is_told() {
    let town = Town::new();
    let id = give(&town, "volunteer");
    let one = read(&town, "volunteer", &id);
    assert_eq!((&one["number"], &one["due_on"]), (&json!("2026-000001"), &json!("2026-03-17")));
    assert_eq!(
        (&one["state"], &one["late"], &one["org"]),
        (&json!("open"), &json!(false), &json!(town.id("community")))
    );
    let answer = json!({ "answer": "已安排周末值班" });
    assert_eq!(step(&town, "reviewer", &id, "answer", answer.clone()), (403, "role_missing".into()));
    assert_eq!(step(&town, "staff_sibling", &id, "answer", answer.clone()), (404, "not_found".into()));
    assert_eq!(step(&town, "staff", &id, "answer", answer.clone()).0, 204);
    assert_eq!(step(&town, "staff_two", &id, "answer", answer).1, "wrong_state");
    assert_eq!(read(&town, "volunteer", &id)["reply"], "已安排周末值班");
    let told = town.as_role("volunteer").get("/v1/messages").ok(200);
    let told = &told["items"].as_array().unwrap()[0];
    assert_eq!((&told["title"], &told["words"]), (&json!("您的投诉建议有了答复"), &json!("2026-000001")));
    assert_eq!(step(&town, "staff", &id, "close", json!({})).0, 404, "not the maker");
    assert_eq!(step(&town, "volunteer", &id, "close", json!({})).0, 204);
    town.verify_and_stop();
}

#[test]
fn a_disputed_answer_is_given_by_another_person() {
    let town = Town::new();
    let id = give(&town, "volunteer");
    let answer = json!({ "answer": "已处理" });
    assert_eq!(step(&town, "staff", &id, "answer", answer.clone()).0, 204);
    town.at("2026-03-05T09:00");
    let objection = json!({ "objection": "门还是没有开" });
    assert_eq!(step(&town, "staff", &id, "dispute", objection.clone()).0, 404);
    assert_eq!(step(&town, "volunteer", &id, "dispute", objection).0, 204);
    assert_eq!(read(&town, "street", &id)["due_on"], "2026-03-20", "a day of its own");
    assert_eq!(step(&town, "staff", &id, "answer", answer.clone()), (403, "same_person".into()));
    assert_eq!(step(&town, "street", &id, "answer", answer).0, 204);
    town.verify_and_stop();
}

#[test]
fn what_is_late_is_seen_by_the_street() {
    let town = Town::new();
    let (first, second) = (give(&town, "volunteer"), give(&town, "merchant_owner"));
    assert_eq!(step(&town, "volunteer", &first, "withdraw", json!({})).0, 204);
    assert_eq!(step(&town, "street", &second, "withdraw", json!({})).0, 404);
    town.at("2026-03-18T09:00");
    assert_eq!(listed(&town, "street", "?late=true"), ["2026-000002"]);
    assert_eq!(listed(&town, "staff", "").len(), 2);
    assert_eq!(listed(&town, "staff_sibling", ""), Vec::<String>::new());
    assert_eq!(listed(&town, "volunteer", "?own=true"), ["2026-000001"]);
    assert_eq!(listed(&town, "auditor", "?state=withdrawn"), ["2026-000001"]);
    assert!(read(&town, "auditor", &second)["late"].as_bool().unwrap());
    let volunteer = town.as_role("volunteer").get(&format!("/v1/feedback/{second}"));
    assert_eq!(volunteer.status, 404, "that of another");
    town.verify_and_stop();
}

#[test]
fn staff_write_down_what_a_member_says_at_the_counter() {
    let town = Town::new();
    let body = json!({ "kind": "proposal", "words": "把椅子放低一点", "member": town.id("lin") });
    let sibling = town.as_role("staff_sibling").post("/v1/feedback", body.clone());
    assert_eq!(sibling.status, 404);
    let id = town.make("said", "staff", "/v1/feedback", body);
    assert_eq!(listed(&town, "volunteer", "?own=true").len(), 1, "it is the member's");
    let answer = json!({ "answer": "下周换" });
    assert_eq!(step(&town, "staff", &id, "answer", answer.clone()), (403, "same_person".into()));
    assert_eq!(step(&town, "staff_two", &id, "answer", answer).0, 204);
    let told = town.as_role("volunteer").get("/v1/messages").ok(200);
    assert_eq!(told["items"].as_array().unwrap()[0]["title"], "您的投诉建议有了答复");
    town.verify_and_stop();
}

#[test]
fn on_pages_it_is_written_answered_and_closed() {
    let town = Town::new();
    let volunteer = Browser::signed_in(&town, "volunteer");
    let page = volunteer.get("/feedback").is(200).says("写下来");
    volunteer.post(&page, "/feedback", &[("kind", "complaint"), ("feedback_words", "")]).is(422);
    let form = [("kind", "complaint"), ("feedback_words", "周末没有人开门")];
    let given = volunteer.post(&page, "/feedback", &form).is(200).says("周末没有人开门").says("最晚答复");
    let path = given.path.split('?').next().unwrap().to_owned();
    let staff = Browser::signed_in(&town, "staff");
    staff.get("/staff").is(200).says("投诉建议待答复");
    staff.get("/staff/feedback").is(200).says("2026-000001");
    let desk = format!("/staff{path}");
    let page = staff.get(&desk).is(200);
    staff.post(&page, &desk, &[("step", "answer_feedback"), ("answer", "")]).is(422);
    staff.post(&page, &desk, &[("step", "answer_feedback"), ("answer", "已安排")]).is(200).says("已答复");
    let page = volunteer.get(&path).is(200).says("已安排").says("满意，办完了");
    volunteer.post(&page, &path, &[("step", "close_feedback")]).is(200).says("这件事办完了");
    town.verify_and_stop();
}

//! Signing up on pages: a volunteer with a risk to read, a list of the group chat, and who has not come yet.

use crate::support::browser::Browser;
use crate::support::service::{FROM, TO, activity, published};
use crate::support::town::{Town, with};
use serde_json::json;

fn risky(town: &Town, seats: i64) -> String {
    let more = json!({ "seats": seats, "risk": "登高", "insurance": "示例保险", "policy_number": "P-1" });
    published(town, "sweeping", with(activity(town, "community", FROM, TO), more))
}

#[test]
fn a_volunteer_reads_the_risk_signs_up_and_gives_the_place_back() {
    let town = Town::new();
    let path = format!("/events/{}", risky(&town, 2));
    let lin = Browser::signed_in(&town, "volunteer");
    let page = lin.get(&path).is(200).says("还有 2 个，共 2 个").says("我要报名");
    let refused = lin.post(&page, &path, &[("step", "sign_up")]).is(422).says("请先看风险");
    let page = lin.post(&refused, &path, &[("step", "sign_up"), ("agrees_to_risk", "1")]).is(200);
    let page = page.says("已报名").says("还有 1 个").says("确认退出报名");
    assert!(!page.has("我要报名"));
    assert!(lin.get("/events").has("已报名"));
    let page = lin.post(&page, &path, &[("step", "withdraw_sign_up")]).is(200).says("我要报名");
    assert!(!page.has("退出报名"));
    // Once more, from a page that is out of date: the place is free already.
    lin.post(&page, &path, &[("step", "withdraw_sign_up")]).is(200).says("我要报名");
}

#[test]
fn staff_sign_a_list_of_the_group_chat_up_and_see_who_has_not_come() {
    let town = Town::new();
    let id = risky(&town, 2);
    let staff = Browser::signed_in(&town, "staff");
    let path = format!("/staff/activities/{id}/sign-ups");
    let page = staff.get(&path).is(200).says("还没有人报名");
    staff.post(&page, &path, &[("step", "list"), ("names", "")]).is(422);
    let names = "#接龙\n1. 林示例\n2. 王示例\n3. 赵示例\n4. 没有此人";
    let fields = [("step", "list"), ("names", names), ("agrees_to_risk", "1")];
    let page = staff.post(&page, &path, &fields).is(200);
    let page = page.says("已报名 2 人，候补 1 人").says("候补第 1 位").says("没有此人");
    let sign_up = page.hidden("sign_up");
    let page = staff.post(&page, &path, &[("step", "withdraw_sign_up"), ("sign_up", &sign_up)]).is(200);
    page.says("已报名 2 人，候补 0 人");
    town.at("2026-03-02T08:50");
    let path = format!("/staff/activities/{id}/attendance");
    let page = staff.get(&path).is(200).says("报了名，还没到").says("王示例").says("赵示例");
    let member = page.hidden("member");
    let page = staff.post(&page, &path, &[("step", "chosen"), ("member", &member)]).is(200);
    assert_eq!(page.html.matches("value=\"chosen\"").count(), 1, "{}", page.html);
}

#[test]
fn a_volunteer_signs_in_by_the_link_of_the_leaders_picture() {
    let town = Town::new();
    let id = risky(&town, 2);
    town.at("2026-03-02T09:10");
    let leader = Browser::signed_in(&town, "team_leader");
    leader.get(&format!("/staff/activities/{id}/poster")).is(200).says("扫一次");
    let page = leader.get(&format!("/staff/activities/{id}/code")).is(200).says("签到码");
    let shown = page.html.split("class=\"digits n\"").nth(1).unwrap().split("</p>").next().unwrap();
    let code: String = shown.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(code.len(), 8, "{shown}");
    let lin = Browser::signed_in(&town, "volunteer");
    lin.get(&format!("/events/{id}")).is(200).says("我到了，自助签到");
    let path = format!("/events/{id}/check-in");
    let page = lin.get(&format!("{path}?code={code}")).is(200).says(&format!("value=\"{code}\""));
    lin.post(&page, &path, &[("code", "")]).is(422);
    let page = lin.post(&page, &path, &[("code", &code)]).is(200).says("已签到").says("签退");
    town.at("2026-03-02T10:10");
    let old = lin.post(&page, &path, &[("code", &code)]).is(422);
    let old = old.says("签到码不对");
    assert!(old.html.contains(&code), "what was typed stays");
    let poster = leader.get(&format!("/staff/activities/{id}/poster"));
    let shown = poster.html.split("class=\"digits n\"").nth(1).unwrap().split("</p>").next().unwrap();
    // As people type it, with the blank.
    let typed = shown.trim_start_matches('>').trim();
    lin.post(&page, &path, &[("code", typed)]).is(200).says("1 小时");
}

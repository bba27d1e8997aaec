//! Certificates on pages: issued and printed by the member, at the desk, checked by everyone; a correction asked for; an
//! export.

use crate::support::browser::Browser;
use crate::support::service::*;
use crate::support::town::Town;
use serde_json::json;

fn served(town: &Town) {
    standing(town, "post");
    town.at("2026-03-02T12:00");
    approved(town, "one", record(town, "post", "lin", FROM, TO));
    town.at("2026-03-06T08:00");
    assert_eq!(town.finalise(), 1);
}

fn stranger(town: &Town) -> Browser {
    Browser::new(town.web.address())
}

#[test]
fn a_member_issues_prints_and_reveals_the_own_number_only() {
    let town = Town::new();
    let lin = Browser::signed_in(&town, "volunteer");
    let page = lin.get("/me/certificates").is(200).says("还没有开过证明");
    lin.post(&page, "/me/certificates", &[]).is(422).says("还没有可以证明的服务");
    served(&town);
    let body = json!({ "id_number": "110101199003070011" });
    let version = town.as_role("staff").get(&format!("/v1/members/{}", town.id("lin"))).ok(200)["version"]
        .as_i64()
        .unwrap();
    let path = format!("/v1/members/{}", town.id("lin"));
    assert_eq!(town.as_role("staff").patch(&path, version, body).status, 200);
    let page = lin.get("/me/certificates").is(200);
    let page =
        lin.post(&page, "/me/certificates", &[("from", "2026-03-05"), ("until", "2026-03-01")]).is(422);
    let page = page.says("起止日期颠倒");
    let page = lin.post(&page, "/me/certificates", &[]).is(200).says("兹证明林示例").says("邻里守望岗");
    assert!(page.has("1101**********0011") && !page.has("110101199003070011"));
    let path = page.path.clone();
    let shown = lin.post(&page, &path, &[("step", "reveal_id_number")]).is(200);
    assert!(shown.has("110101199003070011"));
    let anew = lin.post(&page, &path, &[("step", "reissue_certificate")]).is(200).says("本证明代替");
    assert_ne!(anew.path, path);
    lin.get(&path).is(200).says("已换发");
    town.verify_and_stop();
}

#[test]
fn everyone_checks_by_the_picture_or_by_typing_and_a_wrong_code_says_what_to_do() {
    let town = Town::new();
    served(&town);
    let made = town.as_role("volunteer").post("/v1/certificates", json!({})).ok(201);
    let (number, code) = (made["number"].as_str().unwrap(), made["check_code"].as_str().unwrap());
    let anyone = stranger(&town);
    anyone.get("/certificates/t").is(200).says("核验服务记录证明");
    anyone.get("/certificates/elsewhere").is(404);
    let at = |number: &str, code: &str| format!("/certificates/t?certificate={number}&check_code={code}");
    let page = anyone.get(&at(number, code)).is(200).says("有效").says("林**").says("示例社区");
    assert!(!page.has("林示例"));
    anyone.get(&at("20260000001", "0000%200000-0000")).is(404).says("没有查到这份证明");
    anyone.get(&at("nonsense", "")).is(422).says("核验码");
    act(&town, "reviewer_two", "one", "reverse", because()).ok(201);
    anyone.get(&at(number, code)).is(200).says("已作废").says("有更正");
    town.verify_and_stop();
}

#[test]
fn staff_issue_with_a_remark_revoke_with_a_reason_and_reach_no_further() {
    let town = Town::new();
    served(&town);
    let staff = Browser::signed_in(&town, "staff");
    let path = format!("/staff/people/{}/certificates", town.id("lin"));
    let page = staff.get(&path).is(200);
    let page = staff.post(&page, &path, &[("remark", "用于<b>评优</b>")]).is(200).says("用于&#60;b&#62;评优");
    let one = page.path.clone();
    let refused = staff.post(&page, &one, &[("step", "revoke_certificate"), ("reason", "")]).is(422);
    let fields = [("step", "revoke_certificate"), ("reason", "写错了姓名")];
    staff.post(&refused, &one, &fields).is(200).says("这份证明已作废").says("写错了姓名");
    let sibling = Browser::signed_in(&town, "staff_sibling");
    sibling.get(&one).is(404);
    sibling.get(&path).is(404);
    let reviewer = Browser::signed_in(&town, "reviewer");
    assert!(!reviewer.get(&one).is(200).has("核验码"), "who does not issue has no code");
    town.verify_and_stop();
}

#[test]
fn a_correction_is_asked_for_in_words_and_waits_at_the_desk() {
    let town = Town::new();
    served(&town);
    let path = format!("/me/hours/{}", town.id("one"));
    let lin = Browser::signed_in(&town, "volunteer");
    let page = lin.get(&path).is(200).says("申请更正");
    lin.post(&page, &path, &[("step", "ask_for_correction"), ("reason", "")]).is(422);
    let fields = [("step", "ask_for_correction"), ("reason", "我是 12 点才走的")];
    let page = lin.post(&page, &path, &fields).is(200).says("我是 12 点才走的");
    assert!(!page.has("value=\"ask_for_correction\""), "it waits");
    let reviewer = Browser::signed_in(&town, "reviewer_two");
    reviewer.get("/staff").is(200).says("申请更正");
    let list = reviewer.get("/staff/records?state=&asked=1").is(200).says("林示例");
    let path = format!("/staff/records/{}", town.id("one"));
    assert!(list.has(&path));
    let page = reviewer.get(&path).is(200).says("我是 12 点才走的");
    let fields = [("step", "uphold_objection"), ("decision", "已核对")];
    reviewer.post(&page, &path, &fields).is(409).says("先撤销这条记录");
    let fields = [("step", "dismiss_objection"), ("decision", "签到表是 11 点")];
    reviewer.post(&page, &path, &fields).is(200).says("签到表是 11 点");
    assert!(!reviewer.get("/staff").has("申请更正"));
    town.verify_and_stop();
}

#[test]
fn an_export_is_a_file_and_whole_numbers_need_a_reason() {
    let town = Town::new();
    served(&town);
    let staff = Browser::signed_in(&town, "staff");
    let page = staff.get("/staff/export").is(200).says("导出服务记录");
    let days = [("from", "2026-03-01"), ("until", "2026-03-06"), ("form", "csv")];
    let file = staff.post(&page, "/staff/export", &days).is(200).says("邻里守望岗").says("林示例");
    assert!(file.answer.header("content-disposition").unwrap().contains(".csv"));
    let whole = [("from", "2026-03-01"), ("until", "2026-03-06"), ("whole_numbers", "1"), ("reason", "")];
    staff.post(&page, "/staff/export", &whole).is(422).says("原因");
    Browser::signed_in(&town, "reviewer").get("/staff/export").is(403);
    town.verify_and_stop();
}

//! Giving on pages: a masked name before anything moves, faults beside the form, once under its key.

use crate::support::browser::Browser;
use crate::support::shops::donate;
use crate::support::town::Town;
use serde_json::json;

fn town() -> (Town, String) {
    let town = Town::new();
    donate(&town, "lin", 20);
    town.open_user("wang", json!({ "member": town.id("wang") }), "volunteer", "compound");
    let wang = town.as_role("staff").get(&format!("/v1/members/{}", town.id("wang"))).ok(200);
    let number = wang["number"].as_str().unwrap().to_owned();
    (town, number)
}

/// The administrator opens all gifts, on the page.
fn open(town: &Town) {
    let administrator = Browser::signed_in(town, "administrator");
    let (page, other) = (administrator.get("/admin/gifts").is(200), administrator.get("/admin/gifts"));
    let version = page.hidden("version");
    let fields = [
        ("version", version.as_str()),
        ("gifts_family", "1"),
        ("gifts_neighbour", "1"),
        ("gifts_donation", "1"),
        ("gift_points_a_day", "20"),
        ("gift_points_a_person", "30"),
    ];
    administrator.post(&page, "/admin/gifts", &fields).is(200).says("赠送设置已保存");
    administrator.post(&other, "/admin/gifts", &fields).is(412);
}

#[test]
fn a_gift_is_checked_by_a_masked_name_and_made_once() {
    let (town, number) = town();
    let lin = Browser::signed_in(&town, "volunteer");
    lin.get("/me/gifts").is(200).says("没有开放赠送");
    open(&town);
    lin.get(&format!("/me/gifts?to={number}")).is(200).says(&number).says("每天最多赠 20 分");
    let before = town.head();
    let check = lin.get(&format!("/me/gifts/check?number={number}&points=4")).is(200).says("王**");
    assert_eq!(town.head(), before);
    let fields = [("number", number.as_str()), ("points", "4")];
    let done = lin.post(&check, "/me/gifts/check", &fields).is(200).says("赠送成功").says("赠给邻居王**");
    lin.post(&check, "/me/gifts/check", &fields).is(200);
    assert_eq!(town.balance("wang", "POINT"), "4.00");
    assert!(!done.has("王示例"));
    lin.get("/me/passbook").is(200).says("赠给邻居王**");
    let wang = Browser::signed_in(&town, "wang");
    wang.get("/me/passbook").is(200).says("邻居林**赠来");
    let desk = Browser::signed_in(&town, "staff");
    desk.get("/staff/gifts").is(200).says("林示例 → 王示例").says("/staff/gifts?format=csv");
    let sheet = desk.get("/staff/gifts?format=csv").is(200).says("林示例").says("王示例");
    assert!(sheet.html.starts_with("\u{feff}"), "{}", sheet.html);
    assert!(!sheet.has("<main") && !sheet.has("T0"), "times as on the page: {}", sheet.html);
    town.verify_and_stop();
}

#[test]
fn what_is_wrong_is_said_beside_the_form() {
    let (town, number) = town();
    open(&town);
    let lin = Browser::signed_in(&town, "volunteer");
    let wrong = lin.get("/me/gifts/check?number=999999999&points=1").is(404).says("id=\"number-fault\"");
    assert!(wrong.has("value=\"999999999\"") && wrong.has("value=\"1\""), "what was typed stays");
    lin.get(&format!("/me/gifts/check?number={number}&points=")).says("积分");
    let check = lin.get(&format!("/me/gifts/check?number={number}&points=25")).is(200);
    let fields = [("number", number.as_str()), ("points", "25")];
    lin.post(&check, "/me/gifts/check", &fields).is(422).says("超过每天的赠送上限");
    town.verify_and_stop();
}

#[test]
fn a_pool_is_filled_and_given_out_on_pages() {
    let (town, _) = town();
    open(&town);
    let lin = Browser::signed_in(&town, "volunteer");
    let check = lin.get("/me/gifts/check?pool=1&points=6").is(200).says("互助积分池");
    lin.post(&check, "/me/gifts/check", &[("pool", "1"), ("points", "6")]).is(200).says("赠入互助积分池");
    let staff = Browser::signed_in(&town, "staff");
    let page = staff.get("/staff/gifts").is(200).says("6");
    let keeper = town.as_role("staff").get(&format!("/v1/members/{}", town.id("keeper"))).ok(200);
    let number = keeper["number"].as_str().unwrap();
    let fields = [("number", number), ("points", "5"), ("reason", "家里有人住院")];
    staff.post(&page, "/staff/gifts", &fields).is(200).says("等第二个人复核");
    let reviewer = Browser::signed_in(&town, "reviewer");
    reviewer.get("/staff/proposals").is(200).says("互助积分池发放").says("家里有人住院");
    town.verify_and_stop();
}

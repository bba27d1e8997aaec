//! The page of messages, and the list on paper for those without a log-in.

use crate::support::browser::Browser;
use crate::support::town::Town;
use crate::support::web::BANK;
use serde_json::json;

fn tell(town: &Town) {
    town.runtime.block_on(town.web.services.tell_what_is_new(BANK)).unwrap();
}

fn award(town: &Town, member: &str) {
    let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "goods-donation",
        "quantity": "60" });
    town.as_role("staff").post("/v1/awards", body).ok(201);
}

#[test]
fn messages_are_read_and_marked_as_read() {
    let town = Town::new();
    tell(&town);
    let lin = Browser::signed_in(&town, "volunteer");
    lin.get("/messages").is(200).says("还没有消息");
    award(&town, "lin");
    tell(&town);
    lin.get("/me").is(200).says("您有 1 条新消息");
    let page = lin.get("/messages").is(200).says("您存入了 6 分").says("今天").says("未读").says("1 条没读");
    let newest = page.hidden("until");
    lin.post(&page, "/messages", &[("until", "nonsense")]).is(422);
    let page = lin.post(&page, "/messages", &[("until", &newest)]).is(200).says("都读过了");
    assert!(!page.has("未读"));
    assert!(!lin.get("/me").has("新消息"));
    town.at("2026-04-02T08:00");
    Browser::signed_in(&town, "volunteer").get("/messages").is(200).says("2026年3月");
}

#[test]
fn who_has_no_log_in_gets_messages_on_paper() {
    let town = Town::new();
    tell(&town);
    let staff = Browser::signed_in(&town, "staff");
    staff.get("/staff/messages/print").is(200).says("没有要打印的消息");
    award(&town, "wang");
    award(&town, "lin");
    tell(&town);
    let page = staff.get("/staff/messages/print").is(200).says("王示例").says("您存入了 6 分");
    assert!(!page.has("林示例"), "who can sign in reads them there");
    let sibling = Browser::signed_in(&town, "staff_sibling");
    assert!(!sibling.get("/staff/messages/print").is(200).has("王示例"));
    town.at("2026-03-10T08:00");
    staff.get("/staff/messages/print").is(200).says("没有要打印的消息");
}

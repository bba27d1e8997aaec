//! A new shop: applied for, decided by others, and opened with its rate and a log-in for its owner.

use crate::support::browser::Browser;
use crate::support::town::Town;
use crate::support::web::Answer;
use serde_json::{Value, json};

fn ask() -> Value {
    json!({ "name": "示例修鞋铺", "model": "community_fund", "address": "示例路 8 号",
        "credit_code": "92000000MA0E8AMP10", "goods": "修鞋，每天 9:00 到 17:00" })
}

fn step(town: &Town, who: &str, id: &str, step: &str, body: Value) -> Answer {
    town.as_role(who).post(&format!("/v1/shop-applications/{id}/{step}"), body)
}

fn read(town: &Town, who: &str, id: &str) -> Value {
    town.as_role(who).get(&format!("/v1/shop-applications/{id}")).ok(200)
}

fn told(town: &Town, who: &str) -> Vec<String> {
    let page = town.as_role(who).get("/v1/messages").ok(200);
    page["items"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_volunteer_applies_and_an_administrator_opens_it_with_its_rate() {
    let town = Town::new();
    let id = town.make("application", "volunteer", "/v1/shop-applications", ask());
    let seen = read(&town, "staff", &id);
    assert_eq!((&seen["state"], &seen["org_name"]), (&json!("applied"), &json!("示例社区")), "{seen}");
    assert_eq!(step(&town, "administrator", &id, "approve", json!({})).code(), "rate_missing");
    assert_eq!(step(&town, "reviewer", &id, "approve", json!({ "rate_fen": "40" })).status, 403);
    assert_eq!(step(&town, "administrator", &id, "approve", json!({ "rate_fen": "40" })).status, 204);
    let seen = read(&town, "volunteer", &id);
    assert_eq!(seen["state"], "approved");
    let shops = town.as_role("administrator").get("/v1/merchants").ok(200);
    let opened = shops["items"].as_array().unwrap().iter().find(|row| row["id"] == seen["merchant"]).unwrap();
    let said = (&opened["name"], &opened["rate_fen"], &opened["state"]);
    assert_eq!(said, (&json!("示例修鞋铺"), &json!("40"), &json!("open")));
    assert!(told(&town, "volunteer").contains(&"您申请的商家开好了".to_owned()));
    assert_eq!(
        step(&town, "administrator", &id, "approve", json!({ "rate_fen": "40" })).code(),
        "wrong_state"
    );
    town.verify_and_stop();
}

#[test]
fn it_is_decided_by_others_than_those_who_ask_and_with_a_reason() {
    let town = Town::new();
    let mut for_lin = ask();
    for_lin["owner_member"] = json!(town.id("lin"));
    let id = town.make("application", "staff", "/v1/shop-applications", for_lin.clone());
    town.open_user("lin_admin", json!({ "member": town.id("lin") }), "administrator", "community");
    town.grant("staff", "administrator", "community");
    let rate = json!({ "rate_fen": "40" });
    assert_eq!(step(&town, "lin_admin", &id, "approve", rate.clone()).code(), "for_oneself");
    assert_eq!(step(&town, "staff", &id, "approve", rate).code(), "same_person");
    assert_eq!(step(&town, "administrator", &id, "decline", json!({})).status, 400);
    let why = json!({ "reason": "请补营业执照" });
    assert_eq!(step(&town, "administrator", &id, "decline", why).status, 204);
    assert_eq!(read(&town, "volunteer", &id)["reason"], "请补营业执照");
    assert!(told(&town, "volunteer").contains(&"您申请的商家没有同意".to_owned()));
    // Nobody else learns of it, and staff apply for their own members alone.
    town.open_user("wang_user", json!({ "member": town.id("wang") }), "volunteer", "compound");
    assert_eq!(town.as_role("wang_user").get(&format!("/v1/shop-applications/{id}")).status, 404);
    assert_eq!(town.as_role("staff_sibling").get(&format!("/v1/shop-applications/{id}")).status, 404);
    assert_eq!(town.as_role("staff_sibling").post("/v1/shop-applications", for_lin).status, 404);
    town.verify_and_stop();
}

#[test]
fn three_wait_at_a_time_and_one_is_taken_back() {
    let town = Town::new();
    let apply = || town.as_role("volunteer").post("/v1/shop-applications", ask());
    let ids: Vec<String> = (0..3).map(|_| apply().ok(201)["id"].as_str().unwrap().to_owned()).collect();
    let refused = apply();
    assert_eq!((refused.status, refused.code()), (409, "shop_applications_wait".into()));
    assert_eq!(step(&town, "staff", &ids[0], "withdraw", json!({})).status, 404);
    assert_eq!(step(&town, "volunteer", &ids[0], "withdraw", json!({})).status, 204);
    apply().ok(201);
    let listed = |who: &str, query: &str| {
        let page = town.as_role(who).get(&format!("/v1/shop-applications{query}")).ok(200);
        page["items"].as_array().unwrap().len()
    };
    assert_eq!((listed("volunteer", ""), listed("staff", "?state=applied")), (4, 3));
    assert_eq!((listed("staff", "?own=true"), listed("staff_sibling", "")), (0, 0));
    for (member, value) in [("credit_code", "92000000MA0E8AMP17"), ("model", "gift"), ("goods", "")] {
        let mut wrong = ask();
        wrong[member] = json!(value);
        assert_eq!(town.as_role("volunteer").post("/v1/shop-applications", wrong).status, 400, "{member}");
    }
    town.verify_and_stop();
}

/// On the page of the shop.
fn the_owner_gets_a_log_in(town: &Town, desk: &Browser) {
    let all = town.as_role("administrator").get("/v1/merchants").ok(200)["items"].clone();
    let shop = all.as_array().unwrap().iter().find(|row| row["name"] == "示例修鞋铺").unwrap()["id"].clone();
    let shop = format!("/admin/shops/{}", shop.as_str().unwrap());
    let page = desk.get(&shop).is(200).says("给店主开商家登录");
    let form = |password: &'static str| {
        [("act", "owner"), ("name", "林示例"), ("login", "cobbler"), ("password", password)]
    };
    desk.post(&page, &shop, &form("")).is(422);
    desk.post(&page, &shop, &form("修鞋铺的口令要长一点才行，请记好它")).is(200).says("角色已授予");
}

#[test]
fn on_pages_it_is_applied_for_decided_and_read() {
    let town = Town::new();
    let volunteer = Browser::signed_in(&town, "volunteer");
    volunteer.get("/shops").is(200).says("/me/shop-applications");
    let page = volunteer.get("/me/shop-applications").is(200);
    let form = [
        ("title", "示例修鞋铺"),
        ("address", "示例路 8 号"),
        ("model", "community_fund"),
        ("offered", "修鞋"),
        ("credit_code", "92000000MA0E8AMP17"),
    ];
    volunteer.post(&page, "/me/shop-applications", &form).is(422).says("统一社会信用代码");
    let made = volunteer.post(&page, "/me/shop-applications", &form[..4]).is(200).says("收到了");
    let own = made.path.split('?').next().unwrap().to_owned();
    let desk = Browser::signed_in(&town, "administrator");
    desk.get("/admin").is(200).says("1 份商家申请等您答复");
    let path = own.replace("/me/shop-applications", "/admin/shops/applications");
    let page = desk.get(&path).is(200).says("示例路 8 号");
    desk.post(&page, &path, &[("step", "approve_shop"), ("rate_fen", "")]).is(422).says("没有写单价");
    desk.post(&page, &path, &[("step", "decline_shop"), ("reason", "")]).is(422);
    desk.post(&page, &path, &[("step", "approve_shop"), ("rate_fen", "40")]).is(200).says("商家开好了");
    the_owner_gets_a_log_in(&town, &desk);
    volunteer.get(&own).is(200).says("已批准").says("/shops/");
    let staff = Browser::signed_in(&town, "staff");
    let page = staff.get("/admin/shops/applications").is(200).says("代居民申请");
    let number =
        town.as_role("staff").get(&format!("/v1/members/{}", town.id("wang"))).ok(200)["number"].clone();
    let form = [&form[..4], &[("member_number", number.as_str().unwrap())]].concat();
    staff.post(&page, "/admin/shops/applications", &form).is(200).says("收到了").says("撤回申请");
    town.verify_and_stop();
}

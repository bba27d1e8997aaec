//! Finding people at the desk, and households.

use crate::support::browser::Browser;
use crate::support::town::Town;
use jianxian::services::Call;
use serde_json::json;

#[test]
fn people_are_found_by_the_initials_of_their_names() {
    let town = Town::new();
    let staff = Browser::signed_in(&town, "staff");
    let page = staff.get("/staff/people").is(200);
    let lin = format!("/staff/people/{}", town.id("lin"));
    for typed in ["lsl", "LSL", "林s", "林sl"] {
        assert_eq!(staff.post(&page, "/staff/people", &[("q", typed)]).is(200).path, lin, "{typed}");
    }
    staff.get("/staff/people?q=s").is(200).says("没有找到");
    let sun = town.as_role("staff").get("/v1/members?initials=ssl").ok(200);
    assert_eq!(sun["items"], json!([]), "a member out of reach is not found");
    let found = town.as_role("staff").get("/v1/members?initials=ws").ok(200);
    assert_eq!(found["items"][0]["name"], "王示例");
    let changed = json!({ "name": "单示例" });
    let path = format!("/v1/members/{}", town.id("wang"));
    town.as_role("staff").patch(&path, 1, changed).ok(200);
    let found = town.as_role("staff").get("/v1/members?initials=ssl").ok(200);
    assert_eq!(found["items"][0]["name"], "单示例");
    assert_eq!(town.as_role("staff").get("/v1/members?initials=S%20L").status, 400);
}

#[test]
fn a_member_sees_the_own_household_with_masked_names_and_the_shared_passbook() {
    let town = Town::new();
    town.open_user("at_home", json!({ "member": town.id("wang") }), "volunteer", "compound");
    let award = json!({ "member": town.id("household"), "scheme": town.id("scheme"), "item": "tidy-yard" });
    town.as_role("staff").post("/v1/awards", award).ok(201);
    let page = Browser::signed_in(&town, "at_home").get("/me/household").is(200);
    let page = page.says("王示例").says("赵**");
    assert!(!page.has("赵示例") && !page.has("示例户"), "{}", page.html);
    let own = town.as_role("at_home").get("/v1/me/household").ok(200);
    assert_eq!(own["people"].as_array().unwrap().len(), 2);
    Browser::signed_in(&town, "volunteer").get("/me/household").is(200).says("还没有登记家庭户");
    assert_eq!(town.as_role("volunteer").get("/v1/me/household").status, 404);
}

#[test]
fn staff_add_and_remove_people_of_a_household_and_change_its_head() {
    let town = Town::new();
    let staff = Browser::signed_in(&town, "staff");
    let list = staff.get("/staff/households").is(200).says("示例户");
    let path = format!("/staff/households/{}", town.id("household"));
    assert_eq!(staff.post(&list, "/staff/households", &[("q", "slh")]).is(200).path, path);
    let page = staff.get(&path).is(200).says("王示例");
    let lin = town.as_role("staff").get(&format!("/v1/members/{}", town.id("lin"))).ok(200);
    let number = lin["number"].as_str().unwrap();
    let page =
        staff.post(&page, &path, &[("act", "add"), ("member_number", number)]).is(200).says("已加到这一户");
    assert!(page.has("林示例"), "{}", page.html);
    let (act, person) = (("act", "head"), town.id("lin"));
    let page =
        staff.post(&page, &path, &[act, ("person", &person), ("version", "1")]).is(200).says("户主已换好");
    assert!(page.html.split_once("<h1>").unwrap().1.starts_with("林示例"), "{}", page.html);
    let stale = staff.post(&page, &path, &[act, ("person", &person), ("version", "1")]);
    assert_eq!(stale.status, 412);
    let page = staff.post(&page, &path, &[("act", "remove"), ("person", &person)]).is(200).says("已移出");
    assert!(!page.has(&format!("href=\"/staff/people/{person}\"")), "{}", page.html);
    let unknown = staff.post(&page, &path, &[("act", "add"), ("member_number", "000")]);
    assert_eq!(unknown.status, 404);
    let reviewer = Browser::signed_in(&town, "reviewer").get(&path).is(200);
    assert!(!reviewer.has("name=\"act\""), "a reviewer changes nothing");
}

#[test]
fn points_that_expire_come_with_goods_of_a_shop_nearby() {
    let town = Town::new();
    let actor = town.runtime.block_on(town.web.services.actor(&town.token("volunteer")));
    let call = Call::of(actor.unwrap().as_ref().clone());
    let lin = town.id("lin").parse().unwrap();
    let worth = |points: i64| {
        let worth = town.runtime.block_on(town.web.services.worth(&call, lin, points)).unwrap();
        worth.map(|worth| (worth.goods, worth.pieces, worth.shop))
    };
    assert_eq!(worth(4_99), None);
    assert_eq!(worth(14_99), Some(("示例大米".into(), 2, "示例超市".into())));
    assert_eq!(worth(90_000), Some(("示例大米".into(), 20, "示例超市".into())), "no more than there are");
    let wang = town.id("wang").parse().unwrap();
    assert!(town.runtime.block_on(town.web.services.worth(&call, wang, 14_99)).is_err());
}

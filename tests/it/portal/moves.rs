//! Asking for a move, from the community that is left and from the new one.

use crate::support::browser::Browser;
use crate::support::town::Town;

#[test]
fn the_old_community_asks_by_the_code_of_the_new_one_and_the_new_one_agrees() {
    let town = Town::new();
    let (old, new) = (Browser::signed_in(&town, "staff"), Browser::signed_in(&town, "staff_sibling"));
    let path = format!("/staff/people/{}/move", town.id("lin"));
    let page = old.get(&path).is(200).says("示例社区").says("申请迁出 1 人");
    old.post(&page, &path, &[("org", ""), ("org_code", "")]).is(422).says("id=\"org_code-fault\"");
    old.post(&page, &path, &[("org", ""), ("org_code", "nowhere")]).is(404);
    let page = old.get(&path);
    let page = old.post(&page, &path, &[("org", ""), ("org_code", "sibling")]).is(200);
    assert_eq!(page.says("已送给对方社区").path, "/staff/moves?done=asked");
    let page = old.get(&path);
    // It is asked for already.
    old.post(&page, &path, &[("org", ""), ("org_code", "sibling")]).is(409);
    let page = new.get("/staff/moves").is(200);
    let proposal = page.hidden("proposal");
    let fields = [("proposal", proposal.as_str()), ("step", "approve_move")];
    new.post(&page, "/staff/moves", &fields).is(200);
    new.get(&format!("/staff/people/{}", town.id("lin"))).is(200).says("邻近社区");
}

#[test]
fn the_new_community_names_who_comes_and_is_not_told_where_they_live() {
    let town = Town::new();
    let (old, new) = (Browser::signed_in(&town, "staff"), Browser::signed_in(&town, "staff_sibling"));
    let page = new.get("/staff/moves/new").is(200).says("申请迁入 1 人");
    let sibling = town.id("sibling");
    let nobody =
        [("name", "林示例"), ("number", ""), ("phone", ""), ("id_number", ""), ("org", sibling.as_str())];
    new.post(&page, "/staff/moves/new", &nobody).is(422).says("id=\"number-fault\"");
    let wrong = [
        ("name", "别的人"),
        ("number", ""),
        ("phone", "13800000001"),
        ("id_number", ""),
        ("org", sibling.as_str()),
    ];
    new.post(&page, "/staff/moves/new", &wrong).is(404);
    let right = [
        ("name", "林示例"),
        ("number", ""),
        ("phone", "13800000001"),
        ("id_number", ""),
        ("org", sibling.as_str()),
    ];
    let page = new.get("/staff/moves/new");
    let page = new.post(&page, "/staff/moves/new", &right).is(200).says("已送给对方社区");
    assert!(!page.has("示例社区") && !page.has("林示例"), "{}", page.html);
    old.get("/staff/moves").is(200).says("林示例").says("同意");
}

//! From the volunteer's code to the shop's receipt, and back.

use crate::support::browser::Browser;
use crate::support::town::Town;
use serde_json::json;

/// A town whose volunteer has points.
fn town() -> Town {
    let town = Town::new();
    let body = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "honour-street" });
    town.as_role("staff").post("/v1/awards", body).ok(201);
    town
}

/// The eight digits of the page with the code.
fn digits(html: &str) -> String {
    let (_, rest) = html.split_once("class=\"digits n\">").unwrap();
    let (_, rest) = rest.split_once("</span>").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

#[test]
fn a_code_is_shown_claimed_and_redeemed_once_however_often_the_button_is_pressed() {
    let town = town();
    let (volunteer, clerk) =
        (Browser::signed_in(&town, "volunteer"), Browser::signed_in(&town, "merchant_clerk"));
    let shown = volunteer.get("/me/code").is(200);
    assert_eq!(digits(&volunteer.get("/me/code").html), digits(&shown.html), "a reload shows the same code");
    let till = clerk.get("/shop").is(200);
    let goods = clerk.post(&till, "/shop", &[("code", &digits(&shown.html))]).is(200).says("示例大米");
    assert!(goods.path.starts_with("/shop/redeem/"), "{}", goods.path);
    assert!(!goods.has("林示例"), "a clerk sees the surname only");
    let check = clerk.get(&format!("{}/check?one={}", goods.path, town.id("rice"))).is(200);
    let check = check.says("确认兑换 5 分");
    let receipt = clerk.post(&check, &check.path, &[]).is(200).says("兑换成功").says("示例大米");
    // Pressed twice, or sent again by a reload.
    let again = clerk.post(&check, &check.path, &[]).is(200);
    assert_eq!(again.path, receipt.path);
    let used = volunteer.get("/me/code").is(200).says("已兑换 5 分");
    assert!(used.has("示例超市"), "{}", used.html);
    clerk.get("/shop/day").is(200).says("示例大米");
}

#[test]
fn goods_come_back_with_their_points() {
    let town = town();
    let (volunteer, clerk) =
        (Browser::signed_in(&town, "volunteer"), Browser::signed_in(&town, "merchant_clerk"));
    let shown = volunteer.get("/me/code");
    let goods = clerk.post(&clerk.get("/shop"), "/shop", &[("code", &digits(&shown.html))]);
    let two = format!("{}/check?pieces.{}=2", goods.path, town.id("rice"));
    let check = clerk.get(&two).says("确认兑换 10 分");
    let receipt = clerk.post(&check, &two, &[]).is(200).says("兑换成功");
    let rice = format!("pieces.{}", town.id("rice"));
    let back = clerk.post(&receipt, &receipt.path, &[("step", "refund_redemption"), (&rice, "1")]);
    back.is(200).says("部分退货");
    let none = clerk.get(&receipt.path);
    let none = clerk.post(&none, &receipt.path, &[("step", "refund_redemption"), (&rice, "0")]);
    none.is(422);
}

#[test]
fn a_wrong_code_is_refused_at_its_field_and_stays_typed() {
    let town = town();
    let clerk = Browser::signed_in(&town, "merchant_clerk");
    for typed in ["", "12", "00000000", "https://x/r/zz"] {
        let page = clerk.post(&clerk.get("/shop"), "/shop", &[("code", typed)]).is(422);
        assert!(
            page.has("role=\"alert\"") && page.has(&format!("value=\"{typed}\"")),
            "{typed}: {}",
            page.html
        );
    }
    // As an input method types them.
    clerk.post(&clerk.get("/shop"), "/shop", &[("code", "１２３４ ５６７８")]).is(422).says("没有找到这个码");
}

#[test]
fn the_link_of_a_code_changes_nothing_and_shows_nothing_to_others() {
    let town = town();
    let link = format!("/r/{}", "ab".repeat(16));
    let nobody = Browser::new(town.web.address()).get(&link).is(200).says("请到爱心商家出示");
    assert!(!nobody.has("林示例"));
    let clerk = Browser::signed_in(&town, "merchant_clerk").get(&link).is(200);
    assert!(clerk.has(&format!("value=\"{}\"", "ab".repeat(16))));
}

#[test]
fn many_goods_are_found_by_a_part_of_the_name_or_by_initials() {
    let town = town();
    for n in 1..=12 {
        let offer = json!({ "name": format!("示例毛巾 {n} 号"), "unit_points": "3", "stocked": false });
        let path = format!("/v1/merchants/{}/offers", town.id("shop"));
        town.make(&format!("towel{n}"), "merchant_owner", &path, offer);
    }
    let (volunteer, clerk) =
        (Browser::signed_in(&town, "volunteer"), Browser::signed_in(&town, "merchant_clerk"));
    let shown = volunteer.get("/me/code").is(200);
    let goods = clerk.post(&clerk.get("/shop"), "/shop", &[("code", &digits(&shown.html))]).is(200);
    let goods = goods.says("name=\"q\"").says("示例大米").says("示例毛巾 12 号");
    let tiles = |q: &str| {
        let query = form_urlencoded::byte_serialize(q.as_bytes()).collect::<String>();
        let page = clerk.get(&format!("{}?q={query}", goods.path)).is(200);
        page.html.matches("<button name=\"one\"").count()
    };
    assert_eq!((tiles("毛巾"), tiles("slmj"), tiles("１２")), (12, 12, 1));
    let none = clerk.get(&format!("{}?q=xyz", goods.path)).is(200).says("没有找到这样的商品");
    assert!(none.has(&format!("href=\"{}\"", goods.path)), "{}", none.html);
    Browser::signed_in(&town, "staff")
        .get(&format!("/staff/counter/{}/{}?q=dm", town.id("lin"), town.id("shop")))
        .is(200)
        .says("示例大米");
}

//! Points that are given back without the goods: stock and ledger of both ways, over HTTP and on the pages.

use crate::support::browser::Browser;
use crate::support::shops::{captured, cart, donate, stock};
use crate::support::town::Town;
use serde_json::json;

fn town() -> Town {
    let town = Town::new();
    donate(&town, "lin", 50);
    town
}

#[test]
fn goods_that_do_not_come_back_stay_off_the_shelf() {
    let town = town();
    let clerk = town.as_role("merchant_clerk");
    let path = format!("/v1/redemptions/{}/refund", captured(&town, &[("rice", 3), ("haircut", 1)]));
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("25.00".into(), 17));
    let lost = json!({ "lines": cart(&town, &[("rice", 1)]), "goods_back": false });
    let part = clerk.post(&path, lost).ok(201);
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("30.00".into(), 17));
    assert_eq!(
        (&part["redemption"]["state"], part["postings"].as_array().unwrap().len()),
        (&json!("part_refunded"), 1)
    );
    let back = json!({ "lines": cart(&town, &[("rice", 1)]), "goods_back": true });
    clerk.post(&path, back).ok(201);
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("35.00".into(), 18));
    // Without a list: all that is left.
    let rest = clerk.post(&path, json!({ "goods_back": false })).ok(201);
    assert_eq!(rest["redemption"]["state"], "refunded");
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("50.00".into(), 18));
    let more = json!({ "lines": cart(&town, &[("rice", 1)]) });
    town.refused(|_| clerk.post(&path, more), 422, "quantity_exceeds");
    town.verify_and_stop();
}

#[test]
fn handing_over_has_no_goods_that_come_back() {
    let town = town();
    let path = format!("/v1/redemptions/{}/capture", crate::support::shops::hold(&town, &[("rice", 1)]));
    let body = json!({ "goods_back": false });
    town.refused(|t| t.as_role("merchant_clerk").post(&path, body), 400, "field_unknown");
}

#[test]
fn a_shop_and_the_counter_say_what_became_of_the_goods() {
    let town = town();
    let shop = captured(&town, &[("rice", 2)]);
    let rice = format!("pieces.{}", town.id("rice"));
    let fields = |goods| [("step", "refund_redemption"), (rice.as_str(), "1"), ("goods", goods)];
    let clerk = Browser::signed_in(&town, "merchant_clerk");
    let path = format!("/shop/receipts/{shop}");
    let page = clerk.get(&path).is(200).says("货已退回货架").says("货没有退回，例如坏了");
    clerk.post(&page, &path, &fields("lost")).is(200).says("部分退货");
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("45.00".into(), 18));
    let staff = Browser::signed_in(&town, "staff");
    let path = format!("/staff/counter/receipts/{shop}");
    let page = staff.get(&path).is(200).says("货没有退回，例如坏了");
    staff.post(&page, &path, &fields("back")).is(200).says("已退货");
    assert_eq!((town.balance("lin", "POINT"), stock(&town, "rice")), ("50.00".into(), 19));
    town.verify_and_stop();
}

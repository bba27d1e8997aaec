//! Goods on the shelf: deliveries with donor and best-before date, batches that are handed out by date, two people for
//! what is worth it, differences and write-offs.

use crate::support::browser::Browser;
use crate::support::shops::{captured, donate, hold, stock};
use crate::support::town::Town;
use crate::support::web::{Answer, Web};
use proptest::prelude::*;
use serde_json::{Value, json};

fn town() -> Town {
    let town = Town::new();
    donate(&town, "lin", 100);
    town
}

fn sheets(town: &Town) -> String {
    format!("/v1/merchants/{}/goods-sheets", town.id("shop"))
}

fn deliver(town: &Town, who: &str, lines: Value) -> Answer {
    let body = json!({ "kind": "goods_in", "donor": "示例公司", "lines": lines });
    town.as_role(who).post(&sheets(town), body)
}

/// Pieces and best-before date of each batch of an offer, in the order in which they are handed out.
fn batches(town: &Town, offer: &str) -> Vec<(i64, Option<String>)> {
    let path = format!("/v1/merchants/{}/batches", town.id("shop"));
    let all = town.as_role("merchant_owner").get(&path).ok(200);
    let of = all["items"].as_array().unwrap().iter().filter(|one| one["offer"] == town.id(offer));
    of.map(|one| (one["pieces"].as_i64().unwrap(), one["best_before"].as_str().map(str::to_owned))).collect()
}

fn dated(pieces: i64, day: &str) -> (i64, Option<String>) {
    (pieces, Some(day.to_owned()))
}

/// The shop has a supervisor from goods worth 100 yuan on; `merchant_two` works there, too.
fn supervised() -> Town {
    let town = town();
    let body = json!({ "two_above": "100" });
    let path = format!("/v1/merchants/{}", town.id("shop"));
    assert_eq!(town.as_role("administrator").patch(&path, 1, body).status, 204);
    town.open_user("merchant_two", json!({ "merchant": town.id("shop") }), "merchant_owner", "community");
    town
}

#[test]
fn what_runs_out_first_is_handed_out_first_and_comes_back_into_its_batch() {
    let town = town();
    let rice = town.id("rice");
    let lines = json!([{ "offer": rice, "pieces": 4, "best_before": "2026-06-30" },
        { "offer": rice, "pieces": 3, "best_before": "2026-04-30" }]);
    deliver(&town, "merchant_owner", lines).ok(201);
    let whole = vec![dated(3, "2026-04-30"), dated(4, "2026-06-30"), (20, None)];
    assert_eq!((batches(&town, "rice"), stock(&town, "rice")), (whole.clone(), 27));
    let taken = captured(&town, &[("rice", 5)]);
    assert_eq!(batches(&town, "rice"), vec![dated(2, "2026-06-30"), (20, None)]);
    let path = format!("/v1/redemptions/{taken}/refund");
    town.as_role("merchant_clerk").post(&path, json!({})).ok(201);
    assert_eq!((batches(&town, "rice"), stock(&town, "rice")), (whole, 27));
    town.verify_and_stop();
}

/// Holds last a week: over best-before dates.
fn patient() -> Town {
    let mut config = Town::config();
    config.times.hold_seconds = 604_800;
    let town = Town::found_in(Web::start_with(config, |state| state));
    donate(&town, "lin", 100);
    town
}

#[test]
fn what_is_past_its_date_is_not_handed_out_and_waits_to_be_written_off() {
    let town = patient();
    let rice = town.id("rice");
    let lines = json!([{ "offer": rice, "pieces": 3, "best_before": "2026-03-03" }]);
    deliver(&town, "merchant_owner", lines).ok(201);
    let (kept, back) = (hold(&town, &[("rice", 1)]), captured(&town, &[("rice", 1)]));
    town.at("2026-03-04T08:00");
    assert_eq!(stock(&town, "rice"), 20, "one is set aside at once, one is on hold, one was taken");
    let path = format!("/v1/redemptions/{kept}");
    let clerk = town.as_role("merchant_clerk");
    let late = clerk.post(&format!("{path}/capture"), json!({}));
    assert_eq!((late.status, late.code()), (409, "goods_past_date".into()), "{late:?}");
    clerk.post(&format!("{path}/cancel"), json!({})).ok(200);
    // What comes back past its date comes back into its batch, and goes nowhere else.
    town.as_role("merchant_owner").post(&format!("/v1/redemptions/{back}/refund"), json!({})).ok(201);
    assert_eq!((stock(&town, "rice"), town.balance("lin", "POINT")), (20, "100.00".into()));
    Browser::signed_in(&town, "merchant_owner").get("/shop/goods").is(200).says("1 种商品有过期的");
    let off = |pieces: i64| {
        let lines = json!([{ "offer": rice, "pieces": pieces }]);
        let body = json!({ "kind": "write_off", "reason": "当面销毁", "lines": lines });
        town.as_role("merchant_owner").post(&sheets(&town), body)
    };
    let more = off(4);
    assert_eq!((more.status, more.code()), (422, "goods_not_past".into()), "{more:?}");
    assert_eq!(off(3).ok(201)["kind"], "write_off");
    assert_eq!((stock(&town, "rice"), batches(&town, "rice")), (20, vec![(20, None)]));
    town.verify_and_stop();
}

#[test]
fn a_delivery_of_forty_kinds_is_entered_in_one_form() {
    let town = town();
    let keeper = Browser::signed_in(&town, "merchant_owner");
    let path = "/shop/goods/sheets/new";
    let page = keeper.get(path).is(200);
    let line = |n: usize| format!("示例商品 {n}\t{}\t2026-{:02}-28\t{n}.50\t{n}", n + 1, n % 9 + 4);
    let lines: Vec<String> = (1..=40).map(line).collect();
    let more = ["示例大米\t两袋".to_owned(), "示例新品\t2".to_owned()];
    let wrong = [&lines[..], &more[..]].concat().join("\n");
    let fields = |lines: &str| {
        vec![
            ("kind", "goods_in".to_owned()),
            ("donor", "示例公司".into()),
            ("day", "2026-03-02".into()),
            ("lines", lines.to_owned()),
        ]
    };
    let send = |lines: &str| {
        let fields = fields(lines);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        keeper.post(&page, path, &fields)
    };
    // What was typed stays, and each faulty line is named with what is wrong with it.
    let page = send(&wrong).is(422).says("第 41、42 行").says("示例商品 40");
    page.says("件数不对：第 41 行").says("商品不认识：请核对第 42 行").says("<b>示例大米  两袋</b>");
    let headed = format!("品名\t数量\t保质期\t单价\t积分价\n{}", lines.join("\n"));
    send(&headed).is(200).says("已经入账").says("40 种");
    let offers =
        town.as_role("merchant_owner").get(&format!("/v1/merchants/{}/offers", town.id("shop"))).ok(200);
    let named = |name: &str| {
        let all = offers["items"].as_array().unwrap().iter().filter(|one| one["name"] == name);
        all.map(|one| (one["stock"].clone(), one["unit_points"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(named("示例商品 40"), [(json!(41), json!("40.00"))]);
    let listed =
        town.as_role("merchant_owner").get("/v1/goods-sheets?kind=goods_in&from=2026-03-01&until=2026-03-31");
    assert_eq!(listed.ok(200)["items"][0]["donor"], "示例公司");
    town.verify_and_stop();
}

/// The state of what the shop offers under a name, as its own staff see it, and what a volunteer sees of it.
fn offered(town: &Town, name: &str) -> (Option<String>, bool) {
    let seen = |who: &str| {
        let list = town.as_role(who).get(&format!("/v1/merchants/{}/offers", town.id("shop"))).ok(200);
        let found = list["items"].as_array().unwrap().iter().find(|one| one["name"] == name).cloned();
        found.map(|one| one["state"].as_str().unwrap().to_owned())
    };
    (seen("merchant_owner"), seen("volunteer").is_some())
}

#[test]
fn new_goods_are_on_offer_when_the_first_pieces_are_booked() {
    let town = supervised();
    let line = |pieces: i64| json!([{ "name": "示例茶叶", "unit_points": "3", "pieces": pieces, "unit_value": "60" }]);
    let waits = deliver(&town, "merchant_owner", line(2)).ok(202)["goods_sheet"].clone();
    assert_eq!(offered(&town, "示例茶叶"), (Some("off".into()), false));
    let page = Browser::signed_in(&town, "merchant_owner").get("/shop/goods").is(200).says("待核对");
    assert!(!page.has("已兑完"), "it waits for the second person: {}", page.html);
    let path = format!("/v1/goods-sheets/{}/approve", waits.as_str().unwrap());
    town.as_role("reviewer").post(&path, json!({})).ok(201);
    assert_eq!(offered(&town, "示例茶叶"), (Some("on".into()), true));
    // What was taken off the list stays off it, whatever comes in.
    let list =
        town.as_role("merchant_owner").get(&format!("/v1/merchants/{}/offers", town.id("shop"))).ok(200);
    let tea = list["items"].as_array().unwrap().iter().find(|one| one["name"] == "示例茶叶").unwrap().clone();
    let off = format!("/v1/offers/{}", tea["id"].as_str().unwrap());
    let version = tea["version"].as_i64().unwrap();
    assert_eq!(town.as_role("merchant_owner").patch(&off, version, json!({ "state": "off" })).status, 204);
    deliver(&town, "merchant_owner", line(1)).ok(201);
    assert_eq!(offered(&town, "示例茶叶"), (Some("off".into()), false));
    town.verify_and_stop();
}

#[test]
fn a_shop_without_a_supervisor_again_books_alone() {
    let town = supervised();
    let line = json!([{ "offer": town.id("rice"), "pieces": 11, "unit_value": "10" }]);
    deliver(&town, "merchant_owner", line.clone()).ok(202);
    let path = format!("/v1/merchants/{}", town.id("shop"));
    let body = json!({ "no_two_above": true });
    assert_eq!(town.as_role("administrator").patch(&path, 2, body).status, 204);
    deliver(&town, "merchant_owner", line).ok(201);
    assert_eq!(stock(&town, "rice"), 31);
    town.verify_and_stop();
}

#[test]
fn a_second_person_books_what_is_worth_it() {
    let town = supervised();
    let line = |pieces: i64| json!([{ "offer": town.id("rice"), "pieces": pieces, "unit_value": "10" }]);
    deliver(&town, "merchant_owner", line(10)).ok(201);
    let waits = deliver(&town, "merchant_owner", line(11)).ok(202)["goods_sheet"].clone();
    assert_eq!(stock(&town, "rice"), 30);
    let step = |who: &str, step: &str, body: Value| {
        let path = format!("/v1/goods-sheets/{}/{step}", waits.as_str().unwrap());
        town.as_role(who).post(&path, body)
    };
    town.refused(|_| step("merchant_owner", "approve", json!({})), 403, "same_person");
    for who in ["merchant_clerk", "staff", "street"] {
        assert_eq!(step(who, "approve", json!({})).status, 403, "{who}");
    }
    let booked = step("reviewer", "approve", json!({})).ok(201);
    assert_eq!((&booked["kind"], stock(&town, "rice")), (&json!("goods_in"), 41));
    town.refused(|_| step("merchant_two", "reject", json!({ "reason": "晚了" })), 409, "wrong_state");
    let open = |body: Value| town.as_role("merchant_owner").post(&sheets(&town), body);
    let missing = json!([{ "offer": town.id("rice"), "pieces": 1 }]);
    town.refused(|t| deliver(t, "merchant_owner", missing), 422, "goods_line");
    let counted =
        json!({ "kind": "stocktake", "reason": "破损", "lines": [{ "name": "示例大米", "pieces": -2 }] });
    let sheet = open(counted).ok(202)["goods_sheet"].as_str().unwrap().to_owned();
    let path = format!("/v1/goods-sheets/{sheet}");
    let back = json!({ "reason": "只少 1 袋" });
    assert_eq!(town.as_role("merchant_two").post(&format!("{path}/reject"), back).status, 204);
    assert_eq!(
        (stock(&town, "rice"), town.as_role("reviewer").get(&path).ok(200)["state"].clone()),
        (41, json!("rejected"))
    );
    let plain = format!("/v1/offers/{}/stock", town.id("rice"));
    town.refused(
        |t| t.as_role("merchant_owner").post(&plain, json!({ "pieces": 5 })),
        409,
        "goods_sheet_needed",
    );
    town.verify_and_stop();
}

#[test]
fn who_checks_sees_what_waits_and_who_entered_it_why_it_came_back() {
    let town = supervised();
    let line = json!([{ "offer": town.id("rice"), "pieces": 11, "unit_value": "10" }]);
    let reviewer = Browser::signed_in(&town, "reviewer");
    let today = "等您核对的出入库单";
    assert!(!reviewer.get("/staff").is(200).has(today));
    let sheet = deliver(&town, "merchant_owner", line).ok(202)["goods_sheet"].as_str().unwrap().to_owned();
    reviewer.get("/staff").is(200).says(today);
    let page = reviewer.get(&format!("/staff/goods/{sheet}")).is(200);
    let fields = [("step", "reject_goods"), ("reason", "大米只有 4 袋")];
    reviewer.post(&page, &format!("/staff/goods/{sheet}"), &fields).is(200).says("大米只有 4 袋");
    assert!(!reviewer.get("/staff").is(200).has(today));
    let keeper = Browser::signed_in(&town, "merchant_owner");
    let path = format!("/shop/goods/sheets/{sheet}");
    assert!(keeper.get("/messages").is(200).says("您的出入库单被退回了").has(&path));
    keeper.get(&path).is(200).says("退回的理由").says("大米只有 4 袋");
    town.verify_and_stop();
}

#[test]
fn lines_that_cannot_be_booked_are_refused_whole() {
    let town = town();
    let rice = town.id("rice");
    for (lines, status, code) in [
        (json!([{ "name": "没有这种", "pieces": 1 }]), 422, "goods_line"),
        (json!([{ "offer": town.id("haircut"), "pieces": 1 }]), 422, "goods_line"),
        (json!([{ "offer": rice, "pieces": -1 }]), 422, "goods_line"),
        (
            json!([{ "offer": rice, "pieces": 1 }, { "offer": rice, "pieces": 1, "best_before": "2026-03-01" }]),
            422,
            "goods_line",
        ),
        (json!([{ "offer": rice, "pieces": -1 }, { "name": "没有这种", "pieces": 1 }]), 422, "goods_lines"),
        (json!([{ "pieces": 1 }]), 400, "field_missing"),
    ] {
        let refused = deliver(&town, "merchant_owner", lines.clone());
        assert_eq!((refused.status, refused.code().as_str()), (status, code), "{lines}");
    }
    let fewer = json!({ "kind": "stocktake", "reason": "盘点", "lines": [{ "offer": rice, "pieces": -21 }] });
    town.refused(|t| t.as_role("merchant_owner").post(&sheets(t), fewer), 422, "out_of_stock");
    assert_eq!(stock(&town, "rice"), 20);
    // The same key books once.
    let body = json!({ "kind": "goods_in", "lines": [{ "offer": rice, "pieces": 2 }] });
    let owner = town.as_role("merchant_owner");
    let first = owner.post_with("delivery-1", &sheets(&town), body.clone());
    let again = owner.post_with("delivery-1", &sheets(&town), body);
    assert!(first.status == 201 && again.hit() && again.text == first.text, "{again:?}");
    assert_eq!(stock(&town, "rice"), 22);
    town.verify_and_stop();
}

#[derive(Clone, Debug)]
enum Move {
    In(i64, Option<u32>),
    Take(i64),
    GiveBack(usize),
    Count(i64),
    Wait(u32),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        3 => (1..9_i64, prop::option::of(0..12_u32)).prop_map(|(pieces, days)| Move::In(pieces, days)),
        4 => (1..6_i64).prop_map(Move::Take),
        2 => (0..9_usize).prop_map(Move::GiveBack),
        1 => (-3..4_i64).prop_filter("a difference", |pieces| *pieces != 0).prop_map(Move::Count),
        2 => (1..6_u32).prop_map(Move::Wait),
    ];
    prop::collection::vec(one, 1..14)
}

/// Rice for 林, over the counter; `None`: there is not so much.
fn take(town: &Town, pieces: i64) -> Option<String> {
    let ask = json!({ "merchant": town.id("shop"), "on_behalf_of": town.id("lin"),
        "lines": [{ "offer": town.id("rice"), "quantity": pieces }] });
    let held = town.as_role("staff").post("/v1/redemptions", ask);
    let id = (held.status == 201).then(|| held.json()["redemption"]["id"].as_str().unwrap().to_owned())?;
    town.as_role("staff").post(&format!("/v1/redemptions/{id}/capture"), json!({})).ok(200);
    Some(id)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, max_shrink_iters: 20, ..ProptestConfig::default() })]
    /// What can be taken of an offer is always the sum of its batches that are not past their date, and `verify` agrees.
    #[test]
    fn stock_is_the_sum_of_the_batches(moves in moves()) {
        let town = town();
        let (rice, mut day, mut taken) = (town.id("rice"), 2_u32, Vec::new());
        let owner = town.as_role("merchant_owner");
        for one in moves {
            match one {
                Move::In(pieces, days) => {
                    let until = days.map(|days| format!("2026-03-{:02}", (day + days).min(31)));
                    let lines = json!([{ "offer": rice, "pieces": pieces, "best_before": until }]);
                    deliver(&town, "merchant_owner", lines).ok(201);
                }
                Move::Take(pieces) => {
                    taken.extend(take(&town, pieces));
                }
                Move::GiveBack(which) if which < taken.len() => {
                    let path = format!("/v1/redemptions/{}/refund", taken.remove(which));
                    town.as_role("staff").post(&path, json!({})).ok(201);
                }
                Move::GiveBack(_) => {}
                Move::Count(pieces) => {
                    let lines = json!([{ "offer": rice, "pieces": pieces }]);
                    let body = json!({ "kind": "stocktake", "reason": "盘点", "lines": lines });
                    owner.post(&sheets(&town), body);
                }
                Move::Wait(days) => {
                    day = (day + days).min(31);
                    town.at(&format!("2026-03-{day:02}T08:00"));
                }
            }
            let today = format!("2026-03-{day:02}");
            let fresh = batches(&town, "rice").into_iter().filter(|(_, until)| until.as_ref().is_none_or(|until| *until >= today));
            prop_assert_eq!(stock(&town, "rice"), fresh.map(|(pieces, _)| pieces).sum::<i64>());
        }
        town.verify_and_stop();
    }
}

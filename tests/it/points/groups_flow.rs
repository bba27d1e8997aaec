//! Groups with counters over HTTP: awarded, explained, taken back; service that moves a group; versions of other days.

use crate::support::points::{publish, sentences};
use crate::support::town::{Town, with};
use crate::support::web::Answer;
use serde_json::{Value, json};

const EXAMPLE: &str = r#"
code = "example"
version = "2026.1"
name = "示例积分办法"
valid_from = 2026-01-01
items = [
  { code = "public", name = "公共事务", points = 8, group = "day" },
  { code = "late", name = "借物晚还", group = "late" },
  { code = "prize", name = "街道表扬", points = 4, group = "praise" },
  { code = "prize-city", name = "市级表扬", points = 9, group = "praise" },
]
groups = [
  { code = "day", name = "公共事务每天", over = "day", most = 10, group = "year" },
  { code = "year", name = "全年", over = "year", most = 15 },
  { code = "late", name = "借物晚还", over = "year", counts = "times", tiers = [{ from = 2, points = -1 }, { from = 4, points = -6 }] },
  { code = "praise", name = "表扬取最高", over = "year", counts = "highest" },
]
"#;

fn award(town: &Town, scheme: &str, item: &str, day: &str) -> Answer {
    let body = json!({ "member": town.id("lin"), "scheme": scheme, "item": item, "day": day });
    town.as_role("staff").post("/v1/awards", body)
}

fn take_back(town: &Town, entry: &Value, more: Value) -> Answer {
    let body = with(json!({ "reason": "重复登记" }), more);
    town.as_role("staff").post(&format!("/v1/awards/{entry}/reverse"), body)
}

#[test]
fn each_deed_is_worth_what_it_adds_and_is_explained_by_its_groups() {
    let town = Town::new();
    let scheme = publish(&town, "example", EXAMPLE);
    let made: Vec<Value> = ["2026-02-27", "2026-02-27", "2026-02-28"]
        .iter()
        .map(|day| award(&town, &scheme, "public", day).ok(201))
        .collect();
    let granted: Vec<&str> = made.iter().map(|one| one["grant"]["granted"].as_str().unwrap()).collect();
    assert_eq!(granted, ["8.00", "2.00", "5.00"]);
    assert_eq!(
        sentences(&town, made[1]["entry"].as_i64().unwrap(), "zh-CN")[1..],
        [
            "项目「公共事务」（public）。",
            "每次 8 分，数量 1。",
            "按办法应得 8 分。",
            "“公共事务每天”每天计 16 分，最多 10 分：由 8 分变为 10 分。",
            "“全年”每年计 10 分：由 8 分变为 10 分。",
            "实发 2 分。",
        ]
    );
    take_back(&town, &made[0]["entry"], json!({})).ok(201);
    assert_eq!(town.balance("lin", "POINT"), "15.00", "the two others reach the cap of the year");
    take_back(&town, &made[2]["entry"], json!({})).ok(201);
    assert_eq!(
        (town.balance("lin", "POINT"), town.balance("lin", "LIFETIME")),
        ("8.00".into(), "8.00".into())
    );
    town.refused(|town| take_back(town, &made[0]["entry"], json!({})), 422, "reversal_exceeds_original");
    town.verify_and_stop();
}

#[test]
fn times_are_priced_by_their_tiers_and_only_the_highest_praise_counts() {
    let town = Town::new();
    let scheme = publish(&town, "example", EXAMPLE);
    let item = |item: &str| award(&town, &scheme, item, "2026-03-01").ok(201);
    let low = item("prize");
    item("prize-city");
    assert_eq!(town.balance("lin", "POINT"), "9.00");
    let first = item("late");
    assert_eq!(
        (&first["grant"]["granted"], first["postings"].as_array().unwrap().len()),
        (&json!("0.00"), 0)
    );
    let second = item("late");
    assert_eq!(town.balance("lin", "POINT"), "8.00");
    for balance in ["8.00", "3.00"] {
        item("late");
        assert_eq!(town.balance("lin", "POINT"), balance);
    }
    take_back(&town, &low["entry"], json!({})).ok(201);
    take_back(&town, &first["entry"], json!({})).ok(201);
    assert_eq!(town.balance("lin", "POINT"), "8.00", "three times late are −1");
    assert_eq!(town.balance("lin", "LIFETIME"), "9.00");
    town.refused(
        |town| take_back(town, &second["entry"], json!({ "points": "1" })),
        409,
        "entry_not_reversible",
    );
    town.verify_and_stop();
}

#[test]
fn what_a_group_makes_of_a_deed_decides_about_the_second_person() {
    let town = Town::new();
    let text = EXAMPLE.replace("valid_from", "four_eyes_above = 7\nvalid_from");
    let scheme = publish(&town, "example", &text);
    // 8 points are above the sum; with 8 of 10 given, the next deed of the day is worth 2.
    let proposed = award(&town, &scheme, "public", "2026-02-27").ok(202);
    let path = format!("/v1/awards/proposals/{}/approve", proposed["proposal"].as_str().unwrap());
    town.as_role("reviewer").post(&path, json!({})).ok(201);
    let body = json!({ "member": town.id("lin"), "scheme": scheme, "item": "public", "day": "2026-02-27" });
    town.as_role("staff_two").post("/v1/awards", body).ok(201);
    assert_eq!(town.balance("lin", "POINT"), "10.00");
    town.verify_and_stop();
}

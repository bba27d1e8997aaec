//! What the engine computes, kind by kind.

use super::*;
use crate::domain::language::Language;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::SchemeTerm;
use proptest::prelude::*;

#[test]
fn each_kind_of_rounding_counts_its_own_minutes() {
    let cases = [
        (Counting::Actual, [(0, 0), (29, 29), (30, 30), (59, 59), (60, 60), (61, 61), (95, 95)]),
        (
            Counting::Down { block_minutes: 30 },
            [(0, 0), (29, 0), (30, 30), (59, 30), (60, 60), (61, 60), (95, 90)],
        ),
        (
            Counting::Down { block_minutes: 120 },
            [(0, 0), (59, 0), (119, 0), (120, 120), (121, 120), (239, 120), (240, 240)],
        ),
        (
            Counting::Up { block_minutes: 60 },
            [(0, 0), (1, 60), (60, 60), (61, 120), (119, 120), (120, 120), (121, 180)],
        ),
        (
            Counting::BelowOneHourCountsOne,
            [(0, 0), (1, 60), (59, 60), (60, 60), (61, 61), (95, 95), (120, 120)],
        ),
        (Counting::HalfUp, [(0, 0), (1, 30), (29, 30), (30, 60), (59, 60), (60, 60), (89, 90)]),
        (Counting::HalfUp, [(61, 90), (90, 120), (91, 120), (119, 120), (120, 120), (149, 150), (150, 180)]),
    ];
    for (counting, table) in cases {
        for (minutes, counted) in table {
            assert_eq!(counting.count(minutes), counted, "{counting:?} {minutes}");
        }
    }
}

#[test]
fn thirds_of_an_hour_are_rounded_once_at_the_end() {
    let scheme = |decimals: u32, rounding: &str| {
        read(&with(&format!(
            "decimals = {decimals}\nrounding = \"{rounding}\"\n[hours]\npoints_per_hour = 1\n"
        )))
    };
    // 100 minutes are 1.666… hours.
    for (decimals, rounding, worth) in
        [(2, "half_up", 167), (2, "floor", 166), (1, "half_up", 170), (0, "half_up", 200), (0, "floor", 100)]
    {
        assert_eq!(minor(&scheme(decimals, rounding), &service(100)), worth, "{decimals} {rounding}");
    }
    // Exactly the middle goes up: 93 minutes are 1.55 hours.
    assert_eq!(minor(&scheme(1, "half_up"), &service(93)), 160);
    // Three awards of 20 minutes at 3 points an hour are three times 1, never 0.99.
    let thirds = read(&with("[hours]\npoints_per_hour = 3\n"));
    assert_eq!(minor(&thirds, &service(20)), 100);
}

const TREE: &str = r#"
[hours]
points_per_hour = 2
levels = [{ code = "plain", coefficient = 1 }, { code = "hard", name = "急难", coefficient = 1.5 }]
default_level = "plain"
[hours.evidence]
scan = 1
self_report = 0.5
[[hours.categories]]
code = "care"
coefficient = 2
[[hours.categories.children]]
code = "elderly"
[[hours.categories.children.children]]
code = "home"
coefficient = 3
[[hours.categories.children]]
code = "visit"
points_per_time = 7
"#;

#[test]
fn categories_inherit_level_and_evidence_multiply() {
    let nearest = read(&with(TREE));
    let worth = |scheme: &Scheme, code: &str| minor(scheme, &of_category(service(60), code));
    assert_eq!(worth(&nearest, "care"), 400);
    assert_eq!(worth(&nearest, "elderly"), 400);
    assert_eq!(worth(&nearest, "home"), 600);
    // A price of its own replaces the one above it.
    assert_eq!(worth(&nearest, "visit"), 700);
    let all = of_level(by(of_category(service(90), "home"), Evidence::SelfReport), "hard");
    assert_eq!(minor(&nearest, &all), 675); // 1.5 h × 2 × 1.5 × 3 × 0.5
    let multiply =
        TREE.replace("points_per_hour = 2", "points_per_hour = 2\ncategory_coefficients = \"multiply\"");
    assert_eq!(worth(&read(&with(&multiply)), "home"), 1_200);
}

#[test]
fn what_the_scheme_does_not_know_is_refused_by_name() {
    let scheme = read(&with(TREE));
    let lacks =
        |term, value: &str| Err(Refusal::NotInScheme { scheme: "t".into(), term, value: value.into() });
    let cat = |code| of_category(service(60), code);
    assert_eq!(scheme.evaluate(&cat("dance")), lacks(SchemeTerm::Category, "dance"));
    assert_eq!(scheme.evaluate(&of_level(cat("care"), "easy")), lacks(SchemeTerm::Level, "easy"));
    assert_eq!(scheme.evaluate(&item("care")), lacks(SchemeTerm::Item, "care"));
    assert_eq!(scheme.evaluate(&service(60)), Err(Refusal::DeedIncomplete { field: "category".into() }));
    let paper = scheme.evaluate(&by(cat("care"), Evidence::Paper));
    assert_eq!(paper, Err(Refusal::NeedsPerson { what: "paper".into() }));
    let items = named("items-half-points");
    let none =
        Refusal::NotInScheme { scheme: items.code.clone(), term: SchemeTerm::Hours, value: "hours".into() };
    assert_eq!(items.evaluate(&service(60)), Err(none));
}

#[test]
fn a_version_counts_on_its_own_days_only() {
    let old = read(&with("valid_until = 2026-06-30\n[hours]\npoints_per_hour = 1\n"));
    let on = |text: &str| Day::parse(text).unwrap();
    assert!(old.is_in_force(on("2026-06-30")) && !old.is_in_force(on("2025-12-31")));
    let late = Deed { day: on("2026-07-01"), ..service(60) };
    let refused = Refusal::SchemeNotInForce {
        scheme: "t".into(),
        day: on("2026-07-01"),
        valid_from: Some(on("2026-01-01")),
        valid_until: Some(on("2026-06-30")),
    };
    assert_eq!(old.evaluate(&late), Err(refused));
    assert!(old.evaluate(&Deed { day: on("2026-06-30"), ..service(60) }).is_ok());
}

#[test]
fn caps_become_counters_of_the_ledger() {
    let scheme = read(&with(
        r#"
[hours]
points_per_hour = 2
categories = [{ code = "care", children = [{ code = "elderly" }] }, { code = "patrol" }]
[[caps]]
code = "d"
points = 8
over = "day"
on = "hours"
[[caps]]
code = "m"
points = 100
over = "month"
of = "household"
[[caps]]
code = "q"
points = 200
over = "quarter"
on = "items"
[[caps]]
code = "c"
points = 50
over = "total"
category = "care"
[[caps]]
code = "y"
hours = 2.5
over = "year"
"#,
    ));
    let mut deed = of_category(service(180), "elderly");
    let caps = scheme.evaluate(&deed).unwrap().caps;
    let sentences: Vec<_> =
        caps.iter().map(|c| (c.code.as_str(), c.window.as_str(), c.adds, c.limit, c.asset)).collect();
    assert_eq!(
        sentences,
        [
            ("y", "2026", 150, 150, Asset::Minute),
            ("d", "2026-10-31", 500, 800, Asset::Point),
            ("m", "2026-10", 500, 10_000, Asset::Point),
            ("c", "all", 500, 5_000, Asset::Point),
        ]
    );
    assert_eq!(caps[1].key, format!("cap/t/d/{}", member()));
    // A person without a household is a household of one.
    assert_eq!(caps[2].key, format!("cap/t/m/{}", member()));
    let house: crate::domain::id::Id = "00000000-0000-7000-8000-000000000002".parse().unwrap();
    deed.household = Some(house);
    assert_eq!(scheme.evaluate(&deed).unwrap().caps[2].key, format!("cap/t/m/{house}"));
    let patrol = scheme.evaluate(&of_category(service(60), "patrol")).unwrap();
    assert!(patrol.caps.iter().all(|c| c.code != "c"));
    for cap in &caps {
        assert_eq!(Cap::code_in_key(&cap.key), Some(cap.code.as_str()));
    }
    assert_eq!(Cap::code_in_key("cap/t/item/tidy-yard/x"), Some("item/tidy-yard"));
    assert_eq!(Cap::code_in_key("award/t"), None);
}

#[test]
fn a_cap_in_minutes_leaves_what_its_counters_leave() {
    let scheme = named("rate-hailin");
    let mut deed = service(90);
    deed.occasion = "activity-7".into();
    let asked = scheme.minute_caps(&deed).unwrap();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].window.as_str(), asked[0].limit), ("activity-7", 120));
    let used = |minutes| MinutesUsed { key: asked[0].key.clone(), window: "activity-7".into(), minutes };
    for (before, worth) in [(0, 150), (60, 100), (119, 2), (120, 0), (500, 0)] {
        deed.minutes_used = vec![used(before)];
        let evaluation = scheme.evaluate(&deed).unwrap();
        assert_eq!(evaluation.points_minor, worth, "{before}");
        assert_eq!(evaluation.minutes, 90, "the record keeps its minutes");
    }
    deed.minutes_used = vec![MinutesUsed { window: "activity-8".into(), ..used(120) }];
    assert_eq!(minor(&scheme, &deed), 150);
}

#[test]
fn items_are_limited_in_number_class_and_quantity() {
    let scheme = read(&with(
        r#"
[[items]]
code = "advice"
name = "建议"
points = 3
most_quantity = 5
at_most = { times = 4, per = "month", of = "household" }
[[items]]
code = "gift"
name = "捐赠"
points = { each = 10, points = 1, most = 5 }
[[items]]
code = "share"
name = "分成"
points = { percent = 12.5 }
[[items]]
code = "crowd"
name = "带动"
points = { tiers = [{ from = 3, points = 5 }, { from = 10, points = 20 }] }
"#,
    ));
    let of = |code: &str, quantity: &str| {
        Deed::of_item(day(), Shanghai, member(), code, quantity.parse().unwrap())
    };
    let evaluation = scheme.evaluate(&of("advice", "2")).unwrap();
    assert_eq!(evaluation.points_minor, 600);
    let cap = &evaluation.caps[0];
    assert_eq!((cap.counts, cap.adds, cap.limit), (CapCounts::Times, 2, 4));
    for quantity in ["0", "-1", "1.5", "6"] {
        let refused = Refusal::QuantityRefused { item: "advice".into(), least: 1, most: Some(5) };
        assert_eq!(scheme.evaluate(&of("advice", quantity)), Err(refused), "{quantity}");
    }
    for (code, quantity, worth) in [
        ("gift", "9.99", 0),
        ("gift", "10", 100),
        ("gift", "49", 400),
        ("gift", "1000", 500),
        ("share", "10", 125),
        ("share", "0.1", 1), // 0.0125, rounded
        ("crowd", "2", 0),
        ("crowd", "3", 500),
        ("crowd", "9", 500),
        ("crowd", "10", 2_000),
    ] {
        assert_eq!(minor(&scheme, &of(code, quantity)), worth, "{code} {quantity}");
    }
    let endless = scheme.evaluate(&of("gift", "-3"));
    assert!(matches!(endless, Err(Refusal::QuantityRefused { .. })));
}

#[test]
fn of_a_group_only_the_highest_counts() {
    let scheme = named("jianxian");
    let cap = |code: &str| {
        let caps = scheme.evaluate(&item(code)).unwrap().caps;
        caps.into_iter().find(|c| c.code == "group/honours").unwrap()
    };
    let (low, high) = (cap("honour-community"), cap("honour-district"));
    // One counter for both; each item's own value is the limit, so a later higher one adds the difference.
    assert_eq!((&low.key, &low.window), (&high.key, &high.window));
    assert_eq!((low.limit, high.limit), (1_000, 5_000));
}

#[test]
fn a_person_decides_case_by_case_inside_the_bounds_and_says_why() {
    let scheme = named("jianxian");
    let decided = |points_minor, reason: &str| Deed {
        decided: Some(Decided { points_minor, reason: reason.into() }),
        ..item("bravery")
    };
    assert_eq!(scheme.evaluate(&item("bravery")), Err(Refusal::NeedsPerson { what: "bravery".into() }));
    let blank = scheme.evaluate(&decided(5_000, "  "));
    assert_eq!(blank, Err(Refusal::DeedIncomplete { field: "reason".into() }));
    for points in [999, 20_001] {
        let refused = Refusal::DecisionOutOfBounds {
            what: "bravery".into(),
            least: Some(1_000),
            most: Some(20_000),
            asset: Asset::Point,
        };
        assert_eq!(scheme.evaluate(&decided(points, "评议会")), Err(refused));
    }
    let evaluation = scheme.evaluate(&decided(1_000, "评议会")).unwrap();
    assert_eq!((evaluation.points_minor, evaluation.four_eyes), (1_000, true));
    let fixed = Deed { work: item("no-show").work, ..decided(1_000, "评议会") };
    assert_eq!(scheme.evaluate(&fixed), Err(Refusal::DecisionNotAllowed { what: "no-show".into() }));
    let hours = Deed { work: service(60).work, ..decided(1_000, "评议会") };
    assert_eq!(scheme.evaluate(&hours), Err(Refusal::DecisionNotAllowed { what: "hours".into() }));
}

#[test]
fn large_awards_need_a_second_person_and_small_ones_may_be_refused() {
    let scheme = read(&with(
        "four_eyes_above = 10\nleast_award = 5\n[hours]\npoints_per_hour = 1\n[[items]]\ncode = \"bad\"\nname = \"扣\"\npoints = -1\n",
    ));
    assert!(!scheme.evaluate(&service(600)).unwrap().four_eyes);
    assert!(scheme.evaluate(&service(601)).unwrap().four_eyes);
    let small = Refusal::AwardTooSmall { least: 500, desired: 400, asset: Asset::Point };
    assert_eq!(scheme.evaluate(&service(240)), Err(small));
    assert_eq!(minor(&scheme, &service(300)), 500);
    assert_eq!(minor(&scheme, &item("bad")), -100);
}

#[test]
fn lots_end_in_the_bank_s_own_time_zone() {
    let ends = |expiry: &str, granted: &str| {
        let scheme = read(&with(&format!("expiry = {expiry}\n[hours]\npoints_per_hour = 1\n")));
        let granted_on = Day::parse(granted).unwrap();
        let evaluation = scheme.evaluate(&Deed { granted_on, ..service(60) })?;
        Ok(evaluation.expires_at.map(|at| at.to_string()))
    };
    let at = |text: &str| Ok::<_, Refusal>(Some(text.to_owned()));
    assert_eq!(ends("\"never\"", "2026-11-04"), Ok(None));
    assert_eq!(ends("{ days = 30 }", "2026-11-04"), at("2026-12-04T16:00:00Z"));
    assert_eq!(ends("\"end_of_month\"", "2026-02-01"), at("2026-02-28T16:00:00Z"));
    assert_eq!(ends("\"end_of_month\"", "2028-02-29"), at("2028-02-29T16:00:00Z"));
    assert_eq!(ends("{ end_of_month_after = 3 }", "2026-11-30"), at("2027-02-28T16:00:00Z"));
    assert_eq!(ends("\"end_of_year\"", "2026-12-31"), at("2026-12-31T16:00:00Z"));
    assert_eq!(ends("{ end_of_year_after = 1 }", "2026-01-01"), at("2027-12-31T16:00:00Z"));
    assert_eq!(ends("{ date = 2026-12-31 }", "2026-12-31"), at("2026-12-31T16:00:00Z"));
    let passed = Refusal::PointsEnded { on: Day::parse("2026-12-31").unwrap() };
    assert_eq!(ends("{ date = 2026-12-31 }", "2027-01-01"), Err(passed));
}

#[test]
fn a_score_scheme_feeds_the_score_alone() {
    let scheme = read(&with("purse = \"SCORE\"\n[[items]]\ncode = \"m\"\nname = \"会议\"\npoints = 1\n"));
    let evaluation = scheme.evaluate(&item("m")).unwrap();
    assert_eq!((evaluation.purse, evaluation.lifetime_minor), (Asset::Score, 0));
    assert_eq!(evaluation.expires_at, None);
}

#[test]
fn the_reason_is_told_in_both_languages() {
    let scheme = named("jianxian");
    let deed = of_level(by(of_category(service(170), "care-elderly-home"), Evidence::SelfReport), "skilled");
    let evaluation = scheme.evaluate(&deed).unwrap();
    assert_eq!(evaluation.points_minor, 720); // 2.5 h × 2 × 1.2 × 1.5 × 0.8
    let bitten = [BittenCap { code: "day".into(), used: 2_000 }];
    let zh = explain(&evaluation.explanation, Some(400), &bitten, &[], Language::Chinese);
    assert_eq!(
        zh,
        [
            "依据《涧贤志愿服务积分办法（示例）》2025.1 版（2025-01-01 起执行，分值来源：示例），行为日期 2026-10-31。",
            "服务 2 小时 50 分钟，每满 0.5 小时计，不足部分不计，计 2.5 小时。",
            "每小时 2 分。",
            "级别「专业」系数 1.2。",
            "类别「上门照料」系数 1.5。",
            "记录方式「本人申报」系数 0.8。",
            "按办法应得 7.2 分。",
            "触及「每日服务积分上限」：上限 24 分，此前已计 20 分，还可计 4 分。",
            "实发 4 分。",
        ]
    );
    let en = explain(&evaluation.explanation, Some(400), &bitten, &[], Language::English);
    assert_eq!(en.len(), zh.len());
    assert_eq!(en[1], "Served 2 h 50 min; only each full 0.5 h counts: 2.5 h count.");
    assert_eq!(
        en[7],
        "The cap “每日服务积分上限” applies: limit 24 points, counted before 20 points, left 4 points."
    );
    assert_eq!(en[8], "Granted: 4 points.");
    let zeroing = scheme.evaluate(&item("false-record")).unwrap();
    let sentences = explain(&zeroing.explanation, Some(0), &[], &[], Language::Chinese);
    assert!(sentences.last().unwrap().contains("终身积分和服务时长不变"), "{sentences:?}");
}

#[test]
fn an_explanation_is_kept_as_the_same_bytes_for_ever() {
    let scheme = named("rate-hailin");
    let explanation = scheme.evaluate(&service(150)).unwrap().explanation;
    let text = explanation.to_json();
    let bytes = concat!(
        r#"{"caps":[{"code":"activity-hours","counts":"minutes","limit":120,"name":"每次活动最多 2 小时"}],"#,
        r#""day":"2026-10-31","#,
        r#""desired_minor":200,"name":"海林市社区志愿者积分奖励制度","place":"海林市","purse":"POINT","#,
        r#""scheme":"rate-hailin","steps":[{"counted":150,"counting":"actual","minutes":150,"step":"minutes"},"#,
        r#"{"code":"activity-hours","counted":120,"limit":120,"name":"每次活动最多 2 小时","step":"minutes_capped","used":0},"#,
        r#"{"name":null,"of":"base","per_time":false,"points":"1","step":"rate"}],"#,
        r#""valid_from":"2020-01-01","version":"1"}"#,
    );
    assert_eq!(text, bytes);
    assert_eq!(Explanation::from_json(&text), Some(explanation));
    assert_eq!(Explanation::from_json("{}"), None);
}

proptest! {
    #[test]
    fn more_minutes_never_earn_less(minutes in 0_i64..1_440, more in 0_i64..600) {
        for name in ["jianxian", "rate-hailin", "rate-huangyan", "rate-kunshan"] {
            let scheme = named(name);
            let (a, b) = (minor(&scheme, &service(minutes)), minor(&scheme, &service(minutes + more)));
            prop_assert!(a <= b, "{name}: {minutes} → {a}, {} → {b}", minutes + more);
        }
    }
}

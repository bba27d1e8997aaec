//! The sample schemes against the published tables, row by row.

use super::*;
use crate::domain::amount;

/// The rows of a table by column name; comments are dropped.
fn rows(table: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let lines: String = table.lines().filter(|l| !l.starts_with('#')).map(|l| format!("{l}\n")).collect();
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').quoting(false).from_reader(lines.as_bytes());
    let rows: Vec<_> = reader.deserialize().map(|row| row.unwrap()).collect();
    assert!(!rows.is_empty());
    rows
}

fn points(text: &str) -> i64 {
    amount::parse(text, 2).unwrap()
}

#[test]
fn every_sample_is_a_scheme_of_its_own_name_and_says_whose_values_it_holds() {
    for (name, text) in samples() {
        let scheme = read(text);
        assert_eq!(scheme.code, *name);
        assert!(!scheme.source.unwrap().place.is_empty(), "{name}");
    }
    assert_eq!(sample("no-such-scheme"), None);
}

#[test]
fn star_thresholds_are_those_of_the_table() {
    let mut seen = 0;
    for row in rows(include_str!("../../../../../schemes/published/stars.tsv")) {
        let name = match row["scheme"].as_str() {
            "CN-national(民政 2012 / 社区志愿者)" => "stars-national",
            "福建(实施细则)" => "stars-fujian",
            "广西(桂志愿)" => "stars-guangxi",
            "重庆南川" => "stars-nanchuan",
            "北京2010办法" => "stars-beijing-2010",
            "唐山联合救助2011" => "stars-tangshan-2011",
            other => panic!("no sample for {other}"),
        };
        let rule = named(name).stars.unwrap();
        let star: u32 = row["star"].parse().unwrap();
        let step = rule.steps.iter().find(|s| s.star == star).unwrap();
        let minutes = row["min_hours"].parse::<i64>().ok().map(|h| h * 60);
        let worth = row["min_points"].parse::<i64>().ok().map(|p| p * 100);
        assert_eq!((step.minutes, step.points_minor), (minutes, worth), "{name} {star}");
        assert_eq!(rule.window, StarWindow::Lifetime);
        seen += 1;
    }
    assert_eq!(seen, 30);
    // 唐山: 10 points an activity, 100 points for each 100 yuan.
    let tangshan = named("stars-tangshan-2011");
    assert_eq!(minor(&tangshan, &item("activity")), 1_000);
    let donation = |yuan: i64| Deed::of_item(day(), Shanghai, member(), "donation", Decimal::from(yuan));
    assert_eq!(minor(&tangshan, &donation(250)), 20_000);
    assert_eq!(minor(&tangshan, &donation(99)), 0);
}

#[test]
fn plain_rates_are_those_of_the_table() {
    let mut seen = 0;
    for row in rows(include_str!("../../../../../schemes/published/points_per_hour.tsv")) {
        let name = match row["scheme"].as_str() {
            "海林市" => "rate-hailin",
            "昆山志愿服务平台(2025)" => "rate-kunshan",
            "平顶山石龙区(2024)" => "rate-shilong",
            "青岛西海岸新区(2023)" => "rate-xihaian",
            "黄岩义工协会(2023)" => "rate-huangyan",
            "陇县北城社区" => "rate-longxian",
            "弋阳双港社区(2025)" => "rate-yiyang",
            "文明吴江垃圾分类" => "rate-wujiang",
            "朝阳区公益银行(2010)" => "rate-chaoyang",
            "长沙湘园社区" => "rate-xiangyuan",
            "志愿汇" => "rate-zhiyuanhui",
            // No points per hour is published; see the tests below.
            "杭州西湖区时间银行(2021)" | "志愿海南(2025)" => continue,
            other => panic!("no sample for {other}"),
        };
        let rate = match row["points_per_hour"].as_str() {
            "" => 100, // 志愿汇: 1 信用时数 = 1 益币
            text => points(text),
        };
        assert_eq!(minor(&named(name), &service(120)), rate * 2, "{name}");
        seen += 1;
    }
    assert_eq!(seen, 11);
}

#[test]
fn what_the_table_says_beside_the_rates_holds_too() {
    let huangyan = named("rate-huangyan");
    for (minutes, worth) in [(119, 0), (120, 100), (239, 100), (240, 200), (600, 500)] {
        assert_eq!(minor(&huangyan, &service(minutes)), worth, "{minutes}");
    }
    let yiyang = named("rate-yiyang");
    for minutes in [20, 300] {
        assert_eq!(minor(&yiyang, &of_category(service(minutes), "publicity")), 1_000);
    }
    let xihu = named("rate-xihu");
    assert_eq!(minor(&xihu, &item("start")), 500);
    assert_eq!(minor(&xihu, &service(95)), 100);
    assert_eq!(minor(&xihu, &item("received")), -100);
    let zhiyuanhui = named("rate-zhiyuanhui");
    assert_eq!(minor(&zhiyuanhui, &by(service(600), Evidence::Backfill)), 0);
    let unsaid = zhiyuanhui.evaluate(&by(service(600), Evidence::Paper));
    assert_eq!(unsaid, Err(Refusal::NeedsPerson { what: "paper".into() }));
    let hainan = named("rate-hainan");
    let unsaid = hainan.evaluate(&of_level(service(60), "level-2"));
    assert_eq!(unsaid, Err(Refusal::NeedsPerson { what: "hours".into() }));
    let mut decided = of_level(service(60), "level-2");
    decided.decided = Some(Decided { points_minor: 300, reason: "会议纪要第 3 号".into() });
    let evaluation = hainan.evaluate(&decided).unwrap();
    assert_eq!((evaluation.points_minor, evaluation.four_eyes), (300, true));
    assert_eq!(minor(&named("rate-hailin"), &item("referral")), 200);
}

#[test]
fn hours_are_counted_as_the_table_says() {
    let table = rows(include_str!("../../../../../schemes/published/hours.tsv"));
    assert_eq!(table.len(), 3);
    for row in table {
        let name = match row["scheme"].as_str() {
            "民政部令67号(2021)" => "hours-2021-measures",
            "民政部2012记录办法(征求意见稿报道)" => "hours-2012-report",
            "海林市社区志愿者积分奖励制度" => "rate-hailin",
            other => panic!("no sample for {other}"),
        };
        let scheme = named(name);
        let evaluation = scheme.evaluate(&service(185)).unwrap();
        assert_eq!(evaluation.minutes, 185, "{name}: the record keeps the actual minutes");
        let counted = match row["cap_per_activity_h"].parse::<i64>() {
            Ok(hours) => hours * 60,
            Err(_) => 185,
        };
        let rate = if name == "rate-hailin" { 100 } else { 0 };
        assert_eq!(evaluation.points_minor, counted * rate / 60, "{name}");
    }
}

#[test]
fn an_hour_is_worth_what_its_level_says() {
    let scheme = named("levels-school");
    let table = rows(include_str!("../../../../../schemes/published/level_coefficients.tsv"));
    assert_eq!(table.len(), 4);
    for row in table {
        let rule = scheme.hours.as_ref().unwrap();
        let code = &rule.levels.iter().find(|l| l.name == row["level"]).unwrap().code;
        let worth = points(&row["points_per_hour"]);
        assert_eq!(minor(&scheme, &of_level(service(60), code)), worth, "{code}");
        assert_eq!(minor(&scheme, &of_level(service(150), code)), worth * 5 / 2, "{code}");
    }
    // The sentence of the source: one hour at 区级 is 10.4 points.
    assert_eq!(minor(&scheme, &of_level(service(60), "district")), 1_040);
    assert_eq!(scheme.evaluate(&service(60)), Err(Refusal::DeedIncomplete { field: "level".into() }));
}

#[test]
fn half_points_are_given_and_taken() {
    let scheme = named("items-half-points");
    let table: Vec<_> = rows(include_str!("../../../../../schemes/published/items_half_points.tsv"));
    assert_eq!(table.len(), 6);
    for row in table {
        let rule = scheme.items.iter().find(|i| i.name == row["item"]).unwrap();
        let evaluation = scheme.evaluate(&item(&rule.code)).unwrap();
        let worth = points(&row["points"]);
        assert_eq!(evaluation.points_minor, worth, "{}", rule.name);
        // Deductions never reduce lifetime points.
        assert_eq!(evaluation.lifetime_minor, worth.max(0));
    }
    let thrice = Deed::of_item(day(), Shanghai, member(), "patrol", Decimal::from(3));
    assert_eq!(minor(&scheme, &thrice), 150);
}

#[test]
fn the_village_store_pays_its_items_once_a_month_or_ever_and_asks_where_it_must() {
    let scheme = named("items-village-store");
    let table = rows(include_str!("../../../../../schemes/published/items_village_store.tsv"));
    assert_eq!(table.len(), 19);
    assert_eq!(scheme.items.len(), 19);
    // The sample writes full-width signs where the table has ASCII.
    let words = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    for (row, rule) in table.iter().zip(&scheme.items) {
        assert_eq!(words(&rule.name), words(&row["item"]));
        assert_eq!(rule.heading.as_deref(), Some(row["category"].as_str()), "{}", rule.name);
        let mut deed = item(&rule.code);
        deed.organisation = Some(member());
        let limited = ["贫困户", "一般农户"].contains(&row["applies_to"].as_str());
        assert_eq!(rule.applies_to, if limited { vec![row["applies_to"].clone()] } else { vec![] });
        if limited {
            let refused = scheme.evaluate(&deed);
            assert!(matches!(refused, Err(Refusal::ClassNotEntitled { .. })), "{}", rule.name);
            deed.classes = vec![row["applies_to"].clone()];
        }
        match row["points"].as_str() {
            "ZERO" => {
                let evaluation = scheme.evaluate(&deed).unwrap();
                assert!(evaluation.zeroing && evaluation.four_eyes);
                assert_eq!((evaluation.points_minor, evaluation.lifetime_minor), (0, 0));
            }
            "MANUAL" => {
                let asked = Refusal::NeedsPerson { what: rule.code.clone() };
                assert_eq!(scheme.evaluate(&deed), Err(asked));
            }
            text => assert_eq!(minor(&scheme, &deed), points(text), "{}", rule.name),
        }
        let window = match row["unit"].as_str() {
            "month" => Some(Window::Month),
            "once" => Some(Window::Total),
            "year" => Some(Window::Year),
            _ => None,
        };
        assert_eq!(rule.at_most.map(|t| t.per), window, "{}", rule.name);
    }
    let mut fairest = item("fairest-family");
    let refused = Refusal::DeedIncomplete { field: "organisation".into() };
    assert_eq!(scheme.evaluate(&fairest), Err(refused));
    let group: crate::domain::id::Id = "00000000-0000-7000-8000-000000000009".parse().unwrap();
    fairest.organisation = Some(group);
    let caps = scheme.evaluate(&fairest).unwrap().caps;
    assert_eq!(caps.len(), 1);
    assert_eq!((caps[0].counts, caps[0].limit), (CapCounts::Times, 1));
    assert_eq!(caps[0].key, format!("cap/items-village-store/item/fairest-family/{group}"));
    assert_eq!(caps[0].window, "2026");
}

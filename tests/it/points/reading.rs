//! Schemes read aloud: every rule of every sample is a sentence at its lines.

use jianxian::domain::language::Language;
use jianxian::domain::points::scheme::{Scheme, Sentence, read_aloud, samples};

const WHOLE: &str = r#"code = "whole"
version = "1"
name = "示例"
valid_from = 2026-01-01
valid_until = 2026-12-31
decimals = 0
notice_working_days = 0
four_eyes_above = 50
expiry = { end_of_month_after = 3 }
classes = ["甲类"]

[hours]
points_per_hour = 2
rounding = "actual"
least_minutes = 30

[[hours.categories]]
code = "care"
name = "助老"

[[hours.categories.children]]
code = "home"
name = "上门"
coefficient = 1.5

[[groups]]
code = "honours"
name = "荣誉"
highest_only_per = "year"

[[items]]
code = "gift"
name = "捐款"
points = { each = 100, points = 10, most = 50 }
unit = "元"
group = "honours"

[[items]]
code = "brave"
name = "见义勇为"
points = { case_by_case = { least = 10, most = 200 } }
applies_to = ["甲类"]
at_most = { times = 2, per = "year", of = "household" }

[[caps]]
code = "day"
name = "每日上限"
points = 20
over = "day"
items = ["gift"]

[stars]
[[stars.steps]]
star = 1
hours = 100
granted_by = "社区"
"#;

fn said(language: Language) -> Vec<Sentence> {
    read_aloud(&Scheme::parse(WHOLE).unwrap(), WHOLE, language)
}

#[test]
fn each_rule_is_a_sentence_with_its_lines() {
    let lined: Vec<String> = said(Language::Chinese)
        .into_iter()
        .map(|one| {
            let lines =
                one.lines.map_or("–".to_owned(), |lines| format!("{}-{}", lines.start(), lines.end()));
            format!("{lines} {}", one.text)
        })
        .collect();
    for wanted in [
        "1-5 《示例》第 1 版，2026-01-01 起执行，到 2026-12-31 为止。",
        "9-9 积分到 3 个月后的月底过期。",
        "7-7 服务后 10 个工作日内要记录，不公示。",
        "8-8 一次超过 50 分，要第二个人同意。",
        "13-15 志愿服务每小时 2 分，按实际时间，不到 0.5 小时不计。",
        "22-24 类别“助老 › 上门”：系数 1.5。",
        "31-36 捐款：每满 100 元 10 分，一次最多 50 分，归入“荣誉”。",
        "38-43 见义勇为：一事一议，10 到 200 分，总要第二个人同意，每户每年最多 2 次，只给甲类。",
        "26-29 “荣誉”里的几项，每年只计分最高的一项。",
        "45-50 每日上限：捐款，每人每天合计最多 20 分。",
        "53-56 1 星：满 100 小时，由社区授予。",
    ] {
        assert!(lined.iter().any(|line| line == wanted), "{wanted}\n{lined:#?}");
    }
}

#[test]
fn every_sample_is_read_in_both_languages() {
    for (name, body) in samples() {
        let scheme = Scheme::parse(body).unwrap();
        let all = body.lines().count();
        for language in [Language::Chinese, Language::English] {
            let sentences = read_aloud(&scheme, body, language);
            let rules = scheme.items.len() + scheme.groups.len() + scheme.caps.len();
            assert!(sentences.len() >= rules + 5, "{name}");
            for one in &sentences {
                let inside = one.lines.as_ref().is_none_or(|lines| *lines.start() > 0 && *lines.end() <= all);
                assert!(inside && !one.text.contains('{') && one.text.len() > 3, "{name}: {one:?}");
            }
            let placed = sentences.iter().filter(|one| one.lines.is_some()).count();
            assert!(placed > rules, "{name}: every rule has its lines");
        }
    }
}

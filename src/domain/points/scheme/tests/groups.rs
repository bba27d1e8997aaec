//! Groups as counters: how they are read, said, and faulted, and what they make of a deed.

use super::*;
use crate::domain::language::Language;
use crate::domain::ledger::curve::{Counts, MILLION};

const ITEM: &str = "[[items]]\ncode = \"a\"\nname = \"甲\"\npoints = 8\ngroup = \"g\"\n";

/// The faults of a scheme with these groups, in Chinese.
fn faults(groups: &str) -> Vec<String> {
    let text = with(&format!("{ITEM}{groups}"));
    match Scheme::parse(&text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| fault.sentence(Language::Chinese)).collect(),
    }
}

fn group(rest: &str) -> String {
    format!("[[groups]]\ncode = \"g\"\nname = \"组\"\n{rest}\n")
}

fn said(groups: &str) -> Vec<String> {
    let text = with(&format!("{ITEM}{groups}"));
    let sentences = read_aloud(&read(&text), &text, Language::Chinese);
    sentences
        .into_iter()
        .map(|one| one.text)
        .filter(|text| text.contains('“') && text.contains('算'))
        .collect()
}

#[test]
fn a_group_is_said_as_one_sentence() {
    let two = group("over = \"day\"\nmost = 10\ngroup = \"h\"")
        + "[[groups]]\ncode = \"h\"\nname = \"全年\"\nover = \"half_year\"\nleast = -5\nmost = 15\n";
    assert_eq!(
        said(&two),
        [
            "“组”每天把分合在一起算，最多 10 分，归入“全年”。",
            "“全年”每半年把分合在一起算，最少 -5 分，最多 15 分。"
        ]
    );
    let times =
        "over = \"year\"\ncounts = \"times\"\ntiers = [{ from = 2, points = -1 }, { from = 4, points = -6 }]";
    let late = with(&format!("[[items]]\ncode = \"a\"\nname = \"甲\"\ngroup = \"g\"\n{}", group(times)));
    let all = read_aloud(&read(&late), &late, Language::Chinese);
    let texts: Vec<&str> = all.iter().map(|one| one.text.as_str()).collect();
    assert!(
        texts.contains(&"“组”每年把次数合在一起算，满 2 次，一共 -1 分，满 4 次，一共 -6 分。"),
        "{texts:?}"
    );
    assert!(texts.contains(&"甲：每次都计数，值多少分看它所归的组，归入“组”。"), "{texts:?}");
}

#[test]
fn each_fault_of_a_tree_is_told_where_it_stands() {
    let under = |rest: &str, above: &str| {
        group(&format!("{rest}\ngroup = \"h\""))
            + &format!("[[groups]]\ncode = \"h\"\nname = \"上\"\n{above}\n")
    };
    for (groups, sentence) in [
        (group("least = 5\nmost = 3"), "第 14 行第 8 列（groups[1].most）：most 小于 least，请把两个数对调"),
        (group("start = 5\nmost = 3"), "起点不在 least 和 most 之间"),
        (group("start = 5"), "还没有做事就值分了"),
        (group("counts = \"times\""), "至少要写其中一项：tiers、bands"),
        (group("group = \"x\"\nmost = 1"), "文件里没有定义「x」"),
        (under("over = \"year\"\nmost = 1", "over = \"day\"\nmost = 1"), "组“h”清得更勤"),
        (under("most = 1", "counts = \"times\"\ntiers = [{ from = 1, points = 1 }]"), "收不了分"),
        (under("over = \"day\"\nstart = 1", "over = \"year\"\nleast = 1"), "还没有做事就值分了"),
        (group("most = 1\ngroup = \"g\""), "绕了一圈"),
        (under("most = 1", "most = 2\ngroup = \"g\""), "绕了一圈"),
        (group("percent = 101"), "应在 1 与 100 之间"),
        (group("tiers = [{ from = 2, points = 1 }, { from = 2, points = 3 }]"), "门槛必须逐级升高"),
    ] {
        let found = faults(&groups);
        assert!(found.iter().any(|one| one.contains(sentence)), "{groups}: {found:?}");
    }
    let priced = faults(&group("counts = \"times\"\ntiers = [{ from = 1, points = 1 }]"));
    assert!(priced.iter().any(|one| one.contains("请删去这里的")), "{priced:?}");
}

#[test]
fn a_deed_climbs_from_its_own_group_to_the_topmost() {
    let groups = group("over = \"day\"\nmost = 10\ngroup = \"label\"")
        + "[[groups]]\ncode = \"label\"\ngroup = \"year\"\n[[groups]]\ncode = \"year\"\nover = \"year\"\nmost = 15\n";
    let evaluation = read(&with(&format!("{ITEM}{groups}"))).evaluate(&item("a")).unwrap();
    let climb = evaluation.climb.unwrap();
    let counters: Vec<(&str, &str)> = climb
        .levels
        .iter()
        .map(|level| (level.counter.key.as_str(), level.counter.window.as_str()))
        .collect();
    let of = member();
    assert_eq!(climb.by, 8 * MILLION);
    assert_eq!(
        counters,
        [(format!("group/t/g/{of}").as_str(), "2026-10-31"), (format!("group/t/year/{of}").as_str(), "2026")]
    );
    assert_eq!(group_in_key(counters[0].0), Some("g"));
}

#[test]
fn hours_move_a_group_that_counts_them() {
    let text = with(
        "[hours]\ngroup = \"g\"\n[[groups]]\ncode = \"g\"\nover = \"year\"\ncounts = \"hours\"\nbands = [{ from = 0, each = 1 }, { from = 10, each = 0.5 }]\n",
    );
    let climb = read(&text).evaluate(&service(90)).unwrap().climb.unwrap();
    assert_eq!((climb.by, climb.levels[0].curve.counts), (90, Counts::Hours));
    assert_eq!(climb.levels[0].curve.at(660), Some(10_500_000));
}

#[test]
fn twice_is_not_higher_than_once() {
    let scheme = read(&with(&format!("{ITEM}{}", group("counts = \"highest\""))));
    let mut twice = item("a");
    twice.work = Work::Item { code: "a".into(), quantity: Decimal::TWO };
    assert!(matches!(scheme.evaluate(&twice), Err(Refusal::QuantityRefused { most: Some(1), .. })));
    assert_eq!(scheme.evaluate(&item("a")).unwrap().climb.unwrap().by, 8 * MILLION);
}

#[test]
fn a_version_of_its_day_keeps_its_meaning() {
    let text = with(&format!("{ITEM}{}", group("highest_only_per = \"year\"")));
    let old = Scheme::parse_as(&text, Notation::Caps).unwrap().evaluate(&item("a")).unwrap();
    assert_eq!((old.climb, old.caps.len(), old.points_minor), (None, 1, 800));
    let new = read(&text).evaluate(&item("a")).unwrap();
    assert_eq!((new.climb.unwrap().levels[0].curve.counts, new.caps.len()), (Counts::Highest, 0));
}

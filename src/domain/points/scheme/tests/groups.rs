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
    assert_eq!(stage_in_key(counters[0].0), Some("g"));
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
fn caps_in_points_stand_beside_counters_not_over_them() {
    let counted = group("over = \"day\"\nmost = 10");
    let cap = "[[caps]]\ncode = \"month\"\npoints = 300\nover = \"month\"\n";
    let found = faults(&format!("{counted}{cap}"));
    assert!(found.iter().any(|one| one.contains("请把上限写成上面一组的 most")), "{found:?}");
    let other = "[[items]]\ncode = \"b\"\nname = \"乙\"\npoints = 1\n";
    assert_eq!(faults(&format!("{counted}{cap}items = [\"b\"]\n{other}")), Vec::<String>::new());
    let old =
        read(&with(&format!("{ITEM}{}", group("highest_only_per = \"year\"")))).evaluate(&item("a")).unwrap();
    assert_eq!((old.climb, old.caps.len(), old.points_minor), (None, 1, 800));
}

const NEWCOMER: &str = "classes = [\"新住户\", \"老住户\"]\n[[items]]\ncode = \"a\"\nname = \"新住户报到\"\n";

/// The faults of an item with these keys, in Chinese.
fn of_item(rest: &str) -> Vec<String> {
    let faults = Scheme::parse(&with(&format!("{NEWCOMER}{rest}\n"))).err().unwrap_or_default();
    faults.iter().map(|fault| fault.sentence(Language::Chinese)).collect()
}

#[test]
fn a_table_prices_a_deed_by_class_and_day() {
    let rows = "cases = [{ class = \"新住户\", until = 2026-06-30, points = 6 }, { class = \"新住户\", from = 2026-07-01, points = 3 }]";
    let text = with(&format!("{NEWCOMER}{rows}\notherwise = \"needs_person\"\n"));
    let scheme = read(&text);
    let deed = |day: &str, class: &str| {
        let mut deed = item("a");
        deed.day = Day::parse(day).unwrap();
        deed.classes = vec![class.to_owned()];
        scheme.evaluate(&deed).map(|evaluation| evaluation.points_minor)
    };
    assert_eq!((deed("2026-06-30", "新住户"), deed("2026-07-01", "新住户")), (Ok(600), Ok(300)));
    assert!(matches!(deed("2026-07-01", "老住户"), Err(Refusal::NeedsPerson { .. })));
    let said: Vec<String> =
        read_aloud(&scheme, &text, Language::Chinese).into_iter().map(|one| one.text).collect();
    let sentence =
        "新住户报到：分情况：新住户（到 2026-06-30） 6 分、新住户（2026-07-01 起） 3 分，其他由人定。";
    assert!(said.iter().any(|one| one == sentence), "{said:?}");
}

#[test]
fn the_price_of_the_nth_time_is_a_curve_over_its_own_count() {
    let text = with(&format!(
        "{NEWCOMER}over = \"year\"\ngroup = \"g\"\ncases = [{{ nth = 1, points = 10 }}, {{ nth_from = 2, points = 5 }}]\n{}",
        group("over = \"year\"\nmost = 18")
    ));
    let climb = read(&text).evaluate(&item("a")).unwrap().climb.unwrap();
    assert_eq!((climb.by, climb.levels.len()), (1, 2));
    assert_eq!(stage_in_key(&climb.levels[0].counter.key), Some("nth/a"));
    let worth: Vec<i64> = (0..4).map(|times| climb.levels[0].curve.at(times).unwrap() / MILLION).collect();
    assert_eq!(worth, [0, 10, 15, 20]);
    let twice = with(&format!("{NEWCOMER}cases = [{{ nth = 1, points = 10 }}, {{ nth = 2, points = 5 }}]\n"));
    let climb = read(&twice).evaluate(&item("a")).unwrap().climb.unwrap();
    assert_eq!(climb.levels[0].curve.at(9), Some(15 * MILLION), "a third time brings nothing");
}

#[test]
fn tables_that_contradict_themselves_are_told() {
    for (rest, sentence) in [
        (
            "cases = [{ class = \"新住户\", points = 6 }, { class = \"新住户\", points = 3 }]",
            "会同时用到一个人身上",
        ),
        (
            "cases = [{ class = \"新住户\", points = 6 }, { from = 2026-07-01, points = 3 }]",
            "会同时用到一个人身上",
        ),
        ("cases = [{ class = \"新住户\", points = 6 }]", "没有包括所有的人和日子"),
        ("cases = [{ class = \"外来户\", points = 6 }]\notherwise = 0", "文件里没有定义「外来户」"),
        (
            "cases = [{ from = 2026-07-02, until = 2026-07-01, points = 6 }]\notherwise = 0",
            "结束日期早于开始日期",
        ),
        ("cases = [{ nth = 1, points = 6 }, { nth = 3, points = 6 }]", "第几次要从 1 起"),
        ("cases = [{ nth_from = 1, points = 6 }, { nth = 2, points = 6 }]", "第几次要从 1 起"),
        ("points = 3\ncases = [{ nth = 1, points = 6 }]", "只能写其中一项：points、cases"),
        ("points = 3\notherwise = 1", "与「points」同用没有意义"),
        ("cases = []", "缺少「points」"),
    ] {
        let found = of_item(rest);
        assert!(found.iter().any(|one| one.contains(sentence)), "{rest}: {found:?}");
    }
}

//! Faults of a scheme file: each with its line, column and path.

use super::*;
use crate::domain::language::Language;

fn faults(text: &str) -> Vec<(usize, usize, String, Problem)> {
    let faults = Scheme::parse(text).expect_err("the file has faults");
    faults.into_iter().map(|f| (f.line, f.column, f.path, f.problem)).collect()
}

/// The only fault of a file: line, column, path, problem.
fn only(text: &str) -> (usize, usize, String, Problem) {
    let mut found = faults(text);
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

const HOURS: &str = "[hours]\npoints_per_hour = 1\n";

#[test]
fn a_slip_of_the_pen_is_found_where_it_is() {
    let (line, column, path, problem) = only(&with("[hours]\npoints_per_hour = 1\nroundng = \"actual\"\n"));
    assert_eq!((line, column, path.as_str()), (7, 1, "hours.roundng"));
    let Problem::UnknownKey { key, known, near, .. } = problem else { panic!("{problem:?}") };
    assert_eq!((key.as_str(), near), ("roundng", Some("rounding")));
    assert!(known.contains(&"rounding"));
}

#[test]
fn text_that_is_not_toml_is_refused_with_its_place() {
    let (line, _, _, problem) = faults(&with("[hours\npoints_per_hour = 1\n")).remove(0);
    assert_eq!(line, 5);
    assert!(matches!(problem, Problem::Syntax { .. }), "{problem:?}");
    let duplicate = faults(&with("name = \"另一个\"\n[hours]\npoints_per_hour = 1\n")).remove(0);
    assert_eq!(duplicate.0, 5);
    let long = format!("# {}", "长".repeat(200_000));
    assert!(matches!(only(&long).3, Problem::TooLong { .. }));
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_file() {
    let text = "version = 1\nname = \"\"\nvalid_from = 2026-02-01T10:00:00\nvalid_until = \"morgen\"\ndecimals = 3\n";
    let places: Vec<_> = faults(text).into_iter().map(|f| (f.0, f.1, f.2)).collect();
    let at = |line: usize, column: usize, path: &str| (line, column, path.to_owned());
    assert_eq!(
        places,
        [
            at(1, 1, ""), // no code
            at(1, 1, ""), // neither hours nor items nor stars
            at(1, 11, "version"),
            at(2, 8, "name"),
            at(3, 14, "valid_from"),
            at(4, 15, "valid_until"),
            at(5, 12, "decimals"),
        ]
    );
}

#[test]
fn columns_are_counted_in_characters() {
    let (line, column, ..) =
        only(&with("classes = [\"低保户\", \"低保户\"]\n[hours]\npoints_per_hour = 1\n"));
    assert_eq!((line, column), (5, 19));
}

#[test]
fn figures_are_plain_decimals_taken_as_written() {
    for written in ["0.1", "\"0.1\"", "0.10"] {
        let scheme = read(&with(&format!("[hours]\npoints_per_hour = {written}\n")));
        assert_eq!(minor(&scheme, &service(180)), 30, "{written}");
    }
    for (written, problem) in [
        ("1e3", Problem::NotANumber { text: "1e3".into() }),
        ("inf", Problem::NotANumber { text: "inf".into() }),
        ("nan", Problem::NotANumber { text: "nan".into() }),
        ("\"1,000\"", Problem::NotANumber { text: "1,000".into() }),
        ("\"１\"", Problem::NotANumber { text: "１".into() }),
        ("0x10", Problem::NotANumber { text: "10".into() }),
        ("true", Problem::WrongType { expected: Expected::Number, found: "boolean" }),
        ("0.1234567", Problem::TooManyDecimals { most: 6 }),
        ("-1", Problem::OutOfRange { least: "0".into(), most: "1000000000".into() }),
        ("10000000000", Problem::OutOfRange { least: "0".into(), most: "1000000000".into() }),
        (
            "99999999999999999999999999999999999999",
            Problem::OutOfRange { least: "0".into(), most: "1000000000".into() },
        ),
    ] {
        let (line, column, path, found) = only(&with(&format!("[hours]\npoints_per_hour = {written}\n")));
        assert_eq!((line, column, path.as_str()), (6, 19, "hours.points_per_hour"), "{written}");
        assert_eq!(found, problem, "{written}");
    }
}

#[test]
fn rules_that_contradict_themselves_are_refused() {
    let item = |rest: &str| {
        with(&format!("classes = [\"低保户\"]\n[[items]]\ncode = \"a\"\nname = \"甲\"\n{rest}\n"))
    };
    let cases: Vec<(String, (usize, usize), &str)> = vec![
        (with(&format!("valid_until = 2025-12-31\n{HOURS}")), (5, 15), "valid_until"),
        (with(&format!("expiry = {{ date = 2025-12-31 }}\n{HOURS}")), (5, 19), "expiry.date"),
        (with(&format!("expiry = {{ days = 0 }}\n{HOURS}")), (5, 19), "expiry.days"),
        (
            with(&format!("expiry = {{ days = 1, end_of_year_after = 1 }}\n{HOURS}")),
            (5, 42),
            "expiry.end_of_year_after",
        ),
        (with(&format!("expiry = \"end_of_week\"\n{HOURS}")), (5, 10), "expiry"),
        (with(&format!("expiry = 3\n{HOURS}")), (5, 10), "expiry"),
        (with(&format!("purse = \"MONEY\"\n{HOURS}")), (5, 9), "purse"),
        (with(&format!("purse = \"SCORE\"\nlifetime = true\n{HOURS}")), (6, 12), "lifetime"),
        (with(&format!("purse = \"SCORE\"\nexpiry = \"never\"\n{HOURS}")), (6, 10), "expiry"),
        (with(&format!("four_eyes_above = 0\n{HOURS}")), (5, 19), "four_eyes_above"),
        (item("points = 0.555"), (9, 10), "items[1].points"),
        (item("points = \"free\""), (9, 10), "items[1].points"),
        (item("points = { each = 0, points = 1 }"), (9, 19), "items[1].points.each"),
        (item("points = { each = 1, percent = 1, points = 1 }"), (9, 32), "items[1].points.percent"),
        (
            item("points = { tiers = [{ from = 5, points = 1 }, { from = 5, points = 2 }] }"),
            (9, 47),
            "items[1].points.tiers[2]",
        ),
        (
            item("points = { case_by_case = { least = 9, most = 1 } }"),
            (9, 47),
            "items[1].points.case_by_case.most",
        ),
        (item("points = 1\napplies_to = [\"党员\"]"), (10, 15), "items[1].applies_to[1]"),
        (item("points = 1\ngroup = \"g\""), (10, 9), "items[1].group"),
        (item("points = 1\nonce_per = \"week\""), (10, 12), "items[1].once_per"),
        (item("points = 1\n[[items]]\ncode = \"a\"\nname = \"乙\"\npoints = 2"), (11, 8), "items[2].code"),
        (item("points = 1\n[[caps]]\ncode = \"c/d\"\npoints = 1\nover = \"day\""), (11, 8), "caps[1].code"),
        (item("points = 1\n[[caps]]\ncode = \"c\"\npoints = 0\nover = \"day\""), (12, 10), "caps[1].points"),
        (item("points = 1\n[[caps]]\ncode = \"c\"\npoints = -5\nover = \"day\""), (12, 10), "caps[1].points"),
        (
            item("points = 1\n[[caps]]\ncode = \"c\"\nminutes = 5\nover = \"day\"\non = \"items\""),
            (14, 6),
            "caps[1].on",
        ),
        (
            item("points = 1\n[[caps]]\ncode = \"c\"\npoints = 5\nover = \"day\"\nitems = [\"b\"]"),
            (14, 10),
            "caps[1].items[1]",
        ),
        (item("points = 1\n[[caps]]\ncode = \"c\"\nhours = 0.001\nover = \"day\""), (12, 9), "caps[1].hours"),
        (with("[hours]\nrounding = \"actual\"\n"), (5, 1), "hours"),
        (with("[hours]\npoints_per_hour = 1\npoints_per_time = 1\n"), (7, 19), "hours.points_per_time"),
        (with("[hours]\nlevels = [{ code = \"a\", coefficient = 1 }]\n"), (5, 1), "hours"),
        (with(&format!("{HOURS}default_level = \"x\"\n")), (7, 17), "hours.default_level"),
        (with(&format!("{HOURS}rounding = {{ full_hours = 0 }}\n")), (7, 27), "hours.rounding.full_hours"),
        (with(&format!("{HOURS}evidence = {{ video = 1 }}\n")), (7, 14), "hours.evidence.video"),
        (
            with(&format!(
                "{HOURS}levels = [{{ code = \"a\", coefficient = 1 }}, {{ code = \"a\", coefficient = 2 }}]\n"
            )),
            (7, 53),
            "hours.levels[2].code",
        ),
    ];
    for (text, place, path) in cases {
        let found = only(&text);
        assert_eq!(((found.0, found.1), found.2.as_str()), (place, path), "{text}\n{:?}", found.3);
    }
}

#[test]
fn star_thresholds_must_rise_and_be_of_one_kind() {
    let stars = |rows: &str| with(&format!("[stars]\nsteps = [{rows}]\n"));
    let problem = |rows: &str| only(&stars(rows)).3;
    assert_eq!(problem("{ star = 1, hours = 100 }, { star = 2, hours = 100 }"), Problem::NotRising);
    assert_eq!(problem("{ star = 2, hours = 100 }, { star = 1, hours = 200 }"), Problem::NotRising);
    let both = "{ star = 1, hours = 1, points = 9 }, { star = 2, hours = 2, points = 3 }";
    assert_eq!(problem(both), Problem::NotRising);
    assert_eq!(problem("{ star = 1, hours = 1 }, { star = 2, points = 2 }"), Problem::UnevenThresholds);
    assert_eq!(problem("{ star = 1 }"), Problem::OneNeededOf { keys: vec!["hours", "points"] });
    assert_eq!(only(&with("[stars]\nwindow = \"lifetime\"\n")).3, Problem::MissingKey { key: "steps" });
}

#[test]
fn categories_have_three_levels_at_most() {
    let tree = |inner: &str| {
        with(&format!(
            "{HOURS}categories = [{{ code = \"a\", children = [{{ code = \"b\", children = [{{ code = \"c\"{inner} }}] }}] }}]\n"
        ))
    };
    assert!(Scheme::parse(&tree("")).is_ok());
    let deep = only(&tree(", children = [{ code = \"d\" }]"));
    assert_eq!(deep.3, Problem::TooDeep { most: 3 });
    assert_eq!(deep.2, "hours.categories[1].children[1].children[1].children[1]");
    let twice = only(&tree(", children = []").replace("\"c\"", "\"a\""));
    assert_eq!(twice.3, Problem::Duplicate { code: "a".into() });
}

#[test]
fn a_fault_is_a_sentence_in_both_languages() {
    let text = with("[hours]\npoints_per_hour = 0.1234567\n");
    let fault = Scheme::parse(&text).unwrap_err().remove(0);
    assert_eq!(
        fault.sentence(Language::Chinese),
        "第 6 行第 19 列（hours.points_per_hour）：小数位过多，最多 6 位"
    );
    assert_eq!(fault.to_string(), "line 6, column 19 (hours.points_per_hour): too many decimals: at most 6");
}

#[test]
fn the_example_that_explains_the_format_is_a_scheme() {
    let page = include_str!("../../../../../schemes/README.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let scheme = read(example);
    assert_eq!((scheme.items.len(), scheme.caps.len(), scheme.groups.len()), (6, 2, 4));
    let home = of_category(by(service(60), Evidence::SelfReport), "care-home");
    assert_eq!(minor(&scheme, &home), 400); // 5 a time × 0.8
}

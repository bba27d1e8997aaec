//! Schemes from the command line: what their authors see.

use crate::support::cli::jianxian;
use serde_json::Value;

fn lines(arguments: &[&str]) -> (i32, String, String) {
    jianxian(&[&["--lang", "en", "scheme"], arguments].concat())
}

#[test]
fn every_sample_is_without_faults() {
    let names: Vec<_> = jianxian::domain::points::scheme::samples().iter().map(|(name, _)| *name).collect();
    assert!(names.len() > 20);
    let (code, printed, _) = lines(&[&["check", "--json"], names.as_slice()].concat());
    assert_eq!(code, 0, "{printed}");
    let document: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(document.as_array().unwrap().len(), names.len());
    let (code, printed, _) = lines(&["check", "jianxian"]);
    assert!(code == 0 && printed.starts_with("jianxian: no faults"), "{printed}");
}

#[test]
fn a_mistake_is_told_with_its_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    std::fs::write(&file, "code = \"mine\"\nversion = \"1\"\nname = \"我的\"\nvalid_form = 2026-01-01\n")
        .unwrap();
    let path = file.to_str().unwrap();
    let (code, printed, _) = lines(&["check", path]);
    assert_eq!(code, 1);
    assert!(printed.contains("mine.toml: line 4, column 1 (valid_form): "), "{printed}");
    assert!(printed.contains("4 | valid_form = 2026-01-01\n  | ^^^^^^^^^^\n"), "{printed}");
    let (code, _, complaint) = lines(&["explain", path, "--minutes", "60"]);
    assert!(code == 1 && complaint.contains("line 4, column 1"), "{complaint}");
    std::fs::write(&file, [0xff, 0xfe, 0x00]).unwrap();
    let (code, _, complaint) = lines(&["check", path]);
    assert!(code == 1 && complaint.contains("is not UTF-8 text"), "{complaint}");
    let (code, _, complaint) = lines(&["check", "no-such-file.toml"]);
    assert!(code == 1 && complaint.contains("cannot read or write no-such-file.toml"), "{complaint}");
}

#[test]
fn a_deed_is_explained_in_both_languages() {
    let deed =
        ["explain", "jianxian", "--minutes", "150", "--category", "care-elderly-home", "--day", "2026-03-01"];
    let (code, printed, complaint) = lines(&[&deed[..], &["--json"]].concat());
    assert_eq!(code, 0, "{complaint}");
    let document: Value = serde_json::from_str(&printed).unwrap();
    // Two points an hour, 2.5 hours, coefficient 1.5.
    assert_eq!(document["points"], "7.50");
    assert_eq!(document["lifetime_points"], "7.50");
    assert_eq!(document["expires_at"], "2027-12-31T16:00:00Z");
    assert!(document["chinese"][0].as_str().unwrap().starts_with("依据《涧贤志愿服务积分办法（示例）》"));
    let (_, printed, _) = lines(&deed);
    assert!(printed.contains("By the scheme this is worth 7.5 points."), "{printed}");
}

#[test]
fn a_deed_that_the_scheme_does_not_price_is_refused_in_words() {
    let explain = |rest: &[&str]| lines(&[&["explain", "jianxian", "--day", "2026-03-01"], rest].concat());
    let (code, _, complaint) = explain(&["--item", "flying"]);
    assert!(code == 1 && complaint.contains("flying"), "{complaint}");
    let (code, _, complaint) = explain(&["--item", "bravery"]);
    assert_eq!(code, 1, "{complaint}");
    let decided = ["--item", "bravery", "--points", "60", "--reason", "救起落水者"];
    let (code, printed, complaint) = explain(&[&decided[..], &["--json"]].concat());
    assert_eq!(code, 0, "{complaint}");
    let document: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((&document["points"], &document["second_person"]), (&"60.00".into(), &true.into()));
    for wrong in [
        &["--minutes", "60", "--item", "bravery"][..],
        &[],
        &["--item", "no-show", "--minutes", "5"],
        &["--minutes", "60", "--evidence", "rumour"],
        &["--item", "no-show", "--quantity", "1e3"],
        &["--item", "bravery", "--points", "60"],
        &["--minutes", "60", "--day", "2026-02-30"],
    ] {
        assert_eq!(explain(wrong).0, 2, "{wrong:?}");
    }
}

#[test]
fn a_scheme_is_read_back_in_sentences() {
    let (code, printed, complaint) = jianxian(&["--lang", "zh-CN", "scheme", "sentences", "jianxian"]);
    assert_eq!(code, 0, "{complaint}");
    assert!(printed.contains("建议被采纳：每条 3 分，每人每月最多 4 次"), "{printed}");
    let (_, printed, _) = lines(&["sentences", "jianxian", "--json"]);
    let document: Value = serde_json::from_str(&printed).unwrap();
    let (first, last) = (&document[0], document.as_array().unwrap().last().unwrap());
    assert!(first["english"].as_str().unwrap().contains("version 2025.1"), "{first}");
    assert!(first["lines"].is_array() && last["lines"].is_null(), "defaults come last: {last}");
}

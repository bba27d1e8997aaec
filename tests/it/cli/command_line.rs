//! The binary as people and scripts call it: exit codes, languages, documents.

use crate::support::cli::jianxian;
use serde_json::Value;

#[test]
fn a_wrong_command_line_ends_with_2_and_the_help_lists_the_exit_codes() {
    let (code, _, complaint) = jianxian(&["fly"]);
    assert_eq!(code, 2);
    assert!(complaint.contains("'fly'"), "{complaint}");
    assert_eq!(jianxian(&["--lang", "fr", "head"]).0, 2);
    let (code, help, _) = jianxian(&["--help"]);
    assert_eq!(code, 0);
    assert!(help.contains("3  核对发现不符"), "{help}");
}

#[test]
fn the_settings_in_force_are_listed_with_their_sources() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    std::fs::write(folder.path().join("jianxian.toml"), "[times]\ncode_seconds = 5\n").unwrap();
    let (code, printed, complaint) = jianxian(&["config", "--json", "--data", data]);
    assert_eq!(code, 0, "{complaint}");
    let rows: Vec<Value> = serde_json::from_str(&printed).unwrap();
    let row = |key: &str| rows.iter().find(|row| row["key"] == key).unwrap_or_else(|| panic!("{key}"));
    assert_eq!((&row("store.data")["value"], &row("store.data")["from"]), (&data.into(), &"--data".into()));
    assert_eq!(row("times.code_seconds")["value"], "5");
    assert!(row("times.code_seconds")["from"].as_str().unwrap().ends_with("jianxian.toml"));
    assert_eq!(row("sign_in.access_seconds")["from"], "default");
    let (_, table, _) = jianxian(&["--lang", "en", "config"]);
    assert!(table.contains("| setting") && table.contains("http.port"), "{table}");
    std::fs::write(folder.path().join("jianxian.toml"), "[times]\ncode = 5\n").unwrap();
    let (code, printed, complaint) = jianxian(&["--lang", "en", "config", "--data", data]);
    assert_eq!((code, printed.as_str()), (2, ""));
    assert!(complaint.contains("jianxian.toml"), "{complaint}");
}

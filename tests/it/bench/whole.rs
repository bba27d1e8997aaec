//! The benchmark as people run it, with small numbers: one document with every goal, and nothing left behind.

use crate::goals::Bench;
use clap::Parser;
use jianxian::cli::ending::{Ending, Failure};
use jianxian::domain::language::Language;
use serde_json::Value;

/// A smoke run in a folder.
fn run_in(folder: &str, flags: &[&str]) -> Result<Value, Failure> {
    let usual = ["goals", "--connections", "2", "--data", folder];
    let report = Bench::parse_from([&usual, flags].concat()).measure()?;
    let found = report.text(Language::English);
    assert!(found.starts_with("Note: a smoke run"), "{found}");
    Ok(serde_json::to_value(report).unwrap())
}

/// The document of a smoke run.
fn smoke(flags: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let document = run_in(folder.path().to_str().unwrap(), flags).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the bench leaves nothing behind");
    document
}

fn shows_every_goal(document: &Value, expected: &[&str]) {
    assert_eq!(document["quick"], true);
    assert!(document["sync"]["per_second"].as_f64().unwrap() > 0.0);
    let runs = document["runs"].as_array().unwrap();
    let mut subjects: Vec<_> = runs.iter().map(|run| run["subject"].as_str().unwrap()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    assert_eq!(subjects, expected);
    for run in runs.iter().filter(|run| run["subject"] == "jianxian") {
        assert!(run["batch"]["commands"].as_f64().unwrap() >= 1.0, "{run}");
    }
    let goals = document["goals"].as_array().unwrap();
    assert_eq!(goals.len(), 23);
    // The first three are about 500, 16 and 1 connections; everything else is measured whatever their number.
    let open: Vec<_> =
        goals.iter().filter(|goal| goal["measured"].is_null()).map(|goal| &goal["name"]).collect();
    assert_eq!(open, ["hot_500", "hot_16", "lone"]);
    for (name, figure) in document["figures"].as_object().unwrap() {
        let all = figure.as_array().cloned().unwrap_or_else(|| vec![figure.clone()]);
        assert!(all.iter().all(|one| one.as_f64().is_some_and(|one| one > 0.0)), "{name}: {figure}");
    }
    assert!(document["figures"]["grown_entries"].as_i64().unwrap() >= 2_000);
}

#[test]
fn the_bench_prints_one_document_with_every_goal() {
    let document = smoke(&[]);
    shows_every_goal(&document, &["http_alone", "jianxian", "plain_sqlite"]);
    assert_eq!(document["engine"], "sqlite");
}

#[cfg(feature = "postgres")]
#[test]
fn on_postgresql_too_in_schemas_of_its_own() {
    use crate::support::cluster::Cluster;
    let server = format!("postgres://postgres@127.0.0.1:{}/postgres", Cluster::shared().port());
    let document = smoke(&["--database", &server]);
    shows_every_goal(&document, &["http_alone", "jianxian", "plain_postgres", "postgres_function"]);
    assert_eq!(document["engine"], "postgres");
    assert!(document["server_sync"]["per_second"].as_f64().unwrap() > 0.0);
    let server = document["machine"]["server"].as_str().unwrap();
    assert!(server.starts_with("PostgreSQL 1") && server.contains("fsync on"), "{server}");
    Cluster::shared().run_sql(
        "DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM pg_namespace WHERE nspname LIKE 'jianxian\\_bench%'); END $$",
    );
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let failure = run_in("/proc/nowhere", &[]).unwrap_err();
    assert_eq!(failure.ending, Ending::Refused);
    assert!(failure.english.starts_with("cannot read or write /proc/nowhere/bench-"), "{failure:?}");
}

#[test]
fn a_database_that_cannot_be_measured_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |url: &str| {
        let failure = run_in(folder.path().to_str().unwrap(), &["--database", url]).unwrap_err();
        assert!(!format!("{failure:?}").contains("secret"), "{failure:?}");
        failure
    };
    let failure = refused("mysql://me:secret@127.0.0.1/bank");
    assert_eq!(failure.ending, Ending::Usage);
    assert!(failure.english.contains("leave --database out"), "{failure:?}");
    let failure = refused("postgres://me:secret@127.0.0.1:1/bank");
    let (ending, sentence) = match cfg!(feature = "postgres") {
        true => (Ending::Refused, "the database cannot be measured"),
        false => (Ending::Usage, "built without PostgreSQL"),
    };
    assert_eq!(failure.ending, ending);
    assert!(failure.english.contains(sentence), "{failure:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

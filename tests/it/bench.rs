//! The benchmark as people call it: one document with every goal, and nothing left behind.

use crate::cli::jianxian;
use serde_json::Value;

/// A smoke run; the document that it prints.
fn smoke(flags: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let usual = ["bench", "--quick", "--json", "--connections", "2", "--data", data];
    let (code, printed, remarks) = jianxian(&[&usual, flags].concat());
    assert_eq!(code, 0, "{remarks}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the bench leaves nothing behind");
    serde_json::from_str(&printed).unwrap()
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
    assert_eq!(goals.len(), 15);
    // The first three are about 500, 16 and 1 connections; everything else is measured whatever their number.
    let open: Vec<_> =
        goals.iter().filter(|goal| goal["measured"].is_null()).map(|goal| &goal["name"]).collect();
    assert_eq!(open, ["hot_500", "hot_16", "lone"]);
    for (name, figure) in document["figures"].as_object().unwrap() {
        assert!(figure.as_f64().is_some_and(|figure| figure > 0.0), "{name}: {figure}");
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
    use crate::cluster::Cluster;
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
    let (code, printed, complaint) =
        jianxian(&["bench", "--quick", "--lang", "en", "--data", "/proc/nowhere"]);
    assert_eq!((code, printed.as_str()), (1, ""));
    assert!(complaint.starts_with("cannot read or write /proc/nowhere/bench-"), "{complaint}");
}

#[test]
fn a_database_that_cannot_be_measured_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let refused = |url: &str| {
        let (code, printed, complaint) =
            jianxian(&["--lang", "en", "bench", "--quick", "--data", data, "--database", url]);
        assert_eq!(printed, "");
        assert!(!complaint.contains("secret"), "{complaint}");
        (code, complaint)
    };
    let (code, complaint) = refused("mysql://me:secret@127.0.0.1/bank");
    assert_eq!(code, 2);
    assert!(complaint.contains("leave --database out"), "{complaint}");
    let (code, complaint) = refused("postgres://me:secret@127.0.0.1:1/bank");
    let (expected, sentence) = match cfg!(feature = "postgres") {
        true => (1, "the database cannot be measured"),
        false => (2, "built without PostgreSQL"),
    };
    assert_eq!(code, expected);
    assert!(complaint.contains(sentence), "{complaint}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

//! The bank on tables that are hash-partitioned by bank, as in a distributed engine: the same migrations, four
//! partitions a table. Every request must touch only one of them. With `JIANXIAN_PARTITIONED=1` all tests of the
//! suite run on such tables.

use crate::support::asking::Furnished;
use crate::support::cluster::Cluster;
use crate::support::database::{self, TestDatabase};
use crate::support::document::operations;
use crate::support::partitioned::new_schema;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The tables scanned by a plan.
fn scanned(plan: &Value, found: &mut BTreeSet<String>) {
    if let Some(members) = plan.as_object() {
        // An update names all partitions as its targets; those that it scans have loops.
        let ran = members.get("Actual Loops").and_then(Value::as_f64).is_some_and(|loops| loops > 0.0);
        if let Some(table) = members.get("Relation Name").and_then(Value::as_str).filter(|_| ran) {
            found.insert(table.to_owned());
        }
        members.values().for_each(|member| scanned(member, found));
    } else if let Some(list) = plan.as_array() {
        list.iter().for_each(|one| scanned(one, found));
    }
}

/// Whether a statement changes the bank of an existing row, which would have to move to another machine.
fn moves_a_row(query: &str) -> bool {
    let set =
        query.split_once(" SET ").map_or("", |(_, rest)| rest.split(" WHERE ").next().unwrap_or_default());
    set.replace('"', "").split(',').any(|one| one.trim().starts_with("bank_id ="))
}

/// The statements in a server's log that touched more than one partition.
fn scattered(log: &str) -> (usize, BTreeMap<String, BTreeSet<String>>) {
    let mut faults = BTreeMap::new();
    let mut looked = 0;
    for text in log.split("plan:\n").skip(1) {
        let mut plans = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        let Some(Ok(plan)) = plans.next() else { continue };
        let mut tables = BTreeSet::new();
        scanned(&plan["Plan"], &mut tables);
        let parts: BTreeSet<String> =
            tables.iter().filter_map(|table| Some(table.rsplit_once("_part")?.1.to_owned())).collect();
        looked += usize::from(!parts.is_empty());
        let query = plan["Query Text"].as_str().unwrap_or_default();
        if parts.len() > 1 || moves_a_row(query) {
            faults.insert(query.to_owned(), tables);
        }
    }
    (looked, faults)
}

#[test]
fn every_statement_of_every_operation_finds_its_rows_in_one_partition() {
    let cluster = Cluster::start();
    let (_, url) = new_schema(&cluster);
    cluster.set(
        "session_preload_libraries = 'auto_explain'\nauto_explain.log_min_duration = 0\n\
         auto_explain.log_analyze = on\nauto_explain.log_timing = off\nauto_explain.log_format = 'json'\n\
         log_line_prefix = ''\n",
    );
    cluster.reload();
    let furnished = database::during(url, Furnished::new);
    let mut done = 0;
    // After signing out, further requests would be refused.
    for operation in operations().into_iter().filter(|operation| !operation.path.contains("/auth/logout")) {
        for login in [
            "staff",
            "reviewer",
            "merchant_clerk",
            "merchant_owner",
            "ledger_operator",
            "auditor",
            "administrator",
        ] {
            let key = format!("partitioned-{login}-{}", operation.id);
            let answer = furnished.send_as(login, &furnished.ask(&operation, &key));
            assert!(answer.status < 500, "{}: {answer:?}", operation.id);
            done += usize::from(answer.status < 300);
        }
    }
    assert!(done > 60, "only {done} requests were carried out");
    let (looked, faults) = scattered(&cluster.whole_log());
    assert!(looked > 500, "only {looked} plans were found in the log");
    // What runs for all banks: the list of them, and the ids of their keys.
    let above = |query: &str| {
        query.contains("FROM \"banks\" ORDER BY") || query.contains("FROM \"bank_keys\" ORDER BY")
    };
    let faults: BTreeMap<_, _> = faults.into_iter().filter(|(query, _)| !above(query)).collect();
    assert!(faults.is_empty(), "{faults:#?}");
    drop(furnished.town.verify_and_stop());
}

#[test]
fn a_statement_that_looks_everywhere_is_found() {
    let cluster = Cluster::start();
    let (_, url) = new_schema(&cluster);
    cluster.set(
        "session_preload_libraries = 'auto_explain'\nauto_explain.log_min_duration = 0\n\
         auto_explain.log_analyze = on\nauto_explain.log_format = 'json'\nlog_line_prefix = ''\n",
    );
    cluster.reload();
    let mut raw = TestDatabase::at(url).raw();
    raw.run("SELECT count(*) FROM entries");
    raw.run("SELECT count(*) FROM entries WHERE bank_id = 1");
    raw.run("UPDATE entries SET kind = 'x', bank_id = 2 WHERE bank_id = 1 AND number = 1");
    let (looked, faults) = scattered(&cluster.whole_log());
    assert_eq!(looked, 3);
    let moved = "UPDATE entries SET kind = 'x', bank_id = 2 WHERE bank_id = 1 AND number = 1";
    assert_eq!(faults.into_keys().collect::<Vec<_>>(), ["SELECT count(*) FROM entries", moved]);
}

//! Tables that are hash-partitioned by bank, as in a distributed engine: the same migrations, four partitions a
//! table.

use crate::support::cluster::Cluster;
use crate::support::migrations::migrations;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;

const PARTITIONS: u32 = 4;

/// A schema whose tables are partitioned; its name and its URL. The partitions are in [`parts_of`] it, so that a list
/// of the schema's tables does not show them.
pub fn new_schema(cluster: &Cluster) -> (String, String) {
    let (name, url) = cluster.new_schema();
    let parts = parts_of(&name);
    cluster.run_sql(&format!("CREATE SCHEMA {parts} AUTHORIZATION jianxian"));
    let mut conn = PgConnection::establish(&url).unwrap();
    let steps = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                 run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);";
    conn.batch_execute(steps).unwrap();
    for (step, up) in migrations("postgres") {
        let script = partitioned(&up, &parts);
        conn.batch_execute(&script).unwrap_or_else(|error| panic!("{step}: {error}\n{script}"));
        let version = step.split('_').next().unwrap();
        conn.batch_execute(&format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"))
            .unwrap();
    }
    (name, url)
}

/// The schema of the partitions of the tables in a schema.
pub fn parts_of(schema: &str) -> String {
    format!("{schema}_parts")
}

/// The same script with every table partitioned. Storage parameters of a table move to its partitions.
fn partitioned(script: &str, parts: &str) -> String {
    let plain: Vec<&str> = script.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let mut made = String::new();
    for statement in plain.join("\n").split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        let Some(rest) = statement.strip_prefix("CREATE TABLE ") else {
            made.push_str(&format!("{statement};\n"));
            continue;
        };
        let (table, _) = rest.split_once(' ').unwrap();
        let end = statement.rfind("\n)").unwrap() + 2;
        let (columns, storage) = statement.split_at(end);
        made.push_str(&format!("{columns} PARTITION BY HASH (bank_id);\n"));
        for remainder in 0..PARTITIONS {
            made.push_str(&format!(
                "CREATE TABLE {parts}.{table}_part{remainder} PARTITION OF {table} \
                 FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {remainder}){storage};\n"
            ));
        }
    }
    made
}

//! The two sets of migrations agree: the same numbers, tables, columns and keys, and every key begins with the bank,
//! so that a database that is partitioned by bank can run the same schema.

use crate::support::migrations::migrations;
use std::collections::BTreeMap;

/// Tables that do not belong to a bank.
const ABOVE_BANKS: &[&str] = &["banks"];

#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    columns: Vec<String>,
    /// Primary key, unique and foreign keys, as lists of columns.
    keys: Vec<(String, Vec<String>)>,
    strict: bool,
}

type Tables = BTreeMap<String, Table>;

/// The statements of a script without comments, in lower case, one line each.
fn statements(script: &str) -> Vec<String> {
    let lines: Vec<_> = script.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let one_line = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    lines.join("\n").split(';').map(one_line).filter(|s| !s.is_empty()).collect()
}

/// Splits at commas outside parentheses.
fn members(list: &str) -> Vec<String> {
    let (mut members, mut depth, mut current) = (Vec::new(), 0, String::new());
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                members.push(current.trim().to_owned());
                current.clear();
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    members.push(current.trim().to_owned());
    members
}

/// The columns inside the first parentheses of `text`.
fn columns_in(text: &str) -> Vec<String> {
    let inside =
        text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(inside, _)| inside);
    inside.split(',').map(|c| c.trim().split(' ').next().unwrap_or_default().to_owned()).collect()
}

fn read_table(tables: &mut Tables, statement: &str) {
    let rest = statement.trim_start_matches("create table ").trim_start_matches("if not exists ");
    let (name, rest) = rest.split_once('(').unwrap_or_else(|| panic!("no columns: {statement}"));
    let (body, tail) = rest.rsplit_once(')').unwrap_or_else(|| panic!("not closed: {statement}"));
    let table = tables.entry(unquoted(name)).or_default();
    table.strict = tail.contains("strict");
    for member in members(body) {
        let member = match member.strip_prefix("constraint ") {
            Some(named) => named.split_once(' ').map_or("", |(_, rule)| rule).to_owned(),
            None => member,
        };
        if member.starts_with("check") {
            continue;
        }
        let key = ["primary key", "unique", "foreign key"].into_iter().find(|key| member.starts_with(key));
        if let Some(key) = key {
            table.keys.push((key.to_owned(), columns_in(&member)));
            continue;
        }
        let column = unquoted(member.split(' ').next().unwrap_or_default());
        for key in ["primary key", "unique", "references"] {
            if member.contains(&format!(" {key}")) {
                table.keys.push((key.to_owned(), vec![column.clone()]));
            }
        }
        table.columns.push(column);
    }
}

fn unquoted(name: &str) -> String {
    name.trim().trim_matches('"').to_owned()
}

/// Applies the `up.sql` scripts in order, as far as tables, columns and unique keys are concerned.
fn schema(scripts: &[String]) -> Tables {
    let mut tables = Tables::new();
    for statement in scripts.iter().flat_map(|script| statements(script)) {
        if statement.starts_with("create table ") {
            read_table(&mut tables, &statement);
        } else if let Some(rest) = statement.strip_prefix("alter table ") {
            alter_table(&mut tables, rest);
        } else if let Some(rest) = statement.strip_prefix("drop table ") {
            tables.remove(&unquoted(rest.trim_start_matches("if exists ")));
        } else if statement.starts_with("create unique index ") {
            let on = statement.split_once(" on ").map_or("", |(_, on)| on);
            let table = tables.entry(unquoted(on.split('(').next().unwrap_or_default())).or_default();
            table.keys.push(("unique".to_owned(), columns_in(on)));
        }
    }
    for table in tables.values_mut() {
        table.keys.sort();
    }
    tables
}

fn alter_table(tables: &mut Tables, rest: &str) {
    let words: Vec<_> = rest.split(' ').collect();
    if let ["rename", "to", name] = words[1..] {
        let table = tables.remove(&unquoted(words[0])).unwrap_or_default();
        tables.insert(unquoted(name), table);
        return;
    }
    let table = tables.entry(unquoted(words[0])).or_default();
    match words[1..] {
        ["add", "column", name, ..] => table.columns.push(unquoted(name)),
        ["drop", "column", name, ..] => table.columns.retain(|c| *c != unquoted(name)),
        // Of checks; keys are never dropped.
        ["drop", "constraint", name] if name.ends_with("_check") => {}
        _ => panic!("teach this test to read: alter table {rest}"),
    }
}

fn differences(sqlite: &Tables, postgres: &Tables) -> Vec<String> {
    let mut faults = Vec::new();
    let names: std::collections::BTreeSet<_> = sqlite.keys().chain(postgres.keys()).collect();
    for name in names {
        match (sqlite.get(name), postgres.get(name)) {
            (Some(one), Some(other)) if one.columns != other.columns => {
                faults.push(format!("{name}: columns {:?} and {:?}", one.columns, other.columns));
            }
            (Some(one), Some(other)) if one.keys != other.keys => {
                faults.push(format!("{name}: keys {:?} and {:?}", one.keys, other.keys));
            }
            (Some(_), None) => faults.push(format!("{name}: only in the sqlite set")),
            (None, Some(_)) => faults.push(format!("{name}: only in the postgres set")),
            _ => {}
        }
    }
    faults
}

fn key_faults(tables: &Tables) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, table) in tables.iter().filter(|(name, _)| !ABOVE_BANKS.contains(&name.as_str())) {
        if !table.keys.iter().any(|(key, _)| key == "primary key") {
            faults.push(format!("{name}: no primary key"));
        }
        for (key, columns) in
            table.keys.iter().filter(|(_, columns)| columns.first().is_none_or(|c| c != "bank_id"))
        {
            faults.push(format!("{name}: {key} {columns:?} does not begin with bank_id"));
        }
    }
    faults
}

#[test]
fn both_sets_of_migrations_make_the_same_tables() {
    let (sqlite, postgres) = (migrations("sqlite"), migrations("postgres"));
    let names = |set: &[(String, String)]| set.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&sqlite), names(&postgres), "the two sets have different steps");
    let scripts = |set: Vec<(String, String)>| set.into_iter().map(|(_, up)| up).collect::<Vec<_>>();
    let (sqlite, postgres) = (schema(&scripts(sqlite)), schema(&scripts(postgres)));
    assert!(!sqlite.is_empty(), "no tables read");
    assert_eq!(differences(&sqlite, &postgres).join("\n"), "");
    assert_eq!(key_faults(&sqlite).join("\n"), "");
    let loose: Vec<_> = sqlite.iter().filter(|(_, table)| !table.strict).map(|(name, _)| name).collect();
    assert_eq!(loose, Vec::<&String>::new(), "these SQLite tables are not STRICT");
}

/// What distributed engines do not support, or not safely; see the keys above for the rest.
const NOT_SPREAD: &[&str] = &[
    "create trigger",
    "create function",
    "create procedure",
    "create rule",
    "create sequence",
    "serial",
    "identity",
    "deferrable",
    "advisory",
    "nextval",
    "gen_random",
    "default now",
    "references",
];

/// The statements of a script that cannot be partitioned by bank.
fn unspreadable(script: &str) -> Vec<String> {
    let faulty = |statement: &String| NOT_SPREAD.iter().any(|sign| statement.contains(sign));
    statements(script).into_iter().filter(faulty).collect()
}

#[test]
fn the_postgres_set_asks_for_nothing_that_stops_at_one_machine() {
    for (step, up) in migrations("postgres") {
        assert_eq!(unspreadable(&up), Vec::<String>::new(), "{step}");
    }
    let script = "CREATE TABLE a (bank_id BIGINT, n BIGSERIAL); -- a trigger in a comment
        CREATE TABLE b (bank_id BIGINT); CREATE TRIGGER t BEFORE UPDATE ON b EXECUTE FUNCTION f();";
    assert_eq!(unspreadable(script).len(), 2);
}

#[test]
fn a_difference_between_the_sets_is_found() {
    let read = |script: &str| schema(&[script.to_owned()]);
    let one = read(
        "CREATE TABLE a (bank_id INTEGER NOT NULL, id BLOB NOT NULL, -- a comment, with a comma
            n INTEGER NOT NULL CHECK (n > 0 AND n < 9), PRIMARY KEY (bank_id, id)) STRICT;
         CREATE UNIQUE INDEX i ON a (bank_id, n);",
    );
    assert_eq!(one["a"].columns, ["bank_id", "id", "n"]);
    assert_eq!(one["a"].keys.len(), 2);
    assert!(one["a"].strict);
    let same = read(
        "create table a (bank_id bigint, id uuid, n bigint, primary key (bank_id, id), unique (bank_id, n));",
    );
    assert_eq!(differences(&one, &same), Vec::<String>::new());
    let wider = read(
        "CREATE TABLE a (bank_id bigint, id uuid PRIMARY KEY); ALTER TABLE a ADD COLUMN m bigint; CREATE TABLE b (x int);",
    );
    assert_eq!(differences(&one, &wider).len(), 2);
    assert_eq!(key_faults(&one), Vec::<String>::new());
    assert_eq!(
        key_faults(&wider),
        ["a: primary key [\"id\"] does not begin with bank_id", "b: no primary key"]
    );
}

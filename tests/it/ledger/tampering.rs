//! Changes to history outside the program are found and named: every column, removed, doubled and swapped rows, a cut
//! tail.

use crate::support::database::TestDatabase;
use crate::support::every_kind::build;
use crate::support::tampered::{Copy, keep, posted};
use std::sync::OnceLock;

/// Tables of which every column is covered, and the words by which a fault names their rows.
const COVERED: &[(&str, &[&str])] = &[
    ("entries", &["entries ", "entry "]),
    ("postings", &["entries ", "postings ", "entry "]),
    ("accounts", &["accounts "]),
    ("lots", &["lots "]),
    ("holds", &["holds "]),
    ("counters", &["counters "]),
    ("day_totals", &["day_totals "]),
    ("heads", &["heads"]),
    ("notes", &["notes "]),
    ("service_records", &["service_record "]),
    ("redemptions", &["redemption "]),
    ("redemption_lines", &["redemption "]),
    ("statements", &["statement "]),
    ("statement_lines", &["statement "]),
    ("star_grants", &["star_grant "]),
    ("gifts", &["gift "]),
    ("answers", &["answers "]),
];

/// What is deliberately not covered, with the reason.
const NOT_COVERED: &[(&str, &str, &str)] = &[
    ("notes", "removed", "a person's free text may be erased: the chain holds its digest only"),
    ("notes", "bank_id", "taken away to another bank is the same as erased here"),
];

fn is_covered(table: &str, what: &str) -> bool {
    NOT_COVERED.iter().all(|(name, change, _)| (*name, *change) != (table, what))
}

/// A bank with a row of every kind.
fn bank() -> &'static TestDatabase {
    static BANK: OnceLock<TestDatabase> = OnceLock::new();
    BANK.get_or_init(|| {
        let database = build();
        keep(&database);
        database
    })
}

/// The fault of a finding: nothing was found, or the place is not named.
fn unnamed(found: Option<String>, words: &[&str], what: &str) -> Option<String> {
    match found {
        None => Some(format!("{what}: not found")),
        Some(found) if words.iter().any(|word| found.contains(word)) => None,
        Some(found) => Some(format!("{what}: the place is not named: {found}")),
    }
}

fn must_be_named(found: Option<String>, words: &[&str], what: &str) {
    assert_eq!(unnamed(found, words, what), None);
}

#[test]
fn the_untouched_copy_has_nothing_to_find_and_a_row_in_every_table() {
    let mut copy = Copy::of(bank());
    for (table, _) in COVERED {
        let sql = format!("SELECT CAST(count(*) AS TEXT) AS value FROM {table} WHERE {}", posted(table));
        assert_ne!(copy.cells(&sql)[0].as_deref(), Some("0"), "{table}");
    }
    for (what, sql) in [
        ("a pending hold", "SELECT 'x' AS value FROM holds WHERE state = 'pending'"),
        ("an earmarked lot", "SELECT 'x' AS value FROM lots WHERE earmarked > 0"),
        ("a reversal", "SELECT 'x' AS value FROM postings WHERE reverses_leg IS NOT NULL"),
        ("a reversed record", "SELECT 'x' AS value FROM service_records WHERE state = 'reversed'"),
        ("a closed year", "SELECT 'x' AS value FROM heads WHERE year_closed_until IS NOT NULL"),
        ("a closed period", "SELECT 'x' AS value FROM heads WHERE closed_until IS NOT NULL"),
    ] {
        assert!(!copy.cells(sql).is_empty(), "{what} is missing");
    }
    assert_eq!(copy.verified(), None);
}

#[test]
fn a_changed_value_in_any_column_is_found_and_its_place_named() {
    let (mut changes, mut faults) = (0, Vec::new());
    for (table, words) in COVERED {
        let columns = Copy::of(bank()).columns(table);
        assert!(columns.len() > 3, "{table}");
        for column in columns.iter().filter(|column| is_covered(table, &column.name)) {
            let mut conditions = vec![format!("{} IS NOT NULL", column.name)];
            if column.notnull == 0 {
                conditions.push(format!("{} IS NULL", column.name));
            }
            for condition in conditions {
                let mut copy = Copy::of(bank());
                let Some(key) = copy.key_of(table, &columns, &condition) else { continue };
                let values = copy.new_values(table, column, &key);
                drop(copy);
                for value in values {
                    let mut copy = Copy::of(bank());
                    let sql = format!("UPDATE {table} SET {} = {value} WHERE {key}", column.name);
                    copy.run(&sql);
                    faults.extend(unnamed(copy.verified(), &[*words, &[*table]].concat(), &sql));
                    changes += 1;
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} of {changes}:\n{}", faults.len(), faults.join("\n"));
    assert!(changes > 350, "only {changes} changes were tried");
}

#[test]
fn a_removed_row_is_missed() {
    for (table, words) in COVERED {
        let mut copy = Copy::of(bank());
        let columns = copy.columns(table);
        let key = copy.key_of(table, &columns, "TRUE").unwrap();
        let sql = format!("DELETE FROM {table} WHERE {key}");
        copy.run(&sql);
        if is_covered(table, "removed") {
            must_be_named(copy.verified(), &[*words, &[*table]].concat(), &sql);
        } else {
            assert_eq!(copy.verified(), None, "{sql}");
        }
    }
}

#[test]
fn a_doubled_row_stands_out() {
    for (table, words) in COVERED.iter().filter(|(table, _)| *table != "heads") {
        let mut copy = Copy::of(bank());
        let columns = copy.columns(table);
        let key = copy.key_of(table, &columns, "TRUE").unwrap();
        // The last part of the key gets a new value.
        let last = columns.iter().max_by_key(|column| column.pk).unwrap();
        let value = last.doubled();
        let names: Vec<_> = columns.iter().map(|column| column.name.clone()).collect();
        let values = columns.iter().map(|c| if c.name == last.name { value.clone() } else { c.name.clone() });
        let values = values.collect::<Vec<_>>().join(", ");
        let names = names.join(", ");
        let sql = format!("INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {key}");
        copy.run(&sql);
        must_be_named(copy.verified(), &[*words, &[*table]].concat(), &sql);
    }
}

#[test]
fn swapped_rows_and_a_cut_tail_are_found() {
    let swap = |table: &str, column: &str, one: &str, other: &str| {
        format!(
            "UPDATE {table} SET {column} = -9 WHERE {column} = {one}; \
             UPDATE {table} SET {column} = {one} WHERE {column} = {other}; \
             UPDATE {table} SET {column} = {other} WHERE {column} = -9;"
        )
    };
    let last = "(SELECT max(number) FROM entries)";
    let cuts = [
        swap("entries", "number", "5", "6"),
        ["entries", "postings"]
            .map(|table| swap(table, if table == "entries" { "number" } else { "entry_number" }, "5", "6"))
            .concat(),
        format!("DELETE FROM entries WHERE number = {last};"),
        // The whole tail with its head: what it had moved is still there.
        format!(
            "DELETE FROM postings WHERE entry_number = {last}; DELETE FROM entries WHERE number = {last}; \
             UPDATE heads SET number = {last}, hash = (SELECT hash FROM entries WHERE number = {last}), \
             recorded_at = (SELECT recorded_at FROM entries WHERE number = {last});"
        ),
        "DELETE FROM entries WHERE number > 3; DELETE FROM postings;".to_owned(),
        "UPDATE entries SET effects = '' WHERE number = 2;".to_owned(),
    ];
    for sql in cuts {
        let mut copy = Copy::of(bank());
        copy.run(&sql);
        let words = ["entries ", "postings", "heads", "accounts ", "holds ", "lots ", "entry "];
        must_be_named(copy.verified(), &words, &sql);
    }
}

/// A bank from before entries stored the digests of their keys.
#[cfg(not(feature = "postgres"))]
#[test]
fn keys_of_entries_from_before_are_held_against_their_answers() {
    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/0.1/jianxian.db");
    let older = "FROM entry_keys JOIN answers ON answers.entry_number = entry_keys.entry_number";
    for (sql, place) in [
        (String::new(), None),
        (format!("DELETE FROM entry_keys WHERE key_digest = (SELECT key_digest {older} LIMIT 1)"), Some("answers ")),
        ("UPDATE entry_keys SET entry_number = entry_number + 1".to_owned(), Some("answers ")),
        ("UPDATE answers SET recorded_at = recorded_at + 1 WHERE entry_number = 5".to_owned(), Some("answers ")),
        (
            "UPDATE answers SET answer = replace(answer, '\"number\":', '\"number\":1') WHERE entry_number = 5"
                .to_owned(),
            Some("answers "),
        ),
        ("INSERT INTO entry_keys VALUES (1, randomblob(32), 1000000)".to_owned(), Some("entry_keys ")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("older.db");
        std::fs::copy(&golden, &file).unwrap();
        let url = format!("sqlite:{}", file.display());
        jianxian::store::migrate(&url).unwrap();
        if !sql.is_empty() {
            crate::support::database::Raw::sqlite(&file).run(&sql);
        }
        let found = jianxian::store::maintenance::audit::audit(&url).unwrap().first_finding().cloned();
        let begins = found.as_ref().map(|finding| place.is_some_and(|place| finding.place.starts_with(place)));
        assert_eq!(begins, place.map(|_| true), "{sql}: {found:?}");
    }
}

/// SQLite's own check names only a table, and the program once printed a row in Rust's debug form.
#[test]
fn what_is_found_names_the_row_and_the_column_in_words_of_both_languages() {
    let account = "purpose = 'main' AND lots AND debits_posted > 0";
    for (sql, place, word) in [
        (format!("UPDATE accounts SET debits_pending = -1 WHERE {account}"), "accounts ", "debits_pending"),
        (format!("DELETE FROM accounts WHERE {account}"), "accounts ", "not stored"),
        ("DELETE FROM lots WHERE remaining > 0".to_owned(), "lots ", "not stored"),
        ("DELETE FROM holds".to_owned(), "holds ", "not stored"),
        ("DELETE FROM counters".to_owned(), "counters ", "not stored"),
        ("DELETE FROM day_totals".to_owned(), "day_totals ", "not stored"),
        ("UPDATE lots SET remaining = remaining + 100000".to_owned(), "lots ", "remaining is stored as"),
        ("UPDATE holds SET captured = captured + 100000".to_owned(), "holds ", "captured is stored as"),
        ("DELETE FROM answers WHERE entry_number IS NOT NULL".to_owned(), "answers ", "not stored"),
        (
            "UPDATE answers SET answer = replace(answer, 'award', 'zeroing')".to_owned(),
            "answers ",
            "disagrees with entry",
        ),
        ("UPDATE heads SET number = number + 1".to_owned(), "heads", "number is stored as"),
    ] {
        let mut copy = Copy::of(bank());
        copy.run(&sql);
        let finding = copy.finding().unwrap_or_else(|| panic!("{sql}: not found"));
        assert!(finding.place.starts_with(place) && finding.fault.contains(word), "{sql}: {finding:?}");
        assert!(place == "heads" || finding.place.len() > place.len() + 2, "{sql}: {finding:?}");
        for text in [&finding.place, &finding.fault, &finding.fault_zh] {
            let code = ["{", "}", "Some(", "None", "Row", "::"];
            assert!(!code.iter().any(|sign| text.contains(sign)), "{sql}: {text}");
        }
        assert!(finding.fault_zh.contains('按') || finding.fault_zh.contains('存'), "{finding:?}");
    }
}

/// PostgreSQL accepts no value that violates a CHECK.
#[cfg(not(feature = "postgres"))]
#[test]
fn a_value_that_breaks_a_check_is_named_with_its_row_also_beside_the_ledger() {
    let mut copy = Copy::of(bank());
    let row =
        copy.cells("SELECT lower(hex(id)) AS value FROM offers ORDER BY id LIMIT 1")[0].clone().unwrap();
    copy.run("UPDATE offers SET unit_points = -4 WHERE id = (SELECT id FROM offers ORDER BY id LIMIT 1)");
    let finding = copy.finding().unwrap();
    assert_eq!(finding.place, format!("offers 1 {row}"), "{finding:?}");
    assert!(finding.fault_zh.contains("不合该列规则"), "{finding:?}");
}

/// PostgreSQL checks the bytes of its files itself.
#[cfg(not(feature = "postgres"))]
#[test]
fn flipped_bytes_are_found_or_change_nothing_of_the_ledger() {
    use crate::support::database::Raw;
    use crate::support::tampered::{content, whole};
    let tables: Vec<_> = COVERED.iter().map(|(table, _)| *table).collect();
    let whole = whole(bank());
    let before = content(&mut Raw::sqlite(&whole), &tables).unwrap();
    let whole = std::fs::read(whole).unwrap();
    let (mut found, page) = (0, 4096);
    for at in (page..whole.len()).step_by(page) {
        for inside in [3, 400, 2000, 4000] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("copy.db");
            let mut bytes = whole.clone();
            bytes[at + inside] ^= 0x55;
            std::fs::write(&file, &bytes).unwrap();
            let audit = jianxian::store::maintenance::audit::audit(&format!("sqlite:{}", file.display()));
            if audit.is_ok_and(|audit| audit.first_finding().is_none()) {
                // A CHECK that cannot be parsed stops every connection that is to write.
                match content(&mut Raw::sqlite(&file), &tables) {
                    Ok(after) => assert_eq!(after, before, "byte {inside} of the page at {at}"),
                    Err(error) => {
                        assert!(error.to_string().starts_with("malformed database schema"), "{error}")
                    }
                }
            } else {
                found += 1;
            }
        }
    }
    assert!(found > 40, "only {found} flips were found");
}

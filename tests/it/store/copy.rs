//! Copying a bank to another database: everything arrives, an interrupted copy can be continued, and an unfinished
//! one is never taken for a bank.

use crate::support::cli::jianxian;
use crate::support::database::{Raw, TestDatabase};
use crate::support::every_kind::build;
use jianxian::clock::Clock;
use jianxian::domain::id::{BankId, Id};
use jianxian::store::maintenance::copy::{Copied, CopyError, Progress, Step, Unfit, copy};
use jianxian::store::{OpenError, Options, Store};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// Rows for tables that the flows of the sample town leave empty.
const MORE_ROWS: &[(&str, &str)] = &[
    (
        "objections",
        "bank_id, id, id, submitted_by, submitted_at, 'sample', 'open', NULL, NULL, NULL, 1 FROM service_records",
    ),
    (
        "attendances",
        "bank_id, id, activity_id, member_id, started_at, submitted_by, ended_at, NULL, evidence, id, 1, NULL, NULL \
         FROM service_records",
    ),
    (
        "proposals",
        "bank_id, id, 'award', org_id, member_id, '{}', 'refused', submitted_by, submitted_at, NULL, NULL, NULL, 1 \
         FROM service_records",
    ),
    (
        "access_log",
        "bank_id, id, submitted_at, submitted_by, 'sample', 'member', member_id, NULL FROM service_records",
    ),
    ("record_texts", "bank_id, id, 'sample ‰ 涧 🏦 '' \\', NULL FROM service_records"),
    ("bank_keys", "bank_id, 'sample-key', created_at FROM banks"),
    ("calendars", "bank_id, 2099, 1, '[]', id, created_at FROM users LIMIT 1"),
    (
        "sign_ups",
        "bank_id, id, activity_id, org_id, member_id, 1, 'seated', submitted_at, submitted_by, NULL, 1 \
         FROM service_records LIMIT 1",
    ),
    (
        "certificates",
        "bank_id, id, '2026-0000001', id, NULL, valid_from, 60, '{}', 1, NULL, NULL, id, proposed_at, 'valid', NULL, \
         NULL, NULL, 1 FROM scheme_versions LIMIT 1",
    ),
    ("messages", "bank_id, id, member_id, NULL, 'sample', '{}', submitted_at, NULL FROM service_records"),
    ("skills", "bank_id, id, 'sample', 'active', id, created_at, 1 FROM orgs LIMIT 1"),
    ("wishes", "bank_id, id, '{}', submitted_by, submitted_at, 1 FROM service_records LIMIT 1"),
    (
        "invitations",
        "bank_id, id, activity_id, member_id, submitted_by, submitted_at FROM service_records LIMIT 1",
    ),
    ("progress", "bank_id, 'sample', '1' FROM banks"),
    (
        "deliveries",
        "bank_id, id, id, 'mail', 'sent', 1, submitted_at, NULL, NULL, NULL, submitted_at, submitted_at, 1 \
         FROM service_records",
    ),
    (
        "webhooks",
        "bank_id, id, 'sms', 'sample', 'https://example.com/', '[]', NULL, 'active', id, created_at, 1 FROM orgs LIMIT 1",
    ),
    ("second_factors", "bank_id, id, NULL, 'begun', 0, created_at, 1 FROM orgs"),
    ("sign_in_codes", "bank_id, id, id, created_at, 1 FROM orgs"),
    (
        "shop_applications",
        "bank_id, id, 'sample', id, id, 'donated_goods', 'sample', NULL, 'sample', 'applied', id, proposed_at, NULL, NULL, \
         NULL, NULL, 1 FROM scheme_versions LIMIT 1",
    ),
    (
        "feedback",
        "bank_id, id, 'sample', 'complaint', id, NULL, id, 'sample', 'open', proposed_at, valid_from, NULL, NULL, NULL, \
         NULL, 1 FROM scheme_versions LIMIT 1",
    ),
    (
        "proxies",
        "bank_id, id, id, id, 'named', valid_from, valid_from, 5000, NULL, NULL, 'active', id, proposed_at, NULL, NULL, \
         NULL, 1 FROM scheme_versions LIMIT 1",
    ),
    (
        "attachments",
        // What is left of a removed one: it need have no file.
        "bank_id, id, 'removed', id, NULL, 'goods', '', 'image/png', 1, NULL, NULL, 'sample', NULL, id, created_at, NULL \
         FROM orgs",
    ),
    (
        "gifts",
        "bank_id, id, 1, 'made', 'donation', id, NULL, id, 100, id, proposed_at, NULL, NULL, NULL, NULL, NULL \
          FROM scheme_versions LIMIT 1",
    ),
    ("message_choices", "bank_id, id, NULL, 'zh-CN', '[]', created_at, 1, NULL, NULL, NULL FROM orgs"),
    (
        "consents",
        "bank_id, id, member_id, 'publication', 1, 'given', submitted_at, submitted_by, 'sample', NULL, NULL, 1 \
         FROM service_records LIMIT 1",
    ),
    (
        "cards",
        "bank_id, id, 2, 'sample', submitted_at, submitted_by, submitted_at, submitted_by, 2 \
         FROM service_records LIMIT 1",
    ),
    (
        "goods_sheets",
        "bank_id, id, id, 'goods_in', 'sample', valid_from, 'sample', 5000, 'booked', id, proposed_at, id, proposed_at, \
         1, 1, -50 FROM scheme_versions LIMIT 1",
    ),
    ("goods_lines", "bank_id, id, 0, id, 5, valid_from, 1000 FROM scheme_versions LIMIT 1"),
    (
        "slips",
        "bank_id, id, 1, activity_id, submitted_by, submitted_at, id, submitted_by, submitted_at, 2 \
         FROM service_records LIMIT 1",
    ),
];

/// A table with enough pages for several commits.
const LONG_TABLE: &str = "INSERT INTO attempts SELECT bank_id, 'sample ' || n, 1, created_at, NULL FROM banks, \
    (WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 45000) SELECT n FROM c) AS numbers";

/// A bank in the database of this build, with rows in every table.
fn bank() -> &'static TestDatabase {
    static BANK: OnceLock<TestDatabase> = OnceLock::new();
    BANK.get_or_init(|| {
        let database = build();
        let mut raw = database.raw();
        for (table, rows) in MORE_ROWS {
            let rows_there = raw.cells(&format!("SELECT CAST(count(*) AS TEXT) AS value FROM {table}"));
            if rows_there[0].as_deref() == Some("0") {
                raw.run(&format!("INSERT INTO {table} SELECT {rows}"));
            }
        }
        raw.run(LONG_TABLE);
        drop(raw);
        database
    })
}

/// The same bank in a file of its own, for any change.
fn source() -> TestDatabase {
    static MOVED: OnceLock<TestDatabase> = OnceLock::new();
    let moved = MOVED.get_or_init(|| {
        let moved = TestDatabase::sqlite();
        move_house(bank(), &moved);
        moved
    });
    let source = TestDatabase::sqlite();
    std::fs::copy(moved.file(), source.file()).unwrap();
    source
}

fn move_house(from: &TestDatabase, to: &TestDatabase) -> Copied {
    copy(from.url(), to.url(), false, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// Copies until the n-th report of progress.
fn stop_after(n: usize, from: &TestDatabase, to: &TestDatabase) -> Result<Copied, CopyError> {
    let mut left = n;
    copy(from.url(), to.url(), false, &mut |_| {
        left -= 1;
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
}

/// Every row of every table of a file, as text.
fn rows(file: &Path) -> BTreeMap<String, Vec<Option<String>>> {
    let mut raw = Raw::sqlite(file);
    let tables = raw.cells(
        "SELECT name AS value FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '__*'",
    );
    let tables = tables.into_iter().flatten().map(|table| {
        let columns = raw.cells(&format!(
            "SELECT group_concat('quote(' || name || ')', ' || ''|'' || ') AS value FROM pragma_table_info('{table}')"
        ));
        let columns = columns[0].clone().unwrap();
        let rows = raw.cells(&format!("SELECT {columns} AS value FROM {table} ORDER BY 1"));
        (table, rows)
    });
    tables.collect()
}

fn verifies(database: &TestDatabase) -> bool {
    jianxian(&["verify", "--database", database.url()]).0 == 0
}

fn run_copy(from: &str, to: &str, more: &[&str]) -> (i32, String, String) {
    jianxian(&[&["copy", "--lang", "en", "--from", from, "--to", to], more].concat())
}

#[test]
fn a_bank_that_has_moved_is_the_same_bank() {
    let (there, back) = (TestDatabase::new(), TestDatabase::sqlite());
    let first = source();
    let (code, said, complaint) = run_copy(first.url(), there.url(), &[]);
    assert_eq!(code, 0, "{complaint}");
    assert!(said.contains("Every row was compared, and every bank verified"), "{said}");
    let copied = move_house(&there, &back);
    let (before, after) = (rows(&first.file()), rows(&back.file()));
    assert!(before.len() >= 36, "{:?}", before.keys());
    let empty: Vec<_> = before.iter().filter(|(_, rows)| rows.is_empty()).map(|(table, _)| table).collect();
    assert_eq!(empty, ["entry_keys"], "the keys of release 0.1, of which this bank has nothing");
    assert_eq!(before, after);
    let counted = before.values().map(Vec::len).sum::<usize>();
    assert_eq!((usize::try_from(copied.rows).unwrap(), copied.put_in), (counted, copied.rows));
    for key_id in &copied.key_ids {
        assert!(said.contains(key_id.as_str()) && said.contains("take secret.key along"), "{said}");
    }

    let head = |database: &TestDatabase| {
        let (code, line, complaint) = jianxian(&["head", "--database", database.url()]);
        assert_eq!(code, 0, "{complaint}");
        line
    };
    assert!(said.contains(head(&first).trim_end()), "{said}");
    for database in [&there, &back] {
        assert_eq!(head(database), head(&first));
        assert!(verifies(database));
    }
    used_keys_answer(&first, &there);

    // A finished bank is not a valid target.
    let (code, _, complaint) = run_copy(first.url(), there.url(), &["--fresh"]);
    assert!(code == 1 && complaint.contains("holds a bank already and was left alone"), "{complaint}");
    assert_eq!(head(&there), head(&first));
}

#[test]
fn a_bank_of_an_earlier_release_takes_its_keys_along() {
    let (older, moved) = (TestDatabase::sqlite(), TestDatabase::sqlite());
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/0.1/jianxian.db");
    std::fs::copy(golden, older.file()).unwrap();
    jianxian::store::migrate(older.url()).unwrap();
    move_house(&older, &moved);
    let kept = rows(&moved.file());
    assert!(kept["entry_keys"].len() > 20, "{:?}", kept["entry_keys"]);
    assert_eq!(kept, rows(&older.file()));
}

/// Every key that was used answers in the copy as it did.
fn used_keys_answer(file: &TestDatabase, copy: &TestDatabase) {
    let keys = file.raw().cells("SELECT hex(user_id) || idempotency_key AS value FROM answers");
    assert!(keys.len() > 20, "{}", keys.len());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let open =
        |database: &TestDatabase| Store::open(database.url(), &Options::default(), Clock::System).unwrap();
    let (one, other) = (open(file), open(copy));
    let bank = runtime.block_on(one.banks()).unwrap()[0].id;
    for text in keys.into_iter().flatten() {
        let (user, key) = text.split_at(32);
        let user = Id(uuid::Uuid::parse_str(user).unwrap());
        let answer = |store: &Store| runtime.block_on(store.answer(bank, user, key.to_owned())).unwrap();
        let first = format!("{:?}", answer(&one).expect("it was used"));
        assert_eq!(first, format!("{:?}", answer(&other).expect("it was used")));
        assert!(
            answer(&other).is_some()
                && runtime.block_on(other.answer(BankId(bank.0 + 1), user, key.into())).unwrap().is_none()
        );
    }
    one.stop().unwrap();
    other.stop().unwrap();
}

#[test]
fn a_copy_that_was_stopped_is_no_bank_and_goes_on_where_it_stopped() {
    let (from, to) = (source(), TestDatabase::new());
    // One page of the long table is done, others are not.
    let mut pages = 0;
    let stopped = copy(from.url(), to.url(), false, &mut |progress: Progress| {
        pages += usize::from(progress.table == "attempts");
        if pages == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(matches!(stopped, Err(CopyError::Stopped)), "{stopped:?}");
    let opened = Store::open(to.url(), &Options::default(), Clock::System);
    assert!(matches!(opened, Err(OpenError::Unfinished(_))), "{opened:?}");
    for verb in ["verify", "head", "migrate"] {
        let (code, _, complaint) = jianxian(&[verb, "--database", to.url(), "--lang", "en"]);
        assert!(
            code == 4 && complaint.contains("is a copy that is not finished, and no bank yet"),
            "{complaint}"
        );
    }
    // Nor is it a source.
    let (code, _, complaint) = run_copy(to.url(), TestDatabase::sqlite().url(), &[]);
    assert!(code == 4 && complaint.contains("not finished"), "{complaint}");

    // Stopped again while the ends are compared, and while the bank is verified.
    let again = copy(from.url(), to.url(), false, &mut |progress| match progress.step {
        Step::Comparing => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert!(matches!(again, Err(CopyError::Stopped)), "{again:?}");
    let again = copy(from.url(), to.url(), false, &mut |progress| match progress.step {
        Step::Verifying => ControlFlow::Break(()),
        step => {
            assert_eq!(step, Step::Comparing, "everything was put in before");
            ControlFlow::Continue(())
        }
    });
    assert!(matches!(again, Err(CopyError::Stopped)), "{again:?}");
    let copied = move_house(&from, &to);
    assert_eq!(copied.put_in, 0);
    assert!(verifies(&to));
}

#[test]
fn a_copy_of_a_copy_that_was_stopped_is_the_same_bank() {
    let from = source();
    let other = TestDatabase::new();
    stop_after(5, &from, &other).unwrap_err();
    let copied = move_house(&from, &other);
    assert!(copied.put_in > 0 && copied.put_in < copied.rows, "{copied:?}");
    let back = TestDatabase::sqlite();
    move_house(&other, &back);
    assert_eq!(rows(&back.file()), rows(&from.file()));
}

#[test]
fn a_copy_that_is_killed_again_and_again_arrives() {
    let (from, to) = (source(), TestDatabase::new());
    let program = env!("CARGO_BIN_EXE_jianxian");
    let mut finished = false;
    for milliseconds in [3, 10, 25, 50, 100, 200, 400] {
        let mut child = Command::new(program)
            .args(["copy", "--from", from.url(), "--to", to.url()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        finished |= child.wait().unwrap().success();
        let (code, _, complaint) = jianxian(&["head", "--database", to.url(), "--lang", "en"]);
        let expected: &[&str] = match code {
            0 => &[""],
            1 => &["there is no database"],
            // Killed while the tables were created; while they were filled.
            _ => &["made by an older version", "that is not finished"],
        };
        assert!(expected.iter().any(|words| complaint.contains(words)), "{code}: {complaint}");
    }
    let (code, _, complaint) = run_copy(from.url(), to.url(), &[]);
    assert!(code == 0 || complaint.contains("holds a bank already"), "{complaint}");
    assert!(finished || code == 0 || jianxian(&["verify", "--database", to.url()]).0 == 0);
    let back = TestDatabase::sqlite();
    move_house(&to, &back);
    assert_eq!(rows(&back.file()), rows(&from.file()));
}

#[test]
fn a_source_that_was_changed_meanwhile_is_noticed() {
    // A row with other content: the number of rows does not show it.
    let (from, to) = (source(), TestDatabase::new());
    let whole = |progress: Progress| match progress.step {
        Step::Copying => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    };
    copy(from.url(), to.url(), false, &mut { whole }).unwrap_err();
    from.run_sql("UPDATE attempts SET failures = 7 WHERE subject = 'sample 2222'");
    let (code, _, complaint) = run_copy(from.url(), to.url(), &[]);
    assert!(code == 1 && complaint.contains("table attempts, 1 / \"sample 2222\""), "{complaint}");
    // A row more.
    from.run_sql("UPDATE attempts SET subject = 'sample 0' WHERE subject = 'sample 2222'");
    from.run_sql("INSERT INTO bank_keys SELECT bank_id, 'another-key', created_at FROM banks");
    let (code, _, complaint) = run_copy(from.url(), to.url(), &[]);
    assert!(code == 1 && complaint.contains("was changed after the copy was begun"), "{complaint}");
    assert_eq!(jianxian(&["head", "--database", to.url()]).0, 4);
    let (code, _, complaint) = run_copy(from.url(), to.url(), &["--fresh"]);
    assert_eq!(code, 0, "{complaint}");
    let back = TestDatabase::sqlite();
    move_house(&to, &back);
    assert_eq!(rows(&back.file()), rows(&from.file()));

    // Written to while it is copied, by a running bank: the copy of a closed file has the only lock.
    from.run_sql("PRAGMA journal_mode = WAL");
    let other = TestDatabase::new();
    let copied = copy(from.url(), other.url(), false, &mut |progress| {
        if progress.step == Step::Comparing && progress.table == "heads" {
            from.run_sql("UPDATE attempts SET failures = 8 WHERE subject = 'sample 0'");
        }
        ControlFlow::Continue(())
    });
    assert!(matches!(copied, Err(CopyError::Moved { .. })), "{copied:?}");
    let opened = Store::open(other.url(), &Options::default(), Clock::System);
    assert!(matches!(opened, Err(OpenError::Unfinished(_))), "{opened:?}");
}

#[test]
fn a_copy_that_was_changed_by_somebody_else_is_not_put_to_use() {
    let (from, to) = (source(), TestDatabase::new());
    for change in [
        "DELETE FROM attempts WHERE subject = 'sample 2000'",
        "UPDATE day_totals SET debits = debits + 1",
        "INSERT INTO attempts SELECT bank_id, 'zzz', 1, created_at, NULL FROM banks",
    ] {
        let copied = copy(from.url(), to.url(), true, &mut |progress| {
            if progress.step == Step::Comparing && progress.table == "banks" {
                to.run_sql(change);
            }
            ControlFlow::Continue(())
        });
        assert!(matches!(copied, Err(CopyError::Differs { .. })), "{change}: {copied:?}");
    }
    // Damage in the source is copied, found and named.
    from.run_sql("UPDATE day_totals SET debits = debits + 1");
    let (code, _, complaint) = run_copy(from.url(), to.url(), &["--fresh"]);
    assert!(
        code == 3 && complaint.contains("day_totals") && complaint.contains("not put to use"),
        "{complaint}"
    );
    assert_eq!(jianxian(&["head", "--database", to.url()]).0, 4);
}

#[test]
fn what_cannot_be_copied_is_refused_with_the_next_step() {
    let (from, to) = (source(), TestDatabase::new());
    let missing = TestDatabase::sqlite();
    let (code, _, complaint) = run_copy(missing.url(), to.url(), &[]);
    assert!(code == 1 && complaint.contains("there is no database"), "{complaint}");
    let empty = TestDatabase::new();
    jianxian(&["migrate", "--database", empty.url()]);
    let (code, _, complaint) = run_copy(empty.url(), to.url(), &[]);
    assert!(code == 1 && complaint.contains("holds no bank: there is nothing to copy"), "{complaint}");
    let roundabout = from.url().replace("jianxian.db", "./jianxian.db");
    for same in [from.url(), &roundabout] {
        let (code, _, complaint) = run_copy(from.url(), same, &[]);
        assert!(code == 2 && complaint.contains("--from and --to are both"), "{complaint}");
    }
    let (code, _, complaint) = run_copy(bank().url(), bank().url(), &["--fresh"]);
    assert!(code == 2 && complaint.contains("--from and --to are both"), "{complaint}");
    let (code, _, complaint) = run_copy(from.url(), "mysql://x", &[]);
    assert!(code == 2 && complaint.contains("is not a database URL"), "{complaint}");
    let letter = TestDatabase::sqlite();
    std::fs::write(letter.file(), "a letter to the editor, long enough").unwrap();
    let (code, _, complaint) = run_copy(from.url(), letter.url(), &["--fresh"]);
    assert!(code == 4 && complaint.contains("was left alone"), "{complaint}");
    assert_eq!(std::fs::read(letter.file()).unwrap(), b"a letter to the editor, long enough");
    // Created, but without a bank: as good as empty.
    move_house(&from, &empty);
    let (code, _, complaint) = run_copy(from.url(), bank().url(), &["--fresh"]);
    assert!(code == 1 && complaint.contains("holds a bank already"), "{complaint}");
    if cfg!(feature = "postgres") {
        let another_name = format!("{}&application_name=another", bank().url());
        let (code, _, complaint) = run_copy(bank().url(), &another_name, &["--fresh"]);
        assert!(code == 1 && complaint.contains("holds a bank already"), "{complaint}");
    }
    let (code, _, complaint) = jianxian(&["copy", "--from", from.url()]);
    assert!(code == 2 && complaint.contains("--to"), "{complaint}");
    let (code, _, complaint) = jianxian(&["copy", "--from", missing.url(), "--to", to.url()]);
    assert!(code == 1 && complaint.contains("没有数据库"), "{complaint}");
}

#[test]
fn a_server_that_cannot_be_used_is_named_without_its_password() {
    let (code, _, complaint) = run_copy(source().url(), "postgres://someone:secret@127.0.0.1:1/none", &[]);
    // By a program without PostgreSQL, and by one with it.
    let is_named = ["built without PostgreSQL", "cannot connect"].iter().any(|why| complaint.contains(why));
    assert!(code != 0 && is_named, "{code} {complaint}");
    assert!(!complaint.contains("secret"), "{complaint}");
}

/// Changes the source, and returns why it cannot be copied.
fn unfit(change: &str) -> (&'static str, String, &'static str, Unfit) {
    let (from, to) = (source(), TestDatabase::new());
    from.run_sql(&format!("PRAGMA ignore_check_constraints = ON; {change}"));
    match copy(from.url(), to.url(), false, &mut |_| ControlFlow::Continue(())) {
        Err(CopyError::Unfit { table, key, column, unfit }) => (table, key, column, unfit),
        other => panic!("{change}: {other:?}"),
    }
}

#[test]
fn a_value_that_is_none_of_its_column_is_named_with_its_row() {
    let of_attempt = |column, why| ("attempts", "1 / \"sample 2\"".to_owned(), column, why);
    let bank = |column, why| ("banks", "1".to_owned(), column, why);
    assert_eq!(unfit("UPDATE banks SET sample = 2"), bank("sample", Unfit::OtherKind));
    let (table, _, column, why) = unfit("UPDATE orgs SET name = CAST(X'C328' AS TEXT)");
    assert_eq!((table, column, why), ("orgs", "name", Unfit::NotText));
    let (table, _, column, why) = unfit("UPDATE users SET member_id = X'010203'");
    assert_eq!((table, column, why), ("users", "member_id", Unfit::OtherKind));
    if cfg!(feature = "postgres") {
        let far = "UPDATE attempts SET first_at = -210866803200000001 WHERE subject = 'sample 2'";
        assert_eq!(unfit(far), of_attempt("first_at", Unfit::OutOfRange));
        assert_eq!(unfit("UPDATE banks SET name = 'a' || char(0) || 'b'"), bank("name", Unfit::Nul));
    } else {
        // Between two files even such values are copied unchanged.
        let (from, to) = (source(), TestDatabase::sqlite());
        from.run_sql(
            "UPDATE attempts SET first_at = -9223372036854775807; UPDATE banks SET name = 'a' || char(0) || 'b'",
        );
        move_house(&from, &to);
        assert_eq!(rows(&from.file()), rows(&to.file()));
    }
    let (code, _, complaint) = {
        let from = source();
        from.run_sql("PRAGMA ignore_check_constraints = ON; UPDATE attempts SET subject = CAST(X'FF' AS TEXT) WHERE subject = 'sample 3'");
        run_copy(from.url(), TestDatabase::new().url(), &[])
    };
    assert!(
        code == 1 && complaint.contains("table attempts, 1 / ?: the column subject is no UTF-8 text"),
        "{complaint}"
    );
}

#[test]
fn the_ends_of_time_arrive() {
    let (from, to, back) = (source(), TestDatabase::new(), TestDatabase::sqlite());
    from.run_sql(
        "UPDATE attempts SET locked_until = 9223372036854775807 WHERE subject = 'sample 1';
         UPDATE attempts SET locked_until = -9223372036854775808 WHERE subject = 'sample 2';
         UPDATE attempts SET locked_until = -1 WHERE subject = 'sample 3';
         UPDATE attempts SET locked_until = 9223372036854775806 WHERE subject = 'sample 4';
         UPDATE attempts SET locked_until = -210866803200000000 WHERE subject = 'sample 5'",
    );
    move_house(&from, &to);
    move_house(&to, &back);
    assert_eq!(rows(&back.file()), rows(&from.file()));
}

#[test]
fn a_full_disk_stops_a_copy_and_room_lets_it_go_on() {
    let (from, to) = (source(), TestDatabase::sqlite());
    // The limit's signal is ignored, so that the write returns an error instead of ending the program.
    let kib = from.file().metadata().unwrap().len() / 1024 / 4 * 3;
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"");
    let output = Command::new("bash")
        .args(["-c", &script, env!("CARGO_BIN_EXE_jianxian"), "copy", "--lang", "en"])
        .args(["--from", from.url(), "--to", to.url()])
        .output()
        .unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(
        complaint.contains("cannot write") && complaint.contains("run the same command again"),
        "{complaint}"
    );
    assert_eq!(jianxian(&["head", "--database", to.url()]).0, 4);
    let (code, _, complaint) = run_copy(from.url(), to.url(), &[]);
    assert_eq!(code, 0, "{complaint}");
    assert_eq!(rows(&to.file()), rows(&from.file()));
}

//! Files on disk, on SQLite: after a clean stop the one file contains everything acknowledged, also while others
//! read it; a stop that cannot achieve that says so; a file without its log is detected; the log stays short.

use crate::support::cli::jianxian;
use crate::support::database::{Raw, TestDatabase};
use crate::support::load::{Ground, serve};
use jianxian::clock::Clock;
use jianxian::domain::id::{BankId, Id};
use jianxian::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::ledger::{Command, Leg, Op};
use jianxian::store::banks::Bank;
use jianxian::store::maintenance::audit::{audit, heads};
use jianxian::store::{Error, Options, Store};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const BANK: BankId = BankId(1);

fn log_of(database: &TestDatabase) -> PathBuf {
    database.folder().join("jianxian.db-wal")
}

/// A copy of the database file alone, in a folder of its own.
fn file_alone(database: &TestDatabase) -> TestDatabase {
    let copy = TestDatabase::sqlite();
    std::fs::copy(database.file(), copy.file()).unwrap();
    copy
}

fn entries_in(database: &TestDatabase) -> i64 {
    let audit = audit(database.url()).unwrap();
    assert_eq!(audit.first_finding(), None);
    audit.banks[0].verified.entries
}

#[test]
fn after_a_clean_stop_everything_acknowledged_is_in_the_one_file() {
    let database = TestDatabase::sqlite();
    let served = serve(&database);
    let mut ground = Ground::of(&served);
    let stop = AtomicBool::new(false);
    let sent = std::thread::scope(|scope| {
        // Other programs read the file all the while.
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::SeqCst) {
                    let (code, _, complaint) = jianxian(&["verify", "--database", database.url()]);
                    assert_eq!(code, 0, "{complaint}");
                }
            });
        }
        let callers = ground.callers(120);
        std::thread::sleep(Duration::from_millis(1_500));
        let sent = callers.stop();
        served.stop();
        stop.store(true, Ordering::SeqCst);
        sent
    });
    let acknowledged = sent.iter().filter(|one| one.is_accepted()).count();
    assert!(acknowledged > 10, "{acknowledged}");
    let log = log_of(&database);
    assert_eq!(log.metadata().map_or(0, |log| log.len()), 0, "the log is gone, or empty");
    let alone = file_alone(&database);
    let known = heads(alone.url()).unwrap().banks[0].number;
    assert_eq!(known, heads(database.url()).unwrap().banks[0].number);
    let _log = std::fs::remove_file(&log);
    let whole = entries_in(&database);
    assert!(whole >= i64::try_from(acknowledged).unwrap() && whole == known, "{whole}, {known}");
}

#[test]
fn a_stop_that_cannot_write_the_log_back_says_so_and_what_is_missing_then_is_noticed() {
    let database = TestDatabase::sqlite();
    serve(&database).stop();
    let served = serve(&database);
    let mut ground = Ground::of(&served);
    // Another program, which like ours opens the file for reading only.
    let mut reader = Raw::sqlite(Path::new(&format!("file:{}?mode=ro", database.file().display())));
    reader.run("BEGIN");
    reader.cells("SELECT CAST(number AS TEXT) AS value FROM heads");
    let callers = ground.callers(20);
    std::thread::sleep(Duration::from_millis(800));
    callers.stop();
    let (code, said) = served.stop_with();
    let last = said.last().unwrap();
    assert_eq!(code, 1, "{said:?}");
    assert!(last.contains("jianxian.db-wal") && last.contains("together"), "{said:?}");
    let alone = file_alone(&database);
    reader.run("COMMIT");
    drop(reader);
    the_log_is_missed(&alone);
    // With its log the file is complete, and closed at the next stop.
    serve(&database).stop();
    assert!(!log_of(&database).exists());
    assert!(entries_in(&database) > 0);
}

/// `verify` and `head` report it, everything else refuses; an operator without the log can continue explicitly.
fn the_log_is_missed(alone: &TestDatabase) {
    let before = std::fs::read(alone.file()).unwrap();
    let (code, printed, _) = jianxian(&["verify", "--database", alone.url()]);
    assert_eq!(code, 3, "{printed}");
    assert!(printed.contains("日志文件（-wal）不在旁边") && printed.contains("可能缺失"), "{printed}");
    let (code, printed, _) = jianxian(&["verify", "--json", "--database", alone.url()]);
    let found: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(code, 3);
    assert!(
        found["finding"]["fault"].as_str().unwrap().contains("its log (-wal) is not beside it"),
        "{found}"
    );
    let (code, printed, complaint) = jianxian(&["--lang", "en", "head", "--database", alone.url()]);
    assert!(code == 3 && printed.starts_with("head ") && complaint.contains("left open"), "{complaint}");
    let target = TestDatabase::sqlite();
    let backup = alone.folder().join("backup.db");
    for verb in [
        vec!["serve", "--port", "0", "--data", alone.folder().to_str().unwrap()],
        vec!["migrate", "--database", alone.url()],
        vec!["backup", backup.to_str().unwrap(), "--database", alone.url()],
        vec!["copy", "--from", alone.url(), "--to", target.url()],
    ] {
        let (code, _, complaint) = jianxian(&verb);
        assert!(code == 4 && complaint.contains("没有正常关闭"), "{verb:?}: {code} {complaint}");
    }
    assert!(std::fs::read(alone.file()).unwrap() == before, "what was refused was not touched");
    let options = Options { without_log: true, ..Options::default() };
    let store = Store::open(alone.url(), &options, Clock::System).unwrap();
    store.stop().unwrap();
}

#[test]
fn a_file_that_was_killed_is_whole_with_its_log_whoever_looks_at_it_first() {
    let database = TestDatabase::sqlite();
    let served = serve(&database);
    let mut ground = Ground::of(&served);
    let callers = ground.callers(20);
    std::thread::sleep(Duration::from_millis(400));
    callers.stop();
    served.kill();
    assert!(log_of(&database).exists());
    for _ in 0..2 {
        let (code, printed, complaint) = jianxian(&["verify", "--database", database.url()]);
        assert_eq!(code, 0, "{printed}{complaint}");
        let (code, _, complaint) = jianxian(&["head", "--database", database.url()]);
        assert_eq!(code, 0, "{complaint}");
    }
    assert!(log_of(&database).exists(), "who only reads leaves the log where it is");
    serve(&database).stop();
    assert!(!log_of(&database).exists());
}

#[test]
fn a_file_that_was_killed_before_its_first_table_is_called_older() {
    let database = TestDatabase::sqlite();
    let mark = i64::from(u32::from_be_bytes(*b"jxbk"));
    Raw::sqlite(&database.file()).run(&format!("PRAGMA journal_mode = WAL; PRAGMA application_id = {mark};"));
    for verb in ["head", "verify"] {
        let (code, _, complaint) = jianxian(&[verb, "--database", database.url(), "--lang", "en"]);
        assert_ne!(code, 0);
        assert!(complaint.contains("made by an older version"), "{complaint}");
    }
}

#[test]
fn a_change_that_a_killed_program_left_half_done_is_rolled_back_by_the_first_reader() {
    let database = TestDatabase::sqlite();
    crate::support::bank::set_up(&database);
    let known = heads(database.url()).unwrap().banks;
    let mut raw = Raw::sqlite(&database.file());
    // So small a cache writes pages into the file before the commit.
    raw.run(
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA cache_size = 2; BEGIN; \
         CREATE TABLE filler AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500) \
         SELECT i, randomblob(2000) FROM n;",
    );
    let journal = |database: &TestDatabase| database.folder().join("jianxian.db-journal");
    let killed = file_alone(&database);
    std::fs::copy(journal(&database), journal(&killed)).unwrap();
    assert!(length(&killed.file()) > 500_000 && length(&journal(&killed)) > 512);
    let (code, _, complaint) = jianxian(&["head", "--database", killed.url()]);
    assert_eq!(code, 0, "{complaint}");
    assert_eq!(heads(killed.url()).unwrap().banks, known);
    assert_eq!(length(&journal(&killed)), 0);
    // That of a running program stays.
    heads(database.url()).unwrap_err();
    assert!(length(&journal(&database)) > 512);
}

/// A store whose log is checkpointed from a small size on.
fn store_with_a_short_log(database: &TestDatabase, log_bytes: u64) -> Store {
    let options = Options { log_bytes, ..Options::default() };
    let store = Store::open(database.url(), &options, Clock::System).unwrap();
    let zone = "Asia/Shanghai".to_owned();
    store.create_bank(&Bank { id: BANK, slug: "t".into(), name: "试".into(), zone, sample: true }).unwrap();
    store
}

fn transfers(count: usize) -> Vec<Command> {
    let from = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Issuing);
    let to = AccountTerms::usual(OwnerKind::Person, Id::SYSTEM.derive("a"), Asset::Point, Purpose::Main);
    let transfer = |_| {
        let legs = vec![Leg::plain(from.id, to.id, 1)];
        Command::new(Id::SYSTEM, EntryKind::Transfer, Op::Post { legs, partial: false, up_to: false })
            .open([from.clone(), to.clone()])
    };
    (0..count).map(transfer).collect()
}

/// A number from the environment.
fn asked(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Concurrent writers, readers and verifications until a moment; returns the longest log.
fn longest_log_until(until: Instant, store: &Store, log: &Path) -> u64 {
    let longest = AtomicU64::new(0);
    let each = |run: &dyn Fn(&tokio::runtime::Runtime)| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        while Instant::now() < until {
            run(&runtime);
        }
    };
    std::thread::scope(|scope| {
        let each = &each;
        for _ in 0..8 {
            scope.spawn(move || {
                each(&|runtime| {
                    runtime.block_on(store.submit_rows(BANK, transfers(50), false)).unwrap();
                });
            });
        }
        for _ in 0..4 {
            scope.spawn(move || {
                each(&|runtime| {
                    // A slow read, so that one of them is always running.
                    let read = store.read(BANK, |tables| {
                        let head = tables.head()?;
                        std::thread::sleep(Duration::from_millis(30));
                        Ok::<_, Error>(head.number)
                    });
                    runtime.block_on(read).unwrap();
                });
            });
        }
        for _ in 0..2 {
            scope.spawn(move || {
                each(&|runtime| {
                    assert_eq!(runtime.block_on(store.verify(BANK)).unwrap().finding, None);
                });
            });
        }
        let longest = &longest;
        scope.spawn(move || {
            each(&|_| {
                longest.fetch_max(length(log), Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
            });
        });
    });
    longest.load(Ordering::SeqCst)
}

/// Manually with the limit of the program: `JIANXIAN_LOG_MIB=64 JIANXIAN_LOG_SECONDS=120 cargo test --release --test
/// it the_log_stays -- --nocapture`.
#[test]
fn the_log_stays_short_while_writers_readers_and_verifications_overlap() {
    let log_limit = asked("JIANXIAN_LOG_MIB", 2) << 20;
    let database = TestDatabase::sqlite();
    let store = store_with_a_short_log(&database, log_limit);
    let until = Instant::now() + Duration::from_secs(asked("JIANXIAN_LOG_SECONDS", 6));
    let longest = longest_log_until(until, &store, &log_of(&database));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let entries = runtime.block_on(store.read(BANK, |tables| tables.head())).unwrap().number;
    println!("{entries} entries; the log was {longest} bytes at most");
    assert!(longest > log_limit / 2, "the log was never long: {longest}");
    assert!(longest < (6 * log_limit).min(256 << 20), "the log grew to {longest} bytes");
    // When idle it becomes short again.
    let since = Instant::now();
    while length(&log_of(&database)) > 1 << 20 {
        assert!(since.elapsed() < Duration::from_secs(5), "{}", length(&log_of(&database)));
        std::thread::sleep(Duration::from_millis(20));
    }
    store.stop().unwrap();
}

fn length(file: &Path) -> u64 {
    file.metadata().map_or(0, |file| file.len())
}

#[test]
fn a_verification_ends_when_the_program_stops() {
    let database = TestDatabase::sqlite();
    let store = store_with_a_short_log(&database, 64 << 20);
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime().block_on(store.submit_rows(BANK, transfers(2_000), false)).unwrap();
    let ended = std::thread::scope(|scope| {
        let verifying = scope.spawn(|| runtime().block_on(store.verify(BANK)));
        std::thread::sleep(Duration::from_millis(20));
        store.stop().unwrap();
        verifying.join().unwrap()
    });
    assert!(matches!(&ended, Err(Error::Closed(_)) | Ok(_)), "{ended:?}");
    assert!(runtime().block_on(store.verify(BANK)).is_err(), "none begins after the stop");
    assert!(!log_of(&database).exists());
}

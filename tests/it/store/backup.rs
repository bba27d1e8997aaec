//! Verification, backup and restoration from the command line, as an operator does them.

use crate::support::cli::jianxian;
use crate::support::database::TestDatabase;
use jianxian::clock::Clock;
use jianxian::domain::id::{BankId, Id};
use jianxian::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::ledger::{Answer, Command, Leg, Op};
use jianxian::store::{Options, Store, banks::Bank};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};

const BANK: BankId = BankId(1);

/// A database with one bank and `entries` entries, still open.
async fn bank_with(database: &TestDatabase, entries: i64) -> Store {
    let store = Store::open(database.url(), &Options::default(), Clock::default()).unwrap();
    let bank =
        Bank { id: BANK, slug: "jx".into(), name: "试".into(), zone: "Asia/Shanghai".into(), sample: true };
    store.create_bank(&bank).unwrap();
    post(&store, entries).await;
    store
}

async fn post(store: &Store, entries: i64) {
    let from = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Issuing);
    let to = AccountTerms::usual(OwnerKind::Person, Id::SYSTEM.derive("a"), Asset::Point, Purpose::Main);
    for _ in 0..entries {
        let legs = vec![Leg::plain(from.id, to.id, 500)];
        let op = Op::Post { legs, partial: false, up_to: false };
        let command = Command::new(Id::SYSTEM, EntryKind::Transfer, op).open([from.clone(), to.clone()]);
        let decision = store.submit(BANK, command).await.unwrap();
        assert!(matches!(decision.answer, Answer::Accepted(_)), "{decision:?}");
    }
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let data = folder.to_str().unwrap();
    jianxian(&[arguments, &["--data", data, "--lang", "en"]].concat())
}

fn document(folder: &Path, arguments: &[&str]) -> Value {
    let (code, printed, complaint) = run(folder, &[arguments, &["--json"]].concat());
    assert_eq!(code, 0, "{complaint}");
    serde_json::from_str(&printed).unwrap()
}

#[tokio::test]
async fn head_and_verify_agree_while_the_bank_is_at_work() {
    let database = TestDatabase::new();
    let store = bank_with(&database, 3).await;
    let place = database.place();
    let run = |verb: &str| jianxian(&[&[verb, "--lang", "en"], &place[..]].concat());
    let document = |verb: &str| -> Value {
        let (code, printed, complaint) = jianxian(&[&[verb, "--json", "--lang", "en"], &place[..]].concat());
        assert_eq!(code, 0, "{complaint}");
        serde_json::from_str(&printed).unwrap()
    };
    let (code, line, _) = run("head");
    let hash = document("verify")["banks"][0]["hash"].as_str().unwrap().to_owned();
    assert_eq!((code, line.trim_end()), (0, format!("head jx 3 {hash}").as_str()));
    assert_eq!(hash.len(), 64);
    post(&store, 1).await;
    assert_eq!(document("head")[0]["number"], 4);
    let (code, said, _) = run("verify");
    assert_eq!(code, 0);
    assert!(said.contains("everything stored agrees with the entries"), "{said}");
}

#[tokio::test]
async fn a_backup_made_online_restores_everything_acknowledged_before_it() {
    let database = TestDatabase::sqlite();
    let folder = database.folder();
    let store = bank_with(&database, 5).await;
    let copy = folder.join("copy.db");
    let made = document(folder, &["backup", copy.to_str().unwrap()]);
    assert_eq!(made["heads"][0]["number"], 5);
    let listed: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(listed.iter().all(|name| !name.to_string_lossy().contains(".part")), "{listed:?}");
    let (code, _, complaint) = run(folder, &["backup", copy.to_str().unwrap()]);
    assert!(code == 1 && complaint.contains("exists and was not overwritten"), "{complaint}");

    post(&store, 2).await;
    let copy = copy.to_str().unwrap();
    let (code, _, complaint) = run(folder, &["restore", copy]);
    assert!(code == 1 && complaint.contains("exists"), "{complaint}");
    let (code, _, complaint) = run(folder, &["restore", copy, "--replace"]);
    assert!(code == 1 && complaint.contains("is in use. Stop jianxian serve first"), "{complaint}");

    store.stop().unwrap();
    drop(store);
    // The readers close the file a moment after the store is dropped.
    let start = Instant::now();
    let restored: Value = loop {
        let (code, printed, complaint) = run(folder, &["restore", copy, "--replace", "--json"]);
        if code == 0 {
            break serde_json::from_str(&printed).unwrap();
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{complaint}");
    };
    assert_eq!(restored["heads"], made["heads"]);
    assert_eq!(document(folder, &["head"])[0]["number"], 5);
    let kept = format!("sqlite:{}", restored["kept_as"].as_str().unwrap());
    assert_eq!(document(folder, &["verify", "--database", &kept])["banks"][0]["head"], 7);

    let elsewhere = tempfile::tempdir().unwrap();
    document(elsewhere.path(), &["restore", copy]);
    assert_eq!(document(elsewhere.path(), &["head"]), document(folder, &["head"]));
}

#[tokio::test]
async fn a_backup_that_has_changed_is_not_restored() {
    let database = TestDatabase::sqlite();
    let folder = database.folder();
    bank_with(&database, 5).await.stop().unwrap();
    let copy = folder.join("copy.db");
    document(folder, &["backup", copy.to_str().unwrap()]);
    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&copy, bytes).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let (code, _, complaint) = run(elsewhere.path(), &["restore", copy.to_str().unwrap()]);
    assert!(code == 3 && complaint.contains("does not agree with its checksum"), "{complaint}");
    std::fs::remove_file(folder.join("copy.db.sha256")).unwrap();
    let (code, _, complaint) = run(elsewhere.path(), &["restore", copy.to_str().unwrap()]);
    assert!(code == 1 && complaint.contains("copy.db.sha256 is missing"), "{complaint}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn what_is_no_database_of_ours_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, complaint) = run(folder.path(), &["verify"]);
    assert!(code == 1 && complaint.contains("there is no database"), "{complaint}");
    let file = folder.path().join("jianxian.db");
    std::fs::write(&file, "a letter to the editor, long enough").unwrap();
    for verb in ["verify", "head", "migrate"] {
        let (code, printed, complaint) = run(folder.path(), &[verb]);
        assert_eq!((code, printed.as_str()), (4, ""), "{verb}");
        assert!(complaint.contains("is not a jianxian database and was left alone"), "{complaint}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "a letter to the editor, long enough");
    let (code, _, complaint) = run(folder.path(), &["head", "--database", "mysql://x"]);
    assert!(code == 2 && complaint.contains("is not a database URL"), "{complaint}");
}

#[test]
fn migrate_makes_a_database_once() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("new").join("folder");
    assert_eq!(document(&inside, &["migrate"])["migrated"], "made");
    assert_eq!(document(&inside, &["migrate"])["migrated"], "current");
    assert_eq!(document(&inside, &["head"]), serde_json::json!([]));
}

#[test]
fn a_restored_bank_asks_for_its_key_and_old_sessions_stay_ended() {
    use crate::support::bank::{services, set_up};
    let database = TestDatabase::sqlite();
    let folder = database.folder();
    set_up(&database);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let work = services(&database);
    let session = runtime
        .block_on(work.sign_in(crate::support::sign_in::ask("guanliyuan", crate::support::sign_in::PASSWORD)))
        .unwrap();
    let copy = folder.join("copy.db");
    let copy = copy.to_str().unwrap();
    document(folder, &["backup", copy]);
    let key_id = work.authority.secrets.key_ids().remove(0);
    work.store.stop().unwrap();
    drop(work);

    let empty = tempfile::tempdir().unwrap();
    let (code, _, said) = run(empty.path(), &["restore", copy]);
    assert!(code == 0 && said.contains(&format!("the key {key_id} is still missing")), "{said}");
    let other = tempfile::tempdir().unwrap();
    jianxian::auth::secrets::Secrets::open_or_create(other.path()).unwrap();
    let (code, _, said) = run(other.path(), &["restore", copy]);
    assert!(code == 1 && said.contains(&format!("made with the key {key_id}")), "{said}");
    assert_eq!(std::fs::read_dir(other.path()).unwrap().count(), 1, "nothing but the key");

    let (code, _, said) = run(folder, &["restore", copy, "--replace"]);
    assert_eq!((code, said.as_str()), (0, ""));
    let again = services(&database);
    assert!(runtime.block_on(again.refresh(&session.refresh_token, &Default::default())).is_err());
    assert!(runtime.block_on(again.actor(&session.access_token)).is_err());
    runtime
        .block_on(
            again.sign_in(crate::support::sign_in::ask("guanliyuan", crate::support::sign_in::PASSWORD)),
        )
        .unwrap();
}

//! Attachments in an object store: the same as in the folder; and what is said when it does not answer.

use crate::support::cli::jianxian_json as run;
use crate::support::object_store::ObjectStore;
use crate::support::town::Town;
use crate::support::upload::{attached, listed, pdf, png, read, send_form, upload};
use crate::support::web::{BANK, Web};
use jianxian::domain::time::Moment;
use jianxian::store::files::{Files, Folder, digest};
use serde_json::{Value, json};

/// A town whose attachments are in an object store.
fn town(store: &ObjectStore) -> Town {
    let mut config = Town::config();
    config.store.attachments = store.setting("bank-a");
    Town::found_in(Web::start_with(config, |state| state))
}

fn forget(town: &Town) -> (usize, usize) {
    town.runtime.block_on(town.web.services.forget_attachments(BANK)).unwrap()
}

/// Moves the town's clock to where every file is old.
fn years_later(town: &Town) {
    town.web.clock.set(Moment::parse("2099-01-01T00:00:00Z").unwrap());
}

fn key(content: &[u8]) -> String {
    let name = digest(content);
    format!("bank-a/1/{}/{name}", &name[..2])
}

#[test]
fn a_file_goes_there_comes_back_and_goes_when_no_row_names_it() {
    let (store, file) = (ObjectStore::start(), pdf(""));
    let town = town(&store);
    let goods = town.id("rice");
    let id = attached(&town, "merchant_owner", ("offer", &goods), &file);
    let (seen, whole) = (store.keys(), format!("/v1/attachments/{id}/content"));
    assert_eq!(seen, [key(&file)]);
    assert_eq!(read(&town, "volunteer", &whole, &[]).bytes, file);
    // Five pages of a list, and files that are none of the bank's.
    for n in 0..9 {
        town.web.services.files.put(BANK, &[n], "").unwrap();
    }
    store.change(|objects| {
        objects.insert("bank-a/1/readme.txt".into(), vec![]);
        objects.insert(format!("bank-a/12/aa/{}", digest(b"other bank")), b"other bank".to_vec());
    });
    years_later(&town);
    assert_eq!(forget(&town), (0, 9));
    assert_eq!(store.keys().len(), 3);
    assert_eq!(town.web.services.files.get(BANK, &digest(&file)).unwrap(), Some(file));
}

#[test]
fn a_store_that_is_away_or_refuses_takes_no_upload_and_loses_none() {
    let store = ObjectStore::start();
    let town = town(&store);
    let goods = town.id("rice");
    let id = attached(&town, "merchant_owner", ("offer", &goods), &pdf(""));
    let whole = format!("/v1/attachments/{id}/content");
    for (status, code) in
        [(503, "SlowDown"), (500, "InternalError"), (403, "AccessDenied"), (404, "NoSuchBucket")]
    {
        store.always(status, code);
        let refused = upload(&town, "merchant_owner", ("offer", &goods), "a.png", &png([1, 1, 1]));
        assert_eq!((refused.status, refused.code().as_str()), (503, "attachment_not_stored"), "{refused:?}");
        let answer = read(&town, "volunteer", &whole, &[]);
        assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"), "{code}");
        town.runtime.block_on(town.web.services.forget_attachments(BANK)).unwrap_err();
    }
    assert_eq!(listed(&town, "merchant_owner", ("offer", &goods)).len(), 1);
    store.before(|_, _| None);
    store.change(|objects| objects.values_mut().for_each(|content| content.push(0)));
    assert_eq!(read(&town, "volunteer", &whole, &[]).code(), "attachment_lost");
    store.change(|objects| objects.clear());
    assert_eq!(read(&town, "volunteer", &whole, &[]).code(), "attachment_lost");
}

#[test]
fn a_moment_of_trouble_is_not_noticed() {
    let (store, asked) = (ObjectStore::start(), std::sync::atomic::AtomicUsize::new(0));
    let town = town(&store);
    store.before(move |_, _| {
        let number = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        (number % 2 == 0).then_some((503, "SlowDown"))
    });
    let id = attached(&town, "merchant_owner", ("offer", &town.id("rice")), &pdf(""));
    assert_eq!(read(&town, "volunteer", &format!("/v1/attachments/{id}/content"), &[]).bytes, pdf(""));
}

#[test]
fn an_upload_beside_the_removal_of_the_same_file_keeps_it() {
    let store = ObjectStore::start();
    let town = town(&store);
    let (goods, file) = (town.id("rice"), pdf(""));
    town.web.services.files.put(BANK, &file, "").unwrap();
    years_later(&town);
    // The row is committed when the job has found that there is none and is about to remove the file.
    let (token, address) = (town.token("merchant_owner"), town.web.address());
    let once = std::sync::Once::new();
    let sent = file.clone();
    store.before(move |method, _| {
        if method == "DELETE" {
            once.call_once(|| {
                let answer = send_form(
                    address,
                    &token,
                    "k",
                    "/v1/attachments",
                    &[("thing", "offer"), ("thing_id", &goods)],
                    ("a.pdf", &sent),
                );
                assert_eq!(answer.status, 201, "{answer:?}");
            });
        }
        None
    });
    assert_eq!(forget(&town), (0, 0));
    assert_eq!(store.keys(), [key(&file)]);
}

#[test]
fn a_file_that_a_job_removes_before_the_row_is_committed_is_written_again() {
    let store = ObjectStore::start();
    let town = town(&store);
    let (own, once) = (store.clone(), std::sync::Once::new());
    // The first question after the row is whether the file is there.
    store.before(move |method, _| {
        if method == "HEAD" {
            once.call_once(|| own.change(|objects| objects.clear()));
        }
        None
    });
    attached(&town, "merchant_owner", ("offer", &town.id("rice")), &pdf(""));
    assert_eq!(store.keys(), [key(&pdf(""))]);
}

#[test]
fn backup_restore_copy_and_verify_count_the_files_of_the_store() {
    let store = ObjectStore::start();
    let town = town(&store);
    attached(&town, "merchant_owner", ("offer", &town.id("rice")), &png([1, 1, 1]));
    let database = town.verify_and_stop();
    if !database.url().starts_with("sqlite:") {
        return;
    }
    let (folder, at) = (database.folder().to_owned(), store.setting("bank-a"));
    let in_folder = |name: &str| folder.join(name).display().to_string();
    let counted =
        |found: &Value| (found["attachments"]["files"].clone(), found["attachments"]["missing"].clone());
    let (code, made) =
        run(&["backup", &in_folder("b.db"), "--database", database.url(), "--attachments", &at]);
    assert_eq!((code, counted(&made)), (0, (json!(2), json!([]))), "{made}");
    let beside = Files::from(Folder::beside(&folder.join("b.db")));
    assert_eq!(beside.written_before(BANK, Moment::from_micros(i64::MAX)).unwrap().len(), 2);
    let other = format!("sqlite:{}", in_folder("other.db"));
    let (code, copied) = run(&["copy", "--from", database.url(), "--to", &other, "--attachments", &at]);
    assert_eq!((code, counted(&copied)), (0, (json!(2), json!([]))), "{copied}");
    // All is lost; the backup brings it back, into another folder of the bucket.
    store.change(|objects| objects.clear());
    let (code, found) = run(&["verify", "--database", database.url(), "--attachments", &at]);
    assert_eq!((code == 0, found["attachments"]["missing"].as_array().unwrap().len()), (false, 2), "{found}");
    let (new, at) = (in_folder("new"), store.setting("bank-b"));
    let (code, restored) = run(&["restore", &in_folder("b.db"), "--data", &new, "--attachments", &at]);
    assert_eq!((code, counted(&restored)), (0, (json!(2), json!([]))), "{restored}");
    let (code, found) = run(&["verify", "--data", &new, "--attachments", &at]);
    assert_eq!((code, counted(&found)), (0, (json!(2), json!([]))), "{found}");
    // One that does not answer says nothing of the files, and is named without its secret.
    store.always(403, "AccessDenied");
    let (code, said) = run(&["verify", "--data", &new, "--attachments", &at]);
    let said = said.as_str().unwrap().to_owned();
    assert!(code != 0 && said.contains("AccessDenied") && !said.contains("a%2Bb"), "{said}");
}

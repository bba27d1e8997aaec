//! Attachments in an object store: the same as in the folder; and what is said when it does not answer.

use crate::support::cli::jianxian_json as run;
use crate::support::object_store::ObjectStore;
use crate::support::town::Town;
use crate::support::upload::{attached, listed, pdf, png, proved, read, send_form, upload};
use crate::support::web::{BANK, Web};
use crate::support::zip::parts;
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

/// Removes an attachment as the shop that sent it.
fn remove(town: &Town, id: &str) {
    town.as_role("merchant_owner").delete(&format!("/v1/attachments/{id}")).ok(204);
}

#[test]
fn a_file_goes_there_comes_back_and_goes_when_no_row_names_it() {
    let (store, file) = (ObjectStore::start(), pdf(""));
    let town = town(&store);
    let goods = town.id("rice");
    let id = attached(&town, "merchant_owner", ("offer", &goods), &file);
    assert_eq!(store.keys(), [key(&file)]);
    assert_eq!(read(&town, "volunteer", &format!("/v1/attachments/{id}/content"), &[]).bytes, file);
    let photo = attached(&town, "merchant_owner", ("offer", &goods), &png([1, 1, 1]));
    assert_eq!(store.keys().len(), 3, "the photo has a small one");
    remove(&town, &photo);
    assert_eq!(forget(&town), (0, 0), "not on the same day");
    assert_eq!(read(&town, "volunteer", &format!("/v1/attachments/{photo}"), &[]).status, 404);
    years_later(&town);
    assert_eq!(forget(&town), (0, 2));
    assert_eq!(store.keys(), [key(&file)]);
    assert_eq!(forget(&town), (0, 0));
    town.verify_and_stop();
}

#[test]
fn what_this_bank_never_named_stays() {
    let store = ObjectStore::start();
    let town = town(&store);
    // Of another bank with the same setting, of a copy of this one that was served, and what is no file of an attachment.
    for other in [key(b"other"), format!("bank-a/12/aa/{}", digest(b"twelfth")), "bank-a/1/readme.txt".into()]
    {
        store.change(|objects| {
            objects.insert(other, b"other".to_vec());
        });
    }
    years_later(&town);
    assert_eq!(forget(&town), (0, 0));
    let listed = town.web.services.files.written_before(BANK, Moment::from_micros(i64::MAX)).unwrap();
    assert_eq!((store.keys().len(), listed), (3, vec![digest(b"other")]));
}

#[test]
fn a_list_in_pages_is_read_to_its_end() {
    let store = ObjectStore::start();
    let town = town(&store);
    let mut put: Vec<String> = (0..9).map(|n| town.web.services.files.put(BANK, &[n], "").unwrap()).collect();
    let mut listed = town.web.services.files.written_before(BANK, Moment::from_micros(i64::MAX)).unwrap();
    put.sort();
    listed.sort();
    assert_eq!(listed, put);
}

#[test]
fn what_an_upload_left_when_it_ended_before_its_row_goes_after_a_day() {
    let store = ObjectStore::start();
    let town = town(&store);
    let goods = town.id("rice");
    // The file is stored; the row is refused, as after a kill there is none.
    let enough: Vec<u8> = (0..20).collect();
    for colour in enough {
        attached(&town, "merchant_owner", ("offer", &goods), &pdf(&format!("/Lang (zh-{colour})")));
    }
    let refused = upload(&town, "merchant_owner", ("offer", &goods), "a.pdf", &pdf(""));
    assert_eq!(refused.code(), "attachments_enough");
    assert!(store.keys().contains(&key(&pdf(""))));
    years_later(&town);
    assert_eq!(forget(&town), (0, 1));
    assert_eq!(store.keys().len(), 20);
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
        assert_eq!((answer.status, answer.code().as_str()), (503, "attachment_unreachable"), "{code}");
    }
    assert_eq!(listed(&town, "merchant_owner", ("offer", &goods)).len(), 1);
    store.before(|_, _| None);
    store.change(|objects| objects.values_mut().for_each(|content| content.push(0)));
    assert_eq!(read(&town, "volunteer", &whole, &[]).code(), "attachment_lost");
    store.change(|objects| objects.clear());
    assert_eq!(read(&town, "volunteer", &whole, &[]).code(), "attachment_lost");
}

#[test]
fn a_copy_of_the_own_data_does_not_begin_without_its_files() {
    let store = ObjectStore::start();
    let town = town(&store);
    proved(&town, &pdf(""));
    store.always(503, "SlowDown");
    let copy = town.as_role("volunteer").get("/v1/me/data");
    assert_eq!((copy.status, copy.code().as_str()), (503, "attachment_unreachable"));
    store.before(|_, _| None);
    let copy = town.as_role("volunteer").get("/v1/me/data");
    assert!(copy.status == 200 && parts(&copy.bytes).iter().any(|(name, _)| name.ends_with(".pdf")));
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
    let before = attached(&town, "merchant_owner", ("offer", &goods), &file);
    remove(&town, &before);
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
    assert!(code != 0 && said.contains("AccessDenied"), "{said}");
    assert!(!said.contains("a%2Bb") && !said.contains("a+b"), "{said}");
}

#[test]
fn an_address_that_names_no_store_is_refused_before_anything_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    for (address, said) in [
        ("https://k:s@h/b", "cannot be read as s3://"),
        ("s3://k:a/b@h/b", "cannot be read as s3://"),
        ("s3://h/b", "no KEY:SECRET@"),
        ("s3://k:s@h", "names no bucket"),
        ("s3://k:s@h/b?colour=red", "region="),
        ("s3://k:s@h/b?tls=maybe", "region="),
        ("s3://k:s@127.0.0.1/b?style=virtual", "names no bucket"),
    ] {
        let (code, printed) = run(&["verify", "--data", &data, "--attachments", address]);
        assert!(code != 0 && printed.to_string().contains(said), "{address}: {printed}");
    }
    // A closed port: the connection is refused.
    let (listener, town) = (std::net::TcpListener::bind("127.0.0.1:0").unwrap(), Town::new());
    let port = listener.local_addr().unwrap().port();
    attached(&town, "merchant_owner", ("offer", &town.id("rice")), &pdf(""));
    let database = town.verify_and_stop();
    drop(listener);
    let at = format!("s3://k:hidden@127.0.0.1:{port}/b?tls=off");
    let (code, said) = run(&["verify", "--database", database.url(), "--attachments", &at]);
    let said = said.to_string();
    assert!(code != 0 && said.contains(&port.to_string()) && !said.contains("hidden"), "{said}");
}

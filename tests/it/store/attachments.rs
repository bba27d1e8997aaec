//! How long attachments are kept, where, and what goes along with them: backups, copies, the own data, an erasure.

use crate::support::cli::jianxian_json as run;
use crate::support::town::Town;
use crate::support::upload::{attached, listed, pdf, png, proved, read, upload, upload_under};
use crate::support::web::BANK;
use crate::support::zip::parts;
use jianxian::domain::time::Moment;
use jianxian::store::files::{Folder, digest};
use serde_json::{Value, json};
use std::path::Path;

fn files(town: &Town) -> Vec<String> {
    let mut found = town.web.services.files.written_before(BANK, Moment::from_micros(i64::MAX)).unwrap();
    found.sort();
    found
}

fn forget(town: &Town) -> (usize, usize) {
    town.runtime.block_on(town.web.services.forget_attachments(BANK)).unwrap()
}

#[test]
fn row_and_files_go_when_their_time_is_over_and_goods_keep_their_photo() {
    let town = Town::new();
    proved(&town, &pdf(""));
    let rice = town.id("rice");
    attached(&town, "merchant_owner", ("offer", &rice), &png([1, 1, 1]));
    assert_eq!((forget(&town), files(&town).len()), ((0, 0), 3), "the photo has a small one");
    town.web.clock.set(Moment::parse("2099-01-01T00:00:00Z").unwrap());
    assert_eq!((forget(&town), files(&town).len()), ((1, 1), 2));
    assert_eq!(forget(&town), (0, 0));
    assert_eq!(listed(&town, "merchant_owner", ("offer", &rice)).len(), 1);
}

#[test]
fn a_file_whose_row_was_never_written_goes_after_a_day_and_no_sooner() {
    let town = Town::new();
    // As after a kill between the file and the row.
    let left = town.web.services.files.put(BANK, b"left", "x").unwrap();
    assert_eq!((forget(&town), files(&town)), ((0, 0), vec![left.clone()]));
    town.web.clock.set(Moment::parse("2099-01-01T00:00:00Z").unwrap());
    assert_eq!((forget(&town), files(&town)), ((0, 1), vec![]));
}

#[test]
fn a_disk_that_cannot_be_written_is_said_and_the_same_key_may_try_again() {
    let town = Town::new();
    let (rice, folder) = (town.id("rice"), town.files_folder());
    let send = || upload_under(&town, "merchant_owner", "k", ("offer", &rice), "a.png", &png([1, 1, 1]));
    // A file in the place of the folder: nobody can write into it, the administrator of the machine included.
    std::fs::write(&folder, b"").unwrap();
    let refused = send();
    assert_eq!((refused.status, refused.code().as_str()), (503, "attachment_not_stored"), "{refused:?}");
    assert!(listed(&town, "merchant_owner", ("offer", &rice)).is_empty());
    std::fs::remove_file(&folder).unwrap();
    assert_eq!(send().status, 201);
}

#[test]
fn a_missing_or_changed_file_is_said_and_never_handed_out() {
    let town = Town::new();
    let id = attached(&town, "merchant_owner", ("offer", &town.id("rice")), &pdf(""));
    let name = digest(&pdf(""));
    let file = town.files_folder().join("1").join(&name[..2]).join(&name);
    let path = format!("/v1/attachments/{id}/content");
    std::fs::write(&file, b"<script>").unwrap();
    let answer = read(&town, "volunteer", &path, &[]);
    assert_eq!((answer.status, answer.code().as_str()), (404, "attachment_lost"));
    std::fs::remove_file(&file).unwrap();
    assert_eq!(read(&town, "volunteer", &path, &[]).code(), "attachment_lost");
}

#[cfg(unix)]
#[test]
fn files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let town = Town::new();
    attached(&town, "merchant_owner", ("offer", &town.id("rice")), &pdf(""));
    let name = digest(&pdf(""));
    let folder = town.files_folder();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&folder.join("1").join(&name[..2]).join(&name)), 0o600);
}

#[test]
fn several_servers_write_the_same_file_into_one_folder_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let content = vec![7_u8; 200_000];
    std::thread::scope(|scope| {
        for server in 0..4 {
            let (files, content) = (Folder::new(folder.path().join("files")), &content);
            scope.spawn(move || {
                for n in 0..20 {
                    let name = files.put(BANK, content, &format!("{server}-{n}")).unwrap();
                    assert_eq!(files.get(BANK, &name).unwrap().as_ref(), Some(content));
                }
            });
        }
    });
    let files = Folder::new(folder.path().join("files"));
    assert_eq!(files.written_before(BANK, Moment::from_micros(i64::MAX)).unwrap(), [digest(&content)]);
}

#[test]
fn the_own_copy_has_the_file_and_an_erasure_removes_it() {
    let town = Town::new();
    let id = proved(&town, &pdf("/Lang (zh)"));
    let copy = town.as_role("volunteer").get("/v1/me/data");
    let files_of: Vec<String> = parts(&copy.bytes).into_iter().map(|(name, _)| name).collect();
    assert!(files_of.contains(&format!("attachments/{id}.pdf")), "{files_of:?}");
    let data = parts(&copy.bytes).into_iter().find(|(name, _)| name == "data.json").unwrap().1;
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["attachments"][0]["thing"], "service_record");
    let member: jianxian::domain::id::Id = town.id("lin").parse().unwrap();
    let erased = town.web.store.write(BANK, move |tables| {
        let owner = tables.owner(member)?;
        tables.erase_person(&owner, jianxian::domain::id::Id::SYSTEM, jianxian::domain::id::Id::SYSTEM)
    });
    town.runtime.block_on(erased).unwrap();
    assert!(listed(&town, "staff", ("service_record", &town.id("record"))).is_empty());
    town.web.clock.set(Moment::parse("2099-01-01T00:00:00Z").unwrap());
    assert_eq!((forget(&town), files(&town).len()), ((0, 1), 0));
}

#[test]
fn backup_restore_copy_and_verify_count_the_files() {
    let town = Town::new();
    attached(&town, "merchant_owner", ("offer", &town.id("rice")), &png([1, 1, 1]));
    assert_eq!(upload(&town, "merchant_owner", ("offer", &town.id("rice")), "a.pdf", &pdf("")).status, 201);
    let place = town.files_folder();
    let database = town.verify_and_stop();
    if !database.url().starts_with("sqlite:") {
        // A database on a server is backed up with its server's tools.
        return;
    }
    let folder = database.folder().to_owned();
    let (backup, new) = (folder.join("b.db").display().to_string(), folder.join("new"));
    let (code, made) = run(&["backup", &backup, "--database", database.url()]);
    assert_eq!((code, &made["attachments"]["files"]), (0, &json!(3)), "{made}");
    let other = format!("sqlite:{}", folder.join("other.db").display());
    let (code, copied) = run(&["copy", "--from", database.url(), "--to", &other]);
    assert_eq!((code, &copied["attachments"]["files"]), (0, &json!(3)), "{copied}");
    let data = new.display().to_string();
    let (code, restored) = run(&["restore", &backup, "--data", &data]);
    assert_eq!((code, &restored["attachments"]["files"]), (0, &json!(3)), "{restored}");
    let (code, found) = run(&["verify", "--data", &data]);
    assert_eq!((code, &found["attachments"]["missing"]), (0, &json!([])), "{found}");
    // One is lost: both say which.
    let name = digest(&pdf(""));
    std::fs::remove_file(place.join("1").join(&name[..2]).join(&name)).unwrap();
    let (code, found) = run(&["verify", "--database", database.url()]);
    assert_eq!(found["attachments"]["missing"], json!([format!("1/{name}")]));
    assert_ne!(code, 0);
    let (code, made) = run(&["backup", &format!("{backup}2"), "--database", database.url()]);
    assert_eq!((code != 0, &made["attachments"]["missing"]), (true, &json!([format!("1/{name}")])));
}

//! `serve` as an operator uses it: an empty folder, the printed line, a signal.

use crate::support::cli::jianxian;
use crate::support::database::TestDatabase;
use crate::support::served::Served;
use crate::support::web::{Ask, send};
use serde_json::{Value, json};

fn a_real_bank_is_never_taken_for_a_sample_nor_thrown_away_for_one(database: &TestDatabase) {
    let before = database.content();
    for more in [&["demo", "--port", "0"][..], &["demo", "--port", "0", "--fresh"][..]] {
        let (code, _, complaint) = jianxian(&[more, &["--lang", "en"], &database.place()].concat());
        assert_eq!(code, 1, "{complaint}");
        assert!(complaint.contains("holds a real bank, no sample"), "{complaint}");
    }
    assert!(database.content() == before);
}

fn without_its_key_the_bank_is_not_opened(database: &TestDatabase) {
    let key = database.folder().join("secret.key");
    std::fs::rename(&key, database.folder().join("elsewhere.key")).unwrap();
    let (code, _, complaint) =
        jianxian(&[&["--lang", "en", "serve", "--port", "0"], &database.place()[..]].concat());
    assert_eq!(code, 1);
    assert!(complaint.contains("secret.key is missing"), "{complaint}");
    assert!(!key.exists());
}

#[test]
fn an_empty_folder_becomes_a_bank_whose_first_administrator_comes_in_by_the_printed_line() {
    let database = TestDatabase::new();
    let served = Served::start(&database);
    let mut body = served.printed_body().unwrap();
    let post = |body: &Value| {
        let path = "/v1/auth/first-administrator";
        send(served.address, &Ask::post(path, body.clone()).role(None))
    };
    let untouched = post(&body);
    assert_eq!((untouched.status, untouched.code()), (422, "password_too_short".into()), "{untouched:?}");
    body["password"] = json!("three ferries at noon");
    assert_eq!(post(&body).status, 200);
    let sign_in = json!({ "login": body["login"], "password": body["password"] });
    let signed_in = send(served.address, &Ask::post("/v1/auth/token", sign_in).role(None));
    let token = signed_in.json()["access_token"].as_str().unwrap().to_owned();
    let me = |address, token: &str| {
        let bearer = format!("Bearer {token}");
        send(address, &Ask::get("/v1/me").role(None).header("Authorization", &bearer))
    };
    assert_eq!(me(served.address, &token).status, 200);
    assert!(served.stop().starts_with("stopped; everything that was queued is written"));

    // After a restart it has its users, sessions and keys, and sees changes by the command line within a second.
    let served = Served::start(&database);
    assert_eq!(served.printed_body(), None);
    assert_eq!(me(served.address, &token).status, 200);
    let place = database.place();
    let login = body["login"].as_str().unwrap();
    assert_eq!(jianxian(&[&["admin", "end-sessions", login], &place[..]].concat()).0, 0);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let ended = me(served.address, &token);
    assert_eq!((ended.status, ended.code()), (401, "session_ended".into()));
    served.stop();

    a_real_bank_is_never_taken_for_a_sample_nor_thrown_away_for_one(&database);
    without_its_key_the_bank_is_not_opened(&database);
}

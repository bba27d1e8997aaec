//! A full disk: 503, reads continue, and what was acknowledged is there after a restart.

use crate::support::database::TestDatabase;
use crate::support::served::Served;
use crate::support::web::{Answer, Ask, send};
use jianxian::store::maintenance::audit::audit;
use serde_json::{Value, json};

const PASSWORD: &str = "three ferries at noon";

fn sign_in(served: &Served, login: &str) -> String {
    let body = json!({ "login": login, "password": PASSWORD });
    let answer = send(served.address, &Ask::post("/v1/auth/token", body).role(None)).ok(200);
    format!("Bearer {}", answer["access_token"].as_str().unwrap())
}

fn post(served: &Served, token: &str, key: &str, path: &str, body: Value) -> Answer {
    send(served.address, &Ask::post(path, body).role(None).key(key).header("Authorization", token))
}

fn get(served: &Served, token: &str, path: &str) -> Answer {
    send(served.address, &Ask::get(path).role(None).header("Authorization", token))
}

/// Sessions in memory: marked in the answer, rate-limited as ever, and ended by signing out.
fn signing_in_works_while_the_books_are_closed(served: &Served) {
    let ask = |login: &str, password: &str| {
        let body = json!({ "login": login, "password": password });
        send(served.address, &Ask::post("/v1/auth/token", body).role(None))
    };
    let bearer = |answer: &Value| format!("Bearer {}", answer["access_token"].as_str().unwrap());
    let answer = ask("operator", PASSWORD).ok(200);
    assert!(answer["notice"].as_str().unwrap().contains("本次登录只记在内存里"), "{answer}");
    let token = bearer(&answer);
    assert_eq!(get(served, &token, "/v1/me").ok(200)["login"], "operator");
    let body = json!({ "refresh_token": answer["refresh_token"] });
    let renewed = send(served.address, &Ask::post("/v1/auth/refresh", body.clone()).role(None)).ok(200);
    assert!(renewed["notice"].is_string() && get(served, &bearer(&renewed), "/v1/me").status == 200);
    let out = Ask { body: None, ..Ask::post("/v1/auth/logout", json!({})) };
    assert_eq!(send(served.address, &out.role(None).header("Authorization", &token)).status, 204);
    assert_eq!(get(served, &token, "/v1/me").code(), "session_ended");
    assert_eq!(send(served.address, &Ask::post("/v1/auth/refresh", body).role(None)).status, 401);
    for _ in 0..10 {
        assert_eq!(ask("nobody.here", "wrong").status, 401);
    }
    assert_eq!(ask("nobody.here", "wrong").code(), "too_many_tries");
}

/// The first administrator, and an operator of the raw ledger.
fn found(served: &Served) {
    let mut body = served.printed_body().unwrap();
    body["password"] = json!(PASSWORD);
    let path = "/v1/auth/first-administrator";
    send(served.address, &Ask::post(path, body.clone()).role(None)).ok(200);
    let chief = sign_in(served, body["login"].as_str().unwrap());
    let me = get(served, &chief, "/v1/me").ok(200);
    let user = json!({ "login": "operator", "name": "示例乙", "password": PASSWORD });
    let user = post(served, &chief, "u1", "/v1/users", user).ok(201)["id"].clone();
    let role = json!({ "user": user, "role": "ledger_operator", "org": me["roles"][0]["org"] });
    post(served, &chief, "r1", "/v1/roles", role).ok(201);
}

fn open(served: &Served, token: &str, kind: &str, purpose: &str) -> String {
    let owner = "0197f000-0000-7000-8000-000000000001";
    let body = json!({ "owner_kind": kind, "owner": owner, "asset": "POINT", "purpose": purpose });
    let opened = post(served, token, kind, "/v1/ledger/accounts", body).ok(201);
    opened["account"].as_str().unwrap().to_owned()
}

fn balance(served: &Served, token: &str, account: &str) -> Value {
    get(served, token, &format!("/v1/ledger/accounts/{account}")).ok(200)["balance"].clone()
}

/// Posts until the disk is full and the refusal says so; returns how many were acknowledged.
fn post_until_full(served: &Served, token: &str, body: &Value) -> usize {
    let (mut acknowledged, mut refused) = (0, None);
    for n in 0..5_000 {
        let answer = post(served, token, &format!("e{n}"), "/v1/ledger/entries", body.clone());
        match answer.status {
            201 => acknowledged = n + 1,
            _ => {
                refused = Some(answer);
                break;
            }
        }
    }
    let refused = refused.expect("the disk never became full");
    assert_eq!((refused.status, refused.code()), (503, "books_closed".into()), "{refused:?}");
    assert!(refused.header("Retry-After").is_some());
    assert!(refused.json()["detail"].as_str().unwrap().contains("查询不受影响"), "{refused:?}");
    acknowledged
}

/// The refused key is unused, too.
fn with_room_again_everything_acknowledged_is_there(
    database: &TestDatabase,
    body: &Value,
    to: &str,
    acknowledged: usize,
) {
    let served = Served::start(database);
    let token = sign_in(&served, "operator");
    assert_eq!(balance(&served, &token, to), json!(format!("{acknowledged}.00")));
    for n in [0, acknowledged - 1] {
        let again = post(&served, &token, &format!("e{n}"), "/v1/ledger/entries", body.clone());
        assert!(again.hit() && again.status == 201, "{again:?}");
    }
    let retried = post(&served, &token, &format!("e{acknowledged}"), "/v1/ledger/entries", body.clone());
    assert!(!retried.hit() && retried.status == 201, "{retried:?}");
    assert_eq!(balance(&served, &token, to), json!(format!("{}.00", acknowledged + 1)));
    served.stop();
}

#[test]
fn on_a_full_disk_writing_stops_with_503_and_nothing_acknowledged_is_lost() {
    let database = TestDatabase::sqlite();
    let served = Served::start(&database);
    found(&served);
    served.stop();
    let file = database.file();
    let kib = file.metadata().unwrap().len() / 1024;

    // A little more than now fits.
    let served = Served::start_within(&database, kib + 1_024);
    let token = sign_in(&served, "operator");
    let from = open(&served, &token, "bank", "issuing");
    let to = open(&served, &token, "person", "main");
    let body = json!({ "debit_account": from, "credit_account": to, "amount": "1" });
    let acknowledged = post_until_full(&served, &token, &body);
    assert!(acknowledged > 5, "{acknowledged}");
    // Reads continue; every further write gets the same answer; readiness reports it.
    assert_eq!(balance(&served, &token, &to), json!(format!("{acknowledged}.00")));
    assert_eq!(get(&served, &token, "/v1/me").status, 200);
    for n in 0..3 {
        assert_eq!(
            post(&served, &token, &format!("late{n}"), "/v1/ledger/entries", body.clone()).status,
            503
        );
    }
    assert_eq!(balance(&served, &token, &to), json!(format!("{acknowledged}.00")));
    let ready = send(served.address, &Ask::get("/readyz").role(None));
    assert_eq!((ready.status, send(served.address, &Ask::get("/healthz").role(None)).status), (503, 200));
    assert!(ready.json()["detail"].as_str().unwrap().starts_with("账本暂停写入："), "{ready:?}");
    signing_in_works_while_the_books_are_closed(&served);
    served.stop();

    with_room_again_everything_acknowledged_is_there(&database, &body, &to, acknowledged);
    let audit = audit(database.url()).unwrap();
    assert_eq!(audit.first_finding(), None);
}

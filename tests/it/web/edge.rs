//! The edge: limits of time, size and number, ids, log, metrics, readiness, a stop that loses nothing, and personal
//! data that is never in plain text.

use crate::support::database::TestDatabase;
use crate::support::founded::{founded, get, post, user};
use crate::support::served::Served;
use crate::support::web::{Answer, Ask, Web, send};
use jianxian::api::web::edge::{Limits, State};
use jianxian::config::Config;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const PASSWORD: &str = "three ferries at noon";

/// What a peer sends until it closes.
fn rest_of(mut stream: TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let mut config = Config::default();
    config.http.body_timeout_seconds = 1;
    let web = Web::start_with(config, |state| state);
    let started = Instant::now();
    let mut stream = TcpStream::connect(web.address()).unwrap();
    let head = "POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
        Content-Length: 100\r\n\r\n{\"login\"";
    stream.write_all(head.as_bytes()).unwrap();
    let output = rest_of(stream);
    assert!(output.starts_with("HTTP/1.1 408 ") && output.contains("\"code\":\"body_too_slow\""), "{output}");
    assert!(output.contains("1 秒内没有收完"), "{output}");
    assert!(started.elapsed() < Duration::from_secs(10));
    web.verify_and_stop();
}

#[test]
fn a_head_that_trickles_in_is_dropped_and_others_are_served() {
    let mut config = Config::default();
    config.http.head_timeout_seconds = 1;
    let web = Web::start_with(config, |state| state);
    let slow: Vec<TcpStream> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(web.address()).unwrap();
            stream.write_all(b"GET /v1/me HTTP/1.1\r\nHost:").unwrap();
            stream
        })
        .collect();
    assert_eq!(web.send(&Ask::get("/healthz").role(None)).status, 200);
    let started = Instant::now();
    for stream in slow {
        let output = rest_of(stream);
        assert!(output.is_empty() || output.starts_with("HTTP/1.1 408 "), "{output}");
    }
    assert!(started.elapsed() < Duration::from_secs(10), "they were waited for");
    web.verify_and_stop();
}

#[test]
fn who_comes_too_often_is_told_to_wait() {
    let mut config = Config::default();
    (config.limits.address_per_second, config.limits.address_burst) = (1, 5);
    let web = Web::start_with(Config::default(), |state| State { limits: Limits::new(&config), ..state });
    let ask = Ask::get("/v1/me").role(None).header("Accept-Language", "en");
    let answers: Vec<Answer> = (0..8).map(|_| web.send(&ask)).collect();
    let over = answers.iter().find(|answer| answer.status == 429).expect("a limit");
    assert_eq!((answers[0].status, over.code()), (401, "rate_limited".into()));
    assert!(over.header("Retry-After").is_some() && over.header("X-Request-Id").is_some(), "{over:?}");
    assert_eq!(over.json()["detail"], json!("Too many requests: wait 1 seconds before the next."));
    web.verify_and_stop();
}

#[test]
fn ids_figures_and_log_lines_are_there_and_name_nobody() {
    let database = TestDatabase::new();
    let served = Served::start(&database);
    let admin = founded(&served);
    let own = Ask::get("/v1/me").role(None).header("Authorization", &format!("Bearer {admin}"));
    let own = send(served.address, &own.header("X-Request-Id", "my-own-1"));
    assert_eq!(own.header("X-Request-Id").as_deref(), Some("my-own-1"));
    let member = "0197f000-0000-7000-8000-0000000000aa";
    let absent = get(served.address, &admin, &format!("/v1/members/{member}"));
    let id = absent.header("X-Request-Id").unwrap();
    assert_eq!((absent.status, &absent.json()["request_id"]), (404, &json!(id)));
    let figures = send(served.address, &Ask::get("/metrics").role(None));
    assert_eq!(figures.status, 200);
    let line = "jianxian_requests_total{method=\"GET\",path=\"/v1/members/{id}\",status=\"404\"} 1";
    assert!(figures.text.contains(line), "{}", figures.text);
    assert!(!figures.text.contains(member));
    for path in ["/healthz", "/readyz"] {
        assert_eq!(send(served.address, &Ask::get(path).role(None)).status, 200, "{path}");
    }
    let said = served.stop_and_read_log();
    let lines: Vec<Value> = said.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let of = |id: &str| lines.iter().find(|line| line["fields"]["request_id"] == json!(id)).unwrap().clone();
    assert_eq!(of("my-own-1")["fields"]["path"], json!("/v1/me"));
    let found = of(&id);
    assert_eq!(
        (&found["fields"]["path"], &found["fields"]["status"]),
        (&json!("/v1/members/{id}"), &json!(404))
    );
    assert!(!said.iter().any(|line| line.contains(member)), "a log line names somebody");
}

const PHONE: &str = "19912345678";
const ID_NUMBER: &str = "999999195503120014";

/// Everything that might store or log them: a repeat, a second of the same, faults beside them, finding, revealing.
fn ask_for_them_in_every_way(served: &Served, staff: &str, body: &Value, member: &str) {
    let org = &body["org"];
    assert!(post(served.address, staff, "/v1/members", body.clone(), "member").hit());
    assert_eq!(post(served.address, staff, "/v1/members", body.clone(), "again").code(), "member_known");
    for wrong in [
        json!({ "name": "示例丁", "org": org, "phone": PHONE, "colour": ID_NUMBER }),
        json!({ "name": PHONE, "org": ID_NUMBER }),
    ] {
        assert_eq!(post(served.address, staff, "/v1/members", wrong, "wrong").status, 400);
    }
    let found = get(served.address, staff, "/v1/members?phone_tail=5678");
    assert_eq!(found.json()["items"][0]["phone"], json!("199****5678"));
    assert!(!found.text.contains(PHONE) && !found.text.contains(ID_NUMBER), "{found:?}");
    for (what, whole) in [("phone", PHONE), ("id_number", ID_NUMBER)] {
        let ask = json!({ "what": what, "reason": "本人来电核对" });
        let shown = post(served.address, staff, &format!("{member}/reveal"), ask, what);
        assert_eq!((shown.status, &shown.json()["value"]), (200, &json!(whole)));
    }
    let wrong = json!({ "login": PHONE, "password": PASSWORD });
    assert_eq!(send(served.address, &Ask::post("/v1/auth/token", wrong).role(None)).status, 401);
    get(served.address, staff, &format!("/v1/members?name={PHONE}"));
    get(served.address, staff, &format!("/v1/{PHONE}"));
}

#[test]
fn phones_id_numbers_and_passwords_stand_nowhere_in_the_clear() {
    let database = TestDatabase::new();
    let served = Served::start(&database);
    let admin = founded(&served);
    let staff = user(served.address, &admin, "staff");
    let org = get(served.address, &admin, "/v1/me").json()["roles"][0]["org"].clone();
    let body = json!({ "name": "示例丙", "org": org, "phone": PHONE, "id_number": ID_NUMBER });
    let made = post(served.address, &staff, "/v1/members", body.clone(), "member");
    assert_eq!(made.status, 201, "{made:?}");
    let member = format!("/v1/members/{}", made.json()["id"].as_str().unwrap());
    ask_for_them_in_every_way(&served, &staff, &body, &member);
    // A plain digest would be as good as the number itself.
    let plain = |text: &str| hex::encode(&Sha256::digest(format!("\"{text}\""))[..8]);
    let digests = [plain(PHONE), plain(ID_NUMBER), plain(PASSWORD)];
    let mut texts = vec![PHONE, ID_NUMBER, PASSWORD];
    texts.extend(digests.iter().map(String::as_str));
    assert_eq!(database.places_with(&texts), Vec::<String>::new(), "while it runs");
    if cfg!(not(feature = "postgres")) {
        assert!(database.folder().join("jianxian.db-wal").exists());
        let copy = database.folder().join("copy.db");
        let arguments = [&["backup", copy.to_str().unwrap()], &database.place()[..]].concat();
        let (code, _, complaint) = crate::support::cli::jianxian(&arguments);
        assert_eq!(code, 0, "{complaint}");
    }
    let said = served.stop_and_read_log().join("\n");
    assert!(texts.iter().all(|text| !said.contains(text)), "in the log");
    assert!(said.contains("/v1/members/{id}/reveal"));
    assert_eq!(database.places_with(&texts), Vec::<String>::new(), "after the stop");
}

/// Posts until there are no more answers; returns the keys of what was acknowledged.
fn call_until_stopped(
    address: SocketAddr,
    operator: &str,
    body: &Value,
    stopping: &AtomicBool,
    caller: usize,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for round in 0.. {
        let key = format!("stop-{caller}-{round}");
        if stopping.load(Ordering::SeqCst) && TcpStream::connect(address).is_err() {
            break;
        }
        let sent =
            std::panic::catch_unwind(|| post(address, operator, "/v1/ledger/entries", body.clone(), &key));
        match sent {
            Ok(answer) if answer.status == 201 => acknowledged.push(key),
            Ok(answer) => assert!([0, 503].contains(&answer.status), "{answer:?}"),
            Err(_) => break,
        }
    }
    acknowledged
}

/// Points issued to a person, one at a time.
fn one_point(served: &Served, operator: &str) -> Value {
    let open = |kind: &str, purpose: &str| {
        let owner = jianxian::domain::id::Id::SYSTEM.derive(kind).to_string();
        let body = json!({ "owner_kind": kind, "owner": owner, "asset": "POINT", "purpose": purpose });
        let opened = post(served.address, operator, "/v1/ledger/accounts", body, &format!("open-{kind}"));
        opened.json()["account"].clone()
    };
    json!({ "debit_account": open("bank", "issuing"), "credit_account": open("person", "main"), "amount": "1" })
}

#[test]
fn a_stop_under_load_loses_nothing_that_was_acknowledged() {
    let database = TestDatabase::new();
    let served = Served::start(&database);
    let admin = founded(&served);
    let operator = user(served.address, &admin, "ledger_operator");
    let body = one_point(&served, &operator);
    let (address, stopping) = (served.address, AtomicBool::new(false));
    let (mut acknowledged, mut said) = (BTreeSet::new(), Vec::new());
    std::thread::scope(|scope| {
        let callers: Vec<_> = (0..12)
            .map(|caller| {
                let (body, operator, stopping) = (&body, &operator, &stopping);
                scope.spawn(move || call_until_stopped(address, operator, body, stopping, caller))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(700));
        stopping.store(true, Ordering::SeqCst);
        said = served.stop_and_read_log();
        for caller in callers {
            acknowledged.extend(caller.join().unwrap());
        }
    });
    assert!(said.last().unwrap().starts_with("stopped; everything that was queued is written"), "{said:?}");
    assert!(acknowledged.len() > 12, "{}", acknowledged.len());
    let (code, _, complaint) = crate::support::cli::jianxian(&[&["verify"], &database.place()[..]].concat());
    assert_eq!(code, 0, "{complaint}");
    let served = Served::start(&database);
    let sign_in = json!({ "login": "ledger.operator", "password": PASSWORD });
    let again = send(served.address, &Ask::post("/v1/auth/token", sign_in).role(None));
    let token = again.json()["access_token"].as_str().unwrap().to_owned();
    for key in &acknowledged {
        let answer = post(served.address, &token, "/v1/ledger/entries", body.clone(), key);
        assert!(answer.status == 201 && answer.hit(), "{key} was lost: {answer:?}");
    }
    served.stop();
}

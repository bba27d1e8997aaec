//! HTTP behaviour of the server, whatever the request.

use crate::support::town::Town;
use crate::support::web::{Ask, Web};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn what_can_be_read_can_be_asked_for_by_its_head_alone() {
    let web = Web::start();
    for path in ["/healthz", "/readyz", "/openapi.json", "/", "/v1/ledger/heads", "/v1/nowhere"] {
        let (whole, head) = (web.send(&Ask::get(path)), web.send(&Ask { method: "HEAD", ..Ask::get(path) }));
        assert_eq!((head.status, head.text.as_str()), (whole.status, ""), "{path}");
        assert_eq!(head.header("content-type"), whole.header("content-type"), "{path}");
    }
    assert_eq!(web.send(&Ask { method: "HEAD", ..Ask::get("/v1/me").role(None) }).status, 401);
    web.verify_and_stop();
}

#[test]
fn a_method_that_a_path_does_not_take_is_told_those_it_takes() {
    let web = Web::start();
    for (method, path, allow) in [
        ("PUT", "/v1/ledger/heads", "GET, HEAD"),
        ("GET", "/v1/auth/token", "POST"),
        ("DELETE", "/v1/members", "GET, HEAD, POST"),
        ("OPTIONS", "/v1/ledger/heads", "GET, HEAD"),
        ("POST", "/healthz", "GET, HEAD"),
        ("POST", "/", "GET, HEAD"),
        ("HEAD", "/v1/auth/token", "POST"),
        // `find` is not a member's id, although a member's path has the same shape.
        ("GET", "/v1/members/find", "POST"),
        ("PATCH", "/v1/members/find", "POST"),
        ("OPTIONS", "/v1/members/find", "POST"),
        ("OPTIONS", "/v1/members/0199f000-0000-7000-8000-000000000000", "GET, HEAD, PATCH"),
    ] {
        let answer = web.send(&Ask { method, ..Ask::get(path) });
        assert_eq!((answer.status, answer.header("allow").as_deref()), (405, Some(allow)), "{method} {path}");
    }
    web.verify_and_stop();
}

#[test]
fn a_body_is_taken_as_it_is_only() {
    let web = Web::start();
    let ask = Ask::post("/v1/ledger/entries", json!({})).key("coded");
    for coding in ["gzip", "br", "identity, gzip", "x"] {
        let answer = web.send(&ask.clone().header("Content-Encoding", coding));
        assert_eq!((answer.status, answer.code().as_str()), (415, "body_encoded"), "{coding}");
        assert_eq!(answer.json()["field"], json!("Content-Encoding"));
    }
    for coding in ["identity", "Identity"] {
        assert_eq!(web.send(&ask.clone().header("Content-Encoding", coding)).status, 400, "{coding}");
    }
    web.verify_and_stop();
}

#[test]
fn headers_that_may_stand_once_are_refused_twice_and_words_are_read_in_any_case() {
    let web = Web::start();
    let ask = Ask::post("/v1/ledger/entries", json!({}));
    let twice = web.send(&ask.clone().key("a").header("Idempotency-Key", "b"));
    assert_eq!((twice.status, twice.code().as_str()), (400, "field_duplicate"), "{twice:?}");
    assert_eq!(twice.json()["field"], json!("Idempotency-Key"));
    for scheme in ["bearer", "BEARER", "Bearer"] {
        let ask = Ask::get("/v1/ledger/heads").role(None);
        assert_eq!(
            web.send(&ask.header("Authorization", &format!("{scheme} auditor"))).status,
            200,
            "{scheme}"
        );
    }
    let head = "POST /v1/ledger/entries HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ledger_operator\r\nContent-Type: Application/JSON; Charset=UTF-8\r\nContent-Length: 2\r\n\r\n{}";
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(web.address()).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.starts_with("HTTP/1.1 400") && text.contains("idempotency_key_missing"), "{text}");
    web.verify_and_stop();
}

#[test]
fn a_version_seen_through_a_proxy_that_makes_etags_weak_is_the_same() {
    let town = Town::new();
    let bearer = format!("Bearer {}", town.token("staff"));
    let path = format!("/v1/members/{}", town.id("lin"));
    let change = |seen: &str, key: &str| {
        let ask = Ask { method: "PATCH", ..Ask::post(path.clone(), json!({ "name": "林示例" })) };
        let ask = ask.role(None).key(key).header("Authorization", &bearer);
        town.web.send(&ask.header("If-Match", seen))
    };
    assert_eq!(change("W/\"1\"", "weak").status, 200);
    assert_eq!(change("W/\"1\"", "stale").status, 412);
    assert_eq!(change("X/\"2\"", "none").status, 400);
    town.verify_and_stop();
}

#[test]
fn the_language_that_is_wanted_most_is_spoken() {
    let web = Web::start();
    for (asked, chinese) in [
        ("en", false),
        ("zh-CN,zh;q=0.9,en;q=0.8", true),
        ("zh;q=0.3, en;q=0.8", false),
        ("en;q=0.1, zh-TW;q=0.2", true),
        ("fr, en;q=0.5", false),
        ("en;q=0, zh;q=0.1", true),
        ("fr", true),
        ("en-GB;q=1.000,zh;q=1", false),
    ] {
        let title =
            web.send(&Ask::get("/v1/nowhere").header("Accept-Language", asked)).json()["title"].clone();
        assert_eq!(title.as_str().unwrap().is_ascii(), !chinese, "{asked}: {title}");
    }
    web.verify_and_stop();
}

#[test]
fn a_minute_has_no_sixty_first_second() {
    use jianxian::domain::time::Moment;
    assert!(Moment::parse("2026-06-30T23:59:59.999999Z").is_some());
    for text in ["2026-06-30T23:59:60Z", "2016-12-31T23:59:60Z", "2026-06-30T12:00:60+08:00"] {
        assert_eq!(Moment::parse(text), None, "{text}");
    }
}

#[test]
fn whoever_comes_to_a_wrong_door_is_led_to_a_page_that_helps() {
    let web = Web::start();
    let docs = web.send(&Ask::get("/docs").role(None));
    assert_eq!((docs.status, docs.header("location").as_deref()), (308, Some("/docs/")));
    assert_eq!(web.send(&Ask::get("/docs/").role(None)).status, 200);
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (path, status) in [("/", 200), ("/nowhere", 404), ("/v1/nowhere", 404), ("/index.html", 404)] {
        let page = web.send(&Ask::get(path).role(None).header("Accept", browser));
        let kind = page.header("content-type").unwrap();
        assert_eq!((page.status, kind.as_str()), (status, "text/html; charset=utf-8"), "{path}");
        assert!(page.text.contains("<a href=\"/docs/\">"), "{page:?}");
        let plain = web.send(&Ask::get(path).role(None).header("Accept", "application/json"));
        let kind = if status == 200 { "application/json" } else { "application/problem+json" };
        assert_eq!((plain.status, plain.header("content-type").as_deref()), (status, Some(kind)), "{path}");
        assert!(plain.text.contains("/docs"), "{plain:?}");
    }
    web.verify_and_stop();
}

#[cfg(not(feature = "postgres"))]
#[test]
fn while_another_program_holds_the_file_all_are_told_so_at_once() {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    let town = Town::new();
    let file = town.web.database.folder().join("jianxian.db");
    let mut other = diesel::sqlite::SqliteConnection::establish(&file.to_string_lossy()).unwrap();
    let bearer = format!("Bearer {}", town.token("staff"));
    let (address, org) = (town.web.address(), town.id("community"));
    let open = |key: String| {
        let ask =
            Ask::post("/v1/members", json!({ "name": format!("示例{}", key.len()), "org": org })).key(key);
        crate::support::web::send(address, &ask.role(None).header("Authorization", &bearer))
    };
    other.batch_execute("BEGIN IMMEDIATE;").unwrap();
    let started = std::time::Instant::now();
    let answers: Vec<_> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..6).map(|n| scope.spawn(move || open(format!("locked-{n}")))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    assert!(
        answers.iter().all(|answer| answer.status == 503 && answer.code() == "unavailable"),
        "{answers:?}"
    );
    assert!(started.elapsed().as_secs() < 4, "the first ones, too: {:?}", started.elapsed());
    let next = std::time::Instant::now();
    assert_eq!(open("locked-next".into()).status, 503);
    assert!(next.elapsed().as_secs() < 2, "{:?}", next.elapsed());
    other.batch_execute("ROLLBACK;").unwrap();
    let again = (0..150).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        Some(open("locked-next".into())).filter(|answer| answer.status == 201)
    });
    assert!(again.is_some(), "it goes on by itself");
    town.verify_and_stop();
}

#[test]
fn a_raw_query_in_utf_8_is_decoded_and_what_is_no_utf_8_is_refused() {
    let town = Town::new();
    let encoded = town.as_role("staff").get("/v1/members?name=%E6%9E%97%E7%A4%BA").ok(200);
    assert_eq!(encoded["items"].as_array().unwrap().len(), 1, "{encoded}");
    assert_eq!(town.as_role("staff").get("/v1/members?name=林示").ok(200), encoded);
    let exchange = |bytes: &[u8]| {
        let mut stream = TcpStream::connect(town.web.address()).unwrap();
        stream.write_all(bytes).unwrap();
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    // Several requests over one connection, one of them with a body.
    let bearer = town.token("staff");
    let get = format!("GET /v1/members?name=林示 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bearer}\r\n");
    let body = json!({ "login": "示例甲", "password": "示例口令一二三" }).to_string();
    let post = format!(
        "POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let output = exchange(format!("{get}\r\n{post}{get}\r\n{get}Connection: close\r\n\r\n").as_bytes());
    assert_eq!(output.matches("HTTP/1.1 200 OK").count(), 3, "{output}");
    assert_eq!(output.matches("林示例").count(), 3, "{output}");
    for bad in [&b"\xff"[..], b"\xe6\x9e", b"\xed\xa0\x80", b"\xe6\x9e\x97\xff"] {
        let line =
            [b"GET /v1/members?name=", bad, b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"].concat();
        let output = exchange(&line);
        assert!(output.starts_with("HTTP/1.1 400 "), "{output}");
    }
    town.verify_and_stop();
}

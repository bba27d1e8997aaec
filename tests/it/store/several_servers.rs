//! Several servers on one PostgreSQL database: changes by one are known to the others at once, nothing is lost or
//! doubled, and periodic jobs run once.

use crate::support::database::TestDatabase;
use crate::support::load::{Ground, serve, sign_in, stop_and_verify};
use crate::support::served::Served;
use crate::support::web::{Answer, Ask, send};
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

fn me(address: SocketAddr, token: &str) -> Answer {
    send(address, &Ask::get("/v1/me").role(None).header("Authorization", &format!("Bearer {token}")))
}

#[test]
fn two_servers_under_load_lose_and_double_nothing() {
    let database = TestDatabase::new();
    let first = serve(&database);
    let mut ground = Ground::of(&first);
    let second = serve(&database);
    let at_first = ground.callers(2_000);
    ground.moved_to(&second);
    let at_second = ground.callers(2_000);
    std::thread::sleep(Duration::from_secs(2));
    let mut sent = at_first.stop();
    sent.extend(at_second.stop());
    let accepted = sent.iter().filter(|one| one.is_accepted()).count();
    assert!(accepted > 50, "{accepted}");
    // Repeated at the second server, whichever answered first.
    assert_eq!(ground.settle(&mut sent), 0);
    first.stop();
    stop_and_verify(second, &database);
}

#[test]
fn a_key_that_one_server_has_used_is_known_to_the_other() {
    let database = TestDatabase::new();
    let first = serve(&database);
    let mut ground = Ground::of(&first);
    let award = ground.award();
    let second = serve(&database);
    ground.moved_to(&second);
    let again = ground.again(&award);
    assert!(again.hit(), "{again:?}");
    ground.settle(&mut [award]);
    first.stop();
    stop_and_verify(second, &database);
}

#[test]
fn a_session_that_ends_at_one_server_has_ended_at_the_other() {
    let database = TestDatabase::new();
    let first = serve(&database);
    let ground = Ground::of(&first);
    let second = serve(&database);
    for turn in 0..20 {
        let token = sign_in(first.address, "operator");
        assert_eq!(me(second.address, &token).status, 200, "turn {turn}");
        let out = Ask::post("/v1/auth/logout", json!({})).role(None);
        let out = send(first.address, &out.header("Authorization", &format!("Bearer {token}")));
        assert!((200..300).contains(&out.status), "{out:?}");
        assert_eq!(me(second.address, &token).status, 401, "turn {turn}");
    }
    drop(ground);
}

#[test]
fn what_runs_by_the_clock_runs_once() {
    let database = TestDatabase::new();
    let quick = |database: &TestDatabase| {
        let settings = [("JIANXIAN_TIMES_JOBS_SECONDS", "1"), ("JIANXIAN_LOG_LEVEL", "warn")];
        Served::run(&["serve"], database, &settings)
    };
    let first = quick(&database);
    let mut ground = Ground::of(&first);
    let others = [quick(&database), quick(&database)];
    let mut sent: Vec<_> = (0..10).map(|_| ground.award()).collect();
    for number in 0..10 {
        sent.push(ground.hold(number, 1));
    }
    assert!(sent.iter().all(|one| one.is_accepted()), "{sent:?}");
    let expiries = || {
        let mut raw = database.raw();
        let rows = raw.cells("SELECT CAST(count(*) AS TEXT) AS value FROM holds WHERE state = 'expired'");
        rows[0].clone().unwrap()
    };
    let start = Instant::now();
    while expiries() != "10" {
        assert!(start.elapsed() < Duration::from_secs(30), "{} of 10 ran out", expiries());
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(Duration::from_secs(2));
    let swept = "SELECT CAST(count(*) AS TEXT) AS value FROM entries WHERE kind = 'hold_expired'";
    // One purse had all the holds: the first server released them, and the others found nothing to do.
    let sweeps: u32 = database.raw().cells(swept)[0].as_ref().unwrap().parse().unwrap();
    assert!((1..=10).contains(&sweeps), "{sweeps} sweeps");
    for other in others {
        let said = other.stop_and_read_log().join("\n");
        assert!(!said.contains("\"ERROR\""), "{said}");
    }
    ground.settle(&mut sent);
    stop_and_verify(first, &database);
}

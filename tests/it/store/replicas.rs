//! Reads from a replica: a caller never sees less than before, however far the replica lags behind.

use crate::support::cluster::Cluster;
use crate::support::database::TestDatabase;
use crate::support::load::{Ground, stop_and_verify};
use crate::support::served::Served;
use crate::support::web::{Answer, Ask, send};
use std::time::{Duration, Instant};

/// How far the replica lags behind.
const LAG: Duration = Duration::from_secs(4);

struct Pair {
    _primary: Cluster,
    standby: Cluster,
    database: TestDatabase,
    served: Served,
    ground: Ground,
}

impl Pair {
    fn start() -> Self {
        let primary = Cluster::start();
        let (schema, url) = primary.new_schema();
        let standby = primary.synchronous_standby("replica", None);
        let database = TestDatabase::at(url.clone());
        let replica = url.replace(&format!(":{}", primary.port()), &format!(":{}", standby.port()));
        assert!(replica != url && replica.contains(&schema));
        let settings = [
            ("JIANXIAN_STORE_READ_DATABASE", replica.as_str()),
            ("JIANXIAN_LIMITS_ACCOUNT_PER_SECOND", "0"),
            ("JIANXIAN_LIMITS_ADDRESS_PER_SECOND", "0"),
            ("JIANXIAN_LOG_LEVEL", "error"),
        ];
        let served = Served::run(&["serve"], &database, &settings);
        let ground = Ground::of(&served);
        Pair { _primary: primary, standby, database, served, ground }
    }

    /// The first purse, read by a caller with this token.
    fn read(&self, seen: Option<&str>) -> Answer {
        let mut ask = self.ground.ask("purse0");
        if let Some(seen) = seen {
            ask = ask.header("Jianxian-Seen", seen);
        }
        let answer = send(self.served.address, &ask);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    fn read_from(&self, place: &str) -> u64 {
        let figures = send(self.served.address, &Ask::get("/metrics").role(None)).text;
        let name = format!("jianxian_reads_total{{from=\"{place}\"}} ");
        figures.lines().find_map(|line| line.strip_prefix(&name)?.parse().ok()).unwrap_or(0)
    }
}

fn seen(answer: &Answer) -> String {
    answer.header("Jianxian-Seen").expect("an answer says what was seen")
}

#[test]
fn a_caller_reads_what_they_wrote_however_far_the_replica_lags() {
    let mut pair = Pair::start();
    pair.standby.set(&format!("recovery_min_apply_delay = '{}s'", LAG.as_secs()));
    pair.standby.reload();
    std::thread::sleep(LAG);
    for _ in 0..5 {
        let award = pair.ground.award();
        let seen_after = seen(award.answer.as_ref().unwrap());
        let before = pair.read_from("database");
        let now = pair.read(Some(&seen_after)).json()["balance"].clone();
        assert_eq!(now, pair.read(None).json()["balance"]);
        assert!(pair.read_from("database") >= before + 2, "the replica answered, but cannot have known");
        // A caller who has seen nothing may get an old state, and then never an older one.
        let old = pair.read(Some("0"));
        let later = pair.read(Some(&seen(&old)));
        assert!(
            later.json()["balance"].as_str() >= old.json()["balance"].as_str(),
            "{later:?} after {old:?}"
        );
        pair.ground.settle(&mut [award]);
    }
    assert!(pair.read_from("replica") > 0, "no read was answered by the replica");
}

#[test]
fn once_the_replica_has_come_as_far_it_answers() {
    let mut pair = Pair::start();
    let award = pair.ground.award();
    let last = seen(award.answer.as_ref().unwrap());
    let start = Instant::now();
    let before = pair.read_from("replica");
    while pair.read_from("replica") == before {
        assert!(start.elapsed() < Duration::from_secs(20), "the replica never answered");
        assert_eq!(pair.read(Some(&last)).json()["balance"], "0.01");
        std::thread::sleep(Duration::from_millis(50));
    }
    // A replica that is gone costs no request anything.
    pair.standby.crash();
    for _ in 0..5 {
        assert_eq!(pair.read(Some(&last)).json()["balance"], "0.01");
    }
    for nonsense in ["x", "-1", "1;fresh=", ""] {
        assert_eq!(pair.read(Some(nonsense)).json()["balance"], "0.01");
    }
    pair.standby.start_again();
    pair.ground.settle(&mut [award]);
    stop_and_verify(pair.served, &pair.database);
}

#[test]
fn rights_are_never_read_from_a_replica() {
    let pair = Pair::start();
    pair.standby.set("recovery_min_apply_delay = '1h'");
    pair.standby.reload();
    std::thread::sleep(Duration::from_secs(1));
    let token = crate::support::load::sign_in(pair.served.address, "operator");
    let ask = |seen: &str| {
        let ask = Ask::get("/v1/me").role(None).header("Jianxian-Seen", seen);
        send(pair.served.address, &ask.header("Authorization", &format!("Bearer {token}"))).status
    };
    // The replica does not know this session; the primary does.
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(ask("0"), 200);
    let out = Ask::post("/v1/auth/logout", serde_json::json!({})).role(None);
    let out = send(pair.served.address, &out.header("Authorization", &format!("Bearer {token}")));
    assert!((200..300).contains(&out.status), "{out:?}");
    assert_eq!(ask("0"), 401);
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(ask("0"), 401);
}

#[test]
fn a_replica_that_freezes_holds_nobody_for_long() {
    let pair = Pair::start();
    let read = || {
        let start = Instant::now();
        let answer = send(pair.served.address, &pair.ground.ask("purse0").header("Jianxian-Seen", "0"));
        assert!(start.elapsed() < Duration::from_secs(15), "{answer:?} after {:?}", start.elapsed());
        answer
    };
    while pair.read_from("replica") == 0 {
        assert_eq!(read().status, 200);
    }
    let frozen = pair.standby.freeze();
    let before = pair.read_from("replica");
    let mut held = 0;
    for _ in 0..30 {
        let start = Instant::now();
        let answer = read();
        let comes_back = answer.status == 503 && answer.header("Retry-After").is_some();
        assert!(answer.status == 200 || comes_back, "{answer:?}");
        held += usize::from(start.elapsed() > Duration::from_secs(1));
    }
    assert!(held <= 2, "{held} of 30 waited for it");
    assert_eq!(pair.read_from("replica"), before);
    drop(frozen);
    let start = Instant::now();
    while pair.read_from("replica") == before {
        assert_eq!(read().status, 200);
        assert!(start.elapsed() < Duration::from_secs(30), "it is not asked again");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_server_with_another_chain_is_no_replica() {
    let cluster = Cluster::shared();
    let [own, other] = [(); 2].map(|()| TestDatabase::at(cluster.new_schema().1));
    for database in [&own, &other] {
        let served = Served::start(database);
        drop(Ground::of(&served));
        stop_and_verify(served, database);
    }
    let serve = |replica: &str| {
        let mut command = assert_cmd::Command::cargo_bin("jianxian").unwrap();
        command.args(["--lang", "en", "serve", "--port", "0"]).args(own.place());
        command
            .env("JIANXIAN_STORE_READ_DATABASE", replica)
            .timeout(Duration::from_secs(30))
            .output()
            .unwrap()
    };
    let refused = serve(other.url());
    let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && complaint.contains("does not follow this database"), "{complaint}");
    // Its own server counts as a replica.
    let settings = [("JIANXIAN_STORE_READ_DATABASE", own.url())];
    stop_and_verify(Served::run(&["serve"], &own, &settings), &own);
}

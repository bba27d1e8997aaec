//! PostgreSQL fails under load, in every way of a server, a network or an operator. The program recovers without a
//! restart: answers are only 2xx, 4xx and 503 with a Retry-After, nothing acknowledged is lost or doubled, and
//! unknown outcomes are resolved by their keys. `JIANXIAN_RESTARTS` and `JIANXIAN_FAILOVERS` are the numbers of
//! crashes and failovers.

use crate::support::cluster::{Cluster, TERMINATE_SESSIONS};
use crate::support::database::TestDatabase;
use crate::support::load::{Ground, PAUSE, Sent, count, serve, stop_and_verify};
use crate::support::proxy::{Cut, Proxy};
use crate::support::served::Served;
use diesel::connection::SimpleConnection;
use std::process::Command;
use std::time::{Duration, Instant};

/// Maximum number of requests of a caller during one fault.
const MOST_ASKS: usize = 20_000;
/// How soon everything must work again after the fault.
const HEALED: Duration = Duration::from_secs(5);

/// The program on a server that is about to fail.
struct Broken {
    database: TestDatabase,
    served: Served,
    ground: Ground,
    tally: Tally,
}

/// The figures printed at the end.
#[derive(Default)]
struct Tally {
    acknowledged: usize,
    told_to_come_back: usize,
    settled: usize,
    slowest: Duration,
}

impl Broken {
    fn at(url: String) -> Self {
        let database = TestDatabase::at(url);
        let served = serve(&database);
        let ground = Ground::of(&served);
        Broken { database, served, ground, tally: Tally::default() }
    }

    /// Causes a fault under load, and its end; then nothing is lost or doubled.
    fn under_load(&mut self, within: Duration, fault: impl FnOnce()) {
        let callers = self.ground.callers(MOST_ASKS);
        std::thread::sleep(Duration::from_millis(300));
        fault();
        let (mut sent, took) = self.heal(within);
        sent.extend(callers.stop());
        self.tally.slowest = self.tally.slowest.max(took);
        self.settle(&mut sent);
    }

    fn settle(&mut self, sent: &mut [Sent]) {
        assert!(sent.iter().all(|one| one.answer.is_some()), "the program did not answer");
        self.tally.acknowledged += sent.iter().filter(|one| one.is_accepted()).count();
        let open = sent.iter().filter(|one| one.answer.as_ref().is_some_and(|a| a.status == 503)).count();
        self.tally.told_to_come_back += open;
        self.tally.settled += self.ground.settle(sent);
    }

    fn verify(self, what: &str) {
        stop_and_verify(self.served, &self.database);
        let Tally { acknowledged, told_to_come_back, settled, slowest } = self.tally;
        assert!(acknowledged > 50, "{what}: only {acknowledged} acknowledged");
        println!(
            "{what}: {acknowledged} acknowledged, {told_to_come_back} told to come back and {settled} settled by \
             their keys, all well again in at most {slowest:.1?}"
        );
    }
}

#[test]
fn backends_that_are_terminated_under_load_lose_nothing() {
    let cluster = Cluster::start();
    let mut bank = Broken::at(cluster.new_schema().1);
    const ROUNDS: u32 = 20;
    bank.under_load(HEALED, || {
        for _ in 0..ROUNDS {
            cluster.terminate_sessions();
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    bank.verify(&format!("sessions terminated {ROUNDS} times, every 0.2 s"));
}

#[test]
fn restarts_of_the_server_under_load_lose_nothing() {
    let restarts = count("JIANXIAN_RESTARTS", 2);
    let cluster = Cluster::start();
    let mut bank = Broken::at(cluster.new_schema().1);
    for _ in 0..restarts {
        bank.under_load(HEALED, || {
            cluster.crash();
            std::thread::sleep(Duration::from_millis(200));
            cluster.start_again();
        });
    }
    bank.verify(&format!("{restarts} immediate restarts"));
}

#[test]
fn a_server_that_stays_away_is_told_and_found_again() {
    let cluster = Cluster::start();
    let mut bank = Broken::at(cluster.new_schema().1);
    cluster.crash();
    let start = Instant::now();
    let award = bank.ground.award();
    let answer = award.answer.as_ref().unwrap();
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(bank.ground.read("shop").status, 503);
    let ask = crate::support::web::Ask::get("/readyz").role(None);
    assert_eq!(crate::support::web::send(bank.served.address, &ask).status, 503);
    let ask = crate::support::web::Ask::get("/healthz").role(None);
    assert_eq!(crate::support::web::send(bank.served.address, &ask).status, 200);
    cluster.start_again();
    let (mut sent, _) = bank.heal(HEALED);
    sent.push(award);
    bank.settle(&mut sent);
    stop_and_verify(bank.served, &bank.database);
}

#[test]
fn a_connection_cut_at_the_commit_is_an_unknown_outcome_that_the_key_tells() {
    let cluster = Cluster::start();
    let proxy = Proxy::start(cluster.port());
    let url = cluster.new_schema().1.replace(&format!(":{}", cluster.port()), &format!(":{}", proxy.port));
    let mut bank = Broken::at(url);
    for (cut, stands) in [(Cut::Before, false), (Cut::After, true)] {
        proxy.arm(cut);
        let cuts = proxy.cuts();
        let mut award = bank.ground.award();
        assert_eq!(proxy.cuts(), cuts + 1, "{cut:?}: no COMMIT was seen");
        let answer = award.answer.as_ref().unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (503, "outcome_unknown"), "{cut:?}: {answer:?}");
        let again = bank.ground.again(&award);
        assert_eq!((again.status, again.hit()), (201, stands), "{cut:?}: {again:?}");
        award.answer = Some(again);
        bank.settle(&mut [award]);
    }
    for turn in 0..10 {
        bank.under_load(HEALED, || {
            proxy.arm(if turn % 2 == 0 { Cut::Before } else { Cut::After });
            let start = Instant::now();
            while proxy.cuts() < turn + 3 {
                assert!(start.elapsed() < HEALED, "no COMMIT was seen under load");
                std::thread::sleep(Duration::from_millis(5));
            }
        });
    }
    bank.verify("12 connections cut at the COMMIT");
}

#[test]
fn a_standby_takes_over_and_nothing_acknowledged_is_lost() {
    const WRITES_AGAIN: Duration = Duration::from_secs(15);
    let failovers = count("JIANXIAN_FAILOVERS", 1);
    // The guard of the first cleans up all of them.
    let first = Cluster::start();
    let (_, url) = first.new_schema();
    let mut standby = first.synchronous_standby("standby_0", None);
    let both = format!("127.0.0.1:{},127.0.0.1:{}", first.port(), standby.port());
    let url = url.replace(&format!("127.0.0.1:{}", first.port()), &both);
    let mut bank = Broken::at(format!("{url}&target_session_attrs=read-write"));
    let mut before: Option<Cluster> = None;
    for turn in 1..=failovers {
        let primary = before.as_ref().unwrap_or(&first);
        bank.under_load(WRITES_AGAIN, || {
            primary.crash();
            standby.promote();
        });
        let next = standby.synchronous_standby(&format!("standby_{turn}"), Some(primary.port()));
        before = Some(std::mem::replace(&mut standby, next));
    }
    bank.verify(&format!("{failovers} failovers"));
}

#[test]
fn of_several_hosts_the_one_in_charge_is_read_from_too() {
    let primary = Cluster::start();
    let (_, url) = primary.new_schema();
    let standby = primary.synchronous_standby("standby", None);
    let both = format!("127.0.0.1:{},127.0.0.1:{}", standby.port(), primary.port());
    let mut bank = Broken::at(url.replace(&format!("127.0.0.1:{}", primary.port()), &both));
    // The standby receives everything from now on, but does not show it.
    standby.pause();
    let mut sent: Vec<Sent> = (0..5).map(|_| bank.ground.award()).collect();
    assert_eq!(bank.ground.read("purse0").ok(200)["balance"], "0.05");
    bank.settle(&mut sent);
    stop_and_verify(bank.served, &bank.database);
}

#[test]
fn a_server_that_gives_no_rights_or_no_connections_is_told_and_works_again_when_it_does() {
    let cluster = Cluster::start();
    let (schema, url) = cluster.new_schema();
    let mut bank = Broken::at(url);
    let tables = format!("ALL TABLES IN SCHEMA {schema}");
    let faults = [
        (
            format!("REVOKE INSERT, UPDATE, DELETE ON {tables} FROM jianxian"),
            format!("GRANT INSERT, UPDATE, DELETE ON {tables} TO jianxian"),
        ),
        (format!("REVOKE ALL ON {tables} FROM jianxian"), format!("GRANT ALL ON {tables} TO jianxian")),
        (
            format!("REVOKE USAGE ON SCHEMA {schema} FROM jianxian"),
            format!("GRANT USAGE ON SCHEMA {schema} TO jianxian"),
        ),
        (
            "ALTER ROLE jianxian CONNECTION LIMIT 0".to_owned(),
            "ALTER ROLE jianxian CONNECTION LIMIT -1".to_owned(),
        ),
    ];
    for (breaking, mending) in faults {
        println!("{breaking}");
        let mut administrator = cluster.connect();
        administrator.batch_execute(&breaking).unwrap();
        if !breaking.starts_with("REVOKE") {
            administrator.batch_execute(TERMINATE_SESSIONS).unwrap();
        }
        let mut sent = bank.refused_as_transient();
        administrator.batch_execute(&mending).unwrap();
        let (healing, took) = bank.heal(HEALED);
        bank.tally.slowest = bank.tally.slowest.max(took);
        sent.extend(healing);
        bank.settle(&mut sent);
    }
    bank.under_load(HEALED, || {});
    bank.verify("without rights, without connections");
}

#[test]
fn a_full_disk_is_told_and_writing_goes_on_when_there_is_room_again() {
    let disk = SmallDisk::new();
    let cluster = Cluster::start_with(&["--wal-segsize=1"], &disk.environment());
    let mut bank = Broken::at(cluster.new_schema().1);
    // No table can grow.
    disk.fill("/base/");
    let mut sent = bank.refused_as_transient();
    assert_eq!(bank.ground.read("shop").status, 200, "reading goes on");
    disk.make_room();
    let (healing, _) = bank.heal(HEALED);
    sent.extend(healing);
    bank.settle(&mut sent);
    // The log cannot grow: the server ends, and does not start until there is room.
    bank.under_load(HEALED, || {
        disk.fill("/pg_wal/");
        assert!(cluster.fill_log(Duration::from_secs(2)), "the log grows without an end");
        disk.make_room();
        cluster.come_up();
    });
    bank.verify("a full disk");
}

impl Broken {
    /// Waits until several consecutive writes and reads have succeeded; returns what was sent, and the time of
    /// recovery.
    fn heal(&mut self, within: Duration) -> (Vec<Sent>, Duration) {
        const IN_A_ROW: u32 = 10;
        let (start, mut sent, mut good, mut well) = (Instant::now(), Vec::new(), 0, Duration::ZERO);
        while good < IN_A_ROW {
            let award = self.ground.award();
            let fine = award.is_accepted() && self.ground.read("shop").status == 200;
            if good == 0 {
                well = start.elapsed();
            }
            good = if fine { good + 1 } else { 0 };
            assert!(well < within, "not healed within {within:?}: {award:?}");
            if !fine {
                std::thread::sleep(PAUSE);
            }
            sent.push(award);
        }
        (sent, well)
    }

    /// Waits until writes are refused as transient; returns what was sent meanwhile.
    fn refused_as_transient(&mut self) -> Vec<Sent> {
        let start = Instant::now();
        let mut sent = vec![self.ground.award()];
        // Pages with room are still written to.
        while sent.last().is_some_and(Sent::is_accepted) {
            assert!(start.elapsed() < Duration::from_secs(30), "writing goes on");
            sent.push(self.ground.award());
        }
        let further = self.ground.award();
        assert_eq!(further.answer.as_ref().unwrap().status, 503, "{further:?}");
        sent.push(further);
        sent
    }
}

/// Simulates a full disk for a server, by a preloaded library.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        // The server's user reads both the library and the sign.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/store/no_space.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(folder.path().join("no_space.so"))
            .args([source, "-ldl"])
            .status()
            .expect("a C compiler, as for the build");
        assert!(built.success());
        SmallDisk { folder }
    }

    fn environment(&self) -> [(&'static str, String); 2] {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        [("LD_PRELOAD", path("no_space.so")), ("NO_SPACE_SIGN", path("sign"))]
    }

    /// Files whose path contains this text no longer grow.
    fn fill(&self, part: &str) {
        let sign = self.folder.path().join("sign");
        std::fs::write(sign, part).unwrap();
    }

    fn make_room(&self) {
        std::fs::remove_file(self.folder.path().join("sign")).unwrap();
    }
}

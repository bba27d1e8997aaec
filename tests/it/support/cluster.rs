//! Temporary PostgreSQL clusters from the installed binaries: one for all tests of a run, and further ones for tests
//! that break them. A cluster stops and its folder is removed when the test program ends, however it ends.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The oldest supported version.
const OLDEST: u32 = 15;
const INSTALL: &str = "PostgreSQL 15 or newer is not installed: `apt-get install postgresql`, or name the folder of \
                       its binaries in JIANXIAN_PG_BIN";

/// Settings of the tests' servers beside PostgreSQL's defaults. Time zone and date style differ from those of any
/// bank, so that nothing can depend on them.
const SETTINGS: &str = "listen_addresses = '127.0.0.1'
max_connections = 400
max_prepared_transactions = 20
max_locks_per_transaction = 256
max_wal_size = 256MB
timezone = 'Asia/Kathmandu'
datestyle = 'SQL, DMY'
lc_messages = 'C'
";

/// Ends the servers below a folder and removes it once its standard input is closed, also by the death of the other
/// end.
const GUARD: &str = r#"
trap '' HUP INT TERM QUIT
cat >/dev/null
for pid_file in "$1"/*/postmaster.pid; do
  [ -f "$pid_file" ] || continue
  pid=$(head -n 1 "$pid_file")
  kill -QUIT "$pid" 2>/dev/null
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -KILL "$pid" 2>/dev/null
done
rm -rf "$1"
"#;

/// Ends all sessions of the program, whatever they do.
pub const TERMINATE_SESSIONS: &str =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'jianxian'";

/// A server process and the folder that it keeps its databases in.
pub struct Cluster {
    folder: PathBuf,
    /// The folder of this server, below.
    place: PathBuf,
    port: u16,
    /// The environment of the server process.
    environment: Vec<(String, String)>,
    /// `None` for a standby: the guard of its primary cleans it up.
    guard: Option<Child>,
}

impl Cluster {
    /// The cluster that all tests share; each has a schema of its own there.
    pub fn shared() -> &'static Cluster {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(|| {
            // Manually: `--locale-provider=icu --icu-locale=zh-Hans-CN`, and other options of initdb.
            let more = std::env::var("JIANXIAN_PG_INITDB").unwrap_or_default();
            Cluster::start_with(&more.split_whitespace().collect::<Vec<_>>(), &[])
        })
    }

    /// A new one, for a test that stops or breaks it.
    pub fn start() -> Self {
        Cluster::start_with(&[], &[])
    }

    /// A new one, with further arguments for `initdb` and an environment for the server.
    pub fn start_with(more: &[&str], environment: &[(&str, String)]) -> Self {
        let (folder, guard) = guarded_folder();
        let place = folder.join("primary");
        let arguments = ["--no-sync", "--encoding=UTF8", "--locale=C", "--username=postgres", "--auth=trust"];
        run("initdb", &[&["-D", text(&place)], &arguments[..], more].concat());
        let environment =
            environment.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let mut cluster = Cluster { folder, place, port: 0, environment, guard: Some(guard) };
        let sockets = format!("unix_socket_directories = '{}'\n", cluster.folder.display());
        cluster.set(&format!("{SETTINGS}{sockets}"));
        cluster.start_on_a_free_port();
        // Not a superuser: the program must work with the documented rights.
        cluster.run_sql("CREATE ROLE jianxian LOGIN");
        cluster
    }

    /// The port is free when it is chosen; if another program takes it first, the next one is tried.
    fn start_on_a_free_port(&mut self) {
        for _ in 0..20 {
            self.port = free_port();
            if self.try_start() {
                return;
            }
        }
        panic!("the server does not start:\n{}", self.log());
    }

    fn try_start(&self) -> bool {
        let options = format!("-p {}", self.port);
        let log = self.place.with_extension("log");
        let arguments = ["-D", text(&self.place), "-l", text(&log), "-o", &options, "-w", "-s", "start"];
        let mut start = command("pg_ctl", &arguments);
        start.envs(self.environment.iter().cloned()).status().unwrap().success()
    }

    /// Starts a server that was stopped, on its port.
    pub fn start_again(&self) {
        assert!(self.try_start(), "the server does not start again:\n{}", self.log());
    }

    /// Ends it like a power failure: unwritten data must be recovered from the log.
    pub fn crash(&self) {
        run("pg_ctl", &["-D", text(&self.place), "-m", "immediate", "-w", "-s", "stop"]);
    }

    /// Stops all processes of the server, like a machine that hangs: connections stay, without answers. Dropping the
    /// result resumes them.
    pub fn freeze(&self) -> Frozen {
        let file = std::fs::read_to_string(self.place.join("postmaster.pid")).unwrap();
        let parent = file.lines().next().unwrap().trim();
        let all = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.file_name());
        let all = all.filter_map(|name| name.into_string().ok());
        // After the name in parentheses: the state, then the parent.
        let is_child = |id: &String| {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)) == Some(parent)
        };
        let frozen = Frozen(std::iter::once(parent.to_owned()).chain(all.filter(is_child)).collect());
        assert!(frozen.0.len() > 3, "{:?}", frozen.0);
        frozen.signal("-STOP");
        frozen
    }

    /// Appends settings, which count from the next start or reload on.
    pub fn set(&self, settings: &str) {
        let file = self.place.join("postgresql.conf");
        let before = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{before}{settings}")).unwrap();
    }

    pub fn reload(&self) {
        run("pg_ctl", &["-D", text(&self.place), "-s", "reload"]);
    }

    /// A synchronous standby of this server: the primary waits for it from now on. It listens on a port of its own,
    /// or takes over that of a server that is gone.
    pub fn synchronous_standby(&self, name: &str, port: Option<u16>) -> Cluster {
        let place = self.folder.join(name);
        let source = format!("host=127.0.0.1 port={} user=postgres application_name={name}", self.port);
        let arguments = ["-D", text(&place), "-d", &source, "-R", "-X", "stream", "-c", "fast", "--no-sync"];
        run("pg_basebackup", &arguments);
        let folder = self.folder.clone();
        let mut standby = Cluster { folder, place, port: 0, environment: Vec::new(), guard: None };
        match port {
            Some(port) => {
                standby.port = port;
                standby.start_again();
            }
            None => standby.start_on_a_free_port(),
        }
        self.set(&format!("synchronous_standby_names = '{name}'\n"));
        self.reload();
        standby
    }

    /// Lets a standby receive, and show nothing of it.
    pub fn pause(&self) {
        let mut conn = self.connect();
        conn.batch_execute("SELECT pg_wal_replay_pause()").unwrap();
        let start = Instant::now();
        while word(&mut conn, "SELECT pg_get_wal_replay_pause_state() AS word") != "paused" {
            assert!(start.elapsed() < Duration::from_secs(10), "the standby does not pause");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Promotes a standby; returns once it is the primary.
    pub fn promote(&self) {
        run("pg_ctl", &["-D", text(&self.place), "-w", "-s", "promote"]);
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a database here, for the program's own role.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://jianxian@127.0.0.1:{}/{database}", self.port)
    }

    /// A superuser connection.
    pub fn connect(&self) -> PgConnection {
        self.try_connect().unwrap_or_else(|error| panic!("{error}\n{}", self.log()))
    }

    fn try_connect(&self) -> ConnectionResult<PgConnection> {
        PgConnection::establish(&format!("postgres://postgres@127.0.0.1:{}/postgres", self.port))
    }

    /// Ends all sessions of the program, whatever they do.
    pub fn terminate_sessions(&self) {
        self.run_sql(TERMINATE_SESSIONS);
    }

    /// Writes to the log for this long, also to that of a restarted server; returns whether it ever failed.
    pub fn fill_log(&self, time: Duration) -> bool {
        let (start, mut failed) = (Instant::now(), false);
        let write = "SELECT pg_logical_emit_message(false, 'fill', repeat('x', 500000))";
        while start.elapsed() < time {
            match self.try_connect() {
                Ok(mut conn) => while start.elapsed() < time && conn.batch_execute(write).is_ok() {},
                Err(_) => failed = true,
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        failed
    }

    /// Waits for a server that is starting by itself, or starts it if it has given up.
    pub fn come_up(&self) {
        for _ in 0..100 {
            if self.try_connect().is_ok() || self.try_start() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the server does not come up:\n{}", self.log());
    }

    /// Runs statements as the superuser.
    pub fn run_sql(&self, sql: &str) {
        self.connect().batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Creates an empty schema for one test; returns its name and a URL that sees only it.
    pub fn new_schema(&self) -> (String, String) {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let name = format!("t_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.run_sql(&format!("CREATE SCHEMA {name} AUTHORIZATION jianxian"));
        let url = format!("{}?options=-csearch_path%3D{name}", self.url("postgres"));
        (name, url)
    }

    /// All rows of a schema as text, bytes as hex digits, including those in its partitions.
    pub fn dump(&self, schema: &str) -> String {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        let parts = crate::support::partitioned::parts_of(schema);
        let schemas = ["--schema", schema, "--schema", &parts];
        let output = command("pg_dump", &[&schemas[..], &["--inserts", "--dbname", &url]].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // Newer versions begin and end with a random key.
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().filter(|line| !line.contains("restrict "));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The whole log of the server.
    pub fn whole_log(&self) -> String {
        let whole = std::fs::read(self.place.with_extension("log")).unwrap_or_default();
        String::from_utf8_lossy(&whole).into_owned()
    }

    /// The end of the server's log.
    pub fn log(&self) -> String {
        let lines = self.whole_log().lines().map(str::to_owned).collect::<Vec<_>>();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut guard) = self.guard.take() {
            drop(guard.stdin.take());
            let _ended = guard.wait();
        }
    }
}

/// A folder for servers, removed with this process.
fn guarded_folder() -> (PathBuf, Child) {
    let folder = tempfile::Builder::new().prefix("jianxian-pg-").tempdir_in(roomy_folder()).unwrap().keep();
    if let Some((user, group)) = server_user() {
        std::os::unix::fs::chown(&folder, Some(user), Some(group)).unwrap();
    }
    let mut guard = Command::new("sh");
    // In a process group of its own: what ends the tests' group must not end it.
    guard.args(["-c", GUARD, "guard", text(&folder)]).process_group(0);
    guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let guard = guard.spawn().unwrap();
    (folder, guard)
}

/// Memory, if it has room: an fsync costs nothing there, and the servers keep theirs on.
fn roomy_folder() -> PathBuf {
    const ROOM_KIB: u64 = 2 * 1024 * 1024;
    let memory = Path::new("/dev/shm");
    let text = Command::new("df").args(["-Pk", text(memory)]).output().ok();
    let text = text.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let free = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    if free.is_some_and(|kib| kib >= ROOM_KIB) { memory.to_owned() } else { std::env::temp_dir() }
}

/// Below the range of outgoing ports, so that a server finds its own port free again after a restart.
pub fn free_port() -> u16 {
    let first = 15_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    static GIVEN: AtomicU64 = AtomicU64::new(0);
    let ports = std::iter::from_fn(|| {
        let given = u16::try_from(GIVEN.fetch_add(1, Ordering::Relaxed)).ok()?;
        (given < 7_000).then(|| first + given)
    });
    ports.into_iter().find(free).expect("a free port")
}

/// PostgreSQL refuses to run as root: then its own user and group run it.
fn server_user() -> Option<(u32, u32)> {
    if std::fs::metadata("/proc/self").map_or(1, |own| own.uid()) != 0 {
        return None;
    }
    let ask = |flag: &str| {
        let output = Command::new("id").args([flag, "postgres"]).output().unwrap();
        let number = String::from_utf8_lossy(&output.stdout).trim().parse();
        number.unwrap_or_else(|_| panic!("root cannot run PostgreSQL and there is no user `postgres`"))
    };
    Some((ask("-u"), ask("-g")))
}

/// A program of PostgreSQL, run by the right user, without output.
fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(binaries().join(program));
    command.args(arguments).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
    // The tests' settings are complete: the caller's environment is not used.
    let foreign = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("PG"));
    foreign.for_each(|name| {
        command.env_remove(name);
    });
    if let Some((user, group)) = server_user() {
        command.uid(user).gid(group);
    }
    command
}

fn run(program: &str, arguments: &[&str]) {
    let output = command(program, arguments).stderr(Stdio::piped()).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {complaint}");
}

/// The folder of the newest supported server.
fn binaries() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        let usable = |folder: &PathBuf| version(folder).is_some_and(|version| version >= OLDEST);
        if let Some(named) = std::env::var_os("JIANXIAN_PG_BIN") {
            let named = PathBuf::from(named);
            assert!(usable(&named), "{}: no PostgreSQL {OLDEST} or newer. {INSTALL}", named.display());
            return named;
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut packaged: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
            .unwrap_or_default();
        packaged.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
        let found = std::env::split_paths(&path).chain(packaged).find(usable);
        found.unwrap_or_else(|| panic!("{INSTALL}"))
    })
}

/// Stopped processes.
pub struct Frozen(Vec<String>);

impl Frozen {
    fn signal(&self, signal: &str) {
        // A process may have ended meanwhile.
        let _sent = Command::new("kill").arg(signal).args(&self.0).stderr(Stdio::null()).status().unwrap();
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.signal("-CONT");
    }
}

const PROGRAMS: &[&str] = &["initdb", "postgres", "pg_ctl", "pg_basebackup", "pg_dump"];

/// `postgres (PostgreSQL) 15.8 (…)` → 15. A folder that lacks a program does not count.
fn version(folder: &Path) -> Option<u32> {
    if !PROGRAMS.iter().all(|program| folder.join(program).exists()) {
        return None;
    }
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = output.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = diesel::sql_types::Text)]
    word: String,
}

fn word(conn: &mut PgConnection, query: &str) -> String {
    diesel::sql_query(query).get_result::<Word>(conn).unwrap().word
}

#[test]
fn a_cluster_comes_out_of_its_log_after_a_crash_and_a_standby_takes_over() {
    let primary = Cluster::start();
    primary.run_sql("CREATE TABLE t (n int); INSERT INTO t VALUES (1)");
    primary.crash();
    primary.start_again();
    let standby = primary.synchronous_standby("standby", None);
    primary.run_sql("INSERT INTO t VALUES (2)");
    let mut conn = primary.connect();
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let query = format!("SELECT current_setting('{setting}') AS word");
        assert_eq!(word(&mut conn, &query), "on", "{setting}");
    }
    assert_eq!(word(&mut conn, "SELECT sync_state AS word FROM pg_stat_replication"), "sync");
    primary.crash();
    standby.promote();
    standby.run_sql("INSERT INTO t VALUES (3)");
    let sum = word(&mut standby.connect(), "SELECT string_agg(n::text, ' ' ORDER BY n) AS word FROM t");
    assert_eq!(sum, "1 2 3");
}

#[test]
fn each_schema_stands_alone_and_its_owner_is_no_superuser() {
    let (one, url) = Cluster::shared().new_schema();
    let (other, _) = Cluster::shared().new_schema();
    assert_ne!(one, other);
    let mut conn = PgConnection::establish(&url).unwrap();
    conn.batch_execute("CREATE TABLE t (n int)").unwrap();
    assert_eq!(
        word(
            &mut conn,
            "SELECT relnamespace::regnamespace::text AS word FROM pg_class WHERE oid = 't'::regclass"
        ),
        one
    );
    assert!(conn.batch_execute("CREATE ROLE somebody").is_err());
    let text = Cluster::shared().dump(&one);
    assert!(
        text.contains("CREATE TABLE") && !Cluster::shared().dump(&other).contains("CREATE TABLE"),
        "{text}"
    );
}

const WAITS: &str = "JIANXIAN_CLUSTER_WAITS";

#[test]
fn a_cluster_goes_when_the_tests_are_killed() {
    use std::io::{BufRead, BufReader};
    // The same test, in a process of its own, is the one that waits to be killed.
    if std::env::var_os(WAITS).is_some() {
        let cluster = Cluster::shared();
        println!("\ncluster {} {}", cluster.port, cluster.folder.display());
        std::thread::sleep(Duration::from_secs(60));
        panic!("it was not killed within a minute");
    }
    let mut tests = Command::new(std::env::current_exe().unwrap());
    // The name of a test is its path without the crate's.
    let (_, room) = module_path!().split_once("::").unwrap();
    let own = format!("{room}::a_cluster_goes_when_the_tests_are_killed");
    tests.args(["--exact", "--nocapture", &own]).env(WAITS, "1");
    let mut tests = tests.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(tests.stdout.take().unwrap()).lines().map_while(Result::ok);
    let found = lines.into_iter().find_map(|line| line.strip_prefix("cluster ").map(str::to_owned));
    let found = found.expect("the other tests have started a cluster");
    let (port, folder) = found.split_once(' ').unwrap();
    let (address, folder) = (format!("127.0.0.1:{port}"), Path::new(folder));
    let listens = || std::net::TcpStream::connect(&address).is_ok();
    assert!(listens() && folder.exists());
    tests.kill().unwrap();
    tests.wait().unwrap();
    let start = Instant::now();
    while listens() || folder.exists() {
        assert!(start.elapsed().as_secs() < 20, "{} is still there", folder.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}

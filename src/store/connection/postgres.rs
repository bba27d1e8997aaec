//! Opening PostgreSQL: requirements on the server, settings of every connection, and migrations.

use super::{OpenError, Upgrade, Use};
use crate::store::error::Error;
use crate::store::schema::all_tables;
use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable, Text};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::fmt;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// The oldest supported server, as `server_version_num`.
const OLDEST: i32 = 150_000;

/// Settings of every connection. A statement is planned once, possibly while its tables are small, and a sequential
/// scan of a small table would later be one of a large table: so rows are always found by indexes. A server that
/// hangs must not block the bank: requests that wait longer are refused as transient, and another server of ours may
/// take over.
const SETTINGS: &str = "SET client_min_messages = warning; SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '60s'; SET TIME ZONE 'UTC'; SET DateStyle = 'ISO';
    SET plan_cache_mode = 'force_generic_plan'; SET jit = off; SET enable_seqscan = off;";

/// How long a statement waits for a lock.
const LOCK_TIMEOUT: &str = "SET lock_timeout = '8s'";

/// Timeouts for connecting, and for a server that has stopped answering, unless the URL sets them.
const PATIENCE: &[(&str, &str)] = &[
    ("connect_timeout", "3"),
    ("tcp_user_timeout", "5000"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
    ("application_name", "jianxian"),
];

/// The URL of a server, as libpq reads it. It is shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl(String);

impl ServerUrl {
    pub fn new(url: &str) -> Self {
        ServerUrl(url.to_owned())
    }

    /// The URL of replicas: of several hosts any standby, else the primary.
    pub fn of_replicas(url: &str) -> Self {
        let mut replicas = ServerUrl::new(url);
        let wishes = [("target_session_attrs", "prefer-standby"), ("load_balance_hosts", "random")];
        replicas.add(&wishes);
        replicas
    }

    /// Adds parameters that the URL does not set.
    fn add(&mut self, parameters: &[(&str, &str)]) {
        for (name, value) in parameters {
            if !self.says(name) {
                match self.parts() {
                    (before, "") if before.len() == self.0.len() => self.0.push('?'),
                    (_, "") => {}
                    _ => self.0.push('&'),
                }
                self.0.push_str(&format!("{name}={value}"));
            }
        }
    }

    /// The URL with defaults. Of several hosts the primary is used, also for reads: a standby may be behind it, and
    /// would not show what was just written.
    fn complete(&self, purpose: Use) -> String {
        let several = |pair: &str| pair.starts_with("host") && pair.contains(',');
        let one = !self.parts().0.contains(',') && !self.parts().1.split('&').any(several);
        let any = purpose == Use::Read && one;
        let mut complete = self.clone();
        complete.add(PATIENCE);
        complete.add(&[("target_session_attrs", if any { "any" } else { "read-write" })]);
        complete.0
    }

    /// Why there is no connection. libpq may quote a part of a URL that it cannot parse, which may be the password.
    fn unreachable(&self, error: &dyn fmt::Display) -> OpenError {
        let said = one_line(error);
        let quotes = [
            "percent-encoded",
            "invalid port",
            "invalid integer value",
            "invalid URI",
            "unexpected character",
        ];
        let text = match quotes.iter().any(|sign| said.contains(sign)) {
            true => "the URL cannot be read: write special characters of the password as %XX".to_owned(),
            false => said,
        };
        // "… is starting up", "… is shutting down", "… is in recovery mode".
        match text.contains("the database system is") || text.contains("not yet accepting connections") {
            true => OpenError::NotReady(self.to_string(), text),
            false => OpenError::NoServer(self.to_string(), text),
        }
    }

    /// The parts before and after the `?` that begins the parameters, not one within a password.
    fn parts(&self) -> (&str, &str) {
        let from = self.0.rfind('@').unwrap_or(0);
        let mark = self.0.get(from..).and_then(|rest| rest.find('?')).map(|mark| from.saturating_add(mark));
        mark.and_then(|mark| Some((self.0.get(..mark)?, self.0.get(mark.saturating_add(1)..)?)))
            .unwrap_or((&self.0, ""))
    }

    fn says(&self, parameter: &str) -> bool {
        self.parts().1.split('&').any(|pair| pair.split('=').next() == Some(parameter))
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, place) = self.parts().0.split_once("://").unwrap_or(("postgres", ""));
        let (user, hosts) = match place.rsplit_once('@') {
            Some((user, hosts)) => (user.split(':').next().unwrap_or_default(), hosts),
            None => ("", place),
        };
        let at = if user.is_empty() { "" } else { "@" };
        write!(f, "{scheme}://{user}{at}{hosts}")
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    encoding: String,
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = Text)]
    full_page_writes: String,
    #[diesel(sql_type = Text)]
    synchronous_commit: String,
    #[diesel(sql_type = Text)]
    words: String,
}

const SERVER: &str = "SELECT current_setting('server_version_num')::int AS version,
    current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS full_page_writes,
    current_setting('synchronous_commit') AS synchronous_commit, current_setting('lc_messages') AS words";

/// Opens a connection, and checks that commits are durable: they must be on the server's disk.
pub fn connect(url: &ServerUrl, purpose: Use) -> Result<PgConnection, OpenError> {
    let unusable = |error: &dyn fmt::Display| OpenError::Unusable(url.to_string(), one_line(error));
    let mut conn = PgConnection::establish(&url.complete(purpose)).map_err(|e| url.unreachable(&e))?;
    // Some errors have no code and are recognised by their English text. Only a superuser may set this.
    let _kept = conn.batch_execute("SET lc_messages = 'C'");
    // Compresses long answers; a server built without lz4 keeps its own method.
    let _kept = conn.batch_execute("SET default_toast_compression = 'lz4'");
    conn.batch_execute(SETTINGS).and_then(|()| conn.batch_execute(LOCK_TIMEOUT)).map_err(|e| unusable(&e))?;
    if purpose == Use::Read {
        let read_only = "SET default_transaction_read_only = on; \
            SET default_transaction_isolation = 'repeatable read';";
        conn.batch_execute(read_only).map_err(|e| unusable(&e))?;
        return Ok(conn);
    }
    check(url, &mut conn)?;
    // A server of ours that froze within a batch releases the bank before its clients give up.
    conn.batch_execute("SET idle_in_transaction_session_timeout = '5s';").map_err(|e| unusable(&e))?;
    if purpose == (Use::Write { durable: false }) {
        conn.batch_execute("SET synchronous_commit = off;").map_err(|e| unusable(&e))?;
    }
    Ok(conn)
}

fn check(url: &ServerUrl, conn: &mut PgConnection) -> Result<(), OpenError> {
    let server = diesel::sql_query(SERVER)
        .get_result::<Server>(conn)
        .map_err(|error| OpenError::Unusable(url.to_string(), one_line(&error)))?;
    let unsafe_ = |text: String| Err(OpenError::Unsafe(url.to_string(), text));
    if server.version < OLDEST {
        return unsafe_(format!("PostgreSQL {} is older than 15", server.version / 10_000));
    }
    if server.encoding != "UTF8" {
        return unsafe_(format!("the encoding of the database is {}, not UTF8", server.encoding));
    }
    if !is_english(&server.words) {
        crate::store::error::speaks_no_english();
    }
    let settings = [
        ("fsync", &server.fsync),
        ("full_page_writes", &server.full_page_writes),
        ("synchronous_commit", &server.synchronous_commit),
    ];
    match settings.into_iter().find(|(_, value)| *value == "off") {
        Some((name, _)) => unsafe_(format!("{name} = off")),
        None => Ok(()),
    }
}

/// Whether a server's messages are English by its `lc_messages`: `C`, `C.UTF-8`, `en_US.UTF-8` …
fn is_english(lc_messages: &str) -> bool {
    let language = lc_messages.split(['.', '_', '-']).next().unwrap_or_default();
    ["", "C", "POSIX", "en", "English"].contains(&language)
}

/// libpq's messages have several lines.
fn one_line(error: &dyn fmt::Display) -> String {
    error
        .to_string()
        .split('\n')
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    migrated: bool,
    #[diesel(sql_type = Nullable<Text>)]
    mark: Option<String>,
    #[diesel(sql_type = Bool)]
    empty: bool,
}

/// Whose tables are in the schema: ours have a mark as a comment on the table of banks. The table of migrations alone
/// is left by a program that was killed while it created the others.
const FOUND: &str = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS migrated,
    obj_description(to_regclass('banks'), 'pg_class') AS mark,
    NOT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = current_schema()::regnamespace
        AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname <> '__diesel_schema_migrations') AS empty";

const MARK: &str = "jianxian";
/// The prefix of the mark while a bank is being copied in; a number follows.
const COPY_MARK: &str = "jianxian copy ";

/// The fingerprint on a schema that is an unfinished copy.
pub fn unfinished(conn: &mut PgConnection) -> Result<Option<i32>, Error> {
    let found = diesel::sql_query(FOUND).get_result::<Found>(conn)?;
    let note = found.mark.as_deref().and_then(|mark| mark.strip_prefix(COPY_MARK));
    Ok(note.map(|note| note.parse().unwrap_or(0)))
}

/// Marks the schema as an unfinished copy, with a fingerprint; or as a bank.
pub fn mark(conn: &mut PgConnection, unfinished: Option<i32>) -> Result<(), Error> {
    let mark = unfinished.map_or(MARK.to_owned(), |note| format!("{COPY_MARK}{note}"));
    conn.batch_execute(&format!("COMMENT ON TABLE banks IS '{mark}'"))?;
    Ok(())
}

/// Removes the timeouts that a server in use needs.
pub fn remove_timeouts(conn: &mut PgConnection) -> Result<(), Error> {
    conn.batch_execute(
        "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET enable_seqscan = on;",
    )?;
    Ok(())
}

/// The tables of ten pages and more. Without statistics the planner assumes ten pages; with statistics of an empty or
/// small table it assumes, until the next `ANALYZE`, that every index is as good as the key.
const GROWN: &str = "SELECT relname::text AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
        AND pg_relation_size(oid) >= 10 * current_setting('block_size')::bigint";

#[derive(QueryableByName)]
struct Grown {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Runs `ANALYZE` on the tables that have grown.
pub fn analyze(conn: &mut PgConnection) -> Result<(), Error> {
    let grown: Vec<Grown> = diesel::sql_query(GROWN).load(conn)?;
    let ours = all_tables().map(|table| table.name);
    for table in ours.filter(|table| grown.iter().any(|found| found.name == *table)) {
        conn.batch_execute(&format!("ANALYZE {table}"))?;
    }
    Ok(())
}

/// Empties every table, and removes the mark of an unfinished copy.
pub fn empty(url: &ServerUrl, conn: &mut PgConnection) -> Result<(), OpenError> {
    let tables = all_tables().map(|table| table.name).collect::<Vec<_>>().join(", ");
    conn.batch_execute(&format!("BEGIN; TRUNCATE {tables}; COMMENT ON TABLE banks IS '{MARK}'; COMMIT;"))
        .map_err(|error| OpenError::Unusable(url.to_string(), one_line(&error)))
}

/// Checks that the schema is ours, and migrates it. Several servers may do so concurrently.
pub fn prepare(url: &ServerUrl, upgrade: Upgrade, purpose: Use) -> Result<PgConnection, OpenError> {
    let name = || url.to_string();
    let unusable = |error: &dyn fmt::Display| OpenError::Unusable(name(), one_line(error));
    let mut conn = connect(url, purpose)?;
    let found = diesel::sql_query(FOUND).get_result::<Found>(&mut conn).map_err(|e| unusable(&e))?;
    match found.mark.as_deref() {
        _ if found.empty => {}
        Some(MARK) => {}
        Some(mark) if mark.starts_with(COPY_MARK) => {
            if purpose != Use::Fill {
                return Err(OpenError::Unfinished(name()));
            }
        }
        _ => return Err(OpenError::Foreign(name())),
    }
    let known = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(|e| unusable(&e))?;
    let known: Vec<String> = known.iter().map(|migration| migration.name().version().to_string()).collect();
    // Another server may be migrating: wait until it has finished.
    conn.batch_execute("SET lock_timeout = '10min'").map_err(|e| unusable(&e))?;
    let applied = if found.migrated { applied(&mut conn).map_err(|e| unusable(&e))? } else { Vec::new() };
    if let Some(newer) = applied.iter().find(|version| !known.contains(version)) {
        return Err(OpenError::Newer(name(), newer.clone()));
    }
    if applied.len() < known.len() {
        match upgrade {
            Upgrade::No if found.empty => return Err(OpenError::Missing(name())),
            Upgrade::No => return Err(OpenError::Older(name())),
            Upgrade::Yes => upgrade_schema(&mut conn).map_err(|e| unusable(&*e))?,
        }
    }
    conn.batch_execute(LOCK_TIMEOUT).map_err(|e| unusable(&e))?;
    Ok(conn)
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

fn applied(conn: &mut PgConnection) -> QueryResult<Vec<String>> {
    let rows = diesel::sql_query("SELECT version FROM __diesel_schema_migrations ORDER BY version");
    Ok(rows.load::<Version>(conn)?.into_iter().map(|row| row.version).collect())
}

/// All steps in one transaction, one server at a time: the others wait, and find it done.
fn upgrade_schema(conn: &mut PgConnection) -> diesel::migration::Result<()> {
    // Two servers that create this table concurrently collide in the catalogue: the second attempt finds it.
    if MigrationHarness::<Pg>::applied_migrations(conn).is_err() {
        MigrationHarness::<Pg>::applied_migrations(conn)?;
    }
    conn.batch_execute("BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; LOCK TABLE __diesel_schema_migrations IN ACCESS EXCLUSIVE MODE;")?;
    let done = steps(conn);
    conn.batch_execute(if done.is_ok() { "COMMIT;" } else { "ROLLBACK;" })?;
    done
}

fn steps(conn: &mut PgConnection) -> diesel::migration::Result<()> {
    let applied = applied(conn)?;
    for migration in MigrationSource::<Pg>::migrations(&MIGRATIONS)? {
        let version = migration.name().version().to_string();
        if !applied.contains(&version) {
            migration.run(conn)?;
            if version == super::KEYS {
                super::fills::fill_postgres(conn)?;
            }
            diesel::sql_query("INSERT INTO __diesel_schema_migrations (version) VALUES ($1)")
                .bind::<Text, _>(version)
                .execute(conn)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_url_says_is_kept_and_what_it_leaves_open_is_added() {
        let url = ServerUrl::new("postgres://u:secret@a,b/bank?connect_timeout=9&sslmode=require");
        let complete = url.complete(Use::Write { durable: true });
        assert!(complete.starts_with("postgres://u:secret@a,b/bank?connect_timeout=9&sslmode=require&"));
        assert_eq!(complete.matches("connect_timeout").count(), 1);
        assert!(complete.ends_with("&target_session_attrs=read-write"), "{complete}");
        assert!(url.complete(Use::Read).ends_with("read-write"), "of several the one in charge");
        assert!(
            ServerUrl::new("postgres://u@a/bank").complete(Use::Read).ends_with("target_session_attrs=any")
        );
        let listed = ServerUrl::new("postgres:///bank?host=a,b").complete(Use::Read);
        assert!(listed.ends_with("read-write"), "{listed}");
        let marked = ServerUrl::new("postgres://u@a/bank?").complete(Use::Read);
        assert!(marked.contains("bank?connect_timeout"), "{marked}");
        let replicas = ServerUrl::of_replicas("postgres://u@a,b/bank").complete(Use::Read);
        assert!(replicas.contains("target_session_attrs=prefer-standby"), "{replicas}");
        assert_eq!(replicas.matches("target_session_attrs").count(), 1);
    }

    #[test]
    fn the_language_of_a_server_is_known() {
        for english in ["", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "en_GB", "English_United States.1252"] {
            assert!(is_english(english), "{english}");
        }
        for other in ["zh_CN.UTF-8", "de_DE", "ca_ES.UTF-8", "Chinese (Simplified)_China.936"] {
            assert!(!is_english(other), "{other}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("postgres://u:secret@a:5432/bank?sslmode=require", "postgres://u@a:5432/bank"),
            ("postgres://u:se@cret@a/bank", "postgres://u@a/bank"),
            ("postgresql://a/bank?password=secret", "postgresql://a/bank"),
            ("postgres:///bank", "postgres:///bank"),
            ("postgres://u:se?cret@h/bank?sslmode=require", "postgres://u@h/bank"),
        ] {
            let url = ServerUrl::new(url);
            assert_eq!((url.to_string(), format!("{url:?}")), (shown.to_owned(), shown.to_owned()));
        }
    }
}

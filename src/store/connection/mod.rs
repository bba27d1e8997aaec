//! Connections: which database a URL names; how it is opened, checked and migrated.

pub(super) mod any;
pub(super) mod by_key;
pub(super) mod dialect;
mod fills;
pub(super) mod slow;

mod log;
#[cfg(feature = "postgres")]
pub mod postgres;
mod private;
mod query;
pub mod sqlite;

pub use log::log_of;

pub use any::{AnyConnection, MultiBackend};

use super::error::Error;
use diesel::Connection;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The migration that stores which key made which entry; `fills` derives it from what older versions stored
/// elsewhere.
const KEYS: &str = "0008";

/// Why a database cannot be used. Each sentence says what to do. A database is named by its file, or by its URL
/// without the password.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "{0}: this is not a jianxian database; choose another one with --database, or move this one away"
    )]
    Foreign(String),
    #[error(
        "{0}: the database is damaged ({1}); stop, keep it, and restore the last backup (for a file: `jianxian restore`)"
    )]
    Damaged(String, String),
    #[error(
        "{0}: made by a newer version of jianxian (migration {1}); install that version or restore an older backup"
    )]
    Newer(String, String),
    #[error("{0}: made by an older version of jianxian; run `jianxian migrate` first (make a backup before)")]
    Older(String),
    #[error("{0}: no such database; run `jianxian serve` or `jianxian demo` to make one")]
    Missing(String),
    #[error("{0}: cannot be opened: {1}; check the folder, the rights and the free space")]
    Unusable(String, String),
    /// The place of the files of attachments, and why none is put there or read from it.
    #[error("{0}: no file of an attachment can be put there or read from it: {1}")]
    Files(String, String),
    /// The server that cannot be reached, and why.
    #[error("{0}: no connection: {1}; check that the server runs, its address, the name and the password")]
    NoServer(String, String),
    /// The server that is starting, recovering or stopping, and its message.
    #[error("{0}: the server is not ready: {1}; wait a moment and try again")]
    NotReady(String, String),
    #[error("{0}: the PostgreSQL server is not safe for a bank: {1}; correct it in postgresql.conf")]
    Unsafe(String, String),
    #[error("{0}: this jianxian was built without PostgreSQL; build it with --features postgres")]
    NotBuiltIn(String),
    #[error("{0:?} is not a database URL; use sqlite:FILE or postgres://USER@HOST/DATABASE")]
    Url(String),
    #[error(
        "{0}: an unfinished copy of another database; run the same `jianxian copy` again, or with --fresh"
    )]
    Unfinished(String),
    #[error(
        "{0}: store.read_database does not follow this bank's database; name a replica of it, or leave the setting out"
    )]
    NoReplica(String),
    /// A file that was left open, without its log.
    #[error(
        "{0}: the file was left open and its log, {0}-wal, is not there: its last entries may be missing"
    )]
    LogMissing(String),
    /// A verb that works on files was given a database server.
    #[error("{0}: only an SQLite file can be used here")]
    NotAFile(String),
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// The one connection that writes. `durable: false` only while a sample bank is built, which is discarded if the
    /// program does not finish.
    Write {
        durable: bool,
    },
    /// Fills the database from another one: it may be an unfinished copy.
    Fill,
    Read,
}

/// What to do about a database that does not exist, or has an older schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// Create it, or migrate it.
    Yes,
    /// Refuse, and name the command that does it.
    No,
}

/// What a migration has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Migrated {
    Made,
    Upgraded,
    Current,
}

/// A database, by its URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// The URL of a server, as libpq reads it.
    #[cfg(feature = "postgres")]
    Postgres(postgres::ServerUrl),
}

impl Database {
    /// The database behind a URL: `sqlite:FILE` or `postgres://…`.
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        match url.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Database::Sqlite(PathBuf::from(path))),
            #[cfg(feature = "postgres")]
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Ok(Database::Postgres(postgres::ServerUrl::new(url)))
            }
            #[cfg(not(feature = "postgres"))]
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Err(OpenError::NotBuiltIn("postgres://…".into()))
            }
            // The rest of the URL may contain a password.
            _ => Err(OpenError::Url(match url.split_once(':') {
                Some((scheme, _)) => format!("{scheme}:…"),
                None => url.to_owned(),
            })),
        }
    }

    /// The database to read from, behind the URL of one or several replicas.
    pub fn parse_replicas(url: &str) -> Result<Self, OpenError> {
        match Self::parse(url)? {
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => Ok(Database::Postgres(postgres::ServerUrl::of_replicas(url))),
            file => Ok(file),
        }
    }

    pub fn file(&self) -> Result<&Path, OpenError> {
        match self {
            Database::Sqlite(file) => Ok(file),
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => Err(OpenError::NotAFile(self.to_string())),
        }
    }

    pub fn make_folder(&self) -> Result<(), OpenError> {
        let Ok(file) = self.file() else { return Ok(()) };
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let made = folder.map_or(Ok(()), std::fs::create_dir_all);
        made.map_err(|error| OpenError::Unusable(self.to_string(), error.to_string()))
    }

    /// Opens a connection and checks the settings that durability depends on.
    pub fn connect(&self, purpose: Use) -> Result<AnyConnection, OpenError> {
        let opened = match self {
            Database::Sqlite(file) => sqlite::connect(file, purpose).map(AnyConnection::Sqlite),
            #[cfg(feature = "postgres")]
            Database::Postgres(url) => postgres::connect(url, purpose).map(AnyConnection::Postgres),
        };
        opened.map(watched)
    }

    /// Checks that the database is ours, complete and readable, and migrates its schema.
    pub fn prepare(&self, upgrade: Upgrade, purpose: Use) -> Result<AnyConnection, OpenError> {
        match self.is_log_missing()? {
            true => Err(OpenError::LogMissing(self.to_string())),
            false => self.prepare_as_it_is(upgrade, purpose),
        }
    }

    /// Whether the database is a file that was left open, without its log: entries may be missing at its end.
    pub fn is_log_missing(&self) -> Result<bool, OpenError> {
        match self {
            Database::Sqlite(file) if file.exists() => log::is_log_missing(file),
            _ => Ok(false),
        }
    }

    /// The same as `prepare`, also for a file whose log is missing.
    pub fn prepare_as_it_is(&self, upgrade: Upgrade, purpose: Use) -> Result<AnyConnection, OpenError> {
        let opened = match self {
            Database::Sqlite(file) => sqlite::prepare(file, upgrade, purpose).map(AnyConnection::Sqlite),
            #[cfg(feature = "postgres")]
            Database::Postgres(url) => postgres::prepare(url, upgrade, purpose).map(AnyConnection::Postgres),
        };
        let mut conn = watched(opened?);
        if upgrade == Upgrade::Yes {
            let filled = fills::fill_names(&mut conn);
            filled.map_err(|error| OpenError::Unusable(self.to_string(), error.to_string()))?;
        }
        Ok(conn)
    }
}

/// Logs slow statements of this connection.
fn watched(mut conn: AnyConnection) -> AnyConnection {
    conn.set_instrumentation(super::connection::slow::SlowLog::new());
    conn
}

impl std::fmt::Display for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Database::Sqlite(file) => file.display().fmt(f),
            #[cfg(feature = "postgres")]
            Database::Postgres(url) => url.fmt(f),
        }
    }
}

/// Creates the database behind a URL, or migrates its schema.
pub fn migrate(url: &str) -> Result<Migrated, OpenError> {
    let database = Database::parse(url)?;
    let done = match database.prepare(Upgrade::No, Use::Read) {
        Ok(_) => return Ok(Migrated::Current),
        Err(OpenError::Missing(_)) => Migrated::Made,
        Err(OpenError::Older(_)) => Migrated::Upgraded,
        Err(error) => return Err(error),
    };
    database.make_folder()?;
    let mut conn = database.prepare(Upgrade::Yes, Use::Write { durable: true })?;
    close(&mut conn, false).map_err(|error| OpenError::Unusable(database.to_string(), error.to_string()))?;
    Ok(done)
}

/// Checkpoints SQLite's log as far as no reader blocks it; a server does this by itself. Returns whether it is
/// complete.
pub fn checkpoint(conn: &mut AnyConnection) -> Result<bool, Error> {
    match conn {
        AnyConnection::Sqlite(conn) => Ok(log::checkpoint(conn)?.is_written_back()),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => Ok(true),
    }
}

/// Checkpoints SQLite's whole log and truncates it, if all readers of older pages end within `patience`. Returns
/// whether they did.
pub fn write_back(conn: &mut AnyConnection, patience: Duration) -> Result<bool, Error> {
    match conn {
        AnyConnection::Sqlite(conn) => Ok(log::write_back(conn, patience)?.is_written_back()),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => Ok(true),
    }
}

/// Closes a file: everything acknowledged is in it. An error: its log is still needed. `last`: no other writer
/// follows.
pub fn close(conn: &mut AnyConnection, last: bool) -> Result<(), Error> {
    match conn {
        AnyConnection::Sqlite(conn) => log::close(conn, last),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => Ok(()),
    }
}

/// The fingerprint of the source's state with which an unfinished copy was begun. `None`: the database is complete.
pub fn unfinished(conn: &mut AnyConnection) -> Result<Option<i32>, Error> {
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::unfinished(conn),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => postgres::unfinished(conn),
    }
}

/// Marks a database as an unfinished copy, which only the copying opens; `None`: as complete.
pub fn mark(conn: &mut AnyConnection, unfinished: Option<i32>) -> Result<(), Error> {
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::mark(conn, unfinished),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => postgres::mark(conn, unfinished),
    }
}

/// Shortens the writer's wait for locks of other programs on SQLite's file; a server's locks are brief.
pub fn shorten_lock_wait(conn: &mut AnyConnection) -> Result<(), Error> {
    match conn {
        AnyConnection::Sqlite(conn) => Ok(log::shorten_lock_wait(conn)?),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => Ok(()),
    }
}

/// Removes the timeouts that a server in use needs.
pub fn remove_timeouts(conn: &mut AnyConnection) -> Result<(), Error> {
    match conn {
        AnyConnection::Sqlite(_) => Ok(()),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => postgres::remove_timeouts(conn),
    }
}

/// Sets the page cache of a connection, in KiB. A server has its own.
pub fn keep_pages(conn: &mut AnyConnection, kib: u32) -> Result<(), Error> {
    match conn {
        AnyConnection::Sqlite(conn) => Ok(sqlite::keep_pages(conn, kib)?),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => Ok(()),
    }
}

/// Finishes a database that was filled from another one: checkpoints SQLite's log, runs `ANALYZE` on a server.
pub fn settle(conn: &mut AnyConnection) -> Result<(), Error> {
    match conn {
        AnyConnection::Sqlite(conn) => log::close(conn, false),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => postgres::analyze(conn),
    }
}

/// A number that changes when another connection writes to the file. A server has none.
pub fn written(conn: &mut AnyConnection) -> Result<i64, Error> {
    match conn {
        AnyConnection::Sqlite(conn) => sqlite::data_version(conn),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => Ok(0),
    }
}

/// Discards an unfinished copy and opens the database again, empty.
pub fn emptied(database: &Database, conn: AnyConnection) -> Result<AnyConnection, OpenError> {
    match (database, conn) {
        (Database::Sqlite(file), conn) => {
            drop(conn);
            sqlite::remove(file)?;
        }
        #[cfg(feature = "postgres")]
        (Database::Postgres(url), AnyConnection::Postgres(mut conn)) => postgres::empty(url, &mut conn)?,
        #[cfg(feature = "postgres")]
        (Database::Postgres(_), AnyConnection::Sqlite(_)) => {}
    }
    database.prepare(Upgrade::Yes, Use::Fill)
}

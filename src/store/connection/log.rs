//! SQLite's write-ahead log: how it is written back into the database file, kept short, and how one knows whether a
//! file needs it.
//!
//! A file at work is in the mode of write-ahead logging and belongs together with its log. One that was closed in order
//! is in the mode `DELETE`: everything stands in the one file. So a file that is in the mode of a log but has none
//! beside it was left open, or copied alone from a bank at work: entries may be missing at its end, and its chain would
//! verify all the same.

use super::OpenError;
use super::query::{name, number};
use crate::store::error::Error;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// `user_version` of a file at work that will be closed as above; those of release 0.1 were left in the mode of a log.
const AT_WORK: i64 = 1;
/// `user_version` of a file that its server has closed while others were reading: it stays in the mode of a log, which is
/// empty.
const CLOSED_BESIDE_READERS: i64 = 2;
/// How long a connection waits for another program that holds the file.
pub const PATIENCE_MILLISECONDS: u64 = 10_000;
/// How long the writer of a server waits for one: people wait behind it.
const BRIEF_MILLISECONDS: u64 = 1_000;

/// The log after a checkpoint, in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Log {
    /// 1: readers, or another writer, kept it from being written back wholly.
    #[diesel(sql_type = BigInt)]
    busy: i64,
    /// Pages in the log.
    #[diesel(sql_type = BigInt)]
    log: i64,
    /// Of these, written back into the file.
    #[diesel(sql_type = BigInt)]
    checkpointed: i64,
}

impl Log {
    /// Whether everything stands in the database file, so that the log begins anew.
    pub fn is_written_back(&self) -> bool {
        self.busy == 0 && self.log == self.checkpointed
    }
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

/// The log that belongs to a file.
pub fn log_of(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push("-wal");
    PathBuf::from(path)
}

/// Has a connection that people wait for give up soon when another program holds the file.
pub fn be_brief(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute(&format!("PRAGMA busy_timeout = {BRIEF_MILLISECONDS}"))
}

/// Writes back what no reader holds up, without waiting.
pub fn checkpoint(conn: &mut SqliteConnection) -> Result<Log, Error> {
    Ok(diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(conn)?)
}

/// Writes the whole log back and empties it, if the readers of older pages end within `patience`. Nobody else can write
/// meanwhile.
pub fn write_back(conn: &mut SqliteConnection, patience: Duration) -> Result<Log, Error> {
    let usual = number(conn, "SELECT timeout AS n FROM pragma_busy_timeout")?;
    conn.batch_execute(&format!("PRAGMA busy_timeout = {}", patience.as_millis()))?;
    let log = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result::<Log>(conn);
    conn.batch_execute(&format!("PRAGMA busy_timeout = {usual}"))?;
    // A lock of another connection is told as an error by some paths and as a row by others.
    match log {
        Err(error) if error.to_string().contains("locked") => Ok(Log { busy: 1, log: -1, checkpointed: -1 }),
        log => Ok(log?),
    }
}

/// Closes a file in order: everything acknowledged stands in it, and it says so. An error: the log is still needed.
/// `last`: nobody else will write to it.
pub fn close(conn: &mut SqliteConnection, last: bool) -> Result<(), Error> {
    write_all_back(conn)?;
    // Others may have the file open, between two reads: then it stays in the mode of a log, which is empty.
    conn.batch_execute("PRAGMA busy_timeout = 500")?;
    let switched = diesel::sql_query("PRAGMA journal_mode = DELETE").get_result::<Mode>(conn);
    if switched.is_ok_and(|mode| mode.journal_mode == "delete") {
        // Another program may open the file next, in the mode of a log, without being at work (a copy that is refused,
        // say). The log that it removes when it closes is then no log that is missing.
        if number(conn, "SELECT user_version AS n FROM pragma_user_version")? == AT_WORK {
            conn.batch_execute("PRAGMA user_version = 0")?;
        }
        return Ok(());
    }
    // Should they close it before this connection does, SQLite removes the log: nothing is missing then.
    let marked = conn.batch_execute(&format!("PRAGMA user_version = {CLOSED_BESIDE_READERS}"));
    let noted = marked.map_err(Error::from).and_then(|()| write_all_back(conn));
    if last { noted } else { Ok(()) }
}

fn write_all_back(conn: &mut SqliteConnection) -> Result<(), Error> {
    match write_back(conn, Duration::from_millis(PATIENCE_MILLISECONDS))?.is_written_back() {
        true => Ok(()),
        false => Err(Error::Unavailable("another program is reading the database file".into())),
    }
}

/// Notes in the file that it is at work.
pub fn note_at_work(conn: &mut SqliteConnection) -> Result<(), Error> {
    if number(conn, "SELECT user_version AS n FROM pragma_user_version")? != AT_WORK {
        conn.batch_execute(&format!("PRAGMA user_version = {AT_WORK}"))?;
        // What stands only in the log says nothing to who has the file alone.
        checkpoint(conn)?;
    }
    Ok(())
}

/// Whether a file was left open and its log is not there. Reads the header of the file alone, before anything opens it.
pub fn is_log_missing(file: &Path) -> Result<bool, OpenError> {
    let unusable = |error: std::io::Error| OpenError::Unusable(name(file), error.to_string());
    let mut header = Vec::new();
    let opened = std::fs::File::open(file).map_err(unusable)?;
    opened.take(HEADER_BYTES).read_to_end(&mut header).map_err(unusable)?;
    Ok(is_at_work(&header) && in_log_mode(&header) && !log_of(file).exists())
}

/// The header of an SQLite file.
const HEADER_BYTES: u64 = 100;

/// The versions of the file format for writing and reading: 2 stands for write-ahead logging.
fn in_log_mode(header: &[u8]) -> bool {
    header.get(18) == Some(&2) || header.get(19) == Some(&2)
}

fn is_at_work(header: &[u8]) -> bool {
    let version = header.get(60..64).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    version.map(u32::from_be_bytes).map(i64::from) == Some(AT_WORK)
}

/// Rolls back the hot journal of a program that was killed while it changed the journal mode of a file, which a read-only
/// connection cannot do. SQLite leaves the journal of a running program alone. An error here is reported by the read
/// that follows.
pub fn roll_back(file: &Path) {
    let mut journal = file.as_os_str().to_owned();
    journal.push("-journal");
    if Path::new(&journal).exists()
        && let Ok(mut conn) = SqliteConnection::establish(&file.to_string_lossy())
    {
        let patience = format!("PRAGMA busy_timeout = {PATIENCE_MILLISECONDS}");
        let _undone = conn.batch_execute(&format!("{patience}; SELECT count(*) FROM sqlite_schema"));
    }
}

/// The address of a file for a connection that cannot write: it neither makes nor removes a log. Beside a file whose log
/// is missing none is made either, so that it stays missing.
pub fn read_only(file: &Path) -> String {
    let mut address = String::from("file:");
    for byte in file.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => {
                address.push(char::from(byte))
            }
            other => address.push_str(&format!("%{other:02X}")),
        }
    }
    address.push_str("?mode=ro");
    if is_log_missing(file).unwrap_or(false) {
        address.push_str("&immutable=1");
    }
    address
}

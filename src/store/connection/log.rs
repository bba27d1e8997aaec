//! SQLite's write-ahead log: checkpoints, keeping it short, and detecting that a file lacks its log.
//!
//! A file in use is in WAL mode and belongs together with its log. A file that was closed properly is in journal mode
//! `DELETE`: it contains everything. So a file in WAL mode without a log beside it was left open, or was copied alone
//! from a bank in use: entries may be missing at its end, although its chain verifies.

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

/// `user_version` of a file in use that will be closed as above; release 0.1 left files in WAL mode.
const AT_WORK: i64 = 1;
/// `user_version` of a file that its server has closed. It stays in WAL mode, with an empty log, while others read it.
const CLOSED: i64 = 2;
const MARK: &str = "SELECT user_version AS n FROM pragma_user_version";
/// How long a connection waits for a lock of another program.
pub const LOCK_WAIT_MILLISECONDS: u64 = 10_000;
/// The same for the writer of a server: requests wait behind it.
const SHORT_LOCK_WAIT_MILLISECONDS: u64 = 1_000;

/// The log after a checkpoint, in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Log {
    /// 1: readers, or another writer, prevented a complete checkpoint.
    #[diesel(sql_type = BigInt)]
    busy: i64,
    /// Pages in the log.
    #[diesel(sql_type = BigInt)]
    log: i64,
    /// The pages of it that were written back into the file.
    #[diesel(sql_type = BigInt)]
    checkpointed: i64,
}

impl Log {
    /// Whether the database file contains everything, so that the log restarts.
    pub fn is_written_back(&self) -> bool {
        self.busy == 0 && self.log == self.checkpointed
    }
}

#[derive(QueryableByName)]
struct Mode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

/// The path of a file's log.
pub fn log_of(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push("-wal");
    PathBuf::from(path)
}

/// Shortens the lock wait of a connection on which requests wait.
pub fn shorten_lock_wait(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute(&format!("PRAGMA busy_timeout = {SHORT_LOCK_WAIT_MILLISECONDS}"))
}

/// Checkpoints what no reader blocks, without waiting.
pub fn checkpoint(conn: &mut SqliteConnection) -> Result<Log, Error> {
    Ok(diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(conn)?)
}

/// Checkpoints the whole log and truncates it, if the readers of older pages end within `patience`. Blocks other
/// writers meanwhile.
pub fn write_back(conn: &mut SqliteConnection, patience: Duration) -> Result<Log, Error> {
    let usual = number(conn, "SELECT timeout AS n FROM pragma_busy_timeout")?;
    conn.batch_execute(&format!("PRAGMA busy_timeout = {}", patience.as_millis()))?;
    let log = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result::<Log>(conn);
    conn.batch_execute(&format!("PRAGMA busy_timeout = {usual}"))?;
    // Some code paths of SQLite report another connection's lock as an error, others as a row.
    match log {
        Err(error) if error.to_string().contains("locked") => Ok(Log { busy: 1, log: -1, checkpointed: -1 }),
        log => Ok(log?),
    }
}

/// Closes a file: everything acknowledged is in it, and its mode says so. An error: the log is still needed. `last`:
/// no other writer follows.
pub fn close(conn: &mut SqliteConnection, last: bool) -> Result<(), Error> {
    write_all_back(conn)?;
    // The mark is in the file before the log is removed: by the change of mode, which removes the log before it changes
    // the header, or by the last other program that closes the file. A reader in between must not miss the log.
    let noted = note_closed(conn);
    // If others have the file open, between two reads, it stays in WAL mode, with an empty log.
    conn.batch_execute("PRAGMA busy_timeout = 500")?;
    let switched = diesel::sql_query("PRAGMA journal_mode = DELETE").get_result::<Mode>(conn);
    let is_closed = switched.is_ok_and(|mode| mode.journal_mode == "delete");
    if is_closed || !last { Ok(()) } else { noted }
}

fn write_all_back(conn: &mut SqliteConnection) -> Result<(), Error> {
    match write_back(conn, Duration::from_millis(LOCK_WAIT_MILLISECONDS))?.is_written_back() {
        true => Ok(()),
        false => Err(Error::Unavailable("another program is reading the database file".into())),
    }
}

/// Marks a file in use as closed, in the file itself. Others keep their mark: that of an unfinished copy is its
/// fingerprint.
fn note_closed(conn: &mut SqliteConnection) -> Result<(), Error> {
    if number(conn, MARK)? != AT_WORK {
        return Ok(());
    }
    conn.batch_execute(&format!("PRAGMA user_version = {CLOSED}"))?;
    write_all_back(conn)
}

/// Marks the file as in use.
pub fn note_at_work(conn: &mut SqliteConnection) -> Result<(), Error> {
    if number(conn, MARK)? != AT_WORK {
        conn.batch_execute(&format!("PRAGMA user_version = {AT_WORK}"))?;
        // The mark must be in the file itself, for readers of the file alone.
        checkpoint(conn)?;
    }
    Ok(())
}

/// Whether a file was left open and its log is missing. Reads only the header of the file, before anything opens it.
pub fn is_log_missing(file: &Path) -> Result<bool, OpenError> {
    // A server that stops between the look at the header and the look for the log has marked the file before.
    Ok(looks_left_open(file)? && looks_left_open(file)?)
}

fn looks_left_open(file: &Path) -> Result<bool, OpenError> {
    let unusable = |error: std::io::Error| OpenError::Unusable(name(file), error.to_string());
    let mut header = Vec::new();
    let opened = std::fs::File::open(file).map_err(unusable)?;
    opened.take(HEADER_BYTES).read_to_end(&mut header).map_err(unusable)?;
    Ok(is_at_work(&header) && in_log_mode(&header) && !log_of(file).exists())
}

/// The header of an SQLite file.
const HEADER_BYTES: u64 = 100;

/// The file format versions for writing and reading; 2 means write-ahead logging.
fn in_log_mode(header: &[u8]) -> bool {
    header.get(18) == Some(&2) || header.get(19) == Some(&2)
}

fn is_at_work(header: &[u8]) -> bool {
    let version = header.get(60..64).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    version.map(u32::from_be_bytes).map(i64::from) == Some(AT_WORK)
}

/// Rolls back the hot journal of a program that was killed while it changed the journal mode, which a read-only
/// connection cannot do. SQLite leaves the journal of a running program alone. The read that follows reports an
/// error.
pub fn roll_back(file: &Path) {
    let mut journal = file.as_os_str().to_owned();
    journal.push("-journal");
    if Path::new(&journal).exists()
        && let Ok(mut conn) = SqliteConnection::establish(&file.to_string_lossy())
    {
        let patience = format!("PRAGMA busy_timeout = {LOCK_WAIT_MILLISECONDS}");
        let _undone = conn.batch_execute(&format!("{patience}; SELECT count(*) FROM sqlite_schema"));
    }
}

/// The URI of a file for a connection that cannot write: it neither creates nor removes a log. If the log is missing,
/// it opens the file as immutable, so that none is created.
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// The server's way through a file: in WAL mode, at work, one change, closed.
    fn opened_and_closed(file: &Path) {
        let mut conn = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
        conn.batch_execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF").unwrap();
        note_at_work(&mut conn).unwrap();
        conn.batch_execute("CREATE TABLE IF NOT EXISTS a (b); INSERT INTO a VALUES (1)").unwrap();
        close(&mut conn, true).unwrap();
    }

    #[test]
    fn closing_marks_what_was_at_work_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bank.db");
        for (before, after) in [(AT_WORK, CLOSED), (0, 0), (CLOSED, CLOSED), (77_001, 77_001)] {
            let mut conn = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
            let opened = format!("PRAGMA journal_mode = WAL; PRAGMA user_version = {before}");
            conn.batch_execute(&opened).unwrap();
            close(&mut conn, true).unwrap();
            assert_eq!(number(&mut conn, MARK).unwrap(), after, "closed with {before}");
        }
    }

    #[test]
    fn a_log_is_not_missed_while_its_file_is_being_closed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bank.db");
        opened_and_closed(&file);
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let looks = scope.spawn(|| {
                let mut looks = 0;
                while !done.load(Ordering::SeqCst) {
                    assert!(!is_log_missing(&file).unwrap(), "look {looks}");
                    looks += 1;
                }
                looks
            });
            for _ in 0..300 {
                opened_and_closed(&file);
            }
            done.store(true, Ordering::SeqCst);
            assert!(looks.join().unwrap() > 300);
        });
    }
}

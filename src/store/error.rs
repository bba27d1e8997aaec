//! Errors below a use case.

use crate::domain::refusal::Refusal;
use std::sync::atomic::{AtomicBool, Ordering};

/// Why a use case did not succeed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// A rule refuses; the caller gets the reason in words.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The same request was refused before: the stored refusal.
    #[error("refused before: {0:?}")]
    RefusedBefore(Refusal),
    /// The queue of the writer is full: retry in a moment, with the same key.
    #[error("too many writes are waiting")]
    Busy,
    /// The bank is closed for writing: the disk failed or is full, or damage was found.
    #[error("the books are closed for writing: {0}")]
    Closed(String),
    /// The database cannot be reached, or had a transient failure. Nothing was written: retry with the same key.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The connection was lost during the commit: its outcome is unknown. A retry with the same key resolves it.
    #[error("the outcome is unknown: {0}")]
    OutcomeUnknown(String),
    /// A fault of this program or of the database. Logged, never shown.
    #[error("fault: {0}")]
    Fault(String),
}

impl Error {
    /// A stored answer that cannot be parsed; the log has its key.
    pub fn unreadable() -> Self {
        Error::Fault("the stored answer of this key cannot be read".into())
    }

    /// The underlying reason, without its consequence for the bank.
    pub fn reason(&self) -> String {
        match self {
            Error::Closed(why) | Error::Unavailable(why) | Error::OutcomeUnknown(why) | Error::Fault(why) => {
                why.clone()
            }
            Error::Refused(_) | Error::RefusedBefore(_) | Error::Busy => self.to_string(),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::Refused(refusal)
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        if is_disk_trouble(&error) {
            Error::Closed(error.to_string())
        } else if is_transient(&error) || is_locked(&error) {
            Error::Unavailable(error.to_string())
        } else {
            Error::Fault(error.to_string())
        }
    }
}

/// Whether the database could not write because of the disk (full, I/O error, read-only). diesel keeps only SQLite's
/// message, so this parses it.
pub fn is_disk_trouble(error: &diesel::result::Error) -> bool {
    let text = error.to_string();
    ["disk is full", "disk I/O error", "readonly database", "unable to open database file", "malformed"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// Whether another program has locked SQLite's file for longer than the lock wait.
pub fn is_locked(error: &diesel::result::Error) -> bool {
    error.to_string().contains("database is locked")
}

/// Whether the server's messages are English, so that errors without a code can be recognised.
static WORDS_ARE_READ: AtomicBool = AtomicBool::new(true);

/// The server's messages are not English: every failure without a code counts as transient.
#[cfg(feature = "postgres")]
pub(super) fn speaks_no_english() {
    if WORDS_ARE_READ.swap(false, Ordering::Relaxed) {
        tracing::warn!(
            "the server does not speak English: ALTER ROLE … SET lc_messages = 'C' makes its faults readable"
        );
    }
}

/// Whether a server failed in a way that a retry, or another connection, may not meet.
fn is_transient(error: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind as Kind;
    use diesel::result::Error as E;
    match error {
        E::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _)
        | E::DatabaseError(Kind::SerializationFailure | Kind::ReadOnlyTransaction, _)
        | E::BrokenTransactionManager
        | E::RollbackErrorOnCommit { .. } => true,
        // Other states of a server can be recognised only by the message.
        E::DatabaseError(Kind::Unknown, _) if !WORDS_ARE_READ.load(Ordering::Relaxed) => true,
        E::DatabaseError(Kind::Unknown, info) => {
            let text = info.message().to_lowercase();
            TRANSIENT.iter().any(|sign| text.contains(sign))
        }
        _ => false,
    }
}

const TRANSIENT: &[&str] = &[
    "deadlock detected",
    "terminating connection",
    "server closed the connection",
    "connection not open",
    "no connection to the server",
    "lost synchronization",
    "connection reset",
    "broken pipe",
    "ssl syscall",
    "ssl connection",
    "could not receive data",
    "could not send data",
    "the database system is",
    "canceling statement due to",
    "out of memory",
    "out of shared memory",
    "remaining connection slots",
    "too many clients",
    "permission denied",
    "no space left",
    "could not extend",
    "could not write",
    "could not fsync",
    "could not open file",
    "read-only transaction",
    "recovery",
    // Citus
    "failed to commit",
    "distributed deadlock",
    "connection to the remote node",
];

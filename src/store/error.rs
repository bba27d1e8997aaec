//! What can go wrong below a use case.

use crate::domain::refusal::Refusal;

/// Why a use case did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule said no: the caller is told why, in words.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The same request was refused before: the stored refusal again.
    #[error("refused before: {0:?}")]
    RefusedBefore(Refusal),
    /// The queue of writes is full: try again in a moment, with the same key.
    #[error("too many writes are waiting")]
    Busy,
    /// The books are closed for writing: the disk failed or is full, or damage was found.
    #[error("the books are closed for writing: {0}")]
    Closed(String),
    /// A fault of this program or of the database. Logged, never shown.
    #[error("fault: {0}")]
    Fault(String),
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
        } else {
            Error::Fault(error.to_string())
        }
    }
}

/// Whether the database could not write because of the disk (full, I/O error, read-only).
/// diesel keeps SQLite's message only, so it is read from that.
pub fn is_disk_trouble(error: &diesel::result::Error) -> bool {
    let text = error.to_string();
    ["disk is full", "disk I/O error", "readonly database", "unable to open database file", "malformed"]
        .iter()
        .any(|sign| text.contains(sign))
}

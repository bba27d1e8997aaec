//! State shared by the writer and its clients: whether the database can be written at the moment.

use crate::store::error::Error;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// If a batch has been running for this long, new requests do not wait for it.
const HANGING: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
pub(in crate::store) struct Shared {
    /// Whether a closed database reopens by itself.
    pub(in crate::store) recovers: bool,
    /// After a failed commit to a file nothing is written until the program is restarted; after the loss of a server,
    /// until it can be reached.
    pub(in crate::store) closed: AtomicBool,
    /// Another program has locked the file: requests are refused at once until it releases it.
    pub(in crate::store) locked: AtomicBool,
    pub(in crate::store) waiting: AtomicUsize,
    /// Batches that were committed since the start.
    pub(in crate::store) commits: AtomicU64,
    /// When the current batch was begun.
    pub(in crate::store) batch_since: Mutex<Option<Instant>>,
    /// Grows with every commit of this program that changed users, roles, organisations or sessions.
    pub(in crate::store) rights_epoch: AtomicI64,
}

impl Shared {
    /// Why no job can be submitted at the moment.
    pub(in crate::store) fn refusal(&self) -> Option<Error> {
        let hangs = self.recovers && self.hangs();
        hangs.then(|| Error::Unavailable("a batch is not answered".into())).or_else(|| self.closed())
    }

    /// A synchronous standby that is gone blocks a commit without any error.
    fn hangs(&self) -> bool {
        let since = *self.batch_since.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() > HANGING)
    }

    /// Why the database is closed for writing.
    pub(in crate::store) fn closed(&self) -> Option<Error> {
        if self.locked.load(Ordering::SeqCst) {
            return Some(Error::Unavailable("another program has locked the database file".into()));
        }
        let why = || "a write has failed before".to_owned();
        self.closed.load(Ordering::SeqCst).then(|| match self.recovers {
            true => Error::Unavailable(why()),
            false => Error::Closed(why()),
        })
    }
}

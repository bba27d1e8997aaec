//! What the writer and those who hand in work know of each other: whether anything can be written just now.

use crate::store::error::Error;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A batch that is under way for so long is not waited for by those who come.
const HANGING: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
pub(in crate::store) struct Shared {
    /// Whether a closed database opens again by itself.
    pub(in crate::store) recovers: bool,
    /// Once a commit to a file has failed nothing is written any more until the program is started again; while a
    /// server cannot be reached, until it can.
    pub(in crate::store) closed: AtomicBool,
    /// Another program has locked the file: all are told so at once until it lets go.
    pub(in crate::store) locked: AtomicBool,
    pub(in crate::store) waiting: AtomicUsize,
    /// Batches that were committed since the start.
    pub(in crate::store) commits: AtomicU64,
    /// When the batch was begun that is under way.
    pub(in crate::store) batch_since: Mutex<Option<Instant>>,
    /// Grows with every commit of this program that changed users, roles, organisations or sessions.
    pub(in crate::store) rights_epoch: AtomicI64,
}

impl Shared {
    /// Why nobody may hand in anything just now.
    pub(in crate::store) fn refusal(&self) -> Option<Error> {
        let hangs = self.recovers && self.hangs();
        hangs.then(|| Error::Unavailable("a batch is not answered".into())).or_else(|| self.closed())
    }

    /// A standby that is gone keeps a commit waiting, which is no failure that anybody would tell us.
    fn hangs(&self) -> bool {
        let since = *self.batch_since.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() > HANGING)
    }

    /// Why nothing can be written just now.
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

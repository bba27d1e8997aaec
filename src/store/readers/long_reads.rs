//! Reads that take longer than a request: verification, backups. They have connections of their own; the program ends
//! them, or waits for them, before it closes the database.

use crate::store::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
struct State {
    ending: AtomicBool,
    under_way: AtomicUsize,
}

/// Counts the running long reads.
#[derive(Clone, Debug, Default)]
pub struct LongReads(Arc<State>);

/// A running one, until it is dropped.
pub struct Turn(Arc<State>);

impl LongReads {
    /// Begins a long read; refused once the program stops.
    pub fn begin(&self) -> Result<Turn, Error> {
        self.0.under_way.fetch_add(1, Ordering::SeqCst);
        let turn = Turn(Arc::clone(&self.0));
        turn.go_on().map(|()| turn)
    }

    /// Refuses further ones, and waits until all have ended, or for `patience`.
    pub fn end(&self, patience: Duration) {
        self.0.ending.store(true, Ordering::SeqCst);
        let since = Instant::now();
        while self.0.under_way.load(Ordering::SeqCst) > 0 && since.elapsed() < patience {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Turn {
    /// Called between two steps: an error once the program stops.
    pub fn go_on(&self) -> Result<(), Error> {
        match self.0.ending.load(Ordering::SeqCst) {
            true => Err(Error::Closed("stopping".into())),
            false => Ok(()),
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

//! The writer: one thread, one connection, one queue. Whatever is waiting for a bank when it becomes free is one batch and
//! one COMMIT, so that all who wait share one fsync; a lone request is a batch of one, with no timer to wait for.
//!
//! ```text
//! submit, write ──▶ queue ──▶ batch of one bank: every command and every ordinary write that waits (at most BATCH)
//!                              BEGIN
//!                              commands: load the Book, decide in order, save what changed        phases load, decide, save
//!                              ordinary writes: each in a savepoint; a refusal takes back its own  phase write
//!                              COMMIT, then every one of them is answered                          phase commit
//! submit_rows   ──▶ queue ──▶ a batch of its own, so that «all or nothing» is one transaction
//! ```
//!
//! An error that may be due to one request (a panic, a damaged row, a statement that the server refuses) rolls the whole
//! batch back, and each request is run alone: the others get their answers. After a transient error of a PostgreSQL server
//! the batch is retried from BEGIN; a COMMIT with an unknown outcome is never retried.

pub(super) mod batch;
pub(super) mod connection;
pub mod document_rows;
pub(super) mod gate;
pub(super) mod load;
pub(super) mod phases;
pub(super) mod rows;
pub(super) mod save;
#[cfg(feature = "postgres")]
pub(super) mod sets;
pub(super) mod statement;
pub(super) mod watch;
pub(super) mod within;
mod worker;

use super::Options;
use super::connection::dialect::recovers;
use super::error::Error;
use super::tables::Tables;
use crate::clock::Clock;
use crate::domain::id::BankId;
use crate::ledger::{Command, Decision};
use batch::{Job, Ordinary, Rows};
use connection::WriterConnection;
use gate::Shared;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use tokio::sync::oneshot;
use worker::{PAUSE, Worker};

/// How often a stop is offered to a full queue, with a pause between.
const STOP_TRIES: u32 = 3_000;

/// The sending side: submits jobs to the writer and waits for their results.
#[derive(Clone, Debug)]
pub struct Writer {
    queue: SyncSender<Job>,
    shared: Arc<Shared>,
}

impl Writer {
    /// Starts the writer's thread on its connection. Of the options it uses how many requests may wait (more are
    /// refused with 503), and the length from which SQLite's log is checkpointed.
    pub fn start(
        connection: WriterConnection,
        clock: Clock,
        options: &Options,
    ) -> (Self, JoinHandle<Result<(), Error>>) {
        let (sender, receiver) = sync_channel(options.queue);
        let recovers = connection.conn.as_ref().is_some_and(recovers);
        let shared = Arc::new(Shared { recovers, ..Shared::default() });
        let mut worker = Worker {
            connection,
            clock,
            zones: HashMap::new(),
            shared: Arc::clone(&shared),
            waiting: VecDeque::new(),
            log_bytes: options.log_bytes,
            log_bytes_allowed: options.log_bytes,
            serves: options.serves,
            commit_delay: options.commit_delay,
            ordinary_writes: 0,
        };
        let thread = std::thread::spawn(move || worker.run(&receiver));
        (Writer { queue: sender, shared }, thread)
    }

    fn hand_in(&self, job: Job) -> Result<(), Error> {
        if let Some(error) = self.shared.refusal() {
            return Err(error);
        }
        self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        self.queue.try_send(job).map_err(|error| {
            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => Error::Busy,
                TrySendError::Disconnected(_) => Error::Closed("stopping".into()),
            }
        })
    }

    /// One command: decided in the next batch, answered once that is on disk.
    pub async fn submit(&self, bank: BankId, command: Command) -> Result<Decision, Error> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(Job::Command { bank, command: Box::new(command), reply })?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed("stopping".into())))
    }

    /// Many commands in one batch of their own. `whole`: all of them or none, so that a fault of one is that of all.
    pub async fn submit_rows(
        &self,
        bank: BankId,
        commands: Vec<Command>,
        whole: bool,
    ) -> Result<Rows, Error> {
        let (reply, answer) = oneshot::channel();
        self.hand_in(Job::Bulk { bank, commands, whole, reply })?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed("stopping".into())))
    }

    /// An ordinary write, in a savepoint of its own. Its value is returned after the commit.
    pub async fn write<T, F>(&self, bank: BankId, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&mut Tables<'_>) -> Result<T, Error> + Send + 'static,
    {
        let slot = Arc::new(std::sync::Mutex::new(None));
        let inner = Arc::clone(&slot);
        let run: Ordinary = Box::new(move |tables| {
            let value = run(tables)?;
            if let Ok(mut slot) = inner.lock() {
                *slot = Some(value);
            }
            Ok(())
        });
        let (reply, answer) = oneshot::channel();
        self.hand_in(Job::Ordinary { bank, run, reply })?;
        answer.await.unwrap_or_else(|_| Err(Error::Closed("stopping".into())))?;
        let value = slot.lock().ok().and_then(|mut slot| slot.take());
        value.ok_or_else(|| Error::Fault("a write ended without its value".into()))
    }

    /// How many requests wait for the writer.
    pub fn waiting(&self) -> usize {
        self.shared.waiting.load(Ordering::Relaxed)
    }

    /// How many batches were committed since the start.
    pub fn commits(&self) -> u64 {
        self.shared.commits.load(Ordering::Relaxed)
    }

    /// Why the database is closed for writing, if it is.
    pub fn closed(&self) -> Option<Error> {
        self.shared.refusal()
    }

    /// How often users, roles, organisations or sessions were changed since the start.
    pub fn rights_epoch(&self) -> i64 {
        self.shared.rights_epoch.load(Ordering::SeqCst)
    }

    /// Asks the writer to finish what is queued and end.
    pub fn stop(&self) {
        // A full queue drains: the message waits for its turn, as long as batches make progress.
        for _ in 0..STOP_TRIES {
            match self.queue.try_send(Job::Stop) {
                Err(TrySendError::Full(_)) => std::thread::sleep(PAUSE),
                Err(TrySendError::Disconnected(_)) => return,
                Ok(()) => {
                    self.shared.waiting.fetch_add(1, Ordering::Relaxed);
                    return;
                }
            }
        }
    }
}

//! The writer's thread: runs batches, commits, and handles failures.

use super::batch::{Batch, Job, OrdinaryJob, Outcome, Rows, Work};
use super::connection::{WriterConnection, has_doubled};
use super::gate::Shared;
use super::load::{self, Lock};
use super::phases::Phases;
use super::save;
use super::within::decide_all;
use crate::clock::Clock;
use crate::domain::id::BankId;
use crate::ledger::{Answer, Command, Decision};
use crate::store::connection::dialect::{answers, begin_write, lock_bank, recovers};
use crate::store::connection::{AnyConnection, close, write_back};
use crate::store::error::{Error, is_locked};
use crate::store::tables::Tables;
use chrono_tz::Tz;
use diesel::connection::TransactionManager;
use diesel::prelude::*;
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

/// Maximum number of commands of one bank in a batch.
const BATCH: usize = 1_000;
/// The length from which an idle writer checkpoints the log.
const IDLE_LOG_BYTES: u64 = 1 << 20;
/// How long a busy writer waits for the readers of older pages when it truncates a long log. If a reader takes longer
/// (a backup, another program), it tries again when the log has grown by a quarter of its usual length.
const LOG_PATIENCE: Duration = Duration::from_millis(250);
const IDLE: Duration = Duration::from_millis(100);

/// How long a batch is retried while a server cannot be reached, before its requests are refused.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often a batch is retried after transient errors of a server that answers.
const TRIES: u32 = 4;
/// The first pause before a retry; each further one is twice as long, up to the maximum.
pub(super) const PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// The writer's thread: takes what waits, runs it as one batch, commits, answers.
pub(super) struct Worker {
    pub(super) connection: WriterConnection,
    pub(super) clock: Clock,
    pub(super) zones: HashMap<BankId, Tz>,
    pub(super) shared: Arc<Shared>,
    pub(super) waiting: VecDeque<Job>,
    /// The length from which the log is checkpointed; and the same after a failed attempt.
    pub(super) log_bytes: u64,
    pub(super) log_bytes_allowed: u64,
    pub(super) serves: bool,
    pub(super) commit_delay: Duration,
    /// Since the start.
    pub(super) ordinary_writes: i64,
}

impl Worker {
    /// Works until it is stopped, then closes the database: an error says that the log is still needed.
    pub(super) fn run(&mut self, queue: &Receiver<Job>) -> Result<(), Error> {
        loop {
            if self.waiting.is_empty() {
                match queue.recv_timeout(IDLE) {
                    Ok(job) => self.waiting.push_back(job),
                    Err(RecvTimeoutError::Timeout) => {
                        self.reopen();
                        self.shorten_idle_log();
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            while self.waiting.len() < BATCH {
                let Ok(job) = queue.try_recv() else { break };
                self.waiting.push_back(job);
            }
            if !self.next_batch() {
                break;
            }
            self.shorten_long_log();
        }
        let serves = self.serves;
        self.connection.conn.as_mut().map_or(Ok(()), |conn| close(conn, serves))
    }

    /// When idle: checkpoints and truncates the log, if no reader needs it.
    fn shorten_idle_log(&mut self) {
        if self.connection.log_bytes() > IDLE_LOG_BYTES {
            self.write_log_back(Duration::ZERO);
        }
    }

    /// Between two batches: checkpoints and truncates a long log.
    fn shorten_long_log(&mut self) {
        let length = self.connection.log_bytes();
        if length > self.log_bytes_allowed && !self.write_log_back(LOG_PATIENCE) {
            self.log_bytes_allowed = length.saturating_add(self.log_bytes / 4);
        }
    }

    /// Checkpoints the log; returns whether it is empty.
    fn write_log_back(&mut self, patience: Duration) -> bool {
        let Some(conn) = self.connection.conn.as_mut() else { return true };
        match write_back(conn, patience) {
            Ok(true) => self.log_bytes_allowed = self.log_bytes,
            Ok(false) => return false,
            // What is acknowledged is in the log: it is checkpointed later.
            Err(error) => {
                let why = error.reason();
                tracing::warn!(
                    why,
                    "the log could not be written back into the database file; it goes on growing"
                );
                return false;
            }
        }
        true
    }

    /// Reopens the connection to a server that was unreachable.
    fn reopen(&mut self) {
        if self.shared.locked.load(Ordering::SeqCst)
            && let Some(conn) = self.connection.conn.as_mut()
            && begin_write(conn).is_ok()
            && AnyConnection::rollback_transaction(conn).is_ok()
        {
            self.shared.locked.store(false, Ordering::SeqCst);
            tracing::info!("the database file can be written again");
        }
        if self.connection.conn.is_none() && self.connection.open().is_ok() {
            self.shared.closed.store(false, Ordering::SeqCst);
            tracing::info!("the database can be reached again");
        }
    }

    /// Runs the next job together with the jobs of the same kind behind it. Returns `false` on `Stop`.
    fn next_batch(&mut self) -> bool {
        self.note_batch(Some(Instant::now()));
        let goes_on = self.run_batch();
        self.note_batch(None);
        goes_on
    }

    fn note_batch(&self, since: Option<Instant>) {
        *self.shared.batch_since.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    fn run_batch(&mut self) -> bool {
        let Some(first) = self.waiting.pop_front() else { return true };
        self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
        let mut batch = match first {
            Job::Stop => return false,
            Job::Bulk { bank, commands, whole, reply } => {
                let answer = self.bulk(bank, &commands, whole);
                let _ = reply.send(answer);
                return true;
            }
            Job::Command { bank, .. } | Job::Ordinary { bank, .. } => Batch::new(bank, first),
        };
        let waiting = std::mem::take(&mut self.waiting);
        let before = waiting.len();
        self.waiting = waiting.into_iter().filter_map(|job| batch.add(job)).collect();
        self.shared.waiting.fetch_sub(before.saturating_sub(self.waiting.len()), Ordering::Relaxed);
        self.answer(batch);
        true
    }

    /// Runs a batch; retries it from its first statement after transient errors of a server.
    fn persist<T>(
        &mut self,
        tries: u32,
        mut run: impl FnMut(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let (mut pause, mut tried) = (PAUSE, 1);
        loop {
            let why = match run(self) {
                Err(Error::Unavailable(why)) => why,
                done => return done,
            };
            if self.shared.locked.load(Ordering::SeqCst) {
                tracing::warn!(why, "another program has locked the database file");
                return Err(Error::Unavailable(why));
            }
            let lost = self.connection.conn.is_none();
            let over = if lost { started.elapsed() >= PATIENCE } else { tried >= tries };
            if over {
                if lost {
                    self.shared.closed.store(true, Ordering::SeqCst);
                }
                tracing::error!(why, "the database is not available");
                return Err(Error::Unavailable(why));
            }
            tracing::warn!(why, tried, "a batch is tried again");
            metrics::counter!("jianxian_batch_retries_total").increment(1);
            std::thread::sleep(pause);
            pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            tried += 1;
        }
    }

    /// The time zone of a bank; it never changes.
    fn zone(&mut self, bank: BankId) -> Result<Tz, Error> {
        if let Some(zone) = self.zones.get(&bank) {
            return Ok(*zone);
        }
        let zone = crate::store::tables::zone_of(self.connection.open()?, bank)?;
        self.zones.insert(bank, zone);
        Ok(zone)
    }

    /// Begins a transaction. A connection that was lost since the last batch is reopened.
    fn begin(&mut self) -> Result<(), Error> {
        let conn = self.connection.open()?;
        let Err(error) = begin_write(conn) else { return Ok(()) };
        if is_locked(&error) {
            // The requests behind this batch have waited as long: they are refused at once.
            self.shared.locked.store(true, Ordering::SeqCst);
            return Err(Error::Unavailable(error.to_string()));
        }
        if !recovers(conn) {
            return Err(error.into());
        }
        self.connection.conn = None;
        Ok(begin_write(self.connection.open()?)?)
    }

    fn attempt(&mut self, mut work: Work<'_>) -> Result<Outcome, Error> {
        self.refuse_if_closed()?;
        self.persist(work.tries, |desk| desk.batch(&mut work))
    }

    /// Load, decide, save; then the ordinary writes, each in a savepoint of its own; commit.
    fn batch(&mut self, work: &mut Work<'_>) -> Result<Outcome, Error> {
        let Work { bank, commands, whole, ref mut writes, .. } = *work;
        let mut phases = Phases::start(commands.len(), writes.len());
        self.begin()?;
        let done = catch_unwind(AssertUnwindSafe(|| {
            let mut outcome = Outcome::default();
            if !commands.is_empty() {
                self.run_commands(bank, commands, whole, &mut phases, &mut outcome)?;
            }
            if !writes.is_empty() {
                self.run_writes(bank, writes, commands.is_empty(), &mut outcome)?;
            }
            phases.written();
            Ok(outcome)
        }))
        .unwrap_or_else(|panic| Err(Error::Fault(panic_text(panic.as_ref()))));
        let outcome = done.map_err(|error| self.give_up(error))?;
        self.commit()?;
        phases.committed();
        if outcome.rights_changed {
            self.shared.rights_epoch.fetch_add(1, Ordering::SeqCst);
        }
        let before = self.ordinary_writes;
        self.ordinary_writes = before.saturating_add(i64::try_from(writes.len()).unwrap_or(i64::MAX));
        if has_doubled(before, self.ordinary_writes) || has_doubled(outcome.heads.0, outcome.heads.1) {
            self.connection.analyze();
        }
        Ok(outcome)
    }

    fn run_commands(
        &mut self,
        bank: BankId,
        commands: &[Command],
        whole: bool,
        phases: &mut Phases,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let zone = self.zone(bank)?;
        let now = self.clock.now();
        let conn = self.connection.open()?;
        let mut book = load::book(conn, bank, zone, now, commands, Lock::Yes)?;
        phases.loaded();
        let before = book.head.number;
        let mark = book.mark();
        outcome.decisions = decide_all(conn, &mut book, commands)?;
        if whole && outcome.decisions.iter().any(|d| matches!(d.answer, Answer::Refused(_))) {
            book.roll_back(mark);
        }
        phases.decided();
        save::book(conn, &book, before)?;
        phases.saved();
        outcome.heads = (before, book.head.number);
        Ok(())
    }

    fn run_writes(
        &mut self,
        bank: BankId,
        writes: &mut [OrdinaryJob],
        lock: bool,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let zone = self.zone(bank)?;
        let now = self.clock.now();
        let conn = self.connection.open()?;
        if lock {
            lock_bank(conn, bank)?;
        }
        for (run, _) in writes.iter_mut() {
            let answer = conn.transaction(|conn| {
                let mut tables = Tables::new(conn, bank, zone, now);
                run(&mut tables)?;
                outcome.rights_changed |= tables.have_rights_changed();
                Ok(())
            });
            match answer {
                Err(error @ (Error::Closed(_) | Error::Unavailable(_))) => return Err(error),
                Err(error @ Error::Fault(_)) => {
                    tracing::error!(%error, "a write failed");
                    outcome.written.push(Err(error));
                }
                answer => outcome.written.push(answer),
            }
        }
        if outcome.rights_changed {
            crate::store::banks::advance_rights_epoch(conn, bank)?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Error> {
        if !self.commit_delay.is_zero() {
            std::thread::sleep(self.commit_delay);
        }
        let conn = self.connection.open()?;
        let Err(error) = AnyConnection::commit_transaction(conn) else {
            self.shared.commits.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("jianxian_commits_total").increment(1);
            return Ok(());
        };
        if recovers(conn) {
            // If the server still answers, it has refused: nothing was committed. If it is gone, it may have
            // committed without saying so.
            let refused = answers(conn);
            self.connection.conn = None;
            tracing::error!(%error, refused, "a commit failed");
            return Err(match refused {
                true => Error::Unavailable(error.to_string()),
                false => Error::OutcomeUnknown(error.to_string()),
            });
        }
        // After a failed commit the state on disk is unknown: a failed fsync is never retried.
        self.shared.closed.store(true, Ordering::SeqCst);
        tracing::error!(%error, "commit failed: the books are closed for writing until the program is restarted");
        let _ = AnyConnection::rollback_transaction(conn);
        Err(Error::Closed(error.to_string()))
    }

    /// Rolls back. Returns the error to report: the loss of a connection is not a fault of the batch.
    fn give_up(&mut self, error: Error) -> Error {
        tracing::error!(%error, "a batch was rolled back");
        let Some(conn) = self.connection.conn.as_mut() else { return error };
        // A panic may have left savepoints open: roll back until no transaction is left.
        while let Ok(Some(_)) = AnyConnection::transaction_manager_status_mut(conn).transaction_depth() {
            if let Err(rollback) = AnyConnection::rollback_transaction(conn) {
                if recovers(conn) {
                    break;
                }
                self.shared.closed.store(true, Ordering::SeqCst);
                tracing::error!(error = %rollback, "rollback failed: the books are closed for writing");
                return error;
            }
        }
        // A read-only server was a primary before a failover: the next connection finds the new one.
        if recovers(conn) && (!answers(conn) || error.to_string().contains("read-only")) {
            self.connection.conn = None;
            return Error::Unavailable(error.to_string());
        }
        error
    }

    fn bulk(&mut self, bank: BankId, commands: &[Command], whole: bool) -> Result<Rows, Error> {
        match self.attempt(Work { bank, commands, whole, writes: &mut [], tries: TRIES }) {
            Ok(outcome) => Ok(outcome.decisions.into_iter().map(Ok).collect()),
            Err(Error::Fault(_)) if !whole => {
                Ok(commands.iter().map(|command| self.command_alone(bank, command)).collect())
            }
            Err(error) => Err(error),
        }
    }

    fn command_alone(&mut self, bank: BankId, command: &Command) -> Result<Decision, Error> {
        let commands = std::slice::from_ref(command);
        let mut outcome = self.attempt(Work { bank, commands, whole: false, writes: &mut [], tries: 1 })?;
        outcome.decisions.pop().ok_or_else(|| Error::Fault("a batch of one had no answer".into()))
    }

    fn write_alone(&mut self, bank: BankId, write: &mut OrdinaryJob) -> Result<(), Error> {
        let writes = std::slice::from_mut(write);
        let mut outcome = self.attempt(Work { bank, commands: &[], whole: false, writes, tries: 1 })?;
        outcome.written.pop().unwrap_or_else(|| Err(Error::Fault("a write had no answer".into())))
    }

    /// Whether an error may be due to one request of a batch, and not to the database as a whole: a fault, a damaged
    /// row, a statement that the server refuses. Running each request alone shows it.
    fn may_be_due_to_one(&self, error: &Error) -> bool {
        let works = self.connection.conn.is_some() && self.shared.closed().is_none();
        matches!(error, Error::Fault(_)) || matches!(error, Error::Closed(_) | Error::Unavailable(_)) && works
    }

    fn refuse_if_closed(&self) -> Result<(), Error> {
        self.shared.closed().map_or(Ok(()), Err)
    }

    /// Runs a batch and answers every request in it.
    fn answer(&mut self, batch: Batch) {
        let Batch { bank, commands, replies, mut writes } = batch;
        let work = Work { bank, commands: &commands, whole: false, writes: &mut writes, tries: TRIES };
        match self.attempt(work) {
            Ok(outcome) => {
                for (reply, decision) in replies.into_iter().zip(outcome.decisions) {
                    let _ = reply.send(Ok(decision));
                }
                for ((_, reply), answer) in writes.into_iter().zip(outcome.written) {
                    let _ = reply.send(answer);
                }
            }
            Err(error)
                if commands.len().saturating_add(writes.len()) > 1 && self.may_be_due_to_one(&error) =>
            {
                // Run them one by one, so that the others get their answers.
                for (reply, command) in replies.into_iter().zip(&commands) {
                    let _ = reply.send(self.command_alone(bank, command));
                }
                for mut write in writes {
                    let answer = self.write_alone(bank, &mut write);
                    let _ = write.1.send(answer);
                }
            }
            Err(error) => {
                for reply in replies {
                    let _ = reply.send(Err(error.clone()));
                }
                for (_, reply) in writes {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words").to_owned()
}

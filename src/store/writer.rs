//! The writer: one thread, one connection, one queue. Whatever is waiting when it becomes free is one batch and one
//! COMMIT, so that all who wait share one fsync; a lone request is a batch of one, with no timer to wait for.

use super::connection::checkpoint;
use super::error::Error;
use super::tables::Tables;
use super::{load, save};
use crate::clock::Clock;
use crate::domain::id::BankId;
use crate::ledger::{Answer, Command, Decision, decide};
use chrono_tz::Tz;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::Duration;
use tokio::sync::oneshot;

type Transactions = AnsiTransactionManager;
/// An ordinary write: moves no value. It may be run again from the start, so it must not keep anything of a first run.
type Ordinary = Box<dyn FnMut(&mut Tables<'_>) -> Result<(), Error> + Send>;

/// What came of each command of a bulk, in order: a fault of one is its own.
pub type Rows = Vec<Result<Decision, Error>>;

type OrdinaryJob = (BankId, Ordinary, oneshot::Sender<Result<(), Error>>);

/// At most this many commands of one bank share a batch.
const BATCH: usize = 1_000;
/// Pages written since the last checkpoint, by a rough count, after which an idle writer makes one, and after which a
/// busy one must: every read searches the log before the file.
const CHECKPOINT_IDLE_PAGES: usize = 256;
const CHECKPOINT_BUSY_PAGES: usize = 32_768;
/// What a commit writes even for one row: the leaves and branches of the tables and indexes that it touches.
const PAGES_A_COMMIT: usize = 12;
const ROWS_A_PAGE: usize = 4;
const IDLE: Duration = Duration::from_millis(100);

enum Job {
    Command { bank: BankId, command: Box<Command>, reply: oneshot::Sender<Result<Decision, Error>> },
    Bulk { bank: BankId, commands: Vec<Command>, whole: bool, reply: oneshot::Sender<Result<Rows, Error>> },
    Ordinary { bank: BankId, run: Ordinary, reply: oneshot::Sender<Result<(), Error>> },
    Stop,
}

/// The sending side: hands work to the writer and waits for what came of it.
#[derive(Clone, Debug)]
pub struct Writer {
    queue: SyncSender<Job>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Once a commit has failed nothing is written any more until the program is started again.
    closed: AtomicBool,
    waiting: AtomicUsize,
    /// Grows with every commit that changed users, roles, organisations or sessions.
    rights_epoch: AtomicU64,
}

impl Writer {
    /// Starts the writer's thread on its connection. `queue` is how many requests may wait; more are told to come
    /// back (503).
    pub fn start(conn: SqliteConnection, clock: Clock, queue: usize) -> (Self, std::thread::JoinHandle<()>) {
        let (sender, receiver) = sync_channel(queue);
        let shared = Arc::new(Shared::default());
        let mut desk = Desk {
            conn,
            clock,
            zones: HashMap::new(),
            shared: Arc::clone(&shared),
            waiting: VecDeque::new(),
            unsaved_pages: 0,
        };
        let thread = std::thread::spawn(move || desk.run(&receiver));
        (Writer { queue: sender, shared }, thread)
    }

    fn hand_in(&self, job: Job) -> Result<(), Error> {
        if self.shared.closed.load(Ordering::SeqCst) {
            return Err(Error::Closed("a write has failed before".into()));
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

    /// An ordinary write, in a savepoint of its own. Its value is handed out after the commit.
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

    /// Whether writing has been stopped by a failed commit.
    pub fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::SeqCst)
    }

    /// How often users, roles, organisations or sessions were changed since the start.
    pub fn rights_epoch(&self) -> u64 {
        self.shared.rights_epoch.load(Ordering::SeqCst)
    }

    /// Asks the writer to finish what is queued and end.
    pub fn stop(&self) {
        // A full queue drains: the blocking send waits for its turn.
        if self.queue.send(Job::Stop).is_ok() {
            self.shared.waiting.fetch_add(1, Ordering::Relaxed);
        }
    }
}

struct Desk {
    conn: SqliteConnection,
    clock: Clock,
    zones: HashMap<BankId, Tz>,
    shared: Arc<Shared>,
    waiting: VecDeque<Job>,
    unsaved_pages: usize,
}

impl Desk {
    fn run(&mut self, queue: &Receiver<Job>) {
        loop {
            if self.waiting.is_empty() {
                match queue.recv_timeout(IDLE) {
                    Ok(job) => self.waiting.push_back(job),
                    Err(RecvTimeoutError::Timeout) => {
                        self.checkpoint_beyond(CHECKPOINT_IDLE_PAGES);
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
            self.checkpoint_beyond(CHECKPOINT_BUSY_PAGES);
        }
        self.checkpoint_beyond(0);
    }

    fn checkpoint_beyond(&mut self, pages: usize) {
        if self.unsaved_pages > pages {
            if let Err(error) = checkpoint(&mut self.conn) {
                tracing::warn!(%error, "checkpoint failed");
            }
            self.unsaved_pages = 0;
        }
    }

    fn note_pages(&mut self, rows: usize) {
        let pages = (rows / ROWS_A_PAGE).saturating_add(PAGES_A_COMMIT);
        self.unsaved_pages = self.unsaved_pages.saturating_add(pages);
    }

    /// Runs what stands first in the queue, together with its like right behind it. False: time to stop.
    fn next_batch(&mut self) -> bool {
        let Some(first) = self.waiting.pop_front() else { return true };
        self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
        match first {
            Job::Stop => return false,
            Job::Bulk { bank, commands, whole, reply } => {
                let answer = self.bulk(bank, &commands, whole);
                let _ = reply.send(answer);
            }
            Job::Command { bank, command, reply } => {
                let (mut commands, mut replies) = (vec![*command], vec![reply]);
                while commands.len() < BATCH {
                    match self.waiting.pop_front() {
                        Some(Job::Command { bank: other, command, reply }) if other == bank => {
                            self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
                            commands.push(*command);
                            replies.push(reply);
                        }
                        Some(other) => {
                            self.waiting.push_front(other);
                            break;
                        }
                        None => break,
                    }
                }
                self.commands(bank, &commands, replies);
            }
            Job::Ordinary { bank, run, reply } => {
                let mut runs = vec![(bank, run, reply)];
                while let Some(Job::Ordinary { .. }) = self.waiting.front() {
                    if let Some(Job::Ordinary { bank, run, reply }) = self.waiting.pop_front() {
                        self.shared.waiting.fetch_sub(1, Ordering::Relaxed);
                        runs.push((bank, run, reply));
                    }
                }
                self.ordinary(runs);
            }
        }
        true
    }

    fn zone(&mut self, bank: BankId) -> Result<Tz, Error> {
        if let Some(zone) = self.zones.get(&bank) {
            return Ok(*zone);
        }
        let zone = super::tables::zone_of(&mut self.conn, bank)?;
        self.zones.insert(bank, zone);
        Ok(zone)
    }

    /// Load, decide, save, commit.
    fn attempt(&mut self, bank: BankId, commands: &[Command], whole: bool) -> Result<Vec<Decision>, Error> {
        let zone = self.zone(bank)?;
        let started = std::time::Instant::now();
        Transactions::begin_transaction_sql(&mut self.conn, "BEGIN IMMEDIATE")?;
        let decided = catch_unwind(AssertUnwindSafe(|| {
            let mut book = load::book(&mut self.conn, bank, zone, self.clock.now(), commands)?;
            let before = book.head.number;
            let mark = book.mark();
            let decisions: Vec<Decision> =
                commands.iter().map(|command| decide(&mut book, command)).collect();
            if whole && decisions.iter().any(|d| matches!(d.answer, Answer::Refused(_))) {
                book.roll_back(mark);
            }
            let rows = save::book(&mut self.conn, &book, before)?;
            Ok((decisions, rows))
        }))
        .unwrap_or_else(|panic| Err(Error::Fault(panic_text(panic.as_ref()))));
        match decided {
            Ok((decisions, rows)) => {
                self.commit()?;
                self.note_pages(rows);
                record_batch(commands.len(), started.elapsed());
                Ok(decisions)
            }
            Err(error) => {
                self.give_up(&error);
                Err(error)
            }
        }
    }

    fn commit(&mut self) -> Result<(), Error> {
        Transactions::commit_transaction(&mut self.conn).map_err(|error| {
            // After a failed commit the state on disk is unknown: a failed fsync is never tried again.
            self.shared.closed.store(true, Ordering::SeqCst);
            tracing::error!(%error, "commit failed: the books are closed for writing until the program is restarted");
            let _ = Transactions::rollback_transaction(&mut self.conn);
            Error::Closed(error.to_string())
        })
    }

    fn give_up(&mut self, error: &Error) {
        // A panic may have left savepoints open: roll back until no transaction is left.
        while let Ok(Some(_)) =
            Transactions::transaction_manager_status_mut(&mut self.conn).transaction_depth()
        {
            if let Err(rollback) = Transactions::rollback_transaction(&mut self.conn) {
                self.shared.closed.store(true, Ordering::SeqCst);
                tracing::error!(error = %rollback, "rollback failed: the books are closed for writing");
                break;
            }
        }
        tracing::error!(%error, "a batch was rolled back");
    }

    fn bulk(&mut self, bank: BankId, commands: &[Command], whole: bool) -> Result<Rows, Error> {
        self.refuse_if_closed()?;
        match self.attempt(bank, commands, whole) {
            Ok(decisions) => Ok(decisions.into_iter().map(Ok).collect()),
            Err(Error::Fault(_)) if !whole => {
                Ok(commands.iter().map(|command| self.alone(bank, command)).collect())
            }
            Err(error) => Err(error),
        }
    }

    /// A batch of one.
    fn alone(&mut self, bank: BankId, command: &Command) -> Result<Decision, Error> {
        self.refuse_if_closed()?;
        let mut one = self.attempt(bank, std::slice::from_ref(command), false)?;
        one.pop().ok_or_else(|| Error::Fault("a batch of one had no answer".into()))
    }

    fn refuse_if_closed(&self) -> Result<(), Error> {
        match self.shared.closed.load(Ordering::SeqCst) {
            true => Err(Error::Closed("a write has failed before".into())),
            false => Ok(()),
        }
    }

    fn commands(
        &mut self,
        bank: BankId,
        commands: &[Command],
        replies: Vec<oneshot::Sender<Result<Decision, Error>>>,
    ) {
        let answer = self.refuse_if_closed().and_then(|()| self.attempt(bank, commands, false));
        match answer {
            Ok(decisions) => {
                for (reply, decision) in replies.into_iter().zip(decisions) {
                    let _ = reply.send(Ok(decision));
                }
            }
            Err(Error::Fault(_)) if commands.len() > 1 => {
                // One of them is the culprit: run them one by one, so that the others get their answers.
                for (reply, command) in replies.into_iter().zip(commands) {
                    let _ = reply.send(self.alone(bank, command));
                }
            }
            Err(error) => {
                for reply in replies {
                    let _ = reply.send(Err(again(&error)));
                }
            }
        }
    }

    fn ordinary(&mut self, mut runs: Vec<OrdinaryJob>) {
        let result = self.refuse_if_closed().and_then(|()| self.run_ordinary(&mut runs));
        match result {
            Ok(answers) => {
                for ((_, _, reply), answer) in runs.into_iter().zip(answers) {
                    let _ = reply.send(answer);
                }
            }
            Err(Error::Fault(_)) if runs.len() > 1 => {
                // One of them is the culprit: run them one by one, so that the others get their answers.
                for mut run in runs {
                    let ran = self
                        .refuse_if_closed()
                        .and_then(|()| self.run_ordinary(std::slice::from_mut(&mut run)));
                    let answer = ran.and_then(|mut one| {
                        one.pop().unwrap_or_else(|| Err(Error::Fault("a write had no answer".into())))
                    });
                    let _ = run.2.send(answer);
                }
            }
            Err(error) => {
                for (_, _, reply) in runs {
                    let _ = reply.send(Err(again(&error)));
                }
            }
        }
    }

    fn run_ordinary(&mut self, runs: &mut [OrdinaryJob]) -> Result<Vec<Result<(), Error>>, Error> {
        let now = self.clock.now();
        let zones: Vec<_> = runs.iter().map(|(bank, _, _)| self.zone(*bank)).collect();
        Transactions::begin_transaction_sql(&mut self.conn, "BEGIN IMMEDIATE")?;
        let mut answers = Vec::with_capacity(runs.len());
        let mut rights_changed = false;
        for ((bank, run, _), zone) in runs.iter_mut().zip(zones) {
            let zone = match zone {
                Ok(zone) => zone,
                Err(error) => {
                    answers.push(Err(error));
                    continue;
                }
            };
            let ran = catch_unwind(AssertUnwindSafe(|| {
                self.conn.transaction(|conn| {
                    let mut tables = Tables::new(conn, *bank, zone, now);
                    run(&mut tables)?;
                    rights_changed |= tables.have_rights_changed();
                    Ok(())
                })
            }));
            let answer = match ran {
                Ok(answer) => answer,
                Err(panic) => {
                    let error = Error::Fault(panic_text(panic.as_ref()));
                    self.give_up(&error);
                    return Err(error);
                }
            };
            if let Err(error @ Error::Closed(_)) = answer {
                self.give_up(&error);
                return Err(error);
            }
            if let Err(error @ Error::Fault(_)) = &answer {
                tracing::error!(%error, "a write failed");
            }
            answers.push(answer);
        }
        self.commit()?;
        if rights_changed {
            self.shared.rights_epoch.fetch_add(1, Ordering::SeqCst);
        }
        self.note_pages(runs.len().saturating_mul(2));
        Ok(answers)
    }
}

/// The same trouble, for each who waited.
fn again(error: &Error) -> Error {
    match error {
        Error::Refused(refusal) => Error::Refused(refusal.clone()),
        Error::RefusedBefore(refusal) => Error::RefusedBefore(refusal.clone()),
        Error::Busy => Error::Busy,
        Error::Closed(why) => Error::Closed(why.clone()),
        Error::Fault(why) => Error::Fault(why.clone()),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words").to_owned()
}

fn record_batch(commands: usize, took: Duration) {
    metrics::histogram!("jianxian_batch_commands")
        .record(f64::from(u32::try_from(commands).unwrap_or(u32::MAX)));
    metrics::histogram!("jianxian_batch_seconds").record(took.as_secs_f64());
}

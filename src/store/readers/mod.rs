//! The readers: a few threads, each with a connection that cannot write, and one queue for all. A read needs neither
//! a thread of its own nor a pool, and its statements stay prepared. A snapshot serves all reads that were queued
//! before it was taken: under load they share its two round trips to the server, and every read sees everything that
//! was committed when it was requested.

pub mod lists;
pub(super) mod long_reads;
mod many;
pub(super) mod on_days;
pub mod seen;
pub(super) mod under;
mod waiting;

use super::connection::dialect::{answers, recovers};
use super::connection::{AnyConnection, Database, OpenError, Use};
use super::error::Error;
use super::tables::zone_of;
use crate::domain::id::BankId;
use crate::store::connection::slow;
use chrono_tz::Tz;
use diesel::connection::TransactionManager;
use std::any::Any;
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// A connection that cannot write, and cached properties of its banks.
pub struct Reader {
    /// `None`: a server that cannot be reached at the moment.
    conn: Option<AnyConnection>,
    /// Until when no reader tries to reach a server that was unreachable.
    retry_at: RetryAt,
    /// How long that lasts.
    pause: Duration,
    database: Arc<Database>,
    zones: HashMap<BankId, Tz>,
    /// The open snapshot, kept for the next read.
    snapshot: Option<Snapshot>,
    /// How many reads had been requested when the current one was begun.
    asked: u64,
    /// How many statements the reads of all readers have taken.
    statements: Arc<AtomicU64>,
}

/// A snapshot that was begun.
#[derive(Clone, Copy)]
struct Snapshot {
    begun: Instant,
    /// Reads with smaller numbers were requested before it and may use it.
    below: u64,
}

/// The maximum age of a reused snapshot: SQLite cannot checkpoint while one is open.
const OLDEST_SNAPSHOT: Duration = Duration::from_millis(50);

/// The value of a read, of whatever type. A read is generic only at its two ends, where its closure is boxed and its
/// value taken out again: what is between them is compiled once, not once for each read.
pub type Value = Box<dyn Any + Send>;

/// A read inside a snapshot, with the time zone of its bank.
pub type SnapshotRead = Box<dyn FnOnce(&mut AnyConnection, Tz) -> Result<Value, Error> + Send>;

/// Boxes the value of a read.
pub fn boxed<T: Send + 'static>(value: T) -> Value {
    Box::new(value)
}

/// Takes the value of a read out of its box.
pub fn unboxed<T: 'static>(value: Value) -> Result<T, Error> {
    let value = value.downcast().map_err(|_| Error::Fault("a read answered with another type".into()))?;
    Ok(*value)
}

/// The result of offering a read to a replica.
pub enum Offered {
    /// The result, and the replica's last entry.
    Answered(Result<Value, Error>, i64),
    /// The replica is behind, or cannot be reached: the read, not yet run.
    Declined(SnapshotRead),
}

impl Reader {
    pub fn open(database: &Arc<Database>) -> Result<Self, OpenError> {
        let conn = database.connect(Use::Read)?;
        Ok(Reader { conn: Some(conn), ..Reader::without_connection(database) })
    }

    /// A reader that opens its connection when it is first needed.
    fn without_connection(database: &Arc<Database>) -> Self {
        Reader {
            conn: None,
            retry_at: Arc::default(),
            pause: RECONNECT,
            database: Arc::clone(database),
            zones: HashMap::new(),
            snapshot: None,
            asked: 0,
            statements: Arc::default(),
        }
    }

    /// The connection; a lost one is reopened, with pauses.
    fn open_again(&mut self) -> Result<&mut AnyConnection, Error> {
        if self.conn.is_none() {
            if is_backing_off(&self.retry_at) {
                return Err(Error::Unavailable("no connection for reading".into()));
            }
            match self.database.connect(Use::Read) {
                Ok(conn) => self.conn = Some(conn),
                Err(error) => {
                    let until = Instant::now().checked_add(self.pause);
                    *self.retry_at.lock().unwrap_or_else(PoisonError::into_inner) = until;
                    return Err(Error::Unavailable(error.to_string()));
                }
            }
        }
        self.conn.as_mut().ok_or_else(|| Error::Unavailable("no connection for reading".into()))
    }

    /// Whether the open snapshot has everything that was committed when a read was requested.
    fn may_show(&self, read: u64) -> bool {
        self.snapshot.is_some_and(|open| read < open.below && open.begun.elapsed() < OLDEST_SNAPSHOT)
    }

    /// Closes the open snapshot.
    fn rest(&mut self) {
        let open = self.snapshot.take();
        let Some(conn) = self.conn.as_mut().filter(|_| open.is_some()) else { return };
        if let Err(error) = AnyConnection::commit_transaction(conn) {
            tracing::warn!(%error, "a reader's snapshot could not be ended");
            self.conn = None;
        }
    }

    /// The connection with a snapshot begun.
    fn begun(&mut self) -> Result<&mut AnyConnection, Error> {
        if self.snapshot.is_some() {
            return self.open_again();
        }
        let taken = Snapshot { begun: Instant::now(), below: self.asked };
        if let Err(error) = AnyConnection::begin_transaction(self.open_again()?) {
            if self.conn.as_ref().is_none_or(|conn| !recovers(conn)) {
                return Err(error.into());
            }
            self.conn = None;
            AnyConnection::begin_transaction(self.open_again()?)?;
        }
        self.snapshot = Some(taken);
        self.open_again()
    }

    /// Reads from a replica, if it has the bank at least up to an entry.
    pub fn offer(&mut self, bank: BankId, least: i64, run: SnapshotRead) -> Offered {
        let known = self.zones.get(&bank).copied();
        let found = self.begun().and_then(|conn| {
            let zone = known.map_or_else(|| zone_of(conn, bank), Ok)?;
            Ok((zone, super::writer::load::head(conn, bank)?.number))
        });
        match found {
            Ok((zone, number)) if number >= least => {
                self.zones.insert(bank, zone);
                Offered::Answered(self.ended(|conn| run(conn, zone)), number)
            }
            found => {
                let _declined: Result<(), Error> = self.ended(|_| found.map(drop));
                Offered::Declined(run)
            }
        }
    }

    /// Reads in one snapshot, with the time zone of a bank, which never changes.
    pub fn snapshot<T>(
        &mut self,
        bank: BankId,
        run: impl FnOnce(&mut AnyConnection, Tz) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let Some(zone) = self.zones.get(&bank).copied() {
            return self.look(|conn| run(conn, zone));
        }
        let (zone, value) = self.look(|conn| {
            let zone = zone_of(conn, bank)?;
            Ok((zone, run(conn, zone)?))
        })?;
        self.zones.insert(bank, zone);
        Ok(value)
    }

    /// Reads with one statement, which is a snapshot by itself: two round trips less.
    pub fn look_at_once<T>(
        &mut self,
        run: impl Fn(&mut AnyConnection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let conn = self.open_again()?;
        match run(conn) {
            Err(_) if recovers(conn) && !answers(conn) => {
                self.conn = None;
                run(self.open_again()?)
            }
            done => done,
        }
    }

    /// Reads in one snapshot. A connection that was lost before the snapshot began is reopened.
    pub fn look<T>(&mut self, run: impl FnOnce(&mut AnyConnection) -> Result<T, Error>) -> Result<T, Error> {
        self.begun()?;
        self.ended(run)
    }

    /// Runs a read in the open snapshot, which is discarded if the read fails.
    fn ended<T>(&mut self, run: impl FnOnce(&mut AnyConnection) -> Result<T, Error>) -> Result<T, Error> {
        let (mut run, mut value) = (Some(run), None);
        self.run_in_snapshot(&mut |conn| {
            value = run.take().map(|run| run(conn)).transpose()?;
            Ok(())
        })?;
        value.ok_or_else(|| Error::Fault("a read ended without its value".into()))
    }

    fn run_in_snapshot(
        &mut self,
        run: &mut dyn FnMut(&mut AnyConnection) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some(conn) = self.conn.as_mut() else {
            return Err(Error::Unavailable("no connection for reading".into()));
        };
        let before = slow::statements();
        let outcome = run(conn);
        self.statements.fetch_add(slow::statements().wrapping_sub(before), Ordering::Relaxed);
        let Err(error) = outcome else { return Ok(()) };
        self.snapshot = None;
        if let Err(rollback) = AnyConnection::rollback_transaction(conn)
            && recovers(conn)
        {
            tracing::warn!(error = %rollback, "a reader lost its connection");
            self.conn = None;
            return Err(Error::Unavailable(error.to_string()));
        }
        Err(error)
    }
}

/// Until when a server is not contacted.
type RetryAt = Arc<Mutex<Option<Instant>>>;

/// Whether a server was unreachable a moment ago.
fn is_backing_off(retry_at: &RetryAt) -> bool {
    retry_at.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| Instant::now() < until)
}

/// A read as it waits in the queue.
type Read = Box<dyn FnOnce(&mut Reader) -> Result<Value, Error> + Send>;

/// A waiting read, and where its answer goes.
struct Job {
    read: Read,
    reply: oneshot::Sender<Result<Value, Error>>,
}

impl Job {
    /// Runs the read, or refuses it with the error why there is no connection. A caller that is gone misses its answer.
    fn run(self, reader: Result<&mut Reader, Error>) {
        let _gone = self.reply.send(reader.and_then(self.read));
    }
}

/// How long an unreachable server is not contacted; a replica longer, because the database itself answers for it, and
/// finding a frozen replica costs a request its timeout.
const RECONNECT: Duration = Duration::from_secs(1);
const REPLICA_RECONNECT: Duration = Duration::from_secs(10);

/// How long a reader waits before it tries again to open its connection.
const PAUSE: Duration = Duration::from_millis(100);

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    /// How many reads were ever requested; each has its number, from 0.
    asked: u64,
    stopped: bool,
    /// Readers that have no connection at the moment.
    broken: u32,
}

/// The next read with its number, and how many had been requested by now.
struct Turn {
    job: Job,
    number: u64,
    asked: u64,
}

impl Turn {
    fn of(waiting: &mut Waiting) -> Option<Self> {
        let left = u64::try_from(waiting.jobs.len()).unwrap_or(u64::MAX);
        let (asked, number) = (waiting.asked, waiting.asked.saturating_sub(left));
        waiting.jobs.pop_front().map(|job| Turn { job, number, asked })
    }
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    ready: Condvar,
    most: usize,
    readers: u32,
    /// Reads without an answer that no caller waits for any more.
    frozen: AtomicU32,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the queue.
    fn end(&self) {
        self.lock().stopped = true;
        self.ready.notify_all();
    }

    /// The next job, if one waits.
    fn try_next(&self) -> Option<Turn> {
        Turn::of(&mut self.lock())
    }

    /// The next job; `None` once the queue has ended.
    fn next(&self) -> Option<Turn> {
        let mut waiting = self.lock();
        loop {
            if let Some(turn) = Turn::of(&mut waiting) {
                return Some(turn);
            }
            if waiting.stopped {
                return None;
            }
            waiting = self.ready.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The jobs to refuse while no reader has a connection.
    fn stranded(&self) -> VecDeque<Job> {
        let mut waiting = self.lock();
        if waiting.broken == self.readers { std::mem::take(&mut waiting.jobs) } else { VecDeque::new() }
    }
}

/// The sending side. The threads end when its last clone is dropped.
#[derive(Clone)]
pub struct Readers(Arc<Handle>);

struct Handle(Arc<Queue>, RetryAt, Mutex<Vec<JoinHandle<()>>>, Arc<AtomicU64>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Readers {
    /// Starts `count` threads that read from replicas, which may be started later.
    pub fn of_replicas(database: &Arc<Database>, count: u32, most: usize) -> Result<Self, OpenError> {
        Self::start_with(database, count, most, |database| {
            Ok(Reader { pause: REPLICA_RECONNECT, ..Reader::without_connection(database) })
        })
    }

    /// Starts `count` threads. `most` is how many reads may wait; further ones are refused (503).
    pub fn start(database: &Arc<Database>, count: u32, most: usize) -> Result<Self, OpenError> {
        Self::start_with(database, count, most, Reader::open)
    }

    fn start_with(
        database: &Arc<Database>,
        count: u32,
        most: usize,
        open: impl Fn(&Arc<Database>) -> Result<Reader, OpenError>,
    ) -> Result<Self, OpenError> {
        let queue = Arc::new(Queue { most, readers: count, ..Queue::default() });
        let (retry_at, statements) = (RetryAt::default(), Arc::<AtomicU64>::default());
        let (mut threads, whole) = (Vec::new(), Arc::clone(&queue));
        for _ in 0..count {
            let (mut reader, queue) = (open(database).inspect_err(|_| whole.end())?, Arc::clone(&queue));
            (reader.retry_at, reader.statements) = (Arc::clone(&retry_at), Arc::clone(&statements));
            let thread = std::thread::Builder::new().name("reader".into());
            let started = thread.spawn(move || serve(reader, &queue));
            let started = started.map_err(|e| OpenError::Unusable(database.to_string(), e.to_string()));
            threads.push(started.inspect_err(|_| whole.end())?);
        }
        Ok(Readers(Arc::new(Handle(queue, retry_at, Mutex::new(threads), statements))))
    }

    /// Ends the readers with their connections, after answering the queued reads. Returns whether all have ended
    /// within `patience`.
    pub fn stop(&self, patience: Duration) -> bool {
        self.0.0.end();
        let threads = std::mem::take(&mut *self.0.2.lock().unwrap_or_else(PoisonError::into_inner));
        let since = Instant::now();
        while threads.iter().any(|thread| !thread.is_finished()) {
            if since.elapsed() > patience {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }

    /// How many statements the snapshots have taken so far.
    pub fn statements(&self) -> u64 {
        self.0.3.load(Ordering::Relaxed)
    }

    /// Whether a read would be answered soon: the server was reachable, none of its answers is overdue, and no more
    /// reads wait than there are readers.
    pub fn are_available(&self) -> bool {
        let waiting = u32::try_from(self.0.0.lock().jobs.len()).unwrap_or(u32::MAX);
        let frozen = self.0.0.frozen.load(Ordering::SeqCst) > 0;
        !frozen && !is_backing_off(&self.0.1) && waiting <= self.0.0.readers
    }

    /// Sends no reads here until an overdue one is answered after all.
    pub fn back_off_until<T: Send>(&self, answered: impl Future<Output = T> + Send + 'static) {
        let queue = Arc::clone(&self.0.0);
        queue.frozen.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            answered.await;
            queue.frozen.fetch_sub(1, Ordering::SeqCst);
        });
    }

    /// Runs a read on the next free connection.
    pub async fn read<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Reader) -> Result<T, Error> + Send + 'static,
    {
        let read: Read = Box::new(move |reader| run(reader).map(boxed));
        unboxed(self.wait_for(read).await?)
    }

    async fn wait_for(&self, read: Read) -> Result<Value, Error> {
        let (reply, answer) = oneshot::channel();
        {
            let mut waiting = self.0.0.lock();
            if waiting.stopped {
                return Err(Error::Closed("stopping".into()));
            }
            if waiting.jobs.len() >= self.0.0.most {
                return Err(Error::Busy);
            }
            waiting.jobs.push_back(Job { read, reply });
            waiting.asked = waiting.asked.saturating_add(1);
        }
        self.0.0.ready.notify_one();
        answer.await.unwrap_or_else(|_| Err(Error::Fault("a read ended without its answer".into())))
    }
}

fn serve(mut reader: Reader, queue: &Queue) {
    loop {
        let turn = queue.try_next().or_else(|| {
            reader.rest();
            queue.next()
        });
        let Some(Turn { job, number, asked }) = turn else { return };
        // SQLite has no round trips to share, and cannot restart its log while a snapshot is open.
        if !reader.may_show(number) || reader.conn.as_ref().is_some_and(|conn| !recovers(conn)) {
            reader.rest();
        }
        reader.asked = asked;
        if catch_unwind(AssertUnwindSafe(|| job.run(Ok(&mut reader)))).is_err() {
            // A panic may have left a transaction open: that connection is not used again.
            let Some(fresh) = reopened(queue, &reader.database) else { return };
            let (retry_at, statements) = (Arc::clone(&reader.retry_at), Arc::clone(&reader.statements));
            reader = Reader { retry_at, statements, ..fresh };
        }
    }
}

/// A new connection, retried until there is one; `None` once the queue has ended. While no reader has one, waiting
/// reads are refused.
fn reopened(queue: &Queue, database: &Arc<Database>) -> Option<Reader> {
    let mut first = true;
    loop {
        let error = match Reader::open(database) {
            Ok(_) if !first && queue.lock().stopped => return None,
            Ok(fresh) => {
                if !first {
                    queue.lock().broken -= 1;
                    tracing::info!("a reader is open again");
                }
                return Some(fresh);
            }
            Err(error) => error,
        };
        if first {
            tracing::error!(%error, "a reader could not be opened again: it is tried anew until it can");
            queue.lock().broken += 1;
            first = false;
        }
        for job in queue.stranded() {
            job.run(Err(Error::Closed(error.to_string())));
        }
        if queue.lock().stopped {
            return None;
        }
        std::thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Upgrade;

    fn database(folder: &tempfile::TempDir) -> Arc<Database> {
        let database = Database::Sqlite(folder.path().join("bank.db"));
        database.prepare(Upgrade::Yes, Use::Write { durable: true }).unwrap();
        Arc::new(database)
    }

    #[tokio::test]
    async fn a_read_that_panics_fails_alone() {
        let folder = tempfile::tempdir().unwrap();
        let readers = Readers::start(&database(&folder), 1, 8).unwrap();
        let failed = readers.read(|_| -> Result<(), Error> { panic!("a fault of ours") }).await;
        assert!(matches!(failed, Err(Error::Fault(_))), "{failed:?}");
        assert!(readers.read(|_| Ok(7)).await.is_ok_and(|n| n == 7));
    }

    #[tokio::test]
    async fn without_a_connection_reads_are_told_so_until_there_is_one_again() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder);
        let file = database.file().unwrap();
        let readers = Readers::start(&database, 2, 8).unwrap();
        let away = folder.path().join("away.db");
        std::fs::rename(file, &away).unwrap();
        // SQLite would create a new file; it cannot where a folder is.
        std::fs::create_dir(file).unwrap();
        let fail = || readers.read(|_| -> Result<(), Error> { panic!("a fault of ours") });
        assert!(matches!(fail().await, Err(Error::Fault(_))));
        assert!(readers.read(|_| Ok(7)).await.is_ok_and(|n| n == 7), "the other reader goes on");
        assert!(matches!(fail().await, Err(Error::Fault(_))));
        let patience = Duration::from_secs(20);
        let closed = tokio::time::timeout(patience, readers.read(|_| Ok(7))).await.unwrap();
        assert!(matches!(closed, Err(Error::Closed(_))), "{closed:?}");
        std::fs::remove_dir(file).unwrap();
        std::fs::rename(&away, file).unwrap();
        let start = std::time::Instant::now();
        while readers.read(|_| Ok(7)).await.is_err() {
            assert!(start.elapsed() < patience, "the readers stay without a connection");
        }
    }

    #[tokio::test]
    async fn reads_beyond_the_queue_are_told_to_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let readers = Readers::start(&database(&folder), 1, 1).unwrap();
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let (began, begins) = oneshot::channel();
        let busy = {
            let readers = readers.clone();
            tokio::spawn(async move {
                let read = readers.read(move |_| {
                    began.send(()).unwrap();
                    held.recv().unwrap();
                    Ok(())
                });
                read.await
            })
        };
        begins.await.unwrap();
        let second = {
            let readers = readers.clone();
            tokio::spawn(async move { readers.read(|_| Ok(())).await })
        };
        while readers.0.0.lock().jobs.is_empty() {
            tokio::task::yield_now().await;
        }
        let third = readers.read(|_| Ok(())).await;
        assert!(matches!(third, Err(Error::Busy)), "{third:?}");
        hold.send(()).unwrap();
        assert!(busy.await.unwrap().is_ok() && second.await.unwrap().is_ok());
    }
}

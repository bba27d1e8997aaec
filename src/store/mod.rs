//! The only layer that names diesel: connections, schema, loading and saving of Books, the writer, and the queries.

pub mod access;
pub mod attachments;
pub mod banks;
mod connection;
pub mod error;
pub mod files;
pub mod inbox;
pub mod ledger;
pub mod maintenance;
pub mod outbox;
pub mod people;
pub mod points;
pub mod readers;
pub mod schema;
pub mod service;
pub mod shops;
pub mod stored;
mod tables;
pub mod types;
mod writer;

pub use connection::{Database, Migrated, OpenError, Upgrade, migrate};
pub use error::Error;
pub use maintenance::verify::{Finding, Verified};
pub use tables::Tables;

use crate::clock::Clock;
use crate::domain::id::BankId;
use crate::ledger::{Answer, Command, Decision, Request, StoredAnswer, decide};
use access::epochs::Epochs;
use connection::Use;
use diesel::Connection;
use ledger::accounts;
use maintenance::verify;
use readers::long_reads::LongReads;
use readers::seen::ReadToken;
use readers::{Offered, Reader, Readers, SnapshotRead, Value};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use writer::Writer;
use writer::connection::WriterConnection;
use writer::load;
use writer::load::Lock;

/// How long a stop waits for the writer.
const PATIENCE_AT_THE_END: Duration = Duration::from_secs(30);
/// How long a stop waits for reads, short and long ones.
const PATIENCE_WITH_READERS: Duration = Duration::from_secs(10);

/// The length from which SQLite's log is checkpointed: every read searches the log before the file, and the disk is
/// shared.
const LOG_BYTES: u64 = 64 << 20;

/// A replica that takes longer is considered frozen: the waiting read fails as transient, and no further one is sent
/// there until it answers.
const FROZEN: Duration = Duration::from_secs(10);

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    pub upgrade: Upgrade,
    /// Number of connections that read.
    pub readers: u32,
    /// A replica of this database, to read from.
    pub read_database: Option<String>,
    /// How many requests may wait for the writer.
    pub queue: usize,
    /// Statements that take longer are logged; 0: none.
    pub slow_milliseconds: u64,
    /// The writer waits this long before each commit, to simulate a slower disk in measurements.
    pub commit_delay: Duration,
    /// `false` only while a sample bank is built.
    pub durable: bool,
    /// The length, in bytes, from which SQLite's log is checkpointed while the writer is busy.
    pub log_bytes: u64,
    /// Whether this program serves the bank: it does not wait long for another program that writes, and when it
    /// stops, it closes the file even while others are reading it.
    pub serves: bool,
    /// Opens a file that was left open although its log is missing: what was only in the log is lost.
    pub without_log: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            upgrade: Upgrade::Yes,
            readers: 4,
            read_database: None,
            queue: 8_192,
            slow_milliseconds: 0,
            commit_delay: Duration::ZERO,
            durable: true,
            log_bytes: LOG_BYTES,
            serves: false,
            without_log: false,
        }
    }
}

/// The writer's thread, and the result of closing the database.
type WriterThread = JoinHandle<Result<(), Error>>;

/// A database: one writer, several readers.
#[derive(Clone)]
pub struct Store {
    database: Arc<Database>,
    writer: Writer,
    readers: Readers,
    replicas: Option<Readers>,
    epochs: Epochs,
    clock: Clock,
    thread: Arc<Mutex<Option<WriterThread>>>,
    long_reads: LongReads,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("database", &self.database).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database behind a URL, migrates its schema if requested, and checks the end of each chain.
    pub fn open(url: &str, options: &Options, clock: Clock) -> Result<Self, OpenError> {
        connection::slow::set_limit(options.slow_milliseconds);
        let database = Arc::new(Database::parse(url)?);
        let purpose = Use::Write { durable: options.durable };
        let mut conn = match options.without_log {
            true => database.prepare_as_it_is(options.upgrade, purpose)?,
            false => database.prepare(options.upgrade, purpose)?,
        };
        if options.serves {
            let brief = connection::shorten_lock_wait(&mut conn);
            brief.map_err(|error| OpenError::Unusable(database.to_string(), error.to_string()))?;
        }
        let readers = Readers::start(&database, options.readers, options.queue)?;
        let replica =
            options.read_database.as_deref().map(Database::parse_replicas).transpose()?.map(Arc::new);
        let replicas = replica.as_ref().map(|of| Readers::of_replicas(of, options.readers, options.queue));
        let replicas = replicas.transpose()?;
        let (conn, analyzing) = (Some(conn), Arc::default());
        let connection = WriterConnection { conn, database: Arc::clone(&database), purpose, analyzing };
        let (writer, thread) = Writer::start(connection, clock.clone(), options);
        let epochs = Epochs::start(&database, &writer)?;
        let thread = Arc::new(Mutex::new(Some(thread)));
        let long_reads = LongReads::default();
        let store = Store { database, writer, readers, replicas, epochs, clock, thread, long_reads };
        store.check_ends()?;
        replica.map_or(Ok(()), |replica| store.check_replica(&replica))?;
        Ok(store)
    }

    /// Checks that a replica has the chains of this database: the first entry of each bank is the same. A replica
    /// that cannot be reached is not checked; it may be started later.
    fn check_replica(&self, replica: &Database) -> Result<(), OpenError> {
        let Ok(mut there) = replica.connect(Use::Read) else { return Ok(()) };
        let mut here = self.database.connect(Use::Read)?;
        let unusable = |error: Error| OpenError::Unusable(self.database.to_string(), error.to_string());
        for bank in banks::all(&mut here).map_err(unusable)? {
            // The replica first: an entry that is made meanwhile then exists here.
            let found = accounts::first_hash(&mut there, bank.id);
            let own = accounts::first_hash(&mut here, bank.id).map_err(unusable)?;
            match found {
                Ok(Some(hash)) if Some(&hash) != own.as_ref() => {
                    return Err(OpenError::NoReplica(replica.to_string()));
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "the replica could not be compared"),
            }
        }
        Ok(())
    }

    /// Checks that the last entries of each bank follow from one another, and the head from them.
    fn check_ends(&self) -> Result<(), OpenError> {
        let damaged = |text: String| OpenError::Damaged(self.database.to_string(), text);
        let mut conn = self.database.connect(Use::Read)?;
        let trouble = |error: Error| match error {
            Error::Unavailable(text) => OpenError::Unusable(self.database.to_string(), text),
            error => damaged(error.to_string()),
        };
        for bank in banks::all(&mut conn).map_err(trouble)? {
            // One snapshot: another server may be writing meanwhile.
            conn.transaction(|conn| verify::check_end(conn, bank.id)).map_err(trouble)?;
        }
        Ok(())
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// How many requests wait for the writer.
    pub fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// How many batches were committed since the start.
    pub fn commits(&self) -> u64 {
        self.writer.commits()
    }

    /// How many statements the reads of snapshots have taken since the start.
    pub fn statements(&self) -> u64 {
        self.readers.statements()
    }

    /// How often users, roles, organisations or sessions of a bank were changed, by any server, up to this call:
    /// cached callers are valid only for this number.
    pub async fn rights_epoch(&self, bank: BankId) -> Result<i64, Error> {
        self.epochs.now(bank).await
    }

    /// Whether some reads are answered by a replica.
    pub fn has_replicas(&self) -> bool {
        self.replicas.is_some()
    }

    /// Why the bank is closed for writing: a failed commit to the file, or a server that cannot be reached.
    pub fn closed(&self) -> Option<Error> {
        self.writer.closed()
    }

    /// Submits one command to the ledger; returns once it is on disk.
    pub async fn submit(&self, bank: BankId, command: Command) -> Result<Decision, Error> {
        let decision = self.writer.submit(bank, command).await?;
        saw(std::slice::from_ref(&decision));
        Ok(decision)
    }

    /// Submits many commands as one batch, a result each in order: a fault of one is its own. `whole`: all of them or
    /// none.
    pub async fn submit_rows(
        &self,
        bank: BankId,
        commands: Vec<Command>,
        whole: bool,
    ) -> Result<Vec<Result<Decision, Error>>, Error> {
        let rows = self.writer.submit_rows(bank, commands, whole).await?;
        saw(rows.iter().filter_map(|row| row.as_ref().ok()));
        Ok(rows)
    }

    /// Decides commands without writing anything: keys are ignored, the answers have neither number nor hash.
    pub async fn rehearse(&self, bank: BankId, mut commands: Vec<Command>) -> Result<Vec<Decision>, Error> {
        self.read_raw(move |reader, clock| {
            for command in &mut commands {
                command.request = None;
            }
            // One snapshot: what is loaded in several rounds must be consistent.
            let mut book = reader.snapshot(bank, |conn, zone| {
                load::book(conn, bank, zone, clock.now(), &commands, Lock::No)
            })?;
            let mut decisions: Vec<Decision> = commands.iter().map(|c| decide(&mut book, c)).collect();
            for decision in &mut decisions {
                if let Answer::Accepted(receipt) = &mut decision.answer {
                    receipt.number = 0;
                    receipt.hash.clear();
                }
            }
            Ok(decisions)
        })
        .await
    }

    /// A write that moves no value, in its own savepoint. It may run twice: keep nothing outside the tables.
    pub async fn write<T, F>(&self, bank: BankId, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Fn(&mut Tables<'_>) -> Result<T, Error> + Send + 'static,
    {
        let value = self.writer.write(bank, run).await?;
        if let Some(read_token) = ReadToken::current() {
            read_token.wrote();
        }
        Ok(value)
    }

    /// An ordinary write under an idempotency key, which is checked first: a repeat returns the first answer and
    /// `true`. `keep` makes the stored answer of a result (`None`: it is not stored), `restore` reads it back.
    pub async fn write_once<T, K, L, F>(
        &self,
        bank: BankId,
        request: Option<Request>,
        (keep, restore): (K, L),
        run: F,
    ) -> Result<(T, bool), Error>
    where
        T: Send + 'static,
        K: Fn(&T) -> Result<Option<Answer>, Error> + Send + 'static,
        L: Fn(Answer) -> Result<T, Error> + Send + 'static,
        F: Fn(&mut Tables<'_>) -> Result<T, Error> + Send + 'static,
    {
        let Some(request) = request else { return Ok((self.write(bank, run).await?, false)) };
        self.write(bank, move |tables| {
            if let Some(answer) = tables.repeated_answer(&request)? {
                let value = restore(answer)?;
                request.repeated.set();
                return Ok((value, true));
            }
            let value = run(tables)?;
            if let Some(answer) = keep(&value)? {
                tables.keep_answer(&request, &answer)?;
            }
            Ok((value, false))
        })
        .await
    }

    /// A read of one snapshot of the database itself, never of a replica: for what rights depend on.
    pub async fn read_primary<T, F>(&self, bank: BankId, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tables<'_>) -> Result<T, Error> + Send + 'static,
    {
        let run = self.snapshot_read(bank, run);
        readers::unboxed(self.read_raw(move |reader, _| reader.snapshot(bank, run)).await?)
    }

    /// A read of one snapshot, on a connection that cannot write.
    pub async fn read<T, F>(&self, bank: BankId, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tables<'_>) -> Result<T, Error> + Send + 'static,
    {
        readers::unboxed(self.read_somewhere(bank, self.snapshot_read(bank, run)).await?)
    }

    /// A read of a bank's tables as the readers run it.
    fn snapshot_read<T, F>(&self, bank: BankId, run: F) -> SnapshotRead
    where
        T: Send + 'static,
        F: FnOnce(&mut Tables<'_>) -> Result<T, Error> + Send + 'static,
    {
        let clock = self.clock.clone();
        Box::new(move |conn, zone| run(&mut Tables::new(conn, bank, zone, clock.now())).map(readers::boxed))
    }

    /// Reads from a replica if there are any and it has everything that the caller has seen, else from the database
    /// itself.
    async fn read_somewhere(&self, bank: BankId, run: SnapshotRead) -> Result<Value, Error> {
        match (&self.replicas, ReadToken::current()) {
            (Some(replicas), Some(read_token)) => {
                self.read_from_replica(replicas, &read_token, bank, run).await
            }
            _ => self.read_raw(move |reader, _| reader.snapshot(bank, run)).await,
        }
    }

    async fn read_from_replica(
        &self,
        replicas: &Readers,
        read_token: &Arc<ReadToken>,
        bank: BankId,
        mut run: SnapshotRead,
    ) -> Result<Value, Error> {
        let least = read_token.least(self.clock.now()).filter(|_| replicas.are_available());
        if let Some(least) = least {
            let replica = replicas.clone();
            let offer = async move { replica.read(move |reader| Ok(reader.offer(bank, least, run))).await };
            let mut offer = Box::pin(offer);
            let Ok(offered) = tokio::time::timeout(FROZEN, &mut offer).await else {
                replicas.back_off_until(offer);
                return Err(Error::Unavailable("the replica does not answer".into()));
            };
            match offered? {
                Offered::Answered(result, number) => {
                    read_token.saw(number);
                    metrics::counter!("jianxian_reads_total", "from" => "replica").increment(1);
                    return result;
                }
                Offered::Declined(back) => run = back,
            }
            read_token.use_primary();
        }
        metrics::counter!("jianxian_reads_total", "from" => "database").increment(1);
        let (number, value) = self
            .read_raw(move |reader, _| {
                reader.snapshot(bank, |conn, zone| Ok((load::head(conn, bank)?.number, run(conn, zone)?)))
            })
            .await?;
        read_token.saw(number);
        Ok(value)
    }

    async fn read_raw<T, F>(&self, run: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&mut Reader, &Clock) -> Result<T, Error> + Send + 'static,
    {
        let clock = self.clock.clone();
        self.readers.read(move |reader| run(reader, &clock)).await
    }

    /// The stored answer of a key, if there is one.
    pub async fn answer(
        &self,
        bank: BankId,
        user: crate::domain::id::Id,
        key: String,
    ) -> Result<Option<StoredAnswer>, Error> {
        self.read_raw(move |reader, _| reader.look(|conn| accounts::answer(conn, bank, user, &key))).await
    }

    /// All banks of this database.
    pub async fn banks(&self) -> Result<Vec<banks::Bank>, Error> {
        self.read_raw(|reader, _| reader.look(banks::all)).await
    }

    /// Verifies the whole ledger of a bank.
    pub async fn verify(&self, bank: BankId) -> Result<Verified, Error> {
        let (database, turn) = (Arc::clone(&self.database), self.long_reads.begin()?);
        let task = tokio::task::spawn_blocking(move || verify::verify(&database, bank, &|| turn.go_on()));
        task.await.map_err(|error| Error::Fault(error.to_string()))?
    }

    /// Finishes what is queued, ends all connections, and closes the database: a file then contains everything that
    /// was acknowledged. An error says why its log is still needed.
    pub fn stop(&self) -> Result<(), Error> {
        // The log can be checkpointed completely only without readers.
        self.long_reads.end(PATIENCE_WITH_READERS);
        for readers in [Some(&self.readers), self.replicas.as_ref()].into_iter().flatten() {
            if !readers.stop(PATIENCE_WITH_READERS) {
                tracing::warn!("a read has not ended; the program stops without it");
            }
        }
        self.writer.stop();
        let thread = self.thread.lock().ok().and_then(|mut slot| slot.take());
        let Some(thread) = thread else { return Ok(()) };
        // A server that does not answer a commit must not keep the program from ending.
        let since = Instant::now();
        while !thread.is_finished() {
            if since.elapsed() > PATIENCE_AT_THE_END {
                let why = "the database does not answer: what is under way is told by its key";
                tracing::error!("{why}");
                return Err(Error::Unavailable(why.into()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        thread.join().unwrap_or_else(|_| Err(Error::Fault("the writer ended in a panic".into())))
    }
}

/// The caller has seen the entries of these decisions.
fn saw<'d>(decisions: impl IntoIterator<Item = &'d Decision>) {
    let Some(read_token) = ReadToken::current() else { return };
    for decision in decisions {
        if let Answer::Accepted(receipt) = &decision.answer {
            read_token.saw(receipt.number);
        }
    }
}

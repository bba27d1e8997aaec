//! The writer's connection to the database, reconnecting, and `ANALYZE` for servers.

use crate::store::connection::dialect::recovers;
use crate::store::connection::{AnyConnection, Database, Use, log_of, settle};
use crate::store::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tables with fewer rows are fast to read whatever the plan.
const ANALYZED_FROM: i64 = 32;

/// The writer's connection, which can be reopened. SQLite's stays open as long as the program runs.
pub struct WriterConnection {
    pub conn: Option<AnyConnection>,
    pub database: Arc<Database>,
    pub purpose: Use,
    /// Whether an `ANALYZE` is running.
    pub analyzing: Arc<AtomicBool>,
}

impl WriterConnection {
    /// The connection; a lost one is reopened.
    pub fn open(&mut self) -> Result<&mut AnyConnection, Error> {
        if self.conn.is_none() {
            let opened = self.database.connect(self.purpose);
            self.conn = Some(opened.map_err(|error| Error::Unavailable(error.to_string()))?);
        }
        self.conn.as_mut().ok_or_else(|| Error::Unavailable("no connection".into()))
    }

    /// The length of SQLite's log; a server manages its own.
    pub fn log_bytes(&self) -> u64 {
        let log = self.database.file().ok().map(log_of);
        log.and_then(|log| log.metadata().ok()).map_or(0, |log| log.len())
    }

    /// Runs `ANALYZE` on a server, in the background. The server plans statements by the table sizes of the last
    /// `ANALYZE`, which it runs by itself once a minute: the best plan for a hundred rows reads all of a million.
    pub fn analyze(&self) {
        if self.conn.as_ref().is_none_or(|conn| !recovers(conn))
            || self.analyzing.swap(true, Ordering::SeqCst)
        {
            return;
        }
        let (database, analyzing) = (Arc::clone(&self.database), Arc::clone(&self.analyzing));
        std::thread::spawn(move || {
            let analyzed = database
                .connect(Use::Fill)
                .map_err(|error| error.to_string())
                .and_then(|mut conn| settle(&mut conn).map_err(|error| error.to_string()));
            if let Err(error) = analyzed {
                tracing::warn!(error, "the tables could not be analyzed");
            }
            analyzing.store(false, Ordering::SeqCst);
        });
    }
}

/// Whether a count, of entries or of the ordinary writes of this run, has passed a power of two: then the tables are
/// analyzed.
pub fn has_doubled(before: i64, after: i64) -> bool {
    after >= ANALYZED_FROM && before.checked_ilog2() != after.checked_ilog2()
}

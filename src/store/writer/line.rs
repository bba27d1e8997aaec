//! The writer's line to the database: its connection, how to have another one, and what a server must be told of the
//! size of its tables.

use crate::store::connection::dialect::recovers;
use crate::store::connection::{AnyConnection, Database, Use, log_of, settle};
use crate::store::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tables with fewer rows are read in a moment, whatever the plan.
const STUDIED_FROM: i64 = 32;

/// The writer's connection, and how to have another one. SQLite's is there as long as the program runs.
pub struct Line {
    pub conn: Option<AnyConnection>,
    pub database: Arc<Database>,
    pub purpose: Use,
    /// Whether a study of the tables is under way.
    pub studying: Arc<AtomicBool>,
}

impl Line {
    /// The connection; a lost one is opened anew.
    pub fn open(&mut self) -> Result<&mut AnyConnection, Error> {
        if self.conn.is_none() {
            let opened = self.database.connect(self.purpose);
            self.conn = Some(opened.map_err(|error| Error::Unavailable(error.to_string()))?);
        }
        self.conn.as_mut().ok_or_else(|| Error::Unavailable("no connection".into()))
    }

    /// The length of SQLite's log; a server keeps its own.
    pub fn log_bytes(&self) -> u64 {
        let log = self.database.file().ok().map(log_of);
        log.and_then(|log| log.metadata().ok()).map_or(0, |log| log.len())
    }

    /// Has a server look at how large its tables have become, beside the work. It plans a statement for the tables as
    /// they were when it was told last, by itself once a minute: what is best for a hundred rows reads all of a
    /// million.
    pub fn study(&self) {
        if self.conn.as_ref().is_none_or(|conn| !recovers(conn)) || self.studying.swap(true, Ordering::SeqCst)
        {
            return;
        }
        let (database, studying) = (Arc::clone(&self.database), Arc::clone(&self.studying));
        std::thread::spawn(move || {
            let studied = database
                .connect(Use::Fill)
                .map_err(|error| error.to_string())
                .and_then(|mut conn| settle(&mut conn).map_err(|error| error.to_string()));
            if let Err(error) = studied {
                tracing::warn!(error, "the tables could not be studied");
            }
            studying.store(false, Ordering::SeqCst);
        });
    }
}

/// Whether a count, of entries or of the ordinary writes of this run, has passed a power of two: then the tables are
/// studied.
pub fn has_doubled(before: i64, after: i64) -> bool {
    after >= STUDIED_FROM && before.checked_ilog2() != after.checked_ilog2()
}

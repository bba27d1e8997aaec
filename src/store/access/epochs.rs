//! Counts the changes of callers' rights. On SQLite only this program writes, so it counts in memory; on PostgreSQL
//! other servers may write, so the count is in the bank's row and is queried: once for all concurrent requests.

use crate::domain::id::BankId;
use crate::store::connection::{AnyConnection, Database, OpenError};
use crate::store::error::Error;
use crate::store::readers::Reader;
use crate::store::schema::banks;
use crate::store::writer::Writer;
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use tokio::sync::oneshot;

/// Above this many concurrent requests the next query is delayed a little to serve more of them.
const CROWD: usize = 8;
const MOMENT: Duration = Duration::from_micros(500);

type Asked = (BankId, oneshot::Sender<Result<i64, Error>>);

/// Source of each bank's count.
#[derive(Clone)]
pub enum Epochs {
    /// Counted by the writer, the only one.
    Counted(Writer),
    /// Queried on a connection of its own.
    Asked(Sender<Asked>),
}

impl Epochs {
    pub fn start(database: &Arc<Database>, writer: &Writer) -> Result<Self, OpenError> {
        if matches!(**database, Database::Sqlite(_)) {
            return Ok(Epochs::Counted(writer.clone()));
        }
        let mut reader = Reader::open(database)?;
        let (sender, receiver) = channel();
        std::thread::spawn(move || serve(&mut reader, &receiver));
        Ok(Epochs::Asked(sender))
    }

    /// The count of a bank, no older than this call.
    pub async fn now(&self, bank: BankId) -> Result<i64, Error> {
        match self {
            Epochs::Counted(writer) => Ok(writer.rights_epoch()),
            Epochs::Asked(sender) => {
                let (reply, answer) = oneshot::channel();
                let gone = || Error::Closed("stopping".into());
                sender.send((bank, reply)).map_err(|_| gone())?;
                answer.await.unwrap_or_else(|_| Err(gone()))
            }
        }
    }
}

fn serve(reader: &mut Reader, asked: &Receiver<Asked>) {
    while let Ok(first) = asked.recv() {
        let mut known: HashMap<BankId, Result<i64, String>> = HashMap::new();
        let waiting: Vec<Asked> = std::iter::once(first).chain(asked.try_iter()).collect();
        let crowd = waiting.len() > CROWD;
        for (bank, reply) in waiting {
            let epoch = known.entry(bank).or_insert_with(|| {
                let read = reader.look_at_once(|conn| epoch(conn, bank));
                read.map_err(|error| error.to_string())
            });
            let _gone = reply.send(epoch.clone().map_err(Error::Unavailable));
        }
        if crowd {
            std::thread::sleep(MOMENT);
        }
    }
}

/// −1: there is no such bank.
fn epoch(conn: &mut AnyConnection, bank: BankId) -> Result<i64, Error> {
    let row = banks::table.find(bank).select(banks::rights_epoch).get_result(conn).optional()?;
    Ok(row.unwrap_or(-1))
}

//! Decides the commands of a batch, and a command inside an ordinary write, so that rows and the ledger change in one
//! commit.

use super::load::Lock;
use super::{load, save};
use crate::ledger::{Book, Command, Decision, decide};
use crate::store::Tables;
use crate::store::connection::AnyConnection;
use crate::store::error::Error;
use diesel::connection::SimpleConnection;
use std::time::{Duration, Instant};

/// A PostgreSQL server ends a transaction that is idle for five seconds (see `connection::postgres`).
const KEEP_ALIVE: Duration = Duration::from_secs(1);

/// Decides the commands of a batch in order. Many commands may take longer than the server's idle timeout: a
/// statement now and then keeps the transaction alive.
pub(in crate::store) fn decide_all(
    conn: &mut AnyConnection,
    book: &mut Book,
    commands: &[Command],
) -> Result<Vec<Decision>, Error> {
    let (mut decisions, mut last_statement) = (Vec::with_capacity(commands.len()), Instant::now());
    for command in commands {
        decisions.push(decide(book, command));
        if last_statement.elapsed() > KEEP_ALIVE {
            conn.batch_execute("SELECT 1")?;
            last_statement = Instant::now();
        }
    }
    Ok(decisions)
}

impl Tables<'_> {
    /// Decides one command and saves what it changed, as a part of this write: both are committed, or neither. A
    /// refusal is saved as well, under its key: a write that depends on the entry ends with an error, which rolls it
    /// back. Only in a write, which has the bank locked.
    pub fn decide(&mut self, command: &Command) -> Result<Decision, Error> {
        let commands = std::slice::from_ref(command);
        let mut book = load::book(self.conn, self.bank, self.zone, self.now, commands, Lock::No)?;
        let before = book.head.number;
        let decision = decide(&mut book, command);
        save::book(self.conn, &book, before)?;
        Ok(decision)
    }
}

//! How the commands of a batch are decided, and a command inside an ordinary write, so that rows and the ledger change
//! in one commit.

use super::load::Lock;
use super::{load, save};
use crate::ledger::{Book, Command, Decision, decide};
use crate::store::Tables;
use crate::store::connection::AnyConnection;
use crate::store::error::Error;
use diesel::connection::SimpleConnection;
use std::time::{Duration, Instant};

/// A server of PostgreSQL ends a transaction of which it hears nothing for five seconds (see `connection::postgres`).
const HEARD_OF: Duration = Duration::from_secs(1);

/// Decides the commands of a batch in order. So many rows may take longer than a server waits for one that has frozen:
/// it is shown that this one has not.
pub(in crate::store) fn decide_all(
    conn: &mut AnyConnection,
    book: &mut Book,
    commands: &[Command],
) -> Result<Vec<Decision>, Error> {
    let (mut decisions, mut heard) = (Vec::with_capacity(commands.len()), Instant::now());
    for command in commands {
        decisions.push(decide(book, command));
        if heard.elapsed() > HEARD_OF {
            conn.batch_execute("SELECT 1")?;
            heard = Instant::now();
        }
    }
    Ok(decisions)
}

impl Tables<'_> {
    /// Decides one command and saves what it changed, as a part of this write: all of it is committed, or nothing. A
    /// refusal is saved as well, under its key: a write that cannot go on without the entry ends with an error, which
    /// takes that back. To be called in a write only, which has the bank to itself.
    pub fn decide(&mut self, command: &Command) -> Result<Decision, Error> {
        let commands = std::slice::from_ref(command);
        let mut book = load::book(self.conn, self.bank, self.zone, self.now, commands, Lock::No)?;
        let before = book.head.number;
        let decision = decide(&mut book, command);
        save::book(self.conn, &book, before)?;
        Ok(decision)
    }
}

//! A command inside an ordinary write, so that rows and the ledger change in one commit.

use super::error::Error;
use super::load::Lock;
use super::{Tables, load, save};
use crate::ledger::{Answer, Command, Decision, decide};

impl Tables<'_> {
    /// Decides one command and saves what it changed, as a part of this write: nobody sees one without the other. What
    /// is refused takes the whole write back. To be called in a write only, which has the bank to itself.
    pub fn decide(&mut self, command: &Command) -> Result<Decision, Error> {
        let commands = std::slice::from_ref(command);
        let mut book = load::book(self.conn, self.bank, self.zone, self.now, commands, Lock::No)?;
        let before = book.head.number;
        let decision = decide(&mut book, command);
        if let (Answer::Refused(refusal), false) = (&decision.answer, decision.hit) {
            return Err(refusal.clone().into());
        }
        save::book(self.conn, &book, before)?;
        Ok(decision)
    }
}

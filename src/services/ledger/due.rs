//! Releases expired holds and lots. Reads never wait for this: they compute what is due; here the entries are made.

use crate::domain::id::{BankId, Id};
use crate::domain::ledger::entry::EntryKind;
use crate::ledger::{Command, Op};
use crate::services::{Error, Services};

/// Maximum number of accounts at a time, so that callers do not wait behind a job.
const AT_A_TIME: i64 = 200;

impl Services {
    /// Releases everything that is due now. Returns the number of accounts.
    pub async fn sweep_due(&self, bank: BankId) -> Result<usize, Error> {
        let mut touched = 0_usize;
        loop {
            let due = self.store.read(bank, |tables| tables.due_accounts(AT_A_TIME)).await?;
            if due.is_empty() {
                return Ok(touched);
            }
            touched = touched.saturating_add(due.len());
            let command = Command::new(Id::SYSTEM, EntryKind::HoldExpired, Op::Sweep { accounts: due });
            self.store.submit(bank, command).await?;
        }
    }
}

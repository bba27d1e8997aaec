//! Jobs for the writer, and batches: what shares one commit.

use crate::domain::id::BankId;
use crate::ledger::{Command, Decision};
use crate::store::error::Error;
use crate::store::tables::Tables;
use tokio::sync::oneshot;

/// An ordinary write: moves no value. It may be run again from the start, so it must keep nothing of a first run.
pub(in crate::store) type Ordinary = Box<dyn FnMut(&mut Tables<'_>) -> Result<(), Error> + Send>;

/// The results of a bulk request's commands, in order: a fault of one is its own.
pub type Rows = Vec<Result<Decision, Error>>;

pub(in crate::store) type OrdinaryJob = (Ordinary, oneshot::Sender<Result<(), Error>>);

/// A job for the writer.
pub(in crate::store) enum Job {
    Command { bank: BankId, command: Box<Command>, reply: oneshot::Sender<Result<Decision, Error>> },
    Bulk { bank: BankId, commands: Vec<Command>, whole: bool, reply: oneshot::Sender<Result<Rows, Error>> },
    Ordinary { bank: BankId, run: Ordinary, reply: oneshot::Sender<Result<(), Error>> },
    Stop,
}

/// What one commit serves: commands of a bank, decided in order, and ordinary writes behind them. The requests of a
/// batch are concurrent: none was answered before another was queued, so every order of them is a valid
/// serialization.
pub(in crate::store) struct Batch {
    pub bank: BankId,
    pub commands: Vec<Command>,
    /// One for each command.
    pub replies: Vec<oneshot::Sender<Result<Decision, Error>>>,
    pub writes: Vec<OrdinaryJob>,
}

impl Batch {
    pub fn new(bank: BankId, first: Job) -> Self {
        let mut batch = Batch { bank, commands: Vec::new(), replies: Vec::new(), writes: Vec::new() };
        batch.add(first);
        batch
    }

    /// Takes a command or an ordinary write of the same bank. Anything else is returned.
    pub fn add(&mut self, job: Job) -> Option<Job> {
        match job {
            Job::Command { bank, command, reply } if bank == self.bank => {
                self.commands.push(*command);
                self.replies.push(reply);
                None
            }
            Job::Ordinary { bank, run, reply } if bank == self.bank => {
                self.writes.push((run, reply));
                None
            }
            other => Some(other),
        }
    }
}

/// The part of a batch that is run in one transaction.
pub(in crate::store) struct Work<'a> {
    pub bank: BankId,
    pub commands: &'a [Command],
    /// A refusal of one command rolls all of them back.
    pub whole: bool,
    pub writes: &'a mut [OrdinaryJob],
    /// Maximum number of attempts, while the server answers with transient errors.
    pub tries: u32,
}

/// The results of a batch, in its order.
#[derive(Debug, Default)]
pub(in crate::store) struct Outcome {
    pub decisions: Vec<Decision>,
    pub written: Vec<Result<(), Error>>,
    /// Whether users, roles, organisations or sessions were changed.
    pub rights_changed: bool,
    /// Numbers of the head before and after the commands.
    pub heads: (i64, i64),
}

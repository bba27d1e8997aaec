//! Times the phases of a batch, for the metrics and for the log of slow batches.

use std::time::{Duration, Instant};

/// A batch that takes longer is logged with its phases.
const SLOW: Duration = Duration::from_secs(1);

/// The phases of one batch: load, decide and save commands, run the ordinary writes, commit.
#[derive(Debug)]
pub struct Phases {
    commands: usize,
    writes: usize,
    last: Instant,
    load: Duration,
    decide: Duration,
    save: Duration,
    write: Duration,
}

impl Phases {
    /// Starts the clock, before the first statement of a batch with this many commands and ordinary writes.
    pub fn start(commands: usize, writes: usize) -> Self {
        let none = Duration::ZERO;
        Phases { commands, writes, last: Instant::now(), load: none, decide: none, save: none, write: none }
    }

    fn lap(&mut self) -> Duration {
        let now = Instant::now();
        now.duration_since(std::mem::replace(&mut self.last, now))
    }

    pub fn loaded(&mut self) {
        self.load = self.lap();
    }

    pub fn decided(&mut self) {
        self.decide = self.lap();
    }

    pub fn saved(&mut self) {
        self.save = self.lap();
    }

    pub fn written(&mut self) {
        self.write = self.lap();
    }

    /// Records the total, after the commit.
    pub fn committed(mut self) {
        let commit = self.lap();
        let Phases { commands, writes, load, decide, save, write, .. } = self;
        let total = [decide, save, write, commit].iter().fold(load, |sum, phase| sum.saturating_add(*phase));
        let many = |count| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        metrics::histogram!("jianxian_batch_commands").record(many(commands));
        metrics::histogram!("jianxian_batch_writes").record(many(writes));
        metrics::histogram!("jianxian_batch_seconds").record(total.as_secs_f64());
        metrics::histogram!("jianxian_batch_load_seconds").record(load.as_secs_f64());
        metrics::histogram!("jianxian_batch_decide_seconds").record(decide.as_secs_f64());
        metrics::histogram!("jianxian_batch_save_seconds").record(save.as_secs_f64());
        metrics::histogram!("jianxian_batch_write_seconds").record(write.as_secs_f64());
        metrics::histogram!("jianxian_batch_commit_seconds").record(commit.as_secs_f64());
        if total > SLOW {
            tracing::warn!(commands, writes, ?load, ?decide, ?save, ?write, ?commit, "a slow batch");
        }
    }
}

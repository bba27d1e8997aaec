//! The phases of the bank's batches, from the metrics of its writer.

use serde::Serialize;

/// The writer's sums so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    batches: f64,
    commands: f64,
    writes: f64,
    load: f64,
    decide: f64,
    save: f64,
    write: f64,
    commit: f64,
}

/// The mean batch of a run; times in microseconds.
#[derive(Clone, Copy, Debug, Serialize, PartialEq)]
pub struct MeanBatch {
    pub commands: f64,
    /// Ordinary writes that shared its commit.
    pub writes: f64,
    pub load: f64,
    pub decide: f64,
    pub save: f64,
    pub write: f64,
    pub commit: f64,
}

impl Sums {
    /// Parses the sums from the text of `/metrics`; missing ones count as zero.
    pub fn read(metrics: &str) -> Self {
        let of = |name: &str| {
            let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.and_then(|value| value.trim().parse().ok()).unwrap_or(0.0)
        };
        Sums {
            batches: of("jianxian_batch_commands_count"),
            commands: of("jianxian_batch_commands_sum"),
            writes: of("jianxian_batch_writes_sum"),
            load: of("jianxian_batch_load_seconds_sum"),
            decide: of("jianxian_batch_decide_seconds_sum"),
            save: of("jianxian_batch_save_seconds_sum"),
            write: of("jianxian_batch_write_seconds_sum"),
            commit: of("jianxian_batch_commit_seconds_sum"),
        }
    }

    /// The mean batch since `before`; `None` without one.
    pub fn mean_since(&self, before: &Sums) -> Option<MeanBatch> {
        let batches = self.batches - before.batches;
        let micros = |now: f64, then: f64| (now - then) * 1e6 / batches;
        (batches > 0.0).then(|| MeanBatch {
            commands: (self.commands - before.commands) / batches,
            writes: (self.writes - before.writes) / batches,
            load: micros(self.load, before.load),
            decide: micros(self.decide, before.decide),
            save: micros(self.save, before.save),
            write: micros(self.write, before.write),
            commit: micros(self.commit, before.commit),
        })
    }
}

impl std::fmt::Display for MeanBatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let MeanBatch { commands, writes, load, decide, save, write, commit } = self;
        write!(
            f,
            "{commands:.0} + {writes:.0}: {load:.0} / {decide:.0} / {save:.0} / {write:.0} / {commit:.0}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_batch_is_that_of_the_run() {
        let at = |n: f64| {
            format!(
                "# TYPE jianxian_batch_commands summary\njianxian_batch_commands{{quantile=\"0.5\"}} 9\n\
                 jianxian_batch_commands_sum {}\njianxian_batch_commands_count {}\n\
                 jianxian_batch_load_seconds_sum {}\njianxian_batch_decide_seconds_sum {}\n\
                 jianxian_batch_save_seconds_sum {}\njianxian_batch_commit_seconds_sum {}\n\
                 jianxian_batch_writes_sum {}\njianxian_batch_write_seconds_sum {}\n",
                300.0 * n,
                3.0 * n,
                0.03 * n,
                0.003 * n,
                0.06 * n,
                0.0003 * n,
                6.0 * n,
                0.0006 * n
            )
        };
        let (before, after) = (Sums::read(&at(1.0)), Sums::read(&at(2.0)));
        let mean = after.mean_since(&before).unwrap();
        assert_eq!(mean.to_string(), "100 + 2: 10000 / 1000 / 20000 / 200 / 100");
        assert_eq!(after.mean_since(&after), None);
        assert_eq!(Sums::read("").mean_since(&Sums::default()), None);
    }
}

//! The rate of durable writes on this disk: the lower bound of every commit's duration.

use super::histogram::Histogram;
use super::load::{micros, per_second};
use serde::Serialize;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, Serialize)]
pub struct SyncRate {
    pub per_second: f64,
    pub p50_micros: u64,
    pub p99_micros: u64,
}

impl SyncRate {
    /// The result of these times, which took `elapsed` in total.
    pub fn of(histogram: &Histogram, elapsed: Duration) -> Self {
        SyncRate {
            per_second: per_second(histogram.count(), elapsed),
            p50_micros: micros(histogram.percentile(50)),
            p99_micros: micros(histogram.percentile(99)),
        }
    }
}

/// Appends a page of 4 KiB and syncs it, repeatedly for `duration`.
pub fn sync_rate(folder: &Path, duration: Duration) -> io::Result<SyncRate> {
    let path = folder.join("sync-rate");
    let mut file = File::create(&path)?;
    let page = [0x5a_u8; 4096];
    let mut histogram = Histogram::default();
    let started = Instant::now();
    while started.elapsed() < duration {
        let from = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        histogram.record(from.elapsed());
    }
    let elapsed = started.elapsed();
    drop(file);
    std::fs::remove_file(path)?;
    Ok(SyncRate::of(&histogram, elapsed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syncs_are_counted_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let rate = sync_rate(folder.path(), Duration::from_millis(20)).unwrap();
        assert!(rate.per_second > 0.0 && rate.p50_micros <= rate.p99_micros);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

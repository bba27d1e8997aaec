//! Latencies, counted in buckets about 1.6 % wide.

use std::time::Duration;

/// Buckets in each doubling of the latency.
const STEPS: u32 = 64;
const STEP_BITS: u32 = STEPS.ilog2();

/// Counts latencies from a microsecond to hours in a fixed few kilobytes.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    buckets: Vec<u64>,
    count: u64,
    longest_micros: u64,
}

impl Histogram {
    pub fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        let bucket = bucket_of(micros);
        if self.buckets.len() <= bucket {
            self.buckets.resize(bucket + 1, 0);
        }
        if let Some(counted) = self.buckets.get_mut(bucket) {
            *counted += 1;
        }
        self.count += 1;
        self.longest_micros = self.longest_micros.max(micros);
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// The latency that `percent` of all do not exceed; never more than the longest seen.
    pub fn percentile(&self, percent: u64) -> Duration {
        let wanted = (self.count * percent).div_ceil(100).max(1);
        let mut below = 0;
        for (bucket, counted) in self.buckets.iter().enumerate() {
            below += counted;
            if below >= wanted {
                return Duration::from_micros(upper_micros(bucket).min(self.longest_micros));
            }
        }
        Duration::from_micros(self.longest_micros)
    }
}

/// Exact below 64 µs; then 64 buckets to each doubling.
fn bucket_of(micros: u64) -> usize {
    let doublings = micros.max(1).ilog2().saturating_sub(STEP_BITS);
    let step = micros >> doublings;
    let bucket = u64::from(doublings) * u64::from(STEPS) + step;
    usize::try_from(bucket).unwrap_or(usize::MAX)
}

/// The largest latency that falls in a bucket.
fn upper_micros(bucket: usize) -> u64 {
    let (bucket, steps) = (u64::try_from(bucket).unwrap_or(0), u64::from(STEPS));
    let doublings = (bucket / steps).saturating_sub(1);
    let step = bucket - doublings * steps;
    ((step + 1) << doublings) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_within_two_percent_of_the_truth() {
        let mut histogram = Histogram::default();
        for micros in 1..=10_000 {
            histogram.record(Duration::from_micros(micros));
        }
        for (percent, truth) in [(1, 100), (50, 5_000), (99, 9_900), (100, 10_000)] {
            let found = histogram.percentile(percent).as_micros();
            assert!((truth..=truth + truth / 50).contains(&found), "p{percent}: {found}");
        }
        assert_eq!(histogram.count(), 10_000);
    }

    #[test]
    fn buckets_cover_every_latency_once_and_in_order() {
        let mut before = 0;
        for micros in (0..5_000).chain([1 << 20, 1 << 30, u64::MAX >> 20]) {
            let bucket = bucket_of(micros);
            assert!(bucket >= before, "{micros}");
            assert!(upper_micros(bucket) >= micros, "{micros}");
            assert!(bucket == 0 || upper_micros(bucket - 1) < micros, "{micros}");
            before = bucket;
        }
    }

    #[test]
    fn nothing_counted_is_no_latency() {
        assert_eq!(Histogram::default().percentile(99), Duration::ZERO);
    }
}

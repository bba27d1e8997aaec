//! Logs slow statements, as text without the values in it, which may be personal; and counts statements.

use diesel::connection::{Instrumentation, InstrumentationEvent};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Milliseconds from which a statement counts as slow; 0: nothing is logged.
static LIMIT: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Statements of this thread's connections so far.
    static STATEMENTS: Cell<u64> = const { Cell::new(0) };
}

/// How many statements the connections of this thread have run.
pub fn statements() -> u64 {
    STATEMENTS.get()
}

/// Sets the limit for all connections of the program.
pub fn set_limit(milliseconds: u64) {
    LIMIT.store(milliseconds, Ordering::Relaxed);
}

/// Measures the statements of one connection.
#[derive(Debug)]
pub struct SlowLog(Instant);

impl SlowLog {
    pub fn new() -> Self {
        SlowLog(Instant::now())
    }
}

impl Instrumentation for SlowLog {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.0 = Instant::now(),
            InstrumentationEvent::FinishQuery { query, error, .. } => {
                STATEMENTS.set(STATEMENTS.get().wrapping_add(1));
                let (took, limit) = (self.0.elapsed(), LIMIT.load(Ordering::Relaxed));
                if limit > 0 && took >= Duration::from_millis(limit) {
                    let statement = without_values(&query.to_string());
                    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                    tracing::warn!(milliseconds, failed = error.is_some(), statement, "a slow statement");
                    metrics::counter!("jianxian_slow_statements_total").increment(1);
                }
            }
            _ => {}
        }
    }
}

/// The text before diesel's list of bound values.
fn without_values(text: &str) -> String {
    text.split(" -- binds:").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_out_of_the_log() {
        let text = "SELECT `a`\n  FROM `b` WHERE `c` = ? -- binds: [\"13800000000\"]";
        assert_eq!(without_values(text), "SELECT `a` FROM `b` WHERE `c` = ?");
    }
}

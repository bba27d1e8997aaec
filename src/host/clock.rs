//! The only place that reads the system time.

use crate::domain::time::Moment;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The source of "now": the system in production, a manual clock in tests and for seed data.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still until [`Clock::set`] moves it.
    pub fn manual(start: Moment) -> Self {
        Clock::Manual(Arc::new(AtomicI64::new(start.micros())))
    }

    pub fn now(&self) -> Moment {
        match self {
            Clock::System => Moment::from_micros(chrono::Utc::now().timestamp_micros()),
            Clock::Manual(micros) => Moment::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Sets a manual clock; has no effect on the system clock.
    pub fn set(&self, to: Moment) {
        if let Clock::Manual(micros) = self {
            micros.store(to.micros(), Ordering::SeqCst);
        }
    }

    /// Advances a manual clock by whole seconds.
    pub fn advance_seconds(&self, seconds: i64) {
        self.set(self.now().plus_seconds(seconds));
    }
}

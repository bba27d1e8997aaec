//! Sign-ins while the bank is closed for writing: sessions and failed attempts in memory, until writing is possible
//! or the program ends.

use crate::domain::id::{BankId, Id};
use crate::domain::time::Moment;
use crate::store::access::attempts::TryLimit;
use crate::store::access::sessions::SessionRow;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The maximum number of each; beyond it sign-ins are refused because the bank is closed.
const MOST: usize = 50_000;

/// A session with the hash of the password that opened it: a change of the password ends it.
#[derive(Clone, Debug)]
pub struct Unwritten {
    pub row: SessionRow,
    pub password_hash: Option<String>,
}

/// Failures of one subject, the start of its window, and the end of its wait.
#[derive(Clone, Copy, Debug)]
struct Counted {
    failures: i64,
    first_at: Moment,
    locked_until: Option<Moment>,
}

#[derive(Debug, Default)]
struct State {
    sessions: HashMap<(BankId, Id), Unwritten>,
    tries: HashMap<(BankId, String), Counted>,
}

#[derive(Debug, Default)]
pub struct InMemory(Mutex<State>);

impl InMemory {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an attempt against every limit; returns the seconds to wait if one of them is exhausted.
    pub fn take_try(&self, bank: BankId, limits: &[TryLimit], now: Moment) -> Option<i64> {
        let mut state = self.state();
        let over = |counted: &Counted, window: i64| match counted.locked_until {
            Some(until) => until <= now,
            None => counted.first_at.plus_seconds(window) <= now,
        };
        if state.tries.len() >= MOST {
            let longest = limits.iter().map(|limit| limit.window_seconds).max().unwrap_or(0);
            state.tries.retain(|_, counted| !over(counted, longest));
        }
        let subjects = limits.iter().map(|limit| (limit, (bank, limit.subject.clone())));
        let subjects: Vec<_> = subjects.collect();
        let waits = subjects.iter().filter_map(|(_, subject)| state.tries.get(subject)?.locked_until);
        let wait =
            waits.filter(|until| *until > now).map(|until| until.seconds_since(now).saturating_add(1)).max();
        if wait.is_some() {
            return wait;
        }
        for (limit, subject) in subjects {
            let fresh = Counted { failures: 0, first_at: now, locked_until: None };
            let counted = state.tries.entry(subject).or_insert(fresh);
            if over(counted, limit.window_seconds) {
                *counted = fresh;
            }
            counted.failures = counted.failures.saturating_add(1);
            if counted.failures >= limit.failures {
                counted.locked_until = Some(now.plus_seconds(limit.window_seconds));
            }
        }
        None
    }

    /// Settles a successful attempt.
    pub fn settle_try(&self, bank: BankId, forget: &[String], give_back: &[String]) {
        let mut state = self.state();
        for subject in forget {
            state.tries.remove(&(bank, subject.clone()));
        }
        for subject in give_back {
            if let Some(counted) = state.tries.get_mut(&(bank, subject.clone())) {
                counted.failures = counted.failures.saturating_sub(1);
                counted.locked_until = None;
            }
        }
    }

    /// Stores a session. `false`: there are too many.
    pub fn keep(&self, session: Unwritten, now: Moment) -> bool {
        let mut state = self.state();
        if state.sessions.len() >= MOST {
            state.sessions.retain(|_, kept| kept.row.expires_at > now);
        }
        let room = state.sessions.len() < MOST;
        if room {
            state.sessions.insert((session.row.bank_id, session.row.id), session);
        }
        room
    }

    /// A session that has not expired.
    pub fn session(&self, bank: BankId, session: Id, now: Moment) -> Option<Unwritten> {
        self.state().sessions.get(&(bank, session)).filter(|kept| kept.row.expires_at > now).cloned()
    }

    /// Changes a session under the lock; `None` if there is none.
    pub fn change<T>(
        &self,
        bank: BankId,
        session: Id,
        change: impl FnOnce(&mut SessionRow) -> T,
    ) -> Option<T> {
        self.state().sessions.get_mut(&(bank, session)).map(|kept| change(&mut kept.row))
    }

    /// Drops a session. `false`: there was none.
    pub fn forget(&self, bank: BankId, session: Id) -> bool {
        self.state().sessions.remove(&(bank, session)).is_some()
    }

    /// The sessions of a bank that are not written yet.
    pub fn sessions_of(&self, bank: BankId) -> Vec<Unwritten> {
        self.state().sessions.values().filter(|kept| kept.row.bank_id == bank).cloned().collect()
    }
}

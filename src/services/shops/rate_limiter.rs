//! In-memory rate limits for carts. The windows are short. A restart clears them; callers cannot provoke one.

use crate::domain::id::{BankId, Id};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Limits for more redemptions a minute than people make; 0 means no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    pub member_per_minute: i64,
    pub shop_per_minute: i64,
}

impl Default for RateLimits {
    fn default() -> Self {
        RateLimits { member_per_minute: 10, shop_per_minute: 120 }
    }
}

/// Carts that may be tried with one claimed code: each shows whether the points suffice, which must not become a way
/// to probe the balance.
const CARTS_A_CODE: i64 = 5;
/// How long requests and codes are remembered: longer than a claim lasts.
const CARTS_SECONDS: i64 = 600;
const MINUTE_SECONDS: i64 = 60;

/// Whose carts are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Member(Id),
    Shop(Id),
    Code(Id),
}

/// Carts in a window, and the end of the window.
#[derive(Clone, Copy, Debug)]
struct Window {
    carts: i64,
    until: Moment,
}

/// Counts carts of members, shops and codes.
#[derive(Debug, Default)]
pub struct RateLimiter(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    windows: HashMap<(BankId, Subject), Window>,
    /// Counted requests with the end of their retention: a repeat of a request is not another cart.
    requests: HashMap<(BankId, Id, String), Moment>,
    /// The same in the order in which they were counted, with their end: expired ones are removed from the front, so
    /// that the cost of a cart does not depend on how many are remembered.
    expiring: VecDeque<(Moment, Remembered)>,
}

#[derive(Debug)]
enum Remembered {
    Window(BankId, Subject),
    Request(BankId, Id, String),
}

impl Counts {
    /// Removes some expired entries: always more than one cart adds.
    fn forget(&mut self, now: Moment) {
        for _ in 0..8 {
            // Windows of a minute may be behind those of ten minutes: they wait for their turn.
            if self.expiring.front().is_none_or(|(until, _)| *until > now) {
                return;
            }
            match self.expiring.pop_front() {
                Some((_, Remembered::Window(bank, subject))) => {
                    let over = self.windows.get(&(bank, subject)).is_some_and(|window| window.until <= now);
                    if over {
                        self.windows.remove(&(bank, subject));
                    }
                }
                Some((_, Remembered::Request(bank, user, key))) => {
                    self.requests.remove(&(bank, user, key));
                }
                None => return,
            }
        }
    }
}

impl RateLimiter {
    /// Counts a cart before it is evaluated, also in a dry run, which discloses the same. `key` is the user and the
    /// idempotency key of the request; a dry run has none.
    pub fn count(
        &self,
        rates: RateLimits,
        bank: BankId,
        (member, shop, code): (Id, Id, Option<Id>),
        key: Option<(Id, String)>,
        now: Moment,
    ) -> Result<(), Refusal> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.forget(now);
        let Counts { windows, requests, expiring } = &mut *counts;
        let request = key.map(|(user, key)| (bank, user, key));
        if request.as_ref().is_some_and(|request| requests.get(request).is_some_and(|until| *until > now)) {
            return Ok(());
        }
        let limits = [
            (Subject::Member(member), rates.member_per_minute),
            (Subject::Shop(shop), rates.shop_per_minute),
        ];
        let limits: Vec<_> = limits.into_iter().filter(|(_, most)| *most > 0).collect();
        let live = |subject| windows.get(&(bank, subject)).copied().filter(|window| window.until > now);
        let full = limits.iter().filter_map(|(subject, most)| live(*subject).filter(|w| w.carts >= *most));
        if let Some(until) = full.map(|window| window.until).max() {
            let wait_seconds = until.seconds_since(now).saturating_add(1);
            return Err(Refusal::TooManyRedemptions { wait_seconds });
        }
        if code.is_some_and(|code| live(Subject::Code(code)).is_some_and(|w| w.carts >= CARTS_A_CODE)) {
            return Err(Refusal::CodeUsed);
        }
        let subjects = limits.into_iter().map(|(subject, _)| (subject, MINUTE_SECONDS));
        for (subject, seconds) in subjects.chain(code.map(|code| (Subject::Code(code), CARTS_SECONDS))) {
            let window = windows.entry((bank, subject)).or_insert(Window { carts: 0, until: now });
            if window.until <= now {
                *window = Window { carts: 0, until: now.plus_seconds(seconds) };
                expiring.push_back((window.until, Remembered::Window(bank, subject)));
            }
            window.carts = window.carts.saturating_add(1);
        }
        if let Some(request) = request {
            let until = now.plus_seconds(CARTS_SECONDS);
            expiring.push_back((until, Remembered::Request(request.0, request.1, request.2.clone())));
            requests.insert(request, until);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANK: BankId = BankId(1);

    fn id(name: &str) -> Id {
        Id::SYSTEM.derive(name)
    }

    fn at(seconds: i64) -> Moment {
        Moment::default().plus_seconds(1_000_000 + seconds)
    }

    #[test]
    fn a_member_and_a_shop_have_their_minute_and_then_a_new_one() {
        let (carts, rates) =
            (RateLimiter::default(), RateLimits { member_per_minute: 2, shop_per_minute: 3 });
        let count =
            |member: &str, seconds| carts.count(rates, BANK, (id(member), id("s"), None), None, at(seconds));
        assert_eq!(count("a", 0), Ok(()));
        assert_eq!(count("a", 20), Ok(()));
        assert_eq!(count("a", 21), Err(Refusal::TooManyRedemptions { wait_seconds: 40 }));
        assert_eq!(count("b", 22), Ok(()));
        // The shop's window is full, for all members.
        assert_eq!(count("c", 59), Err(Refusal::TooManyRedemptions { wait_seconds: 2 }));
        assert_eq!(count("a", 60), Ok(()));
        let free = RateLimits { member_per_minute: 0, shop_per_minute: 0 };
        assert!((0..500).all(|_| carts.count(free, BANK, (id("a"), id("s"), None), None, at(61)).is_ok()));
    }

    #[test]
    fn requests_are_remembered_for_minutes_and_then_forgotten() {
        let (carts, free) = (RateLimiter::default(), RateLimits { member_per_minute: 0, shop_per_minute: 0 });
        let count = |n: u32, seconds| {
            let key = Some((id("clerk"), format!("k{n}")));
            carts.count(free, BANK, (id("a"), id("s"), None), key, at(seconds)).unwrap();
        };
        (0..4_000).for_each(|n| count(n, i64::from(n) / 100));
        let remembered = || carts.0.lock().unwrap().requests.len();
        assert_eq!(remembered(), 4_000);
        // Each cart removes more than it adds.
        (4_000..5_000).for_each(|n| count(n, 900));
        assert_eq!(remembered(), 1_000);
        assert_eq!(carts.0.lock().unwrap().expiring.len(), 1_000);
    }

    #[test]
    fn a_cart_costs_the_same_with_four_hundred_thousand_remembered() {
        const MANY: u32 = 400_000;
        let (carts, rates) =
            (RateLimiter::default(), RateLimits { member_per_minute: 10, shop_per_minute: 0 });
        let count = |n: u32, seconds| {
            let key = Some((id("clerk"), format!("k{n}")));
            // Five carts a member: their ids need no derivation.
            let member = Id(uuid::Uuid::from_u128(u128::from(n / 5)));
            carts.count(rates, BANK, (member, Id::SYSTEM, None), key, at(seconds)).unwrap();
        };
        let timed = |numbers: std::ops::Range<u32>, seconds| {
            let started = std::time::Instant::now();
            numbers.for_each(|n| count(n, seconds));
            started.elapsed()
        };
        let few = timed(0..20_000, 0);
        timed(20_000..MANY, 0);
        let sizes = || {
            let counts = carts.0.lock().unwrap();
            (counts.requests.len(), counts.windows.len(), counts.expiring.len())
        };
        assert_eq!(sizes(), (400_000, 80_000, 480_000));
        let many = timed(MANY..MANY + 20_000, 1);
        assert!(many < few * 20, "{few:?} with few, {many:?} with many");
        // After everything has expired, no cart removes more than eight entries, however many there are.
        let mut left = sizes().2;
        for n in 0..1_000 {
            count(2 * MANY + n, 2_000);
            let now = sizes().2;
            assert!(left.saturating_sub(now) <= 8, "{left} and then {now}");
            left = now;
        }
        timed(3 * MANY..3 * MANY + 100_000, 2_000);
        assert!(sizes().0 < 110_000 && sizes().2 < 130_000, "minutes, not a day: {:?}", sizes());
    }

    #[test]
    fn a_code_is_good_for_five_carts() {
        let (carts, free) = (RateLimiter::default(), RateLimits { member_per_minute: 0, shop_per_minute: 0 });
        let count = |key: Option<&str>, seconds| {
            let key = key.map(|key| (id("clerk"), key.to_owned()));
            carts.count(free, BANK, (id("a"), id("s"), Some(id("code"))), key, at(seconds))
        };
        assert!((0..4).all(|seconds| count(None, seconds).is_ok()));
        // A hundred repeats are one cart.
        assert!((0..100).all(|_| count(Some("k"), 5).is_ok()));
        assert_eq!(count(None, 170), Err(Refusal::CodeUsed));
        assert_eq!(count(Some("other"), 171), Err(Refusal::CodeUsed));
        assert_eq!(count(Some("k"), 172), Ok(()));
    }
}

//! Read-your-writes with replicas: a request carries a read token with the last entry that its caller has seen, and a
//! replica answers only if it has that entry. Requests without one are answered by the database itself.

use crate::domain::time::Moment;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// How long a caller whose write made no entry (an activity, a role) is not served by replicas.
const FRESH_SECONDS: i64 = 10;

/// What a caller has seen: the number of an entry, and until when only the database itself may answer. As text:
/// `1234`, or `1234;fresh=1764038400` with seconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub entry: i64,
    pub fresh_until: Option<i64>,
}

impl Seen {
    /// `None`: not such a text.
    pub fn parse(text: &str) -> Option<Self> {
        let (entry, fresh) = text.split_once(";fresh=").map_or((text, None), |(e, f)| (e, Some(f)));
        let entry = entry.parse().ok().filter(|entry| *entry >= 0)?;
        Some(Seen { entry, fresh_until: fresh.map(str::parse).transpose().ok()? })
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.entry)?;
        self.fresh_until.map_or(Ok(()), |seconds| write!(f, ";fresh={seconds}"))
    }
}

/// What one request knew at its start, and what it has seen and done since.
#[derive(Debug, Default)]
pub struct ReadToken {
    /// The token that the caller sent.
    asked: Option<Seen>,
    /// The request writes nothing, so a replica may answer.
    reads_only: bool,
    entry: AtomicI64,
    wrote: AtomicBool,
    /// All reads of one request use the same database, so that they never go back in time.
    primary_only: AtomicBool,
}

tokio::task_local! {
    static CURRENT: Arc<ReadToken>;
}

impl ReadToken {
    /// `reads_only`: the request writes nothing; others read from the database that they write to.
    pub fn new(asked: Option<Seen>, reads_only: bool) -> Arc<Self> {
        let entry = asked.map_or(0, |seen| seen.entry);
        Arc::new(ReadToken { asked, reads_only, entry: AtomicI64::new(entry), ..ReadToken::default() })
    }

    /// Runs a request with its read token.
    pub async fn during<T>(self: Arc<Self>, request: impl Future<Output = T>) -> T {
        CURRENT.scope(self, request).await
    }

    /// The token of the current request.
    pub(in crate::store) fn current() -> Option<Arc<ReadToken>> {
        CURRENT.try_with(Arc::clone).ok()
    }

    /// The entry that a replica must have, if one may answer at all.
    pub(in crate::store) fn least(&self, now: Moment) -> Option<i64> {
        let asked = self.asked.filter(|_| self.reads_only)?;
        let fresh = asked.fresh_until.is_some_and(|until| now.micros() < until.saturating_mul(1_000_000));
        let primary_only = self.primary_only.load(Ordering::SeqCst);
        (!fresh && !primary_only).then(|| self.entry.load(Ordering::SeqCst))
    }

    /// A replica could not answer: the rest of this request uses the database itself too.
    pub(in crate::store) fn use_primary(&self) {
        self.primary_only.store(true, Ordering::SeqCst);
    }

    pub(in crate::store) fn saw(&self, entry: i64) {
        self.entry.fetch_max(entry, Ordering::SeqCst);
    }

    pub(in crate::store) fn wrote(&self) {
        self.wrote.store(true, Ordering::SeqCst);
    }

    /// The token for the answer. `None`: nothing new, and the caller sent none.
    pub fn seen(&self, now: Moment) -> Option<Seen> {
        let wrote = self.wrote.load(Ordering::SeqCst);
        let until = now.micros().div_euclid(1_000_000).saturating_add(FRESH_SECONDS);
        let before = self.asked.and_then(|asked| asked.fresh_until);
        let entry = self.entry.load(Ordering::SeqCst);
        let seen = Seen { entry, fresh_until: if wrote { Some(until) } else { before } };
        (wrote || entry > 0 || self.asked.is_some()).then_some(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_reads_as_it_is_written() {
        for seen in
            [Seen { entry: 0, fresh_until: None }, Seen { entry: 12, fresh_until: Some(1_764_038_400) }]
        {
            assert_eq!(Seen::parse(&seen.to_string()), Some(seen));
        }
        for nonsense in ["", "-1", "x", "1;fresh=", "1;fresh=x", "1;", "1.5", "99999999999999999999"] {
            assert_eq!(Seen::parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_replica_must_have_come_as_far_as_the_caller() {
        let now = Moment::from_micros(1_000_000_000);
        let asked = |text| ReadToken::new(Seen::parse(text), true);
        assert_eq!(ReadToken::new(None, true).least(now), None, "nothing was said");
        assert_eq!(ReadToken::new(None, true).seen(now), None);
        let writes = ReadToken::new(Seen::parse("7;fresh=1001"), false);
        assert_eq!(writes.least(now), None, "the request writes");
        assert_eq!(writes.seen(now), Seen::parse("7;fresh=1001"), "a refusal takes nothing back");
        assert_eq!(asked("7").least(now), Some(7));
        assert_eq!(asked("7;fresh=1001").least(now), None, "what is no entry was written lately");
        assert_eq!(asked("7;fresh=1000").least(now), Some(7));
        let read_token = asked("7");
        read_token.saw(9);
        read_token.saw(8);
        assert_eq!(read_token.least(now), Some(9));
        read_token.use_primary();
        assert_eq!(read_token.least(now), None);
        assert_eq!(read_token.seen(now), Some(Seen { entry: 9, fresh_until: None }));
        read_token.wrote();
        assert_eq!(read_token.seen(now), Some(Seen { entry: 9, fresh_until: Some(1_010) }));
    }
}

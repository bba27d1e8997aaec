//! Failed attempts, stored so that limits survive a restart. An attempt is counted before it is judged and subtracted
//! when it succeeds: concurrent attempts cannot slip through.

use crate::domain::time::Moment;
use crate::store::schema::attempts;
use crate::store::{Error, Tables};
use diesel::prelude::*;

/// A limit of failed attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TryLimit {
    /// The key of the limit: an opaque text, never a plain name or address.
    pub subject: String,
    /// Maximum number of failures …
    pub failures: i64,
    /// … within this window; the next attempt must wait as long.
    pub window_seconds: i64,
    /// Each further wait within two days is twice as long as the one before, up to a day.
    pub grows: bool,
}

/// The longest wait.
const MOST_SECONDS: i64 = 86_400;
/// This long after its last wait, doubling starts anew.
const GROWN_SECONDS: i64 = 2 * 86_400;
/// Prefix of the wrong PINs of a card, which count until the right one, however long that takes.
pub const PIN: &str = "card-pin/";
/// Prefix of the row that counts a subject's waits.
const GROWN: &str = "waits/";

/// Failures, the start of the window, and the end of a wait.
type Counted = (i64, Moment, Option<Moment>);

impl Tables<'_> {
    /// Counts an attempt against every limit. If one of them is exhausted, counts nothing and returns the seconds to
    /// wait.
    pub fn take_try(&mut self, limits: &[TryLimit]) -> Result<Option<i64>, Error> {
        let now = self.now;
        let mut counted = Vec::with_capacity(limits.len());
        let mut wait_seconds: Option<i64> = None;
        for limit in limits {
            let found = self.counted(&limit.subject)?;
            if let Some((_, _, Some(until))) = found
                && until > now
            {
                wait_seconds = wait_seconds.max(Some(until.seconds_since(now).saturating_add(1)));
            }
            let ended = |(_, first, until): &Counted| {
                until.is_some_and(|until| until <= now) || first.plus_seconds(limit.window_seconds) <= now
            };
            counted.push(found.filter(|found| !ended(found)));
        }
        if wait_seconds.is_some() {
            return Ok(wait_seconds);
        }
        for (limit, found) in limits.iter().zip(counted) {
            let (failures, first_at) = found.map_or((1, now), |(n, first, _)| (n.saturating_add(1), first));
            let locked = match failures >= limit.failures {
                true => Some(now.plus_seconds(self.next_wait(limit)?)),
                false => None,
            };
            self.keep_counted(&limit.subject, (failures, first_at, locked))?;
        }
        Ok(None)
    }

    /// The length of the wait that begins now; counts it for the next one.
    fn next_wait(&mut self, limit: &TryLimit) -> Result<i64, Error> {
        if !limit.grows {
            return Ok(limit.window_seconds);
        }
        let (subject, now) = (format!("{GROWN}{}", limit.subject), self.now);
        let noted = self.counted(&subject)?.filter(|(_, last, _)| last.plus_seconds(GROWN_SECONDS) > now);
        let waits = noted.map_or(0, |(waits, ..)| waits);
        let doubled = (0..waits.clamp(0, 20)).fold(limit.window_seconds, |wait, _| wait.saturating_mul(2));
        let wait = doubled.min(MOST_SECONDS.max(limit.window_seconds));
        self.keep_counted(&subject, (waits.saturating_add(1), now.plus_seconds(wait), None))?;
        Ok(wait)
    }

    fn keep_counted(&mut self, subject: &str, (failures, first_at, locked): Counted) -> Result<(), Error> {
        let row = (
            attempts::failures.eq(failures),
            attempts::first_at.eq(first_at),
            attempts::locked_until.eq(locked),
        );
        let stands = attempts::table.find((self.bank, subject));
        if diesel::update(stands).set(row).execute(self.conn)? == 0 {
            diesel::insert_into(attempts::table)
                .values((attempts::bank_id.eq(self.bank), attempts::subject.eq(subject), row))
                .execute(self.conn)?;
        }
        Ok(())
    }

    /// How many failures of a subject count.
    pub fn failures_of(&mut self, subject: &str) -> Result<i64, Error> {
        Ok(self.counted(subject)?.map_or(0, |(failures, ..)| failures))
    }

    /// The longest current wait of these limits, in seconds.
    pub fn wait_of(&mut self, limits: &[TryLimit]) -> Result<Option<i64>, Error> {
        let now = self.now;
        let mut wait = None;
        for limit in limits {
            let until = self.counted(&limit.subject)?.and_then(|(_, _, until)| until);
            let left =
                until.filter(|until| *until > now).map(|until| until.seconds_since(now).saturating_add(1));
            wait = wait.max(left);
        }
        Ok(wait)
    }

    fn counted(&mut self, subject: &str) -> Result<Option<Counted>, Error> {
        let row = attempts::table.find((self.bank, subject)).select((
            attempts::failures,
            attempts::first_at,
            attempts::locked_until,
        ));
        Ok(row.get_result(self.conn).optional()?)
    }

    /// Settles a successful attempt: deletes some subjects with all their failures, subtracts the attempt from
    /// others.
    pub fn settle_try(&mut self, forget: &[String], give_back: &[String]) -> Result<(), Error> {
        for subject in forget {
            for subject in [subject, &format!("{GROWN}{subject}")] {
                diesel::delete(attempts::table.find((self.bank, subject))).execute(self.conn)?;
            }
        }
        give_back.iter().try_for_each(|subject| self.give_try_back(subject))
    }

    /// Subtracts a successful attempt; other failures of the same subject stay.
    pub fn give_try_back(&mut self, subject: &str) -> Result<(), Error> {
        // A wait that began with this attempt alone does not count.
        if let Some((_, _, Some(_))) = self.counted(subject)? {
            let noted = attempts::table.find((self.bank, format!("{GROWN}{subject}")));
            diesel::update(noted.filter(attempts::failures.gt(0)))
                .set(attempts::failures.eq(attempts::failures - 1))
                .execute(self.conn)?;
        }
        let row = attempts::table.find((self.bank, subject)).filter(attempts::failures.gt(0));
        diesel::update(row)
            .set((attempts::failures.eq(attempts::failures - 1), attempts::locked_until.eq(None::<Moment>)))
            .execute(self.conn)?;
        Ok(())
    }

    /// Deletes attempts that began before a moment and block nothing any more; returns their number.
    pub fn forget_old_tries(&mut self, before: Moment) -> Result<usize, Error> {
        let over = attempts::locked_until.is_null().or(attempts::locked_until.lt(self.now));
        let long_ago = self.now.plus_seconds(GROWN_SECONDS.saturating_neg());
        let counts_waits = attempts::subject.like(format!("{GROWN}%"));
        let counts_pins = attempts::subject.like(format!("{PIN}%"));
        let rows = attempts::table
            .filter(attempts::bank_id.eq(self.bank))
            .filter(attempts::first_at.lt(before))
            .filter(over)
            .filter(diesel::dsl::not(counts_pins))
            .filter(diesel::dsl::not(counts_waits).or(attempts::first_at.lt(long_ago)));
        Ok(diesel::delete(rows).execute(self.conn)?)
    }
}

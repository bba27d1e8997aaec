//! Failed tries, so that limits survive a restart. A try is counted before it is judged and given back when it was
//! right: many at once cannot slip through.

use super::schema::attempts;
use super::{Error, Tables};
use crate::domain::time::Moment;
use diesel::prelude::*;

/// How many failed tries somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TryLimit {
    /// Who or what tries: an opaque text, never a name or an address in the clear.
    pub subject: String,
    /// After so many failures …
    pub failures: i64,
    /// … within so many seconds, the next try must wait as long.
    pub window_seconds: i64,
}

/// Counted so far: failures, since when, and until when nothing more is allowed.
type Counted = (i64, Moment, Option<Moment>);

impl Tables<'_> {
    /// Counts a try against every limit. If one of them allows none now, nothing is counted, and the seconds to wait
    /// are told.
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
            let locked = (failures >= limit.failures).then(|| now.plus_seconds(limit.window_seconds));
            let row = (
                attempts::failures.eq(failures),
                attempts::first_at.eq(first_at),
                attempts::locked_until.eq(locked),
            );
            let stands = attempts::table.find((self.bank, &limit.subject));
            if diesel::update(stands).set(row).execute(self.conn)? == 0 {
                diesel::insert_into(attempts::table)
                    .values((attempts::bank_id.eq(self.bank), attempts::subject.eq(&limit.subject), row))
                    .execute(self.conn)?;
            }
        }
        Ok(None)
    }

    fn counted(&mut self, subject: &str) -> Result<Option<Counted>, Error> {
        let row = attempts::table.find((self.bank, subject)).select((
            attempts::failures,
            attempts::first_at,
            attempts::locked_until,
        ));
        Ok(row.get_result(self.conn).optional()?)
    }

    /// The try was right: all failures of this subject are forgotten.
    pub fn forget_tries(&mut self, subject: &str) -> Result<(), Error> {
        diesel::delete(attempts::table.find((self.bank, subject))).execute(self.conn)?;
        Ok(())
    }

    /// The try was right: it is given back, the failures of others with the same subject stay.
    pub fn give_try_back(&mut self, subject: &str) -> Result<(), Error> {
        let row = attempts::table.find((self.bank, subject)).filter(attempts::failures.gt(0));
        diesel::update(row)
            .set((attempts::failures.eq(attempts::failures - 1), attempts::locked_until.eq(None::<Moment>)))
            .execute(self.conn)?;
        Ok(())
    }

    /// Forgets tries that began before a moment and hold nobody back any more. How many there were.
    pub fn forget_old_tries(&mut self, before: Moment) -> Result<usize, Error> {
        let over = attempts::locked_until.is_null().or(attempts::locked_until.lt(self.now));
        let rows = attempts::table
            .filter(attempts::bank_id.eq(self.bank))
            .filter(attempts::first_at.lt(before))
            .filter(over);
        Ok(diesel::delete(rows).execute(self.conn)?)
    }
}

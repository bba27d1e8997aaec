//! Sign-ups: who has a place at an activity, and who waits for one.

use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::store::Tables;
use crate::store::error::Error;
pub use crate::store::schema::SignUpRow;
use crate::store::schema::*;
use diesel::prelude::*;
use std::collections::HashMap;

/// States in which a sign-up counts.
pub const LIVE: [&str; 2] = ["seated", "waiting"];

impl Tables<'_> {
    /// The activities at which a member has a seat and that end after a moment, in the order in which they begin.
    pub fn seats_of(&mut self, member: Id, after: Moment, limit: i64) -> Result<Vec<ActivityRow>, Error> {
        let rows =
            sign_ups::table
                .inner_join(activities::table.on(
                    activities::bank_id.eq(sign_ups::bank_id).and(activities::id.eq(sign_ups::activity_id)),
                ))
                .filter(sign_ups::bank_id.eq(self.bank).and(sign_ups::member_id.eq(member)))
                .filter(sign_ups::state.eq("seated").and(activities::ends_at.gt(after)))
                .order((activities::starts_at, activities::id))
                .limit(limit);
        Ok(rows.select(ActivityRow::as_select()).load(self.conn)?)
    }

    /// How many have a seat at an activity.
    pub fn seated_at(&mut self, activity: Id) -> Result<i64, Error> {
        let seated = sign_ups::table
            .filter(sign_ups::bank_id.eq(self.bank).and(sign_ups::activity_id.eq(activity)))
            .filter(sign_ups::state.eq("seated"));
        Ok(seated.count().get_result(self.conn)?)
    }

    /// How many have a seat at each of these activities.
    pub fn seated_at_each(&mut self, activities: &[Id]) -> Result<HashMap<Id, i64>, Error> {
        let seated = sign_ups::table
            .filter(sign_ups::bank_id.eq(self.bank).and(sign_ups::activity_id.eq_any(activities)))
            .filter(sign_ups::state.eq("seated"))
            .group_by(sign_ups::activity_id);
        let counted = seated.select((sign_ups::activity_id, diesel::dsl::count_star()));
        Ok(counted.load::<(Id, i64)>(self.conn)?.into_iter().collect())
    }

    /// The number of the last one who signed up at an activity; 0: no sign-up yet.
    pub fn last_arrival(&mut self, activity: Id) -> Result<i64, Error> {
        let of_it = sign_ups::bank_id.eq(self.bank).and(sign_ups::activity_id.eq(activity));
        let last = sign_ups::table.filter(of_it).select(diesel::dsl::max(sign_ups::arrival));
        Ok(last.get_result::<Option<i64>>(self.conn)?.unwrap_or(0))
    }

    /// The arrival numbers of the waiting lists of these activities, ascending.
    pub fn waiting_lists(&mut self, activities: &[Id]) -> Result<HashMap<Id, Vec<i64>>, Error> {
        let lines = sign_ups::table
            .filter(sign_ups::bank_id.eq(self.bank).and(sign_ups::activity_id.eq_any(activities)))
            .filter(sign_ups::state.eq("waiting"))
            .order((sign_ups::activity_id, sign_ups::arrival))
            .select((sign_ups::activity_id, sign_ups::arrival));
        let mut found = HashMap::<Id, Vec<i64>>::new();
        for (activity, arrival) in lines.load::<(Id, i64)>(self.conn)? {
            found.entry(activity).or_default().push(arrival);
        }
        Ok(found)
    }

    /// The first in the waiting list of an activity.
    fn next_waiting(&mut self, activity: Id) -> Result<Option<SignUpRow>, Error> {
        let line = sign_ups::table
            .filter(sign_ups::bank_id.eq(self.bank).and(sign_ups::activity_id.eq(activity)))
            .filter(sign_ups::state.eq("waiting"))
            .order(sign_ups::arrival);
        Ok(line.select(SignUpRow::as_select()).first(self.conn).optional()?)
    }

    /// The sign-ups of an activity that count, in the order of arrival.
    pub fn sign_ups_of(&mut self, activity: Id) -> Result<Vec<SignUpRow>, Error> {
        let live = sign_ups::table
            .filter(sign_ups::bank_id.eq(self.bank).and(sign_ups::activity_id.eq(activity)))
            .filter(sign_ups::state.eq_any(LIVE));
        let rows = live.order(sign_ups::arrival).limit(10_000).select(SignUpRow::as_select());
        Ok(rows.load(self.conn)?)
    }

    /// A member's sign-ups that count, at these activities.
    pub fn sign_ups_of_member(&mut self, member: Id, activities: &[Id]) -> Result<Vec<SignUpRow>, Error> {
        let own = sign_ups::table
            .filter(sign_ups::bank_id.eq(self.bank).and(sign_ups::member_id.eq(member)))
            .filter(sign_ups::activity_id.eq_any(activities).and(sign_ups::state.eq_any(LIVE)));
        Ok(own.order(sign_ups::id).limit(1_000).select(SignUpRow::as_select()).load(self.conn)?)
    }

    /// A member's sign-ups that count, at activities within a period.
    pub fn sign_ups_within(
        &mut self,
        member: Id,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<(SignUpRow, ActivityRow)>, Error> {
        let at = activities::bank_id.eq(sign_ups::bank_id).and(activities::id.eq(sign_ups::activity_id));
        let own = sign_ups::table
            .inner_join(activities::table.on(at))
            .filter(sign_ups::bank_id.eq(self.bank).and(sign_ups::member_id.eq(member)))
            .filter(sign_ups::state.eq_any(LIVE))
            .filter(activities::starts_at.lt(until).and(activities::ends_at.gt(from)));
        let rows = own.order(sign_ups::id).select((SignUpRow::as_select(), ActivityRow::as_select()));
        Ok(rows.load(self.conn)?)
    }

    /// How many places a member has, or waits for, at activities that have not ended.
    pub fn places_to_come(&mut self, member: Id) -> Result<usize, Error> {
        let to_come = activities::table
            .filter(activities::bank_id.eq(self.bank).and(activities::ends_at.gt(self.now)))
            .filter(activities::state.eq("published"))
            .select(activities::id);
        let places = sign_ups::table
            .filter(sign_ups::bank_id.eq(self.bank).and(sign_ups::member_id.eq(member)))
            .filter(sign_ups::state.eq_any(["seated", "waiting"]))
            .filter(sign_ups::activity_id.eq_any(to_come));
        let count: i64 = places.count().get_result(self.conn)?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// An activity was called off: everyone who has a place, or waits for one, is released.
    pub fn release_sign_ups(&mut self, activity: Id) -> Result<(), Error> {
        let live = sign_ups::table
            .filter(sign_ups::bank_id.eq(self.bank).and(sign_ups::activity_id.eq(activity)))
            .filter(sign_ups::state.eq_any(LIVE));
        diesel::update(live)
            .set((
                sign_ups::state.eq("released"),
                sign_ups::ended_at.eq(Some(self.now)),
                sign_ups::version.eq(sign_ups::version + 1),
            ))
            .execute(self.conn)?;
        Ok(())
    }

    /// Signed up twice at one activity, under both ids of one person: the first place counts, the other is given back.
    /// Returns who has got a seat by that.
    pub fn repoint_sign_ups(&mut self, from: Id, to: Id) -> Result<Vec<SignUpRow>, Error> {
        let of_both = sign_ups::bank_id.eq(self.bank).and(sign_ups::member_id.eq_any([from, to]));
        let rows = sign_ups::table.filter(of_both).order((sign_ups::activity_id, sign_ups::arrival));
        let rows: Vec<SignUpRow> = rows.select(SignUpRow::as_select()).load(self.conn)?;
        let (mut seen, mut seated) = (std::collections::BTreeSet::new(), Vec::new());
        for mut row in rows {
            let counts = LIVE.contains(&row.state.as_str());
            let is_second = counts && !seen.insert(row.activity_id);
            if !is_second && row.member_id == to {
                continue;
            }
            row.member_id = to;
            let frees = is_second && row.state == "seated";
            if is_second {
                row.state = "withdrawn".into();
                row.ended_at = Some(self.now);
            }
            row.version += 1;
            self.update(&row)?;
            if frees {
                seated.extend(self.fill_seat(row.activity_id)?);
            }
        }
        Ok(seated)
    }

    /// A seat has become free: the first in the waiting list takes it.
    pub fn fill_seat(&mut self, activity: Id) -> Result<Option<SignUpRow>, Error> {
        let Some(mut next) = self.next_waiting(activity)? else { return Ok(None) };
        next.state = "seated".into();
        next.version += 1;
        self.update(&next)?;
        Ok(Some(next))
    }
}

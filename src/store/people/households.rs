//! Who lived in which household, from when until when.

use super::members::MemberRow;
use crate::domain::id::{BankId, Id};
use crate::domain::people::household::Stay;
use crate::domain::time::Moment;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::schema::{household_stays, members, roles, users};
use diesel::prelude::*;

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = household_stays)]
struct StayRow {
    bank_id: BankId,
    member_id: Id,
    household_id: Id,
    joined_at: Moment,
    left_at: Option<Moment>,
}

impl Tables<'_> {
    /// Updates the history after a member's row was written; writes nothing if the household did not change.
    pub(in crate::store) fn note_household(
        &mut self,
        member: Id,
        household: Option<Id>,
    ) -> Result<(), Error> {
        let open = household_stays::table
            .filter(household_stays::bank_id.eq(self.bank).and(household_stays::member_id.eq(member)))
            .filter(household_stays::left_at.is_null());
        let lives: Option<Id> = open.select(household_stays::household_id).first(self.conn).optional()?;
        if lives == household {
            return Ok(());
        }
        self.end_stays(member)?;
        let Some(household_id) = household else { return Ok(()) };
        let (bank_id, joined_at) = (self.bank, self.now);
        // Left and joined again in the same moment.
        let again = household_stays::table.find((bank_id, member, household_id, joined_at));
        if diesel::update(again).set(household_stays::left_at.eq(None::<Moment>)).execute(self.conn)? == 0 {
            let row = StayRow { bank_id, member_id: member, household_id, joined_at, left_at: None };
            diesel::insert_into(household_stays::table).values(&row).execute(self.conn)?;
        }
        Ok(())
    }

    /// The history of new rows, together.
    pub(in crate::store) fn note_households(&mut self, rows: &[MemberRow]) -> Result<(), Error> {
        let housed = rows.iter().filter_map(|row| {
            let household_id = row.household_id?;
            let (bank_id, member_id, joined_at) = (self.bank, row.id, self.now);
            Some(StayRow { bank_id, member_id, household_id, joined_at, left_at: None })
        });
        for row in housed.collect::<Vec<StayRow>>() {
            diesel::insert_into(household_stays::table).values(&row).execute(self.conn)?;
        }
        Ok(())
    }

    /// Ends the present stay of a row.
    pub(in crate::store) fn end_stays(&mut self, member: Id) -> Result<(), Error> {
        let open = household_stays::table
            .filter(household_stays::bank_id.eq(self.bank).and(household_stays::member_id.eq(member)))
            .filter(household_stays::left_at.is_null());
        diesel::update(open).set(household_stays::left_at.eq(self.now)).execute(self.conn)?;
        Ok(())
    }

    /// Who lived in a household, and when.
    pub fn stays_in(&mut self, household: Id) -> Result<Vec<(Id, Stay)>, Error> {
        let mut households = self.merged_into(household)?;
        households.push(household);
        let all = household_stays::table
            .filter(household_stays::bank_id.eq(self.bank))
            .filter(household_stays::household_id.eq_any(households));
        let rows: Vec<StayRow> = all.select(StayRow::as_select()).load(self.conn)?;
        let stays = rows
            .into_iter()
            .map(|row| (row.member_id, Stay { household, joined_at: row.joined_at, left_at: row.left_at }));
        Ok(stays.collect())
    }

    /// People whose logins have, or had, one of these roles.
    pub fn people_with_roles(&mut self, names: &[&str]) -> Result<Vec<Id>, Error> {
        let holders = roles::table
            .filter(roles::bank_id.eq(self.bank).and(roles::role.eq_any(names)))
            .select(roles::user_id);
        let people = users::table
            .filter(users::bank_id.eq(self.bank).and(users::id.eq_any(holders)))
            .filter(users::member_id.is_not_null())
            .order(users::member_id)
            .select(users::member_id);
        let mut people: Vec<Id> = people.load::<Option<Id>>(self.conn)?.into_iter().flatten().collect();
        people.dedup();
        Ok(people)
    }

    /// The active members who live in a household.
    pub fn residents(&mut self, household: Id) -> Result<Vec<Id>, Error> {
        let people = members::table
            .filter(members::bank_id.eq(self.bank).and(members::household_id.eq(household)))
            .filter(members::state.eq("active"));
        Ok(people.order(members::id).select(members::id).load(self.conn)?)
    }

    /// The people who live in a household and belong to an organisation.
    pub fn people_of_household(&mut self, household: Id, org: Id) -> Result<Vec<MemberRow>, Error> {
        let people = members::table
            .filter(members::bank_id.eq(self.bank).and(members::household_id.eq(household)))
            .filter(members::org_id.eq(org).and(members::state.ne("merged")));
        Ok(people.order(members::id).select(MemberRow::as_select()).load(self.conn)?)
    }

    /// Where a person has lived, including under rows merged into theirs. A merged household counts as the one it was
    /// merged into.
    pub fn stays_of(&mut self, person: Id) -> Result<Vec<Stay>, Error> {
        let mut rows = self.merged_into(person)?;
        rows.push(person);
        let own = household_stays::table
            .filter(household_stays::bank_id.eq(self.bank).and(household_stays::member_id.eq_any(rows)));
        let found: Vec<StayRow> = own.select(StayRow::as_select()).load(self.conn)?;
        let mut stays = Vec::with_capacity(found.len());
        for row in found {
            let household = self.member_that_stays(row.household_id)?.id;
            stays.push(Stay { household, joined_at: row.joined_at, left_at: row.left_at });
        }
        Ok(stays)
    }
}

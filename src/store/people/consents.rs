//! Consents by purpose and version.

use crate::domain::id::Id;
use crate::domain::people::consent::ConsentPurpose;
use crate::store::schema::*;
use crate::store::{Error, Tables};
use diesel::prelude::*;
use std::collections::BTreeMap;

pub use crate::store::schema::ConsentRow;

/// The state of a consent that holds.
pub const GIVEN: &str = "given";
pub const WITHDRAWN: &str = "withdrawn";
/// The state of one to an earlier text.
pub const REPLACED: &str = "replaced";

impl Tables<'_> {
    /// All consents of these ids of a file, oldest first.
    pub fn consents_of(&mut self, members: &[Id]) -> Result<Vec<ConsentRow>, Error> {
        let rows = consents::table
            .filter(consents::bank_id.eq(self.bank).and(consents::member_id.eq_any(members)))
            .order(consents::id);
        Ok(rows.select(ConsentRow::as_select()).load(self.conn)?)
    }

    /// Whether a consent of one of these ids of a file to a purpose holds.
    pub fn has_consent(&mut self, purpose: ConsentPurpose, members: &[Id]) -> Result<bool, Error> {
        let given = consents::table
            .filter(consents::bank_id.eq(self.bank).and(consents::member_id.eq_any(members)))
            .filter(consents::purpose.eq(purpose.as_str()).and(consents::state.eq(GIVEN)));
        Ok(given.count().get_result::<i64>(self.conn)? > 0)
    }

    /// Empties whether these members were at the places of their activities.
    pub fn forget_whereabouts(&mut self, members: &[Id]) -> Result<(), Error> {
        let known = attendances::in_place.is_not_null().or(attendances::out_place.is_not_null());
        let own = attendances::table
            .filter(attendances::bank_id.eq(self.bank).and(attendances::member_id.eq_any(members)))
            .filter(known);
        diesel::update(own)
            .set((
                attendances::in_place.eq(None::<String>),
                attendances::out_place.eq(None::<String>),
                attendances::version.eq(attendances::version + 1),
            ))
            .execute(self.conn)?;
        Ok(())
    }

    /// Those of these members who have withdrawn their consent to a purpose, and not given it again.
    pub fn consent_withdrawn(&mut self, purpose: ConsentPurpose, members: &[Id]) -> Result<Vec<Id>, Error> {
        let mut said = BTreeMap::new();
        for part in members.chunks(500) {
            let rows = consents::table
                .filter(consents::bank_id.eq(self.bank).and(consents::member_id.eq_any(part)))
                .filter(consents::purpose.eq(purpose.as_str()))
                .select((consents::member_id, consents::state));
            for (member, state) in rows.load::<(Id, String)>(self.conn)? {
                *said.entry(member).or_insert(false) |= state == GIVEN;
            }
        }
        Ok(said.into_iter().filter(|(_, holds)| !holds).map(|(member, _)| member).collect())
    }
}

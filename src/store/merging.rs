//! What stands under a duplicate comes to the row that stays.

use super::Tables;
use super::error::Error;
use super::schema::*;
use crate::domain::id::Id;
use diesel::prelude::*;

impl Tables<'_> {
    /// Re-points everything that names a duplicate and is not a document of the ledger: users, people of the household,
    /// attendances, shops that they own, duplicates merged into it before. Its live codes are worth nothing any more.
    pub fn repoint_member(&mut self, from: Id, to: Id) -> Result<(), Error> {
        let bank = self.bank;
        let own = users::table.filter(users::bank_id.eq(bank).and(users::member_id.eq(from)));
        diesel::update(own)
            .set((users::member_id.eq(to), users::version.eq(users::version + 1)))
            .execute(self.conn)?;
        self.rights_changed();
        let home = members::table.filter(members::bank_id.eq(bank).and(members::household_id.eq(from)));
        diesel::update(home)
            .set((members::household_id.eq(to), members::version.eq(members::version + 1)))
            .execute(self.conn)?;
        self.end_stays(from)?;
        let earlier = members::table.filter(members::bank_id.eq(bank).and(members::merged_into_id.eq(from)));
        diesel::update(earlier)
            .set((members::merged_into_id.eq(to), members::version.eq(members::version + 1)))
            .execute(self.conn)?;
        let came =
            attendances::table.filter(attendances::bank_id.eq(bank).and(attendances::member_id.eq(from)));
        diesel::update(came)
            .set((attendances::member_id.eq(to), attendances::version.eq(attendances::version + 1)))
            .execute(self.conn)?;
        let shops =
            merchants::table.filter(merchants::bank_id.eq(bank).and(merchants::owner_member_id.eq(from)));
        diesel::update(shops)
            .set((merchants::owner_member_id.eq(to), merchants::version.eq(merchants::version + 1)))
            .execute(self.conn)?;
        let live = codes::table
            .filter(codes::bank_id.eq(bank).and(codes::member_id.eq(from)))
            .filter(codes::state.eq("live"));
        diesel::update(live)
            .set((codes::state.eq("replaced"), codes::version.eq(codes::version + 1)))
            .execute(self.conn)?;
        Ok(())
    }
}

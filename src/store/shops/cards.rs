//! Cards of members.

use crate::domain::id::Id;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::people::members::MemberRow;
pub use crate::store::schema::CardRow;
use crate::store::schema::*;
use diesel::prelude::*;

impl Tables<'_> {
    pub fn card(&mut self, member: Id) -> Result<Option<CardRow>, Error> {
        self.find(member)
    }

    /// Those of these members who have a row.
    pub fn cards_of(&mut self, members: &[Id]) -> Result<Vec<CardRow>, Error> {
        let named = cards::table.filter(cards::bank_id.eq(self.bank).and(cards::id.eq_any(members)));
        Ok(named.select(CardRow::as_select()).load(self.conn)?)
    }

    /// Inserts a card, or replaces the row that was read.
    pub fn put_card(&mut self, row: &CardRow) -> Result<(), Error> {
        match row.version {
            1 => self.insert(row),
            _ => self.update(row),
        }
    }

    /// The file with this passbook number, also that of a duplicate.
    pub fn member_of_number(&mut self, number: &str) -> Result<Option<MemberRow>, Error> {
        let named = members::table.filter(members::bank_id.eq(self.bank).and(members::number.eq(number)));
        Ok(named.select(MemberRow::as_select()).first(self.conn).optional()?)
    }

    /// Claims that were made with a member's card end.
    pub fn end_card_claims(&mut self, member: Id) -> Result<(), Error> {
        let claimed = codes::table
            .filter(codes::bank_id.eq(self.bank).and(codes::member_id.eq(member)))
            .filter(codes::card_edition.is_not_null().and(codes::state.eq_any(["live", "claimed"])));
        diesel::update(claimed)
            .set((codes::state.eq("replaced"), codes::version.eq(codes::version + 1)))
            .execute(self.conn)?;
        Ok(())
    }
}

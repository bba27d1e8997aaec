//! Attachments: their rows. Their files are in [`super::files`].

use super::error::Error;
use super::schema::*;
use super::tables::Tables;
use crate::domain::attachments::Thing;
use crate::domain::id::Id;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

pub use super::schema::AttachmentRow;

/// Rows that are looked at or removed at once.
const STEP: i64 = 500;

impl Tables<'_> {
    pub fn attachment(&mut self, id: Id) -> Result<Option<AttachmentRow>, Error> {
        let row = attachments::table.find((self.bank, id)).select(AttachmentRow::as_select());
        Ok(row.get_result(self.conn).optional()?)
    }

    /// The attachments of one thing, newest first.
    pub fn attachments_of(
        &mut self,
        (thing, id): (Thing, Id),
        limit: i64,
    ) -> Result<Vec<AttachmentRow>, Error> {
        let rows = attachments::table
            .filter(attachments::bank_id.eq(self.bank).and(attachments::thing.eq(thing.as_str())))
            .filter(attachments::thing_id.eq(id))
            .order(attachments::id.desc())
            .limit(limit);
        Ok(rows.select(AttachmentRow::as_select()).load(self.conn)?)
    }

    /// The newest picture of each of these things that has one.
    pub fn newest_pictures(&mut self, thing: Thing, ids: &[Id]) -> Result<HashMap<Id, Id>, Error> {
        let mut found = HashMap::new();
        for part in ids.chunks(500) {
            let rows = attachments::table
                .filter(attachments::bank_id.eq(self.bank).and(attachments::thing.eq(thing.as_str())))
                .filter(attachments::thing_id.eq_any(part).and(attachments::small_digest.is_not_null()))
                .order(attachments::id)
                .select((attachments::thing_id, attachments::id));
            found.extend(rows.load::<(Id, Id)>(self.conn)?);
        }
        Ok(found)
    }

    pub fn remove_attachment(&mut self, id: Id) -> Result<(), Error> {
        diesel::delete(attachments::table.find((self.bank, id))).execute(self.conn)?;
        Ok(())
    }

    /// Removes some of the rows that are no longer kept; returns their number.
    pub fn remove_due_attachments(&mut self) -> Result<usize, Error> {
        let due: Vec<Id> = attachments::table
            .filter(attachments::bank_id.eq(self.bank).and(attachments::keep_until.lt(self.today())))
            .order(attachments::id)
            .limit(STEP)
            .select(attachments::id)
            .load(self.conn)?;
        let rows =
            attachments::table.filter(attachments::bank_id.eq(self.bank).and(attachments::id.eq_any(due)));
        Ok(diesel::delete(rows).execute(self.conn)?)
    }

    /// Those of these digests that a row names.
    pub fn named_digests(&mut self, digests: &[String]) -> Result<HashSet<String>, Error> {
        let mut found = HashSet::new();
        for part in digests.chunks(500) {
            let of_bank = attachments::table.filter(attachments::bank_id.eq(self.bank));
            let whole = of_bank.filter(attachments::digest.eq_any(part)).select(attachments::digest);
            found.extend(whole.load::<String>(self.conn)?);
            let small = of_bank
                .filter(attachments::small_digest.eq_any(part))
                .select(attachments::small_digest.assume_not_null());
            found.extend(small.load::<String>(self.conn)?);
        }
        Ok(found)
    }
}

//! Attachments: their rows. Their files are in [`super::files`].

use super::error::Error;
use super::schema::*;
use super::tables::Tables;
use crate::domain::attachments::Thing;
use crate::domain::id::Id;
use crate::domain::time::{Day, Moment};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

pub use super::schema::AttachmentRow;

/// Rows that are looked at or removed at once.
const STEP: i64 = 500;
/// What a row belongs to that belongs to nothing any more, or not yet: it says which files are to be removed.
pub const REMOVED: &str = "removed";

impl Tables<'_> {
    pub fn attachment(&mut self, id: Id) -> Result<Option<AttachmentRow>, Error> {
        let row = attachments::table.find((self.bank, id)).filter(attachments::thing.ne(REMOVED));
        Ok(row.select(AttachmentRow::as_select()).get_result(self.conn).optional()?)
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
        self.remove_attachments(&[id]).map(|_| ())
    }

    /// Removes all attachments that are about these members.
    pub fn remove_attachments_about(&mut self, members: &[Id]) -> Result<(), Error> {
        let about = attachments::table
            .filter(attachments::bank_id.eq(self.bank).and(attachments::member_id.eq_any(members)))
            .select(attachments::id);
        let about: Vec<Id> = about.load(self.conn)?;
        for part in about.chunks(500) {
            self.remove_attachments(part)?;
        }
        Ok(())
    }

    /// Leaves nothing of these rows but the names of their files, which go later.
    pub fn remove_attachments(&mut self, ids: &[Id]) -> Result<usize, Error> {
        let rows =
            attachments::table.filter(attachments::bank_id.eq(self.bank).and(attachments::id.eq_any(ids)));
        let emptied = diesel::update(rows).set((
            attachments::thing.eq(REMOVED),
            attachments::thing_id.eq(attachments::id),
            attachments::member_id.eq(None::<Id>),
            attachments::title.eq(""),
            attachments::keep_until.eq(None::<Day>),
            attachments::made_at.eq(self.now),
        ));
        Ok(emptied.execute(self.conn)?)
    }

    /// Rows emptied before a moment, oldest first, each with the digests of its files.
    pub fn emptied_attachments(
        &mut self,
        before: Moment,
        limit: i64,
    ) -> Result<Vec<(Id, Vec<String>)>, Error> {
        let rows = attachments::table
            .filter(attachments::bank_id.eq(self.bank).and(attachments::thing.eq(REMOVED)))
            .filter(attachments::made_at.lt(before))
            .order(attachments::id)
            .limit(limit)
            .select((attachments::id, attachments::digest, attachments::small_digest));
        let rows: Vec<(Id, String, Option<String>)> = rows.load(self.conn)?;
        let names = |(id, digest, small)| (id, std::iter::once(digest).chain(small).collect());
        Ok(rows.into_iter().map(names).collect())
    }

    /// Deletes emptied rows.
    pub fn forget_attachments(&mut self, ids: &[Id]) -> Result<(), Error> {
        let emptied = attachments::table
            .filter(attachments::bank_id.eq(self.bank).and(attachments::thing.eq(REMOVED)))
            .filter(attachments::id.eq_any(ids));
        diesel::delete(emptied).execute(self.conn)?;
        Ok(())
    }

    /// Some of the attachments that are no longer kept.
    pub fn due_attachments(&mut self) -> Result<Vec<Id>, Error> {
        let due = attachments::table
            .filter(attachments::bank_id.eq(self.bank).and(attachments::keep_until.lt(self.today())))
            .order(attachments::id)
            .limit(STEP)
            .select(attachments::id);
        Ok(due.load(self.conn)?)
    }

    /// Those of these digests that a row names.
    pub fn named_digests(&mut self, digests: &[String]) -> Result<HashSet<String>, Error> {
        let mut found = HashSet::new();
        for part in digests.chunks(500) {
            let of_bank = attachments::table
                .filter(attachments::bank_id.eq(self.bank).and(attachments::thing.ne(REMOVED)));
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

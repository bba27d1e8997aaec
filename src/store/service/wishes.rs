//! Skills, what members can and wish to do, and invitations to activities.

use super::sign_ups::LIVE;
use crate::domain::id::Id;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::readers::under::reached;
use crate::store::schema::*;
pub use crate::store::schema::{InvitationRow, SkillRow, WishesRow};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::collections::BTreeSet;

impl Tables<'_> {
    /// All skills of the bank, by name.
    pub fn skills(&mut self) -> Result<Vec<SkillRow>, Error> {
        let all = skills::table.filter(skills::bank_id.eq(self.bank));
        Ok(all.order((skills::name, skills::id)).select(SkillRow::as_select()).load(self.conn)?)
    }

    /// The members whom somebody has invited to an activity.
    pub fn invited_to(&mut self, activity: Id) -> Result<BTreeSet<Id>, Error> {
        let of_it = invitations::bank_id.eq(self.bank).and(invitations::activity_id.eq(activity));
        let rows = invitations::table.filter(of_it).select(invitations::member_id);
        Ok(rows.load::<Id>(self.conn)?.into_iter().collect())
    }

    /// Active people below these paths who have said what they can and wish to do, have all of these skills, and no place
    /// at the activity; in the order of their ids, after one of them.
    pub fn candidates(
        &mut self,
        (activity, required): (Id, &[Id]),
        paths: &[String],
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<(MemberRow, WishesRow)>, Error> {
        let placed = sign_ups::table
            .filter(sign_ups::bank_id.eq(members::bank_id).and(sign_ups::member_id.eq(members::id)))
            .filter(sign_ups::activity_id.eq(activity).and(sign_ups::state.eq_any(LIVE)));
        let said = wishes::bank_id.eq(members::bank_id).and(wishes::id.eq(members::id));
        let mut query = members::table
            .inner_join(wishes::table.on(said))
            .filter(members::bank_id.eq(self.bank).and(members::kind.eq("person")))
            .filter(members::state.eq("active"))
            .filter(members::org_id.eq_any(reached!(self, paths)))
            .filter(not(exists(placed)))
            .into_boxed();
        // An id stands in the text of the wishes only as what it is.
        for skill in required {
            query = query.filter(wishes::details.like(format!("%{skill}%")));
        }
        if let Some(after) = after {
            query = query.filter(members::id.gt(after));
        }
        let rows = query.order(members::id).limit(limit);
        Ok(rows.select((MemberRow::as_select(), WishesRow::as_select())).load(self.conn)?)
    }

    /// What a duplicate has said goes to the file that stays, unless that has said something itself.
    pub(in crate::store) fn repoint_wishes(&mut self, from: Id, to: Id) -> Result<(), Error> {
        let duplicate = wishes::table.find((self.bank, from));
        match self.find::<WishesRow>(to)? {
            Some(_) => diesel::delete(duplicate).execute(self.conn)?,
            None => diesel::update(duplicate).set(wishes::id.eq(to)).execute(self.conn)?,
        };
        let bank = self.bank;
        let of = |member: Id| invitations::bank_id.eq(bank).and(invitations::member_id.eq(member));
        let known: Vec<Id> =
            invitations::table.filter(of(to)).select(invitations::activity_id).load(self.conn)?;
        let twice = invitations::table.filter(of(from)).filter(invitations::activity_id.eq_any(known));
        diesel::delete(twice).execute(self.conn)?;
        diesel::update(invitations::table.filter(of(from)))
            .set(invitations::member_id.eq(to))
            .execute(self.conn)?;
        Ok(())
    }
}

//! Messages to people, and how far the work that follows others has come.

use super::Tables;
use super::access::sessions::ACTIVE;
use super::error::Error;
use super::ledger::entry_keys::STEP;
use super::readers::on_days::on_days;
use super::readers::under::reached;
use super::schema::*;
use crate::domain::id::Id;
use crate::domain::time::{Days, Moment};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

/// Points of one account that expire within a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiring {
    pub account: Id,
    pub amount: i64,
    /// When the first of them expire.
    pub at: Moment,
}

/// A recipient: all ids of one file, and the user.
#[derive(Clone, Debug)]
pub struct Recipient {
    pub members: Vec<Id>,
    pub user: Id,
}

/// Filters for messages.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    pub unread: bool,
    pub days: Days,
    /// Older than this one.
    pub before: Option<Id>,
}

/// The messages of one side: of a file, or of a user.
macro_rules! of_side {
    ($tables:ident, $side:expr, $filter:ident, $limit:ident) => {{
        let mut query = messages::table.filter(messages::bank_id.eq($tables.bank).and($side)).into_boxed();
        if $filter.unread {
            query = query.filter(messages::read_at.is_null());
        }
        if let Some(before) = $filter.before {
            query = query.filter(messages::id.lt(before));
        }
        on_days!(query, $filter.days, $tables.zone, messages::made_at, messages::id);
        let rows = query.order(messages::id.desc()).limit($limit).select(MessageRow::as_select());
        rows.load::<MessageRow>($tables.conn)?
    }};
}

impl Tables<'_> {
    /// Messages to a recipient, newest first.
    pub fn messages_to(
        &mut self,
        to: &Recipient,
        filter: &MessageFilter,
        limit: i64,
    ) -> Result<Vec<MessageRow>, Error> {
        let mut rows = of_side!(self, messages::member_id.eq_any(&to.members), filter, limit);
        rows.extend(of_side!(self, messages::user_id.eq(to.user), filter, limit));
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
        rows.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(rows)
    }

    /// Messages of some days to members below these paths who cannot sign in, by passbook number, oldest first.
    pub fn messages_on_paper(
        &mut self,
        paths: &[String],
        days: Days,
        limit: i64,
    ) -> Result<Vec<(MessageRow, MemberRow)>, Error> {
        let to = members::bank_id.eq(messages::bank_id).and(members::id.nullable().eq(messages::member_id));
        let log_ins = users::table
            .filter(users::bank_id.eq(self.bank).and(users::member_id.eq(members::id.nullable())))
            .filter(users::password_hash.is_not_null().and(users::state.eq(ACTIVE)));
        let mut query = messages::table
            .inner_join(members::table.on(to))
            .filter(messages::bank_id.eq(self.bank))
            // The days decide: `NOT` keeps the planner from the members of the place.
            .filter(not(members::org_id.ne_all(reached!(self, paths))))
            .filter(not(exists(log_ins)))
            .into_boxed();
        on_days!(query, days, self.zone, messages::made_at, messages::id);
        let rows = query
            .order((members::number, messages::id))
            .limit(limit)
            .select((MessageRow::as_select(), MemberRow::as_select()));
        Ok(rows.load(self.conn)?)
    }

    /// The number of unread messages to a recipient.
    pub fn unread_messages(&mut self, to: &Recipient) -> Result<i64, Error> {
        let unread = || {
            messages::table.filter(messages::bank_id.eq(self.bank).and(messages::read_at.is_null())).count()
        };
        let of_file: i64 = unread().filter(messages::member_id.eq_any(&to.members)).get_result(self.conn)?;
        let of_user: i64 = unread().filter(messages::user_id.eq(to.user)).get_result(self.conn)?;
        Ok(of_file.saturating_add(of_user))
    }

    /// Marks the messages to a recipient as read, up to one of them (included).
    pub fn mark_read(&mut self, to: &Recipient, until: Id) -> Result<(), Error> {
        let now = messages::read_at.eq(Some(self.now));
        let unread = || {
            messages::table
                .filter(messages::bank_id.eq(self.bank).and(messages::read_at.is_null()))
                .filter(messages::id.le(until))
        };
        diesel::update(unread().filter(messages::member_id.eq_any(&to.members)))
            .set(now)
            .execute(self.conn)?;
        diesel::update(unread().filter(messages::user_id.eq(to.user))).set(now).execute(self.conn)?;
        Ok(())
    }

    /// The newest message of a kind to a member.
    pub fn last_of_kind(&mut self, member: Id, kind: &str) -> Result<Option<MessageRow>, Error> {
        let of_kind = messages::table
            .filter(messages::bank_id.eq(self.bank).and(messages::member_id.eq(member)))
            .filter(messages::kind.eq(kind));
        let last = of_kind.order(messages::id.desc()).select(MessageRow::as_select());
        Ok(last.first(self.conn).optional()?)
    }

    /// The newest message of a kind to a user.
    pub fn last_to_user(&mut self, user: Id, kind: &str) -> Result<Option<MessageRow>, Error> {
        let of_kind = messages::table
            .filter(messages::bank_id.eq(self.bank).and(messages::user_id.eq(user)))
            .filter(messages::kind.eq(kind));
        let last = of_kind.order(messages::id.desc()).select(MessageRow::as_select());
        Ok(last.first(self.conn).optional()?)
    }

    /// Removes some of the messages that were made before a moment; returns how many.
    pub fn forget_messages(&mut self, before: Moment) -> Result<usize, Error> {
        let old = messages::table
            .filter(messages::bank_id.eq(self.bank).and(messages::id.lt(Id::lowest_at(before))))
            .order(messages::id)
            .limit(i64::try_from(STEP).unwrap_or(i64::MAX))
            .select(messages::id);
        let ids: Vec<Id> = old.load(self.conn)?;
        let gone = messages::table.filter(messages::bank_id.eq(self.bank).and(messages::id.eq_any(&ids)));
        Ok(diesel::delete(gone).execute(self.conn)?)
    }

    /// How far some work has come.
    pub fn progress(&mut self, work: &str) -> Result<Option<String>, Error> {
        let row = progress::table.find((self.bank, work)).select(progress::place);
        Ok(row.get_result(self.conn).optional()?)
    }

    pub fn set_progress(&mut self, work: &str, place: String) -> Result<(), Error> {
        let row = ProgressRow { bank_id: self.bank, work: work.to_owned(), place };
        let known = progress::table.find((self.bank, work));
        let changed = diesel::update(known).set(progress::place.eq(&row.place)).execute(self.conn)?;
        if changed == 0 { self.insert(&row) } else { Ok(()) }
    }

    /// What expires after a moment and up to another, by account in the order of their ids.
    pub fn expiring(&mut self, after: Moment, until: Moment) -> Result<Vec<Expiring>, Error> {
        let due = lots::table
            .filter(lots::bank_id.eq(self.bank).and(lots::remaining.gt(0)))
            .filter(lots::expires_at.gt(after).and(lots::expires_at.le(until)))
            .select((lots::account_id, lots::remaining, lots::expires_at));
        let rows = due.load::<(Id, i64, Option<Moment>)>(self.conn)?;
        let mut found: std::collections::BTreeMap<Id, Expiring> = std::collections::BTreeMap::new();
        for (account, remaining, at) in rows {
            let Some(at) = at else { continue };
            let sum = found.entry(account).or_insert(Expiring { account, amount: 0, at });
            sum.amount = sum.amount.saturating_add(remaining);
            sum.at = sum.at.min(at);
        }
        Ok(found.into_values().collect())
    }
}

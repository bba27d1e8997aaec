//! Finds members: by the beginning of a name, by what is known of them, by the place where they belong. As fast for one
//! community of a large bank as for the whole of it.

use crate::domain::id::Id;
use crate::domain::time::{Days, Moment};
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::reached;
use crate::store::schema::*;
use diesel::dsl::not;
use diesel::prelude::*;

/// Up to these many index entries are sorted for a page; of more, enough for a page are met soon in the order of the
/// numbers.
const SORTED: i64 = 20_000;

/// Filters for members.
#[derive(Clone, Debug, Default)]
pub struct MemberSearch {
    /// The comparison key of a name's beginning.
    pub name: Option<String>,
    /// The beginning of the pinyin initials of a name.
    pub initials: Option<String>,
    pub number: Option<String>,
    pub phone_hash: Option<Vec<u8>>,
    pub phone_tail_hash: Option<Vec<u8>>,
    pub id_number_hash: Option<Vec<u8>>,
    pub kind: Option<String>,
    /// People of this household.
    pub household: Option<Id>,
    /// Opened on these days.
    pub days: Days,
    pub after: Option<MemberPlace>,
}

/// The position of a row in a list of members: nothing of it ever changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberPlace {
    Number(String),
    /// In a list filtered by days of opening.
    Opened(Moment, Id),
}

impl MemberSearch {
    /// The position of a row in the order of this search.
    pub fn place(&self, row: &MemberRow) -> MemberPlace {
        match self.days.are_all() {
            true => MemberPlace::Number(row.number.clone()),
            false => MemberPlace::Opened(row.created_at, row.id),
        }
    }

    /// Whether a filter selects few rows by itself: a number, a phone, a document, a household.
    fn names_few(&self) -> bool {
        let MemberSearch { number, phone_hash, phone_tail_hash, id_number_hash, household, .. } = self;
        let hashes = [phone_hash, phone_tail_hash, id_number_hash];
        number.is_some() || household.is_some() || hashes.iter().any(|hash| hash.is_some())
    }

    /// Sorts the rows, drops repeated ones, and keeps the first `limit`.
    pub(in crate::store) fn in_order(&self, found: &mut Vec<MemberRow>, limit: i64) {
        found.sort_by_cached_key(|row| self.place(row));
        found.dedup_by(|a, b| a.id == b.id);
        found.truncate(usize::try_from(limit).unwrap_or(0));
    }
}

/// Restricts a query to texts that begin with another: by an index on the column, or without one.
macro_rules! begins {
    ($query:ident, $column:expr, $start:expr, $by_index:expr) => {
        if let Some(start) = $start.clone() {
            let end = format!("{start}\u{10ffff}");
            $query = match $by_index {
                true => $query.filter($column.ge(start).and($column.lt(end))),
                // `NOT` keeps the planner from the index.
                false => $query.filter(not($column.lt(start)).and(not($column.ge(end)))),
            };
        }
    };
}

impl Tables<'_> {
    /// Members below these paths, in the order of their numbers; filtered by days, in the order of opening.
    pub fn find_members(
        &mut self,
        search: &MemberSearch,
        paths: &[String],
        limit: i64,
    ) -> Result<Vec<MemberRow>, Error> {
        let is_listed = search.days.are_all() && !search.names_few();
        if is_listed && self.are_few(search, paths)? {
            return self.sorted(search, paths, limit);
        }
        let mut query = members::table
            .filter(members::bank_id.eq(self.bank).and(members::state.ne("merged")))
            .filter(not(members::org_id.ne_all(reached!(self, paths))))
            .into_boxed();
        begins!(query, members::name_key, search.name, !is_listed);
        begins!(query, members::initials, search.initials, !is_listed);
        if let Some(number) = &search.number {
            query = query.filter(members::number.eq(number.clone()));
        }
        if let Some(hash) = &search.phone_hash {
            query = query.filter(members::phone_hash.eq(hash.clone()));
        }
        if let Some(hash) = &search.phone_tail_hash {
            query = query.filter(members::phone_tail_hash.eq(hash.clone()));
        }
        if let Some(hash) = &search.id_number_hash {
            query = query.filter(members::id_number_hash.eq(hash.clone()));
        }
        if let Some(kind) = &search.kind {
            query = query.filter(members::kind.eq(kind.clone()));
        }
        if let Some(household) = search.household {
            query = query.filter(members::household_id.eq(household));
        }
        on_days!(query, search.days, self.zone, members::created_at);
        query = match search.after.clone() {
            None => query,
            Some(MemberPlace::Number(number)) => query.filter(members::number.gt(number)),
            Some(MemberPlace::Opened(at, id)) => {
                let later = members::created_at.gt(at);
                let later = later.or(members::created_at.eq(at).and(members::id.gt(id)));
                query.filter(members::created_at.ge(at).and(later))
            }
        };
        query = match search.days.are_all() {
            true => query.order(members::number),
            false => query.order((members::created_at, members::id)),
        };
        Ok(query.limit(limit).select(MemberRow::as_select()).load(self.conn)?)
    }

    /// Whether few enough members of these places have such a name.
    fn are_few(&mut self, search: &MemberSearch, paths: &[String]) -> Result<bool, Error> {
        let mut named = members::table
            .filter(members::bank_id.eq(self.bank).and(members::org_id.eq_any(reached!(self, paths))))
            .into_boxed();
        begins!(named, members::name_key, search.name, true);
        begins!(named, members::initials, search.initials, true);
        let beyond = named.select(members::number).offset(SORTED).limit(1);
        Ok(beyond.get_result::<String>(self.conn).optional()?.is_none())
    }

    /// The first members of some places with such a name, from the indexes alone.
    fn sorted(
        &mut self,
        search: &MemberSearch,
        paths: &[String],
        limit: i64,
    ) -> Result<Vec<MemberRow>, Error> {
        let mut named = members::table
            .filter(members::bank_id.eq(self.bank).and(members::org_id.eq_any(reached!(self, paths))))
            .filter(members::state.ne("merged"))
            .into_boxed();
        begins!(named, members::name_key, search.name, true);
        begins!(named, members::initials, search.initials, true);
        if let Some(kind) = &search.kind {
            named = named.filter(members::kind.eq(kind.clone()));
        }
        if let Some(MemberPlace::Number(number)) = &search.after {
            named = named.filter(not(members::number.le(number.clone())));
        }
        // In an order that no index has, so that the planner takes the one that has the places and names.
        let first = named.order(members::number.concat("")).limit(limit).select(members::id);
        let ids: Vec<Id> = first.load(self.conn)?;
        let mut rows = self.members_by_id(ids)?;
        search.in_order(&mut rows, limit);
        Ok(rows)
    }
}

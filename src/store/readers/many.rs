//! Reads what belongs to the rows of a page together: a list takes as many statements for hundreds of rows as for a
//! few.

use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::ledger::account::{Account, Hold};
use crate::domain::ledger::entry::Entry;
use crate::ledger::{Past, Request, StoredAnswer};
use crate::store::Tables;
use crate::store::access::sessions::SessionRow;
use crate::store::connection::by_key::{Lookup, lookups};
use crate::store::error::Error;
use crate::store::ledger::entry_keys;
use crate::store::people::members::{MemberRow, OrgRow, RoleRow, UserRow};
use crate::store::people::users::HeldRole;
use crate::store::points::schemes::{SchemeRow, SchemeVersionRow};
use crate::store::schema::*;
use crate::store::service::records::ActivityRow;
use crate::store::shops::merchants::MerchantRow;
use crate::store::types::Uid;
use crate::store::writer::document_rows;
use crate::store::writer::load::{self, whole};
use crate::store::writer::rows::AnswerRow;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use std::collections::{BTreeMap, HashMap};

#[derive(Queryable, Selectable)]
#[diesel(table_name = notes)]
pub struct NoteOfEntry {
    entry_number: i64,
    body: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = counters)]
pub struct CounterRow {
    counter_key: String,
    counter_window: String,
    used: i64,
}

lookups! {
    Notes: NoteOfEntry in notes by entry_number as BigInt = i64;
    Counters: CounterRow in counters by counter_key as Text = String;
    Answers: AnswerRow in answers by idempotency_key as Text = String;
    Members: MemberRow in members by id as Uid = Id;
    Orgs: OrgRow in orgs by id as Uid = Id;
    Users: UserRow in users by id as Uid = Id;
    Merchants: MerchantRow in merchants by id as Uid = Id;
    Activities: ActivityRow in activities by id as Uid = Id;
    Roles: RoleRow in roles by user_id as Uid = Id, only "revoked_at IS NULL";
    Sessions: SessionRow in sessions by user_id as Uid = Id, only "revoked_at IS NULL";
    Schemes: SchemeRow in schemes by code as Text = String;
    Versions: SchemeVersionRow in scheme_versions by scheme_id as Uid = Id;
}

impl Tables<'_> {
    /// Entries, in the order of the numbers; missing ones are left out.
    pub fn entries(&mut self, numbers: &[i64]) -> Result<Vec<Entry>, Error> {
        let mut found = whole::entries(self.conn, self.bank, numbers.iter().copied())?;
        Ok(numbers.iter().filter_map(|number| found.remove(number)).collect())
    }

    /// Entries with what has been taken back of them so far, by number.
    pub fn pasts(&mut self, numbers: &[i64]) -> Result<BTreeMap<i64, Past>, Error> {
        whole::pasts(self.conn, self.bank, numbers.iter().copied())
    }

    /// The texts of entries that have not been erased.
    pub fn notes(&mut self, numbers: &[i64]) -> Result<HashMap<i64, String>, Error> {
        let rows = Notes::of(self.conn, self.bank, numbers.iter().copied())?;
        Ok(rows.into_iter().map(|row| (row.entry_number, row.body)).collect())
    }

    pub fn holds(&mut self, ids: &[Id]) -> Result<BTreeMap<Id, Hold>, Error> {
        whole::holds(self.conn, self.bank, ids.iter().copied())
    }

    pub fn accounts(&mut self, ids: impl IntoIterator<Item = Id>) -> Result<HashMap<Id, Account>, Error> {
        whole::accounts(self.conn, self.bank, ids)
    }

    pub fn documents(
        &mut self,
        kind: DocumentKind,
        ids: impl IntoIterator<Item = Id>,
    ) -> Result<HashMap<Id, Document>, Error> {
        let found = document_rows::documents(self.conn, self.bank, kind, ids)?;
        Ok(found.into_iter().map(|document| (document.id(), document)).collect())
    }

    /// What counters have used in a window, by key; those that were never used are left out.
    pub fn counters_used(
        &mut self,
        keys: impl IntoIterator<Item = String>,
        window: &str,
    ) -> Result<HashMap<String, i64>, Error> {
        let rows = Counters::of(self.conn, self.bank, keys)?.into_iter();
        let of_window = rows.filter(|row| row.counter_window == window);
        Ok(of_window.map(|row| (row.counter_key, row.used)).collect())
    }

    /// The stored answers of these requests, by key.
    pub fn all_answered(&mut self, requests: &[Request]) -> Result<HashMap<String, StoredAnswer>, Error> {
        let users: HashMap<&str, Id> =
            requests.iter().map(|request| (request.key.as_str(), request.user)).collect();
        let mut found = HashMap::new();
        for row in Answers::of(self.conn, self.bank, users.keys().map(|key| (*key).to_owned()))? {
            if users.get(row.idempotency_key.as_str()) == Some(&row.user_id) {
                found.insert(row.idempotency_key.clone(), load::stored_answer(row));
            }
        }
        let unanswered = requests.iter().filter(|request| !found.contains_key(&request.key));
        let unanswered: Vec<_> = unanswered.map(|request| (request.key.clone(), request.user)).collect();
        let spent = entry_keys::spent_keys(self.conn, self.bank, &unanswered)?;
        found.extend(spent.into_iter().map(|((key, _), stored)| (key, stored)));
        Ok(found)
    }

    pub fn members_by_id(&mut self, ids: impl IntoIterator<Item = Id>) -> Result<Vec<MemberRow>, Error> {
        Members::of(self.conn, self.bank, ids)
    }

    /// The files that these ids name: the rows that stay, after merges. As many statements for many as for one.
    pub fn files(&mut self, ids: impl IntoIterator<Item = Id>) -> Result<HashMap<Id, MemberRow>, Error> {
        let rows: HashMap<Id, MemberRow> =
            self.members_by_id(ids)?.into_iter().map(|row| (row.id, row)).collect();
        let merged: Vec<Id> = rows.values().filter_map(|row| row.merged_into_id).collect();
        if merged.is_empty() {
            return Ok(rows);
        }
        let stay: HashMap<Id, MemberRow> =
            self.members_by_id(merged)?.into_iter().map(|row| (row.id, row)).collect();
        let file = |(id, row): (Id, MemberRow)| match row.merged_into_id {
            Some(into) => Some((id, stay.get(&into)?.clone())),
            None => Some((id, row)),
        };
        Ok(rows.into_iter().filter_map(file).collect())
    }

    pub fn orgs(&mut self, ids: impl IntoIterator<Item = Id>) -> Result<HashMap<Id, OrgRow>, Error> {
        let rows = Orgs::of(self.conn, self.bank, ids)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }

    pub fn merchants_of(
        &mut self,
        ids: impl IntoIterator<Item = Id>,
    ) -> Result<HashMap<Id, MerchantRow>, Error> {
        let rows = Merchants::of(self.conn, self.bank, ids)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }

    pub fn users(&mut self, ids: impl IntoIterator<Item = Id>) -> Result<HashMap<Id, UserRow>, Error> {
        let rows = Users::of(self.conn, self.bank, ids)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }

    pub fn activities(
        &mut self,
        ids: impl IntoIterator<Item = Id>,
    ) -> Result<HashMap<Id, ActivityRow>, Error> {
        let rows = Activities::of(self.conn, self.bank, ids)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }

    /// The current roles of users with their organisations, in the order in which they were granted.
    pub fn roles_held(&mut self, users: &[Id]) -> Result<HashMap<Id, Vec<HeldRole>>, Error> {
        let now = self.now;
        let mut rows = Roles::of(self.conn, self.bank, users.iter().copied())?;
        rows.retain(|row| row.until.is_none_or(|until| until > now));
        rows.sort_by_key(|row| row.id);
        let orgs = self.orgs(rows.iter().map(|row| row.org_id))?;
        let mut held: HashMap<Id, Vec<HeldRole>> = HashMap::new();
        for row in rows {
            if let Some(org) = orgs.get(&row.org_id) {
                held.entry(row.user_id).or_default().push(HeldRole {
                    id: row.id,
                    role: row.role,
                    org: org.id,
                    org_code: org.code.clone(),
                    org_name: org.name.clone(),
                    org_path: org.path.clone(),
                    until: row.until,
                });
            }
        }
        Ok(held)
    }

    /// How many sessions of users have not ended.
    pub fn sessions_of(&mut self, users: &[Id]) -> Result<HashMap<Id, usize>, Error> {
        let now = self.now;
        let rows = Sessions::of(self.conn, self.bank, users.iter().copied())?;
        let mut live: HashMap<Id, usize> = HashMap::new();
        for row in rows.iter().filter(|row| row.lives(now)) {
            let count = live.entry(row.user_id).or_default();
            *count = count.saturating_add(1);
        }
        Ok(live)
    }

    pub fn schemes_by_code(
        &mut self,
        codes: impl IntoIterator<Item = String>,
    ) -> Result<Vec<SchemeRow>, Error> {
        Schemes::of(self.conn, self.bank, codes)
    }

    /// All versions of schemes, oldest first.
    pub fn versions_of(
        &mut self,
        schemes: impl IntoIterator<Item = Id>,
    ) -> Result<HashMap<Id, Vec<SchemeVersionRow>>, Error> {
        let rows = Versions::of(self.conn, self.bank, schemes)?;
        Ok(whole::grouped(rows, |row| (row.scheme_id, row.number)))
    }
}

//! Finds existing members for many rows at once, before a sheet is imported.

use super::members::MemberRow;
use crate::domain::id::Id;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::schema::{members, orgs};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Values that one statement looks up.
const AT_ONCE: usize = 500;

/// A member of a name, with what distinguishes them from others.
#[derive(Clone, Debug)]
pub struct Namesake {
    pub key: String,
    pub number: String,
    /// Of their organisation.
    pub path: String,
    pub phone: bool,
    pub document: bool,
    pub birth_year: Option<i64>,
}

impl Tables<'_> {
    /// Which of these rows exist.
    pub fn members_present(&mut self, ids: &[Id]) -> Result<Vec<Id>, Error> {
        let mut found = Vec::new();
        for part in ids.chunks(AT_ONCE) {
            let rows = members::table.filter(members::bank_id.eq(self.bank).and(members::id.eq_any(part)));
            found.extend(rows.select(members::id).load::<Id>(self.conn)?);
        }
        Ok(found)
    }

    /// Members with these numbers: number, row, and whether it is a household.
    pub fn members_numbered(&mut self, numbers: &[String]) -> Result<Vec<(String, Id, bool)>, Error> {
        let mut found = Vec::new();
        for part in numbers.chunks(AT_ONCE) {
            let rows =
                members::table.filter(members::bank_id.eq(self.bank).and(members::number.eq_any(part)));
            let rows = rows.select((members::number, members::id, members::kind));
            let rows: Vec<(String, Id, String)> = rows.load(self.conn)?;
            found.extend(rows.into_iter().map(|(number, id, kind)| (number, id, kind == "household")));
        }
        Ok(found)
    }

    /// Rows with these ID numbers, by their search hashes: hash and member number. For a duplicate, the number of the
    /// file that stays.
    pub fn members_with_id_numbers(&mut self, hashes: &[Vec<u8>]) -> Result<Vec<(Vec<u8>, String)>, Error> {
        let mut found = Vec::new();
        for part in hashes.chunks(AT_ONCE) {
            let rows = members::table
                .filter(members::bank_id.eq(self.bank).and(members::id_number_hash.eq_any(part)));
            let rows: Vec<(Option<Vec<u8>>, String)> =
                rows.select((members::id_number_hash, members::number)).load(self.conn)?;
            found.extend(rows.into_iter().filter_map(|(hash, number)| Some((hash?, number))));
        }
        Ok(found)
    }

    /// Persons with these phones, by their search hashes: hash, key of the name and member number, also of
    /// duplicates.
    pub fn members_with_phones(
        &mut self,
        hashes: &[Vec<u8>],
    ) -> Result<Vec<(Vec<u8>, String, String)>, Error> {
        let mut found = Vec::new();
        for part in hashes.chunks(AT_ONCE) {
            let rows = members::table
                .filter(members::bank_id.eq(self.bank).and(members::phone_hash.eq_any(part)))
                .filter(members::kind.eq("person"));
            let rows: Vec<(Option<Vec<u8>>, String, String)> =
                rows.select((members::phone_hash, members::name_key, members::number)).load(self.conn)?;
            found.extend(rows.into_iter().filter_map(|(hash, name, number)| Some((hash?, name, number))));
        }
        Ok(found)
    }

    /// Persons of these names that are not merged, by their keys.
    pub fn members_named(&mut self, keys: &[String]) -> Result<Vec<Namesake>, Error> {
        let mut found = Vec::new();
        for part in keys.chunks(AT_ONCE) {
            let with_org = orgs::bank_id.eq(members::bank_id).and(orgs::id.eq(members::org_id));
            let rows = members::table
                .inner_join(orgs::table.on(with_org))
                .filter(members::bank_id.eq(self.bank).and(members::name_key.eq_any(part)))
                .filter(members::state.ne("merged").and(members::kind.eq("person")))
                .order(members::number)
                .select((
                    members::name_key,
                    members::number,
                    orgs::path,
                    members::phone_hash.is_not_null(),
                    members::id_number_hash.is_not_null(),
                    members::birth_year,
                ));
            let rows: Vec<(String, String, String, bool, bool, Option<i64>)> = rows.load(self.conn)?;
            found.extend(rows.into_iter().map(|(key, number, path, phone, document, birth_year)| Namesake {
                key,
                number,
                path,
                phone,
                document,
                birth_year,
            }));
        }
        Ok(found)
    }

    /// Files that are not merged and have one of these numbers, phones (by their search hashes) or names (by their
    /// keys), each with the path of its organisation, in the order of their numbers.
    pub fn members_sought(
        &mut self,
        numbers: &[String],
        hashes: &[Vec<u8>],
        keys: &[String],
    ) -> Result<Vec<(MemberRow, String)>, Error> {
        let mut found: BTreeMap<String, (MemberRow, String)> = BTreeMap::new();
        macro_rules! look {
            ($column:expr, $values:expr) => {
                for part in $values.chunks(AT_ONCE) {
                    let with_org = orgs::bank_id.eq(members::bank_id).and(orgs::id.eq(members::org_id));
                    let rows = members::table
                        .inner_join(orgs::table.on(with_org))
                        .filter(members::bank_id.eq(self.bank).and($column.eq_any(part)))
                        .filter(members::state.ne("merged"))
                        .select((MemberRow::as_select(), orgs::path));
                    let rows: Vec<(MemberRow, String)> = rows.load(self.conn)?;
                    found.extend(rows.into_iter().map(|row| (row.0.number.clone(), row)));
                }
            };
        }
        look!(members::number, numbers);
        look!(members::phone_hash, hashes);
        look!(members::name_key, keys);
        Ok(found.into_values().collect())
    }

    /// Inserts rows whose numbers and ID numbers were checked in this very write.
    pub fn insert_members(&mut self, rows: &[MemberRow]) -> Result<(), Error> {
        for row in rows {
            diesel::insert_into(members::table).values(row.keyed()).execute(self.conn)?;
        }
        self.note_households(rows)
    }
}

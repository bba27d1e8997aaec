//! Organisations, users with their roles, members.

use crate::domain::id::Id;
use crate::domain::people::{initials, person_name};
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::Under;
use crate::store::schema::*;
pub use crate::store::schema::{AccessRow, MemberRow, OrgRow, RoleRow, UserRow};
use diesel::prelude::*;

impl MemberRow {
    /// The row with what is derived from its name.
    pub(in crate::store) fn keyed(&self) -> MemberRow {
        let (name_key, initials) = (person_name::key(&self.name), initials::stored(&self.name));
        MemberRow { name_key, initials, ..self.clone() }
    }
}

impl Tables<'_> {
    pub fn org(&mut self, id: Id) -> Result<Option<OrgRow>, Error> {
        self.find(id)
    }

    /// The path of an organisation; refused as "not found" if there is none.
    pub fn org_path(&mut self, id: Id) -> Result<String, Error> {
        let org = self.org(id)?.ok_or(Refusal::NotFound { what: "org".into() })?;
        Ok(org.path)
    }

    pub fn org_by_code(&mut self, code: &str) -> Result<Option<OrgRow>, Error> {
        let row = orgs::table.filter(orgs::bank_id.eq(self.bank).and(orgs::code.eq(code)));
        Ok(row.select(OrgRow::as_select()).get_result(self.conn).optional()?)
    }

    /// The bank's root organisation.
    pub fn root_org(&mut self) -> Result<OrgRow, Error> {
        let roots = orgs::table.filter(orgs::bank_id.eq(self.bank).and(orgs::parent_id.is_null()));
        let root = roots.order(orgs::id).select(OrgRow::as_select()).first(self.conn).optional()?;
        Ok(root.ok_or(Refusal::NotFound { what: "org".into() })?)
    }

    /// Organisations below one of these paths (included), parents before children.
    pub fn orgs_below(&mut self, paths: &[String]) -> Result<Vec<OrgRow>, Error> {
        let all = orgs::table.filter(orgs::bank_id.eq(self.bank)).order(orgs::path);
        let rows = all.select(OrgRow::as_select()).load(self.conn)?;
        Ok(rows
            .into_iter()
            .filter(|row| paths.iter().any(|path| row.path.starts_with(path.as_str())))
            .collect())
    }

    pub fn insert_org(&mut self, row: &OrgRow) -> Result<(), Error> {
        let same = orgs::table.filter(orgs::bank_id.eq(self.bank).and(orgs::code.eq(&row.code)));
        if same.count().get_result::<i64>(self.conn)? > 0 {
            return Err(Refusal::Taken { what: "org_code".into() }.into());
        }
        diesel::insert_into(orgs::table).values(row).execute(self.conn)?;
        Ok(())
    }

    /// Moves an organisation and everything below it under another parent.
    pub fn move_org(&mut self, id: Id, parent: &OrgRow) -> Result<(), Error> {
        let own = self.org(id)?.ok_or(Refusal::NotFound { what: "org".into() })?;
        let new_path = format!("{}{id}/", parent.path);
        for row in self.orgs_below(std::slice::from_ref(&own.path))? {
            let rest = row.path.strip_prefix(own.path.as_str()).unwrap_or_default();
            diesel::update(orgs::table.find((self.bank, row.id)))
                .set((orgs::path.eq(format!("{new_path}{rest}")), orgs::version.eq(row.version + 1)))
                .execute(self.conn)?;
        }
        diesel::update(orgs::table.find((self.bank, id)))
            .set(orgs::parent_id.eq(parent.id))
            .execute(self.conn)?;
        self.rights_changed();
        Ok(())
    }

    pub fn set_org_state(&mut self, id: Id, state: &str) -> Result<(), Error> {
        diesel::update(orgs::table.find((self.bank, id)))
            .set((orgs::state.eq(state), orgs::version.eq(orgs::version + 1)))
            .execute(self.conn)?;
        Ok(())
    }

    /// A page of the organisations below any of these paths (included) that were opened on some days, in that order:
    /// moving an organisation does not change its position.
    pub fn orgs_page(
        &mut self,
        paths: &[String],
        days: Days,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<OrgRow>, Error> {
        let mut below =
            orgs::table.filter(orgs::bank_id.eq(self.bank)).filter(Under::any(paths)).into_boxed();
        on_days!(below, days, self.zone, orgs::created_at);
        if let Some(after) = after {
            below = below.filter(orgs::id.gt(after));
        }
        Ok(below.order(orgs::id).limit(limit).select(OrgRow::as_select()).load(self.conn)?)
    }

    /// Whether an organisation is in use: it has members, organisations below, shops, future activities, or
    /// unfinished records.
    pub fn org_in_use(&mut self, id: Id) -> Result<bool, Error> {
        let people = members::table.filter(
            members::bank_id.eq(self.bank).and(members::org_id.eq(id)).and(members::state.ne("merged")),
        );
        let below = orgs::table
            .filter(orgs::bank_id.eq(self.bank).and(orgs::parent_id.eq(id)).and(orgs::state.eq("open")));
        let shops = merchants::table.filter(
            merchants::bank_id.eq(self.bank).and(merchants::org_id.eq(id)).and(merchants::state.ne("closed")),
        );
        let to_come = activities::table
            .filter(activities::bank_id.eq(self.bank).and(activities::org_id.eq(id)))
            .filter(activities::state.eq("published").and(activities::ends_at.gt(self.now)));
        let unfinished = service_records::table
            .filter(service_records::bank_id.eq(self.bank).and(service_records::org_id.eq(id)))
            .filter(
                service_records::state
                    .eq_any(crate::store::service::records::UNFINISHED.map(|state| state.as_str())),
            );
        use diesel::dsl::exists;
        Ok(diesel::select(exists(people)).get_result(self.conn)?
            || diesel::select(exists(below)).get_result(self.conn)?
            || diesel::select(exists(shops)).get_result(self.conn)?
            || diesel::select(exists(to_come)).get_result(self.conn)?
            || diesel::select(exists(unfinished)).get_result(self.conn)?)
    }

    pub fn user(&mut self, id: Id) -> Result<Option<UserRow>, Error> {
        self.find(id)
    }

    pub fn insert_user(&mut self, row: &UserRow) -> Result<(), Error> {
        let same = users::table.filter(users::bank_id.eq(self.bank).and(users::login.eq(&row.login)));
        if same.count().get_result::<i64>(self.conn)? > 0 {
            return Err(Refusal::Taken { what: "login".into() }.into());
        }
        diesel::insert_into(users::table).values(row).execute(self.conn)?;
        Ok(())
    }

    /// The current roles of a user.
    pub fn roles_of(&mut self, user: Id) -> Result<Vec<RoleRow>, Error> {
        let now = self.now;
        let rows = roles::table
            .filter(
                roles::bank_id.eq(self.bank).and(roles::user_id.eq(user)).and(roles::revoked_at.is_null()),
            )
            .select(RoleRow::as_select())
            .load(self.conn)?;
        Ok(rows.into_iter().filter(|row| row.until.is_none_or(|until| now < until)).collect())
    }

    pub fn role(&mut self, id: Id) -> Result<Option<RoleRow>, Error> {
        let row = roles::table.find((self.bank, id)).select(RoleRow::as_select());
        Ok(row.get_result(self.conn).optional()?)
    }

    pub fn revoke_role(&mut self, id: Id, by: Id) -> Result<(), Error> {
        diesel::update(roles::table.find((self.bank, id)))
            .set((roles::revoked_by.eq(by), roles::revoked_at.eq(self.now)))
            .execute(self.conn)?;
        self.rights_changed();
        Ok(())
    }

    pub fn member(&mut self, id: Id) -> Result<Option<MemberRow>, Error> {
        self.find(id)
    }

    /// A member with the path of their organisation.
    pub fn member_at(&mut self, id: Id) -> Result<(MemberRow, String), Error> {
        let with_org = orgs::bank_id.eq(members::bank_id).and(orgs::id.eq(members::org_id));
        let found = members::table
            .inner_join(orgs::table.on(with_org))
            .filter(members::bank_id.eq(self.bank).and(orgs::bank_id.eq(self.bank)).and(members::id.eq(id)))
            .select((MemberRow::as_select(), orgs::path))
            .get_result(self.conn)
            .optional()?;
        Ok(found.ok_or(Refusal::NotFound { what: "member".into() })?)
    }

    /// The file that an id names (the one that stays, after a merge), with the path of its organisation.
    pub fn file_at(&mut self, id: Id) -> Result<(MemberRow, String), Error> {
        let (row, path) = self.member_at(id)?;
        match row.merged_into_id {
            Some(into) => self.member_at(into),
            None => Ok((row, path)),
        }
    }

    /// The ids of the file that an id names: the one that stays and its duplicates. Documents keep the id under which
    /// they were made, so every list by member filters by all of them.
    pub fn ids_of_file(&mut self, id: Id) -> Result<Vec<Id>, Error> {
        let stays = self.member(id)?.and_then(|row| row.merged_into_id).unwrap_or(id);
        let mut ids = self.merged_into(stays)?;
        ids.push(stays);
        Ok(ids)
    }

    /// For each of these ids that is a duplicate: the file that stays.
    pub fn files_of(&mut self, ids: &[Id]) -> Result<std::collections::HashMap<Id, Id>, Error> {
        let mut found = std::collections::HashMap::new();
        for part in ids.chunks(500) {
            let merged = members::table
                .filter(members::bank_id.eq(self.bank).and(members::id.eq_any(part)))
                .filter(members::merged_into_id.is_not_null())
                .select((members::id, members::merged_into_id));
            let rows: Vec<(Id, Option<Id>)> = merged.load(self.conn)?;
            found.extend(rows.into_iter().filter_map(|(duplicate, stays)| Some((duplicate, stays?))));
        }
        Ok(found)
    }

    /// Duplicates that were merged into a member.
    pub fn merged_into(&mut self, member: Id) -> Result<Vec<Id>, Error> {
        let merged =
            members::table.filter(members::bank_id.eq(self.bank).and(members::merged_into_id.eq(member)));
        Ok(merged.select(members::id).load(self.conn)?)
    }

    /// The row that stays, for one that was merged; any other row itself.
    pub fn member_that_stays(&mut self, id: Id) -> Result<MemberRow, Error> {
        let absent = || Error::from(Refusal::NotFound { what: "member".into() });
        let row = self.member(id)?.ok_or_else(absent)?;
        // A merge re-points the duplicates of the duplicate, so one step suffices.
        match row.merged_into_id {
            Some(into) => self.member(into)?.ok_or_else(absent),
            None => Ok(row),
        }
    }

    pub fn insert_member(&mut self, row: &MemberRow) -> Result<(), Error> {
        let number =
            members::table.filter(members::bank_id.eq(self.bank).and(members::number.eq(&row.number)));
        if number.count().get_result::<i64>(self.conn)? > 0 {
            return Err(Refusal::Taken { what: "member_number".into() }.into());
        }
        if let Some(hash) = &row.id_number_hash {
            let same = members::table
                .filter(members::bank_id.eq(self.bank).and(members::id_number_hash.eq(hash)))
                .filter(members::state.ne("merged"));
            if same.count().get_result::<i64>(self.conn)? > 0 {
                return Err(Refusal::Taken { what: "id_number".into() }.into());
            }
        }
        diesel::insert_into(members::table).values(row.keyed()).execute(self.conn)?;
        self.note_household(row.id, row.household_id)
    }

    /// Writes a changed row over version `row.version - 1`.
    pub fn update_member(&mut self, row: &MemberRow) -> Result<(), Error> {
        let at = members::table.find((self.bank, row.id)).filter(members::version.eq(row.version - 1));
        if diesel::update(at).set(row.keyed()).execute(self.conn)? == 1 {
            return self.note_household(row.id, row.household_id);
        }
        let version = self.member(row.id)?.map_or(0, |row| row.version);
        Err(Refusal::VersionStale { what: "member".into(), version }.into())
    }

    /// The number of members: the next volunteer number derives from it.
    pub fn count_members(&mut self) -> Result<i64, Error> {
        Ok(members::table.filter(members::bank_id.eq(self.bank)).count().get_result(self.conn)?)
    }

    /// The file with an ID number, by its search hash: the one that stays, even if only a duplicate had it.
    pub fn member_with_id_number(&mut self, hash: &[u8]) -> Result<Option<Id>, Error> {
        let same = members::table
            .filter(members::bank_id.eq(self.bank).and(members::id_number_hash.eq(hash)))
            .order(members::merged_into_id.is_not_null())
            .select((members::id, members::merged_into_id));
        let found = same.first::<(Id, Option<Id>)>(self.conn).optional()?;
        Ok(found.map(|(id, stays)| stays.unwrap_or(id)))
    }

    /// The file of a kind with this name and this whole phone number, by its search hash, that is not `but`.
    pub fn member_with_phone(
        &mut self,
        kind: &str,
        name: &str,
        hash: &[u8],
        but: Option<Id>,
    ) -> Result<Option<Id>, Error> {
        let but = but.unwrap_or(Id::SYSTEM);
        let same = members::table
            .filter(members::bank_id.eq(self.bank).and(members::phone_hash.eq(hash)))
            .filter(members::name_key.eq(person_name::key(name)).and(members::kind.eq(kind)))
            .filter(
                members::id
                    .ne(but)
                    .and(members::merged_into_id.is_null().or(members::merged_into_id.ne(but))),
            )
            .order((members::merged_into_id.is_not_null(), members::number))
            .select((members::id, members::merged_into_id));
        let found = same.first::<(Id, Option<Id>)>(self.conn).optional()?;
        Ok(found.map(|(id, stays)| stays.unwrap_or(id)))
    }

    /// Rows of a kind with this name that are not merged, by its key, each with the path of its organisation; the
    /// first ones.
    pub fn members_of_name(
        &mut self,
        kind: &str,
        key: &str,
        limit: i64,
    ) -> Result<Vec<(MemberRow, String)>, Error> {
        let with_org = orgs::bank_id.eq(members::bank_id).and(orgs::id.eq(members::org_id));
        let same = members::table
            .inner_join(orgs::table.on(with_org))
            .filter(members::bank_id.eq(self.bank).and(members::name_key.eq(key)))
            .filter(members::kind.eq(kind).and(members::state.ne("merged")));
        let rows = same.order(members::number).limit(limit).select((MemberRow::as_select(), orgs::path));
        Ok(rows.load(self.conn)?)
    }

    pub fn log_access(&mut self, row: &AccessRow) -> Result<(), Error> {
        diesel::insert_into(access_log::table).values(row).execute(self.conn)?;
        Ok(())
    }

    /// Notes in the access log, under this id, what a user did now to a subject: its kind and, unless that says it, which.
    pub fn log_act(
        &mut self,
        id: Id,
        actor: Id,
        action: &str,
        (kind, subject): (&str, Option<Id>),
        reason: Option<String>,
    ) -> Result<(), Error> {
        self.log_access(&AccessRow {
            bank_id: self.bank,
            id,
            recorded_at: self.now,
            actor_id: actor,
            action: action.into(),
            subject_kind: kind.into(),
            subject_id: subject,
            reason,
        })
    }
}

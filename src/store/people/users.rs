//! Users as their administrators see them.

use super::members::UserRow;
use crate::domain::access::permissions::Role;
use crate::domain::id::Id;
use crate::domain::time::{Days, Moment};
use crate::store::access::sessions::ACTIVE;
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::Under;
use crate::store::schema::{orgs, roles, users};
use crate::store::{Error, Tables};
use diesel::prelude::*;

/// A current role of a user, with its organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRole {
    pub id: Id,
    pub role: String,
    pub org: Id,
    pub org_code: String,
    pub org_name: String,
    pub org_path: String,
    pub until: Option<Moment>,
}

/// Filters for users.
#[derive(Clone, Debug, Default)]
pub struct UsersWithin {
    /// All of them.
    pub everywhere: bool,
    /// Those whose home is below one of these.
    pub paths: Vec<String>,
    /// Also those who work for this shop, except holders of this role: its owners.
    pub clerks_of: Option<(Id, &'static str)>,
    /// Created on these days.
    pub days: Days,
}

impl Tables<'_> {
    pub fn user_by_login(&mut self, login: &str) -> Result<Option<UserRow>, Error> {
        let row = users::table.filter(users::bank_id.eq(self.bank)).filter(users::login.eq(login));
        Ok(row.select(UserRow::as_select()).get_result(self.conn).optional()?)
    }

    /// Users in the order of their logins, after one of them.
    pub fn users_after(
        &mut self,
        within: &UsersWithin,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<UserRow>, Error> {
        let mut found = Vec::new();
        let mut at_home = users::table.filter(users::bank_id.eq(self.bank)).into_boxed();
        if !within.everywhere {
            let reached = orgs::table.filter(orgs::bank_id.eq(self.bank)).filter(Under::any(&within.paths));
            at_home = at_home.filter(users::home_org_id.eq_any(reached.select(orgs::id.nullable())));
        }
        on_days!(at_home, within.days, self.zone, users::created_at);
        if let Some(after) = after {
            at_home = at_home.filter(users::login.gt(after.to_owned()));
        }
        let rows = at_home.order(users::login).limit(limit).select(UserRow::as_select());
        found.extend(rows.load::<UserRow>(self.conn)?);
        if let (Some((shop, owner)), false) = (within.clerks_of, within.everywhere) {
            let owners = roles::table
                .filter(roles::bank_id.eq(self.bank).and(roles::role.eq(owner)))
                .filter(roles::revoked_at.is_null())
                .filter(roles::until.is_null().or(roles::until.gt(self.now)))
                .select(roles::user_id);
            let mut clerks = users::table
                .filter(users::bank_id.eq(self.bank).and(users::merchant_id.eq(shop)))
                .filter(users::id.ne_all(owners))
                .into_boxed();
            on_days!(clerks, within.days, self.zone, users::created_at);
            if let Some(after) = after {
                clerks = clerks.filter(users::login.gt(after.to_owned()));
            }
            let rows = clerks.order(users::login).limit(limit).select(UserRow::as_select());
            found.extend(rows.load::<UserRow>(self.conn)?);
        }
        found.sort_by(|a, b| a.login.cmp(&b.login));
        found.dedup_by(|a, b| a.id == b.id);
        found.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(found)
    }

    /// Whether a user has, or ever had, a role.
    pub fn has_had_role(&mut self, user: Id) -> Result<bool, Error> {
        let any = roles::table.filter(roles::bank_id.eq(self.bank).and(roles::user_id.eq(user)));
        Ok(diesel::select(diesel::dsl::exists(any)).get_result(self.conn)?)
    }

    /// The users who own a shop.
    pub fn owners_of_shop(&mut self, merchant: Id) -> Result<Vec<Id>, Error> {
        let owners = roles::table
            .filter(roles::bank_id.eq(self.bank).and(roles::role.eq(Role::MerchantOwner.as_str())))
            .filter(roles::revoked_at.is_null())
            .filter(roles::until.is_null().or(roles::until.gt(self.now)))
            .select(roles::user_id);
        let users = users::table
            .filter(users::bank_id.eq(self.bank).and(users::merchant_id.eq(merchant)))
            .filter(users::id.eq_any(owners));
        Ok(users.order(users::id).select(users::id).load(self.conn)?)
    }

    /// The logins of a person.
    pub fn users_of(&mut self, member: Id) -> Result<Vec<UserRow>, Error> {
        let own = users::table.filter(users::bank_id.eq(self.bank).and(users::member_id.eq(member)));
        Ok(own.order(users::id).select(UserRow::as_select()).load(self.conn)?)
    }

    /// Links a user to a member.
    pub fn set_user_member(&mut self, user: Id, member: Id) -> Result<(), Error> {
        self.rights_changed();
        diesel::update(users::table.find((self.bank, user)))
            .set((users::member_id.eq(member), users::version.eq(users::version + 1)))
            .execute(self.conn)?;
        Ok(())
    }

    /// Changes a user's home.
    pub fn set_user_home(&mut self, user: Id, home: Id) -> Result<(), Error> {
        self.rights_changed();
        diesel::update(users::table.find((self.bank, user)))
            .set((users::home_org_id.eq(home), users::version.eq(users::version + 1)))
            .execute(self.conn)?;
        Ok(())
    }

    /// The current roles of a user, with their organisations.
    pub fn held_roles(&mut self, user: Id) -> Result<Vec<HeldRole>, Error> {
        Ok(self.roles_held(&[user])?.remove(&user).unwrap_or_default())
    }

    /// Whether no one else has this role for the whole bank. Only a role at the root counts, and only one without an
    /// end: the others leave the bank without an administrator one day.
    pub fn is_last_administrator(&mut self, user: Id, role: &str) -> Result<bool, Error> {
        let others = roles::table
            .inner_join(users::table.on(users::bank_id.eq(roles::bank_id).and(users::id.eq(roles::user_id))))
            .inner_join(orgs::table.on(orgs::bank_id.eq(roles::bank_id).and(orgs::id.eq(roles::org_id))))
            .filter(roles::bank_id.eq(self.bank).and(orgs::parent_id.is_null()))
            .filter(roles::role.eq(role))
            .filter(roles::user_id.ne(user))
            .filter(roles::revoked_at.is_null())
            .filter(roles::until.is_null())
            .filter(users::state.eq(ACTIVE));
        Ok(others.count().get_result::<i64>(self.conn)? == 0)
    }
}

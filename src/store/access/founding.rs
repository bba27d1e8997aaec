//! The first rows of a bank: its root organisation and its first administrator.

use super::sessions::ACTIVE;
use crate::domain::id::Id;
use crate::store::schema::{orgs, roles, users};
use crate::store::{Error, Tables};
use diesel::prelude::*;

/// The first rows of a bank.
#[derive(Clone, Debug)]
pub struct Founding {
    pub org: Id,
    pub org_kind: String,
    pub org_code: String,
    pub org_name: String,
    pub org_telephone: Option<String>,
    pub org_opening_hours: Option<String>,
    pub user: Id,
    pub login: String,
    pub name: String,
    pub password_hash: String,
    /// The id of the role's row, and the role.
    pub grant: Id,
    pub role: String,
}

impl Tables<'_> {
    /// Whether the bank has any user.
    pub fn has_users(&mut self) -> Result<bool, Error> {
        let any = users::table.filter(users::bank_id.eq(self.bank));
        Ok(diesel::select(diesel::dsl::exists(any)).get_result(self.conn)?)
    }

    /// Writes the root organisation, the first user, and the user's role there.
    pub fn found(&mut self, founding: &Founding) -> Result<(), Error> {
        self.rights_changed();
        diesel::insert_into(orgs::table)
            .values((
                orgs::bank_id.eq(self.bank),
                orgs::id.eq(founding.org),
                orgs::kind.eq(&founding.org_kind),
                orgs::code.eq(&founding.org_code),
                orgs::name.eq(&founding.org_name),
                orgs::path.eq(format!("/{}/", founding.org)),
                orgs::state.eq("open"),
                orgs::created_at.eq(self.now),
                orgs::version.eq(1_i64),
                orgs::telephone.eq(&founding.org_telephone),
                orgs::opening_hours.eq(&founding.org_opening_hours),
            ))
            .execute(self.conn)?;
        diesel::insert_into(users::table)
            .values((
                users::bank_id.eq(self.bank),
                users::id.eq(founding.user),
                users::login.eq(&founding.login),
                users::name.eq(&founding.name),
                users::password_hash.eq(&founding.password_hash),
                users::password_changed_at.eq(self.now),
                users::state.eq(ACTIVE),
                users::created_at.eq(self.now),
                users::version.eq(1_i64),
                users::home_org_id.eq(founding.org),
            ))
            .execute(self.conn)?;
        diesel::insert_into(roles::table)
            .values((
                roles::bank_id.eq(self.bank),
                roles::id.eq(founding.grant),
                roles::user_id.eq(founding.user),
                roles::role.eq(&founding.role),
                roles::org_id.eq(founding.org),
                roles::granted_by.eq(Id::SYSTEM),
                roles::granted_at.eq(self.now),
            ))
            .execute(self.conn)?;
        Ok(())
    }
}

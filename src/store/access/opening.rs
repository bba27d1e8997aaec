//! Whether a new bank has what its first award needs.

use super::sessions::ACTIVE;
use crate::domain::id::Id;
use crate::store::people::members::OrgRow;
use crate::store::schema::{members, orgs, roles, scheme_versions, users};
use crate::store::{Error, Tables};
use diesel::prelude::*;

/// A user by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    pub user: Id,
    pub login: String,
    pub name: String,
}

impl Tables<'_> {
    /// The open organisation below the root that was opened first.
    pub fn first_org_below_root(&mut self) -> Result<Option<OrgRow>, Error> {
        let below = orgs::table
            .filter(orgs::bank_id.eq(self.bank).and(orgs::parent_id.is_not_null()))
            .filter(orgs::state.eq("open"))
            .order((orgs::created_at, orgs::id));
        Ok(below.select(OrgRow::as_select()).first(self.conn).optional()?)
    }

    /// The user who was first granted a role and still holds it for good; `at_root`: at the root.
    pub fn first_holder(&mut self, role: &str, at_root: bool) -> Result<Option<Colleague>, Error> {
        let mut held = roles::table
            .inner_join(users::table.on(users::bank_id.eq(roles::bank_id).and(users::id.eq(roles::user_id))))
            .inner_join(orgs::table.on(orgs::bank_id.eq(roles::bank_id).and(orgs::id.eq(roles::org_id))))
            .filter(roles::bank_id.eq(self.bank).and(roles::role.eq(role)))
            .filter(roles::revoked_at.is_null().and(roles::until.is_null()))
            .filter(users::state.eq(ACTIVE))
            .into_boxed();
        if at_root {
            held = held.filter(orgs::parent_id.is_null());
        }
        let first = held.order((roles::granted_at, roles::id)).select((users::id, users::login, users::name));
        let found: Option<(Id, String, String)> = first.first(self.conn).optional()?;
        Ok(found.map(|(user, login, name)| Colleague { user, login, name }))
    }

    /// The draft of a scheme that was proposed last.
    pub fn newest_draft(&mut self) -> Result<Option<Id>, Error> {
        let drafts = scheme_versions::table
            .filter(scheme_versions::bank_id.eq(self.bank).and(scheme_versions::state.eq("draft")))
            .order((scheme_versions::proposed_at.desc(), scheme_versions::id.desc()));
        Ok(drafts.select(scheme_versions::id).first(self.conn).optional()?)
    }

    pub fn has_published_scheme(&mut self) -> Result<bool, Error> {
        let any = scheme_versions::table
            .filter(scheme_versions::bank_id.eq(self.bank).and(scheme_versions::state.eq("published")));
        Ok(diesel::select(diesel::dsl::exists(any)).get_result(self.conn)?)
    }

    pub fn has_members(&mut self) -> Result<bool, Error> {
        let any = members::table.filter(members::bank_id.eq(self.bank));
        Ok(diesel::select(diesel::dsl::exists(any)).get_result(self.conn)?)
    }
}

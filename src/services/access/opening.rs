//! What a new bank still lacks before its first award: a community, a member of staff, a second person, a scheme,
//! members.

use crate::auth::permissions::{Permission, Role};
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::services::{Call, Error, Services};
pub use crate::store::access::opening::Colleague;
use crate::store::people::members::OrgRow;

/// How far the opening of a bank has come.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The organisation above all others.
    pub root: OrgRow,
    /// The first organisation below the root.
    pub community: Option<OrgRow>,
    /// Who may award there or below.
    pub staff: Option<Colleague>,
    /// Who may approve a scheme: a reviewer of the root.
    pub reviewer: Option<Colleague>,
    /// The newest draft of a scheme.
    pub draft: Option<Id>,
    /// Whether any scheme has been published.
    pub is_published: bool,
    /// Whether anyone has a passbook.
    pub has_members: bool,
}

impl Opening {
    /// Whether points can be awarded.
    pub fn is_complete(&self) -> bool {
        self.community.is_some() && self.staff.is_some() && self.is_published && self.has_members
    }
}

impl Services {
    /// How far the opening of the bank has come, for its administrators and the approvers of schemes.
    pub async fn opening(&self, call: &Call) -> Result<Opening, Error> {
        let sees = [Permission::ManageBank, Permission::ApproveSchemes].map(|right| call.actor.may(right));
        if !sees.contains(&true) {
            return Err(Refusal::absent("bank").into());
        }
        let found = self.store.read(call.actor.bank, |tables| {
            let draft = tables.newest_draft()?;
            Ok(Opening {
                root: tables.root_org()?,
                community: tables.first_org_below_root()?,
                staff: tables.first_holder(Role::Staff.as_str(), false)?,
                reviewer: tables.first_holder(Role::Reviewer.as_str(), true)?,
                draft,
                is_published: tables.has_published_scheme()?,
                has_members: tables.has_members()?,
            })
        });
        found.await
    }
}

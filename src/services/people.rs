//! Users with their roles, and members opened and found.

use super::activities::check_open;
use super::{Call, Error, Services};
use crate::auth::permissions::{Permission, Role};
use crate::auth::secrets::{Sealed, Searched};
use crate::domain::id::Id;
use crate::domain::id_number::IdNumber;
use crate::domain::phone::Phone;
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::store::Tables;
pub use crate::store::people::{AccessRow, MemberRow, MemberSearch, OrgRow, RoleRow, UserRow};

/// A new organisation below `parent`.
#[derive(Clone, Debug)]
pub struct OrgAsk {
    pub parent: Id,
    pub kind: String,
    pub code: String,
    pub name: String,
}

/// A new user.
#[derive(Clone, Debug)]
pub struct UserAsk {
    pub login: String,
    pub name: String,
    /// The hash of the first password; none: cannot sign in yet.
    pub password_hash: Option<String>,
    pub member: Option<Id>,
    pub merchant: Option<Id>,
}

/// A role to grant.
#[derive(Clone, Debug)]
pub struct RoleAsk {
    pub user: Id,
    pub role: Role,
    pub org: Id,
    pub until: Option<Moment>,
}

/// A person or household to open.
#[derive(Clone, Debug, Default)]
pub struct MemberAsk {
    pub household: bool,
    pub name: String,
    /// The volunteer number; none: the next one.
    pub number: Option<String>,
    pub org: Id,
    pub household_id: Option<Id>,
    pub gender: Option<String>,
    pub birth_year: Option<i64>,
    pub party_member: bool,
    pub trade: Option<String>,
    pub phone: Option<Phone>,
    pub id_number: Option<IdNumber>,
    /// Somebody has looked: it is not the one with the same name and phone.
    pub confirmed_new: bool,
}

fn absent(what: &str) -> Refusal {
    Refusal::NotFound { what: what.into() }
}

impl Services {
    pub async fn open_user(&self, call: &Call, ask: UserAsk) -> Result<Id, Error> {
        let (bank, id, actor) = (call.actor.bank, self.next_id(), call.clone());
        let made = self.store.write_once(bank, call.request.clone(), move |tables| {
            if let Some(member) = ask.member {
                let (row, path) = tables.member_at(member)?;
                actor.must_reach(Permission::WriteUsers, &path, absent("member"))?;
                if row.state == "merged" || row.kind == "household" {
                    let state = if row.state == "merged" { row.state } else { row.kind };
                    return Err(Refusal::WrongState { what: "member".into(), state }.into());
                }
            }
            match ask.merchant {
                // A shop's owner makes the clerks of the own shop.
                Some(merchant) if actor.actor.merchant == Some(merchant) && ask.member.is_none() => {}
                Some(merchant) => {
                    let (_, path) = tables.merchant_at(merchant)?;
                    actor.must_reach(Permission::WriteUsers, &path, absent("merchant"))?;
                }
                None if actor.actor.may(Permission::WriteUsers) => {}
                None => return Err(absent("merchant").into()),
            }
            let row = UserRow {
                bank_id: bank,
                id,
                login: ask.login.clone(),
                name: ask.name.clone(),
                password_changed_at: ask.password_hash.is_some().then_some(tables.now),
                password_hash: ask.password_hash.clone(),
                member_id: ask.member,
                merchant_id: ask.merchant,
                state: crate::store::sessions::ACTIVE.into(),
                created_at: tables.now,
                version: 1,
            };
            tables.insert_user(&row)?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    pub async fn grant_role(&self, call: &Call, ask: RoleAsk) -> Result<Id, Error> {
        let (bank, id, actor) = (call.actor.bank, self.next_id(), call.clone());
        let made = self.store.write_once(bank, call.request.clone(), move |tables| {
            let org = tables.org(ask.org)?.ok_or(absent("org"))?;
            let user = tables.user(ask.user)?.ok_or(absent("user"))?;
            if !own_clerk(&actor, ask.role.as_str(), user.merchant_id) {
                actor.must_reach(Permission::WriteUsers, &org.path, absent("org"))?;
            }
            check_open(tables, ask.org)?;
            if ask.until.is_some_and(|until| until <= tables.now) {
                return Err(Refusal::UntilPast.into());
            }
            check_role(tables, &user, ask.role)?;
            // The same role at the same place again: the new one, with its date, stands for the old one.
            let mut held = tables.roles_of(ask.user)?;
            held.retain(|held| held.role == ask.role.as_str() && held.org_id == ask.org);
            for held in &held {
                tables.revoke_role(held.id, actor.actor.user)?;
            }
            let row = RoleRow {
                bank_id: bank,
                id,
                user_id: ask.user,
                role: ask.role.to_string(),
                org_id: ask.org,
                until: ask.until,
                granted_by: actor.actor.user,
                granted_at: tables.now,
                revoked_by: None,
                revoked_at: None,
            };
            tables.insert_role(&row)?;
            if !held.is_empty() {
                check_administered(tables, ask.role.as_str())?;
            }
            Ok(id)
        });
        Ok(made.await?.0)
    }

    pub async fn revoke_role(&self, call: &Call, id: Id) -> Result<(), Error> {
        let actor = call.clone();
        let revoked = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let row = tables.role(id)?.ok_or(absent("role"))?;
            let user = tables.user(row.user_id)?.ok_or(absent("user"))?;
            if !own_clerk(&actor, &row.role, user.merchant_id) {
                let path = tables.org_path(row.org_id)?;
                actor.must_reach(Permission::WriteUsers, &path, absent("role"))?;
            }
            let over = row.until.is_some_and(|until| until <= tables.now).then_some("expired");
            if let Some(state) = row.revoked_at.map(|_| "revoked").or(over) {
                return Err(Refusal::WrongState { what: "role".into(), state: state.into() }.into());
            }
            tables.revoke_role(id, actor.actor.user)?;
            check_administered(tables, &row.role)
        });
        revoked.await.map(|_| ())
    }

    /// Opens a person or a household at the counter. Phone and ID number are sealed before they are stored. Somebody who
    /// has an account already is named.
    pub async fn open_member(&self, call: &Call, ask: MemberAsk) -> Result<MemberRow, Error> {
        let (bank, id, actor) = (call.actor.bank, self.next_id(), call.clone());
        let sealed = self.seal(call, id, &ask)?;
        let made = self.store.write_once(bank, call.request.clone(), move |tables| {
            let org = tables.org(ask.org)?.ok_or(absent("org"))?;
            actor.must_reach(Permission::WriteMembers, &org.path, absent("org"))?;
            check_open(tables, ask.org)?;
            if let Some(household) = ask.household_id {
                check_household(tables, &actor, household)?;
            }
            let kind = if ask.household { "household" } else { "person" };
            if let Some(hash) = &sealed.id_number_hash
                && let Some(known) = tables.member_with_id_number(hash)?
            {
                return Err(known_as(tables, &actor, known, true)?.into());
            }
            if let (Some(hash), false) = (&sealed.phone_hash, ask.confirmed_new)
                && let Some(known) = tables.member_with_phone(kind, &ask.name, hash)?
            {
                return Err(known_as(tables, &actor, known, false)?.into());
            }
            let number = match &ask.number {
                Some(number) => number.clone(),
                None => Numbers::begin(tables)?.next_free(tables)?,
            };
            let birth_year = ask.id_number.as_ref().map(|number| i64::from(number.birth_date().year()));
            let row = MemberRow {
                bank_id: bank,
                id,
                kind: kind.into(),
                number,
                name: ask.name.clone(),
                org_id: ask.org,
                household_id: ask.household_id,
                gender: ask.gender.clone(),
                birth_year: ask.birth_year.or(birth_year),
                party_member: ask.party_member,
                trade: ask.trade.clone(),
                state: "active".into(),
                merged_into_id: None,
                created_by: actor.actor.user,
                created_at: tables.now,
                version: 1,
                ..sealed.clone()
            };
            tables.insert_member(&row)?;
            Ok(id)
        });
        let (id, _) = made.await?;
        let row = self.store.read(bank, move |tables| tables.member(id)).await?;
        row.ok_or_else(|| absent("member").into())
    }

    /// The sealed members of a new row; everything else is filled in inside the write.
    pub(super) fn seal(&self, call: &Call, id: Id, ask: &MemberAsk) -> Result<MemberRow, Error> {
        let (bank, secrets) = (call.actor.bank, &self.authority.secrets);
        let phone = ask.phone.as_ref().map(Phone::reveal);
        let id_number = ask.id_number.as_ref().map(IdNumber::reveal);
        let search = |kind, text: &str| secrets.search_hash(kind, bank, text).to_vec();
        Ok(MemberRow {
            bank_id: bank,
            id,
            kind: String::new(),
            number: String::new(),
            name: String::new(),
            org_id: ask.org,
            household_id: None,
            gender: None,
            birth_year: None,
            party_member: false,
            trade: None,
            phone_sealed: phone.map(|text| secrets.seal(Sealed::Phone, bank, id, text)).transpose()?,
            phone_hash: phone.map(|text| search(Searched::Phone, text)),
            phone_tail_hash: ask.phone.as_ref().map(|phone| search(Searched::PhoneTail, phone.tail())),
            id_number_sealed: id_number
                .map(|text| secrets.seal(Sealed::IdNumber, bank, id, text))
                .transpose()?,
            id_number_hash: id_number.map(|text| search(Searched::IdNumber, text)),
            state: String::new(),
            merged_into_id: None,
            created_by: call.actor.user,
            created_at: Moment::default(),
            version: 1,
        })
    }

    /// Members by the start of their name, number or the last four digits of the phone, within reach.
    pub async fn find_members(
        &self,
        call: &Call,
        mut search: MemberSearch,
        phone_tail: Option<String>,
        limit: i64,
    ) -> Result<Vec<MemberRow>, Error> {
        let bank = call.actor.bank;
        search.phone_tail_hash = phone_tail
            .map(|tail| self.authority.secrets.search_hash(Searched::PhoneTail, bank, &tail).to_vec());
        let paths = call.actor.paths(Permission::ReadMembers);
        self.store.read(bank, move |tables| tables.find_members(&search, &paths, limit)).await
    }

    /// Members within reach with this whole phone or ID number. Neither stands in an address, which logs would keep.
    pub async fn find_by_secret(
        &self,
        call: &Call,
        phone: Option<Phone>,
        id_number: Option<IdNumber>,
        limit: i64,
    ) -> Result<Vec<MemberRow>, Error> {
        let (bank, secrets) = (call.actor.bank, &self.authority.secrets);
        let hash = |kind, text: &str| secrets.search_hash(kind, bank, text).to_vec();
        let search = MemberSearch {
            phone_hash: phone.map(|phone| hash(Searched::Phone, phone.reveal())),
            id_number_hash: id_number.map(|number| hash(Searched::IdNumber, number.reveal())),
            ..MemberSearch::default()
        };
        let paths = call.actor.paths(Permission::ReadMembers);
        self.store.read(bank, move |tables| tables.find_members(&search, &paths, limit)).await
    }

    /// One member within reach, or the caller's own.
    pub async fn member(&self, call: &Call, id: Id) -> Result<MemberRow, Error> {
        let actor = call.clone();
        self.store
            .read(call.actor.bank, move |tables| {
                let (member, path) = tables.member_at(id)?;
                if actor.actor.member != Some(id) {
                    actor.must_reach(Permission::ReadMembers, &path, absent("member"))?;
                }
                Ok(member)
            })
            .await
    }

    /// Shows the phone or the ID number in full. That it was shown, to whom and why, is recorded before it is.
    pub async fn reveal(
        &self,
        call: &Call,
        id: Id,
        sealed: Sealed,
        reason: String,
    ) -> Result<Option<String>, Error> {
        let (bank, log, actor) = (call.actor.bank, self.next_id(), call.clone());
        let action = match sealed {
            Sealed::Phone => "reveal_phone",
            _ => "reveal_id_number",
        };
        let logged = self.store.write(bank, move |tables| {
            let (member, path) = tables.member_at(id)?;
            actor.must_reach(Permission::RevealMembers, &path, absent("member"))?;
            tables.log_access(&AccessRow {
                bank_id: bank,
                id: log,
                recorded_at: tables.now,
                actor_id: actor.actor.user,
                action: action.into(),
                subject_kind: "member".into(),
                subject_id: Some(id),
                reason: Some(reason.clone()),
            })?;
            Ok(member)
        });
        let member = logged.await?;
        let blob = if action == "reveal_phone" { member.phone_sealed } else { member.id_number_sealed };
        Ok(blob.map(|blob| self.authority.secrets.unseal(sealed, bank, id, &blob)).transpose()?)
    }
}

impl Services {
    /// Lines of the access log, newest first. The right is held at the root, so that everything is within reach.
    pub async fn access_log(
        &self,
        call: &Call,
        subject: Option<Id>,
        actor: Option<Id>,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<AccessRow>, Error> {
        self.store
            .read(call.actor.bank, move |tables| tables.access_page(subject, actor, before, limit))
            .await
    }
}

/// Whether it is about a clerk of the shop that the caller owns.
fn own_clerk(call: &Call, role: &str, merchant: Option<Id>) -> bool {
    let own = call.actor.merchant.is_some() && call.actor.merchant == merchant;
    own && call.actor.may(Permission::WriteClerks) && role == Role::MerchantClerk.as_str()
}

/// Roles that exclude each other, and those that need a shop or a member behind the user.
fn check_role(tables: &mut Tables<'_>, user: &UserRow, role: Role) -> Result<(), Error> {
    let held: Vec<String> = tables.roles_of(user.id)?.into_iter().map(|row| row.role).collect();
    let exclude = match role {
        Role::Reviewer => Some(Role::Auditor),
        Role::Auditor => Some(Role::Reviewer),
        _ => None,
    };
    if let Some(other) = exclude.filter(|other| held.contains(&other.to_string())) {
        return Err(Refusal::RolesExclude { role: role.to_string(), other: other.to_string() }.into());
    }
    if matches!(role, Role::MerchantClerk | Role::MerchantOwner) && user.merchant_id.is_none() {
        return Err(absent("merchant").into());
    }
    if role == Role::Volunteer && user.member_id.is_none() {
        return Err(absent("member").into());
    }
    Ok(())
}

/// Somebody can still administer the bank after a role was taken or limited.
fn check_administered(tables: &mut Tables<'_>, role: &str) -> Result<(), Error> {
    let administrator = Role::Administrator.as_str();
    match role == administrator && tables.is_last_administrator(Id::SYSTEM, administrator)? {
        true => Err(Refusal::LastAdministrator.into()),
        false => Ok(()),
    }
}

/// A household in use, within reach.
pub(super) fn check_household(tables: &mut Tables<'_>, call: &Call, household: Id) -> Result<(), Error> {
    let (row, path) = tables.member_at(household)?;
    call.must_reach(Permission::WriteMembers, &path, absent("household"))?;
    match row.state.as_str() {
        _ if row.kind != "household" => Err(absent("household").into()),
        "active" => Ok(()),
        _ => Err(Refusal::WrongState { what: "household".into(), state: row.state }.into()),
    }
}

/// Who has an account already: with the number where the caller may see it.
pub(super) fn known_as(
    tables: &mut Tables<'_>,
    call: &Call,
    known: Id,
    certain: bool,
) -> Result<Refusal, Error> {
    let (row, path) = tables.member_at(known)?;
    let number = call.actor.reaches(Permission::ReadMembers, &path).then_some(row.number);
    Ok(Refusal::MemberKnown { number, certain })
}

/// The numbers that the bank gives out: eight digits that count up, and a check digit.
pub(super) struct Numbers(i64);

impl Numbers {
    /// Goes on behind as many members as there are.
    pub fn begin(tables: &mut Tables<'_>) -> Result<Self, Error> {
        Ok(Numbers(tables.count_members()?))
    }

    /// The next one that nobody has: some members brought their number along.
    pub fn next_free(&mut self, tables: &mut Tables<'_>) -> Result<String, Error> {
        loop {
            self.0 = self.0.saturating_add(1);
            let number = with_check_digit(self.0);
            if tables.members_numbered(std::slice::from_ref(&number))?.is_empty() {
                return Ok(number);
            }
        }
    }
}

/// Weights 3 and 1 in turn, as on goods.
fn with_check_digit(count: i64) -> String {
    let base = format!("{count:08}");
    let sum: u32 =
        base.chars().zip([3, 1].iter().cycle()).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
    format!("{base}{}", (10 - sum % 10) % 10)
}

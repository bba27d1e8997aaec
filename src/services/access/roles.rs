//! Creates users; grants and revokes roles.

use crate::auth::permissions::{Permission, Role};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::services::inbox::To;
use crate::services::people::orgs::check_open;
use crate::services::people::users::{is_own_clerk, must_reach_user, owns_shop_of};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::access::sessions::ACTIVE;
use crate::store::people::members::{MemberRow, RoleRow, UserRow};

const WRITE: Permission = Permission::WriteUsers;

#[derive(Clone, Debug, Default)]
pub struct UserAsk {
    pub login: String,
    pub name: String,
    /// The hash of the first password; `None`: the user cannot sign in yet.
    pub password_hash: Option<String>,
    /// The member who is this user, by id or by volunteer number.
    pub member: Option<Id>,
    pub member_number: Option<String>,
    pub merchant: Option<Id>,
    /// The home organisation; `None`: that of the shop, the member, or the creator.
    pub home: Option<Id>,
}

#[derive(Clone, Debug)]
pub struct RoleAsk {
    pub user: Id,
    pub role: Role,
    pub org: Id,
    pub until: Option<Moment>,
}

impl Services {
    /// Creates a user. A new login of an existing person is noted in the access log.
    pub async fn open_user(&self, call: &Call, ask: UserAsk) -> Result<Id, Error> {
        let (bank, id, caller) = (call.actor.bank, self.next_id(), call.clone());
        let log = self.next_id();
        let made = self.write(call, move |tables| {
            let member = member_of(tables, &caller, &ask)?;
            let home = home_of(tables, &caller, &ask, member.as_ref())?;
            let row = UserRow {
                bank_id: bank,
                id,
                login: ask.login.clone(),
                name: ask.name.clone(),
                password_changed_at: ask.password_hash.is_some().then_some(tables.now),
                password_hash: ask.password_hash.clone(),
                member_id: member.as_ref().map(|row| row.id),
                merchant_id: ask.merchant,
                state: ACTIVE.into(),
                created_at: tables.now,
                version: 1,
                home_org_id: Some(home),
            };
            tables.insert_user(&row)?;
            tables.log_act(
                log,
                caller.actor.user,
                "open_user",
                ("user", Some(row.id)),
                Some(row.login.clone()),
            )?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// Grants a role to a user: both the role's organisation and the user's home must be within reach. A shop's owner
    /// may create clerks, at the shop's own organisation.
    pub async fn grant_role(&self, call: &Call, ask: RoleAsk) -> Result<Id, Error> {
        let (bank, id, caller) = (call.actor.bank, self.next_id(), call.clone());
        let (log, services) = (self.next_id(), self.clone());
        let made = self.write(call, move |tables| {
            let org = tables.org(ask.org)?.ok_or(Refusal::absent("org"))?;
            let user = tables.user(ask.user)?.ok_or(Refusal::absent("user"))?;
            if ask.role == Role::MerchantClerk && is_own_clerk(tables, &caller, &user)? {
                let (shop, _) = tables.merchant_at(user.merchant_id.ok_or(Refusal::absent("merchant"))?)?;
                if shop.org_id != org.id {
                    return Err(Refusal::absent("org").into());
                }
            } else {
                caller.must_reach(WRITE, &org.path, Refusal::absent("org"))?;
                must_reach_user(tables, &caller, WRITE, &user)?;
            }
            check_open(tables, ask.org)?;
            if ask.until.is_some_and(|until| until <= tables.now) {
                return Err(Refusal::UntilPast.into());
            }
            check_role(tables, &caller, &user, ask.role)?;
            // The same role at the same place again replaces the old one, with its new date.
            let mut held = tables.roles_of(ask.user)?;
            held.retain(|held| held.role == ask.role.as_str() && held.org_id == ask.org);
            for held in &held {
                tables.revoke_role(held.id, caller.actor.user)?;
            }
            let is_first = !tables.has_had_role(ask.user)?;
            tables.insert(&RoleRow {
                bank_id: bank,
                id,
                user_id: ask.user,
                role: ask.role.to_string(),
                org_id: ask.org,
                until: ask.until,
                granted_by: caller.actor.user,
                granted_at: tables.now,
                revoked_by: None,
                revoked_at: None,
            })?;
            if !held.is_empty() {
                check_administered(tables, ask.role.as_str())?;
            }
            tables.log_act(
                log,
                caller.actor.user,
                "grant_role",
                ("user", Some(user.id)),
                Some(format!("{} {}", ask.role, org.code)),
            )?;
            // The first one comes with the log-in.
            if !is_first {
                let message = Message::RoleGranted { role: ask.role.to_string(), org: org.name };
                services.tell(tables, To::User(user.id), &message)?;
            }
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// Revokes a role: both its organisation and the user's home must be within reach. A shop's owner may revoke
    /// those of the shop's clerks.
    pub async fn revoke_role(&self, call: &Call, id: Id) -> Result<(), Error> {
        let (caller, log, services) = (call.clone(), self.next_id(), self.clone());
        let revoked = self.write(call, move |tables| {
            let row = tables.role(id)?.ok_or(Refusal::absent("role"))?;
            let user = tables.user(row.user_id)?.ok_or(Refusal::absent("role"))?;
            let org = tables.org(row.org_id)?.ok_or(Refusal::absent("role"))?;
            let clerk = row.role == Role::MerchantClerk.as_str() && owns_shop_of(&caller, &user);
            if !clerk {
                caller.must_reach(WRITE, &org.path, Refusal::absent("role"))?;
                // Does not disclose which roles a user out of reach holds.
                let reached = must_reach_user(tables, &caller, WRITE, &user);
                reached.map_err(|error| match error {
                    Error::Refused(Refusal::NotFound { .. }) => Refusal::absent("role").into(),
                    other => other,
                })?;
            }
            let over = row.until.is_some_and(|until| until <= tables.now).then_some("expired");
            if let Some(state) = row.revoked_at.map(|_| "revoked").or(over) {
                return Err(Refusal::WrongState { what: "role".into(), state: state.into() }.into());
            }
            tables.revoke_role(id, caller.actor.user)?;
            tables.log_act(
                log,
                caller.actor.user,
                "revoke_role",
                ("user", Some(user.id)),
                Some(format!("{} {}", row.role, org.code)),
            )?;
            let message = Message::RoleRevoked { role: row.role.clone(), org: org.name };
            services.tell(tables, To::User(user.id), &message)?;
            check_administered(tables, &row.role)
        });
        revoked.await.map(|_| ())
    }
}

impl Services {
    /// A shop's owner says which volunteer a clerk is. It gives the clerk no right: it lets the own-shop rule
    /// recognise them.
    pub async fn link_clerk(
        &self,
        call: &Call,
        user: Id,
        member: Option<Id>,
        number: Option<String>,
    ) -> Result<(), Error> {
        let (caller, log) = (call.clone(), self.next_id());
        let linked = self.write(call, move |tables| {
            let row = tables.user(user)?.ok_or(Refusal::absent("user"))?;
            if !is_own_clerk(tables, &caller, &row)? {
                return Err(Refusal::absent("user").into());
            }
            let member = match &number {
                Some(number) => numbered(tables, number)?,
                None => member.ok_or(Refusal::absent("member"))?,
            };
            let (person, _) = tables.file_at(member)?;
            link(tables, &caller, log, &row, person)
        });
        linked.await.map(|_| ())
    }
}

/// Links a user to a member, once and for all, and notes it in the access log.
pub(in crate::services) fn link(
    tables: &mut Tables<'_>,
    call: &Call,
    log: Id,
    user: &UserRow,
    person: MemberRow,
) -> Result<(), Error> {
    let person = person_for_log_in(person)?;
    if user.member_id.is_some_and(|member| member != person.id) {
        return Err(Refusal::Fixed { what: "member".into() }.into());
    }
    let mut log_ins = tables.users_of(person.id)?;
    log_ins.push(user.clone());
    if !may_be_one(tables, &log_ins)? {
        return Err(Refusal::NeedsSuperior.into());
    }
    tables.set_user_member(user.id, person.id)?;
    tables.log_act(log, call.actor.user, "link_user", ("user", Some(user.id)), Some(person.number))
}

/// Whether several logins may belong to one person: the roles of all of them together must not exclude each other.
pub(in crate::services) fn may_be_one(tables: &mut Tables<'_>, log_ins: &[UserRow]) -> Result<bool, Error> {
    let mut held = Vec::new();
    for log_in in log_ins {
        held.extend(tables.held_roles(log_in.id)?);
    }
    let holds = |role: Role| held.iter().any(|held| held.role == role.as_str());
    Ok(!(holds(Role::Reviewer) && holds(Role::Auditor)))
}

/// A member that a login may be linked to: a person, not a household, and not merged.
pub(in crate::services) fn person_for_log_in(row: MemberRow) -> Result<MemberRow, Refusal> {
    let state = match row.state.as_str() {
        _ if row.kind == "household" => row.kind,
        "merged" => row.state,
        _ => return Ok(row),
    };
    Err(Refusal::WrongState { what: "member".into(), state })
}

/// The member of a new user. A shop's owner gives the clerk's volunteer number: the own-shop rule must recognise the
/// clerk, and the owner cannot read members' files.
fn member_of(tables: &mut Tables<'_>, call: &Call, ask: &UserAsk) -> Result<Option<MemberRow>, Error> {
    let id = match &ask.member_number {
        Some(number) => Some(numbered(tables, number)?),
        None => ask.member,
    };
    let Some(id) = id else { return Ok(None) };
    let (row, path) = tables.file_at(id)?;
    if !makes_clerks(call, ask.merchant) {
        call.must_reach(WRITE, &path, Refusal::absent("member"))?;
    }
    Ok(Some(person_for_log_in(row)?))
}

fn numbered(tables: &mut Tables<'_>, number: &str) -> Result<Id, Error> {
    let found = tables.members_numbered(std::slice::from_ref(&number.to_owned()))?;
    Ok(found.first().map(|(_, id, _)| *id).ok_or(Refusal::absent("member"))?)
}

/// Whether a shop's owner creates a login for the own shop.
fn makes_clerks(call: &Call, merchant: Option<Id>) -> bool {
    merchant.is_some() && merchant == call.actor.merchant && call.may_in_shop(Permission::WriteClerks)
}

/// The home of a new user: the one requested, else that of the shop, of the member, or of the creator's
/// administration.
fn home_of(
    tables: &mut Tables<'_>,
    call: &Call,
    ask: &UserAsk,
    member: Option<&MemberRow>,
) -> Result<Id, Error> {
    let shop = match ask.merchant {
        Some(merchant) => {
            let (row, path) = tables.merchant_at(merchant)?;
            if !makes_clerks(call, Some(merchant)) {
                call.must_reach(WRITE, &path, Refusal::absent("merchant"))?;
            } else if ask.home.is_some_and(|home| home != row.org_id) {
                return Err(Refusal::absent("org").into());
            }
            Some(row.org_id)
        }
        None if call.actor.paths(WRITE).is_empty() => return Err(Refusal::absent("merchant").into()),
        None => None,
    };
    if let Some(home) = ask.home.filter(|home| Some(*home) != shop) {
        let path = tables.org_path(home)?;
        call.must_reach(WRITE, &path, Refusal::absent("org"))?;
    }
    match ask.home.or(shop).or(member.map(|row| row.org_id)) {
        Some(home) => Ok(home),
        None => administered_at(tables, call),
    }
}

/// The only organisation that the caller administers; with several, one must be named.
fn administered_at(tables: &mut Tables<'_>, call: &Call) -> Result<Id, Error> {
    match call.actor.highest(WRITE).as_slice() {
        // The command line acts above the root.
        [Id::SYSTEM] => Ok(tables.root_org()?.id),
        [one] => Ok(*one),
        _ => Err(Refusal::HomeMissing.into()),
    }
}

/// Refuses roles that exclude each other, and roles that need a shop or a member. Several logins of one person count
/// as one. Does not disclose what the caller does not reach.
fn check_role(tables: &mut Tables<'_>, call: &Call, user: &UserRow, role: Role) -> Result<(), Error> {
    let exclude = match role {
        Role::Reviewer => Some(Role::Auditor),
        Role::Auditor => Some(Role::Reviewer),
        _ => None,
    };
    let mut log_ins = vec![user.id];
    if let Some(member) = user.member_id {
        log_ins.extend(tables.users_of(member)?.into_iter().map(|row| row.id));
    }
    for log_in in log_ins {
        let Some(other) = exclude else { break };
        excluded(tables, call, log_in, other, role)?;
    }
    if role.is_of_shop() && user.merchant_id.is_none() {
        return Err(Refusal::absent("merchant").into());
    }
    if role == Role::Volunteer && user.member_id.is_none() {
        return Err(Refusal::absent("member").into());
    }
    Ok(())
}

/// Refuses a role beside one that excludes it; names that one only if the caller reaches it.
pub(in crate::services) fn excluded(
    tables: &mut Tables<'_>,
    call: &Call,
    user: Id,
    other: Role,
    role: Role,
) -> Result<(), Error> {
    let mut held = tables.held_roles(user)?;
    held.retain(|held| held.role == other.as_str());
    if held.iter().any(|held| call.actor.reaches(WRITE, &held.org_path)) {
        return Err(Refusal::RolesExclude { role: role.to_string(), other: other.to_string() }.into());
    }
    match held.is_empty() {
        true => Ok(()),
        false => Err(Refusal::NeedsSuperior.into()),
    }
}

/// Refuses to leave the bank without an administrator.
fn check_administered(tables: &mut Tables<'_>, role: &str) -> Result<(), Error> {
    let administrator = Role::Administrator.as_str();
    match role == administrator && tables.is_last_administrator(Id::SYSTEM, administrator)? {
        true => Err(Refusal::LastAdministrator.into()),
        false => Ok(()),
    }
}

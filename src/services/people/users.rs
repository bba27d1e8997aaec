//! Administration of other users: passwords, suspension, ending sessions. A user is within reach if their home is:
//! the organisation where the user was created. The home does not change when roles end or are granted elsewhere. A
//! user with a role above their home can be changed only by that level: a street cannot take over an account of the
//! district.

use crate::auth::passwords::Password;
use crate::auth::permissions::{Permission, Role, is_root};
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{RESUME_USER, USER};
use crate::domain::people::erasure::ERASED;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::ledger::Command;
use crate::services::step::{HasLifeCycle, Place, StepContext, versioned_row};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
pub use crate::store::people::members::UserRow;
pub use crate::store::people::users::HeldRole;
use crate::store::people::users::UsersWithin;

/// The state of a user who may not sign in.
pub const SUSPENDED: &str = "suspended";

/// A user with the current roles, as far as the caller reaches them.
#[derive(Clone, Debug)]
pub struct UserStanding {
    pub user: UserRow,
    pub roles: Vec<HeldRole>,
    pub live_sessions: usize,
    /// Sign-in asks for a second factor.
    pub has_factor: bool,
}

fn absent() -> Refusal {
    Refusal::NotFound { what: "user".into() }
}

impl Services {
    /// Users within reach, in the order of their logins, after one of them: those whose home is there, and a shop's
    /// clerks for its owner.
    pub async fn users(
        &self,
        call: &Call,
        days: Days,
        after: Option<String>,
        limit: i64,
    ) -> Result<Vec<UserStanding>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let paths = caller.actor.paths(Permission::ReadUsers);
            let shop = caller.actor.merchant.filter(|_| caller.may_in_shop(Permission::WriteClerks));
            let within = UsersWithin {
                everywhere: paths.iter().any(|path| is_root(path)),
                paths,
                clerks_of: shop.map(|shop| (shop, Role::MerchantOwner.as_str())),
                days,
            };
            let rows = tables.users_after(&within, after.as_deref(), limit)?;
            standings(tables, &caller, rows)
        });
        found.await
    }

    pub async fn user(&self, call: &Call, user: Id) -> Result<UserStanding, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let row = tables.user(user)?.ok_or_else(absent)?;
            must_reach_user(tables, &caller, Permission::ReadUsers, &row)?;
            standing(tables, &caller, row)
        });
        found.await
    }

    pub async fn user_by_login(&self, call: &Call, login: &str) -> Result<UserStanding, Error> {
        let (login, caller) = (login.to_owned(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let user = tables.user_by_login(&login)?.ok_or_else(absent)?;
            must_reach_user(tables, &caller, Permission::ReadUsers, &user)?;
            standing(tables, &caller, user)
        });
        found.await
    }

    /// Sets another user's password and ends their sessions. One's own is changed by giving the old one.
    pub async fn set_password(&self, call: &Call, user: Id, password: Password) -> Result<(), Error> {
        let (bank, caller, log) = (call.actor.bank, call.clone(), self.next_id());
        let found = self.store.read(bank, move |tables| user_to_change(tables, &caller, user)).await?;
        let hash = self.hash_of_new_password(password, &found.login).await?;
        let caller = call.clone();
        let changed = self.write(call, move |tables| {
            let row = user_to_change(tables, &caller, user)?;
            tables.set_password_hash(user, &hash)?;
            tables.end_sessions_of(user, "password_changed", None)?;
            tables.log_act(log, caller.actor.user, "set_password", ("user", Some(row.id)), None)
        });
        changed.await.map(|_| ())
    }

    /// Ends all sessions of a user within reach; returns their number.
    pub async fn end_sessions(&self, call: &Call, user: Id) -> Result<usize, Error> {
        let (caller, log) = (call.clone(), self.next_id());
        let ended = self.write(call, move |tables| {
            let row = tables.user(user)?.ok_or_else(absent)?;
            must_change_user(tables, &caller, &row)?;
            tables.log_act(log, caller.actor.user, "end_sessions", ("user", Some(row.id)), None)?;
            tables.end_sessions_of(user, "ended_by_administrator", None)
        });
        ended.await.map(|(ended, _)| ended)
    }

    /// Changes a user's home, if the user still has the version `seen` (`None`: whatever the version); both
    /// organisations must be within reach.
    pub async fn move_user(&self, call: &Call, user: Id, home: Id, seen: Option<i64>) -> Result<(), Error> {
        let (caller, log) = (call.clone(), self.next_id());
        let moved = self.write(call, move |tables| {
            let row = user_to_change(tables, &caller, user)?;
            if seen.is_some_and(|seen| seen != row.version) {
                return Err(Refusal::VersionStale { what: "user".into(), version: row.version }.into());
            }
            let org = tables.org(home)?.ok_or(Refusal::NotFound { what: "org".into() })?;
            let there = Refusal::NotFound { what: "org".into() };
            caller.must_reach(Permission::WriteUsers, &org.path, there)?;
            crate::services::people::orgs::check_open(tables, home)?;
            tables.set_user_home(user, home)?;
            tables.log_act(log, caller.actor.user, "move_user", ("user", Some(row.id)), Some(org.code))
        });
        moved.await.map(|_| ())
    }
}

impl HasLifeCycle for UserRow {
    const CYCLE: &'static LifeCycle = &USER;

    versioned_row!();

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        Ok(Place { path: home_path(tables, self)?, ..Place::default() })
    }

    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        match must_change_user(context.tables, context.call, self) {
            Err(Error::Refused(Refusal::NotFound { .. })) => Ok(false),
            Ok(()) if self.id == context.call.actor.user => Err(Refusal::OwnAccount.into()),
            reached => reached.map(|()| true),
        }
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        let (resumes, administrator) = (context.is(&RESUME_USER), Role::Administrator.as_str());
        let tables = &mut *context.tables;
        if resumes {
            must_resume(tables, context.call, self)?;
        } else if tables.held_roles(self.id)?.iter().any(|held| held.role == administrator)
            && tables.is_last_administrator(self.id, administrator)?
        {
            return Err(Refusal::LastAdministrator.into());
        }
        tables.end_sessions_of(self.id, "suspended", None)?;
        Ok(None)
    }
}

/// Users as the caller may see them: without roles that are held out of reach.
fn standings(tables: &mut Tables<'_>, call: &Call, users: Vec<UserRow>) -> Result<Vec<UserStanding>, Error> {
    let ids: Vec<Id> = users.iter().map(|user| user.id).collect();
    let (mut roles, live) = (tables.roles_held(&ids)?, tables.sessions_of(&ids)?);
    let with_factor = tables.with_second_factor(&ids)?;
    let standings = users.into_iter().map(|user| {
        let (mut roles, of_shop) = (roles.remove(&user.id).unwrap_or_default(), owns_shop_of(call, &user));
        roles.retain(|held| {
            let shops = of_shop && Role::parse(&held.role).is_some_and(Role::is_of_shop);
            shops || call.actor.reaches(Permission::ReadUsers, &held.org_path)
        });
        let live_sessions = live.get(&user.id).copied().unwrap_or(0);
        UserStanding { has_factor: with_factor.contains(&user.id), user, roles, live_sessions }
    });
    Ok(standings.collect())
}

fn standing(tables: &mut Tables<'_>, call: &Call, user: UserRow) -> Result<UserStanding, Error> {
    standings(tables, call, vec![user])?.pop().ok_or_else(|| absent().into())
}

/// Another user, within reach for changes.
pub(in crate::services) fn user_to_change(
    tables: &mut Tables<'_>,
    call: &Call,
    user: Id,
) -> Result<UserRow, Error> {
    let row = tables.user(user)?.ok_or_else(absent)?;
    must_change_user(tables, call, &row)?;
    if user == call.actor.user {
        return Err(Refusal::OwnAccount.into());
    }
    Ok(row)
}

/// A shop's owner may resume a user whom the shop suspended; a suspension by an administrator only administrators
/// lift.
fn must_resume(tables: &mut Tables<'_>, call: &Call, user: &UserRow) -> Result<(), Error> {
    let home = home_path(tables, user)?;
    if call.actor.reaches(Permission::WriteUsers, &home) {
        return Ok(());
    }
    let by = tables.last_to("suspend_user", user.id)?;
    let shop = by.map(|(by, _)| tables.user(by)).transpose()?.flatten().and_then(|by| by.merchant_id);
    match shop.is_some() && shop == call.actor.merchant {
        true => Ok(()),
        false => Err(Refusal::NeedsSuperior.into()),
    }
}

/// The one rule of which users a caller reaches: those whose home is below a role that gives the right, and clerks of
/// the caller's own shop.
pub(in crate::services) fn must_reach_user(
    tables: &mut Tables<'_>,
    call: &Call,
    permission: Permission,
    user: &UserRow,
) -> Result<(), Error> {
    if is_own_clerk(tables, call, user)? {
        return Ok(());
    }
    let home = home_path(tables, user)?;
    call.must_reach(permission, &home, absent())
}

/// Within reach, and without a role above the caller's.
pub(in crate::services) fn must_change_user(
    tables: &mut Tables<'_>,
    call: &Call,
    user: &UserRow,
) -> Result<(), Error> {
    must_reach_user(tables, call, Permission::WriteUsers, user)?;
    if user.state == ERASED {
        return Err(Refusal::WrongState { what: "user".into(), state: user.state.clone() }.into());
    }
    if is_own_clerk(tables, call, user)? {
        return Ok(());
    }
    let home = home_path(tables, user)?;
    let above = tables.held_roles(user.id)?.into_iter().any(|held| {
        home.starts_with(&held.org_path) && !call.actor.reaches(Permission::WriteUsers, &held.org_path)
    });
    if above { Err(Refusal::NeedsSuperior.into()) } else { Ok(()) }
}

/// The path of a user's home organisation.
pub(in crate::services) fn home_path(tables: &mut Tables<'_>, user: &UserRow) -> Result<String, Error> {
    match user.home_org_id {
        Some(home) => tables.org_path(home),
        None => Ok(tables.root_org()?.path),
    }
}

/// Whether the caller owns the shop for which the user works.
pub(in crate::services) fn owns_shop_of(call: &Call, user: &UserRow) -> bool {
    let same = call.actor.merchant.is_some() && call.actor.merchant == user.merchant_id;
    same && user.id != call.actor.user && call.may_in_shop(Permission::WriteClerks)
}

/// A clerk of the caller's own shop without any other role: a shop may not change the login of a person who is also
/// staff.
pub(in crate::services) fn is_own_clerk(
    tables: &mut Tables<'_>,
    call: &Call,
    user: &UserRow,
) -> Result<bool, Error> {
    if !owns_shop_of(call, user) {
        return Ok(false);
    }
    let held = tables.held_roles(user.id)?;
    Ok(held.iter().all(|held| held.role == Role::MerchantClerk.as_str()))
}

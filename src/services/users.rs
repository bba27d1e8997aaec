//! What administrators do for other users: a new password, suspending, ending sessions. A user is within reach if all
//! their roles are: whoever administers a street cannot get hold of an account of the district.

use super::people::UserRow;
use super::{Call, Error, Services};
use crate::auth::passwords::Password;
use crate::auth::permissions::{Permission, Role, is_root};
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::store::Tables;
use crate::store::people::AccessRow;
use crate::store::sessions::ACTIVE;
pub use crate::store::users::HeldRole;

/// A user who may not sign in.
pub const SUSPENDED: &str = "suspended";

/// A user with the roles that hold now.
#[derive(Clone, Debug)]
pub struct UserStanding {
    pub user: UserRow,
    pub roles: Vec<HeldRole>,
    pub live_sessions: usize,
}

fn absent() -> Refusal {
    Refusal::NotFound { what: "user".into() }
}

impl Services {
    /// Users within reach, in the order of their logins, after one of them.
    pub async fn users(
        &self,
        call: &Call,
        after: Option<String>,
        limit: i64,
    ) -> Result<Vec<UserStanding>, Error> {
        let paths = call.actor.paths(Permission::ReadUsers);
        let whole = paths.iter().any(|path| is_root(path));
        let told = self.store.read(call.actor.bank, move |tables| {
            let below = (!whole).then_some(paths.as_slice());
            let rows = tables.users_after(below, after.as_deref(), limit)?;
            rows.into_iter().map(|user| standing(tables, user)).collect()
        });
        told.await
    }

    /// The user with a login, within reach.
    pub async fn user_by_login(&self, call: &Call, login: &str) -> Result<UserStanding, Error> {
        let (login, asking) = (login.to_owned(), call.clone());
        let told = self.store.read(call.actor.bank, move |tables| {
            let user = tables.user_by_login(&login)?.ok_or_else(absent)?;
            must_reach_user(tables, &asking, Permission::ReadUsers, &user)?;
            standing(tables, user)
        });
        told.await
    }

    /// Gives another user a new password and ends their sessions. Their own, people change by showing the old one.
    pub async fn set_password(&self, call: &Call, user: Id, password: Password) -> Result<(), Error> {
        let (bank, asking, log) = (call.actor.bank, call.clone(), self.next_id());
        let found = self.store.read(bank, move |tables| user_to_change(tables, &asking, user)).await?;
        let hash = self.hash_of_new_password(password, &found.login).await?;
        let asking = call.clone();
        let changed = self.store.write(bank, move |tables| {
            user_to_change(tables, &asking, user)?;
            tables.set_password_hash(user, &hash)?;
            tables.end_sessions_of(user, "password_changed", None)?;
            record(tables, &asking, log, "set_password", user)
        });
        changed.await
    }

    /// Suspends another user, whose sessions end at once, or lets them in again.
    pub async fn suspend_user(&self, call: &Call, user: Id, suspended: bool) -> Result<(), Error> {
        let (asking, log) = (call.clone(), self.next_id());
        let changed = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let row = user_to_change(tables, &asking, user)?;
            let administers =
                tables.held_roles(user)?.iter().any(|held| held.role == Role::Administrator.as_str());
            if suspended && administers && tables.is_last_administrator(user, Role::Administrator.as_str())? {
                return Err(Refusal::LastAdministrator.into());
            }
            if !tables.set_user_state(user, if suspended { SUSPENDED } else { ACTIVE })? {
                return Err(Refusal::WrongState { what: "user".into(), state: row.state }.into());
            }
            tables.end_sessions_of(user, "suspended", None)?;
            record(tables, &asking, log, if suspended { "suspend_user" } else { "resume_user" }, user)
        });
        changed.await.map(|_| ())
    }

    /// Ends all sessions of a user within reach. How many there were.
    pub async fn end_sessions(&self, call: &Call, user: Id) -> Result<usize, Error> {
        let (asking, log) = (call.clone(), self.next_id());
        let ended = self.store.write(call.actor.bank, move |tables| {
            let row = tables.user(user)?.ok_or_else(absent)?;
            must_reach_user(tables, &asking, Permission::WriteUsers, &row)?;
            record(tables, &asking, log, "end_sessions", user)?;
            tables.end_sessions_of(user, "ended_by_administrator", None)
        });
        ended.await
    }
}

fn standing(tables: &mut Tables<'_>, user: UserRow) -> Result<UserStanding, Error> {
    let (roles, live_sessions) = (tables.held_roles(user.id)?, tables.live_sessions(user.id)?.len());
    Ok(UserStanding { user, roles, live_sessions })
}

/// Another user, within reach for changes.
fn user_to_change(tables: &mut Tables<'_>, call: &Call, user: Id) -> Result<UserRow, Error> {
    let row = tables.user(user)?.ok_or_else(absent)?;
    must_reach_user(tables, call, Permission::WriteUsers, &row)?;
    if user == call.actor.user {
        return Err(Refusal::OwnAccount.into());
    }
    Ok(row)
}

/// All roles of the user lie within reach; a user without any belongs to the root.
fn must_reach_user(
    tables: &mut Tables<'_>,
    call: &Call,
    permission: Permission,
    user: &UserRow,
) -> Result<(), Error> {
    let held = tables.held_roles(user.id)?;
    let reached = match held.as_slice() {
        [] => call.actor.paths(permission).iter().any(|path| is_root(path)),
        held => held.iter().all(|held| call.actor.reaches(permission, &held.org_path)),
    };
    if reached { Ok(()) } else { Err(absent().into()) }
}

fn record(tables: &mut Tables<'_>, call: &Call, id: Id, action: &str, user: Id) -> Result<(), Error> {
    tables.log_access(&AccessRow {
        bank_id: tables.bank,
        id,
        recorded_at: tables.now,
        actor_id: call.actor.user,
        action: action.into(),
        subject_kind: "user".into(),
        subject_id: Some(user),
        reason: None,
    })
}

//! Sessions and their users.

use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::store::connection::AnyConnection;
pub use crate::store::schema::SessionRow;
use crate::store::schema::{orgs, roles, sessions, users};
use crate::store::{Error, Tables};
use diesel::prelude::*;

/// The state of a user who may sign in.
pub const ACTIVE: &str = "active";

/// The columns of a user that sign-in needs.
#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = users)]
pub struct SignInRow {
    pub id: Id,
    pub login: String,
    pub password_hash: Option<String>,
    pub password_changed_at: Option<Moment>,
    pub state: String,
}

impl SessionRow {
    pub fn lives(&self, now: Moment) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

/// The user of a live session, with the current roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerRow {
    pub user: Id,
    pub member: Option<Id>,
    pub merchant: Option<Id>,
    /// The session was opened with the card of this edition.
    pub card_edition: Option<i64>,
    /// Role, organisation, and the organisation's path.
    pub roles: Vec<(String, Id, String)>,
}

/// Deletes every session of every bank.
pub(in crate::store) fn forget_all(conn: &mut AnyConnection) -> Result<(), Error> {
    diesel::delete(sessions::table).execute(conn)?;
    Ok(())
}

impl Tables<'_> {
    pub fn sign_in_row(&mut self, login: &str) -> Result<Option<SignInRow>, Error> {
        let row = users::table.filter(users::bank_id.eq(self.bank)).filter(users::login.eq(login));
        Ok(row.select(SignInRow::as_select()).get_result(self.conn).optional()?)
    }

    pub fn sign_in_row_of(&mut self, user: Id) -> Result<Option<SignInRow>, Error> {
        let row = users::table.find((self.bank, user)).select(SignInRow::as_select());
        Ok(row.get_result(self.conn).optional()?)
    }

    pub fn login_and_name(&mut self, user: Id) -> Result<Option<(String, String)>, Error> {
        let row = users::table.find((self.bank, user)).select((users::login, users::name));
        Ok(row.get_result(self.conn).optional()?)
    }

    /// Stores the hash of a new password. `false`: no such user.
    pub fn set_password_hash(&mut self, user: Id, hash: &str) -> Result<bool, Error> {
        self.rights_changed();
        let changed = diesel::update(users::table.find((self.bank, user)))
            .set((
                users::password_hash.eq(hash),
                users::password_changed_at.eq(self.now),
                users::version.eq(users::version + 1),
            ))
            .execute(self.conn)?;
        Ok(changed > 0)
    }

    pub fn open_session(&mut self, session: &SessionRow) -> Result<(), Error> {
        diesel::insert_into(sessions::table).values(session).execute(self.conn)?;
        Ok(())
    }

    pub fn session(&mut self, session: Id) -> Result<Option<SessionRow>, Error> {
        let row = sessions::table.find((self.bank, session)).select(SessionRow::as_select());
        Ok(row.get_result(self.conn).optional()?)
    }

    /// The sessions of a user that have not ended, newest first.
    pub fn live_sessions(&mut self, user: Id) -> Result<Vec<SessionRow>, Error> {
        let rows = sessions::table
            .filter(sessions::bank_id.eq(self.bank))
            .filter(sessions::user_id.eq(user))
            .filter(sessions::revoked_at.is_null())
            .filter(sessions::expires_at.gt(self.now))
            .order(sessions::created_at.desc());
        Ok(rows.select(SessionRow::as_select()).load(self.conn)?)
    }

    /// Whether a user has opened or refreshed a session from this network.
    pub fn knows_place(&mut self, user: Id, place_hash: &[u8; 32]) -> Result<bool, Error> {
        let known = sessions::table
            .filter(sessions::bank_id.eq(self.bank))
            .filter(sessions::user_id.eq(user))
            .filter(sessions::place_hash.eq(place_hash.as_slice()));
        Ok(diesel::select(diesel::dsl::exists(known)).get_result(self.conn)?)
    }

    /// Stores what changes in a session when its refresh token is replaced.
    pub fn renew_session(&mut self, row: &SessionRow) -> Result<(), Error> {
        diesel::update(sessions::table.find((self.bank, row.id)))
            .set((
                sessions::previous_hash.eq(&row.previous_hash),
                sessions::refresh_hash.eq(&row.refresh_hash),
                sessions::expires_at.eq(row.expires_at),
                sessions::device_id.eq(row.device_id),
                sessions::place_hash.eq(&row.place_hash),
                sessions::rotated_at.eq(row.rotated_at),
                sessions::repeated_at.eq(row.repeated_at),
            ))
            .execute(self.conn)?;
        Ok(())
    }

    /// Ends one session. `false`: it had ended, or there is none.
    pub fn end_session(&mut self, session: Id, why: &str) -> Result<bool, Error> {
        self.rights_changed();
        let live = sessions::table.find((self.bank, session)).filter(sessions::revoked_at.is_null());
        let ended = diesel::update(live)
            .set((sessions::revoked_at.eq(self.now), sessions::revoked_why.eq(why)))
            .execute(self.conn)?;
        Ok(ended > 0)
    }

    /// Ends the sessions of a user except one; returns their number.
    pub fn end_sessions_of(&mut self, user: Id, why: &str, but: Option<Id>) -> Result<usize, Error> {
        self.rights_changed();
        let live = sessions::table
            .filter(sessions::bank_id.eq(self.bank))
            .filter(sessions::user_id.eq(user))
            .filter(sessions::id.ne(but.unwrap_or(Id::SYSTEM)))
            .filter(sessions::revoked_at.is_null());
        let ended = diesel::update(live)
            .set((sessions::revoked_at.eq(self.now), sessions::revoked_why.eq(why)))
            .execute(self.conn)?;
        Ok(ended)
    }

    /// Ends the sessions of a member that were opened with a card.
    pub fn end_card_sessions(&mut self, member: Id) -> Result<(), Error> {
        self.rights_changed();
        let own = users::table
            .filter(users::bank_id.eq(self.bank).and(users::member_id.eq(member)))
            .select(users::id);
        let live = sessions::table
            .filter(sessions::bank_id.eq(self.bank).and(sessions::user_id.eq_any(own)))
            .filter(sessions::card_edition.is_not_null().and(sessions::revoked_at.is_null()));
        diesel::update(live)
            .set((sessions::revoked_at.eq(self.now), sessions::revoked_why.eq("card_changed")))
            .execute(self.conn)?;
        Ok(())
    }

    /// Whether a user has had a session on this device, or none at all.
    pub fn knows_device(&mut self, user: Id, device: Option<Id>) -> Result<bool, Error> {
        let of_user =
            || sessions::table.filter(sessions::bank_id.eq(self.bank).and(sessions::user_id.eq(user)));
        let on_device = of_user().filter(sessions::device_id.eq(device));
        let known = diesel::dsl::exists(on_device).or(diesel::dsl::not(diesel::dsl::exists(of_user())));
        Ok(diesel::select(known).get_result(self.conn)?)
    }

    /// Deletes sessions that ended before a moment; returns their number.
    pub fn forget_old_sessions(&mut self, before: Moment) -> Result<usize, Error> {
        let rows =
            sessions::table.filter(sessions::bank_id.eq(self.bank)).filter(sessions::expires_at.lt(before));
        Ok(diesel::delete(rows).execute(self.conn)?)
    }

    /// The user of a session, if it is live and the user active.
    pub fn caller(&mut self, session: Id) -> Result<Option<CallerRow>, Error> {
        let user = sessions::table
            .find((self.bank, session))
            .inner_join(
                users::table.on(users::bank_id.eq(sessions::bank_id).and(users::id.eq(sessions::user_id))),
            )
            .filter(sessions::revoked_at.is_null())
            .filter(sessions::expires_at.gt(self.now))
            .filter(users::state.eq(ACTIVE))
            .select((users::id, users::member_id, users::merchant_id, sessions::card_edition))
            .first::<(Id, Option<Id>, Option<Id>, Option<i64>)>(self.conn)
            .optional()?;
        let Some((user, member, merchant, card_edition)) = user else { return Ok(None) };
        Ok(Some(CallerRow { card_edition, ..self.with_roles(user, member, merchant)? }))
    }

    /// An active user with the current roles.
    pub fn caller_of(&mut self, user: Id) -> Result<Option<CallerRow>, Error> {
        let row = users::table.find((self.bank, user)).filter(users::state.eq(ACTIVE));
        let row = row.select((users::member_id, users::merchant_id));
        let found: Option<(Option<Id>, Option<Id>)> = row.first(self.conn).optional()?;
        found.map(|(member, merchant)| self.with_roles(user, member, merchant)).transpose()
    }

    fn with_roles(&mut self, user: Id, member: Option<Id>, merchant: Option<Id>) -> Result<CallerRow, Error> {
        let holds_now = roles::until.is_null().or(roles::until.gt(self.now));
        let roles = roles::table
            .inner_join(orgs::table.on(orgs::bank_id.eq(roles::bank_id).and(orgs::id.eq(roles::org_id))))
            .filter(roles::bank_id.eq(self.bank))
            .filter(roles::user_id.eq(user))
            .filter(roles::revoked_at.is_null())
            .filter(holds_now)
            .order(roles::id)
            .select((roles::role, roles::org_id, orgs::path))
            .load::<(String, Id, String)>(self.conn)?;
        Ok(CallerRow { user, member, merchant, card_edition: None, roles })
    }
}

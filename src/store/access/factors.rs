//! Second factors, one-time codes, and the devices of users.

use crate::domain::id::Id;
pub use crate::store::schema::{SecondFactorRow, SignInCodeRow};
use crate::store::schema::{second_factors, sign_in_codes};
use crate::store::{Error, Tables};
use diesel::prelude::*;
use std::collections::HashSet;

/// The state of a second factor that sign-in asks for.
pub const SET_UP: &str = "set_up";

impl Tables<'_> {
    /// Whether sign-in asks a user for a second factor.
    pub fn has_second_factor(&mut self, user: Id) -> Result<bool, Error> {
        let own = second_factors::table.find((self.bank, user)).filter(second_factors::state.eq(SET_UP));
        Ok(diesel::select(diesel::dsl::exists(own)).get_result(self.conn)?)
    }

    /// Those of these users whom sign-in asks for a second factor.
    pub fn with_second_factor(&mut self, users: &[Id]) -> Result<HashSet<Id>, Error> {
        let own = second_factors::table
            .filter(second_factors::bank_id.eq(self.bank).and(second_factors::id.eq_any(users)))
            .filter(second_factors::state.eq(SET_UP));
        Ok(own.select(second_factors::id).load::<Id>(self.conn)?.into_iter().collect())
    }

    /// Stores a second factor instead of the one before.
    pub fn keep_second_factor(&mut self, row: &SecondFactorRow) -> Result<(), Error> {
        self.remove_second_factor(row.id)?;
        self.insert(row)
    }

    /// Removes a second factor. `false`: there was none.
    pub fn remove_second_factor(&mut self, user: Id) -> Result<bool, Error> {
        self.rights_changed();
        Ok(diesel::delete(second_factors::table.find((self.bank, user))).execute(self.conn)? > 0)
    }

    /// Stores a one-time code instead of the one before.
    pub fn keep_sign_in_code(&mut self, row: &SignInCodeRow) -> Result<(), Error> {
        self.remove_sign_in_code(row.id)?;
        self.insert(row)
    }

    pub fn remove_sign_in_code(&mut self, user: Id) -> Result<(), Error> {
        diesel::delete(sign_in_codes::table.find((self.bank, user))).execute(self.conn)?;
        Ok(())
    }
}

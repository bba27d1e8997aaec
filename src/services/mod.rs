//! Use cases: who may, what is needed, which command. They see neither the web nor the database's library.

pub mod activities;
mod alone;
pub mod award_list;
pub mod awards;
pub mod calendars;
pub mod call;
pub mod carts;
pub mod codes;
pub mod demo;
pub mod due;
pub mod founding;
pub mod household_awards;
pub mod import;
mod interest;
pub mod ledger;
pub mod links;
pub mod members;
mod merging;
pub mod moves;
pub mod orgs;
pub mod owed;
pub mod pace;
pub mod passbook;
pub mod people;
pub mod proposals;
pub mod pruning;
pub mod records;
pub mod redemptions;
pub mod roles;
pub mod schemes;
pub mod settlements;
pub mod shops;
pub mod sign_in;
pub mod traces;
mod tries;
pub mod users;
pub mod years;

pub use crate::store::{Error, seen};
pub use call::{Call, Done};

use crate::auth::Authority;
use crate::ids::Ids;
use crate::store::Store;
use std::sync::Arc;

/// Everything a use case works with.
#[derive(Clone, Debug)]
pub struct Services {
    pub store: Store,
    pub ids: Ids,
    /// Keys, tokens and passwords.
    pub authority: Arc<Authority>,
    /// Assets of accounts that were looked at before.
    pub assets: Arc<ledger::KnownAssets>,
    /// Versions of schemes that were parsed before.
    pub parsed: Arc<schemes::Parsed>,
    /// How many redemptions a minute are too many.
    pub pace: pace::Pace,
    /// Carts that were counted lately.
    pub carts: Arc<pace::Carts>,
}

impl Services {
    /// Use cases over an open store.
    pub fn new(store: Store, ids: Ids, authority: Authority) -> Self {
        Services {
            store,
            ids,
            authority: Arc::new(authority),
            assets: Arc::default(),
            parsed: Arc::default(),
            pace: pace::Pace::default(),
            carts: Arc::default(),
        }
    }

    /// A new id, ordered by the bank's clock.
    pub fn next_id(&self) -> crate::domain::id::Id {
        self.ids.next(self.store.clock().now())
    }
}

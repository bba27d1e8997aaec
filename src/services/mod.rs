//! Use cases: who may, what is needed, which command. They know neither HTTP nor the database library.

pub mod access;
pub mod attachments;
pub mod call;
pub mod demo;
pub mod inbox;
pub mod ledger;
pub mod people;
pub mod points;
pub mod pruning;
pub mod service;
pub mod settlement;
pub mod shops;
pub mod stars;
pub mod step;

pub use crate::store::Error;
pub use crate::store::banks::Bank;
pub use crate::store::readers::seen;
pub use call::{Call, Done};

use crate::auth::Authority;
use crate::ids::Ids;
use crate::senders::Senders;
use crate::store::Store;
use crate::store::files::Files;
use std::path::Path;
use std::sync::Arc;

/// Everything a use case needs.
#[derive(Clone, Debug)]
pub struct Services {
    pub store: Store,
    pub ids: Ids,
    /// Keys, tokens and passwords.
    pub authority: Arc<Authority>,
    /// How messages leave the bank.
    pub senders: Arc<Senders>,
    /// Where the files of attachments are.
    pub files: Arc<Files>,
    /// Cache of the assets of accounts.
    pub assets: Arc<ledger::raw::KnownAssets>,
    /// Cache of parsed versions of schemes.
    pub parsed: Arc<points::schemes::Parsed>,
    /// Where people get help, as it was last said.
    pub known_help: Arc<people::help::KnownHelp>,
    /// How long people may undo their mistakes.
    pub undo_seconds: i64,
    /// Limits of redemptions a minute.
    pub rate_limits: shops::rate_limiter::RateLimits,
    /// How much is redeemed without a phone.
    pub paper_limits: shops::paper_limits::PaperLimits,
    /// Counts of recent carts, for the rate limits.
    pub rate_limiter: Arc<shops::rate_limiter::RateLimiter>,
}

impl Services {
    /// Use cases over an open store. The files of attachments are beside its database.
    pub fn new(store: Store, ids: Ids, authority: Authority) -> Self {
        let files = Arc::new(Files::in_folder(store.database(), Path::new("data")));
        Services {
            store,
            files,
            ids,
            authority: Arc::new(authority),
            senders: Arc::default(),
            assets: Arc::default(),
            parsed: Arc::default(),
            known_help: Arc::default(),
            undo_seconds: 600,
            rate_limits: shops::rate_limiter::RateLimits::default(),
            paper_limits: shops::paper_limits::PaperLimits::default(),
            rate_limiter: Arc::default(),
        }
    }

    /// A new id, ordered by the bank's clock.
    pub fn next_id(&self) -> crate::domain::id::Id {
        self.ids.next(self.store.clock().now())
    }

    /// The present moment of the bank's clock.
    pub fn now(&self) -> crate::domain::time::Moment {
        self.store.clock().now()
    }

    /// All banks of this server.
    pub async fn banks(&self) -> Result<Vec<Bank>, Error> {
        self.store.banks().await
    }
}

//! Failed sign-in attempts and their limits. Ten failures of a login from unknown places block unknown places only: a
//! device on which the user has signed in, and an address from which the user has, are counted separately, so that
//! others cannot lock an owner out. An address is blocked longer each time.

use crate::auth::devices::Device;
use crate::auth::secrets::{Searched, Secrets};
use crate::domain::access::network::subscriber;
use crate::domain::id::{BankId, Id};
use crate::domain::refusal::Refusal;
use crate::ledger::Request;
use crate::services::{Error, Services};
use crate::store::access::attempts::TryLimit;
use crate::store::access::sessions::SignInRow;
use std::net::IpAddr;

/// A counted attempt: what to undo when it succeeds.
#[derive(Clone, Debug, Default)]
pub(in crate::services) struct Try {
    /// Counters that a success resets: those failures were the owner's own.
    pub forget: Vec<String>,
    /// Counters from which only this attempt is subtracted.
    pub give_back: Vec<String>,
}

impl Services {
    /// The user of a login, and how well the origin is known for them. An unknown login causes the same queries.
    pub(in crate::services) async fn known_origin(
        &self,
        bank: BankId,
        login: &str,
        origin: &Origin,
    ) -> Result<(Option<SignInRow>, KnownOrigin), Error> {
        let (secrets, login, address) = (self.authority.secrets.clone(), login.to_owned(), origin.address);
        let found = self.store.read(bank, move |tables| {
            let row = tables.sign_in_row(&login)?;
            let user = row.as_ref().map_or(Id::SYSTEM, |row| row.id);
            let place = address.map(|address| place_hash(&secrets, bank, user, address));
            let known = place.map_or(Ok(false), |place| tables.knows_place(user, &place))?;
            Ok((row, known))
        });
        let (row, place_known) = found.await?;
        let device =
            self.device(bank, origin).filter(|device| row.as_ref().is_some_and(|row| row.id == device.user));
        let known_origin = match (device, place_known) {
            (Some(device), _) => KnownOrigin::Device(device),
            (None, true) => KnownOrigin::Place,
            (None, false) => KnownOrigin::Unknown,
        };
        Ok((row, known_origin))
    }

    /// The device of a request, if its token is valid.
    pub(in crate::services) fn device(&self, bank: BankId, origin: &Origin) -> Option<Device> {
        let now = self.store.clock().now();
        Device::read(&self.authority.secrets, bank, now, origin.device.as_deref()?)
    }

    /// Counts an attempt at a login, or refuses it. Names and addresses are stored only as keyed hashes.
    pub(in crate::services) async fn take_try(
        &self,
        bank: BankId,
        login: &str,
        origin: &Origin,
        known_origin: KnownOrigin,
    ) -> Result<Try, Error> {
        let config = &self.authority.config;
        let address = origin.address.map(|address| subscriber(address).to_string());
        let pair = address.as_ref().map(|address| {
            self.limit(bank, "login-address", &format!("{login}/{address}"), config.login_failures, true)
        });
        let (limits, forgotten) = match (known_origin, pair) {
            (KnownOrigin::Device(device), _) => {
                (vec![self.limit(bank, "device", &device.id.to_string(), config.login_failures, true)], 1)
            }
            (KnownOrigin::Place, Some(pair)) => (vec![pair], 1),
            (_, pair) => {
                let login = self.limit(bank, "login", login, config.login_failures, false);
                let own: Vec<TryLimit> = std::iter::once(login).chain(pair).collect();
                let (forgotten, address) = (own.len(), address.as_ref());
                let address = address
                    .map(|address| self.limit(bank, "address", address, config.address_failures, true));
                (own.into_iter().chain(address).collect(), forgotten)
            }
        };
        self.take(bank, limits, forgotten).await
    }

    /// Counts an attempt at the password by a signed-in user.
    pub(in crate::services) async fn take_own_try(&self, bank: BankId, user: Id) -> Result<Try, Error> {
        let failures = self.authority.config.login_failures;
        let limit = self.limit(bank, "own-password", &user.to_string(), failures, false);
        self.take(bank, vec![limit], 1).await
    }

    /// Counts an attempt to check a certificate, by address: anyone may, without signing in.
    pub(in crate::services) async fn take_check_try(
        &self,
        bank: BankId,
        address: Option<IpAddr>,
    ) -> Result<Try, Error> {
        let from = address.map_or_else(|| "-".to_owned(), |address| subscriber(address).to_string());
        let failures = self.authority.config.address_failures;
        let limit = self.limit(bank, "certificate-address", &from, failures, true);
        self.take(bank, vec![limit], 0).await
    }

    async fn take(&self, bank: BankId, limits: Vec<TryLimit>, forgotten: usize) -> Result<Try, Error> {
        let mut subjects = limits.iter().map(|limit| limit.subject.clone());
        let counted =
            Try { forget: subjects.by_ref().take(forgotten).collect(), give_back: subjects.collect() };
        let own = limits.clone();
        let taken = match self.store.write(bank, move |tables| tables.take_try(&own)).await {
            Err(error) if is_closed(&error) => self.take_in_memory(bank, limits).await,
            taken => taken,
        };
        match taken? {
            Some(wait_seconds) => Err(Refusal::TooManyTries { wait_seconds }.into()),
            None => Ok(counted),
        }
    }

    /// While the database cannot be written, attempts are counted in memory; earlier counts still apply.
    async fn take_in_memory(&self, bank: BankId, limits: Vec<TryLimit>) -> Result<Option<i64>, Error> {
        let own = limits.clone();
        let before = self.store.read(bank, move |tables| tables.wait_of(&own)).await?;
        let now = self.store.clock().now();
        Ok(before.or_else(|| self.authority.in_memory.take_try(bank, &limits, now)))
    }

    pub(in crate::services) async fn give_back(&self, bank: BankId, counted: Try) -> Result<(), Error> {
        self.authority.in_memory.settle_try(bank, &counted.forget, &counted.give_back);
        let settled =
            self.store.write(bank, move |tables| tables.settle_try(&counted.forget, &counted.give_back));
        match settled.await {
            Err(error) if is_closed(&error) => Ok(()),
            settled => settled,
        }
    }

    /// The key of a limit: names and addresses are stored only as keyed hashes.
    pub(super) fn attempt_subject(&self, bank: BankId, kind: &str, text: &str) -> String {
        let hash = self.authority.secrets.search_hash(Searched::Attempt, bank, &format!("{kind}/{text}"));
        format!("{kind}/{}", hex::encode(hash))
    }

    fn limit(&self, bank: BankId, kind: &str, text: &str, failures: i64, grows: bool) -> TryLimit {
        let subject = self.attempt_subject(bank, kind, text);
        TryLimit { subject, failures, window_seconds: self.authority.config.lock_seconds, grows }
    }
}

/// Whether the database cannot be written at the moment.
pub(in crate::services) fn is_closed(error: &Error) -> bool {
    matches!(error, Error::Closed(_) | Error::Unavailable(_))
}

/// The hash by which a network is recognised from which a user has signed in.
pub(in crate::services) fn place_hash(
    secrets: &Secrets,
    bank: BankId,
    user: Id,
    address: IpAddr,
) -> [u8; 32] {
    secrets.search_hash(Searched::Attempt, bank, &format!("place/{user}/{}", subscriber(address)))
}

/// The origin of a request.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub address: Option<IpAddr>,
    /// The device token from an earlier sign-in.
    pub device: Option<String>,
    /// The request of the idempotency key, without its user, who is not known yet.
    pub request: Option<Request>,
    /// What the request was sent with: `phone`, `computer`, `wechat` or `program`.
    pub client: Option<String>,
}

/// How well device or address are known for this user.
#[derive(Clone, Copy, Debug)]
pub(in crate::services) enum KnownOrigin {
    /// The user has signed in on this device.
    Device(Device),
    /// The user has signed in from this address.
    Place,
    Unknown,
}

//! Signing in, staying signed in, and signing out. Answers are the same, and take as long, for an unknown login, a
//! wrong password and a suspended user.

use super::{Call, Error, Services};
use crate::auth::authority::BearerFault;
use crate::auth::passwords::Password;
use crate::auth::permissions::Actor;
use crate::auth::secrets::{Searched, SecretError};
use crate::auth::tokens::RefreshToken;
use crate::domain::id::{BankId, Id};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::store::attempts::TryLimit;
use crate::store::banks::Bank;
use crate::store::sessions::{ACTIVE, SessionRow, SignInRow};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// A session and its user are forgotten so long after the session has ended.
const KEPT_SECONDS: i64 = 180 * 86_400;

/// Who wants to come in.
#[derive(Clone, Debug)]
pub struct SignInAsk {
    /// The bank's slug; may be left out while there is only one.
    pub bank: Option<String>,
    pub login: String,
    pub password: Password,
    /// Changes the password in the same step.
    pub new_password: Option<Password>,
    /// Where the request comes from, for the limits.
    pub address: Option<IpAddr>,
}

/// A session that was opened or renewed. Tokens are never printed.
#[derive(Clone)]
pub struct SignedIn {
    pub bank: BankId,
    pub user: Id,
    pub session: Id,
    pub access_token: String,
    /// How long the access token lasts.
    pub access_seconds: i64,
    pub refresh_token: String,
    /// When the session ends unless it is renewed before.
    pub refresh_until: Moment,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("user", &self.user)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// What a signed-in user is told about themselves, besides what the actor says.
#[derive(Clone, Debug)]
pub struct Me {
    pub bank: Bank,
    pub login: String,
    pub name: String,
    /// Names of the organisations where the roles hold.
    pub org_names: BTreeMap<Id, String>,
}

/// A try that was taken into account: what to give back when it was right.
struct Try {
    login: String,
    address: Option<String>,
}

impl From<SecretError> for Error {
    fn from(error: SecretError) -> Self {
        Error::Fault(error.to_string())
    }
}

impl Services {
    /// Who is behind a bearer token: the API asks this before every call.
    pub async fn actor(&self, bearer: &str) -> Result<Arc<Actor>, BearerFault> {
        self.authority.actor(&self.store, bearer).await
    }

    /// Opens a session by login and password.
    pub async fn sign_in(&self, ask: SignInAsk) -> Result<SignedIn, Error> {
        let (bank, known) = self.bank_named(ask.bank.as_deref()).await?;
        let counted = self.take_try(bank, &ask.login, ask.address).await?;
        let login = ask.login.clone();
        let found = self.store.read(bank, move |tables| tables.sign_in_row(&login)).await?;
        let found = found.filter(|row| known && row.state == ACTIVE);
        let row = self.right_one(found, ask.password.clone()).await?;
        let new_hash = match self.due_change(&row, ask.password, ask.new_password).await {
            Ok(new_hash) => new_hash,
            Err(error) => {
                self.give_back(bank, counted).await?;
                return Err(error);
            }
        };
        let (session, signed_in) = self.new_session(bank, row.id)?;
        let done = self.store.write(bank, move |tables| {
            // The password may have been changed, or the user suspended, since it was read.
            let same = tables.sign_in_row_of(row.id)?;
            let same = same.filter(|now| now.state == ACTIVE && now.password_hash == row.password_hash);
            if same.is_none() {
                return Err(Refusal::SignInFailed.into());
            }
            if let Some(hash) = &new_hash {
                tables.set_password_hash(row.id, hash)?;
                tables.end_sessions_of(row.id, "password_changed", None)?;
            }
            tables.forget_tries(&counted.login)?;
            if let Some(address) = &counted.address {
                tables.give_try_back(address)?;
            }
            tables.open_session(&session)
        });
        done.await?;
        Ok(signed_in)
    }

    /// Takes a refresh token for new tokens. Shown a second time, it ends the session: somebody has a copy.
    pub async fn refresh(&self, refresh_token: &str) -> Result<SignedIn, Error> {
        let secrets = &self.authority.secrets;
        let invalid = || Error::from(Refusal::RefreshTokenInvalid);
        let shown = RefreshToken::read(secrets, refresh_token).ok_or_else(invalid)?;
        let (bank, session) = (shown.bank, shown.session);
        if !self.store.has_bank(bank).await? {
            return Err(invalid());
        }
        let next = RefreshToken::new(secrets, bank, session)?;
        let (hash, lasting) = (next.hash, self.authority.config.refresh_seconds);
        let renewed = self.store.write(bank, move |tables| {
            let Some(row) = tables.session(session)? else { return Ok(None) };
            if row.revoked_at.is_some() || row.expires_at <= tables.now {
                return Ok(None);
            }
            if row.refresh_hash != shown.hash {
                tables.end_session(session, "refresh_token_reused")?;
                return Ok(None);
            }
            if tables.sign_in_row_of(row.user_id)?.is_none_or(|user| user.state != ACTIVE) {
                return Ok(None);
            }
            let until = tables.now.plus_seconds(lasting);
            tables.rotate_session(session, &hash, until)?;
            Ok(Some((row.user_id, until)))
        });
        let (user, until) = renewed.await?.ok_or_else(invalid)?;
        self.signed_in(bank, user, session, next.text, until)
    }

    /// The caller's own bank, login and names.
    pub async fn me(&self, actor: &Actor) -> Result<Me, Error> {
        let (user, orgs) = (actor.user, actor.grants.iter().map(|grant| grant.org).collect::<Vec<_>>());
        let told = self.store.read(actor.bank, move |tables| {
            let Some((login, name)) = tables.login_and_name(user)? else { return Ok(None) };
            Ok(Some(Me { bank: tables.own_bank()?, login, name, org_names: tables.org_names(&orgs)? }))
        });
        told.await?.ok_or_else(|| Refusal::SignInFailed.into())
    }

    /// Ends the caller's own session.
    pub async fn sign_out(&self, call: &Call) -> Result<(), Error> {
        let session = call.actor.session;
        let ended =
            self.store.write(call.actor.bank, move |tables| tables.end_session(session, "signed_out"));
        ended.await.map(|_| ())
    }

    /// Changes the caller's own password and ends their other sessions. The old one must be shown, and wrong tries
    /// count as at the sign-in.
    pub async fn change_password(
        &self,
        call: &Call,
        old: Password,
        new: Password,
        address: Option<IpAddr>,
    ) -> Result<(), Error> {
        let (bank, user, session) = (call.actor.bank, call.actor.user, call.actor.session);
        // By now the old password is a wrong one.
        if self.sealed_before::<()>(call).await?.is_some() {
            return Ok(());
        }
        let row = self.store.read(bank, move |tables| tables.sign_in_row_of(user)).await?;
        let row = row.ok_or(Refusal::SignInFailed)?;
        let counted = self.take_try(bank, &row.login, address).await?;
        let row = self.right_one(Some(row), old.clone()).await?;
        self.give_back(bank, counted).await?;
        let hash = self.new_hash(&row, old, new).await?;
        let changed = self.write_sealed(call, move |tables| {
            tables.set_password_hash(user, &hash)?;
            tables.end_sessions_of(user, "password_changed", Some(session))?;
            Ok(Ok(()))
        });
        changed.await
    }

    /// The hash to keep for a password that an administrator gives a user, once it follows the rules.
    pub async fn hash_of_new_password(&self, password: Password, login: &str) -> Result<String, Error> {
        self.authority.passwords.rules.check(&password, login)?;
        self.authority.passwords.hash(password).await
    }

    /// Forgets sessions and failed tries that are over since long ago. How many there were.
    pub async fn forget_old_sessions(&self, bank: BankId) -> Result<usize, Error> {
        let window = self.authority.config.lock_seconds;
        let forgotten = self.store.write(bank, move |tables| {
            let sessions = tables.forget_old_sessions(tables.now.plus_seconds(-KEPT_SECONDS))?;
            let tries = tables.forget_old_tries(tables.now.plus_seconds(window.saturating_neg()))?;
            Ok(sessions.saturating_add(tries))
        });
        forgotten.await
    }

    /// The bank that was named, or the only one; `false`: there is none of this name, and the first stands in for it,
    /// so that the answer takes as long.
    async fn bank_named(&self, slug: Option<&str>) -> Result<(BankId, bool), Error> {
        let banks = self.store.banks().await?;
        let named = |slug: &str| banks.iter().find(|bank| bank.slug == slug);
        match (slug, banks.as_slice()) {
            (_, []) => Err(Refusal::SignInFailed.into()),
            (None, [Bank { id, .. }]) => Ok((*id, true)),
            (None, _) => Err(Refusal::BankMissing.into()),
            (Some(slug), [first, ..]) => Ok(named(slug).map_or((first.id, false), |bank| (bank.id, true))),
        }
    }

    /// Counts a try of a login from an address, or refuses it. Names and addresses are kept as keyed hashes only.
    async fn take_try(&self, bank: BankId, login: &str, address: Option<IpAddr>) -> Result<Try, Error> {
        let config = &self.authority.config;
        let limit = |kind: &str, text: &str, failures| {
            let hash = self.authority.secrets.search_hash(Searched::Attempt, bank, &format!("{kind}/{text}"));
            TryLimit {
                subject: format!("{kind}/{}", hex::encode(hash)),
                failures,
                window_seconds: config.lock_seconds,
            }
        };
        let login = limit("login", login, config.login_failures);
        let address = address.map(|address| limit("address", &network(address), config.address_failures));
        let counted =
            Try { login: login.subject.clone(), address: address.as_ref().map(|a| a.subject.clone()) };
        let limits: Vec<TryLimit> = std::iter::once(login).chain(address).collect();
        match self.store.write(bank, move |tables| tables.take_try(&limits)).await? {
            Some(wait_seconds) => Err(Refusal::TooManyTries { wait_seconds }.into()),
            None => Ok(counted),
        }
    }

    async fn give_back(&self, bank: BankId, counted: Try) -> Result<(), Error> {
        let given_back = self.store.write(bank, move |tables| {
            tables.forget_tries(&counted.login)?;
            counted.address.as_ref().map_or(Ok(()), |address| tables.give_try_back(address))
        });
        given_back.await
    }

    /// The user, if there is one and the password is theirs.
    async fn right_one(&self, found: Option<SignInRow>, password: Password) -> Result<SignInRow, Error> {
        let kept = found.as_ref().and_then(|row| row.password_hash.clone());
        let right = self.authority.passwords.verify(password, kept).await?;
        found.filter(|_| right).ok_or_else(|| Refusal::SignInFailed.into())
    }

    /// The hash of the new password, if one was sent; refused if the rules want one now and none was.
    async fn due_change(
        &self,
        row: &SignInRow,
        old: Password,
        new: Option<Password>,
    ) -> Result<Option<String>, Error> {
        let now = self.store.clock().now();
        match (new, self.authority.passwords.rules.due(row.password_changed_at, now)) {
            (Some(new), _) => self.new_hash(row, old, new).await.map(Some),
            (None, Some(days)) => Err(Refusal::PasswordDue { days }.into()),
            (None, None) => Ok(None),
        }
    }

    async fn new_hash(&self, row: &SignInRow, old: Password, new: Password) -> Result<String, Error> {
        if old.expose() == new.expose() {
            return Err(Refusal::PasswordUnchanged.into());
        }
        self.hash_of_new_password(new, &row.login).await
    }

    /// A session that is still to be written, and what its user is given.
    pub(super) fn new_session(&self, bank: BankId, user: Id) -> Result<(SessionRow, SignedIn), Error> {
        let now = self.store.clock().now();
        let id = self.next_id();
        let refresh = RefreshToken::new(&self.authority.secrets, bank, id)?;
        let row = SessionRow {
            bank_id: bank,
            id,
            user_id: user,
            refresh_hash: refresh.hash.to_vec(),
            previous_hash: None,
            created_at: now,
            expires_at: now.plus_seconds(self.authority.config.refresh_seconds),
            revoked_at: None,
            revoked_why: None,
        };
        let signed_in = self.signed_in(bank, user, id, refresh.text, row.expires_at)?;
        Ok((row, signed_in))
    }

    fn signed_in(
        &self,
        bank: BankId,
        user: Id,
        session: Id,
        refresh_token: String,
        refresh_until: Moment,
    ) -> Result<SignedIn, Error> {
        let now = self.store.clock().now();
        let (access_token, access_seconds) =
            self.authority.tokens.issue(now, bank, user, session, self.next_id())?;
        Ok(SignedIn { bank, user, session, access_token, access_seconds, refresh_token, refresh_until })
    }
}

/// What counts as one address: an IPv4 address, or the 64 leading bits of an IPv6 one, which one subscriber has whole.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}/64")
        }
    }
}

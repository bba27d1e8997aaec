//! Authentication: keys, tokens, passwords, and the cache of callers.

use super::in_memory::InMemory;
use super::passwords::Passwords;
use super::permissions::{Actor, Grant, Role};
use super::secrets::{SecretError, Secrets, random, token_hash};
use super::tokens::{Claims, TokenFault, Tokens};
use crate::config::{PolicyName, SignInConfig};
use crate::domain::id::{BankId, Id};
use crate::domain::time::Moment;
use crate::store::access::sessions::CallerRow;
use crate::store::{Error, Store, Tables};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Seconds until changes made by another program (`jianxian admin` beside a running server) are seen; those of this
/// program are seen at once.
const REMEMBERED_SECONDS: i64 = 1;
/// Maximum number of cached callers; beyond it the cache is cleared.
const REMEMBERED: usize = 20_000;

/// Why a caller is not authenticated.
#[derive(Debug)]
pub enum BearerFault {
    /// 401.
    Token(TokenFault),
    /// The database could not be read.
    Store(Error),
}

#[derive(Clone, Debug)]
struct Remembered {
    actor: Arc<Actor>,
    epoch: i64,
    read_at: Moment,
}

/// Keys, tokens, passwords and cached callers of one server.
#[derive(Debug)]
pub struct Authority {
    pub secrets: Secrets,
    pub tokens: Tokens,
    pub passwords: Passwords,
    /// Limits and lifetimes of tokens.
    pub config: SignInConfig,
    /// Sign-ins that cannot be written at the moment.
    pub in_memory: InMemory,
    callers: RwLock<HashMap<(BankId, Id), Remembered>>,
    /// Hashes of the one-time tokens for first administrators, by bank: as long as the program runs.
    first_tokens: Mutex<HashMap<BankId, [u8; 32]>>,
}

impl Authority {
    pub fn new(secrets: Secrets, config: &SignInConfig) -> Result<Self, SecretError> {
        Ok(Authority {
            tokens: Tokens::new(&secrets, config.access_seconds)?,
            passwords: Passwords::new(config)?,
            secrets,
            config: config.clone(),
            in_memory: InMemory::default(),
            callers: RwLock::default(),
            first_tokens: Mutex::default(),
        })
    }

    /// For tests: ephemeral keys, and passwords at the lowest cost.
    pub fn ephemeral() -> Result<Self, SecretError> {
        let config = SignInConfig { argon2_memory_kib: 8, argon2_passes: 1, ..SignInConfig::default() };
        Authority::new(Secrets::ephemeral()?, &config)
    }

    /// The actor of a bearer token. A cached caller needs no query.
    pub async fn actor(&self, store: &Store, bearer: &str) -> Result<Arc<Actor>, BearerFault> {
        let now = store.clock().now();
        let claims = self.tokens.check(now, bearer).map_err(BearerFault::Token)?;
        // The epoch is read before the rows: a change in between then makes the cached entry outdated, never the
        // other way round.
        let epoch = store.rights_epoch(claims.bank).await.map_err(BearerFault::Store)?;
        if let Some(actor) = self.remembered(&claims, epoch, now) {
            return Ok(actor);
        }
        let actor = match read_actor(store, &claims, self.config.policy).await? {
            Some(actor) => Arc::new(actor),
            // A session in memory is not cached as well: it ends at once.
            None => {
                let unwritten = self.unwritten_actor(store, &claims, now).await?;
                return unwritten.map(Arc::new).ok_or(BearerFault::Token(TokenFault::SessionEnded));
            }
        };
        let mut callers = self.callers.write().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= REMEMBERED {
            callers.clear();
        }
        let known = Remembered { actor: Arc::clone(&actor), epoch, read_at: now };
        callers.insert((claims.bank, claims.sid), known);
        Ok(actor)
    }

    /// The actor of a session that could not be written yet.
    async fn unwritten_actor(
        &self,
        store: &Store,
        claims: &Claims,
        now: Moment,
    ) -> Result<Option<Actor>, BearerFault> {
        let (bank, session) = (claims.bank, claims.sid);
        let kept = self.in_memory.session(bank, session, now);
        let Some(kept) = kept.filter(|kept| kept.row.user_id == claims.sub) else { return Ok(None) };
        let (user, policy) = (claims.sub, self.config.policy);
        let row = store.read_primary(bank, move |tables| {
            let known =
                tables.sign_in_row_of(user)?.is_some_and(|row| row.password_hash == kept.password_hash);
            let row = if known { tables.caller_of(user)? } else { None };
            let row = row.map(|row| CallerRow { card_edition: kept.row.card_edition, ..row });
            row.map(|row| without_resting(tables, row, policy)).transpose()
        });
        Ok(row.await.map_err(BearerFault::Store)?.map(|row| actor_of(bank, session, row)))
    }

    /// A one-time token for the first administrator of an empty bank: 64 hex digits. An earlier one is void.
    pub fn first_token(&self, bank: BankId) -> Result<String, SecretError> {
        let text = hex::encode(random::<32>()?);
        let mut tokens = self.first_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(bank, token_hash(&text));
        Ok(text)
    }

    /// Whether this is the latest token of the bank.
    pub fn is_first_token(&self, bank: BankId, text: &str) -> bool {
        let tokens = self.first_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(&bank) == Some(&token_hash(text))
    }

    fn remembered(&self, claims: &Claims, epoch: i64, now: Moment) -> Option<Arc<Actor>> {
        let callers = self.callers.read().unwrap_or_else(PoisonError::into_inner);
        let known = callers.get(&(claims.bank, claims.sid))?;
        let fresh = known.read_at <= now && now < known.read_at.plus_seconds(REMEMBERED_SECONDS);
        (fresh && known.epoch == epoch && known.actor.user == claims.sub).then(|| Arc::clone(&known.actor))
    }
}

async fn read_actor(
    store: &Store,
    claims: &Claims,
    policy: PolicyName,
) -> Result<Option<Actor>, BearerFault> {
    let (bank, session) = (claims.bank, claims.sid);
    let row = store.read_primary(bank, move |tables| {
        tables.caller(session)?.map(|row| without_resting(tables, row, policy)).transpose()
    });
    let row = match row.await {
        Ok(row) => row,
        // A token of a bank that no longer exists, after the database was replaced.
        Err(Error::Fault(_)) if !store.has_bank(bank).await.map_err(BearerFault::Store)? => None,
        Err(error) => return Err(BearerFault::Store(error)),
    };
    Ok(row.filter(|row| row.user == claims.sub).map(|row| actor_of(bank, session, row)))
}

/// Whether a role rests while its user has no second factor: under the rules of 等保, those of administrators and
/// auditors do.
pub fn rests_without_factor(role: &str, policy: PolicyName) -> bool {
    policy == PolicyName::Mlps && matches!(Role::parse(role), Some(Role::Administrator | Role::Auditor))
}

/// The caller without the roles that rest. The factor is looked up only where it decides.
fn without_resting(
    tables: &mut Tables<'_>,
    mut row: CallerRow,
    policy: PolicyName,
) -> Result<CallerRow, Error> {
    let rests = |role: &str| rests_without_factor(role, policy);
    if row.roles.iter().any(|(role, ..)| rests(role)) && !tables.has_second_factor(row.user)? {
        row.roles.retain(|(role, ..)| !rests(role));
    }
    Ok(row)
}

fn actor_of(bank: BankId, session: Id, row: CallerRow) -> Actor {
    let by_card = row.card_edition.is_some();
    let grants = row.roles.into_iter().filter_map(|(role, org, org_path)| {
        let known = Role::parse(&role);
        if known.is_none() {
            tracing::warn!(role, "a role of the database is unknown and gives no right");
        }
        Some(Grant { role: known?, org, org_path })
    });
    let grants = grants.filter(|grant| !by_card || grant.role == Role::Volunteer);
    Actor {
        bank,
        user: row.user,
        session,
        member: row.member,
        merchant: row.merchant.filter(|_| !by_card),
        card_edition: row.card_edition,
        grants: grants.collect(),
    }
}

/// The keys of a database: created at its first start; afterwards the file must exist and have every key that its
/// banks were made with.
pub async fn secrets_of(store: &Store, folder: &Path) -> Result<Secrets, SecretError> {
    let noted = store.key_ids().await.map_err(|error| SecretError::Note(error.to_string()))?;
    let path = folder.join(super::secrets::FILE);
    let secrets = match noted.first() {
        Some(id) if !path.exists() => return Err(SecretError::Missing(path, id.clone())),
        Some(_) => Secrets::open(&path)?,
        None => Secrets::open_or_create(folder)?,
    };
    let held = secrets.held_ids();
    if let Some(other) = noted.iter().find(|id| !held.contains(id)) {
        return Err(SecretError::OtherKey(other.clone()));
    }
    let secrets = secrets.as_noted(&noted)?;
    store.note_keys(secrets.key_ids()).await.map_err(|error| SecretError::Note(error.to_string()))?;
    let noted = store.key_ids().await.map_err(|error| SecretError::Note(error.to_string()))?;
    if let Some(other) = noted.iter().find(|id| !held.contains(id)) {
        return Err(SecretError::OtherKey(other.clone()));
    }
    Ok(secrets)
}

//! Sign-in, session refresh and sign-out. The answer and its duration are the same for an unknown login, a wrong
//! password and a suspended user.

pub use super::tries::Origin;
use super::tries::{is_closed, place_hash};
use crate::auth::authority::BearerFault;
use crate::auth::devices::Device;
use crate::auth::in_memory::Unwritten;
use crate::auth::passwords::Password;
use crate::auth::permissions::{Actor, Role};
use crate::auth::tokens::RefreshToken;
use crate::domain::id::{BankId, Id};
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Moment};
use crate::ledger::Request;
use crate::services::inbox::To;
use crate::services::people::help::{Help, help_at, ids_of};
use crate::services::shops::cards::{CardHolder, must_be_same_card};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::access::sessions::{ACTIVE, SessionRow, SignInRow};
use crate::store::banks::Bank;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Sessions are deleted this long after their end.
const KEPT_SECONDS: i64 = 180 * 86_400;

#[derive(Clone, Debug)]
pub struct SignInAsk {
    /// The bank's slug; optional while there is only one bank.
    pub bank: Option<String>,
    /// The login, or with a PIN what stands on the card.
    pub login: String,
    /// Left out: a PIN or a one-time code is shown instead.
    pub password: Option<Password>,
    /// The PIN of a card.
    pub pin: Option<Password>,
    /// The digits of a one-time code.
    pub code: Option<String>,
    /// Digits of an authenticator app, or a recovery code.
    pub second_factor: Option<String>,
    /// Changes the password in the same step.
    pub new_password: Option<Password>,
    pub origin: Origin,
}

impl SignInAsk {
    /// A sign-in with a password alone, while there is only one bank.
    pub fn by_password(login: impl Into<String>, password: Password, origin: Origin) -> Self {
        SignInAsk {
            bank: None,
            login: login.into(),
            password: Some(password),
            pin: None,
            code: None,
            second_factor: None,
            new_password: None,
            origin,
        }
    }
}

/// The reason in the session row after sign-out.
const SIGNED_OUT: &str = "signed_out";

/// How long the answer to a refresh can be repeated.
const REPEAT_SECONDS: i64 = 30;

/// A new or refreshed session. Tokens are never printed, and are stored with an idempotency key only sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignedIn {
    pub bank: BankId,
    pub user: Id,
    pub session: Id,
    pub access_token: String,
    /// Lifetime of the access token.
    pub access_seconds: i64,
    pub refresh_token: String,
    /// When the session ends unless it is refreshed.
    pub refresh_until: Moment,
    /// The device token, to be sent with the next sign-in.
    pub device: String,
    /// The database cannot be written at the moment: the session is in memory, and lost at a restart unless it is
    /// written before.
    pub in_memory: bool,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("user", &self.user)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// What a signed-in user sees about themselves, besides the actor.
#[derive(Clone, Debug)]
pub struct Me {
    pub bank: Bank,
    pub login: String,
    pub name: String,
    /// Names of the organisations where the roles hold.
    pub org_names: BTreeMap<Id, String>,
    /// The books are closed before this day.
    pub closed_before: Option<Day>,
    /// Years whose holiday calendar is missing; for administrators only.
    pub calendars_missed: Vec<i32>,
    /// Where they get help.
    pub help: Help,
}

impl Services {
    /// The actor of a bearer token; the API asks for it before every call.
    pub async fn actor(&self, bearer: &str) -> Result<Arc<Actor>, BearerFault> {
        self.authority.actor(&self.store, bearer).await
    }

    /// Opens a session by login and password, by a card and its PIN, or by a one-time code.
    pub async fn sign_in(&self, ask: SignInAsk) -> Result<SignedIn, Error> {
        let (bank, known) = self.bank_named(ask.bank.as_deref()).await?;
        let holder = match &ask.pin {
            Some(_) if known => self.card_holder(bank, &ask.login).await?,
            _ => None,
        };
        let login = holder.as_ref().map_or(&ask.login, |holder| &holder.login);
        let (found, known_origin) = self.known_origin(bank, login, &ask.origin).await?;
        let sender = found.as_ref().map_or(Id::SYSTEM, |row| row.id);
        let request = ask.origin.request.clone().map(|request| request.of(sender));
        if let Some(stored) = self.signed_in_before(bank, request.as_ref()).await? {
            return Ok(stored);
        }
        let counted = self.take_try(bank, login, &ask.origin, known_origin).await?;
        let found = found.filter(|row| known && row.state == ACTIVE);
        let row = match (&ask.password, &ask.pin, &ask.code) {
            (Some(password), ..) => self.right_one(found, password.clone()).await?,
            (None, Some(pin), _) => self.right_holder(bank, found, holder.as_ref(), pin.clone()).await?,
            (None, None, code) => self.right_code(bank, found, code.as_deref().unwrap_or_default()).await?,
        };
        let factor = match self.shown_factor(bank, row.id, ask.second_factor.clone()).await {
            // Nothing was guessed.
            Err(error @ Error::Refused(Refusal::SecondFactorNeeded)) => {
                self.give_back(bank, counted).await?;
                return Err(error);
            }
            shown => shown?,
        };
        let new_hash = match (ask.password.clone(), ask.new_password.clone()) {
            (Some(password), new) => match self.due_change(&row, password, new).await {
                Ok(new_hash) => new_hash,
                Err(error) => {
                    self.give_back(bank, counted).await?;
                    return Err(error);
                }
            },
            (None, _) => None,
        };
        let (mut session, mut signed_in) = self.new_session(bank, row.id, &ask.origin)?;
        session.card_edition = holder.as_ref().map(|holder| holder.edition);
        let changes = new_hash.is_some() || ask.code.is_some();
        let (unwritten, settled, answer) = (session.clone(), counted.clone(), signed_in.clone());
        let (services, password_hash) = (self.clone(), row.password_hash.clone());
        let done = self.write_sealed_for(bank, row.id, request, move |tables| {
            // The password may have been changed, or the user suspended, since the row was read.
            let same = tables.sign_in_row_of(row.id)?;
            let same = same.filter(|now| now.state == ACTIVE && now.password_hash == row.password_hash);
            if same.is_none() {
                return Err(Refusal::SignInFailed.into());
            }
            services.use_factor(tables, row.id, factor.as_ref())?;
            services.use_code(tables, row.id, &ask)?;
            if let Some(holder) = &holder {
                must_be_same_card(tables, holder)?;
            }
            if let Some(hash) = &new_hash {
                tables.set_password_hash(row.id, hash)?;
                tables.end_sessions_of(row.id, "password_changed", None)?;
            }
            tables.settle_try(&counted.forget, &counted.give_back)?;
            services.tell_of_new_device(tables, &session)?;
            tables.open_session(&session)?;
            Ok(Ok(answer.clone()))
        });
        match done.await {
            Ok((answer, repeated)) => {
                if repeated {
                    self.give_back(bank, settled).await?;
                }
                Ok(answer?)
            }
            Err(error) if is_closed(&error) && !changes => {
                let (in_memory, now) = (&self.authority.in_memory, self.store.clock().now());
                if !in_memory.keep(Unwritten { row: unwritten, password_hash }, now) {
                    return Err(error);
                }
                in_memory.settle_try(bank, &settled.forget, &settled.give_back);
                signed_in.in_memory = true;
                Ok(signed_in)
            }
            Err(error) => Err(error),
        }
    }

    /// Sends a message about a session on a device that the user did not use before. The first device has none.
    fn tell_of_new_device(&self, tables: &mut Tables<'_>, session: &SessionRow) -> Result<(), Error> {
        let (user, an_hour_ago) = (session.user_id, tables.now.plus_seconds(-3_600));
        if tables.knows_device(user, session.device_id)? {
            return Ok(());
        }
        // A program that signs in without its mark is a new device each time: one message an hour is enough.
        let last = tables.last_to_user(user, Message::NewDevice.kind())?;
        if last.is_some_and(|last| last.made_at > an_hour_ago) {
            return Ok(());
        }
        self.tell(tables, To::User(session.user_id), &Message::NewDevice)
    }

    /// The stored answer of the same request, while its session lasts. The digests of the request cover its password
    /// or token, so the key alone gives no access.
    pub(in crate::services) async fn signed_in_before(
        &self,
        bank: BankId,
        request: Option<&Request>,
    ) -> Result<Option<SignedIn>, Error> {
        let Some(request) = request.cloned() else { return Ok(None) };
        let envelope = self.envelope(bank, request.user);
        let before = self.store.read_primary(bank, move |tables| {
            let Some(answer) = tables.same_before(&request)? else { return Ok(None) };
            let signed_in: SignedIn = envelope.open(&answer)?;
            let lives = tables.session(signed_in.session)?.is_some_and(|row| row.lives(tables.now));
            if lives {
                request.repeated.set();
            }
            Ok(lives.then_some(signed_in))
        });
        before.await
    }

    /// Writes the sessions that were opened while the database could not be written.
    pub async fn write_unwritten_sessions(&self, bank: BankId) -> Result<(), Error> {
        if self.store.closed().is_some() {
            return Ok(());
        }
        for Unwritten { row, password_hash } in self.authority.in_memory.sessions_of(bank) {
            let id = row.id;
            let written = self.store.write(bank, move |tables| {
                let user = tables.sign_in_row_of(row.user_id)?;
                let same =
                    user.is_some_and(|user| user.state == ACTIVE && user.password_hash == password_hash);
                if same && tables.session(id)?.is_none() { tables.open_session(&row) } else { Ok(()) }
            });
            written.await?;
            self.authority.in_memory.forget(bank, id);
        }
        Ok(())
    }

    /// Exchanges a refresh token for new tokens. If the answer is lost, the same device may repeat the request within
    /// half a minute with the same token; with the same idempotency key it gets the same answer. Any later use, or
    /// use from elsewhere, ends the session, whatever the key: the token was copied.
    pub async fn refresh(&self, refresh_token: &str, origin: &Origin) -> Result<SignedIn, Error> {
        let secrets = &self.authority.secrets;
        let invalid = || Error::from(Refusal::RefreshTokenInvalid);
        let shown = RefreshToken::read(secrets, refresh_token).ok_or_else(invalid)?;
        let (bank, session) = (shown.bank, shown.session);
        if !self.store.has_bank(bank).await? {
            return Err(invalid());
        }
        let next = RefreshToken::new(secrets, bank, session)?;
        let (lasting, device, address) =
            (self.authority.config.refresh_seconds, self.device(bank, origin), origin.address);
        let (services, hash, text) = (self.clone(), next.hash, next.text.clone());
        let request = origin.request.clone();
        let now = self.store.clock().now();
        if self.authority.in_memory.session(bank, session, now).is_some() {
            let row = self.authority.in_memory.change(bank, session, |row| {
                let used = std::mem::replace(&mut row.refresh_hash, hash.to_vec());
                row.expires_at = now.plus_seconds(lasting);
                (used == shown.hash).then(|| row.clone())
            });
            let Some(row) = row.flatten() else {
                self.authority.in_memory.forget(bank, session);
                return Err(invalid());
            };
            return Ok(SignedIn { in_memory: true, ..self.signed_in(&row, next.text)? });
        }
        let renewed = self.store.write(bank, move |tables| {
            let Some(mut row) = tables.session(session)? else { return Ok(None) };
            if !row.lives(tables.now) {
                return Ok(None);
            }
            let secrets = &services.authority.secrets;
            let request = request.clone().map(|request| request.of(row.user_id));
            let envelope = services.envelope(bank, row.user_id);
            let device = device.filter(|device| device.user == row.user_id).map(|device| device.id);
            let place = address.map(|address| place_hash(secrets, bank, row.user_id, address).to_vec());
            let turn = turn(&row, &shown.hash, device, place.as_deref(), tables.now);
            // A key that belongs to another request is refused before anything changes.
            let before =
                request.as_ref().map(|request| tables.repeated_answer(request)).transpose()?.flatten();
            if let (Turn::Again, Some(request), Some(answer)) = (&turn, &request, before) {
                let signed_in: SignedIn = envelope.open(&answer)?;
                let in_use = RefreshToken::read(secrets, &signed_in.refresh_token);
                if in_use.is_some_and(|token| token.hash.as_slice() == row.refresh_hash) {
                    request.repeated.set();
                    return Ok(Some(signed_in));
                }
            }
            match turn {
                Turn::Next => {
                    row.previous_hash = Some(std::mem::replace(&mut row.refresh_hash, hash.to_vec()));
                    (row.rotated_at, row.repeated_at) = (Some(tables.now), None);
                }
                Turn::Again if row.repeated_at.is_none() => {
                    row.refresh_hash = hash.to_vec();
                    row.repeated_at = Some(tables.now);
                }
                Turn::Again | Turn::Reused => {
                    tables.end_session(session, "refresh_token_reused")?;
                    return Ok(None);
                }
            }
            if tables.sign_in_row_of(row.user_id)?.is_none_or(|user| user.state != ACTIVE) {
                return Ok(None);
            }
            row.expires_at = tables.now.plus_seconds(lasting);
            (row.device_id, row.place_hash) = (device.or(row.device_id), place.or(row.place_hash));
            tables.renew_session(&row)?;
            let signed_in = services.signed_in(&row, text.clone())?;
            if let Some(request) = &request {
                tables.keep_answer(request, &envelope.seal(&signed_in)?)?;
            }
            Ok(Some(signed_in))
        });
        match renewed.await {
            Err(error) if is_closed(&error) => {
                // A session that has ended is refused without a write.
                let row = self.store.read(bank, move |tables| tables.session(session)).await?;
                let lives = row.is_some_and(|row| row.lives(now));
                Err(if lives { error } else { invalid() })
            }
            renewed => renewed?.ok_or_else(invalid),
        }
    }

    /// The caller's own bank, login and names.
    pub async fn me(&self, actor: &Actor) -> Result<Me, Error> {
        let (user, orgs) = (actor.user, actor.grants.iter().map(|grant| grant.org).collect::<Vec<_>>());
        let (member, of_role) = (actor.member, actor.grants.first().map(|grant| grant.org_path.clone()));
        let administers = actor.has(Role::Administrator);
        let found = self.store.read(actor.bank, move |tables| {
            let Some((login, name)) = tables.login_and_name(user)? else { return Ok(None) };
            let (today, zone) = (tables.today(), tables.zone);
            let path = match member {
                Some(member) => Some(tables.file_at(member)?.1),
                None => of_role,
            };
            let path = ids_of(&path.unwrap_or_default());
            let rows = tables.orgs(orgs.iter().chain(&path).copied())?;
            let names = orgs.iter().filter_map(|id| Some((*id, rows.get(id)?.name.clone())));
            let me = Me {
                bank: tables.own_bank()?,
                login,
                name,
                org_names: names.collect(),
                closed_before: tables.head()?.year_closed_until.map(|closed| closed.day(zone)),
                calendars_missed: if administers { tables.calendar()?.missed(today) } else { Vec::new() },
                help: help_at(&path, &rows),
            };
            Ok(Some((me, path)))
        });
        let (me, path) = found.await?.ok_or(Refusal::SignInFailed)?;
        self.note_help(actor, &path, &me.help);
        Ok(me)
    }

    pub async fn sign_out(&self, call: &Call) -> Result<(), Error> {
        let session = call.actor.session;
        if self.authority.in_memory.forget(call.actor.bank, session) {
            return Ok(());
        }
        let ended = self.write(call, move |tables| tables.end_session(session, SIGNED_OUT));
        ended.await.map(|_| ())
    }

    /// Whether this very request ended the session of a token.
    pub async fn signed_out_before(&self, bearer: &str, request: Option<Request>) -> Result<bool, Error> {
        let claims = self.authority.tokens.check(self.store.clock().now(), bearer);
        let (Ok(claims), Some(request)) = (claims, request) else { return Ok(false) };
        let request = request.of(claims.sub);
        let before = self.store.read_primary(claims.bank, move |tables| {
            let row = tables.session(claims.sid)?;
            let ended = row.is_some_and(|row| row.revoked_why.as_deref() == Some(SIGNED_OUT));
            let before = ended && tables.same_before(&request)?.is_some();
            if before {
                request.repeated.set();
            }
            Ok(before)
        });
        before.await
    }

    /// Changes the caller's own password and ends their other sessions. The old password is required, and failed
    /// attempts count as at sign-in.
    pub async fn change_password(&self, call: &Call, old: Password, new: Password) -> Result<(), Error> {
        let (bank, user, session) = (call.actor.bank, call.actor.user, call.actor.session);
        // On a repeat the old password is no longer valid.
        if self.sealed_before::<()>(call).await?.is_some() {
            return Ok(());
        }
        let row = self.store.read(bank, move |tables| tables.sign_in_row_of(user)).await?;
        let row = row.ok_or(Refusal::SignInFailed)?;
        let counted = self.take_own_try(bank, user).await?;
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

    /// The caller's own password, for what a session alone must not do; failed attempts count as at sign-in.
    pub(in crate::services) async fn must_know_password(
        &self,
        call: &Call,
        password: Password,
    ) -> Result<(), Error> {
        let (bank, user) = (call.actor.bank, call.actor.user);
        let row = self.store.read(bank, move |tables| tables.sign_in_row_of(user)).await?;
        let row = row.ok_or(Refusal::SignInFailed)?;
        let counted = self.take_own_try(bank, user).await?;
        self.right_one(Some(row), password).await?;
        self.give_back(bank, counted).await
    }

    /// The hash of a password that an administrator sets for a user, after checking it against the rules.
    pub async fn hash_of_new_password(&self, password: Password, login: &str) -> Result<String, Error> {
        self.authority.passwords.rules.check(&password, login)?;
        self.authority.passwords.hash(password).await
    }

    /// Deletes old sessions and failed attempts; returns their number.
    pub async fn forget_old_sessions(&self, bank: BankId) -> Result<usize, Error> {
        let window = self.authority.config.lock_seconds;
        let forgotten = self.store.write(bank, move |tables| {
            let sessions = tables.forget_old_sessions(tables.now.plus_seconds(-KEPT_SECONDS))?;
            let tries = tables.forget_old_tries(tables.now.plus_seconds(window.saturating_neg()))?;
            Ok(sessions.saturating_add(tries))
        });
        forgotten.await
    }

    /// The named bank, or the only one. `false`: there is no such bank, and the first one stands in, so that the
    /// answer takes as long.
    pub(super) async fn bank_named(&self, slug: Option<&str>) -> Result<(BankId, bool), Error> {
        let banks = self.store.banks().await?;
        let named = |slug: &str| banks.iter().find(|bank| bank.slug == slug);
        match (slug, banks.as_slice()) {
            (_, []) => Err(Refusal::SignInFailed.into()),
            (None, [Bank { id, .. }]) => Ok((*id, true)),
            (None, _) => Err(Refusal::BankMissing.into()),
            (Some(slug), [first, ..]) => Ok(named(slug).map_or((first.id, false), |bank| (bank.id, true))),
        }
    }

    /// The user, if it exists and the password is right.
    async fn right_one(&self, found: Option<SignInRow>, password: Password) -> Result<SignInRow, Error> {
        let kept = found.as_ref().and_then(|row| row.password_hash.clone());
        let right = self.authority.passwords.verify(password, kept).await?;
        found.filter(|_| right).ok_or_else(|| Refusal::SignInFailed.into())
    }

    /// The user of a card, if it was printed by this bank and the PIN is right.
    async fn right_holder(
        &self,
        bank: BankId,
        found: Option<SignInRow>,
        holder: Option<&CardHolder>,
        pin: Password,
    ) -> Result<SignInRow, Error> {
        let (row, holder) = found.zip(holder).ok_or(Refusal::SignInFailed)?;
        self.must_know_pin(bank, holder, pin).await?;
        Ok(row)
    }

    /// The hash of the new password, if one was sent; refused if a change is due and none was sent.
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

    /// A session to write, and the tokens for its user.
    pub(in crate::services) fn new_session(
        &self,
        bank: BankId,
        user: Id,
        origin: &Origin,
    ) -> Result<(SessionRow, SignedIn), Error> {
        let now = self.store.clock().now();
        let id = self.next_id();
        let secrets = &self.authority.secrets;
        let refresh = RefreshToken::new(secrets, bank, id)?;
        let known = self.device(bank, origin).filter(|device| device.user == user);
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
            device_id: Some(known.map_or_else(|| self.next_id(), |device| device.id)),
            place_hash: origin.address.map(|address| place_hash(secrets, bank, user, address).to_vec()),
            rotated_at: None,
            repeated_at: None,
            client: origin.client.clone(),
            card_edition: None,
        };
        let signed_in = self.signed_in(&row, refresh.text)?;
        Ok((row, signed_in))
    }

    fn signed_in(&self, row: &SessionRow, refresh_token: String) -> Result<SignedIn, Error> {
        let now = self.store.clock().now();
        let (bank, user, session) = (row.bank_id, row.user_id, row.id);
        let (access_token, access_seconds) =
            self.authority.tokens.issue(now, bank, user, session, self.next_id())?;
        let device = Device { user, id: row.device_id.unwrap_or(session) };
        let device = device.text(&self.authority.secrets, bank, now)?;
        let refresh_until = row.expires_at;
        Ok(SignedIn {
            bank,
            user,
            session,
            access_token,
            access_seconds,
            refresh_token,
            refresh_until,
            device,
            in_memory: false,
        })
    }
}

/// How a refresh token relates to its session.
enum Turn {
    /// The current one.
    Next,
    /// The previous one, for an answer that was lost.
    Again,
    /// Any other: the token was copied.
    Reused,
}

/// A device without a token is recognised by its address.
fn turn(row: &SessionRow, shown: &[u8; 32], device: Option<Id>, place: Option<&[u8]>, now: Moment) -> Turn {
    if row.refresh_hash == shown {
        return Turn::Next;
    }
    let before = row.previous_hash.as_deref() == Some(shown.as_slice());
    let in_time = row.rotated_at.is_some_and(|at| now < at.plus_seconds(REPEAT_SECONDS));
    let same = match device {
        Some(device) => row.device_id == Some(device),
        None => row.place_hash.as_deref() == place,
    };
    if before && in_time && same { Turn::Again } else { Turn::Reused }
}

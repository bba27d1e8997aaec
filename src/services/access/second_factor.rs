//! Second factors: set up by their user, asked for at sign-in, removed by their user or by an administrator.

use crate::auth::authority::rests_without_factor;
use crate::auth::second_factor::{FactorSecret, RECOVERY_CODES, plain_recovery, recovery_code};
use crate::auth::secrets::Sealed;
use crate::domain::id::{BankId, Id};
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::services::inbox::To;
use crate::services::people::users::user_to_change;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::access::factors::{SET_UP, SecondFactorRow};
use serde::{Deserialize, Serialize};

/// The state of a factor whose first digits have not been shown yet.
const BEGUN: &str = "begun";

/// How the second factor of a user stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorStanding {
    pub is_in_use: bool,
    /// Recovery codes that are left.
    pub recovery_left: usize,
    /// The rights of administrators and auditors rest until there is one.
    pub is_required: bool,
}

/// What an app needs. It is shown until the factor is in use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Begun {
    pub base32: String,
    /// Behind the QR picture.
    pub address: String,
}

/// What was shown as the second factor, to be marked as used.
#[derive(Clone, Debug)]
pub(in crate::services) enum Shown {
    Step(i64),
    Recovery(String),
}

/// What is sealed in the row.
#[derive(Serialize, Deserialize)]
struct Kept {
    secret: String,
    /// Recovery codes that are left, in their plain form.
    recovery: Vec<String>,
}

impl Services {
    fn seal_factor(&self, bank: BankId, user: Id, kept: &Kept) -> Result<Vec<u8>, Error> {
        let text = serde_json::to_string(kept).map_err(|error| Error::Fault(error.to_string()))?;
        Ok(self.authority.secrets.seal(Sealed::SecondFactor, bank, user, &text)?)
    }

    fn unseal_factor(&self, row: &SecondFactorRow) -> Result<(FactorSecret, Kept), Error> {
        let sealed = row.secret_sealed.as_deref().unwrap_or_default();
        let text = self.authority.secrets.unseal(Sealed::SecondFactor, row.bank_id, row.id, sealed)?;
        let fault = || Error::Fault(format!("the second factor of {}", row.id));
        let kept: Kept = serde_json::from_str(&text).map_err(|_| fault())?;
        Ok((FactorSecret::read(&kept.secret).ok_or_else(fault)?, kept))
    }

    /// How the caller's second factor stands.
    pub async fn second_factor(&self, call: &Call) -> Result<FactorStanding, Error> {
        let (services, user, policy) = (self.clone(), call.actor.user, self.authority.config.policy);
        let found = self.store.read_primary(call.actor.bank, move |tables| {
            let row = tables.find::<SecondFactorRow>(user)?.filter(|row| row.state == SET_UP);
            let kept = row.as_ref().map(|row| services.unseal_factor(row)).transpose()?;
            let recovery_left = kept.map_or(0, |(_, kept)| kept.recovery.len());
            let is_required = tables
                .caller_of(user)?
                .is_some_and(|row| row.roles.iter().any(|(role, ..)| rests_without_factor(role, policy)));
            Ok(FactorStanding { is_in_use: row.is_some(), recovery_left, is_required })
        });
        found.await
    }

    /// A new secret for the caller's app. It is asked for from when its first digits are confirmed.
    pub async fn begin_second_factor(&self, call: &Call) -> Result<Begun, Error> {
        let (user, secret) = (call.actor.user, FactorSecret::new()?);
        let kept = Kept { secret: secret.stored(), recovery: Vec::new() };
        let sealed = self.seal_factor(call.actor.bank, user, &kept)?;
        let begun = self.write_sealed(call, move |tables| {
            must_be_free(tables, user)?;
            let (login, _) = tables.login_and_name(user)?.ok_or(Refusal::absent("user"))?;
            tables.keep_second_factor(&SecondFactorRow {
                bank_id: tables.bank,
                id: user,
                secret_sealed: Some(sealed.clone()),
                state: BEGUN.into(),
                last_step: 0,
                begun_at: tables.now,
                version: 1,
            })?;
            let address = secret.address(&tables.own_bank()?.name, &login);
            Ok(Ok(Begun { base32: secret.base32(), address }))
        });
        begun.await
    }

    /// The secret that was begun, to be shown again.
    pub async fn begun_second_factor(&self, call: &Call) -> Result<Option<Begun>, Error> {
        let (services, user) = (self.clone(), call.actor.user);
        let found = self.store.read_primary(call.actor.bank, move |tables| {
            let Some(row) = tables.find::<SecondFactorRow>(user)?.filter(|row| row.state == BEGUN) else {
                return Ok(None);
            };
            let (login, _) = tables.login_and_name(user)?.ok_or(Refusal::absent("user"))?;
            let (secret, _) = services.unseal_factor(&row)?;
            let address = secret.address(&tables.own_bank()?.name, &login);
            Ok(Some(Begun { base32: secret.base32(), address }))
        });
        found.await
    }

    /// Puts the begun factor into use after its first digits; returns the recovery codes, which are shown once. The
    /// caller's other sessions end.
    pub async fn confirm_second_factor(&self, call: &Call, digits: String) -> Result<Vec<String>, Error> {
        let (services, caller, log) = (self.clone(), call.clone(), self.next_id());
        if let Some(before) = self.sealed_before(call).await? {
            return Ok(before);
        }
        let counted = self.take_own_try(call.actor.bank, call.actor.user).await?;
        let codes = (0..RECOVERY_CODES).map(|_| recovery_code()).collect::<Result<Vec<_>, _>>()?;
        let confirmed = self.write_sealed(call, move |tables| {
            let user = caller.actor.user;
            must_be_free(tables, user)?;
            let row = tables.find::<SecondFactorRow>(user)?.ok_or_else(not_set_up)?;
            let (secret, mut kept) = services.unseal_factor(&row)?;
            let step = secret.step(&digits, tables.now, row.last_step).ok_or(Refusal::SecondFactorWrong)?;
            kept.recovery = codes.iter().map(|code| plain_recovery(code)).collect();
            tables.keep_second_factor(&SecondFactorRow {
                state: SET_UP.into(),
                secret_sealed: Some(services.seal_factor(tables.bank, user, &kept)?),
                last_step: step,
                version: row.version.saturating_add(1),
                ..row
            })?;
            tables.end_sessions_of(user, "second_factor", Some(caller.actor.session))?;
            tables.log_act(log, caller.actor.user, "use_second_factor", ("user", Some(user)), None)?;
            Ok(Ok(codes.clone()))
        });
        let confirmed = confirmed.await?;
        self.give_back(call.actor.bank, counted).await?;
        Ok(confirmed)
    }

    /// Removes the caller's own second factor, which is shown once more for that.
    pub async fn remove_second_factor(&self, call: &Call, shown: String) -> Result<(), Error> {
        let (services, caller, log) = (self.clone(), call.clone(), self.next_id());
        if self.sealed_before::<()>(call).await?.is_some() {
            return Ok(());
        }
        let counted = self.take_own_try(call.actor.bank, call.actor.user).await?;
        let removed = self.write_sealed(call, move |tables| {
            let user = caller.actor.user;
            let row = tables.find::<SecondFactorRow>(user)?.filter(|row| row.state == SET_UP);
            let row = row.ok_or_else(not_set_up)?;
            if services.right_factor(&row, &shown, tables)?.is_none() {
                return Err(Refusal::SecondFactorWrong.into());
            }
            tables.remove_second_factor(user)?;
            tables.log_act(log, caller.actor.user, "remove_second_factor", ("user", Some(user)), None)?;
            Ok(Ok(()))
        });
        removed.await?;
        self.give_back(call.actor.bank, counted).await
    }

    /// Removes the second factor of another user, who has lost it; ends their sessions.
    pub async fn reset_second_factor(&self, call: &Call, user: Id) -> Result<(), Error> {
        let (services, caller, log) = (self.clone(), call.clone(), self.next_id());
        let reset = self.write(call, move |tables| {
            let row = user_to_change(tables, &caller, user)?;
            if !tables.remove_second_factor(row.id)? {
                return Err(Refusal::absent("second_factor").into());
            }
            tables.end_sessions_of(user, "second_factor", None)?;
            tables.log_act(log, caller.actor.user, "remove_second_factor", ("user", Some(user)), None)?;
            services.tell(tables, To::User(user), &Message::FactorRemoved)
        });
        reset.await.map(|_| ())
    }

    /// What a text is of a factor in use: digits of the app, or a recovery code; nothing if it is wrong.
    fn right_factor(
        &self,
        row: &SecondFactorRow,
        text: &str,
        tables: &Tables<'_>,
    ) -> Result<Option<Shown>, Error> {
        let (secret, kept) = self.unseal_factor(row)?;
        if let Some(step) = secret.step(text.trim(), tables.now, row.last_step) {
            return Ok(Some(Shown::Step(step)));
        }
        let code = plain_recovery(text);
        Ok(kept.recovery.contains(&code).then_some(Shown::Recovery(code)))
    }

    /// Checks the second factor at sign-in, if the user has one.
    pub(in crate::services) async fn shown_factor(
        &self,
        bank: BankId,
        user: Id,
        text: Option<String>,
    ) -> Result<Option<Shown>, Error> {
        let services = self.clone();
        let found = self.store.read_primary(bank, move |tables| {
            let row = tables.find::<SecondFactorRow>(user)?.filter(|row| row.state == SET_UP);
            let Some(row) = row else { return Ok(None) };
            let text = text.ok_or(Refusal::SecondFactorNeeded)?;
            let shown = services.right_factor(&row, &text, tables)?;
            Ok(Some(shown.ok_or(Refusal::SecondFactorWrong)?))
        });
        found.await
    }

    /// Marks what was shown as used, in the commit of its session. What another sign-in has used meanwhile is wrong.
    pub(in crate::services) fn use_factor(
        &self,
        tables: &mut Tables<'_>,
        user: Id,
        shown: Option<&Shown>,
    ) -> Result<(), Error> {
        let row = tables.find::<SecondFactorRow>(user)?.filter(|row| row.state == SET_UP);
        let (mut row, shown) = match (row, shown) {
            (None, _) => return Ok(()),
            (Some(_), None) => return Err(Refusal::SecondFactorNeeded.into()),
            (Some(row), Some(shown)) => (row, shown),
        };
        match shown {
            Shown::Step(step) if *step > row.last_step => row.last_step = *step,
            Shown::Step(_) => return Err(Refusal::SecondFactorWrong.into()),
            Shown::Recovery(code) => {
                let (_, mut kept) = self.unseal_factor(&row)?;
                let before = kept.recovery.len();
                kept.recovery.retain(|one| one != code);
                if kept.recovery.len() == before {
                    return Err(Refusal::SecondFactorWrong.into());
                }
                row.secret_sealed = Some(self.seal_factor(row.bank_id, user, &kept)?);
            }
        }
        row.version = row.version.saturating_add(1);
        tables.update(&row)
    }
}

fn not_set_up() -> Refusal {
    Refusal::WrongState { what: "second_factor".into(), state: "not_set_up".into() }
}

/// Refuses to begin anew while a factor is in use: it is removed first.
fn must_be_free(tables: &mut Tables<'_>, user: Id) -> Result<(), Error> {
    match tables.has_second_factor(user)? {
        true => Err(Refusal::WrongState { what: "second_factor".into(), state: SET_UP.into() }.into()),
        false => Ok(()),
    }
}

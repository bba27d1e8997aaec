//! One-time codes: a user without a password, or who has forgotten it, signs in with digits that are sent to their phone.
//! Whether a login exists, and has a phone, does not show in the answer.

use super::sign_in::SignInAsk;
use super::tries::Origin;
use crate::auth::secrets::Searched;
use crate::domain::id::{BankId, Id};
use crate::domain::message::{Message, Topic};
use crate::domain::refusal::Refusal;
use crate::services::inbox::To;
use crate::services::{Error, Services};
use crate::store::Tables;
use crate::store::access::attempts::TryLimit;
use crate::store::access::factors::SignInCodeRow;
use crate::store::access::sessions::{ACTIVE, SignInRow};

/// How long a code is good.
pub const CODE_SECONDS: i64 = 300;
/// Codes for one login within an hour: each costs the bank a text message.
const CODES_AN_HOUR: i64 = 5;

impl Services {
    /// Whether any bank of this server sends one-time codes.
    pub async fn sends_codes(&self) -> Result<bool, Error> {
        for bank in self.store.banks().await? {
            let services = self.clone();
            if self.store.read(bank.id, move |tables| services.code_channels(tables)).await?.is_empty() {
                continue;
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// The hooks that codes are sent by: those for the safety of accounts.
    fn code_channels(&self, tables: &mut Tables<'_>) -> Result<Vec<String>, Error> {
        Ok(self.channels(tables)?.hooks_for(Topic::Safety))
    }

    /// Sends a one-time code to the phone of a login, if it has one.
    pub async fn send_sign_in_code(
        &self,
        bank: Option<&str>,
        login: &str,
        origin: &Origin,
    ) -> Result<(), Error> {
        let (bank, known) = self.bank_named(bank).await?;
        let (found, _) = self.known_origin(bank, login, origin).await?;
        let user = found.filter(|row| known && row.state == ACTIVE).map(|row| row.id);
        let limit = TryLimit {
            subject: self.attempt_subject(bank, "code", login),
            failures: CODES_AN_HOUR,
            window_seconds: 3_600,
            grows: false,
        };
        let (services, issue, sender) = (self.clone(), self.next_id(), user.unwrap_or(Id::SYSTEM));
        let request = origin.request.clone().map(|request| request.of(sender));
        let sent = self.write_sealed_for(bank, sender, request, move |tables| {
            if let Some(wait_seconds) = tables.take_try(std::slice::from_ref(&limit))? {
                return Ok(Err(Refusal::TooManyTries { wait_seconds }));
            }
            if let Some(user) = user {
                services.issue_code(tables, user, issue)?;
            }
            Ok(Ok(()))
        });
        Ok(sent.await?.0?)
    }

    /// Codes for the mail address of a user within an hour: how many are sent, or how often one is typed.
    pub(in crate::services) fn mail_code_limit(&self, bank: BankId, what: &str, user: Id) -> TryLimit {
        TryLimit {
            subject: self.attempt_subject(bank, what, &user.to_string()),
            failures: CODES_AN_HOUR,
            window_seconds: 3_600,
            grows: false,
        }
    }

    fn issue_code(&self, tables: &mut Tables<'_>, user: Id, issue: Id) -> Result<(), Error> {
        let channels = self.code_channels(tables)?;
        let to = To::User(user);
        if channels.is_empty() || !self.has_phone(tables, to)? {
            return Ok(());
        }
        tables.keep_sign_in_code(&SignInCodeRow {
            bank_id: tables.bank,
            id: user,
            issue,
            expires_at: tables.now.plus_seconds(CODE_SECONDS),
            version: 1,
        })?;
        let message = self.message_row(tables, to, &Message::SignInCode { issue })?;
        tables.insert(&message)?;
        for channel in channels {
            let delivery = self.delivery(tables, message.id, &channel);
            tables.insert(&delivery)?;
        }
        Ok(())
    }

    /// The six digits of a code.
    pub(in crate::services) fn sign_in_digits(&self, bank: BankId, user: Id, issue: Id) -> String {
        let hash = self.authority.secrets.search_hash(Searched::SignInCode, bank, &format!("{user}/{issue}"));
        let (first, _) = hash.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
        format!("{:06}", u64::from_be_bytes(*first).checked_rem(1_000_000).unwrap_or(0))
    }

    /// The user of a login, if these digits are those of the code that was sent, and its time is not over.
    pub(super) async fn right_code(
        &self,
        bank: BankId,
        found: Option<SignInRow>,
        digits: &str,
    ) -> Result<SignInRow, Error> {
        let user = found.as_ref().map_or(Id::SYSTEM, |row| row.id);
        let (services, digits) = (self.clone(), digits.to_owned());
        let right = self.store.read_primary(bank, move |tables| {
            let code = tables.find::<SignInCodeRow>(user)?.filter(|code| code.expires_at > tables.now);
            Ok(code.is_some_and(|code| services.sign_in_digits(bank, user, code.issue) == digits))
        });
        let right = right.await?;
        found.filter(|_| right).ok_or_else(|| Refusal::SignInFailed.into())
    }

    /// Takes the code of a sign-in away, in the commit of its session: each is good once.
    pub(super) fn use_code(&self, tables: &mut Tables<'_>, user: Id, ask: &SignInAsk) -> Result<(), Error> {
        let Some(digits) = &ask.code else { return Ok(()) };
        let code = tables.find::<SignInCodeRow>(user)?.filter(|code| code.expires_at > tables.now);
        let right = code.is_some_and(|code| self.sign_in_digits(tables.bank, user, code.issue) == *digits);
        if !right {
            return Err(Refusal::SignInFailed.into());
        }
        tables.remove_sign_in_code(user)
    }
}

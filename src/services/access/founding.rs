//! Sets up the root organisation and the first administrator of an empty bank.

use super::sign_in::{Origin, SignedIn};
use crate::auth::passwords::Password;
use crate::auth::permissions::Role;
use crate::domain::id::BankId;
use crate::domain::refusal::Refusal;
use crate::services::{Error, Services};
use crate::store::access::founding::Founding;

#[derive(Clone, Debug)]
pub struct FoundingAsk {
    /// The bank's slug; optional while there is only one bank.
    pub bank: Option<String>,
    /// The one-time token that `serve` printed.
    pub token: String,
    /// The name that the bank shall bear; `None`: it keeps the one that it was made with.
    pub bank_name: Option<String>,
    /// Kind, code and name of the root organisation.
    pub org_kind: String,
    pub org_code: String,
    pub org_name: String,
    /// The root's telephone and counter hours.
    pub org_telephone: Option<String>,
    pub org_opening_hours: Option<String>,
    pub login: String,
    pub name: String,
    pub password: Password,
    pub origin: Origin,
}

impl Services {
    /// A one-time token for the first administrator, if the bank has no users yet. It is void after its use, and when
    /// the program ends.
    pub async fn first_token(&self, bank: BankId) -> Result<Option<String>, Error> {
        if self.store.read(bank, |tables| tables.has_users()).await? {
            return Ok(None);
        }
        Ok(Some(self.authority.first_token(bank)?))
    }

    /// Whether any bank of this server still waits for its first user.
    pub async fn has_empty_bank(&self) -> Result<bool, Error> {
        for bank in self.store.banks().await? {
            if !self.store.read(bank.id, |tables| tables.has_users()).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Creates the root organisation and the first administrator, and signs them in.
    pub async fn found_bank(&self, ask: FoundingAsk) -> Result<SignedIn, Error> {
        if let Some(stored) = self.founded_before(&ask).await? {
            return Ok(stored);
        }
        let bank = self.bank_to_found(&ask).await?;
        let bank_name = ask.bank_name;
        let password_hash = self.hash_of_new_password(ask.password, &ask.login).await?;
        let founding = Founding {
            org: self.next_id(),
            org_kind: ask.org_kind,
            org_code: ask.org_code,
            org_name: ask.org_name,
            org_telephone: ask.org_telephone,
            org_opening_hours: ask.org_opening_hours,
            user: self.next_id(),
            login: ask.login,
            name: ask.name,
            password_hash,
            grant: self.next_id(),
            role: Role::Administrator.to_string(),
        };
        let (session, signed_in) = self.new_session(bank, founding.user, &ask.origin)?;
        let request = ask.origin.request.map(|request| request.of(founding.user));
        let founded = self.write_sealed_for(bank, founding.user, request, move |tables| {
            if tables.has_users()? {
                return Err(Refusal::BankHasUsers.into());
            }
            tables.found(&founding)?;
            if let Some(name) = &bank_name {
                tables.rename_bank(name)?;
            }
            tables.open_session(&session)?;
            Ok(Ok(signed_in.clone()))
        });
        Ok(founded.await?.0?)
    }

    /// The stored answer of the same request: on a repeat the bank has users, and the token may be void.
    async fn founded_before(&self, ask: &FoundingAsk) -> Result<Option<SignedIn>, Error> {
        let Some(request) = &ask.origin.request else { return Ok(None) };
        for bank in self.store.banks().await? {
            let login = ask.login.clone();
            let user = self.store.read_primary(bank.id, move |tables| tables.sign_in_row(&login)).await?;
            let Some(user) = user else { continue };
            let signed_in = self.signed_in_before(bank.id, Some(&request.clone().of(user.id))).await?;
            if signed_in.is_some() {
                return Ok(signed_in);
            }
        }
        Ok(None)
    }

    /// The bank for which the token was made.
    async fn bank_to_found(&self, ask: &FoundingAsk) -> Result<BankId, Error> {
        let banks = self.store.banks().await?;
        let named = banks.iter().filter(|bank| ask.bank.as_ref().is_none_or(|slug| bank.slug == *slug));
        let mut fitting = named.filter(|bank| self.authority.is_first_token(bank.id, &ask.token));
        fitting.next().map(|bank| bank.id).ok_or_else(|| Refusal::FirstTokenInvalid.into())
    }
}

//! Rows of the ledger's tables, converted from and to domain types.

use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{
    Account, AccountStatus, AccountTerms, CounterUse, Earmark, Hold, HoldLeg, HoldState, Lot, LotId,
    MergedInto, OwnerKind, Purpose,
};
use crate::domain::ledger::entry::{Asked, Entry, EntryKind, Posting};
use crate::domain::time::Moment;
use crate::ledger::forms;
use crate::store::error::Error;
use crate::store::schema::*;
pub use crate::store::schema::{AnswerRow, HoldRow};
use diesel::prelude::*;

/// A stored text that no version writes: another program has changed the database.
pub fn damaged(what: &str, text: impl std::fmt::Display) -> Error {
    Error::Closed(format!("damaged: {what} {text:?} is unknown", text = text.to_string()))
}

/// Parses a stored text of an enum.
pub fn parsed<T>(what: &str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
    parse(text).ok_or_else(|| damaged(what, text))
}

/// Parses stored canonical JSON.
pub fn json<T: serde::de::DeserializeOwned>(what: &str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| damaged(what, error))
}

/// Serializes plain structs of numbers and text, which cannot fail.
pub fn json_text<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn digest(what: &str, bytes: &[u8]) -> Result<[u8; 32], Error> {
    bytes.try_into().map_err(|_| damaged(what, bytes.len()))
}

fn leg_number(leg: i64) -> i32 {
    i32::try_from(leg).unwrap_or(-1)
}

#[derive(Queryable, Selectable, Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[diesel(table_name = accounts)]
pub struct AccountRow {
    pub id: Id,
    pub owner_kind: String,
    pub owner_id: Id,
    pub asset: String,
    pub purpose: String,
    pub floor: Option<i64>,
    pub ceiling: Option<i64>,
    pub lots: bool,
    pub status: String,
    pub debits_posted: i64,
    pub credits_posted: i64,
    pub debits_pending: i64,
    pub credits_pending: i64,
    pub opened_entry: i64,
    pub merged_into_id: Option<Id>,
    pub merged_entry: Option<i64>,
}

impl AccountRow {
    pub fn of(account: &Account) -> Self {
        let terms = &account.terms;
        AccountRow {
            id: terms.id,
            owner_kind: terms.owner_kind.to_string(),
            owner_id: terms.owner,
            asset: terms.asset.to_string(),
            purpose: terms.purpose.to_string(),
            floor: terms.floor,
            ceiling: terms.ceiling,
            lots: terms.lots,
            status: account.status.to_string(),
            debits_posted: account.debits_posted,
            credits_posted: account.credits_posted,
            debits_pending: account.debits_pending,
            credits_pending: account.credits_pending,
            opened_entry: account.opened_entry,
            merged_into_id: account.merged.map(|merged| merged.account),
            merged_entry: account.merged.map(|merged| merged.entry),
        }
    }

    pub fn account(&self) -> Result<Account, Error> {
        Ok(Account {
            terms: AccountTerms {
                id: self.id,
                owner_kind: parsed("owner kind", &self.owner_kind, OwnerKind::parse)?,
                owner: self.owner_id,
                asset: self.asset.parse().map_err(|_| damaged("asset", &self.asset))?,
                purpose: parsed("purpose", &self.purpose, Purpose::parse)?,
                floor: self.floor,
                ceiling: self.ceiling,
                lots: self.lots,
            },
            status: parsed("account status", &self.status, AccountStatus::parse)?,
            debits_posted: self.debits_posted,
            credits_posted: self.credits_posted,
            debits_pending: self.debits_pending,
            credits_pending: self.credits_pending,
            opened_entry: self.opened_entry,
            merged: match (self.merged_into_id, self.merged_entry) {
                (Some(account), Some(entry)) => Some(MergedInto { account, entry }),
                (None, None) => None,
                _ => return Err(damaged("merged account", self.id)),
            },
        })
    }
}

#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = lots)]
pub struct LotRow {
    pub entry_number: i64,
    pub ordinal: i64,
    pub account_id: Id,
    pub amount: i64,
    pub remaining: i64,
    pub earmarked: i64,
    pub expires_at: Option<Moment>,
    pub given: bool,
}

impl LotRow {
    pub fn lot(self) -> Lot {
        Lot {
            id: LotId { entry: self.entry_number, ordinal: leg_number(self.ordinal) },
            account: self.account_id,
            amount: self.amount,
            remaining: self.remaining,
            earmarked: self.earmarked,
            expires_at: self.expires_at,
            given: self.given,
        }
    }
}

impl HoldRow {
    /// One row a leg; the first has the counters.
    pub fn of(bank: BankId, hold: &Hold) -> Vec<Self> {
        let rows = (0_i64..).zip(&hold.legs).map(|(leg, row)| HoldRow {
            bank_id: bank,
            id: hold.id,
            leg,
            state: hold.state.to_string(),
            expires_at: hold.expires_at,
            opened_entry: hold.opened_entry,
            debit_account_id: row.debit,
            credit_account_id: row.credit,
            amount: row.amount,
            captured: row.captured,
            released: row.released,
            earmarks: json_text(&row.earmarks),
            counters: if leg == 0 { json_text(&hold.counters) } else { "[]".into() },
        });
        rows.collect()
    }

    /// Assembles a hold from its legs, in order.
    pub fn hold(rows: &[HoldRow]) -> Result<Option<Hold>, Error> {
        let Some(first) = rows.first() else { return Ok(None) };
        let mut legs = Vec::with_capacity(rows.len());
        for row in rows {
            legs.push(HoldLeg {
                debit: row.debit_account_id,
                credit: row.credit_account_id,
                amount: row.amount,
                captured: row.captured,
                released: row.released,
                earmarks: json::<Vec<Earmark>>("earmarks", &row.earmarks)?,
            });
        }
        Ok(Some(Hold {
            id: first.id,
            state: parsed("hold state", &first.state, HoldState::parse)?,
            expires_at: first.expires_at,
            opened_entry: first.opened_entry,
            legs,
            counters: json::<Vec<CounterUse>>("hold counters", &first.counters)?,
        }))
    }
}

#[derive(Queryable, Selectable, Clone, Debug)]
#[diesel(table_name = entries)]
pub struct EntryRow {
    pub number: i64,
    pub kind: String,
    pub effective_at: Moment,
    pub recorded_at: Moment,
    pub actor_id: Id,
    pub source: Option<String>,
    pub metadata: String,
    pub note_digest: Option<Vec<u8>>,
    pub reverses: Option<i64>,
    pub hash: Vec<u8>,
    pub key_digest: Option<Vec<u8>>,
    pub answer_digest: Option<Vec<u8>>,
    pub effects: String,
}

/// The columns in which an entry stores its key and request: an empty answer without a key.
pub fn asked_columns(asked: &Asked) -> (Option<&[u8]>, Option<&[u8]>) {
    match asked {
        Asked::Unsaid => (None, None),
        Asked::WithoutKey => (None, Some(&[])),
        Asked::ByKey { key, answer } => (Some(key), Some(answer)),
    }
}

fn asked(key: Option<&[u8]>, answer: Option<&[u8]>) -> Result<Asked, Error> {
    match (key, answer) {
        (None, None) => Ok(Asked::Unsaid),
        (None, Some([])) => Ok(Asked::WithoutKey),
        (key, answer) => Ok(Asked::ByKey {
            key: digest("key digest", key.unwrap_or_default())?,
            answer: digest("answer digest", answer.unwrap_or_default())?,
        }),
    }
}

impl EntryRow {
    /// The entry with its postings.
    pub fn entry(self, postings: Vec<PostingRow>) -> Result<Entry, Error> {
        Ok(Entry {
            number: self.number,
            kind: parsed("entry kind", &self.kind, EntryKind::parse)?,
            effective_at: self.effective_at,
            recorded_at: self.recorded_at,
            actor: self.actor_id,
            source: self.source,
            metadata: self.metadata,
            note_digest: self.note_digest.as_deref().map(|d| digest("note digest", d)).transpose()?,
            reverses: self.reverses,
            postings: postings.into_iter().map(PostingRow::posting).collect::<Result<_, _>>()?,
            effects: forms::read(&self.effects).map_err(|error| damaged("effects", error))?,
            asked: asked(self.key_digest.as_deref(), self.answer_digest.as_deref())?,
            hash: digest("hash", &self.hash)?,
        })
    }
}

#[derive(Queryable, QueryableByName, Selectable, Clone, Debug)]
#[diesel(table_name = postings)]
pub struct PostingRow {
    pub entry_number: i64,
    pub leg: i64,
    pub debit_account_id: Id,
    pub credit_account_id: Id,
    pub amount: i64,
    pub debit_balance: i64,
    pub credit_balance: i64,
    pub reverses_leg: Option<i64>,
}

impl PostingRow {
    pub fn posting(self) -> Result<Posting, Error> {
        // In the chain a negative number means "none": as a stored number it is invalid.
        let reverses_leg = match self.reverses_leg {
            None => None,
            Some(leg) => match i32::try_from(leg) {
                Ok(leg) if leg >= 0 => Some(leg),
                _ => return Err(damaged("reversed leg", leg)),
            },
        };
        Ok(Posting {
            debit: self.debit_account_id,
            credit: self.credit_account_id,
            amount: self.amount,
            debit_balance: self.debit_balance,
            credit_balance: self.credit_balance,
            reverses_leg,
        })
    }
}

//! Documents: rows that belong to an entry and commit with it. The entry stores the digest of the whole content, so
//! that `verify` finds any later change. After an entry has touched a document, only entries change it.

use super::id::Id;
use super::ledger::entry_kind::EntryKind;
use super::points::gift::Gift;
use super::service::record::ServiceRecord;
use super::settlement::statement::Statement;
use super::shops::redemption::Redemption;
use super::stars::grant::StarGrant;
use crate::text_enum;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

text_enum! {
    DocumentKind {
        ServiceRecord = "service_record",
        Redemption = "redemption",
        Statement = "statement",
        StarGrant = "star_grant",
        Gift = "gift",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "document", rename_all = "snake_case")]
pub enum Document {
    ServiceRecord(ServiceRecord),
    Redemption(Redemption),
    Statement(Statement),
    StarGrant(StarGrant),
    Gift(Gift),
}

impl Document {
    pub fn kind(&self) -> DocumentKind {
        match self {
            Document::ServiceRecord(_) => DocumentKind::ServiceRecord,
            Document::Redemption(_) => DocumentKind::Redemption,
            Document::Statement(_) => DocumentKind::Statement,
            Document::StarGrant(_) => DocumentKind::StarGrant,
            Document::Gift(_) => DocumentKind::Gift,
        }
    }

    pub fn id(&self) -> Id {
        match self {
            Document::ServiceRecord(d) => d.id,
            Document::Redemption(d) => d.id,
            Document::Statement(d) => d.id,
            Document::StarGrant(d) => d.id,
            Document::Gift(d) => d.id,
        }
    }

    /// Counts the changes; a command carries the version after its own change.
    pub fn version(&self) -> i64 {
        match self {
            Document::ServiceRecord(d) => d.version,
            Document::Redemption(d) => d.version,
            Document::Statement(d) => d.version,
            Document::StarGrant(d) => d.version,
            Document::Gift(d) => d.version,
        }
    }

    pub fn state(&self) -> &'static str {
        match self {
            Document::ServiceRecord(d) => d.state.as_str(),
            Document::Redemption(d) => d.state.as_str(),
            Document::Statement(d) => d.state.as_str(),
            Document::StarGrant(d) => d.state.as_str(),
            Document::Gift(d) => d.state.as_str(),
        }
    }

    /// SHA-256 of the whole content, in hex.
    pub fn digest(&self) -> String {
        // Serialising plain structs of numbers and text cannot fail; an empty content would show as a wrong digest.
        let content = serde_json::to_vec(self).unwrap_or_default();
        hex::encode(Sha256::digest(content))
    }

    /// Fills in what only the entry knows: its number, and what was granted.
    pub fn complete(&mut self, kind: EntryKind, number: i64, granted: Option<i64>) {
        match self {
            Document::ServiceRecord(record) => {
                if kind == EntryKind::Award {
                    record.award_entry = Some(number);
                    record.points_granted = granted.or(record.points_granted);
                } else {
                    record.reversal_entry = Some(number);
                }
            }
            Document::Redemption(redemption) => redemption.complete(kind, number),
            Document::Statement(statement) => {
                if kind == EntryKind::Settlement && statement.issue_entry.is_none() {
                    statement.issue_entry = Some(number);
                }
                if kind == EntryKind::Payment {
                    statement.paid_entry = Some(number);
                }
            }
            Document::StarGrant(grant) => {
                grant.entry_number.get_or_insert(number);
            }
            Document::Gift(gift) => gift.complete(number),
        }
    }
}

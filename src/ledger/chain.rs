//! The chain: `hash = SHA-256(previous hash ‖ canonical bytes)`.

use super::forms;
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::entry::{Asked, Entry, Posting};
use crate::domain::ledger::receipt::{OwedReceipt, Receipt};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The canonical bytes of an entry are its fields in fixed order, every variable part with its length first, numbers
/// as 8 bytes big-endian, absent parts as length `u64::MAX`. docs/LEDGER.md lists them.
struct Canonical(Sha256);

impl Canonical {
    fn number(&mut self, n: i64) {
        self.0.update(n.to_be_bytes());
    }
    fn bytes(&mut self, b: &[u8]) {
        self.0.update(u64::try_from(b.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.0.update(b);
    }
    fn optional(&mut self, b: Option<&[u8]>) {
        match b {
            Some(b) => self.bytes(b),
            None => self.0.update(u64::MAX.to_be_bytes()),
        }
    }
    fn count(&mut self, n: usize) {
        self.number(i64::try_from(n).unwrap_or(i64::MAX));
    }
}

/// The hash before the first entry of a bank: different banks have different chains from the start.
pub fn genesis(bank: BankId) -> [u8; 32] {
    Sha256::digest(format!("jianxian ledger 1, bank {}", bank.0)).into()
}

/// The hash of an entry that follows an entry with hash `previous`; `effects` as they are stored ([`forms`]).
pub fn hash(previous: &[u8; 32], entry: &Entry, effects: &str) -> [u8; 32] {
    let mut out = Canonical(Sha256::new());
    out.0.update(previous);
    out.number(entry.number);
    out.bytes(entry.kind.as_str().as_bytes());
    out.number(entry.effective_at.micros());
    out.number(entry.recorded_at.micros());
    out.bytes(entry.actor.bytes());
    out.optional(entry.source.as_deref().map(str::as_bytes));
    out.bytes(entry.metadata.as_bytes());
    out.optional(entry.note_digest.as_ref().map(<[u8; 32]>::as_slice));
    out.number(entry.reverses.unwrap_or(0));
    out.count(entry.postings.len());
    for posting in &entry.postings {
        put_posting(&mut out, posting);
    }
    let effects = forms::covered(effects);
    out.count(effects.len());
    for effect in effects {
        out.bytes(effect.as_bytes());
    }
    match &entry.asked {
        // Entries of release 0.1 end here.
        Asked::Unsaid => {}
        Asked::WithoutKey => out.bytes(&[]),
        Asked::ByKey { key, answer } => {
            out.bytes(key);
            out.bytes(answer);
        }
    }
    out.0.finalize().into()
}

fn put_posting(out: &mut Canonical, posting: &Posting) {
    out.bytes(posting.debit.bytes());
    out.bytes(posting.credit.bytes());
    out.number(posting.amount);
    out.number(posting.debit_balance);
    out.number(posting.credit_balance);
    out.number(posting.reverses_leg.map_or(-1, i64::from));
}

/// The digest by which a key stays known: SHA-256 of the user's id (16 bytes) and the key as it was sent.
pub fn key_digest(user: Id, key: &str) -> [u8; 32] {
    Sha256::new().chain_update(user.bytes()).chain_update(key.as_bytes()).finalize().into()
}

/// The digest of a request (by the digests of its fields) with its answer. It excludes the entry's own hash and what
/// the next entry pays: both come later.
pub fn answer_digest(fields: &BTreeMap<String, String>, receipt: &Receipt) -> [u8; 32] {
    let owed: Vec<OwedReceipt> = receipt.owed.iter().filter(|owed| owed.paid == 0).cloned().collect();
    let covered = Receipt { hash: String::new(), owed, ..receipt.clone() };
    // As a JSON value, whose members are sorted: the order of fields in the code does not matter. Plain structs of
    // numbers and text: serialising them cannot fail.
    let canonical = serde_json::to_value((fields, covered)).unwrap_or_default();
    Sha256::digest(canonical.to_string()).into()
}

/// SHA-256(salt ‖ text): what the chain covers of a free text.
pub fn note_digest(salt: &[u8; 16], text: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}

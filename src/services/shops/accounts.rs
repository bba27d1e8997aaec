//! The accounts of shops and their offers.

use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;

/// A shop's takings: without a minimum balance, because a refund after settlement is negative until the next
/// statement.
pub fn takings(merchant: Id) -> AccountTerms {
    AccountTerms::usual(OwnerKind::Merchant, merchant, Asset::Point, Purpose::Main)
}

/// What the district covers of paper slips above the balance.
pub fn covering(bank: BankId) -> AccountTerms {
    AccountTerms::of_bank(bank, Asset::Point, Purpose::Covering)
}

/// The accounts of an offer's pieces: shelf, supply, and pieces handed out.
pub fn stock_accounts(offer: Id) -> [AccountTerms; 3] {
    [Purpose::Stock, Purpose::Supply, Purpose::HandedOut]
        .map(|purpose| AccountTerms::usual(OwnerKind::Offer, offer, Asset::Stock(offer), purpose))
}

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

/// The accounts of an offer's pieces: shelf, supply, and pieces handed out. The lots of the shelf are its batches.
pub fn stock_accounts(offer: Id) -> [AccountTerms; 3] {
    [Purpose::Stock, Purpose::Supply, Purpose::HandedOut].map(|purpose| {
        let terms = AccountTerms::usual(OwnerKind::Offer, offer, Asset::Stock(offer), purpose);
        AccountTerms { lots: purpose == Purpose::Stock, ..terms }
    })
}

/// Pieces of an offer past their best-before date: off the shelf, not written off yet.
pub fn past_date(bank: BankId, offer: Id) -> AccountTerms {
    AccountTerms::of_bank(bank, Asset::Stock(offer), Purpose::Expired)
}

/// Pieces of an offer that were written off.
pub fn written_off(offer: Id) -> AccountTerms {
    AccountTerms::usual(OwnerKind::Offer, offer, Asset::Stock(offer), Purpose::WrittenOff)
}

//! The accounts of shops and their offers.

use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::settlement::statement::SettlementModel;
use crate::store::shops::merchants::MerchantRow;

/// A shop's takings: without a minimum balance, because a refund after settlement is negative until the next
/// statement.
pub fn takings(merchant: Id) -> AccountTerms {
    AccountTerms::usual(OwnerKind::Merchant, merchant, Asset::Point, Purpose::Main)
}

/// What the district covers of paper slips above the balance.
pub fn covering(bank: BankId) -> AccountTerms {
    AccountTerms::of_bank(bank, Asset::Point, Purpose::Covering)
}

/// The accounts of the money that people pay beside the points in a shop that keeps it for the community: the till, where
/// it comes from, what counts have found, and what was handed in.
pub fn till_accounts(merchant: Id) -> [AccountTerms; 4] {
    [Purpose::Till, Purpose::Supply, Purpose::WrittenOff, Purpose::HandedOut]
        .map(|purpose| AccountTerms::usual(OwnerKind::Merchant, merchant, Asset::Cny, purpose))
}

/// Whether the money that a shop takes beside the points is kept for the community: one that hands out donated goods. What
/// other shops take is their own.
pub fn keeps_till(merchant: &MerchantRow) -> bool {
    merchant.model == SettlementModel::DonatedGoods.as_str()
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

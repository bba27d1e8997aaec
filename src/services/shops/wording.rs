//! Rewords refusals of the ledger for a shop.

use super::paper_limits;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::Refusal;
use crate::services::Error;

/// Rewords a refusal of the ledger for the counter. A shop learns that the points do not suffice, never the balance.
pub(in crate::services) fn in_words(error: Error, of_shop: bool) -> Error {
    let reword = |refusal: Refusal| match refusal {
        Refusal::InsufficientBalance { asset: Asset::Stock(offer), available, .. } => {
            Refusal::OutOfStock { offer, left: available }
        }
        Refusal::InsufficientBalance { asset: Asset::Point, .. } if of_shop => Refusal::PointsNotEnough,
        // At the till the member is frozen, not an account; the account itself is not disclosed to the shop.
        Refusal::AccountFrozen { .. } => Refusal::AccountFrozen { account: Id::SYSTEM },
        // "At most once" of the ledger is here a limit of one piece, or a code that was used.
        Refusal::AlreadyDone { counter } => match limited_offer(&counter) {
            Some(offer) => Refusal::OfferLimitReached { offer, limit: 1 },
            None if counter.starts_with("code/") => Refusal::CodeUsed,
            None => Refusal::AlreadyDone { counter },
        },
        Refusal::CapReached { counter, limit, used, left, asset } => match limited_offer(&counter) {
            Some(offer) => Refusal::OfferLimitReached { offer, limit },
            None => match paper_limits::refusal(&counter, limit, left, asset) {
                Some(refusal) => refusal,
                None => Refusal::CapReached { counter, limit, used, left, asset },
            },
        },
        other => other,
    };
    match error {
        Error::Refused(refusal) => Error::Refused(reword(refusal)),
        Error::RefusedBefore(refusal) => Error::RefusedBefore(reword(refusal)),
        other => other,
    }
}

fn limited_offer(counter: &str) -> Option<Id> {
    counter.strip_prefix("offer/")?.split('/').next()?.parse().ok()
}

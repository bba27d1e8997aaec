//! Releases what is due by entries of its own, before the command that touches it.

use super::book::Book;
use super::command::Reclaim;
use super::draft::Draft;
use super::owed;
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, Hold, HoldState, Lot, Purpose};
use crate::domain::ledger::entry::EntryKind;
use crate::domain::refusal::Refusal;

/// Releases the due holds of these accounts, then expires their due lots. Each hold and each account is one entry.
pub fn sweep(book: &mut Book, accounts: &[Id]) -> Result<(), Refusal> {
    for account in accounts {
        let holds = book.due_holds_of.get(account).cloned().unwrap_or_default();
        for id in holds {
            if book.holds.get(&id).is_some_and(|hold: &Hold| hold.is_due(book.now)) {
                expire_hold(book, &id)?;
            }
        }
    }
    for account in accounts {
        expire_lots(book, account)?;
    }
    Ok(())
}

pub(super) fn expire_hold(book: &mut Book, id: &Id) -> Result<(), Refusal> {
    let now = book.now;
    let mut draft = Draft::begin(book, EntryKind::HoldExpired, now);
    draft.release(id, HoldState::Expired)?;
    draft.finish_own()?;
    owed::pay(book, &Reclaim::Nothing).map(|_| ())
}

fn expire_lots(book: &mut Book, account: &Id) -> Result<(), Refusal> {
    let now = book.now;
    let Some(row) = book.accounts.get(account) else { return Ok(()) };
    if !row.terms.lots {
        return Ok(());
    }
    // What a hold has reserved without earmarking a lot stays.
    let (asset, available) = (row.terms.asset, row.available());
    let is_due = |lot: &Lot| lot.is_due(now) && lot.free() > 0;
    if !book.known_lots(account).any(is_due) {
        return Ok(());
    }
    let due: Vec<Lot> = book.open_lots(account).into_iter().filter(is_due).collect();
    let amount = due.iter().try_fold(0_i64, |sum, lot| sum.checked_add(lot.free())).unwrap_or(0);
    let amount = amount.min(available);
    if amount <= 0 {
        return Ok(());
    }
    let terms = AccountTerms::of_bank(book.bank, asset, Purpose::Expired);
    let mut draft = Draft::begin(book, EntryKind::LotExpired, now);
    if draft.book.accounts.get(&terms.id).is_none() {
        draft.effect(crate::domain::ledger::entry::Effect::AccountOpened(terms.clone()))?;
    }
    // Takes only due lots, which come first in spending order.
    let first: Vec<_> = due.iter().map(|lot| lot.id).collect();
    draft.consume_lots(account, amount, &first)?;
    draft.posting(*account, terms.id, amount, None)?;
    draft.finish_own().map(|_| ())
}

//! Decides one command at a time: idempotency, what is due, then the checks in the order of the contract.

use super::book::Book;
use super::climb;
use super::command::{Answer, Command, Leg, Needs, Op, Reclaim, StoredAnswer};
use super::draft::Draft;
use super::due;
use super::owed;
use super::post;
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountStatus, AccountTerms, HoldState, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Effect, EntryKind};
use crate::domain::ledger::receipt::Receipt;
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use std::borrow::Cow;

/// The result of a command.
#[derive(Clone, Debug)]
pub struct Decision {
    pub answer: Answer,
    /// Whether it is the stored answer of the same key.
    pub hit: bool,
}

/// Decides one command. A refusal leaves the Book unchanged except for the stored refusal and for entries that were
/// due anyway; the other commands of the batch are not affected.
pub fn decide(book: &mut Book, command: &Command) -> Decision {
    if let Some(request) = &command.request
        && let Some(stored) = book.answers.get(&(request.key.clone(), request.user))
    {
        return repeat(stored, request);
    }
    let answer = match fresh(book, command) {
        Ok(receipt) => Answer::Accepted(Box::new(receipt)),
        Err(refusal) => Answer::Refused(refusal),
    };
    // A row that changed meanwhile is not the request's fault: the same key may be retried.
    let keep = !matches!(answer, Answer::Refused(Refusal::ChangedMeanwhile { .. }));
    if let (Some(request), true) = (&command.request, keep) {
        let entry = match &answer {
            Answer::Accepted(receipt) => Some(receipt.number),
            _ => None,
        };
        let stored = StoredAnswer {
            fields: request.fields.clone(),
            answer: answer.clone(),
            entry,
            recorded_at: book.now,
        };
        book.answers.put((request.key.clone(), request.user), stored);
    }
    Decision { answer, hit: false }
}

/// The stored answer, or the first field in which the request differs.
pub fn repeat(stored: &StoredAnswer, request: &super::command::Request) -> Decision {
    if stored.answer == Answer::Unreadable {
        return Decision { answer: Answer::Unreadable, hit: true };
    }
    // The digests of the request are no longer known: the key made its entry, and never makes another.
    if let Answer::Refused(Refusal::KeySpent { .. }) = &stored.answer {
        return Decision { answer: stored.answer.clone(), hit: false };
    }
    let differs = request
        .fields
        .iter()
        .find(|(name, digest)| stored.fields.get(*name) != Some(*digest))
        .map(|(name, _)| name)
        .or_else(|| stored.fields.keys().find(|name| !request.fields.contains_key(*name)));
    match differs {
        Some(field) => Decision {
            answer: Answer::Refused(Refusal::IdempotencyKeyReused { field: field.clone() }),
            hit: false,
        },
        None => Decision { answer: stored.answer.clone(), hit: true },
    }
}

/// The command with the accounts that it means: accounts of a duplicate are aliases of those that stay.
fn meant<'c>(book: &Book, command: &'c Command) -> Cow<'c, Command> {
    let is_merged = |id: &Id| book.accounts.get(id).is_some_and(|account| account.merged.is_some());
    let mut named = match &command.op {
        Op::Post { legs, .. } | Op::Hold { legs, .. } | Op::TakeBack { legs, .. } => {
            legs.iter().any(|leg| is_merged(&leg.debit) || is_merged(&leg.credit))
        }
        Op::Status { account, .. } => is_merged(account),
        Op::Sweep { accounts } => accounts.iter().any(is_merged),
        _ => false,
    };
    named = named && command.op != Op::Open;
    if !named {
        return Cow::Borrowed(command);
    }
    let mut command = command.clone();
    match &mut command.op {
        Op::Post { legs, .. } | Op::Hold { legs, .. } | Op::TakeBack { legs, .. } => {
            for leg in legs {
                leg.debit = book.account_meant(leg.debit);
                leg.credit = book.account_meant(leg.credit);
            }
        }
        Op::Status { account, .. } => *account = book.account_meant(*account),
        Op::Sweep { accounts } => accounts.iter_mut().for_each(|id| *id = book.account_meant(*id)),
        _ => {}
    }
    Cow::Owned(command)
}

fn fresh(book: &mut Book, command: &Command) -> Result<Receipt, Refusal> {
    let command = meant(book, command);
    let command = command.as_ref();
    let effective_at = command.effective_at.unwrap_or(book.now);
    check_shape(book, command, effective_at)?;
    // What is due stays released even when the command is refused.
    let touched = touched_accounts(book, command);
    due::sweep(book, &touched)?;
    if let Op::Capture { hold, .. } | Op::Void { hold } = &command.op
        && book.holds.get(hold).is_some_and(|row| row.is_due(book.now))
    {
        due::expire_hold(book, hold)?;
    }
    let mark = book.mark();
    match attempt(book, command, effective_at) {
        Ok(receipt) => Ok(receipt),
        Err(refusal) => {
            book.roll_back(mark);
            Err(refusal)
        }
    }
}

fn attempt(book: &mut Book, command: &Command, effective_at: Moment) -> Result<Receipt, Refusal> {
    let mut draft = Draft::begin(book, command.kind, effective_at);
    for terms in &command.open {
        if draft.book.accounts.get(&terms.id).is_none() {
            draft.effect(Effect::AccountOpened(terms.clone()))?;
        } else if command.op == Op::Open {
            return Err(Refusal::AccountExists { account: terms.id });
        } else if terms.lots {
            draft.begin_lots(&terms.id)?;
        }
    }
    match &command.op {
        Op::Open => {}
        Op::Post { legs, partial, up_to } => draft.post(command, legs, *partial, *up_to)?,
        Op::Hold { hold, legs, expires_in_seconds } => {
            draft.open_hold(command, *hold, legs, *expires_in_seconds)?
        }
        Op::Capture { hold, amounts, keep_open } => {
            draft.check_owner_of_hold(hold, command)?;
            draft.capture(hold, amounts.as_deref(), *keep_open)?;
            draft.give_back(&command.counters)?;
        }
        Op::Void { hold } => {
            draft.check_owner_of_hold(hold, command)?;
            draft.release(hold, HoldState::Voided)?;
        }
        Op::TakeBack { entry, part, legs, up_to, of_document } => {
            draft.take_deed_back(command, (*entry, *part), legs, (*up_to, *of_document))?;
        }
        Op::Waive { purse, debt, amount } => draft.waive(purse, debt, *amount)?,
        Op::Reverse { entry, amounts, up_to, of_document } => {
            draft.reverse(*entry, amounts.as_ref(), *up_to, *of_document)?;
            draft.give_back(&command.counters)?;
        }
        Op::Status { account, status } => set_status(&mut draft, account, *status)?,
        Op::Merge { pairs } => draft.merge(pairs)?,
        Op::Sweep { .. } => return Err(Refusal::NothingToPost),
    }
    check_versions(draft.book, command)?;
    let mut receipt = draft.finish(command)?;
    receipt.owed.extend(owed::pay(book, &command.reclaim)?);
    Ok(receipt)
}

/// Step 2: what can be refused from the command alone, and the period.
fn check_shape(book: &Book, command: &Command, effective_at: Moment) -> Result<(), Refusal> {
    match &command.op {
        Op::Post { legs, .. } | Op::TakeBack { legs, .. } => post::check_shape(legs)?,
        Op::Hold { legs, .. } => {
            if legs.is_empty() {
                return Err(Refusal::NothingToPost);
            }
            post::check_shape(legs)?;
        }
        _ => {}
    }
    if effective_at > book.now {
        return Err(Refusal::EffectiveInFuture);
    }
    // Settlement closes redemptions and stock; what people earned takes effect on its day until the bank closes the
    // year.
    let settled = book.head.closed_until.filter(|_| redeems(book, command));
    match settled.max(book.head.year_closed_until) {
        Some(closed_until) if effective_at < closed_until => Err(Refusal::PeriodClosed { closed_until }),
        _ => Ok(()),
    }
}

/// Whether a command moves a shop's takings, or goods.
fn redeems(book: &Book, command: &Command) -> bool {
    let of_shop = |terms: &AccountTerms| {
        terms.owner_kind == OwnerKind::Merchant || matches!(terms.asset, Asset::Stock(_))
    };
    let known = |id: &Id| book.accounts.get(id).is_some_and(|account| of_shop(&account.terms));
    command.open.iter().any(of_shop) || touched_accounts(book, command).iter().any(known)
}

/// Checks that what a service read before the batch has not changed.
fn check_versions(book: &Book, command: &Command) -> Result<(), Refusal> {
    for watch in &command.watches {
        if book.versions.get(&(watch.kind, watch.id)) != Some(&watch.version) {
            return Err(Refusal::ChangedMeanwhile { what: watch.kind.to_string() });
        }
    }
    for (counter, value) in &command.standing {
        if book.counters.get(counter).copied().unwrap_or(0) != *value {
            return Err(Refusal::ChangedMeanwhile { what: "counter".into() });
        }
    }
    for document in &command.documents {
        let found = book.documents.get(&(document.kind(), document.id())).map_or(0, |d| d.version());
        if found.checked_add(1) != Some(document.version()) {
            return Err(Refusal::ChangedMeanwhile { what: document.kind().to_string() });
        }
    }
    Ok(())
}

fn set_status(draft: &mut Draft<'_>, account: &Id, status: AccountStatus) -> Result<(), Refusal> {
    let row = draft.account(account)?.clone();
    if row.status == AccountStatus::Closed {
        return Err(Refusal::AccountClosed { account: *account });
    }
    if row.status == status {
        return Err(Refusal::StatusUnchanged { account: *account });
    }
    let empty = row.balance() == 0 && row.debits_pending == 0 && row.credits_pending == 0;
    if status == AccountStatus::Closed && !empty {
        return Err(Refusal::AccountNotEmpty { account: *account });
    }
    draft.effect(Effect::AccountStatus { account: *account, status })
}

/// The accounts that a command names, directly or through a hold or an entry.
fn touched_accounts(book: &Book, command: &Command) -> Vec<Id> {
    let mut touched: Vec<Id> = match &command.op {
        Op::Post { legs, .. } | Op::Hold { legs, .. } => {
            legs.iter().flat_map(|l| [l.debit, l.credit]).collect()
        }
        Op::Capture { hold, .. } | Op::Void { hold } => {
            let legs = book.holds.get(hold).map(|h| h.legs.clone()).unwrap_or_default();
            legs.iter().flat_map(|l| [l.debit, l.credit]).collect()
        }
        Op::Reverse { entry, .. } => accounts_of(book, *entry),
        Op::TakeBack { entry, legs, .. } => {
            let of_legs = legs.iter().flat_map(|leg| [leg.debit, leg.credit]);
            of_legs.chain(accounts_of(book, *entry)).collect()
        }
        Op::Status { account, .. } => vec![*account],
        Op::Waive { purse, .. } => vec![*purse],
        Op::Sweep { accounts } => accounts.clone(),
        Op::Merge { pairs } => pairs.iter().flat_map(|(from, to)| [*from, *to]).collect(),
        Op::Open => Vec::new(),
    };
    touched.iter_mut().for_each(|id| *id = book.account_meant(*id));
    // A purse and its debts are touched together.
    let owed = |id: &Id| book.accounts.get(id).filter(|row| row.terms.purpose == Purpose::Owed);
    let purses: Vec<Id> = touched.iter().filter_map(|id| owed(id).map(|row| row.terms.purse_id())).collect();
    touched.extend(purses);
    touched.sort_unstable();
    touched.dedup();
    touched
}

/// The accounts of a past entry's postings.
fn accounts_of(book: &Book, entry: i64) -> Vec<Id> {
    let postings = book.past.get(&entry).map(|past| past.entry.postings.as_slice()).unwrap_or_default();
    postings.iter().flat_map(|posting| [posting.debit, posting.credit]).collect()
}

/// Adds to `needs` what is missing to decide this command. Called until nothing is: usually at most six rounds (named
/// rows; their accounts; what is due on those; its accounts; what their owners owe; the debts), more for chains of
/// merged files.
pub fn needs(book: &Book, command: &Command, needs: &mut Needs) {
    if let Some(request) = &command.request {
        let key = (request.key.clone(), request.user);
        if !book.answers.knows(&key) {
            needs.answers.insert(key);
        }
    }
    match &command.op {
        Op::Capture { hold, .. } | Op::Void { hold } | Op::Hold { hold, .. } if !book.holds.knows(hold) => {
            needs.holds.insert(*hold);
        }
        Op::Reverse { entry, .. } | Op::TakeBack { entry, .. } if !book.past.knows(entry) => {
            needs.entries.insert(*entry);
        }
        _ => {}
    }
    for take in &command.counters {
        command.counted(take).into_iter().for_each(|id| need_counter(book, id, needs));
    }
    climb::needs(book, command, needs);
    command.standing.iter().for_each(|(id, _)| need_counter(book, id.clone(), needs));
    for watch in &command.watches {
        if !book.versions.knows(&(watch.kind, watch.id)) {
            needs.watches.insert((watch.kind, watch.id));
        }
    }
    for document in &command.documents {
        let key = (document.kind(), document.id());
        if !book.documents.knows(&key) {
            needs.documents.insert(key);
        }
    }
    for terms in &command.open {
        need_account(book, terms.id, needs);
    }
    if let Op::Capture { hold, .. } | Op::Void { hold } = &command.op {
        need_hold_parts(book, hold, needs);
        if command.documents.is_empty() {
            need_opening(book, hold, needs);
        }
    }
    if let Op::Reverse { entry, .. } | Op::TakeBack { entry, .. } = &command.op {
        need_past_parts(book, *entry, needs);
    }
    if let Op::Waive { purse, .. } = &command.op
        && let Some(row) = book.accounts.get(purse)
    {
        // The bank gives the points.
        need_account(book, AccountTerms::of_bank(book.bank, row.terms.asset, Purpose::Issuing).id, needs);
    }
    if let Op::Merge { pairs } = &command.op {
        pairs.iter().for_each(|(from, _)| need_pending(book, *from, needs));
    }
    let debited = debited_accounts(book, command);
    let owing = can_owe(command);
    for account in touched_accounts(book, command) {
        need_due(book, account, debited.contains(&account), needs);
        if owing {
            need_owed(book, account, needs);
        }
    }
}

/// Whether debts may change: something is taken as far as possible, or comes back.
fn can_owe(command: &Command) -> bool {
    match &command.op {
        Op::Open | Op::Status { .. } | Op::Sweep { .. } => false,
        Op::Post { up_to, .. } => {
            let may_take = *up_to || command.climb.is_some();
            may_take || command.reclaim != Reclaim::Nothing || command.kind == EntryKind::Gift
        }
        // A later command of its batch may void a hold.
        Op::Hold { .. }
        | Op::Capture { .. }
        | Op::Void { .. }
        | Op::Reverse { .. }
        | Op::TakeBack { .. }
        | Op::Waive { .. }
        | Op::Merge { .. } => true,
    }
}

/// A purse needs its debts, and the debts their purse.
fn need_owed(book: &Book, account: Id, needs: &mut Needs) {
    let account = book.account_meant(account);
    let Some(row) = book.accounts.get(&account) else { return };
    let owed = match row.terms.purpose {
        Purpose::Owed => {
            need_account(book, row.terms.purse_id(), needs);
            account
        }
        _ if row.terms.is_purse() => row.terms.owed().id,
        _ => return,
    };
    need_account(book, owed, needs);
    let open = book.accounts.get(&owed).is_some_and(|row| row.balance() < 0);
    if open && !book.lots_of.knows(&owed) {
        needs.open_lots.insert(owed);
    }
}

/// The account, and the one it was merged into.
fn need_account(book: &Book, account: Id, needs: &mut Needs) {
    let account = book.account_meant(account);
    if !book.accounts.knows(&account) {
        needs.accounts.insert(account);
    }
}

/// Every hold that reserves something of an account that is to be merged.
fn need_pending(book: &Book, account: Id, needs: &mut Needs) {
    let Some(row) = book.accounts.get(&account) else { return };
    if row.debits_pending == 0 && row.credits_pending == 0 {
        return;
    }
    match book.pending_holds_of.get(&account) {
        Some(holds) => holds.iter().for_each(|hold| need_hold_parts(book, hold, needs)),
        None => _ = needs.pending_holds.insert(account),
    }
}

fn need_counter(book: &Book, id: crate::domain::ledger::account::CounterId, needs: &mut Needs) {
    if !book.counters.knows(&id) {
        needs.counters.insert(id);
    }
}

fn need_hold_parts(book: &Book, hold: &Id, needs: &mut Needs) {
    let Some(row) = book.holds.get(hold) else { return };
    for leg in &row.legs {
        need_account(book, leg.debit, needs);
        need_account(book, leg.credit, needs);
        let mut earmarked = 0_i64;
        for earmark in &leg.earmarks {
            earmarked = earmarked.saturating_add(earmark.amount);
            if !book.lots.knows(&earmark.lot) {
                needs.lots.insert(earmark.lot);
            }
        }
        // A hold from before the account kept lots is captured from any of them.
        let in_lots = book.accounts.get(&leg.debit).is_some_and(|row| row.terms.lots);
        if in_lots && earmarked < leg.left() && !book.lots_of.knows(&leg.debit) {
            needs.open_lots.insert(leg.debit);
        }
    }
    for counter in &row.counters {
        need_counter(book, counter.id(), needs);
    }
}

/// The entry that opened a hold shows whether it belongs to a document.
fn need_opening(book: &Book, hold: &Id, needs: &mut Needs) {
    if let Some(row) = book.holds.get(hold)
        && !book.past.knows(&row.opened_entry)
    {
        needs.entries.insert(row.opened_entry);
    }
}

fn need_past_parts(book: &Book, entry: i64, needs: &mut Needs) {
    let Some(past) = book.past.get(&entry) else { return };
    for effect in &past.entry.effects {
        match effect {
            Effect::LotConsumed { lot, .. } => match book.lots.get(lot) {
                Some(lot) => need_account(book, lot.account, needs),
                None if !book.lots.knows(lot) => _ = needs.lots.insert(*lot),
                None => {}
            },
            Effect::CounterTaken { counter, .. } => need_counter(book, counter.id(), needs),
            _ => {}
        }
    }
}

/// The account itself, and once it is known what may be due on it and the lots that a debit spends.
fn need_due(book: &Book, account: Id, debited: bool, needs: &mut Needs) {
    need_account(book, account, needs);
    let Some(row) = book.accounts.get(&account) else { return };
    if row.terms.lots {
        if debited && !book.lots_of.knows(&account) {
            needs.open_lots.insert(account);
        } else if !book.due_lots_of.knows(&account) && !book.lots_of.knows(&account) {
            needs.due_lots.insert(account);
        }
        need_account(book, book.expired_account(row.terms.asset), needs);
    }
    if row.debits_pending > 0 || row.credits_pending > 0 {
        match book.due_holds_of.get(&account) {
            None if !book.due_holds_of.knows(&account) => {
                needs.due_holds.insert(account);
            }
            None => {}
            Some(holds) => {
                for hold in holds {
                    need_hold_parts(book, hold, needs);
                    let legs = book.holds.get(hold).map(|row| row.legs.as_slice()).unwrap_or_default();
                    for leg in legs {
                        need_owed(book, leg.debit, needs);
                    }
                }
            }
        }
    }
}

fn both_ends(legs: &[Leg]) -> Vec<Id> {
    legs.iter().flat_map(|leg| [leg.debit, leg.credit]).collect()
}

/// Accounts that the command debits, so that every open lot of them is needed.
fn debited_accounts(book: &Book, command: &Command) -> Vec<Id> {
    let mut debited: Vec<Id> = match &command.op {
        // What the groups of a deed make of it may go either way.
        Op::Post { legs, .. } if command.climb.is_some() => both_ends(legs),
        Op::TakeBack { entry, legs, .. } => {
            both_ends(legs).into_iter().chain(accounts_of(book, *entry)).collect()
        }
        Op::Post { legs, .. } | Op::Hold { legs, .. } => legs.iter().map(|l: &Leg| l.debit).collect(),
        Op::Reverse { entry, .. } => book
            .past
            .get(entry)
            .map(|p| p.entry.postings.iter().map(|x| x.credit).collect())
            .unwrap_or_default(),
        Op::Merge { pairs } => pairs.iter().flat_map(|(from, to)| [*from, *to]).collect(),
        _ => Vec::new(),
    };
    debited.iter_mut().for_each(|id| *id = book.account_meant(*id));
    debited
}

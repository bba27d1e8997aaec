//! The raw ledger: writes of the ledger operator, reads of the auditor.

use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::AccountTerms;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Days, Moment};
use crate::ledger::{Command, CounterTake, Leg, Op};
use crate::services::{Call, Done, Error, Services};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{PoisonError, RwLock};

/// Maximum number of cached assets; beyond it the cache is cleared.
const REMEMBERED: usize = 100_000;

/// Cache of the assets of accounts. An account's asset never changes.
#[derive(Debug, Default)]
pub struct KnownAssets(RwLock<HashMap<(BankId, Id), Asset>>);

impl KnownAssets {
    /// The cached assets of these accounts, and the accounts that are not cached.
    fn split(&self, bank: BankId, accounts: Vec<Id>) -> (HashMap<Id, Asset>, BTreeSet<Id>) {
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (mut known, mut unknown) = (HashMap::new(), BTreeSet::new());
        for account in accounts {
            match remembered.get(&(bank, account)) {
                Some(asset) => _ = known.insert(account, *asset),
                None => _ = unknown.insert(account),
            }
        }
        (known, unknown)
    }

    fn remember(&self, bank: BankId, found: &[(Id, Asset)]) {
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.extend(found.iter().map(|(account, asset)| ((bank, *account), *asset)));
    }
}

/// A transfer of one or more legs.
#[derive(Clone, Debug, Default)]
pub struct TransferAsk {
    pub legs: Vec<Leg>,
    pub effective_at: Option<Moment>,
    pub partial: bool,
    pub up_to: bool,
    pub counters: Vec<CounterTake>,
    pub source: Option<String>,
    pub metadata: BTreeMap<String, String>,
    pub note: Option<String>,
}

impl Services {
    pub async fn open_account(&self, call: &Call, terms: AccountTerms) -> Result<Done, Error> {
        let command = Command::new(call.actor.user, EntryKind::AccountOpened, Op::Open).open([terms]);
        self.post(call, command).await
    }

    pub async fn transfer(&self, call: &Call, ask: TransferAsk) -> Result<Done, Error> {
        let command = self.transfer_command(call, ask)?;
        self.post(call, command).await
    }

    /// Up to 10,000 transfers in one commit, a result each in order. `whole`: all of them or none.
    pub async fn transfer_all(
        &self,
        call: &Call,
        asks: Vec<TransferAsk>,
        whole: bool,
    ) -> Result<Vec<Result<Done, Error>>, Error> {
        let prepared = asks.into_iter().map(|ask| self.transfer_command(call, ask)).collect();
        self.post_all(call, prepared, whole).await
    }

    fn transfer_command(&self, call: &Call, ask: TransferAsk) -> Result<Command, Refusal> {
        if ask.legs.is_empty() {
            return Err(Refusal::NothingToPost);
        }
        let op = Op::Post { legs: ask.legs, partial: ask.partial, up_to: ask.up_to };
        let mut command = Command::new(call.actor.user, EntryKind::Transfer, op);
        command.effective_at = ask.effective_at;
        command.counters = ask.counters;
        command.source = ask.source;
        command.metadata = ask.metadata;
        command.note = self.note(ask.note);
        Ok(command)
    }

    /// Reserves legs. The hold's new id is in the receipt.
    pub async fn hold(
        &self,
        call: &Call,
        legs: Vec<Leg>,
        expires_in_seconds: Option<i64>,
        counters: Vec<CounterTake>,
    ) -> Result<Done, Error> {
        let op = Op::Hold { hold: self.next_id(), legs, expires_in_seconds };
        let mut command = Command::new(call.actor.user, EntryKind::Hold, op);
        command.counters = counters;
        self.post(call, command).await
    }

    /// Posts what a hold reserved: everything, or an amount per leg.
    pub async fn capture(
        &self,
        call: &Call,
        hold: Id,
        amounts: Option<Vec<i64>>,
        keep_open: bool,
    ) -> Result<Done, Error> {
        let op = Op::Capture { hold, amounts, keep_open };
        self.post(call, Command::new(call.actor.user, EntryKind::Capture, op)).await
    }

    pub async fn void(&self, call: &Call, hold: Id) -> Result<Done, Error> {
        self.post(call, Command::new(call.actor.user, EntryKind::Void, Op::Void { hold })).await
    }

    /// Reverses an entry on which no document depends.
    pub async fn reverse_entry(
        &self,
        call: &Call,
        entry: i64,
        amounts: Option<BTreeMap<i32, i64>>,
        up_to: bool,
    ) -> Result<Done, Error> {
        let op = Op::Reverse { entry, amounts, up_to, of_document: false };
        self.post(call, Command::new(call.actor.user, EntryKind::Reversal, op)).await
    }

    /// A plain leg with the expiry of the lot that it opens.
    pub fn leg(debit: Id, credit: Id, amount: i64, expires_at: Option<Moment>) -> Leg {
        Leg { expires_at, ..Leg::plain(debit, credit, amount) }
    }
}

use crate::auth::permissions::Actor;
use crate::domain::ledger::account::{Account, HoldState};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::Entry;
use crate::domain::ledger::receipt::{HoldReceipt, HoldReceiptLeg};
use crate::ledger::Head;
use crate::store::Tables;
pub use crate::store::Verified;
pub use crate::store::ledger::accounts::Standing;
pub use crate::store::ledger::journal::EntryFilter;

/// Holds as they are now, in the order of their ids.
fn receipts_of(tables: &mut Tables<'_>, ids: &[Id]) -> Result<Vec<HoldReceipt>, Error> {
    let (holds, now) = (tables.holds(ids)?, tables.now);
    let legs = holds.values().flat_map(|hold| &hold.legs);
    let accounts = tables.accounts(legs.map(|leg| leg.debit))?;
    let receipts = holds.into_iter().map(|(id, hold)| {
        let due = hold.is_due(now);
        let legs = hold.legs.iter().map(|leg| HoldReceiptLeg {
            debit: leg.debit,
            credit: leg.credit,
            asset: accounts.get(&leg.debit).map_or(Asset::Point, |account| account.terms.asset),
            amount: leg.amount,
            captured: leg.captured,
            released: if due { leg.amount.saturating_sub(leg.captured) } else { leg.released },
        });
        let state = if due { HoldState::Expired } else { hold.state };
        HoldReceipt { id, state, expires_at: hold.expires_at, legs: legs.collect() }
    });
    Ok(receipts.collect())
}

impl Services {
    /// The asset of an account; `None` if there is no such account.
    pub async fn account_asset(&self, actor: &Actor, account: Id) -> Result<Option<Asset>, Error> {
        Ok(self.account_assets(actor, vec![account]).await?.get(&account).copied())
    }

    /// The assets of accounts; those that do not exist are left out.
    pub async fn account_assets(
        &self,
        actor: &Actor,
        accounts: Vec<Id>,
    ) -> Result<HashMap<Id, Asset>, Error> {
        let (mut known, unknown) = self.assets.split(actor.bank, accounts);
        if !unknown.is_empty() {
            let read = self.store.read(actor.bank, move |tables| {
                let found = tables.accounts(unknown)?.into_iter();
                Ok(found.map(|(id, account)| (id, account.terms.asset)).collect::<Vec<_>>())
            });
            let found = read.await?;
            self.assets.remember(actor.bank, &found);
            known.extend(found);
        }
        Ok(known)
    }

    pub async fn hold_asset(&self, actor: &Actor, hold: Id) -> Result<Option<Asset>, Error> {
        let read = self.store.read(actor.bank, move |tables| {
            let debit = tables.hold(hold)?.and_then(|hold| hold.legs.first().map(|leg| leg.debit));
            Ok(debit.map(|account| tables.account(account)).transpose()?.flatten())
        });
        Ok(read.await?.map(|account| account.terms.asset))
    }

    pub async fn entry_asset(&self, actor: &Actor, number: i64, leg: i32) -> Result<Option<Asset>, Error> {
        let read = self.store.read(actor.bank, move |tables| {
            let entry = tables.entry(number)?;
            let leg = usize::try_from(leg).unwrap_or(usize::MAX);
            let debit = entry.and_then(|entry| entry.postings.get(leg).map(|posting| posting.debit));
            Ok(debit.map(|account| tables.account(account)).transpose()?.flatten())
        });
        Ok(read.await?.map(|account| account.terms.asset))
    }

    pub async fn standing(&self, actor: &Actor, account: Id) -> Result<Option<Standing>, Error> {
        self.store.read(actor.bank, move |tables| tables.standing(account)).await
    }

    /// Entries that match, newest first, at most `limit`.
    pub async fn entries(&self, actor: &Actor, filter: EntryFilter, limit: i64) -> Result<Vec<Entry>, Error> {
        self.store
            .read(actor.bank, move |tables| {
                let numbers = tables.entry_numbers(&filter, limit)?;
                tables.entries(&numbers)
            })
            .await
    }

    /// Accounts in the order of their ids with their balances: now, or right after the entry with number `at`,
    /// without those that were opened later.
    pub async fn accounts(
        &self,
        actor: &Actor,
        asset: Option<Asset>,
        at: Option<i64>,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<(Account, i64)>, Error> {
        let read = self.store.read(actor.bank, move |tables| {
            if at.is_some_and(|at| tables.head().is_ok_and(|head| at > head.number)) {
                return Err(Refusal::EntryNotFound.into());
            }
            let page = tables.accounts_page(asset, at, after, limit)?;
            let ids: Vec<Id> = page.iter().map(|account| account.terms.id).collect();
            let past = at.map(|at| tables.balances_after(&ids, at)).transpose()?;
            let with_balance = page.into_iter().map(|account| {
                let balance = match &past {
                    None => account.balance(),
                    Some(past) => past.get(&account.terms.id).copied().unwrap_or(0),
                };
                (account, balance)
            });
            Ok(with_balance.collect())
        });
        read.await
    }

    /// Holds in the order of their ids. One past its expiry is shown as expired, swept or not.
    pub async fn holds(
        &self,
        actor: &Actor,
        account: Option<Id>,
        state: Option<HoldState>,
        days: Days,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<HoldReceipt>, Error> {
        let read = self.store.read(actor.bank, move |tables| {
            let ids = tables.hold_ids(account, state, days, after, limit)?;
            receipts_of(tables, &ids)
        });
        read.await
    }

    pub async fn hold_receipt(&self, actor: &Actor, hold: Id) -> Result<HoldReceipt, Error> {
        let read = self.store.read(actor.bank, move |tables| receipts_of(tables, &[hold])).await?.pop();
        read.ok_or_else(|| Refusal::HoldNotFound.into())
    }

    pub async fn head(&self, actor: &Actor) -> Result<Head, Error> {
        self.store.read(actor.bank, |tables| tables.head()).await
    }

    pub async fn trial_balance(
        &self,
        actor: &Actor,
    ) -> Result<Vec<crate::store::ledger::accounts::AssetSums>, Error> {
        self.store.read(actor.bank, |tables| tables.trial_balance()).await
    }

    pub async fn verify(&self, actor: &Actor) -> Result<Verified, Error> {
        self.store.verify(actor.bank).await
    }
}

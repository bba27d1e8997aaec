//! Passbooks: balances as of effective and recorded time, lines and lots.

use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, Lot, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::people::proxy::ProxyAct;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Days, Moment};
use crate::services::people::proxies::{acts_for, holding_proxy};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
pub use crate::store::ledger::histories::PassbookLine;
use crate::store::people::members::MemberRow;

/// The point in effective time, and the point in recorded time.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsOf {
    pub as_of: Option<Moment>,
    pub known_at: Option<Moment>,
}

/// A member's balance of one asset.
#[derive(Clone, Debug)]
pub struct Balance {
    pub account: Id,
    pub asset: Asset,
    pub balance: i64,
    /// What may be spent now: without reserved and expired points. Only without `as_of`.
    pub available: Option<i64>,
    /// Reserved in holds.
    pub pending: Option<i64>,
    /// What is still owed (待追回).
    pub owed: i64,
}

pub(in crate::services) const ASSETS: [Asset; 4] =
    [Asset::Point, Asset::Lifetime, Asset::Minute, Asset::Score];

/// The member, if it is the caller's own, of the caller's household, or within reach.
pub(in crate::services) fn readable(
    tables: &mut Tables<'_>,
    call: &Call,
    permission: Permission,
    id: Id,
) -> Result<MemberRow, Error> {
    let (member, path) = tables.file_at(id)?;
    let own = match call.actor.member {
        Some(own) if own == member.id => true,
        Some(own) if member.kind == "household" => {
            tables.member(own)?.is_some_and(|row| row.household_id == Some(member.id))
        }
        _ => false,
    };
    if !own {
        call.must_reach(permission, &path, Refusal::absent("member"))?;
    }
    Ok(member)
}

/// The same for the passbook alone, which a proxy reads as well: but for scores, which are seen inside a branch only.
pub(in crate::services) fn of_passbook(
    tables: &mut Tables<'_>,
    call: &Call,
    id: Id,
    asset: Option<Asset>,
) -> Result<(MemberRow, bool), Error> {
    match readable(tables, call, Permission::ReadMembers, id) {
        Err(Error::Refused(Refusal::NotFound { what })) => {
            let (member, _) = tables.file_at(id)?;
            let proxy = acts_for(tables, call, member.id)?.filter(|_| asset != Some(Asset::Score));
            proxy.map(|_| (member, true)).ok_or_else(|| Refusal::NotFound { what }.into())
        }
        own => Ok((own?, false)),
    }
}

pub(in crate::services) fn account_of(file: Id, asset: Asset) -> Id {
    AccountTerms::id_of(file, asset, Purpose::Main)
}

/// The file that an id meant as of an entry: before a merge each of the two files stands for itself.
pub(in crate::services) fn file_known(
    tables: &mut Tables<'_>,
    asked: Id,
    stays: Id,
    known: Option<i64>,
) -> Result<Id, Error> {
    let Some(known) = known.filter(|_| asked != stays) else { return Ok(stays) };
    let mut file = asked;
    while let Some(merged) = tables.accounts_of(file)?.iter().find_map(|account| account.merged) {
        if known < merged.entry {
            return Ok(file);
        }
        file = tables.account(merged.account)?.map_or(stays, |account| account.terms.owner);
    }
    Ok(stays)
}

/// The balance as of a moment, as it was known then.
pub(in crate::services) fn balance_at(
    tables: &mut Tables<'_>,
    account: Id,
    as_of: Option<Moment>,
    known: Option<i64>,
) -> Result<i64, Error> {
    let as_of = as_of.unwrap_or(tables.now);
    tables.balance_as_of(account, as_of, known)
}

impl Services {
    /// Notes before an answer that a proxy looks at a passbook; once a day. Nothing for others.
    pub(in crate::services) async fn note_look(&self, call: &Call, member: Id) -> Result<(), Error> {
        if call.actor.member == Some(member) || !call.actor.may(Permission::ActForMembers) {
            return Ok(());
        }
        let (bank, caller) = (call.actor.bank, call.clone());
        let found = self.store.read(bank, move |tables| {
            // Members of a household and staff look by their own right.
            if readable(tables, &caller, Permission::ReadMembers, member).is_ok() {
                return Ok(None);
            }
            let (file, _) = tables.file_at(member)?;
            let proxy = acts_for(tables, &caller, file.id)?;
            Ok(proxy.filter(|proxy| proxy.looked_on != Some(tables.today())))
        });
        let Some(seen) = found.await? else { return Ok(()) };
        let (services, caller) = (self.clone(), call.clone());
        let noted = self.store.write(bank, move |tables| {
            let today = tables.today();
            let Some((mut proxy, _)) = holding_proxy(tables, seen.id)? else { return Ok(()) };
            if proxy.looked_on != Some(today) {
                proxy.looked_on = Some(today);
                proxy.version = proxy.version.saturating_add(1);
                tables.update(&proxy)?;
                services.note_proxy(tables, &caller, &proxy, ProxyAct::Looked, None)?;
            }
            Ok(())
        });
        noted.await
    }

    /// A member's balances: now, as of a past moment, or as known at another.
    pub async fn balances(&self, call: &Call, member: Id, when: AsOf) -> Result<Vec<Balance>, Error> {
        self.note_look(call, member).await?;
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let asked = member;
            let (row, as_proxy) = of_passbook(tables, &caller, member, None)?;
            let past = when.as_of.is_some() || when.known_at.is_some();
            let known = when.known_at.map(|at| tables.entry_known_at(at)).transpose()?;
            let file = file_known(tables, asked, row.id, known)?;
            let mut balances = Vec::new();
            for asset in ASSETS.into_iter().filter(|asset| !as_proxy || *asset != Asset::Score) {
                let account = account_of(file, asset);
                let Some(standing) = tables.standing(account)? else { continue };
                let debts = AccountTerms::id_of(file, asset, Purpose::Owed);
                let owed = match tables.account(debts)? {
                    None => 0,
                    Some(_) if past => balance_at(tables, debts, when.as_of, known)?.saturating_neg(),
                    Some(row) => row.balance().saturating_neg(),
                };
                balances.push(match past {
                    true => {
                        let balance = balance_at(tables, account, when.as_of, known)?;
                        Balance { account, asset, balance, available: None, pending: None, owed }
                    }
                    false => Balance {
                        account,
                        asset,
                        balance: standing.balance,
                        available: standing.available,
                        pending: Some(standing.debits_pending),
                        owed,
                    },
                });
            }
            Ok(balances)
        });
        found.await
    }

    /// A member's balance of one asset at the end of each of these days.
    pub async fn balances_at_ends(
        &self,
        call: &Call,
        member: Id,
        asset: Asset,
        days: Vec<Day>,
    ) -> Result<Vec<i64>, Error> {
        self.note_look(call, member).await?;
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (member, _) = of_passbook(tables, &caller, member, Some(asset))?;
            tables.balances_at_ends(account_of(member.id, asset), &days)
        });
        found.await
    }

    /// Lines of a member's passbook in one asset that took effect on some days, newest first, before an entry and
    /// leg.
    pub async fn passbook(
        &self,
        call: &Call,
        member: Id,
        asset: Asset,
        days: Days,
        before: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<PassbookLine>, Error> {
        self.note_look(call, member).await?;
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (member, _) = of_passbook(tables, &caller, member, Some(asset))?;
            tables.history_of_days(account_of(member.id, asset), days, before, limit)
        });
        found.await
    }

    /// A member's points by the day on which they expire, soonest first.
    pub async fn lots(&self, call: &Call, member: Id) -> Result<Vec<Lot>, Error> {
        self.note_look(call, member).await?;
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (member, _) = of_passbook(tables, &caller, member, None)?;
            let lots = tables.open_lots(account_of(member.id, Asset::Point))?;
            let now = tables.now;
            Ok(lots.into_iter().filter(|lot| !lot.is_due(now)).collect())
        });
        found.await
    }
}

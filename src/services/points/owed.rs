//! What members owe (待追回): listed with reasons, waived by two people.

use crate::auth::permissions::Permission;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::ledger::account::{AccountTerms, Lot, LotId, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Entry, EntryKind};
use crate::domain::refusal::Refusal;
use crate::domain::time::{Days, Moment};
use crate::ledger::{Command, Op};
use crate::services::access::interest::not_for_oneself;
use crate::services::ledger::passbook::{ASSETS, account_of, readable};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use crate::store::points::proposals::{ProposalRow, WAIVER};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One debt: what was to be taken back and was spent already.
#[derive(Clone, Debug)]
pub struct Owing {
    /// Its position in the order in which debts are paid: asset, entry, and number within the entry.
    pub place: (usize, i64, i64),
    /// The entry that took back what was left.
    pub entry: i64,
    /// The reversed entry; `None` if a balance was reset.
    pub reverses: Option<i64>,
    /// The source: a record or an award.
    pub source: Option<String>,
    pub asset: Asset,
    pub amount: i64,
    /// The open part.
    pub left: i64,
    pub recorded_at: Moment,
    /// The reason given for taking it back.
    pub reason: Option<String>,
    pub sentence: String,
}

#[derive(Clone, Debug)]
pub struct WaiverAsk {
    pub member: Id,
    /// The entry that left the debt.
    pub entry: i64,
    /// `None`: the whole open part.
    pub amount: Option<i64>,
    pub reason: String,
}

/// A proposed waiver.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waiver {
    pub debt: LotId,
    pub asset: Asset,
    pub amount: i64,
    pub reason: String,
}

impl Waiver {
    pub const KIND: &str = WAIVER;

    pub fn of(row: &ProposalRow) -> Result<Self, Error> {
        serde_json::from_str(&row.body).map_err(|error| Error::Fault(format!("proposal {}: {error}", row.id)))
    }
}

/// The open debts of a member, the oldest first, asset by asset.
fn debts(tables: &mut Tables<'_>, member: &MemberRow) -> Result<Vec<(Asset, Lot)>, Error> {
    let mut found = Vec::new();
    for asset in ASSETS {
        let mut lots = tables.open_lots(AccountTerms::id_of(member.id, asset, Purpose::Owed))?;
        lots.sort_by_key(|lot| lot.id);
        found.extend(lots.into_iter().map(|lot| (asset, lot)));
    }
    Ok(found)
}

fn sentence(entry: &Entry, asset: Asset, lot: &Lot, language: Language) -> String {
    let text = |minor| amount::short(minor, asset.decimals());
    let (amount, left) = (text(lot.amount), text(lot.remaining));
    let of = |kind: &str| entry.source.as_deref().is_some_and(|source| source.starts_with(kind));
    match language {
        Language::Chinese => {
            let cause = match () {
                () if entry.kind == EntryKind::Zeroing => "积分已按办法清零",
                () if of("service_record/") => "一条服务记录已冲回",
                () if of("award/") => "一笔积分已撤销",
                () => "一笔积分已冲回",
            };
            format!(
                "{cause}：其中 {amount} 分当时已用掉或在预留中，待追回，还剩 {left} 分。退回的积分会先抵扣。"
            )
        }
        Language::English => {
            let cause = match () {
                () if entry.kind == EntryKind::Zeroing => "The balance was reset by the scheme",
                () if of("service_record/") => "A service record was taken back",
                () if of("award/") => "An award was taken back",
                () => "Points were taken back",
            };
            format!(
                "{cause}: {amount} points of it were spent or on hold by then and are owed, {left} are left. Points \
                 that come back pay them first."
            )
        }
    }
}

impl Services {
    /// What a member owes since some days, each debt with its reason: for staff and auditors within reach, and for
    /// the member.
    pub async fn owed(
        &self,
        call: &Call,
        member: Id,
        days: Days,
        language: Language,
    ) -> Result<Vec<Owing>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let member = readable(tables, &caller, Permission::ReadMembers, member)?;
            let (mut owing, debts) = (Vec::new(), debts(tables, &member)?);
            let numbers: Vec<i64> = debts.iter().map(|(_, lot)| lot.id.entry).collect();
            let entries: HashMap<i64, Entry> =
                tables.entries(&numbers)?.into_iter().map(|entry| (entry.number, entry)).collect();
            let notes = tables.notes(&numbers)?;
            for (asset, lot) in debts {
                let entry = entries.get(&lot.id.entry).ok_or(Refusal::EntryNotFound)?;
                if !days.cover(entry.recorded_at, tables.zone) {
                    continue;
                }
                let kind = ASSETS.iter().position(|known| *known == asset).unwrap_or_default();
                owing.push(Owing {
                    place: (kind, lot.id.entry, i64::from(lot.id.ordinal)),
                    entry: entry.number,
                    reverses: entry.reverses,
                    source: entry.source.clone(),
                    asset,
                    amount: lot.amount,
                    left: lot.remaining,
                    recorded_at: entry.recorded_at,
                    reason: notes.get(&entry.number).cloned(),
                    sentence: sentence(entry, asset, &lot, language),
                });
            }
            Ok(owing)
        });
        found.await
    }

    /// Proposes to waive a debt; nothing is waived before a second person approves.
    pub async fn propose_waiver(&self, call: &Call, ask: WaiverAsk) -> Result<(Id, bool), Error> {
        let (bank, id, caller) = (call.actor.bank, self.next_id(), call.clone());
        let made = self.write(call, move |tables| {
            let (member, path) = tables.member_at(ask.member)?;
            caller.must_reach(Permission::MakeAwards, &path, Refusal::NotFound { what: "member".into() })?;
            not_for_oneself(tables, &caller, &member)?;
            let open = debts(tables, &member)?.into_iter().find(|(_, lot)| lot.id.entry == ask.entry);
            let (asset, lot) = open.ok_or(Refusal::OwedLess { left: 0, asset: Asset::Point })?;
            let amount = ask.amount.unwrap_or(lot.remaining);
            if amount > lot.remaining {
                return Err(Refusal::OwedLess { left: lot.remaining, asset }.into());
            }
            let waiver = Waiver { debt: lot.id, asset, amount, reason: ask.reason.clone() };
            let body = serde_json::to_string(&waiver).map_err(|error| Error::Fault(error.to_string()))?;
            tables.insert(&ProposalRow {
                bank_id: bank,
                id,
                kind: Waiver::KIND.into(),
                org_id: member.org_id,
                subject_id: member.id,
                body,
                state: "open".into(),
                proposed_by: caller.actor.user,
                proposed_at: tables.now,
                decided_by: None,
                decided_at: None,
                entry_number: None,
                version: 1,
            })?;
            Ok(id)
        });
        made.await
    }

    /// The entry of an approved waiver.
    pub(in crate::services) fn waiver_command(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        row: &ProposalRow,
    ) -> Result<Command, Error> {
        let Waiver { debt, asset, amount, reason } = Waiver::of(row)?;
        let member = tables.member_that_stays(row.subject_id)?;
        let op = Op::Waive { purse: account_of(member.id, asset), debt, amount };
        let mut command = Command::new(call.actor.user, EntryKind::Waiver, op);
        command.metadata = [("member".to_owned(), member.id.to_string())].into();
        command.note = self.note(Some(reason));
        Ok(command)
    }
}

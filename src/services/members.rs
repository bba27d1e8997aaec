//! What happens to people's rows later: changed, frozen, merged; and how they are shown.

use super::people::MemberRow;
use super::{Call, Done, Error, Services};
use crate::auth::permissions::Permission;
use crate::auth::secrets::{Sealed, Searched};
use crate::domain::account::{AccountTerms, OwnerKind, Purpose};
use crate::domain::amount::MAX_MINOR;
use crate::domain::asset::Asset;
use crate::domain::entry::EntryKind;
use crate::domain::id::{BankId, Id};
use crate::domain::id_number::IdNumber;
use crate::domain::mask;
use crate::domain::phone::Phone;
use crate::domain::refusal::Refusal;
use crate::ledger::{Command, Leg, Op};
use crate::store::Tables;
use crate::store::people::AccessRow;

/// What is to change; what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct MemberChange {
    pub name: Option<String>,
    pub org: Option<Id>,
    pub phone: Option<Phone>,
    pub trade: Option<String>,
    pub party_member: Option<bool>,
    /// The new household; `Some(None)` leaves the one they live in.
    pub household: Option<Option<Id>>,
}

/// Phone and ID number as they may be shown.
#[derive(Clone, Debug, Default)]
pub struct Masked {
    pub phone: Option<String>,
    pub id_number: Option<String>,
}

fn absent(what: &str) -> Refusal {
    Refusal::NotFound { what: what.into() }
}

fn wrong_state(state: &str) -> Refusal {
    Refusal::WrongState { what: "member".into(), state: state.into() }
}

impl Services {
    /// Phone and ID number of a row, masked.
    pub fn masked(&self, bank: BankId, row: &MemberRow) -> Result<Masked, Error> {
        let secrets = &self.authority.secrets;
        let open = |kind, blob: &Option<Vec<u8>>| {
            blob.as_ref().map(|blob| secrets.unseal(kind, bank, row.id, blob)).transpose()
        };
        let phone = open(Sealed::Phone, &row.phone_sealed)?.and_then(|text| Phone::parse(&text).ok());
        let number =
            open(Sealed::IdNumber, &row.id_number_sealed)?.and_then(|text| IdNumber::parse(&text).ok());
        Ok(Masked {
            phone: phone.map(|phone| mask::phone(&phone)),
            id_number: number.map(|number| mask::id_number(&number)),
        })
    }

    /// Changes a member's row over the version that the caller saw.
    pub async fn change_member(
        &self,
        call: &Call,
        id: Id,
        version: i64,
        change: MemberChange,
    ) -> Result<MemberRow, Error> {
        let (bank, caller) = (call.actor.bank, call.clone());
        let secrets = &self.authority.secrets;
        let phone = change.phone.as_ref().map(|phone| {
            let hash = |kind, text: &str| secrets.search_hash(kind, bank, text).to_vec();
            let sealed = secrets.seal(Sealed::Phone, bank, id, phone.reveal());
            sealed.map(|sealed| {
                (sealed, hash(Searched::Phone, phone.reveal()), hash(Searched::PhoneTail, phone.tail()))
            })
        });
        let phone = phone.transpose()?;
        let changed = self.store.write_once(bank, call.request.clone(), move |tables| {
            let (mut row, path) = tables.member_at(id)?;
            caller.must_reach(Permission::WriteMembers, &path, absent("member"))?;
            if row.version != version {
                return Err(Refusal::VersionStale { what: "member".into(), version: row.version }.into());
            }
            if row.state == "merged" {
                return Err(wrong_state(&row.state).into());
            }
            if let Some(org) = change.org {
                let path = tables.org_path(org)?;
                caller.must_reach(Permission::WriteMembers, &path, absent("org"))?;
                row.org_id = org;
            }
            if let Some(household) = change.household {
                if let Some(household) = household {
                    tables.member(household)?.filter(|h| h.kind == "household").ok_or(absent("member"))?;
                }
                row.household_id = household;
            }
            if let Some((sealed, whole, tail)) = phone.clone() {
                (row.phone_sealed, row.phone_hash, row.phone_tail_hash) =
                    (Some(sealed), Some(whole), Some(tail));
            }
            row.name = change.name.clone().unwrap_or(row.name);
            row.trade = change.trade.clone().or(row.trade);
            row.party_member = change.party_member.unwrap_or(row.party_member);
            row.version += 1;
            tables.update_member(&row)?;
            Ok(id)
        });
        let (id, _) = changed.await?;
        let row = self.store.read(bank, move |tables| tables.member(id)).await?;
        row.ok_or_else(|| absent("member").into())
    }

    /// Freezes a member (no redemption, no award), or thaws them. The reason is kept.
    pub async fn freeze_member(
        &self,
        call: &Call,
        id: Id,
        frozen: bool,
        reason: String,
    ) -> Result<(), Error> {
        let (caller, log) = (call.clone(), self.next_id());
        let (from, to, action) = match frozen {
            true => ("active", "frozen", "freeze_member"),
            false => ("frozen", "active", "unfreeze_member"),
        };
        let set = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let (mut row, path) = tables.member_at(id)?;
            caller.must_reach(Permission::FreezeMembers, &path, absent("member"))?;
            if row.state != from {
                return Err(wrong_state(&row.state).into());
            }
            row.state = to.into();
            row.version += 1;
            tables.update_member(&row)?;
            record(tables, &caller, log, action, id, &reason)
        });
        set.await.map(|_| ())
    }

    /// Merges a duplicate into the row that stays: everything on its accounts moves, with the days on which points
    /// run out; later service of the duplicate counts for the one that stays. The duplicate is closed first, so that
    /// nothing new comes to it meanwhile; a merge that was broken off is finished by asking again.
    pub async fn merge_members(
        &self,
        call: &Call,
        duplicate: Id,
        into: Id,
        reason: String,
    ) -> Result<Done, Error> {
        let log = self.next_id();
        self.once(call, || async move {
            let (caller, why) = (call.clone(), reason.clone());
            let kind = match call.dry_run {
                true => {
                    let check =
                        move |tables: &mut Tables<'_>| duplicate_row(tables, &caller, duplicate, into);
                    self.store.read(call.actor.bank, check).await?.kind
                }
                false => {
                    let close = move |tables: &mut Tables<'_>| {
                        let row = duplicate_row(tables, &caller, duplicate, into)?;
                        let kind = row.kind.clone();
                        if row.state != "merged" {
                            let (state, version) = ("merged".into(), row.version + 1);
                            let merged = MemberRow { state, version, merged_into_id: Some(into), ..row };
                            tables.update_member(&merged)?;
                            record(tables, &caller, log, "merge_member", duplicate, &why)?;
                        }
                        Ok(kind)
                    };
                    self.store.write(call.actor.bank, close).await?
                }
            };
            self.post(call, self.merge_command(call, duplicate, into, &kind, reason)).await
        })
        .await
    }

    fn merge_command(&self, call: &Call, duplicate: Id, into: Id, kind: &str, reason: String) -> Command {
        let owner = if kind == "household" { OwnerKind::Household } else { OwnerKind::Person };
        let (mut legs, mut open) = (Vec::new(), Vec::new());
        for asset in [Asset::Point, Asset::Lifetime, Asset::Minute, Asset::Score] {
            let [from, to] = [duplicate, into].map(|id| AccountTerms::usual(owner, id, asset, Purpose::Main));
            legs.push(Leg::plain(from.id, to.id, MAX_MINOR));
            open.extend([from, to]);
        }
        let op = Op::Post { legs, partial: false, up_to: true };
        let mut command = Command::new(call.actor.user, EntryKind::Merge, op)
            .open(open)
            .source(format!("member/{duplicate}"));
        command.metadata =
            [("member".to_owned(), into.to_string()), ("duplicate".to_owned(), duplicate.to_string())].into();
        command.note = self.note(Some(reason));
        command
    }
}

/// The duplicate, if it may be merged: within reach like the one that stays, of the same kind, nothing on hold.
fn duplicate_row(tables: &mut Tables<'_>, call: &Call, duplicate: Id, into: Id) -> Result<MemberRow, Error> {
    let (row, path) = tables.member_at(duplicate)?;
    let (stays, stays_path) = tables.member_at(into)?;
    for path in [&path, &stays_path] {
        call.must_reach(Permission::FreezeMembers, path, absent("member"))?;
    }
    let again = row.state == "merged" && row.merged_into_id == Some(into);
    if duplicate == into
        || row.kind != stays.kind
        || stays.state != "active"
        || (row.state == "merged" && !again)
    {
        let state = if row.state == "merged" { &row.state } else { &stays.state };
        return Err(wrong_state(if duplicate == into { "same" } else { state }).into());
    }
    for account in tables.accounts_of(duplicate)? {
        if !tables.pending_holds(account.terms.id)?.is_empty() {
            return Err(wrong_state("holds_open").into());
        }
    }
    Ok(row)
}

/// Writes a line of the access log.
fn record(
    tables: &mut Tables<'_>,
    call: &Call,
    id: Id,
    action: &str,
    member: Id,
    reason: &str,
) -> Result<(), Error> {
    tables.log_access(&AccessRow {
        bank_id: tables.bank,
        id,
        recorded_at: tables.now,
        actor_id: call.actor.user,
        action: action.into(),
        subject_kind: "member".into(),
        subject_id: Some(member),
        reason: Some(reason.into()),
    })
}

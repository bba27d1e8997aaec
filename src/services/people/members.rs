//! What happens to people's rows later: changed, frozen; and how they are shown.

use super::counter::{MemberRow, check_household, known_as};
use crate::auth::permissions::Permission;
use crate::auth::secrets::{Sealed, Searched};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::AccountStatus;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::mask;
use crate::domain::people::person_name;
use crate::domain::people::phone::Phone;
use crate::domain::refusal::Refusal;
use crate::ledger::command::WatchKind;
use crate::ledger::{Answer, Command, Op, repeat};
use crate::services::access::interest::not_for_oneself;
use crate::services::people::orgs::check_open;
use crate::services::service::records::file_of;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::AccessRow;

/// So often accounts are looked at again that somebody else changed meanwhile.
const TRIES: u8 = 3;

/// What is to change; what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct MemberChange {
    pub name: Option<String>,
    pub org: Option<Id>,
    pub phone: Option<Phone>,
    /// Brought along later; one that stands already is not changed here.
    pub id_number: Option<IdDocument>,
    pub trade: Option<String>,
    pub party_member: Option<bool>,
    /// The new household; `Some(None)` leaves the one they live in.
    pub household: Option<Option<Id>>,
    /// As for a new file: the caller has looked at those of the same name.
    pub confirmed_new: bool,
    pub not_same_as: Vec<Id>,
}

/// Phone and ID number as they may be shown.
#[derive(Clone, Debug, Default)]
pub struct Masked {
    pub phone: Option<String>,
    /// The kind of the document.
    pub id_kind: Option<&'static str>,
    pub id_number: Option<String>,
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
        let document =
            open(Sealed::IdNumber, &row.id_number_sealed)?.and_then(|text| IdDocument::of_stored(&text));
        Ok(Masked {
            phone: phone.map(|phone| mask::phone(&phone)),
            id_kind: document.as_ref().map(|document| document.kind().as_str()),
            id_number: document.map(|document| mask::id_document(&document)),
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
        let (bank, caller, services) = (call.actor.bank, call.clone(), self.clone());
        let secrets = &self.authority.secrets;
        let hash = |kind, text: &str| secrets.search_hash(kind, bank, text).to_vec();
        let sealed =
            |kind, text: Option<&str>| text.map(|text| secrets.seal(kind, bank, id, text)).transpose();
        let phone_sealed = sealed(Sealed::Phone, change.phone.as_ref().map(Phone::reveal))?;
        let phone_hash = change.phone.as_ref().map(|phone| hash(Searched::Phone, phone.reveal()));
        let tail_hash = change.phone.as_ref().map(|phone| hash(Searched::PhoneTail, phone.tail()));
        let document = change.id_number.as_ref();
        let number_sealed = sealed(Sealed::IdNumber, document.map(IdDocument::stored).as_deref())?;
        let number_hash = document.map(|document| hash(Searched::IdNumber, &document.search_text()));
        let changed = self.store.write_once(bank, call.request.clone(), move |tables| {
            let (mut row, path) = tables.member_at(id)?;
            caller.must_reach(Permission::WriteMembers, &path, Refusal::absent("member"))?;
            if row.version != version {
                return Err(Refusal::VersionStale { what: "member".into(), version: row.version }.into());
            }
            if row.state == "merged" {
                return Err(wrong_state(&row.state).into());
            }
            if let Some(org) = change.org.filter(|org| *org != row.org_id) {
                let path = tables.org_path(org)?;
                caller.must_reach(Permission::WriteMembers, &path, Refusal::absent("org"))?;
                check_open(tables, org)?;
                services.follow(tables, &caller, row.id, (row.org_id, org))?;
                row.org_id = org;
            }
            if let Some(household) = change.household {
                if let Some(household) = household {
                    if row.kind == "household" {
                        return Err(wrong_state(&row.kind).into());
                    }
                    check_household(tables, &caller, household)?;
                }
                services.household_changed(tables, &caller, &row, household)?;
                row.household_id = household;
            }
            let other_phone = phone_hash.is_some() && row.phone_hash != phone_hash;
            if phone_sealed.is_some() {
                row.phone_sealed.clone_from(&phone_sealed);
                row.phone_hash.clone_from(&phone_hash);
                row.phone_tail_hash.clone_from(&tail_hash);
            }
            if let Some(hash) = &number_hash
                && row.id_number_hash.as_ref() != Some(hash)
            {
                if row.id_number_hash.is_some() || row.kind == "household" {
                    return Err(Refusal::Fixed { what: "id_number".into() }.into());
                }
                if let Some(known) = tables.member_with_id_number(hash)? {
                    return Err(known_as(tables, &caller, known, true)?.into());
                }
                row.id_number_sealed.clone_from(&number_sealed);
                row.id_number_hash = Some(hash.clone());
            }
            let other_name = change
                .name
                .as_ref()
                .is_some_and(|name| person_name::key(name) != person_name::key(&row.name));
            row.name = change.name.clone().unwrap_or(row.name);
            if (other_name || other_phone) && !change.confirmed_new {
                services.ask_if_known(tables, &caller, &row, &change.not_same_as)?;
            }
            row.trade = change.trade.clone().or(row.trade);
            row.party_member = change.party_member.unwrap_or(row.party_member);
            row.version += 1;
            tables.update_member(&row)?;
            Ok(id)
        });
        let (id, _) = changed.await?;
        let row = self.store.read(bank, move |tables| tables.member(id)).await?;
        row.ok_or_else(|| Refusal::absent("member").into())
    }

    /// Freezes a member with all their accounts (no service, no award, no redemption), or thaws them. The reason is
    /// kept. The row goes first and the accounts follow, the other way round when thawing: what was broken off is
    /// finished by asking again. A late repeat of what was undone since changes nothing.
    pub async fn freeze_member(
        &self,
        call: &Call,
        id: Id,
        frozen: bool,
        reason: String,
    ) -> Result<(), Error> {
        // Under the id of a duplicate it is the file that stays.
        let file = self.store.read(call.actor.bank, move |tables| file_of(tables, id));
        let id = file.await?;
        if frozen {
            self.set_frozen(call, id, "active", "frozen", &reason).await?;
            return self.set_accounts(call, id, AccountStatus::Frozen, reason).await;
        }
        self.set_accounts(call, id, AccountStatus::Open, reason.clone()).await?;
        self.set_frozen(call, id, "frozen", "active", &reason).await
    }

    async fn set_frozen(
        &self,
        call: &Call,
        id: Id,
        from: &'static str,
        to: &'static str,
        reason: &str,
    ) -> Result<(), Error> {
        let (caller, log, reason) = (call.clone(), self.next_id(), reason.to_owned());
        let action = if to == "frozen" { "freeze_member" } else { "unfreeze_member" };
        let set = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let mut row = member_to_freeze(tables, &caller, id)?;
            if row.state == "frozen" && to == "frozen" && has_account(tables, id, AccountStatus::Open)? {
                return Ok(());
            }
            if row.state != from {
                return Err(wrong_state(&row.state).into());
            }
            // Somebody froze them again between the accounts and the row.
            if to == "active" && has_account(tables, id, AccountStatus::Frozen)? {
                return Err(Refusal::ChangedMeanwhile { what: "member".into() }.into());
            }
            row.state = to.into();
            row.version += 1;
            tables.update_member(&row)?;
            log_member(tables, &caller, log, action, id, &reason)
        });
        set.await.map(|_| ())
    }

    /// One entry for each account that has another status, as long as the row is the one that was seen. What somebody
    /// else did meanwhile is looked at again.
    async fn set_accounts(
        &self,
        call: &Call,
        member: Id,
        status: AccountStatus,
        reason: String,
    ) -> Result<(), Error> {
        let mut tries = 0_u8;
        loop {
            let caller = call.clone();
            let found =
                self.store.read(call.actor.bank, move |t| accounts_to_set(t, &caller, member, status));
            let Some((version, accounts)) = found.await? else { return Ok(()) };
            let commands = accounts.into_iter().map(|account| {
                let mut command =
                    Command::new(call.actor.user, EntryKind::Status, Op::Status { account, status })
                        .source(format!("member/{member}"))
                        .watch(WatchKind::Member, member, version);
                command.note = self.note(Some(reason.clone()));
                command
            });
            match self.set_all(call, commands.collect()).await {
                Err(Error::Refused(Refusal::ChangedMeanwhile { .. } | Refusal::StatusUnchanged { .. }))
                    if tries < TRIES =>
                {
                    tries = tries.saturating_add(1);
                }
                told => return told,
            }
        }
    }

    /// All of the commands or none; the first refusal.
    async fn set_all(&self, call: &Call, commands: Vec<Command>) -> Result<(), Error> {
        for decision in self.store.submit_all(call.actor.bank, commands, true).await? {
            crate::services::call::done(decision)?;
        }
        Ok(())
    }
}

/// A member within reach whom the caller may freeze or thaw: not themselves, not their household.
fn member_to_freeze(tables: &mut Tables<'_>, call: &Call, id: Id) -> Result<MemberRow, Error> {
    let (row, path) = tables.member_at(id)?;
    call.must_reach(Permission::FreezeMembers, &path, Refusal::absent("member"))?;
    not_for_oneself(tables, call, &row)?;
    Ok(row)
}

fn has_account(tables: &mut Tables<'_>, member: Id, status: AccountStatus) -> Result<bool, Error> {
    Ok(tables.accounts_of(member)?.iter().any(|account| account.status == status))
}

/// A frozen member's version, with the accounts that have another status than this; nothing where nothing is to follow.
/// A key is looked at before its accounts are opened: the row is the last step of a thaw, so that an answer under the
/// key means that everything is done.
fn accounts_to_set(
    tables: &mut Tables<'_>,
    call: &Call,
    member: Id,
    status: AccountStatus,
) -> Result<Option<(i64, Vec<Id>)>, Error> {
    if status == AccountStatus::Open {
        if let Some(request) = &call.request
            && let Some(stored) = tables.answered(request)?
        {
            return match repeat(&stored, request).answer {
                Answer::Refused(refusal) => Err(refusal.into()),
                Answer::Ordinary(_) | Answer::Sealed(_) => Ok(None),
                Answer::Accepted(_) => {
                    Err(Refusal::IdempotencyKeyReused { field: "operation".into() }.into())
                }
            };
        }
        member_to_freeze(tables, call, member)?;
    }
    let Some(row) = tables.member(member)?.filter(|row| row.state == "frozen") else { return Ok(None) };
    let mut accounts = tables.accounts_of(member)?;
    accounts.retain(|account| ![status, AccountStatus::Closed].contains(&account.status));
    let accounts: Vec<Id> = accounts.into_iter().map(|account| account.terms.id).collect();
    Ok(Some((row.version, accounts)).filter(|(_, accounts)| !accounts.is_empty()))
}

impl Services {
    /// A line of the access log about who lives where from now on; nothing where nothing changes.
    pub(in crate::services) fn household_changed(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        row: &MemberRow,
        household: Option<Id>,
    ) -> Result<(), Error> {
        if row.household_id == household {
            return Ok(());
        }
        let mut number = |id: Option<Id>| -> Result<String, Error> {
            let row = id.map(|id| tables.member(id)).transpose()?.flatten();
            Ok(row.map_or("–".to_owned(), |row| row.number))
        };
        let reason = format!("{} → {}", number(row.household_id)?, number(household)?);
        log_member(tables, call, self.next_id(), "change_household", row.id, &reason)
    }
}

/// Writes a line of the access log about a member.
pub(in crate::services) fn log_member(
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

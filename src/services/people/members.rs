//! Changes and freezes members' rows, and masks their numbers.

use super::counter::{MemberRow, check_household, known_as};
use crate::auth::permissions::Permission;
use crate::auth::secrets::{Sealed, Searched};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::AccountStatus;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{FREEZE_MEMBER, MEMBER};
use crate::domain::people::consent::ConsentPurpose;
use crate::domain::people::erasure::ERASED;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::mask;
use crate::domain::people::person_name;
use crate::domain::people::phone::Phone;
use crate::domain::refusal::Refusal;
use crate::ledger::{Command, Op};
use crate::services::call::accepted;
use crate::services::people::orgs::check_open;
use crate::services::service::records::file_of;
use crate::services::step::{HasLifeCycle, Place, StepContext};
use crate::services::{Call, Error, Services};
use crate::store::Tables;

/// Changes to a row; `None` leaves a member as it is.
#[derive(Clone, Debug, Default)]
pub struct MemberChange {
    pub name: Option<String>,
    pub org: Option<Id>,
    pub phone: Option<Phone>,
    /// Added later; an existing one cannot be changed here.
    pub id_number: Option<IdDocument>,
    pub trade: Option<String>,
    pub party_member: Option<bool>,
    /// The new household; `Some(None)` leaves the current one.
    pub household: Option<Option<Id>>,
    /// As for a new file: the caller has checked those of the same name.
    pub confirmed_new: bool,
    pub not_same_as: Vec<Id>,
}

#[derive(Clone, Debug, Default)]
pub struct Masked {
    pub phone: Option<String>,
    pub id_kind: Option<&'static str>,
    pub id_number: Option<String>,
}

fn wrong_state(state: &str) -> Refusal {
    Refusal::WrongState { what: "member".into(), state: state.into() }
}

impl Services {
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

    /// Changes a member's row, if it still has the version that the caller read.
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
        let changed = self.write(call, move |tables| {
            let (mut row, path) = tables.member_at(id)?;
            caller.must_reach(Permission::WriteMembers, &path, Refusal::absent("member"))?;
            if row.version != version {
                return Err(Refusal::VersionStale { what: "member".into(), version: row.version }.into());
            }
            if ["merged", ERASED].contains(&row.state.as_str()) {
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
            services.change_words(tables, &caller, &mut row, &change, other_phone)?;
            Ok(id)
        });
        let (id, _) = changed.await?;
        let row = self.store.read(bank, move |tables| tables.member(id)).await?;
        row.ok_or_else(|| Refusal::absent("member").into())
    }

    /// Changes what a row says in words, and writes it.
    pub(in crate::services) fn change_words(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        row: &mut MemberRow,
        change: &MemberChange,
        other_phone: bool,
    ) -> Result<(), Error> {
        let key = person_name::key(&row.name);
        let other_name = change.name.as_ref().is_some_and(|name| person_name::key(name) != key);
        row.name = change.name.clone().unwrap_or_else(|| row.name.clone());
        if (other_name || other_phone) && !change.confirmed_new {
            self.ask_if_known(tables, call, row, &change.not_same_as)?;
        }
        row.trade = change.trade.clone().or_else(|| row.trade.clone());
        if let Some(is_one) = change.party_member {
            may_be_party_member(tables, row.id, is_one && !row.party_member)?;
            row.party_member = is_one;
        }
        row.version = row.version.saturating_add(1);
        tables.update_member(row)
    }
}

impl HasLifeCycle for MemberRow {
    const CYCLE: &'static LifeCycle = &MEMBER;

    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error> {
        // The id of a duplicate means the file that stays.
        let id = file_of(tables, id)?;
        tables.member(id)
    }

    fn save(&self, tables: &mut Tables<'_>) -> Result<(), Error> {
        tables.update_member(self)
    }

    fn state(&self) -> &str {
        &self.state
    }

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        Ok(Place { path: tables.org_path(self.org_id)?, member: Some(self.clone()), shop: None })
    }

    /// The accounts follow: no service, award or redemption, or all of them again. One entry for each account.
    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        let status = match context.is(&FREEZE_MEMBER) {
            true => AccountStatus::Frozen,
            false => AccountStatus::Open,
        };
        for account in context.tables.accounts_of(self.id)? {
            if [status, AccountStatus::Closed].contains(&account.status) {
                continue;
            }
            let op = Op::Status { account: account.terms.id, status };
            let mut command = Command::new(context.call.actor.user, EntryKind::Status, op)
                .source(format!("member/{}", self.id));
            command.note = context.services.note(Some(context.reason()));
            accepted(context.tables.decide(&command)?)?;
        }
        Ok(None)
    }
}

impl Services {
    /// Logs a change of the household; nothing if nothing changes.
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
        tables.log_act(
            self.next_id(),
            call.actor.user,
            "change_household",
            ("member", Some(row.id)),
            Some(reason),
        )
    }
}

/// Refuses to store party membership against a withdrawn consent.
fn may_be_party_member(tables: &mut Tables<'_>, member: Id, is_one: bool) -> Result<(), Error> {
    if !is_one {
        return Ok(());
    }
    let purpose = ConsentPurpose::PartyMembership;
    match tables.consent_withdrawn(purpose, &[member])?.is_empty() {
        true => Ok(()),
        false => Err(Refusal::ConsentWithdrawn { purpose: purpose.to_string() }.into()),
    }
}

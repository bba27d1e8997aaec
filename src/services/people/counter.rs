//! Opens and finds members at the counter; reveals phones and ID numbers.

use crate::auth::permissions::Permission;
use crate::auth::secrets::{Sealed, Searched};
use crate::domain::id::{BankId, Id};
use crate::domain::message::Message;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::person_name;
use crate::domain::people::phone::Phone;
use crate::domain::refusal::{Candidate, Refusal};
use crate::domain::time::Moment;
use crate::services::inbox::To;
use crate::services::people::orgs::check_open;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use std::sync::Arc;

pub use crate::store::people::finding::{MemberPlace, MemberSearch};
pub use crate::store::people::members::{AccessRow, MemberRow, OrgRow};

/// A person or household to open.
#[derive(Clone, Debug, Default)]
pub struct MemberAsk {
    pub household: bool,
    pub name: String,
    /// The volunteer number; `None`: the next free one.
    pub number: Option<String>,
    pub org: Id,
    pub household_id: Option<Id>,
    pub gender: Option<String>,
    pub birth_year: Option<i64>,
    pub party_member: bool,
    pub trade: Option<String>,
    pub phone: Option<Phone>,
    pub id_number: Option<IdDocument>,
    /// Staff have checked: no member of the same name, with the same phone or without one, is this person.
    pub confirmed_new: bool,
    /// Staff have checked: none of these members of the same name is this person.
    pub not_same_as: Vec<Id>,
}

/// Maximum number of members of one name that are compared, and how many of them are shown.
const NAMESAKES: i64 = 1_000;
const CANDIDATES: usize = 20;

impl Services {
    /// Opens a person or a household at the counter. Phone and ID number are sealed before they are stored. If the
    /// person has an account already, the refusal names it.
    pub async fn open_member(&self, call: &Call, ask: MemberAsk) -> Result<MemberRow, Error> {
        let (bank, id, actor) = (call.actor.bank, self.next_id(), call.clone());
        let sealed = self.seal(call, id, &ask)?;
        let services = self.clone();
        let made = self.write(call, move |tables| {
            let org = tables.org(ask.org)?.ok_or(Refusal::absent("org"))?;
            actor.must_reach(Permission::WriteMembers, &org.path, Refusal::absent("org"))?;
            check_open(tables, ask.org)?;
            if let Some(household) = ask.household_id {
                check_household(tables, &actor, household)?;
            }
            let kind = if ask.household { "household" } else { "person" };
            if let Some(hash) = &sealed.id_number_hash
                && let Some(known) = tables.member_with_id_number(hash)?
            {
                return Err(known_as(tables, &actor, known, true)?.into());
            }
            let birth_year = ask.birth_year.or_else(|| born_in(ask.id_number.as_ref()));
            let number = match &ask.number {
                Some(number) => number.clone(),
                None => Numbers::begin(tables)?.next_free(tables)?,
            };
            let row = MemberRow {
                bank_id: bank,
                id,
                kind: kind.into(),
                number,
                name: ask.name.clone(),
                org_id: ask.org,
                household_id: ask.household_id,
                gender: ask.gender.clone(),
                birth_year,
                party_member: ask.party_member,
                trade: ask.trade.clone(),
                state: "active".into(),
                merged_into_id: None,
                created_by: actor.actor.user,
                created_at: tables.now,
                version: 1,
                ..sealed.clone()
            };
            if !ask.confirmed_new {
                services.ask_if_known(tables, &actor, &row, &ask.not_same_as)?;
            }
            tables.insert_member(&row)?;
            Ok(id)
        });
        let (id, _) = made.await?;
        let row = self.store.read(bank, move |tables| tables.member(id)).await?;
        row.ok_or_else(|| Refusal::absent("member").into())
    }

    /// Refuses a row, new or changed, that may be a second file of one person: one with the name and phone of
    /// another, or with the name of a person within the caller's reach from whom nothing distinguishes it, unless the
    /// caller has confirmed to have checked all of those.
    pub(in crate::services) fn ask_if_known(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        new: &MemberRow,
        not_same_as: &[Id],
    ) -> Result<(), Error> {
        if let Some(hash) = &new.phone_hash
            && let Some(known) = tables.member_with_phone(&new.kind, &new.name, hash, Some(new.id))?
        {
            return Err(known_as(tables, call, known, false)?.into());
        }
        // Households bear the names of their heads.
        if new.kind == "household" {
            return Ok(());
        }
        let mut candidates = Vec::new();
        for (row, path) in tables.members_of_name("person", &person_name::key(&new.name), NAMESAKES)? {
            let looked_at = row.id == new.id || not_same_as.contains(&row.id);
            if looked_at || are_distinct(new, &row) || !call.actor.reaches(Permission::ReadMembers, &path) {
                continue;
            }
            let phone = self.masked(tables.bank, &row)?.phone;
            let org = tables.org(row.org_id)?.map(|org| org.name).unwrap_or_default();
            candidates.push(Candidate {
                member: row.id,
                number: row.number,
                org,
                phone,
                birth_year: row.birth_year,
            });
            if candidates.len() == CANDIDATES {
                break;
            }
        }
        match candidates.is_empty() {
            true => Ok(()),
            false => Err(Refusal::SameName { candidates }.into()),
        }
    }

    /// A new row with its sealed columns; the write fills in the rest.
    pub(in crate::services) fn seal(&self, call: &Call, id: Id, ask: &MemberAsk) -> Result<MemberRow, Error> {
        let (bank, secrets) = (call.actor.bank, &self.authority.secrets);
        let phone = ask.phone.as_ref().map(Phone::reveal);
        let id_number = ask.id_number.as_ref();
        let search = |kind, text: &str| secrets.search_hash(kind, bank, text).to_vec();
        Ok(MemberRow {
            bank_id: bank,
            id,
            kind: String::new(),
            number: String::new(),
            name: String::new(),
            org_id: ask.org,
            household_id: None,
            gender: None,
            birth_year: None,
            party_member: false,
            trade: None,
            phone_sealed: phone.map(|text| secrets.seal(Sealed::Phone, bank, id, text)).transpose()?,
            phone_hash: phone.map(|text| search(Searched::Phone, text)),
            phone_tail_hash: ask.phone.as_ref().map(|phone| search(Searched::PhoneTail, phone.tail())),
            id_number_sealed: id_number
                .map(|document| secrets.seal(Sealed::IdNumber, bank, id, &document.stored()))
                .transpose()?,
            id_number_hash: id_number.map(|document| search(Searched::IdNumber, &document.search_text())),
            state: String::new(),
            merged_into_id: None,
            created_by: call.actor.user,
            created_at: Moment::default(),
            version: 1,
            name_key: String::new(),
            initials: String::new(),
        })
    }

    /// Members within reach, by the start of their name, by number, or by the last four digits of the phone.
    pub async fn find_members(
        &self,
        call: &Call,
        mut search: MemberSearch,
        phone_tail: Option<String>,
        limit: i64,
    ) -> Result<Vec<MemberRow>, Error> {
        let bank = call.actor.bank;
        search.phone_tail_hash = phone_tail
            .map(|tail| self.authority.secrets.search_hash(Searched::PhoneTail, bank, &tail).to_vec());
        let paths = call.actor.paths(Permission::ReadMembers);
        self.store.read(bank, move |tables| tables.find_files(&search, &paths, limit)).await
    }

    /// Members within reach with this whole phone or ID number, which is never part of a URL: logs would keep it.
    pub async fn find_by_secret(
        &self,
        call: &Call,
        phone: Option<Phone>,
        id_number: Option<IdDocument>,
        limit: i64,
    ) -> Result<Vec<MemberRow>, Error> {
        let (bank, secrets) = (call.actor.bank, &self.authority.secrets);
        let hash = |kind, text: &str| secrets.search_hash(kind, bank, text).to_vec();
        let search = MemberSearch {
            phone_hash: phone.map(|phone| hash(Searched::Phone, phone.reveal())),
            id_number_hash: id_number.map(|document| hash(Searched::IdNumber, &document.search_text())),
            ..MemberSearch::default()
        };
        let paths = call.actor.paths(Permission::ReadMembers);
        self.store.read(bank, move |tables| tables.find_files(&search, &paths, limit)).await
    }

    /// The file that stays, if the id is that of a duplicate.
    pub async fn merged_into(&self, bank: BankId, id: Id) -> Result<Option<Id>, Error> {
        self.store.read(bank, move |tables| Ok(tables.member(id)?.and_then(|row| row.merged_into_id))).await
    }

    pub async fn member(&self, call: &Call, id: Id) -> Result<MemberRow, Error> {
        let actor = call.clone();
        self.store
            .read(call.actor.bank, move |tables| {
                let (member, path) = tables.file_at(id)?;
                if actor.actor.member != Some(member.id) {
                    actor.must_reach(Permission::ReadMembers, &path, Refusal::absent("member"))?;
                }
                Ok(member)
            })
            .await
    }

    /// The caller's own document number, in full.
    pub async fn own_id_number(&self, call: &Call) -> Result<Option<String>, Error> {
        let member = call.actor.member.ok_or(Refusal::absent("member"))?;
        let (bank, authority) = (call.actor.bank, Arc::clone(&self.authority));
        let found = self.store.read(bank, move |tables| {
            let (row, _) = tables.file_at(member)?;
            let blob = row.id_number_sealed;
            let open = |blob: Vec<u8>| authority.secrets.unseal(Sealed::IdNumber, bank, row.id, &blob);
            let text = blob.map(open).transpose()?;
            Ok(text.map(|text| IdDocument::of_stored(&text).map_or(text, |one| one.number().to_owned())))
        });
        found.await
    }

    /// Reveals the phone or the ID number. Who asked and why is logged first.
    pub async fn reveal(
        &self,
        call: &Call,
        id: Id,
        sealed: Sealed,
        reason: String,
    ) -> Result<Option<String>, Error> {
        let (bank, log, actor) = (call.actor.bank, self.next_id(), call.clone());
        let action = match sealed {
            Sealed::Phone => "reveal_phone",
            _ => "reveal_id_number",
        };
        let (secrets, services) = (Arc::clone(&self.authority), self.clone());
        let found = self.write_sealed(call, move |tables| {
            let (member, path) = tables.file_at(id)?;
            actor.must_reach(Permission::RevealMembers, &path, Refusal::absent("member"))?;
            tables.log_act(
                log,
                actor.actor.user,
                action,
                ("member", Some(member.id)),
                Some(reason.clone()),
            )?;
            if actor.actor.member != Some(member.id) {
                let message = Message::FileLookedAt { action: action.into() };
                services.tell(tables, To::Member(member.id), &message)?;
            }
            let blob = if action == "reveal_phone" { member.phone_sealed } else { member.id_number_sealed };
            let text = blob.map(|blob| secrets.secrets.unseal(sealed, bank, member.id, &blob)).transpose()?;
            Ok(Ok(match sealed {
                Sealed::IdNumber => text.map(|text| match IdDocument::of_stored(&text) {
                    Some(document) => document.number().to_owned(),
                    None => text,
                }),
                _ => text,
            }))
        });
        found.await
    }
}

/// Whether two persons of one name differ: by phone, document or year of birth, where both have one. Equal phones and
/// documents were looked for before.
fn are_distinct(new: &MemberRow, known: &MemberRow) -> bool {
    let both = |a: &Option<Vec<u8>>, b: &Option<Vec<u8>>| a.is_some() && b.is_some();
    let years = new.birth_year.zip(known.birth_year);
    both(&new.phone_hash, &known.phone_hash)
        || both(&new.id_number_hash, &known.id_number_hash)
        || years.is_some_and(|(new, known)| new != known)
}

/// The year of birth in a document's number.
pub(in crate::services) fn born_in(document: Option<&IdDocument>) -> Option<i64> {
    document.and_then(IdDocument::birth_date).map(|day| i64::from(day.year()))
}

/// A household that is not frozen or merged, within reach.
pub(in crate::services) fn check_household(
    tables: &mut Tables<'_>,
    call: &Call,
    household: Id,
) -> Result<(), Error> {
    let (row, path) = tables.member_at(household)?;
    call.must_reach(Permission::WriteMembers, &path, Refusal::absent("household"))?;
    match row.state.as_str() {
        _ if row.kind != "household" => Err(Refusal::absent("household").into()),
        "active" => Ok(()),
        _ => Err(Refusal::WrongState { what: "household".into(), state: row.state }.into()),
    }
}

/// Refuses with the known account; its number only if the caller may see it.
pub(in crate::services) fn known_as(
    tables: &mut Tables<'_>,
    call: &Call,
    known: Id,
    certain: bool,
) -> Result<Refusal, Error> {
    let (row, path) = tables.member_at(known)?;
    let number = call.actor.reaches(Permission::ReadMembers, &path).then_some(row.number);
    Ok(Refusal::MemberKnown { number, certain })
}

/// Volunteer numbers: eight consecutive digits and a check digit.
pub(in crate::services) struct Numbers(i64);

impl Numbers {
    /// Starts after the number of existing members.
    pub fn begin(tables: &mut Tables<'_>) -> Result<Self, Error> {
        Ok(Numbers(tables.count_members()?))
    }

    /// The next number that is not taken: some members brought their number along.
    pub fn next_free(&mut self, tables: &mut Tables<'_>) -> Result<String, Error> {
        loop {
            self.0 = self.0.saturating_add(1);
            let number = with_check_digit(self.0);
            if tables.members_numbered(std::slice::from_ref(&number))?.is_empty() {
                return Ok(number);
            }
        }
    }
}

/// Weights 3 and 1 in turn, as in EAN codes.
fn with_check_digit(count: i64) -> String {
    let base = format!("{count:08}");
    let sum: u32 =
        base.chars().zip([3, 1].iter().cycle()).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
    format!("{base}{}", (10 - sum % 10) % 10)
}

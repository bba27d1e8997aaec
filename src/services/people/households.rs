//! Households: as one of their people sees theirs, and under another head.

use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::people::household::{is_head, named_after};
use crate::domain::people::mask;
use crate::domain::refusal::Refusal;
use crate::services::people::members::MemberChange;
use crate::services::{Call, Error, Services};
use crate::store::people::finding::MemberSearch;
use crate::store::people::members::MemberRow;

/// People of a household who are listed.
const PEOPLE: i64 = 50;

/// A person of the own household. Others' names are masked: each passbook is its holder's own matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Housemate {
    pub name: String,
    pub number: String,
    pub is_caller: bool,
    /// Households bear the names of their heads.
    pub is_head: bool,
}

/// The caller's household.
#[derive(Clone, Debug)]
pub struct OwnHousehold {
    pub file: MemberRow,
    /// In the order of their numbers.
    pub people: Vec<Housemate>,
}

impl Services {
    /// The household in which the caller lives. In three statements.
    pub async fn own_household(&self, call: &Call) -> Result<Option<OwnHousehold>, Error> {
        let own = call.actor.member.filter(|_| call.actor.may(Permission::ReadOwn));
        let own = own.ok_or(Refusal::absent("member"))?;
        let found = self.store.read(call.actor.bank, move |tables| {
            let (caller, _) = tables.file_at(own)?;
            let Some(household) = caller.household_id else { return Ok(None) };
            let (file, _) = tables.file_at(household)?;
            let search = MemberSearch { household: Some(file.id), ..MemberSearch::default() };
            let rows = tables.find_members(&search, &["/".to_owned()], PEOPLE)?;
            let people = rows.into_iter().map(|row| {
                let is_caller = row.id == caller.id;
                Housemate {
                    is_head: is_head(&file.name, &row.name),
                    name: if is_caller { row.name } else { mask::name(&row.name) },
                    number: row.number,
                    is_caller,
                }
            });
            Ok(Some(OwnHousehold { people: people.collect(), file }))
        });
        found.await
    }

    /// Gives a household the name of another of its people, if it still has the version that the caller read.
    pub async fn change_head(
        &self,
        call: &Call,
        household: Id,
        version: i64,
        head: Id,
    ) -> Result<MemberRow, Error> {
        let name = self.store.read(call.actor.bank, move |tables| {
            let (file, _) = tables.file_at(household)?;
            let search = MemberSearch { household: Some(file.id), ..MemberSearch::default() };
            let people = tables.find_members(&search, &["/".to_owned()], PEOPLE)?;
            let before = people.iter().find(|row| is_head(&file.name, &row.name));
            let head = people.iter().find(|row| row.id == head).ok_or(Refusal::absent("member"))?;
            Ok(named_after(&file.name, before.map(|row| row.name.as_str()), &head.name))
        });
        let change = MemberChange { name: Some(name.await?), ..MemberChange::default() };
        self.change_member(call, household, version, change).await
    }
}

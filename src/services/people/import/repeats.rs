//! Rows of one sheet that are the same person, or head the same household.

use super::fault::{Sameness, Trouble};
use super::heading::Column;
use super::row::MemberRow;
use crate::domain::people::person_name;
use crate::domain::people::phone::Phone;
use std::collections::HashMap;

/// The rows read so far, by their identifying values.
#[derive(Default)]
pub struct Repeats {
    /// The first row of a person.
    seen: HashMap<Identity, u32>,
    /// The row of each household's head.
    heads: HashMap<String, u32>,
}

impl Repeats {
    /// Adds a row; returns the columns in which it repeats an earlier one.
    pub fn of(&mut self, member: &MemberRow) -> Vec<(Column, Trouble)> {
        let mut found = Vec::new();
        for identity in Identity::all_of(member) {
            let what = identity.sameness();
            let first = *self.seen.entry(identity).or_insert(member.row);
            if first != member.row {
                let column = match what {
                    Sameness::Number => Column::Number,
                    Sameness::IdNumber => Column::IdNumber,
                    Sameness::NameAndPhone | Sameness::NameAlone => Column::Name,
                };
                found.push((column, Trouble::SameAs { row: first, what }));
            }
        }
        if let Some(household) = member.household.clone().filter(|_| member.is_head) {
            let first = *self.heads.entry(household).or_insert(member.row);
            if first != member.row {
                found.push((Column::Head, Trouble::TwoHeads { row: first }));
            }
        }
        found
    }
}

/// What identifies a second row of the same person.
#[derive(PartialEq, Eq, Hash)]
enum Identity {
    Number(String),
    /// By its search text: renewed permits are one document.
    IdNumber(String),
    NameAndPhone(String, Phone),
    NameAlone(String, Option<String>, Option<String>),
}

impl Identity {
    fn sameness(&self) -> Sameness {
        match self {
            Identity::Number(_) => Sameness::Number,
            Identity::IdNumber(_) => Sameness::IdNumber,
            Identity::NameAndPhone(..) => Sameness::NameAndPhone,
            Identity::NameAlone(..) => Sameness::NameAlone,
        }
    }

    /// Everything that may identify this row with another.
    fn all_of(member: &MemberRow) -> Vec<Identity> {
        let mut all = Vec::new();
        all.extend(member.number.clone().map(Identity::Number));
        let name = person_name::key(&member.name);
        all.extend(member.id_number.as_ref().map(|document| Identity::IdNumber(document.search_text())));
        all.extend(member.phone.clone().map(|phone| Identity::NameAndPhone(name.clone(), phone)));
        if all.is_empty() && !member.confirmed_new {
            all.push(Identity::NameAlone(name, member.org.clone(), member.household.clone()));
        }
        all
    }
}

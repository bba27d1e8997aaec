//! Where people get help: the telephone and the counter of the nearest organisation that has a telephone, and the
//! office in charge of the whole bank.

use crate::auth::permissions::Actor;
use crate::domain::id::{BankId, Id};
use crate::services::{Error, Services};
use crate::store::people::members::OrgRow;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// An organisation as people reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    pub name: String,
    pub telephone: Option<String>,
    pub opening_hours: Option<String>,
}

/// Where a person gets help.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Help {
    /// The nearest organisation with a telephone.
    pub nearest: Option<Office>,
    /// The bank's root: who is in charge.
    pub in_charge: Option<Office>,
}

/// What was last said to those whose role holds at an organisation, and to those who are not signed in: for pages
/// that must be shown while the database is out of reach. As many as there are organisations.
#[derive(Debug, Default)]
pub struct KnownHelp(Mutex<BTreeMap<(BankId, Option<Id>), Help>>);

impl KnownHelp {
    fn note(&self, bank: BankId, org: Option<Id>, help: &Help) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((bank, org), help.clone());
    }

    /// What is known for a caller, or for those who are not signed in.
    fn of(&self, actor: Option<&Actor>) -> Help {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(actor) = actor else {
            let root = known.iter().find(|((_, org), _)| org.is_none());
            return root.map(|(_, help)| help.clone()).unwrap_or_default();
        };
        let own = actor.grants.first().and_then(|grant| known.get(&(actor.bank, Some(grant.org))));
        own.or_else(|| known.get(&(actor.bank, None))).cloned().unwrap_or_default()
    }
}

/// The ids of a path, from the top down.
pub(in crate::services) fn ids_of(path: &str) -> Vec<Id> {
    path.split('/').filter_map(|part| part.parse().ok()).collect()
}

fn office(row: &OrgRow) -> Office {
    let OrgRow { name, telephone, opening_hours, .. } = row.clone();
    Office { name, telephone, opening_hours }
}

/// The help for those at the end of a path, of whose organisations these are the rows.
pub(in crate::services) fn help_at(path: &[Id], rows: &HashMap<Id, OrgRow>) -> Help {
    let of_path: Vec<&OrgRow> = path.iter().filter_map(|id| rows.get(id)).collect();
    let nearest = of_path.iter().rev().find(|row| row.telephone.is_some());
    Help { nearest: nearest.map(|row| office(row)), in_charge: of_path.first().map(|row| office(row)) }
}

/// The help for those who are not signed in.
fn of_root(root: Option<Office>) -> Help {
    Help { nearest: root.clone().filter(|root| root.telephone.is_some()), in_charge: root }
}

impl Services {
    /// The help for those who are not signed in: the bank's root.
    pub async fn help_of_bank(&self, bank: BankId) -> Result<Help, Error> {
        let root = self.store.read(bank, |tables| match tables.root_org() {
            Ok(row) => Ok(Some(row)),
            Err(Error::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        });
        let root = root.await?.as_ref().map(office);
        let help = of_root(root);
        self.known_help.note(bank, None, &help);
        Ok(help)
    }

    /// Keeps what a caller was said, if it holds for all whose first role is at the same organisation.
    pub(in crate::services) fn note_help(&self, actor: &Actor, path: &[Id], help: &Help) {
        self.known_help.note(actor.bank, None, &of_root(help.in_charge.clone()));
        let org = actor.grants.first().map(|grant| grant.org);
        if org.is_some() && org == path.last().copied() {
            self.known_help.note(actor.bank, org, help);
        }
    }

    /// What is known without a look into the database.
    pub fn known_help(&self, actor: Option<&Actor>) -> Help {
        self.known_help.of(actor)
    }
}

//! The copy of the own data (个人信息副本): who asks is looked up once, everything else is read part by part, each in a
//! short read of its own.

use super::STORED;
use super::consents::own_file;
use crate::auth::permissions::{Actor, Grant, Role};
use crate::auth::secrets::Sealed;
use crate::domain::id::Id;
use crate::domain::ledger::account::Lot;
use crate::domain::ledger::asset::Asset;
use crate::domain::people::id_document::IdDocument;
use crate::domain::time::Days;
use crate::services::ledger::passbook::{ASSETS, PassbookLine, account_of};
use crate::services::{Call, Error, Services};
use crate::store::people::members::MemberRow;
use crate::store::people::own::Owner;
use serde_json::Value;
use std::sync::Arc;

/// A copy in progress.
#[derive(Clone, Debug)]
pub struct OwnCopy {
    /// The caller as the member alone: what other roles reach is not theirs.
    pub call: Call,
    pub file: MemberRow,
    pub owner: Owner,
    /// The household's file, whose passbook its people share.
    pub household: Option<MemberRow>,
    /// The passbooks in their order: whose, and in which asset.
    purses: Arc<Vec<(Id, Asset)>>,
}

/// The file with its numbers as they are.
#[derive(Clone, Debug)]
pub struct WholeFile {
    pub row: MemberRow,
    pub org: String,
    pub phone: Option<String>,
    pub id_kind: Option<&'static str>,
    pub id_number: Option<String>,
}

/// A line of one of the passbooks.
#[derive(Clone, Debug)]
pub struct OwnLine {
    /// Which passbook, in the order of the copy.
    pub purse: usize,
    /// It is that of the household.
    pub of_household: bool,
    pub asset: Asset,
    pub line: PassbookLine,
    /// What was written to the entry in words; of the own passbook alone.
    pub note: Option<String>,
}

/// The place of a line: which passbook, entry and leg.
pub type LinePlace = (usize, i64, i64);

impl Services {
    /// Begins a copy of the caller's own data. It is written in the access log before anything is read.
    pub async fn begin_copy(&self, call: &Call) -> Result<OwnCopy, Error> {
        let (caller, log) = (call.clone(), self.next_id());
        let logged = self.store.write(call.actor.bank, move |tables| {
            let file = own_file(tables, &caller)?;
            tables.log_act(
                log,
                caller.actor.user,
                "copy_own_data",
                ("member", Some(file.id)),
                Some("/v1/me/data".into()),
            )?;
            let owner = tables.owner(file.id)?;
            let household = file.household_id.map(|home| tables.member_that_stays(home)).transpose()?;
            let files = std::iter::once(file.id).chain(household.as_ref().map(|home| home.id));
            let purses = files.flat_map(|file| ASSETS.map(|asset| (file, asset))).collect();
            let own = |grant: &&Grant| grant.role == Role::Volunteer;
            let grants = caller.actor.grants.iter().filter(own).cloned().collect();
            let actor = Actor { merchant: None, member: Some(file.id), grants, ..caller.actor.clone() };
            Ok(OwnCopy { call: Call::of(actor), file, owner, household, purses: Arc::new(purses) })
        });
        logged.await
    }

    /// The caller's file and its duplicates, with whole numbers.
    pub async fn own_files(&self, copy: &OwnCopy) -> Result<Vec<WholeFile>, Error> {
        let ids = copy.owner.members.clone();
        let found = self.store.read(copy.call.actor.bank, move |tables| {
            let rows = tables.members_by_id(ids)?;
            let orgs = tables.orgs(rows.iter().map(|row| row.org_id))?;
            let named = rows.into_iter().map(|row| {
                let org = orgs.get(&row.org_id).map(|org| org.name.clone()).unwrap_or_default();
                (row, org)
            });
            Ok(named.collect::<Vec<_>>())
        });
        found.await?.into_iter().map(|(row, org)| self.whole_file(row, org)).collect()
    }

    fn whole_file(&self, row: MemberRow, org: String) -> Result<WholeFile, Error> {
        let secrets = &self.authority.secrets;
        let open = |kind, blob: &Option<Vec<u8>>| {
            blob.as_ref().map(|blob| secrets.unseal(kind, row.bank_id, row.id, blob)).transpose()
        };
        let phone = open(Sealed::Phone, &row.phone_sealed)?;
        let document =
            open(Sealed::IdNumber, &row.id_number_sealed)?.and_then(|text| IdDocument::of_stored(&text));
        Ok(WholeFile {
            phone,
            id_kind: document.as_ref().map(|document| document.kind().as_str()),
            id_number: document.map(|document| document.number().to_owned()),
            row,
            org,
        })
    }

    /// Rows of a table about the caller as they are stored, without what is withheld.
    pub async fn own_rows(
        &self,
        copy: &OwnCopy,
        table: &'static str,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<(Id, Value)>, Error> {
        let owner = copy.owner.clone();
        let found = self.store.read(copy.call.actor.bank, move |tables| match table {
            "record_texts" => tables.own_record_texts(&owner, after, limit),
            "objections" => tables.own_objections(&owner, after, limit),
            "household_stays" => tables.own_stays(&owner, after, limit),
            _ => tables.own_rows(table, &owner, after, limit),
        });
        let columns = STORED.iter().find(|one| one.table == table).map_or(&[][..], |one| one.columns);
        let shown = |(id, row): (Id, Value)| {
            let members =
                columns.iter().filter_map(|name| Some(((*name).to_owned(), row.get(name)?.clone())));
            (id, Value::Object(members.collect()))
        };
        Ok(found.await?.into_iter().map(shown).collect())
    }

    /// Lines of the caller's passbooks and of the household's, each newest first, after one of them.
    pub async fn own_passbooks(
        &self,
        copy: &OwnCopy,
        after: Option<LinePlace>,
        limit: i64,
    ) -> Result<Vec<OwnLine>, Error> {
        let (purses, own) = (Arc::clone(&copy.purses), copy.file.id);
        let found = self.store.read(copy.call.actor.bank, move |tables| {
            let (first, mut before) = match after {
                Some((purse, entry, leg)) => (purse, Some((entry, leg))),
                None => (0, None),
            };
            let most = usize::try_from(limit).unwrap_or(usize::MAX);
            let mut lines: Vec<OwnLine> = Vec::new();
            for (purse, (file, asset)) in purses.iter().copied().enumerate().skip(first) {
                let left = i64::try_from(most.saturating_sub(lines.len())).unwrap_or(0);
                if left == 0 {
                    break;
                }
                let part =
                    tables.history_of_days(account_of(file, asset), Days::default(), before.take(), left)?;
                let of_household = file != own;
                let line = |line| OwnLine { purse, of_household, asset, line, note: None };
                lines.extend(part.into_iter().map(line));
            }
            let entries = lines.iter().filter(|one| !one.of_household).map(|one| one.line.entry);
            let mut notes = tables.texts_of_entries(&entries.collect::<Vec<i64>>())?;
            for one in lines.iter_mut().filter(|one| !one.of_household) {
                one.note = notes.remove(&one.line.entry);
            }
            Ok(lines)
        });
        found.await
    }

    /// The caller's points by the day on which they run out.
    pub async fn own_lots(&self, copy: &OwnCopy) -> Result<Vec<Lot>, Error> {
        let account = account_of(copy.file.id, Asset::Point);
        self.store.read(copy.call.actor.bank, move |tables| tables.open_lots(account)).await
    }
}

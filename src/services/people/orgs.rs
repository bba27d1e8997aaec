//! The tree of organisations: open, move, close.

use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::OrgRow;

fn absent() -> Refusal {
    Refusal::NotFound { what: "org".into() }
}

fn wrong_state(state: &str) -> Error {
    Refusal::WrongState { what: "org".into(), state: state.into() }.into()
}

impl Services {
    pub async fn open_org(&self, call: &Call, ask: OrgAsk) -> Result<OrgRow, Error> {
        let (bank, id, actor) = (call.actor.bank, self.next_id(), call.clone());
        let made = self.write(call, move |tables| {
            let parent = tables.org(ask.parent)?.ok_or_else(absent)?;
            actor.must_reach(Permission::WriteOrgs, &parent.path, absent())?;
            check_open(tables, parent.id)?;
            let row = OrgRow {
                bank_id: bank,
                id,
                parent_id: Some(parent.id),
                kind: ask.kind.clone(),
                code: ask.code.clone(),
                name: ask.name.clone(),
                path: format!("{}{id}/", parent.path),
                state: "open".into(),
                created_at: tables.now,
                version: 1,
                telephone: ask.telephone.clone(),
                opening_hours: ask.opening_hours.clone(),
                responsible: ask.responsible.clone(),
            };
            tables.insert_org(&row)?;
            Ok(id)
        });
        let (id, _) = made.await?;
        let row = self.store.read(bank, move |tables| tables.org(id)).await?;
        row.ok_or_else(|| absent().into())
    }

    /// Changes the name, the telephone, the hours and the person responsible of an open organisation, if it still has the version that the
    /// caller read.
    pub async fn change_org(
        &self,
        call: &Call,
        id: Id,
        version: i64,
        change: OrgChange,
    ) -> Result<OrgRow, Error> {
        let (bank, actor) = (call.actor.bank, call.clone());
        let changed = self.write(call, move |tables| {
            let mut row = tables.org(id)?.ok_or_else(absent)?;
            actor.must_reach(Permission::WriteOrgs, &row.path, absent())?;
            if row.state != "open" {
                return Err(wrong_state(&row.state));
            }
            if row.version != version {
                return Err(Refusal::VersionStale { what: "org".into(), version: row.version }.into());
            }
            row.name = change.name.clone().unwrap_or(row.name);
            row.telephone = change.telephone.clone().unwrap_or(row.telephone);
            row.opening_hours = change.opening_hours.clone().unwrap_or(row.opening_hours);
            row.responsible = change.responsible.clone().unwrap_or(row.responsible);
            row.version = row.version.saturating_add(1);
            tables.update(&row)
        });
        changed.await?;
        let row = self.store.read(bank, move |tables| tables.org(id)).await?;
        row.ok_or_else(|| absent().into())
    }

    /// Moves an organisation with everything below it, if it still has the version `seen` (`None`: whatever its
    /// version); never under itself or a closed one.
    pub async fn move_org(&self, call: &Call, id: Id, parent: Id, seen: Option<i64>) -> Result<(), Error> {
        let actor = call.clone();
        let moved = self.write(call, move |tables| {
            let own = tables.org(id)?.ok_or_else(absent)?;
            actor.must_reach(Permission::WriteOrgs, &own.path, absent())?;
            if seen.is_some_and(|seen| seen != own.version) {
                return Err(Refusal::VersionStale { what: "org".into(), version: own.version }.into());
            }
            let parent = tables.org(parent)?.ok_or_else(absent)?;
            actor.must_reach(Permission::WriteOrgs, &parent.path, absent())?;
            if parent.path.starts_with(&own.path) {
                return Err(wrong_state("parent"));
            }
            check_open(tables, parent.id)?;
            tables.move_org(id, &parent)
        });
        moved.await.map(|_| ())
    }

    /// Closes an organisation that is not in use (`org_in_use`). The root cannot be closed.
    pub async fn close_org(&self, call: &Call, id: Id) -> Result<(), Error> {
        let actor = call.clone();
        let closed = self.write(call, move |tables| {
            let own = tables.org(id)?.ok_or_else(absent)?;
            actor.must_reach(Permission::WriteOrgs, &own.path, absent())?;
            if own.state != "open" {
                return Err(wrong_state(&own.state));
            }
            if own.parent_id.is_none() {
                return Err(wrong_state("root"));
            }
            if tables.org_in_use(id)? {
                return Err(wrong_state("in_use"));
            }
            tables.set_org_state(id, "closed")
        });
        closed.await.map(|_| ())
    }

    /// All organisations within reach, parents before their children.
    pub async fn orgs(&self, call: &Call) -> Result<Vec<OrgRow>, Error> {
        let paths = call.actor.paths(Permission::ReadOrgs);
        self.store.read(call.actor.bank, move |tables| tables.orgs_below(&paths)).await
    }

    /// A page of those that were opened on some days, in that order, after one of them.
    pub async fn orgs_page(
        &self,
        call: &Call,
        days: Days,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<OrgRow>, Error> {
        let paths = call.actor.paths(Permission::ReadOrgs);
        self.store.read(call.actor.bank, move |tables| tables.orgs_page(&paths, days, after, limit)).await
    }
}

/// A closed organisation takes no new activities and no service.
pub(in crate::services) fn check_open(tables: &mut Tables<'_>, org: Id) -> Result<(), Error> {
    let row = tables.org(org)?.ok_or_else(absent)?;
    match row.state.as_str() {
        "open" => Ok(()),
        _ => Err(wrong_state(&row.state)),
    }
}

/// A new organisation below `parent`.
#[derive(Clone, Debug, Default)]
pub struct OrgAsk {
    pub parent: Id,
    pub kind: String,
    pub code: String,
    pub name: String,
    /// For help; without one, the next organisation above is called.
    pub telephone: Option<String>,
    /// When its counter is open, in a few words.
    pub opening_hours: Option<String>,
    /// 负责人: the person responsible, named on certificates.
    pub responsible: Option<String>,
}

/// Changes to an organisation; `None` leaves a member as it is, `Some(None)` removes it.
#[derive(Clone, Debug, Default)]
pub struct OrgChange {
    pub name: Option<String>,
    pub telephone: Option<Option<String>>,
    pub opening_hours: Option<Option<String>>,
    pub responsible: Option<Option<String>>,
}

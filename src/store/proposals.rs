//! Proposals: what one person asks for and a second one decides.

use super::Tables;
use super::error::Error;
use super::schema::{orgs, proposals};
use crate::domain::id::{BankId, Id};
use crate::domain::time::Moment;
use diesel::prelude::*;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = proposals, primary_key(bank_id, id), treat_none_as_null = true)]
pub struct ProposalRow {
    pub bank_id: BankId,
    pub id: Id,
    /// `award`.
    pub kind: String,
    pub org_id: Id,
    /// Whom it is about.
    pub subject_id: Id,
    /// What is asked for, as JSON.
    pub body: String,
    /// `open`, `approved` or `rejected`.
    pub state: String,
    pub proposed_by: Id,
    pub proposed_at: Moment,
    pub decided_by: Option<Id>,
    pub decided_at: Option<Moment>,
    pub entry_number: Option<i64>,
    pub version: i64,
}

impl Tables<'_> {
    pub fn proposal(&mut self, id: Id) -> Result<Option<ProposalRow>, Error> {
        let row = proposals::table.find((self.bank, id)).select(ProposalRow::as_select());
        Ok(row.get_result(self.conn).optional()?)
    }

    pub fn insert_proposal(&mut self, row: &ProposalRow) -> Result<(), Error> {
        diesel::insert_into(proposals::table).values(row).execute(self.conn)?;
        Ok(())
    }

    pub fn update_proposal(&mut self, row: &ProposalRow) -> Result<(), Error> {
        diesel::update(proposals::table.find((self.bank, row.id))).set(row).execute(self.conn)?;
        Ok(())
    }

    /// Proposals in a state below the paths, newest first.
    pub fn proposals_page(
        &mut self,
        paths: &[String],
        state: &str,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<ProposalRow>, Error> {
        let mut found: Vec<ProposalRow> = Vec::new();
        for path in paths {
            let reached = orgs::table
                .filter(orgs::bank_id.eq(self.bank))
                .filter(orgs::path.ge(path.clone()).and(orgs::path.lt(format!("{path}\u{10ffff}"))))
                .select(orgs::id);
            let mut query = proposals::table
                .filter(proposals::bank_id.eq(self.bank).and(proposals::state.eq(state.to_owned())))
                .filter(proposals::org_id.eq_any(reached))
                .into_boxed();
            if let Some(before) = before {
                query = query.filter(proposals::id.lt(before));
            }
            let rows = query.order(proposals::id.desc()).limit(limit).select(ProposalRow::as_select());
            found.extend(rows.load(self.conn)?);
        }
        found.sort_by_key(|row| std::cmp::Reverse(row.id));
        found.dedup_by_key(|row| row.id);
        found.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(found)
    }
}

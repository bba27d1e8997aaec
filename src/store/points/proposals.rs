//! Proposals: requested by one person, decided by a second one.

use crate::domain::id::Id;
use crate::domain::time::{Days, Moment};
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::readers::on_days::on_days;
pub use crate::store::schema::ProposalRow;
use crate::store::schema::{orgs, proposals};
use diesel::prelude::*;

/// The kind of proposals of awards.
pub const AWARD: &str = "award";
pub const WAIVER: &str = "waiver";
/// Points out of a pool.
pub const RELIEF: &str = "relief";
/// What is decided among the proposals of awards.
pub const OF_POINTS: [&str; 3] = [AWARD, WAIVER, RELIEF];

impl Tables<'_> {
    pub fn proposal(&mut self, id: Id) -> Result<Option<ProposalRow>, Error> {
        self.find(id)
    }

    /// Open proposals of a kind that were made since a moment.
    pub fn open_proposals_since(&mut self, kind: &str, since: Moment) -> Result<Vec<ProposalRow>, Error> {
        let open = proposals::table
            .filter(proposals::bank_id.eq(self.bank).and(proposals::state.eq("open")))
            .filter(proposals::kind.eq(kind).and(proposals::proposed_at.ge(since)));
        Ok(open.order(proposals::id).select(ProposalRow::as_select()).load(self.conn)?)
    }

    /// Proposals of a kind and state that were made on some days, newest first.
    pub fn proposals_of_kind(
        &mut self,
        kind: &str,
        state: &str,
        days: Days,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<ProposalRow>, Error> {
        let mut rows = proposals::table
            .filter(proposals::bank_id.eq(self.bank).and(proposals::state.eq(state.to_owned())))
            .filter(proposals::kind.eq(kind.to_owned()))
            .into_boxed();
        on_days!(rows, days, self.zone, proposals::proposed_at, proposals::id);
        if let Some(before) = before {
            rows = rows.filter(proposals::id.lt(before));
        }
        Ok(rows.order(proposals::id.desc()).limit(limit).select(ProposalRow::as_select()).load(self.conn)?)
    }

    /// An open proposal of a kind about a subject.
    pub fn open_proposal_about(&mut self, kind: &str, subject: Id) -> Result<Option<ProposalRow>, Error> {
        let open = proposals::table
            .filter(proposals::bank_id.eq(self.bank).and(proposals::state.eq("open")))
            .filter(proposals::kind.eq(kind).and(proposals::subject_id.eq(subject)));
        Ok(open.select(ProposalRow::as_select()).first(self.conn).optional()?)
    }

    /// The last proposal of a kind about a subject, open or decided.
    pub fn last_proposal_about(&mut self, kind: &str, subject: Id) -> Result<Option<ProposalRow>, Error> {
        let about = proposals::table
            .filter(proposals::bank_id.eq(self.bank).and(proposals::subject_id.eq(subject)))
            .filter(proposals::kind.eq(kind));
        let last = about.order(proposals::id.desc()).select(ProposalRow::as_select());
        Ok(last.first(self.conn).optional()?)
    }

    /// How many open proposals about a subject are of another kind.
    pub fn open_proposals_but(&mut self, kind: &str, subject: Id) -> Result<usize, Error> {
        let open = proposals::table
            .filter(proposals::bank_id.eq(self.bank).and(proposals::state.eq("open")))
            .filter(proposals::kind.ne(kind).and(proposals::subject_id.eq(subject)));
        let count: i64 = open.count().get_result(self.conn)?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Moves open awards, waivers and reliefs with their member to another organisation.
    pub fn move_open_proposals(&mut self, subject: Id, org: Id) -> Result<(), Error> {
        let open = proposals::table
            .filter(proposals::bank_id.eq(self.bank).and(proposals::state.eq("open")))
            .filter(proposals::kind.eq_any(OF_POINTS).and(proposals::subject_id.eq(subject)));
        diesel::update(open)
            .set((proposals::org_id.eq(org), proposals::version.eq(proposals::version + 1)))
            .execute(self.conn)?;
        Ok(())
    }

    /// Proposals of awards, waivers and reliefs in a state below the paths that were made on some days, newest first.
    pub fn proposals_page(
        &mut self,
        paths: &[String],
        state: &str,
        days: Days,
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
                .filter(proposals::kind.eq_any(OF_POINTS))
                .into_boxed();
            on_days!(query, days, self.zone, proposals::proposed_at, proposals::id);
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

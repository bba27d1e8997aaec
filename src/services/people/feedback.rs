//! Complaints and proposals (投诉建议): made by any user, or by staff for a member; answered by the staff of the organisation
//! or of one above it, by a day.

use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{DISPUTE_ANSWER, FEEDBACK};
use crate::domain::people::feedback::{ANSWER_DAYS, FeedbackKind};
use crate::domain::refusal::Refusal;
use crate::ledger::Command;
use crate::services::step::{HasLifeCycle, Place, StepContext, versioned_row};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
pub use crate::store::people::feedback::{FeedbackFilter, FeedbackRow};
use std::collections::HashMap;

/// What is complained of or proposed.
#[derive(Clone, Debug)]
pub struct FeedbackAsk {
    pub kind: FeedbackKind,
    pub words: String,
    /// By staff for a member; `None`: for oneself.
    pub member: Option<Id>,
}

/// One with the names that belong to it.
#[derive(Clone, Debug)]
pub struct FeedbackStanding {
    pub row: FeedbackRow,
    pub org: String,
    /// The day by which it is answered has passed.
    pub is_late: bool,
}

impl Services {
    /// Writes a complaint or a proposal down; returns its id.
    pub async fn give_feedback(&self, call: &Call, ask: FeedbackAsk) -> Result<Id, Error> {
        let (caller, id) = (call.clone(), self.next_id());
        let given = self.write(call, move |tables| {
            let member = match ask.member {
                Some(member) => {
                    let (file, path) = tables.file_at(member)?;
                    caller.must_reach(Permission::AnswerFeedback, &path, Refusal::absent("member"))?;
                    Some(file)
                }
                None => match caller.actor.member {
                    Some(own) => Some(tables.member_that_stays(own)?),
                    None => None,
                },
            };
            let org_id = match &member {
                Some(member) => member.org_id,
                None => tables
                    .user(caller.actor.user)?
                    .and_then(|user| user.home_org_id)
                    .map_or_else(|| tables.root_org().map(|root| root.id), Ok)?,
            };
            let row = FeedbackRow {
                bank_id: tables.bank,
                id,
                number: tables.next_feedback_number()?,
                kind: ask.kind.to_string(),
                org_id,
                member_id: member.map(|member| member.id),
                made_by: caller.actor.user,
                words: ask.words.clone(),
                state: "open".into(),
                made_at: tables.now,
                due_on: tables.today().plus(ANSWER_DAYS),
                answer: None,
                answered_by: None,
                answered_at: None,
                objection: None,
                version: 1,
            };
            tables.insert(&row)?;
            Ok(id)
        });
        Ok(given.await?.0)
    }

    /// Complaints and proposals, newest first: the caller's own, or all within reach.
    pub async fn feedback(
        &self,
        call: &Call,
        filter: FeedbackFilter,
        own: bool,
        limit: i64,
    ) -> Result<Vec<FeedbackStanding>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let paths = caller.actor.paths(Permission::ReadFeedback);
            let own = match own || paths.is_empty() {
                true => Some((caller.actor.user, own_ids(tables, &caller)?)),
                false => None,
            };
            let rows = tables.feedback_page(&FeedbackFilter { paths, own, ..filter }, limit)?;
            with_names(tables, rows)
        });
        found.await
    }

    /// One of the caller's own, or one within reach.
    pub async fn one_feedback(&self, call: &Call, id: Id) -> Result<FeedbackStanding, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let absent = Refusal::absent("feedback");
            let row: FeedbackRow = tables.find(id)?.ok_or(absent.clone())?;
            if !made_by_caller(tables, &caller, &row)? {
                let path = tables.org_path(row.org_id)?;
                caller.must_reach(Permission::ReadFeedback, &path, absent.clone())?;
            }
            with_names(tables, vec![row])?.pop().ok_or_else(|| absent.into())
        });
        found.await
    }
}

/// Whether the caller made it, or it was made for them.
pub(in crate::services) fn made_by_caller(
    tables: &mut Tables<'_>,
    call: &Call,
    row: &FeedbackRow,
) -> Result<bool, Error> {
    let ids = own_ids(tables, call)?;
    Ok(row.made_by == call.actor.user || row.member_id.is_some_and(|id| ids.contains(&id)))
}

fn own_ids(tables: &mut Tables<'_>, call: &Call) -> Result<Vec<Id>, Error> {
    call.actor.member.map_or(Ok(Vec::new()), |member| tables.ids_of_file(member))
}

fn with_names(tables: &mut Tables<'_>, rows: Vec<FeedbackRow>) -> Result<Vec<FeedbackStanding>, Error> {
    let orgs = tables.orgs(rows.iter().map(|row| row.org_id))?;
    let names: HashMap<Id, String> = orgs.into_iter().map(|(id, org)| (id, org.name)).collect();
    let today = tables.today();
    let standing = |row: FeedbackRow| FeedbackStanding {
        org: names.get(&row.org_id).cloned().unwrap_or_default(),
        is_late: matches!(row.state.as_str(), "open" | "disputed") && row.due_on < today,
        row,
    };
    Ok(rows.into_iter().map(standing).collect())
}

impl HasLifeCycle for FeedbackRow {
    const CYCLE: &'static LifeCycle = &FEEDBACK;

    versioned_row!();

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let member = self.member_id.map(|member| tables.member_that_stays(member)).transpose()?;
        Ok(Place { path: tables.org_path(self.org_id)?, member, ..Place::default() })
    }

    fn title(&self, _: &mut Tables<'_>) -> Result<Option<String>, Error> {
        Ok(Some(self.number.clone()))
    }

    /// A disputed answer has a day of its own.
    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        if context.is(&DISPUTE_ANSWER) {
            self.due_on = context.tables.today().plus(ANSWER_DAYS);
        }
        Ok(None)
    }
}

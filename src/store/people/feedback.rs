//! Complaints and proposals.

use crate::domain::id::Id;
use crate::domain::time::{Day, Days};
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::reached;
use crate::store::schema::*;
use crate::store::{Error, Tables};
use diesel::prelude::*;

pub use crate::store::schema::FeedbackRow;

/// States in which an answer is due.
pub const WAITING: [&str; 2] = ["open", "disputed"];

/// Filters for complaints and proposals.
#[derive(Clone, Debug, Default)]
pub struct FeedbackFilter {
    /// Those of organisations below these paths, or …
    pub paths: Vec<String>,
    /// … those of a user, and those made for these members.
    pub own: Option<(Id, Vec<Id>)>,
    pub state: Option<String>,
    pub waiting: bool,
    /// Due before this day.
    pub due_before: Option<Day>,
    pub days: Days,
    pub before: Option<Id>,
}

impl Tables<'_> {
    /// Complaints and proposals, newest first.
    pub fn feedback_page(&mut self, filter: &FeedbackFilter, limit: i64) -> Result<Vec<FeedbackRow>, Error> {
        let mut query = feedback::table.filter(feedback::bank_id.eq(self.bank)).into_boxed();
        query = match &filter.own {
            Some((user, members)) => {
                let made_for = feedback::member_id.eq_any(members.clone());
                query.filter(feedback::made_by.eq(*user).or(made_for.assume_not_null()))
            }
            None => query.filter(feedback::org_id.eq_any(reached!(self, &filter.paths))),
        };
        if let Some(state) = &filter.state {
            query = query.filter(feedback::state.eq(state.clone()));
        }
        if filter.waiting {
            query = query.filter(feedback::state.eq_any(WAITING));
        }
        if let Some(day) = filter.due_before {
            query = query.filter(feedback::due_on.lt(day));
        }
        if let Some(before) = filter.before {
            query = query.filter(feedback::id.lt(before));
        }
        on_days!(query, filter.days, self.zone, feedback::made_at, feedback::id);
        let rows = query.order(feedback::id.desc()).limit(limit).select(FeedbackRow::as_select());
        Ok(rows.load(self.conn)?)
    }

    /// The next number of a year: `2026-0017`.
    pub fn next_feedback_number(&mut self) -> Result<String, Error> {
        let year = self.today().year();
        let of_year = feedback::table
            .filter(feedback::bank_id.eq(self.bank))
            .filter(feedback::number.ge(format!("{year}-")).and(feedback::number.lt(format!("{year}."))));
        let last: Option<String> =
            of_year.select(diesel::dsl::max(feedback::number)).get_result(self.conn)?;
        let last = last.and_then(|number| number.split_once('-')?.1.parse::<i64>().ok()).unwrap_or(0);
        Ok(format!("{year}-{:06}", last.saturating_add(1)))
    }
}

//! A part of a list: days, maximum number of rows, position.

use super::faults::{FieldError, FieldFault, Place};
use super::problem::ApiError;
use crate::domain::time::{Days, Moment};
use std::str::FromStr;

/// The rows of a list that are read at once.
#[derive(Clone, Debug)]
pub struct Part {
    pub days: Days,
    /// Maximum number of rows.
    pub limit: i64,
    /// The position of the last row of the part before.
    pub after: Option<String>,
}

/// A row with its position in the list's order, which no change of the row affects.
pub type Placed<R> = (String, R);

impl Part {
    /// The position, parsed as a number or an id.
    pub fn after_as<T: FromStr>(&self) -> Result<Option<T>, ApiError> {
        let read = |text: &String| text.parse().map_err(|_| bad());
        self.after.as_ref().map(read).transpose()
    }

    /// The same for lists that are ordered by time when they are filtered by days: the moment, and the position
    /// within it.
    pub fn after_in_time<T: FromStr>(&self) -> Result<(Option<Moment>, Option<T>), ApiError> {
        if self.days.are_all() {
            return Ok((None, self.after_as()?));
        }
        let Some(text) = &self.after else { return Ok((None, None)) };
        let read = text.split_once('.').and_then(|(at, key)| Some((at.parse().ok()?, key.parse().ok()?)));
        let (at, key) = read.ok_or_else(bad)?;
        Ok((Some(Moment::from_micros(at)), Some(key)))
    }

    /// The position of a row in such a list.
    pub fn place(&self, at: Moment, key: impl std::fmt::Display) -> String {
        if self.days.are_all() { key.to_string() } else { format!("{}.{key}", at.micros()) }
    }
}

pub(super) fn bad() -> ApiError {
    FieldError::new(Place::Query, "cursor", FieldFault::BadCursor).into()
}

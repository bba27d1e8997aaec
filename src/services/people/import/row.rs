//! A member as a sheet describes them.

use super::heading::Column;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::phone::Phone;
use crate::domain::time::Day;

/// A member as the sheet describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// Row as the spreadsheet counts it.
    pub row: u32,
    /// The number that the person had before.
    pub number: Option<String>,
    pub name: String,
    pub phone: Option<Phone>,
    pub id_number: Option<IdDocument>,
    /// From its own column, or from the identity number.
    pub birth_date: Option<Day>,
    /// Code or name of the organisation; its existence is checked later.
    pub org: Option<String>,
    /// Rows with the same text here live in one household.
    pub household: Option<String>,
    pub is_head: bool,
    /// Staff have checked that this is none of the members of the same name.
    pub confirmed_new: bool,
    pub opening: Option<Opening>,
}

/// An opening balance. Points in smallest units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    pub points: i64,
    /// `None` if the sheet does not say.
    pub lifetime_points: Option<i64>,
    /// Of all years.
    pub service_minutes: i64,
    /// The part of it in single years, in the order of their columns.
    pub years: Vec<YearMinutes>,
    /// The last day that the figures include.
    pub day: Day,
}

/// Service of one year, from the cell of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearMinutes {
    pub column: Column,
    pub year: i32,
    pub minutes: i64,
}

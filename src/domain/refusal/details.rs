//! What refusals say beside their figures.

use crate::domain::id::Id;
use crate::domain::shops::goods::LineFault;
use serde::{Deserialize, Serialize};

/// A member who may be the same person, as far as the caller may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub member: Id,
    pub number: String,
    pub org: String,
    /// Masked.
    pub phone: Option<String>,
    pub birth_year: Option<i64>,
}

/// A fault of a scheme's text: its place, and the sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultText {
    pub line: usize,
    pub column: usize,
    pub chinese: String,
    pub english: String,
}

/// What is wrong with a line of a goods sheet, from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongLine {
    pub row: u32,
    pub fault: LineFault,
}

/// Why an entry cannot be reversed as requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReversible {
    /// A merge of two files cannot be reversed.
    IsMerge,
    /// The counters of groups decided what it granted.
    OfGroups,
    /// A part of what is counted in times or hours.
    OnlyWhole,
    /// It is a reversal itself.
    IsReversal,
    NoPostings,
    /// A record, redemption or statement depends on it: it is corrected there.
    BelongsToDocument,
    /// Holds are voided, not reversed.
    IsHold,
    /// It has paid or waived a debt.
    IsOwed,
}

/// A term that a scheme does not define.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemeTerm {
    Hours,
    Item,
    Level,
    Category,
    Evidence,
}

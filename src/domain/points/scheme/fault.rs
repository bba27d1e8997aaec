//! Faults of a scheme file, each with its place and a sentence that helps.

use super::syntax::{Syntax, short};
use crate::domain::language::Language;
use crate::texts::{List, Text, sentences as s, word};
use serde::Serialize;
use std::fmt;

/// One fault of a scheme file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemeFault {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The path of the value, e.g. `items[3].points` (counted from 1).
    pub path: String,
    pub problem: Problem,
}

impl SchemeFault {
    /// Place and problem as one sentence.
    pub fn sentence(&self, language: Language) -> String {
        let (SchemeFault { line, column, path, .. }, what) = (self, self.problem.text());
        let text: Text = match path.is_empty() {
            true => s::SchemeFileFault { line, column, what }.into(),
            false => s::SchemeFileFaultAt { line, column, path, what }.into(),
        };
        text.say(language)
    }
}

impl fmt::Display for SchemeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(Language::English))
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    /// Not TOML.
    Syntax {
        slip: Syntax,
    },
    /// There are more faults than are listed.
    MoreFaults {
        more: usize,
    },
    TooLong {
        most_bytes: usize,
    },
    UnknownKey {
        key: String,
        known: Vec<&'static str>,
        /// The known key that is most similar.
        near: Option<&'static str>,
        /// The headers of the tables in which it belongs; empty: the beginning of the file.
        belongs: Vec<&'static str>,
    },
    /// A list of tables is written as a single table.
    NotAList {
        key: String,
    },
    /// A single table is written as a list of tables.
    NotATable {
        key: String,
    },
    MissingKey {
        key: &'static str,
    },
    WrongType {
        expected: Expected,
        found: &'static str,
    },
    /// Not written as a plain decimal number.
    NotANumber {
        text: String,
    },
    TooManyDecimals {
        most: u32,
    },
    OutOfRange {
        least: String,
        most: String,
    },
    UnknownWord {
        text: String,
        known: Vec<&'static str>,
    },
    /// Letters, digits, `-`, `_` and `.` only, 1 to 64 characters.
    BadCode,
    /// Empty, too long, or with control characters.
    BadText {
        most: usize,
    },
    Duplicate {
        code: String,
    },
    /// `valid_until` before `valid_from`, or points that end before the scheme begins.
    DatesReversed,
    /// Thresholds must rise from row to row.
    NotRising,
    /// Only one of these may be given.
    OnlyOneOf {
        keys: Vec<&'static str>,
    },
    /// At least one of these must be given.
    OneNeededOf {
        keys: Vec<&'static str>,
    },
    /// Refers to a code that the file does not define.
    UnknownReference {
        code: String,
    },
    TooDeep {
        most: usize,
    },
    /// No points per hour can be found for this level or category.
    NoRate {
        code: String,
    },
    /// All rows must use the same thresholds: hours, points, or both.
    UnevenThresholds,
    /// `most` below `least`.
    BoundsReversed,
    /// A group begins below its `least` or above its `most`.
    StartOutside,
    /// A group stands above itself.
    Circle {
        code: String,
    },
    /// The group above begins anew more often.
    WindowShorter {
        code: String,
    },
    /// The group above counts times or hours, and this one passes points.
    CountsNoPoints {
        code: String,
    },
    /// Worth something before any deed, where the purse or a longer window above would count that again and again.
    NotAtRest,
    /// A cap in points over deeds whose worth the counters of groups decide.
    CapOverCounter,
    /// Two rows of a table may fit one deed.
    CasesMeet,
    /// A table that leaves days or people out, without `otherwise`.
    CasesOpen,
    /// `nth` rows that do not follow each other from 1 on.
    NthGap,
    /// The group counts times or hours: its tiers or bands are the price.
    PricedByGroup,
    /// A deduction or a zeroing among items of which the highest counts.
    NeverHighest,
    /// This key has no meaning beside that one.
    NotWith {
        other: &'static str,
    },
}

/// The kind of value that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    Text,
    Number,
    WholeNumber,
    Date,
    Flag,
    Table,
    List,
    WordOrTable,
    NumberWordOrTable,
}

impl Problem {
    /// The problem as a sentence that says what to write instead.
    fn text(&self) -> Text {
        match self {
            Problem::Syntax { slip } => slip.text(),
            Problem::MoreFaults { more } => s::SchemeFileMoreFaults { more }.into(),
            Problem::TooLong { most_bytes } => s::SchemeFileTooLong { most_bytes }.into(),
            Problem::UnknownKey { key, known, near, belongs } => {
                let key = short(key);
                match (belongs.as_slice(), near) {
                    ([], Some(near)) => s::SchemeFileUnknownKeyNear { key, near }.into(),
                    ([], None) => s::SchemeFileUnknownKey { key, known: List::of(known) }.into(),
                    (belongs, _) => {
                        let places = List::with(belongs.iter().map(|header| place(header)), s::BetweenPlaces);
                        s::SchemeFileKeyElsewhere { key, places }.into()
                    }
                }
            }
            Problem::NotAList { key } => s::SchemeFileNotAList { key: short(key) }.into(),
            Problem::NotATable { key } => s::SchemeFileNotATable { key: short(key) }.into(),
            Problem::MissingKey { key } => s::SchemeFileMissingKey { key }.into(),
            Problem::WrongType { expected, found } => {
                s::SchemeFileWrongType { expected: word(expected), found }.into()
            }
            Problem::NotANumber { text } => s::SchemeFileNotANumber { text: short(text) }.into(),
            Problem::TooManyDecimals { most } => s::SchemeFileTooManyDecimals { most }.into(),
            Problem::OutOfRange { least, most } => s::SchemeFileOutOfRange { least, most }.into(),
            Problem::UnknownWord { text, known } => {
                s::SchemeFileUnknownWord { text: short(text), known: List::of(known) }.into()
            }
            Problem::BadCode => s::SchemeFileBadCode.into(),
            Problem::BadText { most } => s::SchemeFileBadText { most }.into(),
            Problem::Duplicate { code } => s::SchemeFileDuplicate { code: short(code) }.into(),
            Problem::DatesReversed => s::SchemeFileDatesReversed.into(),
            Problem::NotRising => s::SchemeFileNotRising.into(),
            Problem::OnlyOneOf { keys } => s::SchemeFileOnlyOneOf { keys: List::of(keys) }.into(),
            Problem::OneNeededOf { keys } => s::SchemeFileOneNeededOf { keys: List::of(keys) }.into(),
            Problem::UnknownReference { code } => s::SchemeFileUnknownReference { code: short(code) }.into(),
            Problem::TooDeep { most } => s::SchemeFileTooDeep { most }.into(),
            Problem::NoRate { code } => s::SchemeFileNoRate { code }.into(),
            Problem::UnevenThresholds => s::SchemeFileUnevenThresholds.into(),
            Problem::BoundsReversed => s::SchemeFileBoundsReversed.into(),
            Problem::StartOutside => s::SchemeFileStartOutside.into(),
            Problem::Circle { code } => s::SchemeFileCircle { code: short(code) }.into(),
            Problem::WindowShorter { code } => s::SchemeFileWindowShorter { code: short(code) }.into(),
            Problem::CountsNoPoints { code } => s::SchemeFileCountsNoPoints { code: short(code) }.into(),
            Problem::NotAtRest => s::SchemeFileNotAtRest.into(),
            Problem::CapOverCounter => s::SchemeFileCapOverCounter.into(),
            Problem::CasesMeet => s::SchemeFileCasesMeet.into(),
            Problem::CasesOpen => s::SchemeFileCasesOpen.into(),
            Problem::NthGap => s::SchemeFileNthGap.into(),
            Problem::PricedByGroup => s::SchemeFilePricedByGroup.into(),
            Problem::NeverHighest => s::SchemeFileNeverHighest.into(),
            Problem::NotWith { other } => s::SchemeFileNotWith { other }.into(),
        }
    }
}

fn place(header: &str) -> Text {
    if header.is_empty() { s::SchemeFileBeginning.into() } else { s::SchemeFileBelow { header }.into() }
}

//! Faults of a sheet: the place, and a sentence that says what to do.

use crate::domain::language::Language;
use crate::domain::people::id_document::{IdFault, IdKind};
use crate::domain::people::person_name::NameFault;
use crate::domain::people::personal_number::PersonalNumber;
use crate::domain::people::phone::PhoneFault;
use crate::domain::time::Day;
use crate::texts::{Each, List, Text, sentences as s};
use serde::Serialize;

/// One fault. It never repeats a phone or identity number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Row as the spreadsheet counts it, from 1; `None`: the file as a whole.
    pub row: Option<u32>,
    /// Column and its heading; `None`: the row as a whole.
    pub column: Option<Place>,
    pub trouble: Trouble,
}

/// A column of the sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// As the spreadsheet names it: A, B, … AA.
    pub letters: String,
    pub heading: String,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    TooLarge {
        limit_mebibytes: usize,
    },
    Workbook,
    UnknownEncoding,
    NotATable {
        line: u64,
    },
    NoHeadings,
    HeadingTwice {
        column: String,
    },
    BothHoursAndMinutes,
    TooManyRows {
        limit: u32,
    },
    NoRows,
    CellTooLong {
        limit: usize,
    },
    Missing,
    /// A phone or an identity number in a column that is stored in plain text.
    PersonalNumber(PersonalNumber),
    Name(NameFault),
    Phone(PhoneFault),
    IdNumber(IdFault),
    NotAnIdKind,
    /// An invisible character.
    Unseen {
        position: usize,
        code: u32,
    },
    /// A spreadsheet has turned a long number into `1.38E+10`.
    Exponent,
    NotADay,
    NotADayButANumber,
    InFuture {
        today: Day,
    },
    BirthDateDiffers,
    NotAnAmount {
        decimals: u32,
    },
    TooManyDecimals {
        decimals: u32,
    },
    Negative,
    TooMuch {
        most: String,
    },
    NotWholeMinutes,
    OpeningWithoutDay,
    NotYesOrNo,
    TwoHeads {
        row: u32,
    },
    HeadWithoutHousehold,
    SameAs {
        row: u32,
        what: Sameness,
    },
    NumberTooLong {
        most: usize,
    },
    // ---- checked against the bank
    /// No open organisation of that code or name within reach.
    OrgUnknown,
    /// Several organisations have this name.
    OrgUnclear {
        codes: Vec<String>,
    },
    OrgMissing,
    NumberTaken,
    /// An existing member is the same person; the number is there if the caller may read that file.
    Known {
        number: Option<String>,
        what: Sameness,
    },
    /// Opening balances are posted by operators of the ledger.
    OpeningNotYours,
    /// An existing member has this name, and nothing else distinguishes the two: a question to staff.
    SameName {
        numbers: Vec<String>,
    },
    /// The books are closed up to that day.
    PeriodClosed {
        first_open: Day,
    },
    /// Service in a year that is closed.
    YearClosed {
        year: i32,
    },
    /// Service in a year that begins after the day of the figures.
    YearNotBegun {
        year: i32,
    },
    /// The years add up to more than the total.
    YearsExceedTotal {
        minutes: i64,
    },
    /// By the scheme, points of that day have expired already.
    PointsRanOut {
        last: Day,
    },
}

/// Why two rows are taken for the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    Number,
    IdNumber,
    NameAndPhone,
    /// Only the name (and the place) is given, and it occurs twice.
    NameAlone,
}

impl Fault {
    pub fn file(trouble: Trouble) -> Self {
        Self { row: None, column: None, trouble }
    }

    /// Place and fault in one sentence.
    pub fn sentence(&self, language: Language) -> String {
        let what = self.trouble.text();
        let text: Text = match (self.row, &self.column) {
            (None, None) => what,
            (None, Some(Place { letters, heading })) => s::ImportInColumn { letters, heading, what }.into(),
            (Some(row), None) => s::ImportInRow { row, what }.into(),
            (Some(row), Some(Place { letters, heading })) => {
                s::ImportInCell { row, letters, heading, what }.into()
            }
        };
        text.say(language)
    }
}

/// The letters of the column with this index (from 0) in a spreadsheet.
pub fn letters(index: usize) -> String {
    let mut left = index + 1;
    let mut letters = Vec::new();
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        letters.push(char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

impl Trouble {
    fn text(&self) -> Text {
        match self {
            Trouble::TooLarge { limit_mebibytes } => s::ImportTooLarge { limit_mebibytes }.into(),
            Trouble::Workbook => s::ImportWorkbook.into(),
            Trouble::UnknownEncoding => s::ImportUnknownEncoding.into(),
            Trouble::NotATable { line } => s::ImportNotATable { line }.into(),
            Trouble::NoHeadings => s::ImportNoHeadings.into(),
            Trouble::HeadingTwice { column } => s::ImportHeadingTwice { column }.into(),
            Trouble::BothHoursAndMinutes => s::ImportBothHoursAndMinutes.into(),
            Trouble::TooManyRows { limit } => s::ImportTooManyRows { limit }.into(),
            Trouble::NoRows => s::ImportNoRows.into(),
            Trouble::CellTooLong { limit } => s::ImportCellTooLong { limit }.into(),
            Trouble::Missing => s::ImportMissing.into(),
            Trouble::PersonalNumber(PersonalNumber::Phone) => s::ImportHoldsPhone.into(),
            Trouble::PersonalNumber(PersonalNumber::IdNumber) => s::ImportHoldsIdNumber.into(),
            Trouble::Name(fault) => s::ImportName { fault: fault.text() }.into(),
            Trouble::NotAnIdKind => {
                let kinds = IdKind::ALL.map(|kind| Each::of(kind.chinese(), kind.as_str()));
                s::ImportNotAnIdKind { kinds: List::of(kinds) }.into()
            }
            Trouble::Unseen { position, code } => {
                s::ImportUnseen { position, code: format!("{code:04X}") }.into()
            }
            Trouble::Phone(fault) => s::ImportPhone { fault: fault.text() }.into(),
            Trouble::IdNumber(fault) => s::ImportIdNumber { fault: fault.text() }.into(),
            Trouble::Exponent => s::ImportExponent.into(),
            Trouble::NotADay => s::ImportNotADay.into(),
            Trouble::NotADayButANumber => s::ImportNotADayButANumber.into(),
            Trouble::InFuture { today } => s::ImportInFuture { today }.into(),
            Trouble::BirthDateDiffers => s::ImportBirthDateDiffers.into(),
            Trouble::TooManyDecimals { decimals: 0 } => s::ImportNotWhole.into(),
            Trouble::TooManyDecimals { decimals } => s::ImportTooManyDecimals { decimals }.into(),
            Trouble::NotAnAmount { decimals: 0 } => s::ImportNotAWholeNumber.into(),
            Trouble::NotAnAmount { decimals } => s::ImportNotAnAmount { decimals }.into(),
            Trouble::Negative => s::ImportNegative.into(),
            Trouble::TooMuch { most } => s::ImportTooMuch { most }.into(),
            Trouble::NotWholeMinutes => s::ImportNotWholeMinutes.into(),
            Trouble::OpeningWithoutDay => s::ImportOpeningWithoutDay.into(),
            Trouble::NotYesOrNo => s::ImportNotYesOrNo.into(),
            Trouble::TwoHeads { row } => s::ImportTwoHeads { row }.into(),
            Trouble::HeadWithoutHousehold => s::ImportHeadWithoutHousehold.into(),
            Trouble::SameAs { row, what } => match what {
                Sameness::Number => s::ImportSameNumber { row }.into(),
                Sameness::IdNumber => s::ImportSameIdNumber { row }.into(),
                Sameness::NameAndPhone => s::ImportSameNameAndPhone { row }.into(),
                Sameness::NameAlone => s::ImportSameNameAlone { row }.into(),
            },
            Trouble::NumberTooLong { most } => s::ImportNumberTooLong { most }.into(),
            Trouble::OrgUnknown => s::ImportOrgUnknown.into(),
            Trouble::OrgUnclear { codes } => s::ImportOrgUnclear { codes: List::of(codes) }.into(),
            Trouble::OrgMissing => s::ImportOrgMissing.into(),
            Trouble::NumberTaken => s::ImportNumberTaken.into(),
            Trouble::OpeningNotYours => s::ImportOpeningNotYours.into(),
            Trouble::Known { number: None, .. } => s::ImportKnownElsewhere.into(),
            Trouble::Known { number: Some(number), what } => match what {
                Sameness::Number => s::ImportKnownNumber { number }.into(),
                Sameness::IdNumber => s::ImportKnownIdNumber { number }.into(),
                Sameness::NameAndPhone => s::ImportKnownNameAndPhone { number }.into(),
                Sameness::NameAlone => s::ImportSameName { numbers: List::of([number]) }.into(),
            },
            Trouble::SameName { numbers } => s::ImportSameName { numbers: List::of(numbers) }.into(),
            Trouble::PeriodClosed { first_open } => s::ImportPeriodClosed { first_open }.into(),
            Trouble::YearClosed { year } => s::ImportYearClosed { year }.into(),
            Trouble::YearNotBegun { year } => s::ImportYearNotBegun { year }.into(),
            Trouble::YearsExceedTotal { minutes } => s::ImportYearsExceedTotal { minutes }.into(),
            Trouble::PointsRanOut { last } => s::ImportPointsRanOut { last }.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_in_a_spreadsheet() {
        let named: Vec<_> = [0, 25, 26, 51, 52, 701, 702].map(letters).into();
        assert_eq!(named, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn a_sentence_says_where_and_what_to_do() {
        let place = Place { letters: "C".into(), heading: "手机".into() };
        let fault = Fault { row: Some(7), column: Some(place), trouble: Trouble::Exponent };
        assert_eq!(
            fault.sentence(Language::Chinese),
            "第 7 行 C 列「手机」：表格软件把长号码变成了科学计数法：请把这一列设为「文本」后重新填写。"
        );
        assert!(fault.sentence(Language::English).starts_with("row 7, column C \"手机\": the spreadsheet"));
        let fault = Fault::file(Trouble::Workbook);
        assert!(fault.sentence(Language::Chinese).starts_with("这是 Excel 工作簿"));
    }
}

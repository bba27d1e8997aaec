//! One cell of a sheet, as people and spreadsheets write it. A cell is always text: nothing is ever computed from it.

use super::fault::Trouble;
use crate::domain::amount::{self, AmountError};
use crate::domain::people::id_document::{IdDocument, IdKind};
use crate::domain::people::person_name;
use crate::domain::people::phone::Phone;
use crate::domain::time::Day;

/// The maximum length of a member's number.
pub const MOST_NUMBER_CHARACTERS: usize = 64;
/// Two hundred years of service without a break: more is a typing error.
const MOST_MINUTES: i64 = 100_000_000;
/// In smallest units: a million points.
const MOST_POINTS: i64 = 100_000_000;
const POINT_DECIMALS: u32 = 2;

/// The text of a cell without what a spreadsheet puts around it: blanks, a leading apostrophe, `="…"`.
pub fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    let forced = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let cell = forced.or_else(|| cell.strip_prefix('\'')).unwrap_or(cell);
    cell.trim()
}

pub fn name(text: &str) -> Result<String, Trouble> {
    person_name::read(text).map_err(Trouble::Name)
}

/// A number of another register: any text on one line.
pub fn number(text: &str) -> Result<String, Trouble> {
    refuse_exponent(text)?;
    if text.chars().count() <= MOST_NUMBER_CHARACTERS {
        Ok(text.to_owned())
    } else {
        Err(Trouble::NumberTooLong { most: MOST_NUMBER_CHARACTERS })
    }
}

pub fn phone(text: &str) -> Result<Phone, Trouble> {
    refuse_exponent(text)?;
    Phone::parse(text).map_err(Trouble::Phone)
}

/// A document's number; without a kind, the kind follows from its form.
pub fn id_number(kind: Option<IdKind>, text: &str) -> Result<IdDocument, Trouble> {
    refuse_exponent(text)?;
    IdDocument::read(kind, text).map_err(Trouble::IdNumber)
}

pub fn id_kind(text: &str) -> Result<IdKind, Trouble> {
    IdKind::of_words(text).ok_or(Trouble::NotAnIdKind)
}

fn refuse_exponent(text: &str) -> Result<(), Trouble> {
    let looks_cut = text.split_once(['E', 'e']).is_some_and(|(digits, power)| {
        digits.contains('.') && power.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit())
    });
    if looks_cut { Err(Trouble::Exponent) } else { Ok(()) }
}

/// A day as sheets write it: `2026-01-31`, `2026/1/31`, `2026.1.31`, `20260131`, `2026年1月31日`; a time after a blank
/// is dropped.
pub fn day(text: &str) -> Result<Day, Trouble> {
    let date = text.split([' ', 'T']).next().unwrap_or_default().trim_end_matches('日');
    let only_digits = date.bytes().all(|b| b.is_ascii_digit());
    if only_digits && date.len() == 8 {
        let parts = (date.get(..4), date.get(4..6), date.get(6..));
        if let (Some(year), Some(month), Some(day)) = parts {
            return day_of(year, month, day);
        }
    }
    if only_digits && !date.is_empty() {
        return Err(Trouble::NotADayButANumber);
    }
    let parts: Vec<_> = date.split(['-', '/', '.', '年', '月']).collect();
    match parts.as_slice() {
        [year, month, day] => day_of(year, month, day),
        _ => Err(Trouble::NotADay),
    }
}

fn day_of(year: &str, month: &str, day: &str) -> Result<Day, Trouble> {
    let written = year.len() == 4 && [month, day].iter().all(|part| (1..=2).contains(&part.len()));
    let found = written.then(|| Day::parse(&format!("{year}-{month:0>2}-{day:0>2}"))).flatten();
    found.filter(|day| day.year() >= 1900).ok_or(Trouble::NotADay)
}

/// Points in smallest units.
pub fn points(text: &str) -> Result<i64, Trouble> {
    amount_up_to(text, POINT_DECIMALS, MOST_POINTS)
}

/// Whole minutes.
pub fn minutes(text: &str) -> Result<i64, Trouble> {
    amount_up_to(text, 0, MOST_MINUTES)
}

/// Minutes from hours with up to two decimals: `12.5` is 750.
pub fn minutes_from_hours(text: &str) -> Result<i64, Trouble> {
    let hundredths = amount_up_to(text, 2, MOST_MINUTES / 60 * 100)?;
    let sixtieths = hundredths * 60;
    if sixtieths % 100 == 0 { Ok(sixtieths / 100) } else { Err(Trouble::NotWholeMinutes) }
}

/// A number that is not negative; drops thousands separators and trailing zeros.
fn amount_up_to(text: &str, decimals: u32, most: i64) -> Result<i64, Trouble> {
    let text = text.replace([',', '，'], "");
    let text = match text.split_once('.') {
        Some((whole, part)) => {
            let part = part.trim_end_matches('0');
            if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
        }
        None => text,
    };
    let too_much = || Trouble::TooMuch { most: amount::short(most, decimals) };
    let amount = amount::parse(&text, decimals).map_err(|error| match error {
        AmountError::OutOfRange => too_much(),
        AmountError::NotANumber => Trouble::NotAnAmount { decimals },
        AmountError::TooManyDecimals(_) => Trouble::TooManyDecimals { decimals },
    })?;
    match amount {
        ..0 => Err(Trouble::Negative),
        amount if amount > most => Err(too_much()),
        amount => Ok(amount),
    }
}

pub fn yes_or_no(text: &str) -> Result<bool, Trouble> {
    match text.to_ascii_lowercase().as_str() {
        "是" | "户主" | "本人" | "√" | "1" | "y" | "yes" | "true" => Ok(true),
        "" | "否" | "×" | "0" | "n" | "no" | "false" => Ok(false),
        _ => Err(Trouble::NotYesOrNo),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::person_name::NameFault;

    #[test]
    fn what_a_spreadsheet_puts_around_a_number_is_dropped() {
        for cell in ["13800000000", "'13800000000", "=\"13800000000\"", " 13800000000\t", "\t13800000000"] {
            assert_eq!(phone(plain(cell)).unwrap().reveal(), "13800000000", "{cell:?}");
        }
    }

    #[test]
    fn a_formula_stays_text() {
        assert_eq!(name(plain("=SUM(A1:A9)")).unwrap(), "=SUM(A1:A9)");
        assert_eq!(name(plain("@示例")).unwrap(), "@示例");
        assert_eq!(name("=1+1"), Err(Trouble::Name(NameFault::NoLetter)));
        assert_eq!(points("=1+1"), Err(Trouble::NotAnAmount { decimals: 2 }));
        assert_eq!(points("-5"), Err(Trouble::Negative));
        assert_eq!(points("+5"), Err(Trouble::NotAnAmount { decimals: 2 }));
    }

    #[test]
    fn days_are_read_as_sheets_write_them() {
        for text in [
            "2026-01-05",
            "2026/1/5",
            "2026.1.5",
            "20260105",
            "2026年1月5日",
            "2026-1-5 00:00:00",
            "2026-01-05T08:00",
        ] {
            assert_eq!(day(text).unwrap().to_string(), "2026-01-05", "{text}");
        }
        for text in ["2026-02-29", "26-1-5", "1/5/2026", "五月", "2026-1", "", "2026-1-5-6", "1026-01-05"] {
            assert_eq!(day(text), Err(Trouble::NotADay), "{text:?}");
        }
        assert_eq!(day("46027"), Err(Trouble::NotADayButANumber));
        assert_eq!(day("20260230"), Err(Trouble::NotADay));
    }

    #[test]
    fn amounts_are_exact_and_bounded() {
        assert_eq!(points("1,286.50"), Ok(128_650));
        assert_eq!(points("12.500"), Ok(1250));
        assert_eq!(points("12."), Ok(1200));
        assert_eq!(points("12.505"), Err(Trouble::TooManyDecimals { decimals: 2 }));
        assert_eq!(points("20分"), Err(Trouble::NotAnAmount { decimals: 2 }));
        assert_eq!(points("1000000.01"), Err(Trouble::TooMuch { most: "1000000".into() }));
        assert_eq!(points(&"9".repeat(50)), Err(Trouble::TooMuch { most: "1000000".into() }));
        assert_eq!(minutes("90"), Ok(90));
        assert_eq!(minutes("90.0"), Ok(90));
        assert_eq!(minutes("90.5"), Err(Trouble::TooManyDecimals { decimals: 0 }));
        assert_eq!(minutes_from_hours("12.5"), Ok(750));
        assert_eq!(minutes_from_hours("0.25"), Ok(15));
        assert_eq!(minutes_from_hours("0.33"), Err(Trouble::NotWholeMinutes));
    }

    #[test]
    fn a_number_that_was_cut_short_is_called_that() {
        assert_eq!(phone("1.38E+10").unwrap_err(), Trouble::Exponent);
        assert_eq!(id_number(None, "4.10305E+17").unwrap_err(), Trouble::Exponent);
        assert!(matches!(phone("138"), Err(Trouble::Phone(_))));
    }

    #[test]
    fn names_are_read_as_the_interface_reads_them() {
        assert_eq!(name("阿依古丽•示例").unwrap(), "阿依古丽·示例");
        for text in ["", "123", "示\n例", "示\u{200b}例", &"名".repeat(65)] {
            assert_eq!(name(text).ok(), person_name::read(text).ok(), "{text:?}");
            assert!(matches!(name(text), Err(Trouble::Name(_))), "{text:?}");
        }
    }

    #[test]
    fn yes_and_no_have_many_forms() {
        assert_eq!((yes_or_no("是"), yes_or_no("√"), yes_or_no("Yes")), (Ok(true), Ok(true), Ok(true)));
        assert_eq!((yes_or_no(""), yes_or_no("否")), (Ok(false), Ok(false)));
        assert_eq!(yes_or_no("也许"), Err(Trouble::NotYesOrNo));
    }
}

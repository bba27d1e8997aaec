//! Goods on the shelf: sheets that book them in and out, and batches with a best-before date. The money in the till of the
//! shop is counted and handed in on sheets, too.

use crate::domain::time::Day;
use crate::text_enum;

/// The most lines of a sheet: each is one posting of one entry.
pub const MOST_LINES: usize = 100;

text_enum! {
    /// What a sheet books.
    GoodsKind {
        /// 进货.
        In = "goods_in",
        /// 盘点 · what was counted more or less than the book says.
        Stocktake = "stocktake",
        /// 过期报损 · goods past their best-before date.
        WriteOff = "write_off",
        /// 盘点现金 · the money in the till was counted.
        TillCount = "till_count",
        /// 上缴现金 · money of the till was handed in.
        HandIn = "hand_in",
    }
}

impl GoodsKind {
    /// Whether a sheet of this kind books money, not goods.
    pub fn is_of_money(self) -> bool {
        matches!(self, GoodsKind::TillCount | GoodsKind::HandIn)
    }
}

text_enum! {
    /// What is wrong with a line of a sheet.
    LineFault {
        Name = "name", NameTwice = "name_twice", Pieces = "pieces", Sign = "sign", Date = "date",
        DatePast = "date_past", Value = "value", ValueMissing = "value_missing", Points = "points",
    }
}

/// Whether a sheet needs a second person in a shop in which goods in above `two_above_fen` do; `None`: one person does
/// everything, but for money that is handed in, which has one who gives and one who takes. `fen`: the value of the goods;
/// of a till count the difference; without one no second person is needed.
pub fn needs_second(two_above_fen: Option<i64>, kind: GoodsKind, fen: i64) -> bool {
    two_above_fen.map_or(kind == GoodsKind::HandIn, |above| match kind {
        GoodsKind::In => fen > above,
        GoodsKind::TillCount => fen != 0,
        GoodsKind::Stocktake | GoodsKind::WriteOff | GoodsKind::HandIn => true,
    })
}

/// A line of a sheet as it was typed or pasted from a spreadsheet: name, pieces, best-before date, value of one piece in
/// yuan, points of one piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedLine {
    pub name: String,
    pub pieces: i64,
    pub best_before: Option<Day>,
    pub unit_value_fen: Option<i64>,
    pub unit_points: Option<i64>,
}

/// Reads lines with their numbers from 1, as they stand in the text; empty lines count, and say nothing.
///
/// # Errors
/// The number of the first line that cannot be read, and why.
pub fn read_lines(text: &str) -> Result<Vec<(u32, TypedLine)>, (u32, LineFault)> {
    let numbered = (1_u32..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    numbered.map(|(number, line)| Ok((number, read_line(line).map_err(|fault| (number, fault))?))).collect()
}

fn read_line(line: &str) -> Result<TypedLine, LineFault> {
    let by = |mark: char| line.split(mark).map(str::trim).map(str::to_owned).collect::<Vec<_>>();
    // A spreadsheet puts tabs; who types puts commas, or blanks.
    let cells = match line {
        line if line.contains('\t') => by('\t'),
        line if line.contains(',') => by(','),
        line if line.contains('，') => by('，'),
        line => line.split_whitespace().map(str::to_owned).collect(),
    };
    let cell = |place: usize| cells.get(place).map(|cell| plain(cell)).filter(|cell| !cell.is_empty());
    let name = cells.first().filter(|name| !name.is_empty() && name.chars().count() <= 100);
    let hundredths = |place: usize, fault: LineFault| match cell(place) {
        None => Ok(None),
        Some(text) => hundredths(&text).map(Some).ok_or(fault),
    };
    Ok(TypedLine {
        name: name.cloned().ok_or(LineFault::Name)?,
        pieces: pieces(&cell(1).ok_or(LineFault::Pieces)?).ok_or(LineFault::Pieces)?,
        best_before: match cell(2) {
            None => None,
            Some(text) => Some(day(&text).ok_or(LineFault::Date)?),
        },
        unit_value_fen: hundredths(3, LineFault::Value)?,
        unit_points: hundredths(4, LineFault::Points)?,
    })
}

/// Digits and signs as an input method may have typed them.
fn plain(text: &str) -> String {
    let plain = |sign: char| match sign {
        '０'..='９' => {
            char::from_digit(u32::from(sign).saturating_sub(u32::from('０')), 10).unwrap_or(sign)
        }
        '．' => '.',
        '－' | '−' => '-',
        '＋' => '+',
        sign => sign,
    };
    text.trim().chars().map(plain).collect()
}

fn pieces(text: &str) -> Option<i64> {
    let number: i64 = text.strip_prefix('+').unwrap_or(text).parse().ok()?;
    (number != 0 && number.abs() <= 100_000).then_some(number)
}

/// `2026-08-31`, `2026/8/31`, `2026.8.31`, `2026年8月31日`.
fn day(text: &str) -> Option<Day> {
    let text = text.trim_end_matches('日').replace(['/', '.', '年', '月'], "-");
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let (month, day): (u32, u32) = (month.parse().ok()?, day.parse().ok()?);
    Day::parse(&format!("{year}-{month:02}-{day:02}")).filter(|_| parts.next().is_none())
}

/// An amount with at most two decimals, up to a million.
fn hundredths(text: &str) -> Option<i64> {
    let text = text.trim_start_matches(['¥', '￥']).trim_end_matches(['元', '分']);
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.chars().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() || whole.len() > 7 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> TypedLine {
        read_lines(text).unwrap().remove(0).1
    }

    #[test]
    fn a_line_of_a_spreadsheet_is_read() {
        let line = one("大米 5 千克\t20\t2026/8/31\t32.5\t30");
        let day = Day::parse("2026-08-31");
        assert_eq!((line.name.as_str(), line.pieces, line.best_before), ("大米 5 千克", 20, day));
        assert_eq!((line.unit_value_fen, line.unit_points), (Some(3250), Some(3000)));
        for text in ["毛巾\t６\t\t９．９０", "毛巾，6，，9.90元", "毛巾,+6,,9.9"] {
            let line = one(text);
            assert_eq!((line.pieces, line.best_before, line.unit_value_fen), (6, None, Some(990)), "{text}");
        }
        assert_eq!(one("食盐 -2").pieces, -2);
        assert_eq!(one("酱油\t3\t2026年8月1日").best_before, Day::parse("2026-08-01"));
    }

    #[test]
    fn the_first_line_that_cannot_be_read_is_named() {
        for (text, fault) in [
            ("大米\t2\n\n毛巾", (3, LineFault::Pieces)),
            ("大米\t0", (1, LineFault::Pieces)),
            ("\t2", (1, LineFault::Name)),
            ("大米\t2\t下个月", (1, LineFault::Date)),
            ("大米\t2\t2026-02-30", (1, LineFault::Date)),
            ("大米\t2\t\t3.333", (1, LineFault::Value)),
            ("大米\t2\t\t3\t多", (1, LineFault::Points)),
        ] {
            assert_eq!(read_lines(text).unwrap_err(), fault, "{text}");
        }
    }

    #[test]
    fn a_second_person_is_needed_above_the_sum_and_for_differences() {
        assert!(!needs_second(None, GoodsKind::WriteOff, 1));
        assert!(!needs_second(Some(50_000), GoodsKind::In, 50_000));
        assert!(needs_second(Some(50_000), GoodsKind::In, 50_001));
        assert!(needs_second(Some(50_000), GoodsKind::Stocktake, 0));
        assert!(needs_second(None, GoodsKind::HandIn, 1));
        assert!(!needs_second(Some(50_000), GoodsKind::TillCount, 0));
        assert!(needs_second(Some(50_000), GoodsKind::TillCount, -1));
        assert!(!needs_second(None, GoodsKind::TillCount, -1));
    }
}

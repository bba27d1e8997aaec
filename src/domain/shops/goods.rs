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

/// Lines with their numbers from 1, as they stand in the text, and what is wrong with those that cannot be read.
pub type ReadLines = (Vec<(u32, TypedLine)>, Vec<(u32, LineFault)>);

/// Reads lines; empty ones count, and say nothing, and so does a row of headings in front.
pub fn read_lines(text: &str) -> ReadLines {
    let numbered = (1_u32..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let (mut read, mut wrong) = (Vec::new(), Vec::new());
    for (place, (number, line)) in numbered.enumerate() {
        match read_line(line) {
            Ok(line) => read.push((number, line)),
            Err(_) if place == 0 && is_heading(line) => {}
            Err(fault) => wrong.push((number, fault)),
        }
    }
    (read, wrong)
}

/// What stands over the pieces in a spreadsheet.
const PIECES_HEADINGS: [&str; 8] = ["数量", "件数", "个数", "袋数", "差几件", "pieces", "quantity", "qty"];

/// Whether this is the row of headings of a spreadsheet: words only, and over the pieces what they are called there.
fn is_heading(line: &str) -> bool {
    let cells = cells(line);
    let over_pieces = cells.get(1).map(|cell| cell.to_lowercase()).unwrap_or_default();
    !line.chars().any(char::is_numeric)
        && PIECES_HEADINGS.iter().any(|heading| over_pieces.starts_with(heading))
}

/// The cells of a line: a spreadsheet puts tabs between them; who types puts commas, or blanks.
fn cells(line: &str) -> Vec<&str> {
    match ['\t', ',', '，'].into_iter().find(|mark| line.contains(*mark)) {
        Some(mark) => line.split(mark).map(str::trim).collect(),
        None => line.split_whitespace().collect(),
    }
}

fn read_line(line: &str) -> Result<TypedLine, LineFault> {
    let cells = cells(line);
    let cell = |place: usize| cells.get(place).map(|cell| plain(cell)).filter(|cell| !cell.is_empty());
    let name = cells.first().filter(|name| !name.is_empty() && name.chars().count() <= 100);
    let hundredths = |place: usize, fault: LineFault| match cell(place) {
        None => Ok(None),
        Some(text) => hundredths(&text).map(Some).ok_or(fault),
    };
    Ok(TypedLine {
        name: (*name.ok_or(LineFault::Name)?).to_owned(),
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
        read_lines(text).0.remove(0).1
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
    fn every_line_that_cannot_be_read_is_named() {
        for (text, fault) in [
            ("大米\t2\n\n毛巾", (3, LineFault::Pieces)),
            ("大米\t0", (1, LineFault::Pieces)),
            ("\t2", (1, LineFault::Name)),
            ("大米\t2\t下个月", (1, LineFault::Date)),
            ("大米\t2\t2026-02-30", (1, LineFault::Date)),
            ("大米\t2\t\t3.333", (1, LineFault::Value)),
            ("大米\t2\t\t3\t多", (1, LineFault::Points)),
        ] {
            assert_eq!(read_lines(text).1, [fault], "{text}");
        }
        let (read, wrong) = read_lines("大米\t两袋\n毛巾\t2\n\n酱油\t3\t明天");
        assert_eq!(read.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2]);
        assert_eq!(wrong, [(1, LineFault::Pieces), (4, LineFault::Date)]);
    }

    #[test]
    fn a_row_of_headings_in_front_is_left_out() {
        for heading in
            ["品名\t数量", "商品名称,件数（袋）,保质期,单价,积分", "Name\tQuantity", "品名 数量 保质期"]
        {
            let (read, wrong) = read_lines(&format!("\n{heading}\n毛巾\t2"));
            assert_eq!((read.len(), wrong.len()), (1, 0), "{heading}");
            assert_eq!(read[0].0, 3, "lines keep their numbers");
        }
        assert_eq!(read_lines("毛巾\t2\n品名\t数量").1, [(2, LineFault::Pieces)]);
        assert_eq!(read_lines("毛巾\t两条").1, [(1, LineFault::Pieces)]);
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

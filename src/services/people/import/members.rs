//! Reads a sheet of members into rows, and every fault with its row and column. Writes nothing.

use super::cell;
use super::fault::{Fault, Place, Trouble, letters};
use super::heading::Column;
use super::repeats::Repeats;
pub use super::row::{MemberRow, Opening, YearMinutes};
use super::text::{TextEncoding, decode};
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::personal_number;
use crate::domain::time::Day;
use crate::domain::writing::first_unseen;
use csv::StringRecord;
use std::collections::HashMap;

/// Maximum number of rows of one sheet.
pub const MOST_ROWS: u32 = 100_000;
/// Maximum number of faults that are listed; further ones are only counted.
pub const MOST_FAULTS: usize = 1_000;
const MOST_CELL_CHARACTERS: usize = 500;
/// Sheets often have a title and notes above the headings.
const HEADINGS_WITHIN: u32 = 10;

/// The result of reading. With any fault, nothing of it may be imported.
#[derive(Clone, Debug, Default)]
pub struct MemberSheet {
    pub encoding: Option<TextEncoding>,
    /// Recognised headings, in order.
    pub columns: Vec<(Column, Place)>,
    /// Unrecognised headings: shown to the user, who may have mistyped one.
    pub ignored: Vec<Place>,
    pub rows: Vec<MemberRow>,
    /// The first [`MOST_FAULTS`], in order of rows.
    pub faults: Vec<Fault>,
    pub fault_count: usize,
}

/// Reads a CSV sheet of members, separated by commas, tabs or semicolons. `today` bounds the dates; `opening_day` is
/// used where a row has no date for its opening figures.
pub fn read_members(bytes: &[u8], today: Day, opening_day: Option<Day>) -> MemberSheet {
    let mut reading = Reading {
        sheet: MemberSheet::default(),
        today,
        opening_day,
        cells: HashMap::new(),
        data_rows: 0,
        repeats: Repeats::default(),
    };
    if let Err(trouble) = reading.read(bytes) {
        reading.fault(Fault::file(trouble));
    }
    reading.sheet
}

/// The state while one sheet is read.
struct Reading {
    sheet: MemberSheet,
    today: Day,
    opening_day: Option<Day>,
    /// The index of a column's cell within a record.
    cells: HashMap<Column, (usize, Place)>,
    data_rows: u32,
    repeats: Repeats,
}

impl MemberSheet {
    /// A fault of a row that has none by itself.
    pub fn fault_at(&mut self, row: u32, column: Column, trouble: Trouble) {
        let place = self.columns.iter().find(|(known, _)| *known == column).map(|(_, place)| place.clone());
        self.add(Fault { row: Some(row), column: place, trouble });
    }

    fn add(&mut self, fault: Fault) {
        self.fault_count += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }
}

impl Reading {
    fn read(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let (encoding, text) = decode(bytes)?;
        self.sheet.encoding = Some(encoding);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(&text))
            .from_reader(text.as_bytes());
        let mut breaks_within_cells = 0;
        for record in reader.records() {
            let record = record
                .map_err(|e| Trouble::NotATable { line: e.position().map_or(1, csv::Position::line) })?;
            // A spreadsheet counts a row with line breaks in its cells as one.
            let line = first_line(&text, record.position()).saturating_sub(breaks_within_cells);
            let row = u32::try_from(line).unwrap_or(u32::MAX);
            breaks_within_cells += record.iter().map(breaks).sum::<u64>();
            if self.cells.is_empty() {
                self.read_headings(row, &record)?;
            } else if record.iter().any(|cell| !cell::plain(cell).is_empty()) {
                self.data_rows += 1;
                if self.data_rows > MOST_ROWS {
                    return Err(Trouble::TooManyRows { limit: MOST_ROWS });
                }
                self.read_row(row, &record);
            }
        }
        match (self.cells.is_empty(), self.data_rows) {
            (true, _) => Err(Trouble::NoHeadings),
            (false, 0) => Err(Trouble::NoRows),
            (false, _) => Ok(()),
        }
    }

    fn fault(&mut self, fault: Fault) {
        self.sheet.add(fault);
    }

    /// A fault in the cell of a column, or of the row if the sheet has no such column.
    fn fault_at(&mut self, row: u32, column: Column, trouble: Trouble) {
        let place = self.cells.get(&column).map(|(_, place)| place.clone());
        self.fault(Fault { row: Some(row), column: place, trouble });
    }

    /// Takes this row for the headings if one of them is the name's; rows above are a title.
    fn read_headings(&mut self, row: u32, record: &StringRecord) -> Result<(), Trouble> {
        if row > HEADINGS_WITHIN {
            return Err(Trouble::NoHeadings);
        }
        if !record.iter().any(|heading| Column::of(heading) == Some(Column::Name)) {
            return Ok(());
        }
        for (index, heading) in record.iter().enumerate().filter(|(_, heading)| !heading.trim().is_empty()) {
            let place = Place { letters: letters(index), heading: heading.trim().to_owned() };
            match Column::of(heading) {
                None => self.sheet.ignored.push(place),
                Some(column) if self.cells.contains_key(&column) => {
                    return Err(Trouble::HeadingTwice { column: column.title() });
                }
                Some(column) => {
                    self.sheet.columns.push((column, place.clone()));
                    self.cells.insert(column, (index, place));
                }
            }
        }
        let in_minutes = |column: &Column| match column {
            Column::OpeningHours => Some(Column::OpeningMinutes),
            Column::HoursOf(year) => Some(Column::MinutesOf(*year)),
            _ => None,
        };
        if self.cells.keys().filter_map(in_minutes).any(|column| self.cells.contains_key(&column)) {
            return Err(Trouble::BothHoursAndMinutes);
        }
        Ok(())
    }

    fn read_row(&mut self, row: u32, record: &StringRecord) {
        let faults_before = self.sheet.fault_count;
        let member = self.member(row, record);
        if let Some(member) = &member {
            for (column, trouble) in self.repeats.of(member) {
                self.fault_at(row, column, trouble);
            }
        }
        if self.sheet.fault_count == faults_before {
            self.sheet.rows.extend(member);
        }
    }

    /// The cell of a column, read by `parse`; `None` if it is empty or faulty, and then the fault is noted.
    fn cell<T>(
        &mut self,
        row: u32,
        record: &StringRecord,
        column: Column,
        parse: impl FnOnce(&str) -> Result<T, Trouble>,
    ) -> Option<T> {
        let text = self.cells.get(&column).and_then(|(index, _)| record.get(*index)).map(cell::plain)?;
        if text.is_empty() {
            return None;
        }
        // Invisible characters are dropped from numbers; in a name they are a fault.
        let dropped = matches!(column, Column::Name | Column::Phone | Column::IdNumber);
        let unseen = first_unseen(text).filter(|_| !dropped);
        let read = match unseen {
            _ if text.chars().count() > MOST_CELL_CHARACTERS => {
                Err(Trouble::CellTooLong { limit: MOST_CELL_CHARACTERS })
            }
            Some((position, c)) => Err(Trouble::Unseen { position, code: u32::from(c) }),
            None => match personal_number::find(text).filter(|_| !column.is_sealed()) {
                Some(what) => Err(Trouble::PersonalNumber(what)),
                None => parse(text),
            },
        };
        read.map_err(|trouble| self.fault_at(row, column, trouble)).ok()
    }

    fn member(&mut self, row: u32, record: &StringRecord) -> Option<MemberRow> {
        let faults_before = self.sheet.fault_count;
        let as_text = |text: &str| Ok(text.to_owned());
        let today = self.today;
        let past_day = move |text: &str| {
            cell::day(text)
                .and_then(|day| if day > today { Err(Trouble::InFuture { today }) } else { Ok(day) })
        };
        let name = self.cell(row, record, Column::Name, cell::name);
        if name.is_none() && self.sheet.fault_count == faults_before {
            self.fault_at(row, Column::Name, Trouble::Missing);
        }
        let number = self.cell(row, record, Column::Number, cell::number);
        let phone = self.cell(row, record, Column::Phone, cell::phone);
        let id_kind = self.cell(row, record, Column::IdKind, cell::id_kind);
        let id_number = self.cell(row, record, Column::IdNumber, |text| cell::id_number(id_kind, text));
        let birth_date = self.cell(row, record, Column::BirthDate, past_day);
        let born = id_number.as_ref().and_then(IdDocument::birth_date);
        if birth_date.is_some() && born.is_some() && birth_date != born {
            self.fault_at(row, Column::BirthDate, Trouble::BirthDateDiffers);
        }
        let org = self.cell(row, record, Column::Org, as_text);
        let household = self.cell(row, record, Column::Household, cell::number);
        let is_head = self.cell(row, record, Column::Head, cell::yes_or_no).unwrap_or(false);
        if is_head && household.is_none() {
            self.fault_at(row, Column::Head, Trouble::HeadWithoutHousehold);
        }
        let confirmed_new = self.cell(row, record, Column::ConfirmedNew, cell::yes_or_no).unwrap_or(false);
        let opening = self.opening(row, record, past_day);
        let birth_date = birth_date.or(born);
        let name = name?;
        Some(MemberRow {
            row,
            number,
            name,
            phone,
            id_number,
            birth_date,
            org,
            household,
            is_head,
            confirmed_new,
            opening,
        })
    }

    fn opening(
        &mut self,
        row: u32,
        record: &StringRecord,
        past_day: impl FnOnce(&str) -> Result<Day, Trouble>,
    ) -> Option<Opening> {
        let points = self.cell(row, record, Column::OpeningPoints, cell::points).unwrap_or(0);
        let lifetime_points = self.cell(row, record, Column::LifetimePoints, cell::points);
        let hours = self.cell(row, record, Column::OpeningHours, cell::minutes_from_hours);
        let minutes = self.cell(row, record, Column::OpeningMinutes, cell::minutes);
        let years = self.years(row, record);
        let of_years = years.iter().fold(0_i64, |sum, year| sum.saturating_add(year.minutes));
        let service_minutes = hours.or(minutes).unwrap_or(of_years);
        let faults_before = self.sheet.fault_count;
        if let Some(year) = years.first().filter(|_| of_years > service_minutes) {
            self.fault_at(row, year.column, Trouble::YearsExceedTotal { minutes: of_years });
        }
        let day = self.cell(row, record, Column::OpeningDay, past_day);
        if points == 0 && service_minutes == 0 && lifetime_points.unwrap_or(0) == 0 {
            return None;
        }
        let Some(day) = day.or(self.opening_day) else {
            if self.sheet.fault_count == faults_before {
                self.fault_at(row, Column::OpeningDay, Trouble::OpeningWithoutDay);
            }
            return None;
        };
        for early in years.iter().filter(|year| year.year > day.year()) {
            self.fault_at(row, early.column, Trouble::YearNotBegun { year: early.year });
        }
        Some(Opening { points, lifetime_points, service_minutes, years, day })
    }

    /// The columns of single years.
    fn years(&mut self, row: u32, record: &StringRecord) -> Vec<YearMinutes> {
        let columns: Vec<Column> = self.sheet.columns.iter().map(|(column, _)| *column).collect();
        let mut years = Vec::new();
        for column in columns {
            let read = match column {
                Column::HoursOf(year) => (year, self.cell(row, record, column, cell::minutes_from_hours)),
                Column::MinutesOf(year) => (year, self.cell(row, record, column, cell::minutes)),
                _ => continue,
            };
            if let (year, Some(minutes @ 1..)) = read {
                years.push(YearMinutes { column, year, minutes });
            }
        }
        years
    }
}

fn breaks(cell: &str) -> u64 {
    u64::try_from(cell.matches('\n').count()).unwrap_or(0)
}

/// The line on which a record begins: the reader's position is before the empty lines that it skips.
fn first_line(text: &str, position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 1 };
    let rest = usize::try_from(position.byte()).ok().and_then(|at| text.get(at..)).unwrap_or_default();
    let empty = rest.bytes().take_while(|byte| *byte == b'\n').count();
    position.line() + u64::try_from(empty).unwrap_or(0)
}

/// The separator that the first lines use most.
pub(super) fn separator(text: &str) -> u8 {
    let within = usize::try_from(HEADINGS_WITHIN).unwrap_or(0);
    let uses =
        |separator: char| text.lines().take(within).map(|l| l.matches(separator).count()).sum::<usize>();
    if uses('\t') > uses(',') {
        b'\t'
    } else if uses(';') > uses(',') {
        b';'
    } else {
        b','
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn read(text: &str) -> MemberSheet {
        read_members(text.as_bytes(), day("2026-10-31"), None)
    }

    fn sentences(sheet: &MemberSheet) -> Vec<String> {
        sheet.faults.iter().map(|fault| fault.sentence(Language::Chinese)).collect()
    }

    const WHOLE: &str = "涧西区示例社区储户名册,,,,,,,,,\n\
        姓名,手机号,身份证件号码,社区,户号,户主,积分,服务时长（小时）,截至日期,备注\n\
        示例甲,138 0000 0001,999999195503120014,jx-01,1-101,是,\"1,286.50\",264.5,2026/9/30,老党员\n\
        ,,,,,,,,,\n\
        示例乙,,,jx-01,1-101,,,,,\"两行\n备注\"\n\
        =示例丙,'13800000002,,jx-02,,,0,,,\n";

    #[test]
    fn a_whole_sheet_becomes_rows() {
        let sheet = read(WHOLE);
        assert_eq!(sentences(&sheet), Vec::<String>::new());
        assert_eq!(sheet.encoding, Some(TextEncoding::Utf8));
        assert_eq!(sheet.ignored, [Place { letters: "J".into(), heading: "备注".into() }]);
        assert_eq!(sheet.columns.len(), 9);
        let first = &sheet.rows[0];
        assert_eq!((first.row, first.name.as_str(), first.is_head), (3, "示例甲", true));
        assert_eq!(first.phone.as_ref().unwrap().reveal(), "13800000001");
        assert_eq!(first.birth_date, Some(day("1955-03-12")));
        let opening = Opening {
            points: 128_650,
            lifetime_points: None,
            service_minutes: 15_870,
            years: Vec::new(),
            day: day("2026-09-30"),
        };
        assert_eq!(first.opening, Some(opening));
        let rows: Vec<_> =
            sheet.rows.iter().map(|r| (r.row, r.name.as_str(), r.household.as_deref())).collect();
        assert_eq!(rows[1..], [(5, "示例乙", Some("1-101")), (6, "=示例丙", None)]);
        assert_eq!(sheet.rows[2].opening, None);
    }

    #[test]
    fn gbk_tabs_and_english_headings_read_alike() {
        let (gbk, _, _) = encoding_rs::GBK.encode(WHOLE);
        let from_gbk = read_members(&gbk, day("2026-10-31"), None);
        assert_eq!(from_gbk.encoding, Some(TextEncoding::Gbk));
        assert_eq!(from_gbk.rows, read(WHOLE).rows);
        let english = read(
            "Name\tPhone\tOrg code\tOpening minutes\tOpening date\n示例甲\t13800000001\tjx\t90\t20260930\n",
        );
        assert_eq!(sentences(&english), Vec::<String>::new());
        assert_eq!(
            english.rows[0].opening.as_ref().map(|o| (o.service_minutes, o.day)),
            Some((90, day("2026-09-30")))
        );
        let semicolons = read("name;phone\n示例甲;13800000001\n");
        assert!(semicolons.rows[0].phone.is_some());
    }

    #[test]
    fn every_fault_is_told_with_its_row_and_column() {
        let sheet = read(
            "姓名,手机,身份证号,出生日期,户,户主,积分,截至日期\n\
             ,138,11010519491231002Y,2026-11-01,,是,-5,昨天\n\
             示例甲,1.38E+10,999999195503120014,1955-03-13,,,20分,\n\
             示例乙,13800000001,,,7,是,20,\n\
             示例丙,,,,,,5,2026-11-01\n",
        );
        let expected = [
            "第 2 行 A 列「姓名」：不能为空，请填写。",
            "第 2 行 B 列「手机」：手机号应为 11 位数字，现为 3 位，请核对。",
            "第 2 行 C 列「身份证号」：第 18 位不是数字（只有末位可以是 X），请核对。",
            "第 2 行 D 列「出生日期」：日期晚于今天（2026-10-31），请核对。",
            "第 2 行 F 列「户主」：标了户主，就要填写户编号。",
            "第 2 行 G 列「积分」：期初不能是负数，请核对。",
            "第 2 行 H 列「截至日期」：不是日期，请写成 2026-01-31 的样子。",
            "第 3 行 B 列「手机」：表格软件把长号码变成了科学计数法：请把这一列设为「文本」后重新填写。",
            "第 3 行 D 列「出生日期」：出生日期与证件号码不一致，请核对其中一个。",
            "第 3 行 G 列「积分」：不是数字，请填写最多 2 位小数的数，不要写单位。",
            "第 4 行 H 列「截至日期」：有期初积分或时长，就要填写截至日期。",
            "第 5 行 H 列「截至日期」：日期晚于今天（2026-10-31），请核对。",
        ];
        assert_eq!(sentences(&sheet), expected);
        assert_eq!((sheet.fault_count, sheet.rows.len()), (12, 0));
        assert!(sheet.faults.iter().all(|fault| !fault.sentence(Language::English).contains("19491231")));
    }

    #[test]
    fn columns_of_single_years_are_part_of_the_whole() {
        let text = "姓名,服务时长（小时）,hours_2025,2026年服务分钟,截至日期\n\
            示例甲,10,2.5,30,2026-09-30\n示例乙,,1,0,2026-09-30\n示例丙,3,,,2026-09-30\n";
        let sheet = read(text);
        assert_eq!(sentences(&sheet), Vec::<String>::new());
        let openings = sheet.rows.iter().map(|row| row.opening.clone().unwrap());
        let minutes = openings.map(|opening| {
            let years: Vec<_> = opening.years.iter().map(|year| (year.year, year.minutes)).collect();
            (opening.service_minutes, years)
        });
        let expected = [(600, vec![(2025, 150), (2026, 30)]), (60, vec![(2025, 60)]), (180, vec![])];
        assert_eq!(minutes.collect::<Vec<_>>(), expected);
        let faulty = read(
            "姓名,小时,hours_2025,hours_2026,截至日期\n\
            示例甲,1,2,,2026-09-30\n示例乙,5,1,1,2025-12-31\n示例丙,5,1,,\n",
        );
        assert_eq!(
            sentences(&faulty),
            [
                "第 2 行 C 列「hours_2025」：各年时长合计 120 分钟，比总时长多：总时长应包含各年，请核对。",
                "第 3 行 D 列「hours_2026」：截至日期早于 2026 年，这一年还没有时长：请核对年份和截至日期。",
                "第 4 行 E 列「截至日期」：有期初积分或时长，就要填写截至日期。",
            ]
        );
        let both = read("姓名,hours_2025,minutes_2025\n示例甲,1,60\n");
        assert_eq!(both.faults[0].trouble, Trouble::BothHoursAndMinutes);
    }

    #[test]
    fn a_default_day_stands_in_for_a_missing_one() {
        let text = "姓名,积分\n示例甲,20\n";
        assert_eq!(sentences(&read(text)), ["第 2 行：有期初积分或时长，就要填写截至日期。"]);
        let sheet = read_members(text.as_bytes(), day("2026-10-31"), Some(day("2026-09-30")));
        assert_eq!(sheet.rows[0].opening.as_ref().map(|o| o.day), Some(day("2026-09-30")));
    }

    #[test]
    fn one_person_twice_in_a_sheet_is_refused() {
        let sheet = read(
            "编号,姓名,手机,身份证号,户,户主\n\
             1,示例甲,13800000001,999999195503120014,7,是\n\
             1,示例乙,,,,\n\
             ,示例丙,,999999195503120014,,\n\
             ,示例甲,+86 138 0000 0001,,,\n\
             ,示例丁,13800000001,,7,是\n\
             ,示例戊,,,,\n\
             ,示例戊,,,,\n\
             ,示例戊,,,8,\n",
        );
        let expected = [
            "第 3 行 A 列「编号」：编号与第 2 行相同，请核对或删去一行。",
            "第 4 行 D 列「身份证号」：证件号码与第 2 行相同，请核对或删去一行。",
            "第 5 行 B 列「姓名」：姓名和手机都与第 2 行相同，请删去一行。",
            "第 6 行 F 列「户主」：同一户在第 2 行已有户主，一户只能有一位户主。",
            "第 8 行 B 列「姓名」：与第 7 行同名且无法区分，请补手机、证件号码或编号，或删去一行。",
        ];
        assert_eq!(sentences(&sheet), expected);
    }

    #[test]
    fn a_file_that_is_no_sheet_is_refused_as_a_whole() {
        let trouble = |bytes: &[u8]| {
            let sheet = read_members(bytes, day("2026-10-31"), None);
            assert_eq!((sheet.rows.len(), sheet.fault_count), (0, 1));
            sheet.faults[0].trouble.clone()
        };
        assert_eq!(trouble(b""), Trouble::NoHeadings);
        assert_eq!(trouble("手机,备注\n13800000001,x\n".as_bytes()), Trouble::NoHeadings);
        assert_eq!(trouble("\n".repeat(20).as_bytes()), Trouble::NoHeadings);
        assert_eq!(trouble("姓名,手机\n".as_bytes()), Trouble::NoRows);
        assert_eq!(
            trouble("姓名,name\n示例,示例\n".as_bytes()),
            Trouble::HeadingTwice { column: "姓名".into() }
        );
        assert_eq!(trouble("姓名,小时,分钟\n".as_bytes()), Trouble::BothHoursAndMinutes);
        assert_eq!(trouble(b"PK\x03\x04"), Trouble::Workbook);
    }

    #[test]
    fn a_quote_that_never_closes_is_noticed() {
        let sheet = read(&format!("姓名,手机\n\"示例甲,1\n{}", "示例,2\n".repeat(200)));
        assert_eq!(sentences(&sheet), ["第 2 行 A 列「姓名」：内容超过 500 个字，可能是少了一个引号。"]);
    }

    #[test]
    fn rows_and_listed_faults_are_bounded() {
        let many = |rows: usize| "姓名\n".to_owned() + &"1\n".repeat(rows);
        let sheet = read(&many(100_001));
        assert_eq!(sheet.fault_count, 100_001);
        assert_eq!(sheet.faults.len(), MOST_FAULTS);
        let good =
            "编号,姓名\n".to_owned() + &(0..100_001).map(|n| format!("{n},示例\n")).collect::<String>();
        let sheet = read(&good);
        assert_eq!(sheet.faults, [Fault::file(Trouble::TooManyRows { limit: MOST_ROWS })]);
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        let sheet = read("标题\n\n姓名,备注\n\n示例甲,\"三\n行\n字\"\n\n示例乙,\n示例丙,\n");
        let rows = |sheet: &MemberSheet| sheet.rows.iter().map(|row| row.row).collect::<Vec<_>>();
        assert_eq!(rows(&sheet), [5, 7, 8]);
        assert_eq!(rows(&read("\r\n\r\n姓名,备注\r\n\r\n\r\n示例甲,\"二\r\n行\"\r\n示例乙,\r\n")), [6, 7]);
        assert_eq!(rows(&read("姓名\r示例甲\r示例乙\r")), [2, 3]);
    }
}

//! What is wrong with a sheet: where, and a sentence that says what to do.

use crate::domain::language::Language;
use crate::domain::people::id_document::{IdFault, IdKind};
use crate::domain::people::person_name::NameFault;
use crate::domain::people::personal_number::PersonalNumber;
use crate::domain::people::phone::PhoneFault;
use crate::domain::time::Day;
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
    /// A phone or an identity number in a column that is kept in the clear.
    PersonalNumber(PersonalNumber),
    Name(NameFault),
    Phone(PhoneFault),
    IdNumber(IdFault),
    NotAnIdKind,
    /// A character that nobody sees.
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
    // ---- against what the bank has
    /// No open organisation of that code or name within reach.
    OrgUnknown,
    /// Several organisations have this name.
    OrgUnclear {
        codes: Vec<String>,
    },
    OrgMissing,
    NumberTaken,
    /// Somebody in the bank is the same person already.
    Known {
        number: String,
        what: Sameness,
    },
    /// Somebody in the bank has this name, and nothing tells the two apart: a question.
    SameName {
        numbers: Vec<String>,
    },
    /// The books are closed up to that day.
    PeriodClosed {
        first_open: Day,
    },
    /// Time of a year that is closed for good.
    YearClosed {
        year: i32,
    },
    /// Time of a year that begins after the day up to which the figures count.
    YearNotBegun {
        year: i32,
    },
    /// The years add up to more than the whole.
    YearsExceedTotal {
        minutes: i64,
    },
    /// By the scheme, points of that day have run out already.
    PointsRanOut {
        last: Day,
    },
}

/// By what two rows are the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    Number,
    IdNumber,
    NameAndPhone,
    /// Nothing but the name (and place) is given, and it is given twice.
    NameAlone,
}

impl Fault {
    pub fn file(trouble: Trouble) -> Self {
        Self { row: None, column: None, trouble }
    }

    /// Where and what, in one sentence.
    pub fn sentence(&self, language: Language) -> String {
        let what = match language {
            Language::Chinese => chinese(&self.trouble),
            Language::English => english(&self.trouble),
        };
        match (self.row, &self.column, language) {
            (None, None, _) => what,
            (None, Some(p), Language::Chinese) => format!("{} 列「{}」：{what}", p.letters, p.heading),
            (None, Some(p), Language::English) => format!("column {} \"{}\": {what}", p.letters, p.heading),
            (Some(row), None, Language::Chinese) => format!("第 {row} 行：{what}"),
            (Some(row), None, Language::English) => format!("row {row}: {what}"),
            (Some(row), Some(p), Language::Chinese) => {
                format!("第 {row} 行 {} 列「{}」：{what}", p.letters, p.heading)
            }
            (Some(row), Some(p), Language::English) => {
                format!("row {row}, column {} \"{}\": {what}", p.letters, p.heading)
            }
        }
    }
}

/// The letters by which a spreadsheet names the column with this index (from 0).
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

fn chinese(trouble: &Trouble) -> String {
    match trouble {
        Trouble::TooLarge { limit_mebibytes } => {
            format!("文件超过 {limit_mebibytes} MB，请分成几个文件导入。")
        }
        Trouble::Workbook => "这是 Excel 工作簿，请用「另存为 CSV UTF-8」后再导入。".into(),
        Trouble::UnknownEncoding => {
            "文字编码不是 UTF-8 也不是 GBK，请用「另存为 CSV UTF-8」后再导入。".into()
        }
        Trouble::NotATable { line } => format!("第 {line} 行起无法按 CSV 读取，请检查引号和分隔符。"),
        Trouble::NoHeadings => "前 10 行里没有找到表头：至少要有「姓名」一列。".into(),
        Trouble::HeadingTwice { column } => format!("有两列都是「{column}」，请只保留一列。"),
        Trouble::BothHoursAndMinutes => "服务时长既有小时列又有分钟列，请只保留一列。".into(),
        Trouble::TooManyRows { limit } => format!("超过 {limit} 行，请分成几个文件导入。"),
        Trouble::NoRows => "表头下面没有数据行。".into(),
        Trouble::CellTooLong { limit } => format!("内容超过 {limit} 个字，可能是少了一个引号。"),
        Trouble::Missing => "不能为空，请填写。".into(),
        Trouble::PersonalNumber(PersonalNumber::Phone) => "里面有手机号：请移到手机号一列。".into(),
        Trouble::PersonalNumber(PersonalNumber::IdNumber) => "里面有身份证号：请移到证件号码一列。".into(),
        Trouble::Name(fault) => format!("{}。", fault.chinese()),
        Trouble::NotAnIdKind => {
            let kinds: Vec<_> = IdKind::ALL.map(IdKind::chinese).into();
            format!("不认识的证件种类，请填写其中之一：{}。", kinds.join("、"))
        }
        Trouble::Unseen { position, code } => {
            format!("第 {position} 个字符看不见（U+{code:04X}），请整个删去后重新输入。")
        }
        Trouble::Phone(fault) => format!("{}，请核对。", fault.chinese()),
        Trouble::IdNumber(fault) => format!("{}，请核对。", fault.chinese()),
        Trouble::Exponent => "表格软件把长号码变成了科学计数法：请把这一列设为「文本」后重新填写。".into(),
        Trouble::NotADay => "不是日期，请写成 2026-01-31 的样子。".into(),
        Trouble::NotADayButANumber => "日期变成了数字：请把这一列设为「日期」或「文本」后重新填写。".into(),
        Trouble::InFuture { today } => format!("日期晚于今天（{today}），请核对。"),
        Trouble::BirthDateDiffers => "出生日期与证件号码不一致，请核对其中一个。".into(),
        Trouble::TooManyDecimals { decimals: 0 } => "须为整数，不能有小数，请改写。".into(),
        Trouble::TooManyDecimals { decimals } => format!("小数位太多：最多 {decimals} 位小数，请改写。"),
        Trouble::NotAnAmount { decimals: 0 } => "不是整数，请填写数字。".into(),
        Trouble::NotAnAmount { decimals } => {
            format!("不是数字，请填写最多 {decimals} 位小数的数，不要写单位。")
        }
        Trouble::Negative => "期初不能是负数，请核对。".into(),
        Trouble::TooMuch { most } => format!("数值过大（最多 {most}），请核对。"),
        Trouble::NotWholeMinutes => "小时数换算后不是整分钟，请改用分钟列。".into(),
        Trouble::OpeningWithoutDay => "有期初积分或时长，就要填写截至日期。".into(),
        Trouble::NotYesOrNo => "请填「是」或「否」。".into(),
        Trouble::TwoHeads { row } => format!("同一户在第 {row} 行已有户主，一户只能有一位户主。"),
        Trouble::HeadWithoutHousehold => "标了户主，就要填写户编号。".into(),
        Trouble::SameAs { row, what } => match what {
            Sameness::Number => format!("编号与第 {row} 行相同，请核对或删去一行。"),
            Sameness::IdNumber => format!("证件号码与第 {row} 行相同，请核对或删去一行。"),
            Sameness::NameAndPhone => format!("姓名和手机都与第 {row} 行相同，请删去一行。"),
            Sameness::NameAlone => {
                format!("与第 {row} 行同名且无法区分，请补手机、证件号码或编号，或删去一行。")
            }
        },
        Trouble::NumberTooLong { most } => format!("编号最多 {most} 个字，请核对。"),
        Trouble::OrgUnknown => {
            "没有这个组织（按代码和名称都没找到，或已关闭），请核对，或先新建组织。".into()
        }
        Trouble::OrgUnclear { codes } => {
            format!("有几个组织叫这个名字，请改填代码：{}。", codes.join("、"))
        }
        Trouble::OrgMissing => "没写所属社区：请填写，或用 --org 指定整张表的组织。".into(),
        Trouble::NumberTaken => "编号已有人使用，请换一个编号，或留空由系统编号。".into(),
        Trouble::Known { number, what } => match what {
            Sameness::Number => format!("编号 {number} 的储户已经有了，请删去这一行。"),
            Sameness::IdNumber => format!("证件号码已登记在储户 {number} 名下，请核对，或删去这一行。"),
            Sameness::NameAndPhone => {
                format!("姓名和手机都与储户 {number} 相同，请核对，或删去这一行。")
            }
            Sameness::NameAlone => chinese(&Trouble::SameName { numbers: vec![number.clone()] }),
        },
        Trouble::SameName { numbers } => format!(
            "与储户 {} 同名 · 是同一人吗？是同一人，请删去这一行；不是，请补手机或证件号码，或在「同名确认」列填「是」。",
            numbers.join("、")
        ),
        Trouble::PeriodClosed { first_open } => {
            format!("这一天的账已经结清，期初日期最早可填 {first_open}。")
        }
        Trouble::YearClosed { year } => {
            format!("{year} 年已经关账，不能再记这一年的时长：请清空这一格，时长留在总时长里。")
        }
        Trouble::YearNotBegun { year } => {
            format!("截至日期早于 {year} 年，这一年还没有时长：请核对年份和截至日期。")
        }
        Trouble::YearsExceedTotal { minutes } => {
            format!("各年时长合计 {minutes} 分钟，比总时长多：总时长应包含各年，请核对。")
        }
        Trouble::PointsRanOut { last } => {
            format!("按积分办法，这些积分到 {last} 已经过期：请改截至日期，或不带 --scheme 导入。")
        }
    }
}

fn english(trouble: &Trouble) -> String {
    match trouble {
        Trouble::TooLarge { limit_mebibytes } => {
            format!("the file is over {limit_mebibytes} MB: split it into several.")
        }
        Trouble::Workbook => "this is an Excel workbook: save it as CSV UTF-8 and import that.".into(),
        Trouble::UnknownEncoding => {
            "the text is neither UTF-8 nor GBK: save it as CSV UTF-8 and import that.".into()
        }
        Trouble::NotATable { line } => {
            format!("from line {line} on this cannot be read as CSV: check quotes and separators.")
        }
        Trouble::NoHeadings => {
            "no headings in the first 10 rows: there must be at least a column \"name\".".into()
        }
        Trouble::HeadingTwice { column } => format!("two columns are both \"{column}\": keep one."),
        Trouble::BothHoursAndMinutes => "service time in hours and in minutes: keep one column.".into(),
        Trouble::TooManyRows { limit } => format!("more than {limit} rows: split the file."),
        Trouble::NoRows => "there are no rows below the headings.".into(),
        Trouble::CellTooLong { limit } => {
            format!("longer than {limit} characters: a closing quote may be missing.")
        }
        Trouble::Missing => "may not be empty: fill it in.".into(),
        Trouble::PersonalNumber(PersonalNumber::Phone) => {
            "holds a phone number: move it to that column.".into()
        }
        Trouble::PersonalNumber(PersonalNumber::IdNumber) => {
            "holds an identity number: move it to that column.".into()
        }
        Trouble::Name(fault) => format!("the name {fault}."),
        Trouble::NotAnIdKind => {
            let kinds: Vec<_> = IdKind::ALL.map(IdKind::as_str).into();
            format!("not a kind of document: write one of {}.", kinds.join(", "))
        }
        Trouble::Unseen { position, code } => {
            format!("character {position} (U+{code:04X}) cannot be seen: delete the whole and type it again.")
        }
        Trouble::Phone(fault) => format!("{fault}: check it."),
        Trouble::IdNumber(fault) => format!("{fault}: check it."),
        Trouble::Exponent => {
            "the spreadsheet has cut a long number short: format the column as text and type it again.".into()
        }
        Trouble::NotADay => "not a date: write it like 2026-01-31.".into(),
        Trouble::NotADayButANumber => {
            "the date has become a number: format the column as a date or as text and type it again.".into()
        }
        Trouble::InFuture { today } => format!("the date is after today ({today}): check it."),
        Trouble::BirthDateDiffers => {
            "the birth date and the document's number disagree: check which is right.".into()
        }
        Trouble::TooManyDecimals { decimals: 0 } => "must be whole: leave the decimals out.".into(),
        Trouble::TooManyDecimals { decimals } => format!("too many decimals: at most {decimals}."),
        Trouble::NotAnAmount { decimals: 0 } => "not a whole number: write digits only.".into(),
        Trouble::NotAnAmount { decimals } => {
            format!("not a number: write digits with at most {decimals} decimals and no unit.")
        }
        Trouble::Negative => "an opening balance may not be negative: check it.".into(),
        Trouble::TooMuch { most } => format!("too large (at most {most}): check it."),
        Trouble::NotWholeMinutes => "these hours are no whole minutes: use a column of minutes.".into(),
        Trouble::OpeningWithoutDay => "opening points or time need the date up to which they count.".into(),
        Trouble::NotYesOrNo => "write yes or no.".into(),
        Trouble::TwoHeads { row } => {
            format!("row {row} is the head of this household already: a household has one.")
        }
        Trouble::HeadWithoutHousehold => "a head of household needs the household's number.".into(),
        Trouble::SameAs { row, what } => match what {
            Sameness::Number => format!("the same number as in row {row}: check it or remove one row."),
            Sameness::IdNumber => {
                format!("the same document as in row {row}: check it or remove one row.")
            }
            Sameness::NameAndPhone => format!("the same name and phone as in row {row}: remove one row."),
            Sameness::NameAlone => format!(
                "cannot be told from row {row}: add a phone, a document or a number, or remove one row."
            ),
        },
        Trouble::NumberTooLong { most } => format!("a number has at most {most} characters: check it."),
        Trouble::OrgUnknown => {
            "no open organisation has this code or name: check it, or add the organisation first.".into()
        }
        Trouble::OrgUnclear { codes } => {
            format!("several organisations have this name: write the code instead: {}.", codes.join(", "))
        }
        Trouble::OrgMissing => "no organisation: fill it in, or give one for all rows with --org.".into(),
        Trouble::NumberTaken => {
            "this number is in use: choose another, or leave it empty for the next free one.".into()
        }
        Trouble::Known { number, what } => match what {
            Sameness::Number => format!("member {number} is here already: remove this row."),
            Sameness::IdNumber => {
                format!("member {number} has this document: check it, or remove this row.")
            }
            Sameness::NameAndPhone => {
                format!("member {number} has the same name and phone: check it, or remove this row.")
            }
            Sameness::NameAlone => english(&Trouble::SameName { numbers: vec![number.clone()] }),
        },
        Trouble::SameName { numbers } => format!(
            "the same name as member {}: is it the same person? If so, remove this row; if not, add a phone or a \
             document, or write yes in the column \"confirmed_new\".",
            numbers.join(", ")
        ),
        Trouble::PeriodClosed { first_open } => {
            format!("the books of that day are closed: the first day that may be given is {first_open}.")
        }
        Trouble::YearClosed { year } => {
            format!(
                "the books of {year} are closed for good: leave this cell empty, the time stays in the whole."
            )
        }
        Trouble::YearNotBegun { year } => {
            format!("the figures count up to a day before {year}: check the year and the date.")
        }
        Trouble::YearsExceedTotal { minutes } => {
            format!(
                "the years add up to {minutes} minutes, more than the whole, which includes them: check them."
            )
        }
        Trouble::PointsRanOut { last } => format!(
            "by the scheme these points ran out on {last}: change the date, or import without --scheme."
        ),
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

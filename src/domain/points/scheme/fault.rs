//! What can be wrong with a scheme file, with the place and a sentence that helps.

use super::syntax::{Syntax, short};
use crate::domain::language::Language;
use serde::Serialize;
use std::fmt;

/// One fault of a scheme file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SchemeFault {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The value's place in words of the file, e.g. `items[3].points` (counted from 1).
    pub path: String,
    pub problem: Problem,
}

impl SchemeFault {
    /// Place and problem as one sentence.
    pub fn sentence(&self, language: Language) -> String {
        let (line, column, problem) = (self.line, self.column, self.problem.sentence(language));
        match (language, self.path.is_empty()) {
            (Language::Chinese, true) => format!("第 {line} 行第 {column} 列：{problem}"),
            (Language::Chinese, false) => format!("第 {line} 行第 {column} 列（{}）：{problem}", self.path),
            (Language::English, true) => format!("line {line}, column {column}: {problem}"),
            (Language::English, false) => format!("line {line}, column {column} ({}): {problem}", self.path),
        }
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
    /// There are more faults than are told one by one.
    MoreFaults {
        more: usize,
    },
    TooLong {
        most_bytes: usize,
    },
    UnknownKey {
        key: String,
        known: Vec<&'static str>,
        /// The known key that it is like.
        near: Option<&'static str>,
        /// The headers of the tables in which it belongs; empty: the beginning of the file.
        belongs: Vec<&'static str>,
    },
    /// A table of which there may be several is written like one of which there is one.
    NotAList {
        key: String,
    },
    /// A table of which there is one is written like one of which there may be several.
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

impl Expected {
    fn word(self, language: Language) -> &'static str {
        match self {
            Expected::Text => language.pick("文字（加引号）", "text in quotes"),
            Expected::Number => language.pick("数字", "a number"),
            Expected::WholeNumber => language.pick("整数", "a whole number"),
            Expected::Date => language.pick("日期，如 2026-01-01", "a date such as 2026-01-01"),
            Expected::Flag => language.pick("true 或 false", "true or false"),
            Expected::Table => language.pick("一组键值", "a table"),
            Expected::List => language.pick("列表", "a list"),
            Expected::WordOrTable => language.pick("规定的词或一组键值", "one of the known words or a table"),
            Expected::NumberWordOrTable => {
                language.pick("数字、规定的词或一组键值", "a number, one of the known words or a table")
            }
        }
    }
}

impl Problem {
    /// The problem as a sentence that says what to write instead.
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::Chinese => self.chinese(),
            Language::English => self.english(),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Problem::Syntax { slip } => slip.sentence(Language::Chinese),
            Problem::MoreFaults { more } => format!("从这里起还有 {more} 处错误，请先改正以上各处再检查"),
            Problem::TooLong { most_bytes } => format!("文件过长，最多 {most_bytes} 字节"),
            Problem::UnknownKey { key, known, near, belongs } => {
                let key = short(key);
                match (belongs.as_slice(), near) {
                    ([], Some(near)) => format!("不认识的键「{key}」，是不是「{near}」？"),
                    ([], None) => format!("不认识的键「{key}」，此处可用：{}", known.join("、")),
                    (belongs, _) => {
                        let places: Vec<_> = belongs.iter().map(|place| place_chinese(place)).collect();
                        format!("「{key}」不属于这里，请移到{}", places.join("或"))
                    }
                }
            }
            Problem::NotAList { key } => format!("{0} 应写成 [[{0}]]", short(key)),
            Problem::NotATable { key } => format!("{0} 只能有一个，应写成 [{0}]", short(key)),
            Problem::MissingKey { key } => format!("缺少「{key}」"),
            Problem::WrongType { expected, found } => {
                format!("此处应为{}，现为{}", expected.word(Language::Chinese), found_chinese(found))
            }
            Problem::NotANumber { text } => {
                format!("「{}」不是普通小数，请写成 12 或 12.5 这样", short(text))
            }
            Problem::TooManyDecimals { most } => format!("小数位过多，最多 {most} 位"),
            Problem::OutOfRange { least, most } => format!("应在 {least} 与 {most} 之间"),
            Problem::UnknownWord { text, known } => {
                format!("不认识「{}」，可用：{}", short(text), known.join("、"))
            }
            Problem::BadCode => "代码只能用字母、汉字、数字和 - _ .，1 至 64 个字符".into(),
            Problem::BadText { most } => format!("文字不能为空，不能有控制字符，最多 {most} 个字符"),
            Problem::Duplicate { code } => format!("代码「{}」重复", short(code)),
            Problem::DatesReversed => "结束日期早于开始日期".into(),
            Problem::NotRising => "门槛必须逐级升高".into(),
            Problem::OnlyOneOf { keys } => format!("只能写其中一项：{}", keys.join("、")),
            Problem::OneNeededOf { keys } => format!("至少要写其中一项：{}", keys.join("、")),
            Problem::UnknownReference { code } => format!("文件里没有定义「{}」", short(code)),
            Problem::TooDeep { most } => format!("类别最多 {most} 级"),
            Problem::NoRate { code } => format!("「{code}」没有每小时或每次的分值，请补上"),
            Problem::UnevenThresholds => "各星级要用同样的门槛：都按小时、都按积分，或两者都要".into(),
            Problem::NotWith { other } => format!("与「{other}」同用没有意义，请删去其一"),
        }
    }

    fn english(&self) -> String {
        match self {
            Problem::Syntax { slip } => slip.sentence(Language::English),
            Problem::MoreFaults { more } => {
                format!("{more} more faults from here on: correct those above and check again")
            }
            Problem::TooLong { most_bytes } => format!("the file is too long: at most {most_bytes} bytes"),
            Problem::UnknownKey { key, known, near, belongs } => {
                let key = short(key);
                match (belongs.as_slice(), near) {
                    ([], Some(near)) => format!("unknown key `{key}`: do you mean `{near}`?"),
                    ([], None) => format!("unknown key `{key}`; known here: {}", known.join(", ")),
                    (belongs, _) => {
                        let places: Vec<_> = belongs.iter().map(|place| place_english(place)).collect();
                        format!("`{key}` does not belong here: move it to {}", places.join(" or "))
                    }
                }
            }
            Problem::NotAList { key } => format!("write [[{0}]] instead of [{0}]", short(key)),
            Problem::NotATable { key } => format!("there is one of them: write [{}]", short(key)),
            Problem::MissingKey { key } => format!("`{key}` is missing"),
            Problem::WrongType { expected, found } => {
                format!("{} is expected here, not {found}", expected.word(Language::English))
            }
            Problem::NotANumber { text } => {
                format!("`{}` is not a plain decimal: write 12 or 12.5", short(text))
            }
            Problem::TooManyDecimals { most } => format!("too many decimals: at most {most}"),
            Problem::OutOfRange { least, most } => format!("must lie between {least} and {most}"),
            Problem::UnknownWord { text, known } => {
                format!("`{}` is not known; use {}", short(text), known.join(", "))
            }
            Problem::BadCode => "a code has 1 to 64 letters, digits, `-`, `_` and `.`".into(),
            Problem::BadText { most } => {
                format!("text must not be empty, have control characters or more than {most} characters")
            }
            Problem::Duplicate { code } => format!("the code `{}` is used twice", short(code)),
            Problem::DatesReversed => "the end lies before the beginning".into(),
            Problem::NotRising => "thresholds must rise from row to row".into(),
            Problem::OnlyOneOf { keys } => format!("only one of these may be given: {}", keys.join(", ")),
            Problem::OneNeededOf { keys } => format!("one of these must be given: {}", keys.join(", ")),
            Problem::UnknownReference { code } => format!("the file does not define `{}`", short(code)),
            Problem::TooDeep { most } => format!("categories have at most {most} levels"),
            Problem::NoRate { code } => format!("`{code}` has no points per hour or per time: add them"),
            Problem::UnevenThresholds => {
                "all stars must use the same thresholds: hours, points, or both".into()
            }
            Problem::NotWith { other } => format!("has no meaning beside `{other}`: remove one of them"),
        }
    }
}

/// What stands in the file, by the reader's word for it.
fn found_chinese(found: &str) -> &str {
    match found {
        "string" => "文字",
        "integer" => "整数",
        "float" => "小数",
        "boolean" => "是非值",
        "datetime" => "日期",
        "array" => "列表",
        "table" => "一组键值",
        _ => "另一种内容",
    }
}

fn place_chinese(header: &str) -> String {
    if header.is_empty() {
        "文件开头（第一个方括号之前）".to_owned()
    } else {
        format!(" {header} 下面")
    }
}

fn place_english(header: &str) -> String {
    if header.is_empty() {
        "the beginning of the file, before the first [".to_owned()
    } else {
        header.to_owned()
    }
}

//! What can be wrong with a scheme file, with the place and a sentence that helps.

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
    /// Not TOML; the words are the reader's own.
    Syntax {
        message: String,
    },
    TooLong {
        most_bytes: usize,
    },
    UnknownKey {
        key: String,
        known: Vec<&'static str>,
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
            Problem::Syntax { message } => format!("不是合法的 TOML：{message}"),
            Problem::TooLong { most_bytes } => format!("文件过长，最多 {most_bytes} 字节"),
            Problem::UnknownKey { key, known } => {
                format!("不认识的键「{key}」，此处可用：{}", known.join("、"))
            }
            Problem::MissingKey { key } => format!("缺少「{key}」"),
            Problem::WrongType { expected, found } => {
                format!("此处应为{}，现为 {found}", expected.word(Language::Chinese))
            }
            Problem::NotANumber { text } => format!("「{text}」不是普通小数，请写成 12 或 12.5 这样"),
            Problem::TooManyDecimals { most } => format!("小数位过多，最多 {most} 位"),
            Problem::OutOfRange { least, most } => format!("应在 {least} 与 {most} 之间"),
            Problem::UnknownWord { text, known } => format!("不认识「{text}」，可用：{}", known.join("、")),
            Problem::BadCode => "代码只能用字母、汉字、数字和 - _ .，1 至 64 个字符".into(),
            Problem::BadText { most } => format!("文字不能为空，不能有控制字符，最多 {most} 个字符"),
            Problem::Duplicate { code } => format!("代码「{code}」重复"),
            Problem::DatesReversed => "结束日期早于开始日期".into(),
            Problem::NotRising => "门槛必须逐级升高".into(),
            Problem::OnlyOneOf { keys } => format!("只能写其中一项：{}", keys.join("、")),
            Problem::OneNeededOf { keys } => format!("至少要写其中一项：{}", keys.join("、")),
            Problem::UnknownReference { code } => format!("文件里没有定义「{code}」"),
            Problem::TooDeep { most } => format!("类别最多 {most} 级"),
            Problem::NoRate { code } => format!("「{code}」没有每小时或每次的分值，请补上"),
            Problem::UnevenThresholds => "各星级要用同样的门槛：都按小时、都按积分，或两者都要".into(),
            Problem::NotWith { other } => format!("与「{other}」同用没有意义，请删去其一"),
        }
    }

    fn english(&self) -> String {
        match self {
            Problem::Syntax { message } => format!("not valid TOML: {message}"),
            Problem::TooLong { most_bytes } => format!("the file is too long: at most {most_bytes} bytes"),
            Problem::UnknownKey { key, known } => {
                format!("unknown key `{key}`; known here: {}", known.join(", "))
            }
            Problem::MissingKey { key } => format!("`{key}` is missing"),
            Problem::WrongType { expected, found } => {
                format!("{} is expected here, not {found}", expected.word(Language::English))
            }
            Problem::NotANumber { text } => format!("`{text}` is not a plain decimal: write 12 or 12.5"),
            Problem::TooManyDecimals { most } => format!("too many decimals: at most {most}"),
            Problem::OutOfRange { least, most } => format!("must lie between {least} and {most}"),
            Problem::UnknownWord { text, known } => {
                format!("`{text}` is not known; use {}", known.join(", "))
            }
            Problem::BadCode => "a code has 1 to 64 letters, digits, `-`, `_` and `.`".into(),
            Problem::BadText { most } => {
                format!("text must not be empty, have control characters or more than {most} characters")
            }
            Problem::Duplicate { code } => format!("the code `{code}` is used twice"),
            Problem::DatesReversed => "the end lies before the beginning".into(),
            Problem::NotRising => "thresholds must rise from row to row".into(),
            Problem::OnlyOneOf { keys } => format!("only one of these may be given: {}", keys.join(", ")),
            Problem::OneNeededOf { keys } => format!("one of these must be given: {}", keys.join(", ")),
            Problem::UnknownReference { code } => format!("the file does not define `{code}`"),
            Problem::TooDeep { most } => format!("categories have at most {most} levels"),
            Problem::NoRate { code } => format!("`{code}` has no points per hour or per time: add them"),
            Problem::UnevenThresholds => {
                "all stars must use the same thresholds: hours, points, or both".into()
            }
            Problem::NotWith { other } => format!("has no meaning beside `{other}`: remove one of them"),
        }
    }
}

//! What can be wrong with one member of a request. A fault travels through serde as its error message and is turned
//! into a sentence here.

use super::error::Told;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Body,
    Query,
    Header,
}

/// What is wrong with a member. Lengths are in characters (Unicode scalar values).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FieldFault {
    Missing,
    Unknown {
        allowed: Vec<String>,
    },
    Duplicate,
    WrongType {
        expected: Expected,
    },
    NotOneOf {
        allowed: Vec<String>,
    },
    TooShort {
        least: usize,
    },
    TooLong {
        most: usize,
    },
    TooFewItems {
        least: usize,
    },
    TooManyItems {
        most: usize,
    },
    TooSmall {
        least: i64,
    },
    TooLarge {
        most: i64,
    },
    /// Zero or less where something must move.
    NotPositive,
    /// A NUL, another control character, or one that nobody sees: which one and where, from 1, where that is known.
    ControlCharacter {
        position: Option<usize>,
        sign: Option<String>,
    },
    /// Blanks at the start or the end, or nothing but blanks.
    Blank,
    /// A phone or an identity number where it would stand in the clear.
    PersonalNumber {
        what: String,
    },
    FloatingNumber,
    NotPlainDecimal,
    TooManyDecimals {
        decimals: u32,
    },
    NotAnId,
    NotADay,
    /// The last day comes before the first.
    DaysReversed {
        from: String,
        until: String,
    },
    NotAMoment,
    /// Another form than the one told.
    WrongForm {
        chinese: String,
        english: String,
    },
    NestedTooDeep {
        most: usize,
    },
    BadCursor,
    /// Anything else that serde refuses.
    Refused,
}

/// The kinds of JSON value, as people call them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    Text,
    WholeNumber,
    TrueOrFalse,
    List,
    Object,
    /// A decimal as text, or a whole number.
    Amount,
    Other,
}

/// Stands before a fault in an error message; no message of serde and no text of a caller begins with it.
const MARK: char = '\u{1}';

impl fmt::Display for FieldFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK}{}", serde_json::to_string(self).unwrap_or_default())
    }
}

/// A fault with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub place: Place,
    /// `items[3].amount`; empty for the whole.
    pub path: String,
    pub fault: FieldFault,
}

impl FieldFault {
    /// A character that nobody sees, by its position from 1 and its number.
    pub fn unseen(position: usize, code: u32) -> Self {
        FieldFault::ControlCharacter { position: Some(position), sign: Some(format!("U+{code:04X}")) }
    }
}

impl FieldError {
    pub fn new(place: Place, path: impl Into<String>, fault: FieldFault) -> Self {
        FieldError { place, path: path.into(), fault }
    }

    /// Reads the message of a refused deserialisation. `path` leads to the value that was refused.
    pub fn from_message(place: Place, path: &str, message: &str) -> Self {
        let path = if path == "." { "" } else { path };
        if let Some(fault) = message.strip_prefix(MARK) {
            let fault = serde_json::from_str(fault).unwrap_or(FieldFault::Refused);
            return FieldError::new(place, path, fault);
        }
        let (start, rest) = message.split_once('`').unwrap_or((message, ""));
        let (name, rest) = rest.split_once('`').unwrap_or(("", ""));
        let with_name = || {
            let last = path.rsplit('.').next().unwrap_or_default();
            match path {
                "" => name.to_owned(),
                _ if last == name => path.to_owned(),
                _ => format!("{path}.{name}"),
            }
        };
        match start.trim_end() {
            "missing field" => FieldError::new(place, with_name(), FieldFault::Missing),
            "duplicate field" => FieldError::new(place, with_name(), FieldFault::Duplicate),
            "unknown field" => {
                FieldError::new(place, with_name(), FieldFault::Unknown { allowed: quoted(rest) })
            }
            "unknown variant" => FieldError::new(place, path, FieldFault::NotOneOf { allowed: quoted(rest) }),
            _ => FieldError::new(place, path, other(message)),
        }
    }

    pub fn code(&self) -> String {
        let value = serde_json::to_value(&self.fault).unwrap_or_default();
        let name = value.get("fault").and_then(|name| name.as_str()).unwrap_or("refused");
        format!("field_{name}")
    }

    /// The number of the item in a batch (from 0) to which the path leads.
    pub fn index(&self) -> Option<u32> {
        self.path.strip_prefix("items[")?.split(']').next()?.parse().ok()
    }
}

/// The names between backquotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn other(message: &str) -> FieldFault {
    // These are the words of the domain's own types.
    if message.contains("not an RFC 3339 time") {
        return FieldFault::NotAMoment;
    }
    if message.contains("not a date YYYY-MM-DD") {
        return FieldFault::NotADay;
    }
    if message.contains("not a UUID") {
        return FieldFault::NotAnId;
    }
    let Some((_, expected)) =
        message.split_once(", expected ").filter(|_| message.starts_with("invalid type"))
    else {
        return FieldFault::Refused;
    };
    if message.contains("floating point") {
        return FieldFault::FloatingNumber;
    }
    let expected = match expected.split(' ').next().unwrap_or_default() {
        "string" | "text" => Expected::Text,
        "a" if expected.contains("string") => Expected::Text,
        "a" if expected.contains("boolean") => Expected::TrueOrFalse,
        "a" if expected.contains("sequence") => Expected::List,
        "a" if expected.contains("map") => Expected::Object,
        "a" if expected.contains("number") => Expected::WholeNumber,
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => Expected::WholeNumber,
        "struct" | "internally" | "map" => Expected::Object,
        "list" => Expected::List,
        "amount" => Expected::Amount,
        "an" if expected.contains("integer") => Expected::WholeNumber,
        _ => Expected::Other,
    };
    FieldFault::WrongType { expected }
}

impl Expected {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Expected::Text => ("文本", "text"),
            Expected::WholeNumber => ("整数", "a whole number"),
            Expected::TrueOrFalse => ("true 或 false", "true or false"),
            Expected::List => ("列表", "a list"),
            Expected::Object => ("对象", "an object"),
            Expected::Amount => (
                "写成文本的小数（如 \"12.50\"）或整数",
                "a decimal as text (such as \"12.50\") or a whole number",
            ),
            Expected::Other => ("另一种值，见接口文档", "another kind of value, see the reference"),
        }
    }
}

impl FieldError {
    /// The row of the table for this fault.
    pub fn told(&self) -> Told {
        let (zh, en) = self.place_words();
        let (zh, en) = match self.path.as_str() {
            "" => (format!("整个{zh}"), format!("the {en} as a whole")),
            path => (format!("{zh}“{path}”"), format!("{en} \"{path}\"")),
        };
        let (chinese, english) = sentence(&self.fault, &zh, &en);
        let told = Told::new(400, chinese, english).key_unused();
        if self.path.is_empty() { told } else { told.field(&self.path) }
    }

    fn place_words(&self) -> (&'static str, &'static str) {
        match (self.place, self.path.as_str()) {
            (Place::Body, "") => ("请求体", "body"),
            (Place::Body, _) => ("字段", "member"),
            (Place::Query, _) => ("查询参数", "query parameter"),
            (Place::Header, _) => ("请求头", "header"),
        }
    }
}

/// `zh` and `en` name the member in each language.
fn sentence(fault: &FieldFault, zh: &str, en: &str) -> (String, String) {
    use FieldFault as F;
    match fault {
        F::Missing => {
            (format!("缺少内容：{zh}必须填写。请补上。"), format!("Missing: {en} is required. Add it."))
        }
        F::Unknown { allowed } => {
            let (zh_allowed, en_allowed) = (list(allowed, "无", "、"), list(allowed, "none", ", "));
            (
                format!("不认识的内容：{zh}不属于这个请求。可用的有：{zh_allowed}。请删去或更正拼写。"),
                format!(
                    "Unknown: {en} does not belong to this request. It may have: {en_allowed}. Remove it or correct its name."
                ),
            )
        }
        F::Duplicate => (
            format!("内容重复：{zh}出现了不止一次。请只保留一个。"),
            format!("Duplicate: {en} stands more than once. Keep one."),
        ),
        F::WrongType { expected } => {
            let (zh_expected, en_expected) = expected.words();
            (
                format!("类型不对：{zh}应为{zh_expected}。请改写。"),
                format!("Wrong type: {en} must be {en_expected}. Rewrite it."),
            )
        }
        F::NotOneOf { allowed } => {
            let (zh_allowed, en_allowed) = (list(allowed, "无", "、"), list(allowed, "none", ", "));
            (
                format!("不在可选值内：{zh}可为：{zh_allowed}。请选其中之一。"),
                format!("Not one of the values: {en} may be: {en_allowed}. Choose one of them."),
            )
        }
        F::TooShort { least } => (
            format!("太短：{zh}至少要有 {least} 个字符。请补全。"),
            format!("Too short: {en} needs at least {least} characters. Write more."),
        ),
        F::TooLong { most } => (
            format!("太长：{zh}最多 {most} 个字符。请缩短。"),
            format!("Too long: {en} may have at most {most} characters. Shorten it."),
        ),
        F::TooFewItems { least } => (
            format!("条目太少：{zh}至少要有 {least} 条。请补上。"),
            format!("Too few items: {en} needs at least {least}. Add some."),
        ),
        F::TooManyItems { most } => (
            format!("条目太多：{zh}最多 {most} 条。请分几次提交。"),
            format!("Too many items: {en} may have at most {most}. Split the request."),
        ),
        F::TooSmall { least } => (
            format!("数值太小：{zh}不能小于 {least}。请改大。"),
            format!("Too small: {en} must be at least {least}. Write more."),
        ),
        F::TooLarge { most } => (
            format!("数值太大：{zh}不能大于 {most}。请改小。"),
            format!("Too large: {en} must be at most {most}. Write less."),
        ),
        F::Blank => (
            format!("有多余的空白：{zh}的首尾不能是空白，也不能只有空白。请去掉。"),
            format!("Blanks: {en} must neither begin nor end with blanks. Remove them."),
        ),
        _ => sentence_of_form(fault, zh, en),
    }
}

fn sentence_of_form(fault: &FieldFault, zh: &str, en: &str) -> (String, String) {
    use FieldFault as F;
    match fault {
        F::ControlCharacter { position: Some(position), sign: Some(sign) } => (
            format!("有看不见的字符：{zh}的第 {position} 个字符（{sign}）看不见。请整个删去后重新输入。"),
            format!(
                "A character cannot be seen: number {position} of {en} ({sign}). Delete the whole and type it again."
            ),
        ),
        F::ControlCharacter { .. } => (
            format!("有看不见的字符：{zh}里有看不见的字符。请整个删去后重新输入。"),
            format!("A character cannot be seen: there is one in {en}. Delete the whole and type it again."),
        ),
        F::PersonalNumber { what } => {
            let (zh_what, en_what) = match what.as_str() {
                "phone" => ("手机号", "a phone number"),
                _ => ("身份证号", "an identity number"),
            };
            (
                format!(
                    "含有{zh_what}：{zh}会原样保存，不能写进{zh_what}。请删去；要登记号码，请填在志愿者档案的手机号或证件号一栏。"
                ),
                format!(
                    "Personal number: {en} is kept as it is written and may not hold {en_what}. Remove it; numbers belong in the member's own phone or document."
                ),
            )
        }
        F::FloatingNumber => (
            format!("不能用浮点数：{zh}请写成文本，如 \"12.50\"，或写成整数。"),
            format!(
                "No floating-point numbers: write {en} as text, such as \"12.50\", or as a whole number."
            ),
        ),
        F::NotPlainDecimal => (
            format!("不是普通小数：{zh}只能由数字和一个小数点组成，如 \"12.50\"。请改写。"),
            format!(
                "Not a plain decimal: {en} may have digits and one point only, such as \"12.50\". Rewrite it."
            ),
        ),
        F::TooManyDecimals { decimals } => (
            format!("小数位太多：{zh}最多 {decimals} 位小数。请改写。"),
            format!("Too many decimals: {en} may have at most {decimals}. Rewrite it."),
        ),
        F::NotPositive => (
            format!("必须大于零：{zh}不能是零或负数。请改成正数。"),
            format!("Must be above zero: {en} can be neither zero nor negative. Write a positive amount."),
        ),
        F::NotAnId => (
            format!("不是编号：{zh}应为 36 个字符的 UUID，如 0197f000-0000-7000-8000-000000000001。请核对。"),
            format!(
                "Not an id: {en} must be a UUID of 36 characters, such as 0197f000-0000-7000-8000-000000000001. Check it."
            ),
        ),
        F::NotADay => (
            format!("不是日期：{zh}应为 1900 至 2199 年间的日期，写作 2026-10-31。请改写。"),
            format!("Not a date: {en} must be a day from 1900 to 2199, written 2026-10-31. Rewrite it."),
        ),
        F::DaysReversed { from, until } => (
            format!("日期颠倒：{zh}（{from}）晚于截止日（{until}）。请改正其中一个。"),
            format!(
                "Days in reverse: {en} ({from}) is later than the last day ({until}). Correct one of them."
            ),
        ),
        F::NotAMoment => (
            format!(
                "不是时间：{zh}应为 1900 至 2199 年间的 RFC 3339 时间，如 2026-10-31T08:00:00+08:00。请改写。"
            ),
            format!(
                "Not a time: {en} must be an RFC 3339 time from 1900 to 2199, such as 2026-10-31T08:00:00+08:00. Rewrite it."
            ),
        ),
        F::WrongForm { chinese, english } => {
            (format!("格式不对：{zh}{chinese}。请改写。"), format!("Wrong form: {en} {english}. Rewrite it."))
        }
        F::NestedTooDeep { most } => (
            format!("嵌套太深：{zh}超过 {most} 层。请减少层数。"),
            format!("Nested too deep: {en} is deeper than {most} levels. Use fewer."),
        ),
        F::BadCursor => (
            format!("翻页标记无效：{zh}不是由这个列表给出的，或与其他参数不符。请从第一页重新开始。"),
            format!(
                "Bad cursor: {en} was not given by this list, or does not fit the other parameters. Start again from the first page."
            ),
        ),
        _ => (
            format!("内容不对：{zh}不能接受。请对照接口文档改写。"),
            format!("Refused: {en} cannot be accepted. Compare it with the reference."),
        ),
    }
}

fn list(names: &[String], none: &str, between: &str) -> String {
    if names.is_empty() { none.to_owned() } else { names.join(between) }
}

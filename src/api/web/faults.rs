//! What can be wrong with one member of a request. A fault passes through serde as its error message and is turned
//! into a sentence here.

use super::error::{ProblemText, row};
use crate::texts::{Each, Language, List, Text, sentences as s, word};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where the member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Body,
    Query,
    Header,
    /// A field of a page's form; the path is then its label.
    Form,
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
    /// Zero or less where an amount must move.
    NotPositive,
    /// NUL, another control character, or an invisible one; its code point and its position from 1, where known.
    ControlCharacter {
        position: Option<usize>,
        sign: Option<String>,
    },
    /// Blanks at the start or the end, or nothing but blanks.
    Blank,
    /// A phone or identity number in a member that is stored in plain text.
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
    /// The expected form, which the text does not have.
    WrongForm {
        chinese: String,
        english: String,
    },
    NestedTooDeep {
        most: usize,
    },
    BadCursor,
    /// A template of a report that is no workbook.
    NotAWorkbook,
    /// A template that unpacks to more than is read.
    WorkbookTooLarge,
    /// A template with a program in it.
    WorkbookWithProgram,
    NoPlaceholder,
    /// A placeholder that means nothing here, or that is written in pieces.
    UnknownPlaceholder {
        name: String,
    },
    /// Any other error of serde.
    Refused,
}

/// The kinds of JSON value, in plain words.
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

/// Prefix of a fault in an error message; no message of serde and no text of a caller begins with it.
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
    /// An invisible character: its position from 1 and its code point.
    pub fn unseen(position: usize, code: u32) -> Self {
        FieldFault::ControlCharacter { position: Some(position), sign: Some(format!("U+{code:04X}")) }
    }
}

impl FieldFault {
    pub fn wrong_form(form: impl Into<Text>) -> Self {
        let form = form.into();
        FieldFault::WrongForm { chinese: form.say(Language::Chinese), english: form.say(Language::English) }
    }
}

impl FieldError {
    pub fn new(place: Place, path: impl Into<String>, fault: FieldFault) -> Self {
        FieldError { place, path: path.into(), fault }
    }

    /// Parses the message of a failed deserialisation. `path` leads to the refused value.
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

    /// The index of the item in a batch (from 0) to which the path leads.
    pub fn index(&self) -> Option<u32> {
        self.path.strip_prefix("items[")?.split(']').next()?.parse().ok()
    }
}

/// The names between backquotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn other(message: &str) -> FieldFault {
    // Messages of the domain's own types.
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

impl FieldError {
    /// The row of the table for this fault.
    pub fn problem_text(&self) -> ProblemText {
        let answer = row(400, self.text()).key_unused();
        if self.path.is_empty() { answer } else { answer.field(&self.path) }
    }

    /// The word for the place of the member.
    fn place_word(&self) -> &'static str {
        match (self.place, self.path.is_empty()) {
            (Place::Body, true) => "whole_body",
            (Place::Query, true) => "whole_query",
            (Place::Header, true) => "whole_header",
            (Place::Body, false) => "body",
            (Place::Query, false) => "query",
            (Place::Header, false) => "header",
            (Place::Form, _) => "form",
        }
    }

    pub fn text(&self) -> Text {
        use FieldFault as F;
        let (place, path) = (self.place_word(), &self.path);
        match &self.fault {
            F::Missing => s::FieldMissing { place, path }.into(),
            F::Unknown { allowed } => s::FieldUnknown { place, path, allowed: listed(allowed) }.into(),
            F::Duplicate => s::FieldDuplicate { place, path }.into(),
            F::WrongType { expected } => s::FieldWrongType { place, path, expected: word(expected) }.into(),
            F::NotOneOf { allowed } => s::FieldNotOneOf { place, path, allowed: listed(allowed) }.into(),
            F::TooShort { least } => s::FieldTooShort { place, path, least }.into(),
            F::TooLong { most } => s::FieldTooLong { place, path, most }.into(),
            F::TooFewItems { least } => s::FieldTooFewItems { place, path, least }.into(),
            F::TooManyItems { most } => s::FieldTooManyItems { place, path, most }.into(),
            F::TooSmall { least } => s::FieldTooSmall { place, path, least }.into(),
            F::TooLarge { most } => s::FieldTooLarge { place, path, most }.into(),
            F::Blank => s::FieldBlank { place, path }.into(),
            F::ControlCharacter { position: Some(position), sign: Some(sign) } => {
                s::FieldControlCharacter { place, path, position, sign }.into()
            }
            F::ControlCharacter { .. } => s::FieldControlCharacterSomewhere { place, path }.into(),
            F::PersonalNumber { what } => s::FieldPersonalNumber { place, path, what }.into(),
            F::FloatingNumber => s::FieldFloatingNumber { place, path }.into(),
            F::NotPlainDecimal => s::FieldNotPlainDecimal { place, path }.into(),
            F::TooManyDecimals { decimals } => s::FieldTooManyDecimals { place, path, decimals }.into(),
            F::NotPositive => s::FieldNotPositive { place, path }.into(),
            F::NotAnId => s::FieldNotAnId { place, path }.into(),
            F::NotADay => s::FieldNotADay { place, path }.into(),
            F::DaysReversed { from, until } => s::FieldDaysReversed { place, path, from, until }.into(),
            F::NotAMoment => s::FieldNotAMoment { place, path }.into(),
            F::WrongForm { chinese, english } => {
                s::FieldWrongForm { place, path, form: Each::of(chinese, english) }.into()
            }
            F::NestedTooDeep { most } => s::FieldNestedTooDeep { place, path, most }.into(),
            F::BadCursor => s::FieldBadCursor { place, path }.into(),
            F::NotAWorkbook => s::TemplateNotAWorkbook.into(),
            F::WorkbookTooLarge => s::TemplateTooLarge.into(),
            F::WorkbookWithProgram => s::TemplateWithProgram.into(),
            F::NoPlaceholder => s::TemplateNoPlaceholder.into(),
            F::UnknownPlaceholder { name } => s::TemplateUnknown { name }.into(),
            F::Refused => s::FieldRefused { place, path }.into(),
        }
    }
}

/// The allowed names, or a word for none.
fn listed(names: &[String]) -> List {
    if names.is_empty() { List::of([Text::from(s::Nothing)]) } else { List::of(names) }
}

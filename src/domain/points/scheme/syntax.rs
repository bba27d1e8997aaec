//! Explains TOML syntax errors in our own words: the TOML parser knows the position, this module examines the line as
//! its author wrote it.

use super::keys;
use crate::domain::writing::half_width;
use crate::texts::{Text, sentences as s};
use serde::Serialize;

/// A syntax error of a scheme file. Quoted texts are shortened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Syntax {
    Quotes {
        found: char,
    },
    FullWidthDigits {
        write: String,
    },
    FullWidthSign {
        found: char,
        write: char,
    },
    Unit {
        number: String,
        unit: String,
    },
    Thousands,
    LeadingZero {
        write: String,
    },
    DateForm,
    FlagWord {
        found: String,
        write: &'static str,
    },
    TextWithoutQuotes {
        word: String,
    },
    UnclosedText,
    BadEscape,
    MissingValue,
    NoEquals,
    NoKey,
    KeyNotPlain {
        key: String,
        meant: Option<&'static str>,
    },
    HeaderUnclosed,
    /// A table occurs twice; `list`: it may occur several times if written `[[…]]`.
    TableTwice {
        name: String,
        list: bool,
    },
    KeyTwice {
        key: String,
    },
    CommentSign,
    AfterValue {
        found: String,
    },
    UnclosedList,
    UnclosedTable,
    MissingComma,
    TooDeep,
    LineBreak,
    Other,
}

impl Syntax {
    pub(super) fn text(&self) -> Text {
        match self {
            Self::Quotes { found } => s::SchemeSlipQuotes { found }.into(),
            Self::FullWidthDigits { write } => s::SchemeSlipFullWidthDigits { write }.into(),
            Self::FullWidthSign { found, write } => s::SchemeSlipFullWidthSign { found, write }.into(),
            Self::Unit { number, unit } => s::SchemeSlipUnit { number, unit }.into(),
            Self::Thousands => s::SchemeSlipThousands.into(),
            Self::LeadingZero { write } => s::SchemeSlipLeadingZero { write }.into(),
            Self::DateForm => s::SchemeSlipDateForm.into(),
            Self::FlagWord { found, write } => s::SchemeSlipFlagWord { found, write }.into(),
            Self::TextWithoutQuotes { word } => s::SchemeSlipTextWithoutQuotes { word }.into(),
            Self::UnclosedText => s::SchemeSlipUnclosedText.into(),
            Self::BadEscape => s::SchemeSlipBadEscape.into(),
            Self::MissingValue => s::SchemeSlipMissingValue.into(),
            Self::NoEquals => s::SchemeSlipNoEquals.into(),
            Self::NoKey => s::SchemeSlipNoKey.into(),
            Self::KeyNotPlain { key, meant: Some(meant) } => s::SchemeSlipKeyMeant { key, meant }.into(),
            Self::KeyNotPlain { key, meant: None } => s::SchemeSlipKeyNotPlain { key }.into(),
            Self::HeaderUnclosed => s::SchemeSlipHeaderUnclosed.into(),
            Self::TableTwice { name, list: true } => s::SchemeSlipListTwice { name }.into(),
            Self::TableTwice { name, list: false } => s::SchemeSlipTableTwice { name }.into(),
            Self::KeyTwice { key } => s::SchemeSlipKeyTwice { key }.into(),
            Self::CommentSign => s::SchemeSlipCommentSign.into(),
            Self::AfterValue { found } => s::SchemeSlipAfterValue { found }.into(),
            Self::UnclosedList => s::SchemeSlipUnclosedList.into(),
            Self::UnclosedTable => s::SchemeSlipUnclosedTable.into(),
            Self::MissingComma => s::SchemeSlipMissingComma.into(),
            Self::TooDeep => s::SchemeSlipTooDeep.into(),
            Self::LineBreak => s::SchemeSlipLineBreak.into(),
            Self::Other => s::SchemeSlipOther.into(),
        }
    }
}

/// The longest quotation of a file in a sentence, and the longest path to a value, in characters.
const MOST_QUOTED: usize = 40;
const MOST_PATH: usize = 120;

/// A text of the file, shortened for a sentence.
pub(super) fn short(text: &str) -> String {
    cut(text.trim(), MOST_QUOTED)
}

/// The path to a value, shortened for a sentence.
pub(super) fn short_path(path: &str) -> String {
    cut(path, MOST_PATH)
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most).collect();
    format!("{start}…")
}

/// The error and its position (byte offset) for a failure of the TOML parser at `at` with `message`. `None`: the line
/// is valid by itself, and only suffers from an earlier one.
pub(super) fn diagnose(text: &str, at: usize, message: &str, first: bool) -> Option<(usize, Syntax)> {
    let at = at.min(text.len());
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |n| n.saturating_add(1));
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    if message.contains("duplicate key") {
        return Some((at, twice(line, text.get(at..).unwrap_or_default())));
    }
    if let Some((offset, syntax)) = Line::new(line).fault() {
        return Some((start.saturating_add(offset), syntax));
    }
    let known = [
        ("unclosed array table", Syntax::HeaderUnclosed),
        ("unclosed table", Syntax::HeaderUnclosed),
        ("unclosed array", Syntax::UnclosedList),
        ("unclosed inline table", Syntax::UnclosedTable),
        ("comma", Syntax::MissingComma),
        ("recursion", Syntax::TooDeep),
        ("carriage return", Syntax::LineBreak),
        ("unicode value", Syntax::BadEscape),
        ("escaped value", Syntax::BadEscape),
        ("quote", Syntax::UnclosedText),
        ("cannot extend", Syntax::KeyTwice { key: short(line.split('=').next().unwrap_or_default()) }),
    ];
    let found = known.into_iter().find(|(word, _)| message.contains(word)).map(|(_, syntax)| syntax);
    found.or(first.then_some(Syntax::Other)).map(|syntax| (at, syntax))
}

fn twice(line: &str, from_key: &str) -> Syntax {
    let header = line.trim().trim_start_matches('[');
    if header.len() < line.trim().len() {
        let name = header.split(']').next().unwrap_or_default().trim();
        return Syntax::TableTwice { name: short(name), list: keys::is_list(name) };
    }
    let key = from_key.split(['=', '.', ' ', '\n']).next().unwrap_or_default();
    Syntax::KeyTwice { key: short(key) }
}

/// Quotation marks that TOML does not use.
fn is_quote(c: char) -> bool {
    matches!(c, '\u{201c}'..='\u{201f}' | '\u{2018}'..='\u{201b}' | '\u{ff02}' | '\u{ff07}' | '\u{300c}'..='\u{300f}'
        | '\u{301d}'..='\u{301f}' | '\u{ab}' | '\u{bb}' | '`')
}

/// The TOML sign for a sign of a Chinese keyboard.
fn full_width_sign(c: char) -> Option<char> {
    match c {
        '，' | '、' | '；' => Some(','),
        '＝' | '：' => Some('='),
        '［' | '【' | '〔' => Some('['),
        '］' | '】' | '〕' => Some(']'),
        '｛' => Some('{'),
        '｝' => Some('}'),
        '＃' => Some('#'),
        '。' => Some('.'),
        _ => None,
    }
}

type Found = Option<(usize, Syntax)>;

/// One line of the file, scanned from left to right.
struct Line<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Line<'t> {
    fn new(text: &'t str) -> Self {
        Line { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, c: char) {
        self.at = self.at.saturating_add(c.len_utf8());
    }

    fn skip_blanks(&mut self) {
        while let Some(c) = self.next().filter(|c| c.is_whitespace()) {
            self.skip(c);
        }
    }

    fn fault(&mut self) -> Found {
        self.skip_blanks();
        let rest = self.rest();
        match self.next()? {
            '#' => None,
            '[' => self.header(),
            _ if rest.starts_with("//") || rest.starts_with("--") => Some((self.at, Syntax::CommentSign)),
            ';' | '；' => Some((self.at, Syntax::CommentSign)),
            c => match full_width_sign(c) {
                Some('#') => Some((self.at, Syntax::CommentSign)),
                Some(write) => Some((self.at, Syntax::FullWidthSign { found: c, write })),
                None => self.pair(),
            },
        }
    }

    fn header(&mut self) -> Found {
        let begins = self.at;
        let rest = self.rest().split('#').next().unwrap_or_default().trim_end();
        // A line of a list of lists, not a header.
        if rest.contains([',', '"', '=']) {
            return self.values();
        }
        if let Some((offset, found)) = rest.char_indices().find(|(_, c)| full_width_sign(*c).is_some()) {
            let write = full_width_sign(found)?;
            return Some((begins.saturating_add(offset), Syntax::FullWidthSign { found, write }));
        }
        let opened = rest.bytes().take_while(|b| *b == b'[').count();
        let closed = rest.bytes().rev().take_while(|b| *b == b']').count();
        if opened != closed || opened > 2 {
            return Some((begins, Syntax::HeaderUnclosed));
        }
        let name = rest.trim_start_matches('[').trim_end_matches(']').trim();
        if name.contains([']', '[']) {
            return Some((begins, Syntax::HeaderUnclosed));
        }
        not_plain(name).map(|syntax| (begins.saturating_add(opened), syntax))
    }

    /// `key = value`
    fn pair(&mut self) -> Found {
        let begins = self.at;
        let rest = self.rest();
        let ends = |c: char| c == '=' || c == '#' || full_width_sign(c) == Some('=') || c == ':';
        let Some(length) = rest.find(ends) else {
            // A line inside a list.
            if rest.starts_with(['"', '\'', '{', ']', '}']) || rest.starts_with(is_quote) {
                return self.values();
            }
            let word = rest.split(['#', ',']).next().unwrap_or_default();
            return match value_word(word.trim()) {
                Ok(()) => None,
                Err(Syntax::TextWithoutQuotes { .. }) => Some((begins, Syntax::NoEquals)),
                Err(syntax) => Some((begins, syntax)),
            };
        };
        if rest.starts_with(['"', '\'', '{']) {
            return self.values();
        }
        self.at = begins.saturating_add(length);
        let key = rest.get(..length).unwrap_or_default().trim();
        let sign = self.next()?;
        if sign == '#' {
            return Some((begins, Syntax::NoEquals));
        }
        if key.is_empty() {
            return Some((begins, Syntax::NoKey));
        }
        if let Some(syntax) = not_plain(key) {
            return Some((begins, syntax));
        }
        match sign {
            '=' => {}
            ':' => return Some((self.at, Syntax::NoEquals)),
            found => return Some((self.at, Syntax::FullWidthSign { found, write: '=' })),
        }
        self.skip(sign);
        self.skip_blanks();
        match self.next() {
            None | Some('#') => Some((self.at, Syntax::MissingValue)),
            Some('=') => Some((self.at, Syntax::AfterValue { found: "=".into() })),
            Some(_) => self.values(),
        }
    }

    /// Values up to the end of the line: one, or those of a list or table that continues.
    fn values(&mut self) -> Found {
        let mut open: Vec<char> = Vec::new();
        let begins = self.at;
        let mut whole = false;
        loop {
            self.skip_blanks();
            let place = self.at;
            let c = self.next()?;
            if c == '#' {
                return None;
            }
            if whole && open.is_empty() && !matches!(c, ',' | ']' | '}') {
                let found = self.rest().split('#').next().unwrap_or_default();
                let before = self.text.get(begins..place).unwrap_or_default().trim();
                return Some((place, behind(before, found)));
            }
            match c {
                '"' | '\'' => {
                    if let Some(fault) = self.string(c)? {
                        return Some(fault);
                    }
                    whole = true;
                }
                '[' | '{' => {
                    open.push(c);
                    self.skip(c);
                }
                ']' | '}' => {
                    open.pop();
                    whole = true;
                    self.skip(c);
                }
                ',' if open.is_empty() && self.is_thousands(begins) => {
                    return Some((begins, Syntax::Thousands));
                }
                ',' => {
                    whole = false;
                    self.skip(c);
                }
                '=' => {
                    whole = false;
                    self.skip(c);
                }
                c if is_quote(c) => return Some((place, Syntax::Quotes { found: c })),
                c => match full_width_sign(c) {
                    Some(write) => return Some((place, Syntax::FullWidthSign { found: c, write })),
                    None => {
                        if let Some(syntax) = self.word(open.last() == Some(&'{')) {
                            return Some((place, syntax));
                        }
                        whole = true;
                    }
                },
            }
        }
    }

    /// An unquoted word: a key of an inline table, or a value.
    fn word(&mut self, table: bool) -> Option<Syntax> {
        let rest = self.rest();
        let ends = |c: char| {
            c.is_whitespace()
                || matches!(c, ',' | ']' | '}' | '#' | '=' | '"' | '[' | '{')
                || full_width_sign(c).is_some()
        };
        let length = rest.find(ends).unwrap_or(rest.len()).max(rest.chars().next().map_or(0, char::len_utf8));
        let word = rest.get(..length).unwrap_or_default();
        self.at = self.at.saturating_add(length);
        let is_key = table && self.rest().trim_start().starts_with('=');
        if is_key { not_plain(word) } else { value_word(word).err() }
    }

    /// A quoted text: found to its end, or a fault. `None`: it continues over several lines.
    #[allow(clippy::option_option, reason = "the outer is for ?")]
    fn string(&mut self, quote: char) -> Option<Found> {
        let begins = self.at;
        if self.rest().starts_with("\"\"\"") || self.rest().starts_with("'''") {
            return None;
        }
        self.skip(quote);
        while let Some(c) = self.next() {
            let place = self.at;
            self.skip(c);
            match c {
                '\\' if quote == '"' => {
                    let escaped = self.next();
                    if !escaped.is_some_and(|c| "btnfre\"\\uUx".contains(c)) {
                        return Some(Some((place, Syntax::BadEscape)));
                    }
                    self.skip(escaped?);
                }
                c if c == quote => return Some(None),
                _ => {}
            }
        }
        let inside = self.text.get(begins..).unwrap_or_default();
        let wrong = inside.char_indices().find(|(_, c)| is_quote(*c));
        Some(Some(match wrong {
            Some((offset, found)) => (begins.saturating_add(offset), Syntax::Quotes { found }),
            None => (begins, Syntax::UnclosedText),
        }))
    }

    /// Whether the comma here is a thousands separator: `1,000`.
    fn is_thousands(&self, begins: usize) -> bool {
        let before = self.text.get(begins..self.at).unwrap_or_default().trim();
        let behind = self.rest().trim_start_matches(',');
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits(before) && digits(behind.get(..3).unwrap_or_default())
    }
}

/// Text after a complete value.
fn behind(before: &str, found: &str) -> Syntax {
    let plain = before.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    let unit = !found.is_ascii() || found.trim() == "%";
    match plain && !before.is_empty() && unit {
        true => Syntax::Unit { number: short(before), unit: short(found) },
        false => Syntax::AfterValue { found: short(found) },
    }
}

/// Why a word is not a valid key; `None` if it is.
fn not_plain(key: &str) -> Option<Syntax> {
    let key = key.trim();
    let quoted = key.starts_with(['"', '\'']);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let bare = key.split('.').all(|part| part.trim().chars().all(plain) && !part.trim().is_empty());
    if quoted || bare {
        return None;
    }
    Some(Syntax::KeyNotPlain { key: short(key), meant: keys::meant(key) })
}

/// Why an unquoted word is not a valid value.
fn value_word(word: &str) -> Result<(), Syntax> {
    let half: String = word.chars().map(half_width).collect();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = half.strip_prefix(['+', '-']).unwrap_or(&half);
    match number {
        "true" | "false" | "inf" | "nan" if half == word => return Ok(()),
        "是" | "有" | "yes" | "Yes" | "YES" | "True" | "TRUE" | "on" => {
            return Err(Syntax::FlagWord { found: short(word), write: "true" });
        }
        "否" | "无" | "no" | "No" | "NO" | "False" | "FALSE" | "off" => {
            return Err(Syntax::FlagWord { found: short(word), write: "false" });
        }
        _ => {}
    }
    if is_date_like(number) {
        return if half == word && is_date(number) { Ok(()) } else { Err(Syntax::DateForm) };
    }
    let length = number.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(number.len());
    let (figures, unit) = number.split_at_checked(length).unwrap_or((number, ""));
    if !figures.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Syntax::TextWithoutQuotes { word: short(word) });
    }
    let special = ["0x", "0o", "0b"].iter().any(|prefix| number.starts_with(prefix));
    let power = unit.strip_prefix(['e', 'E']).map(|rest| rest.trim_start_matches(['+', '-']));
    match () {
        () if special || power.is_some_and(digits) => Ok(()),
        () if !unit.is_empty() => Err(Syntax::Unit { number: short(figures), unit: short(unit) }),
        () if half != word => Err(Syntax::FullWidthDigits { write: short(&half) }),
        () if figures.len() > 1 && figures.starts_with('0') && !figures.starts_with("0.") => {
            let write = figures.trim_start_matches('0');
            Err(Syntax::LeadingZero { write: short(if write.is_empty() { "0" } else { write }) })
        }
        () if figures.ends_with('.') || figures.matches('.').count() > 1 => Err(Syntax::Other),
        () => Ok(()),
    }
}

/// `2026-1-1`, `2026/01/01`, `2026.1.1`, `2026年1月1日`
fn is_date_like(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月']).collect();
    let [year, month, ..] = parts.as_slice() else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let dotted = text.contains('.') && parts.len() < 3;
    year.len() == 4 && digits(year) && (1..=2).contains(&month.len()) && digits(month) && !dotted
}

fn is_date(text: &str) -> bool {
    let day = text.get(..10).unwrap_or_default();
    let mut rest = text.get(10..).unwrap_or("x").chars();
    crate::domain::time::Day::parse(day).is_some() && rest.next().is_none_or(|c| matches!(c, 'T' | 't' | ' '))
}

//! What is wrong with a text that is not TOML, in words of our own: the reader of TOML knows the place, this looks at the
//! line as its author wrote it.

use super::keys;
use crate::domain::language::Language;
use crate::domain::writing::half_width;
use serde::Serialize;

/// A slip of the pen that keeps a file from being TOML. Texts of the file are cut short.
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
    /// A table that may stand once stands twice; `list`: it is one that may stand often, written `[[…]]`.
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
    pub fn sentence(&self, language: Language) -> String {
        match language {
            Language::Chinese => self.chinese(),
            Language::English => self.english(),
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::Quotes { found } => format!("「{found}」不是半角引号：文字请用 \"…\" 括起来"),
            Self::FullWidthDigits { write } => format!("数字要用半角，请写成 {write}"),
            Self::FullWidthSign { found, write } => format!("「{found}」是全角符号，请写成半角的 {write}"),
            Self::Unit { number, unit } => format!("数字后面不写单位：请写成 {number}，去掉「{unit}」"),
            Self::Thousands => "数字里不写逗号，请写成 1000 这样".into(),
            Self::LeadingZero { write } => format!("数字不能以 0 开头，请写成 {write}"),
            Self::DateForm => "日期请写成 2026-01-01 这样".into(),
            Self::FlagWord { found, write } => format!("「{found}」请写成 {write}"),
            Self::TextWithoutQuotes { word } => format!("文字要加半角引号：请写成 \"{word}\""),
            Self::UnclosedText => "文字缺少引号：开头和结尾都要有 \"".into(),
            Self::BadEscape => "文字里的反斜杠要写两个：\\\\".into(),
            Self::MissingValue => "「=」后面没有内容，请填写".into(),
            Self::NoEquals => "键和内容之间要用半角的 =".into(),
            Self::NoKey => "「=」前面没有键，请填写".into(),
            Self::KeyNotPlain { key, meant } => match meant {
                Some(meant) => format!("「{key}」不能作键，请写成 {meant}"),
                None => format!("「{key}」不能作键：键只能用小写字母和下划线"),
            },
            Self::HeaderUnclosed => "方括号没有成对：请写成 [hours] 或 [[items]] 这样，单独一行".into(),
            Self::TableTwice { name, list: true } => format!("{name} 应写成 [[{name}]]，每一项都要这样写"),
            Self::TableTwice { name, list: false } => format!("[{name}] 出现了两次，请合并到一处"),
            Self::KeyTwice { key } => format!("键「{key}」写了两次，请只保留一个"),
            Self::CommentSign => "注释请以 # 开头".into(),
            Self::AfterValue { found } => format!("内容后面多了「{found}」：请删去，说明请写在 # 后面"),
            Self::UnclosedList => "列表缺少结尾的 ]".into(),
            Self::UnclosedTable => "大括号没有成对，缺少结尾的 }".into(),
            Self::MissingComma => "各项之间要用半角逗号隔开".into(),
            Self::TooDeep => "括号套得太深，请拆开来写".into(),
            Self::LineBreak => "换行符不正常：请用文本编辑器另存一次".into(),
            Self::Other => "这一行看不懂：请写成 键 = 内容，文字加半角引号".into(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Quotes { found } => format!("`{found}` is not a plain quote: put texts in \"...\""),
            Self::FullWidthDigits { write } => format!("full-width digits: write {write}"),
            Self::FullWidthSign { found, write } => format!("`{found}` is a full-width sign: write {write}"),
            Self::Unit { number, unit } => {
                format!("no unit behind a number: write {number} without `{unit}`")
            }
            Self::Thousands => "no commas in numbers: write 1000".into(),
            Self::LeadingZero { write } => format!("a number does not begin with 0: write {write}"),
            Self::DateForm => "write dates like 2026-01-01".into(),
            Self::FlagWord { found, write } => format!("write {write} instead of `{found}`"),
            Self::TextWithoutQuotes { word } => format!("texts need quotes: write \"{word}\""),
            Self::UnclosedText => "a quote is missing: a text begins and ends with \"".into(),
            Self::BadEscape => "write a backslash in a text twice: \\\\".into(),
            Self::MissingValue => "there is nothing behind `=`: fill it in".into(),
            Self::NoEquals => "a key and its value are joined by `=`".into(),
            Self::NoKey => "there is no key before `=`: write one".into(),
            Self::KeyNotPlain { key, meant } => match meant {
                Some(meant) => format!("`{key}` cannot be a key: write {meant}"),
                None => format!("`{key}` cannot be a key: keys have small letters and underscores"),
            },
            Self::HeaderUnclosed => {
                "brackets are not in pairs: write [hours] or [[items]] on a line of its own".into()
            }
            Self::TableTwice { name, list: true } => format!("write [[{name}]] instead, for each of them"),
            Self::TableTwice { name, list: false } => format!("[{name}] stands twice: make one of them"),
            Self::KeyTwice { key } => format!("the key `{key}` stands twice: keep one"),
            Self::CommentSign => "comments begin with #".into(),
            Self::AfterValue { found } => {
                format!("`{found}` behind the value: remove it, or write remarks behind #")
            }
            Self::UnclosedList => "a list is not closed: ] is missing".into(),
            Self::UnclosedTable => "braces are not in pairs: } is missing".into(),
            Self::MissingComma => "put commas between the values".into(),
            Self::TooDeep => "brackets are nested too deep: write them apart".into(),
            Self::LineBreak => "a line does not end as it should: save the file again as plain text".into(),
            Self::Other => "this line cannot be read: write key = value, and texts in quotes".into(),
        }
    }
}

/// The longest part of a file that a sentence repeats, and the longest path to a value, in characters.
const MOST_QUOTED: usize = 40;
const MOST_PATH: usize = 120;

/// A text of the file as sentences repeat it.
pub(super) fn short(text: &str) -> String {
    cut(text.trim(), MOST_QUOTED)
}

/// The path to a value as sentences repeat it.
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

/// What is wrong, and where (a byte of the text), for a fault that the reader of TOML has met at `at`; `message` is its
/// own word for it. Nothing: the line is sound by itself, and only suffers from an earlier one.
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

/// Quotes that are not those of TOML.
fn is_quote(c: char) -> bool {
    matches!(c, '\u{201c}'..='\u{201f}' | '\u{2018}'..='\u{201b}' | '\u{ff02}' | '\u{ff07}' | '\u{300c}'..='\u{300f}'
        | '\u{301d}'..='\u{301f}' | '\u{ab}' | '\u{bb}' | '`')
}

/// A sign of a Chinese keyboard that stands for one of TOML.
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

/// One line of the file, looked at from left to right.
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

    /// Values up to the end of the line: one, or those of a list or table that goes on.
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

    /// A word that is not in quotes: a key of an inline table, or a value.
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

    /// A text in quotes: its end is found, or it is a fault. Nothing: it goes over several lines.
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

    /// Whether the comma here stands in a number: `1,000`.
    fn is_thousands(&self, begins: usize) -> bool {
        let before = self.text.get(begins..self.at).unwrap_or_default().trim();
        let behind = self.rest().trim_start_matches(',');
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits(before) && digits(behind.get(..3).unwrap_or_default())
    }
}

/// What stands behind a whole value.
fn behind(before: &str, found: &str) -> Syntax {
    let plain = before.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+'));
    let unit = !found.is_ascii() || found.trim() == "%";
    match plain && !before.is_empty() && unit {
        true => Syntax::Unit { number: short(before), unit: short(found) },
        false => Syntax::AfterValue { found: short(found) },
    }
}

/// Why a word cannot be a key; nothing if it can.
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

/// Why a word without quotes cannot be a value.
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

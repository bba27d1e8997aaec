//! Reads TOML with the position of every value, and collects all faults instead of stopping at the first.

use super::fault::{Expected, Problem, SchemeFault};
use super::keys;
use super::syntax::short_path;
use crate::domain::time::Day;
use crate::domain::writing::first_unseen;
use rust_decimal::Decimal;
use std::cell::RefCell;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Longest scheme file, in bytes.
pub const MAX_BYTES: usize = 512 * 1024;
/// Longest text value, in characters.
pub const MAX_TEXT: usize = 500;
/// Maximum number of faults that are listed; further ones are only counted.
pub const MAX_FAULTS: usize = 50;
/// Largest number in a scheme.
const MAX_NUMBER: i64 = 1_000_000_000;

/// The text of a file and the faults found so far.
pub struct Source<'t> {
    text: &'t str,
    faults: RefCell<Vec<SchemeFault>>,
}

impl<'t> Source<'t> {
    pub fn new(text: &'t str) -> Self {
        Source { text, faults: RefCell::default() }
    }

    pub fn fault(&self, at: usize, path: &str, problem: Problem) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |n| n.saturating_add(1));
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.get(line_start..).unwrap_or_default().chars().count().saturating_add(1);
        self.faults.borrow_mut().push(SchemeFault { line, column, path: short_path(path), problem });
    }

    /// The faults in the order of the file: the first ones, and a count of the others.
    pub fn into_faults(self) -> Vec<SchemeFault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|f| (f.line, f.column));
        faults.dedup();
        let more = faults.len().saturating_sub(MAX_FAULTS);
        if let Some(next) = faults.get(MAX_FAULTS).cloned() {
            faults.truncate(MAX_FAULTS);
            faults.push(SchemeFault { path: String::new(), problem: Problem::MoreFaults { more }, ..next });
        }
        faults
    }
}

/// One table of the file. It notes every key that is read; [`Section::finish`] refuses the others.
pub struct Section<'a> {
    source: &'a Source<'a>,
    table: &'a DeTable<'a>,
    at: usize,
    pub path: String,
    asked: RefCell<Vec<&'static str>>,
}

/// One value of the file.
pub struct Node<'a> {
    source: &'a Source<'a>,
    value: &'a Spanned<DeValue<'a>>,
    pub path: String,
}

impl<'a> Section<'a> {
    pub fn root(source: &'a Source<'a>, table: &'a DeTable<'a>) -> Self {
        Section { source, table, at: 0, path: String::new(), asked: RefCell::default() }
    }

    pub fn get(&self, key: &'static str) -> Option<Node<'a>> {
        self.asked.borrow_mut().push(key);
        let value = self.table.get(key)?;
        Some(Node { source: self.source, value, path: self.path_of(key) })
    }

    /// As [`Section::get`]; absence is a fault.
    pub fn need(&self, key: &'static str) -> Option<Node<'a>> {
        let node = self.get(key);
        if node.is_none() {
            self.fault(Problem::MissingKey { key });
        }
        node
    }

    /// The values of a list; empty when absent.
    pub fn list(&self, key: &'static str) -> Vec<Node<'a>> {
        self.get(key).map(|n| n.list()).unwrap_or_default()
    }

    /// The tables of a list, each with its number from 1 in the path; empty when absent.
    pub fn sections(&self, key: &'static str) -> Vec<Section<'a>> {
        self.list(key).into_iter().filter_map(|n| n.section()).collect()
    }

    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The one of `keys` that is present; more than one is a fault.
    pub fn only_one(&self, keys: &[&'static str]) -> Option<Node<'a>> {
        let mut found: Vec<Node<'a>> = keys.iter().filter_map(|key| self.get(key)).collect();
        if let Some(second) = found.get(1) {
            second.fault(Problem::OnlyOneOf { keys: keys.to_vec() });
        }
        (!found.is_empty()).then(|| found.swap_remove(0))
    }

    pub fn text(&self, key: &'static str) -> Option<String> {
        self.get(key)?.text()
    }

    pub fn fault(&self, problem: Problem) {
        self.source.fault(self.at, &self.path, problem);
    }

    /// Refuses every key that was not read.
    pub fn finish(&self) {
        let known = self.asked.borrow();
        debug_assert!(keys::lists_all(&self.path, &known), "scheme/keys.rs lacks a key of {}", self.path);
        for (key, _) in self.table {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let mut known = known.clone();
                known.sort_unstable();
                known.dedup();
                let belongs = keys::belongs(name, &self.path);
                let near = keys::nearest(name, &known);
                let problem = Problem::UnknownKey { key: name.to_owned(), known, near, belongs };
                self.source.fault(key.span().start, &self.path_of(name), problem);
            }
        }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

impl<'a> Node<'a> {
    pub fn fault(&self, problem: Problem) {
        self.source.fault(self.value.span().start, &self.path, problem);
    }

    fn wrong<T>(&self, expected: Expected) -> Option<T> {
        self.fault(Problem::WrongType { expected, found: self.value.get_ref().type_str() });
        None
    }

    /// The text if it is text; no fault otherwise.
    pub fn word(&self) -> Option<&'a str> {
        self.value.get_ref().as_str()
    }

    /// The last part of the path.
    pub fn key(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// The table if it is one; no fault otherwise.
    pub fn section_if_table(&self) -> Option<Section<'a>> {
        self.value.get_ref().is_table().then(|| self.section()).flatten()
    }

    pub fn text(&self) -> Option<String> {
        let Some(text) = self.word() else { return self.wrong(Expected::Text) };
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MAX_TEXT || first_unseen(text).is_some() {
            self.fault(Problem::BadText { most: MAX_TEXT });
            return None;
        }
        Some(text.to_owned())
    }

    /// A code: ledger counters and records refer to it for ever.
    pub fn code(&self) -> Option<String> {
        let Some(text) = self.word() else { return self.wrong(Expected::Text) };
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || text.chars().count() > 64 || !text.chars().all(plain) {
            self.fault(Problem::BadCode);
            return None;
        }
        Some(text.to_owned())
    }

    /// One of the known words.
    pub fn one_of<T: Copy>(&self, known: &[(&'static str, T)], expected: Expected) -> Option<T> {
        let Some(text) = self.word() else { return self.wrong(expected) };
        let found = known.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let known = known.iter().map(|(word, _)| *word).collect();
            self.fault(Problem::UnknownWord { text: text.to_owned(), known });
        }
        found
    }

    /// A decimal between `least` and `most` with at most `decimals` decimals: `10`, `10.4` or `"10.4"`. Digits are
    /// taken as they are written, never through binary floating point.
    pub fn decimal(&self, decimals: u32, least: i64, most: i64) -> Option<Decimal> {
        let written = match self.value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(n) if n.radix() == 10 => n.as_str().replace('_', ""),
            DeValue::Float(n) => n.as_str().replace('_', ""),
            DeValue::Integer(n) => {
                self.fault(Problem::NotANumber { text: n.as_str().to_owned() });
                return None;
            }
            _ => return self.wrong(Expected::Number),
        };
        let digits = written.strip_prefix(['-', '+']).unwrap_or(&written);
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(part) || digits.ends_with('.') {
            self.fault(Problem::NotANumber { text: written });
            return None;
        }
        let significant = part.trim_end_matches('0');
        if significant.len() > usize::try_from(decimals).unwrap_or(0) {
            self.fault(Problem::TooManyDecimals { most: decimals });
            return None;
        }
        let value = written.parse::<Decimal>().ok();
        let inside = value.filter(|v| *v >= Decimal::from(least) && *v <= Decimal::from(most));
        if inside.is_none() {
            self.fault(Problem::OutOfRange { least: least.to_string(), most: most.to_string() });
        }
        inside.map(|v| v.normalize())
    }

    /// A decimal above zero.
    pub fn positive(&self, decimals: u32) -> Option<Decimal> {
        let value = self.decimal(decimals, 0, MAX_NUMBER)?;
        if value.is_zero() {
            self.fault(Problem::OutOfRange { least: "> 0".into(), most: MAX_NUMBER.to_string() });
            return None;
        }
        Some(value)
    }

    /// A decimal of either sign.
    pub fn signed(&self, decimals: u32) -> Option<Decimal> {
        self.decimal(decimals, MAX_NUMBER.saturating_neg(), MAX_NUMBER)
    }

    /// Zero or more.
    pub fn not_negative(&self, decimals: u32) -> Option<Decimal> {
        self.decimal(decimals, 0, MAX_NUMBER)
    }

    pub fn whole(&self, least: u32, most: u32) -> Option<u32> {
        let DeValue::Integer(n) = self.value.get_ref() else { return self.wrong(Expected::WholeNumber) };
        let value = (n.radix() == 10).then(|| n.as_str().replace('_', "").parse::<u32>().ok()).flatten();
        let inside = value.filter(|v| (least..=most).contains(v));
        if inside.is_none() {
            self.fault(Problem::OutOfRange { least: least.to_string(), most: most.to_string() });
        }
        inside
    }

    pub fn flag(&self) -> Option<bool> {
        match self.value.get_ref().as_bool() {
            Some(flag) => Some(flag),
            None => self.wrong(Expected::Flag),
        }
    }

    /// A date, bare or in quotes; no time of day.
    pub fn day(&self) -> Option<Day> {
        let day = match self.value.get_ref() {
            DeValue::Datetime(written) if written.time.is_none() => Day::parse(&written.to_string()),
            DeValue::String(text) => Day::parse(text),
            _ => None,
        };
        if day.is_none() { self.wrong(Expected::Date) } else { day }
    }

    pub fn section(&self) -> Option<Section<'a>> {
        if self.value.get_ref().as_array().is_some_and(|list| list.iter().all(|one| one.get_ref().is_table()))
        {
            self.fault(Problem::NotATable { key: self.path.clone() });
            return None;
        }
        let Some(table) = self.value.get_ref().as_table() else { return self.wrong(Expected::Table) };
        let at = self.value.span().start;
        Some(Section { source: self.source, table, at, path: self.path.clone(), asked: RefCell::default() })
    }

    pub fn list(&self) -> Vec<Node<'a>> {
        let Some(values) = self.value.get_ref().as_array() else {
            match keys::is_list(&self.path) && self.value.get_ref().is_table() {
                true => self.fault(Problem::NotAList { key: self.path.clone() }),
                false => drop(self.wrong::<()>(Expected::List)),
            }
            return Vec::new();
        };
        (1_usize..)
            .zip(values.iter())
            .map(|(n, value)| Node { source: self.source, value, path: format!("{}[{n}]", self.path) })
            .collect()
    }
}

//! Numbers and words of a scheme file in their units.

use super::fault::{Expected, Problem};
use super::model::{MILLIONTHS, POINT_DECIMALS, Subject, Window};
use super::reader::{Node, Section};
use crate::domain::amount;
use rust_decimal::Decimal;

/// Points as the scheme's decimals allow.
pub(super) struct Points {
    pub decimals: u32,
}

/// Decimals of rates and coefficients.
pub(super) const RATE_DECIMALS: u32 = 6;

/// The words for windows, and for whose a sum is.
pub(super) const WINDOWS: [(&str, Window); 7] = [
    ("activity", Window::Activity),
    ("day", Window::Day),
    ("month", Window::Month),
    ("quarter", Window::Quarter),
    ("half_year", Window::HalfYear),
    ("year", Window::Year),
    ("total", Window::Total),
];
pub(super) const SUBJECTS: [(&str, Subject); 3] =
    [("member", Subject::Member), ("household", Subject::Household), ("organisation", Subject::Organisation)];

/// A known word, or the default when the key is absent.
pub(super) fn word<T: Copy>(
    section: &Section,
    key: &'static str,
    known: &[(&'static str, T)],
    absent: T,
) -> T {
    section.get(key).and_then(|n| n.one_of(known, Expected::Text)).unwrap_or(absent)
}

/// Hours, above zero, that are whole minutes.
pub(super) fn whole_minutes(node: &Node) -> Option<i64> {
    use rust_decimal::prelude::ToPrimitive;
    let minutes = node.positive(RATE_DECIMALS)?.checked_mul(Decimal::from(60))?;
    if !minutes.is_integer() {
        node.fault(Problem::TooManyDecimals { most: 2 });
        return None;
    }
    minutes.to_i64()
}

/// A code that no row above it has.
pub(super) fn new_code(row: &Section, taken: impl Fn(&str) -> bool) -> Option<String> {
    let node = row.need("code")?;
    let code = node.code()?;
    if taken(&code) {
        node.fault(Problem::Duplicate { code: code.clone() });
    }
    Some(code)
}

/// A code that the file defines.
pub(super) fn reference(row: &Section, key: &'static str, known: impl Fn(&str) -> bool) -> Option<String> {
    let node = row.get(key)?;
    let code = node.code()?;
    if !known(&code) {
        node.fault(Problem::UnknownReference { code: code.clone() });
    }
    Some(code)
}

/// A number in millionths.
pub(super) fn millionths(node: &Node, value: Option<Decimal>) -> Option<i64> {
    let found = amount::minor(value?, MILLIONTHS).ok();
    if found.is_none() {
        node.fault(Problem::TooManyDecimals { most: MILLIONTHS });
    }
    found
}

impl Points {
    pub fn positive(&self, node: &Node) -> Option<Decimal> {
        node.positive(self.decimals)
    }
    pub fn not_negative(&self, node: &Node) -> Option<Decimal> {
        node.not_negative(self.decimals)
    }
    pub fn signed(&self, node: &Node) -> Option<Decimal> {
        node.signed(self.decimals)
    }
    /// A positive limit in hundredths.
    pub fn limit(&self, node: &Node) -> Option<i64> {
        amount::minor(self.positive(node)?, POINT_DECIMALS).ok()
    }
}

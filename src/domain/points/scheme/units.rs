//! Numbers and words of a scheme file in their units.

use super::fault::{Expected, Problem};
use super::model::POINT_DECIMALS;
use super::reader::{Node, Section};
use crate::domain::amount;
use rust_decimal::Decimal;

/// Points as the scheme's decimals allow.
pub(super) struct Points {
    pub decimals: u32,
}

/// Decimals of rates and coefficients.
pub(super) const RATE_DECIMALS: u32 = 6;

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

//! Conversion of amounts: decimal text outside, whole smallest units (`i64`) inside.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The largest amount of one posting, in the smallest unit: below 2^53, so that every JSON reader keeps it exactly.
pub const MAX_MINOR: i64 = 9_000_000_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    #[error("not a decimal number")]
    NotANumber,
    #[error("more than {0} decimals")]
    TooManyDecimals(u32),
    #[error("beyond the range")]
    OutOfRange,
}

/// Parses plain decimal text such as `12.50` or `-5` into smallest units.
///
/// Refuses signs other than a leading minus, exponents, spaces, separators, more decimals than the asset has (even
/// zeros) and anything past ±[`MAX_MINOR`].
pub fn parse(text: &str, decimals: u32) -> Result<i64, AmountError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(w, p)| (w, Some(p)));
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || part.is_some_and(|p| !plain(p)) {
        return Err(AmountError::NotANumber);
    }
    if part.is_some_and(|p| p.len() > usize::try_from(decimals).unwrap_or(0)) {
        return Err(AmountError::TooManyDecimals(decimals));
    }
    let value: Decimal = text.parse().map_err(|_| AmountError::OutOfRange)?;
    minor(value, decimals)
}

/// Converts an exact decimal into smallest units; refuses a value that does not fit.
pub fn minor(value: Decimal, decimals: u32) -> Result<i64, AmountError> {
    let scale = Decimal::from(10_i64.checked_pow(decimals).ok_or(AmountError::OutOfRange)?);
    let scaled = value.checked_mul(scale).ok_or(AmountError::OutOfRange)?;
    if !scaled.is_integer() {
        return Err(AmountError::TooManyDecimals(decimals));
    }
    let minor = scaled.to_i64().ok_or(AmountError::OutOfRange)?;
    if minor.unsigned_abs() > MAX_MINOR.unsigned_abs() {
        return Err(AmountError::OutOfRange);
    }
    Ok(minor)
}

/// The exact decimal of an amount in smallest units.
pub fn decimal(minor: i64, decimals: u32) -> Decimal {
    Decimal::new(minor, decimals)
}

/// Decimal text with all the asset's decimals: `12.50`.
pub fn format(minor: i64, decimals: u32) -> String {
    decimal(minor, decimals).to_string()
}

/// Without trailing zeros: `12.5`, `12`.
pub fn short(minor: i64, decimals: u32) -> String {
    decimal(minor, decimals).normalize().to_string()
}

/// A quotient rounded to a whole number, half away from zero. `None`: division by zero, or out of range.
pub fn rounded_division(dividend: i128, divisor: i128) -> Option<i128> {
    let (whole, rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
    if rest.unsigned_abs().checked_mul(2)? < divisor.unsigned_abs() {
        return Some(whole);
    }
    let away = if (dividend < 0) == (divisor < 0) { 1 } else { -1 };
    whole.checked_add(away)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_decimals_become_smallest_units() {
        assert_eq!(parse("12.50", 2), Ok(1250));
        assert_eq!(parse("12.5", 2), Ok(1250));
        assert_eq!(parse("0", 2), Ok(0));
        assert_eq!(parse("-3", 2), Ok(-300));
        assert_eq!(parse("90", 0), Ok(90));
        assert_eq!(parse("90000000000000.00", 2), Ok(MAX_MINOR));
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        for text in
            ["", "-", ".5", "5.", "+5", "1e3", " 1", "1 ", "1,000", "１２", "NaN", "0x10", "--1", "1.2.3"]
        {
            assert_eq!(parse(text, 2), Err(AmountError::NotANumber), "{text:?}");
        }
        assert_eq!(parse("1.000", 2), Err(AmountError::TooManyDecimals(2)));
        assert_eq!(parse("1.5", 0), Err(AmountError::TooManyDecimals(0)));
        assert_eq!(parse("90000000000000.01", 2), Err(AmountError::OutOfRange));
        assert_eq!(parse(&"9".repeat(40), 2), Err(AmountError::OutOfRange));
    }

    #[test]
    fn a_half_is_rounded_away_from_zero() {
        let thirds = [(1, 3, 0), (2, 3, 1), (-2, 3, -1), (1, 2, 1), (-1, 2, -1), (3, -2, -2), (5, 5, 1)];
        for (dividend, divisor, quotient) in thirds {
            assert_eq!(rounded_division(dividend, divisor), Some(quotient), "{dividend} / {divisor}");
        }
        assert_eq!(rounded_division(1, 0), None);
    }

    #[test]
    fn text_and_amount_agree_both_ways() {
        for minor in [0, 1, -1, 99, 100, 123_456_789, MAX_MINOR] {
            assert_eq!(parse(&format(minor, 2), 2), Ok(minor));
        }
        assert_eq!(short(1250, 2), "12.5");
        assert_eq!(short(1200, 2), "12");
    }
}

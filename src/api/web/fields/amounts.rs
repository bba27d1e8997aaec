//! Amounts: decimal text, or a whole JSON number. Never a float.

use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::domain::amount::{self, AmountError};
use crate::domain::ledger::asset::Asset;
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

/// More digits before the point than any sum needs, and still inside the ledger's range.
const WHOLE_DIGITS: usize = 13;
const MOST_WHOLE: i64 = 9_999_999_999_999;

/// Reads the text of an amount: text as it is, a whole number as its digits.
fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct AmountVisitor;
    impl Visitor<'_> for AmountVisitor {
        type Value = String;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("amount")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }
        fn visit_i64<E: Error>(self, whole: i64) -> Result<String, E> {
            Ok(whole.to_string())
        }
        fn visit_u64<E: Error>(self, whole: u64) -> Result<String, E> {
            Ok(whole.to_string())
        }
        fn visit_f64<E: Error>(self, _float: f64) -> Result<String, E> {
            Err(E::custom(FieldFault::FloatingNumber))
        }
    }
    deserializer.deserialize_any(AmountVisitor)
}

/// The amount in smallest units, at most [`WHOLE_DIGITS`] digits before the point.
fn minor(text: &str, decimals: u32) -> Result<i64, FieldFault> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = digits.split('.').next().unwrap_or_default();
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if plain && whole.len() > WHOLE_DIGITS {
        return Err(FieldFault::TooLarge { most: MOST_WHOLE });
    }
    amount::parse(text, decimals).map_err(|error| match error {
        AmountError::NotANumber => FieldFault::NotPlainDecimal,
        AmountError::TooManyDecimals(decimals) => FieldFault::TooManyDecimals { decimals },
        AmountError::OutOfRange => FieldFault::TooLarge { most: MOST_WHOLE },
    })
}

fn positive(minor: i64) -> Result<i64, FieldFault> {
    if minor > 0 { Ok(minor) } else { Err(FieldFault::NotPositive) }
}

/// `least` is 1 for amounts above zero, 0 for zero and more; below that, negative amounts too.
fn schema(decimals: u32, least: i64, description: &str, example: &str) -> RefOr<Schema> {
    let digits = format!("[0-9]{{1,{WHOLE_DIGITS}}}");
    let part = if decimals == 0 { String::new() } else { format!(r"(\.[0-9]{{1,{decimals}}})?") };
    let start = match least {
        1 => r"(?!0+(\.0+)?$)",
        0 => "",
        _ => "-?",
    };
    let bound = |value: i64| isize::try_from(value).ok().map(utoipa::Number::Int);
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(WHOLE_DIGITS.saturating_add(4)))
        .pattern(Some(format!("^{start}{digits}{part}$")));
    let whole = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(bound(least.max(-MOST_WHOLE)))
        .maximum(bound(MOST_WHOLE));
    OneOfBuilder::new()
        .item(text)
        .item(whole)
        .description(Some(description.trim()))
        .examples([example])
        .into()
}

/// Declares amount members of one asset: `Name: decimals, least in smallest units, example`.
macro_rules! amount_fields {
    ($($(#[doc = $doc:literal])+ $name:ident: $decimals:literal, $least:expr, $example:literal;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
            pub struct $name(i64);

            impl $name {
                /// In the smallest unit.
                pub const fn minor(self) -> i64 {
                    self.0
                }
            }
            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let minor = minor(&read(deserializer)?, $decimals);
                    let kept = minor.and_then(|minor| match $least {
                        1 => positive(minor),
                        least if minor < least => Err(FieldFault::TooSmall { least }),
                        _ => Ok(minor),
                    });
                    kept.map($name).map_err(D::Error::custom)
                }
            }
            impl utoipa::PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    schema($decimals, $least, concat!($($doc),+), $example)
                }
            }
            impl utoipa::ToSchema for $name {}
        )+
    };
}

amount_fields! {
    /// 积分 · points, above zero, at most 2 decimals.
    PointsText: 2, 1_i64, "12.50";
    /// 考核分 · appraisal score or a decided value, at most 2 decimals; may be negative.
    ScoreText: 2, i64::MIN, "-2.50";
    /// 人民币（元） · yuan, zero or more, at most 2 decimals.
    YuanText: 2, 0_i64, "3.50";
}

/// An amount whose asset another member determines: its decimals are checked once the asset is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnyAmount(String);

impl AnyAmount {
    /// In the smallest unit of `asset`; `path` is the place of the member, for the refusal.
    pub fn minor(&self, asset: Asset, path: &str) -> Result<i64, FieldError> {
        minor(&self.0, asset.decimals()).map_err(|fault| FieldError::new(Place::Body, path, fault))
    }
}
impl<'de> serde::Deserialize<'de> for AnyAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = read(deserializer)?;
        // No asset has more than two decimals.
        minor(&text, 2).and_then(positive).map_err(D::Error::custom)?;
        Ok(AnyAmount(text))
    }
}
impl utoipa::PartialSchema for AnyAmount {
    fn schema() -> RefOr<Schema> {
        schema(2, 1, "数量 · an amount, above zero, with no more decimals than its asset has.", "12.50")
    }
}
impl utoipa::ToSchema for AnyAmount {}

/// The same, but zero and negative amounts too: minimum and maximum balances, a capture of nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedAmount(String);

impl SignedAmount {
    /// In the smallest unit of `asset`; `path` is the place of the member, for the refusal.
    pub fn minor(&self, asset: Asset, path: &str) -> Result<i64, FieldError> {
        minor(&self.0, asset.decimals()).map_err(|fault| FieldError::new(Place::Body, path, fault))
    }
}
impl<'de> serde::Deserialize<'de> for SignedAmount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = read(deserializer)?;
        minor(&text, 2).map_err(D::Error::custom)?;
        Ok(SignedAmount(text))
    }
}
impl utoipa::PartialSchema for SignedAmount {
    fn schema() -> RefOr<Schema> {
        schema(
            2,
            i64::MIN,
            "数量 · an amount, also zero or negative, with no more decimals than its asset has.",
            "0.00",
        )
    }
}
impl utoipa::ToSchema for SignedAmount {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn points(value: Value) -> Result<i64, String> {
        serde_json::from_value::<PointsText>(value)
            .map(PointsText::minor)
            .map_err(|e| FieldError::from_message(Place::Body, "points", &e.to_string()).code())
    }

    #[test]
    fn text_and_whole_numbers_are_amounts() {
        assert_eq!(points(json!("12.50")), Ok(1250));
        assert_eq!(points(json!("0.01")), Ok(1));
        assert_eq!(points(json!(15)), Ok(1500));
        assert_eq!(points(json!("9999999999999.99")), Ok(999_999_999_999_999));
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        let cases = [
            (json!(12.5), "field_floating_number"),
            (json!(1e3), "field_floating_number"),
            (json!("1e3"), "field_not_plain_decimal"),
            (json!("1.234"), "field_too_many_decimals"),
            (json!("0"), "field_not_positive"),
            (json!(0), "field_not_positive"),
            (json!("-1"), "field_not_positive"),
            (json!("10000000000000"), "field_too_large"),
            (json!(i64::MAX), "field_too_large"),
            (json!(u64::MAX), "field_too_large"),
            (json!("9".repeat(5000)), "field_too_large"),
            (json!("NaN"), "field_not_plain_decimal"),
            (json!("１２"), "field_not_plain_decimal"),
            (json!(" 1"), "field_not_plain_decimal"),
            (json!("1\u{0}"), "field_not_plain_decimal"),
            (json!(""), "field_not_plain_decimal"),
            (json!(null), "field_wrong_type"),
            (json!(true), "field_wrong_type"),
            (json!({}), "field_wrong_type"),
        ];
        for (value, expected) in cases {
            assert_eq!(points(value.clone()), Err(expected.to_owned()), "{value}");
        }
    }

    #[test]
    fn the_asset_decides_how_many_decimals_a_loose_amount_may_have() {
        let amount: AnyAmount = serde_json::from_value(json!("1.5")).unwrap();
        assert_eq!(amount.minor(Asset::Point, "postings[0].amount"), Ok(150));
        let refused = amount.minor(Asset::Minute, "postings[0].amount").unwrap_err();
        assert_eq!(
            (refused.code().as_str(), refused.path.as_str()),
            ("field_too_many_decimals", "postings[0].amount")
        );
    }
}

//! Whole numbers with their bounds.

use crate::api::web::faults::FieldFault;
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};

/// Reads a whole number from `least` to `most`: a JSON number, or digits in a query or path.
pub fn read<'de, D: Deserializer<'de>>(deserializer: D, least: i64, most: i64) -> Result<i64, D::Error> {
    struct WholeVisitor(i64, i64);
    impl WholeVisitor {
        fn within<E: Error>(&self, value: Option<i64>) -> Result<i64, E> {
            match value {
                Some(value) if value < self.0 => Err(E::custom(FieldFault::TooSmall { least: self.0 })),
                Some(value) if value <= self.1 => Ok(value),
                _ => Err(E::custom(FieldFault::TooLarge { most: self.1 })),
            }
        }
    }
    impl Visitor<'_> for WholeVisitor {
        type Value = i64;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an integer")
        }
        fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
            self.within(Some(value))
        }
        fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
            self.within(i64::try_from(value).ok())
        }
        fn visit_f64<E: Error>(self, _value: f64) -> Result<i64, E> {
            Err(E::custom(FieldFault::FloatingNumber))
        }
        /// Only from a query or a path: JSON text is refused before.
        fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
            let digits = text.strip_prefix('-').unwrap_or(text);
            if digits.is_empty() || digits.len() > 30 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(E::invalid_type(serde::de::Unexpected::Other("text"), &self));
            }
            match text.parse::<i64>() {
                Ok(value) => self.within(Some(value)),
                Err(_) if text.starts_with('-') => Err(E::custom(FieldFault::TooSmall { least: self.0 })),
                Err(_) => self.within(None),
            }
        }
    }
    deserializer.deserialize_i64(WholeVisitor(least, most))
}

/// The same bounds for the OpenAPI document.
pub fn schema(least: i64, most: i64, example: i64, description: &str) -> RefOr<Schema> {
    let bound = |value: i64| isize::try_from(value).ok().map(utoipa::Number::Int);
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(bound(least))
        .maximum(bound(most))
        .description(Some(description.trim()))
        .examples([example])
        .into()
}

/// Declares whole-number members: `Name: least..=most, example`.
macro_rules! number_fields {
    ($($(#[doc = $doc:literal])+ $name:ident: $least:literal ..= $most:literal, $example:literal;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
            pub struct $name(i64);

            impl $name {
                pub const fn get(self) -> i64 {
                    self.0
                }
            }
            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    read(deserializer, $least, $most).map($name)
                }
            }
            impl utoipa::PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    schema($least, $most, $example, concat!($($doc),+))
                }
            }
            impl utoipa::ToSchema for $name {}
        )+
    };
}

number_fields! {
    /// 每页条数 · how many items of a list to answer.
    PageLimit: 1..=200, 50;
    /// 件数，盘点时可为负 · pieces put on a shelf; less than 0 takes some off.
    Pieces: -100000..=100000, 20;
    /// 文本版本 · the version of a text that is consented to.
    TextVersion: 1..=1000, 1;
    /// 行号，从 0 数起 · the number of a line of a statement, from 0.
    LineNumber: 0..=99999, 0;
    /// 次数或件数 · how many times, or how many pieces.
    Quantity: 1..=100000, 2;
    /// 张数 · how many paper slips are printed at once.
    SlipCount: 1..=200, 20;
    /// 服务时长（分钟） · service time in minutes, of one day at most.
    Minutes: 1..=1440, 90;
    /// 兑换所需的服务时长（分钟） · service time that a member must have to take an offer.
    RequiredMinutes: 1..=6000000, 6000;
    /// 纬度，百万分之一度（WGS 84） · latitude, in millionths of a degree.
    Latitude: -90000000..=90000000, 29563010;
    /// 经度，百万分之一度（WGS 84） · longitude, in millionths of a degree.
    Longitude: -180000000..=180000000, 106551560;
    /// 半径（米） · how far around its middle a place reaches.
    Radius: 30..=5000, 200;
    /// 服务人次 · how many people were served.
    Served: 0..=100000, 12;
    /// 分录号 · the number of an entry.
    EntryNumber: 1..=9007199254740991, 1;
    /// 分录中的第几笔，从 0 数起 · the number of a posting in its entry, from 0.
    PostingNumber: 0..=1023, 0;
    /// 预留的期限（秒） · after how many seconds a hold expires.
    HoldSeconds: 1..=31536000, 180;
    /// 星级 · the number of a star.
    StarNumber: 1..=10, 3;
    /// 年份 · a year.
    Year: 1900..=2199, 2026;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::web::faults::{FieldError, Place};
    use serde_json::json;

    fn code(message: &str) -> String {
        FieldError::from_message(Place::Query, "limit", message).code()
    }

    #[test]
    fn a_whole_number_keeps_its_bounds() {
        let read = |value| serde_json::from_value::<PageLimit>(value).map(PageLimit::get);
        assert_eq!(read(json!(200)).unwrap(), 200);
        let cases = [
            (json!(0), "field_too_small"),
            (json!(-1), "field_too_small"),
            (json!(201), "field_too_large"),
            (json!(u64::MAX), "field_too_large"),
            (json!(1.0), "field_floating_number"),
            (json!(1e300), "field_floating_number"),
            (json!(true), "field_wrong_type"),
            (json!(null), "field_wrong_type"),
            (json!("50"), "field_wrong_type"),
        ];
        for (value, expected) in cases {
            assert_eq!(code(&read(value.clone()).unwrap_err().to_string()), expected, "{value}");
        }
    }
}

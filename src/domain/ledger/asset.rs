//! The assets of the ledger.

use crate::domain::id::Id;
use jianxian_values::schema::{PartialSchema, RefOr, Schema, ToSchema, text};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::fmt;
use std::str::FromStr;

/// An asset of the ledger. Its amounts are whole numbers of its smallest unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asset {
    /// Spendable points, 2 decimals.
    Point,
    /// Lifetime earned points, 2 decimals: decrease only by reversals.
    Lifetime,
    /// Service time, whole minutes.
    Minute,
    /// Appraisal score, 2 decimals.
    Score,
    /// Money, in fen.
    Cny,
    /// Pieces of one offer.
    Stock(Id),
}

impl Asset {
    /// Decimals of displayed amounts.
    pub const fn decimals(self) -> u32 {
        match self {
            Asset::Point | Asset::Lifetime | Asset::Score | Asset::Cny => 2,
            Asset::Minute | Asset::Stock(_) => 0,
        }
    }
}

impl PartialSchema for Asset {
    fn schema() -> RefOr<Schema> {
        text(
            None,
            (3, 42),
            "^(POINT|LIFETIME|MINUTE|SCORE|CNY|STOCK:[0-9a-f-]{36})$",
            "POINT",
            "种类 · what is counted.",
        )
    }
}
impl ToSchema for Asset {}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Asset::Point => f.write_str("POINT"),
            Asset::Lifetime => f.write_str("LIFETIME"),
            Asset::Minute => f.write_str("MINUTE"),
            Asset::Score => f.write_str("SCORE"),
            Asset::Cny => f.write_str("CNY"),
            Asset::Stock(offer) => write!(f, "STOCK:{offer}"),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("unknown asset")]
pub struct UnknownAsset;

impl FromStr for Asset {
    type Err = UnknownAsset;
    fn from_str(text: &str) -> Result<Self, UnknownAsset> {
        match text {
            "POINT" => Ok(Asset::Point),
            "LIFETIME" => Ok(Asset::Lifetime),
            "MINUTE" => Ok(Asset::Minute),
            "SCORE" => Ok(Asset::Score),
            "CNY" => Ok(Asset::Cny),
            other => {
                let offer = other.strip_prefix("STOCK:").ok_or(UnknownAsset)?;
                offer.parse().map(Asset::Stock).map_err(|_| UnknownAsset)
            }
        }
    }
}
impl Serialize for Asset {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Asset {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

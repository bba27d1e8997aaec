//! The seed data of the sample bank: `schemes/banks/jianxian.toml`, parsed once.

use crate::auth::permissions::Role;
use crate::domain::settlement::statement::SettlementModel;
use crate::services::Error;
use serde::Deserialize;
use std::sync::LazyLock;

static JIANXIAN: LazyLock<Result<SampleBank, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../schemes/banks/jianxian.toml")).map_err(|error| error.to_string())
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleBank {
    pub names: NameParts,
    pub district: District,
    pub communities: Vec<Communities>,
    pub trades: Trades,
    pub posts: Posts,
    pub shops: Vec<ShopTrade>,
    pub activities: Vec<ActivityKind>,
    pub seasonal: Vec<Seasonal>,
    pub standing_post: StandingPost,
    pub awards: Awards,
    pub texts: Texts,
}

impl SampleBank {
    /// The one built into this program.
    pub fn jianxian() -> Result<&'static SampleBank, Error> {
        JIANXIAN.as_ref().map_err(|error| Error::Fault(format!("the sample bank: {error}")))
    }

    /// The additional activity of a month.
    pub fn seasonal(&self, month: u32) -> Option<&ActivityKind> {
        self.seasonal.iter().find(|of| of.months.contains(&month)).map(|of| &of.activity)
    }
}

/// Characters of a surname, a mark of made-up names, and an ending.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameParts {
    pub surnames: String,
    pub marks: String,
    pub endings: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct District {
    pub code: String,
    pub name: String,
    pub streets: Vec<String>,
    /// Of the communities of a street.
    pub ordinals: Vec<String>,
    pub residents_of_a_compound: u32,
    /// The telephone and counter hours of the district.
    pub telephone: String,
    pub opening_hours: String,
    /// The counter hours of every community.
    pub community_hours: String,
}

/// The four kinds of community of the district.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommunityKind {
    /// 老旧
    Old,
    /// 商品房
    Commercial,
    /// 单位型
    WorkUnit,
    /// 村改居
    FormerVillage,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Communities {
    pub kind: CommunityKind,
    pub count: usize,
    pub compounds: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trades {
    pub young: Vec<String>,
    pub working: Vec<String>,
    pub retired: Vec<String>,
}

/// Staff posts, by the level of the organisation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posts {
    pub district: Vec<Post>,
    pub street: Vec<Post>,
    pub community: Vec<Post>,
    pub shop: Vec<Post>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    pub login: String,
    pub title: String,
    pub role: Role,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShopTrade {
    pub name: String,
    pub model: SettlementModel,
    /// Fen for one point, one of these; empty where goods were given.
    #[serde(default)]
    pub rates_fen: Vec<String>,
    pub offers: Vec<TradeOffer>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TradeOffer {
    pub name: String,
    pub points: i64,
    #[serde(default)]
    pub cash_fen: i64,
    /// Pieces restocked each month; `None`: a service, without stock.
    pub monthly: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct ActivityKind {
    pub title: String,
    pub content: String,
    pub category: String,
    pub level: String,
    /// The fewest and the most.
    pub hours: (i64, i64),
}

#[derive(Debug, Deserialize)]
pub struct Seasonal {
    pub months: Vec<u32>,
    #[serde(flatten)]
    pub activity: ActivityKind,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingPost {
    pub title: String,
    pub content: String,
    pub category: String,
    pub level: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Awards {
    /// The item for two tidy homes a month.
    pub homes: String,
    pub people: Vec<MonthlyItem>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonthlyItem {
    pub percent: i64,
    pub item: String,
    /// Maximum for things counted in tens; `None`: one.
    pub most: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    pub risk: String,
    pub insurance: String,
    pub policy_number: String,
    pub rejected: String,
    pub returned: String,
    pub objection: String,
    pub decided: String,
    pub corrected: String,
    pub payment_proof: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_bank_is_whole_and_every_month_has_something_of_its_own() {
        let bank = SampleBank::jianxian().unwrap();
        let communities: usize = bank.communities.iter().map(|kind| kind.count).sum();
        assert_eq!(communities, bank.district.streets.len() * bank.district.ordinals.len());
        assert!((1..=12).all(|month| bank.seasonal(month).is_some()));
    }
}

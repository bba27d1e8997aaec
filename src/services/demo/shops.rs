//! Partner shops of the sample bank and their offers.

use super::orgs::{OrgLevel, OrgPlan, of_level};
use super::rng::Rng;
use super::sample_bank::{SampleBank, TradeOffer};
use crate::domain::settlement::statement::SettlementModel;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopPlan {
    pub name: String,
    /// Index of the community.
    pub org: usize,
    pub model: SettlementModel,
    /// Fen for one point, as decimal text; 0 where goods were given.
    pub rate_fen: &'static str,
    /// The person who owns it.
    pub owner: Option<usize>,
    pub offers: &'static [TradeOffer],
}

/// A love store in each street, and four shops that the community fund pays.
pub fn shops(bank: &'static SampleBank, orgs: &[OrgPlan], persons: usize, rng: &mut Rng) -> Vec<ShopPlan> {
    let mut shops = Vec::new();
    for street in of_level(orgs, OrgLevel::Street) {
        let communities: Vec<_> =
            orgs.iter().enumerate().filter(|(_, org)| org.parent == Some(street)).map(|(at, _)| at).collect();
        let street = orgs.get(street).map_or("", |org| org.name.trim_end_matches("街道"));
        let mut places = communities.iter().copied().cycle();
        for shop in &bank.shops {
            let rates: Vec<&str> = shop.rates_fen.iter().map(String::as_str).collect();
            let paid = shop.model == SettlementModel::CommunityFund;
            shops.push(ShopPlan {
                name: format!("{street}{}（演示）", shop.name),
                org: places.next().unwrap_or(0),
                model: shop.model,
                rate_fen: if paid { rng.pick(&rates) } else { "0" },
                owner: paid.then(|| rng.place(persons)),
                offers: &shop.offers,
            });
        }
    }
    shops
}

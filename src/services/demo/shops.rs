//! Partner shops of the sample bank and what they give for points. Prices follow the order of published catalogues;
//! the figures are samples.

use super::dice::Dice;
use super::orgs::{OrgLevel, OrgPlan, of_level};
use crate::domain::settlement::statement::SettlementModel;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopPlan {
    pub name: String,
    /// The community.
    pub org: usize,
    pub model: SettlementModel,
    /// Fen for one point, as decimal text; 0 where goods were given.
    pub rate_fen: &'static str,
    /// The person who owns it.
    pub owner: Option<usize>,
    pub offers: Vec<OfferPlan>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfferPlan {
    pub name: &'static str,
    /// In hundredths of a point.
    pub unit_points: i64,
    pub unit_cash_fen: i64,
    /// Pieces put on the shelf each month; `None`: a service, without stock.
    pub monthly_pieces: Option<i64>,
}

const fn goods(name: &'static str, points: i64, monthly_pieces: i64) -> OfferPlan {
    OfferPlan { name, unit_points: points * 100, unit_cash_fen: 0, monthly_pieces: Some(monthly_pieces) }
}

const fn service(name: &'static str, points: i64, unit_cash_fen: i64) -> OfferPlan {
    OfferPlan { name, unit_points: points * 100, unit_cash_fen, monthly_pieces: None }
}

/// A trade of shop with its usual offers.
struct Trade {
    name: &'static str,
    offers: &'static [OfferPlan],
}

/// The store that gives what was donated.
const LOVE_STORE: Trade = Trade {
    name: "爱心超市",
    offers: &[
        goods("香皂", 10, 60),
        goods("透明皂", 10, 60),
        goods("洗洁精", 20, 50),
        goods("卷纸（提）", 75, 12),
        goods("洗衣液", 80, 12),
        goods("笔记本", 5, 80),
    ],
};

const TRADES: [Trade; 4] = [
    Trade {
        name: "便民超市",
        offers: &[
            goods("食盐", 4, 80),
            goods("鸡蛋（斤）", 9, 80),
            goods("挂面（把）", 8, 60),
            goods("洗洁精", 20, 40),
            goods("食用油（1.8 升）", 60, 12),
        ],
    },
    Trade { name: "理发店", offers: &[service("老人理发", 10, 0), service("普通理发", 15, 500)] },
    Trade { name: "早餐店", offers: &[goods("豆浆油条", 5, 90), goods("胡辣汤", 8, 70)] },
    Trade {
        name: "家电维修", offers: &[service("上门检修", 20, 0), service("更换水龙头", 12, 1500)]
    },
];

/// A love store in each street, and four shops that the community fund pays.
pub fn shops(orgs: &[OrgPlan], persons: usize, dice: &mut Dice) -> Vec<ShopPlan> {
    let mut shops = Vec::new();
    for street in of_level(orgs, OrgLevel::Street) {
        let communities: Vec<_> =
            orgs.iter().enumerate().filter(|(_, org)| org.parent == Some(street)).map(|(at, _)| at).collect();
        let street = orgs.get(street).map_or("", |org| org.name.trim_end_matches("街道"));
        let mut places = communities.iter().copied().cycle();
        shops.push(ShopPlan {
            name: format!("{street}{}（演示）", LOVE_STORE.name),
            org: places.next().unwrap_or(0),
            model: SettlementModel::DonatedGoods,
            rate_fen: "0",
            owner: None,
            offers: LOVE_STORE.offers.to_vec(),
        });
        for trade in &TRADES {
            shops.push(ShopPlan {
                name: format!("{street}{}（演示）", trade.name),
                org: places.next().unwrap_or(0),
                model: SettlementModel::CommunityFund,
                rate_fen: dice.pick(&["50", "40", "33.5"]),
                owner: Some(dice.place(persons)),
                offers: trade.offers.to_vec(),
            });
        }
    }
    shops
}

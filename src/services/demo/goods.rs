//! Goods of the sample bank's shop: a supervisor from a sum on, a delivery that is booked, and one that waits for the
//! second person. The till of a love store: counted, and money that waits for who takes it.

use super::ZONE;
use super::people::Workplace;
use super::simulation::Simulation;
use crate::domain::settlement::statement::SettlementModel;
use crate::domain::shops::goods::GoodsKind;
use crate::domain::time::Days;
use crate::services::shops::goods::{Goods, GoodsLine, SheetAsk};
use crate::services::shops::merchants::MerchantChange;
use crate::services::{Call, Error};

/// Deliveries above this value wait for the second person (fen).
const TWO_ABOVE: i64 = 50_000;
/// What stays in a till for change (fen).
const CHANGE_FEN: i64 = 1_000;
/// Donor, pieces, days to the best-before date, and what a piece is worth (fen).
const DELIVERIES: [(&str, i64, i32, i64); 2] =
    [("示例粮油公司（演示）", 30, 240, 250), ("示例物业公司（演示）", 40, 20, 1_500)];

impl Simulation<'_> {
    /// Two deliveries at the shop of the plain logins.
    pub async fn goods_sheets(&self) -> Result<(), Error> {
        let place = Workplace::of(&self.plan.orgs, &self.plan.shops);
        let shop = self.setup.shop(place.shop)?;
        let keeper = Call::of(shop.owner.clone());
        let administrator = Call::of(self.setup.administrator.clone());
        let seen = self.services.merchants(&administrator).await?;
        let version =
            seen.iter().find(|one| one.merchant.id == shop.merchant).map(|one| one.merchant.version);
        let change = MerchantChange { two_above_fen: Some(Some(TWO_ABOVE)), ..MerchantChange::default() };
        self.services.change_merchant(&administrator, shop.merchant, version.unwrap_or(1), change).await?;
        let today = self.services.now().day(ZONE);
        for ((donor, pieces, days, worth), offer) in DELIVERIES.into_iter().zip(&shop.offers) {
            let line = GoodsLine {
                row: 1,
                goods: Goods::Offer(*offer),
                pieces,
                best_before: Some(today.plus(days)),
                unit_value_fen: Some(worth),
            };
            let ask = SheetAsk {
                merchant: shop.merchant,
                kind: GoodsKind::In,
                donor: Some(donor.into()),
                on: None,
                reason: None,
                lines: vec![line],
                unread: Vec::new(),
                money_fen: None,
            };
            self.services.open_goods_sheet(&keeper, ask).await?;
        }
        self.till_sheets().await
    }

    /// What the love store has taken beside the points is counted, and handed in but for the change.
    async fn till_sheets(&self) -> Result<(), Error> {
        let store = self.plan.shops.iter().position(|shop| shop.model == SettlementModel::DonatedGoods);
        let shop = self.setup.shop(store.unwrap_or(0))?;
        let keeper = Call::of(shop.owner.clone());
        let till = self.services.till(&keeper, shop.merchant, Days::default()).await?;
        let Some(balance) = till.map(|till| till.balance).filter(|balance| *balance > CHANGE_FEN) else {
            return Ok(());
        };
        for (kind, fen) in
            [(GoodsKind::TillCount, balance), (GoodsKind::HandIn, balance.saturating_sub(CHANGE_FEN))]
        {
            let ask = SheetAsk {
                merchant: shop.merchant,
                kind,
                donor: None,
                on: None,
                reason: None,
                lines: Vec::new(),
                unread: Vec::new(),
                money_fen: Some(fen),
            };
            self.services.open_goods_sheet(&keeper, ask).await?;
        }
        Ok(())
    }
}

//! What all points would cost, as docs/STATISTICS.md defines it.

use super::payable::RateFen;
use super::statement::SettlementModel;
use crate::domain::refusal::Refusal;

/// A shop, as far as it is paid for points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidShop {
    pub model: SettlementModel,
    pub rate: RateFen,
    /// Whether it takes part: closed shops take no points any more.
    pub is_open: bool,
    /// Points that it has taken and that are in no statement yet, in hundredths; below zero after a late refund.
    pub taken: i64,
}

impl PaidShop {
    /// The fund's payment for one point, in fen. A shop with donated goods is paid nothing.
    fn paid(&self) -> RateFen {
        match self.model {
            SettlementModel::CommunityFund => self.rate,
            SettlementModel::DonatedGoods => RateFen::ZERO,
        }
    }
}

/// The liability in fen: points that are outstanding (hundredths) at the highest rate of a shop that takes part, as if all
/// went there; what shops have taken, each at its own rate; and unpaid statements at what they say.
///
/// # Errors A sum beyond the range of amounts.
pub fn liability_fen(outstanding: i64, shops: &[PaidShop], unpaid_fen: i64) -> Result<i64, Refusal> {
    let (mut liability, mut most) = (unpaid_fen, 0_i64);
    for shop in shops {
        if shop.is_open {
            most = most.max(shop.paid().fen(outstanding.max(0))?);
        }
        liability = liability.saturating_add(shop.paid().fen(shop.taken)?);
    }
    Ok(liability.saturating_add(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(rate: &str, is_open: bool, taken: i64) -> PaidShop {
        let rate = RateFen::parse(rate).unwrap();
        PaidShop { model: SettlementModel::CommunityFund, rate, is_open, taken }
    }

    #[test]
    fn outstanding_points_cost_the_highest_rate_of_an_open_shop() {
        let shops = [shop("50", true, 0), shop("80", true, 0), shop("200", false, 0)];
        assert_eq!(liability_fen(1_000, &shops, 0), Ok(800));
        assert_eq!(liability_fen(1_000, &[], 0), Ok(0));
        assert_eq!(liability_fen(-1_000, &shops, 0), Ok(0));
    }

    #[test]
    fn what_shops_have_taken_costs_their_own_rate_also_after_they_closed() {
        let shops = [shop("50", true, 300), shop("200", false, 100), shop("50", true, -100)];
        assert_eq!(liability_fen(0, &shops, 7), Ok(7 + 150 + 200 - 50));
    }

    #[test]
    fn donated_goods_are_claimed_by_nobody() {
        let goods = PaidShop { model: SettlementModel::DonatedGoods, ..shop("90", true, 500) };
        assert_eq!(liability_fen(1_000, &[goods], 3), Ok(3));
        assert_eq!(liability_fen(1_000, &[goods, shop("10", true, 0)], 3), Ok(103));
    }
}

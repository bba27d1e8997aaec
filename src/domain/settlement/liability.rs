//! What all points would cost, as docs/STATISTICS.md defines it.

use super::payable::RateFen;
use crate::domain::refusal::Refusal;

/// A shop, as far as it is paid for points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidShop {
    /// Paid for one point today; zero where goods are given.
    pub rate: RateFen,
    /// Whether it takes part: closed shops take no points any more.
    pub is_open: bool,
    /// The worth in fen of the points that it has taken and that are in no statement yet; below zero after a late refund.
    pub taken_fen: i64,
}

/// The liability in fen: points that are outstanding (hundredths) at the highest rate of a shop that takes part, as if all
/// went there; what shops have taken; and unpaid statements at what they say.
///
/// # Errors A sum beyond the range of amounts.
pub fn liability_fen(outstanding: i64, shops: &[PaidShop], unpaid_fen: i64) -> Result<i64, Refusal> {
    let (mut liability, mut most) = (unpaid_fen, 0_i64);
    for shop in shops {
        if shop.is_open {
            most = most.max(shop.rate.fen(outstanding.max(0))?);
        }
        liability = liability.saturating_add(shop.taken_fen);
    }
    Ok(liability.saturating_add(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(rate: &str, is_open: bool, taken_fen: i64) -> PaidShop {
        PaidShop { rate: RateFen::parse(rate).unwrap(), is_open, taken_fen }
    }

    #[test]
    fn outstanding_points_cost_the_highest_rate_of_an_open_shop() {
        let shops = [shop("50", true, 0), shop("80", true, 0), shop("200", false, 0)];
        assert_eq!(liability_fen(1_000, &shops, 0), Ok(800));
        assert_eq!(liability_fen(1_000, &[], 0), Ok(0));
        assert_eq!(liability_fen(-1_000, &shops, 0), Ok(0));
    }

    #[test]
    fn what_shops_have_taken_is_owed_also_after_they_closed() {
        let shops = [shop("50", true, 150), shop("200", false, 200), shop("50", true, -50)];
        assert_eq!(liability_fen(0, &shops, 7), Ok(7 + 150 + 200 - 50));
    }

    #[test]
    fn donated_goods_are_claimed_by_nobody() {
        let goods = PaidShop { rate: RateFen::ZERO, is_open: true, taken_fen: 0 };
        assert_eq!(liability_fen(1_000, &[goods], 3), Ok(3));
        assert_eq!(liability_fen(1_000, &[goods, shop("10", true, 0)], 3), Ok(103));
    }
}

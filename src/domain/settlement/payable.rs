//! What a merchant is owed for the points it took: points × rate, rounded once a statement, lines that add up.

use super::statement::SettlementModel;
use crate::domain::amount;
use crate::domain::points::scheme::POINT_DECIMALS;
use crate::domain::refusal::Refusal;
use rust_decimal::{Decimal, RoundingStrategy};

/// Maximum decimals of a rate.
const RATE_DECIMALS: u32 = 4;
/// Highest rate, in fen for one point (a thousand yuan).
const MAX_RATE_FEN: i64 = 100_000;

/// The price of one point in a settlement, in fen. Never shown to volunteers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RateFen(Decimal);

/// What is wrong with a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateFault {
    #[error("not a plain decimal number")]
    NotANumber,
    #[error("more than {RATE_DECIMALS} decimals")]
    TooManyDecimals,
    #[error("below zero or above {MAX_RATE_FEN}")]
    OutOfRange,
}

impl RateFen {
    /// Nothing is claimed.
    pub const ZERO: RateFen = RateFen(Decimal::ZERO);

    /// Parses fen for one point: `100` is one yuan, `2.5` two and a half fen.
    pub fn parse(text: &str) -> Result<Self, RateFault> {
        let scaled = amount::parse(text, RATE_DECIMALS).map_err(|fault| match fault {
            amount::AmountError::NotANumber => RateFault::NotANumber,
            amount::AmountError::TooManyDecimals(_) => RateFault::TooManyDecimals,
            amount::AmountError::OutOfRange => RateFault::OutOfRange,
        })?;
        let rate = amount::decimal(scaled, RATE_DECIMALS).normalize();
        let inside = rate >= Decimal::ZERO && rate <= Decimal::from(MAX_RATE_FEN);
        if inside { Ok(RateFen(rate)) } else { Err(RateFault::OutOfRange) }
    }

    /// Fen for these points (hundredths), rounded half away from zero, so that a refund has the value of its
    /// redemption.
    pub fn fen(self, points_minor: i64) -> Result<i64, Refusal> {
        whole(self.exact(points_minor).ok_or(Refusal::PointsOutOfRange)?)
    }

    /// What is paid under a model: nothing for goods that were given.
    pub fn under(self, model: SettlementModel) -> RateFen {
        match model {
            SettlementModel::CommunityFund => self,
            SettlementModel::DonatedGoods => RateFen::ZERO,
        }
    }

    /// The same as [`RateFen::fen`], not rounded.
    fn exact(self, points_minor: i64) -> Option<Decimal> {
        amount::decimal(points_minor, POINT_DECIMALS).checked_mul(self.0)
    }
}

/// Whole fen, rounded half away from zero.
fn whole(fen: Decimal) -> Result<i64, Refusal> {
    let rounded = fen.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    amount::minor(rounded, 0).map_err(|_| Refusal::PointsOutOfRange)
}

impl std::fmt::Display for RateFen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The result of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payable {
    /// Sum of the lines, in hundredths of points; refunds are negative lines.
    pub net_points_minor: i64,
    /// The sum of points × rate over the lines, rounded once.
    pub payable_fen: i64,
    /// The same sum, line by line.
    pub line_fen: Vec<i64>,
}

/// The fen of lines of points (hundredths), each with its rate, under a model.
///
/// Each line gets the growth of the rounded running total, so the lines add up to the statement exactly and no line
/// is more than one fen away from its own value. Donated goods claim nothing, whatever the rate.
pub fn payable(model: SettlementModel, lines: &[(i64, RateFen)]) -> Result<Payable, Refusal> {
    let mut net_points_minor: i64 = 0;
    let (mut exact, mut payable_fen) = (Decimal::ZERO, 0_i64);
    let mut line_fen = Vec::with_capacity(lines.len());
    for (points, rate) in lines {
        net_points_minor = net_points_minor.checked_add(*points).ok_or(Refusal::PointsOutOfRange)?;
        let worth = rate.under(model).exact(*points).ok_or(Refusal::PointsOutOfRange)?;
        exact = exact.checked_add(worth).ok_or(Refusal::PointsOutOfRange)?;
        let so_far = whole(exact)?;
        line_fen.push(so_far.checked_sub(payable_fen).ok_or(Refusal::PointsOutOfRange)?);
        payable_fen = so_far;
    }
    Ok(Payable { net_points_minor, payable_fen, line_fen })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rust_decimal::prelude::ToPrimitive;

    fn rate(text: &str) -> RateFen {
        RateFen::parse(text).unwrap()
    }

    /// Lines of one rate.
    fn at(text: &str, points: &[i64]) -> Vec<(i64, RateFen)> {
        points.iter().map(|points| (*points, rate(text))).collect()
    }

    #[test]
    fn the_statement_is_rounded_once_and_its_lines_add_up() {
        // Three lines of 0.05 points at 10 fen are worth half a fen each: 1.5, rounded to 2.
        let sum = payable(SettlementModel::CommunityFund, &at("10", &[5, 5, 5])).unwrap();
        assert_eq!(sum, Payable { net_points_minor: 15, payable_fen: 2, line_fen: vec![1, 0, 1] });
        let yuan = payable(SettlementModel::CommunityFund, &at("100", &[1_250, -250, 3_000])).unwrap();
        assert_eq!(yuan.line_fen, [1_250, -250, 3_000]);
        assert_eq!(yuan.payable_fen, 4_000);
        let refunds = payable(SettlementModel::CommunityFund, &at("2.5", &[-100, -100])).unwrap();
        assert_eq!((refunds.payable_fen, refunds.line_fen), (-5, vec![-3, -2]));
        let empty = payable(SettlementModel::CommunityFund, &at("100", &[])).unwrap();
        assert_eq!(empty, Payable { net_points_minor: 0, payable_fen: 0, line_fen: vec![] });
    }

    #[test]
    fn lines_of_several_rates_are_rounded_once_together() {
        // Half a fen, a third of one, and both back: nothing remains.
        let lines = [(5, rate("10")), (10, rate("3.3333")), (-5, rate("10")), (-10, rate("3.3333"))];
        let sum = payable(SettlementModel::CommunityFund, &lines).unwrap();
        assert_eq!(sum, Payable { net_points_minor: 0, payable_fen: 0, line_fen: vec![1, 0, -1, 0] });
        let late =
            payable(SettlementModel::CommunityFund, &[(1_000, rate("60")), (-400, rate("50"))]).unwrap();
        assert_eq!((late.payable_fen, late.line_fen), (400, vec![600, -200]));
    }

    #[test]
    fn donated_goods_claim_nothing_and_still_show_their_points() {
        let sum = payable(SettlementModel::DonatedGoods, &at("100", &[500, -100])).unwrap();
        assert_eq!(sum, Payable { net_points_minor: 400, payable_fen: 0, line_fen: vec![0, 0] });
    }

    #[test]
    fn rates_are_plain_decimals_in_range() {
        assert_eq!(rate("2.50").to_string(), "2.5");
        assert_eq!(RateFen::parse("1e2"), Err(RateFault::NotANumber));
        assert_eq!(RateFen::parse("0.00001"), Err(RateFault::TooManyDecimals));
        assert_eq!(RateFen::parse("-1"), Err(RateFault::OutOfRange));
        assert_eq!(RateFen::parse("100000.01"), Err(RateFault::OutOfRange));
        assert_eq!(RateFen::parse("0"), Ok(RateFen::ZERO));
    }

    #[test]
    fn sums_beyond_the_range_are_refused() {
        let lines = [i64::MAX, 1];
        let refused = payable(SettlementModel::CommunityFund, &at("100", &lines));
        assert_eq!(refused, Err(Refusal::PointsOutOfRange));
    }

    proptest! {
        #[test]
        fn lines_always_add_up_to_the_statement(
            points in prop::collection::vec(-1_000_000_i64..1_000_000, 0..60),
            rate_scaled in 0_i64..2_000_000,
        ) {
            let rate = rate(&amount::format(rate_scaled, 4));
            let sum = payable(SettlementModel::CommunityFund, &at(&rate.to_string(), &points)).unwrap();
            prop_assert_eq!(sum.line_fen.len(), points.len());
            prop_assert_eq!(sum.line_fen.iter().sum::<i64>(), sum.payable_fen);
            prop_assert_eq!(sum.net_points_minor, points.iter().sum::<i64>());
            // Compared with whole-number arithmetic: hundredths × ten-thousandths are millionths of a fen.
            let exact = i128::from(sum.net_points_minor) * i128::from(rate_scaled);
            let half_up = (exact.abs() + 500_000) / 1_000_000 * exact.signum();
            prop_assert_eq!(i128::from(sum.payable_fen), half_up);
            for (points, fen) in points.iter().zip(&sum.line_fen) {
                let worth = i128::from(*points) * i128::from(rate_scaled);
                let apart = (i128::from(*fen) * 1_000_000 - worth).abs();
                prop_assert!(apart <= 1_000_000, "{points} points: {fen} fen");
            }
        }

        #[test]
        fn taking_everything_back_comes_to_nothing(points in prop::collection::vec(1_i64..1_000_000, 1..30)) {
            let back: Vec<i64> = points.iter().copied().chain(points.iter().map(|p| -p)).collect();
            let sum = payable(SettlementModel::CommunityFund, &at("33.3333", &back)).unwrap();
            prop_assert_eq!((sum.net_points_minor, sum.payable_fen), (0, 0));
            prop_assert!(sum.payable_fen.to_i32().is_some());
        }
    }
}

//! How much is redeemed without the person's own phone: with a card at a visit and on a day, on a paper slip, how much of
//! a person's slips the district covers on a day, and through a proxy. The sums are counters of the ledger.

use crate::config::LimitsConfig;
use crate::domain::id::Id;
use crate::domain::ledger::account::CounterId;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::Refusal;
use crate::domain::time::Day;
use crate::ledger::{CounterTake, Take};
use crate::store::people::proxies::ProxyRow;

/// Limits in hundredths of a point; 0 means no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaperLimits {
    pub card_visit: i64,
    pub card_day: i64,
    pub slip: i64,
}

impl Default for PaperLimits {
    fn default() -> Self {
        PaperLimits::of(&LimitsConfig::default())
    }
}

const CARD: &str = "card/";
const COVER: &str = "slip_cover/";
const PROXY_DAY: &str = "proxy/";
const PROXY_SUM: &str = "proxy_sum/";

impl PaperLimits {
    /// The limits of the settings, which are in whole points.
    pub fn of(config: &LimitsConfig) -> Self {
        let minor = |points: i64| points.saturating_mul(100);
        PaperLimits {
            card_visit: minor(config.card_points_a_visit),
            card_day: minor(config.card_points_a_day),
            slip: minor(config.slip_points),
        }
    }

    /// Whether a shop is answered if a card covers these points: not beyond what it may pay, or it would become a way to
    /// probe the balance.
    pub fn may_ask(&self, points: i64) -> bool {
        self.card_visit == 0 || points <= self.card_visit
    }

    /// What a redemption with a card takes from the limit of the day.
    pub fn of_card(&self, today: Day, member: Id, points: i64) -> Result<Option<CounterTake>, Refusal> {
        let limit = self.card_visit;
        if limit > 0 && points > limit {
            return Err(Refusal::CardVisitLimit { limit, desired: points, asset: Asset::Point });
        }
        Ok(of_day(CARD, today, member, points, self.card_day))
    }

    /// What the district covers of a slip takes from the limit of the day.
    pub fn of_slip(
        &self,
        today: Day,
        member: Id,
        (points, covered): (i64, i64),
    ) -> Result<Option<CounterTake>, Refusal> {
        let limit = self.slip;
        if limit > 0 && points > limit {
            return Err(Refusal::SlipLimit { limit, desired: points, asset: Asset::Point });
        }
        Ok(of_day(COVER, today, member, covered, self.card_day))
    }
}

/// What a redemption through a proxy takes from the limits of the day and of all: naming the same proxy anew on the same
/// day does not begin the day anew.
pub fn of_proxy(proxy: &ProxyRow, today: Day, member: Id, points: i64) -> Vec<CounterTake> {
    let mut takes = Vec::new();
    if points > 0 {
        let take = |key: String, window: String, limit| CounterTake {
            key,
            window,
            take: Take::Fixed(points),
            limit,
            asset: Asset::Point,
        };
        let of_both = format!("{PROXY_DAY}{member}/{}", proxy.proxy_id);
        takes.push(take(of_both, today.to_string(), proxy.points_a_day));
        let in_all = proxy.points_in_all;
        takes.extend(
            in_all.map(|limit| take(format!("{PROXY_SUM}{}", proxy.id), CounterId::EVER.to_owned(), limit)),
        );
    }
    takes
}

fn of_day(kind: &str, today: Day, member: Id, points: i64, limit: i64) -> Option<CounterTake> {
    (limit > 0 && points > 0).then(|| CounterTake {
        key: format!("{kind}{member}"),
        window: today.to_string(),
        take: Take::Fixed(points),
        limit,
        asset: Asset::Point,
    })
}

/// What a counter of these limits gets back of points that came back, and of those that the district covered.
pub fn given_back(counter: &str, (points, covered): (i64, i64)) -> Option<i64> {
    match counter {
        of if of.starts_with(CARD) || of.starts_with(PROXY_DAY) || of.starts_with(PROXY_SUM) => Some(points),
        of if of.starts_with(COVER) => Some(covered),
        _ => None,
    }
}

/// The refusal of a full counter of these limits.
pub fn refusal(counter: &str, limit: i64, left: i64, asset: Asset) -> Option<Refusal> {
    match counter {
        of if of.starts_with(CARD) => Some(Refusal::CardDayLimit { limit, left, asset }),
        of if of.starts_with(COVER) => Some(Refusal::SlipCoverLimit { limit, left, asset }),
        of if of.starts_with(PROXY_DAY) => Some(Refusal::ProxyDayLimit { limit, left, asset }),
        of if of.starts_with(PROXY_SUM) => Some(Refusal::ProxySumLimit { limit, left, asset }),
        _ => None,
    }
}

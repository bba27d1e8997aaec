//! Visits to the shops: who takes what for points, and how it ends.

use super::ZONE;
use super::people::PersonPlan;
use super::rng::Rng;
use super::shops::ShopPlan;
use super::year::{ActivityPlan, Course};
use crate::domain::time::{Day, Moment};
use crate::text_enum;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitPlan {
    pub at: Moment,
    pub person: usize,
    pub shop: usize,
    /// Offer of the shop, and pieces: one or two lines.
    pub lines: Vec<(usize, i64)>,
    pub outcome: Outcome,
    /// Served at the community counter, without a code.
    pub on_behalf: bool,
}

text_enum! {
    /// How a visit ends.
    Outcome {
        /// Points held, goods handed over, captured.
        Captured = "captured",
        /// Cancelled before the goods were handed over.
        Cancelled = "cancelled",
        /// Captured by mistake, and undone by the clerk at once.
        Undone = "undone",
        /// One piece is returned some days later.
        PartRefunded = "part_refunded",
        Refunded = "refunded",
        /// No one collects the goods: the hold expires.
        LeftToExpire = "left_to_expire",
    }
}

/// Days from a deed until its points may be spent: approval and public notice.
const UNTIL_FINAL_DAYS: i32 = 12;
/// A visit spends at most this part of what a person should have, because the plan does not know every cap and loss.
const SPENDABLE_PERCENT: i64 = 70;
const VISITS_EACH_DAY: (i64, i64) = (9, 17);

/// Visits over the year. People who have points by the plan's cautious estimate go shopping; the bank may still
/// refuse.
pub fn visits(
    persons: &[PersonPlan],
    shops: &[ShopPlan],
    activities: &[ActivityPlan],
    first: Day,
    until: Day,
    rng: &mut Rng,
) -> Vec<VisitPlan> {
    let mut purses: Vec<i64> =
        persons.iter().map(|p| p.opening.map_or(0, |opening| opening.points)).collect();
    let mut earned: BTreeMap<Day, Vec<(usize, i64)>> = BTreeMap::new();
    for deed in activities.iter().flat_map(|activity| &activity.deeds) {
        if deed.course == Course::Usual {
            // Two points an hour by the half hour, before any coefficient above one; self-reports count for less.
            let points = deed.service_minutes / 30 * 80;
            earned
                .entry(deed.starts_at.day(ZONE).plus(UNTIL_FINAL_DAYS))
                .or_default()
                .push((deed.person, points));
        }
    }
    let mut visits = Vec::new();
    for number in 2..=(until.number() - first.number()) {
        let day = first.plus(number);
        for (person, points) in earned.remove(&day).unwrap_or_default() {
            if let Some(purse) = purses.get_mut(person) {
                *purse += points;
            }
        }
        for _ in 0..rng.from_to(VISITS_EACH_DAY.0, VISITS_EACH_DAY.1) {
            visits.extend(visit(day, &mut purses, persons, shops, rng));
        }
    }
    visits.sort_by_key(|visit| visit.at);
    visits
}

/// One visit of a person who can pay for it, or none after some attempts.
fn visit(
    day: Day,
    purses: &mut [i64],
    persons: &[PersonPlan],
    shops: &[ShopPlan],
    rng: &mut Rng,
) -> Option<VisitPlan> {
    for _ in 0..25 {
        let (person, shop) = (rng.place(purses.len()), rng.place(shops.len()));
        let purse = purses.get_mut(person)?;
        let plan = shops.get(shop)?;
        // A shop's owner and their household redeem elsewhere.
        let home = |place: usize| persons.get(place).and_then(|person| person.household);
        let close = |owner: usize| owner == person || (home(owner).is_some() && home(owner) == home(person));
        if plan.owner.is_some_and(close) {
            continue;
        }
        let lines = lines(plan, *purse * SPENDABLE_PERCENT / 100, rng);
        let cost: i64 = lines
            .iter()
            .filter_map(|(offer, pieces)| Some(plan.offers.get(*offer)?.points * 100 * pieces))
            .sum();
        if lines.is_empty() {
            continue;
        }
        let outcome = match rng.from_to(1, 1000) {
            ..=20 => Outcome::Cancelled,
            21..=32 => Outcome::Undone,
            33..=50 => Outcome::PartRefunded,
            51..=65 => Outcome::Refunded,
            66..=75 => Outcome::LeftToExpire,
            _ => Outcome::Captured,
        };
        *purse -= cost;
        let at = day.start(ZONE).plus_seconds(rng.from_to(8 * 3600, 20 * 3600));
        return Some(VisitPlan { at, person, shop, lines, outcome, on_behalf: rng.chance(8) });
    }
    None
}

/// One or two different offers that the points suffice for.
fn lines(shop: &ShopPlan, mut points: i64, rng: &mut Rng) -> Vec<(usize, i64)> {
    let mut lines: Vec<(usize, i64)> = Vec::new();
    let wanted = if rng.chance(25) { 2 } else { 1 };
    for _ in 0..4 {
        let place = rng.place(shop.offers.len());
        let Some(offer) = shop.offers.get(place) else { continue };
        let pieces = if offer.monthly.is_some() && rng.chance(20) { 2 } else { 1 };
        let cost = offer.points * 100 * pieces;
        if cost <= points && lines.len() < wanted && lines.iter().all(|(taken, _)| *taken != place) {
            points -= cost;
            lines.push((place, pieces));
        }
    }
    lines
}

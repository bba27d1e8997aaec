//! Awards besides service hours: items of the sample bank's scheme, a batch a month.

use super::ZONE;
use super::orgs::{OrgLevel, OrgPlan, of_level, upward};
use super::people::{HouseholdPlan, PersonPlan};
use super::rng::Rng;
use super::sample_bank::{Awards, SampleBank};
use crate::domain::time::{Day, Moment};
use chrono::Datelike;

/// Awards that the staff of one community make at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwardPlan {
    /// Index of the community.
    pub org: usize,
    pub at: Moment,
    pub items: Vec<ItemPlan>,
}

/// One item for a person or a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemPlan {
    pub to: Receiver,
    /// Code of the item in the scheme.
    pub item: &'static str,
    pub quantity: i64,
}

/// The receiver, by index in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    Person(usize),
    Household(usize),
}

/// One batch for each community and month, on one of its later days.
pub fn awards(
    bank: &'static SampleBank,
    orgs: &[OrgPlan],
    persons: &[PersonPlan],
    households: &[HouseholdPlan],
    first: Day,
    until: Day,
    rng: &mut Rng,
) -> Vec<AwardPlan> {
    let mut awards = Vec::new();
    for org in of_level(orgs, OrgLevel::Community) {
        let here = |place: usize| upward(orgs, place, OrgLevel::Community) == Some(org);
        let people: Vec<usize> =
            persons.iter().enumerate().filter(|(_, p)| here(p.org) && p.zeal > 0).map(|(at, _)| at).collect();
        let homes: Vec<usize> =
            households.iter().enumerate().filter(|(_, h)| here(h.org)).map(|(at, _)| at).collect();
        let mut day = first;
        while day <= until {
            let at = day.plus(i32::try_from(rng.from_to(20, 25)).unwrap_or(20));
            if at <= until {
                let at = at.start(ZONE).plus_seconds(rng.from_to(9 * 3600, 17 * 3600));
                awards.push(AwardPlan { org, at, items: month_of_items(&bank.awards, &people, &homes, rng) });
            }
            day = first_of_next_month(day);
        }
    }
    awards.retain(|batch| !batch.items.is_empty());
    awards.sort_by_key(|batch| batch.at);
    awards
}

fn first_of_next_month(day: Day) -> Day {
    let month = day.date().month();
    let mut next = day;
    while next.date().month() == month {
        next = next.plus(1);
    }
    next
}

/// Tidy homes, now and then a suggestion, a blood donation, goods given, a no-show.
fn month_of_items(
    awards: &'static Awards,
    people: &[usize],
    homes: &[usize],
    rng: &mut Rng,
) -> Vec<ItemPlan> {
    let mut items: Vec<ItemPlan> = Vec::new();
    let mut give = |to: Receiver, item: &'static str, quantity| {
        if items.iter().all(|known| known.to != to) {
            items.push(ItemPlan { to, item, quantity });
        }
    };
    for _ in 0..2 {
        if let Some(home) = homes.get(rng.place(homes.len())) {
            give(Receiver::Household(*home), &awards.homes, 1);
        }
    }
    for monthly in &awards.people {
        if rng.chance(monthly.percent)
            && let Some(person) = people.get(rng.place(people.len()))
        {
            let quantity = monthly.most.map_or(1, |most| rng.from_to(1, most / 10) * 10);
            give(Receiver::Person(*person), &monthly.item, quantity);
        }
    }
    items
}

//! The sample bank 涧贤银行 as a plan: who lives where, and what happens in twelve months. Pure and seeded: the same seed
//! and last day give the same plan. All of it is visibly made up. The plan is carried out through the use cases that
//! the API calls.

pub mod awards;
pub mod certified;
mod giving;
mod goods;
pub mod names;
pub mod on_paper;
pub mod orgs;
pub mod people;
mod photos;
pub mod privacy;
mod proxied;
pub mod rng;
pub mod sample_bank;
pub mod setup;
pub mod shops;
pub mod simulation;
pub mod timeline;
pub mod to_come;
pub mod visits;
pub mod year;

use super::{Error, Services};
use crate::clock::Clock;
use crate::domain::calendar::Calendar;
use crate::domain::id::BankId;
use crate::domain::time::Day;
use awards::AwardPlan;
use chrono::Datelike;
use chrono_tz::Tz;
use orgs::OrgPlan;
use people::{HouseholdPlan, PersonPlan, StaffPlan};
use rng::Rng;
use sample_bank::SampleBank;
use shops::ShopPlan;
use simulation::{Simulation, Tally};
use visits::VisitPlan;
use year::ActivityPlan;

/// The time zone of the sample bank.
pub const ZONE: Tz = chrono_tz::Asia::Shanghai;
/// The notice on every page and printout of the sample bank.
pub const NOTICE: &str = "演示数据，均为虚构";

/// Everything that exists and happens. Rows refer to each other by index in these lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub first: Day,
    pub until: Day,
    /// Parents before children; the first is the district.
    pub orgs: Vec<OrgPlan>,
    pub persons: Vec<PersonPlan>,
    pub households: Vec<HouseholdPlan>,
    pub shops: Vec<ShopPlan>,
    pub staff: Vec<StaffPlan>,
    /// Ordered by their start.
    pub activities: Vec<ActivityPlan>,
    /// Ordered by time.
    pub visits: Vec<VisitPlan>,
    /// Ordered by time.
    pub awards: Vec<AwardPlan>,
}

impl Plan {
    /// Plans twelve months that end with the day `until`.
    pub fn new(seed: u64, until: Day) -> Result<Self, Error> {
        let bank = SampleBank::jianxian()?;
        let first = until.plus(-364);
        let mut rng = Rng::new(seed);
        let orgs = orgs::tree(bank);
        let (persons, households) = people::residents(bank, &orgs, first, &mut rng);
        let shops = shops::shops(bank, &orgs, persons.len(), &mut rng);
        let staff = people::staff(bank, &orgs, &shops);
        let activities = year::activities(bank, &orgs, &persons, first, until, &mut rng);
        let visits = visits::visits(&persons, &shops, &activities, first, until, &mut rng);
        let awards = awards::awards(bank, &orgs, &persons, &households, first, until, &mut rng);
        Ok(Self { first, until, orgs, persons, households, shops, staff, activities, visits, awards })
    }

    /// The last day of a sample year that is made on `today`: the day before. Public notices need the working days of
    /// some weeks ahead, so it is at the latest 30 November of the last year whose calendar is published.
    pub fn last_day(today: Day) -> Day {
        let published = Calendar::official().years().max();
        let known = published.and_then(|year| Day::parse(&format!("{year:04}-11-30")));
        known.map_or(today, |known| known.plus(1)).min(today).plus(-1)
    }

    /// The first day of the last month that is over at the end of the plan: its statements are left to the visitor.
    pub fn open_month(&self) -> Day {
        first_of_month(first_of_month(self.until.plus(1)).plus(-1))
    }

    /// Number of account holders: persons, households and shops.
    pub fn holders(&self) -> usize {
        self.persons.len() + self.households.len() + self.shops.len()
    }

    /// Number of service records that result from the activities.
    pub fn records(&self) -> usize {
        self.activities.iter().map(|activity| activity.deeds.len()).sum()
    }
}

/// The first day of the month of `day`.
fn first_of_month(day: Day) -> Day {
    day.plus(1 - i32::try_from(day.date().day()).unwrap_or(1))
}

/// Carries out the plan in an empty bank; returns how often what happened. `clock` is the store's clock, set by hand;
/// the ids of `services` come from the seed. `shown` receives the progress, in events out of all.
pub async fn perform(
    services: &Services,
    clock: &Clock,
    bank: BankId,
    plan: &Plan,
    shown: &dyn Fn(usize, usize),
) -> Result<Tally, Error> {
    let mut simulation = Simulation::begin(services, clock, bank, plan).await?;
    simulation.run(shown).await?;
    let volunteer = simulation.richest_neighbour().await?;
    simulation.look_ahead(volunteer).await?;
    simulation.take_feedback().await?;
    simulation.register_gateway().await?;
    simulation.privacy(volunteer).await?;
    simulation.certify(volunteer).await?;
    simulation.on_paper(volunteer).await?;
    let helper = simulation.name_proxies(volunteer).await?;
    simulation.photograph_goods().await?;
    simulation.give(volunteer).await?;
    simulation.goods_sheets().await?;
    simulation.apply_for_a_shop(volunteer).await?;
    simulation.setup.let_in(services, plan, (volunteer, helper)).await?;
    Ok(simulation.tally)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::id_number::IdNumber;
    use crate::domain::people::phone::Phone;
    use crate::domain::service::record::Evidence;
    use orgs::OrgLevel;
    use sample_bank::CommunityKind;
    use std::collections::{BTreeMap, BTreeSet};
    use year::Course;

    fn seeded(seed: u64) -> Plan {
        Plan::new(seed, Day::parse("2026-10-31").unwrap()).unwrap()
    }

    fn plan() -> Plan {
        seeded(1)
    }

    #[test]
    fn one_seed_makes_one_plan() {
        assert_eq!(plan(), plan());
        assert_ne!(plan().persons, seeded(2).persons);
    }

    #[test]
    fn the_sample_year_ends_yesterday_and_leaves_its_last_whole_month_to_be_settled() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(Plan::last_day(day("2026-11-27")), day("2026-11-26"));
        assert_eq!(Plan::last_day(day("2026-12-01")), day("2026-11-30"));
        assert_eq!(Plan::last_day(day("2029-02-01")), day("2026-11-30"));
        for (until, open) in [
            ("2026-10-30", "2026-09-01"),
            ("2026-10-31", "2026-10-01"),
            ("2026-11-26", "2026-10-01"),
            ("2026-11-30", "2026-11-01"),
        ] {
            let plan = Plan { until: day(until), ..plan() };
            assert_eq!(plan.open_month(), day(open), "{until}");
            let settled = timeline::events(&plan).into_iter().filter_map(|(_, event)| match event {
                timeline::Event::Settle { month } => Some(month),
                _ => None,
            });
            assert!(settled.max().unwrap() < day(open), "{until}");
        }
    }

    #[test]
    fn the_bank_is_as_large_as_promised() {
        let plan = plan();
        assert!(plan.holders() >= 2_000, "{}", plan.holders());
        assert!(plan.records() >= 10_000, "{}", plan.records());
        // An award for each record that becomes final and for each item, a hold and a capture for each visit.
        let items: usize = plan.awards.iter().map(|batch| batch.items.len()).sum();
        let entries = plan.records() * 9 / 10 + items + plan.visits.len() * 2;
        assert!(entries >= 20_000, "{entries}");
    }

    #[test]
    fn the_four_kinds_of_community_are_as_in_the_district() {
        let mut counted = BTreeMap::new();
        for org in plan().orgs.iter().filter(|org| org.level == OrgLevel::Community) {
            *counted.entry(org.community).or_insert(0) += 1;
        }
        let kinds = [
            (CommunityKind::Old, 16),
            (CommunityKind::Commercial, 12),
            (CommunityKind::WorkUnit, 27),
            (CommunityKind::FormerVillage, 17),
        ];
        assert_eq!(counted, kinds.map(|(kind, count)| (Some(kind), count)).into());
    }

    #[test]
    fn codes_names_numbers_and_logins_are_told_apart() {
        let plan = plan();
        let all_differ = |texts: Vec<&str>| {
            let count = texts.len();
            assert!(texts.iter().all(|text| !text.is_empty()));
            assert_eq!(texts.into_iter().collect::<BTreeSet<_>>().len(), count);
        };
        all_differ(plan.orgs.iter().map(|o| o.code.as_str()).collect());
        all_differ(plan.persons.iter().map(|p| p.number.as_str()).collect());
        all_differ(plan.households.iter().map(|h| h.number.as_str()).collect());
        all_differ(plan.shops.iter().map(|s| s.name.as_str()).collect());
        all_differ(plan.staff.iter().map(|s| s.login.as_str()).collect());
        all_differ(plan.persons.iter().map(|p| p.phone.as_str()).collect());
        all_differ(plan.persons.iter().filter_map(|p| p.id_number.as_deref()).collect());
    }

    #[test]
    fn people_are_plainly_made_up_and_their_numbers_well_formed() {
        for person in plan().persons {
            assert!(person.name.contains(['示', '例', '演']), "{}", person.name);
            assert!(Phone::parse(&person.phone).unwrap().reveal().starts_with("1990000"));
            if let Some(id_number) = &person.id_number {
                let number = IdNumber::parse(id_number).unwrap();
                assert!(id_number.starts_with("999999"));
                assert_eq!(number.birth_date().year(), person.birth_year);
            }
        }
    }

    #[test]
    fn households_hold_each_person_once_and_have_a_head() {
        let plan = plan();
        let mut housed = BTreeSet::new();
        for (place, household) in plan.households.iter().enumerate() {
            assert!(household.persons.contains(&household.head));
            for &person in &household.persons {
                assert!(housed.insert(person));
                assert_eq!(plan.persons[person].household, Some(place));
                assert_eq!(plan.persons[person].org, household.org);
            }
        }
        assert_eq!(plan.persons.iter().filter(|p| p.household.is_some()).count(), housed.len());
    }

    #[test]
    fn nobody_is_in_two_places_at_once_or_serves_all_day() {
        let plan = plan();
        let mut days = BTreeSet::new();
        for activity in &plan.activities {
            assert!((plan.first..=plan.until).contains(&activity.starts_at.day(ZONE)));
            assert!(activity.published_at < activity.starts_at && !activity.deeds.is_empty());
            for deed in &activity.deeds {
                assert!(days.insert((deed.person, deed.starts_at.day(ZONE))), "two deeds of one day");
                assert!((30..=480).contains(&deed.service_minutes));
                let ends_at = deed.starts_at.plus_seconds(deed.service_minutes * 60);
                assert!(deed.starts_at >= activity.starts_at && ends_at <= activity.ends_at);
                assert!(ends_at <= deed.submitted_at && deed.submitted_at < deed.decided_at);
            }
        }
    }

    #[test]
    fn everything_that_may_happen_to_a_record_does() {
        let plan = plan();
        let deeds = || plan.activities.iter().flat_map(|a| &a.deeds);
        for course in Course::ALL {
            assert!(deeds().filter(|d| d.course == *course).count() >= 10, "{course:?}");
        }
        for evidence in Evidence::ALL {
            assert!(deeds().any(|d| d.evidence == *evidence), "{evidence:?}");
        }
        for outcome in visits::Outcome::ALL {
            assert!(plan.visits.iter().filter(|v| v.outcome == *outcome).count() >= 10, "{outcome:?}");
        }
    }

    #[test]
    fn events_come_in_order_and_cover_the_plan() {
        let plan = plan();
        let events = timeline::events(&plan);
        assert!(events.is_sorted_by_key(|(at, _)| *at));
        let count = |wanted: fn(&timeline::Event) -> bool| events.iter().filter(|(_, e)| wanted(e)).count();
        assert_eq!(count(|e| matches!(e, timeline::Event::Publish { .. })), plan.activities.len());
        assert_eq!(count(|e| matches!(e, timeline::Event::Visit { .. })), plan.visits.len());
        assert_eq!(count(|e| matches!(e, timeline::Event::DayEnds { .. })), 365);
        // The last month stays open, to be settled by a person who tries the bank.
        assert_eq!(count(|e| matches!(e, timeline::Event::Settle { .. })), 11);
        assert_eq!(count(|e| matches!(e, timeline::Event::GrantStars)), 2);
        assert_eq!(
            count(|e| matches!(e, timeline::Event::SignIn { .. })),
            count(|e| matches!(e, timeline::Event::SignOut { .. })),
        );
    }
}

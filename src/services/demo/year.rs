//! Twelve months of service: activities of every community, standing posts, and who did what.

use super::ZONE;
use super::orgs::{OrgLevel, OrgPlan, of_level, upward};
use super::people::PersonPlan;
use super::rng::Rng;
use super::sample_bank::SampleBank;
use crate::domain::service::record::Evidence;
use crate::domain::time::{Day, Moment};
use crate::text_enum;
use chrono::Datelike;
use std::collections::BTreeSet;

const HOUR: i64 = 3600;

/// An activity, or a standing post to which deeds belong over months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityPlan {
    /// Index of the community.
    pub org: usize,
    pub standing: bool,
    pub title: String,
    pub content: &'static str,
    pub place: String,
    /// Codes of the sample bank's scheme.
    pub category: &'static str,
    pub level: &'static str,
    pub published_at: Moment,
    pub starts_at: Moment,
    pub ends_at: Moment,
    /// Ordered by their start.
    pub deeds: Vec<DeedPlan>,
}

/// One person's service, and what happens to its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeedPlan {
    pub person: usize,
    pub starts_at: Moment,
    pub service_minutes: i64,
    /// People served by this person.
    pub served: i64,
    pub evidence: Evidence,
    pub submitted_at: Moment,
    /// When the second person decides.
    pub decided_at: Moment,
    pub course: Course,
}

text_enum! {
    /// What happens to a record.
    Course {
        /// Approved, published, final.
        Usual = "usual",
        Rejected = "rejected",
        /// Returned once, corrected, approved.
        Returned = "returned",
        ObjectionUpheld = "objection_upheld",
        ObjectionDismissed = "objection_dismissed",
        /// Final, then found wrong: reversed and entered anew with fewer minutes.
        Corrected = "corrected",
        /// Final, then reversed for good.
        Reversed = "reversed",
        /// Undone by the person who entered it, within ten minutes.
        Withdrawn = "withdrawn",
    }
}

/// All activities, ordered by their start.
pub fn activities(
    bank: &'static SampleBank,
    orgs: &[OrgPlan],
    persons: &[PersonPlan],
    first: Day,
    until: Day,
    rng: &mut Rng,
) -> Vec<ActivityPlan> {
    let mut activities = Vec::new();
    for org in of_level(orgs, OrgLevel::Community) {
        let mut community = Community::new(bank, org, orgs, persons);
        activities.push(community.standing_post(first, until, rng));
        let mut day = first.plus(i32::try_from(rng.from_to(3, 9)).unwrap_or(3));
        // No activities on the last days, so that every record is still entered.
        while day <= until.plus(-1) {
            activities.extend(community.activity(day, until, rng));
            day = next_day(day, rng);
        }
    }
    activities.retain(|activity| !activity.deeds.is_empty());
    activities.sort_by_key(|activity| activity.starts_at);
    activities
}

/// About two activities a month, most of them at the weekend.
fn next_day(day: Day, rng: &mut Rng) -> Day {
    let next = day.plus(i32::try_from(rng.from_to(13, 25)).unwrap_or(14));
    let to_saturday = 5 - i32::try_from(next.date().weekday().num_days_from_monday()).unwrap_or(0);
    if rng.chance(60) { next.plus(to_saturday) } else { next }
}

/// One community while its year is planned.
struct Community<'a> {
    bank: &'static SampleBank,
    org: usize,
    name: &'a str,
    /// Its residents, with their zeal.
    residents: Vec<(usize, i64)>,
    /// Who is busy on which day.
    taken: BTreeSet<(usize, Day)>,
}

impl<'a> Community<'a> {
    fn new(bank: &'static SampleBank, org: usize, orgs: &'a [OrgPlan], persons: &[PersonPlan]) -> Self {
        let here = |person: &PersonPlan| upward(orgs, person.org, OrgLevel::Community) == Some(org);
        let residents = persons.iter().enumerate().filter(|(_, person)| here(person) && person.zeal > 0);
        Self {
            bank,
            org,
            name: orgs.get(org).map_or("", |org| &org.name),
            residents: residents.map(|(place, person)| (place, person.zeal)).collect(),
            taken: BTreeSet::new(),
        }
    }

    /// A resident who is free on this day, the eager more often; `None` after some attempts.
    fn volunteer(&mut self, day: Day, rng: &mut Rng) -> Option<usize> {
        for _ in 0..8 {
            let place = rng.weighted(self.residents.iter().map(|(_, zeal)| *zeal));
            let (person, _) = self.residents.get(place).copied()?;
            if self.taken.insert((person, day)) {
                return Some(person);
            }
        }
        None
    }

    /// One activity, seasonal or not.
    fn activity(&mut self, day: Day, until: Day, rng: &mut Rng) -> Option<ActivityPlan> {
        let bank = self.bank;
        let kind = match rng.chance(30) {
            true => bank.seasonal(day.date().month())?,
            false => bank.activities.get(rng.place(bank.activities.len()))?,
        };
        let hours = rng.from_to(kind.hours.0, kind.hours.1);
        let starts_at = day.start(ZONE).plus_seconds(rng.from_to(7, 15) * HOUR);
        let ends_at = starts_at.plus_seconds(hours * HOUR);
        let evidence = rng.pick(&[
            Some(Evidence::Scan),
            Some(Evidence::Scan),
            Some(Evidence::Kiosk),
            Some(Evidence::Paper),
        ]);
        let evidence = evidence.unwrap_or(Evidence::Paper);
        let mut deeds = Vec::new();
        for _ in 0..rng.from_to(4, 9) {
            let Some(person) = self.volunteer(day, rng) else { continue };
            // Some come late or leave early, by a quarter of an hour.
            let missed_seconds = if rng.chance(25) { rng.from_to(1, 2) * HOUR / 4 } else { 0 };
            let minutes = (hours * HOUR - missed_seconds) / 60;
            let (evidence, starts_at) = if rng.chance(3) {
                (Evidence::Backfill, starts_at)
            } else {
                (evidence, starts_at.plus_seconds(missed_seconds))
            };
            deeds.push(deed(person, starts_at, minutes, evidence, until, rng));
        }
        Some(ActivityPlan {
            org: self.org,
            standing: false,
            title: format!("{}{}", self.name, kind.title),
            content: &kind.content,
            place: format!("{}党群服务中心", self.name),
            category: &kind.category,
            level: &kind.level,
            published_at: day
                .plus(-i32::try_from(rng.from_to(2, 3)).unwrap_or(2))
                .start(ZONE)
                .plus_seconds(9 * HOUR),
            starts_at,
            ends_at,
            deeds,
        })
    }

    /// Neighbourly watch, all the year: a deed every week or two, reported by the neighbours themselves.
    fn standing_post(&mut self, first: Day, until: Day, rng: &mut Rng) -> ActivityPlan {
        let mut deeds = Vec::new();
        let mut day = first.plus(2);
        while day < until {
            if let Some(person) = self.volunteer(day, rng) {
                let starts_at = day.start(ZONE).plus_seconds(rng.from_to(9, 17) * HOUR);
                let minutes = rng.from_to(1, 3) * 30;
                deeds.push(deed(person, starts_at, minutes, Evidence::SelfReport, until, rng));
            }
            day = day.plus(i32::try_from(rng.from_to(7, 14)).unwrap_or(7));
        }
        let post = &self.bank.standing_post;
        ActivityPlan {
            org: self.org,
            standing: true,
            title: format!("{}{}", self.name, post.title),
            content: &post.content,
            place: self.name.to_owned(),
            category: &post.category,
            level: &post.level,
            published_at: first.start(ZONE).plus_seconds(8 * HOUR),
            starts_at: first.plus(1).start(ZONE),
            ends_at: until.end(ZONE),
            deeds,
        }
    }
}

fn deed(
    person: usize,
    starts_at: Moment,
    minutes: i64,
    evidence: Evidence,
    until: Day,
    rng: &mut Rng,
) -> DeedPlan {
    let ends_at = starts_at.plus_seconds(minutes * 60);
    let (typed_after, decided_after) = match evidence {
        Evidence::Scan | Evidence::Kiosk => (rng.from_to(1, 3) * HOUR, rng.from_to(2, 30) * HOUR),
        Evidence::Paper | Evidence::SelfReport => (rng.from_to(2, 60) * HOUR, rng.from_to(4, 60) * HOUR),
        Evidence::Backfill => (rng.from_to(72, 160) * HOUR, rng.from_to(20, 90) * HOUR),
    };
    // The plan ends with its last day: later decisions are moved to its evening.
    let last = until.end(ZONE);
    let submitted_at = ends_at.plus_seconds(typed_after).min(last.plus_seconds(-3 * HOUR)).max(ends_at);
    let decided_at = submitted_at.plus_seconds(decided_after).min(last.plus_seconds(-HOUR / 2));
    let course = match rng.from_to(1, 1000) {
        ..=15 => Course::Rejected,
        16..=35 => Course::Returned,
        36..=40 => Course::ObjectionUpheld,
        41..=47 => Course::ObjectionDismissed,
        48..=54 => Course::Corrected,
        55..=58 => Course::Reversed,
        59..=66 => Course::Withdrawn,
        _ => Course::Usual,
    };
    DeedPlan {
        person,
        starts_at,
        service_minutes: minutes,
        served: rng.from_to(0, 6),
        evidence,
        submitted_at,
        decided_at,
        course,
    }
}

//! Served time: minutes between sign-in and sign-out, minutes of each day, overlaps, and who must review long days.

use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Moment};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// Above this on one day the community's reviewer decides.
pub const COMMUNITY_ABOVE_MINUTES: i64 = 8 * 60;
/// Above this the street decides.
pub const STREET_ABOVE_MINUTES: i64 = 12 * 60;
/// Above this it is refused.
pub const REFUSED_ABOVE_MINUTES: i64 = 24 * 60;

/// One period of service of one person: from, until (not included), and the net minutes in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    started_at: Moment,
    ended_at: Moment,
    service_minutes: i64,
}

impl Service {
    /// From sign-in to sign-out, all of it served.
    pub fn whole(started_at: Moment, ended_at: Moment) -> Result<Self, Refusal> {
        let service_minutes = minutes_between(started_at, ended_at)?;
        Self::given(started_at, ended_at, service_minutes)
    }

    /// Of the time between start and end, `service_minutes` were served (without travel and breaks): at least one,
    /// and no more than there are between.
    pub fn given(started_at: Moment, ended_at: Moment, service_minutes: i64) -> Result<Self, Refusal> {
        let most = minutes_between(started_at, ended_at)?;
        if service_minutes < 1 || service_minutes > most {
            return Err(Refusal::ServiceMinutesRefused { most });
        }
        Ok(Service { started_at, ended_at, service_minutes })
    }

    pub fn started_at(&self) -> Moment {
        self.started_at
    }
    pub fn ended_at(&self) -> Moment {
        self.ended_at
    }
    pub fn service_minutes(&self) -> i64 {
        self.service_minutes
    }

    /// Whether the two share any time; one may begin at the very moment at which the other ends.
    pub fn overlaps(&self, other: &Service) -> bool {
        self.started_at < other.ended_at && other.started_at < self.ended_at
    }

    /// Its minutes on each calendar day of `zone`, split at midnight. The minutes are laid from the start on, and
    /// always add up to the whole.
    pub fn minutes_by_day(&self, zone: Tz) -> BTreeMap<Day, i64> {
        let mut days = BTreeMap::new();
        let mut laid: i64 = 0;
        let mut day = self.started_at.day(zone);
        while laid < self.service_minutes {
            let until = day.end(zone).min(self.ended_at);
            let room = until.seconds_since(self.started_at).div_euclid(60);
            // The last day takes the remainder of the days before.
            let last = until == self.ended_at;
            let sum = if last { self.service_minutes } else { room.min(self.service_minutes) };
            if sum > laid {
                days.insert(day, sum.saturating_sub(laid));
            }
            laid = laid.max(sum);
            day = day.plus(1);
        }
        days
    }
}

/// Whole minutes from sign-in to sign-out, rounded down. Refused when the end is not later.
pub fn minutes_between(started_at: Moment, ended_at: Moment) -> Result<i64, Refusal> {
    if ended_at <= started_at {
        return Err(Refusal::ServiceEndsBeforeStart);
    }
    Ok(ended_at.seconds_since(started_at).div_euclid(60))
}

/// Who must approve a record, by the minutes of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReviewLevel {
    /// Any second person.
    Ordinary,
    /// The community's reviewer: more than 8 h on a day.
    Community,
    /// The street: more than 12 h on a day.
    Street,
}

/// What a new period of service means for its days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCheck {
    pub level: ReviewLevel,
    /// Minutes of the person on each of those days, all activities together, with the new period.
    pub day_minutes: BTreeMap<Day, i64>,
}

/// The level for a day's sum of minutes; more than 24 h is refused.
pub fn level_for(day: Day, service_minutes: i64) -> Result<ReviewLevel, Refusal> {
    match service_minutes {
        m if m > REFUSED_ABOVE_MINUTES => Err(Refusal::ServiceDayTooLong { day, service_minutes }),
        m if m > STREET_ABOVE_MINUTES => Ok(ReviewLevel::Street),
        m if m > COMMUNITY_ABOVE_MINUTES => Ok(ReviewLevel::Community),
        _ => Ok(ReviewLevel::Ordinary),
    }
}

/// Checks a new period against the person's others (`known` needs those that touch its days). Overlaps, days of more
/// than 24 h and a single period of more than 24 h (a forgotten sign-out) are refused; otherwise its longest day
/// determines who decides.
pub fn check(known: &[Service], new: &Service, zone: Tz) -> Result<DayCheck, Refusal> {
    if let Some(other) = known.iter().find(|other| other.overlaps(new)) {
        let (started_at, ended_at) = (other.started_at, other.ended_at);
        return Err(Refusal::ServiceOverlaps { started_at, ended_at });
    }
    if new.service_minutes > REFUSED_ABOVE_MINUTES {
        let (day, service_minutes) = (new.started_at.day(zone), new.service_minutes);
        return Err(Refusal::ServiceDayTooLong { day, service_minutes });
    }
    let mut day_minutes = new.minutes_by_day(zone);
    for service in known {
        for (day, minutes) in service.minutes_by_day(zone) {
            if let Some(sum) = day_minutes.get_mut(&day) {
                *sum = sum.saturating_add(minutes);
            }
        }
    }
    let mut level = ReviewLevel::Ordinary;
    for (day, minutes) in &day_minutes {
        level = level.max(level_for(*day, *minutes)?);
    }
    Ok(DayCheck { level, day_minutes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia::Shanghai;
    use proptest::prelude::*;

    fn at(text: &str) -> Moment {
        Moment::parse(&format!("2026-{text}+08:00")).unwrap()
    }
    fn day(text: &str) -> Day {
        Day::parse(&format!("2026-{text}")).unwrap()
    }
    fn whole(from: &str, to: &str) -> Service {
        Service::whole(at(from), at(to)).unwrap()
    }

    #[test]
    fn minutes_are_whole_and_the_end_lies_after_the_start() {
        assert_eq!(minutes_between(at("10-31T09:00:00"), at("10-31T11:30:59")), Ok(150));
        let start = at("10-31T09:00:00");
        assert_eq!(minutes_between(start, start), Err(Refusal::ServiceEndsBeforeStart));
        assert_eq!(minutes_between(start, at("10-31T08:00:00")), Err(Refusal::ServiceEndsBeforeStart));
    }

    #[test]
    fn nobody_gives_more_minutes_than_there_were() {
        let (from, to) = (at("10-31T09:00:00"), at("10-31T11:00:00"));
        assert_eq!(Service::given(from, to, 90).map(|s| s.service_minutes()), Ok(90));
        assert_eq!(Service::given(from, to, 121), Err(Refusal::ServiceMinutesRefused { most: 120 }));
        assert_eq!(Service::given(from, to, 0), Err(Refusal::ServiceMinutesRefused { most: 120 }));
        // Signed in and out again: 40 seconds are less than a minute.
        let refused = Service::whole(from, at("10-31T09:00:40"));
        assert_eq!(refused, Err(Refusal::ServiceMinutesRefused { most: 0 }));
    }

    #[test]
    fn an_evening_over_midnight_belongs_to_two_days() {
        let night = whole("10-31T22:30:00", "11-01T01:00:00");
        let split: Vec<_> = night.minutes_by_day(Shanghai).into_iter().collect();
        assert_eq!(split, [(day("10-31"), 90), (day("11-01"), 60)]);
        let until_midnight = whole("10-31T22:00:00", "11-01T00:00:00");
        assert_eq!(until_midnight.minutes_by_day(Shanghai).len(), 1);
        let seconds = whole("10-31T23:59:30", "11-01T00:00:30");
        let split: Vec<_> = seconds.minutes_by_day(Shanghai).into_iter().collect();
        assert_eq!(split, [(day("11-01"), 1)]);
    }

    #[test]
    fn the_next_may_begin_when_the_last_ends_but_not_before() {
        let morning = whole("10-31T09:00:00", "10-31T11:00:00");
        let noon = whole("10-31T11:00:00", "10-31T12:00:00");
        assert!(!morning.overlaps(&noon) && !noon.overlaps(&morning));
        let early = whole("10-31T10:59:00", "10-31T12:00:00");
        let refused = check(&[noon, morning], &early, Shanghai);
        let (started_at, ended_at) = (noon.started_at(), noon.ended_at());
        assert_eq!(refused, Err(Refusal::ServiceOverlaps { started_at, ended_at }));
        assert!(check(&[morning], &noon, Shanghai).is_ok());
    }

    #[test]
    fn long_days_go_up_level_by_level_all_activities_together() {
        let known = [whole("10-31T00:00:00", "10-31T06:00:00"), whole("11-01T00:00:00", "11-01T08:00:00")];
        let level = |from: &str, to: &str| check(&known, &whole(from, to), Shanghai).map(|c| c.level);
        assert_eq!(level("10-31T09:00:00", "10-31T11:00:00"), Ok(ReviewLevel::Ordinary)); // exactly 8 h
        assert_eq!(level("10-31T09:00:00", "10-31T11:01:00"), Ok(ReviewLevel::Community));
        assert_eq!(level("10-31T09:00:00", "10-31T15:00:00"), Ok(ReviewLevel::Community)); // exactly 12 h
        assert_eq!(level("10-31T09:00:00", "10-31T15:01:00"), Ok(ReviewLevel::Street));
        let check = check(&known, &whole("10-31T09:00:00", "10-31T11:01:00"), Shanghai).unwrap();
        assert_eq!(check.day_minutes, BTreeMap::from([(day("10-31"), 481)]));
    }

    #[test]
    fn a_day_has_no_more_than_24_hours() {
        let d = day("10-31");
        assert_eq!(level_for(d, 1_440), Ok(ReviewLevel::Street));
        let refused = Err(Refusal::ServiceDayTooLong { day: d, service_minutes: 1_441 });
        assert_eq!(level_for(d, 1_441), refused);
        // A sign-out forgotten over night: no single day is too long, but the period is.
        let forgotten = whole("10-31T12:00:00", "11-01T12:01:00");
        let refused = Refusal::ServiceDayTooLong { day: d, service_minutes: 1_441 };
        assert_eq!(check(&[], &forgotten, Shanghai), Err(refused));
        let watch = whole("10-31T12:00:00", "11-01T12:00:00");
        assert_eq!(check(&[], &watch, Shanghai).map(|c| c.level), Ok(ReviewLevel::Community));
    }

    proptest! {
        #[test]
        fn the_days_always_add_up(start in 0_i64..500_000, span in 60_i64..400_000, part in 1_i64..100) {
            let from = at("01-01T00:00:00").plus_seconds(start);
            let to = from.plus_seconds(span);
            let most = minutes_between(from, to).unwrap();
            let given = (most * part / 100).max(1);
            let service = Service::given(from, to, given).unwrap();
            let days = service.minutes_by_day(Shanghai);
            prop_assert_eq!(days.values().sum::<i64>(), given);
            prop_assert!(days.values().all(|m| (1..=1_440).contains(m)));
        }
    }
}

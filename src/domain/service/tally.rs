//! Counts of service over a period (docs/STATISTICS.md): 服务人次, 参与人次, 场次, hours, and who was active. One pass
//! over counted records in the order in which their services began; what is distinct is kept for one day at a time.

use crate::domain::id::Id;
use crate::domain::ledger::statistics::Sums;
use crate::domain::time::Moment;
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashSet};

/// What is counted of a record that is final and not reversed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub started_at: Moment,
    /// The organisation of the activity.
    pub org: Id,
    pub activity: Id,
    pub member: Id,
    /// How many people it says were served.
    pub served: i64,
    pub minutes: i64,
}

/// The counts of one part of a period.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub sums: BTreeMap<Id, Sums>,
    /// People with a counted record, by the numbers of their files.
    pub people: HashSet<Id>,
}

/// Counts records, part by part of a period.
pub struct Tally {
    zone: Tz,
    /// The end of the day of the record that was counted last.
    day_ends: Moment,
    activities: HashSet<Id>,
    participations: HashSet<(Id, Id)>,
    pub part: Part,
}

impl Tally {
    pub fn new(zone: Tz) -> Self {
        Tally {
            zone,
            day_ends: Moment::from_micros(i64::MIN),
            activities: HashSet::new(),
            participations: HashSet::new(),
            part: Part::default(),
        }
    }

    /// Counts the next record of this part. None that began on an earlier day may follow.
    pub fn count(&mut self, record: &Counted) {
        if record.started_at >= self.day_ends {
            self.day_ends = record.started_at.day(self.zone).end(self.zone);
            self.activities.clear();
            self.participations.clear();
        }
        let is_new_activity = self.activities.insert(record.activity);
        let is_new_participation = self.participations.insert((record.activity, record.member));
        self.part.people.insert(record.member);
        let sums = self.part.sums.entry(record.org).or_default();
        sums.add(&Sums {
            served: record.served,
            minutes: record.minutes,
            activities: i64::from(is_new_activity),
            participations: i64::from(is_new_participation),
            ..Sums::default()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Day;

    fn id(number: u128) -> Id {
        Id(uuid::Uuid::from_u128(number))
    }

    fn told(records: &[(&str, u128, u128)]) -> (i64, i64, i64, i64, usize) {
        let zone = chrono_tz::Asia::Shanghai;
        let mut tally = Tally::new(zone);
        for (at, activity, member) in records {
            let day = Day::parse(&at[..10]).unwrap();
            let hour: i64 = at[11..].parse().unwrap();
            let started_at = day.start(zone).plus_seconds(hour * 3_600);
            tally.count(&Counted {
                started_at,
                org: id(1),
                activity: id(*activity),
                member: id(*member),
                served: 2,
                minutes: 60,
            });
        }
        let sums = tally.part.sums.remove(&id(1)).unwrap_or_default();
        (sums.served, sums.participations, sums.activities, sums.minutes, tally.part.people.len())
    }

    #[test]
    fn a_person_at_an_activity_on_a_day_is_one_participation() {
        assert_eq!(told(&[]), (0, 0, 0, 0, 0));
        let parts = [("2026-03-01 09", 7, 3), ("2026-03-01 10", 7, 3), ("2026-03-01 23", 8, 3)];
        assert_eq!(told(&parts), (6, 2, 2, 180, 1));
    }

    #[test]
    fn a_new_day_begins_at_the_banks_midnight() {
        let two_days = [("2026-03-01 23", 7, 3), ("2026-03-02 00", 7, 3), ("2026-03-02 00", 7, 4)];
        assert_eq!(told(&two_days), (6, 3, 2, 180, 2));
    }
}

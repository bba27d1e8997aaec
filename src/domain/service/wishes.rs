//! What volunteers can and wish to do (特长和意愿), against what an activity asks for.

use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::text_enum;
use chrono::Datelike;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Most skills that an activity asks for, and most entries of each kind in a person's wishes.
pub const MOST: usize = 30;

text_enum! {
    Weekday {
        Monday = "monday",
        Tuesday = "tuesday",
        Wednesday = "wednesday",
        Thursday = "thursday",
        Friday = "friday",
        Saturday = "saturday",
        Sunday = "sunday",
    }
}

impl Weekday {
    /// The day of the week of a moment, by the clock of the bank.
    pub fn of(moment: Moment, zone: Tz) -> Self {
        match moment.day(zone).date().weekday() {
            chrono::Weekday::Mon => Weekday::Monday,
            chrono::Weekday::Tue => Weekday::Tuesday,
            chrono::Weekday::Wed => Weekday::Wednesday,
            chrono::Weekday::Thu => Weekday::Thursday,
            chrono::Weekday::Fri => Weekday::Friday,
            chrono::Weekday::Sat => Weekday::Saturday,
            chrono::Weekday::Sun => Weekday::Sunday,
        }
    }
}

text_enum! {
    /// Why an activity suits a person.
    Suits {
        /// A skill that it asks for.
        Skill = "skill",
        Weekday = "weekday",
        Kind = "kind",
        Place = "place",
    }
}

/// A skill that an activity asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedSkill {
    pub skill: Id,
    /// Nobody signs up without it; else it is welcome.
    pub required: bool,
}

/// What a person can do, and when, what and where they wish to help. Empty lists say nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    pub skills: Vec<Id>,
    pub weekdays: Vec<Weekday>,
    /// Categories of schemes.
    pub kinds: Vec<String>,
    /// Organisations, each with everything below it.
    pub places: Vec<Id>,
}

/// What an activity asks for and where it stands.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub skills: Vec<AskedSkill>,
    /// `None`: of a standing post, which is open on many days.
    pub weekday: Option<Weekday>,
    /// Its category, with those above it in the scheme.
    pub kinds: Vec<String>,
    /// The path of its organisation.
    pub path: String,
}

/// How an activity suits a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// Required skills that the person does not have.
    pub missing: Vec<Id>,
    /// Without repetition; a skill counts once in `points` for each.
    pub reasons: Vec<Suits>,
    pub points: usize,
}

impl Fit {
    /// Whether it is among those that suit.
    pub fn is_good(&self) -> bool {
        self.missing.is_empty() && self.points > 0
    }

    /// For sorting: what suits best comes first.
    pub fn rank(&self) -> usize {
        if self.is_good() { usize::MAX.saturating_sub(self.points) } else { usize::MAX }
    }
}

impl Wanted {
    /// The required skills that are not among these.
    pub fn missing(&self, skills: &[Id]) -> Vec<Id> {
        let required = self.skills.iter().filter(|asked| asked.required && !skills.contains(&asked.skill));
        required.map(|asked| asked.skill).collect()
    }

    /// How it suits a person with these wishes.
    pub fn fit(&self, wishes: &Wishes) -> Fit {
        let skills = self.skills.iter().filter(|asked| wishes.skills.contains(&asked.skill)).count();
        let weekday = match self.weekday {
            Some(weekday) => wishes.weekdays.contains(&weekday),
            None => !wishes.weekdays.is_empty(),
        };
        let kind = self.kinds.iter().any(|kind| wishes.kinds.contains(kind));
        let place = wishes.places.iter().any(|place| self.path.contains(&format!("/{place}/")));
        let found = [
            (Suits::Skill, skills),
            (Suits::Weekday, usize::from(weekday)),
            (Suits::Kind, usize::from(kind)),
            (Suits::Place, usize::from(place)),
        ];
        Fit {
            missing: self.missing(&wishes.skills),
            reasons: found.iter().filter(|(_, count)| *count > 0).map(|(reason, _)| *reason).collect(),
            points: found.iter().map(|(_, count)| count).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> Id {
        Id(uuid::Uuid::from_bytes([n; 16]))
    }

    fn wanted(required: bool) -> Wanted {
        Wanted {
            skills: vec![AskedSkill { skill: id(1), required }],
            weekday: Some(Weekday::Saturday),
            kinds: vec!["care-elderly".into(), "care".into()],
            path: format!("/{}/{}/", id(8), id(9)),
        }
    }

    #[test]
    fn what_suits_is_what_a_person_can_and_wishes_to_do() {
        let nothing = Wishes::default();
        assert!(!wanted(false).fit(&nothing).is_good());
        let all = Wishes {
            skills: vec![id(1), id(2)],
            weekdays: vec![Weekday::Saturday],
            kinds: vec!["care".into()],
            places: vec![id(8)],
        };
        let fit = wanted(true).fit(&all);
        assert_eq!((fit.points, fit.reasons.as_slice()), (4, Suits::ALL));
        assert!(fit.is_good() && fit.rank() < wanted(true).fit(&nothing).rank());
    }

    #[test]
    fn a_required_skill_that_is_missing_outweighs_everything() {
        let wishes = Wishes { weekdays: vec![Weekday::Saturday], ..Wishes::default() };
        assert!(wanted(false).fit(&wishes).is_good());
        let fit = wanted(true).fit(&wishes);
        assert_eq!((fit.is_good(), fit.missing), (false, vec![id(1)]));
    }
}

//! The figures of a period (数字): what is counted and added up, and which counts of people are shown. Every definition
//! is in docs/STATISTICS.md.

use crate::domain::id::Id;
use crate::domain::time::Day;
use crate::text_enum;
use chrono::{Datelike, Months};
use std::collections::{HashMap, HashSet};

/// Counts of people below this are not shown.
pub const FEWEST: i64 = 5;
/// The longest period: three years.
pub const MOST_DAYS: i32 = 1_096;

/// 户数 by kind. They are never added to another of the five counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    pub shops: i64,
    pub party_members: i64,
    pub residents: i64,
    pub households: i64,
}

impl Accounts {
    pub fn all(&self) -> i64 {
        [self.shops, self.party_members, self.residents, self.households]
            .into_iter()
            .fold(0, i64::saturating_add)
    }
}

/// What happened in a period. Points in hundredths, seen from those who hold them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Files and shops that were opened.
    pub opened: Accounts,
    /// 服务人次.
    pub served: i64,
    /// 参与人次.
    pub participations: i64,
    /// 场次.
    pub activities: i64,
    /// 兑换笔数.
    pub redemptions: i64,
    pub minutes: i64,
    pub issued: i64,
    /// Brought along from an older book.
    pub opening: i64,
    pub redeemed: i64,
    pub expired: i64,
    pub forfeited: i64,
    /// Between people of different places.
    pub exchanged: i64,
    /// To pools for those in need, less what came out of them.
    pub pooled: i64,
    /// What people gave to others and to pools, as far as it was not returned. It is part of other figures.
    pub given: i64,
}

impl Sums {
    pub fn add(&mut self, other: &Sums) {
        let add = |sum: &mut i64, more: i64| *sum = sum.saturating_add(more);
        add(&mut self.opened.shops, other.opened.shops);
        add(&mut self.opened.party_members, other.opened.party_members);
        add(&mut self.opened.residents, other.opened.residents);
        add(&mut self.opened.households, other.opened.households);
        add(&mut self.served, other.served);
        add(&mut self.participations, other.participations);
        add(&mut self.activities, other.activities);
        add(&mut self.redemptions, other.redemptions);
        add(&mut self.minutes, other.minutes);
        add(&mut self.issued, other.issued);
        add(&mut self.opening, other.opening);
        add(&mut self.redeemed, other.redeemed);
        add(&mut self.expired, other.expired);
        add(&mut self.forfeited, other.forfeited);
        add(&mut self.exchanged, other.exchanged);
        add(&mut self.pooled, other.pooled);
        add(&mut self.given, other.given);
    }

    /// By how much the points that people hold have grown.
    pub fn growth(&self) -> i64 {
        [self.issued, self.opening, self.exchanged]
            .into_iter()
            .fold(0, i64::saturating_add)
            .saturating_sub(self.redeemed)
            .saturating_sub(self.expired)
            .saturating_sub(self.forfeited)
            .saturating_sub(self.pooled)
    }
}

text_enum! {
    /// Years of age in the year in which a period ends.
    AgeBand {
        Minor = "0-17",
        Young = "18-35",
        Middle = "36-59",
        Sixties = "60-69",
        Older = "70+",
        Unknown = "unknown",
    }
}

impl AgeBand {
    pub fn of(birth_year: Option<i64>, year: i32) -> Self {
        match birth_year.map(|born| i64::from(year).saturating_sub(born)) {
            None => AgeBand::Unknown,
            Some(..=17) => AgeBand::Minor,
            Some(18..=35) => AgeBand::Young,
            Some(36..=59) => AgeBand::Middle,
            Some(60..=69) => AgeBand::Sixties,
            Some(_) => AgeBand::Older,
        }
    }
}

/// Active people of one age band, party member or not, and trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub ages: AgeBand,
    pub party_member: bool,
    /// As the file says it; `None`: not said.
    pub trade: Option<String>,
    pub people: i64,
}

/// A person whose service was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The file that stays after merges.
    pub file: Id,
    pub birth_year: Option<i64>,
    pub party_member: bool,
    pub trade: Option<String>,
}

/// Different people by age in a year, party membership and trade, in no order.
pub fn groups<'a>(people: impl Iterator<Item = &'a Person>, year: i32) -> Vec<Group> {
    let (mut seen, mut counts) = (HashSet::new(), HashMap::<_, i64>::new());
    for person in people.filter(|person| seen.insert(person.file)) {
        let key = (AgeBand::of(person.birth_year, year), person.party_member, person.trade.as_deref());
        let count = counts.entry(key).or_default();
        *count = count.saturating_add(1);
    }
    let group = |((ages, party_member, trade), people): ((_, _, Option<&str>), _)| Group {
        ages,
        party_member,
        trade: trade.map(str::to_owned),
        people,
    };
    counts.into_iter().map(group).collect()
}

/// Active people as they may be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Active {
    /// `None`: some, but too few to be shown.
    pub people: Option<i64>,
    /// In the order of age, party membership and trade.
    pub groups: Vec<Group>,
    /// The people of all groups that are not shown, together; 0: all are shown.
    pub others: i64,
}

/// Hides small groups. What is hidden is one sum of at least two groups and [`FEWEST`] people, so that no hidden group
/// is the difference between the total and what is shown: where the small groups are fewer than that, the smallest of
/// the others goes with them.
pub fn shown(mut groups: Vec<Group>) -> Active {
    groups.retain(|group| group.people > 0);
    let total = groups.iter().fold(0_i64, |sum, group| sum.saturating_add(group.people));
    if total < FEWEST {
        let people = (total == 0).then_some(0);
        return Active { people, ..Active::default() };
    }
    groups.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| order(a).cmp(&order(b))));
    let (mut others, mut hidden) = (0_i64, 0_u32);
    while let Some(last) = groups.last() {
        let enough = hidden == 0 || (hidden >= 2 && others >= FEWEST);
        if last.people >= FEWEST && enough {
            break;
        }
        others = others.saturating_add(last.people);
        hidden = hidden.saturating_add(1);
        groups.pop();
    }
    groups.sort_by(|a, b| order(a).cmp(&order(b)));
    Active { people: Some(total), groups, others }
}

fn order(group: &Group) -> (AgeBand, bool, Option<&str>) {
    (group.ages, group.party_member, group.trade.as_deref())
}

/// The months of a period, the first and the last cut to it.
pub fn months(from: Day, until: Day) -> Vec<(Day, Day)> {
    let (mut found, mut first) = (Vec::new(), from);
    while first <= until {
        let next = first.date().with_day(1).and_then(|date| date.checked_add_months(Months::new(1)));
        let Some(next) = next.map(Day::from_date) else { break };
        found.push((first, next.plus(-1).min(until)));
        first = next;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(people: &[i64]) -> Vec<Group> {
        let one = |(place, people): (usize, &i64)| Group {
            ages: AgeBand::ALL[place % AgeBand::ALL.len()],
            party_member: place >= AgeBand::ALL.len(),
            trade: None,
            people: *people,
        };
        people.iter().enumerate().map(one).collect()
    }

    fn seen(people: &[i64]) -> (Option<i64>, Vec<i64>, i64) {
        let active = shown(groups(people));
        (active.people, active.groups.iter().map(|group| group.people).collect(), active.others)
    }

    #[test]
    fn no_small_group_is_shown_or_is_the_rest_of_the_total() {
        assert_eq!(seen(&[]), (Some(0), vec![], 0));
        assert_eq!(seen(&[4]), (None, vec![], 0));
        assert_eq!(seen(&[2, 2]), (None, vec![], 0));
        assert_eq!(seen(&[5, 9]), (Some(14), vec![5, 9], 0));
        assert_eq!(seen(&[3, 4, 9]), (Some(16), vec![9], 7));
        assert_eq!(seen(&[9, 3, 7]), (Some(19), vec![9], 10), "the smallest of the others goes with it");
        assert_eq!(seen(&[1, 2, 6, 8]), (Some(17), vec![8], 9), "three people are too few for a rest");
        assert_eq!(seen(&[4, 6]), (Some(10), vec![], 10));
    }

    #[test]
    fn ages_are_those_of_the_year_in_which_the_period_ends() {
        let band = |born| AgeBand::of(Some(born), 2026).as_str();
        assert_eq!(
            [2009, 2008, 1991, 1990, 1967, 1966, 1957, 1956].map(band),
            ["0-17", "18-35", "18-35", "36-59", "36-59", "60-69", "60-69", "70+"]
        );
        assert_eq!(AgeBand::of(None, 2026), AgeBand::Unknown);
    }

    #[test]
    fn months_are_cut_to_the_period() {
        let day = |text| Day::parse(text).unwrap();
        let found = months(day("2026-01-31"), day("2026-03-02"));
        let said: Vec<String> = found.iter().map(|(from, until)| format!("{from} {until}")).collect();
        assert_eq!(said, ["2026-01-31 2026-01-31", "2026-02-01 2026-02-28", "2026-03-01 2026-03-02"]);
        assert_eq!(months(day("2026-03-02"), day("2026-03-01")), []);
    }
}
